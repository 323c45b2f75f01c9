"""@noble/curves beside us: as a holder among ours in every role, with the same bytes, and the same blame."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any, Final

import pytest

from tests.frost_core.liars import edit, lying, read, say
from tests.frost_core.noble_holder import NobleDealer, NobleSigner
from tests.frost_core.noble_peer import Noble, RefusedError, answers_for, committed_for, key_for, start_noble
from tests.frost_core.party import call_for_key, charter, dice, make_key, run_dealing, run_signing
from tests.frost_core.sessions import DIGEST
from tests.frost_core.test_life import takes
from verifier.frost import hashes, relay, rfc9591
from verifier.frost.charter import Index
from verifier.frost.curve import ORDER, read_point, to_bytes
from verifier.frost.curve import is_signed as is_envelope_signed
from verifier.frost.envelope import Envelope
from verifier.frost.messages import Kind
from verifier.frost.polynomial import Polynomial, is_proven, prove
from verifier.frost.rfc9591 import Committed, aggregate, answer, is_answer_right, is_signed, prepare
from verifier.frost.scalar import SecretScalar
from verifier.frost.shares import GroupKey
from verifier.frost.signing import place_of

SIGNINGS: Final = 1_000


@pytest.fixture(scope="module")
def noble() -> Iterator[Noble]:
    with start_noble() as started:
        yield started


@pytest.mark.parametrize(
    ("threshold", "holders", "by_noble"),
    [(2, 3, (2,)), (3, 5, (1, 4, 5)), (2, 2, (1,)), (3, 4, (1, 2, 3, 4))],
)
def test_deal_and_sign__some_holders_by_noble__one_key_and_a_signature(
    noble: Noble, threshold: int, holders: int, by_noble: tuple[int, ...]
) -> None:
    new = charter(threshold, tuple(range(1, holders + 1)))
    joined: dict[int, NobleDealer] = {}

    def join(index: int, assembly: Any) -> Any:
        joined[index], sent = NobleDealer.join(noble, assembly, Index(index))
        return joined[index], sent

    outcome = run_dealing(call_for_key(new), guests={index: partial(join, index) for index in by_noble})
    assert outcome.relay.stage is relay.Stage.TRIAL
    key = outcome.relay.key
    assert key is not None
    for index, member in joined.items():
        assert member.made["commitments"] == [point.hex() for point in key.commitments]
        assert member.made["shares"] == key_for(key)["shares"]
        assert SecretScalar(bytes.fromhex(member.made["share"])).point() == key.verifying_share(Index(index))
    shares = {i: one.share for i, one in outcome.pending.items() if one.share is not None}
    place = place_of(key, None, is_envelope_signed)
    guests = {
        index: NobleSigner(noble=noble, key=key, index=Index(index), share=member.made["share"], place=place)
        for index, member in joined.items()
    }
    signed = run_signing(shares, DIGEST, guests=guests, key=key)
    assert not signed.log.rejected
    assert takes(key.point, DIGEST, signed.signature)
    asked = {"point": key.point.hex(), "message": DIGEST.hex(), "signature": signed.signature.hex()}
    assert noble.ask("verify", asked) is True
    assert noble.ask("verify", {**asked, "message": "00" * 32}) is False


def test_answer__a_thousand_random_signings__noble_gives_the_same_bytes(noble: Noble) -> None:
    draw = random.Random(20221122)  # noqa: S311 - runs repeat
    questions, expected = [], []
    groups = [make_random_key(draw, *size) for size in ((2, 2), (2, 3), (2, 3), (2, 5), (3, 4))]
    for turn in range(SIGNINGS):
        key, polynomial = groups[turn % len(groups)]
        # Mostly as many as have to, sometimes all.
        most = len(key.charter.indexes) if turn % 20 == 0 else key.charter.threshold
        signers = sorted(draw.sample(key.charter.indexes, draw.randint(key.charter.threshold, most)))
        nonces = {i: (random_scalar(draw), random_scalar(draw)) for i in signers}
        committed = [
            Committed(index=i, hiding=SecretScalar(d).point(), binding=SecretScalar(e).point())
            for i, (d, e) in nonces.items()
        ]
        message = draw.randbytes(draw.choice((0, 1, 32, 32, 100)))
        me = draw.choice(signers)
        share = polynomial.value_at(me)
        hiding, binding = nonces[me]
        z = answer(prepare(key, message, committed), me, share, SecretScalar(hiding), SecretScalar(binding))
        expected.append(z.hex())
        questions.append(
            [
                "answer",
                {
                    "index": me,
                    "share": share.reveal().hex(),
                    "key": key_for(key),
                    "nonces": [hiding.hex(), binding.hex()],
                    "committed": committed_for(committed),
                    "message": message.hex(),
                },
            ]
        )
    assert len({*expected}) == SIGNINGS
    assert noble.ask("many", questions) == expected


def random_scalar(draw: random.Random) -> bytes:
    return to_bytes(draw.randrange(1, ORDER))


def make_random_key(draw: random.Random, threshold: int, holders: int) -> tuple[GroupKey, Polynomial]:
    indexes = tuple(sorted(draw.sample(range(1, 40), holders)))
    polynomial = Polynomial(tuple(SecretScalar(random_scalar(draw)) for _ in range(threshold)))
    return GroupKey(charter=charter(threshold, indexes), commitments=polynomial.commit()), polynomial


def test_aggregate__with_and_without_bad_answers__noble_gives_the_same_signature_or_the_same_blame(
    noble: Noble,
) -> None:
    draw = random.Random(7)  # noqa: S311 - runs repeat
    for bad in ((), (1,), (2, 4), (1, 2, 4)):
        key, polynomial = make_random_key(draw, 3, 4)
        signers = key.charter.indexes
        nonces = {i: (SecretScalar(random_scalar(draw)), SecretScalar(random_scalar(draw))) for i in signers}
        committed = [Committed(index=i, hiding=d.point(), binding=e.point()) for i, (d, e) in nonces.items()]
        occasion = prepare(key, DIGEST, committed)
        answers = {i: answer(occasion, i, polynomial.value_at(i), *nonces[i]) for i in signers}
        liars = {signers[place - 1] for place in bad}
        answers = {i: to_bytes(int.from_bytes(z, "big") + (i in liars) * i) for i, z in answers.items()}
        asked = {"key": key_for(key), "committed": committed_for(committed), "message": DIGEST.hex()}
        theirs = noble.ask("aggregate", {**asked, "answers": answers_for(answers)})
        ours = aggregate(occasion, answers)
        if bad:
            blamed = {i for i, z in answers.items() if not is_answer_right(occasion, i, z)}
            assert ours is None
            assert {*theirs["cheaters"]} == blamed == liars
        else:
            assert ours is not None
            assert theirs["signature"] == ours.hex()
            assert is_signed(key.point, DIGEST, ours)


def foreign_proof(envelope: Envelope) -> Any:
    body: Any = envelope.body
    secret = SecretScalar(dice("foreign"))
    return edit(body, proof=prove(envelope.sender, secret, SecretScalar(dice("nonce"))))


def too_long(envelope: Envelope) -> Any:
    body: Any = envelope.body
    return edit(body, commitments=(*body.commitments, body.commitments[0]))


@pytest.mark.parametrize("lie", [foreign_proof, too_long])
def test_deal__a_bad_offer_reaches_noble_too__both_refuse(noble: Noble, lie: Any) -> None:
    joined: dict[int, NobleDealer] = {}

    def join(assembly: Any) -> Any:
        joined[3], sent = NobleDealer.join(noble, assembly, Index(3))
        return joined[3], sent

    change = lying(2, Kind.OFFER, lie, to=(1, 3))
    outcome = run_dealing(call_for_key(charter(2, (1, 2, 3))), guests={3: join}, change=change)
    assert outcome.log.culprits == {2}
    assert joined[3].refused


def test_deal__a_bad_sub_share_reaches_noble_too__both_refuse(noble: Noble) -> None:
    joined: dict[int, NobleDealer] = {}

    def join(assembly: Any) -> Any:
        joined[3], sent = NobleDealer.join(noble, assembly, Index(3))
        return joined[3], sent

    def bad(envelope: Envelope) -> Any:
        body: Any = envelope.body
        return edit(body, sealed=tuple((i, bytes([s[0], s[1] ^ 1]) + s[2:]) for i, s in body.sealed))

    change = lying(2, Kind.SUB_SHARES, bad)
    outcome = run_dealing(call_for_key(charter(2, (1, 2, 3))), guests={3: join}, change=change)
    assert outcome.relay.verdict is not None
    assert outcome.relay.verdict.culprit == 2
    assert joined[3].refused


def test_prove__by_noble_and_by_us__each_takes_the_others(noble: Noble) -> None:
    first = noble.ask("deal", {"index": 7, "min": 2, "max": 3, "dice": dice("d", length=2_000).hex()})
    commitment = read_point(bytes.fromhex(first["commitments"][0]))
    assert is_proven(Index(7), commitment, bytes.fromhex(first["proof"]))
    assert not is_proven(Index(8), commitment, bytes.fromhex(first["proof"]))
    others = []
    for index in (8, 9):
        polynomial = Polynomial(tuple(SecretScalar(dice("c", index, power)) for power in range(2)))
        proof = prove(Index(index), polynomial.coefficients[0], SecretScalar(dice("k", index)))
        points = [point.hex() for point in polynomial.commit()]
        others.append({"index": index, "commitments": points, "proof": proof.hex()})
    assert {*noble.ask("values", {"held": first["held"], "others": others})} == {"8", "9"}
    second = noble.ask("deal", {"index": 7, "min": 2, "max": 3, "dice": dice("d", length=2_000).hex()})
    swapped = [{**others[0], "proof": others[1]["proof"]}, others[1]]
    with pytest.raises(RefusedError):
        noble.ask("values", {"held": second["held"], "others": swapped})


def test_answer__after_a_refresh_by_us__noble_signs_with_the_new_share(noble: Noble) -> None:
    from tests.frost_core.party import finish, next_epoch, reshare

    old = make_key(2, 3)
    key = old[Index(1)].key
    new = finish(reshare(old, next_epoch(key.charter, 2, (1, 2, 3)), (1, 3)))
    mine = new[Index(2)]
    assert mine is not None
    place = place_of(mine.key, None, is_envelope_signed)
    guest = NobleSigner(
        noble=noble, key=mine.key, index=Index(2), share=mine.secret.reveal().hex(), place=replace(place)
    )
    shares = {i: share for i, share in new.items() if share is not None and i == 1}
    signed = run_signing(shares, DIGEST, guests={2: guest}, key=mine.key)
    assert signed.signing.chosen == (1, 2)
    assert takes(key.point, DIGEST, signed.signature)


# One of three is wrong and says so to nobody: our arithmetic, our check, or noble. The vault's own rules stand beside
# them, in plain integers as `verifier.sign` has them; that the contract gives the same answers is tested on a chain.


def test_wrong_challenge__ours_is_of_one_mind_with_itself__noble_and_the_vault_notice(
    noble: Noble, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = hashes.challenge
    monkeypatch.setattr(hashes, "challenge", lambda message: right(message + b"!"))
    shares = make_key(2, 3)
    key = shares[Index(1)].key
    signed = sign_at_once(key, shares)
    assert signed is not None
    assert is_signed(key.point, DIGEST, signed)
    monkeypatch.undo()
    assert not takes(key.point, DIGEST, signed)
    asked = {"point": key.point.hex(), "message": DIGEST.hex(), "signature": signed.hex()}
    assert noble.ask("verify", asked) is False


def test_wrong_check__ours_takes_everything__noble_and_the_vault_notice(
    noble: Noble, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares = make_key(2, 3)
    key = shares[Index(1)].key
    monkeypatch.setattr(rfc9591, "is_signed", lambda _key, _message, _signature: True)
    signed = sign_at_once(key, shares, off=1)
    assert signed is not None
    assert not takes(key.point, DIGEST, signed)
    asked = {"point": key.point.hex(), "message": DIGEST.hex(), "signature": signed.hex()}
    assert noble.ask("verify", asked) is False
    monkeypatch.undo()
    assert sign_at_once(key, shares, off=1) is None


def test_wrong_answer__of_noble__ours_names_it(noble: Noble) -> None:
    shares = make_key(2, 3)
    key = shares[Index(1)].key

    class Wrong(NobleSigner):
        def receive(self, raw: bytes) -> Any:
            envelope = read(raw)
            sent = super().receive(raw)
            if envelope.kind is not Kind.PACKAGE:
                return sent
            answered = read(sent[0].raw)
            body: Any = answered.body
            return [replace(sent[0], raw=say(answered, edit(body, z=body.z[:-1] + bytes([body.z[-1] ^ 1]))))]

    place = place_of(key, None, is_envelope_signed)
    guest = Wrong(
        noble=noble, key=key, index=Index(1), share=shares[Index(1)].secret.reveal().hex(), place=place
    )
    rest = {index: share for index, share in shares.items() if index != 1}
    signed = run_signing(rest, DIGEST, guests={1: guest})
    assert signed.log.culprits == {1}
    assert takes(key.point, DIGEST, signed.signature)


def sign_at_once(key: GroupKey, shares: Any, *, off: int = 0) -> bytes | None:
    """Sign by holders 1 and 2 without envelopes, the first answer being off by some number."""
    nonces = {i: (SecretScalar(dice("d", i)), SecretScalar(dice("e", i))) for i in map(Index, (1, 2))}
    committed = [Committed(index=i, hiding=d.point(), binding=e.point()) for i, (d, e) in nonces.items()]
    occasion = prepare(key, DIGEST, committed)
    answers = {i: answer(occasion, i, shares[i].secret, *nonces[i]) for i in nonces}
    answers[Index(1)] = to_bytes(int.from_bytes(answers[Index(1)], "big") + off)
    return aggregate(occasion, answers)
