"""A transaction from a group's address: nobody should have the whole key, so whoever sends it is refused.

What anybody may send, such as others' approvals, anybody may send from there as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest

from tests.anvil import Outcome
from tests.contracts.scene import ROUTINE_CALL, STANDARD_CALL, Scene
from tests.contracts.seated_groups import OWLS, RAVENS, approval_by, seat_group
from tests.stage import DAY, HOUR, Operation, data_of
from verifier.errors.members import MemberIsGroup, MemberNotActive
from verifier.model.life import Status
from verifier.model.member import MemberStatus

REFUSAL: Final = MemberIsGroup(member=OWLS.account)


def propose(scene: Scene) -> Callable[[], Outcome]:
    """Publish in a lane of the group's own seat what any approver may publish."""
    seat = scene.member(OWLS.account).seat
    removal = (scene.vault, 0, data_of("removeMember", scene.address("amy")))
    operation = ([removal], 8 * seat, 1, scene.chain.now() + DAY)
    return lambda: scene.propose(OWLS.account, operation)


def approved(scene: Scene) -> Operation:
    operation = scene.published("ann", [STANDARD_CALL])
    entries = [scene.sign_published(who, operation) for who in ("cat", "dan")]
    scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation), *entries]))
    return operation


def withdraw(scene: Scene) -> Callable[[], Outcome]:
    operation = approved(scene)
    return lambda: scene.send(OWLS.account, "withdraw", operation)


def veto(scene: Scene) -> Callable[[], Outcome]:
    operation_id = scene.id_of(approved(scene))
    return lambda: scene.send(OWLS.account, "veto", 0, operation_id)


def object_(scene: Scene) -> Callable[[], Outcome]:
    operation = scene.seat_operation("ann", "removeMember", scene.address("amy"))
    return lambda: scene.send(OWLS.account, "object", operation)


def cancel(scene: Scene) -> Callable[[], Outcome]:
    operation_id = scene.id_of(approved(scene))
    return lambda: scene.send(OWLS.account, "cancel", 0, operation_id)


def execute(scene: Scene) -> Callable[[], Outcome]:
    operation = approved(scene)
    scene.pass_to_ready(operation)
    return lambda: scene.execute(OWLS.account, operation)


def suspend_itself(scene: Scene) -> Callable[[], Outcome]:
    return lambda: scene.send(OWLS.account, "suspend", OWLS.account)


def suspend_another(scene: Scene) -> Callable[[], Outcome]:
    return lambda: scene.send(OWLS.account, "suspend", scene.address("eve"))


ACTS: Final = (propose, withdraw, veto, object_, cancel, execute, suspend_itself, suspend_another)


@pytest.mark.parametrize("act", ACTS)
def test_act__from_a_group_s_address__is_refused(
    scene: Scene, act: Callable[[Scene], Callable[[], Outcome]]
) -> None:
    seat_group(scene)
    scene.refuses(REFUSAL, act(scene))


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("status", [MemberStatus.SUSPENDED, MemberStatus.REMOVED])
def test_act__from_the_address_of_a_group_that_is_out__is_refused_as_well(
    scene: Scene, status: MemberStatus, act: Callable[[Scene], Callable[[], Outcome]]
) -> None:
    """Its record stays for ever, and says what it is. What active members do is refused for that first."""
    seat_group(scene)
    send = act(scene)
    if status is MemberStatus.SUSPENDED:
        scene.must(scene.send("gus", "suspend", OWLS.account))
    else:
        scene.must_change("removeMember", OWLS.account)
    inactive = MemberNotActive(member=OWLS.account, status=status)
    scene.refuses(inactive if act in (propose, cancel, execute) else REFUSAL, send)


def test_approve__of_others__may_be_sent_from_anywhere(scene: Scene) -> None:
    """The signatures count, and not who brings them."""
    seat_group(scene)
    operation = scene.published("ann", [ROUTINE_CALL])
    entries = [scene.sign_published(who, operation) for who in ("cat", "dan")]
    scene.must(scene.approve(operation, entries, by=OWLS.account))
    assert scene.status(operation) is Status.WAITING


def test_lapse__may_be_sent_from_anywhere(scene: Scene) -> None:
    seat_group(scene)
    seat_group(scene, RAVENS, [7, 8])
    scene.must(scene.send("gus", "suspend", RAVENS.account))
    scene.chain.set_time(scene.chain.now() + 14 * DAY + 72 * HOUR)
    scene.must(scene.send(OWLS.account, "lapse", RAVENS.account))
    assert scene.member(RAVENS.account).status is MemberStatus.RETURNED
