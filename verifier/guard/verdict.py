"""Whether something holds of an operation, why that is believed, and the fact in words."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.model.evidence import Evidence
from verifier.model.text import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One answer."""

    # None: it cannot be told.
    holds: bool | None
    # Of the weakest fact that it rests on.
    evidence: Evidence
    words: Shown


def yes(evidence: Evidence, said: str) -> Verdict:
    return Verdict(holds=True, evidence=evidence, words=Shown(said))


def no(evidence: Evidence, said: str) -> Verdict:
    return Verdict(holds=False, evidence=evidence, words=Shown(said))


def unsure(said: str) -> Verdict:
    return Verdict(holds=None, evidence=Evidence.CLAIMED, words=Shown(said))
