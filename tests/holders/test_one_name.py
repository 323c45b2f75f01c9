"""A coordinator that calls two things by one name: whoever answers one of them must not be taken to have answered the
other, nor be shown that it is over.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

import pytest

from tests.holders.company import Company
from tests.holders.seats import Seat, call_for, deal, desk_of, sit
from verifier.frost import coordinator, relay, repair_relay
from verifier.frost.charter import Index, Pen
from verifier.frost.envelope import Fault
from verifier.frost.repair_messages import RepairCall
from verifier.frost.shares import GroupKey, trial_digest

FIRST: Final = Index(1)
KINDS: Final = ("signing", "dealing", "repair")


def first_word(company: Company, key: GroupKey, desk: Pen, kind: str, name: bytes) -> bytes:
    """Return what begins something by this name."""
    if kind == "signing":
        digest = hashlib.sha256(b"an operation").digest()
        return coordinator.start_signing(key, desk, digest=digest, request=b"", session=name).sent[0].raw
    if kind == "repair":
        asked = RepairCall(lost=Index(3), helpers=(FIRST, Index(2)))
        return repair_relay.start_repair(asked, key, desk, session=name).sent[0].raw
    call = call_for(company, key, epoch=2)
    return relay.start_dealing(call, desk, session=name, known=key).sent[0].raw


def sat(company: Company) -> tuple[Seat, GroupKey]:
    seat = sit(company)[FIRST]
    key = seat.keeper.key()
    assert key is not None
    return seat, key


@pytest.mark.parametrize("is_joined", [False, True])
@pytest.mark.parametrize(("first", "second"), [(a, b) for a in KINDS for b in KINDS if a != b])
def test_begin__by_the_name_of_something_else_that_is_open__refused_and_not_asked(
    company: Company, first: str, second: str, is_joined: bool
) -> None:
    seat, key = sat(company)
    desk, name = desk_of(company), secrets.token_bytes(32)
    seat.take(first_word(company, key, desk, first, name), answers=is_joined)
    seat.take(first_word(company, key, desk, second, name), answers=False)
    assert seat.faults == [Fault.DUPLICATE]
    assert len(seat.asked) == (0 if is_joined else 1)
    # By a name of its own it is heard.
    seat.take(first_word(company, key, desk, second, secrets.token_bytes(32)), answers=False)
    assert seat.faults == [Fault.DUPLICATE]


def test_trial__by_the_name_of_a_signing_that_is_asked_about__refused_and_the_question_stays(
    company: Company,
) -> None:
    """A trial asks nobody, and its end would be shown as that of the signing."""
    seats, desk, name = sit(company), desk_of(company), secrets.token_bytes(32)
    seat, key = seats[FIRST], seats[FIRST].keeper.key()
    assert key is not None
    made, _ = deal(seats, desk, call_for(company, key, epoch=2), known=key)
    assert made.key is not None
    seat.take(first_word(company, key, desk, "signing", name), answers=False)
    digest = trial_digest(made.key)
    trial = coordinator.start_signing(made.key, desk, digest=digest, request=b"", session=name).sent[0].raw
    assert seat.take(trial, answers=False) == []
    assert seat.faults == [Fault.DUPLICATE]
    assert name not in seat.keeper.sessions()
