"""An operation before it is published: exactly what everybody will see of it, and then the question whether to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from verifier.desk.briefing import Briefing
from verifier.desk.proposing import Draft
from verifier.desk.review import Review
from verifier.model.text import show_bytes, show_duration, show_moment
from verifier.model.units import hours
from verifier.pages.layout import in_groups
from verifier.tui.acting import ask_first, say_elsewhere
from verifier.tui.confirm import ConfirmScreen
from verifier.tui.content import plain
from verifier.tui.deeds import Deed, binding_of
from verifier.tui.operation_parts import fills_of
from verifier.tui.operation_view import OperationView
from verifier.tui.sheet import Fill, Sheet

_COLUMN = 13


class DraftScreen(OperationView):
    """An operation that is not published yet."""

    TERMS = ("operation", "tier", "finding", "simulation", "evidence", "limits")
    TABS = (
        ("calls", "Calls"),
        ("findings", "Findings"),
        ("needs", "What it needs"),
        ("played", "If executed"),
        ("doing", "Do"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        binding_of("p", "publish", "Publish", screen="draft", tooltip="Publish it, after one question"),
    ]

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft

    @property
    def shown(self) -> tuple[Briefing, Review]:
        return self.draft.briefing, self.draft.review

    @property
    def deeds(self) -> Sequence[Deed]:
        lane, state = self.draft.operation.lane, self.draft.review.lane.state
        said = (
            f"Publishes it as operation {state.sequence} of lane {lane}. Your approval does not count to it."
        )
        why = ""
        # What it became stands in its lane.
        latest = self.known.latest
        found = latest.reading.lane(lane) if latest else None
        if found is not None and found.operation_id == self.draft.review.lane.operation_id:
            why = f"It is published: it stands in lane {lane}."
        return [Deed(key="p", name="publish", title="Publish", sentence=said, why_not=why)]

    def do(self, name: str) -> None:  # noqa: ARG002 - there is one thing to be done
        draft, drafting = self.draft, self.source.drafting
        function = drafting.propose if drafting else None
        if function is None:
            say_elsewhere(self.terminal, "propose FILE")
            return
        lane, state = draft.review.lane, draft.review.lane.state
        first, second = in_groups(lane.operation_id)
        becomes = f"It becomes operation {state.sequence} of lane {lane.lane}, {state.tier.name}."
        said = [
            draft.review.sentence,
            f"{becomes} Everybody sees it from then on; you can cancel it.",
            f"Its id is {first}",
            second,
        ]
        question = ConfirmScreen(f"Publish it in lane {lane.lane}?", said, draft.acknowledgements)
        ask_first(self.terminal, question, lambda typed: function(draft, typed))

    def head(self, briefing: Briefing, review: Review) -> Sequence[Content]:  # noqa: ARG002
        return list(self._head(review))

    def fills(self, briefing: Briefing, review: Review) -> Mapping[str, Fill]:
        every = fills_of(briefing, review)
        parts = {name: every[name] for name in ("findings", "beside", "played")}
        return {**parts, "needs": partial(_add_needs, draft=self.draft)}

    def _head(self, review: Review) -> Iterator[Content]:
        state = review.lane.state
        kind = ", seat operation" if state.seat_operation else ""
        yield plain("NOT PUBLISHED  ", "bold $warning")
        yield plain(f"Lane {review.lane.lane}.{state.sequence}", "bold")
        yield plain(f", {state.tier.name}{kind}")


def _add_needs(sheet: Sheet, *, draft: Draft) -> None:
    review, briefing = draft.review, draft.briefing
    state = review.lane.state
    terms = briefing.reading.tiers.value[state.tier]
    sheet.title(f"{state.tier.name}{', seat operation' if state.seat_operation else ''}")
    needs = f"{terms.quorum} approvals, {terms.security_approvals} of them by the security team; yours does not count"
    if terms.segregated:
        needs += "; a quorum that is apart: employers, time and place"
    sheet.field("needs", needs, column=_COLUMN)
    ready = f"{show_duration(terms.delay)} after its quorum, for {show_duration(hours(terms.grace_hours))}"
    sheet.field("ready", ready, column=_COLUMN)
    sheet.field("approve by", show_moment(draft.operation.approve_by), column=_COLUMN)
    sheet.title("Its identity")
    sheet.field("lane", f"{review.lane.lane}, operation {state.sequence} of it", column=_COLUMN)
    for i, line in enumerate(in_groups(review.lane.operation_id)):
        sheet.field("" if i else "id", line, column=_COLUMN)
    sheet.text(
        "What devices show for it depends on where it is published, so nobody can sign it before.", indent=2
    )
    sheet.title("The transaction that publishes it")
    sheet.field("to", str(briefing.reading.vault), column=_COLUMN)
    sheet.field("data", f"{len(draft.data)} bytes, beginning {show_bytes(draft.data[:4])}", column=_COLUMN)
