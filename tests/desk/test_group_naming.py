"""What a group's word is called: the same plain words for its holders, for who brings them together, and afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest

from tests.desk.fakes import FakeClock, FakeReader, lane_of, operation, reading, signer, usual_members
from tests.desk.signers import group_with_key
from tests.desk.test_group_saying import AT_HAND
from tests.desk.test_group_seat import about_seat
from verifier.assess.policy import SEAT_FUNCTIONS
from verifier.desk.briefing import Briefing, brief_lane
from verifier.desk.group_asking import Asked, compare, explain_repair, explain_seat, explain_unshown
from verifier.desk.group_saying import act_of, request_of, title_of
from verifier.desk.group_signing import judge_by_rules
from verifier.desk.group_words import deed_of, words_of_request
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.group_request import ABOUT_OPERATION, Purpose
from verifier.model.holder_rules import NO_RULES
from verifier.model.member import Role
from verifier.model.operation import Call, Operation
from verifier.model.text import Shown
from verifier.model.units import Wei

PAYMENT: Final = operation(Call(target=reading().vault, value=Wei(5), data=b""))
REMOVAL: Final = operation(
    Call(target=reading().vault, value=Wei(0), data=min(SEAT_FUNCTIONS) + bytes(12) + b"\xee" * 20)
)


def brief(published: Operation, *approved: int, is_seat_operation: bool = False) -> Briefing:
    lane = lane_of(published, *approved)
    lane = replace(lane, state=replace(lane.state, seat_operation=is_seat_operation))
    members = {**usual_members(), 9: group_with_key(9, "owls")}
    reader = FakeReader(reading(lane, members=members), {published.lane: published})
    return brief_lane(reader, FakeClock(), signer(), int(published.lane))


@pytest.mark.parametrize(
    ("published", "purpose", "approved", "called"),
    [
        (PAYMENT, Purpose.APPROVE, (), "the group's approval of lane 0"),
        (PAYMENT, Purpose.VETO, (), "the group's veto of lane 0"),
        (PAYMENT, Purpose.WITHDRAW, (9,), "the group's withdrawal of its approval of lane 0"),
        (REMOVAL, Purpose.APPROVE, (), "the group's approval of lane 0"),
        (REMOVAL, Purpose.VETO, (), "the group's objection to lane 0"),
    ],
)
def test_words__about_an_operation__are_the_coordinators_and_the_holders(
    published: Operation, purpose: Purpose, approved: tuple[int, ...], called: str
) -> None:
    briefing = brief(published, 1, *approved, is_seat_operation=published is REMOVAL)
    (review,) = briefing.reviews
    assert title_of(purpose, review) == called
    assert words_of_request(request_of(briefing, purpose, AT_HAND)) == called
    assert (act_of(purpose, review) == "object") is ("objection" in called)


def test_words__about_a_seat__say_the_roles_in_words_and_the_vault() -> None:
    roles = Role.APPROVER | Role.SECURITY
    registered, suspended = about_seat(Purpose.REGISTER, roles=roles), about_seat(Purpose.SUSPEND_SELF)
    vault = registered.vault
    assert words_of_request(registered) == f"the group's registration as approver, security at vault {vault}"
    assert words_of_request(suspended) == f"the group's suspension of itself at vault {vault}"
    assert explain_seat(registered)[0].endswith(f"member of the vault {vault}, as approver, security.")


@pytest.mark.parametrize("purpose", Purpose)
def test_words__of_every_purpose__hold_no_name_of_a_type(purpose: Purpose) -> None:
    said = [deed_of(purpose)]
    if purpose in ABOUT_OPERATION:
        briefing = brief(PAYMENT, 1)
        request = replace(request_of(briefing, Purpose.APPROVE, AT_HAND), purpose=purpose)
        judged = judge_by_rules(request, briefing, NO_RULES, FakeClock().now())
        said += [words_of_request(request), judged.because]
    else:
        said += [words_of_request(about_seat(purpose)), *explain_seat(about_seat(purpose))]
    for sentence in said:
        assert purpose.value not in sentence
        assert "`" not in sentence


def asked(what: str, *explained: Shown, findings: tuple[Finding, ...] = ()) -> Asked:
    return Asked(what=Shown(what), because=Shown("a person has to"), explained=explained, findings=findings)


def test_compare__another_holder_than_the_one_that_was_read_of__has_changed() -> None:
    bob, eve = Shown("holder 2 (Bob)"), Shown("holder 2 (Eve)")
    seen = asked(f"the share of {bob}", *explain_repair(bob))
    assert compare(seen, seen) == ()
    assert compare(seen, asked(f"the share of {eve}", *explain_repair(eve))) != ()
    few, more = explain_unshown(Shown("2 (Bob)")), explain_unshown(Shown("2 (Bob), 3 (Cid)"))
    assert compare(asked("new shares", *few), asked("new shares", *more)) != ()


def test_compare__a_finding_that_has_become_a_danger__has_changed() -> None:
    weak = Finding(
        rule="head-old",
        severity=Severity.WARNING,
        sentence=Shown("It is old."),
        evidence=Evidence.PROVEN,
    )
    danger = replace(weak, severity=Severity.DANGER)
    seen = asked("the group's suspension of itself", findings=(weak,))
    assert compare(seen, replace(seen, findings=(replace(weak, sentence=Shown("Older.")),))) == ()
    assert compare(seen, replace(seen, findings=(danger,))) == ("It is old.",)
    # What is better than it was is no reason to read it again.
    assert compare(seen, replace(seen, findings=())) == ()
