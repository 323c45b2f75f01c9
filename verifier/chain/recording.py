"""Keeping what endpoints answer, and answering the same again without them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from verifier.chain.endpoint import Call, Transport
from verifier.model.bundle import Exchange

_NOT_KEPT: Final = -32601

Key = tuple[str, str]
"""A method, and its parameters as JSON."""


class RecordingTransport:
    """Another transport, whose answers are kept."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.name = transport.name
        self.answers: dict[Key, Any] = {}

    def post(self, calls: Sequence[Call]) -> list[Any]:
        """Return what the other transport returns."""
        responses = self._transport.post(calls)
        for call, response in zip(calls, responses, strict=False):
            if isinstance(response, Mapping) and ("result" in response or "error" in response):
                self.answers[key_of(call)] = response
        return responses


class ReplayTransport:
    """A transport that knows the answers in a bundle, and no others."""

    def __init__(self, name: str, exchanges: Iterable[Exchange]) -> None:
        self.name = name
        self._answers = {(each.method, each.params): each for each in exchanges}

    def post(self, calls: Sequence[Call]) -> list[Any]:
        """Return the answers that were kept; what was never asked is refused, as a method that nobody knows."""
        return [self._answer(call) for call in calls]

    def _answer(self, call: Call) -> dict[str, Any]:
        kept = self._answers.get(key_of(call))
        if kept is None:
            return {"error": {"code": _NOT_KEPT, "message": "the bundle does not hold this answer"}}
        if kept.result is None:
            return {"error": json.loads(kept.refusal or "null")}
        return {"result": json.loads(kept.result)}


def key_of(call: Call) -> Key:
    """Return by what an answer is found again."""
    method, params = call
    return method, json.dumps(list(params), separators=(",", ":"), sort_keys=True)


def exchanges_of(transport: RecordingTransport) -> tuple[Exchange, ...]:
    """Return every question that was asked, each with its last answer, in a fixed order."""
    ordered = sorted(transport.answers.items(), key=lambda item: item[0])
    return tuple(_exchange(key, answer) for key, answer in ordered)


def _exchange(key: Key, response: Any) -> Exchange:
    method, params = key
    if "result" in response:
        return Exchange(method=method, params=params, result=_json(response["result"]))
    return Exchange(method=method, params=params, result=None, refusal=_json(response["error"]))


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)
