"""Weak randomness: what a thief gets who knows how the dice fall, each time with one defence taken out, and with it in.

Dice that are known, or that fall the same again, come of a copied machine, a bad source, or a program that was changed.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

import pytest

from tests.frost_core.liars import read
from tests.frost_core.party import (
    Outcome,
    call_for_key,
    call_for_shares,
    charter,
    dice,
    make_key,
    next_epoch,
    run_dealing,
    run_repair,
)
from tests.frost_core.sessions import DIGEST, KEY, OTHER, SHARES, ask, commit, invite, pack, start
from tests.frost_core.test_attacks import number, solve
from tests.frost_core.thieves import put_together, sign_alone
from verifier.frost import dealer_secrets, hashes, nonces, repair, signer
from verifier.frost.assembly import pair_key_of
from verifier.frost.charter import Index, Pen
from verifier.frost.curve import ORDER, Point
from verifier.frost.envelope import Envelope
from verifier.frost.messages import Kind
from verifier.frost.nonces import Nonces
from verifier.frost.polynomial import weight
from verifier.frost.quoting import occasion_of
from verifier.frost.rfc9591 import Occasion, is_signed
from verifier.frost.scalar import SecretScalar
from verifier.frost.sealing import Way, unseal_value
from verifier.frost.seed import Seed
from verifier.frost.signing import place_of

ME: Final = Index(1)
DICE: Final = bytes(32) + bytes([1]) * 32
"""How they always fall, which the thief knows."""


def answered(digest: bytes = DIGEST) -> tuple[Envelope, Occasion, int]:
    """Let holder 1 sign with these dice, from a start: what it was asked, what all know of it, and its answer."""
    asked = invite(digest=digest)
    mine = signer.consent(ask(1, asked), asked.session, dice=DICE)
    raw = pack(asked, mine.sent[0].raw, *(commit(index, asked)[1] for index in (2, 3)))
    turn = signer.receive(mine.state, raw)
    body: Any = read(turn.sent[0].raw).body
    occasion = occasion_of(read(raw), asked, place_of(KEY, asked.session, start(1).is_signed), KEY)
    assert isinstance(occasion, Occasion)
    return asked, occasion, int.from_bytes(body.z, "big")


# The thief knows the dice.


def share_from_known_dice() -> SecretScalar:
    """Return what would be holder 1's share if its nonces followed from the dice and what is public."""
    asked, occasion, z = answered()
    halves = [DICE[:32], DICE[32:]]
    rolled = [b"fourth-signer/nonce\0" + half + asked.session + asked.hash for half in halves]
    hiding, binding = (
        int.from_bytes(hashes.nonce(hashlib.sha256(one).digest()).reveal(), "big") for one in rolled
    )
    counted = occasion.weights[ME] * occasion.challenge
    return number((z - hiding - occasion.factors[ME] * binding) * pow(counted, -1, ORDER) % ORDER)


def test_known_dice__share_left_out_of_the_nonce__the_share_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nonces, "make_nonce", lambda rolled, _share: hashes.nonce(rolled))
    assert share_from_known_dice() == SHARES[ME].secret


def test_known_dice__as_it_is__nothing_comes_of_them() -> None:
    assert share_from_known_dice() != SHARES[ME].secret


# The dice fall the same after every start; the thief need not know how.


def share_from_same_dice() -> SecretScalar:
    """Return what would be holder 1's share if three sessions had one pair of nonces."""
    digests = (DIGEST, OTHER, hashlib.sha256(b"a third operation").digest())
    rows = [
        [1, occasion.factors[ME], occasion.weights[ME] * occasion.challenge, z]
        for _, occasion, z in map(answered, digests)
    ]
    return number(solve(rows)[2])


def test_same_dice__session_left_out_of_the_nonce__the_share_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def without(share: SecretScalar, *, dice: bytes, occasion: bytes) -> Nonces:
        return Nonces(share, dice=dice, occasion=b"")

    monkeypatch.setattr(signer, "Nonces", without)
    assert share_from_same_dice() == SHARES[ME].secret


def test_same_dice__as_it_is__three_sessions_have_three_pairs_of_nonces() -> None:
    assert share_from_same_dice() != SHARES[ME].secret


# The thief knows how the dice of all fell when the key was made.


def key_made_of_known_dice() -> tuple[Point, SecretScalar]:
    """Make a 2-of-3 key: its point, and what would be the key if all secrets followed from dice and what is public."""
    outcome = run_dealing(call_for_key(charter(2, (1, 2, 3))), dice_of=lambda _: DICE[:32])
    assert outcome.relay.key is not None
    said = outcome.relay.assembly.envelope.said
    first, second, third = (seed_known_of(index, said).number("secret") for index in (1, 2, 3))
    return outcome.relay.key.point, first.plus(second).plus(third)


