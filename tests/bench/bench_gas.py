"""Gas from publication to execution, beside a Safe that schedules on a timelock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from tests.anvil import start_anvil
from tests.bench.report import Report, Row
from tests.bench.sides import Sides, done, open_sides
from tests.stage import Call, Operation
from verifier.model.tier import Tier

# Quorum and owners of the peer.
SIZES: Final = ((2, 3), (3, 5), (5, 9))
# The one that the rows about single steps are about.
MAIN: Final = (3, 5)
BATCH: Final = 3
TIERS: Final = (Tier.ROUTINE, Tier.STANDARD, Tier.HIGH_VALUE)

# What is acceptable.
MOST_RATIO: Final = {"3-of-5 STANDARD ETH": 0.92, "3-of-5 STANDARD ERC-20": 0.92}
MOST_GAS: Final = {"3-of-5 veto": 45_000}

TITLE: Final = "Gas: a vault, and a Safe that schedules on a timelock"
NOTES: Final = """\
Ours is the vault of `verifier/release`. The peer is a Safe 1.4.1, with the bytecode that its makers publish on npm. It
schedules on OpenZeppelin's TimelockController 5.7.0 with an open executor, compiled with the vault's own settings: they
make it a little cheaper than its makers' own. Both have one chain, the rules of Prague, the same people, recipient and
amounts, and 48 hours of delay. Gas is what the receipts say, calldata included.

A row is everything from publication to execution, the second time that it is done: storage is in use already, and so is
the recipient. Here, ROUTINE and STANDARD are two transactions (publish, with a quorum that signed before; execute) and
HIGH_VALUE three (publish; approve, with signatures that carry the publication; execute). The peer knows no tiers. Its
two transactions are always these: an owner sends a Safe transaction, with the threshold's signatures, that schedules;
anyone executes.

The vault has two approvers more than its quorum, as the full floor wants. One of them publishes, and does not count.
There is a guardian, and above ROUTINE one approval has to come from the security team.

In favour of the peer: no refund to whoever sends, no predecessor, and no salt. (Without a salt, which would cost it
{salt:,} more, it takes the same calls only once in its life.) Not in its favour: whoever sends a Safe transaction may
count to its threshold without signing, which would cost it {unsigned:,} less, and leave one person fewer who looked.

