"""A group whose holders are processes of their own, each with a home, as its people would set it up.

    company = Company.of(folder, threshold=2, holders=3)
    with company.all_present():
        company.must("keygen", str(company.desk))

Their shares are opened by a passphrase alone, so that a test need not ask a token each time; tests/keys has both.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Final
from unittest import mock

from tests.cli.program import Home, Ran
from tests.ports import free_port
from verifier.cli import frost_convening
from verifier.cli.arguments import make_parser
from verifier.cli.frost_joining import hold
from verifier.model.group_file import GroupFile
from verifier.store.group_file import read_group_file

PASSPHRASE: Final = "correct horse battery"
PATIENCE: Final = 300
"""Seconds for something that takes one, on a machine that has much else to do."""
NAMES: Final = ("Ann", "Bob", "Cid", "Dot", "Eve", "Fay", "Gus", "Ida", "Joe", "Kim")
PLACES: Final = (
    ("+01:00", "47.37,8.54"),
    ("+09:00", "35.68,139.69"),
    ("-05:00", "-12.05,-77.04"),
    ("+05:30", "19.08,72.88"),
    ("-10:00", "21.31,-157.86"),
)


class Told:
    """What a holder or a coordinator says, line by line, as it comes."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._said = threading.Condition()

    def tell(self, line: str) -> None:
        with self._said:
            self.lines += str(line).splitlines()
            self._said.notify_all()

    def wait_for(self, words: str, *, times: int = 1) -> str:
        """Return the first line with these words, once there are so many."""

        def found() -> list[str]:
            return [line for line in self.lines if words in line]

        with self._said:
            self._said.wait_for(lambda: len(found()) >= times or self.is_over, PATIENCE)
            assert len(found()) >= times, f"{words!r} was not said in:\n{self.text}"
            return found()[0]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    @property
    def is_over(self) -> bool:
        return False


class Running(Told):
    """A process, and what it says."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        super().__init__()
        self.process = process
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def is_over(self) -> bool:
        return self.process.poll() is not None and not self._reader.is_alive()

    def end(self) -> int:
        """Ask it to stop, and return its exit code."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        return self.wait()

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.wait()

    def wait(self) -> int:
        code = self.process.wait(timeout=PATIENCE)
        self._reader.join(timeout=PATIENCE)
        return code

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.tell(line.decode().rstrip("\n"))
        self.process.stderr.close()
        self.tell("")


class Sitting(Told):
    """A holder in a thread of this process: the same sockets and files, without a second to load everything."""

    def __init__(self, options: Namespace) -> None:
        super().__init__()
        self.fault: Exception | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._hold, args=(options,), daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        return self.fault is not None

    def end(self) -> int:
        self._stopped.set()
        self._thread.join(timeout=PATIENCE)
        assert not self._thread.is_alive()
        return 0

    def _hold(self, options: Namespace) -> None:
        try:
            hold(options, self._stopped, self.tell)
        except Exception as exc:  # noqa: BLE001 - whoever waits for a line shows it
            self.fault = exc
            self.tell(f"{type(exc).__name__}: {exc}")


@dataclass(slots=True)
class Chair:
    """One holder at home."""

    index: int
    home: Home
    folder: Path
    stretch: int = 14

    @property
    def passphrase(self) -> Path:
        return self.home.path / "passphrase"

    @property
    def opening(self) -> tuple[str, ...]:
        opened = ("--one-factor", "passphrase", "--passphrase-file", str(self.passphrase))
        return (*opened, "--stretch", str(self.stretch))


