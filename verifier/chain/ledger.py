"""The ledger of bypasses about one vault: which of its words matter, and what they say."""

from __future__ import annotations

from typing import Final

from verifier.chain import layout
from verifier.chain.words import Words
from verifier.model.address import Address
from verifier.model.bypass import BypassRecord, BypassTerms
from verifier.model.reading import Bypass
from verifier.model.units import OperationId

_MOST_BYPASSES: Final = 1_000


def slots_of(vault: Address, terms: BypassTerms) -> list[int]:
    """Return the slots of the bypasses that matter."""
    return [slot for index in _bypasses_of(terms) for slot in layout.bypass(vault, index)]


def bypasses_in(vault: Address, terms: BypassTerms, words: Words) -> dict[int, Bypass]:
    """Return the bypasses that matter, by their numbers."""
    bypasses = {}
    for index in _bypasses_of(terms):
        operation_id, record, findings = (words[slot] for slot in layout.bypass(vault, index))
        bypasses[index] = Bypass(
            operation_id=OperationId(operation_id.to_bytes(32, "big")),
            record=BypassRecord.unpack(record),
            findings=findings.to_bytes(32, "big"),
        )
    return bypasses


def _bypasses_of(terms: BypassTerms) -> list[int]:
    """Return the bypasses that matter: those that are unreviewed or behind one, and as many of the latest as the limit.

    While one is overdue there are no further ones, so they are few; of a ledger that says otherwise, only the last.
    """
    first = min(terms.first_unreviewed, terms.count - terms.limit)
    last = range(max(first, terms.count - _MOST_BYPASSES, 0), terms.count)
    return sorted({*last, min(terms.first_unreviewed, terms.count - 1)}) if terms.count else []
