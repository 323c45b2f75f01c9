"""A coalition and the honest, played against each other on a chain, each with its best moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tests.anvil import Anvil
from tests.attacks.coalitions import People, Setup
from tests.contracts.scene import HERE, Scene, scene_of
from tests.stage import ETHER, USUAL_TIERS, Actor, Operation, call
from verifier.model.life import Status
from verifier.model.member import Role

PAID: Final = bytes.fromhex("9d" * 20)
LOOT: Final = 1_000 * ETHER
APPROVERS: Final = tuple(Actor.new(f"approver {n}", Role.PROPOSER | Role.APPROVER) for n in range(6))
GUARDIANS: Final = (Actor.new("guardian", Role.GUARDIAN),)
PROPOSERS: Final = (Actor.new("proposer", Role.PROPOSER),)
TIERS: Final = tuple(replace(terms, security_approvals=0) for terms in USUAL_TIERS)


@dataclass(slots=True)
class Side:
    """One of the two sides, by the names of its people, in the order in which they come forward."""

    approvers: list[str] = field(default_factory=list)
    proposers: list[str] = field(default_factory=list)
    guardians: list[str] = field(default_factory=list)

    @property
    def stoppers(self) -> list[str]:
        return self.approvers + self.guardians

    def without(self, name: str) -> Side:
        kinds = (self.approvers, self.proposers, self.guardians)
        return Side(*([who for who in kind if who != name] for kind in kinds))

    def copy(self) -> Side:
        return self.without("")


@dataclass(slots=True)
class Siege:
    """A vault, the coalition, and all the others."""

    scene: Scene
    coalition: Side
    honest: Side
    newcomers: int = 0

    # ------------------------------------------------------------------------------------------- Both sides

    def take_seat(self, taker: Side, loser: Side, who: str) -> bool:
        """Let one side try to take a seat of the other, and say whether it did."""
        scene = self.scene
        self.newcomers += 1
        newcomer = scene.add(Actor.new(f"newcomer {self.newcomers}", Role.APPROVER))
        publisher = next(iter(self.active(taker.proposers) + self.active(taker.approvers)), None)
        if publisher is None:
            return False
        is_guardian = who in loser.guardians
        # Replacing is refused for no floor, so it is the way where one of the others is suspended.
        act: tuple[Any, ...] = ("removeMember", scene.address(who))
        if not is_guardian:
            act = ("replaceMember", *act[1:], newcomer.address, newcomer.person, HERE.pack())
        nth = next(n for n in range(8) if self.is_free(publisher, n))
        operation = scene.seat_operation(publisher, *act, nth=nth)
        # Everybody of the other side objects who may: once is enough, and the subject may not.
        for other in loser.stoppers:
            if other != who and not scene.lane(operation[1])[1].objected:
                scene.must(scene.send(other, "object", operation))
        taken = self.carries_out(operation, publisher, taker)
        if taken and not is_guardian:
            taker.approvers.append(newcomer.name)
        return taken

    def carries_out(self, operation: Operation, publisher: str, side: Side) -> bool:
        """Let a side sign an operation of its own, wait, and execute it."""
        scene = self.scene
        signers = [name for name in self.active(side.approvers) if name != publisher]
        if signers:
            scene.give(operation, *signers)
        if scene.status(operation) is not Status.WAITING:
            return False
        scene.pass_to_ready(operation)
        return scene.execute(publisher, operation).succeeded

    def pays(self, side: Side) -> bool:
        """Let a side pay everything out, by approvals of those who are seasoned, and say whether it did."""
        publisher = (side.proposers + side.approvers)[0]
        operation = self.scene.published(publisher, [call(to=PAID, value=LOOT)], nth=7)
        seasoned = [name for name in side.approvers if not name.startswith("newcomer")]
        done = self.carries_out(operation, publisher, replace(side, approvers=seasoned))
        return done and self.scene.chain.balance(PAID) == LOOT

    def active(self, names: Iterable[str]) -> list[str]:
        return [name for name in names if self.scene.member(name).is_active]

    def is_free(self, who: str, nth: int) -> bool:
        status = self.scene.lane(8 * self.scene.seat(who) + nth)[2]
        return status not in {Status.PROPOSED, Status.WAITING, Status.READY}

    # ------------------------------------------------------------------------------------------ The coalition

    def steals(self) -> bool:
        """Take the seats of all who could stop a transfer, make it, and say whether the vault is empty."""
        for who in list(self.honest.stoppers):
            if not self.take_seat(self.coalition, self.honest, who):
                return False
            self.honest = self.honest.without(who)
        return self.pays(self.coalition)

    def suspend(self, whom: Sequence[str]) -> bool:
        """Let the coalition's guardian take out the first of these, and say whether the floor allowed it."""
        guardian = self.coalition.guardians[0]
        return bool(whom) and self.scene.send(guardian, "suspend", self.scene.address(whom[0])).succeeded

    # --------------------------------------------------------------------------------------------- The honest

    def is_cured(self) -> bool:
        """Take the coalition's seats, guardians first, whomever its guardian keeps suspended; say whether it worked."""
        while self.coalition.stoppers:
            who = (self.coalition.guardians + self.coalition.approvers)[0]
            if not self.holds_against_suspensions(who):
                return False
            assert self.take_seat(self.honest, self.coalition, who)
            self.coalition = self.coalition.without(who)
        return self.pays(self.honest)

    def holds_against_suspensions(self, who: str) -> bool:
        """Whether the honest could take this seat now, whomever the coalition's guardian suspends before."""
        kinds = [self.honest.approvers, self.honest.proposers] if self.coalition.guardians else []
        for victims in [[], *kinds]:
            with self.scene.chain.isolate():
                if victims and not self.suspend(victims):
                    continue
                if not self.take_seat(self.honest.copy(), self.coalition, who):
                    return False
        return True


def besieged(chain: Anvil, setup: Setup, coalition: People) -> Siege:
    """Found the vault of a setup, and divide its people."""
    kinds = (
        APPROVERS[: setup.people.approvers],
        PROPOSERS[: setup.people.proposers],
        GUARDIANS[: setup.people.guardians],
    )
    founders = [actor for kind in kinds for actor in kind]
    scene = scene_of(chain, founders, tiers=TIERS, supermajority=setup.supermajority, value=LOOT)
    counts = (coalition.approvers, coalition.proposers, coalition.guardians)
    bad = Side(*([actor.name for actor in kind[:n]] for kind, n in zip(kinds, counts, strict=True)))
    good = Side(*([actor.name for actor in kind[n:]] for kind, n in zip(kinds, counts, strict=True)))
    return Siege(scene, bad, good)
