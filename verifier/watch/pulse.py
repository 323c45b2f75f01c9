"""How the watcher itself is: what the health endpoint, the metrics, the digest and the heartbeat rest on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from typing import Final

from verifier.errors import FourthSignerError
from verifier.model.routes import Pulse, Tally
from verifier.model.text import Shown, show_duration
from verifier.model.units import ChainId, Timestamp
from verifier.ports import Clock, WatchStore

LONGEST_SILENCE: Final = 600
"""Seconds without a look at a chain after which its loop is taken to hang: a look waits for endpoints, and gives up."""
_FRESH: Final = 2
"""Seconds for which an answer of the store is good enough, however many ask."""


class PulseTaker:
    """Asks the store and the loops. Threads may share it."""

    def __init__(
        self,
        store: WatchStore,
        clock: Clock,
        *,
        looks: Callable[[], Mapping[ChainId, int]] = dict,
        tallies: Callable[[], Mapping[str, Tally]] = dict,
    ) -> None:
        """Take whom to ask.

        :param looks: by chain that this watcher follows, how often it looked
        """
        self._store = store
        self._clock = clock
        self._looks = looks
        self._tallies = tallies
        self._lock = threading.Lock()
        self._last: Pulse | None = None
        # By chain: how often it had looked, and when that was seen for the first time.
        self._seen: dict[ChainId, tuple[int, Timestamp]] = {}

    def take(self) -> Pulse:
        """Return how the watcher is; a store that does not answer is a part of that."""
        with self._lock:
            now = self._clock.now()
            if self._last is None or not 0 <= now - self._last.at < _FRESH:
                self._last = self._ask(now)
            return self._last

    def _ask(self, now: Timestamp) -> Pulse:
        silent = self._silent(now)
        tallies = dict(self._tallies())
        try:
            return pulse_of(self._store, now, channels=tallies, tallies=tallies, silent=silent)
        except FourthSignerError:
            return Pulse(at=now, has_store=False, silent=silent, tallies=tallies)

    def _silent(self, now: Timestamp) -> dict[ChainId, int]:
        looks = self._looks()
        for chain_id, count in looks.items():
            if self._seen.get(chain_id, (-1, now))[0] != count:
                self._seen[chain_id] = (count, now)
        return {chain_id: now - self._seen[chain_id][1] for chain_id in looks}


def pulse_of(
    store: WatchStore,
    now: Timestamp,
    *,
    channels: Collection[str],
    tallies: Mapping[str, Tally] | None = None,
    silent: Mapping[ChainId, int] | None = None,
) -> Pulse:
    """Return what a store says of a watcher.

    :param channels: those that are configured; what waits for others is told apart, and ages in peace
    :raises WatchStoreError: it does not answer.
    """
    health = store.health(now=now)
    waiting = store.waiting(now=now)
    ours = [found for channel, found in waiting.items() if channel in channels]
    return Pulse(
        at=now,
        lag=dict(health.lag),
        block={each.chain_id: int(each.number) for each in store.checkpoints()},
        pending=sum(pending for pending, _ in ours),
        oldest_undelivered=max((oldest for _, oldest in ours), default=0),
        orphaned={channel: found[0] for channel, found in waiting.items() if channel not in channels},
        tallies=dict(tallies or {}),
        silent=dict(silent or {}),
    )


def ailment_of(pulse: Pulse, *, most_undelivered: int) -> Shown | None:
    """Return why the watcher does not do its work, or None where it does. A chain that its endpoints do not show is
    told through the channels: that is work done.
    """
    if not pulse.has_store:
        return Shown("The store does not answer.")
    for chain_id, seconds in sorted(pulse.silent.items()):
        # Where another watcher on the same store follows it, this one does not look, and the store is not behind.
        if seconds > LONGEST_SILENCE and pulse.lag.get(chain_id, seconds) > LONGEST_SILENCE:
            return Shown(f"Chain {chain_id} was not looked at for {show_duration(seconds)}.")
    if pulse.oldest_undelivered > most_undelivered:
        return Shown(f"Something could not be delivered for {show_duration(pulse.oldest_undelivered)}.")
    return None
