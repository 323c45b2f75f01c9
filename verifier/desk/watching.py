"""Whether anybody watches a vault, as a signer may rely on it: judged from the watcher's store, and from outside of it.

The watcher's own word is never enough: it cannot report its own death. What counts is when it last gave a sign of life
and how its newest block compares with the one that this client has read itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from verifier.desk.health import Check
from verifier.model.address import Address
from verifier.model.episodes import ChainStand, Episode, WatchView
from verifier.model.finding import Severity
from verifier.model.text import Shown, show_duration
from verifier.model.units import BlockNumber, ChainId, Timestamp
from verifier.ports import Clock, WatchBook

SILENT: Final = 180
"""Seconds without a sign of life after which a watcher is silent; where endpoints fail, it rests for a minute."""
UNANSWERED: Final = 60
"""The same where it should answer for itself, and does not."""
LATELY: Final = 7 * 86_400
"""Seconds for which an episode is shown that is acknowledged, or was taken back."""
MOST_UNDELIVERED: Final = 3_600
"""Seconds after which a message that nobody took is worth a word, where nobody says otherwise."""
BLOCKS_BEHIND: Final = 3
"""So many blocks behind this client's own newest one is everyday life."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSetup:
    """What is known of a watcher before its store is looked into."""

    # Its configuration; None where there is none, and so nobody who watches, as far as anyone here knows.
    file: Shown | None
    # Whether the vault is one of those that it watches.
    has_vault: bool = False
    # Channels that it tells; none where the configuration is that of somebody who only looks on.
    channels: frozenset[Shown] = frozenset()
    # Seconds without a new block after which a chain counts as behind.
    most_lag: int = 240
    most_undelivered: int = MOST_UNDELIVERED
    # What is not watched, who is not told, and what else would go unnoticed: as `watch --check` says it.
    gaps: tuple[Check, ...] = ()
    # Whether the watcher itself answers; None where it cannot be asked.
    is_answering: bool | None = None
    # Why it is not well, by its own word.
    ailment: Shown | None = None
    # What keeps anyone from knowing: the configuration cannot be used.
    trouble: Shown | None = None
    # Whether there is no store yet where it should be.
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchReport:
    """Everything about the watching of one vault, as it was found."""

    at: Timestamp
    chain_id: ChainId
    vault: Address
    setup: WatchSetup
    # None where the store could not be looked into, with why.
    view: WatchView | None = None
    trouble: Shown | None = None

    @property
    def stand(self) -> ChainStand:
        """Where the watcher stands in the vault's chain."""
        return self.view.chains.get(self.chain_id, ChainStand()) if self.view else ChainStand()

    @property
    def channels(self) -> frozenset[Shown]:
        """The channels that are told: those of the configuration, or of the store where that one names none."""
        return self.setup.channels or (self.view.channels if self.view else frozenset())

    @property
    def waiting(self) -> tuple[int, int]:
        """How many deliveries wait for channels that are told, and for how many seconds the oldest that is due."""
        waiting: Mapping[Shown, tuple[int, int]] = self.view.waiting if self.view else {}
        ours = [found for channel, found in waiting.items() if channel in self.channels]
        return sum(count for count, _ in ours), max((oldest for _, oldest in ours), default=0)

    @property
    def slowest(self) -> Shown:
        """The channel that was not told for the longest time."""
        waiting: Mapping[Shown, tuple[int, int]] = self.view.waiting if self.view else {}
        ours = [channel for channel in waiting if channel in self.channels]
        return max(ours, key=lambda channel: waiting[channel][1], default=Shown("nobody"))


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchVerdict:
    """What a signer may rely on, in a word and in a sentence."""

    severity: Severity
    word: Shown
    sentence: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    report: WatchReport
    head: BlockNumber | None
    now: Timestamp

    @property
    def stand(self) -> ChainStand:
        return self.report.stand

    @property
    def silence(self) -> int | None:
        alive = self.stand.alive_at
        return None if alive is None else max(self.now - alive, 0)

    @property
    def lag(self) -> int | None:
        at = self.stand.block_at
        return None if at is None else max(self.now - at, 0)

    @property
    def behind(self) -> int | None:
        """Blocks between the watcher's newest one and this client's own."""
        if self.head is None or self.stand.block is None:
            return None
        return max(self.head - self.stand.block, 0)


def look_at_watch(
    book: WatchBook | None, setup: WatchSetup, clock: Clock, chain_id: ChainId, vault: Address
) -> WatchReport:
    """Return how the watching of a vault is.

    :param book: its store; None where there is none that could be looked into
    :raises WatchStoreError: the store cannot be read.
    """
    now = clock.now()
    view = None
    if book is not None and setup.trouble is None and not setup.is_new:
        view = book.view(chain_id, vault, since=Timestamp(now - LATELY), least=Severity.NOTICE, now=now)
    return WatchReport(at=now, chain_id=chain_id, vault=vault, setup=setup, view=view, trouble=setup.trouble)


def judge_watch(report: WatchReport, *, head: BlockNumber | None, now: Timestamp) -> WatchVerdict:
    """Return what a signer may rely on.

    :param head: the newest block that this client has read itself, whoever else says what
    """
    facts = _Facts(report=report, head=head, now=now)
    return _of_setup(report) or _of_pulse(facts) or _of_work(facts) or _well(facts)


