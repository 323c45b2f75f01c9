"""The lines at the top of a holder's screens: who it is and what opens its share, what is asked, what is on its way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from verifier.model.text import show_duration
from verifier.tui.bar import Bar
from verifier.tui.ceremony import line_of
from verifier.tui.content import joined, plain

if TYPE_CHECKING:
    from verifier.desk.group_asking import Waiting
    from verifier.model.holding import Holding
    from verifier.tui.holder_source import HolderSource

_HINTS = ("? help  ^p all", "? help")


class HolderBar(Bar):
    """What has to be in sight wherever one is."""

    def show_holder(self, source: HolderSource, holding: Holding | None, waiting: Sequence[Waiting]) -> None:
        """Show how things stand now."""
        width = self.content_size.width or self.app.size.width - 2
        said = joined(list(_lines(source, holding, waiting, width)), "\n")
        # Asked every second: what is the same is not drawn again.
        if self._said is None or not said.is_same(self._said):
            self._said = said
            self.update(said)


def _lines(
    source: HolderSource, holding: Holding | None, waiting: Sequence[Waiting], width: int
) -> Iterator[Content]:
    yield _who(source, holding, width)
    if waiting:
        yield plain(_asked(source, waiting, width), "bold $warning")
    running = holding.running if holding else ()
    if running:
        yield line_of_running(holding, width)


def line_of_running(holding: Holding | None, width: int) -> Content:
    """Return how the newest ceremony stands in one line, and that it is not the only one."""
    running = holding.running if holding else ()
    if not running:
        return plain("")
    lead = f"1 of {len(running)}: " if len(running) > 1 else ""
    return joined((plain(lead, "bold $warning"), line_of(running[0].ceremony, width - len(lead))))


def _who(source: HolderSource, holding: Holding | None, width: int) -> Content:
    """Return who this is. What opens the share is never left out, and never cut: the names are."""
    me = source.me
    opened = me.opened_by if me.is_one_factor else ""
    epoch = "" if holding is None else f"  epoch {holding.epoch}" if holding.epoch else "  NO SHARE"
    room = width - len(opened) - 2
    name = f"Holder {me.index} {me.name} of {me.group}"
    name = name if len(name) + len(epoch) <= room else f"{name[: max(room - len(epoch) - 2, 9)]}.."
    parts = [plain(name, "bold"), plain(epoch)]
    if opened:
        parts.append(plain(f"  {opened}", "bold $danger"))
    first = joined(parts)
    left = width - len(first) - 1
    said = next((each for each in _HINTS if len(each) < left), "")
    return joined((first, plain(said.rjust(max(left + 1, 0)), "$muted")))


def _asked(source: HolderSource, waiting: Sequence[Waiting], width: int) -> str:
    """Return that something is asked of the person, as much of it as fits into a line."""
    # In its largest unit: there is little room.
    age = " ".join(show_duration(max(source.now() - waiting[0].since, 0)).split()[:2])
    count = "1 QUESTION" if len(waiting) == 1 else f"{len(waiting)} QUESTIONS"
    forms = (
        f"{count} FOR YOU (press 2), for {age}: {waiting[0].asked.what}",
        f"{count} FOR YOU (press 2), for {age}",
    )
    return next((form for form in forms if len(form) <= width), forms[-1])
