"""`fourth-signer guard` as whoever runs it meets it: a real chain, a real process, and a kill at every step."""

from __future__ import annotations

import os
import re
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.anvil import Anvil
from tests.cli.liars import Request, Response
from tests.guard.command import PASSPHRASE, PATIENCE, Post, posted
from tests.stage import Stage
from verifier.model.life import Status


@pytest.fixture
def post(node: Anvil, founded: Stage, tmp_path: Path) -> Iterator[Post]:
    with node.isolate(), posted(node, founded, tmp_path) as post:
        yield post


def test_guard__a_rule_holds__told_vetoed_told_and_it_stops_when_told_to(post: Post) -> None:
    operation = post.big()
    with post.running() as guard:
        post.wait_for(guard, lambda: post.told("guard-vetoed"))
        assert post.stage.status(operation) is Status.VETOED
        limits = Path(f"/proc/{guard.pid}/limits").read_text()
        assert re.search(r"Max core file size +0 +0 ", limits)
        # Nobody but root reads the memory of what opens the key: its files are root's.
        assert Path(f"/proc/{guard.pid}/environ").stat().st_uid == 0
        second = post.home.run("guard", "--config", "guard.toml")
        assert second.code == 102
        guard.send_signal(signal.SIGTERM)
        assert guard.wait(PATIENCE) == 0

    (will,) = post.told("guard-will-veto")
    assert "by the rule big" in will["happening"]["sentence"]
    assert len(post.sent()) == 1
    assert PASSPHRASE not in post.logs()
    audit = post.home.call("audit", "verify", "--store", "guard.sqlite3")
    assert audit.code == 0, audit
    status = post.call("status", "--json")
    assert [each["stage"] for each in status.record["intents"]] == ["done"]


def before_sending(post: Post, reached: threading.Event, go_on: threading.Event) -> None:
    """Hold a transaction back before any node hears of it."""

    def hold(method: str) -> None:
        if method == "eth_sendRawTransaction":
            reached.set()
            go_on.wait()
            # It comes to no node, now that whoever sent it is dead.
            raise ConnectionResetError

    for endpoint in post.endpoints:
        endpoint.before = hold


def before_the_receipt(post: Post, reached: threading.Event, go_on: threading.Event) -> None:
    """Let the node have the transaction, and the guard no answer."""

    def hold(request: Request, response: Response) -> Response:
        if request["method"] == "eth_sendRawTransaction":
            reached.set()
            go_on.wait()
        return response

    for endpoint in post.endpoints:
        endpoint.edit(hold)


Moment = Callable[[Post, threading.Event, threading.Event], None]


@pytest.mark.parametrize("moment", [before_sending, before_the_receipt])
def test_guard__killed_in_the_middle__exactly_one_veto(post: Post, moment: Moment) -> None:
    operation = post.big()
    reached, go_on = threading.Event(), threading.Event()
    moment(post, reached, go_on)
    try:
        with post.running() as guard:
            assert reached.wait(PATIENCE)
            os.kill(guard.pid, signal.SIGKILL)
            guard.wait()
    finally:
        for endpoint in post.endpoints:
            endpoint.heal()
            endpoint.before = lambda _method: None
        go_on.set()
    assert len(post.sent()) == (1 if moment is before_the_receipt else 0)

    with post.running() as guard:
        post.wait_for(guard, lambda: post.told("guard-vetoed"))

    assert post.stage.status(operation) is Status.VETOED
    assert len(post.sent()) == 1
    assert len({each["happening"]["key"] for each in post.told("guard-will-veto")}) == 1
