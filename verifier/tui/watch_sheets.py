"""What stands below the episodes: the chosen one whole, or the watcher itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.desk.watching import WatchReport
from verifier.model.episodes import Episode, Telling, WatchedLog
from verifier.model.units import BlockNumber, Timestamp
from verifier.pages.episode import add_log, add_story, add_watcher
from verifier.tui.sheet import Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class LogCheck:
    """What became of looking at the whole audit log: it was never asked for, goes on, is whole, or is broken."""

    progress: str = ""
    checked: WatchedLog | None = None
    fault: str = ""


def fill_episode(
    sheet: Sheet, *, episode: Episode, tellings: Sequence[Telling] | None, now: Timestamp
) -> None:
    """Write an episode whole."""
    add_story(sheet, episode, tellings, now)


def fill_watcher(
    sheet: Sheet, *, report: WatchReport, head: BlockNumber | None, log: LogCheck, now: Timestamp
) -> None:
    """Write how the watcher itself is, and its audit log."""
    add_watcher(sheet, report, head=head, now=now)
    add_log(sheet, report, checked=log.checked, fault=log.fault, progress=log.progress, now=now)
