"""A briefing: what is read, in which order, and what is said about its age and about the signer's place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.desk.fakes import (
    DAY,
    NOW,
    STRANGER_ADDRESS,
    TOKEN,
    FakeClock,
    FakeReader,
    address_of,
    bypass,
    head,
    lane_of,
    ledger,
    member,
    operation,
    reading,
    signer,
    usual_members,
)
from verifier.desk.briefing import Briefing, brief_lane, brief_queue
from verifier.desk.signer import Signer
from verifier.errors import LaneEmpty, LaneUnknown
from verifier.model.address import Address
from verifier.model.asset import NATIVE, Use
from verifier.model.bypass import Verdict
from verifier.model.evidence import Evidence, Fact
from verifier.model.finding import Finding, Severity
from verifier.model.life import Status
from verifier.model.member import MemberStatus
from verifier.model.operation import Call
from verifier.model.reading import Bypass, PolicyReading
from verifier.model.rule import Measure, Rule
from verifier.model.text import Shown
from verifier.model.units import LaneIndex, Timestamp, Wei

ONE = operation(lane=0)


def rules(briefing: Briefing) -> list[str]:
    return [finding.rule for finding in briefing.findings]


def test_brief_queue__ready_waiting_and_proposed__most_urgent_first() -> None:
    waiting = lane_of(operation(lane=0), moment=NOW + 2 * DAY)
    sooner = lane_of(operation(lane=1), moment=NOW + DAY)
    ready = lane_of(operation(lane=2), moment=NOW - DAY)
    proposed = lane_of(operation(lane=3), status=Status.PROPOSED, moment=NOW + 60)
    over = lane_of(operation(lane=4), status=Status.EXECUTED)
    reader = FakeReader(reading(waiting, sooner, ready, proposed, over))
    briefing = brief_queue(reader, FakeClock(), signer())
    assert [review.lane.lane for review in briefing.reviews] == [2, 1, 0, 3]
    assert briefing.completeness is Evidence.PROVEN


def test_brief_queue__nothing_open__no_reviews() -> None:
    reader = FakeReader(reading(lane_of(ONE, status=Status.VETOED)))
    assert brief_queue(reader, FakeClock(), signer()).reviews == ()


def test_brief_queue__operations__policy_is_asked_about_every_address_in_them() -> None:
    reader = FakeReader(reading(lane_of(ONE)), {ONE.lane: ONE})
    brief_queue(reader, FakeClock(), signer())
    assert {NATIVE, TOKEN, STRANGER_ADDRESS} <= set(reader.asked)


def test_brief_lane__bytes_found__sentence_from_them() -> None:
    reader = FakeReader(reading(lane_of(ONE)), {ONE.lane: ONE})
    (review,) = brief_lane(reader, FakeClock(), signer(), 0).reviews
    assert review.sentence.startswith("Sends 40 base units of 0x70ce")
    assert review.evidence is Evidence.PROVEN


def test_brief_lane__bytes_not_found__says_so_as_danger() -> None:
    missing = Finding(
        rule="operation-bytes-missing",
        severity=Severity.DANGER,
        sentence=Shown("Nobody has them."),
        evidence=Evidence.PROVEN,
    )
    reader = FakeReader(reading(lane_of(ONE)), missing=(missing,))
    (review,) = brief_lane(reader, FakeClock(), signer(), 0).reviews
    assert review.operation is None
    assert review.calls == ()
    assert review.severity is Severity.DANGER
    assert "unknown" in review.sentence


def test_brief_lane__final_operation__shown_without_actions() -> None:
    reader = FakeReader(reading(lane_of(ONE, status=Status.EXECUTED)), {ONE.lane: ONE})
    (review,) = brief_lane(reader, FakeClock(), signer(1), 0).reviews
    assert review.status is Status.EXECUTED
    assert review.actions == ()


@pytest.mark.parametrize("index", [-1, 512, 10**30])
def test_brief_lane__number_of_no_lane__refused_before_anything_is_read(index: int) -> None:
    reader = FakeReader(reading())
    with pytest.raises(LaneUnknown):
        brief_lane(reader, FakeClock(), signer(), index)
    assert reader.asked == []


def test_brief_lane__lane_511_without_operation__empty() -> None:
    with pytest.raises(LaneEmpty):
        brief_lane(FakeReader(reading()), FakeClock(), signer(), 511)


@pytest.mark.parametrize(
    ("age", "expected"),
    [(0, []), (15 * 60, []), (15 * 60 + 1, ["block-old"]), (-120, []), (-121, ["block-early"])],
)
def test_brief_queue__block_of_some_age__said_beyond_the_limits(age: int, expected: list[str]) -> None:
    clock = FakeClock(Timestamp(NOW + age))
    assert rules(brief_queue(FakeReader(reading()), clock, signer())) == expected


def test_brief_queue__vault_not_pinned__warned() -> None:
    assert rules(brief_queue(FakeReader(reading()), FakeClock(), Signer())) == ["vault-not-pinned"]


def test_brief_queue__own_seat_active__nothing_to_say() -> None:
    assert rules(brief_queue(FakeReader(reading()), FakeClock(), signer(1))) == []


@pytest.mark.parametrize(
    "status", [MemberStatus.SUSPENDED, MemberStatus.CONFIRMED, MemberStatus.SELF_SUSPENDED]
)
def test_brief_queue__own_seat_suspended__warned(status: MemberStatus) -> None:
    members = {**usual_members(), 1: member(1, status=status)}
    briefing = brief_queue(FakeReader(reading(members=members)), FakeClock(), signer(1))
    assert rules(briefing) == ["own-seat-suspended"]


def test_brief_queue__own_seat_given_to_another__warned_with_who_sits_there() -> None:
    mine = replace(signer(1), member=address_of(9))
    briefing = brief_queue(FakeReader(reading()), FakeClock(), mine)
    assert rules(briefing) == ["own-seat-lost"]
    assert str(address_of(1)) in briefing.findings[0].sentence


def test_brief_queue__findings_of_the_reading__worst_first() -> None:
    said = Finding(
        rule="endpoint-dissents",
        severity=Severity.DANGER,
        sentence=Shown("Two blocks."),
        evidence=Evidence.AGREED,
    )
    reader = FakeReader(reading(block=head(timestamp=NOW - DAY), findings=(said,)))
    assert rules(brief_queue(reader, FakeClock(), signer())) == ["endpoint-dissents", "block-old"]


def test_brief_queue__weaker_evidence_of_the_lanes__weaker_completeness_and_reviews() -> None:
    reader = FakeReader(reading(lane_of(ONE), evidence=Evidence.CLAIMED), {LaneIndex(0): ONE})
    briefing = brief_queue(reader, FakeClock(), signer())
    assert briefing.completeness is Evidence.CLAIMED
    assert briefing.reviews[0].evidence is Evidence.CLAIMED


def test_brief_lane__rule_that_names_others__policy_is_asked_about_them_too() -> None:
    asset, account = Address(b"\x61" * 20), Address(b"\x62" * 20)
    data = bytes.fromhex("01020304") + bytes(31) + b"\x01" + account.rjust(32, b"\0")
    one = operation(Call(target=TOKEN, value=Wei(0), data=data))
    measure = Measure(asset=asset, amount_at=0, counterparty_at=1, words=2, uses=Use.RECIPIENT)
    for rules, is_asked in (({(TOKEN, data[:4]): Rule(measure=measure)}, True), ({}, False)):
        facts = {function: Fact(value=rule, evidence=Evidence.PROVEN) for function, rule in rules.items()}
        policy = PolicyReading(assets={}, counterparties={}, rules=facts)
        reader = FakeReader(reading(lane_of(one)), {one.lane: one}, policy=policy)
        brief_lane(reader, FakeClock(), signer(), 0)
        assert ({asset, account} <= set(reader.asked)) is is_asked


@pytest.mark.parametrize(
    ("bypasses", "first", "said"),
    [
        ([bypass()], 0, "One use of break-glass without a review, the first one number 0"),
        ([bypass(verdict=Verdict.JUSTIFIED), bypass()], 1, "the first one number 1"),
        ([bypass(at=NOW - 73 * 3_600)], 0, "Until then no operation can be made ready sooner."),
        ([bypass(), bypass(), bypass()], 0, "3 uses of break-glass without a review"),
    ],
)
def test_brief_queue__bypasses_without_a_review__noticed(
    bypasses: list[Bypass], first: int, said: str
) -> None:
    reader = FakeReader(reading(), bypasses=ledger(*bypasses, first=first))
    (finding,) = brief_queue(reader, FakeClock(), signer()).findings
    assert (finding.rule, finding.severity) == ("bypass-unreviewed", Severity.NOTICE)
    assert said in finding.sentence


def test_brief_queue__bypasses_reviewed_or_forgiven__nothing_said() -> None:
    reviewed = ledger(bypass(verdict=Verdict.UNJUSTIFIED), first=1)
    assert rules(brief_queue(FakeReader(reading(), bypasses=reviewed), FakeClock(), signer())) == []
    waiting = ledger(bypass())
    forgiven = replace(waiting, terms=replace(waiting.terms, counted_from=1, first_unreviewed=1))
    assert rules(brief_queue(FakeReader(reading(), bypasses=forgiven), FakeClock(), signer())) == []
