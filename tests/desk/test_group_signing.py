"""When a holder of a share signs: what is asked must be what it reads itself, and its rules must allow it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.desk.fakes import NOW, FakeClock, FakeReader, lane_of, operation, reading, signer, transfer
from tests.desk.fakes import usual_members as usual
from tests.desk.signers import group_with_key
from tests.frost.group import Group
from verifier.desk.briefing import Briefing, brief_lane
from verifier.desk.group_signing import Answer, find_difference, judge_by_rules
from verifier.errors import HolderRulesMalformed
from verifier.model.address import NOBODY, Address
from verifier.model.finding import Severity
from verifier.model.group_request import GroupRequest, Purpose
from verifier.model.holder_rules import NO_RULES, HolderRules, Otherwise
from verifier.model.member import MemberStatus
from verifier.model.operation import Call, Operation, Publication
from verifier.model.routes import Hours
from verifier.model.tier import Tier
from verifier.model.units import Timestamp, Wei
from verifier.store.holder_rules import read_holder_rules

OWLS = Group.new("owls")
PAYEE = Address(b"\xee" * 20)
THIEF = Address(b"\xba" * 20)
PAYMENT = operation(Call(target=PAYEE, value=Wei(5), data=b""))
RULES = HolderRules(
    tiers=frozenset({Tier.ROUTINE, Tier.STANDARD}),
    most_severe=Severity.WARNING,
    counterparties=frozenset({PAYEE}),
    most={NOBODY: 10},
)


def brief(
    one: Operation = PAYMENT, *, tier: Tier = Tier.ROUTINE, status: MemberStatus = MemberStatus.ACTIVE
) -> Briefing:
    member = group_with_key(9, "owls")
    member = replace(member, record=replace(member.record, status=status))
    lane = lane_of(one, tier=tier)
    reader = FakeReader(reading(lane, members={**usual(), 9: member}), {one.lane: one})
    return brief_lane(reader, FakeClock(), signer(), int(one.lane))


def asked(briefing: Briefing, purpose: Purpose = Purpose.APPROVE, **changes: Any) -> GroupRequest:
    (review,) = briefing.reviews
    request = GroupRequest(
        purpose=purpose,
        chain_id=briefing.reading.head.chain_id,
        vault=briefing.reading.vault,
        operation=review.operation,
        publication=review.lane.state.publication,
    )
    return replace(request, **changes)


def judge(
    rules: HolderRules, one: Operation = PAYMENT, *, tier: Tier = Tier.ROUTINE, now: int = NOW
) -> Answer:
    briefing = brief(one, tier=tier)
    return judge_by_rules(asked(briefing), briefing, rules, Timestamp(now)).answer


def test_find_difference__what_is_asked_is_what_the_holder_reads__none() -> None:
    briefing = brief()
    assert find_difference(briefing, asked(briefing), Address(OWLS.account)) is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"operation": operation(transfer(THIEF))}, "another operation"),
        ({"publication": Publication.unpack(7)}, "another operation"),
        ({"vault": THIEF}, "another vault"),
        ({"chain_id": 5}, "another vault"),
    ],
)
def test_find_difference__something_else_is_asked__said(changes: dict[str, Any], why: str) -> None:
    briefing = brief()
    found = find_difference(briefing, asked(briefing, **changes), Address(OWLS.account))
    assert found is not None
    assert why in found


def test_find_difference__the_group_has_no_seat_or_is_suspended__said() -> None:
    briefing = brief()
    assert find_difference(briefing, asked(briefing), THIEF) is not None
    suspended = brief(status=MemberStatus.SUSPENDED)
    assert find_difference(suspended, asked(suspended), Address(OWLS.account)) is not None


@pytest.mark.parametrize("purpose", [Purpose.VETO, Purpose.WITHDRAW])
def test_find_difference__a_group_that_a_guardian_suspended_stops_something__none(purpose: Purpose) -> None:
    """The vault still hears these of it, until its suspension is confirmed."""
    suspended, confirmed = brief(status=MemberStatus.SUSPENDED), brief(status=MemberStatus.CONFIRMED)
    assert find_difference(suspended, asked(suspended, purpose), Address(OWLS.account)) is None
    assert find_difference(confirmed, asked(confirmed, purpose), Address(OWLS.account)) is not None


def test_find_difference__consent_to_hurry_another_moment__said() -> None:
    briefing = brief()
    (review,) = briefing.reviews
    right = asked(briefing, Purpose.EXPEDITE, ready_at=review.lane.state.moment)
    assert find_difference(briefing, right, Address(OWLS.account)) is None
    wrong = replace(right, ready_at=Timestamp(NOW))
    assert "another moment" in (find_difference(briefing, wrong, Address(OWLS.account)) or "")


def test_judge__all_of_the_rules_fit__signed_and_by_no_rules_asked() -> None:
    assert judge(RULES) is Answer.SIGN
    assert judge(NO_RULES) is Answer.ASK


@pytest.mark.parametrize(
    "rules",
    [
        replace(RULES, tiers=frozenset({Tier.STANDARD})),
        replace(RULES, counterparties=frozenset({THIEF})),
        replace(RULES, most={NOBODY: 4}),
        replace(RULES, most={}),
        replace(RULES, most_severe=Severity.INFO),
        replace(RULES, weekdays=0),
        replace(RULES, hours=Hours(first=(NOW // 60 + 60) % 1440, last=(NOW // 60 + 120) % 1440, zone="UTC")),
    ],
    ids=["tier", "counterparty", "amount", "no amount", "finding", "weekday", "hours"],
)
def test_judge__one_of_the_rules_does_not_fit__left_to_a_person_or_refused(rules: HolderRules) -> None:
    assert judge(rules) is Answer.ASK
    assert judge(replace(rules, otherwise=Otherwise.REFUSE)) is Answer.REFUSE


def test_judge__hours_that_go_over_midnight__both_sides_are_in_them() -> None:
    minute = NOW // 60 % 1440
    around = Hours(first=(minute - 10) % 1440, last=(minute + 10) % 1440, zone="UTC")
    assert judge(replace(RULES, hours=around)) is Answer.SIGN
    other = Hours(first=(minute + 10) % 1440, last=(minute - 10) % 1440, zone="UTC")
    assert judge(replace(RULES, hours=other)) is Answer.ASK


@pytest.mark.parametrize(
    "one",
    [
        operation(transfer(PAYEE), Call(target=PAYEE, value=Wei(1), data=b"")),
        operation(Call(target=PAYEE, value=Wei(6), data=b""), Call(target=PAYEE, value=Wei(6), data=b"")),
        operation(Call(target=PAYEE, value=Wei(0), data=bytes.fromhex("deadbeef"))),
        operation(Call(target=THIEF, value=Wei(1), data=b"")),
    ],
    ids=["a token without a limit", "together too much", "not understood", "a stranger"],
)
def test_judge__more_than_the_rules_know__left_to_a_person(one: Operation) -> None:
    assert judge(RULES, one) is Answer.ASK


def test_judge__anything_but_an_approval__left_to_a_person() -> None:
    briefing = brief()
    for purpose in (Purpose.EXPEDITE, Purpose.VETO, Purpose.WITHDRAW):
        judged = judge_by_rules(asked(briefing, purpose), briefing, RULES, Timestamp(NOW))
        assert judged.answer is Answer.ASK


def test_judge__what_only_stops__signed_where_the_rules_say_so() -> None:
    briefing = brief(tier=Tier.CUSTODY)
    rules = HolderRules(otherwise=Otherwise.REFUSE, stops=True)
    for purpose, answer in (
        (Purpose.VETO, Answer.SIGN),
        (Purpose.WITHDRAW, Answer.SIGN),
        (Purpose.EXPEDITE, Answer.REFUSE),
        (Purpose.APPROVE, Answer.REFUSE),
    ):
        assert judge_by_rules(asked(briefing, purpose), briefing, rules, Timestamp(NOW)).answer is answer


FILE = f"""\
version = 1
stops = true
otherwise = "refuse"
repairs = [2, 3]
consent = "45m"
[approve]
tiers = ["routine", "high-value"]
findings = "warning"
counterparties = ["{PAYEE}"]
hours = "08:00-18:00"
zone = "Europe/Zurich"
weekdays = ["mon", "sun"]
[approve.most]
native = "10"
"{THIEF}" = "7"
"""


def test_read__what_the_file_says__the_rules(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    assert read_holder_rules(path) == NO_RULES
    path.write_text(FILE)
    assert read_holder_rules(path) == HolderRules(
        otherwise=Otherwise.REFUSE,
        stops=True,
        tiers=frozenset({Tier.ROUTINE, Tier.HIGH_VALUE}),
        most_severe=Severity.WARNING,
        counterparties=frozenset({PAYEE}),
        most={NOBODY: 10, THIEF: 7},
        hours=Hours(first=480, last=1080, zone="Europe/Zurich"),
        weekdays=1 | 64,
        repairs=frozenset({2, 3}),
        consent=2_700,
    )


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("version = 1", "version = 2", "another version"),
        ('"refuse"', '"maybe"', "one of"),
        ("[2, 3]", "[0]", "indexes"),
        ('"routine"', '"routin"', "did you mean"),
        ("findings", "finding", "did you mean"),
        ('"warning"', '"danger"', "one of"),
        (str(PAYEE), str(PAYEE).lower(), "checksum"),
        ('native = "10"', "native = 10", "in quotes"),
        ("08:00", "8", "part of the day"),
        ('"45m"', '"59s"', "a minute at least"),
        ('"45m"', '"2d"', "at most 24 hours"),
        ("version", "[[", "no TOML"),
    ],
)
def test_read__not_as_it_should_be__said(tmp_path: Path, old: str, new: str, why: str) -> None:
    path = tmp_path / "rules.toml"
    assert old in FILE
    path.write_text(FILE.replace(old, new, 1))
    with pytest.raises(HolderRulesMalformed, match=why):
        read_holder_rules(path)


@pytest.mark.parametrize(("late", "answer"), [(0, Answer.SIGN), (3600, Answer.ASK)])
def test_judge__what_is_wrong_with_the_reading__is_passed_over_no_more_than_the_rules_say(
    late: int, answer: Answer
) -> None:
    """An old block is no finding of the operation's; who shows it hides what happened since."""
    member, lane = group_with_key(9, "owls"), lane_of(PAYMENT, tier=Tier.ROUTINE)
    reader = FakeReader(reading(lane, members={**usual(), 9: member}), {PAYMENT.lane: PAYMENT})
    briefing = brief_lane(reader, FakeClock(time=Timestamp(NOW + late)), signer(), int(PAYMENT.lane))
    rules = replace(RULES, most_severe=Severity.NOTICE)
    (review,) = briefing.reviews
    briefing = replace(briefing, reviews=(replace(review, findings=()),))
    assert judge_by_rules(asked(briefing), briefing, rules, Timestamp(NOW)).answer is answer
