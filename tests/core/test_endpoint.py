"""Asking an endpoint: again where it may help, in smaller batches where it wants them, and never for long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from verifier.chain.endpoint import Call, Endpoint
from verifier.chain.retries import Retries
from verifier.errors import (
    EndpointAnswerMalformed,
    EndpointAnswerTooLong,
    EndpointError,
    EndpointRefused,
    EndpointTooSlow,
    EndpointUnreachable,
)

CALLS: list[Call] = [("eth_getProof", [i]) for i in range(64)]


@dataclass
class Clock:
    """Time that passes only while one waits."""

    time: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds


@dataclass
class Scripted:
    """A transport that answers every request with its first parameter, after it said what the script says."""

    script: list[EndpointError | Callable[[Sequence[Call]], list[Any]]] = field(default_factory=list)
    name: str = "scripted"
    sizes: list[int] = field(default_factory=list)
    most: int = 1_000
    refusal: EndpointError | None = None

    def post(self, calls: Sequence[Call]) -> list[Any]:
        self.sizes.append(len(calls))
        if self.script:
            step = self.script.pop(0)
            if isinstance(step, EndpointError):
                raise step
            return step(calls)
        if self.refusal is not None and len(calls) > self.most:
            raise self.refusal
        return [{"result": params[0]} for _, params in calls]


def status(code: int | None, *, after: float | None = None) -> EndpointUnreachable:
    return EndpointUnreachable(endpoint="scripted", why="it said so", status=code, retry_after=after)


def refusing(code: int) -> dict[str, Any]:
    return {"error": {"code": code, "message": "no"}}


def endpoint(transport: Scripted, clock: Clock, **settings: Any) -> Endpoint:
    retries = Retries(jitter=lambda: 1.0, sleep=clock.sleep, now=clock.now, **settings)
    return Endpoint(transport, retries=retries)


@pytest.mark.parametrize("code", [None, 429, 502, 503, 504])
def test_ask__what_may_pass__asked_again_and_later_each_time(code: int | None) -> None:
    clock, transport = Clock(), Scripted([status(code), status(code)])
    assert endpoint(transport, clock).ask("eth_chainId", "0x1").value == "0x1"
    assert transport.sizes == [1, 1, 1]
    assert clock.slept == [0.25, 0.5]


@pytest.mark.parametrize("code", [400, 401, 403, 404, 500])
def test_ask__what_does_not_pass__asked_once(code: int) -> None:
    clock, transport = Clock(), Scripted([status(code)])
    with pytest.raises(EndpointUnreachable):
        endpoint(transport, clock).ask("eth_chainId")
    assert (transport.sizes, clock.slept) == ([1], [])


def test_ask__it_stays_so__given_up_after_so_many_attempts() -> None:
    clock, transport = Clock(), Scripted([status(503)] * 9)
    with pytest.raises(EndpointUnreachable):
        endpoint(transport, clock, attempts=4).ask("eth_chainId")
    assert transport.sizes == [1] * 4


@pytest.mark.parametrize(
    "failure",
    [
        EndpointAnswerMalformed(endpoint="e", method="m", why="w"),
        EndpointAnswerTooLong(endpoint="e", maximum=1),
        EndpointTooSlow(endpoint="e", seconds=1),
    ],
)
def test_ask__answer_that_was_wrong_or_cost_its_time__not_asked_again(failure: EndpointError) -> None:
    clock, transport = Clock(), Scripted([failure])
    with pytest.raises(type(failure)):
        endpoint(transport, clock).ask_many(CALLS)
    assert transport.sizes == [64]


def test_ask__endpoint_says_when__honoured_up_to_a_bound() -> None:
    clock, transport = Clock(), Scripted([status(429, after=7.0)])
    assert endpoint(transport, clock).ask("eth_chainId", "0x1").value == "0x1"
    assert clock.slept == [7.0]
    clock, transport = Clock(), Scripted([status(429, after=3_600.0)])
    with pytest.raises(EndpointUnreachable):
        endpoint(transport, clock).ask("eth_chainId")
    assert clock.slept == []


def test_ask__all_in_all__not_longer_than_allowed() -> None:
    clock, transport = Clock(), Scripted([status(503, after=19.0)] * 99)
    with pytest.raises(EndpointUnreachable):
        endpoint(transport, clock, attempts=99).ask("eth_chainId")
    assert sum(clock.slept) <= 45


def test_pause__jitter__between_half_and_all_of_it() -> None:
    assert Retries(jitter=lambda: 0.0).pause(0) == 0.125
    assert Retries(jitter=lambda: 1.0).pause(0) == 0.25


def test_ask__transaction__never_sent_twice() -> None:
    clock, transport = Clock(), Scripted([status(503)])
    with pytest.raises(EndpointUnreachable):
        endpoint(transport, clock).ask("eth_sendRawTransaction", "0x")
    assert transport.sizes == [1]


# -------------------------------------------------------------------------------------------------------------- Batches


@pytest.mark.parametrize(
    "refusal",
    [
        status(413),
        status(400),
        status(500),
        EndpointRefused(endpoint="e", method="m", code=-32600, message="batch too large"),
    ],
)
@pytest.mark.parametrize(("most", "sizes"), [(20, [64, 16, 16, 16, 16]), (1, [64, 16, 4, *[1] * 64])])
def test_ask_many__batch_refused__in_smaller_ones_and_remembered(
    refusal: EndpointError, most: int, sizes: list[int]
) -> None:
    clock, transport = Clock(), Scripted(refusal=refusal, most=most)
    asked = endpoint(transport, clock)
    assert [answer.value for answer in asked.ask_many(CALLS)] == list(range(64))
    assert transport.sizes == sizes
    transport.sizes.clear()
    asked.ask_many(CALLS)
    assert max(transport.sizes) <= most


def test_ask_many__nothing_but_refusals__given_up_with_the_single_one() -> None:
    transport = Scripted(refusal=status(413), most=0)
    with pytest.raises(EndpointUnreachable):
        endpoint(transport, Clock()).ask_many(CALLS)
    assert transport.sizes == [64, 16, 4, 1]


@pytest.mark.parametrize("code", [401, 403, 404])
def test_ask_many__no_access__not_tried_in_smaller_batches(code: int) -> None:
    transport = Scripted(refusal=status(code), most=0)
    with pytest.raises(EndpointUnreachable):
        endpoint(transport, Clock()).ask_many(CALLS)
    assert transport.sizes == [64]


def test_ask_many__some_of_it_over_the_rate__only_those_again() -> None:
    def over_the_rate(calls: Sequence[Call]) -> list[Any]:
        return [{"result": params[0]} if params[0] < 60 else refusing(-32005) for _, params in calls]

    clock, transport = Clock(), Scripted([over_the_rate])
    assert [answer.value for answer in endpoint(transport, clock).ask_many(CALLS)] == list(range(64))
    assert transport.sizes == [64, 4]
    assert clock.slept == [0.25]


def test_ask_many__over_the_rate_for_good__refused_after_so_many_attempts() -> None:
    always: list[Any] = [lambda calls: [refusing(-32005) for _ in calls]] * 9
    clock, transport = Clock(), Scripted(always)
    with pytest.raises(EndpointRefused):
        endpoint(transport, clock).ask_many(CALLS)
    assert transport.sizes == [64, 64, 64]


def test_ask_many__answer_full__the_rest_in_smaller_batches_at_once() -> None:
    def full(calls: Sequence[Call]) -> list[Any]:
        return [{"result": params[0]} if params[0] < 40 else refusing(-32003) for _, params in calls]

    clock, transport = Clock(), Scripted([full])
    assert [answer.value for answer in endpoint(transport, clock).ask_many(CALLS)] == list(range(64))
    assert transport.sizes == [64, 6, 6, 6, 6]
    assert clock.slept == []


def test_ask_many__endless_fullness__ends() -> None:
    always: list[Any] = [lambda calls: [refusing(-32003) for _ in calls]] * 10_000
    transport = Scripted(always)
    with pytest.raises(EndpointRefused):
        endpoint(transport, Clock()).ask_many(CALLS)
    assert len(transport.sizes) < 1_000


def test_try_many__one_refused__the_others_answered() -> None:
    def one_refused(calls: Sequence[Call]) -> list[Any]:
        return [refusing(-32000) if params[0] == 1 else {"result": params[0]} for _, params in calls]

    asked = endpoint(Scripted([one_refused]), Clock())
    answers = asked.try_many(CALLS[:3])
    assert isinstance(answers[1], EndpointRefused)
    assert [getattr(answer, "value", None) for answer in answers] == [0, None, 2]


def test_ask__error_whose_code_has_thousands_of_digits__not_repeated_on_the_page() -> None:
    scripted = Scripted(script=[lambda calls: [refusing(10**4_000)] * len(calls)])
    with pytest.raises(EndpointRefused) as error:
        endpoint(scripted, Clock()).ask("eth_chainId")
    assert error.value.code == 0
    assert len(str(error.value)) < 200
