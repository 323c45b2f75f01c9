"""Keeping what endpoints answer, and answering the same again without them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from verifier.chain.endpoint import Call, Transport
from verifier.model.bundle import Exchange

_NOT_KEPT: Final = -32601
_HEADER: Final = "eth_getBlockByNumber"
_TAGS: Final = frozenset({"latest", "safe", "finalized"})

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


def exchanges_of(transports: Iterable[RecordingTransport], block_hash: bytes) -> tuple[Exchange, ...]:
    """Return one answer to each question, results before refusals, earlier endpoints before later ones.

    :param transports: those that agreed on the block
    :param block_hash: of that block; the newest one stands in the answers under its tag too, and must be the same
    """
    kept: dict[Key, Any] = {}
    for transport in transports:
        for key, response in transport.answers.items():
            if key not in kept or ("result" not in kept[key] and "result" in response):
                kept[key] = response
    header = next((answer for key, answer in kept.items() if _is_header(key, answer, block_hash)), None)
    if header is not None:
        kept |= {key: header for key in kept if _is_tagged(key)}
    return tuple(_exchange(key, response) for key, response in sorted(kept.items(), key=lambda item: item[0]))


def _is_header(key: Key, response: Any, block_hash: bytes) -> bool:
    result = response.get("result")
    return (
        key[0] == _HEADER
        and key[1].endswith(",false]")
        and isinstance(result, Mapping)
        and str(result.get("hash")).lower() == f"0x{block_hash.hex()}"
    )


def _is_tagged(key: Key) -> bool:
    return key[0] == _HEADER and key[1] in {f'["{tag}",false]' for tag in _TAGS}


def _exchange(key: Key, response: Any) -> Exchange:
    method, params = key
    if "result" in response:
        return Exchange(method=method, params=params, result=_json(response["result"]))
    return Exchange(method=method, params=params, result=None, refusal=_json(response["error"]))


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)
