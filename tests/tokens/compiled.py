"""The Solidity mocks of this folder, compiled once a run and deployed by name.

    token = deploy(chain, "Token", 6)
    chain.send(anyone, token, data_of("Token", "mint", holder, 5))

No contract of the product is here, and no mock is ever beside one.
"""

from __future__ import annotations

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


@cache
def _compiled() -> dict[str, dict[str, Any]]:
    """Return the compiler's output for every contract of this folder, by name."""
    solidity = yaml.safe_load((ROOT / "ape-config.yaml").read_text("utf-8"))["solidity"]
    sources = {path.name: {"content": path.read_text("utf-8")} for path in sorted(FOLDER.glob("*.sol"))}
    output = solcx.compile_standard(
        {
            "language": "Solidity",
            "settings": {
                "evmVersion": solidity["evm_version"],
                "optimizer": {"enabled": True},
                "outputSelection": {"*": {"*": ["abi", "evm.bytecode.object"]}},
            },
            "sources": sources,
        },
        solc_binary=ROOT / ".tools" / "solc" / f"solc-v{solidity['version']}",
    )
    return {name: built for file in output["contracts"].values() for name, built in file.items()}


def _entry(contract: str, kind: str, name: str | None = None) -> dict[str, Any]:
    abi: list[dict[str, Any]] = _compiled()[contract]["abi"]
    (entry,) = (e for e in abi if e["type"] == kind and (name is None or e["name"] == name))
    return entry


def _types(entry: dict[str, Any], side: str) -> list[str]:
    return [type_text(part) for part in entry[side]]


def creation_of(contract: str, *arguments: Any) -> bytes:
    """Return a mock's creation code with its constructor's arguments."""
    code = bytes.fromhex(_compiled()[contract]["evm"]["bytecode"]["object"])
    if arguments:
        code += encode(_types(_entry(contract, "constructor"), "inputs"), arguments)
    return code


def deploy(chain: Anvil, contract: str, *arguments: Any) -> bytes:
    """Return the address of a new mock."""
    return chain.deploy(creation_of(contract, *arguments))


def data_of(contract: str, function: str, *arguments: Any) -> bytes:
    """Return calldata for a function of a mock."""
    types = _types(_entry(contract, "function", function), "inputs")
    return keccak(f"{function}({','.join(types)})".encode("ascii"))[:4] + encode(types, arguments)


def read(chain: Anvil, contract: str, at: bytes, function: str, *arguments: Any) -> Any:
    """Return what a function of a mock answers with: one value."""
    answer = chain.call(at, data_of(contract, function, *arguments))
    assert answer.succeeded, f"{contract}.{function} reverted"
    (value,) = decode(_types(_entry(contract, "function", function), "outputs"), answer.data)
    return value


def data_of_error(contract: str, error: str, *arguments: Any) -> bytes:
    """Return the revert data of an error of a mock."""
    types = _types(_entry(contract, "error", error), "inputs")
    return keccak(f"{error}({','.join(types)})".encode("ascii"))[:4] + encode(types, arguments)
