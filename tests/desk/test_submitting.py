"""Submitting: files as an enemy would write them, and the one transaction that takes those that are right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.desk.fakes import (
    APART,
    DAY,
    NOW,
    PUBLICATION,
    STRANGER_ADDRESS,
    VAULT,
    FakeClock,
    FakeReader,
    bypass,
    group,
    lane_of,
    ledger,
    member,
    members_apart,
    operation,
    reading,
    transfer,
)
from tests.desk.signers import (
    ONE,
    Desk,
    SoftKey,
    address_with_key,
    group_signature_of,
    group_with_key,
    keyed_members,
    signature_of,
    signer_in,
)
from tests.frost.group import Group
from verifier.decode.operations import abi_of, abi_of_approval, encode_approve, encode_call
from verifier.desk.briefing import Briefing, brief_lane
from verifier.desk.signing import finish_signing, open_signing
from verifier.desk.submitting import NamedFile, Submission, make_submission
from verifier.errors import ApprovalFileRefused
from verifier.model.approval_file import ApprovalFile
from verifier.model.life import Status
from verifier.model.member import Member, MemberStatus, Role
from verifier.model.message import MessageKind
from verifier.model.operation import NO_SIGNATURE, UNPUBLISHED, Approval, Signature
from verifier.model.tier import Tier
from verifier.model.units import ChainId, LaneIndex, MemberIndex, OperationId, Sequence, Timestamp
from verifier.sign.typed import approve_digest, expedite_digest, id_of

CHAIN = ChainId(31_337)


def signed_by(seat: int, **changes: Any) -> NamedFile:
    """Return the file that a member would make of the usual operation, and then some of it changed."""
    digest = approve_digest(id_of(ONE), PUBLICATION, chain_id=CHAIN, vault=VAULT)
    file = ApprovalFile(
        kind=MessageKind.APPROVE,
        chain_id=CHAIN,
        vault=VAULT,
        lane=ONE.lane,
        sequence=ONE.sequence,
        operation_id=OperationId(id_of(ONE)),
        member=address_with_key(seat),
        approval=Approval(
            seat=MemberIndex(seat), publication=PUBLICATION, signature=signature_of(seat, digest)
        ),
    )
    return NamedFile(name=f"seat-{seat}.approval", file=replace(file, **changes))


def consent_of(seat: int, ready_at: int, **changes: Any) -> NamedFile:
    moment = Timestamp(ready_at)
    digest = expedite_digest(id_of(ONE), PUBLICATION, moment, chain_id=CHAIN, vault=VAULT)
    file = signed_by(seat).file
    approval = replace(file.approval, signature=signature_of(seat, digest))
    made = replace(file, kind=MessageKind.EXPEDITE, approval=approval, ready_at=moment)
    return NamedFile(name=f"seat-{seat}.consent", file=replace(made, **changes))


def submit(*files: NamedFile, desk: Desk | None = None) -> Submission:
    return make_submission(files, (desk or Desk()).brief())


# ---------------------------------------------------------------------------------------------------------- approvals


def test_submit__several_files__one_list_by_seat() -> None:
    made = submit(signed_by(3), signed_by(2))
    assert made.action == "approve"
    assert made.seats == (2, 3)
    assert made.data == encode_approve(ONE, [signed_by(2).file.approval, signed_by(3).file.approval])
    assert "records the approvals of seats 2 and 3" in made.sentences[0]
    assert "That is its quorum" in made.sentences[1]


def test_submit__file_that_the_desk_signed__taken() -> None:
    desk = Desk()
    signing = open_signing(desk.brief, MessageKind.APPROVE)
    typed = [each.phrase for each in signing.acknowledgements]
    file = finish_signing(signing, desk.brief, SoftKey(4), typed=typed)
    assert submit(NamedFile(name="x", file=file)).seats == (4,)


def test_submit__too_few__says_what_is_missing() -> None:
    assert "1 more has to approve" in submit(signed_by(4)).sentences[1]
    nobody = lane_of(ONE, status=Status.PROPOSED, tier=Tier.STANDARD)
    left = submit(signed_by(1), signed_by(4), desk=Desk(lane=nobody)).sentences[1]
    assert "1 more has to approve" in left
    two = Desk(lane=lane_of(ONE, 1, 2, status=Status.PROPOSED, tier=Tier.STANDARD))
    assert "That is its quorum" in submit(signed_by(4), desk=two).sentences[1]


def test_submit__some_recorded_already__left_out_and_said() -> None:
    made = submit(signed_by(1), signed_by(2))
    assert made.data == encode_approve(ONE, [signed_by(2).file.approval])
    assert "Left out, since they are recorded already: seat 1." in made.sentences
    with pytest.raises(ApprovalFileRefused, match="recorded already"):
        submit(signed_by(1))


def apart(*approved: int) -> Briefing:
    lane = lane_of(ONE, *approved, status=Status.PROPOSED)
    members = keyed_members(members_apart())
    reader = FakeReader(reading(lane, members=members, tiers=APART), {ONE.lane: ONE})
    return brief_lane(reader, FakeClock(), signer_in(4), 0)


def test_submit__segregated_quorum__names_it_and_leaves_others_out() -> None:
    made = make_submission([signed_by(3), signed_by(4)], apart(1, 2))
    recorded = [
        Approval(seat=MemberIndex(s), publication=PUBLICATION, signature=NO_SIGNATURE) for s in (1, 2)
    ]
    assert made.data == encode_approve(ONE, [*recorded, signed_by(3).file.approval])
    assert made.seats == (3,)
    assert "starts its clock" in made.sentences[1]
    assert "seat 4" in made.sentences[2]


def test_submit__no_segregated_quorum_yet__recorded_all_the_same() -> None:
    made = make_submission([signed_by(3), signed_by(4)], apart(2))
    assert made.seats == (3, 4)
    assert "clock" in made.sentences[1]


# ------------------------------------------------------------------------------------------------------ hostile files

OTHER = operation(transfer(amount=41))
WRONG: dict[str, tuple[Callable[[], NamedFile], str]] = {
    "chain": (lambda: signed_by(2, chain_id=ChainId(1)), "it is for chain 1"),
    "vault": (lambda: signed_by(2, vault=STRANGER_ADDRESS), "it is for the vault"),
    "lane": (lambda: signed_by(2, lane=LaneIndex(9)), "it is for lane 9"),
    "sequence": (lambda: signed_by(2, sequence=Sequence(2)), "operation 2 of lane 0"),
    "id": (lambda: signed_by(2, operation_id=OperationId(id_of(OTHER))), id_of(OTHER).hex()),
    "publication": (
        lambda: signed_by(2, approval=replace(signed_by(2).file.approval, publication=UNPUBLISHED)),
        "it was signed for the publication",
    ),
    "member": (lambda: signed_by(2, member=address_with_key(3)), "sits in seat 2"),
    "seat of another": (
        lambda: signed_by(2, approval=replace(signed_by(2).file.approval, seat=MemberIndex(3))),
        "sits in seat 3",
    ),
    "empty seat": (
        lambda: signed_by(2, approval=replace(signed_by(2).file.approval, seat=MemberIndex(9))),
        "nobody sits in seat 9",
    ),
    "signature of another": (
        lambda: signed_by(
            2, approval=replace(signed_by(2).file.approval, signature=signed_by(3).file.approval.signature)
        ),
        "by another key",
    ),
    "signature for another operation": (
        lambda: signed_by(
            2,
            approval=replace(
                signed_by(2).file.approval,
                signature=signature_of(
                    2, approve_digest(id_of(OTHER), PUBLICATION, chain_id=CHAIN, vault=VAULT)
                ),
            ),
        ),
        "made for something else",
    ),
    "consent as approval": (
        lambda: replace(consent_of(2, NOW), file=replace(consent_of(2, NOW).file, kind=MessageKind.APPROVE)),
        "made for something else",
    ),
    "publisher": (lambda: signed_by(0), "published it"),
    "guardian": (lambda: signed_by(5), "seat 5 is no approver's"),
}


@pytest.mark.parametrize(("file", "said"), WRONG.values(), ids=WRONG)
def test_submit__file_that_is_wrong_in_one_thing__refused_with_all_the_others(
    file: Callable[[], NamedFile], said: str
) -> None:
    with pytest.raises(ApprovalFileRefused) as refused:
        submit(signed_by(3), file())
    assert said in str(refused.value)


def test_submit__seat_twice__refused() -> None:
    with pytest.raises(ApprovalFileRefused, match="is of seat 2, too"):
        submit(signed_by(2), replace(signed_by(2), name="copy"))


def with_member(changed: Member) -> Desk:
    seat = int(changed.record.seat)
    return Desk(members={**keyed_members(), seat: replace(changed, address=address_with_key(seat))})


@pytest.mark.parametrize(
    ("desk", "said"),
    [
        (Desk(has_bytes=False), "nobody gives the bytes"),
        (Desk(lane=lane_of(ONE, 1, status=Status.EXECUTED)), "the operation is EXECUTED"),
        (Desk(lane=lane_of(ONE, 1, status=Status.PROPOSED, moment=NOW - 1)), "the operation is EXPIRED"),
        (Desk(lane=lane_of(ONE, 1, status=Status.PROPOSED, withdrawn=[2])), "took its approval back"),
        (with_member(member(2, status=MemberStatus.SUSPENDED)), "suspended by a guardian"),
        (with_member(group(2, 70, 71)), "a group sits in seat 2, and groups sign by FROST"),
        (with_member(member(2, Role.GUARDIAN)), "seat 2 is no approver's"),
    ],
)
def test_submit__where_it_would_not_count__refused(desk: Desk, said: str) -> None:
    with pytest.raises(ApprovalFileRefused) as refused:
        submit(signed_by(2), desk=desk)
    assert said in str(refused.value)


# -------------------------------------------------------------------------------------------------------------- groups

OWLS = Desk(members={**keyed_members(), 2: group_with_key(2, "owls", 70, 71)})


def signed_by_group(name: str, digest: bytes | None = None) -> NamedFile:
    """Return the file of the group in seat 2, as the group of this name signs it."""
    made = digest or approve_digest(id_of(ONE), PUBLICATION, chain_id=CHAIN, vault=VAULT)
    approval = replace(signed_by(2).file.approval, signature=group_signature_of(name, made))
    return signed_by(2, member=group_with_key(2, "owls").address, approval=approval)


def test_submit__of_a_group_by_frost__taken_with_the_others() -> None:
    made = submit(signed_by_group("owls"), signed_by(3), desk=OWLS)
    assert made.seats == (2, 3)
    assert made.data == encode_approve(
        ONE, [signed_by_group("owls").file.approval, signed_by(3).file.approval]
    )


@pytest.mark.parametrize(
    "file",
    [
        signed_by_group("larks"),
        signed_by_group("owls", approve_digest(id_of(OTHER), PUBLICATION, chain_id=CHAIN, vault=VAULT)),
        signed_by_group("owls", expedite_digest(id_of(ONE), PUBLICATION, NOW, chain_id=CHAIN, vault=VAULT)),
    ],
    ids=["of another group", "for another operation", "consent as approval"],
)
def test_submit__of_a_group_and_forged__an_incident(file: NamedFile) -> None:
    with pytest.raises(ApprovalFileRefused, match=r"does not fit that group's key.*another channel"):
        submit(signed_by(3), file, desk=OWLS)


def test_submit__by_ecdsa_for_the_seat_of_a_group__refused() -> None:
    """Even by the whole key behind the group's address."""
    digest = approve_digest(id_of(ONE), PUBLICATION, chain_id=CHAIN, vault=VAULT)
    v, r, s = Group.new("owls").key.sign_msg_hash(digest).vrs
    whole = Signature(r=r.to_bytes(32, "big"), s=s.to_bytes(32, "big"), v=v + 27)
    file = signed_by_group("owls")
    by_ecdsa = replace(file.file, approval=replace(file.file.approval, signature=whole))
    with pytest.raises(ApprovalFileRefused, match="groups sign by FROST"):
        submit(replace(file, file=by_ecdsa), desk=OWLS)


