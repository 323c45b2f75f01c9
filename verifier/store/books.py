"""The signer's own ABIs, read from the files that the configuration names."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from verifier.decode.content import UnfitError, parse_json
from verifier.decode.json_abi import parse_json_abi
from verifier.decode.signatures import Event, Function, Interface, parse_interface
from verifier.errors import AbiMalformed, ConfigurationMalformed, PathHomeless
from verifier.model.address import Address
from verifier.store.configuration import ANY
from verifier.store.place import path_of
from verifier.store.settings import Settings

MOST_FILES: Final = 1_000
"""So many files may be named for one contract, patterns filled in."""

MOST_BYTES: Final = 4 * 1024 * 1024


def read_books(settings: Settings, configuration: Path) -> Mapping[Address | None, Interface]:
    """Return the signer's ABIs by the contract that they are about; under None, those for any contract.

    :param configuration: the file that the settings came from: paths are relative to it
    :raises ConfigurationMalformed: a file is not there or no ABI, or two functions of one contract have one selector.
    """
    books: dict[Address | None, Interface] = {}
    for contract, patterns in settings.abis.items():
        try:
            books[contract] = _joined([_read(path) for path in _files(patterns, configuration.parent)])
        except UnfitError as exc:
            why = f"abis.{contract or ANY}: {exc}"
            raise ConfigurationMalformed(path=str(configuration), why=why) from exc
    return books


def read_bounded(path: Path, most: int) -> bytes:
    """Return what a file holds.

    :raises UnfitError: it is none that can be read, or has more than `most` bytes.
    """
    try:
        is_regular = stat.S_ISREG(path.stat().st_mode)
        content = b""
        if is_regular:
            with path.open("rb") as file:
                content = file.read(most + 1)
    except (OSError, ValueError) as exc:
        why = getattr(exc, "strerror", None) or "its path is no path"
        raise UnfitError(f"{path} cannot be read ({why})") from exc
    if not is_regular:
        raise UnfitError(f"{path} is no regular file")
    if len(content) > most:
        raise UnfitError(f"{path} has more than {most} bytes")
    return content


def _files(patterns: Iterable[str], folder: Path) -> list[Path]:
    """Return the files that paths and patterns name; only the last part of a path may be a pattern."""
    files = []
    for pattern in patterns:
        try:
            path = folder / path_of(pattern)
        except PathHomeless as exc:
            raise UnfitError(f"{pattern} is in the home of somebody who has none") from exc
        if "*" in str(path.parent):
            raise UnfitError(f"{pattern} has a * in the name of a folder, which is not filled in")
        if "*" not in path.name:
            files.append(path)
            continue
        found = sorted(path.parent.glob(path.name))
        if not found:
            raise UnfitError(f"{pattern} names no file")
        files.extend(found)
    if len(files) > MOST_FILES:
        raise UnfitError(f"it names more than {MOST_FILES} files")
    return files


def _read(path: Path) -> Interface:
    content = read_bounded(path, MOST_BYTES)
    # Compilers give the ending .abi to JSON too.
    is_json = content.lstrip()[:1] in (b"[", b"{")
    if not is_json and path.suffix != ".abi":
        raise UnfitError(f"{path} is no JSON, and does not end in .abi")
    try:
        return parse_json_abi(parse_json(content)) if is_json else parse_interface(content.decode("utf-8"))
    except UnicodeDecodeError as exc:
        raise UnfitError(f"{path}: byte {exc.start} is no UTF-8") from exc
    except UnfitError as exc:
        raise UnfitError(f"{path}: {exc}") from exc
    except AbiMalformed as exc:
        raise UnfitError(f"{path}: {exc.sentence().removesuffix('.')}") from exc


def _joined(interfaces: list[Interface]) -> Interface:
    """Return all as one. A function that comes twice keeps the names of its first appearance."""
    functions: dict[bytes, Function] = {}
    events: dict[str, Event] = {}
    for interface in interfaces:
        for function in interface.functions:
            known = functions.setdefault(function.selector, function)
            if known.signature != function.signature:
                raise UnfitError(f"{known.signature} and {function.signature} have one selector")
        for name, event in interface.events.items():
            events.setdefault(name, event)
    return Interface(types={}, events=events, functions=tuple(functions.values()))
