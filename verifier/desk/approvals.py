"""Co-signers' signatures, held against this client's own digest."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from verifier.assess.case import CheckedApproval
from verifier.errors import ApprovalOfOther, SignatureMalformed
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.operation import Approval
from verifier.model.reading import LaneReading, VaultReading
from verifier.model.text import Shown
from verifier.sign.consent import require_approval


def check_approvals(
    approvals: Iterable[Approval],
    reading: VaultReading,
    lane: LaneReading,
    *,
    source: Shown,
    evidence: Evidence,
) -> Iterator[CheckedApproval]:
    """Yield who made each approval of a lane's operation, and whose it should be.

    Passed over is what carries no signature, which is a member's own transaction; and what is void anyway: of seats
    that somebody else, or nobody, has since the operation was published.

    :param source: where they were found, in words, such as `the publishing transaction`
    """
    for approval in approvals:
        member = reading.members.value.get(approval.seat)
        if member is None or approval.is_own_transaction:
            continue
        if member.record.seated_in_block >= lane.state.publication.block:
            continue
        expected = member.address
        actual: Address | None
        try:
            require_approval(
                approval,
                lane.operation_id,
                member=member,
                chain_id=reading.head.chain_id,
                vault=reading.vault,
            )
            actual = expected
        except ApprovalOfOther as other:
            actual = Address(other.actual) if other.actual else None
        except SignatureMalformed:
            actual = None
        yield CheckedApproval(
            seat=approval.seat, expected=expected, actual=actual, source=source, evidence=evidence
        )
