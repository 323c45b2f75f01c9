"""What the terminal does with a group's word, without its screens: for tests that kill it.

keep-words LANE open --group DESK ...       asks for the group's approval, and keeps it in a file
send-words LANE open --group DESK ...       asks for it, and sends it
"""

from __future__ import annotations

import sys
from typing import Final

from verifier.cli import terminal
from verifier.cli.arguments import make_parser
from verifier.errors import FourthSignerError
from verifier.errors.exits import exit_code_of
from verifier.holder.progress import nobody_watches
from verifier.model.group_request import Purpose

KEEP: Final = "keep-words"
SEND: Final = "send-words"


def say_at_the_terminal(command: str, lane: str, *arguments: str) -> int:
    """Do what a person at the terminal would, and return the exit code that a command would have."""
    try:
        source = terminal.open_source(make_parser().parse_args(arguments))
        group = source.for_group
        assert group is not None
        assert group.send is not None
        # As the terminal does before anybody opens a lane: what is read first is not remembered yet.
        source.brief_queue()
        word = group.convene(Purpose.APPROVE, source.brief_lane(int(lane)), nobody_watches, bool)
        said = group.keep(word) if command == KEEP else group.send(word)
    except FourthSignerError as exc:
        sys.stderr.write(f"fourth-signer: {exc.sentence()}\n")
        return exit_code_of(exc)
    sys.stdout.write(f"{said}\n")
    return 0
