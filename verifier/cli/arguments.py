"""The arguments of every command, and what `--help` says about them. Imports nothing that takes time."""

from __future__ import annotations

import argparse
from typing import Any, Final, NoReturn

from verifier.cli.acting_arguments import add_acts, add_signing
from verifier.cli.argument_parts import add_choice, add_command, add_config, amount_of_wei, whole_number
from verifier.cli.audit_arguments import add_audit
from verifier.cli.change_arguments import add_attest, add_diff
from verifier.cli.frost_arguments import add_frost
from verifier.cli.guard_arguments import add_guard
from verifier.cli.plan_arguments import add_plan
from verifier.cli.release_arguments import add_releasing
from verifier.cli.screen_arguments import add_demo, add_open, add_serve, fault_of
from verifier.cli.watch_arguments import add_watch

_ABOUT: Final = """\
Fourth Signer: what a vault is about to do, read from the chain and proven, in
words made from the bytes alone.
"""

_EXAMPLES: Final = """\
examples:
  fourth-signer init 0x5FbDB2315678afecb367f032d93F642f64180aa3 \\
    --rpc https://one.example --rpc https://two.example
  fourth-signer doctor
  fourth-signer queue
  fourth-signer show 12
  fourth-signer verify 12
  fourth-signer decode calldata.txt
  fourth-signer bundle 12 && fourth-signer show --bundle lane-12.bundle
  fourth-signer sign 12 --key ann.json
  fourth-signer submit lane-12-1-seat-4.approval --key ann.json
  fourth-signer veto 12 --key ann.json
  fourth-signer watch --check

configuration:
  The file that --config names, else $FOURTH_SIGNER_CONFIG, else
  fourth-signer/config.toml in $XDG_CONFIG_HOME or ~/.config. What may stand in
  it is explained there.

evidence, for everything that is shown:
  proven   a Merkle proof against a block that enough endpoints agree on
  agreed   enough endpoints say so
  claimed  one source says so

exit codes:
"""

_INIT: Final = """\
Connects, checks that the vault's code is this release's, reads the hash of the
configuration that it was founded with, and pins all of that in the
configuration file. Any vault has this code: only the founding hash tells yours
from another one. So compare it with whoever founded the vault, over another
channel, or give theirs with --founding.

Runs as often as you like: endpoints are added, and nothing in the file is lost.
A pin that differs is never replaced unless you say --replace.
"""

_DOCTOR: Final = """\
Looks at the configuration, at each endpoint (reachable, chain, newest block,
proofs), at this machine's clock, and at each pinned vault (code, founding,
storage, members, your seat, queue), and says what to do about what is not well.

marks:
  ok    it is well              warn  see to it
  note  good to know            FAIL  sign nothing until it is cured
The exit code is that of the worst line: 0, 10 for warn, and for FAIL the code
of its error.
"""

_QUEUE: Final = """\
Lists every operation that may still be executed, the most urgent first, and
says whether the list is proven complete. What an operation does is told from
its bytes. Nobody's description of it is ever shown: there is none.
"""

_SHOW: Final = """\
Shows the present or latest operation of a lane whole: what it does, its calls
with arguments and raw words, who approved and who counts, its clock, the
findings, the evidence for all of it, and what can be done about it.
"""

_VERIFY: Final = """\
Looks at the present or latest operation of a lane as closely as `show` does, and
prints the findings alone. For scripts: the exit code is that of the worst one.

exit codes: 0 up to a notice, 10 for a warning, 11 for danger, or that of the
error that kept it from looking. That it is 0 does not make an operation right:
it means that no rule found more. Read `fourth-signer show LANE` before you sign.
"""

_BUNDLE: Final = """\
Writes one file with all that a review of an operation rests on: its bytes, the
block's header, proofs, code, what tokens and endpoints said, the simulation, the
descriptors in use. `fourth-signer show --bundle FILE` gives the same screen from
it where there is no network, with every proof checked again there.

What no file can show is that its block is on the chain: compare the hash of the
block with another source and give it with --block, or all stays claimed. The
hash of the file is printed at both ends, so that they can be compared.
"""

_DECODE: Final = """\
Says what some calldata does, from the bytes alone: no network is asked. Every
call inside of it opens as a tree, and every place where an honest encoder would
have written something else is named, with its bytes.

exit codes: 0; 10 or 11 where the encoding alone is a warning or danger. That it
is 0 does not make the call a harmless one.
"""

_JSON: Final = """\
--json prints one object: {"version": 1, "kind": ..., ...}. Amounts are decimal
text, bytes are 0x text, moments are seconds since 1970. All of it is described
by `python -m pydoc verifier.cli.record`.
"""

# What the table of errors does not tell by its names.
_CODES: Final = {
    0: "all is well",
    1: "a fault of this program",
    2: "arguments that make no sense",
    10: "doctor, plan: a warning at worst",
    11: "doctor: the worst is a danger",
    18: "attest: not as the file says",
    19: "diff: not all can come about",
    70: "the contract refused",
    71: "it refused for an unknown reason",
    74: "the output cannot be written",
    130: "interrupted",
    141: "the output's reader stopped",
}


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        from verifier.errors.text import sanitise

        said = sanitise(message, most=300)
        self.exit(2, f"fourth-signer: {said[:1].upper()}{said[1:]}; `{self.prog} --help` tells more.\n")


