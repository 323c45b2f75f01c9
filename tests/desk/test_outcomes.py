"""Whether the vault shows what was sent: each act by what it leaves behind, and its neighbour that leaves it not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.desk.fakes import NOW, address_of, lane_of, member, operation, reading, transfer, usual_members
from verifier.desk.outcomes import shows_act, shows_member, shows_proposal
from verifier.model.life import Status
from verifier.model.member import MemberStatus
from verifier.model.reading import LaneReading
from verifier.model.units import LaneIndex, MemberIndex, OperationId, Sequence
from verifier.sign.typed import id_of

ONE = operation()
OTHER = operation(transfer(amount=41))
BEFORE = lane_of(ONE, 1, 2)
FOUR = [MemberIndex(4)]


@pytest.mark.parametrize(
    ("name", "done", "not_done"),
    [
        ("veto", lane_of(ONE, 1, 2, status=Status.VETOED), lane_of(ONE, 1, 2, status=Status.EXECUTED)),
        ("cancel", lane_of(ONE, 1, 2, status=Status.CANCELLED), BEFORE),
        ("execute", lane_of(ONE, 1, 2, status=Status.EXECUTED), lane_of(ONE, 1, 2, moment=NOW)),
        ("object", lane_of(ONE, 1, 2, objected=True), BEFORE),
        ("approve", lane_of(ONE, 1, 2, 4), BEFORE),
        ("withdraw", lane_of(ONE, 1, 2), lane_of(ONE, 1, 2, 4)),
        ("expedite", lane_of(ONE, 1, 2, moment=NOW + 60), BEFORE),
    ],
)
def test_shows_act__done_or_not__told_apart(name: str, done: LaneReading, not_done: LaneReading) -> None:
    shows = shows_act(name, BEFORE, FOUR)
    assert shows(reading(done))
    assert not shows(reading(not_done))
    assert not shows(reading())


def test_shows_act__another_operation_in_the_lane__done_only_if_it_is_a_later_one() -> None:
    shows = shows_act("veto", BEFORE)
    other = lane_of(OTHER)
    assert not shows(reading(other))
    assert shows(reading(replace(other, state=replace(other.state, sequence=Sequence(2)))))


def test_shows_proposal__its_id_stands_in_its_lane() -> None:
    shows = shows_proposal(LaneIndex(0), OperationId(id_of(ONE)))
    assert shows(reading(BEFORE))
    assert not shows(reading(lane_of(OTHER)))
    assert not shows(reading())


def test_shows_member__active_or_not_any_more() -> None:
    held = reading(members={**usual_members(), 4: member(4, status=MemberStatus.SUSPENDED)})
    assert shows_member(address_of(4), is_active=False)(held)
    assert not shows_member(address_of(4), is_active=True)(held)
    assert shows_member(address_of(4), is_active=True)(reading())
    assert not shows_member(address_of(9), is_active=False)(reading())
