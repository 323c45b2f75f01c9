"""Members who stop everything, and how the others get out of their hands: the table of coalitions, told slowly."""

from __future__ import annotations

import pytest

from tests.anvil import Anvil
from tests.attacks.coalitions import People, Setup
from tests.attacks.siege import TIERS, Siege, besieged
from tests.contracts.scene import HERE, PAYEE, Scene
from tests.stage import DAY, HOUR, Actor, Operation, call
from verifier.errors.operations import OperationNotVetoable
from verifier.errors.settings import FloorBroken, SupermajorityOutOfRange
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role
from verifier.model.tier import Tier

FIVE = Setup(people=People(approvers=5, guardians=1), quorum=3, supermajority=3)
WITH_PROPOSER = Setup(people=People(approvers=5, proposers=1, guardians=1), quorum=3, supermajority=3)
LAPSE = 14 * DAY + 72 * HOUR
AN, BOB, CAT, DAN, EVE = (f"approver {n}" for n in range(5))
GUS, PIA = "guardian", "proposer"


def replacing(scene: Scene, by: str, who: str) -> Operation:
    new = scene.add(Actor.new(f"instead of {who}", Role.APPROVER))
    arguments = (scene.address(who), new.address, new.person, HERE.pack())
    nth = next(n for n in range(8) if scene.lane(8 * scene.seat(by) + n)[2] is Status.UNKNOWN)
    return scene.seat_operation(by, "replaceMember", *arguments, nth=nth)


def vetoes_everything(siege: Siege, who: str, by: str) -> None:
    payment = siege.scene.published(by, [call(to=PAYEE, value=1)])
    siege.scene.must(siege.scene.send(who, "veto", payment[1], siege.scene.id_of(payment)))
    assert siege.scene.status(payment) is Status.VETOED


def test_hostage__one_approver_vetoes_everything__is_removed_by_the_others(anvil: Anvil) -> None:
    siege = besieged(anvil, FIVE, People(approvers=1))
    scene = siege.scene
    vetoes_everything(siege, AN, BOB)
    removal = scene.seat_operation(BOB, "removeMember", scene.address(AN), nth=1)
    scene.give(removal, CAT, DAN, EVE)
    refusal = OperationNotVetoable(id=scene.id_of(removal), state=scene.lane(removal[1])[1].pack())
    scene.refuses(refusal, lambda: scene.send(AN, "veto", removal[1], scene.id_of(removal)))
    assert not scene.send(AN, "object", removal).succeeded
    # Leaving before one is thrown out helps nobody either.
    scene.must(scene.send(AN, "suspend", scene.address(AN)))
    scene.pass_to_ready(removal)
    scene.must(scene.execute(BOB, removal))
    assert scene.member(AN).status is MemberStatus.REMOVED


@pytest.mark.parametrize("victim", [BOB, CAT, EVE], ids=["publisher", "signer", "bystander"])
@pytest.mark.parametrize("when", ["at once", "in the last second"])
def test_hostage__guardian_suspends_somebody_against_its_removal__is_removed_by_the_rest(
    anvil: Anvil, victim: str, when: str
) -> None:
    siege = besieged(anvil, FIVE, People(approvers=0, guardians=1))
    scene = siege.scene
    vetoes_everything(siege, GUS, BOB)
    removal = scene.seat_operation(BOB, "removeMember", scene.address(GUS), nth=1)
    scene.give(removal, AN, CAT, DAN)
    if when != "at once":
        scene.chain.set_time(scene.lane(removal[1])[1].moment - 2)
    scene.must(scene.send(GUS, "suspend", scene.address(victim)))
    # Whoever has not signed yet completes it; it waits once more, and the guardian's hands are tied for so long.
    scene.give(removal, *({AN, CAT, DAN, EVE} - {victim}))
    scene.pass_to_ready(removal)
    assert not scene.send(GUS, "suspend", scene.address(DAN)).succeeded
    scene.must(scene.execute(DAN, removal))
    assert scene.member(GUS).status is MemberStatus.REMOVED
    scene.chain.set_time(scene.chain.now() + LAPSE)
    scene.must(scene.send(DAN, "lapse", scene.address(victim)))


def test_hostage__guardian_with_an_ally__blocks_for_good_without_a_separate_proposer(anvil: Anvil) -> None:
    """One suspended, one who does not sign, one who publishes: two are left of five, and three are needed."""
    siege = besieged(anvil, FIVE, People(approvers=1, guardians=1))
    scene = siege.scene
    for victim in (BOB, CAT, DAN, EVE, BOB):
        scene.must(scene.send(GUS, "suspend", scene.address(victim)))
        honest = [name for name in (BOB, CAT, DAN, EVE) if name != victim]
        for subject, function in ((GUS, "removeMember"), (AN, "replaceMember")):
            operation = (
                scene.seat_operation(
                    honest[0], function, scene.address(subject), nth=next_lane(scene, honest[0])
                )
                if function == "removeMember"
                else replacing(scene, honest[0], AN)
            )
            scene.give(operation, *honest[1:])
            assert scene.status(operation) is Status.PROPOSED
        scene.chain.set_time(scene.chain.now() + LAPSE)
        scene.must(scene.send(victim, "lapse", scene.address(victim)))


