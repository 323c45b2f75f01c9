"""The compiled release, as the tests of the core compare it with our own tables."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
CONTRACTS: Final = ROOT / "contracts"


@cache
def read_release(name: str) -> Any:
    """Return a file of the release that ships in the package."""
    return json.loads(resources.files("verifier").joinpath("release", name).read_text("utf-8"))


def abi_entries(kind: str) -> list[dict[str, Any]]:
    """Return the events, errors or functions of the compiled vault."""
    return [entry for entry in read_release("vault.abi.json") if entry["type"] == kind]


def signature_type(parameter: dict[str, Any]) -> str:
    """Return a parameter's type as signatures write it, tuples opened."""
    kind: str = parameter["type"]
    if not kind.startswith("tuple"):
        return kind
    return "(" + ",".join(signature_type(part) for part in parameter["components"]) + ")" + kind[5:]


def read_source(path: str) -> str:
    """Return a Solidity file of the contract."""
    return (CONTRACTS / path).read_text("utf-8")
