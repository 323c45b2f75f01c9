"""What truly happened, for the tests of the invariants: acts, with the journal as it was before each."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, replace

from tests.lifecycle.acts import Act
from tests.lifecycle.journal import Journal
from tests.lifecycle.messages import registration, veto
from tests.lifecycle.run import Run
from tests.lifecycle.scene import BYSTANDER, Scene, payment, seat_operation, staged
from tests.lifecycle.vocabulary import data_of, id_of
from tests.lifecycle.world import FRIEND
from tests.stage import ETHER
from verifier.model.group import pack_holders
from verifier.model.life import Step
from verifier.model.member import Role
from verifier.model.operation import Call
from verifier.model.units import Wei


@dataclass(slots=True)
class Witnessed:
    """An act, and the journal as it was before."""

    journal: Journal
    act: Act
    run: Run
    scene: Scene

    def alter_before(self, **changes: object) -> None:
        """Let the vault have had another memory before the act."""
        before = self.act.before.copy()
        for name, value in changes.items():
            setattr(before, name, value)
        self.act = replace(self.act, before=before)

    def alter_after(self, **changes: object) -> None:
        """Let the vault have another memory after the act."""
        after = self.act.after.copy()
        for name, value in changes.items():
            setattr(after, name, value)
        self.act = replace(self.act, after=after)


def witness(scene: Scene, step: Callable[[], object]) -> Witnessed:
    """Let an act happen, and return it with the journal from before."""
    journal = deepcopy(scene.run.journal)
    assert step() is None
    act = scene.run.latest_act
    assert act is not None
    return Witnessed(journal, act, scene.run, scene)


def executed(run: Run) -> Witnessed:
    scene = seat_operation(run)
    scene.propose()
    scene.must_approve("ann", "bob", "cid")
    scene.wait_until_ready()
    return witness(scene, lambda: scene.step(Step.EXECUTE))


def paid(run: Run) -> Witnessed:
    scene = payment(run)
    scene.propose()
    scene.must_approve("ann", "bob", "cid")
    scene.wait_until_ready()
    return witness(scene, lambda: scene.step(Step.EXECUTE))


def approved(run: Run) -> Witnessed:
    scene = payment(run)
    scene.propose()
    approval = run.sign_published("ann", scene.operation)
    return witness(scene, lambda: run.step(BYSTANDER, "approve", scene.operation, [approval]))


def vetoed(run: Run) -> Witnessed:
    scene = payment(run)
    scene.propose()
    return witness(scene, lambda: scene.step(Step.VETO))


def paid_a_lot(run: Run) -> Witnessed:
    """People apart execute 20 ether."""
    scene = staged(run, Call(target=FRIEND, value=Wei(20 * ETHER), data=b""))
    scene.propose()
    scene.must_approve("bob", "cid", "dee")
    scene.wait_until_ready()
    return witness(scene, lambda: run.step("gus", "execute", scene.operation))


def hurried(run: Run) -> Scene:
    scene = payment(run)
    scene.propose()
    scene.must_approve("ann", "bob", "cid")
    return scene


def consented(run: Run) -> Witnessed:
    scene = hurried(run)
    consents = [run.consent(name, scene.operation) for name in ("ann", "bob", "eve")]
    return witness(scene, lambda: run.step(BYSTANDER, "expedite", scene.operation, consents))


def paid_in_a_hurry(run: Run) -> Witnessed:
    scene = consented(run).scene
    scene.wait_until_ready()
    return witness(scene, lambda: scene.step(Step.EXECUTE))


def outvoted(run: Run) -> Witnessed:
    """A seat operation is executed though somebody objected."""
    scene = seat_operation(run)
    scene.propose()
    assert scene.step(Step.OBJECT) is None
    scene.must_approve("ann", "bob", "cid", "dee")
    scene.wait_until_ready()
    return witness(scene, lambda: scene.step(Step.EXECUTE))


def published(run: Run) -> Witnessed:
    scene = payment(run)
    return witness(scene, lambda: run.step("pam", "propose", scene.operation, []))


def vetoed_by_a_group(run: Run) -> Witnessed:
    """The owls come in, and stop a payment."""
    owls = run.world.flocks["owls"]
    address, holders = owls.address, pack_holders(owls.holders)
    proof = run.word_of("owls", registration(address, int(Role.APPROVER), holders))
    arguments = [address, owls.group.x, owls.group.y, int(Role.APPROVER), holders, proof]
    joining = staged(run, Call(target=run.vault, value=Wei(0), data=data_of("addGroup", arguments)))
    joining.propose()
    joining.must_approve("ann", "bob", "cid")
    joining.wait_until_ready()
    assert joining.step(Step.EXECUTE) is None
    scene = staged(run, Call(target=FRIEND, value=Wei(5 * ETHER), data=b""), sequence=2)
    scene.propose()
    proof = run.word_of("owls", veto(id_of(scene.operation)))
    return witness(scene, lambda: run.step(BYSTANDER, "vetoAsGroup", scene.operation, proof))
