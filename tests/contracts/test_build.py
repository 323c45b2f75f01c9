"""What is deployed and pinned is what the source says, whoever compiles it.

That the release is what compiles is asked by `scripts/build --check`, which scripts/test runs as well.
"""

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

import pytest
from ape.api import AccountAPI
from ape.managers.chain import ChainManager
from ape.managers.project import ProjectManager
from eth_utils.crypto import keccak

from tests.anvil import AnvilError, start_anvil
from tests.contracts.disassembly import ENDS, JUMPDEST, disassemble
from tests.contracts.scene import CAST, ETHER_TERMS
from tests.contracts.through_ape import deploy_companions
from tests.stage import NATIVE, STRANGER, USUAL_TIERS, Actor, companions, configuration, creation_of
from verifier.model.member import Role

ROOT = Path(__file__).resolve().parents[2]
RELEASE = ROOT / "verifier" / "release"
SOLC = ROOT / ".tools" / "solc" / "solc-v0.8.37"
NPM_SOLC = ROOT / "scripts" / "node" / "solc"

# EIP-170 and EIP-3860: a mainnet takes no more.
MOST_RUNTIME_BYTES = 24_576
MOST_CREATION_BYTES = 49_152
# EIP-7825: no transaction has more gas.
MOST_GAS = 2**24
# What the vault leaves of it. Whoever makes it smaller or larger says so here.
MARGIN = 26
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


# Of each contract that is deployed by itself, the name of its release.
KEYS = {
    "BypassLedger": "bypass_ledger",
    "Checks": "checks",
    "DutyRegistry": "duty_registry",
    "StrategyLimits": "strategy_limits",
    "Validation": "validation",
    "Vault": "vault",
}


def creation_code_of(contract: str) -> bytes:
    released = json.loads((RELEASE / f"{KEYS[contract]}.json").read_text("utf-8"))
    return bytes.fromhex(released["creation_code"].removeprefix("0x"))


def runtime_code_of(contract: str) -> bytes:
    """Return the runtime code as the creation code carries it: near its end, where only constants follow."""
    released = json.loads((RELEASE / f"{KEYS[contract]}.json").read_text("utf-8"))
    creation_code, size = creation_code_of(contract), released["runtime_bytes"]
    for end in range(len(creation_code), size - 1, -1):
        code = creation_code[end - size : end]
        if "0x" + keccak(code).hex() == released["code_hash"]:
            return code
    raise AssertionError(f"the creation code of {contract} does not carry the code that is pinned")


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, subprocess.Popen[bytes]]]:
    """Forge at work in folders of its own: the other compilers need not wait for it."""
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
    with subprocess.Popen(
        [*command, "--cache-path", folder / "cache", *(f"contracts/{name}.sol" for name in KEYS)],
        cwd=ROOT,
        env={**os.environ, "FOUNDRY_CONFIG": str(ROOT / "tests" / "foundry.toml")},
        stdin=subprocess.DEVNULL,
    ) as process:
        yield folder / "out", process
        process.terminate()


@pytest.fixture(scope="module")
def forge_builds(forge: tuple[Path, subprocess.Popen[bytes]]) -> dict[str, bytes]:
    """The runtime code that forge makes of every contract."""
    folder, process = forge
    assert process.wait(timeout=900) == 0
    codes = {}
    for name in KEYS:
        built = json.loads((folder / f"{name}.sol" / f"{name}.json").read_text("utf-8"))
        codes[name] = bytes.fromhex(built["deployedBytecode"]["object"].removeprefix("0x"))
    return codes


@pytest.fixture(scope="module")
def ape_builds(
    project: ProjectManager,
    forge: tuple[Path, subprocess.Popen[bytes]],
) -> dict[str, bytes]:
    """The runtime code that Ape makes of every contract, while forge is at work already."""
    codes = {name: project.get_contract(name).contract_type.get_runtime_bytecode() for name in KEYS}
    return {name: bytes(code) for name, code in codes.items() if code is not None}


def is_with_trailer(built: bytes, code: bytes) -> bool:
    """Whether a build is this code and the trailer alone. Constants have an INVALID before them already."""
    assert int.from_bytes(built[-2:]) == TRAILER - 2
    return built[:-TRAILER] in (code, code + bytes([INVALID]))


def test_release__another_source__is_told_apart() -> None:
    build = load_script("build")
    there = {path.name: path.read_bytes() for path in RELEASE.glob("*")}
    assert build.find_differences({**there, "vault.json": b"{}\n"}) == ["vault.json"]
    assert build.find_differences({**there, "other.json": b"{}\n"}) == ["other.json"]


def test_compilers__native_and_npm__give_the_same_bytecode() -> None:
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
        assert bytes.fromhex(built["evm"]["bytecode"]["object"]) == creation_code_of("Vault")


def test_releases__of_contracts__are_of_all_that_scripts_build_makes() -> None:
    made = {contract.name: key for key, contract in load_script("build").CONTRACTS.items()}
    assert made == KEYS


