"""Looking into a watcher's store beside the watcher: each look opens it, reads, and lets go at once.

Nothing stays open between two looks, so that a watcher may be stopped, and its store be put away or replaced, while
somebody looks on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from sqlalchemy import Connection

from verifier.model.address import Address
from verifier.model.episodes import Telling, WatchView
from verifier.model.finding import Severity
from verifier.model.units import ChainId, Timestamp
from verifier.store.watch_place import open_database
from verifier.store.watch_view import read_tellings, read_view

T = TypeVar("T")


class WatchVisit:
    """The port WatchBook, for a store at a place."""

    def __init__(self, place: str, *, leases: Mapping[ChainId, int], usual_lease: int) -> None:
        """Take where it is; nothing is opened yet.

        :param leases: for how many seconds a watcher takes a chain before it has to take it anew, where that is not
            `usual_lease`
        """
        self._place = place
        self._leases = leases
        self._usual_lease = usual_lease

    def view(
        self, chain_id: ChainId, vault: Address, *, since: Timestamp, least: Severity, now: Timestamp
    ) -> WatchView:
        """Return the store as it is now, for one vault.

        :param since: what is acknowledged, or was taken back, is shown if it was first seen after this
        :raises WatchStoreError: it cannot be read.
        """

        def work(connection: Connection, clock: int) -> WatchView:
            return read_view(
                connection,
                chain_id,
                vault,
                since=since,
                least=least,
                now=now,
                clock=clock,
                lease_seconds=self._leases,
                usual_lease=self._usual_lease,
            )

        return self._look(work, now)

    def tellings(self, episode: str, *, now: Timestamp) -> tuple[Telling, ...]:
        """Return what channels were told of an episode, or are to be told, in order.

        :raises WatchStoreError: it cannot be read.
        """
        return self._look(lambda connection, _: read_tellings(connection, episode), now)

    def _look(self, work: Callable[[Connection, int], T], now: Timestamp) -> T:
        database = open_database(self._place, is_look=True)
        try:
            return database.read(lambda connection: work(connection, database.now(connection, now)))
        finally:
            database.close()
