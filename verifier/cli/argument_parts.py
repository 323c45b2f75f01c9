"""Arguments that several commands share. Imports nothing that takes time."""

from __future__ import annotations

import argparse
from typing import Any

from verifier.cli.examples import example_of


def add_command(
    commands: argparse._SubParsersAction[Any], name: str, summary: str, description: str
) -> argparse.ArgumentParser:
    """Add a command with its example, and return what its arguments are added to."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=summary,
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.epilog = example_of(parser.prog)
    return parser


def add_choice(parser: argparse.ArgumentParser, *, has_json: bool = True) -> None:
    """Add what chooses a vault and whom to ask about it."""
    parser.add_argument(
        "--vault", metavar="NAME|ADDRESS", help="which vault (usual: the only one that is pinned)"
    )
    parser.add_argument(
        "--rpc",
        action="append",
        metavar="URL",
        help="ask this endpoint instead of the configured ones; may come several times. What one alone says is claimed",
    )
    parser.add_argument("--quorum", type=whole_number, metavar="K", help="how many endpoints have to agree")
    if has_json:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_config(parser)


def add_config(parser: argparse.ArgumentParser) -> None:
    """Add where the configuration is."""
    parser.add_argument("--config", metavar="FILE", help="the configuration file")


def whole_number(text: str) -> int:
    """:raises ArgumentTypeError: it is none, or a huge one."""
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise argparse.ArgumentTypeError("it should be a whole number")
    return int(text)


def lane_number(text: str) -> int:
    """:raises ArgumentTypeError: no lane has it."""
    if not text.isascii() or not text.isdecimal() or len(text) > 3 or int(text) > 511:
        raise argparse.ArgumentTypeError("it should be 0 to 511")
    return int(text)


def amount_of_wei(text: str) -> int:
    """:raises ArgumentTypeError: it is none that a word can hold."""
    if not text.isascii() or not text.isdecimal() or len(text) > 78 or int(text) >= 1 << 256:
        raise argparse.ArgumentTypeError("it should be a whole number of wei")
    return int(text)
