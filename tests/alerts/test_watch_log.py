"""What a watcher logs: one JSON object a line, in ASCII, and no credential whatever goes wrong."""

from __future__ import annotations

import io
import json
import logging
from dataclasses import replace
from pathlib import Path

from tests.alerts.test_watch_settings import SIGNERS
from verifier.cli.watch_log import JsonFormatter, secrets_of
from verifier.store.watch_configuration import read_watch_settings

FILE = """\
version = 1
configuration = "config.toml"
store = "postgresql://watch:password-of-this-test@db.example/watch"

[channels.ops]
kind = "webhook"
url = "https://hooks.example.com/services/token-of-this-test?key=query-of-this-test"
secret = "secret-of-this-test"

[heartbeat]
url = "https://beat.example.com/beat-of-this-test"
"""


def secrets(folder: Path) -> set[str]:
    (folder / "config.toml").write_text(SIGNERS.replace("one.example/key", "one.example/v3/key-of-this-test"))
    (folder / "watch.toml").write_text(FILE)
    return secrets_of(read_watch_settings(folder / "watch.toml", {}))


def logged(formatter: JsonFormatter, message: str, *arguments: object, fault: bool = False) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    logger = logging.getLogger("fourth_signer.test")
    logger.addHandler(handler)
    try:
        logger.error(message, *arguments, exc_info=fault)
    finally:
        logger.removeHandler(handler)
    return stream.getvalue()


def test_log__a_message__it_is_one_object_on_one_line() -> None:
    line = logged(JsonFormatter(), "two\nlines \x1b[31m %s", "\u202e")

    assert line.count("\n") == 1
    assert line.isascii()
    record = json.loads(line)
    assert record["message"] == "two\\u{a}lines \\u{1b}[31m \\u{202e}"
    assert (record["level"], record["logger"]) == ("error", "fourth_signer.test")


def test_log__whatever_is_quoted__no_credential_is_in_it(tmp_path: Path) -> None:
    known = secrets(tmp_path)
    formatter = JsonFormatter(known)

    for secret in ("token", "query", "secret", "beat", "password", "key"):
        line = logged(formatter, "it said: %s!", f"/x/{secret}-of-this-test?y")
        assert "of-this-test" not in line, secret
        assert "<credential>" in line


def test_log__a_fault__its_kind_and_place_are_told_and_not_its_words() -> None:
    line = ""
    try:
        int("token-of-this-test")
    except ValueError:
        line = logged(JsonFormatter(), "chain %d cannot be looked at", 1, fault=True)

    assert "token-of-this-test" not in line
    assert json.loads(line)["fault"].startswith("ValueError in test_log__a_fault")


def test_secrets__hosts_and_short_words__they_may_be_named(tmp_path: Path) -> None:
    known = secrets(tmp_path)

    assert not known & {"hooks.example.com", "beat.example.com", "one.example", "db.example", "v3", "watch"}
    settings = read_watch_settings(tmp_path / "watch.toml", {})
    assert secrets_of(replace(settings, heartbeat=None)) < known
