"""Guards every chain at once: one thread for each, so that none waits for another.

    guard = Guard(chains, means)
    await guard.run()            # until guard.stop()

Nothing that endpoints, vaults, the key or the store do ends it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from verifier.errors import FourthSignerError
from verifier.guard.plan import GuardedChain, Means
from verifier.guard.scribe import Scribe, places_of
from verifier.guard.vault import VaultGuard
from verifier.model.units import ChainId

SOON: Final = 2.0
"""Seconds until the next look while a veto is under way."""
_LOG: Final = logging.getLogger("fourth_signer.guard")


class ChainGuard:
    """Guards the vaults of one chain, one after another: they have one account, whose transactions are numbered."""

    def __init__(self, chain: GuardedChain, means: Means, scribe: Scribe) -> None:
        self.chain_id = chain.chain_id
        self._means = means
        self._scribe = scribe
        self._vaults = [VaultGuard(target, chain, means, scribe) for target in chain.targets]
        self.looks = 0
        self._stands_by = False

    def look(self) -> float:
        """Look at every vault once, and return how many seconds to wait."""
        every = float(self._means.terms.every)
        try:
            if not self._scribe.lease(self.chain_id):
                self._stand_by()
                return every
        except FourthSignerError as error:
            _LOG.warning("chain %d: %s", self.chain_id, error.sentence())
            return every
        self._stands_by = False
        done = [self._look_at(vault) for vault in self._vaults]
        if None not in done:
            # Else nobody was told what is wrong, and the heartbeat has to end.
            self.looks += 1
        return min(every, SOON) if any(done) else every

    def _stand_by(self) -> None:
        """Say once that another process with this store looks after the chain."""
        self.looks += 1
        if not self._stands_by:
            _LOG.warning("chain %d is looked after by another process with this store", self.chain_id)
        self._stands_by = True

    def _look_at(self, vault: VaultGuard) -> bool | None:
        """Look at one vault, and return whether a veto is under way there; None where it cannot be looked at, and
        nobody could be told. Whatever is wrong with one keeps the others from nothing.
        """
        try:
            try:
                return vault.look()
            except FourthSignerError:
                raise
            except Exception as exc:  # noqa: BLE001 - nothing ends the guarding
                _LOG.exception("a vault of chain %d cannot be looked at", self.chain_id)
                vault.fault(type(exc).__name__)
                return False
        except FourthSignerError as error:
            _LOG.warning("chain %d: %s", self.chain_id, error.sentence())
        except Exception:  # noqa: BLE001 - nothing ends the guarding
            _LOG.exception("nobody could be told")
        return None


class Guard:
    """Guards for as long as it runs."""

    def __init__(self, chains: Sequence[GuardedChain], means: Means) -> None:
        scribe = Scribe(means, places_of(tuple(chains)))
        self._chains = [ChainGuard(chain, means, scribe) for chain in chains]
        self._stopping = asyncio.Event()

    @property
    def looks(self) -> Mapping[ChainId, int]:
        """By chain: how often it was looked at."""
        return {chain.chain_id: chain.looks for chain in self._chains}

    def stop(self) -> None:
        """End once what is being looked at is done."""
        self._stopping.set()

    async def run(self) -> None:
        """Guard until told to stop."""
        async with asyncio.TaskGroup() as tasks:
            for chain in self._chains:
                tasks.create_task(self._serve(chain), name=f"chain {chain.chain_id}")

    async def _serve(self, chain: ChainGuard) -> None:
        threads = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"chain-{chain.chain_id}")
        loop = asyncio.get_running_loop()
        try:
            while not self._stopping.is_set():
                pause = await loop.run_in_executor(threads, chain.look)
                try:
                    await asyncio.wait_for(self._stopping.wait(), pause)
                except TimeoutError:
                    continue
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