class _MainParser(_Parser):
    """Knows the exit codes: their table is only read when somebody asks for help."""

    def parse_args(self, *arguments: Any, **options: Any) -> Any:
        """Return what was given; what does not go together is said in one sentence too."""
        found = super().parse_args(*arguments, **options)
        if getattr(found, "command", None) == "show":
            if found.lane is None and found.bundle is None:
                self.error("`show` wants a LANE, or a --bundle")
            if found.bundle is not None and (found.rpc or found.quorum is not None):
                self.error("a --bundle is shown without asking anybody, so --rpc and --quorum mean nothing")
            if found.bundle is None and found.block is not None:
                self.error("--block is the hash of a --bundle's block")
        if getattr(found, "command", None) in ("sign", "expedite"):
            self._require_sense(found)
        if getattr(found, "command", None) in ("open", "serve") and (fault := fault_of(found)):
            self.error(fault)
        return found

    def _require_sense(self, found: argparse.Namespace) -> None:
        if found.lane is None and found.bundle is None:
            self.error(f"`{found.command}` wants a LANE, or a --bundle")
        if found.bundle is not None and found.block is None:
            self.error(
                "a --bundle is signed for with --block, the hash of its block from a source that you trust"
            )
        if found.bundle is not None and (found.rpc or found.quorum is not None):
            self.error("a --bundle is read without asking anybody, so --rpc and --quorum mean nothing")
        if found.bundle is None and found.block is not None:
            self.error("--block is the hash of a --bundle's block")

    def format_help(self) -> str:
        from verifier.errors import EXIT_CODES

        texts = {**{code: error.__name__ for error, code in EXIT_CODES.items()}, **_CODES}
        cells = [f"{code:<3} {text}" for code, text in sorted(texts.items())]
        half = (len(cells) + 1) // 2
        rows = zip(cells[:half], [*cells[half:], ""], strict=False)
        self.epilog = _EXAMPLES + "".join(f"  {left:<38} {right}".rstrip() + "\n" for left, right in rows)
        return super().format_help()


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = _MainParser(
        prog="fourth-signer",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version", action="store_true", help="print the release, and the hash of a vault's code"
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=_Parser)
    _add_init(commands)
    _add_doctor(commands)
    _add_queue(commands)
    _add_show(commands)
    _add_verify(commands)
    _add_bundle(commands)
    _add_decode(commands)
    add_signing(commands)
    add_acts(commands)
    add_open(commands)
    add_serve(commands)
    add_watch(commands)
    add_guard(commands)
    add_audit(commands)
    add_releasing(commands)
    add_plan(commands)
    add_frost(commands)
    add_attest(commands)
    add_diff(commands)
    add_demo(commands)
    return parser


def _add_init(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = add_command(commands, "init", "pin a vault, and write the configuration file", _INIT)
    parser.add_argument("address", metavar="ADDRESS", help="of the vault, with its EIP-55 checksum")
    parser.add_argument(
        "--rpc",
        action="append",
        required=True,
        metavar="URL",
        help="an endpoint (JSON-RPC); may come several times",
    )
    parser.add_argument(
        "--quorum",
        type=whole_number,
        metavar="K",
        help="how many endpoints have to agree (usual: all of 1 or 2, else most)",
    )
    parser.add_argument("--name", metavar="NAME", help="what you call the vault (usual: vault)")
    parser.add_argument("--founding", metavar="HASH", help="the founding hash that the vault has to have")
    parser.add_argument("--seat", type=whole_number, metavar="N", help="your own seat")
    parser.add_argument("--replace", action="store_true", help="replace a pin that differs")
    add_config(parser)


def _add_doctor(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = add_command(
        commands, "doctor", "say what is wrong, and what to do about it", _DOCTOR + "\n" + _JSON
    )
    add_choice(parser)


def _add_queue(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = add_command(commands, "queue", "list the operations that are waiting", _QUEUE + "\n" + _JSON)
    add_choice(parser)


def _add_show(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = add_command(commands, "show", "show one operation whole", _SHOW + "\n" + _JSON)
    parser.add_argument(
        "lane",
        type=int,
        nargs="?",
        metavar="LANE",
        help="0 to 511; `fourth-signer queue` lists the open ones",
    )
    parser.add_argument("--bundle", metavar="FILE", help="show what this file holds, without any network")
    parser.add_argument(
        "--block", metavar="HASH", help="of the bundle's block, as another source that you trust has it"
    )
    add_choice(parser)


def _add_verify(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = add_command(commands, "verify", "judge one operation, by exit code", _VERIFY + "\n" + _JSON)
    parser.add_argument("lane", type=int, metavar="LANE", help="0 to 511")
    add_choice(parser)


def _add_bundle(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = add_command(commands, "bundle", "write an operation to a file, to be shown offline", _BUNDLE)
    parser.add_argument("lane", type=int, metavar="LANE", help="0 to 511")
    parser.add_argument(
        "--output", metavar="FILE", help="where to (usual: lane-LANE.bundle); none is replaced"
    )
    add_choice(parser)


def _add_decode(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = add_command(commands, "decode", "say what some calldata does, offline", _DECODE + "\n" + _JSON)
    parser.add_argument(
        "calldata", metavar="HEX|FILE", help="the bytes, a file that holds them, or - for stdin"
    )
    parser.add_argument("--to", metavar="ADDRESS", help="the contract that is called")
    parser.add_argument("--value", type=amount_of_wei, default=0, metavar="WEI", help="what is sent along")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    add_config(parser)
