"""The one file that touches the network: web3.py's HTTP provider, with limits on size and time of an answer."""

from __future__ import annotations

import itertools
import re
import time
import weakref
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError
from web3 import HTTPProvider
from web3.types import RPCEndpoint

from verifier.chain.answer import Answer
from verifier.chain.deadline import Deadline, WatchedAdapter
from verifier.chain.endpoint import Call, refused
from verifier.decode.content import MOST_DEPTH, is_too_nested
from verifier.errors import (
    EndpointAnswerMalformed,
    EndpointAnswerTooLong,
    EndpointRefused,
    EndpointTooSlow,
    EndpointUnreachable,
)
from verifier.model.endpoint_name import name_of_endpoint

MOST_BYTES: Final = 32 * 1024 * 1024
MOST_SECONDS: Final = 30.0
# So long an endpoint may say nothing at all.
_SILENT_SECONDS: Final = 10.0
_CHUNK: Final = 65_536
# Parts of an address that are shorter are words, such as `mainnet`.
_LEAST_SECRET: Final = 16


class HttpTransport:
    """One endpoint over HTTP. Its name is host and port: the rest of an address is often a secret."""

    def __init__(self, url: str, *, most_bytes: int = MOST_BYTES, most_seconds: float = MOST_SECONDS) -> None:
        """Take the address of an endpoint; nothing is asked yet.

        :raises EndpointUnreachable: it is no address that can be reached over HTTP.
        """
        try:
            parts = urlsplit(url)
            self.name = name_of_endpoint(parts.scheme, parts.hostname or "", parts.port)
            is_http = parts.scheme in ("http", "https") and bool(parts.hostname)
        except ValueError:
            self.name, is_http = "given", False
        if not is_http:
            raise EndpointUnreachable(
                endpoint=self.name or "given", why="its address is no http:// or https:// one"
            )
        self._silent_seconds = min(most_seconds, _SILENT_SECONDS)
        session = _BoundedSession(self.name, most_bytes, most_seconds, _secrets_in(url))
        # Its connections end with the transport, and not whenever they are collected.
        weakref.finalize(self, session.close)
        self._provider = _Provider(url, session=session, exception_retry_configuration=None)

    def post(self, calls: Sequence[Call]) -> list[Any]:
        """Return one JSON-RPC response for each call, in their order.

        :raises EndpointRefused: the endpoint does not take the batch.
        :raises EndpointError: there is no such answer.
        """
        named = [(RPCEndpoint(method), list(params)) for method, params in calls]
        method = calls[0][0]
        numbers = self._provider.numbers(len(calls))
        try:
            answered: Any = (
                self._provider.make_request(*named[0])
                if len(named) == 1
                else self._provider.make_batch_request(named)
            )
        except requests.Timeout as exc:
            raise EndpointTooSlow(endpoint=self.name, seconds=self._silent_seconds) from exc
        except requests.HTTPError as exc:
            raise self._status(exc) from exc
        except requests.RequestException as exc:
            raise EndpointUnreachable(endpoint=self.name, why="there is no connection") from exc
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as exc:
            # Whatever web3.py stumbles over in an answer that is no JSON, or no JSON-RPC.
            raise EndpointAnswerMalformed(endpoint=self.name, method=method, why="it is no JSON-RPC") from exc
        if len(named) == 1:
            return [self._numbered(Answer(self.name, method, answered), numbers[0])]
        return self._batch(Answer(self.name, f"a batch of {len(named)} requests", answered), numbers)

    def _numbered(self, answer: Answer, number: int) -> Any:
        """Return a response that is to this request; what went wrong may have no number."""
        if answer.at("error").is_null and answer.at("id").value != number:
            raise answer.malformed("it is to another request")
        return answer.value

    def _batch(self, answer: Answer, numbers: range) -> list[Any]:
        """Return the responses in the order of the requests, whatever order they came in."""
        if not isinstance(answer.value, list):
            raise self._no_batch(answer)
        by_number: dict[Any, Any] = {}
        for response in answer.items():
            number = response.at("id").value
            if isinstance(number, int) and number in by_number:
                raise answer.malformed("it answers one request twice")
            if not isinstance(number, int) or number not in numbers:
                if not response.at("error").is_null:
                    raise self._no_batch(response)
                raise answer.malformed("it answers what was not asked")
            by_number[number] = response.value
        if len(by_number) < len(numbers):
            # One error for the whole batch carries the number of its first request.
            if len(by_number) == 1 and not answer.items()[0].at("error").is_null:
                raise self._no_batch(answer.items()[0])
            raise answer.malformed("it leaves a request unanswered")
        return [by_number[number] for number in numbers]

    def _no_batch(self, answer: Answer) -> EndpointRefused:
        error = answer.at("error") if isinstance(answer.value, dict) else answer
        if isinstance(error.value, dict):
            return refused(error)
        return EndpointRefused(
            endpoint=self.name, method=answer.method, code=0, message="it does not answer batches"
        )

    def _status(self, failure: requests.HTTPError) -> EndpointUnreachable:
        response = failure.response
        code = response.status_code if response is not None else 0
        headers = response.headers if response is not None else {}
        return EndpointUnreachable(
            endpoint=self.name,
            why=f"it answers with HTTP status {code}",
            status=code,
            retry_after=_seconds(headers.get("Retry-After", "")),
        )


