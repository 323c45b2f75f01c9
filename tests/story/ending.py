"""The end of the story, where somebody sits at a terminal: the real program, with the story's operation on it."""

from __future__ import annotations

import http.client
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from tests.anvil import Anvil, AnvilError
from tests.story.acts import Ground
from tests.story.cast import DANA, EVERYONE, labels
from verifier.model.units import LaneIndex

# -P: nothing in the folder that this was called from takes the place of the checkout's own modules.
_COMMAND: Final = (sys.executable, "-P", "-m", "verifier")
_EVERY: Final = 12
"""Seconds between two blocks, as on a chain that lives: else the terminal would say, rightly, that the block is old."""
_END_SECONDS: Final = 5


def look_at(ground: Ground, lane: LaneIndex) -> int:
    """Open the terminal as the reader of the story would, wait until it is left, and return its exit code.

    Its configuration, and what it notes, are in a folder that goes with it.

    :raises OSError: the vault cannot be pinned.
    """
    with tempfile.TemporaryDirectory(prefix="fourth-signer-demo-") as folder:
        configuration = Path(folder) / "demo.toml"
        _pin(ground, configuration)
        terminal = subprocess.Popen([*_COMMAND, "open", str(lane), "--config", str(configuration)])
        try:
            return _wait(terminal, ground.chain)
        finally:
            if terminal.poll() is None:
                _end(terminal)


def _pin(ground: Ground, configuration: Path) -> None:
    arguments = ("--name", "treasury", "--seat", str(EVERYONE.index(DANA)), "--config", str(configuration))
    founding = ("--founding", f"0x{ground.founding.hex()}")
    pinned = subprocess.run(
        [*_COMMAND, "init", str(ground.vault), "--rpc", ground.chain.url, *founding, *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if pinned.returncode != 0:
        raise OSError(pinned.stderr.removeprefix("fourth-signer: "))
    with configuration.open("a") as file:
        file.writelines(f'"{address}" = "{name}"\n' for address, name in labels(ground.token).items())


def _wait(terminal: subprocess.Popen[bytes], chain: Anvil) -> int:
    while True:
        try:
            return terminal.wait(_EVERY)
        except subprocess.TimeoutExpired:
            # A node that has gone is the terminal's to tell.
            with suppress(OSError, http.client.HTTPException, AnvilError):
                chain.set_time(max(int(time.time()), chain.now() + 1))


def _end(terminal: subprocess.Popen[bytes]) -> None:
    """End the terminal so that it leaves the screen as it found it."""
    terminal.terminate()
    try:
        terminal.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        terminal.kill()
        terminal.wait()
