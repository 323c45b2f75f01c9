"""Follows one chain: what is new in it, which vaults that touches, and what there is to be said about them.

Each look ends in one step that the store keeps whole or not at all. What is in memory only is found again: a follower
that starts anew reads every vault once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from verifier.errors import EvidenceError, PinError
from verifier.model.address import NOBODY
from verifier.model.routes import Routes
from verifier.model.units import BlockNumber, Timestamp
from verifier.model.watching import BlockRef, Checkpoint, LogEvent, WatchStep
from verifier.ports import Clock, WatchStore
from verifier.watch import wrong
from verifier.watch.course import Course, set_course
from verifier.watch.eyes import Eyes
from verifier.watch.filling import Filler
from verifier.watch.hearing import Ears, by_vault
from verifier.watch.keeping import Keeper
from verifier.watch.looks import Findings, Looks
from verifier.watch.plan import ChainPlan
from verifier.watch.present import Present
from verifier.watch.span import KEPT, ChainMovedError, Span
from verifier.watch.status import ChainStatus, Next
from verifier.watch.troubles import Troubles

_LOG: Final = logging.getLogger("fourth_signer.watch")
# So often the chain may move under a look before that is a trouble.
_MOST_MOVES: Final = 4
# Blocks that are kept from before the watching began, for a re-organisation of its first blocks.
_BEFORE: Final = 32


class Follower:
    """One chain's vaults."""

    def __init__(
        self,
        plan: ChainPlan,
        store: WatchStore,
        clock: Clock,
        *,
        routes: Routes | None = None,
        told: Callable[[], None] = lambda: None,
    ) -> None:
        """Take what to watch.

        :param told: called when something may be due for delivery
        """
        self._clock = clock
        self._keeper = Keeper(store, routes or Routes(), told)
        self._count = 0
        self.replan(plan)

    def replan(self, plan: ChainPlan, routes: Routes | None = None) -> None:
        """Watch this from the next look on. Nothing that is in the store is lost."""
        self.plan = plan
        self._keeper.routes = routes or self._keeper.routes
        self._ears = Ears(plan.source, plan.companions)
        self._filler = Filler(plan.chain_id, plan.source, self._ears)
        self.forget()

    def forget(self) -> None:
        """Start anew from the store: another watcher may have followed the chain in the meantime."""
        plan = self.plan
        self._is_loaded = self._is_unwound = self._has_filled = False
        self._checkpoint: Checkpoint | None = None
        self._span: Span | None = None
        self._moves = 0
        self._held_since: Timestamp | None = None
        self._present = Present(plan.source, plan.pace)
        self._troubles = Troubles(plan.chain_id, patience=plan.pace.patience_seconds)
        self._eyes = Eyes(plan, self._clock)
        self._looks = Looks(plan.chain_id, plan.source, self._eyes, self._troubles, plan.pace)

    def look(self) -> Next:
        """Look once. Whatever endpoints do is a trouble that is told, and no exception.

        :raises WatchStoreError: the store cannot be used; nothing of this look is kept then.
        """
        now = self._clock.now()
        self._count += 1
        then = Next.SOON
        try:
            self._load(now)
            then = Next.AT_ONCE if self._follow(now) else Next.SOON
        except ChainMovedError:
            self._span, self._moves = None, self._moves + 1
            if self._moves <= _MOST_MOVES:
                return Next.AT_ONCE
            self._troubles.bad(wrong.restless(), now)
            then = Next.LATER
        except (EvidenceError, PinError) as error:
            _LOG.warning("chain %d: %s", self.plan.chain_id, error.sentence())
            self._troubles.bad(wrong.unreadable(error), now)
            self._look_blindly(now)
            then = Next.LATER
        else:
            self._moves = 0
            self._troubles.good(wrong.ENDPOINTS, now)
        self._present.judge(self._troubles, now)
        self._keep_troubles(now)
        return then

    @property
    def status(self) -> ChainStatus:
        filling = [eye.next for eye in self._eyes if not eye.is_whole]
        return ChainStatus(
            chain_id=self.plan.chain_id,
            newest=self._present.newest,
            checkpoint=self._checkpoint.number if self._checkpoint else None,
            final=self._present.final,
            vaults=len(self._eyes),
            filling=len(filling),
            filled_to=min((place for place in filling if place is not None), default=None),
            troubles=self._troubles.open,
            looks=self._count,
        )

    # ------------------------------------------------------------------- looking

    def _follow(self, now: Timestamp) -> bool:
        """Look at what is new, and return whether there is more at once."""
        newest = self._present.ask(now)
        before, self._keeper.final = self._present.ask_final(newest)
        self._eyes.became_final(before, self._keeper.final)
        course = self._set_course(newest)
        if course.is_older:
            findings = Findings()
            self._looks.judge_by_clock(findings, now=now, time=self._present.time(now))
            self._keep(findings, course, None, now)
            return False
        span = self._span_of(course)
        self._extend(span, newest.number)
        if course.unwound_to is not None:
            self._is_unwound = True
            if course.is_deep:
                # What counted as final was not.
                self._present.final = self._keeper.final = course.unwound_to
            self._eyes.unwind(self._keeper.store, course.unwound_to, is_deep=course.is_deep)
        due, is_more = self._eyes.due(by_vault(span.logs, self._eyes.vaults), now)
        # Most vaults' old events are read in a moment: then one look is enough.
        due = [eye for eye in due if eye.is_whole or self._has_filled]
        seen = self._looks.read(due, self._eyes.waiting(span.logs), now)
        # Storage may be newer than the newest block was a moment ago: then so is what is heard.
        self._extend(span, max([span.end, *(one.reading.head.number for one in seen.values())]))
        waiting, time = self._eyes.waiting(span.logs), self._present.time(now)
        findings = self._looks.judge(seen, waiting, span, newest.number, now=now, time=time)
        self._hold_back(course, findings, now)
        if course.reorganisation is not None:
            findings.happenings.append(course.reorganisation)
        self._looks.judge_by_clock(findings, now=now, time=time)
        self._looks.note_unjudged(findings, waiting)
        self._keep(findings, course, span, now)
        is_more |= self._fill(now) or not self._has_filled
        self._has_filled = True
        return is_more or any(eye.is_waiting for eye in self._eyes)

    def _set_course(self, newest: BlockRef) -> Course:
        if self._checkpoint is None:
            return Course(number=newest.number, hash=newest.hash)
        final = self._keeper.final
        return set_course(self.plan.source, self._keeper.store, self._checkpoint, newest, final)

    def _span_of(self, course: Course) -> Span:
        """Return what was heard already since the base, or a new span."""
        span, source = self._span, self.plan.source
        if (
            span is not None
            and span.is_after(course.number, course.hash)
            and (span.end == span.number or span.still_holds(source))
        ):
            return span
        span = Span.after(course.number, course.hash)
        if self._checkpoint is None:
            first = BlockNumber(max(course.number - _BEFORE, 0))
            span.refs = {ref.number: ref for ref in source.blocks(first, course.number)}
            if span.refs[course.number].hash != course.hash:
                raise ChainMovedError
        self._span = span
        return span

    def _extend(self, span: Span, to: BlockNumber) -> None:
        if to > span.end:
            span.extend(self.plan.source, self._ears, to, self._eyes.vaults, self._eyes.assets)

    def _hold_back(self, course: Course, findings: Findings, now: Timestamp) -> None:
        """Wait a moment with a re-organisation while vaults that it touched cannot be read: it would take back what may
        be true still.

        :raises ChainMovedError: it is tried again.
        """
        missing = [eye for eye in self._eyes if eye.is_dirty and eye.vault not in findings.judged]
        if course.unwound_to is None or not missing:
            self._held_since = None
            return
        if self._held_since is None:
            self._held_since = now
        if now - self._held_since < self.plan.pace.patience_seconds:
            raise ChainMovedError

    def _look_blindly(self, now: Timestamp) -> None:
        """Say what storage shows, while nobody can tell what happened: nothing of it is noted, so that it is looked at
        again when somebody can.
        """
        if self._is_unwound or not self._is_loaded:
            return
        findings = Findings()
        due = [eye for eye in self._eyes.due({}, now)[0] if eye.may_be_blinded(now)]
        for vault, one in self._looks.read_blindly(due).items():
            span = Span.after(one.reading.head.number, one.reading.head.hash)
            least, time = one.reading.head.number, self._present.time(now)
            judged = self._looks.judge({vault: one}, {}, span, least, now=now, time=time)
            findings.happenings += judged.happenings
            self._eyes[vault].blinded(now)
        if findings.happenings:
            step = WatchStep(chain_id=self.plan.chain_id, happenings=tuple(findings.happenings))
            self._keeper.keep(step, now)

    # ------------------------------------------------------------------- keeping

    def _keep(self, findings: Findings, course: Course, span: Span | None, now: Timestamp) -> None:
        """Keep everything that a look found, in one step."""
        chain_id, final = self.plan.chain_id, self._keeper.final
        checkpoint, blocks, events = self._checkpoint, tuple[BlockRef, ...](), tuple[LogEvent, ...]()
        if span is not None:
            checkpoint = Checkpoint(chain_id=chain_id, number=span.end, hash=span.end_hash)
            blocks = tuple(span.refs[number] for number in sorted(span.refs)[-KEPT:])
            about = by_vault(span.logs, self._eyes.whole).values()
            events = tuple(sorted((log for logs in about for log in logs), key=_place))
        is_news = checkpoint != self._checkpoint or course.unwound_to is not None
        if is_news or findings.facts or findings.happenings:
            step = WatchStep(
                chain_id=chain_id,
                checkpoint=checkpoint,
                blocks=blocks,
                unwound_to=course.unwound_to,
                final=final if final >= 0 else None,
                events=events,
                facts=tuple(findings.facts),
                happenings=tuple(findings.happenings),
            )
            self._keeper.keep(step, now)
        self._checkpoint, self._span, self._is_unwound = checkpoint, None, False
        for then in findings.then:
            then()

    def _keep_troubles(self, now: Timestamp) -> None:
        changes = self._troubles.changes()
        if changes.is_empty:
            return
        step = WatchStep(
            chain_id=self.plan.chain_id,
            facts=changes.facts,
            happenings=changes.happenings,
            retracted=changes.retracted,
        )
        self._keeper.keep(step, now)
        self._troubles.kept()

    def _fill(self, now: Timestamp) -> bool:
        """Read old events for a while, and return whether there are more."""
        if self._checkpoint is None:
            return False
        try:
            is_more = self._filler.advance(
                list(self._eyes),
                self._checkpoint,
                lambda step: self._keeper.keep(step, self._clock.now()),
                seconds=self.plan.pace.fill_seconds,
            )
        except EvidenceError as error:
            _LOG.warning("chain %d: %s", self.plan.chain_id, error.sentence())
            self._troubles.bad(wrong.unfilled(error), now)
            return False
        self._troubles.good(wrong.OLD_EVENTS, now)
        for eye in self._eyes:
            if eye.is_begun:
                self._troubles.bad(wrong.beginningless(eye.vault), now)
            elif eye.is_whole:
                self._troubles.good(wrong.OLD_EVENTS, now, vault=eye.vault)
        return is_more

    def _load(self, now: Timestamp) -> None:
        """Take everything from the store that is not in memory."""
        store, chain_id = self._keeper.store, self.plan.chain_id
        if self._is_unwound:
            self._eyes.unload()
            self._is_unwound = False
        if not self._is_loaded:
            self._checkpoint = store.checkpoint(chain_id)
            own = store.facts(chain_id, NOBODY)
            self._troubles.load(own, now)
            gone = self._eyes.follow(
                store,
                own,
                self._checkpoint,
                lambda facts: self._keeper.keep(WatchStep(chain_id=chain_id, facts=facts), now),
            )
            self._troubles.forget(gone, now)
        self._eyes.load(store, self._checkpoint)
        self._is_loaded = True


def _place(log: LogEvent) -> tuple[BlockNumber, int]:
    return log.block, log.index
