"""Leaves an endpoint alone for a while that does not answer: whoever asks all day must not wait for it each time.

    Endpoint(RestingTransport(HttpTransport(url)), retries=BRIEF)

What it is asked meanwhile fails at once, so that the others are enough, or are missed, without delay.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from verifier.chain.endpoint import Call, Endpoint, Transport
from verifier.chain.http import HttpTransport
from verifier.chain.retries import Retries, may_pass
from verifier.errors import EndpointTooSlow, EndpointUnreachable

FIRST_REST: Final = 1.0
LONGEST_REST: Final = 60.0
"""Seconds for which an endpoint is left alone, doubled with each failure in a row."""
_MOST_DOUBLINGS: Final = 6
# As if the door were shut: neither asking again at once nor asking for less changes that.
_SHUT: Final = 403

BRIEF: Final = Retries(attempts=2, most_pause=1.0, most_seconds=15.0)
"""For whoever asks again by themselves."""


class RestingTransport:
    """A transport that is not used for a while after it failed."""

    def __init__(self, transport: Transport, *, now: Callable[[], float] = time.monotonic) -> None:
        self._transport = transport
        self._now = now
        self._failures = 0
        self._until = 0.0
        self.name = transport.name

    def post(self, calls: Sequence[Call]) -> list[Any]:
        """Return one JSON-RPC response for each call, in their order.

        :raises EndpointUnreachable: it does not answer, or did not a moment ago.
        :raises EndpointError: there is no such answer.
        """
        left = self._until - self._now()
        if left > 0:
            why = f"it did not a moment ago, and is left alone for {left:.0f} more seconds"
            raise EndpointUnreachable(endpoint=self.name, why=why, status=_SHUT)
        try:
            responses = self._transport.post(calls)
        except EndpointTooSlow:
            self._rest(None)
            raise
        except EndpointUnreachable as failure:
            # A status that no waiting changes is about what was asked.
            if may_pass(failure):
                self._rest(failure.retry_after)
            raise
        self._failures = 0
        return responses

    def _rest(self, wanted: float | None) -> None:
        """Begin a rest.

        :param wanted: seconds that the endpoint asks for by itself
        """
        rest = FIRST_REST * 2 ** min(self._failures, _MOST_DOUBLINGS)
        self._failures += 1
        self._until = self._now() + min(max(rest, wanted or 0.0), LONGEST_REST)


def resting_endpoints(urls: Sequence[str]) -> list[Endpoint]:
    """Return the endpoints at these addresses, for asking all day; nothing is asked yet.

    :raises EndpointUnreachable: an address cannot be reached over HTTP.
    """
    return [Endpoint(RestingTransport(HttpTransport(url)), retries=BRIEF) for url in urls]
