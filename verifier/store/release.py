"""The release that this program came with: which code a vault has to have, and where its companions are."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

from verifier.model.address import Address
from verifier.model.companions import Companion, Companions
from verifier.model.deployment import ReleasedCode


def release_code_hash() -> bytes:
    """Return the hash of the runtime code that every vault of this release has."""
    return _code_hash(_read("vault"))


def release_companions() -> tuple[Companion, ...]:
    """Return the companions that the vaults of this release were compiled with, by name."""
    files = resources.files("verifier").joinpath("release").iterdir()
    names = {file.name.partition(".")[0] for file in files} - {"vault"}
    return tuple(_companion(name, _read(name)) for name in sorted(names))


def released_vault() -> ReleasedCode:
    """Return the code that makes a vault; its constructor's argument goes behind it."""
    return _released("vault")


def released_companions() -> tuple[ReleasedCode, ...]:
    """Return the code that makes the companions, by name."""
    return tuple(_released(companion.name) for companion in release_companions())


def companion_addresses() -> Companions:
    """Return where the companions of this release are."""
    return Companions(**{companion.name: companion.address for companion in release_companions()})


def _released(name: str) -> ReleasedCode:
    facts = _read(name)
    code = bytes.fromhex(facts["creation_code"].removeprefix("0x"))
    return ReleasedCode(name=name, creation_code=code, code_hash=_code_hash(facts))


def _companion(name: str, facts: Any) -> Companion:
    return Companion(name=name, address=Address.parse(facts["address"]), code_hash=_code_hash(facts))


def _read(name: str) -> Any:
    return json.loads(resources.files("verifier").joinpath("release", f"{name}.json").read_text("utf-8"))


def _code_hash(facts: Any) -> bytes:
    return bytes.fromhex(facts["code_hash"].removeprefix("0x"))
