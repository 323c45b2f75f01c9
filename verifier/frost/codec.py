"""Reading bytes that must be exactly what they should: one way to write every value, and nothing left over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from verifier.errors.frost import BodyMalformed

T = TypeVar("T")


@dataclass(slots=True)
class Reader:
    """Bytes, and how far they were read."""

    body: bytes
    at: int = 0

    def take(self, length: int) -> bytes:
        """:raises BodyMalformed: fewer are left."""
        taken = self.body[self.at : self.at + length]
        if len(taken) != length:
            raise BodyMalformed(why=f"{length} bytes are wanted at {self.at}, and {len(taken)} are left")
        self.at += length
        return taken

    def number(self, width: int) -> int:
        """Return a number of so many bytes, the highest first."""
        return int.from_bytes(self.take(width), "big")

    def rest(self, most: int) -> bytes:
        """:raises BodyMalformed: more than `most` are left."""
        if len(self.body) - self.at > most:
            raise BodyMalformed(
                why=f"{len(self.body) - self.at} bytes are left, and at most {most} are wanted"
            )
        return self.take(len(self.body) - self.at)

    def end(self) -> None:
        """:raises BodyMalformed: something is left."""
        if self.at != len(self.body):
            raise BodyMalformed(why=f"{len(self.body) - self.at} bytes too many")


def counted(reader: Reader, most: int, read: Callable[[Reader], T]) -> tuple[T, ...]:
    """Return things that follow a byte with their number.

    :raises BodyMalformed: they are more than `most`.
    """
    count = reader.number(1)
    if count > most:
        raise BodyMalformed(why=f"a list has {count} entries, and at most {most} are wanted")
    return tuple(read(reader) for _ in range(count))
