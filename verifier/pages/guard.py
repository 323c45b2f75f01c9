"""An automatic guard as text: what it would do, and how it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from verifier.desk.health import Check
from verifier.model.address import Address
from verifier.model.text import Shown, show_moment
from verifier.model.units import ChainId, LaneIndex, Timestamp
from verifier.model.watching import Kept
from verifier.pages.doctor import checks_page
from verifier.pages.layout import Page

MOST_LINES = 50


class Underway(Protocol):
    """What a guard is about to stop, or stopped."""

    @property
    def lane(self) -> LaneIndex: ...

    @property
    def rule(self) -> Shown: ...

    @property
    def stage(self) -> str: ...

    @property
    def at(self) -> Timestamp: ...


def guard_check_page(parts: Mapping[str, Sequence[Check]], width: int) -> str:
    """Return what a guard would do, and what it comes to."""
    return checks_page(parts, width, if_wrong="do not switch this guard on")


def guard_status_page(
    held: Shown | None,
    stop: Kept | None,
    intents: Mapping[Shown, Sequence[Underway]],
    waiting: Sequence[Kept],
    names: Mapping[tuple[ChainId, Address], Shown],
    width: int,
) -> str:
    """Return whether a guard may act, what it is at, and what nobody acknowledged."""
    page = Page(width)
    if held is not None:
        page.text(f"The guard is on hold: {held}")
    if stop is not None:
        page.text(
            f"The guard has stopped (number {stop.number}): {stop.happening.sentence} "
            "`fourth-signer guard resume` lets it go on."
        )
    if held is None and stop is None:
        page.text("Nothing keeps the guard from acting, if it runs.")
    page.space()
    every = [(name, intent) for name, each in intents.items() for intent in each]
    page.text("What it stopped, or is about to stop:" if every else "It stopped nothing so far.")
    for name, intent in sorted(every, key=lambda pair: -pair[1].at)[:MOST_LINES]:
        said = f"{show_moment(intent.at)} {name}, lane {intent.lane}, by the rule {intent.rule}."
        page.text(said, indent=2, hang=f"{intent.stage:<10}")
    page.space()
    page.text(
        "Nobody acknowledged yet (`fourth-signer guard ack NUMBER`):"
        if waiting
        else "Nothing waits for somebody to acknowledge it."
    )
    for kept in waiting[:MOST_LINES]:
        happening = kept.happening
        where = Shown("the guard itself")
        if happening.vault is not None:
            where = names.get((happening.chain_id, happening.vault), Shown(str(happening.vault)))
        said = f"{show_moment(kept.first_seen)} {where}: {happening.sentence}"
        page.text(said, indent=2, hang=f"{kept.number:<5} {happening.severity.name:<8}")
    return str(page)
