"""The person at a plain terminal: a question is a page and a prompt, one at a time. The screens have another one."""

from __future__ import annotations

import queue
import sys
import threading
from contextlib import suppress

from verifier.cli.asking import ask_acknowledgements, confirm, say
from verifier.desk.group_asking import Asked
from verifier.errors import DangerUnread, NotConfirmed
from verifier.holder.ports import OpenQuestion
from verifier.model.text import Shown, sanitise
from verifier.pages.lane import lane_page
from verifier.pages.layout import width_of_terminal


class PlainPerson:
    """The port Person. It has a thread of its own, since a prompt waits for as long as a person does."""

    def __init__(self, banner: Shown) -> None:
        """:param banner: who this is, with what opens its share: said before every question"""
        self._banner = banner
        self._waiting: queue.SimpleQueue[OpenQuestion] = queue.SimpleQueue()
        self._over: set[bytes] = set()
        # Whose question stands there; None while none does.
        self._shown: bytes | None = None
        threading.Thread(target=self._ask_all, name="person", daemon=True).start()

    def ask(self, opened: OpenQuestion) -> None:
        """As the port says."""
        self._waiting.put(opened)

    def over(self, opened: OpenQuestion, why: Shown) -> None:  # noqa: ARG002 - whoever takes it away says so
        """As the port says."""
        self._over.add(opened.session)
        if self._shown == opened.session:
            # A line that is being read cannot be taken back, and what comes next waits behind it.
            say("Press Enter: nothing is answered by it, and what is asked next comes after it.")

    def _ask_all(self) -> None:
        while True:
            opened = self._waiting.get()
            self._shown = opened.session
            if opened.session in self._over:
                continue
            try:
                said = self._answer(opened)
            except Exception as exc:  # noqa: BLE001 - whatever it is, the next question is asked all the same
                fault = (
                    f"the holder's person could not be asked: a fault of its program, {type(exc).__name__}"
                )
                said = opened.decline(sanitise(fault))
            if opened.session in self._over:
                say(said)

    def _answer(self, opened: OpenQuestion) -> Shown:
        """Ask, answer, and return what became of it."""
        try:
            typed = self._read(opened.asked)
        finally:
            self._shown = None
        if typed is None:
            return opened.decline()
        found = opened.agree(typed)
        if isinstance(found, Asked):
            return opened.decline(Shown(f"it changed while it was read: {found.changes[0].rstrip('.')}"))
        return found

    def _read(self, asked: Asked) -> list[str] | None:
        """Show a question, and return what was typed for its dangers; None for no."""
        say(self._banner)
        _forget_typed_ahead()
        try:
            if asked.briefing is not None:
                say(lane_page(asked.briefing, width_of_terminal()))
            typed = ask_acknowledgements(asked.acknowledgements, [])
            said = [] if asked.briefing is not None else [*asked.explained]
            because = Shown(f"{asked.because[0].upper()}{asked.because[1:]}.")
            if asked.briefing is None:
                said += [one.sentence for one in asked.findings if one.sentence != because]
            said.append(because)
            confirm(asked.what, said, is_given=False)
        except (DangerUnread, NotConfirmed):
            return None
        return typed


def _forget_typed_ahead() -> None:
    """Drop what was typed before there was a question: it was meant for an earlier one, or for nothing."""
    import termios

    with suppress(termios.error, OSError, ValueError):
        termios.tcflush(sys.stdin, termios.TCIFLUSH)
