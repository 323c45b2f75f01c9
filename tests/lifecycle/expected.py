"""What a whole run must have seen, or it has not shown what it is there to show."""

from __future__ import annotations

from typing import Final

from tests.lifecycle.vocabulary import ACTS, GOVERNING

SUCCESSES: Final = frozenset({*ACTS, *GOVERNING, "deposit", "pull"})

REFUSALS: Final = frozenset(
    {
        "LaneTaken",
        "LaneSequenceUnexpected",
        "LaneOfOtherSeat",
        "OperationStatusUnexpected",
        "OperationUnknown",
        "OperationSizeOutOfRange",
        "OperationApproveByOutOfRange",
        "OperationOverdue",
        "OperationTierRisen",
        "OperationQuorumBroken",
        "OperationWindowClosed",
        "OperationNotVetoable",
        "OperationNotObjectable",
        "ApprovalDuplicate",
        "ApprovalNotEligible",
        "ApprovalSignerUnexpected",
        "ApprovalPublicationUnexpected",
        "ApprovalBeforeSeat",
        "ApprovalTooEarly",
        "ApprovalUnseasoned",
        "ApprovalWithdrawn",
        "ApprovalMissing",
        "MemberNotActive",
        "MemberRoleMissing",
        "MemberIsSubject",
        "MemberStatusUnexpected",
        "SuspensionOfGuardian",
        "SuspensionHeld",
        "SuspensionTooSoon",
        "SuspensionNotDue",
        "FloorBroken",
        "CallerNotVault",
        "CallFailed",
        "CallWithoutCode",
        "CallReturnedFalse",
        "CallFailed/MemberNotActive",
        "CallFailed/MemberStatusUnexpected",
        "CallFailed/MemberRolesInvalid",
        "CallFailed/MemberAddressInvalid",
        "CallFailed/MemberAttributesInvalid",
        "CallFailed/MemberPersonTaken",
        "CallFailed/SuspensionNotDue",
        "CallFailed/TierTermsInvalid",
        "CallFailed/TierLessStrict",
        "CallFailed/FloorBroken",
        "CallFailed/SupermajorityOutOfRange",
        "CallFailed/AssetTermsInvalid",
        "CallFailed/CounterpartyInvalid",
        "CallFailed/Busy",
        "CallFailed/CallerNotVault",
        "CallFailed/FunctionUnknown",
        "CallFailed/RevertedSilently",
        "CallFailed/Panicked",
    }
)
"""Every error of the interface but MemberSeatsFull, which takes more seats than a story has people.

`CallFailed/Reason` is a refusal of what an executed operation called."""

TURNS: Final = frozenset(
    {
        "a lane used again",
        "a spender took what it was allowed",
        "approval of a returned member",
        "approvals dropped by a risen tier",
        "approved again after a withdrawal",
        "approved by an own transaction",
        "clock started by a recount",
        "executed a payment of high value",
        "executed a seat operation with a supermajority",
        "executed a seat operation without its publisher",
        "executed across epochs",
        "objection without effect",
        "quorum lost by a recount",
        "quorum lost by a withdrawal",
        "quorum lost by an objection",
        "quorum reached at publication",
        "returned to a new seat",
        "seat used again",
        "stopped by a suspended member",
        "suspended by oneself while suspended",
        "tier raised by a recount",
    }
)
