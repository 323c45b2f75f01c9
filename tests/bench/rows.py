"""What the files behind `scripts/bench gas` share: how work is described, done twice, and becomes a row."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tests.bench.report import Row
from tests.stage import Call

T = TypeVar("T")

Both = tuple[int, int]
"""Gas here, and at the peer."""
Making = Callable[[int], list[Call]]
"""Makes the calls that move an amount, in base units."""


def gas(name: str, ours: int, peer: int | None = None, *, table: str = "") -> Row:
    return Row(name=name, ours=ours, peer=peer, unit="gas", table=table)


def second(work: Callable[[], T]) -> T:
    """Do it twice, and return what the second time cost."""
    work()
    return work()
