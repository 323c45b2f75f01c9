"""What `--help` loads: nothing that takes time, so that it answers at once. `scripts/bench start` has the numbers."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Final

import pytest

from tests.package.building import ROOT

HEAVY: Final = frozenset({
    "Crypto", "ape", "asyncio", "cffi", "coincurve", "cryptography", "eth_abi", "eth_account", "eth_hash", "eth_keys",
    "evmole", "http", "jwt", "requests", "rich", "rlp", "segno", "sqlalchemy", "sqlite3", "textual", "trie", "urllib3",
    "web3",
})  # fmt: skip
# The rooms that are more than words and sentences.
ROOMS: Final = frozenset(
    {"alerts", "assess", "chain", "decode", "desk", "keys", "pages", "sign", "store", "tui"}
)
PROGRAM: Final = """
import json, sys
from verifier.cli import main
code = main(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules)]))
"""


@pytest.mark.parametrize(
    "words", [["--help"], ["sign", "--help"], ["watch", "status", "--help"]], ids=" ".join
)
def test_help__of_the_program_and_of_commands__loads_nothing_heavy(words: list[str]) -> None:
    code, loaded = load(*words)
    assert code == 0
    assert {name for name in loaded if name.partition(".")[0] in HEAVY} == set()
    assert {name for name in loaded if name.startswith("verifier.") and name.split(".")[1] in ROOMS} == set()


def test_decode__which_does_something__loads_what_it_needs() -> None:
    code, loaded = load("decode", "0xdeadbeef")
    assert code == 0
    assert {"verifier.decode", "eth_hash"} <= set(loaded)


def load(*words: str) -> tuple[int, list[str]]:
    """Return the exit code of a run, and the names of all modules that it loaded."""
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, *words],
        check=True,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )
    code, loaded = json.loads(ran.stdout.splitlines()[-1])
    return code, loaded
