"""From one look to facts and happenings."""

# ruff: noqa: ARG001 - what they take stands before what they do with it

from __future__ import annotations

from collections.abc import Iterable, Mapping

from verifier.assess.happenings.look import USUAL, Asked, Judged, Look, Manner
from verifier.model.address import Address
from verifier.model.event import VaultEvent
from verifier.model.reading import BypassReading, PolicyReading, VaultReading
from verifier.model.units import BlockNumber, ChainId, Timestamp
from verifier.model.watching import Happening, WatchedFact


def facts_of(
    reading: VaultReading, bypasses: BypassReading | None = None, policy: PolicyReading | None = None
) -> Mapping[str, str]:
    """Return what storage says, by subject, as canonical text."""
    return {}


def judge_look(look: Look, manner: Manner = USUAL) -> Judged:
    """Return what changed since the journal, and what there is to be said about it."""
    return Judged(facts=(), happenings=())


def happenings_of(look: Look, manner: Manner = USUAL) -> tuple[Happening, ...]:
    """Return what there is to be said about a look."""
    return judge_look(look, manner).happenings


def learn(
    chain_id: ChainId,
    vault: Address,
    *,
    journal: Mapping[str, WatchedFact],
    events: Iterable[VaultEvent],
    times: Mapping[BlockNumber, Timestamp],
) -> tuple[WatchedFact, ...]:
    """Return what only events tell (duties, strategies, habits, names of assets), and say nothing: for back-filling.

    A look with a reading comes after the last part, and says what waits then.
    """
    return ()


def asked_of(journal: Mapping[str, WatchedFact], events: Iterable[VaultEvent] = ()) -> Asked:
    """Return whatever the vault's policy ever named, for `read_policy`."""
    return Asked(assets=frozenset(), accounts=frozenset(), functions=frozenset())
