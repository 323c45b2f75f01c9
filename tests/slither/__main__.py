"""Run Slither over all contracts; fail for a finding that nobody accepted, and for an acceptance without a finding."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
SLITHER = ROOT / ".tools" / "prove" / "bin" / "slither"
SECONDS = 600


class SlitherError(Exception):
    """Slither could not be run, or gave no answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Findings of one detector that stay, and why."""

    detector: str
    why: str
    where: tuple[str, ...]
    """The first words of findings; none stands for all."""

    def accepts(self, finding: Finding) -> bool:
        if finding.detector != self.detector:
            return False
        return not self.where or any(name in finding.text.splitlines()[0] for name in self.where)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    detector: str
    text: str


def read_acceptances() -> list[Acceptance]:
    table = tomllib.loads((FOLDER / "accepted.toml").read_text("utf-8"))
    return [
        Acceptance(detector=entry["detector"], why=entry["why"], where=tuple(entry.get("where", ())))
        for entry in table["accepted"]
    ]


def make_input() -> dict[str, Any]:
    """Return the compiler's input: every contract, by its path from the checkout."""
    paths = sorted((ROOT / "contracts").rglob("*.sol"))
    return {
        "language": "Solidity",
        "sources": {
            path.relative_to(ROOT).as_posix(): {"content": path.read_text("utf-8")} for path in paths
        },
        "settings": {
            "evmVersion": "cancun",
            "optimizer": {"enabled": True, "runs": 200},
            "outputSelection": {},
            "viaIR": True,
        },
    }


def find(folder: Path) -> list[Finding]:
    """Return what Slither finds."""
    compilers = sorted((ROOT / ".tools" / "solc").glob("solc-v*"))
    if not compilers or not SLITHER.exists():
        raise SlitherError("the compiler or Slither is missing; run scripts/install first.")
    standard_input = folder / "contracts.json"
    standard_input.write_text(json.dumps(make_input()), "utf-8")
    answer = folder / "answer.json"
    command = [str(SLITHER), str(standard_input), "--compile-force-framework", "Solc-json"]
    command += ["--solc", str(FOLDER / "solc"), "--json", str(answer)]
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(SLITHER.parent), os.environ.get("PATH", os.defpath)]),
        "SLITHER_COMPILER": str(compilers[-1]),
    }
    try:
        run = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )
        result: dict[str, Any] = json.loads(answer.read_text("utf-8"))
    except (FileNotFoundError, ValueError, subprocess.TimeoutExpired) as exc:
        raise SlitherError(f"Slither gave no answer: {exc}") from exc
    if not result["success"]:
        raise SlitherError(f"Slither failed: {result['error']}\n{run.stderr[-2000:]}")
    return [
        Finding(detector=found["check"], text=found["description"].strip())
        for found in result["results"].get("detectors", ())
    ]


def main() -> int:
    try:
        with tempfile.TemporaryDirectory() as folder:
            findings = find(Path(folder))
    except SlitherError as exc:
        sys.stderr.write(f"slither: {exc}\n")
        return 1
    acceptances = read_acceptances()
    refused = [finding for finding in findings if not any(entry.accepts(finding) for entry in acceptances)]
    stale = [entry for entry in acceptances if not any(map(entry.accepts, findings))]
    for finding in refused:
        sys.stderr.write(f"slither: {finding.detector}: {finding.text}\n")
    for entry in stale:
        where = f" in {', '.join(entry.where)}" if entry.where else ""
        sys.stderr.write(
            f"slither: accepted.toml accepts {entry.detector}{where}, and nothing is found there\n"
        )
    return 1 if refused or stale else 0


if __name__ == "__main__":
    sys.exit(main())
