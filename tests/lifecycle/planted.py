"""Faults that are put into the contracts on purpose: whoever tells stories has to find each of them.

They are chosen by what they break, one for each control. `scripts/mutate` tries hundreds of small ones.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from eth_hash.auto import keccak

from tests.lifecycle.crew import Crew, StoryFailedError, start_crew
from tests.mutation.compiler import Compiler, errors_of, start_compiler
from tests.stage import RELEASE

MOST_BATCHES: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong: a text of a contract, and what stands there instead."""

    name: str
    file: str
    text: str
    instead: str


FAULTS: Final = (
    Fault(
        name="the publisher counts to its own quorum",
        file="contracts/Vault.sol",
        text="SeatSet eligible = roster_.approvers().without(publisher);",
        instead="SeatSet eligible = roster_.approvers();",
    ),
    Fault(
        name="what moved before does not count",
        file="contracts/libraries/Policy.sol",
        text="if (!isFirst || withLevels) level",
        instead="if (!isFirst) level",
    ),
    Fault(
        name="a part of a unit is free",
        file="contracts/libraries/Policy.sol",
        text="(amount + unit - 1) / unit",
        instead="amount / unit",
    ),
    Fault(
        name="a quorum is enough to hurry from HIGH_VALUE on",
        file="contracts/Vault.sol",
        text="ask.state.tier() >= HIGH_VALUE ? roster_.supermajority() : terms.quorum()",
        instead="terms.quorum()",
    ),
    Fault(
        name="nobody with BREAK_GLASS is needed to hurry",
        file="contracts/Vault.sol",
        text="bool isQuorum = isBreakGlass && ",
        instead="bool isQuorum = ",
    ),
    Fault(
        name="consents to hurry need not be of people apart",
        file="contracts/Vault.sol",
        text="(terms.segregated() == 0 || Approvals.areSegregated(collected.members, terms.quorum()))",
        instead="true",
    ),
    Fault(
        name="who is apart is not looked at again",
        file="contracts/Vault.sol",
        text="|| _members.areSegregated(state.approvals() & roster_.approvers()));",
        instead="|| true);",
    ),
    Fault(
        name="a new member is seasoned at once",
        file="contracts/libraries/Approvals.sol",
        text="!state.isSeatOperation() && member.seasonedAt() > currentTime()",
        instead="false",
    ),
    Fault(
        name="a holder may sit elsewhere",
        file="contracts/libraries/Members.sol",
        text="            _bind(book, account, persons[i]);",
        instead="            book.persons[persons[i]] = account;",
    ),
    Fault(
        name="a group's withdrawal is for any publication",
        file="contracts/Vault.sol",
        text="id.withdrawDigest(state.publication())",
        instead="id.withdrawDigest(0)",
    ),
    Fault(
        name="another registry asks about nobody",
        file="contracts/Vault.sol",
        text="        _members.requireCompatible();\n",
        instead="",
    ),
    Fault(
        name="a suspension lapses a second early",
        file="contracts/Vault.sol",
        text="if (lapsesAt > currentTime()) revert",
        instead="if (Timestamp.unwrap(lapsesAt) > block.timestamp + 1) revert",
    ),
    Fault(
        name="windows are always open",
        file="contracts/Vault.sol",
        text="if (roster_.hasWindow(tier) && ",
        instead="if (false && ",
    ),
    Fault(
        name="an objection changes nothing",
        file="contracts/Vault.sol",
        text="(state.isObjected() ? supermajority : terms.quorum())",
        instead="terms.quorum()",
    ),
)


def find_planted(first: int, say: Callable[[str], None]) -> int:
    """Look for each fault with the stories from a batch on. Return 1 if one was not found."""
    missed = []
    with TemporaryDirectory() as folder:
        for number, fault in enumerate(FAULTS):
            release = Path(folder) / str(number)
            # A new one each time: it keeps all memory that it ever had.
            with start_compiler() as compiler:
                write_release(release, fault, compiler)
            began = time.monotonic()
            with start_crew(release=release) as crew:
                found = _look(crew, first)
            seconds = time.monotonic() - began
            if found is None:
                missed.append(fault.name)
            say(
                f"{fault.name}: "
                + (
                    f"found after {crew.tally.steps} steps, {seconds:.0f} s: {found}"
                    if found
                    else "NOT FOUND"
                )
            )
    say(f"found {len(FAULTS) - len(missed)} of {len(FAULTS)} planted faults")
    return 1 if missed else 0


def _look(crew: Crew, first: int) -> str | None:
    """Return in one line why a story failed; None where all of them went well."""
    try:
        crew.tell(first, lambda crew: crew.batches >= MOST_BATCHES)
    except StoryFailedError as exc:
        return next((line for line in str(exc).splitlines()[1:] if line.strip()), "failed")[:160]
    return None


def write_release(folder: Path, fault: Fault, compiler: Compiler) -> None:
    """Write a folder like `verifier/release` whose vault has this fault."""
    question = json.loads((RELEASE / "vault.input.json").read_text("utf-8"))
    source = question["sources"][fault.file]
    assert source["content"].count(fault.text) == 1, f"{fault.name}: its text is not there once"
    source["content"] = source["content"].replace(fault.text, fault.instead)
    output = compiler.compile(question)
    assert not errors_of(output), f"{fault.name}: {errors_of(output)}"
    (built,) = output["contracts"]["contracts/Vault.sol"].values()
    folder.mkdir()
    for path in RELEASE.iterdir():
        (folder / path.name).symlink_to(path)
    facts: dict[str, Any] = json.loads((RELEASE / "vault.json").read_text("utf-8"))
    runtime = bytes.fromhex(built["evm"]["deployedBytecode"]["object"])
    facts |= {
        "creation_code": "0x" + built["evm"]["bytecode"]["object"],
        "code_hash": "0x" + keccak(runtime).hex(),
        "runtime_bytes": len(runtime),
    }
    (folder / "vault.json").unlink()
    (folder / "vault.json").write_text(json.dumps(facts), "utf-8")
