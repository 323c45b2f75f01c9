"""The guard of one vault: judges its operations by the owners' rules, and stops what they say.

Each look goes on from what the store says and what the vault shows, so that it does not matter where the one before it
ended. A veto takes two looks at the least: one that writes it down and explains it, and one that finds somebody told.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

from verifier.desk.actions import Action
from verifier.desk.review import Review
from verifier.errors import FourthSignerError
from verifier.guard.acting import Hand
from verifier.guard.ailments import READING, Ailments
from verifier.guard.ending import Ending
from verifier.guard.fitness import Fitness
from verifier.guard.intent import Intent, Stage
from verifier.guard.judging import Matter, is_about, judge_rule
from verifier.guard.looking import Eyes, asks_time
from verifier.guard.plan import Guarded, GuardedChain, Means
from verifier.guard.saying import (
    say_dry,
    say_lapsed,
    say_rang,
    say_undone,
    say_will,
    say_would,
)
from verifier.guard.scribe import Scribe
from verifier.guard.verdict import Verdict
from verifier.model.guarding import GuardRule
from verifier.model.life import OPEN, Status
from verifier.model.reading import LaneReading, VaultReading
from verifier.model.text import Shown
from verifier.model.units import Timestamp

# A clock that is set right goes back by less; by more, it was wrong.
_PUT_BACK: Final = 60
_LOG: Final = logging.getLogger("fourth_signer.guard")


class VaultGuard:
    """Guards one vault. What it has in memory only spares the store and the endpoints."""

    def __init__(self, target: Guarded, chain: GuardedChain, means: Means, scribe: Scribe) -> None:
        self._target = target
        self._means = means
        self._scribe = scribe
        self._hand = Hand(means=means, scribe=scribe, chain=chain)
        self._ending = Ending(target=target, scribe=scribe, hand=self._hand)
        self._place = (chain.chain_id, target.vault)
        self._ailments = Ailments(scribe, *self._place, patience=means.terms.patience)
        self._fitness = Fitness(target, means, self._ailments)
        self._eyes = Eyes(
            target=target,
            source=chain.source,
            clock=means.clock,
            member=means.member,
            asks_time=asks_time(means.terms.rules),
            quorum=chain.quorum,
        )

    def look(self) -> bool:
        """Look once, and return whether a veto is under way, so that the next look should come soon.

        :raises WatchStoreError: the store does not take what has to be written down first.
        """
        now = self._means.clock.now()
        try:
            briefing = self._eyes.queue()
            matters = self._eyes.matters(briefing)
        except FourthSignerError as error:
            self._ailments.unreadable(error, now)
            return False
        self._ailments.well(READING)
        reading = briefing.reading
        self._fitness.look_at_age(briefing, now)
        why_idle = self._fitness.why_idle(reading, now)
        intents = self._scribe.intents(*self._place)
        by_id = {matter.review.lane.operation_id: matter for matter in matters}
        under_way = False
        for intent in intents.values():
            under_way |= self._go_on(intent, reading, by_id.get(intent.operation_id), why_idle)
        for matter in matters:
            if matter.review.lane.operation_id not in intents:
                under_way |= self._judge(matter, why_idle)
        return under_way

    def fault(self, what: str) -> None:
        """Have people told that a look failed over something that nobody foresaw.

        :raises WatchStoreError: the store does not take it.
        """
        self._ailments.faulty(what, self._means.clock.now())

    # ------------------------------------------------------------------------------------------------------ Judging

    def _judge(self, matter: Matter, why_idle: Shown | None) -> bool:
        """Begin a veto of an operation that a rule says so of, or ring; return whether one was begun."""
        for rule in self._means.terms.rules:
            if not is_about(rule, matter):
                continue
            verdict = judge_rule(rule, matter)
            if verdict.holds is False:
                continue
            state = matter.review.lane.state
            if verdict.holds is None or not rule.is_veto or (state.seat_operation and not rule.objects):
                self._scribe.tell(say_rang(matter, rule, verdict))
            elif not state.objected and self._begin(matter, rule, verdict, why_idle):
                return True
        return False

    def _begin(self, matter: Matter, rule: GuardRule, verdict: Verdict, why_idle: Shown | None) -> bool:
        """Write a veto down, and explain it, before anything else; return whether it was written down."""
        means, lane = self._means, matter.review.lane
        if means.key is None:
            self._scribe.tell(say_dry(matter, rule, verdict))
            return False
        why_not = why_idle or _why_impossible(matter.review)
        if why_not is None:
            now = means.clock.now()
            order = means.terms.order
            intent = Intent(
                operation_id=lane.operation_id,
                lane=lane.lane,
                rule=rule.name,
                stage=Stage.EXPLAINED,
                at=now,
                until=Timestamp(now + order.wait),
                is_objection=lane.state.seat_operation,
                explained="",
            )
            explanation = say_will(matter, rule, verdict, intent, order)
            intent = replace(intent, explained=explanation.key)
            why_not = self._scribe.begin(matter.reading, intent, explanation)
            if why_not is None:
                _LOG.info("explained why lane %d is to be stopped", lane.lane)
                return True
        self._scribe.tell(say_would(matter, rule, verdict, why_not))
        return False

    # ----------------------------------------------------------------------------------------------------- Going on

    def _go_on(
        self, intent: Intent, reading: VaultReading, matter: Matter | None, why_idle: Shown | None
    ) -> bool:
        """Take an intent as far as it gets now, and return whether it is still under way."""
        lane = reading.lane(intent.lane)
        if lane is not None and lane.operation_id != intent.operation_id:
            lane = None
        if lane is not None and _is_stopped(lane, intent):
            return self._ending.conclude(intent, reading, lane, takers=self._takers(intent))
        if lane is None or matter is None or reading.status(lane) not in OPEN:
            self._ending.end(intent, reading, lane)
            return False
        if intent.stage is Stage.DONE:
            intent = self._scribe.write(
                reading, intent.moved(Stage.SIGNED), say_undone(reading, lane, intent)
            )
        elif intent.stage is Stage.NEEDLESS:
            # What ended it was taken back by a re-organisation; what was signed then is good again.
            stage = Stage.SIGNED if intent.transaction else Stage.EXPLAINED
            intent = self._scribe.write(reading, intent.moved(stage))
        if why_idle is not None or self._means.key is None:
            return False
        if intent.stage is Stage.EXPLAINED and not self._is_due(
            self._by_clock(intent, reading), reading, lane
        ):
            return True
        return self._act(intent)

    def _by_clock(self, intent: Intent, reading: VaultReading) -> Intent:
        """Return an intent that waits from now on where the clock was put back: else it waited until it is there again,
        and the operation does not.
        """
        now = self._means.clock.now()
        if intent.at - now <= _PUT_BACK:
            return intent
        until = Timestamp(now + self._means.terms.order.wait)
        return self._scribe.write(reading, intent.moved(intent.stage, at=now, until=until))

    def _is_due(self, intent: Intent, reading: VaultReading, lane: LaneReading) -> bool:
        """Whether somebody was told, or the wait is over."""
        means = self._means
        order = means.terms.order
        if self._takers(intent):
            return True
        if order.is_strict:
            return False
        now, until = means.clock.now(), int(intent.until)
        if lane.state.ready_at is not None:
            left = lane.state.ready_at - reading.head.timestamp - order.margin
            until = min(until, max(now + left, intent.at + order.least_wait))
        return now >= until

    def _takers(self, intent: Intent) -> tuple[str, ...]:
        """Return the channels that took the explanation, and count as somebody."""
        counting = self._means.terms.order.channels
        return tuple(
            channel
            for channel in self._means.store.takers(intent.explained)
            if not counting or channel in counting
        )

    def _act(self, intent: Intent) -> bool:
        """Read the operation once more, and send if it is still as it was explained; return whether it was sent."""
        now = self._means.clock.now()
        try:
            briefing = self._eyes.lane(intent.lane)
            (matter,) = self._eyes.matters(briefing)
        except FourthSignerError as error:
            self._ailments.unreadable(error, now)
            return False
        lane, reading = matter.review.lane, matter.reading
        is_same = lane.operation_id == intent.operation_id and reading.status(lane) in OPEN
        if not is_same or _is_stopped(lane, intent) or self._fitness.why_idle(reading, now) is not None:
            return True
        found = self._holding(matter, intent)
        action = _action_of(matter.review)
        if found is None or action is None:
            _LOG.warning("the rule %s does not hold of lane %d now; nothing is sent", intent.rule, lane.lane)
            self._scribe.tell(say_lapsed(matter, intent))
            return False
        if found[0].name != intent.rule:
            return self._explain_anew(intent, matter, *found)
        self._hand.act(self._target, matter, intent, action)
        return True

    def _holding(self, matter: Matter, intent: Intent) -> tuple[GuardRule, Verdict] | None:
        """Return a rule that says so of an operation: the one that was told, else any other; None where none does."""
        rules = [
            rule
            for rule in self._means.terms.rules
            if rule.is_veto and is_about(rule, matter) and (rule.objects or not intent.is_objection)
        ]
        for rule in sorted(rules, key=lambda rule: rule.name != intent.rule):
            verdict = judge_rule(rule, matter)
            if verdict.holds:
                return rule, verdict
        return None

    def _explain_anew(self, intent: Intent, matter: Matter, rule: GuardRule, verdict: Verdict) -> bool:
        """Explain by another rule, since the one that was told does not hold any more; it is waited for again."""
        now, order = self._means.clock.now(), self._means.terms.order
        anew = intent.moved(Stage.EXPLAINED, rule=rule.name, at=now, until=Timestamp(now + order.wait))
        explanation = say_will(matter, rule, verdict, anew, order)
        self._scribe.write(matter.reading, replace(anew, explained=explanation.key), explanation)
        return True


def _is_stopped(lane: LaneReading, intent: Intent) -> bool:
    if intent.is_objection:
        return lane.state.objected
    return lane.state.status is Status.VETOED


def _action_of(review: Review) -> Action | None:
    """Return what stops an operation; None where this seat cannot."""
    name = "object" if review.lane.state.seat_operation else "veto"
    return next((action for action in review.actions if action.name == name and action.data), None)


def _why_impossible(review: Review) -> Shown | None:
    if _action_of(review) is not None:
        return None
    name = "object" if review.lane.state.seat_operation else "veto"
    return next(
        (action.why_not for action in review.impossible if action.name == name),
        Shown("this seat cannot stop it."),
    )
