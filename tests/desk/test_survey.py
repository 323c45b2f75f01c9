"""What stands around the queue: who could be apart, what is over, and what one bundle tells of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.desk.fakes import (
    APART,
    NOW,
    STRANGER_ADDRESS,
    TOKEN,
    FakeClock,
    FakeReader,
    lane_of,
    members_apart,
    operation,
    reading,
    roster_of,
    signer,
    transfer,
)
from verifier.assess.segregation import Shortfall
from verifier.desk.briefing import brief_lane, brief_queue
from verifier.desk.survey import named_in, possible_quorums, survey, survey_of
from verifier.model.address import Address
from verifier.model.life import Status
from verifier.model.reading import PolicyReading, VaultReading
from verifier.model.tier import Tier
from verifier.model.units import LaneIndex, MemberIndex, Timestamp


@dataclass(slots=True)
class Asking(FakeReader):
    """A reader that notes about which accounts the policy was asked."""

    accounts_asked: list[Address] = field(default_factory=list)

    def read_policy(
        self, reading: VaultReading, *, accounts: Iterable[Address] = (), **more: Any
    ) -> PolicyReading:
        self.accounts_asked += accounts
        return FakeReader.read_policy(self, reading, accounts=accounts, **more)


def test_quorums__of_tiers_that_ask_for_it__name_members_who_are_apart() -> None:
    members = members_apart()
    found = possible_quorums(reading(members=members, roster=roster_of(members), tiers=APART))
    assert set(found) == {Tier.HIGH_VALUE, Tier.CUSTODY}
    assert found[Tier.CUSTODY] == (0, 1, 2)
    assert possible_quorums(reading(members=members, roster=roster_of(members))) == {}


def test_quorums__with_too_few_seasoned_members__say_why_there_is_none() -> None:
    members = members_apart()
    for seat in (0, 1):
        record = replace(members[seat].record, seasoned_at=Timestamp(NOW + 1))
        members[seat] = replace(members[seat], record=record)
    found = possible_quorums(reading(members=members, roster=roster_of(members), tiers=APART))
    shortfall = found[Tier.HIGH_VALUE]
    assert isinstance(shortfall, Shortfall)
    assert shortfall.largest == (MemberIndex(2), MemberIndex(3))


def test_past__of_lanes_that_are_over__is_told_without_a_moment_that_nobody_knows() -> None:
    vetoed, waits, late = (operation(lane=lane) for lane in (0, 1, 2))
    lanes = (
        lane_of(vetoed, status=Status.VETOED),
        lane_of(waits, 1, 2),
        lane_of(late, status=Status.PROPOSED, moment=NOW - 5),
    )
    found = survey(FakeReader(reading(*lanes)), signer())
    assert [(each.lane, each.status, each.at) for each in found.past] == [
        (0, Status.VETOED, None),
        (2, Status.EXPIRED, NOW - 5),
    ]


def test_survey__of_a_briefing_alone__tells_what_it_can() -> None:
    waits = operation()
    reader = FakeReader(reading(lane_of(waits, 1, 2)), operations={LaneIndex(0): waits})
    briefing = brief_lane(reader, FakeClock(), signer(), 0)
    found = survey_of(briefing)
    assert found.reading is briefing.reading
    assert found.bypasses == reader.bypasses
    assert found.past == ()


def test_survey__told_whom_the_queue_names__asks_the_policy_about_them() -> None:
    waits = operation(transfer(STRANGER_ADDRESS))
    reader = FakeReader(reading(lane_of(waits, 1, 2)), operations={LaneIndex(0): waits})
    named = named_in(brief_queue(reader, FakeClock(), signer()))
    assert STRANGER_ADDRESS in named
    assert reader.reading.vault not in named
    asking = Asking(reader.reading)
    survey(asking, signer(labels={TOKEN: "USDC"}), named=named)
    assert asking.accounts_asked == [TOKEN, *(each for each in named if each != TOKEN)]
