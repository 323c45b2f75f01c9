"""Chats, pagers and mail through Apprise, which knows a hundred of them by address. The outbox is ours."""

from __future__ import annotations

import logging
import re
from typing import Any, Final

from verifier.alerts.escaping import defang
from verifier.alerts.http import is_loopback
from verifier.alerts.wording import Reader, letter_for
from verifier.errors.watching import DeliveryFailed
from verifier.model.credential import Credential
from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.model.watching import Delivery

MOST_SECONDS: Final = 30
_TYPES: Final = {
    Severity.INFO: "info",
    Severity.NOTICE: "info",
    Severity.WARNING: "warning",
    Severity.DANGER: "failure",
}
# What its plugins write of an answer: nothing else of what they say is kept, since addresses may stand in it.
_STATUS: Final = re.compile(r"\berror[=:] ?([0-9]{3})\b")
_ASK_LATER: Final = 60.0
_LATER: Final = frozenset({"429", "503"})


class ChatUnusableError(Exception):
    """Why an address is none that anything may be sent to, in words without the address."""


class Chat:
    """The port Channel over Apprise."""

    def __init__(self, name: str, url: Credential, reader: Reader, *, may_be_open: bool = False) -> None:
        """Take where to, and for whom.

        :param may_be_open: whether it may be read on the way
        :raises ChatUnusableError: Apprise knows no such address, or it could be read on the way.
        """
        self._name = name
        self._reader = reader
        self._chat = _open(url, may_be_open=may_be_open)

    @property
    def name(self) -> str:
        return self._name

    def deliver(self, delivery: Delivery) -> Shown:
        """Send one delivery.

        :raises DeliveryFailed: it was not taken.
        """
        letter = letter_for(delivery, self._reader)
        body = "\n".join(defang(line) for line in letter.lines)
        result = self._chat.notify(
            title=defang(letter.subject), body=body, notify_type=_TYPES[letter.severity], body_format="text"
        )
        if result:
            return Shown("taken")
        statuses = [
            found[1]
            for service in result
            for attempt in service
            for entry in attempt.logs
            if (found := _STATUS.search(str(entry)))
        ]
        if statuses:
            wish = _ASK_LATER if statuses[-1] in _LATER else None
            raise DeliveryFailed(channel=self._name, why=f"it answered {statuses[-1]}", retry_after=wish)
        raise DeliveryFailed(channel=self._name, why="it cannot be reached, or did not answer in time")


def _open(url: Credential, *, may_be_open: bool) -> Any:
    import apprise

    # What it logs may hold addresses, and is ours to tell.
    logger = logging.getLogger("apprise")
    logger.propagate = False
    logger.addHandler(logging.NullHandler())
    asset = apprise.AppriseAsset(
        app_id="Fourth Signer",
        app_desc="Fourth Signer",
        secure_logging=True,
        http_redirects=False,
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        allow_templates=False,
        service_timeout=MOST_SECONDS,
    )
    service: Any = apprise.Apprise.instantiate(url.reveal(), asset=asset)
    if service is None:
        raise ChatUnusableError(
            "Apprise knows no such address; its list of services says how each is written"
        )
    if not may_be_open and not _is_private(service):
        raise ChatUnusableError(
            "it could be read on the way; take the form with TLS, or say `insecure = true` in plain sight"
        )
    # Whatever the address says: what is sent goes there and nowhere else.
    service.redirects = False
    if service.overflow_mode == apprise.OverflowMode.UPSTREAM:
        service.overflow_mode = apprise.OverflowMode.SPLIT
    chat = apprise.Apprise(asset=asset)
    chat.add(service)
    return chat


def _is_private(service: Any) -> bool:
    """Whether nobody on the way reads what a service is sent."""
    if service.secure or not service.protocol:
        return True
    host = str(getattr(service, "host", "") or "")
    return not host or is_loopback(f"//{host}")
