"""Descriptors (ERC-7730) from a checkout of a registry on this disk. Nothing is fetched, no path leaves the checkout.

One file that cannot be used does not spoil the others: it is told, and nothing is described by it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from verifier.decode.content import Json, UnfitError, parse_json, require_text
from verifier.decode.descriptors.document import Document, read_document
from verifier.decode.descriptors.merge import merged
from verifier.errors import ConfigurationMalformed, PathHomeless
from verifier.model.address import Address
from verifier.model.description import Refusal
from verifier.model.text import sanitise
from verifier.store.books import read_bounded
from verifier.store.place import path_of
from verifier.store.settings import Settings

MOST_FILES: Final = 20_000
MOST_BYTES: Final = 1024 * 1024
MOST_TOTAL_BYTES: Final = 256 * 1024 * 1024
MOST_LOOKED_THROUGH: Final = 512 * 1024 * 1024
"""So many bytes of descriptors a checkout may hold: a repository of a few kilobytes unpacks to any number of copies."""
MOST_ADDRESSES: Final = 500_000
"""So many places in all files may name an address."""
MOST_INCLUDES: Final = 8
"""So many files deep a descriptor may include others."""

_PREFIXES: Final = ("calldata-", "eip712-")
_ADDRESS: Final = re.compile(rb"0x([0-9a-f]{40})(?![0-9a-f])")
# Folders of the registry that hold no descriptors.
_OTHERS: Final = frozenset({"tests", "testsv2", "sigs", "node_modules"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """What a checkout holds."""

    documents: tuple[Document, ...] = ()
    # Of the files that cannot be used.
    refused: tuple[Refusal, ...] = ()


class Registry:
    """A checkout, whose files are looked through once, and read as descriptors where they are about an address."""

    def __init__(self, folder: Path) -> None:
        """:raises UnfitError: there is no such folder, or it holds too much, or no descriptor at all."""
        if not folder.is_dir():
            raise UnfitError(f"there is no folder {folder}")
        self._root = folder.resolve()
        self._paths = tuple(_descriptors_below(self._root))
        if not self._paths:
            raise UnfitError(f"{folder} holds no file calldata-*.json or eip712-*.json")
        self._about: dict[Address, list[Path]] = {}
        # Of these the text alone does not tell which addresses they are about.
        self._unclear: list[Path] = []
        size = places = 0
        for path in self._paths:
            length, count = self._look_through(path)
            size, places = size + length, places + count
            if size > MOST_LOOKED_THROUGH:
                raise UnfitError(f"its descriptors have more than {MOST_LOOKED_THROUGH} bytes")
            if places > MOST_ADDRESSES:
                raise UnfitError(f"its descriptors name more than {MOST_ADDRESSES} addresses")

    def read(self) -> Checkout:
        """Return every descriptor."""
        return self._read(self._paths)

    def about(self, addresses: Iterable[Address]) -> Checkout:
        """Return the descriptors that may be about one of these addresses, on whatever chain."""
        found = {path for address in addresses for path in self._about.get(address, ())}
        return self._read(sorted(found.union(self._unclear)))

    def documents(self, data: bytes, accounts: Iterable[Address]) -> tuple[Document, ...]:
        """The port DescriptorShelf. Files that cannot be used are left out: `read` tells of them."""
        return self.about(self.mentioned_in(data).union(accounts)).documents

    def mentioned_in(self, data: bytes) -> frozenset[Address]:
        """Return the addresses that something is known about and that stand anywhere in these bytes.

        A call inside of a call names its target somewhere, so that nothing is missing of what an operation does.
        """
        windows = {data[i : i + 20] for i in range(len(data) - 19)}
        return frozenset(address for address in self._about if bytes(address) in windows)

    def _look_through(self, path: Path) -> tuple[int, int]:
        """Note which addresses a file names, and return how many bytes and addresses it has."""
        try:
            text = read_bounded(path, MOST_BYTES).lower()
        except UnfitError:
            text = b""  # reading it says what is wrong
        addresses = {Address(bytes.fromhex(digits.decode("ascii"))) for digits in _ADDRESS.findall(text)}
        if b'"deployments"' not in text or not addresses:
            self._unclear.append(path)
        for address in addresses:
            self._about.setdefault(address, []).append(path)
        return len(text), len(addresses)

    def _read(self, paths: Iterable[Path]) -> Checkout:
        reader = _Reader(self._root)
        documents, refused = [], []
        for path in paths:
            name = path.relative_to(self._root).as_posix()
            try:
                documents.append(read_document(reader.read(path), name))
            except UnfitError as exc:
                refused.append(Refusal(source=sanitise(name), why=sanitise(str(exc), most=400)))
        return Checkout(documents=tuple(documents), refused=tuple(refused))


def open_registry(settings: Settings, configuration: Path) -> Registry | None:
    """Return the checkout that the configuration names; None where it names none.

    :param configuration: the file that the settings came from: paths are relative to it
    :raises ConfigurationMalformed: there is no such folder, or it holds too much, or no descriptor at all.
    """
    if settings.descriptors is None:
        return None
    try:
        return Registry(configuration.parent / path_of(settings.descriptors))
    except UnfitError as exc:
        raise ConfigurationMalformed(path=str(configuration), why=f"descriptors: {exc}") from exc
    except PathHomeless as exc:
        why = f"descriptors: {settings.descriptors} is in the home of somebody who has none"
        raise ConfigurationMalformed(path=str(configuration), why=why) from exc


class _Reader:
    """Reads files with what they include, each included file once, and counts what was read."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._left = MOST_TOTAL_BYTES
        self._included: dict[Path, Json] = {}

    def read(self, path: Path, around: tuple[Path, ...] = ()) -> Json:
        """Return a descriptor with what it includes joined in."""
        content = self._content(path)
        if not isinstance(content, dict) or "includes" not in content:
            return content
        if path in around:
            raise UnfitError(f"{self._name(path)} includes itself")
        if len(around) >= MOST_INCLUDES:
            raise UnfitError(f"it includes others more than {MOST_INCLUDES} files deep")
        target = self._target(path, require_text(content["includes"], "includes"))
        if target not in self._included:
            self._included[target] = self.read(target, (*around, path))
        own = {key: part for key, part in content.items() if key != "includes"}
        return merged(self._included[target], own)

    def _target(self, path: Path, text: str) -> Path:
        """Return the file that another one includes: one inside of the checkout, links followed."""
        if "://" in text or "\0" in text:
            raise UnfitError(f"it includes `{sanitise(text, most=120)}`, which is not fetched")
        try:
            target = (path.parent / text).resolve()
        except (OSError, RuntimeError) as exc:
            raise UnfitError(f"it includes `{sanitise(text, most=120)}`, which leads nowhere") from exc
        if not target.is_relative_to(self._root):
            raise UnfitError(f"it includes `{sanitise(text, most=120)}`, which is outside of the checkout")
        return target

    def _content(self, path: Path) -> Json:
        if not path.resolve().is_relative_to(self._root):
            raise UnfitError("it is a link to a file outside of the checkout")
        try:
            data = read_bounded(path, MOST_BYTES)
        except UnfitError as exc:
            raise UnfitError(str(exc).replace(str(self._root) + os.sep, "")) from exc
        self._left -= len(data)
        if self._left < 0:
            raise UnfitError(f"with it, the checkout has more than {MOST_TOTAL_BYTES} bytes")
        return parse_json(data)

    def _name(self, path: Path) -> str:
        return sanitise(path.relative_to(self._root).as_posix(), most=120)


def _descriptors_below(root: Path) -> Iterator[Path]:
    count = 0
    for folder, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if name not in _OTHERS and not name.startswith("."))
        for name in sorted(files):
            if name.startswith(_PREFIXES) and name.endswith(".json") and not name.endswith(".tests.json"):
                count += 1
                if count > MOST_FILES:
                    raise UnfitError(f"it holds more than {MOST_FILES} descriptors")
                yield Path(folder, name)
