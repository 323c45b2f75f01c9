"""The rules: what each tier asks for, which assets are listed with which limits, who may receive, and break-glass."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from textual.widget import Widget

from verifier.desk.survey import Survey
from verifier.model.asset import Use
from verifier.model.reading import VaultReading
from verifier.model.text import show_count, show_duration, show_moment
from verifier.model.tier import QUARTER_HOURS, Tier, TierTerms
from verifier.model.units import hours
from verifier.pages.layout import Page
from verifier.tui.place import Place
from verifier.tui.sheet import Sheet, SheetPane

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


class PolicyScreen(Place):
    """What decides on the tier of an operation, and what a tier asks for."""

    TERMS = ("tier", "delay", "grace", "limits", "counterparty", "break-glass", "segregated")

    def body(self) -> Iterable[Widget]:
        yield SheetPane(id="policy-sheet")

    def on_mount(self) -> None:
        super().on_mount()
        self.read()
        self.query_one(SheetPane).focus()

    def read(self) -> None:
        self.terminal.ask_survey()

    def show(self) -> None:
        latest, survey = self.known.latest, self.known.survey
        reading = survey.reading if survey else latest.reading if latest else None

        def fill(sheet: Sheet) -> None:
            if reading is None:
                sheet.text("Reading ...")
                return
            _add_tiers(sheet, reading)
            if survey is None:
                sheet.space()
                sheet.text("Reading the lists ...")
                return
            _add_assets(sheet, survey)
            _add_counterparties(sheet, survey)
            add_break_glass(sheet, survey)

        self.query_one(SheetPane).fill(fill)


def _add_tiers(page: Page, reading: VaultReading) -> None:
    page.title(f"Tiers ({reading.tiers.evidence.name.lower()})")
    rows = [["tier", "quorum", "security", "apart", "delay", "grace", "hurried to"]]
    for tier, terms in zip(Tier, reading.tiers.value, strict=True):
        can_hurry = tier is not Tier.CUSTODY and terms.least_delay < terms.delay
        rows.append(
            [
                tier.name,
                str(terms.quorum),
                str(terms.security_approvals),
                "yes" if terms.segregated else "no",
                show_duration(terms.delay),
                show_duration(hours(terms.grace_hours)),
                show_duration(terms.least_delay) if can_hurry else "never",
            ]
        )
    page.table(rows, indent=2)
    page.space()
    for tier, terms in zip(Tier, reading.tiers.value, strict=True):
        if terms.has_window:
            page.text(f"{tier.name} executes {_window(terms)} only.", indent=2)
    roster = reading.roster.value
    page.text(f"An objected seat operation needs {roster.supermajority} approvals.", indent=2)
    page.text(f"Epoch {roster.epoch}: how often members, tiers or policy have changed.", indent=2)


def _window(terms: TierTerms) -> str:
    days = ", ".join(day for i, day in enumerate(_DAYS) if terms.weekdays >> i & 1) or "on no day"
    opens, closes = (f"{q * 15 // 60:02}:{q * 15 % 60:02}" for q in (terms.opens_at, terms.closes_at))
    return f"{days}, {'all day' if terms.closes_at - terms.opens_at == QUARTER_HOURS else f'{opens} to {closes} UTC'}"


def _add_assets(page: Page, survey: Survey) -> None:
    page.title("Listed assets")
    now, lexicon = survey.reading.head.timestamp, survey.lexicon
    for asset, fact in survey.policy.assets.items():
        terms = fact.value
        level, routine, high = (
            lexicon.amount(asset, terms.amount(units))
            for units in (terms.level_at(now), terms.routine_limit, terms.high_value_from)
        )
        page.text(
            f"{'the native coin' if not any(asset) else lexicon.name(asset)} ({fact.evidence.name.lower()})",
            indent=2,
        )
        page.field("ROUTINE", f"up to {routine}", indent=4, column=13)
        page.field("HIGH_VALUE", f"from {high}", indent=4, column=13)
        page.field("moved", f"{level} counts of the last day", indent=4, column=13)
    if not survey.policy.assets:
        page.text("None of those that are known here: what moves is HIGH_VALUE or CUSTODY.", indent=2)
    page.space()
    page.text(
        "Only what you have a label for, and what open operations name, can be asked about: a vault keeps no list.",
        indent=2,
    )


def _add_counterparties(page: Page, survey: Survey) -> None:
    page.title("Allowed counterparties")
    for account, fact in survey.policy.counterparties.items():
        uses = [
            said
            for use, said in ((Use.RECIPIENT, "receives"), (Use.SPENDER, "may be allowed to spend"))
            if fact.value & use
        ]
        page.text(
            f"{survey.lexicon.name(account)}: {' and '.join(uses)} ({fact.evidence.name.lower()})", indent=2
        )
    if not survey.policy.counterparties:
        page.text("None of those that are known here.", indent=2)


def add_break_glass(page: Page, survey: Survey) -> None:
    """Add what break-glass is bound by, and every use of it."""
    ledger = survey.bypasses
    if ledger is None:
        return
    terms = ledger.terms
    page.title(f"Break-glass ({ledger.evidence.name.lower()})")
    page.text(
        f"Used {show_count(terms.count, 'time')} in all. No more than {terms.limit} within 30 days while one is "
        f"unreviewed, which an auditor does within {show_duration(hours(terms.review_hours))}.",
        indent=2,
    )
    for number, bypass in sorted(ledger.bypasses.items(), reverse=True):
        record = bypass.record
        said = f"{show_moment(record.at)}, lane {record.lane}: {record.verdict.name}"
        if record.reviewed_at:
            said += f" by person {record.reviewer}, {show_moment(record.reviewed_at)}"
        page.field(f"number {number}", said, column=13)
