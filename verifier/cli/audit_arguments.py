"""The arguments of `fourth-signer audit`. Imports nothing that takes time."""

from __future__ import annotations

import argparse
from typing import Any, Final

from verifier.cli.argument_parts import add_command

_AUDIT: Final = """\
The watcher logs what it saw, whom it told, and who acknowledged: one record
after the other, each with the hash of the one before it. Nobody can change, add,
move or leave out a record without every later hash becoming another one.
"""

_VERIFY: Final = """\
Looks at every record of the log, and names the first that is not the one that
was written.

Whoever can write to the store could write all of it anew, or cut off its end.
So the head, the hash of the newest record, is sent through the channels once a
day: with --head HASH the log has to hold a record with that hash.

exit codes: 0; 108 where the log is broken.
"""

_EXPORT: Final = """\
Writes the whole log to a file that is not there yet: JSON lines, with the head
and with a program that checks them, so that whoever gets the file needs nothing
of ours. A log that is broken is written too, and said to be so.
"""


def add_audit(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command, with what can be done with the log."""
    parser = add_command(commands, "audit", "check or hand out the watcher's log", _AUDIT)
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True, parser_class=type(parser))
    verify = add_command(acts, "verify", "look whether the log is what was written", _VERIFY)
    verify.add_argument("--head", metavar="HASH", help="a head that was sent, which the log has to hold")
    verify.add_argument("--file", metavar="FILE", help="look at this export instead of the watcher's store")
    export = add_command(acts, "export", "write the log to a file", _EXPORT)
    export.add_argument("file", metavar="FILE", help="where there is no file yet")
    for each in (verify, export):
        each.add_argument("--config", metavar="FILE", help="the watcher's configuration file")
        each.add_argument("--store", metavar="FILE", help="a store itself, where there is no configuration")
