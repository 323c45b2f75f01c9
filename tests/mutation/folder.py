"""A mutant as the tests find it: a folder like `verifier/release`, with its code in place of the original's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eth_hash.auto import keccak

from tests.mutation.roots import RELEASE, Root
from tests.mutation.schema import Code
from tests.mutation.suite import CODES


def write_folder(folder: Path, codes: Mapping[Root, Code]) -> None:
    """Write a folder with these codes, and the release's for all other contracts.

    A companion's address follows from its code, and stands in the code of others. So its release stays, and the suite
    puts the mutant's code where the original's is deployed: companions have no constructor.
    """
    folder.mkdir(parents=True)
    for path in RELEASE.iterdir():
        (folder / path.name).symlink_to(path)
    harnesses: dict[str, dict[str, dict[str, str]]] = {}
    companions: dict[str, str] = {}
    for root, code in codes.items():
        if root.key is None:
            both = {"creation": code.creation.hex(), "runtime": code.runtime.hex()}
            harnesses.setdefault(root.source, {})[root.name] = both
            continue
        path = folder / f"{root.key}.json"
        release = json.loads(path.read_text("utf-8"))
        if "address" in release:
            companions[release["address"]] = code.runtime.hex()
        else:
            path.unlink()
            path.write_text(json.dumps(release | _facts_of(code)), "utf-8")
    (folder / CODES).write_text(json.dumps({"harnesses": harnesses, "companions": companions}), "utf-8")


def _facts_of(code: Code) -> dict[str, Any]:
    return {
        "creation_code": "0x" + code.creation.hex(),
        "code_hash": "0x" + keccak(code.runtime).hex(),
        "runtime_bytes": len(code.runtime),
    }
