"""The ledger of bypasses in the model: what the vault writes there, and what auditors say about it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.lifecycle.books import Bypass
from tests.lifecycle.state import Block, State
from verifier.assess.bypasses import (
    forgiven,
    require_bypass_allowed,
    require_reviewer,
    require_valid_bypass_terms,
    terms_in_force,
    with_one_more,
    with_reviews_of,
)
from verifier.model.address import Address
from verifier.model.bypass import BypassRecord, BypassTerms, Verdict
from verifier.model.units import LaneIndex, OperationId, Timestamp
from verifier.model.word import SeatSet


@dataclass(slots=True)
class Bypasses:
    """A vault's book in the ledger, at one block."""

    state: State
    block: Block

    def record(
        self, operation_id: OperationId, lane: LaneIndex, former_ready_at: Timestamp, seats: SeatSet
    ) -> None:
        """Note a bypass, and everybody behind the seats that took part."""
        ledger = self.state.ledger
        terms = terms_in_force(ledger.terms)
        require_bypass_allowed(terms, ledger.records, now=self.block.time)
        persons = {p for seat in seats for p in self.state.persons_of(self.state.seat(seat).member)}
        ledger.bypasses[terms.count] = Bypass(
            id=operation_id,
            record=BypassRecord(
                at=self.block.time, former_ready_at=former_ready_at, lane=lane, seats=frozenset(seats)
            ),
            findings=bytes(32),
            participants=frozenset(persons),
        )
        ledger.terms = with_one_more(terms).pack()

    def set_terms(self, limit: int, review_hours: int) -> None:
        require_valid_bypass_terms(limit, review_hours)
        ledger = self.state.ledger
        ledger.terms = forgiven(BypassTerms.unpack(ledger.terms), limit, review_hours).pack()

    def review(self, sender: Address, vault: Address, index: int, findings: bytes, justified: bool) -> None:
        ledger, member = self.state.ledger, self.state.record(sender)
        terms, bypass = terms_in_force(ledger.terms), ledger.bypasses.get(index)
        require_reviewer(
            index,
            terms,
            bypass.record if bypass else None,
            vault=vault,
            reviewer=sender,
            member=member,
            participants=bypass.participants if bypass else (),
        )
        assert bypass is not None
        reviewed = replace(
            bypass.record,
            verdict=Verdict.JUSTIFIED if justified else Verdict.UNJUSTIFIED,
            reviewer=member.person,
            reviewed_at=self.block.time,
        )
        ledger.bypasses[index] = replace(bypass, record=reviewed, findings=findings)
        ledger.terms = with_reviews_of(terms, ledger.records).pack()
