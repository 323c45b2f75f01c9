"""An attestation as text: what differs first, then what to see to, then what is well."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from verifier.desk.attesting import Attestation
from verifier.desk.statements import Statement
from verifier.model.difference import Difference, Side
from verifier.model.finding import Severity
from verifier.model.text import Shown, show_bytes
from verifier.pages.layout import MARKS, Page
from verifier.pages.words import block_of, endpoints_of

_SIDES: Final = {Side.BEYOND: "beyond", Side.LACKING: "lacks", Side.OTHER: "other"}
_OK: Final = "ok"


def attestation_page(attestation: Attestation, width: int, *, file: Shown | None) -> str:
    """Return what came of looking at a vault.

    :param file: what the file is called that it was compared with
    """
    reading = attestation.reading
    page = Page(width)
    page.text(_verdict(attestation, file))
    page.space()
    page.field("vault", str(reading.vault), indent=0)
    page.field("block", f"{block_of(reading.head)}, chain {reading.head.chain_id}", indent=0)
    page.field("", endpoints_of(reading.head), indent=0)
    if attestation.file_hash:
        page.field("file", f"{file}, SHA-256 {show_bytes(attestation.file_hash)}", indent=0)
    add_differences(page, attestation.differences)
    wrong = [each for each in attestation.statements if each.severity >= Severity.WARNING]
    notes = [each for each in attestation.statements if each.severity is Severity.NOTICE]
    well = [each for each in attestation.statements if each.severity is Severity.INFO]
    for title, statements in (("To see to", wrong), ("Good to know", notes), ("Well", well)):
        if statements:
            page.title(title)
            _add_statements(page, statements)
    return str(page)


def add_differences(page: Page, differences: Iterable[Difference]) -> None:
    """Add each difference under its subject; `beyond` is what the chain has and the file does not."""
    listed = list(differences)
    if not listed:
        return
    page.title("Differences")
    for each in listed:
        said = f"{each.subject}: {each.sentence} ({each.evidence.name.lower()})"
        page.text(said, indent=2, hang=f"{_SIDES[each.side]:<7}")


def _verdict(attestation: Attestation, file: Shown | None) -> str:
    count = len(attestation.differences)
    if count:
        return f"NOT AS THE FILE SAYS: {count} difference{'s' if count != 1 else ''} from {file}."
    wrong = sum(each.severity >= Severity.WARNING for each in attestation.statements)
    if wrong:
        rest = f"{wrong} thing{'s' if wrong != 1 else ''} to see to"
        return f"Of this release, and {rest}." if file is None else f"As {file} says, and {rest}."
    return "Of this release." if file is None else f"As {file} says, and nothing beyond it."


def _add_statements(page: Page, statements: Iterable[Statement]) -> None:
    for each in statements:
        mark = _OK if each.severity is Severity.INFO else MARKS[each.severity]
        said = f"{each.sentence} ({each.evidence.name.lower()})"
        page.text(said, indent=2, hang=f"{mark:<7}{each.rule:<14} ")
