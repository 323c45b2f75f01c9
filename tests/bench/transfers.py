"""Assets that move, from publication to execution, here and at the peer that bounds are set against."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from tests.bench.report import Row
from tests.bench.rows import Both, Making, gas, second
from tests.bench.sides import Sides
from verifier.model.tier import Tier

BATCH: Final = 3
TIERS: Final = (Tier.ROUTINE, Tier.STANDARD, Tier.HIGH_VALUE)


def assets(sides: Sides) -> tuple[tuple[str, Making], ...]:
    return ("ETH", sides.eth), ("ERC-20", sides.erc20)


def transfers(sides: Sides) -> Iterator[Row]:
    """All steps of a transfer, in each tier and of each asset."""
    for tier in TIERS:
        for asset, make in assets(sides):
            yield gas(f"{sides.name} {tier.name} {asset}", *second(partial(move, sides, make, tier)))


def batches(sides: Sides) -> Iterator[Row]:
    """The same for several transfers in one operation, which are STANDARD together too."""
    for asset, make in assets(sides):
        moving = partial(move, sides, make, Tier.STANDARD, count=BATCH)
        yield gas(f"{sides.name} STANDARD {asset}, {BATCH} calls", *second(moving))


def move(sides: Sides, make: Making, tier: Tier, *, count: int = 1) -> Both:
    calls = [one for _ in range(count) for one in make(sides.amount(tier))]
    return sum(sides.here(calls, tier)), sum(sides.peer.move(calls))


def steps(sides: Sides) -> Iterator[Row]:
    """What each transaction of a transfer costs."""
    for asset, make in assets(sides):
        calls = make(sides.amount(Tier.STANDARD))
        both = zip(sides.here(calls, Tier.STANDARD), sides.peer.move(calls), strict=True)
        for step, (ours, peer) in zip(("publish", "execute"), both, strict=True):
            yield gas(f"{sides.name} STANDARD {asset}, {step}", ours, peer)
    taken = sides.here(sides.eth(sides.amount(Tier.HIGH_VALUE)), Tier.HIGH_VALUE)
    for step, ours in zip(("publish", "approve", "execute"), taken, strict=True):
        yield gas(f"{sides.name} HIGH_VALUE ETH, {step}", ours)


def salt_and_sender(sides: Sides) -> dict[str, int]:
    """What the peer would pay for a salt, and save where its sender counts without a signature."""
    usual, salted, unsigned = (
        sum(sides.peer.move(sides.eth(sides.amount(Tier.STANDARD)), **how))
        for how in ({}, {"is_salted": True}, {"sender_counts": True})
    )
    return {"salt": salted - usual, "unsigned": usual - unsigned}
