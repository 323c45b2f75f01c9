"""`frost join` where a person sits at a terminal: the holder runs in a thread, and its screens in front of it.

What opens the share is asked for before, on the plain terminal.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from verifier.cli.adapters import CLOCK
from verifier.cli.answer import Answer
from verifier.cli.asking import say
from verifier.cli.frost_rules import KeptRules
from verifier.cli.terminal import speaks_utf8
from verifier.holder.person import ScreenPerson
from verifier.holder.post import HolderPost
from verifier.keys.share_sealing import Factors
from verifier.model.group_file import GroupFile, HolderEntry
from verifier.model.holding import HolderSelf
from verifier.model.text import Shown, sanitise
from verifier.tui.holder_app import HolderTerminal
from verifier.tui.holder_source import HolderSource

_WARNING: Final = 1_000


class Screens:
    """What a holder's person has in front of them, from the first line to the last one."""

    def __init__(self, stopped: threading.Event) -> None:
        """:param stopped: tells the holder to stop"""
        self._stopped = stopped
        self.person = ScreenPerson(CLOCK.now)
        self._app: HolderTerminal | None = None
        self._failure: Exception | None = None
        self._warned: list[Shown] = []

    def tell(self, line: str) -> None:
        """Show a line: on the plain terminal before there are screens, and at their edge after."""
        if self._app is None:
            say(line)
        else:
            self._app.tell(sanitise(line, most=300))

    def warn(self, line: str) -> None:
        """Show a line that the person has to read: the screens are about to cover it, so it stands there too."""
        self.tell(line)
        self._warned.append(sanitise(line, most=_WARNING))

    def note(self, _line: str) -> None:
        """Say nothing: the screens show all of it, where it belongs."""

    def sit(
        self,
        group: GroupFile,
        entry: HolderEntry,
        factors: Factors,
        post: HolderPost,
        rules: KeptRules,
        serve: Callable[[], None],
    ) -> None:
        """Serve until the person leaves.

        :raises FourthSignerError: it cannot be served.
        """
        thread = threading.Thread(target=self._serve, args=(serve,), name="holder", daemon=True)
        app = HolderTerminal(
            HolderSource(
                me=_self_of(group, entry, factors),
                now=CLOCK.now,
                waiting=self.person.waiting,
                look=lambda: replace(post.holding(), rules=rules.describe(), warned=tuple(self._warned)),
                agree=self.person.agree,
                decline=self.person.decline,
                why_over=self.person.why_over,
            ),
            begin=thread.start,
            is_ascii=not speaks_utf8(os.environ),
        )
        self._app = app
        self.person.changed = app.happened
        post.watch(app.happened)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            # Whoever ends it, the terminal is left as it was found.
            signal.signal(number, lambda _number, _frame: app.call_later(app.exit))
        app.run()
        self._stopped.set()
        if thread.ident is not None:
            thread.join()
        if self._failure is not None:
            raise self._failure

    def leave(self, said: str) -> Answer:
        """Return the last line. Whatever is still being read for an answer is not waited for."""
        app = self._app
        if app is not None and app.is_asking:
            # A thread that waits for a node would keep the program from ending for as long as the node likes.
            sys.stdout.write(said)
            sys.stdout.flush()
            os._exit(0)
        return Answer(text=said)

    def _serve(self, serve: Callable[[], None]) -> None:
        try:
            serve()
        except Exception as exc:  # noqa: BLE001 - whatever it is, the person is told once the screens are gone
            self._failure = exc
        if self._app is not None:
            self._app.call_later(self._app.exit)


def _self_of(group: GroupFile, entry: HolderEntry, factors: Factors) -> HolderSelf:
    return HolderSelf(
        group=group.name,
        index=entry.index,
        name=entry.name,
        threshold=group.threshold,
        holders=len(group.holders),
        opened_by=factors.describe(),
        is_one_factor=factors.is_single,
    )
