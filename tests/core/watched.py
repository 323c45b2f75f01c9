"""A vault whose story is told to a watcher."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from tests.core.vault_state import HOUR, MINUTE
from tests.core.vault_story import VaultStory
from tests.desk.fakes import COMPANIONS, VAULT
from verifier.assess.happenings import USUAL, Judged, Look, Manner, judge_look
from verifier.decode.logs import read_logs
from verifier.model.event import VaultEvent
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.reading import BypassReading
from verifier.model.tier import Tier
from verifier.model.units import (
    Timestamp,
)
from verifier.model.watching import Happening, Kind, WatchedFact


@dataclass(slots=True, kw_only=True)
class Story(VaultStory):
    """A vault, its chain and its watcher."""

    manner: Manner = USUAL
    journal: dict[str, WatchedFact] = field(default_factory=dict)
    told: list[Happening] = field(default_factory=list)

    def events(self) -> tuple[VaultEvent, ...]:
        """Return everything logged since the last look, read."""
        return read_logs(self.logs, vault=VAULT, companions=COMPANIONS)

    def what_is_seen(self, *, with_events: bool = True) -> Look:
        return Look(
            reading=self.reading(),
            bypasses=BypassReading(terms=self.ledger, bypasses=self.bypasses, evidence=Evidence.PROVEN),
            policy=self.policy,
            journal=dict(self.journal),
            events=self.events() if with_events else (),
            times=self.times,
            now=Timestamp(self.now),
            views=dict(self.views),
        )

    def look(self, *, with_events: bool = True) -> tuple[Happening, ...]:
        """Look, keep what changed, and return what is said."""
        judged = judge_look(self.what_is_seen(with_events=with_events), self.manner)
        self.keep(judged)
        return judged.happenings

    def keep(self, judged: Judged) -> None:
        for fact in judged.facts:
            self.journal[fact.subject] = fact
        self.logs = []
        self.times = {}
        self.told += judged.happenings


def begun() -> Story:
    """Return a story whose watcher has looked once."""
    story = Story()
    assert story.look() == ()
    return story


def kinds(happenings: Iterable[Happening]) -> list[Kind]:
    return [happening.kind for happening in happenings]


def one(happenings: Iterable[Happening], kind: Kind) -> Happening:
    """Return the only happening of a kind."""
    (found,) = [happening for happening in happenings if happening.kind is kind]
    return found


PATTERNS: Final = frozenset({Kind.APPROVED_HASTILY, Kind.APPROVED_AT_NIGHT, Kind.APPROVED_TOGETHER})
"""Kinds that say nothing about a step, but about how approvals came."""


def waiting(tier: Tier = Tier.HIGH_VALUE, *severities: Severity) -> Story:
    """Return a story with an operation in lane 0 whose clock runs, and of which everything was told."""
    story = begun()
    story.propose(0, tier, severities=severities)
    # Half past twelve in London, half past eight in the evening in Singapore, half past seven in New York.
    story.wait(3 * HOUR + 30 * MINUTE)
    story.approve(0, 1, 2, 4)
    story.look()
    return story
