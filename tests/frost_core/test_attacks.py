"""Attacks that are known to work on Schnorr signatures of several, run in full.

Each succeeds when the one defence against it is taken out, and fails with it in: so the script attacks, and the defence
is what stops it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.frost_core.liars import both, edit, read, say
from tests.frost_core.party import (
    call_for_key,
    charter,
    dice,
    make_key,
    pen,
    run_dealing,
    session,
    transport_key,
)
from tests.frost_core.sessions import DIGEST, KEY, SHARES, commit, invite, pack, start, three
from verifier.errors.frost import NonceSpent
from verifier.frost import assembly, hashes, relay, signer
from verifier.frost.assembly import Assembly, assemble, pair_key_of
from verifier.frost.charter import Index
from verifier.frost.curve import ORDER, Point, add, add_products, times_generator, to_bytes
from verifier.frost.dealer_secrets import DealerSecrets
from verifier.frost.envelope import Envelope, hash_of_list
from verifier.frost.judge import Crime
from verifier.frost.messages import Kind
from verifier.frost.nonces import Nonces
from verifier.frost.polynomial import prove
from verifier.frost.quoting import occasion_of
from verifier.frost.rfc9591 import Committed, Occasion, answer, is_signed, prepare
from verifier.frost.scalar import SecretScalar
from verifier.frost.sealing import Way, seal_value
from verifier.frost.shares import GroupKey, Share
from verifier.frost.signing import place_of


def number(value: int) -> SecretScalar:
    return SecretScalar(to_bytes(value))


def point(value: int) -> Point:
    found = times_generator(value)
    assert found is not None
    return found


def total(*points: Point | None) -> Point:
    found = add([one for one in points if one is not None])
    assert found is not None
    return found


def times(factor: int, of: Point) -> Point:
    found = add_products([(factor, of)])
    assert found is not None
    return found


def solve(rows: list[list[int]]) -> list[int]:
    """Return the solution of linear equations modulo the order; each row ends with its right side."""
    size = len(rows)
    for column in range(size):
        pivot = next(r for r in range(column, size) if rows[r][column] % ORDER)
        rows[column], rows[pivot] = rows[pivot], rows[column]
        inverse = pow(rows[column][column], -1, ORDER)
        rows[column] = [value * inverse % ORDER for value in rows[column]]
        for other in range(size):
            if other != column:
                factor = rows[other][column]
                rows[other] = [
                    (a - factor * b) % ORDER for a, b in zip(rows[other], rows[column], strict=True)
                ]
    return [row[-1] for row in rows]


# One nonce, several answers.


def three_answers() -> tuple[list[Occasion], list[int]]:
    """Make holder 1 answer three packages of one session from one state, as after a crash that restored it."""
    asked = invite()
    states, commitments = three(asked)
    more = [commit(index, asked)[1] for index in (4, 5)]
    occasions, answers = [], []
    for quoted in (commitments, [*commitments, more[0]], [*commitments, *more]):
        raw = pack(asked, *quoted)
        turn = signer.receive(states[1], raw)
        body: Any = read(turn.sent[0].raw).body
        answers.append(int.from_bytes(body.z, "big"))
        occasion = occasion_of(read(raw), asked, place_of(KEY, asked.session, start(1).is_signed), KEY)
        assert isinstance(occasion, Occasion)
        occasions.append(occasion)
    return occasions, answers


def test_one_nonce_for_three_answers__guard_taken_out__the_share_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def take_again(nonces: Nonces) -> tuple[SecretScalar, SecretScalar]:
        hiding, binding = nonces._pairs[0]
        return number(int.from_bytes(hiding.reveal(), "big")), number(int.from_bytes(binding.reveal(), "big"))

    monkeypatch.setattr(Nonces, "take", take_again)
    occasions, answers = three_answers()
    me = Index(1)
    rows = [
        [1, occasion.factors[me], occasion.weights[me] * occasion.challenge, z]
        for occasion, z in zip(occasions, answers, strict=True)
    ]
    _, _, share = solve(rows)
    assert number(share) == SHARES[me].secret


def test_one_nonce_for_three_answers__as_it_is__the_second_is_refused() -> None:
    with pytest.raises(NonceSpent):
        three_answers()


# ROS: many sessions at once (Benhamouda, Lepoint, Loss, Orru, Raykova: On the (in)security of ROS).

SESSIONS: Final = 256
WANTED: Final = hashlib.sha256(b"what nobody agreed to").digest()


@dataclass(frozen=True, kw_only=True)
class Oracle:
    """An honest holder with many open sessions for harmless messages: it commits in each, and answers each once."""

    key: GroupKey
    share: Share
    nonces: Sequence[tuple[SecretScalar, SecretScalar]]

    def mine(self, i: int) -> Committed:
        hiding, binding = self.nonces[i]
        return Committed(index=self.share.index, hiding=hiding.point(), binding=binding.point())

    def occasion(self, i: int, other: Committed) -> Occasion:
        message = hashlib.sha256(b"harmless %d" % i).digest()
        return prepare(self.key, message, [self.mine(i), other])

    def answer(self, i: int, other: Committed) -> int:
        z = answer(self.occasion(i, other), self.share.index, self.share.secret, *self.nonces[i])
        return int.from_bytes(z, "big")


def forge(oracle: Oracle, thief: Share) -> bytes:
    """Return what should be the group's signature of WANTED, from answers to other messages only."""
    me, other = oracle.share.index, thief.index
    # Two ways to go on with each session: the thief's own commitments come after those of the honest holder.
    ways = [
        [
            Committed(
                index=other, hiding=point(10_000 + 4 * i + 2 * b), binding=point(10_001 + 4 * i + 2 * b)
            )
            for b in (0, 1)
        ]
        for i in range(SESSIONS)
    ]
    occasions = [[oracle.occasion(i, way) for way in pair] for i, pair in enumerate(ways)]
    asked = [[one.challenge * one.weights[me] % ORDER for one in pair] for pair in occasions]
    slopes = [(1 << i) * pow(one - zero, -1, ORDER) % ORDER for i, (zero, one) in enumerate(asked)]
    # What the honest holder's nonces come to in the first way; without a binding factor, in both.
    commitments = [oracle.mine(i) for i in range(SESSIONS)]
    terms = [
        (slope * factor, of)
        for slope, pair, mine in zip(slopes, occasions, commitments, strict=True)
        for factor, of in ((1, mine.hiding), (pair[0].factors[me], mine.binding))
    ]
    honest = add_products(terms)
    assert honest is not None
    r = total(honest, point(4711))
    c = hashes.challenge(r + oracle.key.point + WANTED)
    # Both holders' weights are those of these two, in every session.
    mine, its = occasions[0][0].weights[me], occasions[0][0].weights[other]
    constant = sum(slope * zero for slope, (zero, _) in zip(slopes, asked, strict=True))
    bits = (c * mine - constant) % ORDER
    answers = [oracle.answer(i, ways[i][bits >> i & 1]) for i in range(SESSIONS)]
    z = sum(slope * answered for slope, answered in zip(slopes, answers, strict=True))
    z += 4711 + c * its * int.from_bytes(thief.secret.reveal(), "big")
    return r + to_bytes(z)


