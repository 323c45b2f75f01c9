"""An endpoint: JSON-RPC over some transport, with every failure one of our errors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from verifier.chain.answer import Answer
from verifier.errors import EndpointAnswerMalformed, EndpointRefused

Call = tuple[str, Sequence[Any]]
"""A method and its parameters."""


class Transport(Protocol):
    """What carries requests to one endpoint. `verifier.chain.http` has the real one."""

    name: str

    def post(self, calls: Sequence[Call]) -> list[Any]:
        """Return one JSON-RPC response for each call, in their order."""
        ...


class Endpoint:
    """One source of what the chain says."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.name = transport.name

    def ask(self, method: str, *params: Any) -> Answer:
        """Return the answer to one request.

        :raises EndpointError: there is none, or the endpoint refuses.
        """
        return self.ask_many([(method, params)])[0]

    def ask_many(self, calls: Sequence[Call]) -> list[Answer]:
        """Return the answers to many requests, in their order, from one round trip.

        :raises EndpointError: there is none, or the endpoint refuses one of them.
        """
        if not calls:
            return []
        responses = self._transport.post(calls)
        return [self._open(method, response) for (method, _), response in zip(calls, responses, strict=True)]

    def _open(self, method: str, response: Any) -> Answer:
        whole = Answer(self.name, method, response)
        error = whole.at("error")
        if error.is_null:
            if "result" not in response:
                raise whole.malformed("it has neither result nor error")
            return whole.at("result")
        raise _refused(error)


def _refused(error: Answer) -> EndpointRefused:
    code, message = error.at("code").value, error.at("message").value
    try:
        revert = error.at("data").data()
    except EndpointAnswerMalformed:  # an error's data has no agreed form
        revert = b""
    return EndpointRefused(
        endpoint=error.endpoint,
        method=error.method,
        code=code if isinstance(code, int) else 0,
        message=message if isinstance(message, str) else "no reason given",
        data=revert,
    )
