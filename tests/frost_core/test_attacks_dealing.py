"""A dealing with a liar in it: what it gets, each time with one defence taken out, and with it in."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import combinations, zip_longest
from typing import Any, Final

import pytest

from tests.frost_core.liars import court, read, say
from tests.frost_core.party import (
    Outcome,
    call_for_key,
    charter,
    dice,
    pen,
    run_dealing,
    session,
)
from tests.frost_core.test_attacks import number
from tests.frost_core.thieves import assembly_of, put_together, secrets_in
from verifier.frost import assembly, dealer, relay, shares
from verifier.frost.assembly import Assembly, commitments_of
from verifier.frost.charter import Index, Pen
from verifier.frost.curve import Point, add, read_point
from verifier.frost.dealer_secrets import DealerSecrets
from verifier.frost.dealing_messages import Complaint
from verifier.frost.envelope import Envelope, Fault, Place
from verifier.frost.evidence import require_proven
from verifier.frost.judge import Crime, Opening
from verifier.frost.messages import Kind
from verifier.frost.polynomial import Polynomial
from verifier.frost.scalar import SecretScalar
from verifier.frost.sealing import Way, seal_value, unseal_value
from verifier.frost.shares import GroupKey
from verifier.frost.turn import Turn

MEMBERS: Final = (1, 2, 3)
LIAR: Final = Index(2)
CHARTER: Final = charter(2, MEMBERS)
COURT: Final = court(None, CHARTER.group, MEMBERS)


def assert_named(outcome: Outcome, crime: Crime, fault: Fault | None = None) -> None:
    """The liar, by all and with proof; there is no key."""
    assert outcome.relay.stage is relay.Stage.FAILED
    assert {(v.culprit, v.crime) for _, v in outcome.log.verdicts} == {(LIAR, crime)}
    assert fault is None or outcome.log.faults == {fault}


def assert_innocent_blamed(outcome: Outcome) -> None:
    """Holder 2, which did nothing wrong, by a proof that everybody takes."""
    verdict = outcome.relay.verdict
    assert verdict is not None
    assert (verdict.culprit, verdict.crime) == (LIAR, Crime.BAD_SUB_SHARE)
    require_proven(verdict, COURT)


# Another threshold: the liar's program has one coefficient more than the threshold, or one less.


def deal_of_another_length(monkeypatch: pytest.MonkeyPatch, by: int) -> Outcome:
    right = DealerSecrets.make

    def made(found: Assembly, own: Pen, held: Any, dice: bytes) -> DealerSecrets:
        secrets = right(found, own, held, dice)
        if own.index != LIAR or secrets.polynomial is None:
            return secrets
        whole = (*secrets.polynomial.coefficients, number(5))
        return replace(secrets, polynomial=Polynomial(whole[: CHARTER.threshold + by]))

    monkeypatch.setattr(DealerSecrets, "make", made)
    return run_dealing(call_for_key(CHARTER))


def count_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take out that an offer has as many commitments as the threshold."""
    right = assembly.fault_of_offer

    def lenient(found: Assembly, envelope: Envelope) -> Fault | None:
        fault = right(found, envelope)
        return None if fault is Fault.COUNT else fault

    for where in (dealer, relay):
        monkeypatch.setattr(where, "fault_of_offer", lenient)


@pytest.mark.parametrize("by", [-1, 1])
def test_another_threshold__offers_not_counted__no_key_and_nobody_is_named(
    monkeypatch: pytest.MonkeyPatch, by: int
) -> None:
    """Who adds the offers up stumbles, and so one member keeps a group from ever having a key."""
    count_nothing(monkeypatch)
    with pytest.raises(ValueError, match="zip"):
        deal_of_another_length(monkeypatch, by)


