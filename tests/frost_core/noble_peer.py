"""@noble/curves as one of the holders: a Node process that stays open, a line for each question."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from verifier.frost.charter import Index
from verifier.frost.rfc9591 import Committed
from verifier.frost.shares import GroupKey

SCRIPT: Final = Path(__file__).with_suffix(".mjs")


class RefusedError(Exception):
    """Noble does not take it."""


class Noble:
    """A running process."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def ask(self, verb: str, what: Any) -> Any:
        """:raises RefusedError: noble does not take it."""
        answer = self.ask_raw(verb, what)
        if isinstance(answer, dict) and "refused" in answer:
            raise RefusedError(answer["refused"])
        return answer

    def ask_raw(self, verb: str, what: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([verb, what]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "noble has ended"
        return json.loads(line)


@contextmanager
def start_noble() -> Iterator[Noble]:
    with subprocess.Popen(
        ["node", str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield Noble(process)
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait()


def key_for(key: GroupKey) -> dict[str, Any]:
    """Return a key as the peer reads it."""
    indexes = key.charter.indexes
    return {
        "min": key.charter.threshold,
        "max": len(indexes),
        "commitments": [point.hex() for point in key.commitments],
        "shares": {str(index): key.verifying_share(index).hex() for index in indexes},
    }


def committed_for(committed: Sequence[Committed]) -> list[dict[str, Any]]:
    return [
        {"index": one.index, "hiding": one.hiding.hex(), "binding": one.binding.hex()} for one in committed
    ]


def answers_for(answers: Mapping[Index, bytes]) -> dict[str, str]:
    return {str(index): z.hex() for index, z in answers.items()}
