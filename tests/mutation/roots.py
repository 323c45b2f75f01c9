"""What is compiled: the contracts of the release, and the harnesses that open libraries to the tests."""

from __future__ import annotations

import hashlib
import importlib.machinery
import importlib.util
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]
RELEASE: Final = ROOT / "verifier" / "release"
HARNESSES: Final = "tests/harness"
TEST_FOLDERS: Final = ("tests/contracts", "tests/attacks", "tests/lifecycle")
"""Where the tests are that mutants are put before."""

Sources = dict[str, str]
"""Texts of Solidity files, by path from the checkout."""


class NotReadyError(Exception):
    """Something must be done before mutants can be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """A contract that is compiled by itself. `key` is its name in the release; a harness has none."""

    source: str
    name: str
    key: str | None


@cache
def build_script() -> ModuleType:
    """Return scripts/build: what it compiles, and how."""
    path = ROOT / "scripts" / "build"
    loader = importlib.machinery.SourceFileLoader("scripts_build", str(path))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    if spec is None:
        raise NotReadyError(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


def roots() -> list[Root]:
    """Return all of them, the contracts of the release first."""
    found = [
        Root(source=contract.source, name=contract.name, key=key)
        for key, contract in build_script().CONTRACTS.items()
    ]
    harnesses = sorted((ROOT / HARNESSES).glob("*.sol"))
    return found + [Root(source=f"{HARNESSES}/{path.name}", name=path.stem, key=None) for path in harnesses]


@cache
def sources_of(root: Root) -> Sources:
    """Return the files that a root is compiled from."""
    return {path: each["content"] for path, each in build_script().gather_sources(root.source).items()}


def all_sources() -> Sources:
    """Return every file that any root is compiled from."""
    return {path: text for root in roots() for path, text in sources_of(root).items()}


def can_be_mutated(path: str) -> bool:
    """Whether there is code in a file that the product is made of."""
    return path.startswith("contracts/") and not path.startswith("contracts/interfaces/")


def settings() -> dict[str, Any]:
    """Return the settings of the release."""
    found: dict[str, Any] = build_script().read_settings()[1]
    return found


def hash_of(texts: Iterable[str]) -> str:
    """Return a short name for exactly these texts in this order."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(len(text).to_bytes(8, "big") + text.encode("utf-8"))
    return digest.hexdigest()[:16]


def sources_hash() -> str:
    """Return a name for the sources and the compiler's settings."""
    sources = all_sources()
    return hash_of(
        [json.dumps(settings(), sort_keys=True), *(p + "\n" + sources[p] for p in sorted(sources))]
    )


def require_release_of_sources() -> None:
    """Raise NotReadyError where the release was compiled from other sources: the tests read its ABI."""
    for root in roots():
        if root.key is None:
            continue
        path = RELEASE / f"{root.key}.input.json"
        released = json.loads(path.read_text("utf-8"))["sources"] if path.exists() else None
        if released != {name: {"content": text} for name, text in sources_of(root).items()}:
            raise NotReadyError(f"{root.key} was compiled from other sources; run scripts/build first")
