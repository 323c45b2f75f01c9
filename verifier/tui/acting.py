"""Doing something about an operation. What needs a key happens outside of the screens: they step aside for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from verifier.desk.actions import Action
from verifier.desk.signing import acknowledgements_for
from verifier.model.message import MessageKind
from verifier.tui.asking import sentence_of
from verifier.tui.confirm import ConfirmScreen
from verifier.tui.sign import SignScreen

if TYPE_CHECKING:
    from verifier.model.text import Shown
    from verifier.tui.app import Terminal
    from verifier.tui.operation import OperationScreen

_GOING_ON = frozenset({"execute"})
_SIGNED = {"approve": MessageKind.APPROVE, "expedite": MessageKind.EXPEDITE}


def act(app: Terminal, screen: OperationScreen, action: Action) -> None:
    """Sign what is signed, send what is sent, each after a question; without a key, say how it is done elsewhere."""
    source, lane = app.source, screen.lane
    kind = _SIGNED.get(action.name)
    if kind is not None and source.open_signing is not None:
        _open_signing(app, lane, kind, screen)
    elif kind is None and source.send is not None and action.data:
        _ask_to_send(app, screen, action)
    else:
        _say_elsewhere(app, screen, action)


def outside(app: Terminal, function: Callable[[], Shown]) -> Exception | None:
    """Do something on the plain terminal, say what became of it, and return what went wrong; None if it was done."""
    fault: Exception | None = None
    said = ""
    with ExitStack() as aside:
        with suppress(SuspendNotSupported):  # where there is no terminal, nobody can be asked anything
            aside.enter_context(app.suspend())
        # Kept and not raised: what leaves by an exception does not get its screens back.
        try:
            said = function()
        except Exception as exc:  # noqa: BLE001 - whatever it is, the reader has to be told
            fault = exc
    app.refresh()
    if fault is not None:
        app.say(sentence_of(fault), severity="error")
        return fault
    app.say(said)
    return None


def ask_first(app: Terminal, question: ConfirmScreen, function: Callable[[Sequence[str]], Shown]) -> None:
    """Do something outside once a question is answered with yes, with what was typed for it, and read again."""
    if any(
        isinstance(each, ConfirmScreen) and each.question == question.question for each in app.screen_stack
    ):
        return  # it is being asked

    def answered(is_yes: bool | None) -> None:
        if is_yes and outside(app, lambda: function(question.typed)) is None:
            app.read_again()

    app.push_screen(question, answered)


def say_elsewhere(app: Terminal, command: str) -> None:
    """Say with which command something is done that cannot be done here, for want of a key or of a network."""
    if app.source.finish_signing is not None and app.source.send is None:
        app.say(f"There is no network here. `fourth-signer {command} --key FILE` does it where there is one.")
        return
    app.say(f"No key was given here. `fourth-signer {command} --key FILE` does it, or open with --key.")


def _open_signing(app: Terminal, lane: int, kind: MessageKind, screen: OperationScreen) -> None:
    function, seen = app.source.open_signing, screen.briefing
    if function is None or seen is None:
        return
    app.push_screen(SignScreen(lane, kind))
    app.ask("signing", lane, lambda: function(lane, kind, seen))


def _ask_to_send(app: Terminal, screen: OperationScreen, action: Action) -> None:
    function, briefing = app.source.send, screen.briefing
    if function is None or briefing is None:
        return
    (review,) = briefing.reviews
    # What stops an operation is in nobody's way; what lets it go on is for who read all of it.
    dangers = acknowledgements_for((*review.findings, *briefing.findings)) if action.name in _GOING_ON else ()
    said: list[str] = [review.sentence, action.sentence]
    if source_group := app.source.for_group:
        said.append(f"This is your own transaction, and not a word of {source_group.group.describe()}.")
    question = ConfirmScreen(f"{action.name.capitalize()} lane {screen.lane}?", said, dangers)
    ask_first(app, question, lambda typed: function(briefing, action, typed))


def _say_elsewhere(app: Terminal, screen: OperationScreen, action: Action) -> None:
    screen.show_part("hashes" if action.name in _SIGNED else "doing")
    if not action.data and action.digest and action.name not in _SIGNED:
        here = "" if app.source.for_group is None else " Shift and the same key asks them."
        app.say(f"The holders of the group's key sign its digest together (FROST); `show` prints it.{here}")
        return
    command = "sign" if action.name == "approve" else action.name
    say_elsewhere(app, f"{command} {screen.lane}")
