"""The making of a key and of new shares, when members or the coordinator lie: no key, or the liar by name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.frost_core.liars import assert_proven, both, court, edit, lying, read, say, silent
from tests.frost_core.party import (
    call_for_key,
    call_for_shares,
    charter,
    dice,
    finish,
    make_key,
    next_epoch,
    pen,
    reshare,
    run_dealing,
    session,
)
from verifier.errors.frost import VerdictUnproven
from verifier.frost import dealer, relay
from verifier.frost.charter import Index
from verifier.frost.curve import times_generator
from verifier.frost.dealing_messages import Complaint
from verifier.frost.envelope import Envelope, Fault, hash_of_list
from verifier.frost.evidence import find_two_words, require_proven
from verifier.frost.judge import Crime, Verdict
from verifier.frost.messages import Kind
from verifier.frost.polynomial import prove
from verifier.frost.scalar import SecretScalar

MEMBERS = (1, 2, 3)
CHARTER = charter(2, MEMBERS)
GENERATOR_TIMES_TWO = times_generator(2)


def number(value: int) -> SecretScalar:
    return SecretScalar(value.to_bytes(32, "big"))


def require_no_key(outcome: Any) -> None:
    assert outcome.relay.stage is relay.Stage.FAILED
    assert all(
        one.pending is None for one in outcome.members.values() if one.stage is not dealer.Stage.CONFIRMED
    )


def rogue(envelope: Envelope) -> Any:
    """Commit to a multiple of another's point, of which nobody knows the logarithm, with a proof of something else."""
    body: Any = envelope.body
    secret = number(7)
    return edit(
        body,
        commitments=(body.commitments[1], body.commitments[0]),
        proof=prove(envelope.sender, secret, number(9)),
    )


def other_proof(envelope: Envelope) -> Any:
    """Take the proof of another holder for the same point."""
    body: Any = envelope.body
    secret = number(7)
    commitments = (secret.point(), *body.commitments[1:])
    return edit(body, commitments=commitments, proof=prove(Index(3), secret, number(9)))


def long_proof_of_nothing(envelope: Envelope) -> Any:
    body: Any = envelope.body
    return edit(body, proof=bytes(65))


def too_long(envelope: Envelope) -> Any:
    body: Any = envelope.body
    return edit(body, commitments=(*body.commitments, GENERATOR_TIMES_TWO))


def too_short(envelope: Envelope) -> Any:
    body: Any = envelope.body
    return edit(body, commitments=body.commitments[:1])


def without_any(envelope: Envelope) -> Any:
    body: Any = envelope.body
    return edit(body, commitments=(), proof=b"")


def no_point(envelope: Envelope) -> Any:
    body: Any = envelope.body
    return edit(body, commitments=(body.commitments[0], b"\2" + bytes(32)))


def no_pair_key(envelope: Envelope) -> Any:
    body: Any = envelope.body
    return edit(body, pair_keys=((body.pair_keys[0][0], bytes(33)), *body.pair_keys[1:]))


def pair_keys_for_others(envelope: Envelope) -> Any:
    body: Any = envelope.body
    return edit(body, pair_keys=body.pair_keys[:1])


@pytest.mark.parametrize(
    ("lie", "fault"),
    [
        (rogue, Fault.PROOF),
        (other_proof, Fault.PROOF),
        (long_proof_of_nothing, Fault.PROOF),
        (too_long, Fault.COUNT),
        (too_short, Fault.COUNT),
        (without_any, Fault.COUNT),
        (no_point, Fault.POINTS),
        (no_pair_key, Fault.POINTS),
        (pair_keys_for_others, Fault.COUNT),
    ],
)
def test_offer__that_no_dealer_may_make__no_key_and_its_dealer_named(lie: Any, fault: Fault) -> None:
    outcome = run_dealing(call_for_key(CHARTER), change=lying(2, Kind.OFFER, lie))
    require_no_key(outcome)
    assert outcome.log.faults == {fault}
    assert outcome.log.culprits == {2}
    assert {verdict.crime for _, verdict in outcome.log.verdicts} == {Crime.BAD_OFFER}
    assert {who for who, _ in outcome.log.verdicts} == {0, 1, 3}
    assert_proven(outcome.log.verdicts, court(None, CHARTER.group, MEMBERS))


