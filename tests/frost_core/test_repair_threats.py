"""The repair of a lost share, when a helper, the loser or the coordinator lies: nothing made, and the liar named."""

from __future__ import annotations

from itertools import combinations
from typing import Any, Final

import pytest

from tests.frost_core.liars import assert_proven, court, edit, lying, read, say, silent
from tests.frost_core.party import dice, make_key, pen, run_repair, session
from verifier.frost import repair, repair_relay
from verifier.frost.charter import COORDINATOR, Index
from verifier.frost.curve import is_signed
from verifier.frost.dealing_messages import Complaint
from verifier.frost.envelope import NOTHING, Envelope, Fault, Rejected, seal
from verifier.frost.evidence import find_two_words
from verifier.frost.judge import Crime
from verifier.frost.messages import Kind
from verifier.frost.repair_assembly import assemble_repair
from verifier.frost.repair_messages import RepairCall
from verifier.frost.signing import place_of

SHARES: Final = make_key(3, 5)
KEY: Final = SHARES[Index(1)].key
HELPERS: Final = (1, 3, 4)
COURT: Final = court(KEY, KEY.charter.group, (1, 2, 3, 4, 5))


def require_nothing_made(repaired: Any) -> None:
    assert repaired.relay.stage is repair_relay.Stage.FAILED
    assert all(one.share is None for one in repaired.members.values())


def other_points(envelope: Envelope) -> Any:
    body: Any = envelope.body
    (index, _), *rest = body.commitments
    return edit(body, commitments=((index, rest[0][1]), *rest))


def fewer_points(envelope: Envelope) -> Any:
    body: Any = envelope.body
    return edit(body, commitments=body.commitments[1:])


def no_point(envelope: Envelope) -> Any:
    body: Any = envelope.body
    return edit(body, commitments=((body.commitments[0][0], bytes(33)), *body.commitments[1:]))


@pytest.mark.parametrize(
    ("lie", "fault"), [(other_points, Fault.DEALT), (fewer_points, Fault.COUNT), (no_point, Fault.POINTS)]
)
def test_repair_offer__that_does_not_come_to_the_share__its_helper_named(lie: Any, fault: Fault) -> None:
    repaired = run_repair(SHARES, 2, HELPERS, change=lying(3, Kind.REPAIR_OFFER, lie))
    require_nothing_made(repaired)
    assert repaired.log.faults == {fault}
    assert repaired.log.culprits == {3}
    assert_proven(repaired.log.verdicts, COURT)


def bad_part(envelope: Envelope) -> Any:
    body: Any = envelope.body
    return edit(
        body, sealed=tuple((i, bytes([s[0], s[1] ^ 1]) + s[2:] if i == 4 else s) for i, s in body.sealed)
    )


def test_repair_part__that_does_not_fit__its_helper_named() -> None:
    repaired = run_repair(SHARES, 2, HELPERS, change=lying(3, Kind.REPAIR_PARTS, bad_part))
    require_nothing_made(repaired)
    assert {(v.culprit, v.crime) for _, v in repaired.log.verdicts} == {(3, Crime.BAD_SUB_SHARE)}
    assert_proven(repaired.log.verdicts, COURT)


def test_repair_sum__that_does_not_fit__its_helper_named() -> None:
    def bad(envelope: Envelope) -> Any:
        body: Any = envelope.body
        return edit(body, sealed=bytes([body.sealed[0], body.sealed[1] ^ 1]) + body.sealed[2:])

    repaired = run_repair(SHARES, 2, HELPERS, change=lying(4, Kind.REPAIR_SUM, bad))
    require_nothing_made(repaired)
    assert {(v.culprit, v.crime) for _, v in repaired.log.verdicts} == {(4, Crime.BAD_SUB_SHARE)}
    assert_proven(repaired.log.verdicts, COURT)


def test_repair__the_loser_complains_of_what_was_right__the_loser_named() -> None:
    def change(sender: Index, receiver: Index, raw: bytes) -> bytes | None:
        envelope = read(raw)
        if envelope.kind is not Kind.CONFIRMATION:
            return raw
        return say(envelope, Complaint(accused=Index(3), opened=dice("no")), kind=Kind.COMPLAINT)

    repaired = run_repair(SHARES, 2, HELPERS, change=change)
    assert repaired.relay.verdict is not None
    assert (repaired.relay.verdict.culprit, repaired.relay.verdict.crime) == (2, Crime.FALSE_COMPLAINT)
    assert_proven([(COORDINATOR, repaired.relay.verdict)], COURT)


