"""What ends anything before it is done: the body of `messages.Kind.CALL_OFF`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from verifier.frost.codec import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOff:
    """Nothing but its envelope. It has no words: persons who decide would read those of whoever asks them."""

    def encode(self) -> bytes:
        return b""

    @classmethod
    def read(cls, _reader: Reader) -> Self:
        return cls()
