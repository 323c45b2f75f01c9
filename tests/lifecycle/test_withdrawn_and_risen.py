"""A withdrawal that is taken back in the very transaction that raises the tier: too rare for a random story."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.lifecycle.run import Run
from tests.lifecycle.scene import BYSTANDER
from tests.lifecycle.tally import Tally
from tests.lifecycle.world import FRIEND, World
from tests.stage import DAY, ETHER
from verifier.model.operation import Call, Operation
from verifier.model.tier import Tier
from verifier.model.units import LaneIndex, Sequence, Timestamp, Wei


@pytest.fixture
def run(world: World) -> Iterator[Run]:
    run = Run(world, "four", Tally())
    yield run
    run.close()


def payment(run: Run, by: str, ether: int) -> Operation:
    operation = Operation(
        calls=(Call(target=FRIEND, value=Wei(ether * ETHER), data=b""),),
        lane=LaneIndex(8 * run.record(by).seat),
        sequence=Sequence(1),
        approve_by=Timestamp(run.time + DAY),
    )
    assert run.step(by, "propose", operation, []) is None
    return operation


def test_approval__given_again_while_the_tier_rises__is_told_by_the_events_as_storage_has_it(
    run: Run,
) -> None:
    first, second = payment(run, "ann", 4), payment(run, "bob", 7)
    approvals = [run.sign(name, first) for name in ("bob", "cid")]
    assert run.step(BYSTANDER, "approve", first, approvals) is None
    assert run.step(BYSTANDER, "approve", second, [run.sign_published("cid", second)]) is None
    assert run.step("cid", "withdraw", second) is None

    # The step itself compares storage with the events.
    refused = run.step("cid", "approve", second, [run.own("cid", second), run.sign("dee", second)])

    assert refused is None
    lane = run.state.lane(second.lane).state
    assert (lane.tier, lane.approvals) == (Tier.HIGH_VALUE, frozenset())
