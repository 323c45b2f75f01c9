"""What every screen of a holder has: its bar, and the keys. It is a place of the terminal like others."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from verifier.tui.bar import Bar
from verifier.tui.holder_bar import HolderBar
from verifier.tui.place import Place

if TYPE_CHECKING:
    from verifier.desk.group_asking import Waiting
    from verifier.tui.holder_app import HolderTerminal


class HolderPlace(Place):
    """A screen of the holder's terminal."""

    @property
    def holder(self) -> HolderTerminal:
        return cast("HolderTerminal", self.app)

    def make_bar(self) -> Bar:
        return HolderBar(id="bar")

    def refresh_bar(self) -> None:
        if self.is_ready:
            app = self.holder
            self.query_one(HolderBar).show_holder(app.held, app.holding, app.waiting)


class QuestionPlace(HolderPlace):
    """A screen about one question. It stays when the question is over, and says so: nobody is moved while reading."""

    def __init__(self, waiting: Waiting) -> None:
        super().__init__()
        self._seen = waiting

    @property
    def number(self) -> int:
        return self._seen.number

    @property
    def waiting(self) -> Waiting:
        """The question as it is now, or as it was before it was over."""
        found = self.holder.find(self.number)
        if found is not None:
            self._seen = found
        return self._seen

    @property
    def why_over(self) -> str:
        """Why no answer counts any more; empty where one does."""
        return self.holder.why_over(self.number)

    @property
    def why_no_answer(self) -> str:
        """Why none can be given now; empty where one can."""
        from verifier.tui.holder_app import LOOKED_INTO

        return self.why_over or (LOOKED_INTO if self.holder.is_agreeing(self.number) else "")
