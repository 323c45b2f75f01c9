"""viem, in a process of its own, as a peer of the decoder."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from tests.bench.calldata import ABI, BY_SELECTOR, Work
from tests.bench.report import BenchError
from verifier.decode.signatures import Function
from verifier.model.call import AbiValue

SCRIPT: Final = Path(__file__).with_suffix(".mjs")
PACKAGE: Final = Path(__file__).parents[2] / "scripts/node/node_modules/viem/package.json"


def version() -> str:
    try:
        found: str = json.loads(PACKAGE.read_text("utf-8"))["version"]
    except FileNotFoundError:
        raise BenchError("scripts/node/node_modules/viem is missing; run scripts/install first.") from None
    return found


class Viem:
    """A running process that knows the works."""

    def __init__(self, process: subprocess.Popen[str], works: Sequence[Work]) -> None:
        self._process = process
        asked = {
            "abis": {f"0x{selector.hex()}": _human(function) for selector, function in BY_SELECTOR.items()},
            "works": [[f"0x{data.hex()}" for data in work.parts] for work in works],
        }
        # What each part of each work decodes to, as `as_viem` has it.
        self.values: list[list[Any]] = self._ask(asked)

    def seconds(self, work: int, times: int) -> float:
        """Return the processor time that it takes to decode a work so often."""
        return int(self._ask([work, times])) / 1e6

    def _ask(self, question: Any) -> Any:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise BenchError("viem has ended; its last words are above.")
        return json.loads(answer)


@contextmanager
def start_viem(works: Sequence[Work]) -> Iterator[Viem]:
    with subprocess.Popen(
        ["node", str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        try:
            yield Viem(process, works)
        finally:
            process.kill()


def as_viem(value: AbiValue) -> Any:
    """Return one of our values as JSON has viem's: addresses and bytes in hex, numbers as text."""
    match value:
        case bool() | str():
            return value
        case int():
            return str(value)
        case bytes():
            return str(value) if type(value) is not bytes else f"0x{value.hex()}"
        case tuple():
            return [as_viem(item) for item in value]


def _human(function: Function) -> list[str]:
    """Return a function and the structs that it needs, as viem reads them."""
    lines = [line for line in ABI.splitlines() if line.startswith(f"function {function.name}(")]
    structs = [line for line in ABI.splitlines() if line.startswith("struct ")]
    used = [line for line in structs if line.removeprefix("struct ").partition("(")[0] in lines[0]]
    return lines + [
        line.replace("(", " { ", 1).replace(", ", "; ").removesuffix(")") + "; }" for line in used
    ]
