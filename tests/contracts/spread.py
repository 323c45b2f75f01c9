"""People in several places, some of whom are too near to each other for a segregated quorum.

Of those who can approve what pat publishes, three pairs clash, each for one reason; ann is too near to two as well.

    dan and eve: one employer       cat and fay: one city
    bob and hal: three hours        ann and fay, ann and hal: two hours
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from tests.anvil import Anvil
from tests.contracts.scene import BOTH, Scene, usual_scene
from tests.stage import NO_SIGNATURE, USUAL_TIERS, Actor, Approval, Operation
from verifier.model.lane import Lane
from verifier.model.life import Status
from verifier.model.member import Attributes, Role
from verifier.model.place import place_at
from verifier.model.tier import Tier, TierTerms


def living(
    name: str, roles: Role, *, employer: int, utc_offset: int, latitude: float, longitude: float
) -> Actor:
    place = place_at(latitude=latitude, longitude=longitude)
    attributes = Attributes(employer=employer, utc_offset=utc_offset, place=place)
    return replace(Actor.new(name, roles), attributes=attributes)


SECURE: Final = Role.APPROVER | Role.SECURITY
ANN: Final = living("ann", BOTH, employer=1, utc_offset=0, latitude=51.5, longitude=-0.1)
BOB: Final = living("bob", BOTH | SECURE, employer=2, utc_offset=-300, latitude=40.7, longitude=-74)
CAT: Final = living("cat", SECURE, employer=3, utc_offset=540, latitude=35.68, longitude=139.77)
DAN: Final = living("dan", Role.APPROVER, employer=4, utc_offset=330, latitude=28.6, longitude=77.2)
EVE: Final = living("eve", Role.APPROVER, employer=4, utc_offset=-600, latitude=21.3, longitude=-157.9)
FAY: Final = living("fay", Role.APPROVER, employer=5, utc_offset=120, latitude=35.44, longitude=139.64)
HAL: Final = living("hal", Role.APPROVER, employer=6, utc_offset=-120, latitude=37.7, longitude=-25.7)
# Seats 0 to 9.
SPREAD: Final = (
    ANN,
    BOB,
    CAT,
    DAN,
    EVE,
    FAY,
    HAL,
    Actor.new("gus", Role.GUARDIAN),
    Actor.new("amy", Role.AUDITOR),
    Actor.new("pat", Role.PROPOSER),
)
APART: Final = ("bob", "cat", "dan")
CLASHING: Final = {
    "one employer": ("bob", "dan", "eve"),
    "one city": ("bob", "cat", "fay"),
    "three hours": ("bob", "dan", "hal"),
}
"""Of each reason, a quorum in all else."""


def segregated_from(tier: Tier) -> tuple[TierTerms, ...]:
    """Return the usual tiers, segregated from one of them on."""
    return tuple(
        replace(terms, segregated=1) if at >= tier else terms for at, terms in enumerate(USUAL_TIERS)
    )


def spread_scene(chain: Anvil, *, segregated: Tier | None = Tier.HIGH_VALUE, **settings: Any) -> Scene:
    """Found the usual vault of these people, segregated from a tier on."""
    tiers = USUAL_TIERS if segregated is None else segregated_from(segregated)
    usual: dict[str, Any] = {"founders": SPREAD, "tiers": tiers}
    return usual_scene(chain, **(usual | settings))


def head(scene: Scene, who: str) -> Approval:
    """Return an entry that only names a seat: enough where its approval is recorded."""
    return (scene.seat(who), 0, NO_SIGNATURE)


def name(scene: Scene, operation: Operation, *who: str) -> None:
    """Name recorded approvals, and nothing else. Anybody may."""
    scene.must(scene.approve(operation, [head(scene, one) for one in who]))


def assert_waiting(scene: Scene, operation: Operation, *who: str) -> Lane:
    """Fail unless exactly these are the quorum that stands."""
    _, lane, status = scene.lane(operation[1])
    assert (status, names_of(scene, lane)) == (Status.WAITING, set(who))
    return lane


def assert_proposed(scene: Scene, operation: Operation, *who: str) -> Lane:
    """Fail unless exactly these are recorded, and no quorum stands."""
    _, lane, status = scene.lane(operation[1])
    assert (status, names_of(scene, lane)) == (Status.PROPOSED, set(who))
    assert (lane.moment, lane.grace_hours) == (operation[3], 0)
    return lane


def names_of(scene: Scene, lane: Lane) -> set[str]:
    seats = {scene.seat(actor): actor for actor in scene.actors}
    return {seats[seat] for seat in lane.approvals}
