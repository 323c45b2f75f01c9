"""The arguments of the commands that sign and send. Imports nothing that takes time."""

from __future__ import annotations

import argparse
from typing import Any, Final

from verifier.cli.argument_parts import add_choice, add_command, whole_number

_SIGN: Final = """\
Reads an operation anew, shows it whole, and signs your approval of it into a
file. Anybody may submit that file; it approves this operation at this vault, and
nothing else. Right before the key is asked the operation is read once more:
where anything has changed, nothing is signed.

Every finding of danger has to be typed, or named by --i-read RULE. No key is
opened before that. With --bundle there is no network at all.
"""

_EXPEDITE: Final = """\
Reads an operation anew, shows it whole, and signs your consent to hurry it into a
file: break-glass. It takes several such files, one of them by a member with
BREAK_GLASS, submitted together. It is recorded for ever, and an auditor reviews
it. An approval is no consent, and CUSTODY is never hurried.
"""

_KEY: Final = (
    "a keystore file, pkcs11:token=LABEL;object=LABEL?module-path=FILE, ledger:PATH, trezor:PATH, elsewhere"
)

_SUBMIT: Final = """\
Brings approvals, or consents to hurry, from their files to the vault: all in one
transaction. Each file is taken as if an enemy had written it: its signature has
to be the member's, for the operation that is in the vault now, by this
program's own digest. What is not right is refused as a whole, with the reason.
"""

_PROPOSE: Final = """\
Makes an operation of the calls in a file, shows it as everybody will see it
(decoded, judged, played), and publishes it. The file has no place for a title or
a memo: the bytes are what it says.

  version = 1
  [[calls]]
  target = "0x..."
  value = "0"                                 in wei
  function = "transfer(address,uint256)"      or: data = "0x..."
  arguments = ["0x...", "40000000000000"]
"""

_ACTS: Final = {
    "approve": (
        "approve an operation by a transaction of your own",
        "Approves an operation from your own account, instead of by a file. It is read anew and shown first.\n",
    ),
    "veto": (
        "stop an operation for good",
        "Stops an operation for good. One approver or guardian is enough.\n",
    ),
    "object": (
        "object to a seat operation",
        "Objects to a seat operation, which knows no veto: it needs a supermajority from then on.\n",
    ),
    "cancel": ("end an operation that you published", "Ends an operation that you published, for good.\n"),
    "withdraw": (
        "take your approval back",
        "Takes your approval back. Only a transaction of your own can give it again.\n",
    ),
    "execute": (
        "let a ready operation make its calls",
        "Makes the calls of a ready operation, all or none.\n",
    ),
}


def add_signing(commands: argparse._SubParsersAction[Any]) -> None:
    """Add what makes and submits signatures."""
    for name, summary, about in (
        ("sign", "sign your approval into a file", _SIGN),
        ("expedite", "sign your consent to hurry into a file", _EXPEDITE),
    ):
        parser = add_command(commands, name, summary, about)
        parser.add_argument("lane", type=int, nargs="?", metavar="LANE", help="0 to 511")
        parser.add_argument("--key", metavar="KEY", required=True, help=f"your key: {_KEY}")
        _add_passphrase(parser)
        parser.add_argument("--output", metavar="FILE", help="where to; none is replaced")
        parser.add_argument("--bundle", metavar="FILE", help="sign what this file holds, without any network")
        parser.add_argument(
            "--block", metavar="HASH", help="of the bundle's block, as another source that you trust has it"
        )
        _add_read(parser)
        _add_yes(parser)
        add_choice(parser, has_json=False)
    parser = add_command(commands, "submit", "send approvals that others signed", _SUBMIT)
    parser.add_argument("files", nargs="+", metavar="FILE", help="made by `sign`, or all by `expedite`")
    _add_sending(parser)


def add_acts(commands: argparse._SubParsersAction[Any]) -> None:
    """Add what is one transaction of the signer's own."""
    parser = add_command(commands, "propose", "publish an operation made of a file of calls", _PROPOSE)
    parser.add_argument("file", metavar="FILE", help="TOML, or JSON of the same shape")
    parser.add_argument(
        "--lane", type=int, metavar="LANE", help="which of your lanes (usual: the first free one)"
    )
    parser.add_argument(
        "--approve-within",
        type=whole_number,
        default=168,
        metavar="HOURS",
        help="how long it may be approved (usual: 168, at most 336)",
    )
    _add_read(parser)
    _add_sending(parser, can_be_dry=True)
    for name, (summary, about) in _ACTS.items():
        parser = add_command(commands, name, summary, about)
        parser.add_argument("lane", type=int, metavar="LANE", help="0 to 511")
        if name in ("approve", "execute"):
            _add_read(parser)
        _add_sending(parser)
    for name, summary, about in (
        (
            "suspend",
            "take a member out at once",
            "Suspends yourself, or as a guardian another member, at once.\n",
        ),
        (
            "lapse",
            "end a suspension that nobody confirmed",
            "Ends a guardian's suspension whose time is over.\n",
        ),
    ):
        parser = add_command(commands, name, summary, about)
        parser.add_argument("member", metavar="MEMBER", help="a seat, an address, or `self`")
        _add_sending(parser)
    _add_review(commands)


def _add_review(commands: argparse._SubParsersAction[Any]) -> None:
    about = "Records, as an auditor, whether a use of break-glass was justified, and the hash of what you found.\n"
    parser = add_command(commands, "review", "review a use of break-glass", about)
    parser.add_argument("bypass", type=whole_number, metavar="NUMBER", help="of the use of break-glass")
    parser.add_argument(
        "--findings",
        required=True,
        metavar="FILE|HASH",
        help="what you found, to be kept; its hash is recorded",
    )
    verdict = parser.add_mutually_exclusive_group(required=True)
    verdict.add_argument("--justified", action="store_true", help="it was right to hurry")
    verdict.add_argument("--unjustified", action="store_true", help="it was not")
    _add_sending(parser)


def _add_sending(parser: argparse.ArgumentParser, *, can_be_dry: bool = False) -> None:
    """Add whose key sends, or that somebody else does."""
    ways = parser.add_mutually_exclusive_group(required=True)
    ways.add_argument("--key", metavar="KEY", help=f"the sender's key: {_KEY}")
    ways.add_argument("--data", action="store_true", help="send nothing: print the transaction's data")
    if can_be_dry:
        ways.add_argument(
            "--dry-run", action="store_true", help="send nothing: show what everybody would see"
        )
    _add_passphrase(parser)
    _add_yes(parser)
    add_choice(parser, has_json=False)


def _add_passphrase(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--passphrase-file", metavar="FILE", help="its first line opens the key (usual: you are asked)"
    )


def _add_read(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--i-read",
        action="append",
        default=[],
        metavar="RULE",
        help="acknowledge dangers by the name of their rule; may come several times",
    )


def _add_yes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask whether to go on")
