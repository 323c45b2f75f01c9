"""Running `fourth-signer` as a person or script would: `run` in a process and an environment of its own.

Loading web3 takes most of a second in each process. So `call` does the same inside of this one, for the many cases in
which nothing depends on the process: what it cannot show is what the operating system does at start and end.
"""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from unittest import mock

from verifier.cli import main

ROOT: Final = Path(__file__).parents[2]
COMMAND: Final = (sys.executable, "-m", "verifier")
PATIENCE: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What became of a run."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The one sentence of a refusal: nothing on the standard output, one line on the other, and no traceback."""
        assert self.out == "", self
        assert self.err.startswith("fourth-signer: "), self
        assert self.err.endswith("\n"), self
        said = self.err.removeprefix("fourth-signer: ").removesuffix("\n")
        assert said.isprintable(), self
        assert said.isascii(), self
        return said

    @property
    def record(self) -> Any:
        """The one JSON object of the standard output."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """Somebody's home folder, and what they type in it."""

    path: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def config(self) -> Path:
        return self.path / ".config" / "fourth-signer" / "config.toml"

    @property
    def environment(self) -> dict[str, str]:
        kept = {"PATH": os.environ.get("PATH", ""), "HOME": str(self.path), "COLUMNS": "80"}
        return {**kept, "PYTHONPATH": str(ROOT), **self.variables}

    def run(self, *arguments: str) -> Ran:
        """Run the program and wait for its end."""
        done = subprocess.run(
            [*COMMAND, *arguments],
            check=False,
            env=self.environment,
            cwd=self.path,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )
        return Ran(code=done.returncode, out=done.stdout, err=done.stderr)

    def call(self, *arguments: str) -> Ran:
        """Run the program inside of this process."""
        out, err = io.StringIO(), io.StringIO()
        interrupt, folder = signal.getsignal(signal.SIGINT), Path.cwd()
        with (
            mock.patch.dict(os.environ, self.environment, clear=True),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            os.chdir(self.path)
            try:
                code = main(arguments)
            finally:
                os.chdir(folder)
                signal.signal(signal.SIGINT, interrupt)
        return Ran(code=code, out=out.getvalue(), err=err.getvalue())

    def start(self, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
        """Start the program and go on."""
        return subprocess.Popen(
            [*COMMAND, *arguments],
            env=self.environment,
            cwd=self.path,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            **options,
        )
