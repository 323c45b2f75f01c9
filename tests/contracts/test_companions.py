"""The companions as released: where they are, what is there, and that the vault was compiled with those addresses."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from eth_hash.auto import keccak

from tests.anvil import Anvil
from tests.companions import abi_of, deployed
from tests.contracts.disassembly import disassemble
from tests.stage import RELEASE, companions
from verifier.model.companions import Companion
from verifier.store.release import release_companions

COMPANIONS = [companion.name for companion in release_companions()]
ADDRESSES = Path("contracts/libraries/Companions.sol")
# CREATE and CREATE2 too: what is deployed once for everybody begets nothing.
FORBIDDEN = {0xF0: "CREATE", 0xF2: "CALLCODE", 0xF4: "DELEGATECALL", 0xF5: "CREATE2", 0xFF: "SELFDESTRUCT"}
WRITING = {0x55: "SSTORE", 0x5D: "TSTORE", 0xF1: "CALL", **{0xA0 + n: f"LOG{n}" for n in range(5)}}


def opcodes(code: bytes) -> set[int]:
    """Return the instructions that can run."""
    return {opcode for _, opcode in disassemble(code)}


@pytest.mark.parametrize("companion", release_companions(), ids=COMPANIONS)
def test_deployer__given_the_code__puts_it_where_the_release_says(anvil: Anvil, companion: Companion) -> None:
    deployed(anvil, companion.name)
    code = anvil.code(companion.address)
    assert keccak(code) == companion.code_hash
    assert len(code) == companions()[companion.name]["runtime_bytes"]


@pytest.mark.parametrize("key", COMPANIONS)
def test_deployed_code__of_a_companion__has_no_foreign_code_and_no_end(anvil: Anvil, key: str) -> None:
    companion = deployed(anvil, key)
    assert {FORBIDDEN[code] for code in opcodes(anvil.code(companion.address)) & FORBIDDEN.keys()} == set()


def test_deployed_code__of_the_checks__cannot_change_anything(anvil: Anvil) -> None:
    code = anvil.code(deployed(anvil, "checks").address)
    assert opcodes(code) & WRITING.keys() == set()
    # The same look finds what writes where something does.
    other = anvil.code(deployed(anvil, "duty_registry").address)
    assert {WRITING[code] for code in opcodes(other) & WRITING.keys()} == {"SSTORE", "LOG3"}


@pytest.mark.parametrize("key", COMPANIONS)
def test_deployed_code__of_a_companion__calls_only_to_read(anvil: Anvil, key: str) -> None:
    assert 0xF1 not in opcodes(anvil.code(deployed(anvil, key).address))


@pytest.mark.parametrize("key", COMPANIONS)
def test_functions__of_a_companion__take_no_ether(key: str) -> None:
    functions = [entry for entry in abi_of(key) if entry["type"] != "event" and entry["type"] != "error"]
    assert {entry["type"] for entry in functions} == {"function"}
    assert "payable" not in {entry["stateMutability"] for entry in functions}


def test_functions__of_the_checks__are_views_without_an_answer() -> None:
    functions = [entry for entry in abi_of("checks") if entry["type"] == "function"]
    assert {(entry["stateMutability"], len(entry["outputs"])) for entry in functions} == {("view", 0)}


def test_addresses__that_the_vault_is_compiled_with__those_of_the_release() -> None:
    text = (RELEASE.parents[1] / ADDRESSES).read_text("utf-8")
    written = dict(re.findall(r"address constant (\w+) = (0x\w{40});", text))
    assert written == {key.upper(): companions()[key]["address"] for key in COMPANIONS}


@pytest.mark.parametrize("key", COMPANIONS)
def test_input__of_a_companion__does_not_hang_on_the_vault(key: str) -> None:
    """The vault is compiled with their addresses, so none of them can be compiled with the vault."""
    given = json.loads((RELEASE / f"{key}.input.json").read_text("utf-8"))
    assert not {"contracts/Vault.sol", str(ADDRESSES)} & given["sources"].keys()


@pytest.mark.parametrize("key", ["checks", "duty_registry", "strategy_limits"])
def test_input__of_a_companion_for_itself__does_not_hang_on_the_vaults_interface(key: str) -> None:
    """A change of the vault moves none of these three."""
    given = json.loads((RELEASE / f"{key}.input.json").read_text("utf-8"))
    assert "contracts/interfaces/IVault.sol" not in given["sources"]
