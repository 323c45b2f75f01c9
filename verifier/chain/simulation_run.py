"""Letting one endpoint play an operation, by the best method that it has.

`eth_simulateV1` tells all: events, moves of the native coin, and answers to questions asked before and after. A call
tracer (`debug_traceCall`) tells events and moves; nothing can be asked around it. `eth_call` tells only how it ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from verifier.chain.answer import Answer
from verifier.chain.endpoint import Endpoint
from verifier.chain.simulation_deltas import Measured
from verifier.chain.simulation_events import Log, Said, read_logs, what_logs_say
from verifier.chain.simulation_play import Play
from verifier.chain.simulation_probes import PROBE_OVERRIDES, Probe
from verifier.errors import (
    EndpointAnswerMalformed,
    EndpointError,
    EndpointRefused,
    EndpointUnreachable,
    from_revert,
)
from verifier.errors.operations import OperationStatusUnexpected, OperationUnknown
from verifier.model.address import Address
from verifier.model.asset import NATIVE

SIMULATE: Final = "eth_simulateV1"
TRACE: Final = "debug_traceCall"
CALL: Final = "eth_call"
METHODS: Final = (SIMULATE, TRACE, CALL)
"""The best first."""

# A call that reverted, by most nodes; its data says why.
_REVERTED: Final = 3
_MOST_FRAMES: Final = 20_000
_MOVING: Final = frozenset({"CALL", "CREATE", "CREATE2", "SELFDESTRUCT"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How an operation ended, as it was played."""

    method: str
    succeeded: bool
    # What it returned, or why it reverted.
    output: bytes
    gas_used: int | None
    # None where the method does not tell.
    said: Said | None


def run(endpoint: Endpoint, play: Play) -> Run:
    """Return how an operation ends, by the best method that an endpoint has.

    :raises EndpointError: it has none, or answers with what makes no sense; the best method's reason.
    """
    failures: list[EndpointError] = []
    for attempt in (run_simulated, _run_traced, _run_called):
        try:
            return _required_as_told(endpoint, attempt(endpoint, play))
        except (EndpointRefused, EndpointUnreachable, EndpointAnswerMalformed) as exc:
            failures.append(exc)
    # What made no sense says more than a method that is not there.
    raise next((exc for exc in failures if isinstance(exc, EndpointAnswerMalformed)), failures[0])


def run_simulated(endpoint: Endpoint, play: Play) -> Run:
    """Return how an operation ends, by `eth_simulateV1`.

    :raises EndpointError: it does not answer so.
    """
    (call,) = _simulate(endpoint, play, [play.call], {})
    return _simulated(call)


def run_measured(endpoint: Endpoint, play: Play, probes: Sequence[Probe]) -> tuple[Run, list[Measured]]:
    """Return how an operation ends, and what is answered before and after it, by `eth_simulateV1`.

    :raises EndpointError: it does not answer so.
    """
    questions = [probe.call for probe in probes]
    answers = _simulate(endpoint, play, [*questions, play.call, *questions], PROBE_OVERRIDES)
    before, after = answers[: len(probes)], answers[len(probes) + 1 :]
    measured = [
        Measured(probe=probe, before=_returned(first), after=_returned(last))
        for probe, first, last in zip(probes, before, after, strict=True)
    ]
    return _simulated(answers[len(probes)]), measured


def _simulate(
    endpoint: Endpoint, play: Play, calls: Sequence[dict[str, Any]], overrides: dict[str, Any]
) -> list[Answer]:
    block = {
        "blockOverrides": play.block_overrides,
        "stateOverrides": {**play.state_overrides, **overrides},
        "calls": list(calls),
    }
    asked = {"blockStateCalls": [block], "traceTransfers": True, "validation": False}
    answer = endpoint.ask(SIMULATE, asked, play.base)
    blocks = answer.items()
    if len(blocks) != 1:
        raise answer.malformed(f"one block was asked for, and {len(blocks)} came")
    if blocks[0].at("timestamp").quantity() != play.at:
        raise answer.malformed("it played at another time than was asked for")
    found = blocks[0].at("calls").items()
    if len(found) != len(calls):
        raise answer.malformed(f"{len(calls)} calls were asked for, and {len(found)} came")
    return found