veto: the peer's is `cancel` by an account that was given the canceller's role. cancel: the same through the Safe.
approve by own transaction: the peer's is `approveHash`. The peer's column is empty where it does nothing alike."""

Both = tuple[int, int]
"""Gas here, and at the peer."""
Making = Callable[[int], list[Call]]
"""Makes the calls that move an amount, in base units."""


def measure(say: Callable[[str], None]) -> Report:
    rows: list[Row] = []
    facts: dict[str, int] = {}
    for size in SIZES:
        say(f"{size[0]}-of-{size[1]}: a chain, a vault and its peer")
        with start_anvil() as chain:
            sides = open_sides(chain, *size)
            rows += transfers(sides)
            if size == MAIN:
                rows += batches(sides)
                rows += steps(sides)
                facts = salt_and_sender(sides)
                rows += acts(sides)
    return Report(bench="gas", title=TITLE, rows=rows, notes=NOTES.format(**facts).split("\n\n"))


def row(name: str, ours: int, peer: int | None) -> Row:
    return Row(
        name=name,
        ours=ours,
        peer=peer,
        unit="gas",
        most=MOST_GAS.get(name),
        most_ratio=MOST_RATIO.get(name),
    )


def second(work: Callable[[], Both]) -> Both:
    """Do it twice, and return what the second time cost."""
    work()
    return work()


def assets(sides: Sides) -> tuple[tuple[str, Making], ...]:
    return ("ETH", sides.eth), ("ERC-20", sides.erc20)


# ------------------------------------------------------------------------------------------- from publication on


def transfers(sides: Sides) -> Iterator[Row]:
    """All steps of a transfer, in each tier and of each asset."""
    for tier in TIERS:
        for asset, make in assets(sides):
            yield row(f"{sides.name} {tier.name} {asset}", *second(partial(move, sides, make, tier)))


def batches(sides: Sides) -> Iterator[Row]:
    """The same for several transfers in one operation: each is judged by itself, so they are STANDARD together too."""
    for asset, make in assets(sides):
        moving = partial(move, sides, make, Tier.STANDARD, count=BATCH)
        yield row(f"{sides.name} STANDARD {asset}, {BATCH} calls", *second(moving))


def move(sides: Sides, make: Making, tier: Tier, *, count: int = 1) -> Both:
    calls = [one for _ in range(count) for one in make(sides.amount(tier))]
    return sum(sides.here(calls, tier)), sum(sides.there(calls))


def steps(sides: Sides) -> Iterator[Row]:
    """What each transaction of a transfer costs."""
    for asset, make in assets(sides):
        calls = make(sides.amount(Tier.STANDARD))
        both = zip(sides.here(calls, Tier.STANDARD), sides.there(calls), strict=True)
        for step, (ours, peer) in zip(("publish", "execute"), both, strict=True):
            yield row(f"{sides.name} STANDARD {asset}, {step}", ours, peer)
    gas = sides.here(sides.eth(sides.amount(Tier.HIGH_VALUE)), Tier.HIGH_VALUE)
    for step, ours in zip(("publish", "approve", "execute"), gas, strict=True):
        yield row(f"{sides.name} HIGH_VALUE ETH, {step}", ours, None)


def salt_and_sender(sides: Sides) -> dict[str, int]:
    """What the peer would pay for a salt, and save where its sender counts without a signature."""
    usual, salted, unsigned = (
        sum(sides.there(sides.eth(sides.amount(Tier.STANDARD)), **how))
        for how in ({}, {"is_salted": True}, {"sender_counts": True})
    )
    return {"salt": salted - usual, "unsigned": usual - unsigned}


# ------------------------------------------------------------------------------------------ what one person does


def acts(sides: Sides) -> Iterator[Row]:
    yield row(f"{sides.name} veto", *second(partial(veto, sides)))
    yield row(f"{sides.name} cancel", *second(partial(cancel, sides)))
    stage = sides.stage
    calls = sides.eth(sides.amount(Tier.HIGH_VALUE))
    operation, _ = sides.publish_bare(calls)

    def approve(who: str) -> Both:
        ours = done(stage.approve(operation, [stage.own(who, operation)], by=who))
        return ours.gas_used, done(sides.peer.approve(calls, stage.actors[who])).gas_used

    approve("bob")
    yield row(f"{sides.name} approve by own transaction", *approve("cat"))
    done(stage.send("bob", "withdraw", operation))
    yield row(f"{sides.name} withdraw", done(stage.send("cat", "withdraw", operation)).gas_used, None)
    for name, by, whom in (("suspend another", "guardian", "dan"), ("suspend oneself", "eve", "eve")):
        suspended = done(stage.send(by, "suspend", stage.address(whom)))
        yield row(f"{sides.name} {name}", suspended.gas_used, None)


def veto(sides: Sides) -> Both:
    """One who did not approve stops it; at the peer, one with the canceller's role."""
    operation, calls = waiting(sides)
    ours = done(sides.stage.send("eve", "veto", operation[1], sides.stage.id_of(operation)))
    return ours.gas_used, done(sides.peer.cancel(calls, sender=sides.stage.address("guardian"))).gas_used


def cancel(sides: Sides) -> Both:
    operation, calls = waiting(sides)
    ours = done(sides.stage.send("ann", "cancel", operation[1], sides.stage.id_of(operation)))
    return ours.gas_used, done(sides.peer.cancel_by_safe(calls)).gas_used


def waiting(sides: Sides) -> tuple[Operation, list[Call]]:
    """Return an operation that waits on both sides."""
    calls = sides.eth(sides.amount(Tier.STANDARD))
    operation, _ = sides.publish(calls)
    done(sides.peer.schedule(calls))
    return operation, calls
