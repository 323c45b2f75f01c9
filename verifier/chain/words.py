"""Storage words and the account of one contract, at one block, with the evidence there is for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from verifier.chain.proof import Account
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.reading import Head

Wanted = Mapping[Address, Sequence[int]]
"""Slots by the contract whose storage has them. A contract without slots is asked for its account only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What was asked for, by slot."""

    account: Account
    words: Mapping[int, int]
    evidence: Evidence

    def __getitem__(self, slot: int) -> int:
        return self.words[slot]

    def joined(self, other: Words) -> Words:
        """Return what both have, believed as much as the weaker of them."""
        evidence = min(self.evidence, other.evidence)
        return replace(other, words={**self.words, **other.words}, evidence=evidence)


def proven_by(head: Head) -> Evidence:
    """Return what a proof is worth: no more than the header that it leads to, and less where that is disputed."""
    is_sure = head.evidence is Evidence.AGREED and not head.dissenting
    return Evidence.PROVEN if is_sure else head.evidence
