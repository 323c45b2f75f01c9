"""The arguments of `fourth-signer guard`. Imports nothing that takes time."""

from __future__ import annotations

import argparse
from typing import Any, Final

from verifier.cli.argument_parts import add_command, whole_number

_GUARD: Final = """\
Vetoes by rules that the owners wrote, with a key of its own, until it is stopped.
It is off unless you start it. It acts on what is proven or agreed by at least two
endpoints and on nothing else, explains each veto through its channels first, and
stops by itself where it would veto too often.

--config is the guard's own file, else $FOURTH_SIGNER_GUARD, else guard.toml beside
the signer's configuration. docs/guard.md explains every line of it.

  fourth-signer guard --check             which vaults, which seat, what each rule
                                          does, and what it would do about the
                                          queue and the last operations
  fourth-signer guard --dry-run           do all but sign: no key is opened
  fourth-signer guard                     guard; logs are JSON lines on stderr
  fourth-signer guard hold --as Ann       veto nothing from now on
  fourth-signer guard resume --as Ann     go on, after a hold or a limit
  fourth-signer guard status              what is under way, and why nothing is
  fourth-signer guard ack 17 --as Ann     Ann knows of number 17: no escalation

Its key needs a seat that is GUARDIAN, and should have no other role.

signals:
  TERM, INT   stop: what is being sent is sent, the rest stays in the store

exit codes of --check: 0; 10 where something is worth a look; 11 where it cannot
guard, or would guard nothing.
"""

_HOLD: Final = """\
Keeps the guard from vetoing, at once and until `fourth-signer guard resume`. It
goes on looking, and rings where a rule holds. It makes the file that `hold` names:
`touch` does the same where nothing else is at hand.
"""

_RESUME: Final = """\
Lets the guard go on: ends a hold, and acknowledges that it stopped at a limit.
Limits are counted on: one that is still full stops it again.
"""

_STATUS: Final = """\
Says whether the guard may act, what it is about to stop, and what nobody
acknowledged yet. It reads the guard's store and asks no endpoint.
--json prints one object; moments are seconds since 1970.
"""

_ACK: Final = """\
Notes that somebody knows of what the guard rang about, so that nobody else is told
for lack of an answer. It lets nothing go on: acknowledge that the guard stopped, and
it is on hold until `fourth-signer guard resume`.
"""


def add_guard(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command, with what can be asked of a guard that runs."""
    parser = add_command(commands, "guard", "veto by the owners' rules, with a key of its own", _GUARD)
    parser.add_argument("--check", action="store_true", help="say what it would do, and end")
    parser.add_argument("--dry-run", action="store_true", help="sign nothing: tell what would be vetoed")
    parser.add_argument(
        "--past",
        type=whole_number,
        default=50,
        metavar="N",
        help="operations of the past for --check (usual: 50)",
    )
    parser.add_argument("--config", metavar="FILE", help="the guard's configuration file")
    acts = parser.add_subparsers(dest="act", metavar="ACT", parser_class=type(parser))
    hold = add_command(acts, "hold", "veto nothing from now on", _HOLD)
    hold.add_argument("--why", metavar="TEXT", help="the reason, for whoever asks")
    resume = add_command(acts, "resume", "go on after a hold or a limit", _RESUME)
    ack = add_command(acts, "ack", "say that you know of something", _ACK)
    ack.add_argument("number", type=whole_number, metavar="NUMBER", help="as the message has it")
    status = add_command(acts, "status", "say how the guard is", _STATUS)
    status.add_argument("--json", action="store_true", help="print one JSON object")
    for each in (hold, resume, ack):
        each.add_argument(
            "--as", dest="who", metavar="NAME", help="who you are (usual: your name on this machine)"
        )
    for each in (hold, resume, ack, status):
        # Without a value it must not hide what stands before the act.
        each.add_argument(
            "--config", metavar="FILE", default=argparse.SUPPRESS, help="the guard's configuration file"
        )
