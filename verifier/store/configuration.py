"""Reading the configuration file. It is believed only as a whole: what cannot be understood is not passed over."""

from __future__ import annotations

import re
import stat
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from verifier.errors import ConfigurationMalformed, ConfigurationMissing, InputError
from verifier.model.address import Address
from verifier.model.text import sanitise
from verifier.model.units import ChainId, MemberIndex
from verifier.store.settings import BLOCKS, ChainSettings, Pin, Settings

VERSION: Final = 1
MOST_BYTES: Final = 1024 * 1024
ANY: Final = "any"
"""The key of ABIs that are tried at any contract."""

_HASH: Final = re.compile(r"0x[0-9a-fA-F]{64}")


class _UnfitError(Exception):
    """What is wrong, in words; it never leaves this module."""


def read_settings(path: Path) -> Settings:
    """Return what the configuration file says.

    :raises ConfigurationMissing: there is none.
    :raises ConfigurationMalformed: it is not a file that can be read, not TOML, or not what it should be.
    """
    return parse_settings(read_text(path), path)


def read_text(path: Path) -> str:
    """Return the configuration file as it stands.

    :raises ConfigurationMissing: there is none.
    :raises ConfigurationMalformed: it is not a file that can be read.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ConfigurationMalformed(path=str(path), why="it is no regular file")
        if path.stat().st_size > MOST_BYTES:
            raise ConfigurationMalformed(path=str(path), why=f"it has more than {MOST_BYTES} bytes")
        return path.read_bytes().decode("utf-8")
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise ConfigurationMissing(path=str(path)) from exc
    except UnicodeDecodeError as exc:
        raise ConfigurationMalformed(path=str(path), why=f"byte {exc.start} is no UTF-8") from exc
    except (OSError, ValueError) as exc:
        why = getattr(exc, "strerror", None) or "its path is no path"
        raise ConfigurationMalformed(path=str(path), why=f"it cannot be read ({why})") from exc


def parse_settings(text: str, path: Path) -> Settings:
    """Return what the text of a configuration file says.

    :raises ConfigurationMalformed: it is not TOML, or not what it should be.
    """
    try:
        return _settings(tomllib.loads(text))
    except tomllib.TOMLDecodeError as exc:
        raise ConfigurationMalformed(path=str(path), why=f"it is no TOML: {exc}") from exc
    except RecursionError as exc:
        raise ConfigurationMalformed(path=str(path), why="it is nested too deeply") from exc
    except InputError as exc:
        raise ConfigurationMalformed(path=str(path), why=exc.sentence().removesuffix(".")) from exc
    except _UnfitError as exc:
        raise ConfigurationMalformed(path=str(path), why=str(exc)) from exc


def _settings(content: dict[str, Any]) -> Settings:
    version = content.get("version")
    if version != VERSION or isinstance(version, bool):
        raise _UnfitError(f"it should begin with `version = {VERSION}`, the only one that this program reads")
    others = ("vaults", "chains", "labels", "abis", "descriptors")
    top = _table(content, "the file", ("version",), others)
    pins = {name: _pin(name, table) for name, table in _sub(top, "vaults").items()}
    chains = [_chain(number, table) for number, table in _sub(top, "chains").items()]
    settings = Settings(
        pins=pins,
        chains={chain.chain_id: chain for chain in chains},
        labels=_labels(_sub(top, "labels")),
        abis=_abis(_sub(top, "abis")),
        descriptors=_path(top["descriptors"], "descriptors") if "descriptors" in top else None,
    )
    if len({(pin.chain_id, pin.vault) for pin in pins.values()}) < len(pins):
        raise _UnfitError("one vault is pinned under two names")
    return settings


def _pin(name: str, content: Any) -> Pin:
    where = f"vaults.{name}"
    table = _table(content, where, ("chain", "address", "code_hash", "founding"), ("seat", "member", "group"))
    if ("seat" in table) != ("member" in table):
        raise _UnfitError(f"{where} should have both seat and member, or neither")
    return Pin(
        name=name,
        chain_id=ChainId(_number(table, "chain", where)),
        vault=Address.parse(_text(table, "address", where)),
        code_hash=_hash(table, "code_hash", where),
        founding=_hash(table, "founding", where),
        seat=MemberIndex(_number(table, "seat", where)) if "seat" in table else None,
        member=Address.parse(_text(table, "member", where)) if "member" in table else None,
        group=_path(table["group"], f"group of {where}") if "group" in table else None,
    )


def _chain(number: str, content: Any) -> ChainSettings:
    where = f"chains.{number}"
    if not re.fullmatch(r"[1-9][0-9]{0,19}", number):
        raise _UnfitError(f"{where} should be named by the number of a chain")
    table = _table(content, where, ("endpoints", "quorum"), ("block", "coin"))
    endpoints = table["endpoints"]
    if not isinstance(endpoints, list) or not all(isinstance(url, str) for url in endpoints) or not endpoints:
        raise _UnfitError(f"endpoints of {where} should be a list of addresses")
    block = _text(table, "block", where) if "block" in table else "latest"
    if block not in BLOCKS:
        raise _UnfitError(f"block of {where} should be one of {', '.join(BLOCKS)}")
    return ChainSettings(
        chain_id=ChainId(int(number)),
        endpoints=tuple(dict.fromkeys(endpoints)),
        quorum=_number(table, "quorum", where),
        block=block,
        coin=_text(table, "coin", where) if "coin" in table else "ETH",
    )


def _labels(content: Mapping[str, Any]) -> dict[Address, str]:
    labels: dict[Address, str] = {}
    for text in content:
        address, label = Address.parse(text), _text(content, text, "labels")
        if address in labels:
            raise _UnfitError(f"{address} has two labels")
        if label in labels.values():
            raise _UnfitError(f'two addresses have the label "{label}"')
        labels[address] = label
    return labels


def _abis(content: Mapping[str, Any]) -> dict[Address | None, tuple[str, ...]]:
    abis: dict[Address | None, tuple[str, ...]] = {}
    for key, value in content.items():
        where = f"abis.{sanitise(key, most=60)}"
        contract = None if key == ANY else Address.parse(key)
        if contract in abis:
            raise _UnfitError(f"{where} comes twice")
        files = value if isinstance(value, list) else [value]
        if not files:
            raise _UnfitError(f"{where} names no file")
        abis[contract] = tuple(_path(file, where) for file in files)
    return abis


def _path(value: Any, where: str) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise _UnfitError(f"{where} should be a path in quotes")
    return value


def _table(content: Any, where: str, needed: Sequence[str], others: Sequence[str] = ()) -> dict[str, Any]:
    """Return a table that has the needed keys and no unknown ones: a misspelt one must not go unnoticed."""
    if not isinstance(content, dict):
        raise _UnfitError(f"{where} should be a table")
    if missing := [key for key in needed if key not in content]:
        raise _UnfitError(f"{where} has no {missing[0]}")
    if unknown := [key for key in content if key not in (*needed, *others)]:
        raise _UnfitError(f"{where} has `{unknown[0]}`, which means nothing here")
    return content


def _sub(content: Mapping[str, Any], key: str) -> dict[str, Any]:
    sub = content.get(key, {})
    if not isinstance(sub, dict):
        raise _UnfitError(f"{key} should be a table")
    return sub


def _text(table: Mapping[str, Any], key: str, where: str) -> str:
    value = table[key]
    if not isinstance(value, str) or not value.strip():
        raise _UnfitError(f"{key} of {where} should be text in quotes")
    return value


def _number(table: Mapping[str, Any], key: str, where: str) -> int:
    value = table[key]
    if not isinstance(value, int) or isinstance(value, bool):
        raise _UnfitError(f"{key} of {where} should be a whole number")
    return value


def _hash(table: Mapping[str, Any], key: str, where: str) -> bytes:
    value = _text(table, key, where)
    if not _HASH.fullmatch(value):
        raise _UnfitError(f"{key} of {where} should be 0x and 64 hex digits")
    return bytes.fromhex(value[2:])
