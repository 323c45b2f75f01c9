"""A holder in a group's file, and its card: what a holder hands to whoever sets the group up.

A card is a table of the same keys without `index`, below `mark = "fourth-signer holder"`.
"""

from __future__ import annotations

import base64
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import tomli_w

from verifier.decode.content import UnfitError as UnfitContentError
from verifier.errors import FourthSignerError, GroupFileMalformed
from verifier.model.group_file import BY_FILES, HolderEntry
from verifier.model.text import Shown
from verifier.model.units import Person
from verifier.store.books import read_bounded
from verifier.store.group_values import address_in, base64_in, bytes_in, plain_name_in
from verifier.store.vault_file_members import MOST_NUMBER, read_employers
from verifier.store.vault_file_values import attributes_in, whole_in
from verifier.store.watch_table import Table, UnfitError

CARD_MARK: Final = "fourth-signer holder"
CARD_VERSION: Final = 1
_MOST_BYTES: Final = 16 * 1024


def read_holder(table: Table, employers: Mapping[Shown, int], *, index: int | None = None) -> HolderEntry:
    """Return a holder; its index is in the table, unless it is given."""
    attributes = attributes_in(table, employers)
    place = table.content["place"]
    entry = HolderEntry(
        index=whole_in(table, "index", least=1, most=255) if index is None else index,
        name=plain_name_in(table),
        person=Person(whole_in(table, "person", least=1, most=MOST_NUMBER)),
        employer=Shown(str(table.take("employer"))),
        attributes=attributes,
        latitude=Decimal(place["latitude"]),
        longitude=Decimal(place["longitude"]),
        transport_key=bytes_in(table, "transport_key", 32),
        certificate=base64_in(table, "certificate"),
        address=address_in(table, "address", BY_FILES),
    )
    table.end()
    return entry


def holder_table(holder: HolderEntry) -> dict[str, Any]:
    """Return a holder as it is written."""
    return {
        "index": holder.index,
        "name": str(holder.name),
        "person": int(holder.person),
        "employer": str(holder.employer),
        "utc_offset": _offset(holder.attributes.utc_offset),
        "place": {"latitude": _degrees(holder.latitude), "longitude": _degrees(holder.longitude)},
        "transport_key": "0x" + holder.transport_key.hex(),
        "certificate": text_of(holder.certificate),
        "address": str(holder.address),
    }


def render_card(holder: HolderEntry) -> bytes:
    """Return a holder's card."""
    table = holder_table(holder)
    del table["index"]
    content = {
        "mark": CARD_MARK,
        "version": CARD_VERSION,
        "employers": {str(holder.employer): holder.attributes.employer},
        "holder": table,
    }
    return tomli_w.dumps(content).encode("utf-8")


def read_card(path: Path, *, index: int) -> HolderEntry:
    """Return whom a card is of.

    :param index: which the holder is to have
    :raises GroupFileMalformed: it is none.
    """
    try:
        content = read_bounded(path, _MOST_BYTES)
        return parse_card(content, index=index)
    except (UnfitContentError, UnfitError) as exc:
        raise GroupFileMalformed(path=str(path), why=str(exc)) from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise GroupFileMalformed(path=str(path), why="it is no TOML") from exc
    except FourthSignerError as exc:
        raise GroupFileMalformed(path=str(path), why=exc.sentence().rstrip(".")) from exc


def parse_card(content: bytes, *, index: int) -> HolderEntry:
    """:raises UnfitError: it is no card, or not TOML."""
    top = Table(tomllib.loads(content.decode("utf-8"), parse_float=Decimal), "the card")
    if top.take("mark") != CARD_MARK:
        raise UnfitError(f'it does not say mark = "{CARD_MARK}" of itself')
    if whole_in(top, "version", most=1 << 31) != CARD_VERSION:
        raise UnfitError(f"it has another version than {CARD_VERSION}, which this release reads")
    employers = read_employers(top)
    table = top.table("holder")
    if table is None:
        raise UnfitError("it has no [holder]")
    holder = read_holder(table, employers, index=index)
    top.end()
    return replace(holder, index=index)


def text_of(der: bytes) -> str:
    return base64.b64encode(der).decode("ascii")


def _offset(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


def _degrees(value: Decimal) -> float | int:
    return int(value) if value == value.to_integral_value() else float(value)