@pytest.mark.parametrize("lie", [rogue, too_long, no_point, no_pair_key])
def test_offer__that_no_dealer_may_make_to_one_member__that_member_says_who(lie: Any) -> None:
    """The coordinator is in league with the liar, or sleeps."""
    outcome = run_dealing(call_for_key(CHARTER), change=lying(2, Kind.OFFER, lie, to=(3,)))
    assert outcome.members[Index(3)].stage is dealer.Stage.FAILED
    assert outcome.log.culprits == {2}
    assert outcome.relay.stage is not relay.Stage.TRIAL
    assert_proven(outcome.log.verdicts, court(None, CHARTER.group, MEMBERS))


def test_offer__of_an_earlier_ceremony_replayed__refused_and_nobody_accused() -> None:
    first = run_dealing(call_for_key(CHARTER))
    old = {e.sender: e for e in map(read, (raw for _, _, raw in first.log.arrived)) if e.kind is Kind.OFFER}

    def replay(sender: Index, receiver: Index, raw: bytes) -> bytes | None:
        envelope = read(raw)
        is_it = envelope.kind is Kind.OFFER and envelope.sender == 2 and receiver == 0
        return old[Index(2)].raw if is_it else raw

    second = run_dealing(call_for_key(CHARTER), change=replay)
    assert [(who, one.fault, one.is_proven) for who, one in second.log.rejected] == [
        (0, Fault.SESSION, False)
    ]
    assert second.relay.awaited == (2,)
    assert not second.log.verdicts


def test_offer__old_proof_in_a_new_envelope_by_a_thief_of_the_transport_key__no_sub_share_fits() -> None:
    """Who replays a dealer's point and proof cannot deal: it does not know the polynomial."""
    first = run_dealing(call_for_key(CHARTER))
    old: Any = next(
        e.body
        for e in map(read, (raw for _, _, raw in first.log.arrived))
        if e.kind is Kind.OFFER and e.sender == 2
    )

    def thief(envelope: Envelope) -> Any:
        body: Any = envelope.body
        return edit(body, commitments=old.commitments, proof=old.proof)

    outcome = run_dealing(call_for_key(CHARTER), change=lying(2, Kind.OFFER, thief))
    assert outcome.relay.stage is not relay.Stage.TRIAL
    assert not outcome.pending or outcome.relay.stage is relay.Stage.FAILED


def bad_for_three(envelope: Envelope) -> Any:
    body: Any = envelope.body
    return edit(body, sealed=tuple((i, bytes([s[0] ^ 1]) + s[1:] if i == 3 else s) for i, s in body.sealed))


def zero_for_three(envelope: Envelope) -> Any:
    body: Any = envelope.body
    return edit(body, sealed=tuple((i, b"\xff" * 32 if i == 3 else s) for i, s in body.sealed))


@pytest.mark.parametrize("lie", [bad_for_three, zero_for_three])
def test_sub_share__that_does_not_fit__its_dealer_named_by_all(lie: Any) -> None:
    outcome = run_dealing(call_for_key(CHARTER), change=lying(2, Kind.SUB_SHARES, lie))
    require_no_key(outcome)
    assert {(v.culprit, v.crime) for _, v in outcome.log.verdicts} == {(2, Crime.BAD_SUB_SHARE)}
    assert {who for who, _ in outcome.log.verdicts} >= {0, 1, 3}
    assert_proven(outcome.log.verdicts, court(None, CHARTER.group, MEMBERS))


def test_sub_share__missing_for_one__its_dealer_named() -> None:
    def missing(envelope: Envelope) -> Any:
        body: Any = envelope.body
        return edit(body, sealed=body.sealed[:1])

    outcome = run_dealing(call_for_key(CHARTER), change=lying(2, Kind.SUB_SHARES, missing))
    require_no_key(outcome)
    assert outcome.log.culprits == {2}
    assert_proven(outcome.log.verdicts, court(None, CHARTER.group, MEMBERS))


