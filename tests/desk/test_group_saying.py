"""What a group may say of an operation: what whoever brings it together is offered, and what becomes of a signature."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.desk.fakes import FakeClock, FakeReader, lane_of, operation, reading, signer, usual_members
from tests.desk.signers import group_with_key
from tests.frost.group import Group
from verifier.desk.briefing import Briefing, brief_lane
from verifier.desk.group_request import digest_of_request
from verifier.desk.group_saying import (
    OFFERS,
    GroupAtHand,
    GroupWord,
    approval_file_of,
    request_of,
    stopping_data_of,
    title_of,
    why_not,
)
from verifier.desk.submitting import NamedFile, make_submission
from verifier.errors import ActionImpossible, ApprovalFileRefused
from verifier.model.address import Address
from verifier.model.group_request import Purpose
from verifier.model.life import Status
from verifier.model.member import MemberStatus
from verifier.model.operation import Call, Signature
from verifier.model.text import Shown
from verifier.model.units import Wei

OWLS = Group.new("owls")
POINT = OWLS.compressed
AT_HAND = GroupAtHand(
    name=Shown("owls"), point=POINT, threshold=2, holders={1: Shown("Ann"), 2: Shown("Bob"), 3: Shown("Cid")}
)
PAYMENT = operation(Call(target=Address(b"\xee" * 20), value=Wei(5), data=b""))


def brief(
    *approved: int, status: Status = Status.WAITING, member: MemberStatus = MemberStatus.ACTIVE
) -> Briefing:
    owls = group_with_key(9, "owls")
    owls = replace(owls, record=replace(owls.record, status=member))
    lane = lane_of(PAYMENT, *approved, status=status)
    reader = FakeReader(reading(lane, members={**usual_members(), 9: owls}), {PAYMENT.lane: PAYMENT})
    return brief_lane(reader, FakeClock(), signer(), int(PAYMENT.lane))


def word(briefing: Briefing, purpose: Purpose) -> GroupWord:
    request = request_of(briefing, purpose, AT_HAND)
    r, s, v = OWLS.sign(digest_of_request(request, POINT))
    signature = Signature(r=r, s=s, v=v[-1])
    return GroupWord(
        group=AT_HAND, request=request, briefing=briefing, signature=signature, in_vain=Shown("")
    )


def test_address__by_the_key__is_that_of_the_member() -> None:
    assert bytes(AT_HAND.address) == OWLS.account
    assert AT_HAND.member(brief().reading) is not None


@pytest.mark.parametrize(
    ("briefing", "possible"),
    [
        (brief(1, 2), {Purpose.VETO, Purpose.APPROVE}),
        (brief(1, 9), {Purpose.VETO, Purpose.WITHDRAW}),
        (brief(1, 2, status=Status.VETOED), set()),
        (brief(1, 2, member=MemberStatus.SUSPENDED), {Purpose.VETO}),
    ],
    ids=["others approved", "it approved", "over", "suspended"],
)
def test_offers__as_the_lane_stands__only_what_would_change_something(
    briefing: Briefing, possible: set[Purpose]
) -> None:
    found = {purpose for purpose in OFFERS if not why_not(briefing, purpose, AT_HAND)}
    assert found == possible


def test_request__approved_already__says_so_in_one_sentence() -> None:
    with pytest.raises(ActionImpossible, match="The group has approved it"):
        request_of(brief(1, 9), Purpose.APPROVE, AT_HAND)


def test_request__another_group_is_at_hand__says_that_it_is_no_member() -> None:
    strangers = Group.new("strangers")
    assert "no active member" in why_not(
        brief(1), Purpose.APPROVE, replace(AT_HAND, point=strangers.compressed)
    )


def test_approval_file__of_what_the_group_signed__is_taken_as_any_other() -> None:
    briefing = brief(1)
    file = approval_file_of(word(briefing, Purpose.APPROVE))
    submission = make_submission([NamedFile(name="it", file=file)], briefing)
    assert (submission.action, submission.seats) == ("approve", (9,))
    assert word(briefing, Purpose.APPROVE).usual_name == "lane-0-1-seat-9.approval"


def test_approval_file__signature_of_another_word__is_refused() -> None:
    briefing = brief(1)
    file = approval_file_of(word(briefing, Purpose.APPROVE))
    other = word(briefing, Purpose.VETO).signature
    forged = replace(file, approval=replace(file.approval, signature=other))
    with pytest.raises(ApprovalFileRefused):
        make_submission([NamedFile(name="it", file=forged)], briefing)


def test_stopping_data__of_a_veto_and_a_withdrawal__call_different_functions() -> None:
    briefing = brief(1, 9)
    veto, withdrawal = word(briefing, Purpose.VETO), word(briefing, Purpose.WITHDRAW)
    assert stopping_data_of(veto)[:4] != stopping_data_of(withdrawal)[:4]
    assert veto.signature.r in stopping_data_of(veto)
    assert title_of(Purpose.VETO, veto.review) == "the group's veto of lane 0"
