"""An operation that somebody else changes while its signature stands open: the screen says what; nothing is signed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cli.council import PASSPHRASE, Council, carried, signed
from tests.terminal.conftest import open_terminal
from tests.tui.tty import Tty
from verifier.model.life import Status

APPROVAL = "lane-0-1-seat-4.approval"


def approve(council: Council) -> None:
    council["gus"].must("submit", *signed(council, "bob"))
    carried(council, "bob").unlink()


def veto(council: Council) -> None:
    council["gus"].must("veto", "0")


def recount(council: Council) -> None:
    """A guardian takes a member out: who counts is counted anew."""
    council["gus"].must("suspend", "3")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (approve, "Seat 1 approved it."),
        (veto, "It is VETOED, and was PROPOSED."),
        (recount, "Members, tiers or policy have changed."),
    ],
)
def test_sign__changed_by_another_one_meanwhile__says_what_and_starts_again(
    council: Council, change: Callable[[Council], None], said: str
) -> None:
    eve = council["eve"]
    with open_terminal(eve, "open", "--key", str(eve.key)) as tty:
        tty.wait_for("Complete: proven.")
        tty.wait_for("1. no data", since=tty.press("\r"))
        tty.wait_for("A device on which you sign", since=tty.press("a"))
        change(council)
        place = tty.press("\x1b[C")
        tty.press("\r")
        tty.wait_for("Something changed since you read it, so nothing is signed now", since=place)
        tty.wait_for(said, since=place)
        assert "Passphrase" not in tty.text(place)
        # Yes is not to be had from here any more.
        tty.press("\x1b[C\r")
        tty.rest()
        assert "Passphrase" not in tty.text(place)
        assert APPROVAL not in eve.files
        _leave(council, tty)
    assert (4 in council.lane(0)[1].approvals) is False


def _leave(council: Council, tty: Tty) -> None:
    """Go back to the operation, which was read anew; sign that, where it can be signed still."""
    eve = council["eve"]
    tty.wait_for("Calls", since=tty.press("\x1b"))
    if council.status(0) is Status.PROPOSED:
        tty.wait_for("A device on which you sign", since=tty.press("a"))
        tty.press("\x1b[C")
        tty.wait_for("Passphrase of the key file", since=tty.press("\r"))
        tty.wait_for(f"Signed: {APPROVAL}", since=tty.press(f"{PASSPHRASE}\r"))
        (eve.home.path / APPROVAL).unlink()
    tty.press("q")
    assert tty.end() == 0
