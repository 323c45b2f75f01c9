"""Doing something about the vault as such: taking a member out, letting a suspension lapse, reviewing break-glass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from verifier.desk.vault_actions import VaultAction, lapse_action, suspend_action, suspend_self_action
from verifier.model.member import Member
from verifier.model.reading import Bypass
from verifier.pages.layout import in_groups
from verifier.pages.words import named
from verifier.tui.acting import ask_first, say_elsewhere
from verifier.tui.confirm import ConfirmScreen

if TYPE_CHECKING:
    from verifier.tui.app import Terminal

_UNREAD = "The vault was not read yet."


def why_not_oneself(app: Terminal) -> str:
    """Return why the signer cannot take itself out; empty where it can."""
    briefing = app.known.latest
    return suspend_self_action(briefing.reading, briefing.signer).why_not if briefing else _UNREAD


def suspend_oneself(app: Terminal) -> None:
    """Take the signer out at once, after one question: "I am compromised"."""
    why, briefing = why_not_oneself(app), app.known.latest
    if why or briefing is None:
        app.say(f"I am compromised: {why}", severity="warning")
        return
    action = suspend_self_action(briefing.reading, briefing.signer)
    me = briefing.signer.own_member(briefing.reading)
    if me is not None:
        _ask(app, "Are you compromised? This suspends you, at once.", action, me, "suspend self")


def member_action(app: Terminal, name: str, member: Member) -> VaultAction | None:
    """Return how the signer suspends a member, or lets its suspension lapse; None while nothing is read."""
    briefing = app.known.latest
    if briefing is None:
        return None
    if name == "lapse":
        return lapse_action(briefing.reading, member)
    return suspend_action(briefing.reading, briefing.signer, member)


def act_on_member(app: Terminal, name: str, member: Member) -> None:
    """Suspend a member, or let its suspension lapse, after a question."""
    briefing, action, seat = app.known.latest, member_action(app, name, member), member.record.seat
    if briefing is None or action is None or not action.is_possible:
        return
    if name == "suspend" and briefing.signer.own_member(briefing.reading) == member:
        suspend_oneself(app)
        return
    what = "Let the suspension of" if name == "lapse" else "Suspend"
    end = " lapse?" if name == "lapse" else "?"
    question = f"{what} seat {seat}, {named(briefing, member.address)}{end}"
    _ask(app, question, action, member, f"{name} {seat}")


def ask_review(app: Terminal, number: int, bypass: Bypass, findings: bytes, *, is_justified: bool) -> None:
    """Send a review of a use of break-glass, after a question that shows the hash which is recorded."""
    function = app.source.review
    verdict = "justified" if is_justified else "NOT justified"
    if function is None:
        flag = "justified" if is_justified else "unjustified"
        say_elsewhere(app, f"review {number} --findings 0x{findings.hex()} --{flag}")
        return
    first, second = in_groups(findings)
    said = [
        "It is recorded for ever as yours, with this hash of your findings:",
        f"0x {first}",
        second,
        "Keep the file as it is: nothing else has this hash.",
    ]
    question = ConfirmScreen(f"Record that use {number} of break-glass was {verdict}?", said)
    ask_first(app, question, lambda _: function(number, bypass, findings, is_justified))


def _ask(app: Terminal, question: str, action: VaultAction, member: Member, command: str) -> None:
    function = app.source.suspend
    if function is None:
        say_elsewhere(app, command)
        return
    said = [action.sentence, action.undoing] if action.undoing else [action.sentence]
    is_lapse = action.name == "lapse"
    ask_first(app, ConfirmScreen(question, said), lambda _: function(member.address, is_lapse))
