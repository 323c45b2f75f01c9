"""The way in and out: help, versions, wrong arguments, a closed pipe, Ctrl-C, and what `--help` does not load."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.cli.conftest import Scene
from tests.cli.liars import hangs, serve
from tests.cli.program import COMMAND, PATIENCE, Home
from verifier.errors import EXIT_CODES

HEAVY = ("web3", "textual", "eth_account", "requests", "rich", "trie", "eth_abi")


def test_help__first_look__names_every_command_and_exit_code(home: Home) -> None:
    ran = home.run("--help")
    assert (ran.code, ran.err) == (0, "")
    for command in ("init", "doctor", "queue", "show"):
        assert re.search(rf"^ +{command} ", ran.out, re.MULTILINE)
    for error, code in EXIT_CODES.items():
        assert re.search(rf"(^| ) {code} +\w", ran.out), error
    assert max(map(len, ran.out.splitlines())) <= 80


@pytest.mark.parametrize("command", ["init", "doctor", "queue", "show"])
def test_help__of_a_command__every_option_explained(home: Home, command: str) -> None:
    ran = home.run(command, "--help")
    assert ran.code == 0
    assert max(map(len, ran.out.splitlines())) <= 80
    for option in re.findall(r"\[?(--[a-z]+)", ran.out):
        assert re.search(rf"^  (-h, )?{option}\b", ran.out, re.MULTILINE), option


def test_help__loads_nothing_heavy(home: Home) -> None:
    code = (
        "import sys; from verifier.cli import main\n"
        "code = main(['--help'])\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)\n"
        "sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=home.environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "[]\n")


def test_installed_command__version__names_release_and_code() -> None:
    command = Path(sys.executable).parent / "fourth-signer"
    done = subprocess.run(
        [command, "--version"], capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0
    assert re.fullmatch(
        r"fourth-signer [0-9.]+, for vaults whose code hashes to 0x[0-9a-f]{64}\n", done.stdout
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["sing"],
        ["show"],
        ["show", "first"],
        ["show", "1", "2"],
        ["show", "1", "--jsn"],
        ["init"],
        ["init", "0x00"],
        ["init", "0x00", "--rpc", "http://x", "--quorum", "many"],
        ["queue", "\x1b[31m\u202e"],
        ["--verb"],
    ],
)
def test_arguments__make_no_sense__one_sentence_and_2(home: Home, arguments: list[str]) -> None:
    ran = home.run(*arguments)
    assert ran.code == 2
    assert "--help` tells more." in ran.sentence


def test_arguments__none__help_and_2(home: Home) -> None:
    ran = home.run()
    assert ran.code == 2
    assert ran.out == home.run("--help").out


def test_output__reader_stops_reading__one_sentence_and_141(home: Home) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = home.start("--help", stdout=writing)
    os.close(writing)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 141
    assert err == b"fourth-signer: Whoever read this stopped reading: not everything was shown.\n"


def test_output__through_head__no_traceback(settled: Home) -> None:
    shell = f"set -o pipefail; {' '.join(COMMAND)} show 0 --json | head -n 1"
    done = subprocess.run(
        ["bash", "-c", shell],
        env=settled.environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.stdout == "{\n"
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 141), "the pipe may hold all of it"


def test_output__disk_is_full__one_sentence_and_74(home: Home) -> None:
    with Path("/dev/full").open("wb") as full:
        process = home.start("--help", stdout=full)
        _, err = process.communicate(timeout=PATIENCE)
    assert (process.returncode, err.count(b"\n")) == (74, 1)
    assert b"cannot be written" in err


def test_output__closed_from_the_start__one_sentence_and_141(home: Home) -> None:
    shell = f"{' '.join(COMMAND)} --version >&-"
    done = subprocess.run(
        ["bash", "-c", shell],
        env=home.environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 141
    assert done.stderr.count("\n") == 1


def test_interrupt__while_an_endpoint_hangs__ends_at_once_with_130(home: Home, scene: Scene) -> None:
    until, reached = threading.Event(), threading.Event()
    with serve(hangs(until, reached)) as url:
        process = home.start("queue", "--vault", scene.vault, "--rpc", url, stdout=subprocess.PIPE)
        try:
            assert reached.wait(PATIENCE), "it asked"
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=PATIENCE)
        finally:
            until.set()
            process.kill()
    assert (process.returncode, out, err) == (130, b"", b"fourth-signer: Interrupted.\n")


def test_fault__its_traceback_asked_for__printable_ascii(home: Home) -> None:
    code = (
        "import sys; from verifier.cli import door\n"
        "def fail(options): raise LookupError('\\x1b]0;owned\\x07 \\u202e')\n"
        "door._run = fail\n"
        "sys.exit(door.main(['queue']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**home.environment, "FOURTH_SIGNER_TRACEBACK": "1"},
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1
    assert b"\\u{1b}]0;owned\\u{7}" in done.stderr
    assert all(byte == 10 or 32 <= byte < 127 for byte in done.stdout + done.stderr)
