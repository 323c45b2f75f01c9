"""Operations played on a real node: what moves, what is allowed, what changes, and who takes part."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_hash.auto import keccak

from tests.chain.simulated import (
    deltas,
    endpoint,
    operation_of,
    panel,
    reader,
    simulate,
    token_of,
    transfer,
)
from tests.stage import DAY, ETHER, HOUR, NATIVE, STRANGER, USUAL_TIERS, Stage, call
from tests.tokens import compiled
from verifier.chain.simulator import OperationSimulator
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.simulation import Outcome
from verifier.model.tier import Tier
from verifier.model.units import Hours, Timestamp

OTHER = bytes.fromhex("0dde" * 10)


def test_simulate__ether__moves_and_nothing_else(stage: Stage) -> None:
    simulation = simulate(stage, [call(to=STRANGER, value=3 * ETHER)])
    assert simulation.outcome is Outcome.DONE
    assert deltas(simulation) == {(NATIVE, stage.vault): -3 * ETHER, (NATIVE, STRANGER): 3 * ETHER}
    assert simulation.deltas
    assert simulation.deltas[0].account == stage.vault
    assert (simulation.allowances, simulation.storage) == ((), ())
    assert (simulation.method, simulation.is_assumed, simulation.remarks) == ("eth_simulateV1", True, ())
    assert simulation.gas_used
    # Nothing of it happened.
    assert stage.chain.balance(stage.vault) == 100 * ETHER


def test_simulate__token__moves_with_its_words_and_code(stage: Stage) -> None:
    token = token_of(stage, "Token", 6)
    simulation = simulate(stage, [transfer(token, STRANGER, 40)])
    assert deltas(simulation) == {(token, stage.vault): -40, (token, STRANGER): 40}
    assert [delta.said for delta in simulation.deltas or ()] == [None, None]
    assert {(c.contract, c.before, c.after) for c in simulation.storage or ()} == {
        (token, 1_000, 960),
        (token, 0, 40),
    }
    touched = {one.address: one for one in simulation.touched or ()}
    assert touched.keys() == {token, stage.vault}
    assert touched[Address(token)].code_hash == keccak(stage.chain.code(token))
    assert touched[Address(token)].evidence is Evidence.PROVEN
    assert touched[Address(token)].implementation is None


def test_simulate__waiting_operation__as_everything_stands(stage: Stage) -> None:
    raw = stage.operation("ann", [call(to=STRANGER, value=ETHER)])
    stage.must(stage.propose("ann", raw))
    stage.must(stage.approve(raw, [stage.sign_published(name, raw) for name in ("bob", "cy", "dee")]))
    reading = reader(stage).read_vault()
    (lane,) = reading.queue
    assert lane.state.ready_at
    simulator = OperationSimulator(panel([endpoint(stage)]))
    simulation = simulator.simulate(reading, lane, operation_of(raw), at=lane.state.ready_at)
    assert (simulation.outcome, simulation.is_assumed) == (Outcome.DONE, False)
    assert simulation.at == lane.state.ready_at
    assert deltas(simulation)[NATIVE, stage.vault] == -ETHER
    # Before that, the vault has to be told that it is ready.
    early = simulator.simulate(reading, lane, operation_of(raw), at=Timestamp(lane.state.ready_at - HOUR))
    assert (early.outcome, early.is_assumed) == (Outcome.DONE, True)
    # It was played as it then happens.
    stage.pass_to_ready(raw)
    outcome = stage.must(stage.execute("ann", raw))
    assert simulation.gas_used == outcome.gas_used


def test_simulate__proposed_operation_with_members_changed_since__as_if_approved(stage: Stage) -> None:
    raw = stage.operation("ann", [call(to=STRANGER, value=ETHER)])
    stage.must(stage.propose("ann", raw))
    stage.must(stage.send("eve", "suspend", stage.address("eve")))
    reading = reader(stage).read_vault()
    (lane,) = reading.queue
    simulator = OperationSimulator(panel([endpoint(stage)]))
    simulation = simulator.simulate(reading, lane, operation_of(raw), at=reading.head.timestamp)
    assert (simulation.outcome, simulation.is_assumed) == (Outcome.DONE, True)


def test_simulate__a_time_that_no_vault_knows__unknown(stage: Stage) -> None:
    simulation = simulate(stage, [call(to=STRANGER, value=1)], after=1 << 60)
    assert simulation.outcome is Outcome.UNKNOWN
    assert "should be 0 to" in simulation.why


def test_simulate__runs_anothers_code__touched_with_the_implementation(stage: Stage) -> None:
    behind = compiled.deploy(stage.chain, "Sleeper", 0)
    front = compiled.deploy(stage.chain, "Delegator", behind)
    simulation = simulate(stage, [call(to=front, data=compiled.data_of("Sleeper", "wake"))])
    touched = {one.address: one for one in simulation.touched or ()}
    assert touched[Address(front)].implementation == behind
    assert touched[Address(front)].code_hash == keccak(stage.chain.code(front))
    assert Address(behind) in touched
    # The proxy's word changes, and not that of the code that it runs.
    assert [(c.contract, c.slot, c.before) for c in simulation.storage or ()] == [(front, 0, 0)]
    assert [c.after for c in simulation.storage or ()] == [simulation.at]


def test_simulate__works_from_a_moment_on__played_at_that_time(stage: Stage) -> None:
    moment = stage.chain.now() + 5 * DAY
    sleeper = compiled.deploy(stage.chain, "Sleeper", moment)
    wake = [call(to=sleeper, data=compiled.data_of("Sleeper", "wake"))]
    assert simulate(stage, wake, after=5 * DAY).outcome is Outcome.DONE
    early = simulate(stage, wake, after=4 * DAY)
    assert early.outcome is Outcome.REVERTED
    selector = keccak(b"TooEarly(uint256,uint256)")[:4].hex()
    assert "Call 0 of the operation failed" in early.why
    assert f"0x{selector}{moment:064x}{early.at:064x}" in early.why


def test_simulate__closed_window__played_when_it_opens(stage: Stage) -> None:
    # From 8 to 16 o'clock, Monday to Friday.
    at_work = replace(
        USUAL_TIERS[Tier.CUSTODY], opens_at=32, closes_at=64, weekdays=0b11111, grace_hours=Hours(120)
    )
    terms = [tier.pack() for tier in (*USUAL_TIERS[:3], at_work)]
    stage.must(stage.send(stage.vault, "setTiers", terms, 3))
    reading = reader(stage).read_vault()
    assert Tier.CUSTODY in reading.roster.value.windows
    # A Saturday.
    after = -(reading.head.timestamp - 1_700_265_600) % (7 * DAY)
    simulation = simulate(stage, [call(to=STRANGER, value=1)], after=after, reading=reading)
    assert simulation.outcome is Outcome.DONE
    assert simulation.at > reading.head.timestamp + after
    assert (simulation.at // DAY + 3) % 7 == 0
    assert simulation.at % DAY == 8 * HOUR


@pytest.mark.parametrize(
    ("function", "argument", "reason"),
    [
        ("refuse", "not \x1b[31mtoday", 'gave as reason: The contract refused with the words "not \\u{1b}[31mtoday".'),
        ("overflow", 1, "an arithmetic overflow"),
        ("refuse", "", 'the words ""'),
    ],
)  # fmt: skip
def test_simulate__reverts__why(stage: Stage, function: str, argument: str | int, reason: str) -> None:
    sleeper = compiled.deploy(stage.chain, "Sleeper", 0)
    simulation = simulate(stage, [call(to=sleeper, data=compiled.data_of("Sleeper", function, argument))])
    assert simulation.outcome is Outcome.REVERTED
    assert reason in simulation.why
    assert (simulation.deltas, simulation.allowances, simulation.storage) == ((), (), ())


def test_simulate__second_call_fails__nothing_moves(stage: Stage) -> None:
    simulation = simulate(stage, [call(to=STRANGER, value=1), call(to=STRANGER, value=1_000 * ETHER)])
    assert simulation.outcome is Outcome.REVERTED
    assert "Call 1 of the operation failed" in simulation.why
    assert simulation.deltas == ()


def test_simulate__data_to_no_code__the_vaults_own_refusal(stage: Stage) -> None:
    simulation = simulate(stage, [call(to=OTHER, data=b"\x01\x02\x03\x04")])
    assert simulation.outcome is Outcome.REVERTED
    assert "there is no code" in simulation.why


def test_simulate__vault_changes_itself__its_words_and_not_the_lanes(stage: Stage) -> None:
    raw = stage.to_itself("ann", "setTiers", [tier.pack() for tier in USUAL_TIERS], 4)
    simulation = simulate(stage, raw[0])
    assert simulation.outcome is Outcome.DONE
    assert [(c.contract, c.slot) for c in simulation.storage or ()] == [(stage.vault, 0)]


def test_simulate__nobody_left_to_execute__unknown_and_said_so(stage: Stage) -> None:
    operation = [call(to=STRANGER, value=1)]
    for name in ("ann", "bob", "cy", "dee", "eve"):
        stage.must(stage.send(name, "suspend", stage.address(name)))
    simulation = simulate(stage, operation)
    assert simulation.outcome is Outcome.UNKNOWN
    assert "No member is left" in simulation.why
    assert (simulation.deltas, simulation.touched) == (None, None)
