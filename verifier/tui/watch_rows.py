"""What the Watch screen says in lines: whether anybody watches, and each episode."""

from __future__ import annotations

from typing import Final

from textual.content import Content

from verifier.desk.watching import WatchReport, judge_watch
from verifier.model.episodes import Episode
from verifier.model.finding import Severity
from verifier.model.units import BlockNumber, Timestamp
from verifier.pages.episode import clock_of_episode, gist_of, known_to, subject_of
from verifier.pages.layout import MARKS, wrapped
from verifier.tui.content import joined, plain
from verifier.tui.themes import SEVERITIES

_COLUMNS: Final = (("number", 6), ("finding", 7), ("clock", 16), ("about", 22), ("known to", 8))
_INDENT: Final = 8
_MOST_LINES: Final = 2

HEADER: Final = plain("  ".join(f"{name:<{width}}" for name, width in _COLUMNS), "$muted")
WATCHER_ROW: Final = plain(f"{'-':>6}  The watcher itself: chains, what is not watched, digest, log")


def standing_of(report: WatchReport, *, head: BlockNumber | None, now: Timestamp, fault: str) -> Content:
    """Return whether anybody watches the vault, and what nobody would notice.

    :param fault: why nothing newer is known; empty where something is
    """
    verdict = judge_watch(report, head=head, now=now)
    style = f"${SEVERITIES[verdict.severity]}" if verdict.severity else "$success"
    said = plain(verdict.sentence, f"bold {style}" if verdict.severity >= Severity.DANGER else "")
    lines = [joined((plain(f"{verdict.word}  ", f"bold {style}"), said))]
    grave = [check.subject for check in report.setup.gaps if check.severity >= Severity.WARNING]
    if grave:
        lines.append(plain(f"Not watched, or not told: {', '.join(dict.fromkeys(grave))}.", "$warning"))
    if fault:
        lines.append(plain(f"OLD: {fault}", "bold $danger"))
    return joined(lines, "\n")


def row_of(episode: Episode, width: int, now: Timestamp) -> Content:
    """Return a line of facts, and below it what the episode is about."""
    mark = MARKS[episode.severity]
    muted = "" if episode.is_open else "$muted"
    cells = (
        (str(episode.gravest.number).rjust(6), muted or "bold"),
        (mark, muted or f"bold ${SEVERITIES[episode.severity]}"),
        (clock_of_episode(episode, now), muted),
        (subject_of(episode), muted),
        (known_to(episode), muted or "bold $warning"),
    )
    parts = [
        plain(f"{text:<{size}}  ", style) for (text, style), (_, size) in zip(cells, _COLUMNS, strict=True)
    ]
    told = [
        plain(f"{' ' * _INDENT}{line}", muted) for line in short(gist_of(episode.gravest), width - _INDENT)
    ]
    return joined((joined(parts), *told), "\n")


def short(text: str, width: int, *, most: int = _MOST_LINES) -> list[str]:
    """Return the beginning of a text in so many lines at most."""
    lines = wrapped(text, width)
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1][: width - 4]} ..."]
