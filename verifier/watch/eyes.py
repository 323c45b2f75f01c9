"""The watched vaults of one chain, as the store has them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from verifier.model.address import NOBODY, Address
from verifier.model.units import BlockNumber, Timestamp
from verifier.model.watching import Checkpoint, LogEvent, WatchedFact
from verifier.ports import Clock, WatchStore
from verifier.watch.eye import BEGUN, FILLED, LONGEST_PAUSE, OWN, UNJUDGED, WHOLE, Eye
from verifier.watch.hearing import by_vault
from verifier.watch.plan import ChainPlan

_FOLLOWED: Final = f"{OWN}followed"
_ALWAYS: Final = BlockNumber(0)


class Eyes:
    """Every watched vault by its address."""

    def __init__(self, plan: ChainPlan, clock: Clock) -> None:
        self._plan = plan
        self._by_vault = {
            target.vault: Eye(target, plan.companions, clock, pace=plan.pace, manner=plan.manner)
            for target in plan.targets
        }

    def __iter__(self) -> Iterator[Eye]:
        return iter(self._by_vault.values())

    def __len__(self) -> int:
        return len(self._by_vault)

    def __getitem__(self, vault: Address) -> Eye:
        return self._by_vault[vault]

    @property
    def vaults(self) -> Mapping[Address, Eye]:
        return self._by_vault

    @property
    def whole(self) -> Mapping[Address, Eye]:
        """Those whose old events are read: they take part in the chain's own steps."""
        return {vault: eye for vault, eye in self._by_vault.items() if eye.is_whole}

    @property
    def assets(self) -> frozenset[Address]:
        return frozenset[Address]().union(*(eye.assets for eye in self))

    def load(self, store: WatchStore, checkpoint: Checkpoint | None) -> None:
        """Take from the store what is not in memory."""
        chain_id = self._plan.chain_id
        for vault, eye in self._by_vault.items():
            if eye.journal is not None:
                continue
            eye.take(store.facts(chain_id, vault))
            first = eye.unjudged_from
            if first is not None and checkpoint is not None:
                kept = store.events(chain_id, first, checkpoint.number)
                eye.put_aside(by_vault(kept, {vault: eye}).get(vault, ()))

    def unload(self) -> None:
        """Forget the journals: what was done to them in memory was not kept."""
        for eye in self:
            eye.is_dirty |= eye.seen is not None
            eye.journal, eye.pending, eye.seen = None, {}, None

    def unwind(self, store: WatchStore, to: BlockNumber, *, is_deep: bool) -> None:
        """Take every vault back to where it was at a block."""
        for vault, eye in self._by_vault.items():
            eye.unwind(to)
            eye.take(store.facts(self._plan.chain_id, vault, up_to=to))
            eye.is_dirty |= is_deep

    def waiting(self, logs: Iterable[LogEvent]) -> dict[Address, tuple[LogEvent, ...]]:
        """Return which events wait for a look at which vault, those that were heard now among them."""
        heard = by_vault(logs, self._by_vault)
        return {vault: eye.waiting(heard.get(vault, ())) for vault, eye in self.whole.items()}

    def due(self, heard: Mapping[Address, object], now: Timestamp) -> tuple[list[Eye], bool]:
        """Return the vaults to be read now: those that something touched, and some whose time has come. Of these there
        may be more: they are left for the next look, so that what is new never waits for all of them.

        :param heard: those that something was logged about now
        """
        pace = self._plan.pace
        touched, timed = [], []
        for vault, eye in self._by_vault.items():
            if eye.retry_at is not None and 0 < eye.retry_at - now <= LONGEST_PAUSE:
                continue
            if vault in heard or eye.is_dirty:
                touched.append(eye)
            elif eye.read_at is None or not 0 <= now - eye.read_at < pace.reconcile_seconds:
                timed.append(eye)
        timed.sort(key=lambda eye: eye.read_at or 0)
        return touched + timed[: pace.reconcile_at_once], len(timed) > pace.reconcile_at_once

    def became_final(self, before: BlockNumber, final: BlockNumber) -> None:
        """Have read once more what changed in blocks that are final now: that is the truth."""
        for eye in self:
            if eye.touched is not None and 0 <= before < eye.touched <= final:
                eye.read_at = None

    def follow(
        self,
        store: WatchStore,
        own: Mapping[str, WatchedFact],
        checkpoint: Checkpoint | None,
        keep: Callable[[tuple[WatchedFact, ...]], None],
    ) -> tuple[Address, ...]:
        """Note which vaults are followed from now on, and return which are not any more.

        The events of one that is left out, and comes back, are read from here on then.

        :param own: the journal of the chain itself
        """
        before = own.get(_FOLLOWED)
        former = before.value.split() if before else []
        present = sorted(str(vault) for vault in self._by_vault)
        if former == present:
            return ()
        facts = [self._own(NOBODY, _FOLLOWED, " ".join(present), before)]
        gone = tuple(Address.parse(text) for text in former if text not in present)
        for vault in gone if checkpoint is not None else ():
            journal = store.facts(self._plan.chain_id, vault)
            filled = journal.get(FILLED)
            if checkpoint is not None and filled is not None and filled.value in (BEGUN, WHOLE):
                facts.append(self._own(vault, FILLED, str(checkpoint.number), filled))
                # It was watched before: what happens to it meanwhile is judged, and not only learned.
                unjudged = journal.get(UNJUDGED)
                if unjudged is None or not unjudged.value:
                    facts.append(self._own(vault, UNJUDGED, str(checkpoint.number + 1), unjudged))
        keep(tuple(facts))
        return gone

    def _own(self, vault: Address, subject: str, value: str, before: WatchedFact | None) -> WatchedFact:
        return WatchedFact(
            chain_id=self._plan.chain_id,
            vault=vault,
            subject=subject,
            value=value,
            block=_ALWAYS,
            block_hash=b"",
            nth=(before.nth if before else 0) + 1,
        )
