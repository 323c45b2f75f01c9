"""What a suspended proposer left behind, and what it still would like to do."""

from __future__ import annotations

from typing import Final

import pytest

from tests.anvil import Anvil, Outcome
from tests.attacks.insiders import ANY_OPEN, ONLY_WAITING, broken, unfit
from tests.contracts.hurry import consents_of, expedite, hurried, hurry_scene
from tests.contracts.scene import BOTH, HIGH_VALUE_CALL, PAYEE, STANDARD_CALL, Scene
from tests.stage import DAY, HOUR, STRANGER, Operation
from verifier.errors.members import MemberNotActive, MemberRoleMissing
from verifier.errors.operations import LaneOfOtherSeat
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role

LAPSE: Final = 14 * DAY + 72 * HOUR
HOWS: Final = ("guardian", "itself")


def take_out(scene: Scene, who: str, how: str) -> MemberNotActive:
    """Suspend a member, and return how it is refused from then on."""
    by = "gus" if how == "guardian" else who
    scene.must(scene.send(by, "suspend", scene.address(who)))
    status = MemberStatus.SUSPENDED if how == "guardian" else MemberStatus.SELF_SUSPENDED
    return MemberNotActive(member=scene.address(who), status=status)


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("payment", [STANDARD_CALL, HIGH_VALUE_CALL], ids=["STANDARD", "HIGH_VALUE"])
def test_execute__operation_of_a_suspended_proposer__is_refused_for_good(
    scene: Scene, how: str, payment: tuple[bytes, int, bytes]
) -> None:
    operation = scene.ready("ann", [payment])
    take_out(scene, "ann", how)
    scene.refuses(broken(scene, operation), lambda: scene.execute("bob", operation))
    # More approvals do not help, and neither does her return: it is another seat.
    scene.must(scene.approve(operation, [scene.sign_published("eve", operation)]))
    assert scene.status(operation) is Status.PROPOSED
    scene.must_change("reinstateMember", scene.address("ann"))
    scene.must(scene.approve(operation, []))
    assert scene.status(operation) is Status.PROPOSED
    again = scene.ready("ann", [payment])
    scene.must(scene.execute("bob", again))


def test_execute__operation_that_sat_out_the_suspension__is_refused(scene: Scene) -> None:
    """Published so late that it is still open when the suspension lapses, 17 days later."""
    operation = scene.operation("ann", [STANDARD_CALL], approve_by=scene.chain.now() + 14 * DAY)
    scene.must(scene.propose("ann", operation))
    take_out(scene, "ann", "guardian")
    scene.must(
        scene.approve(operation, [scene.sign_published(who, operation) for who in ("bob", "cat", "dan")])
    )
    assert scene.status(operation) is Status.PROPOSED
    scene.chain.set_time(scene.chain.now() + LAPSE)
    scene.must(scene.send(STRANGER, "lapse", scene.address("ann")))
    expired = unfit(scene, operation, ANY_OPEN, Status.EXPIRED)
    scene.refuses(expired, lambda: scene.approve(operation, []))
    refusal = LaneOfOtherSeat(lane=operation[1], expected=scene.seat("ann"), actual=operation[1] // 8)
    old_lane = ([STANDARD_CALL], operation[1], operation[2] + 1, scene.chain.now() + DAY)
    scene.refuses(refusal, lambda: scene.propose("ann", old_lane))
    scene.published("ann", [STANDARD_CALL])


ACTS: Final = ("propose", "cancel", "execute")


def act(scene: Scene, name: str, mine: Operation, others: Operation) -> Outcome:
    """Let ann do something of a proposer's."""
    match name:
        case "propose":
            return scene.propose("ann", scene.operation("ann", [STANDARD_CALL], nth=1))
        case "cancel":
            return scene.send("ann", "cancel", mine[1], scene.id_of(mine))
        case _:
            return scene.execute("ann", others)


@pytest.mark.parametrize("how", HOWS)
@pytest.mark.parametrize("name", ACTS)
def test_act__as_a_suspended_proposer__is_refused(scene: Scene, how: str, name: str) -> None:
    mine = scene.waiting("ann", [STANDARD_CALL])
    others = scene.ready("bob", [STANDARD_CALL], "cat", "dan", "eve")
    with scene.chain.isolate():
        scene.must(act(scene, name, mine, others))
    refusal = take_out(scene, "ann", how)
    scene.refuses(refusal, lambda: act(scene, name, mine, others))


def test_set_roles__proposer_taken_away__kills_what_it_published_like_a_suspension(scene: Scene) -> None:
    """The seat stays, so a role given back must not wake the operation: it comes with another seat."""
    operation = scene.ready("ann", [STANDARD_CALL])
    scene.must_change("setRoles", scene.address("ann"), int(Role.APPROVER))
    scene.refuses(broken(scene, operation), lambda: scene.execute("bob", operation))
    missing = MemberRoleMissing(
        member=scene.address("ann"), any_of=int(Role.PROPOSER), actual=int(Role.APPROVER)
    )
    scene.refuses(missing, lambda: scene.propose("ann", scene.operation("ann", [STANDARD_CALL], nth=1)))
    scene.must_change("setRoles", scene.address("ann"), int(BOTH))
    scene.refuses(broken(scene, operation), lambda: scene.execute("bob", operation))
    assert scene.chain.balance(PAYEE) == 0


def test_expedite__operation_of_a_suspended_proposer__is_refused(anvil: Anvil) -> None:
    """Hurrying counts anew before it looks at consents."""
    scene = hurry_scene(anvil)
    operation = scene.waiting("ann", [STANDARD_CALL])
    consents = consents_of(scene, operation, "bob", "cat", "dan")
    with scene.chain.isolate():
        hurried(scene, operation, "bob", "cat", "dan")
    take_out(scene, "ann", "guardian")
    refusal = unfit(scene, operation, ONLY_WAITING, Status.PROPOSED)
    scene.refuses(refusal, lambda: expedite(scene, operation, consents))


def test_withdraw_and_veto__by_a_suspended_proposer_who_approves__still_take_power_away(scene: Scene) -> None:
    """What is left to her only ever stops something."""
    operation = scene.waiting("bob", [STANDARD_CALL], "ann", "cat", "dan")
    take_out(scene, "ann", "guardian")
    with scene.chain.isolate():
        scene.must(scene.send("ann", "withdraw", operation))
        assert scene.status(operation) is Status.PROPOSED
    scene.must(scene.send("ann", "veto", operation[1], scene.id_of(operation)))
    assert scene.status(operation) is Status.VETOED
