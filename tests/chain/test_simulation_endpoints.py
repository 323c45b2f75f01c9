"""Endpoints that cannot play an operation, or play another one: what is left, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from tests.anvil import Anvil, start_anvil
from tests.chain.simulated import (
    Edit,
    Edited,
    deltas,
    endpoint,
    giving,
    operation_of,
    panel,
    reader,
    refusing,
    simulate,
)
from tests.cli.liars import never_ends, says, serve
from tests.stage import ETHER, NATIVE, STRANGER, Actor, Stage, call, found
from tests.tokens import compiled
from verifier.chain.endpoint import Endpoint
from verifier.chain.http import HttpTransport
from verifier.chain.simulator import OperationSimulator
from verifier.errors import EndpointUnreachable
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.member import Role
from verifier.model.simulation import Outcome, Simulation
from verifier.model.text import sanitise

PAY = [call(to=STRANGER, value=ETHER)]
SIMULATE, DEBUG, CALL = "eth_simulateV1", "debug_traceCall", "eth_call"


@pytest.fixture(scope="module")
def node() -> Iterator[Anvil]:
    with start_anvil() as running:
        yield running


@pytest.fixture(scope="module")
def founded(node: Anvil) -> Stage:
    people = [
        Actor.new("ann", Role.PROPOSER | Role.APPROVER),
        *(Actor.new(name, Role.APPROVER | Role.SECURITY) for name in ("bob", "cy", "dee", "eve")),
    ]
    return found(node, people, value=100 * ETHER)


@pytest.fixture
def stage(node: Anvil, founded: Stage) -> Iterator[Stage]:
    with node.isolate():
        yield founded


def token_of(stage: Stage) -> bytes:
    token = compiled.deploy(stage.chain, "Token", 6)
    stage.must(stage.chain.send(STRANGER, token, compiled.data_of("Token", "mint", stage.vault, 1_000)))
    return token


def transfer(token: bytes, amount: int) -> list[tuple[bytes, int, bytes]]:
    return [call(to=token, data=compiled.data_of("Token", "transfer", STRANGER, amount))]


# -------------------------------------------------------------------------------------------------- Less than all of it


def test_simulate__no_tracing__weaker_touched_set_and_no_storage(stage: Stage) -> None:
    token = token_of(stage)
    simulation = simulate(stage, transfer(token, 5), endpoint(stage, refusing(DEBUG)))
    assert (simulation.outcome, simulation.method) == (Outcome.DONE, SIMULATE)
    assert deltas(simulation)[token, stage.vault] == -5
    assert simulation.storage is None
    assert {one.address: one.evidence for one in simulation.touched or ()} == {token: Evidence.PROVEN}


def test_simulate__no_tracing_and_no_access_lists__touched_unknown(stage: Stage) -> None:
    simulation = simulate(stage, PAY, endpoint(stage, refusing(DEBUG, "eth_createAccessList")))
    assert (simulation.outcome, simulation.touched, simulation.storage) == (Outcome.DONE, None, None)
    assert deltas(simulation)[NATIVE, stage.vault] == -ETHER


@pytest.mark.parametrize(
    ("missing", "evidence"),
    [
        (("eth_getProof",), Evidence.AGREED),
        (("eth_getProof", "eth_getStorageAt"), Evidence.CLAIMED),
        (("eth_getProof", "eth_getCode"), Evidence.CLAIMED),
    ],
)
def test_simulate__no_proofs__code_hashes_are_agreed_or_claimed(
    stage: Stage, missing: tuple[str, ...], evidence: Evidence
) -> None:
    token = token_of(stage)
    simulation = simulate(stage, transfer(token, 5), endpoint(stage, refusing(*missing)))
    assert {one.evidence for one in simulation.touched or ()} == {evidence}
    # Evidence is no part of a comparison.
    assert simulation.touched == simulate(stage, transfer(token, 5)).touched


def test_simulate__no_simulation__events_and_storage_by_tracers(stage: Stage) -> None:
    token = token_of(stage)
    pay_both = [*transfer(token, 5), *PAY]
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

    token = token_of(stage)
    simulation = simulate(stage, transfer(token, 5), endpoint(stage, edit))
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


# -------------------------------------------------------------------------------------------------------------- Hostile


def changed(change: Callable[[list[Any]], Any]) -> Edit:
    """Return a change of the blocks that a simulation gives."""

    def edit(method: str, _params: Sequence[Any], response: dict[str, Any]) -> dict[str, Any]:
        return {"result": change(response["result"])} if method == SIMULATE else response

    return edit


def with_call(**fields: Any) -> Edit:
    """Return a change of every call that a simulation gives."""

    def change(blocks: list[Any]) -> list[Any]:
        for one in blocks[0]["calls"]:
            one.update(fields)
        return blocks

    return changed(change)


TRANSFER = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef"
LOG = {
    "address": "0x" + "11" * 20,
    "topics": [TRANSFER, "0x" + "00" * 32, "0x" + "22" * 32],
    "data": "0x" + "00" * 32,
}


@pytest.mark.parametrize(
    "edit",
    [
        giving(SIMULATE, None),
        giving(SIMULATE, []),
        giving(SIMULATE, {}),
        giving(SIMULATE, "0x"),
        giving(SIMULATE, [{}]),
        giving(SIMULATE, [[]]),
        giving(SIMULATE, [{"timestamp": "0x1", "calls": []}]),
        changed(lambda blocks: blocks * 300),
        changed(lambda blocks: [{**blocks[0], "timestamp": "0x5"}]),
        changed(lambda blocks: [{**blocks[0], "calls": blocks[0]["calls"] * 2}]),
        with_call(status="0x2"),
        with_call(status=None),
        with_call(status=1),
        with_call(returnData="0xzz"),
        with_call(gasUsed="-0x1"),
        with_call(gasUsed="0x" + "f" * 65),
        with_call(logs=None),
        with_call(logs={}),
        with_call(logs=[None]),
        with_call(logs=[{**LOG, "address": "0x11"}]),
        with_call(logs=[{**LOG, "topics": [TRANSFER, "0x"]}]),
        with_call(logs=[{**LOG, "data": "0x1"}]),
        with_call(logs=[LOG] * 60_000),
    ],
)
def test_simulate__answer_that_makes_no_sense__the_tracer_is_asked_and_then_the_next_endpoint(
    stage: Stage, edit: Edit
) -> None:
    bad = endpoint(stage, edit, "bad")
    assert simulate(stage, PAY, bad).method == DEBUG

    def without_others(method: str, params: Sequence[Any], response: dict[str, Any]) -> dict[str, Any]:
        return edit(method, params, refusing(DEBUG, CALL)(method, params, response))

    worse = endpoint(stage, without_others, "worse")
    alone = simulate(stage, PAY, worse)
    assert alone.outcome is Outcome.UNKNOWN
    assert "worse answered eth_simulateV1 with what makes no sense" in alone.why
    both = simulate(stage, PAY, worse, endpoint(stage, name="good"))
    assert (both.outcome, both.endpoint) == (Outcome.DONE, "good")
    assert any("worse" in remark for remark in both.remarks)


@pytest.mark.parametrize(
    "state",
    [
        [],
        {"0x11": {}},
        {"0x" + "11" * 20: []},
        {"0x" + "11" * 20: {"code": 5}},
        {f"0x{i:040x}": {} for i in range(5_000)},
        {"pre": {}},
        {"pre": {"0x" + "11" * 20: {"storage": {"0x1": "0x2"}}}, "post": {}},
    ],
)
def test_simulate__trace_that_makes_no_sense__not_told_and_said_so(stage: Stage, state: Any) -> None:
    simulation = simulate(stage, PAY, endpoint(stage, giving(DEBUG, state), "bad"))
    assert (simulation.outcome, simulation.touched, simulation.storage) == (Outcome.DONE, None, None)
    assert deltas(simulation)[NATIVE, stage.vault] == -ETHER
    assert any("bad answered debug_traceCall" in remark for remark in simulation.remarks)


def test_simulate__plays_other_code_than_is_there__not_believed(stage: Stage) -> None:
    token = token_of(stage)

    def edit(method: str, params: Sequence[Any], response: dict[str, Any]) -> dict[str, Any]:
        if method == DEBUG and not params[2]["tracerConfig"]:
            response["result"]["0x" + token.hex()]["code"] = "0x6001"
        return response

    bad = endpoint(stage, edit, "bad")
    alone = simulate(stage, transfer(token, 5), bad)
    assert alone.outcome is Outcome.UNKNOWN
    assert f"it played other code at {Address(token)} than is there" in alone.why
    assert simulate(stage, transfer(token, 5), bad, endpoint(stage, name="good")).endpoint == "good"


def hides_events(method: str, params: Sequence[Any], response: dict[str, Any]) -> dict[str, Any]:
    """Let nothing move, in all that an endpoint says."""
    if method != SIMULATE:
        return response
    calls = response["result"][0]["calls"]
    for one in calls:
        one["logs"] = []
    half = len(calls) // 2
    for before, after in zip(calls[:half], calls[half + 1 :], strict=True):
        after["returnData"] = before["returnData"]
    return response


def test_simulate__one_endpoint_hides_a_move__named(stage: Stage) -> None:
    token = token_of(stage)
    good, bad = endpoint(stage, name="good"), endpoint(stage, hides_events, "bad")
    simulation = simulate(stage, transfer(token, 5), good, bad)
    assert (simulation.endpoint, simulation.disagreeing) == ("good", ("bad",))
    assert deltas(simulation)[token, stage.vault] == -5
    # Whoever comes first is shown, and the other one is named.
    turned = simulate(stage, transfer(token, 5), bad, good)
    assert (turned.endpoint, turned.disagreeing, turned.deltas) == ("bad", ("good",), ())


def test_simulate__one_endpoint_hides_events_only__its_balances_tell(stage: Stage) -> None:
    token = token_of(stage)
    bad = endpoint(stage, with_call(logs=[]), "bad")
    simulation = simulate(stage, transfer(token, 5), bad)
    assert deltas(simulation)[token, stage.vault] == -5
    assert deltas(simulation)[token, STRANGER] == 5


def test_simulate__one_endpoint_says_it_reverts__named(stage: Stage) -> None:
    bad = endpoint(stage, with_call(status="0x0", returnData="0x", logs=[]), "bad")
    simulation = simulate(stage, PAY, endpoint(stage, name="good"), bad)
    assert (simulation.outcome, simulation.disagreeing) == (Outcome.DONE, ("bad",))


def test_simulate__all_endpoints_say_the_same__nobody_named(stage: Stage) -> None:
    token = token_of(stage)
    honest = [endpoint(stage, name=name) for name in ("a", "b", "c")]
    simulation = simulate(stage, [*transfer(token, 5), *PAY], *honest)
    assert (simulation.endpoint, simulation.disagreeing, simulation.remarks) == ("a", (), ())
    # One that tells less is no contradiction, and not the one that is shown.
    less = simulate(stage, PAY, endpoint(stage, refusing(SIMULATE), "less"), endpoint(stage, name="more"))
    assert (less.endpoint, less.disagreeing) == ("more", ())


def test_simulate__ends_differently_the_second_time__not_believed(stage: Stage) -> None:
    def edit(method: str, params: Sequence[Any], response: dict[str, Any]) -> dict[str, Any]:
        if method == SIMULATE and len(params[0]["blockStateCalls"][0]["calls"]) == 1:
            response["result"][0]["calls"][0]["logs"] = []
        return response

    simulation = simulate(stage, PAY, endpoint(stage, edit, "bad"))
    assert simulation.outcome is Outcome.UNKNOWN
    assert "played the same operation twice" in simulation.why


def test_simulate__many_changes_of_others__the_vaults_own_are_all_there(stage: Stage) -> None:
    flood = [
        {**LOG, "topics": [TRANSFER, f"0x{i:064x}", f"0x{i + 1:064x}"], "data": f"0x{i:064x}"}
        for i in range(1, 5_000)
    ]

    def edit(method: str, params: Sequence[Any], response: dict[str, Any]) -> dict[str, Any]:
        if method == SIMULATE:
            calls = response["result"][0]["calls"]
            calls[len(calls) // 2]["logs"] += flood
        return response

    simulation = simulate(stage, PAY, endpoint(stage, edit, "bad"))
    assert simulation.deltas
    assert (simulation.deltas[0].account, simulation.deltas[0].amount) == (stage.vault, -ETHER)
    assert len(simulation.deltas) < 300
    assert simulation.omitted > 4_000


def test_simulate__words_of_an_endpoint__sanitised(stage: Stage) -> None:
    def edit(_method: str, _params: Sequence[Any], _response: dict[str, Any]) -> dict[str, Any]:
        return {"error": {"code": -32_000, "message": "\x1b[2Jall is well\u202e"}}

    simulation = simulate(stage, PAY, endpoint(stage, edit, "b\x1bd"))
    assert simulation.outcome is Outcome.UNKNOWN
    assert simulation.why == sanitise(simulation.why, most=1_000)
    assert "\\u{1b}[2Jall is well\\u{202e}" in simulation.why


@pytest.mark.parametrize("respond", [never_ends, says(b"[" * 5_000), says(b"[]"), says(b"", status=403)])
def test_simulate__hostile_server__bounded_and_the_next_endpoint_is_shown(
    stage: Stage, respond: Callable[[BaseHTTPRequestHandler, bytes], None]
) -> None:
    reading = reader(stage).read_vault()
    with serve(respond) as url:
        bad = Endpoint(HttpTransport(url, most_bytes=1_000_000, most_seconds=5))
        alone = simulate(stage, PAY, bad, reading=reading)
        both = simulate(stage, PAY, bad, endpoint(stage, name="good"), reading=reading)
    assert alone.outcome is Outcome.UNKNOWN
    assert alone.why.startswith(f"The endpoint {bad.name}")
    assert (both.outcome, both.endpoint) == (Outcome.DONE, "good")


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