def next_lane(scene: Scene, who: str) -> int:
    taken = {Status.PROPOSED, Status.WAITING, Status.READY}
    return next(n for n in range(8) if scene.lane(8 * scene.seat(who) + n)[2] not in taken)


def test_hostage__guardian_with_an_ally__is_cured_by_a_separate_proposer(anvil: Anvil) -> None:
    siege = besieged(anvil, WITH_PROPOSER, People(approvers=1, guardians=1))
    scene = siege.scene
    scene.must(scene.send(GUS, "suspend", scene.address(BOB)))
    removal = scene.seat_operation(PIA, "removeMember", scene.address(GUS))
    scene.must(scene.send(AN, "object", removal))
    scene.give(removal, CAT, DAN, EVE)
    scene.pass_to_ready(removal)
    scene.must(scene.execute(PIA, removal))
    # Removing an would leave too few while bob is suspended; replacing leaves as many, and is never refused for it.
    out = scene.seat_operation(PIA, "removeMember", scene.address(AN), nth=1)
    instead = replacing(scene, PIA, AN)
    for operation in (out, instead):
        scene.give(operation, CAT, DAN, EVE)
    scene.pass_to_ready(instead)
    scene.must(scene.execute(PIA, instead))
    assert scene.member(AN).status is MemberStatus.REMOVED


def test_hostage__two_approvers__block_for_good_without_a_separate_proposer(anvil: Anvil) -> None:
    siege = besieged(anvil, FIVE, People(approvers=2))
    scene = siege.scene
    vetoes_everything(siege, AN, CAT)
    for hostage_taker in (AN, BOB):
        operation = replacing(scene, CAT, hostage_taker)
        scene.give(operation, DAN, EVE)
        assert scene.status(operation) is Status.PROPOSED


def test_hostage__two_approvers__are_cured_by_a_separate_proposer(anvil: Anvil) -> None:
    siege = besieged(anvil, WITH_PROPOSER, People(approvers=2))
    scene = siege.scene
    vetoes_everything(siege, AN, PIA)
    for hostage_taker, other in ((AN, BOB), (BOB, AN)):
        operation = replacing(scene, PIA, hostage_taker)
        if hostage_taker == AN:
            scene.must(scene.send(other, "object", operation))
        scene.give(operation, CAT, DAN, EVE)
        scene.pass_to_ready(operation)
        scene.must(scene.execute(PIA, operation))
        assert scene.member(hostage_taker).status is MemberStatus.REMOVED


@pytest.mark.parametrize("supermajority", [3, 4])
def test_takeover__four_approvers_take_the_fifths_seat__is_stopped_above_the_quorum_only(
    anvil: Anvil, supermajority: int
) -> None:
    """The other side of a supermajority: what lets one hostage-taker less be removed stops four thieves."""
    setup = Setup(people=People(approvers=5, guardians=1), quorum=3, supermajority=supermajority)
    siege = besieged(anvil, setup, People(approvers=4))
    scene = siege.scene
    removal = replacing(scene, AN, EVE)
    scene.give(removal, BOB, CAT, DAN)
    scene.must(scene.send(GUS, "object", removal))
    stopped = supermajority == 4
    assert scene.status(removal) is (Status.PROPOSED if stopped else Status.WAITING)
    scene.chain.set_time(scene.chain.now() + 72 * HOUR)
    assert scene.execute(AN, removal).succeeded is not stopped


def test_object__in_the_last_second__stops_the_clock_and_a_late_supermajority_waits_anew(
    anvil: Anvil,
) -> None:
    setup = Setup(people=People(approvers=5, proposers=1, guardians=1), quorum=3, supermajority=4)
    scene = besieged(anvil, setup, People(approvers=0)).scene
    operation = scene.seat_operation(PIA, "removeMember", scene.address(GUS))
    scene.give(operation, AN, BOB, CAT)
    scene.pass_to_ready(operation)
    scene.must(scene.send(EVE, "object", operation))
    assert scene.status(operation) is Status.PROPOSED
    assert not scene.execute(AN, operation).succeeded
    scene.give(operation, DAN)
    lane = scene.lane(operation[1])[1]
    assert lane.ready_at == scene.chain.now() + 72 * HOUR
    # Once is enough: nobody stops it again by saying no again.
    assert not scene.send(AN, "object", operation).succeeded
    scene.pass_to_ready(operation)
    scene.must(scene.execute(AN, operation))


def test_remove__below_floor_or_supermajority__is_refused_and_replacing_is_not(anvil: Anvil) -> None:
    """Removals must not be a way to make a vault that nobody can govern; so hostage-takers are replaced."""
    setup = Setup(people=People(approvers=5, guardians=1), quorum=3, supermajority=5)
    scene = besieged(anvil, setup, People(approvers=1)).scene
    too_few = SupermajorityOutOfRange(minimum=3, maximum=4, actual=5)
    scene.refuses(too_few, lambda: scene.change("removeMember", scene.address(AN)))
    scene.must(scene.set_tiers(TIERS, 3))
    scene.must(scene.send(GUS, "suspend", scene.address(BOB)))
    floor = FloorBroken(approvers=3, security=0, custody=TIERS[Tier.CUSTODY].pack())
    scene.refuses(floor, lambda: scene.change("removeMember", scene.address(AN)))
    new = scene.add(Actor.new("new", Role.APPROVER))
    scene.must_change("replaceMember", scene.address(AN), new.address, new.person, HERE.pack())
