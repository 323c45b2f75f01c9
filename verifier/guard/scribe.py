"""Writes down what a guard is about to do, together with what is told of it, before it is done."""

from __future__ import annotations

import threading
from typing import Final

from verifier.errors import WatchStoreCorrupt
from verifier.guard.intent import Intent, fact_of, read_intents
from verifier.guard.plan import GuardedChain, Means
from verifier.guard.saying_of_itself import say_stopped
from verifier.model.address import Address
from verifier.model.finding import Severity
from verifier.model.guarding import DAY, HOUR
from verifier.model.reading import VaultReading
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, ChainId, OperationId
from verifier.model.watching import Happening, Kind, WatchedFact, WatchStep

Place = tuple[ChainId, Address]
AILING: Final = "ailing/"
_SECONDS: Final = 300
_NO_BLOCK: Final = BlockNumber(0)


class Scribe:
    """The one who writes. Threads share it: what counts over all vaults is counted and written under one lock."""

    def __init__(self, means: Means, places: tuple[Place, ...]) -> None:
        """Take the store, and which vaults are guarded with it."""
        self._means = means
        self._places = places
        self._lock = threading.Lock()
        # Keys that are in the store: what holds at every look is told once.
        self._told: set[str] = set()

    def lease(self, chain_id: ChainId) -> bool:
        """Take or renew the right to act on a chain; False while another guard with this store has it."""
        means = self._means
        return means.store.lease_chain(chain_id, means.holder, now=means.clock.now(), seconds=_SECONDS)

    def intents(self, chain_id: ChainId, vault: Address) -> dict[OperationId, Intent]:
        """Return what is written down about a vault's operations.

        :raises WatchStoreError: the store does not tell.
        """
        try:
            return read_intents(self._means.store.facts(chain_id, vault))
        except ValueError as exc:
            raise WatchStoreCorrupt(
                store="the guard's store", why="it holds an intent that no guard wrote"
            ) from exc

    def intents_of(self, chain_id: ChainId) -> tuple[Intent, ...]:
        """Return what is written down about all vaults of a chain: one account acts on it.

        :raises WatchStoreError: the store does not tell.
        """
        return tuple(
            intent
            for place in self._places
            if place[0] == chain_id
            for intent in self.intents(*place).values()
        )

    def tell(self, *happenings: Happening) -> None:
        """Have people told, each key once."""
        new = [each for each in happenings if each.key not in self._told]
        if new:
            self._keep(new[0].chain_id, tuple(new))

    def write(self, reading: VaultReading, intent: Intent, *happenings: Happening) -> Intent:
        """Write an intent down, and have people told, or neither."""
        self._keep(reading.head.chain_id, happenings, facts=(fact_of(intent, reading),))
        return intent

    def begin(self, reading: VaultReading, intent: Intent, explanation: Happening) -> Shown | None:
        """Write a new intent down if the limits allow one more, with its explanation.

        :return: why it is not written, where it is not
        """
        with self._lock:
            why = self.stopped() or self._over_limit(reading)
            if why is None:
                self.write(reading, intent, explanation)
            return why

    def stopped(self) -> Shown | None:
        """Return why the guard has stopped; None where it has not, or somebody let it go on."""
        for kept in self._means.store.open_episodes(least=Severity.DANGER):
            if kept.happening.kind is Kind.GUARD_STOPPED:
                return Shown(f"the guard has stopped (number {kept.number}).")
        return None

    def ailments(self, chain_id: ChainId, vault: Address) -> dict[str, str]:
        """Return what is not well with the guard itself at a vault: the keys that were told, by what it is."""
        found = self._means.store.facts(chain_id, vault)
        return {
            name.removeprefix(AILING): fact.value
            for name, fact in found.items()
            if name.startswith(AILING) and fact.value
        }

    def put_ailment(self, name: str, happening: Happening | None, former: str, place: Place) -> None:
        """Write down, and have people told, that something is not well; or take back what was told of it.

        :param happening: what is not well; None where it is well again
        :param former: the key that was told of it before; empty where nothing was
        """
        chain_id, vault = place
        fact = WatchedFact(
            chain_id=chain_id,
            vault=vault,
            subject=f"{AILING}{name}",
            value="" if happening is None else happening.key,
            block=_NO_BLOCK,
            block_hash=b"",
        )
        self._keep(
            chain_id,
            () if happening is None else (happening,),
            facts=(fact,),
            retracted=(former,) if former else (),
        )

    def _over_limit(self, reading: VaultReading) -> Shown | None:
        """Stop the guard, and return why, where it vetoed as often as it may."""
        means, limits = self._means, self._means.terms.limits
        now = means.clock.now()
        made = [
            intent.at
            for chain_id, vault in self._places
            for intent in self.intents(chain_id, vault).values()
            if intent.counts
        ]
        for seconds, most, name in ((HOUR, limits.an_hour, "hour"), (DAY, limits.a_day, "day")):
            if sum(at > now - seconds for at in made) >= most:
                why = Shown(f"it vetoed {most} times within one {name}, which is the limit.")
                self.tell(say_stopped(reading.head.chain_id, reading.vault, now, why))
                return why
        return None

    def _keep(
        self,
        chain_id: ChainId,
        happenings: tuple[Happening, ...],
        *,
        facts: tuple[WatchedFact, ...] = (),
        retracted: tuple[str, ...] = (),
    ) -> None:
        means = self._means
        now = means.clock.now()
        step = WatchStep(
            chain_id=chain_id,
            happenings=happenings,
            facts=facts,
            retracted=retracted,
            deliveries=means.route(happenings, now),
        )
        means.store.keep(step, now=now)
        self._told.update(each.key for each in happenings)
        if step.deliveries:
            means.wake()


def places_of(chains: tuple[GuardedChain, ...]) -> tuple[Place, ...]:
    """Return all vaults that are guarded."""
    return tuple((chain.chain_id, target.vault) for chain in chains for target in chain.targets)
