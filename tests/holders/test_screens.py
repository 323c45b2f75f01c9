"""A holder's person at the holder's screens: they read, answer, are told what changed, and keep nobody else waiting."""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.holders.company import PASSPHRASE, Company, rules
from tests.holders.test_member import PAYROLL, RULES, THIEF, Seated, _forget, seated
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


def type_danger(screen: Screen, text: str) -> None:
    """Type into the field of a danger, and go back to the answers, of which the first is No."""
    screen.wait_for("esc No, back  1 Holder")
    screen.press("Right")
    # While one types, digits lead nowhere else.
    screen.wait_until(lambda shown: "1 Holder" not in shown)
    screen.press(*text)
    screen.wait_for(f" {text}\n")
    screen.press("Enter")
    screen.wait_for("esc No, back  1 Holder")


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
        screen.wait_for("Asked", "Sends 0.500000000000000000 ETH", "leave ROUTINE to a person")
        screen.press("Enter")
        screen.wait_for("Question 1: the group's approval of lane 0", "Lane 0.1", "ONE FACTOR ONLY")
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


def test_questions__two_at_once__one_declined_and_one_over_while_it_is_read(
    screen: Screen, company: Company, seated: Seated, tmp_path: Path
) -> None:
    stage = seated.stage
    with seated.chain.isolate():
        payments = [stage.operation("ann", [call(to=PAYROLL, value=ETHER // 2 + i)], nth=i) for i in (0, 1)]
        for payment in payments:
            stage.must(stage.propose("ann", payment))
        sit(screen, company, columns=80, rows=24)
        company.join(2)
        signings = []
        for i, payment in enumerate(payments):
            path = str(tmp_path / f"{i}.approval")
            signings.append(company.convene("sign", str(company.desk), str(payment[1]), "--output", path))
            # Nobody is kept waiting by a question that is open: the second holder answers by its rules.
            signings[i].wait_for("Holder 2 (Bob) answered: commitment")
            screen.wait_for(f"{i + 1} QUESTION")
            if i == 0:
                # Called off, of which nobody tells the holders.
                signings[i].kill()
        screen.press("2")
        screen.wait_for("1  The group's approval of lane 0", "2  The group's approval of lane 1")
        screen.press("Down", "Enter")
        screen.wait_for("Question 2:", "Lane 1.1", "ONE FACTOR ONLY")
        screen.press("d")
        screen.wait_for("Decline question 2?")
        screen.press("Right", "Enter")
        signings[1].wait_for('Holder 1 (Ann) is left out: it declined: "the holder\'s person said no"')
        signings[1].kill()
        screen.wait_for("1 QUESTION FOR YOU", "No answer is given before you give one")
        screen.press("Enter")
        screen.wait_for("Question 1:", "Lane 0.1")
        # The third holder comes, and the same is signed without this one.
        company.join(3)
        company.must("sign", str(company.desk), str(payments[0][1]), "--output", str(tmp_path / "made"))
        shown = screen.wait_for(
            "OVER: nobody waits for the answer any more: the same is asked anew", "Lane 0.1"
        )
        assert "FOR YOU" not in shown
        screen.press("s")
        screen.wait_for_notice("Sign for the group: nobody waits for the answer")
        # Called off by whoever asks, it is over at once. Without this holder nobody can sign.
        company.leave(3)
        asked = company.convene(
            "sign", str(company.desk), str(payments[1][1]), "--output", str(tmp_path / "no")
        )
        screen.wait_for("1 QUESTION FOR YOU")
        asked.process.send_signal(signal.SIGINT)
        screen.wait_for_notice("nobody waits for the answer any more: its coordinator called it off")
        assert asked.wait() == 130, asked.text
        screen.press("C-c")
        screen.wait_for("Stop being a holder?")
        screen.press("Right", "Enter")
        assert screen.wait_for_end() == 0


def test_sign__danger_and_vetoed_while_it_is_read__typed_first_and_then_shown_anew(
    screen: Screen, company: Company, seated: Seated, tmp_path: Path
) -> None:
    stage = seated.stage
    with seated.chain.isolate():
        theft = stage.operation("ann", [call(to=THIEF, data=b"\xde\xad\xbe\xef")])
        stage.must(stage.propose("ann", theft))
        sit(screen, company)
        path = tmp_path / "none"
        signing = company.convene("sign", str(company.desk), str(theft[1]), "--output", str(path))
        screen.wait_for("1 QUESTION FOR YOU", "heard")
        screen.press("2", "Enter")
        screen.wait_for("Question 1:", "PROPOSED", "DANGER")
        screen.press("s")
        screen.wait_for("No, answer nothing", "digest", "Type the last 8 digits")
        # Something else is typed. Yes is out of reach then: what is entered next is No.
        type_danger(screen, "12345678")
        screen.press("Enter")
        screen.wait_until(lambda shown: "No, answer nothing" not in shown)
        screen.press("s")
        screen.wait_for("No, answer nothing", "digest", "Type the last 8 digits")
        type_danger(screen, "bad0bad0")
        stage.must(stage.send("cid", "veto", theft[1], stage.id_of(theft)))
        screen.press("Right", "Enter")
        screen.wait_for("CHANGED, read it again: It is VETOED, and was PROPOSED.", "VETOED, final")
        assert "answered" not in signing.text
        screen.press("d")
        screen.wait_for("Decline question 1?")
        screen.press("Right", "Enter")
        signing.wait_for('it declined: "the holder\'s person said no"')
        signing.end()
        # Whoever ends it finds the terminal as it was.
        screen.send_signal(15)
        assert screen.wait_for_end() == 0


def test_join__warned_at_the_start__stands_on_the_screens_that_cover_it(
    screen: Screen, company: Company
) -> None:
    chair = company.chairs[0]
    following = chair.folder / "next.toml"
    company.must("reshare", str(company.desk), "--threshold", "3")
    shutil.move(company.desk / "next.toml", following)
    with (chair.folder / "records.jsonl").open("a") as records:
        records.write('{"half":')
    try:
        sit(screen, company, columns=140, rows=50)
        shown = screen.wait_for(
            "SAID WHEN IT WAS STARTED", "There is a file here of the group as it is to be"
        )
        assert "cut off" in " ".join(shown.split()), shown
    finally:
        following.unlink(missing_ok=True)
