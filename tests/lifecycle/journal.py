"""What really happened, written down by somebody who stands beside the vault and does not know its code.

The journal knows who signed what and when, who sent which transaction, and since when each member has been in office
without a break. The invariants are judged by it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace

from tests.lifecycle.acts import Act
from tests.lifecycle.messages import Message, approval
from tests.lifecycle.segregating import are_apart
from tests.lifecycle.state import Block, State
from tests.lifecycle.vocabulary import arguments_of, function_of, id_of
from verifier.assess.policy import APPROVE, INCREASE_ALLOWANCE
from verifier.model.address import NOBODY, Address
from verifier.model.lane import Lane
from verifier.model.life import OPEN, Status
from verifier.model.member import MemberRecord, Role
from verifier.model.operation import Operation
from verifier.model.tier import Tier
from verifier.model.units import ChainId, Duration, LaneIndex, OperationId, Timestamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Somebody's approval that the vault recorded."""

    at: Timestamp
    # Which term in office of the member it was given in.
    term: int
    # Given for a publication, so after it.
    is_bound: bool
    was_seasoned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    operation: Operation
    publisher: Address
    person: int
    roles: Role
    term: int
    block: Block


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A quorum that stands."""

    since: Timestamp
    tier: Tier
    # What the tier had to wait when it began.
    delay: Duration
    # The least that was asked whenever the operation was acted on: approvals, and those of the security team.
    needed: int
    security: int
    # The least that there ever were since.
    live: int
    team: int


@dataclass(slots=True)
class Journal:
    vault: Address
    chain_id: ChainId
    # Who signed what, for which vault on which chain.
    signed: set[tuple[Address, Address, ChainId, Message]] = field(default_factory=set)
    # Who has a seat, by the founding and by what was executed since.
    members: set[Address] = field(default_factory=set)
    published: dict[OperationId, Published] = field(default_factory=dict)
    consents: dict[OperationId, dict[Address, Consent]] = field(default_factory=dict)
    standing: dict[OperationId, Standing | None] = field(default_factory=dict)
    # Since when a standing quorum's delay has been a shorter one, and which.
    hurried: dict[OperationId, tuple[Timestamp, Duration]] = field(default_factory=dict)
    ends: dict[OperationId, Status] = field(default_factory=dict)
    # Seat operations that somebody said no to.
    objected: set[OperationId] = field(default_factory=set)
    # How often a member's time in office was broken: by absence, new roles, new attributes.
    terms: defaultdict[Address, int] = field(default_factory=lambda: defaultdict(int))
    # In which block the present term began.
    in_office_since: dict[Address, int] = field(default_factory=dict)
    # Guardians' suspensions that run: when they began, and when they lapse.
    suspended: dict[Address, tuple[Timestamp, Timestamp]] = field(default_factory=dict)
    # What executed operations allowed spenders to take, by token and spender.
    allowed: defaultdict[tuple[Address, Address], int] = field(default_factory=lambda: defaultdict(int))

    def begin(self, state: State, block: Block) -> None:
        """Know the founders."""
        for member in state.records:
            self.in_office_since[member] = block.number
            self.members.add(member)

    # ------------------------------------------------------------------ counting

    def live(self, operation_id: OperationId, state: State) -> dict[Address, MemberRecord]:
        """Return the approvers who consented in this very term in office, and did not take it back."""
        found = {}
        for member, consent in self.consents.get(operation_id, {}).items():
            record = state.record(member)
            in_office = record.is_active and consent.term == self.terms[member]
            if in_office and record.has_any(Role.APPROVER):
                found[member] = record
        return found

    def may_publish(self, operation_id: OperationId, state: State, *, live: int, supermajority: int) -> bool:
        """Whether the publisher is in office as when it published, or is not needed any more."""
        published = self.published[operation_id]
        record = state.record(published.publisher)
        is_seat = state.lane(published.operation.lane).state.seat_operation
        in_office = record.is_active and self.terms[published.publisher] == published.term
        roles = Role.PROPOSER | Role.APPROVER if is_seat else Role.PROPOSER
        return (in_office and record.has_any(roles)) or (is_seat and live >= supermajority)

    def is_standing(self, operation_id: OperationId, state: State) -> bool:
        """Whether an operation has its quorum, by the rules of the day."""
        lane = state.lane(self.published[operation_id].operation.lane).state
        terms, supermajority = state.tiers[lane.tier], state.roster.supermajority
        live = self.live(operation_id, state)
        return (
            len(live) >= asked(lane, state)
            and (not is_segregated(lane, state) or are_apart(live.values()))
            and len(team_in(live)) >= terms.security_approvals
            and self.may_publish(operation_id, state, live=len(live), supermajority=supermajority)
        )

    # ------------------------------------------------------------------- writing

    def write(self, act: Act) -> None:
        """Note what an act did. Whoever was broken in office loses what was consented before."""
        if act.refused is not None:
            self._note_ends(act)
            return
        self._note_terms(act)
        self._note_members(act)
        self._note_suspensions(act)
        if act.did("propose") and act.operation is not None:
            self._note_publication(act, act.operation)
        stood = self._stood_before(act)
        if act.lane is not None:
            self._note_consents(act, act.lane)
        for operation_id, published in self.published.items():
            if operation_id not in self.ends:
                self._note_standing(act, operation_id, published.operation.lane, stood=stood)
        if act.did("expedite") and act.operation is not None:
            least = act.before.tiers[act.after.lane(act.operation.lane).state.tier].least_delay
            self.hurried[id_of(act.operation)] = (act.now, least)
        self._note_ends(act)
        if act.did("execute") and act.operation is not None:
            self._note_allowances(act.operation)
        is_no = act.function == "object" or (act.function == "vetoAsGroup" and act.operation is not None)
        if is_no and act.operation is not None and id_of(act.operation) not in self.ends:
            self.objected.add(id_of(act.operation))

    def _note_terms(self, act: Act) -> None:
        for member, record in act.after.records.items():
            was = act.before.record(member)
            if record == was:
                continue
            gained = record.roles & ~was.roles
            if record.is_active != was.is_active or gained or record.seat != was.seat:
                self.terms[member] += 1
                self.in_office_since[member] = act.block.number

    def _note_members(self, act: Act) -> None:
        """Note whom the calls of an operation brought in, and whom they took out."""
        if not act.did("execute") or act.operation is None:
            return
        for call in act.operation.calls:
            function = function_of(call.data) if call.target == self.vault else None
            match function, arguments_of(function, call.data) if function else []:
                case (("addMember" | "addGroup"), [account, *_]):
                    self.members.add(account)
                case "removeMember", [account]:
                    self.members.remove(account)
                case "replaceMember", [account, successor, *_]:
                    self.members.remove(account)
                    self.members.add(successor)
                case _:
                    pass

    def _note_suspensions(self, act: Act) -> None:
        for member, suspension in act.after.suspensions.items():
            if suspension is None:
                self.suspended.pop(member, None)
            elif member not in self.suspended:
                self.suspended[member] = (act.now, suspension.lapses_at)

    def _note_publication(self, act: Act, operation: Operation) -> None:
        record = act.before.record(act.sender)
        operation_id = id_of(operation)
        self.published[operation_id] = Published(
            operation=operation,
            publisher=act.sender,
            person=record.person,
            roles=record.roles,
            term=self.terms[act.sender],
            block=act.block,
        )
        self.consents[operation_id] = {}
        self.standing[operation_id] = None

    def _note_consents(self, act: Act, lane: LaneIndex) -> None:
        """Note whose approval was recorded, and whose is recorded no more."""
        slot = act.after.lane(lane)
        consents = self.consents.get(slot.id)
        if consents is None:
            return
        here = {act.before.seat(seat).member for seat in slot.state.approvals} - {NOBODY}
        for member in set(consents) - here:
            del consents[member]
        for member in here - set(consents):
            consents[member] = self._consent(act, slot.id, member, slot.state)

    def _consent(self, act: Act, operation_id: OperationId, member: Address, lane: Lane) -> Consent:
        message = approval(operation_id, lane.publication.pack())
        signed = (member, self.vault, self.chain_id, message) in self.signed
        return Consent(
            at=act.now,
            term=self.terms[member],
            is_bound=signed or member == act.sender,
            was_seasoned=act.before.record(member).seasoned_at <= act.now,
        )

    def _stood_before(self, act: Act) -> bool:
        """Whether the operation that is acted on had its quorum just before, by the rules of the day."""
        if act.lane is None or act.function == "propose":
            return False
        return self.is_standing(act.before.lane(act.lane).id, act.before)

    def _note_standing(self, act: Act, operation_id: OperationId, lane: LaneIndex, *, stood: bool) -> None:
        """Note since when a quorum has stood, and how few it ever was. It begins with an act on the operation."""
        state = act.after.lane(lane).state
        terms, old = act.after.tiers[state.tier], self.standing[operation_id]
        live = self.live(operation_id, act.after)
        counts = len(live), len(team_in(live))
        if act.lane != lane:
            if old is not None:
                self.standing[operation_id] = replace(
                    old, live=min(old.live, counts[0]), team=min(old.team, counts[1])
                )
            return
        if not self.is_standing(operation_id, act.after):
            self.standing[operation_id] = None
            self.hurried.pop(operation_id, None)
            return
        needed, security = asked(state, act.after), terms.security_approvals
        was = act.before.lane(lane).state.status
        is_new = was is Status.PROPOSED and state.status is Status.WAITING
        if old is None or not stood or is_new or old.tier != state.tier:
            self.hurried.pop(operation_id, None)
            self.standing[operation_id] = Standing(
                since=act.now,
                tier=state.tier,
                delay=terms.delay,
                needed=needed,
                security=security,
                live=counts[0],
                team=counts[1],
            )
            return
        self.standing[operation_id] = replace(
            old,
            needed=min(old.needed, needed),
            security=min(old.security, security),
            live=min(old.live, counts[0]),
            team=min(old.team, counts[1]),
        )

    def _note_ends(self, act: Act) -> None:
        for operation_id, published in self.published.items():
            if operation_id in self.ends:
                continue
            slot = act.after.lane(published.operation.lane)
            status = slot.state.status_at(act.now) if slot.id == operation_id else Status.EXPIRED
            if status not in OPEN:
                self.ends[operation_id] = status

    def _note_allowances(self, operation: Operation) -> None:
        for call in operation.calls:
            if call.data[:4] in (APPROVE, INCREASE_ALLOWANCE):
                key = (call.target, Address(call.data[16:36]))
                amount = int.from_bytes(call.data[36:68], "big")
                self.allowed[key] = amount + (self.allowed[key] if call.data[:4] != APPROVE else 0)


def asked(lane: Lane, state: State) -> int:
    """Return how many approvals an operation needs by the rules of the day."""
    return state.roster.supermajority if lane.objected else state.tiers[lane.tier].quorum


def team_in(live: dict[Address, MemberRecord]) -> list[MemberRecord]:
    return [record for record in live.values() if record.has_any(Role.SECURITY)]


def is_segregated(lane: Lane, state: State) -> bool:
    """Whether the rules of the day want an operation's quorum to be of people apart from each other."""
    return state.tiers[lane.tier].segregated != 0 and not lane.seat_operation
