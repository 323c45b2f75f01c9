"""What is deployed and pinned is what the source says, whoever compiles it."""

from __future__ import annotations

import importlib.machinery
import importlib.util
import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from ape.api import AccountAPI
from ape.managers.chain import ChainManager
from ape.managers.project import ProjectManager
from eth_utils.crypto import keccak

from tests.stage import USUAL_TIERS, Actor, configuration, creation_of
from verifier.model.member import Role

ROOT = Path(__file__).resolve().parents[2]
RELEASE = ROOT / "verifier" / "release"
SOLC = ROOT / ".tools" / "solc" / "solc-v0.8.37"
NPM_SOLC = ROOT / "scripts" / "node" / "solc"

MOST_RUNTIME_BYTES = 14_000
FORBIDDEN = {0xF2: "CALLCODE", 0xF4: "DELEGATECALL", 0xFF: "SELFDESTRUCT"}

# Ape and forge end the code with INVALID, which keeps execution out, and 53 bytes of CBOR: a hash of sources, paths and
# settings, the compiler's version, the CBOR's length. No instruction reaches it; the canonical build leaves it out.
INVALID = 0xFE
TRAILER = 53


def load_script(name: str) -> ModuleType:
    loader = importlib.machinery.SourceFileLoader(f"scripts_{name}", str(ROOT / "scripts" / name))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def release() -> dict[str, Any]:
    released: dict[str, Any] = json.loads((RELEASE / "vault.json").read_text("utf-8"))
    return released


@pytest.fixture(scope="module")
def creation_code(release: dict[str, Any]) -> bytes:
    return bytes.fromhex(release["creation_code"].removeprefix("0x"))


@pytest.fixture(scope="module")
def runtime_code(release: dict[str, Any], creation_code: bytes) -> bytes:
    """The runtime code as the creation code carries it: at its end, since nothing follows."""
    code = creation_code[-release["runtime_bytes"] :]
    assert "0x" + keccak(code).hex() == release["code_hash"]
    return code


@pytest.fixture(scope="module")
def forge_build(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What forge makes of contracts/Vault.sol, in folders of its own."""
    folder = tmp_path_factory.mktemp("forge")
    command: list[str | Path] = [
        ROOT / ".venv/bin/forge",
        "build",
        "--root",
        ROOT,
        "--use",
        SOLC,
        "--out",
        folder / "out",
    ]
    subprocess.run(
        [*command, "--cache-path", folder / "cache", "contracts/Vault.sol"],
        cwd=ROOT,
        env={**os.environ, "FOUNDRY_CONFIG": str(ROOT / "tests" / "foundry.toml")},
        stdin=subprocess.DEVNULL,
        check=True,
        timeout=300,
    )
    built: dict[str, Any] = json.loads((folder / "out" / "Vault.sol" / "Vault.json").read_text("utf-8"))
    return built


def without_trailer(code: bytes) -> bytes:
    """Return `code` without its CBOR and the INVALID before it, after a look that this is what they are."""
    assert int.from_bytes(code[-2:]) == TRAILER - 2
    assert code[-TRAILER - 1] == INVALID
    return code[: -TRAILER - 1]


def disassemble(code: bytes) -> Iterator[tuple[int, int]]:
    """Yield offset and opcode of every instruction. What a PUSH carries is no instruction."""
    offset = 0
    while offset < len(code):
        opcode = code[offset]
        yield offset, opcode
        offset += 1 + (opcode - 0x5F if 0x60 <= opcode <= 0x7F else 0)


def test_release__committed__is_what_compiles() -> None:
    build = load_script("build")
    files = {name: content for key in build.CONTRACTS for name, content in build.build(key).items()}
    assert build.find_differences(files) == []


def test_release__another_source__is_told_apart() -> None:
    build = load_script("build")
    there = {path.name: path.read_bytes() for path in RELEASE.glob("*")}
    assert build.find_differences({**there, "vault.json": b"{}\n"}) == ["vault.json"]
    assert build.find_differences({**there, "other.json": b"{}\n"}) == ["other.json"]


def test_compilers__native_and_npm__give_the_same_bytecode(creation_code: bytes) -> None:
    if SOLC.resolve() == NPM_SOLC:
        pytest.skip(
            "the native compiler cannot be had here: scripts/install says so, and npm's is used alone"
        )
    canonical = (RELEASE / "vault.input.json").read_bytes()
    for compiler in (SOLC, NPM_SOLC):
        answer = subprocess.run(
            [compiler, "--standard-json"], input=canonical, capture_output=True, check=True
        )
        built = json.loads(answer.stdout)["contracts"]["contracts/Vault.sol"]["Vault"]
        assert bytes.fromhex(built["evm"]["bytecode"]["object"]) == creation_code


def test_ape_and_forge__one_source__differ_from_the_release_in_the_trailer_alone(
    project: ProjectManager, forge_build: dict[str, Any], runtime_code: bytes
) -> None:
    ape_code = project.Vault.contract_type.get_runtime_bytecode()
    forge_code = bytes.fromhex(forge_build["deployedBytecode"]["object"].removeprefix("0x"))
    assert ape_code is not None
    assert without_trailer(bytes(ape_code)) == runtime_code
    assert without_trailer(forge_code) == runtime_code


def test_runtime_code__of_the_vault__is_at_most_14_000_bytes(runtime_code: bytes) -> None:
    assert len(runtime_code) <= MOST_RUNTIME_BYTES


def test_runtime_code__of_the_vault__has_no_foreign_code_and_no_end(runtime_code: bytes) -> None:
    found = {FORBIDDEN[opcode]: offset for offset, opcode in disassemble(runtime_code) if opcode in FORBIDDEN}
    assert found == {}


def test_deployed_code__of_the_release__is_the_pinned_code(
    accounts: list[AccountAPI], chain: ChainManager, runtime_code: bytes
) -> None:
    founders = [Actor.new(name, Role.PROPOSER | Role.APPROVER) for name in ("ann", "bob", "cat", "dan")]
    tiers = [replace(terms, quorum=2, security_approvals=0) for terms in USUAL_TIERS]
    data = creation_of(configuration(founders, tiers=tiers))
    transaction = chain.provider.network.ecosystem.create_transaction(data=data)
    receipt = accounts[0].call(transaction)
    assert chain.provider.get_code(receipt.contract_address) == runtime_code


def test_disassembly__forbidden_byte_inside_a_push__is_passed_over() -> None:
    assert list(disassemble(bytes.fromhex("61f4ff00"))) == [(0, 0x61), (3, 0x00)]
    assert list(disassemble(bytes.fromhex("5ff4ff"))) == [(0, 0x5F), (1, 0xF4), (2, 0xFF)]
