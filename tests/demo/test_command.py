"""`scripts/demo`, as a newcomer runs it: it ends well, or with one sentence, and leaves nothing running."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest

DEMO: Final = Path(__file__).resolve().parents[2] / "scripts" / "demo"
SECONDS: Final = 60
STOPPED: Final = "demo: stopped, and its chain with it.\n"


class Run:
    """A run in a session of its own, so that whatever it leaves behind is seen."""

    def __init__(self, *arguments: str | Path, cwd: Path, env: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [DEMO, *arguments],
            cwd=cwd,
            env={**os.environ, "NO_COLOR": "", **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def finish(self) -> tuple[int, str, str]:
        """Return exit code, output and errors."""
        output, errors = self.process.communicate(timeout=SECONDS)
        return self.process.returncode, output, errors

    def read_until(self, words: str) -> str:
        """Return what it says up to a line with these words."""
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if words in line:
                return said
        raise AssertionError(f"it ended before it said {words!r}:\n{said}")

    @property
    def left_behind(self) -> list[str]:
        """The processes of its session that still run."""
        listed = subprocess.run(
            ["ps", "-o", "stat=,args=", "-s", str(self.process.pid)],
            capture_output=True,
            text=True,
            check=False,
        )
        return [line for line in listed.stdout.splitlines() if not line.lstrip().startswith("Z")]

    def end(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()


@pytest.fixture
def runs() -> Iterator[list[Run]]:
    """Runs that are ended with the test, whatever comes of it."""
    started: list[Run] = []
    yield started
    for run in started:
        run.end()


def test_demo__twice_at_once__tells_the_story_and_draws_it(tmp_path: Path, runs: list[Run]) -> None:
    # From another folder, to see that paths are the caller's.
    places = [tmp_path / "one.svg", tmp_path / "two.svg"]
    runs += [Run("--out", place.name, cwd=tmp_path) for place in places]
    for run, place in zip(runs, places, strict=True):
        code, output, errors = run.finish()
        assert (code, errors) == (0, "")
        assert output.startswith("install: ")
        assert "Sends 40,000,000.000000 USDC" in output
        assert output.count("and the vault refuses") == 4
        assert output.count("no clock starts") == 2
        assert "Dana vetoes it" in output
        assert "Ben executes it" in output
        assert str(place) in output
        assert "\x1b" not in output
        title = ET.parse(place).getroot()[0]  # noqa: S314 - drawn here
        assert title.text == "40,000,000 USDC, five signatures, one veto"
        assert run.left_behind == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.svg", "two.svg"]


def test_demo__stopped_while_it_plays__ends_its_chain(tmp_path: Path, runs: list[Run]) -> None:
    run = Run("--out", tmp_path / "demo.svg", cwd=tmp_path)
    runs.append(run)
    # Compiling the token comes next, and takes longer than this.
    run.read_until("The ground")
    os.kill(run.process.pid, signal.SIGTERM)
    code, _, errors = run.finish()
    assert (code, errors) == (130, STOPPED)
    assert run.left_behind == []
    assert list(tmp_path.iterdir()) == []


def test_demo__stopped_while_it_stays__ends_its_chain(tmp_path: Path, runs: list[Run]) -> None:
    # Ctrl-C reaches all processes of a terminal, the other one only what it is sent to.
    ends = [(os.killpg, signal.SIGINT), (os.kill, signal.SIGHUP)]
    runs += [Run("--stay", "--out", tmp_path / "demo.svg", cwd=tmp_path) for _ in ends]
    for run, (send, number) in zip(runs, ends, strict=True):
        said = run.read_until("Ctrl-C ends the chain")
        assert "fourth-signer queue" in said
        assert any("anvil" in line for line in run.left_behind)
        send(run.process.pid, number)
        code, _, errors = run.finish()
        assert (code, errors) == (130, STOPPED)
        assert run.left_behind == []


def test_demo__no_place_for_the_picture__says_so_at_once(tmp_path: Path, runs: list[Run]) -> None:
    run = Run("--out", "missing/demo.svg", cwd=tmp_path)
    runs.append(run)
    code, output, errors = run.finish()
    assert code == 1
    assert errors.startswith("demo: the picture cannot be written to ")
    assert errors.count("\n") == 1
    assert "The ground" not in output
    assert list(tmp_path.iterdir()) == []


def test_demo__without_node__says_what_to_install(tmp_path: Path, runs: list[Run]) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "cat", "cut", "dirname", "env", "flock", "mkdir", "sed", "sha256sum"):
        (tools / name).symlink_to(shutil.which(name) or name)
    run = Run(cwd=tmp_path, env={"PATH": str(tools)})
    runs.append(run)
    code, _, errors = run.finish()
    assert code == 1
    assert errors == "install: Node 20 or newer is missing (Debian: apt-get install nodejs npm).\n"
    assert run.left_behind == []
