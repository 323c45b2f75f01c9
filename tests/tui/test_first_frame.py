"""What is loaded when the first frame is drawn: nothing that takes time and is not the screens themselves."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Final

from tests.tui.tty import ROOT

HEAVY: Final = (
    "web3", "eth_account", "eth_abi", "eth_keys", "requests", "urllib3", "evmole", "trie", "rlp", "sqlite3", "segno",
    "Crypto", "verifier.chain", "verifier.keys", "verifier.store", "verifier.decode", "verifier.assess",
    "verifier.desk",
    "verifier.errors", "verifier.model", "verifier.pages",
)  # fmt: skip
PROGRAM: Final = """
import asyncio, json, sys, threading
from argparse import Namespace
from verifier.cli.arguments import make_parser
options = make_parser().parse_args(["open"])
from verifier.cli import terminal
held = threading.Event()
app = terminal.Terminal(held.wait)
async def look():
    async with app.run_test() as pilot:
        await pilot.pause()
        assert "opening the vault" in app.screen.query_one("#bar").content.plain
        print(json.dumps(sorted(sys.modules)))
        held.set()
        app.exit()
asyncio.run(look())
"""


def test_first_frame__of_the_terminal__comes_before_everything_heavy() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], check=False, cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert ran.returncode == 0, ran.stderr
    loaded = json.loads(ran.stdout.splitlines()[0])
    assert "textual.app" in loaded
    assert [
        name for name in loaded if name in HEAVY or name.startswith(tuple(f"{each}." for each in HEAVY))
    ] == []
