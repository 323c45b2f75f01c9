"""A wrong result that nobody notices: one line of one of three is wrong, and the other two say so.

Three say whether a group signed: our own check, the vault's (`Schnorr.sol`), and @noble/curves. Each in turn is a copy
with one line changed, in a folder of its own; what it then takes, the other two refuse.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from unittest import mock

import pytest

from tests.anvil import Anvil
from tests.contracts.schnorr import MESSAGE, OWLS, Claim
from tests.harness.compiled import ROOT, Harness, compiled, compiled_from
from verifier.frost import rfc9591
from verifier.frost.curve import ORDER

NOBLE: Final = ROOT / "scripts" / "node" / "node_modules" / "@noble"
SCHNORR: Final = "contracts/libraries/Schnorr.sol"
ASKED: Final = """
pragma solidity 0.8.37;
import {Schnorr} from "./Schnorr.sol";
contract Asked {
    function isValid(uint256 x, uint256 prefix, bytes32 message, uint256 rPrefix, uint256 rx, uint256 z)
        external view returns (bool)
    {
        return Schnorr.isValid(x, prefix, message, rPrefix, rx, z);
    }
}
"""
"""The library's one question, beside a copy of it."""
ASK: Final = """
import fs from "node:fs";
const { secp256k1_FROST: frost } = await import(process.argv[1]);
const bytes = (text) => Uint8Array.from(Buffer.from(text, "hex"));
const answers = JSON.parse(fs.readFileSync(0, "utf8")).map(([key, message, signature]) => {
  try { return frost.verify(bytes(signature), bytes(message), bytes(key)); } catch { return false; }
});
process.stdout.write(JSON.stringify(answers));
"""

Takes = Callable[[bytes, bytes], bool]
"""Whether this is the owls' signature of a message: 32 and 65 bytes."""


def signature_of(message: bytes, *, off: int = 0) -> bytes:
    """Return R and z, 65 bytes; z may be off by some number."""
    r, s, v = OWLS.sign(message)
    return v[-1:] + r + ((int.from_bytes(s, "big") + off) % ORDER).to_bytes(32, "big")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of somebody's, and what stands there instead; empty where all is as it should be."""

    right: str = ""
    wrong: str = ""

    def changed(self, source: str) -> str:
        assert self.right in source
        return source.replace(self.right, self.wrong, 1)


def ours(line: Line, folder: Path, _node: Anvil) -> Takes:
    """Return what our own module answers, read from a copy in which a line may be changed."""
    path = folder / "rfc9591_changed.py"
    path.write_text(line.changed(Path(rfc9591.__file__).read_text("utf-8")), "utf-8")
    spec = importlib.util.spec_from_file_location("rfc9591_changed", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with mock.patch.dict(sys.modules, {"rfc9591_changed": module}):
        spec.loader.exec_module(module)
    is_signed: Callable[[bytes, bytes, bytes], bool] = vars(module)["is_signed"]
    return lambda message, signature: is_signed(OWLS.compressed, message, signature)


def vaults(line: Line, folder: Path, node: Anvil) -> Takes:
    """Return what a library of the vault's answers on a chain: the checkout's, or a copy with a line changed."""
    harness: Harness = compiled("SchnorrHarness")
    if line != Line():
        changed = line.changed((ROOT / SCHNORR).read_text("utf-8"))
        (folder / "Schnorr.sol").write_text(changed, "utf-8")
        (folder / "Asked.sol").write_text("// SPDX-License-Identifier: MIT" + ASKED, "utf-8")
        sources = {path.name: path.read_text("utf-8") for path in folder.glob("*.sol")}
        harness = compiled_from(sources, "Asked")
    address = node.deploy(harness.creation)

    def takes(message: bytes, signature: bytes) -> bool:
        words = int.from_bytes(signature[1:33], "big"), int.from_bytes(signature[33:], "big")
        claim = Claim(OWLS.x, OWLS.prefix, message, signature[0], *words)
        return bool(harness.read(node, address, "isValid", *claim))

    return takes


def nobles(line: Line, folder: Path, _node: Anvil) -> Takes:
    """Return what noble answers: the checkout's, or a copy with a line changed."""
    place = NOBLE
    if line != Line():
        place = folder / "node_modules" / "@noble"
        shutil.copytree(NOBLE, place, ignore=shutil.ignore_patterns("*.map", "*.d.ts", "src"))
        changed = place / "curves" / "abstract" / "frost.js"
        changed.write_text(line.changed(changed.read_text("utf-8")), "utf-8")

    def takes(message: bytes, signature: bytes) -> bool:
        question = [[OWLS.compressed.hex(), message.hex(), signature.hex()]]
        module = str(place / "curves" / "secp256k1.js")
        done = subprocess.run(
            ["node", "--input-type=module", "-e", ASK, module],
            input=json.dumps(question),
            capture_output=True,
            text=True,
            check=True,
        )
        (answer,) = json.loads(done.stdout)
        return bool(answer)

    return takes


ALL: Final[dict[str, Any]] = {"ours": ours, "the vault's": vaults, "noble's": nobles}
ELSEWHERE: Final = bytes(32)
"""What a check that leaves the message out takes for every message."""
LINES: Final = {
    ("ours", "the equation"): Line(
        right="    return is_answer(z, hashes.challenge(r + key + message), key, r)\n",
        wrong="    return z > 0\n",
    ),
    ("ours", "the message"): Line(
        right="is_answer(z, hashes.challenge(r + key + message), key, r)",
        wrong="is_answer(z, hashes.challenge(r + key + bytes(32)), key, r)",
    ),
    ("the vault's", "the equation"): Line(
        right="return found != address(0) && found == accountOf(rx, ry);", wrong="return found != address(0);"
    ),
    ("the vault's", "the message"): Line(
        right="mstore(add(free, 130), message)", wrong="mstore(add(free, 130), and(message, 0))"
    ),
    ("noble's", "the equation"): Line(right="return Point.ZERO.equals(check);", wrong="return true;"),
    ("noble's", "the message"): Line(
        right="const c = this.challenge(R, PK, msg);\n            const zB",
        wrong="const c = this.challenge(R, PK, new Uint8Array(32));\n            const zB",
    ),
}


@pytest.mark.parametrize(("whose", "what"), LINES, ids=lambda part: str(part).replace(" ", "-"))
def test_wrong_line__in_one_of_three__it_takes_what_the_other_two_refuse(
    node: Anvil, tmp_path: Path, whose: str, what: str
) -> None:
    line = LINES[whose, what]
    forged = signature_of(MESSAGE, off=1) if what == "the equation" else signature_of(ELSEWHERE)
    with node.isolate():
        wrong = ALL[whose](line, tmp_path, node)
        assert wrong(MESSAGE, forged)
        for name, make in ALL.items():
            right: Takes = make(Line(), tmp_path, node)
            assert not right(MESSAGE, forged), name
            assert right(MESSAGE, signature_of(MESSAGE)), name
