"""What one person does: stop, approve, take back, suspend."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from tests.bench.outcomes import done
from tests.bench.report import Row
from tests.bench.rows import Both, gas, second
from tests.bench.sides import Sides
from tests.stage import Call, Operation
from verifier.model.tier import Tier


def acts(sides: Sides) -> Iterator[Row]:
    yield gas(f"{sides.name} veto", *second(partial(veto, sides)))
    yield gas(f"{sides.name} cancel", *second(partial(cancel, sides)))
    stage = sides.ours.stage
    calls = sides.eth(sides.amount(Tier.HIGH_VALUE))
    operation, _ = sides.ours.publish_bare(calls)

    def approve(who: str) -> Both:
        ours = done(stage.approve(operation, [stage.own(who, operation)], by=who))
        return ours.gas_used, done(sides.peer.approve(calls, stage.actors[who])).gas_used

    approve("bob")
    yield gas(f"{sides.name} approve by own transaction", *approve("cat"))
    done(stage.send("bob", "withdraw", operation))
    yield gas(f"{sides.name} withdraw", done(stage.send("cat", "withdraw", operation)).gas_used)
    for name, by, whom in (("suspend another", "guardian", "dan"), ("suspend oneself", "eve", "eve")):
        suspended = done(stage.send(by, "suspend", stage.address(whom)))
        yield gas(f"{sides.name} {name}", suspended.gas_used)


def veto(sides: Sides) -> Both:
    """One who did not approve stops it; at the peer, one with the canceller's role."""
    operation, calls = waiting(sides)
    ours = done(sides.ours.stage.send("eve", "veto", operation[1], sides.ours.stage.id_of(operation)))
    return ours.gas_used, done(sides.peer.cancel(calls, sender=sides.ours.stage.address("guardian"))).gas_used


def cancel(sides: Sides) -> Both:
    operation, calls = waiting(sides)
    ours = done(sides.ours.stage.send("ann", "cancel", operation[1], sides.ours.stage.id_of(operation)))
    return ours.gas_used, done(sides.peer.cancel_by_safe(calls)).gas_used


def waiting(sides: Sides) -> tuple[Operation, list[Call]]:
    """Return an operation that waits on both sides."""
    calls = sides.eth(sides.amount(Tier.STANDARD))
    operation, _ = sides.ours.publish(calls)
    done(sides.peer.schedule(calls))
    return operation, calls