def test_another_threshold__nothing_counted_at_all__nobody_signs_without_the_thief(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A 2-of-3 key for which it takes three, one of them the thief: it has a veto, and can let itself be paid."""
    count_nothing(monkeypatch)

    def add_up(found: Assembly, offers: Any) -> GroupKey:
        columns = zip_longest(*(commitments_of(offers[index]) for index in found.dealers))
        points = [add([point for point in column if point is not None]) for column in columns]
        return GroupKey(charter=found.call.charter, commitments=tuple(filter(None, points)))

    for where in (dealer, relay):
        monkeypatch.setattr(where, "key_of", add_up)
    monkeypatch.setattr(GroupKey, "__post_init__", lambda key: read_point(key.point))
    outcome = deal_of_another_length(monkeypatch, 1)
    assert outcome.relay.stage is relay.Stage.TRIAL
    assert not outcome.log.rejected
    secrets = {int(i): one.share.secret for i, one in outcome.pending.items() if one.share is not None}
    key = outcome.pending[Index(1)].key
    for pair in combinations(MEMBERS, 2):
        assert put_together({index: secrets[index] for index in pair}).point() != key.point
    assert put_together(secrets).point() == key.point


@pytest.mark.parametrize("by", [-1, 1])
def test_another_threshold__as_it_is__no_key_and_the_thief_named(
    monkeypatch: pytest.MonkeyPatch, by: int
) -> None:
    assert_named(deal_of_another_length(monkeypatch, by), Crime.BAD_OFFER, Fault.COUNT)


# A value for one holder that does not fit what its dealer committed to.


def deal_badly(monkeypatch: pytest.MonkeyPatch) -> Outcome:
    """Let the liar's program seal another number for holder 3."""

    def sealed(value: SecretScalar, way: Way, mine: SecretScalar, theirs: Point) -> bytes:
        is_lie = (way.sender, way.receiver) == (LIAR, 3)
        return seal_value(value.plus(number(1)) if is_lie else value, way, mine, theirs)

    monkeypatch.setattr(dealer, "seal_value", sealed)
    return run_dealing(call_for_key(CHARTER))


def test_bad_sub_share__not_held_against_the_commitments__nobody_signs_without_the_thief(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Holder 3 keeps a share that is worth nothing, destroys its old one for it, and nobody notices: holders 1 and 2
    sign the trial. From then on it takes the thief for every signature.
    """

    def unlooked(dealing: dealer.Dealing, sender: Index) -> SecretScalar | None:
        body: Any = dealing.sub_shares[sender].body
        way = dealer._way(dealing, sender, dealing.pen.index)
        theirs = assembly.pair_key_of(dealing.offers[sender], dealing.pen.index)
        return unseal_value(dict(body.sealed)[dealing.pen.index], way, dealing.secrets.pairs[sender], theirs)

    monkeypatch.setattr(dealer, "_unsealed", unlooked)
    # The second look: what was added up is held against the key.
    monkeypatch.setattr(shares.Share, "__post_init__", lambda _share: None)
    outcome = deal_badly(monkeypatch)
    assert outcome.relay.stage is relay.Stage.TRIAL
    assert not outcome.log.verdicts
    key = outcome.pending[Index(1)].key
    secrets = {int(i): one.share.secret for i, one in outcome.pending.items() if one.share is not None}
    assert put_together({1: secrets[1], 2: secrets[2]}).point() == key.point
    assert put_together({1: secrets[1], 3: secrets[3]}).point() != key.point


def test_bad_sub_share__as_it_is__no_key_and_the_thief_named(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = deal_badly(monkeypatch)
    assert_named(outcome, Crime.BAD_SUB_SHARE)
    assert outcome.relay.verdict is not None
    require_proven(outcome.relay.verdict, COURT)


# Holder 3 complains of holder 2, which sealed what was right.


def complain_falsely() -> Outcome:
    name = session()
    opened = secrets_in(assembly_of(call_for_key(CHARTER), name), 3).pairs[LIAR].reveal()

    def change(sender: Index, receiver: Index, raw: bytes) -> bytes | None:
        envelope = read(raw)
        if envelope.kind is not Kind.CONFIRMATION or envelope.sender != 3:
            return raw
        return say(envelope, Complaint(accused=LIAR, opened=opened), kind=Kind.COMPLAINT)

    return run_dealing(call_for_key(CHARTER), change=change, name=name)


def test_false_complaint__what_it_opens_not_looked_at__an_innocent_is_blamed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Opening, "culprit", lambda one: (one.way.sender, Crime.BAD_SUB_SHARE))
    assert_innocent_blamed(complain_falsely())


def test_false_complaint__as_it_is__who_complains_is_named() -> None:
    assert complain_falsely().log.culprits == {3}


# An offer of an earlier dealing, with its proof, played back by somebody on the way, before the new one.


def replay_an_offer() -> tuple[Turn[relay.Relay], Turn[relay.Relay]]:
    """What the coordinator makes of holder 2's old offer, and of its new one after that."""
    call = call_for_key(CHARTER)
    old = run_dealing(call).relay.offers[LIAR].raw
    started = relay.start_dealing(call, pen(0), session=session(), known=None)
    joined = dealer.join_dealing(started.state.assembly, pen(LIAR), held=None, dice=dice("new offer"))
    replayed = relay.receive(started.state, old)
    return replayed, relay.receive(replayed.state, joined.sent[0].raw)


class AnySession(bytes):
    """A session's name that is like every other."""

    __hash__ = bytes.__hash__

    def __eq__(self, _other: object) -> bool:
        return True


def take_out_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let envelopes name no session: what one of them says, and the hash that an answer to it carries."""
    heads = slice(40, 72)

    def digest(envelope: Envelope) -> bytes:
        said = bytearray(envelope.said)
        said[heads] = bytes(32)
        return hashlib.sha256(said).digest()

    def anywhere(*, session: bytes | None, **fields: Any) -> Place:
        return Place(session=None if session is None else AnySession(session), **fields)

    monkeypatch.setattr(Envelope, "hash", property(digest))
    monkeypatch.setattr(assembly, "Place", anywhere)


def test_replayed_proof__session_not_looked_at__no_key_and_an_innocent_is_blamed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take_out_sessions(monkeypatch)
    replayed, honest = replay_an_offer()
    assert LIAR in replayed.state.offers
    assert honest.state.stage is relay.Stage.FAILED
    assert [(v.culprit, v.crime) for v in honest.verdicts] == [(LIAR, Crime.TWO_WORDS)]


def test_replayed_proof__as_it_is__refused_and_the_new_one_is_taken() -> None:
    replayed, honest = replay_an_offer()
    assert [(one.fault, one.is_proven) for one in replayed.rejected] == [(Fault.SESSION, False)]
    assert {*honest.state.offers} == {LIAR}
    assert not honest.verdicts