def test_submit__by_frost_for_the_seat_of_a_person__refused() -> None:
    file = signed_by_group("owls")
    with pytest.raises(ApprovalFileRefused, match="27 or 28 is expected"):
        submit(replace(file, file=replace(file.file, member=address_with_key(2))))


# ------------------------------------------------------------------------------------------------------------ consents

LATER = NOW + 3 * DAY


def hurried(**changes: Any) -> Desk:
    breaking = replace(
        member(3, Role.APPROVER | Role.SECURITY | Role.BREAK_GLASS), address=address_with_key(3)
    )
    lane = lane_of(ONE, 1, 2, 3, tier=Tier.STANDARD, moment=LATER)
    return Desk(members={**keyed_members(), 3: breaking}, lane=lane, **changes)


def test_submit__consents_enough__hurries_it() -> None:
    files = [consent_of(seat, LATER) for seat in (4, 3, 1)]
    made = submit(*files, desk=hurried())
    consents = tuple(abi_of_approval(consent_of(seat, LATER).file.approval) for seat in (1, 3, 4))
    assert made.action == "expedite"
    assert made.data == encode_call("expedite", abi_of(ONE), consents)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([consent_of(3, LATER), consent_of(1, LATER)], "3 have to consent to hurry, and 2 did"),
        (
            [consent_of(1, LATER), consent_of(2, LATER), consent_of(4, LATER)],
            "nobody who consents has BREAK_GLASS",
        ),
        ([consent_of(1, LATER - 1)], "another moment"),
        (
            [replace(consent_of(1, LATER), file=replace(consent_of(1, LATER).file, ready_at=Timestamp(5)))],
            "another moment",
        ),
        ([consent_of(1, LATER), signed_by(4)], "submit them apart"),
        ([consent_of(0, LATER)], "would not count"),
        (
            [
                replace(
                    signed_by(1),
                    file=replace(signed_by(1).file, kind=MessageKind.EXPEDITE, ready_at=Timestamp(LATER)),
                )
            ],
            "made for something else",
        ),
    ],
)
def test_submit__consents_that_are_not_enough__refused(files: list[NamedFile], said: str) -> None:
    with pytest.raises(ApprovalFileRefused) as refused:
        submit(*files, desk=hurried())
    assert said in str(refused.value)


def test_submit__consents_while_a_review_is_overdue__refused() -> None:
    desk = hurried(bypasses=ledger(bypass(at=NOW - 4 * DAY)))
    with pytest.raises(ApprovalFileRefused, match="review"):
        submit(*[consent_of(seat, LATER) for seat in (1, 3, 4)], desk=desk)
