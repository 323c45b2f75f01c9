"""Whether an approval counts: every refusal, and its neighbour that passes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.core.rosters import seats
from verifier.assess.approvals import Claim, require_consent, require_countable
from verifier.errors import VaultError
from verifier.errors.approvals import (
    ApprovalBeforeSeat,
    ApprovalNotEligible,
    ApprovalPublicationUnexpected,
    ApprovalSignerUnexpected,
    ApprovalTooEarly,
    ApprovalUnseasoned,
    ApprovalUnsigned,
    ApprovalWithdrawn,
)
from verifier.model.address import NOBODY, Address
from verifier.model.lane import EMPTY_LANE
from verifier.model.life import Status
from verifier.model.member import STRANGER, Kind, MemberRecord, MemberStatus, Role
from verifier.model.operation import NO_SIGNATURE, UNPUBLISHED, Approval, Publication, Signature
from verifier.model.tier import Tier
from verifier.model.units import BlockNumber, MemberIndex, Timestamp

MEMBER = Address(b"\x11" * 20)
SEAT = MemberIndex(1)
NOW = Timestamp(1_700_000_000)
PUBLICATION = Publication(block=BlockNumber(100), parent=7)
SIGNED = Signature(r=b"\x01" * 32, s=b"\x01" * 32, v=27)
BY_GROUP = replace(SIGNED, v=3)
RECORD = replace(
    STRANGER,
    seat=SEAT,
    status=MemberStatus.ACTIVE,
    roles=Role.APPROVER,
    seasoned_at=NOW,
    seated_in_block=BlockNumber(99),
)
CLAIM = Claim(
    lane=replace(EMPTY_LANE, status=Status.PROPOSED, publication=PUBLICATION, tier=Tier.STANDARD),
    eligible=seats(1, 2),
    withdrawn=frozenset(),
    now=NOW,
    block=BlockNumber(101),
)
APPROVAL = Approval(seat=SEAT, publication=PUBLICATION, signature=SIGNED)


def check(
    *,
    approval: dict[str, Any] | None = None,
    claim: dict[str, Any] | None = None,
    lane: dict[str, Any] | None = None,
    record: dict[str, Any] | None = None,
    signer: Address = MEMBER,
) -> None:
    known: MemberRecord = replace(RECORD, **(record or {})) if signer == MEMBER else STRANGER
    judged = replace(CLAIM, lane=replace(CLAIM.lane, **(lane or {})), **(claim or {}))
    require_countable(
        replace(APPROVAL, **(approval or {})), judged, signer=signer, record=known, sitting=MEMBER
    )


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"approval": {"publication": UNPUBLISHED}},
        {"approval": {"signature": NO_SIGNATURE}},
        {"lane": {"tier": Tier.HIGH_VALUE}},
        {"record": {"status": MemberStatus.RETURNED}},
        {"claim": {"block": PUBLICATION.block}},
        {"claim": {"block": PUBLICATION.block}, "approval": {"publication": UNPUBLISHED}},
        {"record": {"seasoned_at": Timestamp(NOW + 1)}},
        {
            "record": {"seasoned_at": Timestamp(NOW + 1)},
            "lane": {"tier": Tier.CUSTODY, "seat_operation": True},
        },
        {"claim": {"withdrawn": seats(1)}, "approval": {"signature": NO_SIGNATURE}},
        {"claim": {"withdrawn": seats(2)}},
        {"approval": {"signature": BY_GROUP}, "record": {"kind": Kind.FROST_EVEN}},
        {
            "approval": {"signature": BY_GROUP},
            "record": {"kind": Kind.FROST_ODD},
            "lane": {"tier": Tier.HIGH_VALUE},
        },
        {"claim": {"to_hurry": True}},
        {"claim": {"to_hurry": True}, "lane": {"tier": Tier.HIGH_VALUE}},
    ],
)
def test_require_countable__honest_approval__passes(given: dict[str, Any]) -> None:
    check(**given)


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"claim": {"eligible": seats(2)}}, ApprovalNotEligible),
        ({"signer": NOBODY}, ApprovalSignerUnexpected),
        ({"signer": Address(b"\x22" * 20)}, ApprovalSignerUnexpected),
        ({"record": {"seat": MemberIndex(2)}}, ApprovalSignerUnexpected),
        ({"record": {"status": MemberStatus.SUSPENDED}}, ApprovalSignerUnexpected),
        ({"record": {"status": MemberStatus.REMOVED}}, ApprovalSignerUnexpected),
        ({"approval": {"publication": replace(PUBLICATION, parent=8)}}, ApprovalPublicationUnexpected),
        (
            {"approval": {"publication": UNPUBLISHED}, "lane": {"tier": Tier.HIGH_VALUE}},
            ApprovalPublicationUnexpected,
        ),
        (
            {"approval": {"publication": UNPUBLISHED}, "record": {"status": MemberStatus.RETURNED}},
            ApprovalPublicationUnexpected,
        ),
        (
            {"approval": {"publication": UNPUBLISHED, "signature": NO_SIGNATURE}},
            ApprovalPublicationUnexpected,
        ),
        ({"record": {"seated_in_block": BlockNumber(100)}}, ApprovalBeforeSeat),
        ({"claim": {"block": PUBLICATION.block}, "lane": {"tier": Tier.HIGH_VALUE}}, ApprovalTooEarly),
        (
            {"record": {"seasoned_at": Timestamp(NOW + 1)}, "lane": {"tier": Tier.HIGH_VALUE}},
            ApprovalUnseasoned,
        ),
        ({"claim": {"withdrawn": seats(1)}}, ApprovalWithdrawn),
        # A group's key is no account's, and an account's signature is not by FROST.
        ({"record": {"kind": Kind.FROST_EVEN}}, ApprovalSignerUnexpected),
        (
            {"record": {"kind": Kind.FROST_EVEN}, "approval": {"signature": NO_SIGNATURE}},
            ApprovalSignerUnexpected,
        ),
        ({"approval": {"signature": BY_GROUP}}, ApprovalSignerUnexpected),
        ({"approval": {"signature": BY_GROUP}, "signer": NOBODY}, ApprovalSignerUnexpected),
        (
            {
                "approval": {"signature": BY_GROUP},
                "record": {"kind": Kind.FROST_EVEN},
                "claim": {"withdrawn": seats(1)},
            },
            ApprovalWithdrawn,
        ),
        ({"claim": {"to_hurry": True}, "approval": {"signature": NO_SIGNATURE}}, ApprovalUnsigned),
        (
            {"claim": {"to_hurry": True}, "approval": {"publication": UNPUBLISHED}},
            ApprovalPublicationUnexpected,
        ),
        (
            {"claim": {"to_hurry": True, "block": PUBLICATION.block}, "lane": {"tier": Tier.HIGH_VALUE}},
            ApprovalTooEarly,
        ),
    ],
)
def test_require_countable__one_thing_wrong__the_contracts_error(
    given: dict[str, Any], error: type[VaultError]
) -> None:
    with pytest.raises(error):
        check(**given)


@pytest.mark.parametrize(
    ("first", "then"),
    [
        # What comes first in the contract is what is said, where several things are wrong.
        ({"eligible": seats(2), "to_hurry": True}, ApprovalNotEligible),
        ({"to_hurry": True}, ApprovalUnsigned),
        ({}, ApprovalSignerUnexpected),
    ],
)
def test_require_countable__all_wrong__said_in_the_contracts_order(
    first: dict[str, Any], then: type[VaultError]
) -> None:
    with pytest.raises(then):
        check(
            approval={"signature": NO_SIGNATURE, "publication": UNPUBLISHED},
            claim={"withdrawn": seats(1), **first},
            lane={"tier": Tier.HIGH_VALUE},
            signer=NOBODY,
        )


def test_require_consent__a_suspended_group__may_still_speak_and_an_account_may_not() -> None:
    group = replace(RECORD, kind=Kind.FROST_ODD, status=MemberStatus.SUSPENDED)
    spoken = replace(APPROVAL, signature=BY_GROUP)
    require_consent(spoken, signer=MEMBER, record=group, sitting=MEMBER)
    for signer, record in ((NOBODY, STRANGER), (MEMBER, replace(group, kind=Kind.ECDSA))):
        with pytest.raises(ApprovalSignerUnexpected) as refused:
            require_consent(spoken, signer=signer, record=record, sitting=MEMBER)
        assert (refused.value.expected, refused.value.actual) == (MEMBER, NOBODY)
