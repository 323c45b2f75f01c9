"""A watcher as text: what it would do, and how it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from verifier.desk.health import Check
from verifier.model.address import Address
from verifier.model.routes import Pulse
from verifier.model.text import Shown, show_duration, show_moment
from verifier.model.units import ChainId
from verifier.model.watching import Kept, Standing
from verifier.pages.doctor import checks_page
from verifier.pages.layout import Page

MOST_WAITING: Final = 50


def check_page(parts: Mapping[str, Sequence[Check]], width: int) -> str:
    """Return what a watcher would do, and what it comes to."""
    return checks_page(parts, width, if_wrong="do not rely on this watcher")


def status_page(
    pulse: Pulse,
    ailment: Shown | None,
    waiting: Sequence[Kept],
    names: Mapping[tuple[ChainId, Address], Shown],
    width: int,
    *,
    is_answering: bool | None,
) -> str:
    """Return how a watcher is.

    :param is_answering: whether the watcher itself answered; None where it cannot be asked
    """
    page = Page(width)
    if is_answering is None:
        page.text("The watcher cannot be asked (`listen` is not set); this is what its store says.")
    elif is_answering:
        page.text(
            "The watcher answers." if ailment is None else f"The watcher answers, and is not well: {ailment}"
        )
    else:
        page.text("The watcher does not answer; this is what its store says.")
    page.space()
    for chain_id in sorted({*pulse.lag, *pulse.block}):
        lag = pulse.lag.get(chain_id)
        said = "no block" if lag is None else f"{show_duration(lag)} ago"
        page.text(f"Chain {chain_id}: read up to block {pulse.block.get(chain_id, '?')}, {said}.")
    page.text(f"Not delivered yet: {pulse.pending}{_oldest(pulse)}.")
    for channel, count in sorted(pulse.orphaned.items()):
        page.text(
            f"Not delivered either: {count} for {channel}, which the configuration does not name any more. "
            "Name it again to have them sent."
        )
    for channel, tally in sorted(pulse.tallies.items()):
        failing = f", the last {tally.failing} in a row" if tally.failing else ""
        page.text(f"Channel {channel}: {tally.delivered} delivered, {tally.failed} failures{failing}.")
    page.space()
    if not waiting:
        page.text("Nothing waits for somebody to acknowledge it.")
    else:
        page.text("Nobody acknowledged yet (`fourth-signer watch ack NUMBER`):")
    for kept in waiting[:MOST_WAITING]:
        page.text(_waiting(kept, names), indent=2, hang=f"{kept.number:<5} {kept.happening.severity.name:<8}")
    if len(waiting) > MOST_WAITING:
        page.text(f"... and {len(waiting) - MOST_WAITING} more", indent=2)
    return str(page)


def acknowledged_page(kept: Kept, who: Shown, *, is_ours: bool) -> str:
    """Return what became of an acknowledgement."""
    happening = kept.happening
    if not is_ours:
        at = "" if kept.acknowledged_at is None else f" at {show_moment(kept.acknowledged_at)}"
        return f"{kept.acknowledged_by} acknowledged number {kept.number} before{at}; that stays.\n"
    said = f"{who} knows of number {kept.number}, {happening.severity.name}: {happening.sentence}"
    return f"{said}\nNobody else is told for lack of an answer, unless it becomes graver.\n"


def _oldest(pulse: Pulse) -> str:
    return f", the oldest for {show_duration(pulse.oldest_undelivered)}" if pulse.oldest_undelivered else ""


def _waiting(kept: Kept, names: Mapping[tuple[ChainId, Address], Shown]) -> str:
    happening = kept.happening
    where = f"chain {happening.chain_id}"
    if happening.vault is not None:
        where = names.get((happening.chain_id, happening.vault), Shown(str(happening.vault)))
    firm = "" if kept.standing is Standing.CONFIRMED else " (not final yet)"
    return f"{show_moment(kept.first_seen)} {where}{firm}: {happening.sentence}"
