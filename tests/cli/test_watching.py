"""`fourth-signer watch` as whoever runs it meets it: a real chain, a real store, signals, acknowledgements."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.alerts.outbox import open_store
from tests.alerts.receivers import Receiver, receiver
from tests.cli.conftest import Scene
from tests.cli.program import COMMAND, Home
from tests.cli.watchers import SECRET, call, set_up_watcher, spoil

PATIENCE = 300.0


@pytest.fixture
def hook() -> Iterator[Receiver]:
    with receiver() as held:
        yield held


@pytest.fixture
def watcher(settled: Home, home: Home, hook: Receiver) -> Home:
    return set_up_watcher(home, settled, hook.url)


@contextmanager
def running(home: Home) -> Iterator[subprocess.Popen[bytes]]:
    """Run a watcher until the end; what it logs goes to a file."""
    with (home.path / "log.jsonl").open("ab") as log:
        process = subprocess.Popen(
            [*COMMAND, "watch", "--config", "watch.toml"],
            env=home.environment,
            cwd=home.path,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
        )
    try:
        yield process
    except AssertionError as failure:
        failure.add_note((home.path / "log.jsonl").read_text()[-4_000:])
        raise
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def wait_for(process: subprocess.Popen[bytes], is_so: Callable[[], Any]) -> Any:
    until = time.monotonic() + PATIENCE
    while not (found := is_so()):
        assert process.poll() is None, "it ended"
        assert time.monotonic() < until, "it took too long"
        time.sleep(0.1)
    return found


def events(home: Home) -> list[Any]:
    path = home.path / "alerts.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def logs(home: Home) -> list[Any]:
    """Return what it logged. What the terminal channel prints stands among it."""
    lines = (home.path / "log.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def status(home: Home) -> Any:
    ran = call(home, "status", "--json")
    assert ran.code == 0, ran
    return ran.record


def kinds(home: Home) -> set[str]:
    return {event["unmapped"]["kind"] for event in events(home) if event["class_uid"] == 2004}


def test_watch__a_theft_waits__it_is_told_acknowledged_and_nothing_is_lost_by_reload_and_stop(
    watcher: Home, scene: Scene, hook: Receiver
) -> None:
    with running(watcher) as process:
        wait_for(process, lambda: "operation-queued" in kinds(watcher))
        # The day's first things are said at once.
        wait_for(process, lambda: any(event["class_uid"] == 0 for event in events(watcher)))
        wait_for(process, lambda: "synthetic" in kinds(watcher))

        said = wait_for(process, lambda: (found := status(watcher))["is_answering"] and found)
        assert said["is_well"] is True
        assert said["chains"]["31337"]["block"] is not None
        theft = "0x" + bytes(scene.stage.id_of(scene.theft)).hex()
        (waiting,) = [
            each
            for each in said["waiting"]
            if each["happening"]["operation"] == theft and each["happening"]["kind"] == "operation-queued"
        ]
        number = waiting["number"]

        first = call(watcher, "ack", str(number), "--as", "Ann <b>")
        assert first.code == 0, first
        assert first.out.startswith(f"Ann <b> knows of number {number}, ")
        again = call(watcher, "ack", str(number), "--as", "Bob")
        assert again.code == 0
        assert again.out.startswith(f"Ann <b> acknowledged number {number} before")
        assert number not in [each["number"] for each in status(watcher)["waiting"]]

        second = watcher.run("watch", "--config", "watch.toml")
        assert second.code == 102, second
        assert "is in use by" in second.err

        spoil(watcher, 'least = "danger"', 'leest = "danger"')
        process.send_signal(signal.SIGHUP)
        wait_for(
            process, lambda: [line for line in logs(watcher) if "nothing is reloaded" in line["message"]]
        )
        spoil(watcher, 'leest = "danger"', 'least = "info"')
        with (watcher.path / "watch.toml").open("a") as file:
            file.write('\n[channels.more]\nkind = "lines"\npath = "more.jsonl"\n')
        process.send_signal(signal.SIGHUP)
        wait_for(process, lambda: [line for line in logs(watcher) if line["message"].startswith("reloaded")])
        assert "channels" in status(watcher)
        wait_for(process, lambda: "more" in status(watcher)["channels"])

        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0

    assert logs(watcher)[-1]["message"] == "stopped"
    keys = [event["metadata"]["uid"] for event in events(watcher)]
    assert len(keys) == len(set(keys))
    assert any(request.body == b"" for request in hook.requests), "a life sign"
    written = (watcher.path / "log.jsonl").read_text() + (watcher.path / "alerts.jsonl").read_text()
    assert "token-of-this-test" not in written
    assert SECRET not in written
    page = call(watcher, "status")
    assert page.code == 0
    assert page.out.startswith("The watcher does not answer; this is what its store says.")
    assert max(map(len, page.out.splitlines())) <= 80


def test_watch__killed_and_started_again__the_switch_misses_it_and_nothing_is_told_again(
    watcher: Home, scene: Scene, hook: Receiver
) -> None:
    def signs() -> int:
        return sum(request.body == b"" for request in hook.requests)

    with running(watcher) as process:
        wait_for(process, lambda: "operation-queued" in kinds(watcher))
        wait_for(process, lambda: status(watcher)["is_answering"] and status(watcher)["pending"] == 0)
        wait_for(process, lambda: signs() > 2)
        process.kill()
        process.wait()
    # It sent one each second: a switch that waits for three has rung by now.
    before = signs()
    time.sleep(3)
    assert signs() == before

    with running(watcher) as process:
        wait_for(process, lambda: signs() > before)
        wait_for(process, lambda: status(watcher)["is_answering"] and status(watcher)["pending"] == 0)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0

    keys = [event["metadata"]["uid"] for event in events(watcher)]
    assert len(keys) == len(set(keys))


def test_watch__systemd_started_it__it_says_when_it_is_up_lives_and_stops(watcher: Home) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(watcher.path / "notify"))
        systemd.settimeout(PATIENCE)
        variables = {"NOTIFY_SOCKET": str(watcher.path / "notify"), "WATCHDOG_USEC": "200000"}
        heard: list[str] = []
        with running(replace(watcher, variables=variables)) as process:
            while heard.count("WATCHDOG=1") < 3 or "READY=1" not in heard:
                heard.append(systemd.recv(200).decode())
            process.send_signal(signal.SIGHUP)
            while not heard[-1].startswith("RELOADING=1\nMONOTONIC_USEC="):
                heard.append(systemd.recv(200).decode())
            while heard[-1] != "READY=1":
                heard.append(systemd.recv(200).decode())
            process.send_signal(signal.SIGTERM)
            while heard[-1] != "STOPPING=1":
                heard.append(systemd.recv(200).decode())
            assert process.wait(PATIENCE) == 0


def test_ack__a_number_that_nothing_has__107_and_where_to_look(watcher: Home) -> None:
    open_store(watcher.path).close()

    ran = call(watcher, "ack", "999999")
    assert ran.code == 107
    assert "watch status" in ran.sentence


def test_ack__no_store_yet__it_says_so_and_makes_none(watcher: Home) -> None:
    ran = call(watcher, "ack", "1")

    assert ran.code == 105
    assert "watch.sqlite3" in ran.sentence
    assert not (watcher.path / "watch.sqlite3").exists()


def test_watch__the_port_is_taken__it_says_so_and_leaves(watcher: Home, hook: Receiver) -> None:
    text = (watcher.path / "watch.toml").read_text()
    line = next(each for each in text.splitlines() if each.startswith("listen"))
    spoil(watcher, line, f'listen = "127.0.0.1:{hook.port}"')

    ran = watcher.run("watch", "--config", "watch.toml")

    assert ran.code == 112
    assert "choose another `listen`" in ran.err
    assert os.fspath(Path(watcher.path)) in ran.err or "watch.toml" in ran.err
