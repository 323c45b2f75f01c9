"""Signed webhooks, as a receiver of theirs sees them: with the receiver of the documentation."""

from __future__ import annotations

import hashlib
import hmac
import importlib.util
import json
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.alerts.outbox import PATIENCE
from tests.alerts.receivers import Manner, Receiver
from tests.alerts.samples import NOW, delivery
from verifier.alerts.http import Mailbox
from verifier.alerts.webhook import KEY, SIGNATURE, TIMESTAMP, Webhook
from verifier.errors.watching import DeliveryFailed
from verifier.model.credential import Credential
from verifier.model.text import Shown
from verifier.model.units import Timestamp

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "watch" / "verify_webhook.py"
SECRET = "a secret of at least sixteen bytes"


def example() -> Any:
    spec = importlib.util.spec_from_file_location("verify_webhook", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class StillClock:
    def __init__(self, now: int = NOW) -> None:
        self.moment = now

    def now(self) -> Timestamp:
        return Timestamp(self.moment)


def webhook(
    receiving: Receiver, *secrets: str, clock: StillClock | None = None, seconds: float = PATIENCE
) -> Webhook:
    mailbox = Mailbox(channel="ops", url=Credential(receiving.url), most_seconds=seconds)
    named = [Credential(secret) for secret in secrets or (SECRET,)]
    return Webhook(mailbox, named, clock=clock or StillClock())


def verifier(*secrets: str, now: int = NOW) -> Any:
    return example().Verifier(list(secrets or (SECRET,)), now=lambda: now)


def test_deliver__a_receiver_with_the_secret__it_believes_the_message(receiving: Receiver) -> None:
    assert webhook(receiving).deliver(delivery()) == "HTTP 204"

    (request,) = receiving.requests
    record = verifier().verify(request.headers, request.body)
    assert record["parcel"] == "alert"
    assert record["number"] == 17
    assert record["happening"]["kind"] == "operation-queued"
    assert record["happening"]["severity"] == "warning"
    assert record["happening"]["ready_at"] == NOW + 172_800


def test_deliver__by_hand__the_signature_is_over_timestamp_and_body(receiving: Receiver) -> None:
    webhook(receiving).deliver(delivery())

    (request,) = receiving.requests
    message = b"v1:%d:" % NOW + request.body
    right = hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()
    assert request.headers[SIGNATURE] == f"v1={right}"
    assert request.headers[TIMESTAMP] == str(NOW)
    assert request.headers[KEY] == delivery().key == json.loads(request.body)["key"]


@pytest.mark.parametrize(
    ("what", "value"),
    [
        ("body", b"{}"),
        (TIMESTAMP, str(NOW + 1)),
        (SIGNATURE, "v1=" + "0" * 64),
        (SIGNATURE, ""),
        (TIMESTAMP, "x"),
    ],
)
def test_verify__something_was_changed_on_the_way__it_is_refused(
    receiving: Receiver, what: str, value: Any
) -> None:
    webhook(receiving).deliver(delivery())
    (request,) = receiving.requests
    headers = dict(request.headers)
    body = request.body
    if what == "body":
        body = value
    else:
        headers[what] = value

    with pytest.raises(Exception, match=r"signature|timestamp") as refused:
        verifier().verify(headers, body)
    assert type(refused.value).__name__ == "RefusedError"


def test_verify__another_secret__it_is_refused(receiving: Receiver) -> None:
    webhook(receiving, "the secret of somebody else").deliver(delivery())
    (request,) = receiving.requests

    with pytest.raises(Exception, match="no signature is ours"):
        verifier().verify(request.headers, request.body)


@pytest.mark.parametrize(("later", "is_believed"), [(0, True), (299, True), (301, False), (-301, False)])
def test_verify__a_message_of_another_time__only_the_window_is_believed(
    receiving: Receiver, later: int, is_believed: bool
) -> None:
    webhook(receiving).deliver(delivery())
    (request,) = receiving.requests
    judge = verifier(now=NOW + later)

    if is_believed:
        assert judge.verify(request.headers, request.body) is not None
    else:
        with pytest.raises(Exception, match="not from now"):
            judge.verify(request.headers, request.body)


def test_verify__the_same_message_again__it_is_not_acted_on_twice(receiving: Receiver) -> None:
    webhook(receiving).deliver(delivery())
    (request,) = receiving.requests
    judge = verifier()

    record = judge.verify(request.headers, request.body)
    assert record is not None
    judge.done(record)
    assert judge.verify(request.headers, request.body) is None


def test_verify__another_attempt_an_hour_later__it_is_signed_anew_and_known_by_its_key(
    receiving: Receiver,
) -> None:
    clock = StillClock()
    channel = webhook(receiving, clock=clock)
    channel.deliver(delivery())
    clock.moment += 3_600
    channel.deliver(delivery(attempts=1))
    first, second = receiving.requests

    judge = verifier()
    judge.done(judge.verify(first.headers, first.body))
    judge._now = lambda: NOW + 3_600
    assert judge.verify(second.headers, second.body) is None
    assert first.headers[SIGNATURE] != second.headers[SIGNATURE]


def test_deliver__a_secret_is_being_changed__receivers_with_either_believe_it(receiving: Receiver) -> None:
    webhook(receiving, "the old secret, 16 bytes", "the new secret, 16 bytes").deliver(delivery())
    (request,) = receiving.requests

    assert verifier("the old secret, 16 bytes").verify(request.headers, request.body)
    assert verifier("the new secret, 16 bytes").verify(request.headers, request.body)


def test_deliver__a_redirect__it_is_not_followed(receiving: Receiver) -> None:
    receiving.manner = Manner(status=307, headers={"Location": receiving.url})

    with pytest.raises(DeliveryFailed, match="redirects"):
        webhook(receiving).deliver(delivery())
    assert len(receiving.requests) == 1


@pytest.mark.parametrize(
    ("headers", "wish"),
    [({"Retry-After": "7"}, 7.0), ({}, 60.0), ({"Retry-After": "soon"}, 60.0), ({"Retry-After": "-1"}, 60.0)],
)
def test_deliver__too_many_requests__the_receivers_wish_is_carried(
    receiving: Receiver, headers: dict[str, str], wish: float
) -> None:
    receiving.manner = Manner(status=429, headers=headers)

    with pytest.raises(DeliveryFailed) as failed:
        webhook(receiving).deliver(delivery())
    assert failed.value.retry_after == wish


def test_deliver__a_silent_receiver__it_fails_in_time_and_names_no_secret(receiving: Receiver) -> None:
    given_up = threading.Event()
    receiving.manner = Manner(until=given_up)

    try:
        with pytest.raises(DeliveryFailed) as failed:
            webhook(receiving, seconds=0.2).deliver(delivery())
    finally:
        given_up.set()
    said = failed.value.sentence()
    assert "did not answer in time" in said
    assert "127.0.0.1" in said
    assert "token-of-this-test" not in said


def test_deliver__an_endless_answer__it_is_not_read(receiving: Receiver) -> None:
    receiving.manner = Manner(status=200, headers={"Content-Length": str(1 << 40)}, body=b"x" * 65_536)

    assert webhook(receiving).deliver(delivery()) == "HTTP 200"


def test_deliver__nobody_there__it_fails_and_names_no_secret(receiving: Receiver) -> None:
    mailbox = Mailbox(channel="ops", url=Credential("http://127.0.0.1:1/token-of-this-test"))

    with pytest.raises(DeliveryFailed) as failed:
        Webhook(mailbox, [Credential(SECRET)], clock=StillClock()).deliver(delivery())
    assert "cannot be reached" in failed.value.sentence()
    chain = [failed.value, failed.value.__cause__]
    assert not any("token-of-this-test" in repr(each) for each in chain)


def test_deliver__a_huge_happening__the_message_stays_small_and_whole(receiving: Receiver) -> None:
    lines = tuple(Shown("x" * 5_000) for _ in range(60))

    webhook(receiving).deliver(delivery(lines=lines))

    (request,) = receiving.requests
    assert len(request.body) <= 64 * 1024
    record = verifier().verify(request.headers, request.body)
    assert record["is_cut"] is True
    assert record["happening"]["sentence"]


def test_repr__a_webhook_and_its_parts__no_secret_is_in_it(receiving: Receiver) -> None:
    channel = webhook(receiving)

    shown = f"{channel!r} {vars(channel)!r} {channel._mailbox!r} {Credential(SECRET)} {Credential(SECRET)!r}"
    assert SECRET not in shown
    assert "token-of-this-test" not in shown
