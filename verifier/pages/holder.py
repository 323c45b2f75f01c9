"""A holder of a share in words: who it is, what is awaited of it, its rules, its ceremonies, and what was refused."""

from __future__ import annotations

from collections.abc import Sequence

from verifier.desk.group_asking import Asked, Waiting
from verifier.model.holding import LEFT, HeldSession, HolderSelf, Holding
from verifier.model.text import Shown, show_duration, show_moment
from verifier.model.units import Timestamp
from verifier.pages.ceremony import holder_name, state_of
from verifier.pages.layout import Page

_COLUMN = 12


def add_holder(
    page: Page, me: HolderSelf, holding: Holding, waiting: Sequence[Waiting], now: Timestamp
) -> None:
    """Add all of it, what the person has to know and what is wanted of them first."""
    if holding.warned:
        page.title("Said when it was started")
        for warning in holding.warned:
            page.text(warning, indent=2)
    page.title("Awaited now")
    _add_awaited(page, holding, waiting, now)
    page.title("Who this is")
    page.field("group", f"{me.group}: {me.threshold} of {me.holders} sign", column=_COLUMN)
    page.field("holder", f"{me.index} ({me.name})", column=_COLUMN)
    page.field("epoch", _epoch(holding), column=_COLUMN)
    page.field("opened by", me.opened_by, column=_COLUMN)
    page.field("reached", holding.where or "not yet", column=_COLUMN)
    page.field("coordinator", called(holding, now), column=_COLUMN)
    page.title("Rules in force")
    for sentence in holding.rules:
        page.text(sentence, indent=4 if sentence.startswith("-") else 2)
    page.title("Ceremonies")
    if not holding.sessions:
        page.text("None since this holder was started.", indent=2)
    for held in holding.sessions:
        _add_session(page, held)
    page.title("Refused")
    if not holding.remarks:
        page.text("Nothing since this holder was started.", indent=2)
    for remark in holding.remarks:
        page.text(f"{show_moment(remark.at)}, by {remark.line}: {remark.said}", indent=2)


def _epoch(holding: Holding) -> str:
    if holding.epoch is not None:
        return str(holding.epoch)
    return "none: it has left the group" if holding.has_left else "none: there is no share here"


def called(holding: Holding, now: Timestamp) -> Shown:
    """Return when the coordinator was heard last."""
    if holding.called_at is None:
        return Shown("not heard since this holder was started")
    ago = max(now - holding.called_at, 0)
    return Shown(f"heard {show_duration(ago)} ago" if ago else "heard just now")


def add_asked(page: Page, asked: Asked, *, with_findings: bool = True) -> None:
    """Add a question: what it is, why a person is asked, and what follows from yes."""
    if asked.changes:
        page.title("Changed while you read")
        for change in asked.changes:
            page.text(change, indent=2)
        page.text("Read it again: an answer is for what stands here now.", indent=2)
    page.title("What is asked")
    page.text(f"{asked.what[0].upper()}{asked.what[1:]}.", indent=2)
    page.title("What follows from yes")
    for sentence in asked.explained:
        page.text(sentence, indent=2)
    page.title("Why you are asked")
    page.text(f"{asked.because[0].upper()}{asked.because[1:]}.", indent=2)
    if asked.findings and with_findings:
        page.title("Findings")
        page.findings(asked.findings, indent=2)


def _add_awaited(page: Page, holding: Holding, waiting: Sequence[Waiting], now: Timestamp) -> None:
    for each in waiting:
        page.text(f"You: {each.asked.what}, asked {show_duration(now - each.since)} ago.", indent=2)
    running = [held.ceremony for held in holding.running]
    for ceremony in running:
        page.text(
            f"{ceremony.what[0].upper()}{ceremony.what[1:]}, since {show_moment(ceremony.since)}:", indent=2
        )
        for one in ceremony.holders:
            page.text(f"{holder_name(one)}: {state_of(one)}", indent=4)
    if holding.has_left:
        page.text(LEFT, indent=2)
    elif not waiting and not running:
        page.text("Nothing. You are asked here, with a bell, when something is.", indent=2)


def _add_session(page: Page, held: HeldSession) -> None:
    ceremony = held.ceremony
    how = ceremony.ended if ceremony.is_over else "on its way"
    word = "done" if ceremony.is_done else "NOT DONE" if ceremony.is_over else "now"
    page.text(f"{show_moment(ceremony.since)}  {ceremony.what}", indent=2)
    if held.mine:
        page.text(f"this holder said {held.mine}", indent=4)
    page.text(f"{word}: {how}", indent=4)
