"""What whoever presses Ctrl-C is told: that it is called off where it is, and that it was done where it was."""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack

import pytest

from verifier.cli.frost_interrupting import Interruption

CALLED_OFF = "What is on its way is called off"
DONE = "It had come to its end by then: nothing is called off."


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def test_interrupt__while_it_is_on_its_way__said_to_be_called_off_once(
    capfd: pytest.CaptureFixture[str],
) -> None:
    interruption = Interruption()
    with ExitStack() as kept:
        with pytest.raises(RuntimeError), interruption.calling_off(kept):  # noqa: PT012 - as what is called off ends
            interrupt()
            assert interruption.has_come()
            raise RuntimeError
        said = capfd.readouterr().err
        assert said.count(CALLED_OFF) == 1
        assert DONE not in said


def test_interrupt__once_it_is_done_and_the_last_words_leave__not_said_to_be_called_off(
    capfd: pytest.CaptureFixture[str],
) -> None:
    """The signature is there by then: who believes that it is called off warns nobody of it."""
    interruption = Interruption()
    with ExitStack() as kept:
        with interruption.calling_off(kept):
            pass
        assert capfd.readouterr().err == ""
        interrupt()
        said = capfd.readouterr().err
        assert DONE in said
        assert CALLED_OFF not in said


def test_interrupt__at_the_moment_in_which_it_is_done__said_once_that_is_known(
    capfd: pytest.CaptureFixture[str],
) -> None:
    interruption = Interruption()
    with ExitStack() as kept, interruption.calling_off(kept):
        with interruption.calling_off(kept):
            interrupt()
        # A part of it was done, and the whole is on its way.
        assert DONE not in capfd.readouterr().err
    assert DONE in capfd.readouterr().err


def test_interrupt__once_more_while_a_part_begins__ends_at_once() -> None:
    """What was noted is not noted a second time by what begins before that is seen."""
    interruption = Interruption()
    with ExitStack() as kept, interruption.calling_off(kept):
        interrupt()
        with interruption.calling_off(kept), pytest.raises(KeyboardInterrupt):
            interrupt()
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