def attack_by_many_sessions() -> tuple[GroupKey, bytes]:
    shares = make_key(2, 2)
    honest, thief = shares[Index(1)], shares[Index(2)]
    nonces = [(number(2 + 3 * i + i * i), number(5 + 7 * i + i * i * i)) for i in range(SESSIONS)]
    return honest.key, forge(Oracle(key=honest.key, share=honest, nonces=nonces), thief)


def test_many_sessions__without_binding_factors__a_message_nobody_saw_is_signed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hashes, "binding", lambda _message: 1)
    key, forged = attack_by_many_sessions()
    assert is_signed(key.point, WANTED, forged)


def test_many_sessions__as_it_is__no_signature_comes_of_it() -> None:
    key, forged = attack_by_many_sessions()
    assert not is_signed(key.point, WANTED, forged)


# A key chosen after the others'.

THIEF: Final = Index(3)
KNOWN: Final = 123_456_789
"""What the thief wants to be the key of all."""


def rogue_dealing() -> relay.Relay:
    """Let holder 3 speak last, and offer what makes the key of all one that it knows alone."""
    new = charter(3, (1, 2, 3))
    name = session()
    raw = relay.start_dealing(call_for_key(new), pen(0), session=name, known=None).sent[0].raw
    found = assemble(raw, group=new.group, coordinator=transport_key(0), known=None)
    assert isinstance(found, Assembly)
    pairs = DealerSecrets.make(found, pen(THIEF), None, dice("dealing", name, THIEF)).pairs
    offers: dict[Index, Envelope] = {}
    values = {Index(1): 111, Index(2): 222}

    def offer(sender: Index, receiver: Index, raw: bytes) -> bytes | None:
        envelope = read(raw)
        if envelope.kind is not Kind.OFFER or receiver != 0:
            return raw
        body: Any = envelope.body
        if envelope.sender == THIEF:
            theirs: list[Any] = [offers[index].body for index in values]
            first = total(point(KNOWN), *(times(-1, one.commitments[0]) for one in theirs))
            half = pow(2, -1, ORDER)
            # So that the values of holders 1 and 2 are those above.
            third = times(half, total(first, times_generator(values[Index(2)] - 2 * values[Index(1)])))
            second = total(times_generator(values[Index(2)] - values[Index(1)]), times(-3, third))
            lie = edit(body, commitments=(first, second, third), proof=prove(THIEF, number(7), number(9)))
            raw = say(envelope, lie)
        offers[envelope.sender] = read(raw)
        return raw

    def deal(sender: Index, receiver: Index, raw: bytes) -> bytes | None:
        envelope = read(raw)
        if envelope.kind is not Kind.SUB_SHARES or envelope.sender != THIEF or receiver != 0:
            return raw
        body: Any = envelope.body
        sealed = tuple(
            (
                index,
                seal_value(
                    number(value),
                    Way.of(found.envelope, Kind.SUB_SHARES, THIEF, index),
                    pairs[index],
                    pair_key_of(offers[index], THIEF),
                ),
            )
            for index, value in values.items()
        )
        return say(envelope, edit(body, sealed=sealed), seen=hash_of_list([*offers.values()]))

    outcome = run_dealing(call_for_key(new), change=both(offer, deal), name=name)
    if outcome.log.verdicts:
        assert {(v.culprit, v.crime) for _, v in outcome.log.verdicts} == {(THIEF, Crime.BAD_OFFER)}
    return outcome.relay


def test_rogue_key__without_proofs_of_knowledge__the_thief_alone_knows_the_key_of_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(assembly, "is_proven", lambda _index, _commitment, _proof: True)
    state = rogue_dealing()
    # The honest two found nothing wrong; the thief's own program does not fit what it said.
    assert state.key is not None
    assert state.key.point == point(KNOWN)
    nonce = 99
    r = point(nonce)
    alone = r + to_bytes(nonce + hashes.challenge(r + state.key.point + DIGEST) * KNOWN)
    assert is_signed(state.key.point, DIGEST, alone)
    assert {*state.confirmations} >= {1, 2}


def test_rogue_key__as_it_is__refused_and_the_thief_named() -> None:
    state = rogue_dealing()
    assert state.stage is relay.Stage.FAILED
    assert state.key is None
    assert state.verdict is not None
    assert state.verdict.culprit == THIEF
