"""Somebody with the coordinator's key begins thousands of things and ends none: memory stays small, and who comes
afterwards with something honest is heard.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pytest

from tests.holders.company import PATIENCE, Company
from tests.holders.seats import YES, call_for, certificate, deal, desk_of, kind_of, sign, sit
from tests.holders.test_consents import Watch
from verifier.frost import coordinator, relay, repair_relay
from verifier.frost.charter import Index, Pen
from verifier.frost.dealer_secrets import DealerSecrets
from verifier.frost.envelope import Fault
from verifier.frost.messages import Kind
from verifier.frost.repair_messages import RepairCall
from verifier.frost.shares import GroupKey
from verifier.holder import flood, running, signings
from verifier.holder.dealings import MOST_PENDING
from verifier.holder.diary import Diary
from verifier.holder.ports import Decision, Question
from verifier.holder.post import HolderPost
from verifier.model.text import Shown
from verifier.model.units import Timestamp

FIRST: Final = Index(1)
MANY: Final = 2_000
DIGEST: Final = hashlib.sha256(b"an operation").digest()


def invite(key: GroupKey, desk: Pen, digest: bytes) -> bytes:
    name = secrets.token_bytes(32)
    turn = coordinator.start_signing(key, desk, digest=digest, request=b"", session=name)
    return turn.sent[0].raw


def call(company: Company, key: GroupKey, desk: Pen, *, is_repair: bool) -> bytes:
    name = secrets.token_bytes(32)
    if is_repair:
        asked = RepairCall(lost=Index(3), helpers=(FIRST, Index(2)))
        return repair_relay.start_repair(asked, key, desk, session=name).sent[0].raw
    again = call_for(company, key, epoch=2)
    return relay.start_dealing(again, desk, session=name, known=key).sent[0].raw


@pytest.mark.parametrize("is_same", [False, True])
def test_invite__to_thousands_of_signings__few_wait_and_the_latest_is_among_them(
    company: Company, is_same: bool
) -> None:
    """About the same, only the latest waits: it is asked once, however often the coordinator tries."""
    seats, desk = sit(company), desk_of(company)
    seat, key = seats[FIRST], seats[FIRST].keeper.key()
    assert key is not None
    for number in range(MANY):
        digest = DIGEST if is_same else hashlib.sha256(number.to_bytes(4, "big")).digest()
        assert seat.take(invite(key, desk, digest), answers=False) == []
    waiting = [one for one in seat.asked if seat.service.is_open(one)]
    assert len(waiting) == (1 if is_same else signings.MOST_ASKED)
    assert waiting[-1] is seat.asked[-1]
    (state,) = seat.service._signings._signers.values()
    assert len(state.sessions) <= signings.MOST_ASKED
    # Yes to one that had to make room says nothing.
    step = seat.service.answer(seat.asked[0], YES)
    assert (step.sent, step.rejected[0].fault) == ((), Fault.OVER)
    seat.asked.clear()
    assert sign(seats, desk, key, hashlib.sha256(b"honest").digest()) is not None


@pytest.mark.parametrize("is_repair", [False, True])
def test_call__to_thousands_of_ceremonies__few_are_asked_and_none_that_made_room_is_joined(
    company: Company, is_repair: bool
) -> None:
    seats, desk = sit(company), desk_of(company)
    seat, key = seats[FIRST], seats[FIRST].keeper.key()
    assert key is not None
    for _ in range(MANY):
        assert seat.take(call(company, key, desk, is_repair=is_repair), answers=False) == []
    waiting = [one for one in seat.asked if seat.service.is_open(one)]
    assert waiting == seat.asked[-running.MOST_ASKED :]
    first: Question = seat.asked[0]
    step = seat.service.answer(first, YES)
    assert (step.sent, step.rejected[0].fault) == ((), Fault.OVER)
    assert first.session not in seat.keeper.sessions()


@pytest.mark.parametrize("is_repair", [False, True])
def test_join__hundreds_of_ceremonies_that_nobody_ends__few_are_kept_and_secrets_of_others_overwritten(
    company: Company, is_repair: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    wiped: list[object] = []
    if not is_repair:
        wipe = DealerSecrets.wipe

        def noted(self: DealerSecrets) -> None:
            wiped.append(self)
            wipe(self)

        monkeypatch.setattr(DealerSecrets, "wipe", noted)
    seats, desk = sit(company), desk_of(company)
    seat, key = seats[FIRST], seats[FIRST].keeper.key()
    assert key is not None
    many = 200
    for _ in range(many):
        (said,) = seat.take(call(company, key, desk, is_repair=is_repair))
        assert kind_of(said) is (Kind.REPAIR_OFFER if is_repair else Kind.OFFER)
    kept = seat.service._repairs._running if is_repair else seat.service._dealings._running
    assert len(list(kept)) == running.MOST_RUNNING
    assert is_repair or len(wiped) == many - running.MOST_RUNNING
    done, _ = deal(seats, desk, call_for(company, key, epoch=2), known=key)
    assert done.stage is relay.Stage.TRIAL


def test_look__a_ceremony_that_nobody_comes_back_to__goes_after_a_day_and_not_before(
    company: Company,
) -> None:
    watch = Watch()
    seats, desk = sit(company, clock=watch), desk_of(company)
    seat, key = seats[FIRST], seats[FIRST].keeper.key()
    assert key is not None
    for is_repair in (False, True):
        assert seat.take(call(company, key, desk, is_repair=is_repair))
    watch.seconds += running.MOST_SILENT
    assert seat.service.look().over == ()
    watch.seconds += 1
    assert len(seat.service.look().over) == 2
    assert seat.service.look().over == ()


def test_deal__again_and_again_without_certificates__refused_before_the_disk_is_full(
    company: Company,
) -> None:
    """A share that waits may come into use by a certificate that is kept back, so none of them is thrown away."""
    seats, desk = sit(company), desk_of(company)
    seat, key = seats[FIRST], seats[FIRST].keeper.key()
    assert key is not None
    last, _ = deal(seats, desk, call_for(company, key, epoch=2), known=key)
    for number in range(1, MOST_PENDING):
        last, _ = deal(seats, desk, call_for(company, key, epoch=2 + number), known=key)
        assert last.stage is relay.Stage.TRIAL
    refused, _ = deal(seats, desk, call_for(company, key, epoch=2 + MOST_PENDING), known=key)
    # It is said at once to whoever calls, and what helps to whoever is there.
    assert refused.stage is relay.Stage.FAILED
    assert refused.declined is not None
    assert "has to run `fourth-signer frost put-aside`" in refused.declined.declined_because
    assert seat.faults == [Fault.WAITING]
    assert len(seat.keeper.pending()) == MOST_PENDING
    # The way out: any of them comes into use, and those before it go.
    raw = certificate(seats, desk, last)
    for one in seats.values():
        one.take(raw)
    assert len(seat.keeper.pending()) == 0
    later, _ = deal(seats, desk, call_for(company, last.key, epoch=2 + MOST_PENDING), known=last.key)
    assert later.stage is relay.Stage.TRIAL


@dataclass(slots=True)
class Counting:
    """The port Recorder: how much it would have written."""

    bytes_: int = 0
    noted: int = 0

    def note(self, kind: str, body: Mapping[str, object]) -> None:
        assert kind
        self.noted += 1
        self.bytes_ += sum(len(str(one)) for one in body.values())


def test_exchange__more_than_any_group_says__neither_disk_nor_screen_is_filled_and_later_it_is_heard_again(
    company: Company,
) -> None:
    watch, recorder, said = Watch(), Counting(), list[str]()
    seats, desk = sit(company, clock=watch), desk_of(company)
    service = seats[FIRST].service
    key = seats[FIRST].keeper.key()
    assert key is not None
    diary = Diary(service, names=dict, now=lambda: Timestamp(0))
    post = HolderPost(service, Refusing(), recorder, said.append, diary)
    junk = bytes(60_000)
    try:
        for _ in range(MANY):
            post.exchange([junk], seen=0, patience=0)
        taken = recorder.bytes_
        assert taken < 4 * flood.MOST * 1_024
        assert said.count(said[-1]) == 1
        assert "More comes by this line than any group has to say" in said[-1]
        lines = len(said)
        invitation = invite(key, desk, DIGEST)
        for _ in range(3):
            watch.seconds += 1
            post.exchange([invitation], seen=0, patience=0)
        assert (len(said), recorder.bytes_) == (lines, taken)
        watch.seconds += flood.ENOUGH / flood.PER_SECOND
        box = post.exchange([invitation], seen=0, patience=PATIENCE)
        assert kind_of(box.envelopes[-1]) is Kind.DECLINE
    finally:
        post.close()


class Refusing:
    """The port Decider: no to everything."""

    def decide(self, question: Question) -> Decision:
        return Decision(is_yes=False, because=Shown(f"no to {question.session.hex()[:8]}"))
