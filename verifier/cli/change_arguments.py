"""The arguments of `attest` and `diff`. Imports nothing that takes time."""

from __future__ import annotations

import argparse
from typing import Any, Final

from verifier.cli.argument_parts import add_command, add_config, whole_number

_ATTEST: Final = """\
Proves from the chain alone that a vault is of this release and as its file says:
its code and that of its companions, every member, tier, limit, counterparty,
rule, duty and strategy, and that nothing stands there which the file does not
know. Each line says proven, agreed or claimed. Nothing is sent or written.

Storage does not list assets, counterparties and rules: what the vault's logs
name is read, and the vault's own count of its changes shows whether a log is
missing. Give several --rpc of different operators; what one says is claimed.

exit codes: 0 as the file says; 10 so, with something to see to, such as a change
that waits in the queue; 11 where the logs are not whole, or endpoints
contradict each other; 18 not as the file says; 61, 62, 64 or 65 where the vault
or a companion is not of this release; or that of another error.

example:
  fourth-signer attest 0xVAULT vault.toml --rpc https://one.example \\
      --rpc https://two.example
"""

_DIFF: Final = """\
Writes the operations that turn a vault into what its file says: settings in one,
and each change of a member in one of its own, which the member that it is about
cannot stop. They are in an order in which the vault takes each of them; publish
and execute them in that order. Each file is for `fourth-signer propose FILE`.

What they do is shown as the signers will see it, from the bytes that are
written. What no operation can change is said, and so is why there is no order.
Whoever is suspended stays so, unless you say --reinstate.

exit codes: 0, also where nothing is to be done; 10 or 11 where the vault's logs
are not whole, so that more may stand there than was found; 19 where not all of
the file can come about; or that of an error.

example:
  fourth-signer diff vault.toml 0xVAULT --rpc https://one.example -o changes/
"""


def add_attest(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    parser = add_command(commands, "attest", "prove that a vault is as its file says", _ATTEST)
    parser.add_argument("address", metavar="ADDRESS", help="of the vault, with its EIP-55 checksum")
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("file", metavar="FILE", nargs="?", help="the vault's file, such as vault.toml")
    which.add_argument(
        "--release-only", action="store_true", help="look at the release alone, and show what is there"
    )
    _add_asking(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def add_diff(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    parser = add_command(commands, "diff", "write the operations that turn a vault into its file", _DIFF)
    parser.add_argument("file", metavar="FILE", help="the vault's file, such as vault.toml")
    parser.add_argument("address", metavar="ADDRESS", help="of the vault, with its EIP-55 checksum")
    parser.add_argument(
        "-o", "--output", metavar="FOLDER", help="where to write the files; it must not hold any of them yet"
    )
    parser.add_argument(
        "--registration",
        action="append",
        default=[],
        metavar="FILE",
        help="what `fourth-signer frost register` wrote for a group that is to come; may come several times",
    )
    parser.add_argument(
        "--reinstate",
        action="store_true",
        help="give members and strategies back what a suspension took, where the file has them",
    )
    _add_asking(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def _add_asking(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--rpc",
        action="append",
        metavar="URL",
        help="ask this endpoint instead of the configured ones; may come several times",
    )
    parser.add_argument("--quorum", type=whole_number, metavar="K", help="how many endpoints have to agree")
    parser.add_argument(
        "--since",
        type=whole_number,
        metavar="BLOCK",
        help="the vault's first block, for endpoints that do not know it (usual: found out)",
    )
    add_config(parser)
