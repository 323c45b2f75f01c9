"""What was said or stored before it was called off: it stays as it is, and is called what it is."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

import pytest

from tests.holders.company import Company
from tests.holders.seats import YES, Seat, call_for, certificate, deal, desk_of, kind_of, sign, sit
from verifier.frost import coordinator, relay, repair_relay
from verifier.frost.calling_off import Begun, call_off
from verifier.frost.charter import Index, Pen
from verifier.frost.envelope import Fault
from verifier.frost.messages import Kind
from verifier.frost.repair_messages import RepairCall
from verifier.frost.shares import GroupKey
from verifier.frost.signing import Signing
from verifier.holder.ports import Decision
from verifier.holder.step import CALLED_OFF, Over, Step
from verifier.model.text import Shown

FIRST: Final = Index(1)
DIGEST: Final = hashlib.sha256(b"an operation").digest()
NO: Final = Decision(is_yes=False, because=Shown("not today"))


def over(step: Step) -> Over:
    (found,) = step.over
    assert not found.is_done
    assert not [*step.sent, *step.rejected, *step.questions]
    return found


def sat(company: Company) -> tuple[dict[Index, Seat], Pen, GroupKey]:
    seats = sit(company)
    key = seats[FIRST].keeper.key()
    assert key is not None
    return seats, desk_of(company), key


def test_refresh__called_off_after_all_confirmed__new_shares_stay_and_a_certificate_brings_them_into_use(
    company: Company,
) -> None:
    """Two phases: whoever confirmed cannot know who has the certificate, so nobody's word takes the share away."""
    seats, desk, key = sat(company)
    state, _ = deal(seats, desk, call_for(company, key, epoch=2), known=key)
    assert state.stage is relay.Stage.TRIAL
    raw = call_off(Begun.of_ceremony(state.assembly), desk).raw
    for seat in seats.values():
        assert "the new share that was confirmed here stays" in over(seat.service.take(raw)).how
        # Twice ends nothing twice.
        assert seat.service.take(raw) == Step()
        assert [each.key.charter.epoch for each in seat.keeper.pending()] == [2]
        assert seat.keeper.share() is not None
    # The old shares sign, and no other dealing of that epoch is confirmed.
    assert sign(seats, desk, key, DIGEST) is not None
    again, _ = deal(seats, desk, call_for(company, key, epoch=2), known=key)
    assert again.stage is relay.Stage.OFFERS
    shown = certificate(seats, desk, state)
    for seat in seats.values():
        assert seat.take(shown) == []
        assert seat.keeper.group.epoch == 2
    # Nor does it afterwards.
    assert seats[FIRST].service.take(raw) == Step()
    assert state.key is not None
    assert sign(seats, desk, state.key, DIGEST) is not None


def test_refresh__called_off_before_it_was_confirmed__nothing_is_kept_of_it(company: Company) -> None:
    seats, desk, key = sat(company)
    state, held = deal(seats, desk, call_for(company, key, epoch=2), known=key, holding={Kind.SUB_SHARES})
    raw = call_off(Begun.of_ceremony(state.assembly), desk).raw
    for seat in seats.values():
        assert over(seat.service.take(raw)).how == CALLED_OFF
    for one in held:
        for to in one.to:
            step = seats[to].service.take(one.raw)
            assert [each.fault for each in step.rejected] == [Fault.SESSION]
    assert [*seats[FIRST].keeper.pending()] == []
    later, _ = deal(seats, desk, call_for(company, key, epoch=2), known=key)
    assert later.stage is relay.Stage.TRIAL


def begin_signing(seats: dict[Index, Seat], desk: Pen, key: GroupKey) -> tuple[Signing, list[bytes]]:
    """Return a signing to which the first two have said yes, and its PACKAGE."""
    begun = coordinator.start_signing(key, desk, digest=DIGEST, request=b"", session=secrets.token_bytes(32))
    state, packages = begun.state, []
    for index in (FIRST, Index(2)):
        (commitment,) = seats[index].take(begun.sent[0].raw)
        turn = coordinator.receive(state, commitment)
        state, packages = turn.state, [one.raw for one in turn.sent]
    return state, packages


