"""The arguments of `fourth-signer plan`. Imports nothing that takes time."""

from __future__ import annotations

import argparse
from typing import Any, Final

from verifier.cli.argument_parts import add_command

_PLAN: Final = """\
Reads vault.toml, the file that describes a vault before it is there, and says
what comes of it: its address, the same on every chain; who can do what, and
which quorums are possible; how few people it takes to stop it or to empty it;
everything that the contract would refuse, and what to change; and which
operations its people propose once it is founded. Nothing is sent.

With --rpc the chain is asked how far the vault is there, whether tokens are
what the file takes them for, and whether the constructor takes the founding.

marks:
  note  good to know          warn  think about it
  FAIL  it is not deployed so
exit codes: 0; 10 with a warning; 37 where it must not be deployed as it is; or
that of an error. docs/vault-file.md explains every line of the file.

--json prints one object; `python -m pydoc verifier.deploy.report` describes it.

example:
  fourth-signer plan vault.toml --rpc https://one.example --operations later/
"""


def add_plan(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the command."""
    parser = add_command(commands, "plan", "say what comes of a vault's file", _PLAN)
    parser.add_argument("file", metavar="FILE", help="the vault's file, such as vault.toml")
    parser.add_argument(
        "--rpc",
        action="append",
        default=[],
        metavar="URL",
        help="an endpoint of a chain that the vault is for; may come several times, also for several chains",
    )
    parser.add_argument(
        "--operations",
        metavar="FOLDER",
        help="write the operations that follow the founding there, one file each for `fourth-signer propose FILE`",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