def seed_known_of(index: int, said: bytes) -> Seed:
    """Return a member's seed as far as dice make it, and what is public."""
    return Seed(DICE[:32], ceremony=said + bytes([index]), share=None, own=b"")


def leave_out_what_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def of_dice_alone(mine: Pen, said: bytes, *, dice: bytes, share: SecretScalar | None) -> Seed:
        return Seed(dice, ceremony=said + bytes([mine.index]), share=None, own=b"")

    for where in (dealer_secrets, repair):
        monkeypatch.setattr(where, "seed_for", of_dice_alone)


def test_known_dice_of_a_key__nothing_of_its_own_in_the_seed__the_thief_signs_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leave_out_what_is_its_own(monkeypatch)
    point, loot = key_made_of_known_dice()
    assert is_signed(point, OTHER, sign_alone(loot, OTHER))


def test_known_dice_of_a_key__as_it_is__nothing_comes_of_them() -> None:
    point, loot = key_made_of_known_dice()
    assert not is_signed(point, OTHER, sign_alone(loot, OTHER))


# The thief is the coordinator of a refresh, and knows the dice of two of its dealers.


def key_from_known_dice() -> tuple[Point, SecretScalar]:
    """Refresh a 2-of-3 key: its point, and what would be the key if all secrets of a dealer followed from its dice."""
    shares, members = make_key(2, 3), (1, 2, 3)
    key = shares[ME].key
    outcome = run_dealing(
        call_for_shares(key, next_epoch(key.charter, 2, members), members),
        known=key,
        held=shares,
        dice_of=lambda _: DICE[:32],
    )
    return key.point, put_together({index: share_dealt_by(outcome, Index(index)) for index in (1, 2)})


def share_dealt_by(outcome: Outcome, dealer: Index) -> SecretScalar:
    """Open what a dealer sealed for holder 3, and take from it what the dice made."""
    assembly, to = outcome.relay.assembly, Index(3)
    seed = seed_known_of(dealer, assembly.envelope.said)
    body: Any = outcome.relay.sub_shares[dealer].body
    way = Way.of(assembly.envelope, Kind.SUB_SHARES, dealer, to)
    theirs = pair_key_of(outcome.relay.offers[to], dealer)
    value = unseal_value(dict(body.sealed)[to], way, seed.number("pair", to), theirs)
    assert value is not None
    counted = value.plus(seed.number("coefficient", 1).times(to).negated())
    return counted.times(pow(weight(dealer, assembly.dealers), -1, ORDER))


def test_known_dice_of_a_refresh__nothing_of_its_own_in_the_seed__the_thief_signs_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leave_out_what_is_its_own(monkeypatch)
    point, loot = key_from_known_dice()
    assert is_signed(point, OTHER, sign_alone(loot, OTHER))


def test_known_dice_of_a_refresh__as_it_is__nothing_comes_of_them() -> None:
    point, loot = key_from_known_dice()
    assert not is_signed(point, OTHER, sign_alone(loot, OTHER))


# The thief is the coordinator of a repair, and knows the dice of the holder that lost its share.

LOST: Final = Index(2)


def share_on_its_way() -> SecretScalar:
    """Repair holder 2's share: the sum of what is sealed for it, opened with keys that follow from dice alone."""
    state = run_repair(SHARES, LOST, (1, 3, 4)).relay
    call, total = state.assembly.envelope, None
    rolled = dice("repair", call.session, LOST)
    seed = Seed(rolled, ceremony=call.said + bytes([LOST]), share=None, own=b"")
    for helper, said in state.heard[Kind.REPAIR_SUM].items():
        body: Any = said.body
        way = Way.of(call, Kind.REPAIR_SUM, helper, LOST)
        theirs = pair_key_of(state.heard[Kind.REPAIR_OFFER][helper], LOST)
        value = unseal_value(body.sealed, way, seed.number("pair", helper), theirs)
        assert value is not None
        total = value if total is None else total.plus(value)
    assert total is not None
    return total


def test_known_dice_of_a_repair__nothing_of_its_own_in_the_seed__the_thief_has_the_share(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    leave_out_what_is_its_own(monkeypatch)
    assert share_on_its_way() == SHARES[LOST].secret


def test_known_dice_of_a_repair__as_it_is__nothing_comes_of_them() -> None:
    assert share_on_its_way() != SHARES[LOST].secret
