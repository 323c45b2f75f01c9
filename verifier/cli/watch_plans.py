"""Builds what a watcher looks at from its configuration: each chain, its endpoints, and the vaults on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from verifier.chain.blocks import PanelBlocks
from verifier.chain.panel import Panel
from verifier.chain.reader import VaultReader
from verifier.chain.resting import resting_endpoints
from verifier.chain.simulator import OperationSimulator
from verifier.desk.aids import Aids
from verifier.desk.signer import Signer
from verifier.errors import CodeHashUnexpected, EndpointsMissing
from verifier.model.units import ChainId
from verifier.store.books import read_books
from verifier.store.descriptors import open_registry
from verifier.store.memory import FileMemory
from verifier.store.release import companion_addresses, release_code_hash
from verifier.store.settings import ChainSettings, Pin
from verifier.store.watch_settings import ChainPace, WatchSettings
from verifier.watch.plan import USUAL_PACE, ChainPlan, Pace, Target


def make_plans(settings: WatchSettings) -> tuple[ChainPlan, ...]:
    """Return what is watched; nothing is asked yet.

    :raises EndpointsMissing: nobody can be asked about a vault's chain.
    :raises CodeHashUnexpected: another release pinned a vault.
    :raises ConfigurationMalformed: an ABI or the descriptors cannot be read.
    """
    pins = [settings.settings.pins[name] for name in settings.vaults]
    return tuple(
        _plan(settings, chain_id, [pin for pin in pins if pin.chain_id == chain_id])
        for chain_id in sorted({pin.chain_id for pin in pins})
    )


def pace_of(chain: ChainPace | None) -> Pace:
    """Return how often a chain is looked at."""
    usual = USUAL_PACE
    if chain is None:
        return usual
    return replace(
        usual,
        block_seconds=chain.block_seconds or usual.block_seconds,
        silent_blocks=chain.silent_blocks or usual.silent_blocks,
        reconcile_seconds=chain.reconcile_seconds or usual.reconcile_seconds,
        patience_seconds=chain.patience_seconds or usual.patience_seconds,
    )


def _plan(settings: WatchSettings, chain_id: ChainId, pins: Iterable[Pin]) -> ChainPlan:
    chain = settings.settings.chains.get(chain_id)
    if chain is None:
        raise EndpointsMissing(chain_id=chain_id)
    panel = Panel(resting_endpoints(chain.endpoints), needed=chain.quorum, chain_id=chain_id)
    pace = settings.chains.get(chain_id)
    depth = pace.final_depth if pace else None
    source = PanelBlocks(panel) if depth is None else PanelBlocks(panel, depth=depth, has_final=False)
    aids = Aids(
        simulator=OperationSimulator(panel),
        # The watcher's own: a signer's says what that signer has looked at.
        memory=FileMemory(settings.memory),
        books=read_books(settings.settings, settings.configuration),
        shelf=open_registry(settings.settings, settings.configuration),
    )
    return ChainPlan(
        chain_id=chain_id,
        source=source,
        companions=companion_addresses(),
        targets=tuple(_target(settings, pin, panel, chain, aids) for pin in pins),
        pace=pace_of(pace),
        manner=settings.manner,
    )


def newest_reader(pin: Pin, panel: Panel) -> VaultReader:
    """Return what reads a vault at the newest block, whatever a signer reads at.

    Who waits for a final one waits while a delay runs.

    :raises CodeHashUnexpected: the vault is of another release.
    """
    code_hash = release_code_hash()
    if pin.code_hash != code_hash:
        raise CodeHashUnexpected(vault=pin.vault, expected=code_hash, actual=pin.code_hash)
    return VaultReader(
        panel,
        vault=pin.vault,
        code_hash=code_hash,
        founding=pin.founding,
        companions=companion_addresses(),
        tag="latest",
    )


def _target(settings: WatchSettings, pin: Pin, panel: Panel, chain: ChainSettings, aids: Aids) -> Target:
    return Target(
        vault=pin.vault,
        reader=newest_reader(pin, panel),
        signer=Signer(vault_name=pin.name, labels=settings.settings.labels, coin=chain.coin),
        aids=aids,
        since=settings.since.get(pin.name),
    )
