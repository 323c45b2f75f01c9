"""Posting to people's own addresses: bounded in size and time, never redirected, and to nobody on the way."""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError

from verifier.errors.watching import DeliveryFailed
from verifier.model.credential import Credential
from verifier.model.text import Shown, sanitise

MOST_SECONDS: Final = 10.0
"""Without a word from the other side."""
_ASK_LATER: Final = 60.0
"""Seconds to leave somebody alone who says that it is too much, and not for how long."""
_REDIRECTS: Final = range(300, 400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """An address that is posted to. Only host and port are ever named: the rest of it is often a secret."""

    channel: str
    url: Credential
    most_seconds: float = MOST_SECONDS

    def post(self, body: bytes, headers: Mapping[str, str]) -> Shown:
        """Post a body, and return what came of it.

        :raises DeliveryFailed: it was not taken, or nobody knows.
        """
        try:
            with requests.Session() as session:
                # Nobody stands between this machine and itself; a .netrc must not add to what we send.
                session.trust_env = not is_loopback(self.url.reveal())
                session.auth = _as_it_is
                answer = session.post(
                    self.url.reveal(),
                    data=body,
                    headers={**headers, "Accept-Encoding": "identity"},
                    timeout=self.most_seconds,
                    allow_redirects=False,
                    stream=True,
                )
                # Nothing of what it says is read: it could be long, slow, or the secret itself.
                with answer:
                    return self._judge(answer)
        except requests.Timeout:
            raise self.failure(f"{self.host} did not answer in time") from None
        except (requests.RequestException, HTTPError, OSError, ValueError):
            # What they say may hold the address, and with it the secret.
            raise self.failure(f"{self.host} cannot be reached") from None

    @property
    def host(self) -> Shown:
        """Where it is, without what may be secret."""
        return host_of(self.url.reveal())

    def failure(self, why: str, retry_after: float | None = None) -> DeliveryFailed:
        return DeliveryFailed(channel=self.channel, why=why, retry_after=retry_after)

    def _judge(self, answer: requests.Response) -> Shown:
        status = answer.status_code
        if status in range(200, 300):
            return Shown(f"HTTP {status}")
        if status in _REDIRECTS:
            raise self.failure(f"{self.host} redirects (HTTP {status}), which is not followed")
        wish = retry_after(answer.headers.get("Retry-After", ""), time.time())
        if wish is None and status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
            wish = _ASK_LATER
        raise self.failure(f"{self.host} answered HTTP {status}", wish)


def host_of(url: str) -> Shown:
    """Return host and port of an address."""
    try:
        return sanitise(urlsplit(url).netloc.rpartition("@")[2], most=100)
    except ValueError:
        return Shown("its host")


def is_loopback(url: str) -> bool:
    """Whether an address leads to this machine."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_private(url: str) -> bool:
    """Whether nobody on the way can read what is sent to an address: it is encrypted, or does not leave the machine."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return False
    return scheme == "https" or (scheme == "http" and is_loopback(url))


def retry_after(text: str, now: float) -> float | None:
    """Return the seconds that a Retry-After header asks for; None where it says nothing that makes sense."""
    if re.fullmatch(r"[0-9]{1,6}", text):
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    return max(moment.timestamp() - now, 0.0) if moment.tzinfo is not None else None


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
