"""Signed webhooks: whoever receives one can tell that it is ours, whole and new.

    POST, Content-Type: application/json
    Fourth-Signer-Timestamp: 1796000000                     seconds since 1970, when it was sent
    Fourth-Signer-Key: ops:1:0x...:operation/0x...:alert    the same for every attempt: drop what you have already
    Fourth-Signer-Signature: v1=9f86d0...                   HMAC-SHA256 over `v1:TIMESTAMP:` and the body, in hex

Every attempt is signed anew, so that a receiver can refuse what is older than five minutes. While a secret is being
changed there is one signature for each, with commas between. `docs/examples/watch/verify_webhook.py` is a receiver.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from typing import Final

from verifier.alerts.http import Mailbox
from verifier.alerts.record import delivery_record, encoded
from verifier.model.credential import Credential
from verifier.model.text import Shown
from verifier.model.watching import Delivery
from verifier.ports import Clock

TIMESTAMP: Final = "Fourth-Signer-Timestamp"
KEY: Final = "Fourth-Signer-Key"
SIGNATURE: Final = "Fourth-Signer-Signature"
REPLAY_SECONDS: Final = 300
"""How old a message may be that a receiver believes."""
LEAST_SECRET: Final = 16
"""Bytes of a secret."""


class Webhook:
    """The port Channel over HTTP, for machines."""

    def __init__(self, mailbox: Mailbox, secrets: Sequence[Credential], *, clock: Clock) -> None:
        self._mailbox = mailbox
        self._secrets = tuple(secrets)
        self._clock = clock

    @property
    def name(self) -> str:
        return self._mailbox.channel

    def deliver(self, delivery: Delivery) -> Shown:
        body = encoded(delivery_record(delivery))
        timestamp = int(self._clock.now())
        signatures = ",".join(f"v1={sign(secret, timestamp, body)}" for secret in self._secrets)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "fourth-signer-watch",
            TIMESTAMP: str(timestamp),
            KEY: delivery.key,
            SIGNATURE: signatures,
        }
        return self._mailbox.post(body, headers)


def sign(secret: Credential, timestamp: int, body: bytes) -> str:
    """Return the signature of a body that is sent at a moment, in hex."""
    message = b"v1:%d:" % timestamp + body
    return hmac.new(secret.reveal().encode("utf-8"), message, hashlib.sha256).hexdigest()
