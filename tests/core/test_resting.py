"""Endpoints that do not answer are left alone for a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from verifier.chain.endpoint import Call, Endpoint
from verifier.chain.resting import LONGEST_REST, RestingTransport
from verifier.chain.retries import Retries
from verifier.errors import EndpointAnswerMalformed, EndpointError, EndpointTooSlow, EndpointUnreachable

ASKED: list[Call] = [("eth_chainId", [])]


class Sick:
    """A transport that fails as it is told."""

    name = "sick"

    def __init__(self, *failures: EndpointError) -> None:
        self.failures = list(failures)
        self.asked = 0
        self.time = 1_000.0

    def post(self, calls: Sequence[Call]) -> list[Any]:
        self.asked += 1
        if self.failures:
            raise self.failures.pop(0)
        return [{"jsonrpc": "2.0", "id": 1, "result": "0x1"} for _ in calls]

    def resting(self) -> RestingTransport:
        return RestingTransport(self, now=lambda: self.time)


def gone(status: int | None = None, retry_after: float | None = None) -> EndpointUnreachable:
    return EndpointUnreachable(endpoint="sick", why="gone", status=status, retry_after=retry_after)


def slow() -> EndpointTooSlow:
    return EndpointTooSlow(endpoint="sick", seconds=10.0)


@pytest.mark.parametrize("failure", [gone(), gone(503), slow()])
def test_post__just_failed__not_asked_for_a_while_and_then_again(failure: EndpointError) -> None:
    sick = Sick(failure)
    transport = sick.resting()
    with pytest.raises(type(failure)):
        transport.post(ASKED)
    with pytest.raises(EndpointUnreachable, match="left alone"):
        transport.post(ASKED)
    assert sick.asked == 1
    sick.time += 1.1
    assert len(transport.post(ASKED)) == 1
    assert sick.asked == 2


def test_post__fails_again_and_again__longer_rests_up_to_a_minute() -> None:
    sick = Sick(*(slow() for _ in range(10)))
    transport, rests = sick.resting(), list[float]()
    for asked in range(1, 11):
        with pytest.raises(EndpointTooSlow):
            transport.post(ASKED)
        assert sick.asked == asked
        began = sick.time
        while is_resting(transport, sick):
            sick.time += 0.5
        rests.append(sick.time - began)
    assert rests == [1, 2, 4, 8, 16, 32, *[LONGEST_REST] * 4]


def is_resting(transport: RestingTransport, sick: Sick) -> bool:
    return transport._until > sick.time


def test_post__wants_to_be_left_alone__as_long_as_it_says() -> None:
    sick = Sick(gone(429, retry_after=30.0))
    transport = sick.resting()
    with pytest.raises(EndpointUnreachable):
        transport.post(ASKED)
    sick.time += 29
    with pytest.raises(EndpointUnreachable, match="left alone"):
        transport.post(ASKED)
    sick.time += 2
    assert transport.post(ASKED)


@pytest.mark.parametrize(
    "failure", [gone(400), gone(413), EndpointAnswerMalformed(endpoint="sick", method="x", why="nonsense")]
)
def test_post__only_this_was_refused__asked_the_next_at_once(failure: EndpointError) -> None:
    sick = Sick(failure)
    transport = sick.resting()
    with pytest.raises(type(failure)):
        transport.post(ASKED)
    assert transport.post(ASKED)


def test_endpoint__rests__no_pause_is_made_for_it() -> None:
    sick, pauses = Sick(gone()), list[float]()
    endpoint = Endpoint(sick.resting(), retries=Retries(attempts=3, sleep=pauses.append, now=lambda: 0.0))
    with pytest.raises(EndpointUnreachable):
        endpoint.ask("eth_chainId")
    assert sick.asked == 1
    assert len(pauses) == 1
    with pytest.raises(EndpointUnreachable):
        endpoint.ask_many([*ASKED, *ASKED])
    assert len(pauses) == 1
    sick.time += 10
    assert len(endpoint.ask_many(ASKED * 8)) == 8
    # It is not taken for one that wants smaller batches.
    assert sick.asked == 2
