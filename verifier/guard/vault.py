"""The guard of one vault: judges its operations by the owners' rules, and stops what they say.

Each look goes on from what the store says and what the vault shows, so that it does not matter where the one before it
ended. A veto takes two looks at the least: one that writes it down and explains it, and one that finds somebody told.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

from eth_hash.auto import keccak

from verifier.desk.actions import Action
from verifier.desk.review import Review
from verifier.errors import FourthSignerError, VaultError
from verifier.guard.acting import Hand
from verifier.guard.ailments import READING, Ailments
from verifier.guard.fitness import Fitness
from verifier.guard.intent import Intent, Stage
from verifier.guard.judging import Matter, is_about, judge_rule
from verifier.guard.looking import Eyes, asks_time
from verifier.guard.plan import Guarded, GuardedChain, Means
from verifier.guard.saying import (
    say_done,
    say_dry,
    say_needless,
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

_LOG: Final = logging.getLogger("fourth_signer.guard")


class VaultGuard:
    """Guards one vault. What it has in memory only spares the store and the endpoints."""

    def __init__(self, target: Guarded, chain: GuardedChain, means: Means, scribe: Scribe) -> None:
        self._target = target
        self._means = means
        self._scribe = scribe
        self._hand = Hand(means=means, scribe=scribe, chain=chain)
        self._place = (chain.chain_id, target.vault)
        self._ailments = Ailments(scribe, *self._place, patience=means.terms.patience)
        self._fitness = Fitness(target, means, self._ailments)
        self._eyes = Eyes(
            target=target,
            source=chain.source,
            clock=means.clock,
            member=means.member,
            asks_time=asks_time(means.terms.rules),
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
            return self._conclude(intent, reading, lane)
        if lane is None or matter is None or reading.status(lane) not in OPEN:
            self._end(intent, reading, lane)
            return False
        if intent.stage is Stage.DONE:
            intent = self._scribe.write(
                reading, intent.moved(Stage.SIGNED), say_undone(reading, lane, intent)
            )
        elif intent.stage is Stage.NEEDLESS:
            # What ended it was taken back by a re-organisation.
            intent = self._scribe.write(reading, intent.moved(Stage.EXPLAINED))
        if why_idle is not None or self._means.key is None:
            return False
        if intent.stage is Stage.EXPLAINED and not self._is_due(intent, reading, lane):
            return True
        return self._act(intent)

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
        rule = next((rule for rule in self._means.terms.rules if rule.name == intent.rule), None)
        action = _action_of(matter.review)
        if rule is None or not rule.is_veto or not judge_rule(rule, matter).holds or action is None:
            _LOG.warning("the rule %s does not hold of lane %d now; nothing is sent", intent.rule, lane.lane)
            return False
        self._hand.act(self._target, matter, intent, action)
        return True

    def _conclude(self, intent: Intent, reading: VaultReading, lane: LaneReading) -> bool:
        """Have people told that it is stopped, by this guard or by somebody else; return whether that is still open."""
        if intent.stage is Stage.SIGNED:
            try:
                receipt = self._hand.receipt(intent)
            except VaultError:
                # The guard's own transaction came too late to do anything.
                intent = intent.moved(Stage.EXPLAINED)
            else:
                if receipt is None and self._hand.is_fresh(intent):
                    return True
                done = say_done(
                    reading,
                    lane,
                    intent,
                    name=keccak(intent.transaction),
                    block=receipt.block if receipt else None,
                    takers=self._takers(intent),
                )
                self._scribe.write(reading, intent.moved(Stage.DONE), done)
        if intent.stage is Stage.EXPLAINED:
            ended = Shown("was stopped by somebody else")
            told = say_needless(reading, lane, intent, ended, is_late=False)
            self._scribe.write(reading, intent.moved(Stage.NEEDLESS), told)
        return False

    def _end(self, intent: Intent, reading: VaultReading, lane: LaneReading | None) -> None:
        """Have people told that it ended otherwise."""
        if intent.stage not in (Stage.EXPLAINED, Stage.SIGNED):
            return
        status = None if lane is None else reading.status(lane)
        ended = Shown("is not in its lane any more" if status is None else f"is {status.name}")
        told = say_needless(reading, lane, intent, ended, is_late=status is Status.EXECUTED)
        self._scribe.write(reading, intent.moved(Stage.NEEDLESS), told)


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
