"""The operation of one lane, whole: what it does, who approved it, how it stands, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from verifier.desk.actions import Action
from verifier.desk.briefing import Briefing
from verifier.desk.review import Review
from verifier.pages.words import clock_of
from verifier.tui.content import plain
from verifier.tui.deeds import Deed, binding_of
from verifier.tui.operation_parts import KEYS, fills_of
from verifier.tui.operation_view import OperationView
from verifier.tui.sheet import Fill


class OperationScreen(OperationView):
    """The present or latest operation of a lane."""

    TERMS = ("operation", "approval", "tier", "finding", "evidence", "simulation", "veto", "hashes")
    BINDINGS: ClassVar[list[BindingType]] = [
        binding_of(key, name, said, screen="operation", tooltip=f"{said} this operation")
        for key, (name, said) in KEYS.items()
    ]

    def __init__(self, lane: int) -> None:
        super().__init__()
        self.lane: int = lane
        # What is to be done once the operation has been read whole; empty where nothing is.
        self._wanted = ""

    @property
    def briefing(self) -> Briefing | None:
        return self.known.lanes.get(self.lane)

    @property
    def shown(self) -> tuple[Briefing, Review] | None:
        """The operation; from the queue's reading, until it was looked at closely."""
        for briefing in (self.briefing, self.known.queue):
            for review in briefing.reviews if briefing else ():
                if briefing is not None and review.lane.lane == self.lane:
                    return briefing, review
        return None

    @property
    def review(self) -> Review | None:
        return self.shown[1] if self.shown else None

    @property
    def actions(self) -> dict[str, Action]:
        """Everything that is ever done about it, by what it is called here."""
        review = self.review
        every = (*review.actions, *review.impossible) if review else ()
        return {_plain_name(action.name): action for action in every}

    @property
    def deeds(self) -> Sequence[Deed]:
        return [
            Deed(key=key, name=name, title=said, sentence=action.sentence, why_not=action.why_not)
            for key, (name, said) in KEYS.items()
            if (action := self.actions.get(name)) is not None
        ]

    def do(self, name: str) -> None:
        if self.briefing is None and (self.source.open_signing or self.source.send):
            # What is not read whole yet is neither signed nor sent.
            self._wanted = name
            self.terminal.say("This is still being read: you are asked about it once it is.")
        else:
            self.terminal.act(self, self.actions[name])

    def show(self) -> None:
        super().show()
        if self._wanted and self.briefing is not None and self.is_current:
            name, self._wanted = self._wanted, ""
            self.call_after_refresh(self.try_to, name)

    def head(self, briefing: Briefing, review: Review) -> Sequence[Content]:
        return list(self._head(briefing, review))

    def fills(self, briefing: Briefing, review: Review) -> Mapping[str, Fill]:
        return fills_of(briefing, review)

    def _head(self, briefing: Briefing, review: Review) -> Iterator[Content]:
        state = review.lane.state
        clock = clock_of(state, review.status, briefing.reading.head.timestamp)
        kind = ""
        if state.seat_operation:
            kind = ", seat operation, objected" if state.objected else ", seat operation"
        count = review.quorum.count
        yield plain(f"Lane {review.lane.lane}.{state.sequence}  ", "bold")
        yield plain(review.status.name, "bold $primary")
        yield plain(f", {clock}; {state.tier.name}{kind}; {count.approvals}/{count.needed} approvals")
        if self.briefing is None:
            yield plain("  playing it ...", "$notice")


def _plain_name(name: str) -> str:
    return {"vetoAsGroup": "veto", "withdrawAsGroup": "withdraw"}.get(name, name)
