"""What can be done about what a watcher told: acknowledging it, looking at the log, opening the operation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from verifier.desk.watching import WatchReport, why_no_acknowledgement
from verifier.model.episodes import Episode
from verifier.pages.episode import gist_of
from verifier.tui.deeds import Deed
from verifier.tui.form import Field, FormScreen
from verifier.tui.watch_rows import short
from verifier.tui.watch_sheets import LogCheck

if TYPE_CHECKING:
    from verifier.tui.app import Terminal
    from verifier.tui.asking import Asker
    from verifier.tui.source import Watching


def deeds_of(report: WatchReport, episode: Episode | None, log: LogCheck) -> Sequence[Deed]:
    """Return what is ever done about an episode, or about the watcher where none is chosen."""
    number = episode.gravest.number if episode else 0
    has_log = report.view is not None and report.view.head is not None
    why_no_log = "It is being looked at." if log.progress else ""
    return [
        Deed(
            key="k",
            name="acknowledge",
            title="Acknowledge",
            sentence=f"Says that you know of number {number}: nobody else is rung up.",
            why_not=why_no_acknowledgement(episode),
        ),
        Deed(
            key="l",
            name="log",
            title="Log",
            sentence="Looks whether each record of the audit log is as written.",
            why_not=why_no_log if has_log else "There is none that could be looked at.",
        ),
    ]


def ask_who(app: Terminal, asker: Asker, watching: Watching, episode: Episode) -> None:
    """Ask in whose name an episode is acknowledged, and have it noted."""
    gravest = episode.gravest
    field = Field(name="who", title="Who knows of it", typed=watching.own_name())
    form: FormScreen[str] = FormScreen(
        f"Acknowledge number {gravest.number}?",
        [field],
        lambda typed: typed["who"],
        answer="Acknowledge",
        remark=" ".join(short(gist_of(gravest), 66, most=4)),
    )

    def given(who: str | None) -> None:
        if who is not None:
            what = ("acknowledge", gravest.number)
            asker.ask(what, lambda: watching.acknowledge(gravest.number, who))

    app.push_screen(form, given)


def open_operation(app: Terminal, episode: Episode) -> None:
    """Open the operation that an episode is about, unless its lane has gone on to another one."""
    told = (each.happening for each in reversed(episode.kept))
    about = next((each for each in told if each.lane is not None), None)
    if about is None or about.lane is None:
        app.say("It is about no operation.")
        return
    latest = app.known.latest
    lane = latest.reading.lane(about.lane) if latest else None
    if lane is None:
        app.say("The vault was not read yet.", severity="warning")
    elif about.operation_id is not None and lane.operation_id != about.operation_id:
        said = f"Lane {about.lane} holds another operation now; look for this one in History."
        app.say(said, severity="warning")
    else:
        app.open_lane(int(about.lane))