@pytest.mark.parametrize("opened", ["right", "wrong", "none"])
def test_complain__of_what_was_right__who_complains_is_named(opened: str) -> None:
    """Holder 3 accuses holder 2, with its real key for that pair, with another, with no number at all."""
    state: dict[Index, Any] = {}

    def accuse(envelope: Envelope) -> Any:
        seen = {"right": state[Index(3)].reveal(), "wrong": number(5).reveal(), "none": bytes(32)}
        return Complaint(accused=Index(2), opened=seen[opened])

    def change(sender: Index, receiver: Index, raw: bytes) -> bytes | None:
        envelope = read(raw)
        if envelope.kind is not Kind.CONFIRMATION or envelope.sender != 3:
            return raw
        return say(envelope, accuse(envelope), kind=Kind.COMPLAINT)

    # The secret of the pair is made as `join_dealing` makes it, from the same dice.
    from verifier.frost.assembly import Assembly, assemble
    from verifier.frost.dealer_secrets import DealerSecrets

    name = session()
    started = relay.start_dealing(call_for_key(CHARTER), pen(0), session=name, known=None)
    assembly = assemble(started.sent[0].raw, group=CHARTER.group, coordinator=CHARTER.coordinator, known=None)
    assert isinstance(assembly, Assembly)
    secrets = DealerSecrets.make(assembly, pen(3), None, dice("dealing", name, 3))
    state[Index(3)] = secrets.pairs[Index(2)]
    outcome = run_dealing(call_for_key(CHARTER), change=change, name=name)
    assert outcome.relay.stage is relay.Stage.FAILED
    assert outcome.relay.verdict is not None
    assert (outcome.relay.verdict.culprit, outcome.relay.verdict.crime) == (3, Crime.FALSE_COMPLAINT)
    assert outcome.log.culprits == {3}
    assert_proven(outcome.log.verdicts, court(None, CHARTER.group, MEMBERS))


def equivocal(envelope: Envelope) -> Any:
    """Commit to another polynomial, with a proof that is right."""
    body: Any = envelope.body
    secret = number(77)
    commitments = (secret.point(), *body.commitments[1:])
    return edit(body, commitments=commitments, proof=prove(envelope.sender, secret, number(78)))


def test_equivocate__one_offer_swapped_for_one_member__no_key_and_transcripts_say_who() -> None:
    outcome = run_dealing(call_for_key(CHARTER), change=lying(2, Kind.OFFER, equivocal, to=(3,)))
    assert outcome.relay.stage is not relay.Stage.TRIAL
    assert Index(3) not in outcome.pending
    # Nobody can be named from one side alone.
    assert not outcome.log.verdicts
    transcripts = [one.transcript for one in outcome.members.values()]
    where = court(None, CHARTER.group, MEMBERS)
    verdicts = find_two_words(transcripts, where)
    assert [(one.culprit, one.crime) for one in verdicts] == [(2, Crime.TWO_WORDS)]
    assert_proven([(Index(0), one) for one in verdicts], where)
    assert not find_two_words(transcripts[:2], where)


def test_equivocate__sub_shares_swapped_for_one_member__not_confirmed_by_all() -> None:
    """The coordinator passes other sealed values of the liar on to holder 3, which fit as well as the first."""

    def again(envelope: Envelope) -> Any:
        body: Any = envelope.body
        return edit(body, sealed=tuple((i, bytes(32) if i == 1 else s) for i, s in body.sealed))

    outcome = run_dealing(call_for_key(CHARTER), change=lying(2, Kind.SUB_SHARES, again, to=(3,)))
    assert outcome.relay.stage is relay.Stage.FAILED
    assert (Index(0), Fault.SEEN) in {(who, one.fault) for who, one in outcome.log.rejected}
    where = court(None, CHARTER.group, MEMBERS)
    verdicts = find_two_words([one.transcript for one in outcome.members.values()], where)
    assert [one.culprit for one in verdicts] == [2]


def test_refresh__one_offer_swapped_for_one_member__no_new_shares_and_the_old_ones_sign() -> None:
    shares = make_key(2, 3)
    key = shares[Index(1)].key
    outcome = reshare(
        shares,
        next_epoch(key.charter, 2, MEMBERS),
        MEMBERS,
        change=lying(2, Kind.OFFER, equivocal_of_share(shares[Index(2)]), to=(3,)),
    )
    assert outcome.relay.stage is not relay.Stage.TRIAL
    where = court(key, key.charter.group, MEMBERS)
    assert [
        one.culprit for one in find_two_words([m.transcript for m in outcome.members.values()], where)
    ] == [2]


def equivocal_of_share(share: Any) -> Any:
    def lie(envelope: Envelope) -> Any:
        body: Any = envelope.body
        return edit(body, commitments=(body.commitments[0], number(5).point()))

    return lie


def test_reshare__of_something_that_is_not_the_share__its_dealer_named() -> None:
    """Else the key would change, or be lost."""
    shares = make_key(2, 3)
    key = shares[Index(1)].key
    outcome = reshare(
        shares, next_epoch(key.charter, 2, MEMBERS), MEMBERS, change=lying(2, Kind.OFFER, equivocal)
    )
    require_no_key(outcome)
    assert outcome.log.faults == {Fault.DEALT}
    assert outcome.log.culprits == {2}
    assert_proven(outcome.log.verdicts, court(key, key.charter.group, MEMBERS))


