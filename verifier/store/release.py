"""The release that this program came with: which code a vault has to have, and where its companions are."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from verifier.model.address import Address

COMPANIONS: Final = ("checks", "duty_registry", "strategy_limits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """A contract that stands once on each chain, for all vaults of this release."""

    # As in COMPANIONS.
    name: str
    address: Address
    # Of its runtime code.
    code_hash: bytes


def release_code_hash() -> bytes:
    """Return the hash of the runtime code that every vault of this release has."""
    return _code_hash(_read("vault"))


def release_companions() -> tuple[Companion, ...]:
    """Return the companions that the vaults of this release were compiled with."""
    return tuple(
        Companion(name=name, address=Address.parse(facts["address"]), code_hash=_code_hash(facts))
        for name, facts in ((name, _read(name)) for name in COMPANIONS)
    )


def _read(name: str) -> Any:
    return json.loads(resources.files("verifier").joinpath("release", f"{name}.json").read_text("utf-8"))


def _code_hash(facts: Any) -> bytes:
    return bytes.fromhex(facts["code_hash"].removeprefix("0x"))
