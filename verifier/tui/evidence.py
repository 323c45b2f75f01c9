"""Why all of this is believed: the block, who agrees on it, who does not, and what is proven against it."""

from __future__ import annotations

from collections.abc import Iterable

from textual.widget import Widget

from verifier.desk.briefing import Briefing
from verifier.model.evidence import Evidence
from verifier.model.text import sanitise
from verifier.pages.layout import in_groups
from verifier.pages.words import block_of, completeness_of, named, show_shared
from verifier.tui.place import Place
from verifier.tui.sheet import Sheet, SheetPane


class EvidenceScreen(Place):
    """Endpoints, block and proofs."""

    TERMS = ("evidence", "proven", "agreed", "claimed", "endpoint", "pinned")

    def body(self) -> Iterable[Widget]:
        yield SheetPane(id="evidence-sheet")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(SheetPane).focus()

    def show(self) -> None:
        briefing, trouble = self.known.latest, self.known.trouble

        def fill(sheet: Sheet) -> None:
            if trouble is not None:
                sheet.title("Nothing newer is known")
                sheet.text(trouble.sentence, indent=2)
            if briefing is None:
                sheet.title("Asked")
                for host in self.source.hosts:
                    sheet.text(sanitise(host), indent=2)
                return
            _add_block(sheet, briefing)
            _add_endpoints(sheet, briefing)
            _add_facts(sheet, briefing)
            if briefing.findings:
                sheet.title("Findings about the reading")
                sheet.findings(briefing.findings, indent=2)

        self.query_one(SheetPane).fill(fill)


def _add_block(sheet: Sheet, briefing: Briefing) -> None:
    reading = briefing.reading
    head = reading.head
    sheet.title("Vault")
    sheet.field("name", briefing.signer.vault_name or "not pinned", column=13)
    sheet.field("address", named(briefing, reading.vault), column=13)
    sheet.field("chain", str(head.chain_id), column=13)
    sheet.title("Block (you vouch for it)" if head.vouched else f"Block ({_word(head.evidence)})")
    sheet.field("number", block_of(head), column=13)
    _add_hash(sheet, "hash", head.hash)
    _add_hash(sheet, "state root", head.state_root)


def _add_endpoints(sheet: Sheet, briefing: Briefing) -> None:
    head = briefing.reading.head
    sheet.title("Endpoints")
    for name in head.agreeing:
        sheet.field("gives it" if head.vouched else "agrees", sanitise(name), column=13)
    for name in head.dissenting:
        sheet.field("ANOTHER", f"{sanitise(name)} gives another block", column=13)
    for names in head.shared:
        sheet.field("ONE?", f"{show_shared(names)}.", column=13)
    for i, name in enumerate(head.silent):
        why = head.failures[i] if i < len(head.failures) else "no answer"
        lead = "LIES" if name in head.lying else "silent"
        sheet.field(lead, f"{sanitise(name)}: {why}", column=13)


def _add_facts(sheet: Sheet, briefing: Briefing) -> None:
    reading = briefing.reading
    sheet.title("What was read against it")
    facts = (
        ("code", reading.code_hash.evidence, "the hash of its code is this release's"),
        ("founding", reading.founding.evidence, "the hash of what it was founded with, below"),
        ("members", reading.members.evidence, f"{len(reading.members.value)} seats, and none is missing"),
        ("tiers", reading.tiers.evidence, "what each tier asks for"),
        ("queue", reading.lanes.evidence, completeness_of(briefing)),
        ("balance", reading.balance.evidence, f"{reading.balance.value} wei"),
    )
    for name, evidence, said in facts:
        sheet.field(name, f"{_word(evidence)}: {said}", column=13)
    _add_hash(sheet, "", reading.founding.value)
    sheet.space()
    sheet.text(
        "proven: a Merkle proof against the block's state root. agreed: as many endpoints as you configured say so. "
        "claimed: one source says so.",
        indent=2,
    )


def _add_hash(sheet: Sheet, name: str, value: bytes) -> None:
    """Add a hash in groups, which can be compared by eye."""
    for i, line in enumerate(in_groups(value)):
        sheet.field("" if i else name, line, column=13)


def _word(evidence: Evidence) -> str:
    return evidence.name.lower()
