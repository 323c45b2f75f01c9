"""A signer's key in the terminal: a token that signs and sends, and what is said when a key goes away in the middle."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.cli.council import Council, Seat, signed
from tests.keys.soft_token import PIN, SoftToken
from tests.terminal.conftest import open_terminal, wait_for_words, words_of
from tests.tui.tty import Tty
from verifier.model.life import Status

APPROVAL = "lane-0-1-seat-4.approval"
STAND_IN = Path(__file__).parents[1] / "keys" / "stand_in.py"
# The program, with another process in the place of the one that speaks to a device.
PROGRAM = """
import sys
from pathlib import Path
from verifier.keys import device
device.CHILD = Path(sys.argv.pop(1))
from verifier.cli import main
sys.exit(main())
"""


def plug_in(token: SoftToken, seat: Seat) -> Tty:
    """Start the terminal with the key in the token."""
    uri = f"pkcs11:token=vault;object=alice?module-path={token.module}"
    return open_terminal(seat, "open", "--key", uri, SOFTHSM2_CONF=os.environ["SOFTHSM2_CONF"])


def go_to_sign(tty: Tty) -> None:
    """Lead from the queue to the question whether to sign, and to its answer Yes."""
    tty.wait_for("Complete: proven.")
    tty.wait_for("1. no data", since=tty.press("\r"))
    tty.wait_for("A device on which you sign", since=tty.press("a"))
    tty.press("\x1b[C")


def test_token__signs_and_sends_from_the_screens__up_to_the_execution(
    council: Council, token: SoftToken
) -> None:
    eve = council["eve"]
    with plug_in(token, eve) as tty:
        go_to_sign(tty)
        tty.wait_for("PIN", since=tty.press("\r"))
        tty.wait_for(f"Signed: {APPROVAL}", since=tty.press(f"{PIN}\r"))
        council["bob"].must("submit", *signed(council, "cid"), str(eve.home.path / APPROVAL))
        assert council.status(0) is Status.WAITING
        council.chain.set_time(council.lane(0)[1].moment)
        tty.wait_for("READY", since=tty.press("r"))
        tty.wait_for("Execute lane 0?", since=tty.press("x"))
        tty.press("\x1b[C")
        tty.wait_for("PIN", since=tty.press("\r"))
        place = tty.press(f"{PIN}\r")
        wait_for_words(tty, "The vault shows it at block", place)
        assert "Done in block" in words_of(tty, place)
        tty.press("q")
        assert tty.end() == 0
        assert PIN not in tty.text()
    assert council.status(0) is Status.EXECUTED


def test_token__unplugged__one_sentence_and_nothing_signed(council: Council, token: SoftToken) -> None:
    eve = council["eve"]
    with plug_in(token, eve) as tty:
        go_to_sign(tty)
        tty.wait_for("PIN", since=tty.press("\r"))
        # While it waits for the PIN; then once more, when it was gone beforehand.
        token.remove()
        require_refused(tty, eve, tty.press(f"{PIN}\r"), "cannot be reached")
        require_refused(tty, eve, tty.press("\r"), "no token of that name")
        tty.wait_for("SEGREGATED QUORUMS", since=tty.press("2"))
        tty.press("q")
        assert tty.end() == 0
        assert PIN not in tty.text()


@pytest.mark.parametrize("manner", ["unplugged", "refused", "else"])
def test_device__ends_or_refuses_in_the_middle__one_sentence_and_nothing_signed(
    council: Council, tmp_path: Path, manner: str
) -> None:
    eve, child = council["eve"], tmp_path / "child.py"
    child.write_text(
        f"import runpy, sys\nsys.argv = ['', {manner!r}, {str(tmp_path / 'note')!r}]\n"
        f"runpy.run_path({str(STAND_IN)!r}, run_name='__main__')\n"
    )
    key = "ledger:m/44'/60'/0'/0/0"
    command = [sys.executable, "-c", PROGRAM, str(child), "open", "--key", key]
    said = {"unplugged": "ended", "refused": "did not sign", "else": "The signature that came back"}[manner]
    with open_terminal(eve, command=command) as tty:
        go_to_sign(tty)
        require_refused(tty, eve, tty.press("\r"), said)
        tty.wait_for("SEGREGATED QUORUMS", since=tty.press("2"))
        tty.press("q")
        assert tty.end() == 0
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "note").read_text()), 0)


def require_refused(tty: Tty, seat: Seat, place: int, why: str) -> None:
    """Fail unless the screen says why nothing was signed, and no file was made."""
    wait_for_words(tty, why, place)
    assert "Traceback" not in tty.text(place)
    assert [name for name in seat.files if "approval" in name or name.endswith(".tmp")] == []
