"""The arguments of `fourth-signer frost`. Imports nothing that takes time."""

from __future__ import annotations

import argparse
from typing import Any, Final

from verifier.cli.argument_parts import add_choice, add_command, lane_number, whole_number
from verifier.cli.frost_holder_arguments import (
    add_act,
    add_audit,
    add_card,
    add_inspect,
    add_join,
    add_put_aside,
    add_restore,
)

_FROST: Final = """\
A group is a member of a vault whose key no single person has: t of its n holders
sign together (FROST, RFC 9591), and any of them can refuse. A holder is a process
with one share; whoever brings a ceremony about has none, and is not trusted.

  1. every holder:      fourth-signer frost card FOLDER --name ... > hands out card.toml
  2. the coordinator:   fourth-signer frost init FOLDER --threshold 3 --card ... > hands out group.toml
  3. every holder:      fourth-signer frost join FOLDER --group group.toml, after comparing its digits
  4. the coordinator:   fourth-signer frost keygen FOLDER, then register, propose, sign ...

Ctrl-C calls off what is on its way, and the holders are told.
Nobody has audited this, and Python cannot erase memory: docs/frost.md.
"""

_INIT: Final = """\
Writes the group's file, FOLDER/group.toml, from the cards of its holders, and says
whether any threshold of them fail to be segregated. Hand the file to every
holder: each compares its digits over another channel. At most 20 holders.
"""

_KEYGEN: Final = """\
Lets all holders make the key together. All of them have to be there. The key comes
into use once each has stored its share, and the new shares have signed a trial.
"""

_SIGN: Final = """\
Asks the holders for the group's signature over the operation in a lane, as it is
in the vault now, and writes a file that `fourth-signer submit` takes. Each holder
is sent the whole operation and decides for itself. Whoever lies, declines or is
late is named and left out, and the others go on.
"""

_REGISTER: Final = """\
Asks the holders to sign the group's registration, and writes the call that adds it
to the vault: publish it with `fourth-signer propose FILE`.
"""

_SAY: Final = """\
Asks the holders for what the group says by a signature instead of a transaction:
a veto (of a seat operation, an objection), taking back its approval, or its own
suspension. Anybody may send it: --key says who does, --data prints it. Holders
whose rules say `stops = true` sign it without asking.
"""

_HOLDERS: Final = """\
Writes the call that tells the vault which persons hold the group's key now, after
`reshare`: publish it with `fourth-signer propose FILE`. It is a seat operation.
"""

_REFRESH: Final = """\
Gives every holder a new share of the same key: old ones, stolen ones included, are
worth nothing with new ones. All holders have to be there; the chain hears nothing.
"""

_RESHARE: Final = """\
Gives the same key to other holders, or another threshold. First, with --card,
--without or --threshold, it writes FOLDER/next.toml, for every old and new holder to
take over with `frost join --group`. Then, without them, it lets them do it. The vault
has to hear of other persons too: by a seat operation that calls setHolders.
"""

_REPAIR: Final = """\
Lets others make a lost share anew, for its holder alone. That holder joins with an
empty place where its share was; each helper is asked. Who declines is named, and the
repair is over: --helper chooses others.
"""


