"""The arguments of `fourth-signer frost`. Imports nothing that takes time."""

from __future__ import annotations

import argparse
from typing import Any, Final

from verifier.cli.argument_parts import add_choice, add_command, lane_number, whole_number

_FROST: Final = """\
A group is a member of a vault whose key no single person has: t of its n holders
sign together (FROST, RFC 9591), and any of them can refuse. A holder is a process
with one share; whoever brings a ceremony about has none, and is not trusted.

  1. every holder:      fourth-signer frost card FOLDER --name ... > hands out card.toml
  2. the coordinator:   fourth-signer frost init FOLDER --threshold 3 --card ... > hands out group.toml
  3. every holder:      fourth-signer frost join FOLDER --group group.toml, after comparing its digits
  4. the coordinator:   fourth-signer frost keygen FOLDER, then register, propose, sign ...

Nobody has audited this, and Python cannot erase memory: docs/frost.md.
"""

_CARD: Final = """\
Makes the keys by which a holder is known on the way (not its share), and a card
for whoever sets the group up. Employer, offset and place are what the vault's rule
of segregation asks for: the offset in standard time, the place in degrees.
"""

_INIT: Final = """\
Writes the group's file, FOLDER/group.toml, from the cards of its holders, and says
whether any threshold of them fail to be segregated. Hand the file to every
holder: each compares its digits over another channel. At most 20 holders.
"""

_INSPECT: Final = """\
Shows a group: its key and address, its holders, whether any threshold of them fail
to be segregated, and of a holder's folder what opens its share.
"""

_JOIN: Final = """\
Runs a holder until it is interrupted: it answers the group's coordinator, over
HTTPS where its address is, or through a folder of parcels (--parcels).

Before it signs it reads the vault with its own endpoints, makes the digest itself,
judges the operation, and goes by FOLDER/rules.toml; what that leaves open is asked
here. Its share is opened by a passphrase and a token; --one-factor leaves one of
them out, and every screen says so. --group FILE takes a group's file over, or the
one that the group is to have next.

  --token "pkcs11:token=LABEL;object=LABEL?module-path=/usr/lib/softhsm/libsofthsm2.so"

names a key of P-256 in the token that may derive (ECDH).
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
empty place where its share was; each helper is asked.
"""

_RESTORE: Final = """\
Opens a backup with the holder's own recovery key, and keeps the share as `join`
does. A backup of an epoch that is over is refused.
"""

_AUDIT: Final = """\
Looks whether the records of a holder or a coordinator are what was written, and
replays every round in them with @noble/curves, another implementation of FROST, in
Node.js: signatures of envelopes, commitments, proofs, signature shares, signatures.

exit codes: 0; 14 where the two disagree; 15 where Node or noble is missing; 108
where the records themselves are broken.
"""


