"""The Solidity of this folder, compiled once a run, and code too small for a compiler.

intruder = deploy(chain, "Intruder")
chain.send(anyone, intruder, data_of("Intruder", "plan", vault, calls, answer))
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
FOLDER: Final = Path(__file__).parent / "contracts"
TRUE: Final = (1).to_bytes(32, "big")
"""What an ERC-20 token answers."""


@cache
def _compiled() -> dict[str, dict[str, Any]]:
    """Return the compiler's output for every contract of the folder, by name."""
    solidity = yaml.safe_load((ROOT / "ape-config.yaml").read_text("utf-8"))["solidity"]
    sources = {path.name: {"content": path.read_text("utf-8")} for path in sorted(FOLDER.glob("*.sol"))}
    output = solcx.compile_standard(
        {
            "language": "Solidity",
            "settings": {
                "evmVersion": solidity["evm_version"],
                "viaIR": True,
                "outputSelection": {"*": {"*": ["abi", "evm.bytecode.object"]}},
            },
            "sources": sources,
        },
        solc_binary=ROOT / ".tools" / "solc" / f"solc-v{solidity['version']}",
    )
    return {name: built for file in output["contracts"].values() for name, built in file.items()}


def _types(contract: str, kind: str, name: str | None, side: str) -> list[str]:
    abi: list[dict[str, Any]] = _compiled()[contract]["abi"]
    (entry,) = (e for e in abi if e["type"] == kind and (name is None or e["name"] == name))
    return [type_text(part) for part in entry[side]]


def creation_code(contract: str, *arguments: Any) -> bytes:
    code = bytes.fromhex(_compiled()[contract]["evm"]["bytecode"]["object"])
    return code + encode(_types(contract, "constructor", None, "inputs"), arguments) if arguments else code


def deploy(chain: Anvil, contract: str, *arguments: Any) -> bytes:
    """Return the address of a new mock."""
    return chain.deploy(creation_code(contract, *arguments))


def data_of(contract: str, function: str, *arguments: Any) -> bytes:
    """Return calldata for a function of a mock."""
    types = _types(contract, "function", function, "inputs")
    return keccak(f"{function}({','.join(types)})".encode("ascii"))[:4] + encode(types, arguments)


def read(chain: Anvil, contract: str, at: bytes, function: str, *arguments: Any) -> Any:
    """Return what a function of a mock answers with: one value."""
    answer = chain.call(at, data_of(contract, function, *arguments))
    assert answer.succeeded, f"{contract}.{function} reverted"
    (value,) = decode(_types(contract, "function", function, "outputs"), answer.data)
    return value


def code_that_returns(size: int) -> bytes:
    """Return EVM code that answers every call with so many bytes of zero."""
    return bytes.fromhex(f"62{size:06x}6000f3")  # PUSH3 size, PUSH1 0, RETURN


def code_that_reverts(size: int) -> bytes:
    """Return EVM code that fails every call with so many bytes of zero for a reason."""
    return bytes.fromhex(f"62{size:06x}6000fd")  # PUSH3 size, PUSH1 0, REVERT


def code_that_answers(answer: bytes) -> bytes:
    """Return EVM code that answers every call with these bytes, which follow the code."""
    head = bytes.fromhex(f"61{len(answer):04x}80600c6000396000f3")  # CODECOPY them to 0 and RETURN them
    return head + answer


def deploy_code(chain: Anvil, code: bytes) -> bytes:
    """Return the address of a new contract with exactly this code."""
    return chain.deploy(bytes.fromhex(f"61{len(code):04x}80600a3d393df3") + code)