def add_frost(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command, with what can be done with a group."""
    parser = add_command(commands, "frost", "make and use a key that no single person has", _FROST)
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True, parser_class=type(parser))
    add_card(acts)
    _add_init(acts)
    add_inspect(acts)
    add_join(acts)
    for name, summary, about in (
        ("keygen", "let the holders make the key", _KEYGEN),
        ("refresh", "new shares of the same key", _REFRESH),
    ):
        dealing = add_act(acts, name, summary, about)
        _add_above(dealing)
        _add_convening(dealing)
    _add_reshare(acts)
    repair = add_act(acts, "repair", "a lost share, from the others", _REPAIR)
    repair.add_argument("holder", type=whole_number, metavar="HOLDER", help="whose share is lost: its number")
    repair.add_argument(
        "--helper",
        action="append",
        type=whole_number,
        metavar="HOLDER",
        help="who helps; as many as the threshold (usual: the first that there are)",
    )
    _add_convening(repair)
    _add_sign(acts)
    _add_register(acts)
    _add_say(acts)
    holders = add_act(acts, "holders", "tell the vault who holds the key", _HOLDERS)
    holders.add_argument(
        "--output", default="set-holders.json", metavar="FILE", help="the call (usual: set-holders.json)"
    )
    add_choice(holders, has_json=False)
    add_restore(acts)
    add_put_aside(acts)
    add_audit(acts)


def _add_init(acts: argparse._SubParsersAction[Any]) -> None:
    parser = add_act(acts, "init", "make a group's file from its holders' cards", _INIT)
    parser.add_argument("--name", required=True, metavar="NAME", help="what people call the group")
    parser.add_argument(
        "--threshold", required=True, type=whole_number, metavar="T", help="how many sign: 2 or more"
    )
    parser.add_argument(
        "--card",
        required=True,
        action="append",
        metavar="FILE",
        help="a holder's card, in the order of their numbers",
    )


def _add_convening(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--parcels", metavar="FOLDER", help="for holders without a network")
    parser.add_argument(
        "--patience",
        type=whole_number,
        default=600,
        metavar="SECONDS",
        help="how long a holder's person may take (usual: 600)",
    )


def _add_above(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--above",
        type=whole_number,
        metavar="EPOCH",
        help="the highest epoch that a holder's screen says it has confirmed, where that is above this folder's",
    )


def _add_reshare(acts: argparse._SubParsersAction[Any]) -> None:
    parser = add_act(acts, "reshare", "the same key for other holders", _RESHARE)
    parser.add_argument("--threshold", type=whole_number, metavar="T", help="the new one")
    parser.add_argument("--card", action="append", default=[], metavar="FILE", help="of a new holder")
    parser.add_argument(
        "--without", action="append", default=[], type=whole_number, metavar="HOLDER", help="who leaves"
    )
    parser.add_argument(
        "--dealer",
        action="append",
        type=whole_number,
        metavar="HOLDER",
        help="old holders that deal; as many as the old threshold or more (usual: all)",
    )
    _add_above(parser)
    _add_convening(parser)


def _add_sign(acts: argparse._SubParsersAction[Any]) -> None:
    parser = add_act(acts, "sign", "the group's signature for an operation", _SIGN)
    parser.add_argument("lane", type=lane_number, metavar="LANE", help="0 to 511")
    parser.add_argument(
        "--for",
        dest="purpose",
        choices=("approve", "expedite"),
        default="approve",
        help="what is signed (usual: approve)",
    )
    parser.add_argument("--output", metavar="FILE", help="where to; none is replaced")
    _add_convening(parser)
    add_choice(parser, has_json=False)


def _add_say(acts: argparse._SubParsersAction[Any]) -> None:
    parser = add_act(acts, "say", "a veto, a withdrawal or a suspension by the group", _SAY)
    parser.add_argument("word", choices=("veto", "withdraw", "suspend"), help="what the group says")
    parser.add_argument(
        "lane", type=lane_number, nargs="?", metavar="LANE", help="0 to 511; of `suspend`, none"
    )
    ways = parser.add_mutually_exclusive_group(required=True)
    ways.add_argument(
        "--key", metavar="KEY", help="the sender's key, as for other commands; it need be no member's"
    )
    ways.add_argument("--data", action="store_true", help="send nothing: print the transaction's data")
    parser.add_argument("--passphrase-file", metavar="FILE", help="its first line opens the sender's key")
    parser.add_argument("--yes", action="store_true", help="do not ask whether to go on")
    _add_convening(parser)
    add_choice(parser, has_json=False)


def _add_register(acts: argparse._SubParsersAction[Any]) -> None:
    parser = add_act(acts, "register", "make the group a member of a vault", _REGISTER)
    parser.add_argument("--security", action="store_true", help="as approver of the security team")
    parser.add_argument(
        "--output", default="add-group.json", metavar="FILE", help="the call (usual: add-group.json)"
    )
    _add_convening(parser)
    add_choice(parser, has_json=False)
