"""A compiler that stays loaded.

with start_compiler() as compiler:
    output = compiler.compile(standard_input)
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

PROGRAM: Final = Path(__file__).with_name("compiler.mjs")


class CompilerGoneError(Exception):
    """The compiler ended before it answered."""


class Compiler:
    """A running compiler. It answers one question at a time."""

    def __init__(self, questions: IO[str], answers: IO[str]) -> None:
        self._questions = questions
        self._answers = answers

    def compile(self, standard_input: dict[str, Any]) -> dict[str, Any]:
        """Return the output for a standard-JSON input, its errors included."""
        self._questions.write(json.dumps(standard_input) + "\n")
        self._questions.flush()
        line = self._answers.readline()
        if not line:
            raise CompilerGoneError
        output: dict[str, Any] = json.loads(line)
        return output


@contextmanager
def start_compiler() -> Iterator[Compiler]:
    """Start a compiler, and end it at the end of the block."""
    process = subprocess.Popen(
        ["node", PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    if process.stdin is None or process.stdout is None:
        raise CompilerGoneError
    try:
        yield Compiler(process.stdin, process.stdout)
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


def errors_of(output: dict[str, Any]) -> list[str]:
    """Return why an input does not compile; nothing where it does. Warnings do not matter here."""
    return [each["message"] for each in output.get("errors", ()) if each["severity"] == "error"]
