"""Ponder, in a process of its own, as a peer of the watcher's reading of old events."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.report import BenchError
from tests.stage import RELEASE

FOLDER: Final = Path(__file__).parent / "indexer"
_STAMP: Final = FOLDER / "node_modules/.locked"
_MADE: Final = (".ponder", "generated")
_READY_SECONDS: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """What Ponder says of its reading of old blocks."""

    rows: int
    seconds: float
    """As it measures itself: without its start, and without making its tables."""


def version() -> str:
    found: str = json.loads((FOLDER / "node_modules/ponder/package.json").read_text("utf-8"))["version"]
    return found


def install() -> None:
    """Bring what the lock names, unless it is there.

    :raises BenchError: npm could not.
    """
    lock = (FOLDER / "package-lock.json").read_text("utf-8")
    if _STAMP.exists() and _STAMP.read_text("utf-8") == lock:
        return
    done = subprocess.run(
        ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BenchError(f"npm could not install Ponder. {done.stderr.strip()[-500:]}")
    _STAMP.write_text(lock, "utf-8")


def index(*, url: str, chain_id: int, vault: bytes, log: Path) -> Indexed:
    """Let Ponder index a vault's events from the first block to the finalized one.

    :param log: Where it writes, one JSON object a line.
    :raises BenchError: it ended before it was done.
    """
    for made in _MADE:
        shutil.rmtree(FOLDER / made, ignore_errors=True)
    port = _free_port()
    surroundings = {
        **os.environ,
        "RPC_URL": url,
        "CHAIN_ID": str(chain_id),
        "VAULT": f"0x{vault.hex()}",
        "VAULT_ABI": str(RELEASE / "vault.abi.json"),
        "PONDER_TELEMETRY_DISABLED": "1",
    }
    command = [
        "node_modules/.bin/ponder",
        "start",
        "--schema",
        "bench",
        "--log-format",
        "json",
        "--port",
        str(port),
    ]
    with (
        log.open("w") as written,
        subprocess.Popen(
            command, cwd=FOLDER, env=surroundings, stdout=written, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            _wait(process, f"http://127.0.0.1:{port}/ready", log)
            rows = int(json.loads(_get(f"http://127.0.0.1:{port}/count"))["rows"])
        finally:
            process.terminate()
    return Indexed(rows=rows, seconds=_seconds(log))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def _wait(process: subprocess.Popen[Any], url: str, log: Path) -> None:
    until = time.monotonic() + _READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            _get(url)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    raise BenchError(f"Ponder did not come to the end of its work. {log.read_text('utf-8')[-500:]}")


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310  # loopback, made here
        content: bytes = answer.read()
    return content


def _seconds(log: Path) -> float:
    for line in log.read_text("utf-8").splitlines():
        said = json.loads(line)
        if said.get("msg") == "Completed backfill indexing across all chains":
            return float(said["duration"]) / 1_000
    raise BenchError("Ponder did not say how long it took.")
