"""A holder whose folder was put back to what it was: it has forgotten the names of sessions, and is told old words
again by somebody who kept them all. It may look like a liar; nothing of its share comes out.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
from pathlib import Path
from typing import Final

import pytest

from tests.holders.company import Company
from tests.holders.seats import Seat, call_for, deal, desk_of, kind_of, sit
from verifier.frost import coordinator, relay, repair_relay
from verifier.frost.charter import Index
from verifier.frost.envelope import Fault
from verifier.frost.evidence import Court, require_proven
from verifier.frost.judge import Crime, Verdict
from verifier.frost.messages import Kind
from verifier.frost.repair_messages import RepairCall
from verifier.frost.shares import GroupKey
from verifier.frost.signing_messages import Commitment

DIGEST: Final = hashlib.sha256(b"an operation").digest()
FIRST: Final = Index(1)


def put_back(company: Company, kept: Path) -> dict[Index, Seat]:
    """Put the first holder's folder back, and return all as they are after its restart."""
    folder = company.chairs[0].folder
    shutil.rmtree(folder)
    shutil.copytree(kept, folder)
    return sit(company)


def keep(company: Company, folder: Path) -> Path:
    kept = folder / "before"
    shutil.copytree(company.chairs[0].folder, kept)
    return kept


def court_of(key: GroupKey) -> Court:
    return Court(group=key.charter.group, keys=key.charter.keys, key=key)


def committed(raw: bytes, key: GroupKey) -> Commitment:
    body = court_of(key).open(raw).body
    assert isinstance(body, Commitment)
    return body


def test_sign__told_old_words_again__new_nonces_and_nothing_for_the_old_package(
    company: Company, tmp_path: Path
) -> None:
    seats, desk, kept = sit(company), desk_of(company), keep(company, tmp_path)
    key = seats[FIRST].keeper.key()
    assert key is not None
    name = secrets.token_bytes(32)
    turn = coordinator.start_signing(key, desk, digest=DIGEST, request=b"", session=name)
    invitation, state, packages = turn.sent[0].raw, turn.state, []
    first: dict[Index, bytes] = {}
    for index in (FIRST, Index(2)):
        (first[index],) = seats[index].take(invitation)
        turn = coordinator.receive(state, first[index])
        state = turn.state
        packages += [one.raw for one in turn.sent]
    (package,) = packages
    (share,) = seats[FIRST].take(package)
    assert kind_of(share) is Kind.SIGNATURE_SHARE

    seat = put_back(company, kept)[FIRST]
    (second,) = seat.take(invitation)
    one, other = (committed(raw, key) for raw in (first[FIRST], second))
    assert not {one.hiding, one.binding} & {other.hiding, other.binding}
    # The package that was answered before gets no second answer, with whatever nonces.
    assert seat.take(package) == []
    assert seat.faults == [Fault.COMMITMENT]
    # What it has done looks like a lie, and is provable: that is all.
    verdict = Verdict(culprit=FIRST, crime=Crime.TWO_WORDS, evidence=(first[FIRST], second))
    require_proven(verdict, court_of(key))


@pytest.mark.parametrize("is_repair", [False, True])
def test_ceremony__told_old_words_again__it_ends_without_a_complaint_that_would_open_anything(
    company: Company, tmp_path: Path, is_repair: bool
) -> None:
    """What others once sealed for it opens for it no more. Were it to complain of that, it would open a key of its own,
    and with it what it seals for an honest member by the same key: one value too many of what its share hides in.
    """
    seats, desk, kept = sit(company), desk_of(company), keep(company, tmp_path)
    key = seats[FIRST].keeper.key()
    assert key is not None
    name = secrets.token_bytes(32)
    told: list[bytes] = []
    if is_repair:
        (company.chairs[2].folder / "share.json").unlink()
        seats = sit(company)
        asked = RepairCall(lost=Index(3), helpers=(FIRST, Index(2)))
        repairing = repair_relay.start_repair(asked, key, desk, session=name)
        state, waiting, receive = repairing.state, list(repairing.sent), repair_relay.receive
    else:
        dealing = relay.start_dealing(call_for(company, key, epoch=2), desk, session=name, known=key)
        state, waiting, receive = dealing.state, list(dealing.sent), relay.receive  # type: ignore[assignment]
    while waiting:
        one = waiting.pop(0)
        for index in one.to:
            if index == FIRST:
                told.append(one.raw)
            for raw in seats[index].take(one.raw):
                turn = receive(state, raw)
                state = turn.state
                waiting += turn.sent
    assert state.stage in (relay.Stage.TRIAL, repair_relay.Stage.DONE)
    assert len(told) > 3

    seat = put_back(company, kept)[FIRST]
    said = [kind_of(raw) for once in told for raw in seat.take(once)]
    expected = [Kind.REPAIR_OFFER, Kind.REPAIR_PARTS] if is_repair else [Kind.OFFER, Kind.SUB_SHARES]
    assert said == expected
    assert Fault.SEEN in seat.faults
    assert not seat.service._dealings.is_running(name)
    assert not seat.service._repairs.is_running(name)
    assert len(seat.keeper.pending()) == 0


def test_deal__one_forgot_what_it_confirmed__the_others_make_no_second_share_of_that_epoch(
    company: Company, tmp_path: Path
) -> None:
    seats, desk, kept = sit(company), desk_of(company), keep(company, tmp_path)
    key = seats[FIRST].keeper.key()
    first, _ = deal(seats, desk, call_for(company, key, epoch=2), known=key)
    assert first.stage is relay.Stage.TRIAL
    seats = put_back(company, kept)
    assert len(seats[FIRST].keeper.pending()) == 0
    second, _ = deal(seats, desk, call_for(company, key, epoch=2), known=key)
    assert second.stage is relay.Stage.OFFERS
    assert seats[FIRST].faults == []
    assert seats[Index(2)].faults == [Fault.EPOCH]
