"""The library for FROST signatures, opened by its harness, and what the tests put before it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final, NamedTuple

from tests.anvil import Anvil
from tests.frost.group import Group
from tests.frost.reference import GENERATOR, ORDER, Point, add, lift, negative, times
from tests.harness.compiled import Harness, compiled

MESSAGE: Final = bytes.fromhex("3a" * 32)
OWLS: Final = Group.new("owls")


class Claim(NamedTuple):
    """That the group with this key signed this message by R and z: what `isValid` is asked."""

    x: int
    prefix: int
    message: bytes
    r_prefix: int
    rx: int
    z: int

    @classmethod
    def of(cls, group: Group, message: bytes = MESSAGE) -> Claim:
        r, s, v = (int.from_bytes(part, "big") for part in group.sign(message))
        return cls(x=group.x, prefix=group.prefix, message=message, r_prefix=v, rx=r, z=s)


class Equation(NamedTuple):
    """That z*G = R + e*P: what `isAnswer` is asked. The challenge is free, so that it can be made to hold anywhere."""

    x: int
    prefix: int
    e: int
    r_prefix: int
    rx: int
    z: int

    @classmethod
    def _between(cls, key: Point | None, e: int, r: Point | None, z: int) -> Equation:
        assert key is not None
        assert r is not None
        (x, y), (rx, ry) = key, r
        return cls(x=x, prefix=2 + y % 2, e=e, r_prefix=2 + ry % 2, rx=rx, z=z)

    @classmethod
    def for_key(cls, key: Point | None, *, e: int, z: int) -> Equation:
        """Return the equation that holds for a key: R follows."""
        return cls._between(key, e, add(times(z, GENERATOR), negative(times(e, key))), z)

    @classmethod
    def for_r(cls, r: Point | None, *, e: int, z: int) -> Equation:
        """Return the equation that holds for an R: the key follows."""
        return cls._between(times(pow(e, -1, ORDER), add(times(z, GENERATOR), negative(r))), e, r, z)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The harness on a chain."""

    chain: Anvil
    harness: Harness
    address: bytes

    def _read(self, name: str, *arguments: object) -> int:
        return int(self.harness.read(self.chain, self.address, name, *arguments))

    def is_valid(self, claim: Claim) -> bool:
        return bool(self._read("isValid", *claim))

    def is_answer(self, equation: Equation) -> bool:
        return bool(self._read("isAnswer", *equation))

    def gas_of(self, claim: Claim) -> int:
        """Return the gas that a yes takes inside a contract; zero for a no."""
        return self._read("gasOf", *claim)

    def challenge(self, claim: Claim) -> int:
        return self._read("challenge", *claim[:5])

    def challenge_in_dirty_memory(self, claim: Claim, dirt: int) -> int:
        return self._read("challengeInDirtyMemory", *claim[:5], dirt)

    def ordinate(self, prefix: int, x: int) -> int:
        return self._read("ordinate", prefix, x)

    def is_key(self, x: int, y: int) -> bool:
        return bool(self._read("isKey", x, y))

    def prefix_of(self, y: int) -> int:
        return self._read("prefixOf", y)

    def account_of(self, x: int, y: int) -> bytes:
        return bytes.fromhex(self.harness.read(self.chain, self.address, "accountOf", x, y)[2:])


@contextmanager
def open_schnorr(node: Anvil) -> Iterator[Opened]:
    """Put the harness on the chain, and take it away at the end."""
    harness = compiled("SchnorrHarness")
    with node.isolate():
        yield Opened(chain=node, harness=harness, address=node.deploy(harness.creation))


def first_point(start: int) -> Point:
    """Return the first point, with an even y, whose x is this or more."""
    return next(point for x in range(start, start + 1000) if (point := lift(2, x)) is not None)


def first_gap(start: int) -> int:
    """Return the first x, this or more, that no point of the curve has."""
    return next(x for x in range(start, start + 1000) if lift(2, x) is None)
