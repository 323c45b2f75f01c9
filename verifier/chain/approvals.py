"""The approvals that publishing transactions brought along. Anyone may give them: each signature speaks for itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from verifier.chain.answer import Answer
from verifier.chain.gather import Question, gather
from verifier.chain.panel import Panel
from verifier.decode.operations import read_proposal
from verifier.decode.signatures import interface
from verifier.model.evidence import Fact
from verifier.model.operation import APPROVAL_HEAD, Approval, Publication, Signature
from verifier.model.reading import ApprovalsReading, OperationReading, VaultReading
from verifier.model.units import MemberIndex, OperationId
from verifier.sign.typed import id_of

_PROPOSE: Final = interface("vault").function("propose")


def read_approvals(
    panel: Panel, reading: VaultReading, found: Iterable[OperationReading]
) -> dict[OperationId, ApprovalsReading]:
    """Return the approvals that operations were published with; of those whose transaction nobody shows, nothing."""
    published = [
        (id_of(each.operation), each.transaction) for each in found if each.operation and each.transaction
    ]
    questions = [
        Question(method="eth_getTransactionByHash", params=["0x" + transaction.hex()], read=_input)
        for _, transaction in published
    ]
    said = gather(panel, reading.head, questions=questions).said
    return {
        operation_id: _reading(operation_id, transaction, fact)
        for (operation_id, transaction), fact in zip(published, said, strict=True)
        if fact is not None and fact.value is not None
    }


def approvals_in(data: bytes) -> tuple[Approval, ...] | None:
    """Return the approvals in the data of a transaction that calls `propose`; None where there are none to be read."""
    values: Any = _PROPOSE.plan.decode(data, 4).values if data[:4] == _PROPOSE.selector else None
    if values is None:
        return None
    return tuple(approval_of(*each) for each in values[1])


def _reading(operation_id: OperationId, transaction: bytes, fact: Fact[Any]) -> ApprovalsReading:
    operation = read_proposal(fact.value)
    is_this = operation is not None and id_of(operation) == operation_id
    return ApprovalsReading(
        operation_id=operation_id,
        transaction=transaction,
        approvals=approvals_in(fact.value) if is_this else None,
        evidence=fact.evidence,
    )


def approval_of(head: int, r: bytes, s: bytes) -> Approval:
    """Return an approval of any words: what no field holds is cut off, as the contract does."""
    fields = APPROVAL_HEAD.unpack(head & (1 << 80) - 1)
    return Approval(
        seat=MemberIndex(fields["seat"]),
        publication=Publication.unpack(fields["publication"]),
        signature=Signature(r=r, s=s, v=fields["v"]),
    )


def _input(answer: Answer) -> bytes | None:
    return None if answer.is_null else answer.at("input").data()
