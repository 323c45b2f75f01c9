"""Groups whose secret is nowhere whole: FROST by @noble/curves, run by Node.

(answer,) = sign([Session(seed="a", threshold=2, holders=3, message=digest)])
assert verify([answer])
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

SCRIPT: Final = Path(__file__).with_name("noble.mjs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What a new group is to sign. The seed decides everything else."""

    seed: str
    threshold: int
    holders: int
    message: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A message, the compressed key of a group (33 bytes) and its signature (65 bytes: R compressed, z)."""

    message: bytes
    key: bytes
    signature: bytes

    @property
    def words(self) -> tuple[int, int, bytes, int, int, int]:
        """Return x, prefix, message, prefix of R, x of R, and z: as the library wants them."""
        x, prefix = int.from_bytes(self.key[1:], "big"), self.key[0]
        r_prefix, rx, z = self.signature[0], self.signature[1:33], self.signature[33:]
        return x, prefix, self.message, r_prefix, int.from_bytes(rx, "big"), int.from_bytes(z, "big")


def sign(sessions: Sequence[Session]) -> list[Signed]:
    """Let a new group sign in each session."""
    answers = _ask(
        "sign",
        [
            {"seed": one.seed, "min": one.threshold, "max": one.holders, "message": one.message.hex()}
            for one in sessions
        ],
    )
    return [
        Signed(
            message=one.message,
            key=bytes.fromhex(answer["key"]),
            signature=bytes.fromhex(answer["signature"]),
        )
        for one, answer in zip(sessions, answers, strict=True)
    ]


def verify(signed: Sequence[Signed]) -> list[bool]:
    """Return which of them noble takes for valid."""
    return _ask(
        "verify",
        [{"key": s.key.hex(), "signature": s.signature.hex(), "message": s.message.hex()} for s in signed],
    )


def _ask(verb: str, questions: list[dict[str, Any]]) -> list[Any]:
    """Return Node's answers, in the order of the questions."""
    done = subprocess.run(
        ["node", str(SCRIPT), verb], input=json.dumps(questions), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answers: list[Any] = json.loads(done.stdout)
    return answers
