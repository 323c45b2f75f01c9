"""A folder with the contracts and harnesses as a proof sees them: swaps made, faults put in, compiled by forge."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.proofs.catalogue import Edit
from tests.proofs.processes import TimeOverError, run

ROOT = Path(__file__).resolve().parents[2]
STAGES = ROOT / ".tools" / "proofs"
COMPILE_SECONDS = 600
# Hands the vault's code to the harnesses, so that they need not contain it.
CODE = "VaultCode"
_IMPORT = re.compile(r'from "\./(\w+)\.sol"')


class StagingError(Exception):
    """An edit does not apply, or what came of it does not compile."""


# The constants of VaultHarness.sol, and the variables of the vault whose places they are.
PLACES = {
    "ROSTER_SLOT": "_roster",
    "TIERS_SLOT": "_tiers",
    "FOUNDING_SLOT": "founding",
    "LANES_SLOT": "_lanes",
    "WITHDRAWN_SLOT": "_withdrawn",
    "SEATS_SLOT": "_members.seats",
    "RECORDS_SLOT": "_members.records",
    "PERSONS_SLOT": "_members.persons",
    "GROUPS_SLOT": "_members.groups",
    "REGISTRY_SLOT": "_members.registry",
    "ASSETS_SLOT": "_policy.assets",
    "COUNTERPARTIES_SLOT": "_policy.counterparties",
    "RULES_SLOT": "_policy.rules",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    folder: Path

    def require_places(self) -> None:
        """The harness reads the vault's storage where the compiler says that it is."""
        layout = json.loads((self.folder / "out" / "Vault.sol" / "Vault.json").read_text("utf-8"))[
            "storageLayout"
        ]
        places: dict[str, int] = {}
        for variable in layout["storage"]:
            places[variable["label"]] = int(variable["slot"])
            for member in layout["types"][variable["type"]].get("members", ()):
                places[f"{variable['label']}.{member['label']}"] = int(variable["slot"]) + int(member["slot"])
        harness = (self.folder / "tests" / "proofs" / "VaultHarness.sol").read_text("utf-8")
        told = {name: int(slot) for name, slot in re.findall(r"constant (\w+_SLOT) = (\d+);", harness)}
        actual = {name: places.get(variable) for name, variable in PLACES.items()}
        if told != actual:
            raise StagingError(f"VaultHarness.sol has its slots as {told}, and the compiler as {actual}.")

    def bytecode_of(self, contract: str) -> bytes:
        artifact = self.folder / "out" / f"{contract}.sol" / f"{contract}.json"
        return bytes.fromhex(json.loads(artifact.read_text("utf-8"))["bytecode"]["object"].removeprefix("0x"))

    def digest_of(self, harness: str) -> str:
        """Return a digest of all the code that a harness runs."""
        parts = [self.bytecode_of(harness)]
        if "VaultHarness" in _needed_by([harness], _read_harnesses(self.folder)):
            parts.append(self.bytecode_of(CODE))
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def environment() -> dict[str, str]:
    """Return what forge and halmos are run with: the checkout's compiler, and no home of anybody's."""
    home = STAGES / "home"
    home.mkdir(parents=True, exist_ok=True)
    tools = [ROOT / ".tools" / "prove" / "bin", ROOT / ".venv" / "bin"]
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith(("FOUNDRY_", "HALMOS_"))},
        "FOUNDRY_SOLC": str(ROOT / ".tools" / "solc" / _compiler()),
        "HOME": str(home),
        "NO_COLOR": "1",
        "PATH": os.pathsep.join([*map(str, tools), os.environ.get("PATH", os.defpath)]),
    }


def _read_harnesses(folder: Path) -> dict[str, str]:
    return {
        path.stem: path.read_text("utf-8") for path in sorted((folder / "tests" / "proofs").glob("*.sol"))
    }


def _needed_by(harnesses: Iterable[str], texts: Mapping[str, str]) -> set[str]:
    """Return these harnesses, and all beside them that they import."""
    needed: set[str] = set()
    waiting = list(harnesses)
    while waiting:
        harness = waiting.pop()
        if harness not in needed:
            needed.add(harness)
            waiting += _IMPORT.findall(texts[harness])
    return needed


def _compiler() -> str:
    found = sorted(path.name for path in (ROOT / ".tools" / "solc").glob("solc-v*"))
    if not found or not (ROOT / ".tools" / "prove" / ".stamp").exists():
        raise StagingError("the compiler or the provers are missing; run scripts/install first.")
    return found[-1]


def stage(name: str, edits: Iterable[Edit], harnesses: Sequence[str] | None = None) -> Stage:
    """Lay out the sources with `edits` made, and compile them. With `harnesses` only what these need."""
    folder = STAGES / name
    texts: dict[str, str] = {}
    for path in sorted((ROOT / "contracts").rglob("*.sol")):
        texts[path.relative_to(ROOT).as_posix()] = path.read_text("utf-8")
    harnesses_there = _read_harnesses(ROOT)
    wanted = set(harnesses_there)
    if harnesses is not None:
        wanted = _needed_by(harnesses, harnesses_there)
        # It gets the vault by its name. The vault takes long to compile, so it is left out where nothing needs it.
        if "VaultHarness" in wanted:
            wanted.add(CODE)
    for stem in sorted(wanted):
        texts[f"tests/proofs/{stem}.sol"] = harnesses_there[stem]
    for edit in edits:
        found = texts.get(edit.file, "").count(edit.find)
        if found != 1:
            raise StagingError(f"{name}: {edit.find!r} stands {found} times in {edit.file}, not once.")
        texts[edit.file] = texts[edit.file].replace(edit.find, edit.put)
    texts["foundry.toml"] = (ROOT / "tests" / "proofs" / "foundry.toml").read_text("utf-8")

    for path in folder.rglob("*.sol") if folder.exists() else ():
        if path.is_file() and path.relative_to(folder).as_posix() not in texts:
            path.unlink()
    for relative, text in texts.items():
        path = folder / relative
        if not path.exists() or path.read_text("utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    _compile(name, folder)
    return Stage(folder=folder)


def _compile(name: str, folder: Path) -> None:
    log = folder / "forge.log"
    command = [
        "forge",
        "build",
        "--root",
        str(folder),
        "--ast",
        "--extra-output",
        "storageLayout",
        "metadata",
    ]
    try:
        code = run(command, env=environment(), log=log, seconds=COMPILE_SECONDS)
    except TimeOverError:
        raise StagingError(f"{name}: forge did not finish within {COMPILE_SECONDS} s.") from None
    if code:
        shutil.rmtree(folder / "cache", ignore_errors=True)
        raise StagingError(f"{name} does not compile:\n{log.read_text('utf-8', 'replace')[-4000:]}")
