"""What arrives at a real terminal: text and what places it, whatever a token or a label calls itself."""

from __future__ import annotations

import os
import re
import signal
import sys

from tests.tui.child import ESCAPES
from tests.tui.tty import SEQUENCE, Tty

NO_ALTERNATE = b"\x1b[?1049l"


RIGHT_ENTER = "\x1b[C\r"


def started(*words: str, child: str = "child", **variables: str) -> Tty:
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": "/nowhere",
        "TERM": "xterm-256color",
        "COLORTERM": "truecolor",
        "LANG": "C.UTF-8",
    }
    return Tty([sys.executable, "-m", f"tests.tui.{child}", *words], {**environment, **variables})


def test_hostile_names__on_every_screen__arrive_as_text() -> None:
    with started("hostile") as tty:
        tty.wait_for("Complete: proven.")
        for keys, text in (
            ("\r", "1. transfer"),
            ("]", "Do not take anybody's word"),
            ("]", "APPROVALS"),
            ("]", "IF IT WERE EXECUTED"),
            ("\x1b", "Complete"),
            ("2", "SEGREGATED QUORUMS"),
            ("3", "LISTED ASSETS"),
            ("4", "what it did"),
            ("5", "ENDPOINTS"),
        ):
            tty.wait_for(text, since=tty.press(keys))
        tty.press("q")
        assert tty.end() == 0
        written = tty.written
    assert b"[b]X[/$]\\u{1b}]0;P\\u{7}\\u{9b}7m\\u{202e}\\u{200b}" in written
    rest = SEQUENCE.sub(b"", written).decode()
    assert not set(rest) & {c for c in ESCAPES if not c.isascii() or not c.isprintable()}
    assert b"\x1b]0;" not in written
    assert written.rstrip().count(NO_ALTERNATE) >= 1


def test_terminal_without_utf8__is_sent_ascii_alone() -> None:
    with started("ascii") as tty:
        tty.wait_for("Complete: proven.")
        tty.wait_for("1. transfer", since=tty.press("\r"))
        tty.wait_for("KEYS HERE", since=tty.press("?"))
        assert tty.text().isascii()


def test_no_color__is_obeyed__and_every_severity_is_still_a_word() -> None:
    with started(NO_COLOR="1") as tty:
        tty.wait_for("Complete: proven.")
        tty.wait_for("DANGER")
        colours = re.findall(rb"[34]8;2;(\d+);(\d+);(\d+)(?=[;m])", tty.written)
        assert colours
        assert all(red == green == blue for red, green, blue in colours)


def test_control_c__while_it_stands_there__leaves_the_terminal_as_it_was() -> None:
    with started() as tty:
        tty.wait_for("Complete: proven.")
        tty.press("\x03")
        assert tty.end() == 0
        assert NO_ALTERNATE in tty.written
        assert "Traceback" not in tty.text()


def test_hang_up__while_it_stands_there__ends_it() -> None:
    with started() as tty:
        tty.wait_for("Complete: proven.")
        os.killpg(tty.program.pid, signal.SIGHUP)
        tty.end()


def test_question__yes_typed_while_it_is_drawn__is_no_answer_and_one_that_was_read_is() -> None:
    with started(child="slow_child") as tty:
        tty.wait_for("1 QUESTION FOR YOU")
        tty.wait_for("Making the share of", since=tty.press("2"))
        tty.wait_for("Take part", since=tty.press("\r"))
        # Whoever types s has not seen what comes: yes would be the second answer, one to the right.
        tty.wait_for("DRAWING", since=tty.press("s"))
        tty.wait_for("No, answer nothing", since=tty.press(RIGHT_ENTER))
        tty.rest()
        assert "ANSWERED" not in tty.text()
        tty.wait_for("ANSWERED", since=tty.press(RIGHT_ENTER))


def test_question__yes_typed_in_one_breath_with_its_opening__is_no_answer() -> None:
    with started("prompt", child="slow_child") as tty:
        tty.wait_for("1 QUESTION FOR YOU")
        tty.wait_for("Making the share of", since=tty.press("2"))
        tty.wait_for("Take part", since=tty.press("\r"))
        tty.wait_for("No, answer nothing", since=tty.press("s" + RIGHT_ENTER))
        tty.rest()
        assert "ANSWERED" not in tty.text()
