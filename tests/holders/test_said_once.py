"""The same first word again, by whoever carries it: what was answered or called off is not answered in other words.

A line sends again what may not have arrived, a carrier may keep a parcel, and a coordinator may lie: whichever it is, a
holder that answers twice, or after the end, would look like the liar in its own records.
"""

from __future__ import annotations

import secrets
from typing import Final

import pytest

from tests.holders.company import Company
from tests.holders.seats import Seat, kind_of, sit
from tests.holders.test_called_off_late import DIGEST, FIRST, NO, call, sat
from verifier.errors import HolderFileUnwritable
from verifier.frost import coordinator
from verifier.frost.calling_off import Begun, call_off
from verifier.frost.charter import Pen
from verifier.frost.envelope import Fault
from verifier.frost.messages import Kind
from verifier.frost.shares import GroupKey
from verifier.holder.step import Step

KINDS: Final = ("signing", "dealing", "repair")


def begin(company: Company, key: GroupKey, desk: Pen, kind: str) -> tuple[bytes, Begun]:
    """Return what begins something of a kind."""
    if kind != "signing":
        return call(company, key, desk, is_repair=kind == "repair")
    session = secrets.token_bytes(32)
    turn = coordinator.start_signing(key, desk, digest=DIGEST, request=b"", session=session)
    return turn.sent[0].raw, Begun.of_attempt(turn.state)


def faults(step: Step) -> list[Fault]:
    return [one.fault for one in step.rejected]


def hears_nothing_of(seat: Seat, raw: bytes) -> None:
    assert seat.take(raw) == []
    assert seat.faults[-1] in (Fault.OVER, Fault.DUPLICATE)


def test_sign__declined_before_a_restart__the_same_invitation_gets_no_second_word(company: Company) -> None:
    """As where the holder is killed before its line has the answer: its coordinator's line sends it again."""
    seats, desk, key = sat(company)
    seat = seats[FIRST]
    raw, _ = begin(company, key, desk, "signing")
    assert seat.take(raw, answers=False) == []
    (no,) = seat.service.answer(seat.asked.pop(), NO).sent
    assert kind_of(no) is Kind.DECLINE
    # In the same run it is the same word.
    assert seat.take(raw) == [no]
    hears_nothing_of(sit(company)[FIRST], raw)


@pytest.mark.parametrize("kind", KINDS)
def test_call_off__of_what_waits_for_an_answer__the_same_is_not_asked_again_after_a_restart_either(
    company: Company, kind: str
) -> None:
    seats, desk, key = sat(company)
    seat = seats[FIRST]
    raw, begun = begin(company, key, desk, kind)
    seat.take(raw, answers=False)
    assert len(seat.asked) == 1
    seat.asked.clear()
    assert len(seat.service.take(call_off(begun, desk).raw).over) == 1
    hears_nothing_of(seat, raw)
    hears_nothing_of(sit(company)[FIRST], raw)
    # What has a name of its own is heard.
    assert len(seat.take(begin(company, key, desk, kind)[0])) == 1


@pytest.mark.parametrize("is_answered", [False, True])
@pytest.mark.parametrize("kind", KINDS[1:])
def test_call_off__of_what_is_over_by_then_and_by_nobodys_key__refused_as_it_would_have_been(
    company: Company, kind: str, is_answered: bool
) -> None:
    """Whatever is not refused was taken, by what the records say: an unsigned word must not stand there as taken."""
    seats, desk, key = sat(company)
    seat = seats[FIRST]
    raw, begun = begin(company, key, desk, kind)
    other, unlike = begin(company, key, desk, kind)
    assert other != raw
    assert len(seat.take(raw, answers=is_answered)) == is_answered
    right = call_off(begun, desk).raw
    forged = right[:-1] + bytes([right[-1] ^ 1])
    elsewhere = call_off(
        Begun(beginning=unlike.beginning, place=begun.place, matter=begun.matter, asked=()), desk
    )
    for _ in range(2):
        assert faults(seat.service.take(forged)) == [Fault.SIGNATURE]
        assert faults(seat.service.take(elsewhere.raw)) == [Fault.SEEN]
        seat.service.take(right)
    assert seat.service.take(right) == Step()


@pytest.mark.parametrize("kind", KINDS)
def test_call_off__its_name_cannot_be_stored__over_at_once_and_stored_when_it_is_told_again(
    company: Company, kind: str
) -> None:
    """The records say by then that it came: a yes that leaves after that would look like a lie."""
    seats, desk, key = sat(company)
    seat, names = seats[FIRST], company.chairs[0].folder / "sessions"
    raw, begun = begin(company, key, desk, kind)
    seat.take(raw, answers=False)
    off, kept = call_off(begun, desk).raw, names.with_name("kept")
    names.rename(kept)
    names.mkdir()
    with pytest.raises(HolderFileUnwritable):
        seat.service.take(off)
    names.rmdir()
    kept.rename(names)
    assert seat.answer() == []
    assert seat.service.take(off) == Step()
    hears_nothing_of(sit(company)[FIRST], raw)


@pytest.mark.parametrize("kind", KINDS)
def test_call_off__of_what_a_restart_ended__nothing_is_refused_but_what_its_coordinator_did_not_sign(
    company: Company, kind: str
) -> None:
    """A refusal would warn the holder's person of a message of nobody known; it is the coordinator's, and due."""
    seats, desk, key = sat(company)
    raw, begun = begin(company, key, desk, kind)
    assert len(seats[FIRST].take(raw)) == 1
    service, right = sit(company)[FIRST].service, call_off(begun, desk).raw
    assert service.take(right) == Step()
    assert faults(service.take(right[:-1] + bytes([right[-1] ^ 1]))) == [Fault.SIGNATURE]
