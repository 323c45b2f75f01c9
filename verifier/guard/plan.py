"""What is guarded, and what a guard is handed: it opens no endpoint, no key and no store by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Protocol

from verifier.desk.aids import NO_AIDS, Aids
from verifier.desk.signer import Signer
from verifier.model.address import Address
from verifier.model.guarding import GuardTerms
from verifier.model.text import Shown
from verifier.model.units import ChainId, Timestamp
from verifier.model.watching import Delivery, Happening
from verifier.ports import BlockSource, ChainReader, ChainWriter, Clock, KeyHolder, WatchStore

Route = Callable[[Iterable[Happening], Timestamp], tuple[Delivery, ...]]
"""Who is told of new happenings."""


class GuardStore(WatchStore, Protocol):
    """What a guard keeps: what a watcher does, in a store of its own, and whether anybody was told."""

    def takers(self, happening: str) -> tuple[str, ...]:
        """Return the channels that took what tells of a happening, by its key."""
        ...


class Hold(Protocol):
    """What keeps a guard from acting while it is on."""

    def why(self) -> Shown | None:
        """Return why the guard must not act now; None where it may. What cannot be found out is a reason."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """A vault that is guarded."""

    # As the configuration calls it.
    name: Shown
    vault: Address
    reader: ChainReader
    # Names for things; the guard's own seat is found by its address.
    signer: Signer
    aids: Aids = NO_AIDS


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardedChain:
    """The vaults that are guarded on one chain, and whom to ask."""

    chain_id: ChainId
    source: BlockSource
    writer: ChainWriter
    targets: tuple[Guarded, ...]
    # So many endpoints have to agree.
    quorum: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What every vault is guarded with. Threads share it."""

    terms: GuardTerms
    # The guard's own account.
    member: Address
    # None for a dry run: nothing is signed.
    key: KeyHolder | None
    store: GuardStore
    route: Route
    hold: Hold
    clock: Clock
    # Its name in a store that several share.
    holder: str
    # Says that something may be due for delivery.
    wake: Callable[[], None] = field(default=lambda: None)