def _secrets_in(url: str) -> tuple[bytes, ...]:
    """Return the parts of an address that may be keys."""
    parts = urlsplit(url)
    found = re.split(r"[/&=:;,]", f"{parts.netloc.rpartition('@')[0]}/{parts.path}/{parts.query}")
    return tuple(part.encode() for part in dict.fromkeys(found) if len(part) >= _LEAST_SECRET)


def _seconds(text: str) -> float | None:
    """Return what a Retry-After header asks for; None where it says nothing that makes sense."""
    if re.fullmatch(r"[0-9]{1,6}", text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        return None
    return max(moment.timestamp() - time.time(), 0.0)


class _Provider(HTTPProvider):
    """web3.py's provider, which leaves the order of a batch's answers to us, and tells its numbers."""

    def numbers(self, count: int) -> range:
        """Return the numbers that the next requests get."""
        first = next(self.request_counter)
        self.request_counter = itertools.count(first)
        return range(first, first + count)

    def make_batch_request(self, batch_requests: list[tuple[RPCEndpoint, Any]]) -> Any:
        if self.endpoint_uri is None:
            raise LookupError
        request = self.encode_batch_rpc_request(batch_requests)
        session = self._request_session_manager
        raw = session.make_post_request(self.endpoint_uri, request, **self.get_request_kwargs())
        return self.decode_rpc_response(raw)


class _BoundedSession(requests.Session):
    """A session that reads no more, and no longer, than it has to. Redirects are not followed."""

    def __init__(
        self, name: str, most_bytes: int, most_seconds: float, secrets: tuple[bytes, ...] = ()
    ) -> None:
        super().__init__()
        self._secrets = secrets
        self._name = name
        self._most_bytes = most_bytes
        self._most_seconds = most_seconds
        self._deadline = Deadline()
        for scheme in ("http://", "https://"):
            self.mount(scheme, WatchedAdapter(self._deadline))

    def post(self, url: str | bytes, data: Any = None, json: Any = None, **kwargs: Any) -> requests.Response:
        try:
            with self._deadline.within(self._most_seconds):
                response = self._post(url, data, json, **kwargs)
        except requests.RequestException as exc:
            if not self._deadline.is_over:
                raise
            raise EndpointTooSlow(endpoint=self._name, seconds=self._most_seconds) from exc
        if self._deadline.is_over:
            raise EndpointTooSlow(endpoint=self._name, seconds=self._most_seconds)
        return response

    def _post(self, url: str | bytes, data: Any, json: Any, **kwargs: Any) -> requests.Response:
        until = time.monotonic() + self._most_seconds
        kwargs |= {"stream": True, "allow_redirects": False}
        kwargs["timeout"] = min(self._most_seconds, _SILENT_SECONDS)
        kwargs["headers"] = {**kwargs.get("headers", {}), "Accept-Encoding": "identity"}
        with super().post(url, data=data, json=json, **kwargs) as response:
            try:
                content = self._read(response, until)
            except ReadTimeoutError as exc:
                raise requests.ReadTimeout(exc) from exc
            except HTTPError as exc:
                raise requests.ConnectionError(exc) from exc
        # Endpoints say of a key that it is used up, or wrong; what they say is shown, and kept in bundles.
        for secret in self._secrets:
            content = content.replace(secret, b"*" * len(secret))
        if is_too_nested(content):
            why = f"it is nested deeper than {MOST_DEPTH} levels, or has too many parts"
            raise EndpointAnswerMalformed(endpoint=self._name, method="a request", why=why)
        response._content = content  # noqa: SLF001 - what `requests` itself does after reading
        return response

    def _read(self, response: requests.Response, until: float) -> bytes:
        content = bytearray()
        # `read1` gives what has arrived, so that an answer that drips is measured against the clock as well.
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            content += chunk
            if len(content) > self._most_bytes:
                raise EndpointAnswerTooLong(endpoint=self._name, maximum=self._most_bytes)
            if time.monotonic() > until:
                raise EndpointTooSlow(endpoint=self._name, seconds=self._most_seconds)
        return bytes(content)
