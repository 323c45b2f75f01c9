"""Builds what a guard is handed: endpoints of its own, readers and writers for each vault, and who is told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from verifier.chain.blocks import PanelBlocks
from verifier.chain.panel import Panel
from verifier.chain.resting import resting_endpoints
from verifier.chain.whereabouts import Whereabouts
from verifier.chain.writer import TransactionWriter
from verifier.cli.watch_plans import newest_reader
from verifier.desk.aids import Aids
from verifier.desk.signer import Signer
from verifier.errors import (
    EndpointsDependent,
    EndpointsMissing,
    GuardConfigurationMalformed,
)
from verifier.guard.looking import LEAST_SOURCES
from verifier.guard.plan import Guarded, GuardedChain, GuardStore, Route
from verifier.model.text import sanitise
from verifier.model.units import ChainId, Timestamp
from verifier.model.watching import Delivery, Happening
from verifier.store.books import read_books
from verifier.store.descriptors import open_registry
from verifier.store.guard_settings import GuardSettings
from verifier.store.memory import FileMemory
from verifier.store.settings import ChainSettings, Pin
from verifier.watch.routing import deliveries_for

_WRITING: Final = 30.0
"""Seconds that one look waits for a block to take in a veto; the next look waits on."""
_NAMES: Final = 5.0


def require_guarding(settings: GuardSettings) -> None:
    """Return if there is something to guard, by rules, and somebody who is told.

    :raises GuardConfigurationMalformed: there is not.
    :raises EndpointsMissing: nobody can be asked about a vault's chain.
    :raises EndpointsDependent: a vault would be believed on one endpoint's word.
    """
    around, why = settings.around, ""
    if not around.vaults:
        why = "nothing would be guarded: no vault is pinned; pin one with `fourth-signer init`"
    elif not settings.terms.rules:
        why = "nothing would be vetoed: there are no [[rules]]"
    elif not around.channels:
        why = "nobody would be told first: no channel is configured"
    if why:
        raise GuardConfigurationMalformed(path=str(settings.path), why=why)
    for name in around.vaults:
        require_sources(settings, around.settings.pins[name])


def require_sources(settings: GuardSettings, pin: Pin) -> None:
    """Return if a vault is believed on the word of several sources.

    :raises EndpointsMissing: nobody can be asked about its chain.
    :raises EndpointsDependent: it is not.
    """
    chain = settings.around.settings.chains.get(pin.chain_id)
    if chain is None:
        raise EndpointsMissing(chain_id=pin.chain_id)
    if len(chain.hosts) < LEAST_SOURCES:
        raise EndpointsDependent(vault=pin.name, why="one endpoint is configured")
    if chain.quorum < LEAST_SOURCES:
        why = f"one of {len(chain.hosts)} endpoints is enough to be believed (`quorum`)"
        raise EndpointsDependent(vault=pin.name, why=why)


def require_apart(settings: GuardSettings) -> None:
    """Return if the names of endpoints do not all lead to one place.

    :raises EndpointsDependent: they do.
    """
    around = settings.around
    for name in around.vaults:
        chain = around.settings.chains[around.settings.pins[name].chain_id]
        whereabouts = Whereabouts(chain.endpoints)
        whereabouts.begin()
        shared = whereabouts.shared(seconds=_NAMES)
        count = len(chain.hosts)
        if len(shared) == count * (count - 1) // 2:
            why = f"{' and '.join(sanitise(host) for host in chain.hosts)} have one address and port"
            raise EndpointsDependent(vault=name, why=why)


def require_own_store(settings: GuardSettings, store: GuardStore) -> None:
    """Return if no watcher keeps its place in the guard's store: it would keep the guard from its chains, unseen.

    :raises GuardConfigurationMalformed: one does.
    """
    if store.checkpoints():
        why = (
            "its `store` is a watcher's, and whoever follows a chain there keeps the guard from it; give the guard a "
            "store of its own"
        )
        raise GuardConfigurationMalformed(path=str(settings.path), why=why)


def make_chains(settings: GuardSettings) -> tuple[GuardedChain, ...]:
    """Return what is guarded; nothing is asked yet.

    :raises CodeHashUnexpected: another release pinned a vault.
    :raises ConfigurationMalformed: an ABI or the descriptors cannot be read.
    """
    around = settings.around
    pins = [around.settings.pins[name] for name in around.vaults]
    return tuple(
        _chain(settings, chain_id, [pin for pin in pins if pin.chain_id == chain_id])
        for chain_id in sorted({pin.chain_id for pin in pins})
    )


def route_with(settings: GuardSettings, store: GuardStore) -> Route:
    """Return who is told of new happenings."""
    routes = settings.around.routes

    def route(happenings: Iterable[Happening], now: Timestamp) -> tuple[Delivery, ...]:
        new = tuple(happenings)
        return deliveries_for(new, store.told({each.episode for each in new}), routes, now)

    return route


def _chain(settings: GuardSettings, chain_id: ChainId, pins: Iterable[Pin]) -> GuardedChain:
    around = settings.around
    chain = around.settings.chains.get(chain_id)
    if chain is None:
        raise EndpointsMissing(chain_id=chain_id)
    panel = Panel(
        resting_endpoints(chain.endpoints),
        needed=chain.quorum,
        chain_id=chain_id,
        whereabouts=Whereabouts(chain.endpoints),
    )
    # Nothing is played: what comes of that is one endpoint's claim, and a guard acts on no claim.
    aids = Aids(
        memory=FileMemory(around.memory),
        books=read_books(around.settings, around.configuration),
        shelf=open_registry(around.settings, around.configuration),
    )
    return GuardedChain(
        chain_id=chain_id,
        source=PanelBlocks(panel),
        writer=TransactionWriter(panel, patience=_WRITING),
        targets=tuple(_target(pin, chain, panel, settings, aids) for pin in pins),
        quorum=chain.quorum,
    )


def _target(pin: Pin, chain: ChainSettings, panel: Panel, settings: GuardSettings, aids: Aids) -> Guarded:
    return Guarded(
        name=sanitise(pin.name),
        vault=pin.vault,
        reader=newest_reader(pin, panel),
        signer=Signer(vault_name=pin.name, labels=settings.around.settings.labels, coin=chain.coin),
        aids=aids,
    )
