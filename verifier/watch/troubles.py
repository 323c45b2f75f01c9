"""What keeps a chain or a vault from being watched, as episodes: opened once, told again only when graver, and closed.

They are journaled under no vault, so that a watcher that starts again closes what another one opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from verifier.model.address import NOBODY, Address
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, ChainId, Timestamp
from verifier.model.watching import Happening, Kind, WatchedFact

# Not undone by any re-organisation: it is about the watching, and no block.
_NO_BLOCK: Final = BlockNumber(0)
_PREFIX: Final = "trouble/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that is wrong now."""

    kind: Kind
    # Of the chain itself, such as `endpoints`; or with a vault.
    subject: str
    vault: Address | None = None
    severity: Severity
    sentence: Shown
    lines: tuple[Shown, ...] = ()
    findings: tuple[Finding, ...] = ()
    evidence: Evidence = Evidence.CLAIMED
    # Whether it has to last for a while before anyone is told.
    is_patient: bool = True

    @property
    def name(self) -> str:
        """What it is kept under: one episode is one trouble."""
        return f"{_PREFIX}{self.vault or '-'}/{self.subject}"


@dataclass(slots=True, kw_only=True)
class _Episode:
    since: Timestamp
    # When it was last so.
    last: Timestamp
    # Keys that were told, the gravest severity of them, and the kind of the last.
    keys: tuple[str, ...] = ()
    severity: Severity = Severity.INFO
    nth: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What goes into a step."""

    happenings: tuple[Happening, ...] = ()
    retracted: tuple[str, ...] = ()
    facts: tuple[WatchedFact, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.happenings or self.retracted or self.facts)


class Troubles:
    """The troubles of one chain and its vaults."""

    def __init__(self, chain_id: ChainId, *, patience: int) -> None:
        """Take a chain.

        :param patience: seconds for which what may pass by itself is not told
        """
        self._chain_id = chain_id
        self._patience = patience
        self._episodes: dict[str, _Episode] = {}
        self._nth: dict[str, int] = {}
        self._changed: dict[str, str] = {}
        self._happenings: list[Happening] = []
        self._retracted: list[str] = []

    def load(self, facts: Mapping[str, WatchedFact], now: Timestamp) -> None:
        """Take over what was open when the watcher ended."""
        for name, fact in facts.items():
            self._nth[name] = fact.nth
            if name.startswith(_PREFIX) and fact.value:
                severity, *keys = fact.value.split(" ")
                self._episodes[name] = _Episode(
                    since=now, last=now, keys=tuple(keys), severity=Severity(int(severity)), nth=len(keys)
                )

    def bad(self, trouble: Trouble, now: Timestamp) -> None:
        """Note that something is wrong."""
        episode = self._episodes.setdefault(trouble.name, _Episode(since=now, last=now))
        # A clock that was set back starts the patience anew.
        episode.last, episode.since = now, min(episode.since, now)
        if trouble.is_patient and now - episode.since < self._patience:
            return
        if episode.keys and trouble.severity <= episode.severity:
            return
        happening = self._happening(trouble, episode, now)
        episode.keys = (*episode.keys, happening.key)
        episode.severity, episode.nth = trouble.severity, episode.nth + 1
        self._happenings.append(happening)
        self._changed[trouble.name] = f"{int(episode.severity)} {' '.join(episode.keys)}"

    def good(self, subject: str, now: Timestamp, *, vault: Address | None = None, lasts: int = 0) -> None:
        """Note that it is well again.

        :param lasts: seconds for which it has to be well, where single looks do not tell
        """
        name = f"{_PREFIX}{vault or '-'}/{subject}"
        episode = self._episodes.get(name)
        if episode is None or 0 <= now - episode.last < lasts:
            return
        del self._episodes[name]
        if episode.keys:
            self._retracted += episode.keys
            self._changed[name] = ""

    def forget(self, vaults: Iterable[Address], now: Timestamp) -> None:
        """Close whatever is about vaults that are not watched any more."""
        for vault in vaults:
            for subject in ("reading", "vault", "old-events"):
                self.good(subject, now, vault=vault)

    @property
    def open(self) -> tuple[str, ...]:
        """The names of what is told and not over."""
        return tuple(name.removeprefix(_PREFIX) for name, episode in self._episodes.items() if episode.keys)

    def changes(self) -> Changes:
        """Return what a step has to keep, without forgetting it: `kept` does, once it is kept."""
        return Changes(
            happenings=tuple(self._happenings),
            retracted=tuple(self._retracted),
            facts=tuple(self._fact(name, value) for name, value in self._changed.items()),
        )

    def kept(self) -> None:
        """Note that the changes are in the store."""
        for name in self._changed:
            self._nth[name] = self._nth.get(name, 0) + 1
        self._happenings, self._retracted, self._changed = [], [], {}

    def _fact(self, name: str, value: str) -> WatchedFact:
        return WatchedFact(
            chain_id=self._chain_id,
            vault=NOBODY,
            subject=name,
            value=value,
            block=_NO_BLOCK,
            block_hash=b"",
            nth=self._nth.get(name, 0) + 1,
        )

    def _happening(self, trouble: Trouble, episode: _Episode, now: Timestamp) -> Happening:
        made = Happening(
            chain_id=self._chain_id,
            vault=trouble.vault,
            kind=trouble.kind,
            subject=trouble.subject,
            occasion=str(episode.since),
            severity=trouble.severity,
            sentence=trouble.sentence,
            lines=trouble.lines,
            findings=trouble.findings,
            evidence=trouble.evidence,
            block=_NO_BLOCK,
            block_hash=b"",
            at=now,
        )
        return (
            made if made.key not in episode.keys else replace(made, occasion=f"{episode.since}-{episode.nth}")
        )
