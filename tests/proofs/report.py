"""What was proven, as a table for the terminal and as the page `proofs.md`."""

from __future__ import annotations

from collections.abc import Sequence

from tests.proofs.catalogue import FOLDER, Catalogue, Outcome, Result
from tests.proofs.evidence import to_evidence

PAGE = FOLDER / "proofs.md"
WORDS: dict[Outcome, str] = {"holds": "proven", "fails": "FAILS", "unfinished": "not finished"}
BROKEN_WORDS: dict[Outcome, str] = {"holds": "NOT FOUND", "fails": "found", "unfinished": "not finished"}
MARK = "Code: "


def to_table(chosen: Catalogue, results: Sequence[Result]) -> str:
    """Return one line per result."""
    broken = {entry.name: entry for entry in chosen.broken}
    width = max((len(result.name) for result in results), default=0)
    lines = []
    for result in results:
        if result.name in broken:
            word, what = BROKEN_WORDS[result.outcome], f"fault: {broken[result.name].fault}"
        else:
            proof = chosen.proof(result.name)
            word, what = WORDS[result.outcome], f"{proof.invariant}: {proof.claims}"
        lines.append(f"{result.name:<{width}}  {word:<12}  {result.seconds:>5} s  {what}")
    return "\n".join(lines)


def is_current(digest: str) -> bool:
    """Whether the page is about this code."""
    return PAGE.exists() and f"{MARK}`{digest}`" in PAGE.read_text("utf-8")


def to_page(catalogue: Catalogue, results: Sequence[Result], digest: str) -> str:
    """Return the page."""
    found = {result.name: result for result in results}
    lines = [
        "# What is proven",
        "",
        "Made by `scripts/prove`; do not edit. How to read it stands in `contracts/README.md`.",
        f"{MARK}`{digest}`",
        "",
        *to_evidence(catalogue, found),
        "",
        "## Proofs",
        "",
        "| proof | invariant | what it says | bounds | result | seconds |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for proof in catalogue.proofs:
        result = found[proof.name]
        word = WORDS[result.outcome] + (f": {result.detail}" if result.detail else "")
        lines.append(
            f"| {proof.name} | {proof.invariant} | {proof.claims} | {proof.bounds} | {word} | {result.seconds} |"
        )
    lines += [
        "",
        "## Swapped functions",
        "",
        "Proofs run with these functions in another form, which a prover goes through in one path, or at all:",
        "",
        *(
            f"- **{swap.name}** ({', '.join(swap.only) or 'all of the above'}): {swap.because}"
            for swap in catalogue.swaps
        ),
        "",
        "## Broken on purpose",
        "",
        "Each of these is the contracts with one fault, which the proof beside it must find.",
        "",
        "| variant | fault | proof | result | seconds |",
        "| --- | --- | --- | --- | --- |",
    ]
    for broken in catalogue.broken:
        result = found[broken.name]
        word = BROKEN_WORDS[result.outcome] + (f" ({result.detail})" if result.detail else "")
        lines.append(f"| {broken.name} | {broken.fault} | {broken.proof} | {word} | {result.seconds} |")
    return "\n".join(lines) + "\n"