def _simulated(call: Answer) -> Run:
    succeeded = _succeeded(call)
    output = call.at("returnData").data()
    error = call.at("error")
    if not succeeded and not output and not error.is_null:
        # Some nodes put the reason here, and some return it.
        reason = error.at("data")
        output = b"" if reason.is_null else reason.data()
    logs = read_logs(call.at("logs")) if succeeded else []
    return Run(
        method=SIMULATE,
        succeeded=succeeded,
        output=output,
        gas_used=call.at("gasUsed").quantity(),
        said=what_logs_say(logs),
    )


def _returned(call: Answer) -> bytes | None:
    return call.at("returnData").data() if _succeeded(call) else None


def _succeeded(call: Answer) -> bool:
    status = call.at("status").quantity()
    if status > 1:
        raise call.malformed("a call has a status that is neither success nor failure")
    return status == 1


def _run_traced(endpoint: Endpoint, play: Play) -> Run:
    options = trace_options(play, "callTracer", {"withLog": True})
    top = endpoint.ask(TRACE, play.call, play.base, options)
    succeeded = top.at("error").is_null
    output = top.at("output")
    return Run(
        method=TRACE,
        succeeded=succeeded,
        output=b"" if output.is_null else output.data(),
        gas_used=top.at("gasUsed").quantity(),
        said=_said_by_frames(top) if succeeded else Said(),
    )


def trace_options(play: Play, tracer: str, configuration: dict[str, Any]) -> dict[str, Any]:
    """Return how a tracer is to play it, as endpoints take it."""
    return {
        "tracer": tracer,
        "tracerConfig": configuration,
        "blockOverrides": play.block_overrides,
        "stateOverrides": play.state_overrides,
    }


def _said_by_frames(top: Answer) -> Said:
    """Return what events and values of a tree of calls say; of one that failed, nothing counts."""
    frames, count = [top], 0
    logs: list[tuple[int, Log]] = []
    moves: list[tuple[Address, Address, int]] = []
    while frames:
        frame = frames.pop()
        count += 1
        if count > _MOST_FRAMES:
            raise top.malformed(f"there are more than {_MOST_FRAMES} calls in it")
        if not frame.at("error").is_null:
            continue
        logs += _logs_of(frame)
        value, kind = frame.at("value"), frame.at("type").value
        if not isinstance(kind, str):
            raise frame.malformed("a call in it does not say of which kind it is")
        if kind in _MOVING and not value.is_null and (amount := value.quantity()):
            sender, recipient = (Address(frame.at(end).data(20)) for end in ("from", "to"))
            moves.append((sender, recipient, amount))
        inner = frame.at("calls")
        frames += [] if inner.is_null else reversed(inner.items())
    # Where nodes number their events, that is their order: a call's own ones may stand around those of inner calls.
    said = what_logs_say(log for _, log in sorted(logs, key=lambda numbered: numbered[0]))
    for sender, recipient, amount in moves:
        said.move(NATIVE, sender, recipient, amount)
    return said


def _logs_of(frame: Answer) -> list[tuple[int, Log]]:
    entries = frame.at("logs")
    if entries.is_null:
        return []
    found = []
    for entry in entries.items():
        number = entry.at("index")
        one = read_logs(Answer(entry.endpoint, entry.method, [entry.value]))
        found += [(0 if number.is_null else number.quantity(), log) for log in one]
    return found


def _run_called(endpoint: Endpoint, play: Play) -> Run:
    try:
        answer = endpoint.ask(CALL, play.call, play.base, play.state_overrides, play.block_overrides)
    except EndpointRefused as refused:
        if refused.code != _REVERTED and not refused.data:
            raise
        return Run(method=CALL, succeeded=False, output=refused.data, gas_used=None, said=None)
    return Run(method=CALL, succeeded=True, output=answer.data(), gas_used=None, said=None)


def _required_as_told(endpoint: Endpoint, found: Run) -> Run:
    """:raises EndpointAnswerMalformed: the vault was not told what it should, or asked at another time."""
    if not found.succeeded:
        error = from_revert(found.output)
        # A play is made so that the vault finds the operation there, and ready.
        if isinstance(error, OperationStatusUnexpected | OperationUnknown):
            why = "it plays without what it was told about the block or the vault's storage"
            raise EndpointAnswerMalformed(endpoint=endpoint.name, method=found.method, why=why)
    return found
