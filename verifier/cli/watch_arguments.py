"""The arguments of `fourth-signer watch`. Imports nothing that takes time."""

from __future__ import annotations

import argparse
from typing import Any, Final

from verifier.cli.argument_parts import add_command, whole_number

_WATCH: Final = """\
Follows vaults day and night and tells people what happens to them: operations
with what the terminal would show of them, changes of members, tiers and policy,
break-glass, and whatever the endpoints do amiss. Runs until it is stopped.

--config is the watcher's own file, else $FOURTH_SIGNER_WATCH, else watch.toml
beside the signer's configuration. docs/watching.md explains every line of it.

  fourth-signer watch --check             what is watched, who is told, and what
                                          is missing, in plain words
  fourth-signer watch                     watch; logs are JSON lines on stderr
  fourth-signer watch status              how it is, and what waits for somebody
  fourth-signer watch ack 17 --as Ann     Ann knows of number 17: no escalation

signals:
  TERM, INT   stop: what is being sent is sent, the rest stays in the outbox
  HUP         read the file again; where it is wrong, all stays as it was

exit codes of --check: 0; 10 where something is worth a look; 11 where nothing is
watched, or nobody is told.
"""

_STATUS: Final = """\
Says how each chain is, what could not be delivered, and what nobody acknowledged
yet. It reads the store, and asks the watcher where `listen` is configured.
--json prints one object.
"""

_ACK: Final = """\
Notes that somebody knows of a happening and of all else that its episode held
until now, so that nobody else is told for lack of an answer. The first to say so
stays. Numbers stand in every message, and in `fourth-signer watch status`.
"""


def add_watch(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command, with what can be asked of a watcher that runs."""
    parser = add_command(commands, "watch", "follow vaults day and night, and tell people", _WATCH)
    parser.add_argument("--check", action="store_true", help="say what would be watched, and end")
    parser.add_argument("--config", metavar="FILE", help="the watcher's configuration file")
    acts = parser.add_subparsers(dest="act", metavar="ACT", parser_class=type(parser))
    ack = add_command(acts, "ack", "say that you know of a happening", _ACK)
    ack.add_argument("number", type=whole_number, metavar="NUMBER", help="as the message has it")
    ack.add_argument(
        "--as", dest="who", metavar="NAME", help="who you are (usual: your name on this machine)"
    )
    status = add_command(acts, "status", "say how the watcher is", _STATUS)
    status.add_argument("--json", action="store_true", help="print one JSON object")
    for each in (ack, status):
        # Without a value it must not hide what stands before the act.
        each.add_argument(
            "--config", metavar="FILE", default=argparse.SUPPRESS, help="the watcher's configuration file"
        )
