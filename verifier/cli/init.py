"""`fourth-signer init`: look at a vault, then pin what was seen."""

from __future__ import annotations

import re
from argparse import Namespace
from dataclasses import replace
from pathlib import Path

from verifier.cli.adapters import CLOCK, Choice, chain_of, open_reader, place_of
from verifier.cli.answer import Answer
from verifier.cli.patience import patience
from verifier.desk.briefing import judge_age
from verifier.errors import ConfigurationMissing, HexMalformed, SeatEmpty
from verifier.model.address import Address
from verifier.model.reading import VaultReading
from verifier.model.text import sanitise, show_bytes
from verifier.model.units import MemberIndex
from verifier.pages.layout import Page, width_of_terminal
from verifier.pages.words import block_of, endpoints_of
from verifier.store.configuration import parse_settings, read_text
from verifier.store.file import write_settings
from verifier.store.release import release_companions
from verifier.store.settings import ChainSettings, Pin, Settings, require_name, usual_quorum


def run_init(options: Namespace) -> Answer:
    """Pin a vault and write the configuration.

    :raises InputError: an argument is malformed.
    :raises ConfigurationError: the file cannot be used, or has something else pinned.
    :raises PinError: this is no vault of the release, or has not the founding hash that was given, or a companion of
        the release is not where it has to be.
    :raises EvidenceError: the vault cannot be read.
    """
    vault, founding = Address.parse(options.address), _hash(options.founding)
    if options.name is not None:
        require_name(options.name)
    path = place_of(options)
    text, settings = _read(path)
    chain = _joined(chain_of(options.rpc, options.quorum), settings, options)
    reader = open_reader(Choice(vault=vault, pin=None, chain=chain, settings=settings), founding=founding)
    with patience(chain.hosts):
        reading = reader.read_vault()
        reader.require_companions(reading, release_companions())
    pin = _pin(reading, settings, options)
    changed = settings.with_pin(pin, path=str(path), may_replace=options.replace).with_chain(chain)
    write_settings(path, text, changed)
    return Answer(text=_page(reading, changed.pins[pin.name], path, is_checked=founding is not None))


def _read(path: Path) -> tuple[str | None, Settings]:
    try:
        text = read_text(path)
    except ConfigurationMissing:
        return None, Settings()
    return text, parse_settings(text, path)


def _joined(given: ChainSettings, settings: Settings, options: Namespace) -> ChainSettings:
    """Return the endpoints of the configuration with the given ones added. More endpoints never lower the quorum."""
    known = settings.chains.get(given.chain_id)
    if known is None:
        return given
    union = tuple(dict.fromkeys((*known.endpoints, *given.endpoints)))
    quorum = options.quorum
    if quorum is None:
        is_new = len(union) > len(known.endpoints)
        quorum = max(known.quorum, usual_quorum(union)) if is_new else known.quorum
    return replace(known, endpoints=union, quorum=quorum)


def _pin(reading: VaultReading, settings: Settings, options: Namespace) -> Pin:
    known = settings.pin_of(reading.vault, reading.head.chain_id)
    seat = None if options.seat is None else MemberIndex(options.seat)
    member = None if seat is None else reading.members.value.get(seat)
    if seat is not None and member is None:
        raise SeatEmpty(seat=seat)
    return Pin(
        name=options.name or (known.name if known else _free_name(settings)),
        chain_id=reading.head.chain_id,
        vault=reading.vault,
        code_hash=reading.code_hash.value,
        founding=reading.founding.value,
        seat=seat,
        member=member.address if member else None,
    )


def _free_name(settings: Settings) -> str:
    names = ["vault", *(f"vault-{i + 2}" for i in range(len(settings.pins)))]
    return next(name for name in names if name not in settings.pins)


def _hash(text: str | None) -> bytes | None:
    if text is None:
        return None
    if not re.fullmatch(r"0x[0-9a-fA-F]{64}", text):
        raise HexMalformed(text=text, what="founding hash of 32 bytes")
    return bytes.fromhex(text[2:])


def _page(reading: VaultReading, pin: Pin, path: Path, *, is_checked: bool) -> str:
    page = Page(width_of_terminal())
    page.text(f"Pinned as {pin.name} in {sanitise(str(path))}")
    page.space()
    page.field("chain", str(pin.chain_id))
    page.field("address", str(pin.vault))
    page.field("code", f"{show_bytes(pin.code_hash)} (this release's)")
    page.field("founding", show_bytes(pin.founding))
    if pin.seat is not None:
        page.field("your seat", f"{pin.seat}, {pin.member}")
    page.field("block", block_of(reading.head))
    page.field("", endpoints_of(reading.head))
    page.space()
    if is_checked:
        page.text("The founding hash is the one that you gave.")
    else:
        page.text(
            "Compare the founding hash with whoever founded the vault, over another channel. Any vault has this code; "
            "only that hash says that this one is yours."
        )
    if findings := [*reading.findings, *judge_age(reading, CLOCK.now())]:
        page.space()
        page.findings(findings)
    page.space()
    page.text("Next: `fourth-signer doctor`, then `fourth-signer queue`.")
    return str(page)