@pytest.mark.parametrize("kind", [Kind.OFFER, Kind.SUB_SHARES, Kind.CONFIRMATION])
@pytest.mark.parametrize("field", ["digest", "seen"])
def test_deal__one_answers_something_else__nothing_is_made_and_nobody_blamed(kind: Kind, field: str) -> None:
    """Others may have been told something else than it was: that takes two transcripts to know."""
    other: dict[str, Any] = {field: bytes([7]) * 32}
    outcome = run_dealing(
        call_for_key(CHARTER), change=lying(2, kind, lambda envelope: envelope.body, **other)
    )
    assert outcome.relay.stage in (relay.Stage.FAILED, relay.Stage.CONFIRMATIONS)
    assert outcome.log.faults <= {Fault.DIGEST, Fault.SEEN}
    assert outcome.log.faults
    assert not outcome.log.verdicts
    said = {Kind.OFFER: outcome.relay.offers, Kind.SUB_SHARES: outcome.relay.sub_shares}
    assert Index(2) not in said.get(kind, outcome.relay.confirmations)


@pytest.mark.parametrize("kind", [Kind.OFFER, Kind.SUB_SHARES, Kind.CONFIRMATION])
def test_deal__one_is_silent__nothing_is_made_and_the_coordinator_knows_for_whom_it_waits(kind: Kind) -> None:
    outcome = run_dealing(call_for_key(CHARTER), change=silent(2, kind))
    assert outcome.relay.stage in (relay.Stage.OFFERS, relay.Stage.SUB_SHARES, relay.Stage.CONFIRMATIONS)
    assert outcome.relay.awaited == (2,)
    assert not outcome.log.verdicts


def test_call__that_a_member_cannot_take__refused_before_anything_is_said() -> None:
    shares = make_key(2, 3)
    key = shares[Index(1)].key
    good = next_epoch(key.charter, 2, MEMBERS)
    calls = {
        "same epoch": (call_for_shares(key, replace(good, epoch=1), MEMBERS), Fault.EPOCH),
        "too few dealers": (call_for_shares(key, good, (1,)), Fault.COUNT),
        "a dealer from outside": (call_for_shares(key, good, (1, 7)), Fault.COUNT),
        "another key": (
            call_for_shares(make_key(2, 3, group="other")[Index(1)].key, good, MEMBERS),
            Fault.SEEN,
        ),
        "a new key instead": (call_for_key(good), Fault.SEEN),
        "a holder with another transport key": (
            call_for_shares(key, charter(2, (1, 2, 9), epoch=2), MEMBERS).__class__(
                charter=replace(
                    good,
                    holders=(
                        *good.holders[:2],
                        replace(good.holders[2], transport_key=charter(2, (1, 9)).holders[1].transport_key),
                    ),
                ),
                dealers=(Index(1), Index(2)),
                old=(key.charter, key.commitments),
            ),
            Fault.SENDER,
        ),
    }
    from verifier.frost.assembly import assemble
    from verifier.frost.curve import is_signed
    from verifier.frost.envelope import NOTHING, Place, Rejected, seal

    for name, (call, fault) in calls.items():
        place = Place(
            group=key.charter.group, epoch=call.charter.epoch, session=session(), keys={}, is_signed=is_signed
        )
        raw = seal(pen(0), place, Kind.CALL, call, digest=NOTHING)
        found = assemble(raw, group=key.charter.group, coordinator=key.charter.coordinator, known=key)
        assert isinstance(found, Rejected), name
        assert found.fault is fault, name


def test_call__of_an_epoch_that_was_confirmed_before__refused() -> None:
    """Two dealings that all confirmed could else be used by one half each."""
    from verifier.frost.assembly import Assembly, assemble
    from verifier.frost.envelope import Rejected

    raw = relay.start_dealing(call_for_key(CHARTER), pen(0), session=session(), known=None).sent[0].raw
    group, key = CHARTER.group, CHARTER.coordinator
    assert isinstance(assemble(raw, group=group, coordinator=key, known=None), Assembly)
    refused = assemble(raw, group=group, coordinator=key, known=None, above=1)
    assert isinstance(refused, Rejected)
    assert refused.fault is Fault.EPOCH


