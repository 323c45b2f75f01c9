"""Everything that a coalition below the quorum can send, in any order: nothing of it may move a wei or win a vote.

Two approvers of a quorum of three, a proposer, a guardian and an auditor are of the coalition, and they have copies of
every signature that the four honest approvers ever made: those over one honest payment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.contracts.scene import BOTH, ETHER_TERMS, HERE, PAYEE, Scene, scene_of
from tests.stage import (
    DAY,
    ETHER,
    HOUR,
    NATIVE,
    NO_SIGNATURE,
    USUAL_TIERS,
    Actor,
    Approval,
    Call,
    Operation,
    call,
    data_of,
)
from verifier.model.asset import AssetTerms
from verifier.model.member import Role
from verifier.model.tier import Tier
from verifier.model.units import Timestamp

THIEF: Final = bytes.fromhex("7f" * 20)
FUNDS: Final = 100 * ETHER
SETTINGS: Final = (1 << 144) - 1
"""The part of an asset's word that only the vault itself changes."""
PAYMENT: Final = call(to=PAYEE, value=ETHER)
TIERS: Final = tuple(replace(terms, quorum=3, security_approvals=0) for terms in USUAL_TIERS)
COALITION: Final = (
    Actor.new("ann", BOTH),
    Actor.new("bob", BOTH),
    Actor.new("pia", Role.PROPOSER),
    Actor.new("gus", Role.GUARDIAN),
    Actor.new("amy", Role.AUDITOR),
)
HONEST: Final = tuple(Actor.new(name, Role.APPROVER) for name in ("cat", "dan", "eve", "fay"))
PUPPET: Final = Actor.new("puppet", Role.APPROVER)
NAMES: Final = tuple(actor.name for actor in COALITION)
PUBLISHERS: Final = ("ann", "bob", "pia")
STEPS: Final = (
    "propose",
    "approve",
    "execute",
    "suspend",
    "lapse",
    "withdraw",
    "object",
    "veto",
    "cancel",
    "wait",
)


def bad_calls(scene: Scene) -> list[list[Call]]:
    """Return what they would like to do."""
    cat, ann = scene.address("cat"), scene.address("ann")
    new = (PUPPET.address, PUPPET.person, int(BOTH), HERE.pack())
    acts: list[tuple[Any, ...]] = [
        ("addMember", *new),
        ("removeMember", cat),
        ("replaceMember", cat, *new[:2], HERE.pack()),
        ("confirmSuspension", cat),
        ("reinstateMember", ann),
        ("setRoles", cat, int(Role.AUDITOR)),
        ("setAttributes", cat, HERE.pack()),
        ("setTiers", [terms.pack() for terms in (replace(t, quorum=2) for t in TIERS)], 3),
        ("setCounterparty", THIEF, 3),
    ]
    theft = call(to=THIEF, value=FUNDS - ETHER)
    inner = [[call(to=scene.vault, data=data_of(*act))] for act in acts]
    return [[theft], [call(to=THIEF, value=1)], [PAYMENT, theft], *inner, [*inner[0], theft], [PAYMENT]]


