"""Builds what the desk needs from the arguments and the configuration: which vault, whose view, asked of whom."""

from __future__ import annotations

import os
import time
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from verifier.cli.patience import patience
from verifier.desk.signer import Signer
from verifier.errors import (
    CodeHashUnexpected,
    ConfigurationMissing,
    EndpointsMissing,
    VaultUnchosen,
    VaultUnnamed,
)
from verifier.model.address import Address
from verifier.model.units import ChainId, Timestamp
from verifier.store.books import read_books
from verifier.store.configuration import read_settings
from verifier.store.descriptors import open_registry
from verifier.store.memory import FileMemory
from verifier.store.place import configuration_path, memory_path
from verifier.store.release import companion_addresses, release_code_hash
from verifier.store.settings import ChainSettings, Pin, Settings, usual_quorum

if TYPE_CHECKING:
    from verifier.chain.endpoint import Endpoint
    from verifier.chain.panel import Panel
    from verifier.chain.reader import VaultReader
    from verifier.desk.aids import Aids


class SystemClock:
    """The port Clock: this machine's own."""

    def now(self) -> Timestamp:
        return Timestamp(int(time.time()))


CLOCK: Final = SystemClock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A vault that was chosen, and whom to ask about it."""

    vault: Address
    # None where the vault is not pinned.
    pin: Pin | None
    chain: ChainSettings
    settings: Settings

    @property
    def signer(self) -> Signer:
        """The place from which the vault is looked at."""
        pin = self.pin
        return Signer(
            vault_name=pin.name if pin else "",
            seat=pin.seat if pin else None,
            member=pin.member if pin else None,
            labels=self.settings.labels,
            coin=self.chain.coin,
        )


def place_of(options: Namespace) -> Path:
    """Return where the configuration file is."""
    return configuration_path(options.config, os.environ)


def choose(options: Namespace) -> Choice:
    """Return the vault that the arguments mean, or the only one that is pinned.

    :raises ConfigurationError: the configuration cannot be used, or has no endpoint for the vault.
    :raises AbsenceError: no vault is pinned so, or it is not clear which one is meant.
    :raises InputError: an address, an endpoint or a number is malformed.
    :raises EndpointError: the chain had to be asked for, and no endpoint told.
    """
    settings = _settings(options)
    pin, vault = _vault(options.vault, settings)
    chain = _chain(options, settings, pin)
    if pin is None:
        pin = settings.pin_of(vault, chain.chain_id)
    return Choice(vault=vault, pin=pin, chain=chain, settings=settings)


def open_endpoints(urls: Sequence[str]) -> list[Endpoint]:
    """Return the endpoints at these addresses; nothing is asked yet."""
    from verifier.chain.endpoint import Endpoint
    from verifier.chain.http import HttpTransport

    return [Endpoint(HttpTransport(url)) for url in urls]


def open_panel(choice: Choice) -> Panel:
    """Return the endpoints that are to be asked; nothing is asked yet."""
    from verifier.chain.panel import Panel
    from verifier.chain.whereabouts import Whereabouts

    chain = choice.chain
    return Panel(
        open_endpoints(chain.endpoints),
        needed=chain.quorum,
        chain_id=chain.chain_id,
        whereabouts=Whereabouts(chain.endpoints),
    )


def open_aids(options: Namespace, choice: Choice, panel: Panel) -> Aids:
    """Return what helps to understand operations: a simulator, this client's memory, the signer's ABIs and descriptors.

    A vault that is not pinned is not remembered: anyone can put one there.

    :raises ConfigurationMalformed: an ABI or the descriptors cannot be read.
    """
    from verifier.chain.simulator import OperationSimulator
    from verifier.desk.aids import Aids

    place, settings = place_of(options), choice.settings
    return Aids(
        simulator=OperationSimulator(panel),
        memory=FileMemory(memory_path(options.config, os.environ)) if choice.pin else None,
        books=read_books(settings, place),
        shelf=open_registry(settings, place),
    )


def open_reader(
    choice: Choice, panel: Panel | None = None, *, founding: bytes | None = None, tag: str | None = None
) -> VaultReader:
    """Return the port ChainReader for a vault; nothing is asked yet.

    :param founding: the hash that a vault has to have that is not pinned yet
    :param tag: which block, where that is another one than the configuration says
    :raises CodeHashUnexpected: another release pinned it.
    """
    from verifier.chain.reader import VaultReader

    chain, pin, code_hash = choice.chain, choice.pin, release_code_hash()
    if pin and pin.code_hash != code_hash:
        # Pinned by another release, whose storage this one cannot read.
        raise CodeHashUnexpected(vault=pin.vault, expected=code_hash, actual=pin.code_hash)
    return VaultReader(
        panel or open_panel(choice),
        vault=choice.vault,
        code_hash=code_hash,
        founding=pin.founding if pin else founding,
        companions=companion_addresses(),
        tag=tag or chain.block,
    )


def chain_of(urls: Sequence[str], quorum: int | None, chain_id: ChainId | None = None) -> ChainSettings:
    """Return settings made of endpoints alone; they are asked for their chain where it is not known.

    :raises InputError: an address or the quorum is malformed.
    :raises EndpointError: the chain had to be asked for, and no endpoint told.
    """
    endpoints = tuple(dict.fromkeys(urls))
    needed = usual_quorum(endpoints) if quorum is None else quorum
    # Made before anything is asked, so that malformed addresses are found first.
    chain = ChainSettings(chain_id=chain_id or ChainId(1), endpoints=endpoints, quorum=needed)
    if chain_id is not None:
        return chain
    from verifier.chain.probe import ask_chain_id

    with patience(chain.hosts):
        return replace(chain, chain_id=ask_chain_id(open_endpoints(endpoints)))


def _settings(options: Namespace) -> Settings:
    try:
        return read_settings(place_of(options))
    except ConfigurationMissing:
        # An address and an endpoint are enough for a look.
        if options.rpc and options.vault and options.vault.startswith("0x"):
            return Settings()
        raise


def _vault(text: str | None, settings: Settings) -> tuple[Pin | None, Address]:
    names = tuple(settings.pins)
    if text is None:
        if len(names) != 1:
            raise VaultUnchosen(known=names)
        pin = settings.pins[names[0]]
        return pin, pin.vault
    if named := settings.pins.get(text):
        return named, named.vault
    if not text.startswith("0x"):
        raise VaultUnnamed(name=text, known=names)
    vault = Address.parse(text)
    placed = [pin for pin in settings.pins.values() if pin.vault == vault]
    if len(placed) > 1:
        raise VaultUnchosen(known=tuple(pin.name for pin in placed))
    return (placed[0] if placed else None), vault


def _chain(options: Namespace, settings: Settings, pin: Pin | None) -> ChainSettings:
    chain_id = pin.chain_id if pin else None
    known = settings.chains.get(chain_id) if chain_id is not None else None
    if options.rpc:
        chain = chain_of(options.rpc, options.quorum, chain_id)
        known = known or settings.chains.get(chain.chain_id)
        return replace(chain, block=known.block, coin=known.coin) if known else chain
    if pin is None and len(settings.chains) == 1:
        (known,) = settings.chains.values()
    if known is None:
        raise EndpointsMissing(chain_id=chain_id)
    return known if options.quorum is None else replace(known, quorum=options.quorum)
