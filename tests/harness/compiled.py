"""The Solidity harnesses of this folder: contracts that open a library of the product to the tests.

    schnorr = compiled("SchnorrHarness")
    address = chain.deploy(schnorr.creation)
    assert schnorr.read(chain, address, "isKey", x, y)

They are compiled with the settings of the vault, so that what is measured is what is deployed. A warning is an error.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import solcx
import yaml
from eth_abi.abi import decode, encode
from eth_hash.auto import keccak

from tests.anvil import Anvil
from tests.stage import type_text

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = Path(__file__).parent
IMPORT: Final = re.compile(r'^import [^;]*"(\.[^"]+)";', re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Harness:
    """A compiled harness. It has no constructor."""

    abi: list[dict[str, Any]] = field(repr=False)
    creation: bytes = field(repr=False)
    runtime: bytes = field(repr=False)

    def _function(self, name: str) -> dict[str, Any]:
        (entry,) = (e for e in self.abi if e["type"] == "function" and e["name"] == name)
        return entry

    def data_of(self, name: str, *arguments: Any) -> bytes:
        """Return calldata for a function."""
        types = [type_text(part) for part in self._function(name)["inputs"]]
        return keccak(f"{name}({','.join(types)})".encode("ascii"))[:4] + encode(types, arguments)

    def read(self, chain: Anvil, at: bytes, name: str, *arguments: Any) -> Any:
        """Return what a function answers with: one value. A revert fails the test."""
        answer = chain.call(at, self.data_of(name, *arguments))
        assert answer.succeeded, f"{name}{arguments} reverted with 0x{answer.data.hex()}"
        (value,) = decode([type_text(part) for part in self._function(name)["outputs"]], answer.data)
        return value


@cache
def compiled(name: str) -> Harness:
    """Return a harness by its contract's name."""
    return _harness(_output()[name])


def compiled_from(sources: dict[str, str], name: str) -> Harness:
    """Return a contract of other sources than the checkout's, by path: such as copies with a line changed."""
    return _harness(_compile(sources, sorted(sources))[name])


def _harness(built: dict[str, Any]) -> Harness:
    return Harness(
        abi=built["abi"],
        creation=bytes.fromhex(built["evm"]["bytecode"]["object"]),
        runtime=bytes.fromhex(built["evm"]["deployedBytecode"]["object"]),
    )


@cache
def _output() -> dict[str, dict[str, Any]]:
    """Return the compiler's output for every contract of this folder, by name."""
    files = sorted(path.relative_to(ROOT).as_posix() for path in FOLDER.glob("*.sol"))
    return _compile(_sources(files), files)


def _compile(sources: dict[str, str], files: list[str]) -> dict[str, dict[str, Any]]:
    solidity = yaml.safe_load((ROOT / "ape-config.yaml").read_text("utf-8"))["solidity"]
    wanted = ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"]
    output = solcx.compile_standard(
        {
            "language": "Solidity",
            "settings": {
                "evmVersion": solidity["evm_version"],
                "metadata": {"appendCBOR": False, "bytecodeHash": "none"},
                "optimizer": {"enabled": solidity["optimize"], "runs": solidity["optimization_runs"]},
                "outputSelection": {file: {"*": wanted} for file in files},
                "viaIR": solidity["via_ir"],
            },
            "sources": {path: {"content": text} for path, text in sources.items()},
        },
        solc_binary=ROOT / ".tools" / "solc" / f"solc-v{solidity['version']}",
    )
    assert not output.get("errors"), "\n".join(each["formattedMessage"] for each in output["errors"])
    return {name: built for file in files for name, built in output["contracts"][file].items()}


def _sources(files: list[str]) -> dict[str, str]:
    """Return the files and all that they import, by path from the checkout."""
    sources: dict[str, str] = {}
    waiting = list(files)
    while waiting:
        path = waiting.pop()
        if path not in sources:
            sources[path] = (ROOT / path).read_text("utf-8")
            folder = posixpath.dirname(path)
            waiting += [
                posixpath.normpath(posixpath.join(folder, found)) for found in IMPORT.findall(sources[path])
            ]
    return sources