@dataclass(slots=True)
class Gang:
    """The coalition at work: what it published, and every signature that it has."""

    scene: Scene
    operations: list[Operation] = field(default_factory=list)
    signatures: list[Approval] = field(default_factory=list)
    succeeded: set[str] = field(default_factory=set)

    def step(self, what: str, a: int, b: int, c: int) -> None:
        scene, who = self.scene, NAMES[a % len(NAMES)]
        # The latest ones rather than the first.
        operation = self.operations[-1 - b % min(len(self.operations), 4)]
        match what:
            case "propose":
                publisher = PUBLISHERS[a % 3]
                calls = bad_calls(scene)[b % len(bad_calls(scene))]
                operation = scene.operation(publisher, calls, nth=c % 8)
                approvals = self.list_for(operation, a + c) if c % 4 == 0 else []
                outcome = scene.propose(publisher, operation, approvals)
                if outcome.succeeded:
                    self.operations.append(operation)
            case "approve":
                outcome = scene.approve(operation, self.list_for(operation, c), by=who)
            case "veto" | "cancel":
                outcome = scene.send(who, what, operation[1], scene.id_of(operation))
            case "suspend":
                everybody = HONEST + COALITION
                outcome = scene.send(("gus", who)[c % 2], what, everybody[b % len(everybody)].address)
            case "lapse":
                outcomes = [scene.send(who, what, actor.address) for actor in HONEST]
                outcome = next((each for each in outcomes if each.succeeded), outcomes[0])
            case "withdraw" | "object":
                outcome = scene.send(("ann", "bob")[c % 2], what, operation)
            case "wait":
                scene.chain.set_time(scene.chain.now() + (HOUR, 3 * DAY, 17 * DAY)[c % 3])
                return
            case _:
                outcome = scene.send(who, what, operation)
        if outcome.succeeded:
            self.succeeded.add(what)

    def list_for(self, operation: Operation, choice: int) -> list[Approval]:
        """Return approvals for an operation: their own ones, honest ones made for another, or both."""
        publication = self.scene.publication(operation)
        signed = publication if choice % 4 else 0
        own = [self.scene.sign(name, operation, signed) for name in ("ann", "bob")]
        own = [entry for entry in own if entry[0] != operation[1] // 8]
        empty: list[Approval] = [(self.scene.seat("ann"), publication, NO_SIGNATURE)]
        honest = self.honest(choice)
        return (own, own, [*own, *honest[:1]], honest, empty)[choice // 2 % 5]

    def honest(self, choice: int) -> list[Approval]:
        """Return what the honest signed once, under the number of the seat that each has today."""
        return [
            (self.scene.seat(actor.name), *entry[1:])
            for actor, entry in zip(HONEST, self.signatures[choice % 2 * 4 :], strict=False)
        ]


def powers(scene: Scene, actors: Sequence[Actor]) -> dict[str, tuple[Role, int]]:
    return {actor.name: (scene.member(actor.name).roles, scene.member(actor.name).person) for actor in actors}


def begun(scene: Scene, approved: int) -> Gang:
    """Publish the honest payment, and let the honest approve it, before and after its publication."""
    gang = Gang(scene)
    payment = scene.operation("pia", [PAYMENT])
    gang.signatures = [scene.sign(actor.name, payment) for actor in HONEST]
    scene.must(scene.propose("pia", payment, gang.signatures[:approved]))
    gang.signatures += [scene.sign_published(actor.name, payment) for actor in HONEST]
    gang.operations.append(payment)
    return gang


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    approved=st.integers(min_value=0, max_value=4),
    steps=st.lists(
        st.tuples(
            st.sampled_from(
                [*STEPS, "propose", "propose", "approve", "approve", "execute", "suspend", "wait"]
            ),
            *(st.integers(min_value=0, max_value=60) for _ in range(3)),
        ),
        min_size=10,
        max_size=40,
    ),
)
def test_coalition__below_the_quorum_does_anything__moves_nothing_and_wins_no_power(
    anvil: Any, approved: int, steps: list[tuple[str, int, int, int]]
) -> None:
    with anvil.isolate():
        founders = COALITION + HONEST
        assets, parties = [(NATIVE, ETHER_TERMS)], [(PAYEE, 1)]
        scene = scene_of(anvil, founders, tiers=TIERS, assets=assets, counterparties=parties, value=FUNDS)
        scene.add(PUPPET)
        before, supermajority = powers(scene, founders), scene.roster().supermajority
        gang = begun(scene, approved)
        for step in steps:
            gang.step(*step)
        for what in sorted(gang.succeeded):
            event(f"succeeded: {what}")
        assert scene.chain.balance(scene.vault) in {FUNDS, FUNDS - ETHER}
        assert scene.chain.balance(THIEF) == 0
        assert powers(scene, founders) == before
        assert not scene.member("puppet").is_seated
        assert scene.roster().supermajority == supermajority
        assert len(scene.roster().approvers) <= 6
        assert scene.asset_word(NATIVE) & SETTINGS == ETHER_TERMS
        # The bucket is for everybody to fill who completes an honest payment's quorum, and for nobody to empty.
        assert [scene.tier_of([call(to=who, value=1)]) for who in (PAYEE, THIEF)] == [
            tier_beside_the_level(scene),
            Tier.HIGH_VALUE,
        ]


def tier_beside_the_level(scene: Scene) -> Tier:
    """Return what one unit more is, beside what moved already."""
    terms = AssetTerms.unpack(scene.asset_word(NATIVE))
    assert terms is not None
    level = terms.level_at(Timestamp(scene.chain.now())) + 1
    if level >= terms.high_value_from:
        return Tier.HIGH_VALUE
    return Tier.STANDARD if level > terms.routine_limit else Tier.ROUTINE
