"""Reviewing a use of break-glass: what it was, what the auditor found, and whether it was justified."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from verifier.desk.briefing import Briefing
from verifier.desk.survey import Survey
from verifier.desk.vault_actions import review_action
from verifier.model.bypass import Verdict
from verifier.model.text import show_duration, show_moment
from verifier.model.units import hours
from verifier.pages.layout import in_groups
from verifier.pages.words import named
from verifier.tui.content import plain
from verifier.tui.deeds import Deed
from verifier.tui.early_keys import EarlyKeys
from verifier.tui.place import Place
from verifier.tui.sheet import Sheet, SheetPane
from verifier.tui.vault_acting import ask_review

VERDICTS: Final = {
    Verdict.UNREVIEWED: "waits for a review",
    Verdict.JUSTIFIED: "justified",
    Verdict.UNJUSTIFIED: "NOT justified",
}
_COLUMN: Final = 13
_ANY_HASH: Final = bytes(32)


class ReviewScreen(EarlyKeys, Place):
    """One use of break-glass, before it is reviewed."""

    AUTO_FOCUS = "#findings"
    TERMS = ("break-glass", "expedite", "roles")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "No, back", id="review.leave", tooltip="Record nothing"),
        Binding("up", "scroll(-1)", "Up", show=False, id="review.up", tooltip="Read on above"),
        Binding("down", "scroll(1)", "Down", show=False, id="review.down", tooltip="Read on below"),
        Binding("left", "app.focus_previous", "Answer before", show=False, id="review.before"),
        Binding("right", "app.focus_next", "Next answer", show=False, id="review.next"),
    ]

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def body(self) -> Iterable[Widget]:
        yield Static(id="standing")
        yield SheetPane(id="bypass-sheet")
        yield Static(
            plain("What you found: a file, which you keep, or its hash. Only the hash is sent."), id="asked"
        )
        yield Input(id="findings", compact=True)
        with Horizontal(id="answers"):
            yield Button(plain("No, record nothing"), id="no")
            yield Button(plain("It was justified"), id="justified")
            yield Button(plain("It was not justified"), id="unjustified")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#findings").focus()

    def show(self) -> None:
        survey = self.known.survey
        if survey is None:
            return
        why = review_deed(survey, self.known.latest, self.number).why_not
        said = f"Review use {self.number} of break-glass"
        self.query_one("#standing", Static).update(plain(f"{said}: not now. {why}" if why else said, "bold"))
        fill = partial(add_bypass, survey=survey, latest=self.known.latest, number=self.number)
        self.query_one(SheetPane).fill(fill)
        for name in ("#justified", "#unjustified"):
            self.query_one(name, Button).disabled = bool(why)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Lead on to the answers, of which the first is No."""
        event.stop()
        self.query_one("#no").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "no":
            self.action_leave()
        else:
            self._ask(is_justified=event.button.id == "justified")

    def action_leave(self) -> None:
        self.dismiss()

    def action_scroll(self, lines: int) -> None:
        """Move what is read; the answer stays where it is."""
        self.query_one(SheetPane).scroll_relative(y=lines, animate=False)

    def _ask(self, *, is_justified: bool) -> None:
        text, function, survey = (
            self.query_one(Input).value.strip(),
            self.source.hash_findings,
            self.known.survey,
        )
        bypasses = survey.bypasses if survey else None
        if not text or function is None or bypasses is None or self.number not in bypasses.bypasses:
            self.terminal.say(
                "Say where your findings are: a review without any is none.", severity="warning"
            )
            self.query_one(Input).focus()
            return
        bypass = bypasses.bypasses[self.number]

        def then(found: object) -> None:
            if self.terminal.screen is self and isinstance(found, bytes):
                ask_review(self.terminal, self.number, bypass, found, is_justified=is_justified)

        self.terminal.ask_for("findings", lambda: function(text), then)


def review_deed(survey: Survey, latest: Briefing | None, number: int | None) -> Deed:
    """Return how the signer reviews a use of break-glass, or why not; `None` where none is chosen."""
    why, said = "Choose a use of break-glass.", "Records whether a use of break-glass was justified."
    if number is not None and survey.bypasses is not None and latest is not None:
        action = review_action(
            survey.reading, survey.bypasses, latest.signer, number, findings=_ANY_HASH, is_justified=True
        )
        why = action.why_not
        said = f"Records for ever whether use {number} was justified, with the hash of your findings."
    return Deed(key="b", name="review", title="Review", sentence=said, why_not=why)


def add_bypass(sheet: Sheet, *, survey: Survey, latest: Briefing | None, number: int) -> None:
    """Add what was hurried, by whom, by how much, and what was said of it."""
    ledger = survey.bypasses
    bypass = ledger.bypasses.get(number) if ledger else None
    if ledger is None or bypass is None:
        return
    record = bypass.record
    sheet.title(f"Use {number} of break-glass ({ledger.evidence.name.lower()})")
    past = next((each for each in survey.past if each.operation_id == bypass.operation_id), None)
    if past is not None and past.sentence:
        sheet.field("did", past.sentence, column=_COLUMN)
    sheet.field("hurried", f"{show_moment(record.at)}, in lane {record.lane}", column=_COLUMN)
    sheet.field(
        "without it", f"it would have been ready {show_moment(record.former_ready_at)}", column=_COLUMN
    )
    for i, line in enumerate(in_groups(bypass.operation_id)):
        sheet.field("" if i else "operation", line, column=_COLUMN)
    members = survey.reading.members.value
    for i, seat in enumerate(sorted(record.seats)):
        who = named(latest, members[seat].address) if latest and seat in members else "nobody sits there now"
        sheet.field("" if i else "took part", f"seat {seat}, {who}", column=_COLUMN)
    if record.verdict is Verdict.UNREVIEWED:
        due = record.at + hours(ledger.terms.review_hours)
        left = due - survey.reading.head.timestamp
        when = f"in {show_duration(left)}" if left > 0 else f"LATE by {show_duration(-left)}"
        sheet.field("review", f"due {show_moment(due)}, {when}", column=_COLUMN)
        return
    by = f"by person {record.reviewer}, {show_moment(record.reviewed_at)}"
    sheet.field("review", f"{VERDICTS[record.verdict]}, {by}", column=_COLUMN)
    for i, line in enumerate(in_groups(bypass.findings)):
        sheet.field("" if i else "findings", line, column=_COLUMN)