def test_finish__after_all_confirmed__a_second_liar_cannot_take_it_back() -> None:
    """A complaint after one's own confirmation does not cost anybody the share that is stored."""
    outcome = run_dealing(call_for_key(CHARTER))
    assert outcome.relay.stage is relay.Stage.TRIAL
    shares = finish(outcome)
    assert all(share is not None for share in shares.values())
    confirmation = next(
        e for e in map(read, (r for _, _, r in outcome.log.arrived)) if e.kind is Kind.CONFIRMATION
    )
    late = say(confirmation, Complaint(accused=Index(2), opened=number(5).reveal()), kind=Kind.COMPLAINT)
    before = outcome.members[Index(3)]
    turn = dealer.receive(before, late)
    assert turn.state.pending is before.pending is not None
    assert {(v.culprit, v.crime) for v in turn.verdicts} == {(confirmation.sender, Crime.FALSE_COMPLAINT)}


def test_deal__two_liars_at_once__both_are_found_one_after_the_other() -> None:
    change = both(lying(2, Kind.OFFER, too_long), lying(4, Kind.OFFER, rogue))
    big = charter(3, (1, 2, 3, 4, 5))
    outcome = run_dealing(call_for_key(big), change=change)
    require_no_key(outcome)
    assert outcome.log.culprits <= {2, 4}
    rest = charter(3, (1, 3, 5))
    assert finish(run_dealing(call_for_key(rest), change=change))


def test_verdict__from_a_message_that_answers_another__not_proven() -> None:
    """An honest member whom a coordinator shows beside another call, and other offers, than it was shown itself."""
    first, second = (run_dealing(call_for_key(CHARTER)) for _ in range(2))
    where = court(None, CHARTER.group, MEMBERS)
    said = [read(raw) for _, _, raw in first.log.arrived]
    offer = next(one for one in said if one.kind is Kind.OFFER and one.sender == 2)
    elsewhere = say(offer, offer.body, seen=bytes([7]) * 32)
    calls = [one.relay.assembly.envelope.raw for one in (first, second)]
    for evidence in ((calls[0], offer.raw), (calls[1], offer.raw), (calls[0], elsewhere), (calls[0],)):
        framed = Verdict(culprit=Index(2), crime=Crime.BAD_OFFER, evidence=evidence)
        with pytest.raises(VerdictUnproven):
            require_proven(framed, where)


def test_verdict__of_a_sub_share_beside_other_offers__not_proven() -> None:
    """The real verdict is; the same with an offer of which its dealer knew nothing is not."""
    outcome = run_dealing(call_for_key(CHARTER), change=lying(2, Kind.SUB_SHARES, bad_for_three))
    where = court(None, CHARTER.group, MEMBERS)
    verdict = outcome.relay.verdict
    assert verdict is not None
    require_proven(verdict, where)
    for place, raw in enumerate(verdict.evidence):
        envelope = read(raw)
        if envelope.kind is Kind.OFFER and envelope.sender != 2:
            other = say(envelope, equivocal(envelope))
            evidence = (*verdict.evidence[:place], other, *verdict.evidence[place + 1 :])
            with pytest.raises(VerdictUnproven):
                require_proven(replace(verdict, evidence=evidence), where)
    for shorter in (verdict.evidence[:-1], verdict.evidence[1:], verdict.evidence[::2], ()):
        with pytest.raises(VerdictUnproven):
            require_proven(replace(verdict, evidence=shorter), where)


def test_verdict__of_an_accuser_that_changes_its_own_key_afterwards__not_proven() -> None:
    """It says that its key for the dealer was another, to which what the dealer sealed does not fit."""
    outcome = run_dealing(call_for_key(CHARTER))
    offers, dealt = dict(outcome.relay.offers), outcome.relay.sub_shares
    mine = offers[Index(3)]
    body: Any = mine.body
    keys = tuple((i, number(5).point() if i == 2 else key) for i, key in body.pair_keys)
    offers[Index(3)] = read(say(mine, edit(body, pair_keys=keys)))
    seen = hash_of_list([*offers.values(), *dealt.values()])
    complaint = Complaint(accused=Index(2), opened=number(5).reveal())
    raw = say(dealt[Index(3)], complaint, kind=Kind.COMPLAINT, seen=seen)
    shown = (*offers.values(), *dealt.values(), read(raw))
    evidence = (outcome.relay.assembly.envelope.raw, *(one.raw for one in shown))
    framed = Verdict(culprit=Index(2), crime=Crime.BAD_SUB_SHARE, evidence=evidence)
    with pytest.raises(VerdictUnproven):
        require_proven(framed, court(None, CHARTER.group, MEMBERS))
