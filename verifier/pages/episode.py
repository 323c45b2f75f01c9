"""What a watcher saw and told, as words: an episode in a row, its whole story, and the watcher itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from verifier.assess.happenings import DOES, READ
from verifier.desk.watching import WatchReport
from verifier.model.episodes import ChainStand, Episode, Telling, TellingState, WatchedLog
from verifier.model.finding import Finding
from verifier.model.text import Shown, show_duration, show_moment
from verifier.model.units import BlockNumber, Timestamp
from verifier.model.watching import Kept, Kind, Parcel, Standing
from verifier.pages.layout import MARKS, Page, in_groups
from verifier.pages.words import short_duration

_COLUMN: Final = 13
_ENDS: Final = frozenset({Kind.EXECUTED, Kind.VETOED, Kind.CANCELLED, Kind.EXPIRED})
_PARCELS: Final = {
    Parcel.ALERT: "alert",
    Parcel.UPDATE: "update",
    Parcel.RETRACTION: "taken back",
    Parcel.ESCALATION: "escalation",
}


def clock_of_episode(episode: Episode, now: Timestamp) -> str:
    """Return when it comes to something, such as `ready in 1d 23h`, or when it came."""
    if episode.is_taken_back:
        return "taken back"
    for kept in reversed(episode.standing):
        happening = kept.happening
        if happening.kind in _ENDS:
            return _ago(happening.at, now)
        if happening.ready_at is not None:
            ahead = happening.ready_at - now
            return f"ready in {short_duration(ahead)}" if ahead > 0 else f"READY for {short_duration(-ahead)}"
    return _ago(episode.latest.first_seen, now)


def known_to(episode: Episode) -> str:
    """Return who acknowledged it."""
    if episode.is_taken_back:
        return ""
    if episode.is_open:
        return "nobody yet"
    return str(episode.gravest.acknowledged_by or "somebody")


def subject_of(episode: Episode) -> str:
    """Return what it is about, and what came last, such as `lane 12: queued`."""
    return _about(episode.latest)


def gist_of(kept: Kept) -> str:
    """Return what matters of its sentence in a row: of an operation, what it does."""
    sentence = kept.happening.sentence
    _, found, does = sentence.partition(DOES)
    return does.partition(READ)[0].rstrip() if found else sentence


def add_story(page: Page, episode: Episode, tellings: Sequence[Telling] | None, now: Timestamp) -> None:
    """Write an episode whole: what happened in order, why it is believed, whom it was told, and who knows of it.

    :param tellings: None where they are being read
    """
    gravest = episode.gravest
    page.title(f"Number {gravest.number} ({MARKS[episode.severity]}), {_about(gravest)}")
    who = known_to(episode) or "nobody has to"
    if not episode.is_open and gravest.acknowledged_at is not None:
        who = f"{who}, {show_moment(gravest.acknowledged_at)}"
    page.field("known to", who, column=_COLUMN)
    _add_readiness(page, episode, now)
    for kept in episode.kept:
        _add_kept(page, kept, is_whole=kept is episode.latest)
        told = [each for each in tellings or () if each.number == kept.number]
        for telling in told:
            page.field("told", _told(telling, now), column=_COLUMN)
        if tellings is not None and not told:
            page.field("told", "nobody: no channel wants to hear of it", column=_COLUMN)
    if tellings is None:
        page.field("told", "being read ...", column=_COLUMN)


def add_watcher(page: Page, report: WatchReport, *, head: BlockNumber | None, now: Timestamp) -> None:
    """Write how the watcher itself is: its chains, what is not delivered, what is not watched, its digest.

    :param head: the newest block of the vault's chain that this client has read itself
    """
    setup, view = report.setup, report.view
    if setup.file is None:
        return
    page.title("The watcher")
    page.field("file", setup.file, column=_COLUMN)
    answers = {None: "cannot be asked: `listen` is not set", True: "yes", False: "no"}[setup.is_answering]
    page.field(
        "answers",
        answers if setup.ailment is None else f"yes, and is not well: {setup.ailment}",
        column=_COLUMN,
    )
    if view is not None:
        _add_chains(page, report, head=head, now=now)
        _add_undelivered(page, report)
    if setup.gaps:
        page.title("Not watched, or not told")
        for check in sorted(setup.gaps, key=lambda each: each.severity, reverse=True):
            page.text(f"{check.subject}: {check.sentence}", indent=2, hang=f"{MARKS[check.severity]:<7} ")
    digest = view.daily.get(Parcel.DIGEST) if view else None
    if digest is not None:
        page.title("The last digest")
        page.field("told", _told(digest, now), column=_COLUMN)
        for line in digest.text:
            page.text(line, indent=2)


def add_log(
    page: Page,
    report: WatchReport,
    *,
    checked: WatchedLog | None,
    fault: str,
    progress: str,
    now: Timestamp,
) -> None:
    """Write how the audit log is.

    :param checked: what was found when all of it was looked at; None where it was not
    :param fault: what was wrong then
    :param progress: how far it is being looked at
    """
    view = report.view
    if view is None or view.head is None:
        return
    page.title("The audit log")
    page.field("newest", f"record {view.head.number} of {show_moment(view.head.at)}", column=_COLUMN)
    for i, line in enumerate(in_groups(view.head.hash)):
        page.field("" if i else "hash", line, column=_COLUMN)
    sent = view.daily.get(Parcel.HEAD)
    if sent is not None:
        page.field("last sent", _told(sent, now), column=_COLUMN)
        for line in sent.text[:1]:
            page.text(line, indent=4)
    if progress:
        page.field("checked", progress, column=_COLUMN)
    elif fault:
        page.field("CHECKED", fault, column=_COLUMN)
    elif checked is None:
        page.field("checked", "not since this was opened; l looks at every record", column=_COLUMN)
    else:
        page.field(
            "checked", f"whole: {checked.count} records, each holding to the one before it", column=_COLUMN
        )


def _about(kept: Kept) -> str:
    happening = kept.happening
    if happening.lane is not None:
        return f"lane {happening.lane}: {_kind(kept).removeprefix('operation ')}"
    return _kind(kept)


def _kind(kept: Kept) -> str:
    return kept.happening.kind.replace("-", " ")


def _add_readiness(page: Page, episode: Episode, now: Timestamp) -> None:
    ready = next(
        (k.happening.ready_at for k in reversed(episode.standing) if k.happening.ready_at is not None), None
    )
    if ready is not None:
        ahead = f"in {show_duration(ready - now)}" if ready > now else f"{show_duration(now - ready)} ago"
        page.field("ready", f"{show_moment(ready)}, {ahead}", column=_COLUMN)


def _add_kept(page: Page, kept: Kept, *, is_whole: bool) -> None:
    """Write what happened; of an operation's earlier steps, only what was new by them."""
    happening = kept.happening
    page.space()
    firm = {
        Standing.UNCONFIRMED: ", not final yet",
        Standing.CONFIRMED: "",
        Standing.RETRACTED: ", TAKEN BACK by the chain",
    }[kept.standing]
    page.text(f"{show_moment(happening.at)}: {_kind(kept)}{firm}", indent=2)
    said = happening.sentence if is_whole else happening.sentence.partition(DOES)[0].rstrip()
    page.text(said, indent=4, hang=f"{MARKS[happening.severity]:<7} ")
    for line in happening.lines if is_whole else ():
        page.text(line, indent=4)
    if is_whole:
        # Most of them stand among the lines.
        page.findings([f for f in happening.findings if not _is_said(f, happening.lines)], indent=4)
    page.field("number", f"{kept.number}, seen {show_moment(kept.first_seen)}", column=_COLUMN)
    evidence = f"{happening.evidence.name.lower()}, at block {happening.block}"
    page.field("evidence", evidence, column=_COLUMN)


