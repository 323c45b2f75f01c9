"""The arguments of what shows screens: `open`, `serve` and `demo`. Imports nothing that takes time."""

from __future__ import annotations

import argparse
from typing import Any, Final

from verifier.cli.argument_parts import add_choice, add_command, lane_number, whole_number

USUAL_PORT: Final = 8044

_OPEN: Final = """\
Opens the signer's terminal: the queue, each operation whole with its bytes, who
decides, the policy, what happened before, and why all of it is believed. Reads
the vault again and again while you read, and keeps your place. `fourth-signer`
alone opens it too, where it stands in a terminal.

Its Watch screen says whether anybody watches the vault, and what the watcher
told: the watcher's own file, --watch, says where its store is.

With --group the Operation screen also asks a group's holders for its approval,
consent to hurry, veto or withdrawal: Shift and the key of your own. What they
sign is sent with --key, or kept as a file. Your configuration can name the
folder instead: `group = "desk"` in the vault's table.

  fourth-signer open 12 --group desk --key ann.json

Press ? in it for its keys and words. NO_COLOR is obeyed; a locale without UTF-8
is drawn in ASCII.
"""

_SERVE: Final = """\
Shows the terminal's screens in a browser of this machine, such as on a display
on the wall: to look at only. There is no key, nothing can be signed or sent, and
nothing counts as seen by you because it was shown there. It listens at
127.0.0.1 and nowhere else, and lets no page of another site in. Whoever has a
login on this machine can look, too.

Letters of another size: http://127.0.0.1:8044/?fontsize=24 . From elsewhere:
ssh -L 8044:127.0.0.1:8044 MACHINE . Wants `pip install 'fourth-signer[serve]'`.
"""

_DEMO: Final = """\
Replays the near-miss on a chain of its own: one office starts no clock, three
places do, and one veto stops it. Draws a picture of it, and ends inside of the
terminal, with what was vetoed on the screen. Runs `scripts/demo`, so it wants a
checkout.
"""


def add_open(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `open`."""
    parser = add_command(commands, "open", "open the terminal, which is what no command does", _OPEN)
    parser.add_argument(
        "lane",
        type=lane_number,
        nargs="?",
        metavar="LANE",
        help="whose operation to open first (usual: the queue)",
    )
    parser.add_argument("--bundle", metavar="FILE", help="open what this file holds, without any network")
    parser.add_argument(
        "--block", metavar="HASH", help="of the bundle's block, as another source that you trust has it"
    )
    parser.add_argument("--light", action="store_true", help="dark on light")
    parser.add_argument("--key", metavar="FILE", help="your key file, to sign and send with")
    parser.add_argument(
        "--passphrase-file", metavar="FILE", help="what opens it (usual: the terminal asks you)"
    )
    _add_group(parser)
    _add_watch(parser)
    add_choice(parser, has_json=False)


def _add_group(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--group",
        metavar="FOLDER",
        help="of a group's coordinator: to bring its holders together (usual: what your configuration names)",
    )
    parser.add_argument("--parcels", metavar="FOLDER", help="with --group: for holders without a network")
    parser.add_argument(
        "--patience",
        type=whole_number,
        default=600,
        metavar="SECONDS",
        help="with --group: how long a holder's person may take (usual: 600)",
    )


def add_serve(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `serve`."""
    parser = add_command(commands, "serve", "show it in a browser of this machine, to look at only", _SERVE)
    parser.add_argument(
        "--port",
        type=whole_number,
        default=USUAL_PORT,
        metavar="N",
        help=f"where it listens (usual: {USUAL_PORT}; 0 takes any that is free)",
    )
    parser.add_argument("--light", action="store_true", help="dark on light")
    # Known, so that what is wrong with them can be said.
    for name in ("--key", "--passphrase-file"):
        parser.add_argument(name, help=argparse.SUPPRESS)
    _add_watch(parser)
    add_choice(parser, has_json=False)
    parser.set_defaults(lane=None, bundle=None, block=None, group=None)


def _add_watch(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--watch",
        metavar="FILE",
        help="the watcher's configuration (usual: $FOURTH_SIGNER_WATCH, else watch.toml beside yours)",
    )


def add_demo(commands: argparse._SubParsersAction[Any]) -> None:
    """Add `demo`."""
    parser = add_command(
        commands, "demo", "replay the near-miss on a chain of its own (in a checkout)", _DEMO
    )
    parser.add_argument("--fast", action="store_true", help="do not pause between the lines")
    parser.add_argument("--stay", action="store_true", help="keep the chain until Ctrl-C")
    parser.add_argument("--out", metavar="FILE", help="where the picture goes (usual: demo.svg)")


def fault_of(found: argparse.Namespace) -> str | None:
    """Return what is wrong with the arguments of `open` or `serve`."""
    if found.bundle is not None and found.group is not None:
        return "--group wants a network, and a --bundle is read without any"
    if found.command == "serve" and (found.key is not None or found.passphrase_file is not None):
        return (
            "`serve` only shows, and takes no key: sign at a terminal, with `fourth-signer open --key FILE`"
        )
    return None
