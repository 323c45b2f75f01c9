"""Reading a vault as a guard has to: by several endpoints that are not one, and none of which contradicts another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from verifier.desk.actions import may_stop
from verifier.desk.briefing import Briefing, brief_lane, brief_queue
from verifier.desk.signer import Signer
from verifier.desk.signing import require_undisputed
from verifier.errors import EndpointError, EndpointsDependent, EvidenceDisputed, GuardSeatUnfit
from verifier.guard.judging import Matter
from verifier.guard.plan import Guarded
from verifier.guard.sources import count_sources, most_in_one_place
from verifier.model.address import Address
from verifier.model.evidence import Evidence, Fact
from verifier.model.guarding import AllOf, AnyOf, Clause, GuardRule, MissingClause, TimeClause
from verifier.model.member import Member, Role
from verifier.model.reading import Head, LaneReading, VaultReading
from verifier.model.units import BlockNumber, LaneIndex, Timestamp
from verifier.ports import BlockSource, Clock

LEAST_SOURCES: Final = 2
"""So many endpoints that are not one have to say the same before a guard acts."""
_ALTERED: Final = "operation-bytes-altered"


@dataclass(slots=True, kw_only=True)
class Eyes:
    """What looks at one vault for a guard."""

    target: Guarded
    source: BlockSource
    clock: Clock
    # The guard's own account.
    member: Address
    # Whether some rule asks when operations were published.
    asks_time: bool
    # So many endpoints have to agree.
    quorum: int = LEAST_SOURCES
    _signer: Signer | None = field(default=None)

    def queue(self) -> Briefing:
        """Return every operation that may still be executed.

        :raises EvidenceError: it cannot be read, or endpoints contradict each other.
        :raises EndpointsDependent: what it rests on is one source's word.
        :raises PinError: it is not the pinned vault.
        """
        target = self.target
        return self._seen(
            lambda signer: brief_queue(
                target.reader, self.clock, signer, aids=target.aids, looks_closely=True
            )
        )

    def lane(self, lane: LaneIndex) -> Briefing:
        """Return one operation, read anew; it raises as `queue` does."""
        target = self.target
        return self._seen(
            lambda signer: brief_lane(target.reader, self.clock, signer, lane, aids=target.aids)
        )

    def matters(self, briefing: Briefing) -> list[Matter]:
        """Return the operations of a briefing as rules judge them.

        :raises EvidenceError: endpoints contradict each other about when they were published.
        """
        moments = self._published(briefing.reading, [review.lane for review in briefing.reviews])
        is_one_word = most_in_one_place(briefing.reading.head.shared) >= self.quorum
        return [
            Matter(reading=briefing.reading, review=review, published_at=moment, is_one_word=is_one_word)
            for review, moment in zip(briefing.reviews, moments, strict=True)
        ]

    def _seen(self, brief: Callable[[Signer], Briefing]) -> Briefing:
        signer = self._signer or self.target.signer
        briefing = brief(signer)
        require_sound(briefing, self.target)
        me = briefing.reading.member(self.member)
        # A seat may be given anew; what can be done about an operation is told for the seat that there is.
        seat = me.record.seat if me else None
        if seat != signer.seat or signer.member != self.member:
            self._signer = replace(self.target.signer, seat=seat, member=self.member)
            briefing = brief(self._signer)
            require_sound(briefing, self.target)
        return briefing

    def _published(self, reading: VaultReading, lanes: Sequence[LaneReading]) -> list[Fact[Timestamp] | None]:
        if not self.asks_time or not lanes:
            return [None] * len(lanes)
        blocks = [_published_in(lane, reading.head.number) for lane in lanes]
        try:
            times = self.source.times(blocks)
        except EndpointError:
            # Then what asks for it cannot be told, and everything else can.
            return [None] * len(lanes)
        return [Fact(value=times[block], evidence=Evidence.AGREED) for block in blocks]


def require_sound(briefing: Briefing, target: Guarded) -> None:
    """Return if a guard may act on what was read.

    :raises EvidenceDisputed: endpoints contradict each other.
    :raises EndpointsDependent: it is one source's word.
    """
    require_undisputed(briefing)
    if any(finding.rule == _ALTERED for review in briefing.reviews for finding in review.findings):
        raise EvidenceDisputed(endpoints=("an endpoint that gives other bytes for an operation",))
    reading = briefing.reading
    weakest = min(reading.head.evidence, reading.lanes.evidence, reading.members.evidence)
    if weakest < Evidence.AGREED:
        raise EndpointsDependent(vault=target.name, why="all of it is the claim of one endpoint")
    if sources_of(reading.head) < LEAST_SOURCES:
        why = f"{' and '.join(reading.head.agreeing)} have one address and port"
        raise EndpointsDependent(vault=target.name, why=why)


def sources_of(head: Head) -> int:
    """Return how many of the endpoints that agree are not one under two names."""
    return count_sources(head.agreeing, head.shared)


def require_fit(reading: VaultReading, target: Guarded, member: Address) -> Member:
    """Return who the guard is at a vault, if it may veto there.

    :raises GuardSeatUnfit: it has no seat, is suspended, or may not veto.
    """
    me = reading.member(member)
    if me is None:
        why = "it has no seat there"
    elif not me.record.is_active:
        why = f"seat {me.record.seat} is suspended"
    elif me.record.is_group or not may_stop(me):
        why = f"seat {me.record.seat} is neither GUARDIAN nor APPROVER"
    else:
        return me
    raise GuardSeatUnfit(vault=target.name, member=member, why=why)


def is_only_guardian(me: Member) -> bool:
    """Whether a stolen key of this member could do nothing but veto and suspend."""
    return not me.record.has_any(Role.APPROVER | Role.PROPOSER)


def asks_time(rules: Sequence[GuardRule]) -> bool:
    """Whether some rule asks when an operation was published."""
    return any(_asks_time(clause) for rule in rules for clause in (rule.clause, *rule.exceptions))


def _asks_time(clause: Clause) -> bool:
    if isinstance(clause, AllOf | AnyOf):
        return any(map(_asks_time, clause.clauses))
    return isinstance(clause, TimeClause | MissingClause)


def _published_in(lane: LaneReading, head: BlockNumber) -> BlockNumber:
    """Return the block that a publication names: the latest one up to the head whose number ends with its 32 bits."""
    behind = (head - lane.state.publication.block) % (1 << 32)
    return BlockNumber(max(head - behind, 0))
