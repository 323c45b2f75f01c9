"""One watched vault: what is known of it, what has to be looked at again, and the look itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from verifier.assess.happenings import Judged, Look, Manner, asked_of, judge_look
from verifier.decode.logs import read_logs
from verifier.model.address import NOBODY, Address
from verifier.model.companions import Companions
from verifier.model.event import VaultEvent
from verifier.model.reading import BypassReading, PolicyReading, VaultReading
from verifier.model.units import BlockNumber, ChainId, OperationId, Timestamp
from verifier.model.watching import LogEvent, WatchedFact
from verifier.ports import Clock
from verifier.watch.plan import Pace, Target
from verifier.watch.views import Views

OWN: Final = "watch/"
"""Subjects of the journal that are about the watching; they are not the judge's."""
FILLED: Final = f"{OWN}filled"
"""The last block whose old events were read, or WHOLE."""
WHOLE: Final = "whole"
"""From then on the chain's own checkpoint says how far the vault's events were read."""
BEGUN: Final = "begun"
"""The same, and nobody knows where its events begin: they are known from the first look on."""
UNJUDGED: Final = f"{OWN}unjudged"
"""The first block whose events are kept and not judged, since the vault could not be read; empty where none are."""

LONGEST_PAUSE: Final = 60
"""Seconds after which a vault that cannot be read is tried again."""

