"""The way in and out of the program: whatever happens inside, one sentence and an exit code come out."""

from __future__ import annotations

import gc
import os
import re
import signal
import sys
import traceback
from argparse import Namespace
from collections.abc import Sequence
from contextlib import suppress
from types import FrameType
from typing import Final

from verifier.cli.arguments import make_parser

# As in verifier.errors.exits, whose loading would take time here, and harm in a signal handler.
_FAULT: Final = 1
_USAGE: Final = 2
_UNWRITTEN: Final = 74
_INTERRUPTED: Final = 130
_PIPE_CLOSED: Final = 141
_UNFIT: Final = re.compile(r"[^ -~\n]")
_TRACEBACK: Final = "FOURTH_SIGNER_TRACEBACK"
# What is imported and read stays, so looking for garbage in it after every 700 new things is a tenth of all work.
_NEW_THINGS: Final = 10_000


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    # Waiting threads would keep an ordinary KeyboardInterrupt from ending the program.
    signal.signal(signal.SIGINT, _interrupt)
    gc.set_threshold(_NEW_THINGS)
    try:
        options = make_parser().parse_args(arguments)
        text, code = _run(options)
    except SystemExit as end:  # by argparse, which has said why
        return _write("") or int(end.code or 0)
    except BrokenPipeError:
        return _closed()
    except Exception as fault:  # noqa: BLE001 - no traceback ever reaches whoever reads this
        return _report(fault)
    return _write(text) or code


def _run(options: Namespace) -> tuple[str, int]:
    if options.version:
        return _release(), 0
    if options.command is None:
        if not is_at_terminal():
            return make_parser().format_help(), _USAGE
        options = make_parser().parse_args(["open"])
    if options.command == "open":
        # Its first frame comes before what other commands import.
        from verifier.cli.terminal import run_terminal

        opened = run_terminal(options)
        return opened.text, opened.code
    from verifier.cli import commands

    answer = commands.run(options)
    return answer.text, answer.code


def is_at_terminal() -> bool:
    """Whether somebody sits in front of it, to read and to type."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _release() -> str:
    from importlib.metadata import version

    from verifier.store.release import release_code_hash

    return f"fourth-signer {version('fourth-signer')}, for vaults whose code hashes to 0x{release_code_hash().hex()}\n"


def _write(text: str) -> int:
    """Write the text, all of it, and return 0, or the exit code of what was in the way."""
    if sys.stdout is None:
        return _closed()
    try:
        sys.stdout.write(_fit(text))
        sys.stdout.flush()
    except BrokenPipeError:
        return _closed()
    except OSError as error:
        _silence()
        _say(f"The output cannot be written: {error.strerror}.")
        return _UNWRITTEN
    return 0


def _fit(text: str) -> str:
    """Return text for a terminal: whatever comes this way, nothing but printable ASCII reaches it."""
    return _UNFIT.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", text)


def _closed() -> int:
    _silence()
    _say("Whoever read this stopped reading: not everything was shown.")
    return _PIPE_CLOSED


def _silence() -> None:
    """Keep Python from flushing into the closed pipe once more at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _report(fault: Exception) -> int:
    from verifier.errors import FourthSignerError, exit_code_of
    from verifier.errors.text import sanitise

    if isinstance(fault, FourthSignerError):
        _say(fault.sentence())
        return exit_code_of(fault)
    if os.environ.get(_TRACEBACK):
        # It quotes what the fault is about, which may have come from anywhere.
        sys.stderr.write(_fit("".join(traceback.format_exception(fault))))
    where = traceback.extract_tb(fault.__traceback__)[-1]
    what = sanitise(f"{type(fault).__name__} in {where.name}, line {where.lineno}: {fault}")
    _say(f"This is a fault of this program: {what}. Please report it, with what {_TRACEBACK}=1 adds.")
    return _FAULT


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    _say("Interrupted.")
    os._exit(_INTERRUPTED)


def _say(sentence: str) -> None:
    with suppress(AttributeError, OSError, ValueError):  # nobody is left to tell
        sys.stderr.write(_fit(f"fourth-signer: {sentence}\n"))
        sys.stderr.flush()
