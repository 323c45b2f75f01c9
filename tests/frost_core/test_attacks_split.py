"""A liar and its coordinator tell two halves of a group different things, and an old epoch beside a new one: what comes
of it with one defence taken out, and with it in.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

import pytest

from tests.frost_core.liars import edit, read, say
from tests.frost_core.party import (
    Outcome,
    call_for_key,
    call_for_shares,
    charter,
    finish,
    make_key,
    next_epoch,
    reshare,
    run_dealing,
    run_signing,
    session,
)
from tests.frost_core.sessions import DIGEST
from tests.frost_core.thieves import assembly_of, put_together, secrets_in, sign_alone
from verifier.errors.frost import CertificateUnfit
from verifier.frost import assembly, dealer, dealer_secrets, pending, relay
from verifier.frost.assembly import pair_key_of
from verifier.frost.charter import Index, Pen
from verifier.frost.dealing_messages import Call, Certificate
from verifier.frost.envelope import Envelope, Fault
from verifier.frost.messages import Kind
from verifier.frost.polynomial import Polynomial, prove
from verifier.frost.rfc9591 import is_signed
from verifier.frost.scalar import SecretScalar
from verifier.frost.sealing import Way, seal_value
from verifier.frost.seed import Seed
from verifier.frost.shares import GroupKey, Share, trial_digest

LIAR: Final = Index(2)
OTHERS: Final = (3, 4)
"""Who are told something else than holders 1 and 2."""
MEMBERS: Final = (1, 2, 3, 4)


def secret(name: str) -> SecretScalar:
    return Seed(name.encode().ljust(32), ceremony=b"", share=None, own=b"").number("any")


# Equivocation: another polynomial for holders 3 and 4 than for holders 1 and 2, of a 2-of-4 group.


def deal_twice(
    call: Call, known: GroupKey | None = None, held: Mapping[Index, Share] | None = None
) -> Outcome:
    """Let holder 2 be two dealers; the coordinator hands each half its own."""
    name = session()
    found = assembly_of(call, name, known)
    mine = secrets_in(found, LIAR, (held or {}).get(LIAR))
    assert mine.polynomial is not None
    # Of a key as it is, both have to begin with the liar's own share: that is looked at.
    first = mine.polynomial.coefficients[0] if known else secret("another first")
    other = Polynomial((first, secret("another")))
    offers: dict[Index, Envelope] = {}

    def change(sender: Index, receiver: Index, raw: bytes) -> bytes | None:
        envelope = read(raw)
        body: Any = envelope.body
        if envelope.kind is Kind.OFFER:
            offers.setdefault(envelope.sender, envelope)
            if envelope.sender == LIAR and receiver in OTHERS:
                proof = prove(LIAR, first, secret("proof"))
                return say(envelope, edit(body, commitments=other.commit(), proof=proof))
        if envelope.kind is Kind.SUB_SHARES and envelope.sender == sender == LIAR:
            return say(envelope, edit(body, sealed=tuple(map(swapped, body.sealed))))
        return raw

    def swapped(pair: tuple[Index, bytes]) -> tuple[Index, bytes]:
        index = pair[0]
        if index not in OTHERS:
            return pair
        way = Way.of(found.envelope, Kind.SUB_SHARES, LIAR, index)
        theirs = pair_key_of(offers[index], LIAR)
        return index, seal_value(other.value_at(index), way, mine.pairs[index], theirs)

    return run_dealing(call, known=known, held=held, change=change, name=name)


def two_halves(outcome: Outcome) -> dict[int, Share]:
    """Let each half sign its own trial, and take its own certificate: what all have in use then."""
    waiting, shares = outcome.pending, dict[int, Share]()
    for half in ((1, 2), OTHERS):
        key = waiting[Index(half[0])].key
        parts = {Index(i): found for i in half if (found := waiting[Index(i)].share) is not None}
        signed = run_signing(parts, trial_digest(key), is_trial=True)
        certificate = relay.certify(replace(outcome.relay, key=key), signed.signature).sent[0].raw
        for index in parts:
            share = pending.activate(waiting[index], certificate)
            assert share is not None
            shares[index] = share
    return shares


def compare_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out that each says, by a hash, what it saw of the others."""
    for where in (dealer, relay, assembly):
        monkeypatch.setattr(where, "hash_of_list", lambda _envelopes: bytes(32))


def call_for_refresh() -> tuple[dict[Index, Share], GroupKey, Call]:
    shares = make_key(2, 4)
    key = shares[Index(1)].key
    return shares, key, call_for_shares(key, next_epoch(key.charter, 2, MEMBERS), MEMBERS)


