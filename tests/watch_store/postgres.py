"""A PostgreSQL of one's own for a test run: in a temporary folder, reached through a socket in it, ended with the run.

PostgreSQL refuses to run as root; where the tests do, it runs as `nobody`.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg
import pytest

START_SECONDS: Final = 300
_USER: Final = "tester"


@contextmanager
def start_postgres(*, is_synced: bool = False) -> Iterator[str]:
    """Yield the address of a server.

    :param is_synced: whether what it says is kept is on the disk: for measuring
    """
    server, maker = shutil.which("postgres"), shutil.which("initdb")
    missing = "postgresql is missing; run scripts/install --system"
    assert server, missing
    assert maker, missing
    # Not pytest's own folder: its parents are closed to others. Short, since a socket's path may have 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="fs-pg-"))
    options = _as_other(folder)
    cluster = folder / "cluster"
    try:
        subprocess.run(
            [maker, "-D", str(cluster), "-U", _USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            check=True,
            capture_output=True,
            cwd=folder,
            **options,
        )
        command = [
            server,
            "-D",
            str(cluster),
            "-k",
            str(folder),
            "-c",
            "listen_addresses=",
            "-c",
            f"fsync={'on' if is_synced else 'off'}",
        ]
        with (folder / "log").open("wb") as log:
            running: subprocess.Popen[bytes] = subprocess.Popen(
                [*command, "-c", "max_connections=60", "-c", "deadlock_timeout=200ms"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
                **options,
            )
        try:
            address = f"postgresql://{_USER}@/postgres?host={folder}"
            _wait_for(address, running, folder / "log")
            yield address
        finally:
            # At once, and without waiting for whoever is connected.
            running.send_signal(signal.SIGQUIT)
            running.wait(START_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def fresh_database(server: str, name: str) -> Iterator[str]:
    """Yield an address at which everything is empty: a schema of its own, dropped at the end. A database would cost
    a second.
    """
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{name}"'.encode())
        try:
            yield f"{server}&options=-csearch_path%3D{name}"
        finally:
            connection.execute(f'DROP SCHEMA "{name}" CASCADE'.encode())


def _as_other(folder: Path) -> dict[str, Any]:
    """Return what makes a process run as somebody who is not root, and give them the folder."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C"}
    if "LD_LIBRARY_PATH" in os.environ:
        environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "env": environment}


def _wait_for(address: str, running: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            psycopg.connect(address).close()
            return
        except psycopg.OperationalError:
            if running.poll() is not None or time.monotonic() > until:
                pytest.fail(f"PostgreSQL does not start:\n{log.read_text(errors='replace')[-2_000:]}")
            time.sleep(0.05)
