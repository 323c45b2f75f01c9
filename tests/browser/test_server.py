"""How `fourth-signer serve` begins and ends: one sentence where it cannot, and nothing is left running."""

from __future__ import annotations

import signal
import socket
import threading
import time
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from tests.browser.serving import is_alive, serve_screens
from tests.browser.sockets import open_socket, read_until
from tests.cli.conftest import Scene
from tests.cli.liars import hangs, serve
from tests.cli.program import Home


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_server__ended_while_windows_are_open__ends_their_screens(
    settled: Home, number: signal.Signals
) -> None:
    with serve_screens(settled) as served, open_socket(served) as first, open_socket(served) as second:
        for opened in (first, second):
            read_until(opened, b"Complete: proven.")
        children = served.wait_for_children(2)
        assert served.end(number) == (0, "")
        assert [child for child in children if is_alive(child)] == []


def test_server__ended_while_the_node_answers_nothing__does_not_wait_for_it(
    settled: Home, scene: Scene
) -> None:
    until, reached = threading.Event(), threading.Event()
    with serve(hangs(until, reached)) as url:
        try:
            with serve_screens(settled, "--rpc", url) as served, open_socket(served) as opened:
                read_until(opened, b"asking")
                assert reached.wait(300)
                (child,) = served.wait_for_children(1)
                begun = time.monotonic()
                assert served.end() == (0, "")
                # It would ask that node for longer, again and again.
                assert time.monotonic() - begun < 40
                assert not is_alive(child)
        finally:
            until.set()


def test_server__killed__its_screens_end_by_themselves(settled: Home) -> None:
    with serve_screens(settled) as served, open_socket(served) as opened:
        read_until(opened, b"Complete: proven.")
        (child,) = served.wait_for_children(1)
        assert served.end(signal.SIGKILL)[0] == -signal.SIGKILL
        until = time.monotonic() + 300
        while is_alive(child):
            assert time.monotonic() < until, "it goes on without anybody to show anything to"
            time.sleep(0.1)


def test_vault__that_no_window_can_open_any_more__is_said_where_the_server_runs(
    settled: Home, tmp_path: Path
) -> None:
    home = Home(path=tmp_path)
    home.config.parent.mkdir(parents=True)
    home.config.write_text(settled.config.read_text())
    with serve_screens(home) as served:
        home.config.unlink()
        with open_socket(served) as opened, pytest.raises(ConnectionClosed):  # noqa: PT012 - whatever comes before
            while True:
                opened.recv(timeout=300)
        code, errors = served.end()
    assert code == 0
    assert errors.startswith("fourth-signer: A window's screens ended. There is no configuration at ")
    assert errors.count("\n") == 1


def test_port__taken__one_sentence(settled: Home) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = settled.run("serve", "--port", str(port))
    assert refused.code == 35
    assert refused.sentence == (
        f"The port {port} of this machine is taken already, so nothing is shown in a browser. Give another one with "
        "--port; 0 takes any."
    )


def test_port__that_is_none__one_sentence(settled: Home) -> None:
    refused = settled.run("serve", "--port", "70000")
    assert (refused.code, refused.sentence.split(",")[0]) == (35, "70000 is no port")
    assert settled.run("serve", "--port", "-1").code == 2


def test_extra__not_installed__says_how_to_install_it(settled: Home, tmp_path: Path) -> None:
    missing = tmp_path / "textual_serve"
    missing.mkdir()
    (missing / "__init__.py").write_text("raise ModuleNotFoundError(name='textual_serve')\n")
    path = f"{tmp_path}:{settled.environment['PYTHONPATH']}"
    refused = Home(path=settled.path, variables={"PYTHONPATH": path}).run("serve", "--port", "0")
    assert refused.code == 35
    assert "`pip install 'fourth-signer[serve]'`" in refused.sentence


def test_configuration__missing__one_sentence(home: Home) -> None:
    refused = home.run("serve", "--port", "0")
    assert refused.code == 30
    assert refused.sentence.startswith("There is no configuration at ")


@pytest.mark.parametrize("argument", ["--key", "--passphrase-file"])
def test_key__is_refused_in_one_sentence(settled: Home, argument: str) -> None:
    refused = settled.run("serve", "--port", "0", argument, "key.json")
    assert refused.code == 2
    assert refused.sentence.startswith("`serve` only shows, and takes no key")
