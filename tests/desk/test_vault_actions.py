"""What can be done that is about no operation: by whom, with which data, and why not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from tests.desk.fakes import (
    COMPANIONS,
    DAY,
    NO_BYPASSES,
    NOW,
    VAULT,
    address_of,
    bypass,
    group,
    lane_of,
    ledger,
    member,
    operation,
    reading,
    signer,
    usual_members,
)
from verifier.decode.operations import encode_call
from verifier.desk.vault_actions import (
    VaultAction,
    lapse_action,
    review_action,
    suspend_action,
    suspend_self_action,
    why_no_proposal,
)
from verifier.model.bypass import Verdict
from verifier.model.member import Member, MemberStatus, Role, Suspension
from verifier.model.reading import BypassReading
from verifier.model.units import Person, Timestamp

HASH = bytes(range(32))


def suspend(by: int | None, whom: int, **members: Member) -> VaultAction:
    sitting = {**usual_members(), **{int(name[1:]): each for name, each in members.items()}}
    return suspend_action(reading(members=sitting), signer(by), sitting[whom])


def held(seat: int, *, by: int = 105, lapses_at: int = NOW + DAY) -> Member:
    suspension = Suspension(guardian_person=Person(by), lapses_at=Timestamp(lapses_at))
    return replace(member(seat, status=MemberStatus.SUSPENDED), suspension=suspension)


def test_suspend__oneself__always() -> None:
    action = suspend(4, 4)
    assert action.is_possible
    assert (action.to, action.data) == (VAULT, encode_call("suspend", address_of(4)))
    assert suspend(5, 5).is_possible
    # One whom a guardian suspended may still say that it is not itself any more.
    assert suspend(4, 4, m4=held(4)).is_possible
    assert "already" in suspend(4, 4, m4=member(4, status=MemberStatus.SELF_SUSPENDED)).why_not
    assert "FROST" in suspend(4, 4, m4=group(4, 70, 71)).why_not


def test_suspend__another__a_guardian_and_once() -> None:
    assert suspend(5, 4).is_possible
    assert "Only an active guardian" in suspend(3, 4).why_not
    assert "no seat" in suspend(None, 4).why_not
    assert "A guardian is not suspended" in suspend(5, 6, m6=member(6, Role.GUARDIAN)).why_not
    assert "suspended already" in suspend(5, 4, m4=held(4)).why_not
    assert "You hold the suspension of seat 3" in suspend(5, 4, m3=held(3)).why_not
    # Another guardian's does not matter.
    assert suspend(5, 4, m3=held(3, by=106)).is_possible
    assert suspend(3, 4).data == b""


def test_lapse__when_its_time_has_come__by_anybody() -> None:
    sitting = {**usual_members(), 4: held(4)}
    vault = reading(members=sitting)
    assert "not before" in lapse_action(vault, sitting[4]).why_not
    assert "No guardian's suspension" in lapse_action(vault, sitting[3]).why_not
    due = lapse_action(vault, held(4, lapses_at=NOW))
    assert due.is_possible
    assert due.data == encode_call("lapse", address_of(4))


def review(
    by: int | None, index: int = 0, bypasses: BypassReading | None = None, *, is_justified: bool = True
) -> VaultAction:
    vault = reading(members={**usual_members(), 6: member(6, Role.AUDITOR)})
    found = bypasses or ledger(bypass())
    return review_action(vault, found, signer(by), index, findings=HASH, is_justified=is_justified)


def test_review__auditor__the_ledger_hears_of_it() -> None:
    selector = keccak(b"review(address,uint256,bytes32,bool)")[:4]
    for is_justified in (True, False):
        action = review(6, is_justified=is_justified)
        types = ["address", "uint256", "bytes32", "bool"]
        assert action.data == selector + encode(types, [VAULT, 0, HASH, is_justified])
        assert action.to == COMPANIONS.bypass_ledger
        assert ("not justified" in action.sentence) is not is_justified


@pytest.mark.parametrize("by", [0, 1, 5])
def test_review__no_auditor__impossible(by: int) -> None:
    assert not review(by).is_possible


def test_review__what_is_not_there_or_was_reviewed__impossible() -> None:
    assert not review(6, 1).is_possible
    assert not review(6, 0, NO_BYPASSES).is_possible
    assert not review(6, 0, ledger(bypass(verdict=Verdict.JUSTIFIED), first=1)).is_possible
    assert "no seat" in review(None).why_not


def test_propose__at_all__who_and_with_a_free_lane() -> None:
    assert why_no_proposal(reading(), signer(0)) == ""
    assert why_no_proposal(reading(), signer(1)) == ""
    assert "neither proposer nor approver" in why_no_proposal(reading(), signer(5))
    assert "no seat" in why_no_proposal(reading(), signer())
    full = reading(*(lane_of(operation(lane=i)) for i in range(8)))
    assert "All of your lanes" in why_no_proposal(full, signer(0))
    assert why_no_proposal(full, signer(1)) == ""


def test_suspend__oneself_without_a_word_about_who__is_the_signers_own_seat() -> None:
    found = suspend_self_action(reading(), signer(4))
    assert found == suspend(4, 4)
    nobody = suspend_self_action(reading(), signer(None))
    assert not nobody.is_possible
    assert "no seat" in nobody.why_not


def test_suspend__what_it_takes_to_undo_it__is_said_beforehand() -> None:
    oneself, other = suspend(4, 4), suspend(5, 4)
    assert (
        oneself.undoing == "Only the others undo it, by a seat operation: 3 approvals, and 2 days after them."
    )
    assert other.undoing.startswith("It lapses 16 days later unless a seat operation confirms it.")
    assert not lapse_action(reading(), held(4)).undoing
