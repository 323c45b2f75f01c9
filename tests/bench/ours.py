"""A vault for the benchmarks, founded with the controls that a row is about, and what its people do with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from tests.anvil import FUNDED, Anvil, Outcome
from tests.bench.artifact import Artifact
from tests.bench.digests import expedite_digest
from tests.bench.outcomes import done
from tests.bench.report import BenchError
from tests.frost.group import Group
from tests.stage import (
    ETHER,
    HOUR,
    MINUTE,
    NATIVE,
    NOBODY,
    Actor,
    Approval,
    Call,
    Operation,
    Stage,
    call,
    companion,
    found,
)
from verifier.model.address import Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.life import Status
from verifier.model.member import Attributes, Role
from verifier.model.place import place_at
from verifier.model.rule import Measure, Rule
from verifier.model.tier import EVERY_DAY, QUARTER_HOURS, Tier, TierTerms
from verifier.model.units import Duration, Hours, Timestamp, Units

WAIT: Final = 48 * HOUR
GRACE: Final = 96 * HOUR
HURRIED: Final = HOUR
# The first publishes, and the next ones approve.
PEOPLE: Final = ("ann", "bob", "cat", "dan", "eve", "fay", "gil", "hal", "ida")
SECURITY: Final = ("bob", "cat")
BREAK_GLASS: Final = "dan"
GUARDIAN: Final = "guardian"
AUDITOR: Final = "auditor"
# Approvers that the full floor wants beside a quorum: one who publishes, and one who may be missing.
SPARE: Final = 2
# So far apart live any two of the seven approvers that a quorum of 5 has: more than three hours, all around the Earth.
MINUTES_APART: Final = 205
HALF_DAY: Final = 720
QUARTER: Final = 15 * MINUTE
# An account that is not new, and that may be paid.
RECIPIENT: Final = bytes.fromhex("ae" * 20)
# For ETH and for the token, both with 18 decimals: up to 1 is ROUTINE, from 1,000 on HIGH_VALUE, within a day.
LIMITS: Final = AssetTerms(
    routine_limit=Units(10**6), high_value_from=Units(1_000 * 10**6), decimals=18
).pack()
AMOUNTS: Final = {Tier.ROUTINE: ETHER // 2, Tier.STANDARD: 50 * ETHER, Tier.HIGH_VALUE: 2_000 * ETHER}
PLENTY: Final = 10**6 * ETHER
# The selector of `transfer(address,uint256)`.
TRANSFER: Final = bytes.fromhex("a9059cbb")
# A window from 8 to 18 o'clock, Monday to Friday.
OPENS, CLOSES, WORKDAYS = 32, 72, 0b0011111


@cache
def token() -> Artifact:
    return Artifact.compile("Token.sol")


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """What a vault has beside its quorum, its delay, its limits, and the veto: nothing, unless it is said."""

    security_from: Tier | None = None
    segregated_from: Tier | None = None
    window_from: Tier | None = None
    has_break_glass: bool = False
    # Target, selector, and the rule's word.
    rules: tuple[tuple[bytes, bytes, int], ...] = ()
    has_registry: bool = False

    def terms(self, tier: Tier, quorum: int) -> TierTerms:
        has_window = _is_from(self.window_from, tier)
        can_hurry = self.has_break_glass and tier < Tier.CUSTODY
        return TierTerms(
            quorum=quorum,
            security_approvals=int(_is_from(self.security_from, tier)),
            delay=Duration(WAIT),
            grace_hours=Hours(GRACE // HOUR),
            opens_at=OPENS if has_window else 0,
            closes_at=CLOSES if has_window else QUARTER_HOURS,
            weekdays=WORKDAYS if has_window else EVERY_DAY,
            segregated=int(_is_from(self.segregated_from, tier)),
            expedited_delay=Duration(HURRIED if can_hurry else WAIT),
        )


def every_control(chain: Anvil, coin: bytes) -> Controls:
    """Return all of them, each as strict as it may be with transfers in mind; the rule is about another token."""
    return Controls(
        security_from=Tier.STANDARD,
        segregated_from=Tier.HIGH_VALUE,
        window_from=Tier.HIGH_VALUE,
        has_break_glass=True,
        rules=(rule_like(chain.deploy(token().creation), coin),),
        has_registry=True,
    )


def rule_like(target: bytes, coin: bytes) -> tuple[bytes, bytes, int]:
    """Return the rule that a token's transfers move as much of a listed one."""
    measure = Measure(asset=Address(coin), amount_at=1, counterparty_at=0, words=2, uses=Use.RECIPIENT)
    return target, TRANSFER, Rule(measure=measure).pack()


def _is_from(first: Tier | None, tier: Tier) -> bool:
    return first is not None and tier >= first


