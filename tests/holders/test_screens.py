"""A holder's person at the holder's screens: they read, answer, are told what changed, and keep nobody else waiting."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.holders.company import PASSPHRASE, Company, rules
from tests.holders.test_member import PAYROLL, RULES, Seated, _forget, seated
from tests.stage import ETHER, call
from tests.tmux.screen import Screen, open_screen
from verifier.store.approval_file import read_approval_file

__all__ = ["_forget", "seated"]


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    with open_screen(tmp_path) as opened:
        yield opened


@pytest.fixture
def company(seated: Seated) -> Iterator[Company]:
    """The group of the vault; its first holder asks for everything, and the others go by their rules."""
    company = seated.company
    rules(company.chairs[0], "version = 1\n")
    yield company
    company.end()
    rules(company.chairs[0], RULES)


def sit(screen: Screen, company: Company, *, columns: int = 120, rows: int = 40) -> None:
    """Let the first holder's person sit down at its screens, and open the share."""
    chair = company.chairs[0]
    opening = ("--one-factor", "passphrase", "--stretch", "14")
    command = [sys.executable, "-m", "verifier", "frost", "join", str(chair.folder), *opening]
    screen.start(command, chair.home.environment, folder=chair.home.path, columns=columns, rows=rows)
    screen.wait_for("Passphrase of the share of holder 1")
    screen.type(PASSPHRASE)
    screen.wait_for("ONE FACTOR ONLY: a passphrase", "https://127.0.0.1:")


def test_sign__left_to_a_person__read_whole_on_the_operation_screen_and_signed(
    screen: Screen, company: Company, seated: Seated, tmp_path: Path
) -> None:
    stage = seated.stage
    with seated.chain.isolate():
        payment = stage.operation("ann", [call(to=PAYROLL, value=ETHER // 2)])
        stage.must(stage.propose("ann", payment))
        sit(screen, company)
        company.join(2)
        path = tmp_path / "group.approval"
        signing = company.convene("sign", str(company.desk), str(payment[1]), "--output", str(path))
        screen.wait_for("1 QUESTION FOR YOU")
        screen.press("2")
        screen.wait_for("asked", "Sends 0.500000000000000000 ETH", "leave ROUTINE to a person")
        screen.press("Enter")
        screen.wait_for("Question 1: the group's `Approve` of lane 0", "Lane 0.1", "ONE FACTOR ONLY")
        screen.press("s")
        screen.wait_for("No, answer nothing", "digest")
        screen.press("Right", "Enter")
        screen.wait_for_notice("Answered yes: the holder's person said yes")
        signing.wait_for("is signed, by holder 1 (Ann), holder 2 (Bob)")
        assert signing.wait() == 0, signing.text
        assert read_approval_file(path).member == seated.group
        screen.press("1")
        screen.wait_for("done: the group's signature is made")
        screen.press("q")
        screen.wait_for("Stop being a holder?")
        screen.press("Right", "Enter")
        assert screen.wait_for_end() == 0
        assert "The holder has stopped" in screen.read()
