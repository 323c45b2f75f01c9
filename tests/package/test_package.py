"""The wheel and the source archive: what is in them, that they can be made again, and that the command runs."""

from __future__ import annotations

import tarfile
import zipfile
from email import message_from_bytes
from pathlib import Path, PurePosixPath
from typing import Final

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.package.building import (
    Built,
    base_distributions,
    base_requirements,
    build,
    copy_checkout,
    install,
    unpack,
)
from tests.package.building import run as run_well
from verifier.store.release import release_code_hash

EXTRAS: Final = {"deploy", "dev", "frost", "hsm", "ledger", "serve", "trezor", "watch"}
# What is no code, and without which something does not work.
CARRIED: Final = (
    "verifier/py.typed",
    "verifier/release/vault.json",
    "verifier/release/vault.input.json",
    "verifier/release/vault.abi.json",
    "verifier/decode/abi/erc20.abi",
    "verifier/decode/descriptors/vault/calldata-vault.json",
    "verifier/tui/terminal.tcss",
    "verifier/tui/terms.toml",
    "verifier/cli/serve_page.html",
)
TRANSFER: Final = "0xa9059cbb" + "70997970c51812dc3a010c7d01b50e0d17dc79c8".rjust(64, "0") + f"{42:064x}"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, with what must not leave it."""
    folder = copy_checkout(tmp_path_factory.mktemp("checkout") / "copy")
    (folder / ".env").write_text("SECRET=1\n", "utf-8")
    (folder / "verifier" / "__pycache__").mkdir()
    (folder / "verifier" / "__pycache__" / "ports.cpython-311.pyc").write_bytes(b"compiled")
    (folder / "tests").mkdir()
    (folder / "tests" / "test_nothing.py").write_text("", "utf-8")
    return folder


@pytest.fixture(scope="module")
def built(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build(checkout, tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def commands(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The commands of an environment that has the wheel and the base dependencies, and nothing else."""
    return install(built.wheel, tmp_path_factory.mktemp("installed") / "environment")


def names_in(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as opened:
        return set(opened.namelist())


def sources_of(checkout: Path) -> set[str]:
    found = (path for path in (checkout / "verifier").rglob("*") if path.is_file())
    return {path.relative_to(checkout).as_posix() for path in found if "__pycache__" not in path.parts}


def test_wheel__of_a_checkout__is_the_package_and_its_papers(built: Built, checkout: Path) -> None:
    names = names_in(built.wheel)
    papers = {name for name in names if PurePosixPath(name).parts[0].endswith(".dist-info")}
    assert names - papers == sources_of(checkout)
    assert set(CARRIED) <= names
    papers_by_name = {PurePosixPath(name).name for name in papers}
    assert papers_by_name == {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "LICENSE"}


def test_archive__of_a_checkout__is_what_a_build_reads(built: Built, checkout: Path) -> None:
    with tarfile.open(built.archive) as opened:
        names = {PurePosixPath(*PurePosixPath(name).parts[1:]).as_posix() for name in opened.getnames()}
    papers = {"pyproject.toml", "README.md", "LICENSE", ".gitignore", "PKG-INFO"}
    assert names == sources_of(checkout) | papers


def test_build__from_the_unpacked_archive__gives_the_same_bytes(built: Built, tmp_path: Path) -> None:
    source = unpack(built.archive, tmp_path / "unpacked")
    again = build(source, tmp_path / "again")
    assert again.wheel.read_bytes() == built.wheel.read_bytes()
    assert again.archive.read_bytes() == built.archive.read_bytes()


def test_build__of_a_source_with_one_byte_more__gives_others(built: Built, tmp_path: Path) -> None:
    source = unpack(built.archive, tmp_path / "unpacked")
    with (source / "verifier" / "ports.py").open("a", encoding="utf-8") as ports:
        ports.write("\n")
    again = build(source, tmp_path / "again")
    assert again.wheel.read_bytes() != built.wheel.read_bytes()
    assert again.archive.read_bytes() != built.archive.read_bytes()


def test_metadata__of_the_wheel__asks_for_the_base_and_offers_the_extras(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as opened:
        (name,) = (name for name in opened.namelist() if name.endswith("/METADATA"))
        metadata = message_from_bytes(opened.read(name))
    wanted = [Requirement(each) for each in metadata.get_all("Requires-Dist", [])]
    base = {canonicalize_name(each.name) for each in wanted if each.marker is None}
    assert base == set(base_requirements())
    assert set(metadata.get_all("Provides-Extra", [])) == EXTRAS
    assert metadata["License-Expression"] == "MIT"


def test_base__of_what_is_installed__is_what_a_signer_needs() -> None:
    names = {canonicalize_name(each.metadata["Name"]) for each in base_distributions()}
    assert {"web3", "textual", "trie", "segno"} <= names
    assert names.isdisjoint(
        {"eth-ape", "py-solc-x", "sqlalchemy", "apprise", "python-pkcs11", "fido2", "textual-serve"}
    )


def test_help__of_the_installed_wheel__is_shown(commands: Path, tmp_path: Path) -> None:
    assert run_well(str(commands / "fourth-signer"), "--help", folder=tmp_path).startswith(
        "usage: fourth-signer"
    )


def test_version__of_the_installed_wheel__names_the_pinned_code(commands: Path, tmp_path: Path) -> None:
    said = run_well(str(commands / "fourth-signer"), "--version", folder=tmp_path)
    assert release_code_hash().hex() in said


def test_decode__with_the_base_alone__says_what_a_transfer_does(commands: Path, tmp_path: Path) -> None:
    usdc = "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"
    said = run_well(str(commands / "fourth-signer"), "decode", TRANSFER, "--to", usdc, folder=tmp_path)
    assert "Sends 42 base units" in said


def test_import__of_every_room_with_the_base_alone__wants_an_extra_only_where_it_says_so(
    commands: Path, tmp_path: Path
) -> None:
    missing = run_well(str(commands / "python"), "-c", _IMPORT_ALL, folder=tmp_path).split()
    assert missing[0] == "site-packages"  # it was the installed one
    unknown = {line for line in missing[1:] if line.split(":")[0] not in _OF_EXTRAS}
    assert unknown == set()


# What the extras bring, by the name that is imported.
_OF_EXTRAS: Final = {
    "ape", "apprise", "cffi", "coincurve", "cryptography", "fido2", "jwt", "pkcs11", "prometheus_client",
    "psycopg", "sqlalchemy", "textual_serve", "tzdata",
}  # fmt: skip
_IMPORT_ALL: Final = """
import importlib, pkgutil, pathlib
import verifier
print(pathlib.Path(verifier.__file__).parents[1].name)
for found in pkgutil.walk_packages(verifier.__path__, "verifier."):
    if found.name.endswith("__main__"):
        continue
    try:
        importlib.import_module(found.name)
    except ModuleNotFoundError as missing:
        print(f"{missing.name.partition('.')[0]}:{found.name}")
"""
