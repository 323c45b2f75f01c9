"""A holder's terminal: its person sees how it stands, and answers what its rules leave open.

The holder itself runs in threads of its own, and waits for nothing here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.content import Content
from textual.message import Message
from textual.screen import Screen

from verifier.model.text import Shown
from verifier.tui.asking import Answered, Asker, News, Refused
from verifier.tui.confirm import ConfirmScreen
from verifier.tui.content import unmarked
from verifier.tui.holder_places import KEYS, MODES, PLACES
from verifier.tui.place import Place
from verifier.tui.shell import Shell
from verifier.tui.source import nothing_yet

if TYPE_CHECKING:
    from verifier.desk.group_asking import Asked, Waiting
    from verifier.model.holding import Holding
    from verifier.tui.holder_place import QuestionPlace
    from verifier.tui.holder_sign import HolderSignScreen
    from verifier.tui.holder_source import HolderSource

_GONE = "nobody waits for an answer any more. Nothing was answered."
LOOKED_INTO = "Your yes is being looked into: what becomes of it is said in a moment."
_MOST_ENDED = 256
"""Questions that are over of which it is known how: of others it is said that nobody waits for an answer."""
_QUIT = "Stop being a holder?"


class Happened(News):
    """Something is otherwise with the holder than it was."""


class Told(News):
    """The holder says something to its person, such as to touch a token."""

    def __init__(self, sentence: str) -> None:
        super().__init__()
        self.sentence = sentence


class HolderTerminal(Shell):
    """What a holder's person has in front of them."""

    TITLE = "Fourth Signer, holder"
    MODES = MODES
    DEFAULT_MODE = "holder"
    BINDINGS = KEYS

    def __init__(
        self,
        held: HolderSource,
        *,
        begin: Callable[[], object] = lambda: None,
        is_light: bool = False,
        is_ascii: bool = False,
    ) -> None:
        """:param begin: called once the screens are there"""
        self._begin = begin
        super().__init__(is_light=is_light, is_ascii=is_ascii)
        self.held = held
        self.source = replace(nothing_yet(), name=str(held.me.group), now=held.now, may_act=True)
        # How the holder stood when it was looked at last.
        self.holding: Holding | None = None
        self.waiting: Sequence[Waiting] = ()
        # How each question ended, by its number; a question that is not in it is open.
        self._ended: dict[int, str] = {}
        self._rung = 0
        # Questions to which yes was said, and is being looked into.
        self._agreeing: set[int] = set()
        # Answers read the vault: looking does not wait for them.
        self._answerer = Asker(self)
        self.askers.append(self._answerer)

    def on_mount(self) -> None:
        self._look()
        self.set_interval(1, self._look)
        self.call_after_refresh(self._begin)

    def happened(self) -> None:
        """Have it looked at how things stand. Any thread may call it."""
        self._post(Happened())

    def tell(self, sentence: str) -> None:
        """Say something to the person. Any thread may call it."""
        self._post(Told(sentence))

    def _post(self, message: Message) -> None:
        if self.is_running:
            with suppress(RuntimeError):  # it has just ended
                self.post_message(message)

    def find(self, number: int) -> Waiting | None:
        """Return a question that is open."""
        return next((each for each in self.waiting if each.number == number), None)

    def why_over(self, number: int) -> str:
        """Return how a question ended; empty while it is open."""
        if self.find(number) is not None:
            return ""
        return self._ended.get(number, _GONE)

    def is_agreeing(self, number: int) -> bool:
        """Whether yes was said to a question, and nobody knows yet what becomes of that."""
        return number in self._agreeing

    @property
    def silence(self) -> int:
        """Seconds since the coordinator was heard. Of parcels nobody knows when they are fetched: 0."""
        holding = self.holding
        if holding is None or holding.called_at is None or not holding.where.startswith("https:"):
            return 0
        return max(self.held.now() - holding.called_at, 0)

    def line_of_ceremony(self, width: int) -> Content | None:
        """As every terminal says it."""
        from verifier.tui.holder_bar import line_of_running

        holding = self.holding
        return line_of_running(holding, width) if holding and holding.running else None

    @property
    def rows_above_ceremony(self) -> int:
        """Who this is, and how many questions there are."""
        return 2 if self.waiting else 1

    # ---------------------------------------------------------------------------------------------------- Answering

    def open_question(self, number: int) -> None:
        """Show a question whole."""
        from verifier.tui.holder_operation import HolderOperationScreen, HolderSheetScreen

        found = self.find(number)
        if found is None:
            return
        is_operation = found.asked.briefing is not None
        self.push_screen(HolderOperationScreen(found) if is_operation else HolderSheetScreen(found))

    def answer(self, place: QuestionPlace, name: str) -> None:
        """Ask once more before a question is answered."""
        from verifier.tui.holder_sign import HolderSignScreen

        waiting = place.waiting
        if name == "sign":
            self.push_screen(HolderSignScreen(waiting))
            return
        question = ConfirmScreen(
            f"Decline question {waiting.number}?",
            [f"It is {waiting.asked.what}.", "The answer no cannot be taken back; one may be asked anew."],
        )
        self.push_screen(question, partial(self._declined, waiting.number))

    def agree(self, screen: HolderSignScreen, typed: Sequence[str]) -> None:
        """Answer yes to what stands on a screen. It is read once more, in the background."""
        number, asked = screen.number, screen.asked
        if self._answerer.ask(("agree", number), lambda: self.held.agree(number, asked, typed)):
            self._agreeing.add(number)

    def _declined(self, number: int, is_yes: bool | None) -> None:
        if is_yes and self.is_agreeing(number):
            self.say(LOOKED_INTO, severity="warning")
        elif is_yes:
            self._answerer.ask(("decline", number), lambda: self.held.decline(number))

    def _settled(self, number: int, found: Asked | Shown) -> None:
        """Say what became of an answer. What changed while it was read is read again."""
        if isinstance(found, str):
            self._ended[number] = found
            self.say(found)
            self._leave(number)
            return
        said = found.changes[0] if found.changes else "It was read anew."
        self.say(
            f"Question {number} changed while you read it. Nothing was answered. {said}", severity="warning"
        )
        self._close_signing(number)

    def _leave(self, number: int) -> None:
        """Leave the screens of a question that was answered."""
        while (top := self._place_of(self.screen)) is not None and top.number == number:
            self.pop_screen()
            if len(self.screen_stack) <= 1:
                break

    def _close_signing(self, number: int) -> None:
        from verifier.tui.holder_sign import HolderSignScreen

        if isinstance(self.screen, HolderSignScreen) and self.screen.number == number:
            self.pop_screen()

    def _place_of(self, screen: Screen[object]) -> QuestionPlace | None:
        from verifier.tui.holder_place import QuestionPlace

        return screen if isinstance(screen, QuestionPlace) else None

    # ------------------------------------------------------------------------------------------------------ Looking

    def on_happened(self, message: Happened) -> None:
        message.stop()
        self._look()

    def on_told(self, message: Told) -> None:
        message.stop()
        self.say(message.sentence)

    def on_answered(self, message: Answered) -> None:
        name, number = message.what
        if name == "agree":
            self._agreeing.discard(number)
        if name == "look":
            self.holding = message.answer
        elif name in ("agree", "decline"):
            self._settled(number, message.answer)
            self._see_questions()
        self.show_places()

    def on_refused(self, message: Refused) -> None:
        from verifier.tui.holder_sign import HolderSignScreen

        if message.what[0] == "agree":
            self._agreeing.discard(message.what[1])
        self.say(message.sentence, severity="error")
        if isinstance(self.screen, HolderSignScreen) and message.what == ("agree", self.screen.number):
            self.screen.answered()
        self.show_places()

    def _look(self) -> None:
        self._see_questions()
        self._asker.ask(("look", 0), self.held.look)
        self.tick()

    def _see_questions(self) -> None:
        """Ring for what is new, and say what is over."""
        former, self.waiting = self.waiting, self.held.waiting()
        for each in former:
            if self.find(each.number) is None and each.number not in self._ended:
                why = self.held.why_over(each.number)
                gone = self._ended[each.number] = f"{why}. Nothing was answered." if why else _GONE
                self.say(f"Question {each.number} is over: {gone}", severity="warning")
        for number in list(self._ended)[:-_MOST_ENDED]:
            del self._ended[number]
        new = [each for each in self.waiting if each.number > self._rung]
        if new:
            self._rung = new[-1].number
            # Once, however many come at a time.
            self.bell()
        for each in new:
            self.say(f"Question {each.number}: {each.asked.what}. Press 2 to read it.", severity="warning")
        if [each.asked for each in former] != [each.asked for each in self.waiting]:
            self.show_places()

    # ------------------------------------------------------------------------------------------------------- Leaving

    async def action_quit(self) -> None:
        """Leave after one question: whatever is open ends with this process."""
        if any(isinstance(each, ConfirmScreen) and each.question == _QUIT for each in self.screen_stack):
            return
        running = len(self.holding.running) if self.holding else 0
        said = ["Nobody signs for you then, and the group has one holder less."]
        if running:
            what = "1 ceremony is" if running == 1 else f"{running} ceremonies are"
            said.insert(0, f"{what} on the way, and cannot go on with you: your part is in memory only.")
        if self.waiting:
            count = len(self.waiting)
            what = "1 question is" if count == 1 else f"{count} questions are"
            said.insert(0, f"{what} open, and would not be answered.")
        self.push_screen(ConfirmScreen(_QUIT, said), self._leaving)

    def _leaving(self, is_yes: bool | None) -> None:
        if is_yes:
            self.exit()

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Yield what the palette offers."""
        if isinstance(screen, Place):
            for deed in screen.deeds:
                said = deed.sentence if deed.is_possible else f"Not now: {deed.why_not}"
                yield SystemCommand(f"{deed.title} ({deed.key})", unmarked(said), _doing(screen, deed.name))
        for name, (key, title) in PLACES.items():
            yield SystemCommand(title, f"Show {title.lower()} ({key})", partial(self.action_go, name))
        yield SystemCommand("Theme", "Dark or light (t)", self.action_dim)
        yield SystemCommand("Help", "Keys, and what the words mean (?)", self.action_help)
        yield SystemCommand("Quit", "Stop being a holder, after a question (q)", self.action_quit)


def _doing(screen: Place, name: str) -> Callable[[], None]:
    return lambda: screen.try_to(name)