def ordered(episodes: Iterable[Episode]) -> Sequence[Episode]:
    """Return what waits for somebody first; of these and of the others the gravest first, then the newest."""
    return sorted(
        episodes,
        key=lambda each: (each.is_open, each.severity, each.latest.first_seen, each.latest.number),
        reverse=True,
    )


def why_no_acknowledgement(episode: Episode | None) -> Shown:
    """Return why there is nothing to acknowledge about an episode; empty where there is."""
    if episode is None:
        return Shown("Choose what the watcher told.")
    if episode.is_taken_back:
        return Shown("It was taken back: nothing waits for an answer.")
    if not episode.is_open:
        who = episode.gravest.acknowledged_by or "somebody"
        return Shown(f"{who} acknowledged it, and the first to say so stays.")
    return Shown("")


def _of_setup(report: WatchReport) -> WatchVerdict | None:
    setup = report.setup
    if setup.file is None:
        return _bad(
            "NOT WATCHED",
            "Nobody is known here to watch this vault: put a watch.toml beside your configuration and run "
            "`fourth-signer watch`, or say with --watch where one is.",
        )
    if report.trouble is not None:
        return _bad("NOT KNOWN", f"Nobody can tell whether this vault is watched. {report.trouble}")
    if not setup.has_vault:
        return _bad(
            "NOT WATCHED", f"The watcher of {setup.file} does not watch this vault: its vaults are others."
        )
    if setup.is_new:
        return _bad(
            "NEVER LOOKED",
            f"A watcher is configured and has never looked: start it with `fourth-signer watch --config {setup.file}`.",
        )
    return None


def _of_pulse(facts: _Facts) -> WatchVerdict | None:
    stand, silence = facts.stand, facts.silence
    if facts.report.view is None:
        return _bad("NOT KNOWN", "Nobody can tell whether this vault is watched: its store was not read.")
    if silence is None:
        if stand.block is None or not facts.report.view.has_vault:
            return _bad("NEVER LOOKED", "A watcher is configured, and has never looked at this vault.")
        return _bad("STOPPED", f"Nobody watches this vault now: the watcher was stopped{_read_up_to(facts)}.")
    if silence > SILENT:
        return _bad(
            "SILENT", f"The watcher gave no sign of life for {show_duration(silence)}{_read_up_to(facts)}."
        )
    if not facts.report.view.has_vault:
        return _poor("BEGINNING", "The watcher runs, and has not read this vault yet.")
    return None


def _of_work(facts: _Facts) -> WatchVerdict | None:
    setup, behind, lag = facts.report.setup, facts.behind, facts.lag
    is_behind = lag is None or lag > setup.most_lag
    if behind is not None and behind <= BLOCKS_BEHIND:
        is_behind = False
    if is_behind:
        return _poor("BEHIND", f"The watcher runs, and does not keep up{_read_up_to(facts)}.")
    if setup.is_answering is False and (facts.silence or 0) > UNANSWERED:
        said = f"The watcher does not answer, and gave its last sign of life {show_duration(facts.silence or 0)} ago"
        return _poor("NO ANSWER", f"{said}{_read_up_to(facts)}.")
    if setup.ailment is not None:
        return _poor("NOT WELL", f"The watcher runs, and is not well: {setup.ailment}")
    _, oldest = facts.report.waiting
    if oldest > setup.most_undelivered:
        said = f"The watcher sees this vault, and {facts.report.slowest} was not told for {show_duration(oldest)}"
        return _poor(
            "NOT TOLD", f"{said}. It looked {show_duration(facts.silence or 0)} ago{_read_up_to(facts)}."
        )
    if not facts.report.channels:
        return _bad("NOT TOLD", "The watcher sees this vault, and tells nobody: no channel is configured.")
    return None


def _well(facts: _Facts) -> WatchVerdict:
    pending, oldest = facts.report.waiting
    told = "Everything that was to be told is told."
    if pending:
        late = f", the oldest for {show_duration(oldest)}" if oldest else ""
        told = f"Not delivered yet: {pending}{late}."
    looked = show_duration(facts.silence or 0)
    said = f"Somebody watches this vault, and looked {looked} ago{_read_up_to(facts)}. {told}"
    return WatchVerdict(severity=Severity.INFO, word=Shown("WATCHED"), sentence=Shown(said))


def _read_up_to(facts: _Facts) -> str:
    block = facts.stand.block
    if block is None:
        return "; it has read no block"
    if facts.behind == 0:
        return f"; read up to block {block}, the newest that you have read"
    late = [] if facts.behind is None else [f"{facts.behind} block{'s' if facts.behind != 1 else ''}"]
    late += [] if facts.lag is None else [show_duration(facts.lag)]
    return f"; read up to block {block}" + (f", {' and '.join(late)} behind" if late else "")


def _bad(word: str, said: str) -> WatchVerdict:
    return WatchVerdict(severity=Severity.DANGER, word=Shown(word), sentence=Shown(said))


def _poor(word: str, said: str) -> WatchVerdict:
    return WatchVerdict(severity=Severity.WARNING, word=Shown(word), sentence=Shown(said))