@dataclass(slots=True)
class Company:
    """The holders, and the desk of whoever brings them together."""

    path: Path
    chairs: list[Chair]
    home: Home
    running: dict[int, Running | Sitting] = field(default_factory=dict)

    @classmethod
    def of(
        cls, path: Path, *, threshold: int, holders: int, by_files: Sequence[int] = (), stretch: int = 14
    ) -> Company:
        company = cls(path=path, chairs=[], home=Home(path=path / "coordinator"))
        company.home.path.mkdir(parents=True)
        for index in range(1, holders + 1):
            company.seat(by_files=index in by_files).stretch = stretch
        cards = [word for chair in company.chairs for word in ("--card", str(chair.folder / "card.toml"))]
        company.must("init", str(company.desk), "--name", "owls", "--threshold", str(threshold), *cards)
        return company

    @property
    def desk(self) -> Path:
        return self.home.path / "desk"

    @property
    def group(self) -> GroupFile:
        return read_group_file(self.desk / "group.toml")

    def seat(self, *, by_files: bool = False) -> Chair:
        """Let one more person make a card."""
        index = len(self.chairs) + 1
        home = Home(path=self.path / f"holder-{index}")
        home.path.mkdir(parents=True)
        chair = Chair(index=index, home=home, folder=home.path / "share")
        chair.passphrase.write_text(PASSPHRASE + "\n")
        chair.passphrase.chmod(0o600)
        offset, place = PLACES[(index - 1) % len(PLACES)]
        address = [] if by_files else ["--address", f"https://127.0.0.1:{free_port()}"]
        name = ["--name", NAMES[index - 1], "--person", str(100 + index), "--employer", f"e{index}={index}"]
        ran = home.call(
            "frost", "card", str(chair.folder), *name, f"--utc-offset={offset}", f"--place={place}", *address
        )
        assert ran.code == 0, ran
        self.chairs.append(chair)
        return chair

    def call(self, *arguments: str) -> Ran:
        """Run a command of the coordinator's inside of this process."""
        return self.home.call("frost", *arguments)

    def must(self, *arguments: str) -> Ran:
        ran = self.call(*arguments)
        assert ran.code == 0, ran
        return ran

    def call_until(self, is_enough: Callable[[str], bool], *arguments: str) -> Ran:
        """Run such a command, whose patience ends once what it has said, or whatever else, is enough.

        Until then it waits for whoever is slow, however long that takes.
        """
        ahead = 0

        def now() -> float:
            nonlocal ahead
            if is_enough(getattr(sys.stderr, "getvalue", str)()):
                ahead += 2 * PATIENCE
            return time.monotonic() + ahead

        with mock.patch.object(frost_convening, "time", SimpleNamespace(monotonic=now)):
            return self.call(*arguments, "--patience", str(PATIENCE))

    def convene(self, *arguments: str) -> Running:
        """Start a command of the coordinator's in a process of its own."""
        return Running(self.home.start("frost", *arguments, stdout=subprocess.DEVNULL))

    def join(self, index: int, *more: str, group: Path | None = None) -> Sitting:
        """Let a holder sit down in this process, and return once it can be reached."""
        options = make_parser().parse_args(self.joining(index, *more, group=group))
        sitting = Sitting(options)
        self.running[index] = sitting
        sitting.wait_for("Ctrl-C stops")
        return sitting

    def start(self, index: int, *more: str) -> Running:
        """Start a holder as a process of its own, and return once it can be reached."""
        arguments = self.joining(index, *more, group=None)
        running = Running(self.chairs[index - 1].home.start(*arguments, stdout=subprocess.DEVNULL))
        self.running[index] = running
        running.wait_for("Ctrl-C stops")
        return running

    def joining(self, index: int, *more: str, group: Path | None = None) -> list[str]:
        chair = self.chairs[index - 1]
        taken = ["--group", str(group or self.desk / "group.toml"), "--yes"]
        took = [] if group is None and (chair.folder / "group.toml").exists() else taken
        config = ["--config", str(chair.home.config)]
        return ["frost", "join", str(chair.folder), *took, *chair.opening, *config, *more]

    def leave(self, index: int) -> None:
        self.running.pop(index).end()

    @contextmanager
    def present(self, *indexes: int, more: Sequence[str] = ()) -> Iterator[None]:
        """Let these holders be there; all of them, if none is named."""
        try:
            for index in indexes or [chair.index for chair in self.chairs]:
                self.join(index, *more)
            yield
        finally:
            self.end()

    def end(self) -> None:
        for running in self.running.values():
            running.end()
        self.running.clear()


def rules(chair: Chair, text: str) -> None:
    """Write a holder's rules."""
    path = chair.folder / "rules.toml"
    path.write_text(text)
    os.chmod(path, 0o600)  # noqa: PTH101 - as a person would
