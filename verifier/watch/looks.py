"""Reads and judges the vaults of one chain that have to be looked at, each so that its faults stop no other."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from verifier.errors import EndpointTooSlow, EndpointUnreachable, EvidenceError, PinError
from verifier.model.address import Address
from verifier.model.units import BlockNumber, ChainId, Timestamp
from verifier.model.watching import Happening, LogEvent, WatchedFact
from verifier.ports import BlockSource
from verifier.watch import wrong
from verifier.watch.eye import UNJUDGED, Eye, Seen
from verifier.watch.eyes import Eyes
from verifier.watch.plan import Pace
from verifier.watch.span import Span
from verifier.watch.troubles import Troubles

_LOG: Final = logging.getLogger("fourth_signer.watch")
# So many vaults are tried at endpoints that do not answer.
_MOST_SILENT: Final = 2
Waiting = Mapping[Address, tuple[LogEvent, ...]]


@dataclass(slots=True)
class Findings:
    """What a look is going to keep."""

    facts: list[WatchedFact] = field(default_factory=list)
    happenings: list[Happening] = field(default_factory=list)
    # What becomes of each vault once it is kept.
    then: list[Callable[[], None]] = field(default_factory=list)
    # Vaults that were read and judged.
    judged: set[Address] = field(default_factory=set)


class Looks:
    """Looks at one chain's vaults."""

    def __init__(
        self, chain_id: ChainId, source: BlockSource, eyes: Eyes, troubles: Troubles, pace: Pace
    ) -> None:
        self._chain_id = chain_id
        self._source = source
        self._eyes = eyes
        self._troubles = troubles
        self._pace = pace

    def read(self, due: Iterable[Eye], waiting: Waiting, now: Timestamp) -> dict[Address, Seen]:
        """Read vaults. One that cannot be read is a trouble of its own; where endpoints do not answer at all, the rest
        is left for the next look.
        """
        seen, silent = {}, 0
        for eye in due:
            try:
                seen[eye.vault] = eye.read(waiting.get(eye.vault, ()))
            except (EvidenceError, PinError) as error:
                _LOG.warning("vault %s: %s", eye.vault, error.sentence())
                self._troubles.bad(wrong.unwatched(error, eye.vault), now)
                eye.put_off(now)
                silent += isinstance(error, EndpointUnreachable | EndpointTooSlow)
                if silent >= _MOST_SILENT:
                    break
        return seen

    def read_blindly(self, due: Iterable[Eye]) -> dict[Address, Seen]:
        """Read vaults of a chain that cannot be followed, as far as that goes: the chain itself is the trouble."""
        seen = {}
        for eye in due:
            try:
                seen[eye.vault] = eye.read(())
            except (EvidenceError, PinError):
                break
        return seen

    def judge(
        self,
        seen: Mapping[Address, Seen],
        waiting: Waiting,
        span: Span,
        least: BlockNumber,
        *,
        now: Timestamp,
        time: Timestamp,
    ) -> Findings:
        """Judge what was read. What an endpoint says of an older block, or of another branch, is no news.

        :param least: the block that a reading has to be of at least
        :param now: by this machine's clock
        :param time: by the chain's
        :raises EvidenceError: nobody tells when blocks were made.
        """
        findings = Findings()
        for vault, one in seen.items():
            eye, head = self._eyes[vault], one.reading.head
            if head.number < least or span.hash_at(head.number) != head.hash:
                self._troubles.bad(wrong.outdated(vault, head.number, least), now)
                eye.put_off(now)
                continue
            logs = [log for log in waiting.get(vault, ()) if log.block <= head.number]
            later = [log for log in waiting.get(vault, ()) if log.block > head.number]
            times = span.times(self._source, logs)
            if self._judge(findings, eye, one, logs, later, times, now=now, time=time):
                findings.judged.add(vault)
        return findings

    def judge_by_clock(self, findings: Findings, *, now: Timestamp, time: Timestamp) -> None:
        """Judge again, without reading, what time alone may bring about."""
        for vault, eye in self._eyes.vaults.items():
            seen, at, read_at = eye.seen, eye.clocked_at, eye.read_at
            if seen is None or vault in findings.judged or eye.is_dirty:
                continue
            if at is not None and 0 <= now - at < self._pace.clock_seconds:
                continue
            if self._judge(findings, eye, seen, [], [], {}, now=now, time=time, is_again=True):
                findings.then.append(_reading_stays_of(eye, read_at))

    def note_unjudged(self, findings: Findings, waiting: Waiting) -> None:
        """Note for vaults that could not be read which events wait for them in the store."""
        for vault, logs in waiting.items():
            if vault in findings.judged or not logs:
                continue
            eye = self._eyes[vault]
            facts = self._unjudged(eye, logs) if eye.unjudged_from is None else ()
            findings.facts += facts
            findings.then.append(_waits(eye, facts, logs))

    def _unjudged(self, eye: Eye, logs: Sequence[LogEvent]) -> tuple[WatchedFact, ...]:
        """Return what tells a watcher that starts anew from where on events wait: gone if the first of them is."""
        if logs:
            first = logs[0]
            value, block, block_hash = str(first.block), first.block, first.block_hash
        elif eye.unjudged_from is None:
            return ()
        else:
            value, block, block_hash = "", eye.unjudged_from, b""
        return (eye.own_fact(self._chain_id, UNJUDGED, value, block=block, block_hash=block_hash),)

    def _judge(
        self,
        findings: Findings,
        eye: Eye,
        seen: Seen,
        logs: list[LogEvent],
        later: list[LogEvent],
        times: Mapping[BlockNumber, Timestamp],
        *,
        now: Timestamp,
        time: Timestamp,
        is_again: bool = False,
    ) -> bool:
        head = seen.reading.head
        try:
            judged = eye.judge(seen, logs, times=times, now=time)
        except Exception as fault:  # noqa: BLE001 - one vault's fault must not blind the others
            _LOG.exception("vault %s cannot be judged", eye.vault)
            self._troubles.bad(wrong.unjudged(fault, eye.vault), now)
            eye.put_off(now)
            return False
        facts = [*judged.facts]
        if eye.is_whole and not is_again:
            # Others were read at newer blocks: what happened up to there is kept, and waits for the next look.
            facts += self._unjudged(eye, later)
        is_touched = bool(facts or judged.happenings or logs)
        findings.facts += facts
        findings.happenings += judged.happenings

        def then() -> None:
            eye.judged(seen, facts, later, now)
            if is_touched:
                eye.touched = max(head.number, eye.touched or head.number)
            for subject in (wrong.READING, wrong.VAULT):
                self._troubles.good(subject, now, vault=eye.vault)

        findings.then.append(then)
        return True


def _reading_stays_of(eye: Eye, read_at: Timestamp | None) -> Callable[[], None]:
    def then() -> None:
        eye.read_at = read_at

    return then


def _waits(eye: Eye, facts: tuple[WatchedFact, ...], logs: tuple[LogEvent, ...]) -> Callable[[], None]:
    def then() -> None:
        eye.note(facts)
        eye.put_aside(logs)

    return then