def test_repair__one_offer_swapped_for_one_helper__nothing_made_and_transcripts_say_who() -> None:
    def other_pair(envelope: Envelope) -> Any:
        body: Any = envelope.body
        (index, _), *rest = body.pair_keys
        return edit(body, pair_keys=((index, rest[0][1]), *rest))

    repaired = run_repair(SHARES, 2, HELPERS, change=lying(3, Kind.REPAIR_OFFER, other_pair, to=(4,)))
    require_nothing_made(repaired)
    transcripts = [
        [one.raw for said in member.heard.values() for one in said.values()]
        for member in repaired.members.values()
    ]
    verdicts = find_two_words(transcripts, COURT)
    assert [(one.culprit, one.crime) for one in verdicts] == [(3, Crime.TWO_WORDS)]
    assert_proven([(COORDINATOR, one) for one in verdicts], COURT)


@pytest.mark.parametrize("kind", [Kind.REPAIR_OFFER, Kind.REPAIR_PARTS, Kind.REPAIR_SUM])
def test_repair__a_helper_is_silent__the_coordinator_knows_for_whom_it_waits(kind: Kind) -> None:
    repaired = run_repair(SHARES, 2, HELPERS, change=silent(3, kind))
    assert repaired.relay.awaited == (3,)
    assert all(one.share is None for one in repaired.members.values())


def test_repair__what_each_helper_sees__never_comes_to_the_share() -> None:
    """The sums that go to the loser are of parts from all helpers: fewer of them say nothing of the share."""
    repaired = run_repair(SHARES, 2, HELPERS)
    share = repaired.members[Index(2)].share
    assert share is not None
    body: Any = next(
        e for e in map(read, (r for _, _, r in repaired.log.arrived)) if e.kind is Kind.REPAIR_OFFER
    ).body
    points = [point for _, point in body.commitments]
    assert len({*points}) == 3
    assert not {*points} & {KEY.verifying_share(index) for index in KEY.charter.indexes}


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        (RepairCall(lost=Index(2), helpers=(Index(1), Index(3))), Fault.COUNT),
        (RepairCall(lost=Index(2), helpers=tuple(map(Index, (1, 3, 4, 5)))), Fault.COUNT),
        (RepairCall(lost=Index(9), helpers=tuple(map(Index, HELPERS))), Fault.COUNT),
        (RepairCall(lost=Index(2), helpers=tuple(map(Index, (1, 3, 9)))), Fault.COUNT),
        (RepairCall(lost=Index(3), helpers=tuple(map(Index, HELPERS))), Fault.BODY),
    ],
)
def test_repair_call__that_no_member_can_take__refused(call: RepairCall, fault: Fault) -> None:
    raw = seal(pen(0), place_of(KEY, session(), is_signed), Kind.REPAIR_CALL, call, digest=NOTHING)
    refused = assemble_repair(raw, KEY)
    assert isinstance(refused, Rejected)
    assert refused.fault is fault


def test_repair__by_any_helpers_of_any_share__always_what_it_was() -> None:
    for lost in (1, 5):
        for helpers in combinations([i for i in range(1, 6) if i != lost], 3):
            repaired = run_repair(SHARES, lost, helpers)
            share = repaired.members[Index(lost)].share
            assert share is not None
            assert share.secret == SHARES[Index(lost)].secret
            assert repaired.members[Index(lost)].stage is repair.Stage.DONE


def test_repair__a_complaint_of_what_others_did_not_see__decides_nothing() -> None:
    """A helper who was shown other parts than the rest could else be made a liar."""

    def change(sender: Index, receiver: Index, raw: bytes) -> bytes | None:
        envelope = read(raw)
        if envelope.kind is not Kind.CONFIRMATION:
            return raw
        body = Complaint(accused=Index(3), opened=dice("no"))
        return say(envelope, body, kind=Kind.COMPLAINT, seen=bytes(32))

    repaired = run_repair(SHARES, 2, HELPERS, change=change)
    assert repaired.relay.stage is repair_relay.Stage.FAILED
    assert repaired.relay.verdict is None
    assert repaired.log.faults == {Fault.SEEN}
