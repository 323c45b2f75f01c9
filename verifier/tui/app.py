"""The terminal itself, thin over its screens: it asks on a timer, keeps the answers, and has the screens show them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.screen import Screen

from verifier.tui.asking import Answered, Refused, What
from verifier.tui.convening import Convenes
from verifier.tui.known import Trouble
from verifier.tui.place import Place
from verifier.tui.places import KEYS, MODES
from verifier.tui.shell import Shell
from verifier.tui.source import Source

if TYPE_CHECKING:
    from verifier.desk.actions import Action
    from verifier.desk.signing import Signing
    from verifier.tui.operation import OperationScreen
    from verifier.tui.sign import SignScreen


_MOST_CHANGES = 3
"""Changes of one operation that are told at the edge of the screen."""


class Terminal(Convenes, Shell):
    """A signer's view of one vault."""

    TITLE = "Fourth Signer"
    MODES = MODES
    DEFAULT_MODE = "queue"
    BINDINGS = KEYS

    def __init__(
        self,
        open_source: Callable[[], Source],
        *,
        lane: int | None = None,
        is_light: bool = False,
        is_ascii: bool = False,
    ) -> None:
        """:param open_source: opens the vault; it may take its time, and is called in the thread that asks
        :param lane: whose operation is on the screen first, if not the queue
        """
        super().__init__(is_light=is_light, is_ascii=is_ascii)
        # Why it could not be opened: then the terminal ends, and somebody else says so.
        self.failure: Exception | None = None
        self._open_source = open_source
        self._first_lane = lane
        # Who waits for an answer that is nobody else's business.
        self._then: dict[What, Callable[[object], None]] = {}

    def on_mount(self) -> None:
        self.ask("source", 0, self._open_source)
        self.set_interval(1, self.tick)

    def ask(self, name: str, number: int, function: Callable[[], object]) -> None:
        """Ask in the background; what comes of it is shown wherever the reader is then."""
        if self._asker.ask((name, number), function) and self.known.asked_at is None:
            self.known.asked_at = self.source.now()

    def ask_for(self, name: str, function: Callable[[], object], then: Callable[[object], None]) -> None:
        """Ask in the background for something of which one screen makes something; what goes wrong is said."""
        self._then[name, 0] = then
        self.ask(name, 0, function)

    def read_again(self) -> None:
        """Ask for what is on the screen."""
        lane = self._open_lane
        if lane is not None:
            self._ask_lane(lane)
        else:
            self.ask("queue", 0, self.source.brief_queue)
        for each in self.screen_stack:
            if isinstance(each, Place) and each.is_ready:
                each.read()

    def ask_survey(self) -> None:
        self.ask("survey", 0, self.source.survey)

    def open_lane(self, lane: int) -> None:
        """Show a lane's operation whole."""
        from verifier.tui.operation import OperationScreen

        self.push_screen(OperationScreen(lane))
        self._ask_lane(lane)

    def act(self, screen: OperationScreen, action: Action) -> None:
        """Do something about an operation: sign what is signed, send what is sent, or say how that is done."""
        from verifier.tui.acting import act

        act(self, screen, action)

    def finish(self, screen: SignScreen, signing: Signing, typed: Sequence[str]) -> None:
        """Sign, and leave the screen that asked for it if that was done; what changed meanwhile starts it again."""
        from verifier.errors import ReviewChanged
        from verifier.tui.acting import outside

        function = self.source.finish_signing
        if function is None:
            return
        fault = outside(self, lambda: function(signing, typed))
        if fault is None:
            screen.dismiss()
        elif isinstance(fault, ReviewChanged):
            screen.start_again(fault.changes)
        if fault is None or isinstance(fault, ReviewChanged):
            self.read_again()

    def action_read(self) -> None:
        self.read_again()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Leave out on a wall display what only a signer does, and a ceremony where there is none."""
        if action == "ceremony":
            return self.known.convening is not None
        return action != "compromised" or self.source.may_act

    def action_compromised(self) -> None:
        """Take the signer out, after one question."""
        from verifier.tui.vault_acting import suspend_oneself

        if self.source.may_act:
            suspend_oneself(self)

    def why_not_compromised(self) -> str:
        """Return why the signer cannot take itself out; empty where it can."""
        from verifier.tui.vault_acting import why_not_oneself

        return why_not_oneself(self)

    def get_system_commands(self, screen: Screen) -> Iterable[SystemCommand]:  # type: ignore[type-arg]
        """Yield what the palette offers."""
        from verifier.tui.palette import commands

        return commands(self, screen)

    def on_answered(self, message: Answered) -> None:
        if message.what[0] == "source":
            self._start(message.answer)
            return
        if then := self._then.pop(message.what, None):
            self._settle(self.source.now())
            then(message.answer)
            return
        known, now = self.known, self.source.now()
        if known.trouble is not None:
            self.say("The vault is being read again.")
        known.trouble, known.read_at = None, now
        self._keep(message.what, message.answer)
        self._settle(now)
        self.show_places()

    def on_refused(self, message: Refused) -> None:
        if message.what[0] == "source":
            self.failure = message.fault
            self.exit()
            return
        if message.what[0] == "signing":
            self._end_signing(message)
            return
        if self._then.pop(message.what, None):
            self._settle(self.source.now())
            self.say(message.sentence, severity="error")
            self.show_places()
            return
        now = self.source.now()
        since = self.known.trouble.since if self.known.trouble else now
        self.known.trouble = Trouble(sentence=message.sentence, since=since)
        self._settle(now)
        self.show_places()

    def _start(self, source: Source) -> None:
        self.source, self.known.asked_at = source, None
        self.ask("queue", 0, source.brief_queue)
        if self._first_lane is not None:
            self.open_lane(self._first_lane)
        if source.why_no_group:
            self.say(f"No group can be asked here. {source.why_no_group}", severity="error")
        self.set_interval(source.every, self.read_again)
        self.tick()

    @property
    def _open_lane(self) -> int | None:
        return next(
            (each.lane for each in self.screen_stack if isinstance(each, Place) and each.lane is not None),
            None,
        )

    def _ask_lane(self, lane: int) -> None:
        self.ask("lane", lane, lambda: self.source.brief_lane(lane))

    def _keep(self, what: What, answer: object) -> None:
        from verifier.desk.changes import changes_between

        name, number = what
        if name == "queue":
            self.known.queue = answer  # type: ignore[assignment]
        elif name == "survey":
            self.known.survey = answer  # type: ignore[assignment]
        elif name == "signing":
            self._show_signing(answer)  # type: ignore[arg-type]
        else:
            former, latest = self.known.lanes.get(number), answer
            self.known.lanes[number] = latest  # type: ignore[assignment]
            changed = changes_between(former, latest) if former is not None else ()  # type: ignore[arg-type]
            if changed:
                # All of a reading at once: each by itself, they would push out what was said just before.
                rest = ["More changed too: read it again."] if len(changed) > _MOST_CHANGES else []
                said = " ".join([*changed[:_MOST_CHANGES], *rest])
                self.say(f"Lane {number}: {said}", severity="warning")

    def _end_signing(self, message: Refused) -> None:
        from verifier.tui.sign import SignScreen

        self._settle(self.source.now())
        self.say(message.sentence, severity="error")
        if isinstance(self.screen, SignScreen):
            self.screen.dismiss()

    def _show_signing(self, signing: Signing) -> None:
        from verifier.tui.sign import SignScreen

        self.known.lanes[signing.review.lane.lane] = signing.briefing
        for each in self.screen_stack:
            if isinstance(each, SignScreen) and each.signing is None:
                each.open(signing)

    def _settle(self, now: int) -> None:
        self.known.asked_at = now if self._asker.is_busy else None
