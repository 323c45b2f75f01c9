"""The signer's terminal on this machine: builds what its screens may ask for, shows them, and leaves.

The first frame comes before anything that takes time is imported: the adapters load in the thread that asks.
"""

from __future__ import annotations

import locale
import os
import signal
import sys
import threading
from argparse import Namespace
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from verifier.cli.answer import Answer
from verifier.tui.app import Terminal
from verifier.tui.source import ForGroup, Source

if TYPE_CHECKING:
    from verifier.chain.reader import VaultReader
    from verifier.cli.adapters import Choice
    from verifier.cli.terminal_acts import Acts
    from verifier.cli.terminal_vault import VaultActs
    from verifier.cli.terminal_watch import WatchDesk
    from verifier.desk.aids import Aids
    from verifier.desk.briefing import Briefing
    from verifier.desk.past_words import PastSentences
    from verifier.desk.survey import Survey

_NO_TERMINAL: Final = (
    "`fourth-signer open` wants a terminal to read and to type; `fourth-signer queue` prints the queue."
)
_USAGE: Final = 2
_LAST_SECONDS: Final = 30.0
"""That a ceremony has to end in: each line to a holder takes two seconds at most."""


def run_terminal(options: Namespace) -> Answer:
    """Show the terminal until its reader leaves.

    :raises FourthSignerError: the vault cannot be opened.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        sys.stderr.write(f"fourth-signer: {_NO_TERMINAL}\n")
        return Answer(text="", code=_USAGE)
    is_ascii = not speaks_utf8(os.environ)
    app = Terminal(lambda: open_source(options), lane=options.lane, is_light=options.light, is_ascii=is_ascii)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Whoever ends it, the terminal is left as it was found.
        signal.signal(number, lambda _number, _frame: app.call_later(app.exit))
    app.run()
    is_left = _end_ceremony(app)
    if app.failure is not None:
        raise app.failure
    if app.is_asking or not is_left:
        # A thread that waits for a node would keep the program from ending for as long as the node likes.
        sys.stdout.flush()
        os._exit(app.return_code or 0)
    return Answer(text="", code=app.return_code or 0)


def _end_ceremony(app: Terminal) -> bool:
    """End a ceremony that is on its way, whole: its holders are hung up on, its records closed, its folder let go.

    :return: whether that is done; a node that never answers may keep it from that
    """
    convening = app.known.convening
    if convening is not None:
        if convening.has_thread:
            sys.stderr.write("The ceremony is being ended.\n")
        convening.end(_LAST_SECONDS)
        if convening.is_signed:
            from verifier.tui.group_acting import AT_THE_HOLDERS

            # Where it came too late for the screens, whoever left was told that nothing would be signed.
            how = "" if convening.word is not None else "all the same, before it could be called off, "
            sys.stderr.write(
                f"{convening.what} was signed {how}and is neither sent nor kept here. {AT_THE_HOLDERS}\n"
            )
    return convening is None or not convening.has_thread


def speaks_utf8(environment: Mapping[str, str]) -> bool:
    """Whether the terminal takes more than ASCII, by what the locale says; `C` says nothing of the kind."""
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        if value := environment.get(name):
            return value.lower().replace("-", "").endswith("utf8")
    return locale.getencoding().lower().replace("-", "") == "utf8"


def open_source(options: Namespace, *, is_display: bool = False) -> Source:
    """Return what the screens may ask about the vault that the arguments mean.

    :param is_display: only to be looked at: nothing can be done, and nothing counts as seen
    :raises FourthSignerError: the configuration cannot be used.
    """
    if options.bundle is not None:
        from verifier.cli.terminal_bundle import open_bundle

        return open_bundle(options)
    from verifier.cli.adapters import CLOCK, choose, open_aids, open_panel, open_reader
    from verifier.desk.past_words import PastSentences

    choice = choose(options)
    panel = open_panel(choice)
    aids = open_aids(options, choice, panel)
    if is_display and aids.memory is not None:
        from verifier.desk.onlooking import OnlookersMemory

        aids = replace(aids, memory=OnlookersMemory(aids.memory))
    reader = open_reader(choice, panel)
    vault = _Vault(choice=choice, reader=reader, aids=aids, sentences=PastSentences())
    acts = _acts(options, choice, vault)
    source = Source(
        name=choice.signer.vault_name,
        hosts=choice.chain.hosts,
        now=CLOCK.now,
        brief_queue=vault.brief_queue,
        brief_lane=vault.brief_lane,
        survey=vault.survey,
        open_signing=acts.open_signing if acts else None,
        finish_signing=acts.finish_signing if acts else None,
        send=acts.send if acts else None,
        may_act=not is_display,
    )
    from verifier.cli.terminal_offers import with_offers, with_watching

    source = with_watching(source, lambda: _watch_desk(options, choice))
    if is_display:
        return source
    if options.group is not None:
        source = replace(source, for_group=_for_group(options, choice, vault))
    elif choice.pin is not None and choice.pin.group is not None:
        source = _with_group_at_home(
            source, options, choice.pin.group, lambda named: _for_group(named, choice, vault)
        )
    return with_offers(source, lambda: _vault_acts(options, choice, vault), has_key=options.key is not None)


def _watch_desk(options: Namespace, choice: Choice) -> WatchDesk:
    from verifier.cli.terminal_watch import WatchDesk

    return WatchDesk(options=options, choice=choice)


def _vault_acts(options: Namespace, choice: Choice, vault: _Vault) -> VaultActs:
    from verifier.cli.adapters import open_panel, open_reader
    from verifier.cli.terminal_vault import VaultActs

    panel = open_panel(choice)
    return VaultActs(
        options=options,
        choice=choice,
        panel=panel,
        reader=open_reader(choice, panel),
        aids=vault.aids,
        lock=vault.lock,
    )


def _with_group_at_home(
    source: Source, options: Namespace, folder: str, make: Callable[[Namespace], ForGroup]
) -> Source:
    """Return what the screens may ask for, with the group of the configuration.

    Where its folder cannot be used, that is said on the screens: it keeps nobody from a veto of their own.

    :param folder: of its coordinator, relative to the configuration file
    """
    from verifier.cli.adapters import place_of
    from verifier.errors import FourthSignerError
    from verifier.store.place import path_of

    try:
        path = place_of(options).parent / path_of(folder)
        return replace(source, for_group=make(Namespace(**{**vars(options), "group": str(path)})))
    except FourthSignerError as exc:
        return replace(source, why_no_group=exc.sentence())


def _for_group(options: Namespace, choice: Choice, vault: _Vault) -> ForGroup:
    """Return what a group can be had to say, whose coordinator's folder the arguments name."""
    from verifier.cli.adapters import open_panel, open_reader
    from verifier.cli.terminal_group import open_group

    panel = open_panel(choice)
    reader = open_reader(choice, panel)
    return open_group(options, panel=panel, reader=reader, brief_lane=vault.brief_lane)