Journal = Mapping[str, WatchedFact]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A vault as it was read, at one block."""

    reading: VaultReading
    bypasses: BypassReading | None
    policy: PolicyReading | None

    @property
    def has_clock(self) -> bool:
        """Whether time alone may bring something about."""
        return (
            bool(self.reading.queue)
            or any(not member.record.is_active for member in self.reading.members.value.values())
            or bool(self.bypasses and self.bypasses.bypasses)
        )


class Eye:
    """One vault. What it knows is in the store as well, except what the next look finds by itself."""

    def __init__(
        self, target: Target, companions: Companions, clock: Clock, *, pace: Pace, manner: Manner
    ) -> None:
        self.target = target
        self.vault: Address = target.vault
        self._companions = companions
        self._manner = manner
        self._views = Views(target, clock, seconds=pace.review_seconds)
        # None: it has to be read from the store.
        self.journal: Journal | None = None
        # The tokens whose movements are followed.
        self.assets: frozenset[Address] = frozenset()
        # Old events are read up to here; None while nobody knows where they begin.
        self.next: BlockNumber | None = None
        self.is_whole = False
        # Whether nobody knows what was before that.
        self.is_begun = False
        # Events that no look could use yet, by their place.
        self.pending: dict[tuple[BlockNumber, int], LogEvent] = {}
        # Something touched it, and it has to be read.
        self.is_dirty = False
        # When it was read last, and looked at by the clock; by this machine's clock. None: its time has come.
        self.read_at: Timestamp | None = None
        self.clocked_at: Timestamp | None = None
        # When it was looked at last while the chain could not be followed.
        self.blinded_at: Timestamp | None = None
        # How often in a row it could not be read, and when it is tried again.
        self.failures = 0
        self.retry_at: Timestamp | None = None
        # The newest block in which something of it changed.
        self.touched: BlockNumber | None = None
        # The last look, where the clock alone may bring something about.
        self.seen: Seen | None = None

    def take(self, journal: Journal) -> None:
        """Take the journal as the store has it."""
        self.journal = journal
        self.assets = frozenset(asked_of(self.judged_journal).assets - {NOBODY})
        filled = journal.get(FILLED)
        since = self.target.since
        self.is_begun = filled is not None and filled.value == BEGUN
        self.is_whole = filled is not None and filled.value in (WHOLE, BEGUN)
        if self.is_begun and since is not None:
            # Somebody says now where they begin.
            self.next, self.is_whole = since, False
        elif filled is not None and not self.is_whole:
            self.next = BlockNumber(int(filled.value) + 1)
        changed = [fact.block for name, fact in journal.items() if not name.startswith(OWN)]
        self.touched = max([*changed, *([self.touched] if self.touched is not None else [])], default=None)

    @property
    def unjudged_from(self) -> BlockNumber | None:
        """The first block whose events wait in the store for a look."""
        fact = (self.journal or {}).get(UNJUDGED)
        return BlockNumber(int(fact.value)) if fact is not None and fact.value else None

    def waiting(self, heard: Iterable[LogEvent]) -> tuple[LogEvent, ...]:
        """Return the events that no look was given yet, those that were heard now among them."""
        by_place = self.pending | {(log.block, log.index): log for log in heard}
        return tuple(by_place[place] for place in sorted(by_place))

    def unwind(self, to: BlockNumber) -> None:
        """Forget what rests on blocks above this one; the journal has to be read again."""
        self.pending = {place: log for place, log in self.pending.items() if log.block <= to}
        self.is_dirty |= self.seen is not None or (self.touched is not None and self.touched > to)
        self.journal, self.seen, self.touched = None, None, None
        if self.next is not None and self.next > to:
            self.next = BlockNumber(to + 1)

    def read(self, logs: Iterable[LogEvent]) -> Seen:
        """Read the vault as it is now.

        :param logs: events that wait for a look: what they name is asked about too
        :raises EvidenceError: it cannot be read.
        :raises PinError: it is not the pinned vault.
        """
        reader = self.target.reader
        reading = reader.read_vault()
        bypasses = reader.read_bypasses(reading)
        policy = None
        if self.is_whole:
            asked = asked_of(self.judged_journal, self.read_events(logs))
            policy = reader.read_policy(
                reading, assets=asked.assets, accounts=asked.accounts, functions=asked.functions
            )
        return Seen(reading=reading, bypasses=bypasses, policy=policy)

    def judge(
        self,
        seen: Seen,
        logs: Iterable[LogEvent],
        *,
        times: Mapping[BlockNumber, Timestamp],
        now: Timestamp,
    ) -> Judged:
        """Return what a look changes. Until its old events are read, a vault has no journal: only what waits is told.

        :param logs: events up to the block of the reading that no look was given yet
        :param now: by the chain's clock
        """
        head = seen.reading.head
        events: tuple[VaultEvent, ...] = self.read_events(logs) if self.is_whole else ()
        ended = [OperationId(value) for event in events if isinstance(value := event.values.get("id"), bytes)]
        judged = judge_look(
            Look(
                reading=seen.reading,
                bypasses=seen.bypasses,
                policy=seen.policy,
                journal=self.judged_journal if self.is_whole else {},
                events=events,
                times=times,
                now=Timestamp(max(now, head.timestamp)),
                views=self._views.of(seen.reading, ended, is_old=seen is self.seen),
                labels=self.target.signer.labels,
            ),
            self._manner,
        )
        return judged if self.is_whole else Judged(facts=(), happenings=judged.happenings)

    def judged(
        self, seen: Seen, facts: Iterable[WatchedFact], later: Iterable[LogEvent], now: Timestamp
    ) -> None:
        """Note that a look is in the store.

        :param later: events that came after its block
        """
        if self.is_whole:
            self.pending = {(log.block, log.index): log for log in later}
        self.note(facts)
        self.read_at = self.clocked_at = now
        self.failures, self.retry_at = 0, None
        self.is_dirty = self.is_whole and bool(self.pending)
        self.seen = seen if seen.has_clock else None

    def put_off(self, now: Timestamp) -> None:
        """Note that it could not be read or judged: it is tried again, ever later."""
        self.is_dirty = True
        pause = min(2**self.failures, LONGEST_PAUSE)
        self.failures, self.retry_at = self.failures + 1, Timestamp(now + pause)

    def blinded(self, now: Timestamp) -> None:
        """Note that it was looked at while the chain could not be followed: it is looked at again when it can."""
        self.is_dirty, self.blinded_at = True, now

    def may_be_blinded(self, now: Timestamp) -> bool:
        """Whether the last such look is a while ago."""
        return self.blinded_at is None or not 0 <= now - self.blinded_at < LONGEST_PAUSE

    def put_aside(self, logs: Iterable[LogEvent]) -> None:
        """Keep events for a later look."""
        self.pending = {(log.block, log.index): log for log in logs}
        self.is_dirty |= self.is_whole and bool(self.pending)

    def note(self, facts: Iterable[WatchedFact]) -> None:
        """Note that facts are in the store."""
        made = {fact.subject: fact for fact in facts}
        if made:
            self.take({**(self.journal or {}), **made})

    def read_events(self, logs: Iterable[LogEvent]) -> tuple[VaultEvent, ...]:
        """Return logs about the vault, read."""
        return read_logs(logs, vault=self.vault, companions=self._companions)

    def own_fact(
        self, chain_id: ChainId, subject: str, value: str, *, block: BlockNumber, block_hash: bytes
    ) -> WatchedFact:
        """Return a fact about the watching itself."""
        known = (self.journal or {}).get(subject)
        return WatchedFact(
            chain_id=chain_id,
            vault=self.vault,
            subject=subject,
            value=value,
            block=block,
            block_hash=block_hash,
            nth=(known.nth if known else 0) + 1,
        )

    @property
    def is_waiting(self) -> bool:
        """Whether it may be read at once."""
        return self.retry_at is None and (self.is_dirty or self.read_at is None)

    @property
    def judged_journal(self) -> Journal:
        """What the judge is given of the journal."""
        return {name: fact for name, fact in (self.journal or {}).items() if not name.startswith(OWN)}
