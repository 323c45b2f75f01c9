"""A question to a holder: about an operation, the Operation screen as every signer has it; about all else, a sheet.

The operation is what this holder read with its own endpoints, and nothing that its coordinator says of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from verifier.model.text import show_duration
from verifier.pages.holder import add_asked
from verifier.tui.content import joined, plain
from verifier.tui.deeds import Deed, DeedList, binding_of
from verifier.tui.holder_place import QuestionPlace
from verifier.tui.operation_parts import TABS, fills_of
from verifier.tui.operation_view import OperationView, standing_of
from verifier.tui.sheet import Fill, SheetPane

if TYPE_CHECKING:
    from verifier.desk.briefing import Briefing
    from verifier.desk.group_asking import Waiting
    from verifier.desk.review import Review
    from verifier.tui.holder_app import HolderTerminal

_SILENT = 60
"""Seconds: a coordinator that waits for an answer comes for it several times within them."""

_LONGEST = 120
"""Characters of a change beside the question."""

_KEYS: tuple[BindingType, ...] = (
    binding_of("s", "sign", "Yes ...", screen="question", tooltip="Say yes, after one more question"),
    binding_of("d", "decline", "Decline", screen="question", tooltip="Say no, after one more question"),
)


def deeds_about(waiting: Waiting, why_not: str) -> Sequence[Deed]:
    """Return the two answers that there are."""
    asked = waiting.asked
    is_signing = asked.request is not None
    return [
        Deed(
            key="s",
            name="sign",
            title="Sign for the group" if is_signing else "Take part",
            sentence="Says yes for this holder. You are asked once more, and that begins on No.",
            why_not=why_not,
        ),
        Deed(
            key="d",
            name="decline",
            title="Decline",
            sentence="Says no, in your name, to whoever asks. Others may say yes.",
            why_not=why_not,
        ),
    ]


def question_line(app: HolderTerminal, waiting: Waiting) -> Iterator[Content]:
    """Yield which question it is, how old, and what is wrong with it."""
    now, why_over = app.held.now(), app.why_over(waiting.number)
    age = show_duration(max(now - waiting.since, 0))
    yield plain(f"Question {waiting.number}: {waiting.asked.what}", "bold")
    yield plain(f", asked {age} ago" if not why_over else "")
    if why_over:
        yield plain(f"\nOVER: {why_over}", "bold $danger")
    elif waiting.asked.changes:
        # Whole, it is in what was asked: what it stands above is to stay in sight.
        change = waiting.asked.changes[0]
        cut = f"{change[:_LONGEST]}.." if len(change) > _LONGEST else change
        yield plain(f"\nCHANGED, read it again: {cut}", "bold $danger")
    silence = app.silence
    if silence >= _SILENT and not why_over:
        said = f"\nNobody has come for the answer for {show_duration(silence)}: it may have been called off."
        yield plain(said, "bold $warning")


class HolderOperationScreen(QuestionPlace, OperationView):
    """What the group is asked to sign about an operation."""

    TERMS = ("operation", "approval", "tier", "finding", "evidence", "simulation", "group", "holder")
    TABS = (TABS[0], ("asked", "Asked"), *TABS[1:])
    BINDINGS: ClassVar[list[BindingType]] = list(_KEYS)

    @property
    def shown(self) -> tuple[Briefing, Review] | None:
        asked = self.waiting.asked
        return (asked.briefing, asked.review) if asked.briefing and asked.review else None

    @property
    def deeds(self) -> Sequence[Deed]:
        return deeds_about(self.waiting, self.why_no_answer)

    def head(self, briefing: Briefing, review: Review) -> Sequence[Content]:
        line = question_line(self.holder, self.waiting)
        return [*line, plain("\n"), *standing_of(briefing, review)]

    def fills(self, briefing: Briefing, review: Review) -> Mapping[str, Fill]:
        return {
            **fills_of(briefing, review),
            "asked": partial(add_asked, asked=self.waiting.asked, with_findings=False),
        }

    def do(self, name: str) -> None:
        self.holder.answer(self, name)


class HolderSheetScreen(QuestionPlace):
    """What a holder is asked that is about no operation: in plain words, with what follows from yes."""

    TERMS = ("holder", "group", "ceremony", "finding")
    HINTS = (("up, down", "Read on"),)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="question.leave", tooltip="Back to where you came from"),
        *_KEYS,
    ]

    def body(self) -> Iterable[Widget]:
        yield Static(id="standing")
        yield SheetPane(id="asked-sheet")
        yield DeedList(id="deeds")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#asked-sheet").focus()

    @property
    def deeds(self) -> Sequence[Deed]:
        return deeds_about(self.waiting, self.why_no_answer)

    def show(self) -> None:
        waiting = self.waiting
        line = question_line(self.holder, waiting)
        self.query_one("#standing", Static).update(joined(list(line)))
        self.query_one("#asked-sheet", SheetPane).fill(partial(add_asked, asked=waiting.asked))
        self.query_one(DeedList).show(self.deeds, max(self.size.width - 4, 40), is_short=True)
        self.refresh_keys()

    def do(self, name: str) -> None:
        self.holder.answer(self, name)

    def action_leave(self) -> None:
        self.dismiss()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.try_to(str(event.option_id))
