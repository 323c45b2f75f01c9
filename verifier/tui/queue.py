"""The queue: what may still be executed, the most urgent first, and whether that is all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from verifier.tui.content import joined, plain
from verifier.tui.place import Place
from verifier.tui.rows import refill_rows
from verifier.tui.themes import SEVERITIES

if TYPE_CHECKING:
    from verifier.desk.briefing import Briefing
    from verifier.desk.review import Review
    from verifier.tui.deeds import Deed

_COLUMNS = (
    ("lane", 4),
    ("status", 8),
    ("clock", 22),
    ("tier", 10),
    ("appr.", 5),
    ("finding", 7),
    ("evidence", 8),
)
_INDENT = 6


class QueueScreen(Place):
    """Operations that wait."""

    HINTS = (("enter", "Show the operation whole, and play it"),)
    TERMS = ("lane", "status", "tier", "approval", "finding", "evidence")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "enter",
            "open",
            "Open",
            id="queue.open",
            tooltip="Show the operation whole, and play it",
            priority=False,
        ),
        Binding("p", "do('propose')", "Propose", id="queue.propose", tooltip="Propose a new operation"),
    ]

    @property
    def deeds(self) -> Sequence[Deed]:
        briefing = self.known.queue
        if briefing is None:
            return ()
        from verifier.desk.vault_actions import why_no_proposal
        from verifier.tui.deeds import Deed

        said = "Puts a new operation together, or takes it from a file, and shows it before it is published."
        why = str(why_no_proposal(briefing.reading, briefing.signer))
        if self.source.drafting is None:
            why = "There is no network here, and nothing can be published."
        return [Deed(key="p", name="propose", title="Propose", sentence=said, why_not=why)]

    def do(self, name: str) -> None:  # noqa: ARG002 - there is one thing to be done
        from verifier.tui.propose import ProposeScreen

        self.terminal.push_screen(ProposeScreen())

    def body(self) -> Iterable[Widget]:
        yield Static(id="complete")
        yield Static(id="remarks")
        yield Static(_header(), id="columns")
        yield OptionList(id="queue", markup=False)

    def show(self) -> None:
        briefing = self.known.queue
        if briefing is None:
            self.query_one("#complete", Static).update(plain("Reading the queue ...", "$muted"))
            return
        from verifier.pages.words import completeness_of

        style = "$success" if briefing.completeness.name == "PROVEN" else "bold $warning"
        self.query_one("#complete", Static).update(plain(completeness_of(briefing), style))
        self.refresh_keys()
        self._show_remarks(briefing)
        self._show_rows(briefing)

    def on_resize(self, event: Resize) -> None:
        super().on_resize(event)
        if self.is_mounted and self.known.queue is not None:
            self.call_after_refresh(self._show_rows, self.known.queue)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self._open(event.option_index)

    def action_open(self) -> None:
        rows = self.query_one("#queue", OptionList)
        if rows.highlighted is not None:
            self._open(rows.highlighted)

    def _open(self, index: int) -> None:
        briefing = self.known.queue
        if briefing is not None and index < len(briefing.reviews):
            self.terminal.open_lane(briefing.reviews[index].lane.lane)

    def _show_remarks(self, briefing: Briefing) -> None:
        from verifier.pages.layout import MARKS

        remarks = self.query_one("#remarks", Static)
        lines = [
            joined(
                (
                    plain(f"{MARKS[finding.severity]:<7}", f"bold ${SEVERITIES[finding.severity]}"),
                    plain(finding.sentence),
                )
            )
            for finding in briefing.findings
        ]
        remarks.display = bool(lines)
        remarks.update(joined(lines, "\n"))

    def _show_rows(self, briefing: Briefing) -> None:
        rows = self.query_one("#queue", OptionList)
        width = max(rows.size.width - 3, 40)
        options = [(_name(review), _row(briefing, review, width)) for review in briefing.reviews]
        if options:
            refill_rows(rows, options)
            return
        rows.clear_options()
        said = plain("Nothing is waiting: no operation could be executed now or later.", "$muted")
        rows.add_option(Option(said, id="none", disabled=True))


def _name(review: Review) -> str:
    return f"id-{review.lane.operation_id.hex()}"


def _header() -> Content:
    return plain("  ".join(f"{name:<{width}}" for name, width in _COLUMNS), "$muted")


def _row(briefing: Briefing, review: Review, width: int) -> Content:
    """Return a line of facts, and below it what the operation does."""
    from verifier.pages.layout import MARKS, wrapped
    from verifier.pages.queue import sentences_of
    from verifier.pages.words import clock_of

    state, count, severity = review.lane.state, review.quorum.count, review.severity
    mark = MARKS[severity] if severity is not None else "none"
    evidence = review.evidence.name.lower()
    cells = (
        (str(review.lane.lane).rjust(4), "bold"),
        (review.status.name, "bold $primary" if review.status.name == "READY" else "bold"),
        (clock_of(state, review.status, briefing.reading.head.timestamp), ""),
        (state.tier.name, ""),
        (f"{count.approvals}/{count.needed}", "bold" if count.is_standing else ""),
        (mark, f"bold ${SEVERITIES[severity]}" if severity is not None else "$muted"),
        (evidence, "$success" if evidence == "proven" else "bold $warning"),
    )
    parts = [
        plain(f"{text:<{size}}  ", style) for (text, style), (_, size) in zip(cells, _COLUMNS, strict=True)
    ]
    lines = [joined(parts)]
    for sentence in sentences_of(review):
        lines += [plain(" " * _INDENT + line) for line in wrapped(sentence, width - _INDENT)]
    return joined(lines, "\n")
