"""Contracts that are not ours: read or compiled from npm packages."""

from __future__ import annotations

import json
import posixpath
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import solcx
import yaml
from eth_abi.abi import encode
from eth_hash.auto import keccak
from solcx.exceptions import SolcNotInstalled

from tests.bench.report import BenchError
from tests.stage import type_text

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ROOT / "scripts" / "node" / "node_modules"
HERE: Final = Path(__file__).parent
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
        return cls(abi=found["abi"], creation=bytes.fromhex(found["bytecode"][2:]))

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
        try:
            output = solcx.compile_standard(standard_input, solc_version=solidity["version"])
        except SolcNotInstalled:
            raise BenchError("the compiler is missing; run scripts/install first.") from None
        compiled = output["contracts"][path][name]
        return cls(abi=compiled["abi"], creation=bytes.fromhex(compiled["evm"]["bytecode"]["object"]))

    def creation_with(self, *arguments: Any) -> bytes:
        """Return the creation code with the constructor's arguments behind it."""
        (entry,) = (e for e in self.abi if e["type"] == "constructor")
        return self.creation + encode([type_text(p) for p in entry["inputs"]], arguments)

    def data_of(self, name: str, *arguments: Any) -> bytes:
        """Return calldata for a function."""
        (entry,) = (e for e in self.abi if e["type"] == "function" and e["name"] == name)
        types = [type_text(p) for p in entry["inputs"]]
        return keccak(f"{name}({','.join(types)})".encode())[:4] + encode(types, arguments)


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
