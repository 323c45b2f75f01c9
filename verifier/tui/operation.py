"""The operation of one lane, whole: what it does, who approved it, how it stands, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.content import Content

from verifier.desk.actions import Action
from verifier.desk.briefing import Briefing
from verifier.desk.review import Review
from verifier.tui.content import plain
from verifier.tui.deeds import Deed, binding_of
from verifier.tui.group_acting import GROUP_KEYS, ask_group, deed_name, group_deeds, purpose_of
from verifier.tui.operation_parts import KEYS, fills_of
from verifier.tui.operation_view import OperationView, standing_of
from verifier.tui.sheet import Fill

_ANOTHER: Final = "ANOTHER OPERATION stands here than the one that you opened: go back, and open this one."


class OperationScreen(OperationView):
    """The present or latest operation of a lane."""

    TERMS = ("operation", "approval", "tier", "finding", "evidence", "simulation", "veto", "hashes")
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            binding_of(key, name, said, screen="operation", tooltip=f"{said} this operation")
            for key, (name, said) in KEYS.items()
        ),
        *(
            binding_of(
                key,
                deed_name(purpose),
                f"Group: {said.lower()}",
                screen="operation",
                tooltip=f"{said} for the group: its holders are asked",
            )
            for purpose, (key, said) in GROUP_KEYS.items()
        ),
    ]

    def __init__(self, lane: int) -> None:
        super().__init__()
        self.lane: int = lane
        # The operation that was here when it was opened: another one may come into its lane.
        self._opened: bytes | None = None
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
        own = [
            Deed(
                key=key, name=name, title=self._titled(said), sentence=action.sentence, why_not=action.why_not
            )
            for key, (name, said) in KEYS.items()
            if (action := self.actions.get(name)) is not None
        ]
        source, shown = self.source.for_group, self.shown
        every = own
        if source is not None and shown is not None:
            briefing, review = shown
            every = [*own, *group_deeds(source, self.known, replace(briefing, reviews=(review,)))]
        return [replace(deed, why_not=_ANOTHER) for deed in every] if self._is_another else every

    @property
    def _is_another(self) -> bool:
        """Whether another operation has come into the lane since this was opened: nobody has read it."""
        review = self.review
        return review is not None and self._opened not in (None, review.lane.operation_id)

    def do(self, name: str) -> None:
        purpose = purpose_of(name)
        if self.briefing is None and (self.source.open_signing or self.source.send or purpose):
            # What is not read whole yet is neither signed nor sent.
            self._wanted = name
            self.terminal.say("This is still being read: you are asked about it once it is.")
        elif purpose is not None:
            ask_group(self.terminal, self.lane, purpose)
        else:
            self.terminal.act(self, self.actions[name])

    def _titled(self, said: str) -> str:
        """Return what the person's own deed is called: where there is a group's beside it, that it is one's own."""
        return said if self.source.for_group is None else f"{said}, your own"

    def show(self) -> None:
        if self._opened is None and (review := self.review) is not None:
            self._opened = review.lane.operation_id
        super().show()
        if self._wanted and self.briefing is not None and self.is_current:
            name, self._wanted = self._wanted, ""
            self.call_after_refresh(self.try_to, name)

    def head(self, briefing: Briefing, review: Review) -> Sequence[Content]:
        return list(self._head(briefing, review))

    def fills(self, briefing: Briefing, review: Review) -> Mapping[str, Fill]:
        return fills_of(briefing, review)

    def _head(self, briefing: Briefing, review: Review) -> Iterator[Content]:
        if self._is_another:
            yield plain(f"{_ANOTHER}\n", "bold $danger")
        yield from standing_of(briefing, review)
        if self.briefing is None:
            yield plain("  playing it ...", "$notice")


def _plain_name(name: str) -> str:
    return {"vetoAsGroup": "veto", "withdrawAsGroup": "withdraw"}.get(name, name)
