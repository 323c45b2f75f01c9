"""Apprise, through its own json:// to a real server; and names on the chain that would like to be markup."""

from __future__ import annotations

import json
import logging
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.alerts.receivers import Manner, Receiver
from tests.alerts.samples import NAMES, delivery
from verifier.alerts.chat import Chat, ChatUnusableError
from verifier.alerts.escaping import defang
from verifier.alerts.wording import Reader
from verifier.errors.watching import DeliveryFailed
from verifier.model.credential import Credential
from verifier.model.finding import Severity
from verifier.model.text import Shown, sanitise

READER = Reader(zone="UTC", names=NAMES)
HOSTILE = (
    '<a href="https://evil.example">approve</a>',
    "<script>alert(1)</script>",
    "[click](https://evil.example/approve)",
    "<https://evil.example|the vault>",
    "@everyone @here <!channel> <@U024BE7LH>",
    "**bold** __under__ ~~gone~~ ||spoiler|| `code`",
    "# headline",
    "> quoted",
    "evil.example",
    "USDC\n- nothing to see\n1. sign it",
    "\u202egnihsihp \u200b\u0441",
    "\x1b[31m red",
    "\\u{3c}b> {{ template }} ${NAME} %s {0}",
    ":fire:",
)


def chat(receiving: Receiver, **changes: bool) -> Chat:
    url = f"json://user:secret-of-this-test@127.0.0.1:{receiving.port}/token-of-this-test"
    return Chat("ops", Credential(url), READER, **changes)


def test_deliver__an_alert__the_service_has_subject_lines_and_how_grave_it_is(receiving: Receiver) -> None:
    assert chat(receiving).deliver(delivery(severity=Severity.DANGER)) == "taken"

    (request,) = receiving.requests
    message = json.loads(request.body)
    assert message["title"].startswith("DANGER: treasury: An operation has its quorum")
    assert "Executable from Wed 2026-12-02 00:53:20 UTC" in message["message"]
    assert "'fourth-signer watch ack 17'" in message["message"]
    assert message["type"] == "failure"


@pytest.mark.parametrize("form", ["text", "html", "markdown"])
def test_deliver__a_service_of_any_format__names_stay_text_there(receiving: Receiver, form: str) -> None:
    url = f"json://127.0.0.1:{receiving.port}/?format={form}"
    sentence = Shown(f"It sends 5 {'; '.join(sanitise(name) for name in HOSTILE)} to somebody.")

    Chat("ops", Credential(url), READER).deliver(delivery(sentence=sentence))

    message = json.loads(receiving.requests[0].body)["message"]
    assert set(re.findall(r"<[^>]*>", message)) <= ({"<br/>"} if form == "html" else set())
    assert not re.search(r"(?<!\\)[\[\]*_~`]|://|@everyone|evil\.example", message)


@pytest.mark.parametrize("name", HOSTILE)
def test_deliver__a_token_with_a_hostile_name__no_service_finds_markup_or_a_link_in_it(
    receiving: Receiver, name: str
) -> None:
    sentence = Shown(f"It sends 5 {sanitise(name)} to somebody.")

    chat(receiving).deliver(delivery(sentence=sentence))

    message = json.loads(receiving.requests[0].body)
    for text in (message["title"], message["message"]):
        assert not re.search(r"[<>\[\]*_@#|~`]", text)
        assert "://" not in text
        assert "evil.example" not in text
        assert text.isascii()
    for line in message["message"].splitlines():
        assert not re.match(r"[-+=>#]|[0-9]+[.)]", line)


def test_defang__two_different_names__they_stay_different() -> None:
    assert defang(Shown("a<b")) == "a\\u{3c}b"
    assert defang(Shown("see evil.example, version 1.5.")) == "see evil(.)example, version 1.5."
    assert defang(Shown("run `fourth-signer show 12 --vault my_vault`.")) == (
        "run 'fourth-signer show 12 --vault my_vault'."
    )


@given(st.text(max_size=300))
def test_defang__any_text__it_is_plain_and_stays_so(text: str) -> None:
    plain = defang(sanitise(text, most=300))

    assert not re.search(r"[<>\[\]*@#|~`]|://", plain)
    assert all(" " <= letter <= "~" for letter in plain)


def test_deliver__too_many_requests__it_is_left_alone_for_a_minute(receiving: Receiver) -> None:
    receiving.manner = Manner(status=429)

    with pytest.raises(DeliveryFailed) as failed:
        chat(receiving).deliver(delivery())
    assert failed.value.retry_after == 60
    assert failed.value.sentence() == "The channel ops did not take a message: it answered 429."


def test_deliver__a_redirect__it_is_not_followed(receiving: Receiver) -> None:
    receiving.manner = Manner(status=307, headers={"Location": f"{receiving.url}/elsewhere"})
    url = f"json://127.0.0.1:{receiving.port}/?redirect=yes"

    with pytest.raises(DeliveryFailed, match="307"):
        Chat("ops", Credential(url), READER).deliver(delivery())
    assert len(receiving.requests) == 1


def test_deliver__a_failure__no_secret_is_in_what_is_said_or_logged(
    receiving: Receiver, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    receiving.manner = Manner(status=500)
    channel = chat(receiving)
    caplog.set_level(logging.DEBUG, logger="fourth_signer")

    with pytest.raises(DeliveryFailed) as failed:
        channel.deliver(delivery())
    written = capfd.readouterr()
    said = f"{failed.value} {failed.value!r} {channel!r} {vars(channel)!r} {caplog.text} {written.out} {written.err}"
    assert "secret-of-this-test" not in said
    assert "token-of-this-test" not in said


def test_open__an_address_that_apprise_does_not_know__it_is_refused_without_naming_it() -> None:
    with pytest.raises(ChatUnusableError) as refused:
        Chat("ops", Credential("nonsense://token-of-this-test"), READER)
    assert "token-of-this-test" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "is_taken"),
    [
        ("json://hooks.example.com/x", False),
        ("jsons://hooks.example.com/x", True),
        ("json://localhost/x", True),
        ("json://[::1]/x", True),
        ("mmost://chat.example.com/abcdefghijklmnopqrstuvwx", False),
        ("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js", True),
    ],
)
def test_open__an_address__only_what_nobody_can_read_on_the_way_is_taken(url: str, is_taken: bool) -> None:
    if is_taken:
        Chat("ops", Credential(url), READER)
    else:
        with pytest.raises(ChatUnusableError, match="insecure = true"):
            Chat("ops", Credential(url), READER)
        Chat("ops", Credential(url), READER, may_be_open=True)
