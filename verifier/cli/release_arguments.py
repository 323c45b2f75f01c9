"""The arguments of both gates before production. Imports nothing that takes time."""

from __future__ import annotations

import argparse
from typing import Any, Final

from verifier.cli.argument_parts import add_command, whole_number

_AUTHORISE: Final = """\
Shows what you would authorise, asks for your passphrase, and writes a token: your
signed word that one thing may be done, once, and until it expires. Two people's
tokens release a commit; neither of them may have written any of it.

example:
  fourth-signer release-authorise --key ann.pem --commit HEAD --file vault.toml \\
    --network mainnet --hours 4

A key file is made by `openssl genpkey -algorithm ed25519 -aes-256-cbc -out ann.pem`
(or -algorithm EC -pkeyopt ec_paramgen_curve:P-256); the public half, by
`openssl pkey -in ann.pem -pubout`, goes into release.toml.
"""

_CHECK: Final = """\
The gate. Opens if two different people, neither of whom wrote what is deployed,
have authorised this file at this commit for this network. Their tokens are spent
then and the release is in the record, whether or not you deploy after it.

example, in a pipeline:
  fourth-signer release-check --policy release.toml --commit HEAD \\
    --file vault.toml --network mainnet --token ann.jwt --token ben.jwt

exit codes: 0 released, or the network needs nobody; 119 refused; 121 and 122
where the record is broken or missing; 123 where git does not tell; 124 where the
policy or the list of revocations cannot be used.
"""

_BYPASS: Final = """\
Goes past a gate with one person's token, for good in the record. Each bypass waits
for a review by somebody who took no part in it. While one has waited for longer
than the policy allows (usual: 72 hours), or there were too many within 30 days
(usual: 3) and one is unreviewed, a further one is refused.

examples:
  fourth-signer release-bypass --file vault.toml --network mainnet \\
    --reason incident.txt --token ann.jwt
  fourth-signer release-bypass --repository example/vaults --pull 12 \\
    --commit FULL-HASH --reason incident.txt --token ann.jwt
"""

_REVIEW: Final = """\
Records that somebody who took no part in a bypass has looked at it, with their token.

example:
  fourth-signer release-review --bypass HASH --justified --findings review.md \\
    --token cleo.jwt
"""

_POLICY: Final = """\
Puts another release.toml in force, by tokens of two people of the one that is.
A file that was merely changed opens nothing: the gate goes by what was adopted.

example:
  fourth-signer release-policy --policy old.toml --adopt release.toml \\
    --token ann.jwt --token ben.jwt
"""

_RECORD: Final = """\
The record of releases: one entry a release, bypass, review or policy, each holding
the hash of the one before it and the tokens by which it was let in.
"""

_CHANGE: Final = """\
The second gate, for a pull request. Refuses a change to contracts or signing code
that the security team has not approved, or that somebody who opened, wrote or
pushed it has. It reads CODEOWNERS of the base branch and the unchanged answers of
GitHub's API; lists come as one file a page, fetched with per_page=100.

example:
  fourth-signer review-check --codeowners CODEOWNERS --pull pull.json \\
    --reviews reviews-1.json --commits commits-1.json --files files-1.json \\
    --activity activity-1.json --team @example/security=members-1.json

exit codes: 0 approved, or nothing guarded is touched; 120 refused; 125 where a
file is not what it should be.
"""

_SECONDS: Final = "Times are UTC, hashes hex."


def add_releasing(commands: argparse._SubParsersAction[Any]) -> None:
    """Add the commands of both gates."""
    _add_authorise(commands)
    _add_check(commands)
    _add_bypass(commands)
    _add_review(commands)
    _add_policy(commands)
    _add_record(commands)
    _add_change(commands)


def _add_authorise(commands: argparse._SubParsersAction[Any]) -> None:
    parser = add_command(
        commands, "release-authorise", "sign that one thing may be released, once", _AUTHORISE
    )
    parser.add_argument(
        "--purpose",
        choices=("release", "bypass", "change-bypass", "review", "policy"),
        default="release",
        help="what the token is for (usual: release)",
    )
    parser.add_argument("--key", required=True, metavar="FILE", help="your encrypted private key, PEM")
    parser.add_argument(
        "--passphrase-file", metavar="FILE", help="its first line opens the key (usual: you are asked)"
    )
    parser.add_argument("--kid", metavar="KID", help="which key of the policy (usual: the one in the file)")
    parser.add_argument(
        "--hours", type=whole_number, default=4, metavar="HOURS", help="how long it is valid (usual: 4)"
    )
    parser.add_argument(
        "--seen", metavar="HASH", help="the record's head, where the record itself is not at hand"
    )
    parser.add_argument("--output", metavar="FILE", help="where to write it (usual: PURPOSE-KID-ID.jwt)")
    parser.add_argument("--yes", action="store_true", help="do not ask whether to go on")
    _add_policy_file(parser)
    _add_thing(parser)
    _add_change_thing(parser)
    _add_reason(parser, is_needed=False)
    _add_verdict(parser, is_needed=False)
    parser.add_argument("--adopt", metavar="FILE", help="for a policy: the release.toml to put in force")


