"""When to ask an endpoint again: a few times, later each time, never for long, and when it says so itself."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from verifier.errors import EndpointUnreachable

# What passes by itself: too many requests, and gateways without their server.
_PASSING_STATUS: Final = frozenset({429, 502, 503, 504})
# Sent twice, it may be refused the second time because it was taken the first time.
_ONCE: Final = frozenset({"eth_sendRawTransaction"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """How patient this client is with one endpoint. Times are seconds."""

    # Of one request or batch, the first one included.
    attempts: int = 3
    first_pause: float = 0.25
    # The longest wait that an endpoint is granted; one that wants more is not asked again.
    most_pause: float = 20.0
    # Nothing is asked again for a question that is older than this.
    most_seconds: float = 45.0
    # From 0 to 1: clients that were refused together do not come back together.
    jitter: Callable[[], float] = random.SystemRandom().random
    sleep: Callable[[float], None] = time.sleep
    now: Callable[[], float] = time.monotonic

    def pause(self, attempt: int, wanted: float | None = None) -> float | None:
        """Return how long to wait after an attempt, counted from 0; None where it was the last one.

        :param wanted: what the endpoint asks for by itself
        """
        if attempt + 1 >= self.attempts:
            return None
        pause = self.first_pause * 2**attempt * (0.5 + self.jitter() / 2)
        longest = max(pause, wanted or 0.0)
        return longest if longest <= self.most_pause else None


USUAL: Final = Retries()


def may_pass(failure: EndpointUnreachable) -> bool:
    """Whether the same request may succeed a moment later."""
    return failure.status is None or failure.status in _PASSING_STATUS


def may_repeat(method: str) -> bool:
    """Whether asking twice is as good as asking once."""
    return method not in _ONCE
