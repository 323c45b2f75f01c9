"""The arguments of what a holder does with its share. Imports nothing that takes time."""

from __future__ import annotations

import argparse
from typing import Any, Final

from verifier.cli.argument_parts import add_choice, add_command, whole_number

_CARD: Final = """\
Makes the keys by which a holder is known on the way (not its share), and a card
for whoever sets the group up. Employer, offset and place are what the vault's rule
of segregation asks for: the offset in standard time, the place in degrees.
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
here: on screens where a person sits at a terminal, else (--plain) by lines. A question
about an operation is its whole Operation screen, and the answer begins on No. Nothing
waits for the person: rules decide all else meanwhile.

Its share is opened by a passphrase and a token; --one-factor leaves one of them out,
and every screen says so. --group FILE takes a group's file over, or the one that the
group is to have next.

  --token "pkcs11:token=LABEL;object=LABEL?module-path=/usr/lib/softhsm/libsofthsm2.so"

names a key of P-256 in the token that may derive (ECDH).

  --token fido2:

takes the FIDO2 token that is plugged in (hmac-secret): it makes a key of its own for
the share, and the share's file knows which. It needs its PIN, and a touch each time
that this says so: three for a new share, two whenever a holder starts. From then on
it may be pulled out: a refresh asks for nothing, so nobody has to sit there.
"""

_RESTORE: Final = """\
Opens a backup with the holder's own recovery key, and keeps the share as `join`
does. A backup of an epoch that is over is refused. What opens the share may be
another token than before; `--token fido2:` has one make a key for it, by three touches.
"""

_PUT_ASIDE: Final = """\
Puts new shares aside that were confirmed and whose certificates never came: 32 of
them keep a holder from the next refresh. They stay sealed, in FOLDER/put-aside, and
are destroyed once shares of a higher epoch are in use. If the holder says that a
certificate of one of them came after all, --back brings them back. Stop the holder
first, and ask the coordinator whether a certificate is on its way.
"""

_AUDIT: Final = """\
Looks whether the records of a holder or a coordinator are what was written, and
replays every round in them with @noble/curves, another implementation of FROST, in
Node.js: who signed what, what was asked, every commitment, proof, share, signature
and verdict, and who was left out. docs/frost-audit.md says what of each message.
Records of several parties are held against each other as well: what one says to
two of them otherwise shows, and what one of them has taken out of its own.

Each disagreement is one line: the record's number, the session, whose message.
exit codes: 0; 14 where the two disagree; 15 where Node or noble is missing; 108
where the records themselves are broken.
"""


def add_act(
    acts: argparse._SubParsersAction[Any], name: str, summary: str, about: str
) -> argparse.ArgumentParser:
    parser = add_command(acts, name, summary, about)
    parser.add_argument("folder", metavar="FOLDER", help="of the holder, or of the coordinator")
    return parser


def add_card(acts: argparse._SubParsersAction[Any]) -> None:
    parser = add_act(acts, "card", "make a holder's keys and its card", _CARD)
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


def add_inspect(acts: argparse._SubParsersAction[Any]) -> None:
    parser = add_command(acts, "inspect", "show a group", _INSPECT)
    parser.add_argument("file", metavar="FILE|FOLDER", help="a group's file, or a holder's folder")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def add_join(acts: argparse._SubParsersAction[Any]) -> None:
    parser = add_act(acts, "join", "be a holder", _JOIN)
    parser.add_argument(
        "--group",
        action="append",
        metavar="FILE",
        help="take this group's file over first; who is new to a group gives its present file, and then its next one",
    )
    parser.add_argument("--yes", action="store_true", help="its digits were compared: do not ask")
    parser.add_argument("--listen", metavar="HOST:PORT", help="where to listen, if not at its own address")
    parser.add_argument("--parcels", metavar="FOLDER", help="for messages as files")
    parser.add_argument(
        "--plain", action="store_true", help="lines and prompts instead of screens, as pipes and services get"
    )
    parser.add_argument(
        "--recovery", metavar="FILE", help="X25519, public, in PEM: back new shares up for it"
    )
    parser.add_argument(
        "--agree-register", action="store_true", help="sign the group's registration without asking"
    )
    _add_factors(parser)
    add_choice(parser, has_json=False)


def add_restore(acts: argparse._SubParsersAction[Any]) -> None:
    parser = add_act(acts, "restore", "a share from its backup", _RESTORE)
    parser.add_argument("backup", metavar="FILE", help="the backup")
    parser.add_argument("--recovery-key", required=True, metavar="FILE", help="X25519, private, in PEM")
    _add_factors(parser)


def add_put_aside(acts: argparse._SubParsersAction[Any]) -> None:
    parser = add_act(acts, "put-aside", "new shares whose certificates never came", _PUT_ASIDE)
    parser.add_argument("--back", action="store_true", help="bring back what was put aside")
    parser.add_argument("--yes", action="store_true", help="do not ask whether to go on")


def add_audit(acts: argparse._SubParsersAction[Any]) -> None:
    parser = add_command(acts, "audit", "replay rounds with another implementation", _AUDIT)
    parser.add_argument(
        "file",
        nargs="+",
        metavar="FILE",
        help="records.jsonl of a holder or a coordinator; of each that there is",
    )
    parser.add_argument(
        "--group", metavar="FILE", help="the group's file, with the key that the records must have"
    )
    parser.add_argument("--noble", metavar="FOLDER", help="node_modules with @noble/curves 2.4")
    parser.add_argument("--head", metavar="HASH", help="a hash that one of the records has to have")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _add_factors(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--token", metavar="URI", help="what opens the share: pkcs11:... for a key in a token, or fido2:"
    )
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