def _add_check(commands: argparse._SubParsersAction[Any]) -> None:
    parser = add_command(commands, "release-check", "the gate: released by two people?", _CHECK)
    _add_policy_file(parser)
    _add_thing(parser)
    _add_tokens(parser, is_needed=False)
    parser.add_argument(
        "--chain", type=_chain_number, metavar="N", help="the chain's number as it says itself, to compare"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="look, and spend and record nothing: the deployer will"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object, a refusal too")


def _add_bypass(commands: argparse._SubParsersAction[Any]) -> None:
    parser = add_command(commands, "release-bypass", "go past a gate, for good in the record", _BYPASS)
    _add_policy_file(parser)
    _add_thing(parser)
    _add_change_thing(parser)
    _add_reason(parser, is_needed=True)
    _add_tokens(parser)


def _add_review(commands: argparse._SubParsersAction[Any]) -> None:
    parser = add_command(commands, "release-review", "review a bypass in which you took no part", _REVIEW)
    _add_policy_file(parser)
    _add_verdict(parser, is_needed=True)
    _add_tokens(parser)


def _add_policy(commands: argparse._SubParsersAction[Any]) -> None:
    parser = add_command(commands, "release-policy", "put another release.toml in force", _POLICY)
    _add_policy_file(parser)
    parser.add_argument("--adopt", required=True, metavar="FILE", help="the release.toml to put in force")
    _add_tokens(parser)


def _add_record(commands: argparse._SubParsersAction[Any]) -> None:
    parser = add_command(commands, "release-record", "begin, check, show or hand out the record", _RECORD)
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True, parser_class=type(parser))
    start = add_command(acts, "start", "begin a record, once for all", "Begins a record with this policy.\n")
    verify = add_command(
        acts, "verify", "look whether it is what was written", "Verifies hashes and tokens.\n"
    )
    show = add_command(acts, "show", "list its entries", f"Lists its entries. {_SECONDS}\n")
    export = add_command(acts, "export", "write it to a file", "Writes it, with a program that checks it.\n")
    export.add_argument("file", metavar="FILE", help="where there is no file yet")
    show.add_argument("--json", action="store_true", help="print one JSON object")
    for each in (start, verify, show, export):
        _add_policy_file(each)


def _add_change(commands: argparse._SubParsersAction[Any]) -> None:
    parser = add_command(commands, "review-check", "the gate of a pull request", _CHANGE)
    parser.add_argument(
        "--codeowners", required=True, metavar="FILE", help="CODEOWNERS, as the base branch has it"
    )
    parser.add_argument("--pull", required=True, metavar="FILE", help="the pull request")
    for name, what in (("reviews", "its reviews"), ("commits", "its commits"), ("files", "its files")):
        parser.add_argument(
            f"--{name}", required=True, action="append", metavar="FILE", help=f"{what}; one file a page"
        )
    parser.add_argument(
        "--activity", action="append", metavar="FILE", help="who pushed to its branch; one file a page"
    )
    parser.add_argument(
        "--team",
        required=True,
        action="append",
        metavar="@ORG/TEAM=FILE",
        help="a security team's members; once a page",
    )
    parser.add_argument(
        "--guard",
        action="append",
        metavar="PATH",
        help="a file or folder that is guarded, instead of the usual",
    )
    parser.add_argument(
        "--approvals", type=whole_number, default=1, metavar="N", help="how many are needed (usual: 1)"
    )
    parser.add_argument(
        "--policy",
        metavar="FILE",
        help="release.toml: whose addresses are whose, and where bypasses are recorded",
    )
    parser.add_argument("--head", metavar="HASH", help="an entry that the record of bypasses has to hold")
    parser.add_argument("--record", metavar="FILE", help="that record (usual: where the policy says)")
    parser.add_argument("--json", action="store_true", help="print one JSON object, a refusal too")


# ------------------------------------------------------------------------------------------------------------- Parts


def _add_policy_file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--policy", default="release.toml", metavar="FILE", help="who may release (usual: release.toml)"
    )
    parser.add_argument(
        "--head",
        metavar="HASH",
        help="an entry that the record has to hold, as you were told (usual: $FOURTH_SIGNER_RELEASE_HEAD)",
    )
    parser.add_argument("--checkout", metavar="FOLDER", help="the repository (usual: where the policy is)")


def _add_thing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--commit",
        default="HEAD",
        metavar="COMMIT",
        help="what is deployed (usual: HEAD, which it has to be)",
    )
    parser.add_argument(
        "--file", default="vault.toml", metavar="FILE", help="the vault's file (usual: vault.toml)"
    )
    parser.add_argument("--network", metavar="NAME", help="where, by its name in the policy")


def _add_change_thing(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--repository", metavar="OWNER/NAME", help="of the second gate: which repository")
    parser.add_argument(
        "--pull", type=whole_number, metavar="N", help="of the second gate: which pull request"
    )


def _add_reason(parser: argparse.ArgumentParser, *, is_needed: bool) -> None:
    reason = parser.add_mutually_exclusive_group(required=is_needed)
    reason.add_argument("--reason", metavar="FILE", help="why: a file, whose text the record keeps")
    reason.add_argument("--reason-hash", metavar="HASH", help="why: SHA-256 of a text that is kept elsewhere")


def _add_verdict(parser: argparse.ArgumentParser, *, is_needed: bool) -> None:
    parser.add_argument(
        "--bypass", required=is_needed, metavar="HASH", help="of a review: hash of the bypass's entry"
    )
    parser.add_argument(
        "--findings",
        required=is_needed,
        metavar="FILE|HASH",
        help="of a review: what you found, or its SHA-256",
    )
    verdict = parser.add_mutually_exclusive_group(required=is_needed)
    verdict.add_argument("--justified", action="store_true", help="it was right")
    verdict.add_argument("--unjustified", action="store_true", help="it was not")


def _add_tokens(parser: argparse.ArgumentParser, *, is_needed: bool = True) -> None:
    parser.add_argument(
        "--token",
        action="append",
        default=[],
        required=is_needed,
        metavar="FILE",
        help="a token; may come several times",
    )


def _chain_number(text: str) -> int:
    """:raises ArgumentTypeError: no chain has it."""
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise argparse.ArgumentTypeError("it should be the number of a chain")
    return int(text)