@pytest.mark.parametrize("is_given", [False, True])
def test_sign__called_off_after_a_yes__what_may_become_of_it_is_said(
    company: Company, is_given: bool
) -> None:
    seats, desk, key = sat(company)
    state, (package,) = begin_signing(seats, desk, key)
    seat = seats[FIRST]
    if is_given:
        (share,) = seat.take(package)
        assert kind_of(share) is Kind.SIGNATURE_SHARE
    how = over(seat.service.take(call_off(Begun.of_attempt(state), desk).raw)).how
    words = "it may be made all the same" if is_given else "nothing can be made of this holder's yes"
    assert words in how
    assert [one.fault for one in seat.service.take(package).rejected] == [Fault.OVER]


def call(company: Company, key: GroupKey, desk: Pen, *, is_repair: bool) -> tuple[bytes, Begun]:
    name = secrets.token_bytes(32)
    if is_repair:
        asked = RepairCall(lost=Index(3), helpers=(FIRST, Index(2)))
        repairing = repair_relay.start_repair(asked, key, desk, session=name)
        return repairing.sent[0].raw, Begun.of_ceremony(repairing.state.assembly)
    dealing = relay.start_dealing(call_for(company, key, epoch=2), desk, session=name, known=key)
    return dealing.sent[0].raw, Begun.of_ceremony(dealing.state.assembly)


@pytest.mark.parametrize("is_repair", [False, True])
def test_call__declined__the_same_call_is_never_answered_again_with_other_words_or_yes(
    company: Company, is_repair: bool
) -> None:
    """Two words in one place look like a lie: a coordinator must not get a second one, after a restart either."""
    seats, desk, key = sat(company)
    seat = seats[FIRST]
    raw, begun = call(company, key, desk, is_repair=is_repair)
    assert seat.take(raw, answers=False) == []
    question = seat.asked.pop()
    (no,) = seat.service.answer(question, NO).sent
    assert kind_of(no) is Kind.DECLINE
    assert question.session in seat.keeper.sessions()
    for again in (seat, sit(company)[FIRST]):
        assert again.take(raw) == []
        assert again.faults[-1] is Fault.DUPLICATE
        for answer in (YES, NO):
            assert again.service.answer(question, answer).sent == ()
    # It is over for it already.
    assert seat.service.take(call_off(begun, desk).raw) == Step()


@pytest.mark.parametrize("is_repair", [False, True])
def test_call_off__of_what_nobody_heard_of__refused_and_what_has_that_name_later_is_asked(
    company: Company, is_repair: bool
) -> None:
    seats, desk, key = sat(company)
    seat = seats[FIRST]
    raw, begun = call(company, key, desk, is_repair=is_repair)
    step = seat.service.take(call_off(begun, desk).raw)
    assert [one.fault for one in step.rejected] in ([Fault.SESSION], [Fault.EPOCH])
    assert step.over == ()
    seat.take(raw, answers=False)
    assert [one.session for one in seat.asked] == [begun.beginning.session]


def test_answer__after_it_was_called_off__nothing_leaves_and_no_secret_is_made(company: Company) -> None:
    seats, desk, key = sat(company)
    seat = seats[FIRST]
    for is_repair in (False, True):
        raw, begun = call(company, key, desk, is_repair=is_repair)
        seat.take(raw, answers=False)
        question = seat.asked.pop()
        assert over(seat.service.take(call_off(begun, desk).raw)).how == CALLED_OFF
        assert not seat.service.is_open(question)
        late = seat.service.answer(question, YES)
        assert (late.sent, late.rejected[0].fault) == ((), Fault.OVER)
        assert seat.service.answer(question, NO) == Step()
        # Stored, so that the same call is not answered after a restart: that would look like a lie.
        assert question.session in seat.keeper.sessions()
