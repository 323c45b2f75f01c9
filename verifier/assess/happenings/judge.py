"""From one look to facts and happenings: first every event in its order, then what storage and the clock add."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from verifier.assess.happenings.assets import Moves, hear_asset, moves_in
from verifier.assess.happenings.bypasses import BYPASS_EVENTS, bypass_facts, hear_bypass, see_bypasses
from verifier.assess.happenings.clock import tell_broken, tell_time
from verifier.assess.happenings.code import tell_code
from verifier.assess.happenings.companions import DUTY_EVENTS, STRATEGY_EVENTS, hear_duty, hear_strategy
from verifier.assess.happenings.floor import tell_floor
from verifier.assess.happenings.lanes import LANE_EVENTS, Lanes
from verifier.assess.happenings.look import USUAL, Judged, Look, Manner, OperationView
from verifier.assess.happenings.members import MEMBER_EVENTS, Members
from verifier.assess.happenings.patterns import note_publication, tell_approvals, tell_together
from verifier.assess.happenings.pen import RUNG, Pen, Place, member_subject, transactions_with
from verifier.assess.happenings.policy import POLICY_EVENTS, hear_policy, policy_facts, see_policy
from verifier.assess.happenings.said import UnreadableError
from verifier.assess.happenings.settings import SETTING_EVENTS, hear_setting, see_settings, setting_facts
from verifier.assess.happenings.texts import lane_text, member_text
from verifier.model.address import Address
from verifier.model.event import Emitter, VaultEvent
from verifier.model.evidence import Evidence
from verifier.model.reading import BypassReading, LaneReading, PolicyReading, VaultReading
from verifier.model.text import Foreign, show_bytes
from verifier.model.units import BlockNumber, ChainId, OperationId, Timestamp
from verifier.model.watching import Happening, Kind, WatchedFact

FOUNDED: Final = frozenset({"Founded"})
"""Everything that it says is said by another event as well."""

KNOWN_EVENTS: Final[Mapping[Emitter, frozenset[str]]] = {
    Emitter.VAULT: LANE_EVENTS | MEMBER_EVENTS | SETTING_EVENTS | POLICY_EVENTS | FOUNDED,
    Emitter.DUTY_REGISTRY: DUTY_EVENTS,
    Emitter.STRATEGY_LIMITS: STRATEGY_EVENTS,
    Emitter.BYPASS_LEDGER: BYPASS_EVENTS,
    Emitter.ASSET: frozenset({"Transfer", "Approval"}),
}
"""What has a meaning here; a test holds it to be all that the contracts can say."""

_LOOKED: Final = "watched"


def facts_of(
    reading: VaultReading, bypasses: BypassReading | None = None, policy: PolicyReading | None = None
) -> Mapping[str, str]:
    """Return what storage says, by subject, as canonical text."""
    facts = {f"lane/{lane.lane}": lane_text(lane) for lane in reading.lanes.value}
    for member in reading.members.value.values():
        facts[member_subject(member.address)] = member_text(member)
    facts.update(setting_facts(reading))
    facts.update(bypass_facts(bypasses) if bypasses else ())
    facts.update(policy_facts(policy) if policy else ())
    return facts


def judge_look(look: Look, manner: Manner = USUAL) -> Judged:
    """Return what changed since the journal, and what there is to be said about it."""
    head = look.reading.head
    here = Place(block=head.number, block_hash=head.hash, at=head.timestamp, evidence=head.evidence)
    told = Place(
        block=head.number,
        block_hash=head.hash,
        at=head.timestamp,
        evidence=min(head.evidence, Evidence.AGREED),
        is_timed=False,
    )
    session = _Session.begin(
        head.chain_id, look.reading.vault, look.journal, told, manner, look.views, look.labels
    )
    pen, is_first = session.pen, _LOOKED not in look.journal
    session.hear(look.events, look.times)
    if is_first:
        _keep_waiting(pen, look)
    pen.place = here
    session.see(look, is_first=is_first)
    pen.put(_LOOKED, "1")
    happenings = sorted(pen.happenings.values(), key=lambda each: each.block)
    return Judged(facts=tuple(pen.facts), happenings=tuple(happenings))


def happenings_of(look: Look, manner: Manner = USUAL) -> tuple[Happening, ...]:
    """Return what there is to be said about a look."""
    return judge_look(look, manner).happenings


def learn(
    chain_id: ChainId,
    vault: Address,
    *,
    journal: Mapping[str, WatchedFact],
    events: Iterable[VaultEvent],
    times: Mapping[BlockNumber, Timestamp],
) -> tuple[WatchedFact, ...]:
    """Return what events tell, and say nothing: for back-filling.

    Duties, strategies, habits and the names in the policy are told by events alone. A look with a reading comes after
    the last part, puts storage in the place of what events said of it, and says what waits then.
    """
    nowhere = Place(
        block=BlockNumber(0),
        block_hash=bytes(32),
        at=Timestamp(0),
        evidence=Evidence.AGREED,
        is_timed=False,
    )
    session = _Session.begin(chain_id, vault, journal, nowhere, USUAL, {}, {})
    session.hear(tuple(events), times)
    return tuple(session.pen.facts)


@dataclass(slots=True, kw_only=True)
class _Session:
    """One look while it is judged."""

    pen: Pen
    lanes: Lanes
    members: Members
    manner: Manner
    # Where an event counts whose block's time is unknown.
    head: Place

    @classmethod
    def begin(
        cls,
        chain_id: ChainId,
        vault: Address,
        journal: Mapping[str, WatchedFact],
        head: Place,
        manner: Manner,
        views: Mapping[OperationId, OperationView],
        labels: Mapping[Address, Foreign],
    ) -> _Session:
        latest = {subject: (fact.value, fact.nth) for subject, fact in journal.items()}
        pen = Pen(chain_id=chain_id, vault=vault, latest=latest, labels=labels, place=head)
        return cls(
            pen=pen, lanes=Lanes(pen=pen, views=views), members=Members(pen=pen), manner=manner, head=head
        )

    def hear(self, events: tuple[VaultEvent, ...], times: Mapping[BlockNumber, Timestamp]) -> None:
        """Take events in their order, each once."""
        ordered = tuple({event.order: event for event in sorted(events, key=_order)}.values())
        executed, moved = transactions_with(ordered, "Executed"), moves_in(ordered)
        self.members.executed = executed
        for event in ordered:
            if event.name in ("Suspended", "GroupSet"):
                self._take(event, partial(self.members.prepare, event), times)
        for event in ordered:
            if event.name not in KNOWN_EVENTS[event.emitter]:
                self._go_to(event, times)
                _tell_unknown(self.pen, event)
            else:
                self._take(event, partial(self._hear_one, event, executed, moved), times)

    def _hear_one(self, event: VaultEvent, executed: frozenset[bytes], moved: Moves) -> None:
        match event.emitter:
            case Emitter.DUTY_REGISTRY:
                hear_duty(self.pen, event)
            case Emitter.STRATEGY_LIMITS:
                hear_strategy(self.pen, event)
            case Emitter.BYPASS_LEDGER:
                hear_bypass(self.pen, event, self.manner)
            case Emitter.ASSET:
                hear_asset(self.pen, event, executed=executed, moved=moved)
            case Emitter.VAULT if event.name in LANE_EVENTS:
                turn = self.lanes.hear(event)
                if turn:
                    note_publication(self.pen, turn)
                    view = self.lanes.views.get(turn.after.operation_id)
                    tell_approvals(self.pen, turn, self.manner, view)
            case Emitter.VAULT if event.name in SETTING_EVENTS:
                hear_setting(self.pen, event)
            case Emitter.VAULT if event.name in POLICY_EVENTS:
                hear_policy(self.pen, event)
            case Emitter.VAULT:
                self.members.hear(event)

    def _take(
        self, event: VaultEvent, hear: Callable[[], None], times: Mapping[BlockNumber, Timestamp]
    ) -> None:
        self._go_to(event, times)
        try:
            hear()
        except UnreadableError:
            _tell_unknown(self.pen, event)

    def _go_to(self, event: VaultEvent, times: Mapping[BlockNumber, Timestamp]) -> None:
        at = times.get(event.log.block)
        self.pen.place = Place(
            block=event.log.block,
            block_hash=event.log.block_hash,
            at=self.head.at if at is None else at,
            evidence=self.head.evidence,
            is_timed=at is not None,
        )

    def see(self, look: Look, *, is_first: bool) -> None:
        """Take what storage says, and then the clock."""
        pen, reading, here = self.pen, look.reading, self.pen.place
        if look.bypasses:
            pen.place = replace(here, evidence=look.bypasses.evidence)
            see_bypasses(pen, look.bypasses, self.manner, now=look.now, is_first=is_first)
        pen.place = replace(here, evidence=reading.members.evidence)
        self.members.see(reading, is_first=is_first)
        self.members.tell_lapses(reading, look.now)
        pen.place = replace(here, evidence=min(reading.tiers.evidence, reading.roster.evidence))
        see_settings(pen, reading, is_first=is_first)
        tell_floor(pen, reading)
        if look.policy:
            pen.place = replace(here, evidence=_weakest(look.policy, reading.tiers.evidence))
            see_policy(pen, look.policy, is_first=is_first)
        pen.place = replace(here, evidence=reading.lanes.evidence)
        for lane in sorted(reading.lanes.value, key=lambda each: each.lane):
            self._see_lane(lane, look, is_first=is_first)

    def _see_lane(self, lane: LaneReading, look: Look, *, is_first: bool) -> None:
        pen, view = self.pen, look.views.get(lane.operation_id)
        turn = self.lanes.greet(lane) if is_first else self.lanes.see(lane)
        if turn:
            tell_together(pen, turn, view)
        terms = look.reading.tiers.value[lane.state.tier]
        tell_time(pen, lane, terms, self.manner, now=look.now, view=view)
        tell_broken(pen, look.reading, lane, look.views)
        if view and lane.state.is_open_at(look.now):
            tell_code(pen, lane, view)


def _weakest(policy: PolicyReading, usual: Evidence) -> Evidence:
    """Return the evidence of the weakest word about policy; of a word that is not there, that of the others."""
    found = [fact.evidence for fact in policy.assets.values()]
    found += [fact.evidence for fact in policy.counterparties.values()]
    found += [fact.evidence for fact in policy.rules.values()]
    return min(found, default=usual)


def _order(event: VaultEvent) -> tuple[int, int]:
    return event.order


def _keep_waiting(pen: Pen, look: Look) -> None:
    """Leave out what is over: whoever begins to watch a vault wants to know what waits, and not what was years ago."""
    waiting = {lane.operation_id for lane in look.reading.queue}
    for key, told in list(pen.happenings.items()):
        if told.operation_id not in waiting:
            del pen.happenings[key]


def _tell_unknown(pen: Pen, event: VaultEvent) -> None:
    log = event.log
    topic = log.topics[0] if log.topics else b""
    what = (
        f"named {event.name}, with data that it never has"
        if event.name
        else "that this release does not know"
    )
    said = (
        f"{pen.name(log.emitter)} logged something {what} (topic {show_bytes(topic)}). Its code is pinned, so that "
        "it cannot: an endpoint may have made it up, or this is another release. Find out before you trust "
        "anything else that is said here."
    )
    occasion = topic.hex()[:16] or "-"
    pen.tell(Kind.UNKNOWN_EVENT, f"emitter/{log.emitter}", said, RUNG, occasion=occasion)
