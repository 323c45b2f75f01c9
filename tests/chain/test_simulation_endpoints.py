"""Endpoints that cannot play all of an operation: what is left, and what is said of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tests.chain.simulated import (
    Edited,
    deltas,
    endpoint,
    operation_of,
    panel,
    reader,
    refusing,
    simulate,
    token_of,
    transfer,
)
from tests.stage import ETHER, NATIVE, STRANGER, Stage, call
from verifier.chain.endpoint import Endpoint
from verifier.chain.simulator import OperationSimulator
from verifier.errors import EndpointUnreachable
from verifier.model.evidence import Evidence
from verifier.model.simulation import Outcome, Simulation

PAY = [call(to=STRANGER, value=ETHER)]
SIMULATE, DEBUG, CALL = "eth_simulateV1", "debug_traceCall", "eth_call"


def test_simulate__no_tracing__weaker_touched_set_and_no_storage(stage: Stage) -> None:
    token = token_of(stage, "Token", 6)
    simulation = simulate(stage, [transfer(token, STRANGER, 5)], endpoint(stage, refusing(DEBUG)))
    assert (simulation.outcome, simulation.method) == (Outcome.DONE, SIMULATE)
    assert deltas(simulation)[token, stage.vault] == -5
    assert simulation.storage is None
    assert {one.address: one.evidence for one in simulation.touched or ()} == {token: Evidence.PROVEN}


def test_simulate__no_tracing_and_no_access_lists__touched_unknown(stage: Stage) -> None:
    simulation = simulate(stage, PAY, endpoint(stage, refusing(DEBUG, "eth_createAccessList")))
    assert (simulation.outcome, simulation.touched, simulation.storage) == (Outcome.DONE, None, None)
    assert deltas(simulation)[NATIVE, stage.vault] == -ETHER


@pytest.mark.parametrize(
    ("missing", "count", "evidence"),
    [
        (("eth_getProof",), 2, Evidence.AGREED),
        (("eth_getProof",), 1, Evidence.CLAIMED),
        (("eth_getProof", "eth_getStorageAt"), 2, Evidence.CLAIMED),
        (("eth_getProof", "eth_getCode"), 2, Evidence.CLAIMED),
    ],
)
def test_simulate__no_proofs__code_hashes_are_agreed_or_claimed(
    stage: Stage, missing: tuple[str, ...], count: int, evidence: Evidence
) -> None:
    token = token_of(stage, "Token", 6)
    asked = [endpoint(stage, refusing(*missing), name) for name in "ab"[:count]]
    simulation = simulate(stage, [transfer(token, STRANGER, 5)], *asked, needed=count)
    assert {one.evidence for one in simulation.touched or ()} == {evidence}
    # Evidence is no part of a comparison.
    assert simulation.touched == simulate(stage, [transfer(token, STRANGER, 5)]).touched


def test_simulate__no_simulation__events_and_storage_by_tracers(stage: Stage) -> None:
    token = token_of(stage, "Token", 6)
    pay_both = [transfer(token, STRANGER, 5), *PAY]
    simulation = simulate(stage, pay_both, endpoint(stage, refusing(SIMULATE)))
    assert (simulation.outcome, simulation.method) == (Outcome.DONE, DEBUG)
    assert simulation.deltas
    assert not any(delta.is_measured for delta in simulation.deltas)
    amounts = {(delta.token, delta.account): delta.amount for delta in simulation.deltas}
    assert amounts == deltas(simulate(stage, pay_both))
    assert len(simulation.storage or ()) == 2
    assert "amounts are what events say" in simulation.remarks[0]


def test_simulate__no_simulation__a_call_that_fails_inside_counts_for_nothing(stage: Stage) -> None:
    simulation = simulate(
        stage, [*PAY, call(to=STRANGER, value=500 * ETHER)], endpoint(stage, refusing(SIMULATE))
    )
    assert (simulation.outcome, simulation.deltas) == (Outcome.REVERTED, ())
    assert "Call 1 of the operation failed" in simulation.why


def test_simulate__plain_calls_only__how_it_ends_and_no_more(stage: Stage) -> None:
    poor = endpoint(stage, refusing(SIMULATE, DEBUG))
    simulation = simulate(stage, PAY, poor)
    assert (simulation.outcome, simulation.method) == (Outcome.DONE, CALL)
    assert (simulation.deltas, simulation.allowances, simulation.storage) == (None, None, None)
    assert simulation.gas_used is None
    failing = simulate(stage, [call(to=STRANGER, value=500 * ETHER)], poor)
    assert (failing.outcome, failing.deltas) == (Outcome.REVERTED, ())
    assert "Call 0 of the operation failed" in failing.why


def test_simulate__nothing_of_it__unknown_with_the_reason(stage: Stage) -> None:
    simulation = simulate(stage, PAY, endpoint(stage, refusing(SIMULATE, DEBUG, CALL)))
    assert simulation.outcome is Outcome.UNKNOWN
    assert simulation.why.startswith("The endpoint")
    assert "the method eth_simulateV1 does not exist" in simulation.why
    assert (simulation.deltas, simulation.touched, simulation.method) == (None, None, "")


def test_simulate__no_questions_taken__what_events_say(stage: Stage) -> None:
    def edit(method: str, params: Sequence[Any], response: dict[str, Any]) -> dict[str, Any]:
        if method == SIMULATE and len(params[0]["blockStateCalls"][0]["calls"]) > 1:
            return {"error": {"code": -32_005, "message": "too many calls"}}
        return response

    token = token_of(stage, "Token", 6)
    simulation = simulate(stage, [transfer(token, STRANGER, 5)], endpoint(stage, edit))
    assert {(d.token, d.account, d.amount, d.is_measured) for d in simulation.deltas or ()} == {
        (token, stage.vault, -5, False),
        (token, STRANGER, 5, False),
    }
    assert any("too many calls" in remark for remark in simulation.remarks)


class Deaf(Edited):
    """An endpoint that passes over what it is told about blocks and storage."""

    def post(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        return super().post([(method, self._plain(method, params)) for method, params in calls])

    def _plain(self, method: str, params: Sequence[Any]) -> Sequence[Any]:
        match method:
            case "eth_simulateV1":
                block = {**params[0]["blockStateCalls"][0], "stateOverrides": {}}
                return [{**params[0], "blockStateCalls": [block]}, *params[1:]]
            case "debug_traceCall":
                return [*params[:2], {**params[2], "stateOverrides": {}, "blockOverrides": {}}]
            case "eth_call":
                return params[:2]
            case _:
                return params


def test_simulate__endpoint_deaf_to_what_it_is_told__no_word_of_it_is_believed(stage: Stage) -> None:
    deaf = Endpoint(Deaf(stage.chain.url, lambda *asked: asked[2], "deaf"))
    simulation = simulate(stage, PAY, deaf)
    assert simulation.outcome is Outcome.UNKNOWN
    assert "without what it was told" in simulation.why
    other = simulate(stage, PAY, deaf, endpoint(stage, name="good"))
    assert (other.outcome, other.endpoint) == (Outcome.DONE, "good")


def test_simulate__endpoint_that_dissents_about_the_block__not_asked(stage: Stage) -> None:
    reading = reader(stage).read_vault()
    reading = replace(reading, head=replace(reading.head, dissenting=("other",)))
    other = Edited(stage.chain.url, lambda *asked: asked[2], "other")
    simulation = simulate(stage, PAY, Endpoint(other), endpoint(stage, name="good"), reading=reading)
    assert (simulation.endpoint, other.asked) == ("good", [])


class Gone(Edited):
    """An endpoint that is not there any more after its first answer."""

    def post(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        if self.asked:
            raise EndpointUnreachable(endpoint=self.name, why="it went away")
        return super().post(calls)


def test_simulate__endpoint_goes_away__what_it_told_until_then(stage: Stage) -> None:
    reading = reader(stage).read_vault()
    gone = Endpoint(Gone(stage.chain.url, lambda *asked: asked[2], "gone"))
    simulation = simulate(stage, PAY, gone, reading=reading)
    assert (simulation.outcome, simulation.touched) == (Outcome.DONE, None)
    assert {(d.account, d.amount, d.is_measured) for d in simulation.deltas or ()} == {
        (stage.vault, -ETHER, False),
        (STRANGER, ETHER, False),
    }


def test_simulate__no_time_left__unknown_and_nothing_is_asked(stage: Stage) -> None:
    reading = reader(stage).read_vault()
    transport = Edited(stage.chain.url, lambda *asked: asked[2], "slow")
    simulator = OperationSimulator(panel([Endpoint(transport)]), most_seconds=-1)
    operation = operation_of(stage.operation("ann", PAY))
    simulation: Simulation = simulator.simulate(reading, None, operation, at=reading.head.timestamp)
    assert (simulation.outcome, transport.asked) == (Outcome.UNKNOWN, [])
    assert "took longer than" in simulation.why
