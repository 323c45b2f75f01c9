"""Contracts beside the vault: read or compiled from npm packages, or of our own release.

What was compiled is kept under `.tools/bench`, by the hash of all that the compiler was given.
"""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import solcx
import yaml
from eth_abi.abi import encode
from eth_hash.auto import keccak
from solcx.exceptions import SolcNotInstalled

from tests.bench.report import BenchError
from tests.stage import RELEASE, type_text

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ROOT / "scripts" / "node" / "node_modules"
HERE: Final = Path(__file__).parent
KEPT: Final = ROOT / ".tools" / "bench"
# How a JavaScript file of Zodiac's gives creation code.
PUBLISHED: Final = re.compile(r'^exports\.initCode = "0x([0-9a-f]+)";$', re.MULTILINE)
IMPORT: Final = re.compile(r'^import [^;]*"([^"]+)";', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Artifact:
    """A compiled contract."""

    abi: list[dict[str, Any]]
    creation: bytes

    @classmethod
    def read(cls, path: str) -> Artifact:
        """Return what a package carries compiled."""
        found = json.loads(_text(path))
        return cls(abi=found["abi"], creation=bytes.fromhex(found["bytecode"].removeprefix("0x")))

    @classmethod
    def read_published(cls, abi: str, code: str) -> Artifact:
        """Return what a package carries as an ABI, and creation code that its own scripts deploy."""
        found = PUBLISHED.search(_text(code))
        if found is None:
            raise BenchError(f"scripts/node/node_modules/{code} has no creation code where it used to be.")
        return cls(abi=json.loads(_text(abi)), creation=bytes.fromhex(found[1]))

    @classmethod
    def compile(cls, path: str) -> Artifact:
        """Compile the contract that a file is named after, with the settings of the vault itself."""
        solidity = yaml.safe_load((ROOT / "ape-config.yaml").read_text("utf-8"))["solidity"]
        name = posixpath.basename(path).removesuffix(".sol")
        standard_input = {
            "language": "Solidity",
            "sources": {source: {"content": text} for source, text in _sources(path).items()},
            "settings": {
                "evmVersion": solidity["evm_version"],
                "optimizer": {"enabled": solidity["optimize"], "runs": solidity["optimization_runs"]},
                "outputSelection": {path: {name: ["abi", "evm.bytecode.object"]}},
                "viaIR": solidity["via_ir"],
            },
        }
        compiled = _compiled(json.dumps(standard_input, sort_keys=True), solidity["version"])
        found = compiled["contracts"][path][name]
        return cls(abi=found["abi"], creation=bytes.fromhex(found["evm"]["bytecode"]["object"]))

    @classmethod
    def released(cls, name: str) -> Artifact:
        """Return a contract of our own release."""
        abi, facts = (
            json.loads((RELEASE / f"{name}{suffix}.json").read_text("utf-8")) for suffix in (".abi", "")
        )
        return cls(abi=abi, creation=bytes.fromhex(facts["creation_code"][2:]))

    @classmethod
    def prepare(cls, paths: Sequence[str]) -> None:
        """Compile several at a time, so that each is at hand when it is asked for."""
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for _ in pool.map(cls.compile, paths):
                pass

    def creation_with(self, *arguments: Any) -> bytes:
        """Return the creation code with the constructor's arguments behind it."""
        (entry,) = (e for e in self.abi if e["type"] == "constructor")
        return self.creation + encode([type_text(p) for p in entry["inputs"]], arguments)

    def data_of(self, name: str, *arguments: Any) -> bytes:
        """Return calldata for a function."""
        (entry,) = (e for e in self.abi if e["type"] == "function" and e["name"] == name)
        types = [type_text(p) for p in entry["inputs"]]
        return keccak(f"{name}({','.join(types)})".encode())[:4] + encode(types, arguments)


def _compiled(standard_input: str, version: str) -> Any:
    """Return what the compiler answers: kept from before, if it was asked the same."""
    digest = hashlib.sha256(f"{version} {standard_input}".encode()).hexdigest()
    kept = KEPT / f"{digest}.json"
    if not kept.exists():
        try:
            output = solcx.compile_standard(json.loads(standard_input), solc_version=version)
        except SolcNotInstalled:
            raise BenchError("the compiler is missing; run scripts/install first.") from None
        KEPT.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: another run may read at the same time.
        unfinished = kept.with_suffix(f".{os.getpid()}")
        unfinished.write_text(json.dumps(output), "utf-8")
        unfinished.replace(kept)
    return json.loads(kept.read_text("utf-8"))


def _text(path: str) -> str:
    """Return a file of a package, or of this folder."""
    beside = HERE / path
    try:
        return (beside if beside.exists() else PACKAGES / path).read_text("utf-8")
    except FileNotFoundError:
        raise BenchError(f"scripts/node/node_modules/{path} is missing; run scripts/install first.") from None


def _sources(root: str) -> dict[str, str]:
    """Return a source and all that it imports."""
    sources: dict[str, str] = {}
    waiting = [root]
    while waiting:
        path = waiting.pop()
        if path not in sources:
            sources[path] = _text(path)
            for imported in IMPORT.findall(sources[path]):
                relative = imported.startswith(".")
                waiting.append(
                    posixpath.normpath(posixpath.join(posixpath.dirname(path), imported))
                    if relative
                    else imported
                )
    return sources
