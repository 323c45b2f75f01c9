"""Endpoints that play another operation than there is, or none: nothing of it is believed, and the liar is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from tests.chain.simulated import (
    Edit,
    deltas,
    endpoint,
    giving,
    reader,
    refusing,
    simulate,
    token_of,
    transfer,
)
from tests.cli.liars import never_ends, says, serve
from tests.stage import ETHER, NATIVE, STRANGER, Stage, call
from verifier.chain.endpoint import Endpoint
from verifier.chain.http import HttpTransport
from verifier.model.address import Address
from verifier.model.simulation import Outcome
from verifier.model.text import sanitise

PAY = [call(to=STRANGER, value=ETHER)]
SIMULATE, DEBUG, CALL = "eth_simulateV1", "debug_traceCall", "eth_call"


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


@pytest.mark.parametrize(
    "frame",
    [
        {"type": []},
        {"type": {}},
        {"type": None},
        {"value": []},
        {"value": -1},
        {"calls": 5},
        {"calls": [[]]},
        {"logs": [{"index": []}]},
        {"gasUsed": True},
        {"output": "\x1b[31m"},
    ],
)
def test_simulate__tree_of_calls_that_makes_no_sense__not_believed(
    stage: Stage, frame: dict[str, Any]
) -> None:
    def edit(method: str, params: Sequence[Any], response: dict[str, Any]) -> dict[str, Any]:
        if method == DEBUG and params[2]["tracer"] == "callTracer":
            return {"result": {**response["result"], **frame}}
        return refusing(SIMULATE, CALL)(method, params, response)

    simulation = simulate(stage, PAY, endpoint(stage, edit, "bad"))
    assert simulation.outcome is Outcome.UNKNOWN
    assert "bad answered debug_traceCall with what makes no sense" in simulation.why


def test_simulate__plays_other_code_than_is_there__not_believed(stage: Stage) -> None:
    token = token_of(stage, "Token", 6)

    def edit(method: str, params: Sequence[Any], response: dict[str, Any]) -> dict[str, Any]:
        if method == DEBUG and not params[2]["tracerConfig"]:
            response["result"]["0x" + token.hex()]["code"] = "0x6001"
        return response

    bad = endpoint(stage, edit, "bad")
    alone = simulate(stage, [transfer(token, STRANGER, 5)], bad)
    assert alone.outcome is Outcome.UNKNOWN
    assert f"it played other code at {Address(token)} than is there" in alone.why
    assert (
        simulate(stage, [transfer(token, STRANGER, 5)], bad, endpoint(stage, name="good")).endpoint == "good"
    )


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
    token = token_of(stage, "Token", 6)
    good, bad = endpoint(stage, name="good"), endpoint(stage, hides_events, "bad")
    simulation = simulate(stage, [transfer(token, STRANGER, 5)], good, bad)
    assert (simulation.endpoint, simulation.disagreeing) == ("good", ("bad",))
    assert deltas(simulation)[token, stage.vault] == -5
    # Whoever comes first is shown, and the other one is named.
    turned = simulate(stage, [transfer(token, STRANGER, 5)], bad, good)
    assert (turned.endpoint, turned.disagreeing, turned.deltas) == ("bad", ("good",), ())


def test_simulate__one_endpoint_hides_events_only__its_balances_tell(stage: Stage) -> None:
    token = token_of(stage, "Token", 6)
    bad = endpoint(stage, with_call(logs=[]), "bad")
    simulation = simulate(stage, [transfer(token, STRANGER, 5)], bad)
    assert deltas(simulation)[token, stage.vault] == -5
    assert deltas(simulation)[token, STRANGER] == 5


def test_simulate__one_endpoint_says_it_reverts__named(stage: Stage) -> None:
    bad = endpoint(stage, with_call(status="0x0", returnData="0x", logs=[]), "bad")
    simulation = simulate(stage, PAY, endpoint(stage, name="good"), bad)
    assert (simulation.outcome, simulation.disagreeing) == (Outcome.DONE, ("bad",))


def test_simulate__all_endpoints_say_the_same__nobody_named(stage: Stage) -> None:
    token = token_of(stage, "Token", 6)
    honest = [endpoint(stage, name=name) for name in ("a", "b", "c")]
    simulation = simulate(stage, [transfer(token, STRANGER, 5), *PAY], *honest)
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
