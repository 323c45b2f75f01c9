"""Lists of approvals, and of consents to hurry, in the model: who is named, and whether each counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.lifecycle.messages import Message
from tests.lifecycle.seating import Seating
from tests.lifecycle.signatures import is_signed_by_group, signer_of
from verifier.assess.approvals import Claim, require_consent, require_countable
from verifier.errors.approvals import ApprovalDuplicate
from verifier.model.address import NOBODY, Address
from verifier.model.member import STRANGER, MemberRecord
from verifier.model.operation import Approval
from verifier.model.units import ChainId, MemberIndex
from verifier.model.word import SeatSet

Asked = Callable[[int], Message]
"""What is to be signed, by the publication that an entry names."""


@dataclass(slots=True)
class Collector:
    """Who consented to what, for one sender in one block."""

    seating: Seating
    chain_id: ChainId
    sender: Address

    def collect(
        self, claim: Claim, recorded: SeatSet, approvals: Sequence[Approval], asked: Asked
    ) -> list[MemberIndex]:
        """Return the seats that a list names, in its order; recorded ones are passed over."""
        listed: list[MemberIndex] = []
        for approval in approvals:
            if approval.seat in listed:
                raise ApprovalDuplicate(seat=approval.seat)
            listed.append(approval.seat)
            if approval.seat not in recorded:
                message = asked(approval.publication.pack())
                signer, record = self.signer(approval, message)
                sitting = self.seating.state.seat(approval.seat).member
                require_countable(approval, claim, signer=signer, record=record, sitting=sitting)
        return listed

    def require_consent(self, approval: Approval, message: Message) -> tuple[Address, MemberRecord]:
        """Return who sits in the seat that an entry names, and consented to this message."""
        signer, record = self.signer(approval, message)
        sitting = self.seating.state.seat(approval.seat).member
        require_consent(approval, signer=signer, record=record, sitting=sitting)
        return signer, record

    def signer(self, approval: Approval, message: Message) -> tuple[Address, MemberRecord]:
        """Return who signed, or sent the transaction, and what the vault holds of them."""
        state, sender = self.seating.state, self.sender
        digest = message.digest(self.chain_id, self.seating.vault)
        if approval.is_group:
            sitting = state.seat(approval.seat).member
            record = state.record(sitting)
            if record.is_group and is_signed_by_group(
                sitting, state.groups[sitting].x, record.kind, digest, approval.signature
            ):
                return sitting, record
            return NOBODY, STRANGER
        if approval.is_own_transaction:
            # An account with code, its own or delegated (EIP-7702), consents to nothing.
            signer = NOBODY if sender in self.seating.coded else sender
        else:
            signer = signer_of(digest, approval.signature)
        return signer, state.record(signer)