@dataclass(slots=True, kw_only=True)
class Ours:
    """A vault, and the people around it."""

    stage: Stage
    controls: Controls
    # Who approves: members of kind ECDSA, and groups.
    signers: tuple[str, ...]
    groups: dict[str, Group] = field(default_factory=dict)

    # -------------------------------------------------------------- from publication to execution

    def move(self, calls: Sequence[Call], tier: Tier) -> list[Outcome]:
        """Make calls of a tier, and return the outcome of each transaction from publication to execution."""
        operation, steps = self.bring_to_wait(calls, tier)
        return [*steps, self.execute(operation, tier)]

    def bring_to_wait(self, calls: Sequence[Call], tier: Tier) -> tuple[Operation, list[Outcome]]:
        """Publish calls of a tier with a full quorum, signed before publication where that is allowed."""
        if tier >= Tier.HIGH_VALUE:
            operation, published = self.publish_bare(calls)
            steps = [published, self.approve(operation)]
        else:
            operation, published = self.publish(calls)
            steps = [published]
        lane = self.stage.lane(operation[1])[1]
        if (lane.tier, lane.status) != (tier, Status.WAITING):
            raise BenchError(
                f"an operation is {lane.tier.name} and {lane.status.name}, and not what was meant."
            )
        return operation, steps

    def publish(self, calls: Sequence[Call]) -> tuple[Operation, Outcome]:
        """Publish with a full quorum, signed before publication."""
        operation = self.stage.operation(PEOPLE[0], calls)
        return operation, done(self.stage.propose(PEOPLE[0], operation, self.approvals(operation, 0)))

    def publish_bare(self, calls: Sequence[Call]) -> tuple[Operation, Outcome]:
        operation = self.stage.operation(PEOPLE[0], calls)
        return operation, done(self.stage.propose(PEOPLE[0], operation))

    def approve(self, operation: Operation) -> Outcome:
        """Bring a full quorum, signed after publication."""
        approvals = self.approvals(operation, self.stage.publication(operation))
        return done(self.stage.approve(operation, approvals, by=PEOPLE[0]))

    def execute(self, operation: Operation, tier: Tier) -> Outcome:
        """Execute as soon as the delay is over and the tier's window is open."""
        self.stage.pass_to_ready(operation)
        terms = self.controls.terms(tier, len(self.signers))
        moment = self.chain.now()
        while not terms.is_open_at(Timestamp(moment)):
            moment += QUARTER
        if moment != self.chain.now():
            self.chain.set_time(moment)
        return done(self.stage.execute(PEOPLE[0], operation))

    # ----------------------------------------------------------------------------------- signatures

    @property
    def chain(self) -> Anvil:
        return self.stage.chain

    def approvals(self, operation: Operation, publication: int) -> list[Approval]:
        digest = bytes(self.stage.read("approvalDigest", self.stage.id_of(operation), publication)[0])
        return [self.consent(who, digest, publication) for who in self.signers]

    def consents(self, operation: Operation) -> list[Approval]:
        """Return what a quorum signs to hurry."""
        lane = self.stage.lane(operation[1])[1]
        publication = lane.publication.pack()
        digest = expedite_digest(self.stage.vault, self.stage.id_of(operation), publication, lane.moment)
        return [self.consent(who, digest, publication) for who in self.signers]

    def consent(self, who: str, digest: bytes, publication: int = 0) -> Approval:
        """Return an entry of a list of approvals, by a key or by a group."""
        if who not in self.groups:
            return (self.stage.seat(who), publication, self.stage.actors[who].sign(digest))
        group = self.groups[who]
        return (self.stage.member(group.account).seat, publication, group.sign(digest))


def found_ours(chain: Anvil, quorum: int, coin: bytes, controls: Controls) -> Ours:
    """Found a vault, and give it plenty of each asset."""
    stage = found(
        chain,
        people(quorum),
        tiers=[controls.terms(tier, quorum) for tier in Tier],
        assets=[(NATIVE, LIMITS), (coin, LIMITS)],
        counterparties=[(RECIPIENT, int(Use.RECIPIENT))],
        rules=controls.rules,
        registry=companion("duty_registry") if controls.has_registry else NOBODY,
    )
    endow(chain, coin, stage.vault)
    return Ours(stage=stage, controls=controls, signers=PEOPLE[1 : quorum + 1])


def people(quorum: int) -> list[Actor]:
    """Return as many approvers as a quorum wants, a guardian and an auditor."""
    members = {name: _roles(name) for name in PEOPLE[: quorum + SPARE]}
    members |= {GUARDIAN: Role.GUARDIAN, AUDITOR: Role.AUDITOR}
    return [
        replace(Actor.new(name, roles), attributes=attributes_at(place))
        for place, (name, roles) in enumerate(members.items())
    ]


def _roles(name: str) -> Role:
    roles = Role.APPROVER
    if name == PEOPLE[0]:
        roles |= Role.PROPOSER
    if name in SECURITY:
        roles |= Role.SECURITY
    if name == BREAK_GLASS:
        roles |= Role.BREAK_GLASS
    return roles


def attributes_at(place: int) -> Attributes:
    """Return somewhere on the equator, and the offset that belongs there."""
    minutes = (place * MINUTES_APART + HALF_DAY) % (2 * HALF_DAY) - HALF_DAY
    return Attributes(
        employer=place + 1, utc_offset=minutes, place=place_at(latitude=0, longitude=minutes / 4)
    )


def transfer(coin: bytes, amount: int) -> Call:
    """Return a call that moves a token to the recipient."""
    return call(to=coin, data=token().data_of("transfer", RECIPIENT, amount))


def endow(chain: Anvil, coin: bytes, holder: bytes) -> None:
    """Give an account plenty of each asset."""
    chain.set_balance(holder, PLENTY)
    done(chain.send(FUNDED[0], coin, token().data_of("transfer", holder, PLENTY)))