@pytest.mark.parametrize("contract", KEYS)
def test_ape_and_forge__one_source__differ_from_the_release_in_the_trailer_alone(
    ape_builds: dict[str, bytes], forge_builds: dict[str, bytes], contract: str
) -> None:
    code = runtime_code_of(contract)
    for built in (ape_builds[contract], forge_builds[contract]):
        assert is_with_trailer(built, code)
        # One bit of it, and it is another's.
        assert not is_with_trailer(bytes([built[0] ^ 1]) + built[1:], code)


def test_runtime_code__of_the_vault__leaves_a_margin_to_what_a_chain_takes() -> None:
    assert MOST_RUNTIME_BYTES - len(runtime_code_of("Vault")) == MARGIN


@pytest.mark.parametrize("contract", KEYS)
def test_runtime_code__of_every_contract__is_at_most_what_a_chain_takes(contract: str) -> None:
    assert len(runtime_code_of(contract)) <= MOST_RUNTIME_BYTES


def test_creation_code__with_a_large_founding__is_at_most_what_a_chain_takes() -> None:
    """As many founders as there are seats, and half as many assets, counterparties and rules."""
    crowd = [Actor.new(f"member {i}", Role.PROPOSER | Role.APPROVER, person=i + 1) for i in range(64)]
    founding = configuration(
        crowd,
        assets=[(STRANGER, 1)] * 32,
        counterparties=[(STRANGER, 1)] * 32,
        rules=[(STRANGER, bytes(4), 1)] * 32,
    )
    assert len(creation_of(founding)) <= MOST_CREATION_BYTES


@pytest.mark.parametrize("contract", KEYS)
def test_runtime_code__of_every_contract__has_no_foreign_code_and_no_end(contract: str) -> None:
    code = disassemble(runtime_code_of(contract))
    assert {FORBIDDEN[opcode]: offset for offset, opcode in code if opcode in FORBIDDEN} == {}


def test_deployed_code__of_the_release__is_the_pinned_code(
    accounts: list[AccountAPI], chain: ChainManager
) -> None:
    deploy_companions(accounts[0], chain)
    founders = [Actor.new(name, Role.PROPOSER | Role.APPROVER) for name in ("ann", "bob", "cat", "dan")]
    tiers = [replace(terms, quorum=2, security_approvals=0) for terms in USUAL_TIERS]
    data = creation_of(configuration(founders, tiers=tiers))
    transaction = chain.provider.network.ecosystem.create_transaction(data=data)
    receipt = accounts[0].call(transaction)
    assert chain.provider.get_code(receipt.contract_address) == runtime_code_of("Vault")


# ---------------------------------------------------------------------------------------------- On a chain like mainnet


def code_of(size: int) -> bytes:
    """Return creation code for a contract of so many bytes of zero."""
    return bytes.fromhex(f"62{size:06x}5ff3")  # PUSH3 size, PUSH0, RETURN


def test_chain__of_these_tests__takes_no_larger_code_than_a_mainnet() -> None:
    with start_anvil() as new:
        assert len(new.code(new.deploy(code_of(MOST_RUNTIME_BYTES)))) == MOST_RUNTIME_BYTES
        assert not new.send(STRANGER, None, code_of(MOST_RUNTIME_BYTES + 1)).succeeded
        fits = code_of(1).ljust(MOST_CREATION_BYTES, b"\0")
        assert len(new.code(new.deploy(fits))) == 1
        with pytest.raises(AnvilError, match="max initcode size exceeded"):
            new.send(STRANGER, None, fits + b"\0")


def test_deployment__of_companions_and_a_vault__fits_into_transactions_of_a_mainnet() -> None:
    with start_anvil() as new:
        founding = creation_of(configuration(CAST, supermajority=4, assets=[(NATIVE, ETHER_TERMS)]))
        # Not before the companions: the vault asks one of them whether it may be founded so.
        assert not new.send(STRANGER, None, founding, gas=MOST_GAS).succeeded
        for facts in companions().values():
            data = bytes(32) + bytes.fromhex(facts["creation_code"][2:])
            deployer = bytes.fromhex(facts["deployer"][2:])
            assert new.send(STRANGER, deployer, data, gas=MOST_GAS).succeeded
        outcome = new.send(STRANGER, None, founding, gas=MOST_GAS)
        assert outcome.succeeded
        assert outcome.gas_used < MOST_GAS // 2


def test_disassembly__forbidden_byte_inside_a_push__is_passed_over() -> None:
    assert list(disassemble(bytes.fromhex("61f4ff00"))) == [(0, 0x61), (3, 0x00)]
    assert list(disassemble(bytes.fromhex("5ff4ff"))) == [(0, 0x5F), (1, 0xF4), (2, 0xFF)]


@pytest.mark.parametrize("end", sorted(ENDS))
def test_disassembly__forbidden_byte_behind_an_end__is_found_where_a_jump_may_lead(end: int) -> None:
    assert list(disassemble(bytes([0x5F, end, 0xF4, 0xF2]))) == [(0, 0x5F), (1, end)]
    assert (3, 0xF4) in disassemble(bytes([0x5F, end, JUMPDEST, 0xF4, 0xF2]))
    # A JUMPDEST that a PUSH carries is none.
    assert list(disassemble(bytes([0x5F, end, 0x61, JUMPDEST, JUMPDEST, 0xF4]))) == [(0, 0x5F), (1, end)]
