"""What a briefing does with a simulator and a memory, and without them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.desk.fakes import (
    DAY,
    NOW,
    TERMS,
    FakeClock,
    FakeReader,
    lane_of,
    operation,
    reading,
    signer,
)
from verifier.desk.aids import Aids
from verifier.desk.briefing import Briefing, brief_lane, brief_queue
from verifier.desk.review import Review
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.life import Status
from verifier.model.operation import Call, Operation
from verifier.model.reading import LaneReading, VaultReading
from verifier.model.simulation import Outcome, Simulation, Touched
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, Sequence, Timestamp, Wei
from verifier.store.memory import FileMemory

PAYEE = Address(b"\x11" * 20)
OTHER = Address(b"\x92" * 20)


@dataclass(slots=True)
class FakeSimulator:
    """A simulator that notes when it is asked, and touches what it is told."""

    touched: tuple[Touched, ...] = ()
    asked: list[Timestamp] = field(default_factory=list)

    def simulate(
        self,
        reading: VaultReading,
        lane: LaneReading | None,  # noqa: ARG002 - any lane goes the same way
        operation: Operation,  # noqa: ARG002
        *,
        at: Timestamp,
    ) -> Simulation:
        self.asked.append(at)
        return Simulation(
            outcome=Outcome.DONE,
            why=Shown(""),
            endpoint="one",
            block=BlockNumber(reading.head.number),
            at=at,
            method="eth_simulateV1",
            deltas=(),
            allowances=(),
            storage=(),
            touched=self.touched,
        )


def payment(to: Address, *, lane: int = 0, sequence: int = 1) -> Operation:
    one = operation(Call(target=to, value=Wei(5), data=b""), lane=lane)
    return replace(one, sequence=Sequence(sequence))


def look(one: Operation, aids: Aids, *, status: Status = Status.WAITING, moment: int = NOW + DAY) -> Briefing:
    lane = lane_of(one, 1, 2, 3, status=status, moment=moment)
    lane = replace(lane, state=replace(lane.state, sequence=one.sequence))
    reader = FakeReader(reading(lane), {one.lane: one})
    return brief_lane(reader, FakeClock(), signer(), int(one.lane), aids=aids)


def rules(briefing: Briefing) -> set[str]:
    (review,) = briefing.reviews
    return {finding.rule for finding in (*review.findings, *briefing.findings)}


@pytest.fixture
def memory(tmp_path: Path) -> FileMemory:
    return FileMemory(tmp_path / "memory.sqlite3")


@pytest.mark.parametrize(
    ("status", "moment", "expected"),
    [
        (Status.WAITING, NOW + DAY, NOW + DAY),
        (Status.WAITING, NOW - DAY, NOW),
        (Status.PROPOSED, NOW + DAY, NOW + TERMS.delay),
    ],
    ids=["waiting", "ready", "proposed"],
)
def test_brief_lane__open_operation__played_at_the_first_moment_it_can_be_executed(
    status: Status, moment: int, expected: int
) -> None:
    simulator = FakeSimulator()
    briefing = look(payment(PAYEE), Aids(simulator=simulator), status=status, moment=moment)
    assert simulator.asked == [expected]
    (review,) = briefing.reviews
    assert review.simulation is not None


@pytest.mark.parametrize("status", [Status.EXECUTED, Status.VETOED, Status.CANCELLED])
def test_brief_lane__final_operation__not_played(status: Status) -> None:
    simulator = FakeSimulator()
    look(payment(PAYEE), Aids(simulator=simulator), status=status)
    assert simulator.asked == []


def test_brief_queue__any_operation__not_played_and_not_blamed_for_it() -> None:
    simulator, one = FakeSimulator(), payment(PAYEE)
    reader = FakeReader(reading(lane_of(one, 1, 2, 3)), {one.lane: one})
    briefing = brief_queue(reader, FakeClock(), signer(), aids=Aids(simulator=simulator))
    assert simulator.asked == []
    assert "not-judged" not in rules(briefing)
    assert "not-judged" in rules(look(one, Aids()))


def test_brief_lane__executed_once__its_payee_is_known_from_then_on(memory: FileMemory) -> None:
    aids = Aids(memory=memory)
    look(payment(PAYEE), aids, status=Status.EXECUTED)
    assert "counterparty-first-time" not in rules(look(payment(PAYEE, sequence=2), aids))
    assert "counterparty-first-time" in rules(look(payment(OTHER, sequence=2), aids))


def test_brief_queue__executed_in_another_lane__noted_with_one_look(memory: FileMemory) -> None:
    done, waiting = payment(PAYEE, lane=1), payment(OTHER)
    read = reading(lane_of(done, 1, 2, status=Status.EXECUTED), lane_of(waiting, 1, 2, 3))
    reader = FakeReader(read, {done.lane: done, waiting.lane: waiting})
    briefing = brief_queue(reader, FakeClock(), signer(), aids=Aids(memory=memory))
    assert [review.lane.lane for review in briefing.reviews] == [0]
    history = memory.history(read.head.chain_id, read.vault)
    assert [past.operation for past in history.executed] == [done]
    assert set(history.counterparties) == {PAYEE}


def test_brief_lane__executed_by_what_is_only_claimed__makes_nobody_known(memory: FileMemory) -> None:
    one = payment(PAYEE)
    lane = lane_of(one, 1, 2, 3, status=Status.EXECUTED)
    read = reading(lane)
    claimed = replace(read, lanes=replace(read.lanes, evidence=Evidence.CLAIMED))
    reader = FakeReader(claimed, {one.lane: one})
    brief_lane(reader, FakeClock(), signer(), 0, aids=Aids(memory=memory))
    assert memory.history(read.head.chain_id, read.vault).counterparties == {}


def test_brief_lane__other_code_than_at_the_first_look__danger(memory: FileMemory) -> None:
    before = Touched(address=PAYEE, code_hash=b"\1" * 32)
    one = payment(PAYEE)
    look(one, Aids(memory=memory, simulator=FakeSimulator((before,))))
    same = Aids(memory=memory, simulator=FakeSimulator((before,)))
    assert "code-changed" not in rules(look(one, same))
    other = Aids(memory=memory, simulator=FakeSimulator((replace(before, code_hash=b"\2" * 32),)))
    assert "code-changed" in rules(look(one, other))


def test_brief_lane__second_id_for_one_lane_and_sequence__danger(memory: FileMemory) -> None:
    aids = Aids(memory=memory)
    assert "identity-doubled" not in rules(look(payment(PAYEE), aids))
    assert "identity-doubled" in rules(look(payment(OTHER), aids))
    assert "identity-doubled" not in rules(look(payment(OTHER, sequence=2), aids))


def test_brief_lane__memory_that_is_damaged__said_and_the_operation_shown(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite3"
    path.write_bytes(b"no database" * 100)
    briefing = look(payment(PAYEE), Aids(memory=FileMemory(path)))
    found = [finding for finding in briefing.findings if finding.rule == "memory-unusable"]
    assert len(found) == 1
    assert "Until then nobody is new here" in found[0].sentence
    (review,) = briefing.reviews
    assert isinstance(review, Review)
    assert review.operation is not None
    assert path.read_bytes() == b"no database" * 100