def _acts(options: Namespace, choice: Choice, vault: _Vault) -> Acts | None:
    """Return what can be done with the key that the arguments name; None where they name none."""
    if options.key is None:
        return None
    from verifier.cli.adapters import open_panel, open_reader
    from verifier.cli.terminal_acts import Acts

    # Another one than what reads: what is sent does not stand in the way of what is being read.
    panel = open_panel(choice)
    return Acts(
        options=options,
        panel=panel,
        reader=open_reader(choice, panel),
        brief_lane=vault.brief_lane,
        memory=vault.aids.memory,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vault:
    """The vault as it is read over and over."""

    choice: Choice
    reader: VaultReader
    aids: Aids
    # What was told of the past, for the next survey.
    sentences: PastSentences
    # The screens ask in one thread, and a signature in another one.
    lock: threading.Lock = field(default_factory=threading.Lock)
    # The latest briefing of the queue: the policy is asked about whom its operations name.
    latest: deque[Briefing] = field(default_factory=lambda: deque(maxlen=1))

    def brief_queue(self) -> Briefing:
        from verifier.cli.adapters import CLOCK
        from verifier.desk.briefing import brief_queue

        with self.lock:
            briefing = brief_queue(self.reader, CLOCK, self.choice.signer, aids=self.aids)
        self.latest.append(briefing)
        return briefing

    def brief_lane(self, lane: int) -> Briefing:
        from verifier.cli.adapters import CLOCK
        from verifier.desk.briefing import brief_lane

        with self.lock:
            return brief_lane(self.reader, CLOCK, self.choice.signer, lane, aids=self.aids)

    def survey(self) -> Survey:
        from verifier.desk.survey import named_in, survey

        named = [address for briefing in self.latest for address in named_in(briefing)]
        with self.lock:
            return survey(
                self.reader, self.choice.signer, aids=self.aids, named=named, sentences=self.sentences
            )
