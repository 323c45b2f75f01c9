"""What a person is asked at a terminal: the answer is No unless they say otherwise, and dangers are typed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import PAYROLL
from tests.cli.council import PASSPHRASE, Council, meet
from tests.cli.test_terminal import Terminal
from tests.stage import ETHER
from verifier.model.life import Status

pytestmark = pytest.mark.skipif(shutil.which("tmux") is None, reason="tmux is not installed")


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Council]:
    """A vault with a payment in the first lane, and what hides something in the second one."""
    folder = tmp_path_factory.mktemp("council")
    with meet(folder) as found:
        payment, hidden = folder / "payment.json", folder / "hidden.json"
        pays = {"target": str(PAYROLL), "value": str(ETHER // 10)}
        dirty = "0xa9059cbb" + "00" * 11 + "01" + PAYROLL.hex() + f"{5:064x}"
        payment.write_text(json.dumps({"version": 1, "calls": [pays]}))
        hidden.write_text(json.dumps({"version": 1, "calls": [{"target": str(PAYROLL), "data": dirty}]}))
        found["ann"].must("propose", str(payment))
        refused, named = found["ann"].do("propose", str(hidden)), list[str]()
        while refused.code == 93:
            named += ["--i-read", refused.sentence.rsplit("--i-read ", 1)[1].rstrip(".")]
            refused = found["ann"].do("propose", str(hidden), *named)
        assert found.status(1) is Status.PROPOSED
        yield found


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    started = Terminal(tmp_path / "tmux")
    yield started
    started.end()


def begin(terminal: Terminal, council: Council, who: str, command: str) -> None:
    output = f" --output {made(council, who)}" if command.startswith("sign") else ""
    terminal.start(council[who].home, f"{command} --key {council[who].key}{output}", columns=100, rows=40)


def made(council: Council, who: str) -> Path:
    return council[who].home.path / "made.approval"


def answer(terminal: Terminal, text: str) -> None:
    for letter in text:
        terminal.press("Space" if letter == " " else letter)
    terminal.press("Enter")


def test_sign__yes_and_the_passphrase__signed_and_neither_shown(terminal: Terminal, council: Council) -> None:
    begin(terminal, council, "bob", "sign 0")
    screen = terminal.wait_for("Go on with signing your approval of lane 0? [y/N]")
    assert "digest" in screen
    assert "CALLS, FROM THE BYTES ALONE" in screen
    answer(terminal, "y")
    terminal.wait_for("Passphrase of the key file key.json:")
    answer(terminal, PASSPHRASE)
    screen = terminal.wait_for("code 0")
    assert "Approval of seat 1" in screen
    assert PASSPHRASE not in screen
    assert made(council, "bob").exists()


@pytest.mark.parametrize("typed", ["", "n", "sure"])
def test_sign__anything_but_yes__nothing(terminal: Terminal, council: Council, typed: str) -> None:
    begin(terminal, council, "cid", "sign 0")
    terminal.wait_for("[y/N]")
    answer(terminal, typed)
    terminal.wait_for("code 94")
    assert not made(council, "cid").exists()


def test_sign__danger_and_enter__nothing(terminal: Terminal, council: Council) -> None:
    begin(terminal, council, "cid", "sign 1")
    terminal.wait_for("To go on all the same, type")
    answer(terminal, "")
    terminal.wait_for("code 93")
    assert not made(council, "cid").exists()


def test_veto__enter__not_sent(terminal: Terminal, council: Council) -> None:
    begin(terminal, council, "eve", "veto 1")
    screen = terminal.wait_for("[y/N]")
    assert "Stops it for good" in screen
    answer(terminal, "")
    terminal.wait_for("code 94")
    assert council.status(1) is Status.PROPOSED


def test_approve__something_changes_while_it_is_read__not_sent(terminal: Terminal, council: Council) -> None:
    with council.chain.isolate():
        begin(terminal, council, "dot", "approve 0")
        screen = terminal.wait_for("Go on with `approve` of lane 0? [y/N]")
        assert "costs at most" in screen
        council["eve"].must("approve", "0")
        answer(terminal, "y")
        screen = terminal.wait_for("code 92")
        assert "Seat 4 approved it" in screen
        assert council.lane(0)[1].approvals == {4}


@pytest.mark.parametrize("prompt", ["[y/N]", "Passphrase of"])
def test_sign__interrupted_at_a_question__ends_and_the_terminal_echoes(
    terminal: Terminal, council: Council, prompt: str
) -> None:
    begin(terminal, council, "dot", "sign 0")
    terminal.wait_for("[y/N]")
    if prompt != "[y/N]":
        answer(terminal, "y")
        terminal.wait_for(prompt)
    terminal.press("C-c")
    terminal.wait_for("code 130")
    # What is typed now is seen again.
    answer(terminal, "visible")
    terminal.wait_for("visible")
    assert not made(council, "dot").exists()