def test_equivocate__transcripts_not_compared__two_halves_with_different_keys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The vault is told of one; half of the holders have shares of another, and each half believes it is whole."""
    compare_nothing(monkeypatch)
    shares = two_halves(deal_twice(call_for_key(charter(2, MEMBERS))))
    points = {index: share.key.point for index, share in shares.items()}
    assert points[1] == points[2] != points[3] == points[4]


def test_equivocate__transcripts_of_a_refresh_not_compared__halves_that_cannot_sign_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One key, and the old shares are gone: of the honest holder 1 and the others no two make a signature."""
    compare_nothing(monkeypatch)
    held, key, call = call_for_refresh()
    shares = two_halves(deal_twice(call, key, held))
    assert {share.key.point for share in shares.values()} == {key.point}
    for pair, is_enough in (((1, 2), True), ((3, 4), True), ((1, 3), False), ((1, 4), False)):
        together = put_together({index: shares[index].secret for index in pair})
        assert (together.point() == key.point) is is_enough


@pytest.mark.parametrize("is_refresh", [False, True])
def test_equivocate__as_it_is__nobody_is_led_to_a_share(is_refresh: bool) -> None:
    held, key, refresh = call_for_refresh()
    outcome = deal_twice(refresh, key, held) if is_refresh else deal_twice(call_for_key(charter(2, MEMBERS)))
    assert outcome.log.faults == {Fault.SEEN}
    assert outcome.relay.stage is relay.Stage.FAILED
    assert not outcome.pending


# A refresh that is cut: the coordinator lets holder 1 alone come to its end, with a certificate of its own making.


def cut_refresh() -> dict[Index, Share]:
    """What the two of a 2-of-2 key have then: who takes a new share into use destroys the old one."""
    shares = make_key(2, 2)
    key = shares[Index(1)].key

    def cut(_sender: Index, receiver: Index, raw: bytes) -> bytes | None:
        return None if read(raw).kind is Kind.SUB_SHARES and receiver == 2 else raw

    outcome = reshare(shares, next_epoch(key.charter, 2, (1, 2)), (1, 2), change=cut)
    assert {*outcome.pending} == {1}
    (confirmed,) = outcome.relay.confirmations.values()
    body = Certificate(signature=sign_alone(secret("no key"), DIGEST), confirmations=(confirmed.raw,))
    forged = say(outcome.relay.assembly.envelope, body, kind=Kind.CERTIFICATE)
    with suppress(CertificateUnfit):
        new = pending.activate(outcome.pending[Index(1)], forged)
        assert new is not None
        shares[Index(1)] = new
    return shares


def test_cut_refresh__one_phase_instead_of_two__nobody_has_the_key_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The defence is that a new share waits for the certificate that all have theirs, and that they sign."""
    monkeypatch.setattr(pending, "activate", lambda stored, _certificate: stored.share)
    shares = cut_refresh()
    assert [share.key.charter.epoch for share in shares.values()] == [2, 1]
    left = {int(index): share.secret for index, share in shares.items()}
    assert put_together(left).point() != shares[Index(2)].key.point


def test_cut_refresh__as_it_is__the_old_shares_stay_and_sign() -> None:
    shares = cut_refresh()
    assert [share.key.charter.epoch for share in shares.values()] == [1, 1]
    signed = run_signing(shares, DIGEST)
    assert is_signed(shares[Index(1)].key.point, DIGEST, signed.signature)


# Old shares with new ones: the thief has one share of each of two epochs, of a 2-of-3 key.


def key_from_two_epochs() -> tuple[GroupKey, SecretScalar]:
    """What share 1 of one epoch and share 2 of the next make together."""
    shares, stolen = make_key(2, 3), dict[int, SecretScalar]()
    key = shares[Index(1)].key
    for index in (1, 2):
        now = shares[Index(1)].key.charter
        new = finish(reshare(shares, next_epoch(now, 2, (1, 2, 3)), (1, 2, 3)))
        shares = {i: share for i, share in new.items() if share is not None}
        stolen[index] = shares[Index(index)].secret
    return key, put_together(stolen)


def test_old_shares_with_new_ones__same_polynomial_again__the_thief_signs_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The defence is that every epoch's polynomial is drawn anew."""

    def same(_pen: Pen, _said: bytes, *, dice: bytes, share: SecretScalar | None) -> Seed:
        return Seed(bytes(32), ceremony=b"", share=None, own=b"")

    monkeypatch.setattr(dealer_secrets, "seed_for", same)
    key, loot = key_from_two_epochs()
    assert is_signed(key.point, DIGEST, sign_alone(loot, DIGEST))


def test_old_shares_with_new_ones__as_it_is__they_make_nothing() -> None:
    key, loot = key_from_two_epochs()
    assert not is_signed(key.point, DIGEST, sign_alone(loot, DIGEST))
