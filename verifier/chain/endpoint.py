"""An endpoint: JSON-RPC over some transport, with every failure one of our errors.

Batches are as large as the endpoint takes them: one that refuses a batch is asked in smaller ones from then on, at
last in single requests.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

from verifier.chain.answer import Answer
from verifier.chain.retries import USUAL, Retries, may_pass, may_repeat
from verifier.errors import (
    EndpointAnswerMalformed,
    EndpointRefused,
    EndpointTooSlow,
    EndpointUnreachable,
)

Call = tuple[str, Sequence[Any]]
"""A method and its parameters."""

# JSON-RPC says nothing of how large a code may be; thousands of digits are none.
_MOST_CODE: Final = 1 << 63
# More than any question of ours has; what an endpoint takes is found out.
_MOST_CALLS: Final = 1_000
_FEWER: Final = 4
# A request's own refusals that pass by themselves: its rate is limited.
_RATE_LIMITED: Final = frozenset({429, -32005})
# The answers before this one have filled what the endpoint gives at once.
_ANSWER_FULL: Final = frozenset({-32003, -32008})
# HTTP statuses that no smaller batch changes: no access, nothing there, and what passes by itself.
_NOT_THE_BATCH: Final = frozenset({401, 403, 404, 429, 502, 503, 504})


class Transport(Protocol):
    """What carries requests to one endpoint. `verifier.chain.http` has the real one."""

    name: str

    def post(self, calls: Sequence[Call]) -> list[Any]:
        """Return one JSON-RPC response for each call, in their order.

        :raises EndpointRefused: the endpoint does not take the batch.
        :raises EndpointError: there is no such answer.
        """
        ...


class Endpoint:
    """One source of what the chain says."""

    def __init__(self, transport: Transport, *, retries: Retries = USUAL) -> None:
        self._transport = transport
        self._retries = retries
        self._most = _MOST_CALLS
        self.name = transport.name

    def ask(self, method: str, *params: Any) -> Answer:
        """Return the answer to one request.

        :raises EndpointError: there is none, or the endpoint refuses.
        """
        return self.ask_many([(method, params)])[0]

    def ask_many(self, calls: Sequence[Call]) -> list[Answer]:
        """Return the answers to many requests, in their order, from one round trip where the endpoint takes it.

        :raises EndpointError: there is none, or the endpoint refuses one of them.
        """
        answers = []
        for answer in self.try_many(calls):
            if isinstance(answer, EndpointRefused):
                raise answer
            answers.append(answer)
        return answers

    def try_many(self, calls: Sequence[Call]) -> list[Answer | EndpointRefused]:
        """Return the answer to each of many requests, or that this one is refused.

        :raises EndpointError: there is no answer, or one that makes no sense.
        """
        until = self._retries.now() + self._retries.most_seconds
        found: dict[int, Answer | EndpointRefused] = {}
        waiting, refusals = list(range(len(calls))), 0
        while waiting:
            part = waiting[: self._most]
            answers = self._ask([calls[i] for i in part], until)
            if answers is None:
                continue
            found.update(zip(part, answers, strict=True))
            again = [i for i in part if _is_passing(found[i]) and may_repeat(calls[i][0])]
            waiting = waiting[len(part) :]
            if again and self._may_ask_again(found, again, refusals, until):
                refusals += 1
                waiting = again + waiting
        return [found[i] for i in range(len(calls))]

    def _ask(self, calls: Sequence[Call], until: float) -> list[Answer | EndpointRefused] | None:
        """Return the answers; None where the endpoint wants fewer requests at once."""
        try:
            responses = self._post(calls, until)
        except (EndpointRefused, EndpointUnreachable) as exc:
            if len(calls) == 1 or not _is_batch_refused(exc):
                raise
            self._most = max(len(calls) // _FEWER, 1)
            return None
        return [self._open(method, response) for (method, _), response in zip(calls, responses, strict=True)]

    def _post(self, calls: Sequence[Call], until: float) -> list[Any]:
        attempt = 0
        while True:
            if self._retries.now() > until:
                raise EndpointTooSlow(endpoint=self.name, seconds=self._retries.most_seconds)
            try:
                return self._transport.post(calls)
            except EndpointUnreachable as exc:
                pause = self._retries.pause(attempt, exc.retry_after)
                is_final = not may_pass(exc) or not all(may_repeat(method) for method, _ in calls)
                if is_final or pause is None or self._retries.now() + pause > until:
                    raise
                self._retries.sleep(pause)
                attempt += 1

    def _may_ask_again(
        self,
        found: dict[int, Answer | EndpointRefused],
        again: Sequence[int],
        refusals: int,
        until: float,
    ) -> bool:
        """Wait, where the endpoint limits the rate, and return whether to ask these again."""
        is_full = all(_code_of(found[i]) in _ANSWER_FULL for i in again)
        if is_full:
            self._most = max(len(again) // _FEWER, 1)
            return refusals < self._retries.attempts * _FEWER
        pause = self._retries.pause(refusals)
        if pause is None or self._retries.now() + pause > until:
            return False
        self._retries.sleep(pause)
        return True

    def _open(self, method: str, response: Any) -> Answer | EndpointRefused:
        whole = Answer(self.name, method, response)
        error = whole.at("error")
        if error.is_null:
            if "result" not in response:
                raise whole.malformed("it has neither result nor error")
            return whole.at("result")
        return refused(error)


def refused(error: Answer) -> EndpointRefused:
    """Return an error of an endpoint's own as one of ours.

    :raises EndpointAnswerMalformed: it is no such error.
    """
    code, message = error.at("code").value, error.at("message").value
    try:
        revert = error.at("data").data()
    except EndpointAnswerMalformed:  # an error's data has no agreed form
        revert = b""
    return EndpointRefused(
        endpoint=error.endpoint,
        method=error.method,
        code=code if isinstance(code, int) and abs(code) < _MOST_CODE else 0,
        message=message if isinstance(message, str) else "no reason given",
        data=revert,
    )


def _is_batch_refused(failure: EndpointRefused | EndpointUnreachable) -> bool:
    if isinstance(failure, EndpointRefused):
        return True
    return failure.status is not None and failure.status not in _NOT_THE_BATCH


def _is_passing(answer: Answer | EndpointRefused) -> bool:
    return _code_of(answer) in _RATE_LIMITED | _ANSWER_FULL


def _code_of(answer: Answer | EndpointRefused) -> int | None:
    return answer.code if isinstance(answer, EndpointRefused) else None
