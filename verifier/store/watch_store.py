"""What a watcher keeps, in SQLite or PostgreSQL: the port WatchStore.

Everything that changes together is one transaction, its audit records with it. Two kinds of places: a path is one
SQLite file, which one watcher has at a time; `postgresql://...` is a database that several watchers share: each chain
is followed by the one who has its lease, and each delivery is sent by the one who claimed it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Final, Self, TypeVar

from sqlalchemy import Connection, delete, update

from verifier.errors import WatchStoreError
from verifier.model.address import Address
from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, ChainId, Timestamp
from verifier.model.watching import (
    AuditRecord,
    BlockRef,
    Checkpoint,
    Delivery,
    Health,
    Kept,
    LogEvent,
    WatchedFact,
    WatchStep,
)
from verifier.ports import AuditChain
from verifier.store import watch_claims as claims
from verifier.store import watch_happenings as happenings
from verifier.store import watch_journal as journal
from verifier.store.watch_audit import AuditLog, Entry, lock_head, newest_record, read_head, read_records
from verifier.store.watch_database import Database
from verifier.store.watch_keeping import changes_chain, keep_step
from verifier.store.watch_leases import lease, release, require_lease
from verifier.store.watch_lock import origin_of_this_process
from verifier.store.watch_outbox import stop_escalating
from verifier.store.watch_schema import VERSION
from verifier.store.watch_tables import LEASES, OUTBOX

T = TypeVar("T")

CLAIM_SECONDS: Final = 300
"""For so long nobody else takes what was claimed. Delivering has to be done by then."""


class DatabaseWatchStore:
    """The store in one database. Threads may share it."""

    def __init__(
        self,
        database: Database,
        chain: AuditChain,
        *,
        identity: Shown,
        now: Timestamp,
        is_visit: bool = False,
        trusts_audit: bool = False,
        claim_seconds: int = CLAIM_SECONDS,
    ) -> None:
        """Take a database that is open. What another process left claimed in a file is free: it is dead.

        :param identity: in whose name the audit log is written
        :param is_visit: look and acknowledge only, beside a watcher
        :param trusts_audit: do not look at the end of the audit log: whoever asks looks at all of it
        :raises WatchStoreError: the audit log does not end as it was written, or the database does not answer.
        """
        self._database = database
        self._chain = chain
        self._claim_seconds = claim_seconds
        self._log = AuditLog(chain=chain, origin=origin_of_this_process(), identity=identity)
        # Who asked for each chain here.
        self._holders: dict[ChainId, str] = {}
        try:
            if not trusts_audit:
                database.read(lambda connection: self._log.require_sound_end(connection, database.name))
            if not is_visit:
                database.write(lambda connection: self._start(connection, now))
        except BaseException:
            database.close()
            raise

    @property
    def name(self) -> str:
        """Where it is, without any password."""
        return self._database.name

    @property
    def is_shared(self) -> bool:
        """Whether several watchers may use it at once."""
        return self._database.is_shared

    def close(self) -> None:
        """Give back what is leased, if the database still answers, and let go."""
        for chain_id, holder in list(self._holders.items()):
            with suppress(WatchStoreError):
                self.release_chain(chain_id, holder)
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------------------------------------------------- Chains

    def checkpoint(self, chain_id: ChainId) -> Checkpoint | None:
        """Return where a chain stands."""
        return next((each for each in self.checkpoints() if each.chain_id == chain_id), None)

    def checkpoints(self) -> tuple[Checkpoint, ...]:
        """Return where each chain stands."""
        return self._database.read(journal.read_checkpoints)

    def blocks(self, chain_id: ChainId, above: BlockNumber) -> tuple[BlockRef, ...]:
        """Return the blocks that are kept for finding a common ancestor, the newest first."""
        return self._database.read(lambda connection: journal.read_blocks(connection, chain_id, above))

    def events(self, chain_id: ChainId, first: BlockNumber, last: BlockNumber) -> tuple[LogEvent, ...]:
        """Return the logs that are kept of these blocks, both ends included, in order."""
        return self._database.read(lambda connection: journal.read_events(connection, chain_id, first, last))

    def facts(
        self, chain_id: ChainId, vault: Address, *, up_to: BlockNumber | None = None
    ) -> Mapping[str, WatchedFact]:
        """Return the latest value of each subject, or the latest until a block."""
        return self._database.read(lambda connection: journal.read_facts(connection, chain_id, vault, up_to))

    def keep(self, step: WatchStep, *, now: Timestamp) -> tuple[Kept, ...]:
        """Keep a step in one transaction, with its audit records, and return the happenings that are new by it.

        A happening that was retracted and comes again is new again, and its deliveries get keys of their own. One that
        a re-organisation undid and that is seen again says nothing new, but whoever was told something else of it is
        told what it says now.

        :raises ChainLeased: another watcher follows the chain by now.
        """

        def work(connection: Connection) -> tuple[Kept, ...]:
            lock_head(connection)
            if changes_chain(step):
                clock = self._database.now(connection, now)
                holder = self._holders.get(step.chain_id)
                require_lease(connection, step.chain_id, holder, clock=clock, store=self.name)
            new, entries = keep_step(connection, step, now=now)
            self._log.append(connection, entries, now=now)
            return new

        return self._database.write(work)

    def lease_chain(self, chain_id: ChainId, holder: str, *, now: Timestamp, seconds: int) -> bool:
        """Take or renew the right to follow a chain; False while another watcher has it.

        Leases run out by the database's clock where several watchers share one.
        """

        def work(connection: Connection) -> bool:
            clock = self._database.now(connection, now)
            return lease(connection, chain_id, holder, clock=clock, seconds=seconds)

        is_ours = self._database.write(work)
        if is_ours:
            self._holders[chain_id] = holder
        return is_ours

    def release_chain(self, chain_id: ChainId, holder: str) -> None:
        """Give back the right to follow a chain, so that another watcher need not wait until it runs out."""
        self._database.write(lambda connection: release(connection, chain_id, holder))
        self._holders.pop(chain_id, None)

    # ------------------------------------------------------------------------------------------------------- Outbox

    def told(self, episodes: Iterable[str]) -> Mapping[tuple[str, str], Severity]:
        """Return, by channel and episode, the gravest severity that was told, or is about to be, and still stands."""
        wanted = list(episodes)
        return self._database.read(lambda connection: claims.read_told(connection, wanted))

    def takers(self, happening: str) -> tuple[str, ...]:
        """Return the channels that took what tells of a happening, by its key."""
        return self._database.read(lambda connection: claims.read_takers(connection, happening))

    def claim(self, channel: str, holder: str, *, now: Timestamp, most: int) -> tuple[Delivery, ...]:
        """Take deliveries that are due, so that no other watcher takes them until the claim runs out."""
        return self._database.write(
            lambda connection: claims.claim(
                connection,
                channel,
                holder,
                now=now,
                clock=self._database.now(connection, now),
                seconds=self._claim_seconds,
                most=most,
            )
        )

    def delivered(self, delivery: Delivery, *, now: Timestamp, reply: Shown) -> None:
        """Note that a channel took a delivery."""

        def work(connection: Connection) -> None:
            lock_head(connection)
            self._log.append(
                connection, claims.mark_delivered(connection, delivery, now=now, reply=reply), now=now
            )

        self._database.write(work)

    def failed(self, delivery: Delivery, *, now: Timestamp, why: Shown, retry_at: Timestamp) -> None:
        """Note that a channel did not take a delivery, which becomes due again."""

        def work(connection: Connection) -> None:
            lock_head(connection)
            entries = claims.mark_failed(connection, delivery, now=now, why=why, retry_at=retry_at)
            self._log.append(connection, entries, now=now)

        self._database.write(work)

    # --------------------------------------------------------------------------------------------------- Happenings

    def acknowledge(self, number: int, *, who: Shown, now: Timestamp) -> Kept:
        """Note who knows of a happening and of all else that its episode held until now. The first to say so stays.

        :raises HappeningUnknown: nothing has this number.
        """

        def work(connection: Connection) -> Kept:
            lock_head(connection)
            kept, keys = happenings.acknowledge(connection, number, who=who, now=now)
            if keys:
                stop_escalating(connection, keys)
                entry: Entry = ("acknowledgement", {"number": number, "keys": keys})
                self._log.append(connection, [entry], now=now, identity=who)
            return kept

        return self._database.write(work)

    def open_episodes(self, *, least: Severity) -> tuple[Kept, ...]:
        """Return what nobody acknowledged yet and still stands, the oldest first."""
        return self._database.read(lambda connection: happenings.read_open(connection, least))

    def happenings(self, since: Timestamp, until: Timestamp, *, least: Severity) -> tuple[Kept, ...]:
        """Return what was first seen from a moment on and before another, the oldest first; what was retracted too."""
        return self._database.read(
            lambda connection: happenings.read_between(connection, since, until, least)
        )

    def health(self, *, now: Timestamp) -> Health:
        """Return how far behind each chain is, and what is not delivered yet."""

        def work(connection: Connection) -> Health:
            pending, oldest = claims.read_undelivered(connection, now)
            lag = journal.read_lags(connection, now)
            return Health(lag=lag, oldest_undelivered=oldest, pending=pending)

        return self._database.read(work)

    def waiting(self, *, now: Timestamp) -> Mapping[str, tuple[int, int]]:
        """Return, by channel, how many deliveries wait, and for how many seconds the oldest that is due."""
        return self._database.read(lambda connection: claims.read_waiting(connection, now))

    # ---------------------------------------------------------------------------------------------------- Audit log

    def audit_head(self) -> AuditRecord | None:
        """Return the newest link of the audit log, whose hash stands for all of it; None where it is empty."""
        return self._database.read(newest_record)

    def with_audit(self, work: Callable[[Iterable[AuditRecord], tuple[int, bytes]], T]) -> T:
        """Do something with all records of the audit log, in order, and with number and hash of the newest."""
        return self._database.read(lambda connection: work(read_records(connection), read_head(connection)))

    # -------------------------------------------------------------------------------------------------------------

    def _start(self, connection: Connection, now: Timestamp) -> None:
        if not self._database.is_shared:
            # Nobody else has the file, so nobody is at any of this.
            connection.execute(delete(LEASES))
            at_work = OUTBOX.c.claimed_until.is_not(None)
            connection.execute(update(OUTBOX).where(at_work).values(claimed_until=None))
        self._log.append(connection, [("start", {"schema": VERSION})], now=now)