def add_frost(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command, with what can be done with a group."""
    parser = add_command(commands, "frost", "make and use a key that no single person has", _FROST)
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True, parser_class=type(parser))
    _add_card(acts)
    _add_init(acts)
    _add_inspect(acts)
    _add_join(acts)
    for name, summary, about in (
        ("keygen", "let the holders make the key", _KEYGEN),
        ("refresh", "new shares of the same key", _REFRESH),
    ):
        _add_convening(_folder(acts, name, summary, about))
    _add_reshare(acts)
    repair = _folder(acts, "repair", "a lost share, from the others", _REPAIR)
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
    holders = _folder(acts, "holders", "tell the vault who holds the key", _HOLDERS)
    holders.add_argument(
        "--output", default="set-holders.toml", metavar="FILE", help="the call (usual: set-holders.toml)"
    )
    add_choice(holders, has_json=False)
    restore = _folder(acts, "restore", "a share from its backup", _RESTORE)
    restore.add_argument("backup", metavar="FILE", help="the backup")
    restore.add_argument("--recovery-key", required=True, metavar="FILE", help="X25519, private, in PEM")
    _add_factors(restore)
    audit = add_command(acts, "audit", "replay rounds with another implementation", _AUDIT)
    audit.add_argument("file", metavar="FILE", help="records.jsonl of a holder or a coordinator")
    audit.add_argument("--noble", metavar="FOLDER", help="node_modules with @noble/curves 2.4")
    audit.add_argument("--head", metavar="HASH", help="a hash that one of the records has to have")
    audit.add_argument("--json", action="store_true", help="print one JSON object")


def _folder(
    acts: argparse._SubParsersAction[Any], name: str, summary: str, about: str
) -> argparse.ArgumentParser:
    parser = add_command(acts, name, summary, about)
    parser.add_argument("folder", metavar="FOLDER", help="of the holder, or of the coordinator")
    return parser


def _add_card(acts: argparse._SubParsersAction[Any]) -> None:
    parser = _folder(acts, "card", "make a holder's keys and its card", _CARD)
    parser.add_argument("--name", required=True, metavar="NAME", help="what people call the holder")
    parser.add_argument(
        "--person", required=True, type=whole_number, metavar="N", help="the person's number in the vault"
    )
    parser.add_argument("--employer", required=True, metavar="NAME=N", help="such as acme=1, as in the vault")
    parser.add_argument("--utc-offset", required=True, metavar="+HH:MM", help="in standard time")
    parser.add_argument("--place", required=True, metavar="LATITUDE,LONGITUDE", help="such as 47.37,8.54")
    parser.add_argument(
        "--address",
        default="files",
        metavar="URL",
        help="https://HOST:PORT where the coordinator reaches it (usual: files, which are carried)",
    )


def _add_init(acts: argparse._SubParsersAction[Any]) -> None:
    parser = _folder(acts, "init", "make a group's file from its holders' cards", _INIT)
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


def _add_inspect(acts: argparse._SubParsersAction[Any]) -> None:
    parser = add_command(acts, "inspect", "show a group", _INSPECT)
    parser.add_argument("file", metavar="FILE|FOLDER", help="a group's file, or a holder's folder")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _add_join(acts: argparse._SubParsersAction[Any]) -> None:
    parser = _folder(acts, "join", "be a holder", _JOIN)
    parser.add_argument("--group", metavar="FILE", help="take this group's file over first")
    parser.add_argument("--yes", action="store_true", help="its digits were compared: do not ask")
    parser.add_argument("--listen", metavar="HOST:PORT", help="where to listen, if not at its own address")
    parser.add_argument("--parcels", metavar="FOLDER", help="for messages as files")
    parser.add_argument(
        "--recovery", metavar="FILE", help="X25519, public, in PEM: back new shares up for it"
    )
    parser.add_argument(
        "--agree-register", action="store_true", help="sign the group's registration without asking"
    )
    _add_factors(parser)
    add_choice(parser, has_json=False)


def _add_factors(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--token", metavar="URI", help="pkcs11:..., the key that opens the share")
    parser.add_argument("--pin-file", metavar="FILE", help="its first line is the PIN (usual: you are asked)")
    parser.add_argument(
        "--passphrase-file", metavar="FILE", help="its first line opens the share (usual: you are asked)"
    )
    parser.add_argument(
        "--one-factor",
        choices=("passphrase", "token"),
        help="let one thing alone open the share; every screen says so",
    )
    parser.add_argument(
        "--stretch",
        type=int,
        choices=range(14, 21),
        default=16,
        metavar="14-20",
        help="how hard guesses at the passphrase are: each step doubles time and memory (usual: 16, 64 MiB)",
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


def _add_reshare(acts: argparse._SubParsersAction[Any]) -> None:
    parser = _folder(acts, "reshare", "the same key for other holders", _RESHARE)
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
    _add_convening(parser)


def _add_sign(acts: argparse._SubParsersAction[Any]) -> None:
    parser = _folder(acts, "sign", "the group's signature for an operation", _SIGN)
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
    parser = _folder(acts, "say", "a veto, a withdrawal or a suspension by the group", _SAY)
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
    parser = _folder(acts, "register", "make the group a member of a vault", _REGISTER)
    parser.add_argument("--security", action="store_true", help="as approver of the security team")
    parser.add_argument(
        "--output", default="add-group.toml", metavar="FILE", help="the call (usual: add-group.toml)"
    )
    _add_convening(parser)
    add_choice(parser, has_json=False)
