"""What stands beside a vault's own words: who left it, which seats are free, and what companions keep for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.model.address import Address
from verifier.model.arrangement import Strategy
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding
from verifier.model.units import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class BookReading:
    """Read at the block of a vault's reading. Persons and strategies are all there are: storage lists them."""

    # Seats in which nobody sits, and which are not resting.
    free_seats: int
    # Of the accounts that were asked about, those that had a seat and have none.
    departed: frozenset[Address]
    # A sum for each person who has any.
    duties: Mapping[Person, int]
    # For each duty that excludes others a sum of these.
    exclusions: Mapping[int, int]
    strategies: Mapping[bytes, Strategy]
    # Of the weakest of all that.
    evidence: Evidence
    # About the reading itself.
    findings: tuple[Finding, ...] = ()
