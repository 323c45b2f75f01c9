"""The line at the top: which vault, which block, on whose word; how old that is, and what keeps it from being newer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.widgets import Static

from verifier.tui.content import joined, plain
from verifier.tui.known import Known, Trouble
from verifier.tui.source import Source

if TYPE_CHECKING:
    from verifier.tui.convening import Convening

_HELP: Final = "? help  ^p all"
_STOP: Final = "! compromised  "
_ROWS: Final = 2
"""Of the first line, at most; four of all of it are in sight."""
_MOMENT: Final = 2
"""Seconds after which it is said that something is being waited for."""


class Bar(Static):
    """What everything on the screen rests on."""

    _said: Content | None = None

    def show(self, source: Source, known: Known) -> None:
        """Show how things stand now."""
        now = source.now()
        self.set_class(known.trouble is not None, "-trouble")
        width = self.content_size.width or self.app.size.width - 2
        first = joined(_parts(source, known, now))
        room = width - len(first) - 1
        said = next((each for each in _hints(source) if len(each) < room), "")
        # However many endpoints are being waited for, what stands below is in sight.
        lines = [
            joined((first, plain(said.rjust(room + 1), "$muted"))).truncate(_ROWS * width, ellipsis=True)
        ]
        if known.convening is not None:
            lines.append(ceremony_of(known.convening, width))
        if known.trouble is not None:
            # The last one: it says what an endpoint says, for as long as that likes.
            lines.append(_trouble(known, known.trouble, now))
        said_now = joined(lines, "\n")
        # Asked every second: what is the same is not drawn again.
        if self._said is None or not said_now.is_same(self._said):
            self._said = said_now
            self.update(said_now)


def _hints(source: Source) -> tuple[str, ...]:
    """Return what is said of the keys, the longest first: there is not always room for it."""
    return (_STOP + _HELP, _HELP) if source.may_act else (_HELP,)


def _parts(source: Source, known: Known, now: int) -> list[Content]:
    if not source.hosts:
        return [plain("Fourth Signer", "bold"), plain("  opening the vault ...", "$notice")]
    parts = [plain(source.name or "not pinned", "bold"), plain("  ")]
    briefing = known.latest
    if briefing is not None:
        head = briefing.reading.head
        word = briefing.completeness.name.lower()
        style = "$success" if word == "proven" else "bold $warning"
        parts += [
            plain(f"block {head.number}  "),
            plain(word, style),
            plain(f"  {len(head.agreeing)} agree" if len(head.agreeing) > 1 else "  one endpoint alone"),
        ]
        if head.dissenting or head.lying:
            parts.append(plain(f"  {len({*head.dissenting, *head.lying})} against", "bold $danger"))
        if head.silent:
            parts.append(plain(f"  {len(head.silent)} silent", "bold $warning"))
    parts.append(_age(source, known, now))
    return parts


def _trouble(known: Known, trouble: Trouble, now: int) -> Content:
    lead = "OLD: nothing newer" if known.latest else "Nothing was read"
    return plain(f"{lead} for {_short(now - trouble.since)}: {trouble.sentence}", "bold $danger")


def ceremony_of(convening: Convening, width: int) -> Content:
    """Return how the ceremony stands, in one line: it is on its way, whatever its reader looks at."""
    from verifier.tui.ceremony import line_of

    what = convening.what
    if convening.fault:
        # Whatever was told of the holders before.
        return plain(_cut(f"{what} FAILED: {convening.fault}", width), "bold $danger")
    if convening.word is not None:
        said = (
            f"signed in vain: {convening.word.in_vain}"
            if convening.word.in_vain
            else "signed; send it or keep it (g)"
        )
        style = "bold $warning" if convening.word.in_vain else "bold $success"
        return plain(_cut(f"{what}: {said}", width), style)
    if convening.ceremony is None:
        return plain(_cut(f"{what}: reading the vault once more ...", width), "bold $notice")
    if convening.ceremony.is_done:
        return plain(_cut(f"{what}: signed; reading the vault once more ...", width), "bold $notice")
    return line_of(convening.ceremony, width)


def _cut(said: str, width: int) -> str:
    return said if len(said) <= width else f"{said[: max(width - 2, 0)]}.."


def _age(source: Source, known: Known, now: int) -> Content:
    waiting = None if known.asked_at is None else now - known.asked_at
    if waiting is not None and (waiting >= _MOMENT or known.read_at is None):
        hosts = ", ".join(source.hosts)
        so_far = f" for {_short(waiting)}" if waiting >= _MOMENT else ""
        return plain(f"  asking {hosts}{so_far} ...", "$notice")
    if known.read_at is None:
        return plain("")
    return plain(f"  read {_short(now - known.read_at)} ago", "$muted")


def _short(seconds: int) -> str:
    if seconds < 60:
        return f"{max(seconds, 0)}s"
    if seconds < 3600:
        return f"{seconds // 60}m {seconds % 60}s"
    return f"{seconds // 3600}h {seconds % 3600 // 60}m"
