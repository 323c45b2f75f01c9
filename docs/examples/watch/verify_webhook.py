"""A receiver of Fourth Signer's webhooks, with nothing but Python's own library. Copy it, and put your work at the end.

FOURTH_SIGNER_SECRETS=first,second python verify_webhook.py 8080
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import sys
import time
from collections import OrderedDict
from http.server import BaseHTTPRequestHandler, HTTPServer

MOST_BYTES = 128 * 1024
WINDOW = 300  # seconds that a message may be old, or that clocks may differ
REMEMBERED = 10_000


class RefusedError(Exception):
    """Why a message is not believed."""


class Verifier:
    """Believes what was signed with one of our secrets, now, and has not come before."""

    def __init__(self, secrets: list[str], now=time.time) -> None:
        self._secrets = [secret.encode("utf-8") for secret in secrets]
        self._now = now
        self._seen: OrderedDict[str, None] = OrderedDict()

    def verify(self, headers, body: bytes) -> dict | None:
        """Return the message, or None where it came before: say that all is well, and do nothing.

        :raises RefusedError: it is not from the watcher, or not from now.
        """
        timestamp = headers.get("Fourth-Signer-Timestamp", "")
        if not re.fullmatch(r"[0-9]{1,12}", timestamp):
            raise RefusedError("there is no timestamp")
        message = b"v1:" + timestamp.encode("ascii") + b":" + body
        given = headers.get("Fourth-Signer-Signature", "")[:1_000].split(",")
        signatures = [part.strip()[3:] for part in given if part.strip().startswith("v1=")]
        if not any(self._is_ours(message, signature) for signature in signatures):
            raise RefusedError("no signature is ours")
        # After the signature, so that nobody learns anything by asking; the timestamp is part of what is signed.
        if abs(self._now() - int(timestamp)) > WINDOW:
            raise RefusedError("it is not from now")
        record = json.loads(body)
        # The header of the same name is not signed: the key inside the body is.
        return None if record["key"] in self._seen else record

    def done(self, record: dict) -> None:
        """Remember that a message was acted on, so that it is not acted on again."""
        self._seen[record["key"]] = None
        if len(self._seen) > REMEMBERED:
            self._seen.popitem(last=False)

    def _is_ours(self, message: bytes, signature: str) -> bool:
        right = [hmac.new(secret, message, hashlib.sha256).hexdigest() for secret in self._secrets]
        return any(hmac.compare_digest(one.encode(), signature.encode("utf-8", "replace")) for one in right)


def receiver(verifier: Verifier, act) -> type[BaseHTTPRequestHandler]:
    """Return what answers requests: `act` gets every message once, and may raise, so that it comes again."""

    class Receiver(BaseHTTPRequestHandler):
        timeout = 10

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            if not length.isdecimal() or int(length) > MOST_BYTES:
                return self._answer(413)
            try:
                record = verifier.verify(self.headers, self.rfile.read(int(length)))
            except (RefusedError, ValueError, KeyError, TypeError):
                return self._answer(401)
            if record is not None:
                act(record)
                verifier.done(record)
            return self._answer(204)

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_arguments) -> None:
            """Say nothing: what came may be hostile."""

    return Receiver


def show(record: dict) -> None:
    happening = record["happening"]
    words = happening["sentence"] if happening else " ".join(record["text"])
    sys.stdout.write(f"{record['parcel']} {record['standing']}: {words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    names = os.environ["FOURTH_SIGNER_SECRETS"].split(",")
    server = HTTPServer(("127.0.0.1", int(sys.argv[1])), receiver(Verifier(names), show))
    server.serve_forever()