def _is_said(finding: Finding, lines: Sequence[str]) -> bool:
    return any(finding.sentence in line for line in lines)


def _told(telling: Telling, now: Timestamp) -> Shown:
    lead = f"{telling.told_channel}"
    if telling.parcel in _PARCELS:
        lead = f"{lead} ({_PARCELS[telling.parcel]})"
    match telling.state:
        case TellingState.DELIVERED:
            at = "" if telling.delivered_at is None else f" {show_moment(telling.delivered_at)}"
            reply = "" if not telling.reply else f", which answered: {telling.reply}"
            return Shown(f"{lead}: sent{at}{reply}")
        case TellingState.VOID:
            return Shown(f"{lead}: not sent, since nobody needs it any more")
        case TellingState.PENDING:
            return Shown(f"{lead}: NOT SENT YET{_why_pending(telling, now)}")


def _why_pending(telling: Telling, now: Timestamp) -> str:
    wait = telling.due_at - now
    again = f"; due in {show_duration(wait)}" if wait > 0 else ""
    if telling.failure is None:
        return again
    return f", failed {telling.attempts} time{'s' if telling.attempts != 1 else ''}: {telling.failure}{again}"


def _add_chains(page: Page, report: WatchReport, *, head: BlockNumber | None, now: Timestamp) -> None:
    chains = report.view.chains if report.view else {}
    page.title("Chains")
    for chain_id, stand in chains.items():
        if chain_id == 0:
            continue
        said = list(_stand(stand, now))
        if chain_id == report.chain_id and head is not None and stand.block is not None:
            behind = max(head - stand.block, 0)
            said.append(f"{behind} block{'s' if behind != 1 else ''} behind what you have read")
        mark = "this vault's: " if chain_id == report.chain_id else ""
        page.field(str(chain_id), f"{mark}{'; '.join(said)}", column=_COLUMN)
        if stand.follower:
            page.field("", f"followed by {stand.follower}", column=_COLUMN)


def _stand(stand: ChainStand, now: Timestamp) -> Iterator[str]:
    at = "" if stand.block_at is None else f", {show_duration(max(now - stand.block_at, 0))} ago"
    yield "no block" if stand.block is None else f"block {stand.block}{at}"
    alive = stand.alive_at
    yield "nobody follows it now" if alive is None else f"looked {show_duration(max(now - alive, 0))} ago"


def _add_undelivered(page: Page, report: WatchReport) -> None:
    view = report.view
    page.title("Not delivered yet")
    waiting = {} if view is None else view.waiting
    if view is None or not waiting:
        page.text("Nothing: everything that was to be told is told.", indent=2)
        return
    for channel, (count, oldest) in sorted(waiting.items()):
        said = f"{count}, the oldest for {show_duration(oldest)}" if oldest else f"{count}, none of them due"
        if channel not in report.channels:
            said += "; the configuration does not name it any more"
        if why := view.failing.get(channel):
            said += f". It failed: {why}"
        page.field(channel, said, column=_COLUMN)


def _ago(at: int, now: Timestamp) -> str:
    return f"{short_duration(max(now - at, 0))} ago"
