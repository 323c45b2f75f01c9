"""One thing that a signer must know."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

from verifier.model.evidence import Evidence
from verifier.model.text import Shown


class Severity(IntEnum):
    """How much it matters. Danger stays rare, and has to be acknowledged by typing."""

    INFO = 0
    NOTICE = 1
    WARNING = 2
    DANGER = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ByteRange:
    """Bytes `start` to `stop` (excluded) of one byte string."""

    start: int
    stop: int

    def of(self, data: bytes) -> bytes:
        return data[self.start : self.stop]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A judgement with its reason. The sentence says what is, and what to do."""

    # Names the rule, such as `operation-bytes-missing`; stable, for scripts.
    rule: str
    severity: Severity
    sentence: Shown
    # Of the fact that it rests on.
    evidence: Evidence
    # Which call of the operation, and which bytes of its data, where it rests on these.
    call: int | None = None
    where: ByteRange | None = None
    # The way from that call to one inside of it, as `DecodedCall.walk` gives it; the bytes are that one's then.
    path: tuple[int, ...] = ()
