"""How an operation stands: too new members, limits of the day, windows, signatures; and words on one source's claim."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.rules.cases import ALICE, DAY, MALLORY, TOKEN, case_of, findings, policy, severities, transfer
from tests.desk.fakes import NOW, TERMS, TIERS, address_of, lane_of, member, operation, usual_members
from verifier.assess.case import Case, CheckedApproval
from verifier.assess.rules.window import first_open
from verifier.model.address import Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.life import Status
from verifier.model.member import Member
from verifier.model.text import Shown
from verifier.model.tier import Tier
from verifier.model.units import Hours, MemberIndex, Timestamp, Units

SEASONING, WINDOW = "seasoning-impossible", "window-closed"


def proposed(*new: int, tier: Tier = Tier.HIGH_VALUE, seat_operation: bool = False) -> Case:
    """Return the case of an operation that nobody approved yet; the members in these seats are new."""
    members = usual_members()
    for seat in new:
        roles = members[seat].record.roles
        members[seat] = member(seat, roles, seasoned_at=NOW + 30 * DAY)
    one = operation(transfer())
    lane = lane_of(one, status=Status.PROPOSED, tier=tier, seat_operation=seat_operation)
    return case_of(one=one, lane=lane, members=members)


def test_seasoning__too_few_without_the_new_ones__noticed_with_their_time() -> None:
    # Approvers 1 to 4 may approve, and 3 are needed.
    assert findings(proposed(1), SEASONING) == []
    (found,) = findings(proposed(1, 4), SEASONING)
    assert found.severity is Severity.NOTICE
    assert "seat 1 counts from" in found.sentence
    assert "seat 4 counts from" in found.sentence


def test_seasoning__security_team_too_new__noticed() -> None:
    strict = replace(TERMS, quorum=2, security_approvals=2)
    case = proposed(2)
    tiers = (TERMS, TERMS, strict, strict)
    case = case_of(one=operation(transfer()), lane=case.lane, members=_with_new(2), tiers=tiers)
    assert severities(case, SEASONING) == [Severity.NOTICE]
    calm = case_of(one=operation(transfer()), lane=case.lane, members=_with_new(1), tiers=tiers)
    assert severities(calm, SEASONING) == []


def _with_new(seat: int) -> dict[int, Member]:
    members = usual_members()
    members[seat] = member(seat, members[seat].record.roles, seasoned_at=NOW + DAY)
    return members


@pytest.mark.parametrize(("tier", "seat_operation"), [(Tier.STANDARD, False), (Tier.CUSTODY, True)])
def test_seasoning__not_asked_for__nothing(tier: Tier, seat_operation: bool) -> None:
    assert findings(proposed(1, 4, tier=tier, seat_operation=seat_operation), SEASONING) == []


LISTED = AssetTerms(routine_limit=Units(100), high_value_from=Units(1_000), decimals=6)


@pytest.mark.parametrize(
    ("level", "amount", "status", "is_found"),
    [
        (0, 799, Status.PROPOSED, False),
        (0, 800, Status.PROPOSED, True),
        (790, 10, Status.PROPOSED, True),
        # It is in the bucket already, once its quorum was reached.
        (790, 10, Status.WAITING, False),
        (800, 10, Status.WAITING, True),
    ],
)
def test_limit_of_the_day__nearly_used__noticed(
    level: int, amount: int, status: Status, is_found: bool
) -> None:
    terms = replace(LISTED, level=Units(level), filled_at=Timestamp(NOW))
    one = operation(transfer(amount=amount))
    lane = lane_of(one, 1, status=status, tier=Tier.STANDARD)
    known = policy(assets={TOKEN: terms}, uses={ALICE: Use.RECIPIENT})
    case = case_of(one=one, lane=lane, policy=known)
    assert severities(case, "spending-near-limit") == ([Severity.NOTICE] if is_found else [])


def windowed(opens: int, closes: int, *, weekdays: int = 127, grace_hours: int = 72) -> Case:
    """Return the case of an operation that is ready on a Friday at 08:00, with a window in quarter hours."""
    terms = replace(TERMS, opens_at=opens, closes_at=closes, weekdays=weekdays)
    one = operation(transfer())
    lane = lane_of(one, 1, 2, 3, moment=NOW)
    lane = replace(lane, state=replace(lane.state, grace_hours=Hours(grace_hours)))
    return case_of(one=one, lane=lane, tiers=(*TIERS[:3], terms))


def test_window__closed_when_it_is_ready__said_when_it_opens() -> None:
    (found,) = findings(windowed(40, 60), WINDOW)
    assert found.severity is Severity.INFO
    assert "Fri 2027-01-15 10:00:00 UTC" in found.sentence
    assert findings(windowed(32, 60), WINDOW) == []


def test_window__does_not_open_before_it_expires__warned() -> None:
    only_monday = 1
    assert severities(windowed(40, 60, weekdays=only_monday), "window-missed") == [Severity.WARNING]
    assert severities(windowed(40, 60, weekdays=only_monday, grace_hours=96), "window-missed") == []
    assert severities(windowed(40, 60, weekdays=only_monday, grace_hours=96), WINDOW) == [Severity.INFO]


@pytest.mark.parametrize("late", [0, 1, 899, 900])
def test_first_open__any_second__never_before_the_start(late: int) -> None:
    terms = replace(TERMS, opens_at=33)
    start = Timestamp(NOW + late)
    assert first_open(terms, start, Timestamp(NOW + DAY)) == max(start, NOW + 900)
    assert first_open(terms, start, Timestamp(NOW + 899)) is None


def signature(actual: Address | None) -> CheckedApproval:
    return CheckedApproval(
        seat=MemberIndex(1),
        expected=address_of(1),
        actual=actual,
        source=Shown("the publishing transaction"),
        evidence=Evidence.AGREED,
    )


def test_signature__of_somebody_else_or_nobody__an_incident() -> None:
    for actual in (MALLORY, None):
        (found,) = findings(case_of(transfer(), approvals=(signature(actual),)), "approval-forged")
        assert (found.severity, found.evidence) == (Severity.DANGER, Evidence.AGREED)
    assert findings(case_of(transfer(), approvals=(signature(address_of(1)),)), "approval-forged") == []


def test_signatures__nobody_looked__said() -> None:
    def is_said(approvals: tuple[CheckedApproval, ...] | None) -> bool:
        found = findings(case_of(transfer(), approvals=approvals), "not-judged")
        return any("approval-forged" in each.sentence for each in found)

    assert is_said(None)
    assert not is_said(())
