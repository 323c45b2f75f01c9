"""When a holder of a share signs what its group says of its own seat: a registration, or its suspension."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest

from tests.desk.fakes import EPOCH, head, reading
from tests.desk.fakes import usual_members as usual
from tests.desk.signers import group_with_key
from tests.frost.group import Group
from verifier.desk.group_signing import Answer, find_seat_difference, judge_seat_by_rules
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.group_request import GroupRequest, Purpose
from verifier.model.holder_rules import HolderRules, Otherwise
from verifier.model.member import Role
from verifier.model.reading import Head, VaultReading
from verifier.model.text import Shown
from verifier.model.units import ChainId, Epoch, MemberIndex, Person

OWLS = Group.new("owls")
THIEF = Address(b"\xba" * 20)
SEAT: Final = MemberIndex(9)
HOLDERS: Final = (Person(201), Person(202))


def about_seat(purpose: Purpose, **changes: Any) -> GroupRequest:
    """Return what the group is asked about its own seat, as the vault of these tests has it."""
    is_suspension = purpose is Purpose.SUSPEND_SELF
    request = GroupRequest(
        purpose=purpose,
        chain_id=reading().head.chain_id,
        vault=reading().vault,
        seat=SEAT if is_suspension else None,
        roster_epoch=EPOCH if is_suspension else None,
        roles=None if is_suspension else Role.APPROVER,
        persons=None if is_suspension else HOLDERS,
    )
    return replace(request, **changes)


def read(*, is_seated: bool, block: Head | None = None, findings: tuple[Finding, ...] = ()) -> VaultReading:
    members = {**usual(), **({9: group_with_key(9, "owls")} if is_seated else {})}
    return replace(reading(members=members, block=block or head()), findings=findings)


def differs(found: VaultReading, request: GroupRequest) -> str | None:
    return find_seat_difference(found, request, Address(OWLS.account), HOLDERS)


@pytest.mark.parametrize("purpose", [Purpose.REGISTER, Purpose.SUSPEND_SELF])
def test_find_seat_difference__what_is_asked_is_what_the_holder_reads__none(purpose: Purpose) -> None:
    found = read(is_seated=purpose is Purpose.SUSPEND_SELF)
    assert differs(found, about_seat(purpose)) is None
    wrong = read(is_seated=purpose is Purpose.REGISTER)
    assert differs(wrong, about_seat(purpose)) is not None


@pytest.mark.parametrize(
    ("purpose", "changes", "why"),
    [
        (Purpose.REGISTER, {"persons": (Person(201), Person(203))}, "not the holders"),
        (Purpose.REGISTER, {"vault": THIEF}, "another vault"),
        (Purpose.SUSPEND_SELF, {"chain_id": ChainId(5)}, "another vault"),
        (Purpose.SUSPEND_SELF, {"seat": MemberIndex(3)}, "not the group's"),
        (Purpose.SUSPEND_SELF, {"roster_epoch": Epoch(EPOCH + 1)}, "epoch"),
    ],
)
def test_find_seat_difference__something_else_is_asked__said(
    purpose: Purpose, changes: dict[str, Any], why: str
) -> None:
    found = read(is_seated=purpose is Purpose.SUSPEND_SELF)
    assert why in (differs(found, about_seat(purpose, **changes)) or "")


LIES: Final = Finding(
    rule="endpoint-lies", severity=Severity.WARNING, sentence=Shown("b lies."), evidence=Evidence.AGREED
)
ONE_ENDPOINT: Final = replace(LIES, rule="one-endpoint", sentence=Shown("One endpoint claims it."))


@pytest.mark.parametrize("purpose", [Purpose.REGISTER, Purpose.SUSPEND_SELF])
@pytest.mark.parametrize(
    "doubt",
    [
        {"block": replace(head(), dissenting=("b",))},
        {"block": replace(head(), lying=("b",))},
        {"findings": (LIES,)},
    ],
    ids=["dissents", "lies about the block", "lies about words"],
)
def test_find_seat_difference__endpoints_contradict_each_other__said(
    purpose: Purpose, doubt: dict[str, Any]
) -> None:
    found = read(is_seated=purpose is Purpose.SUSPEND_SELF, **doubt)
    assert "endpoints contradict each other" in (differs(found, about_seat(purpose)) or "")


@pytest.mark.parametrize("purpose", [Purpose.REGISTER, Purpose.SUSPEND_SELF])
@pytest.mark.parametrize("is_weak", [False, True])
def test_judge_seat__agreed_to_by_rules_or_beforehand__only_on_more_than_one_endpoints_word(
    purpose: Purpose, is_weak: bool
) -> None:
    found = read(is_seated=purpose is Purpose.SUSPEND_SELF, findings=(ONE_ENDPOINT,) if is_weak else ())
    rules = HolderRules(stops=True)
    judged = judge_seat_by_rules(about_seat(purpose), found, rules, is_agreed=True)
    assert judged.answer is (Answer.ASK if is_weak else Answer.SIGN)
    assert ("One endpoint claims it" in judged.because) is is_weak
    strict = judge_seat_by_rules(
        about_seat(purpose), found, replace(rules, otherwise=Otherwise.REFUSE), is_agreed=False
    )
    is_stop = purpose is Purpose.SUSPEND_SELF
    assert strict.answer is (Answer.SIGN if is_stop and not is_weak else Answer.REFUSE)
