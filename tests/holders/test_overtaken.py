"""A repair that a refresh has overtaken: it would bring an old share, and that is never put over the new one."""

from __future__ import annotations

import secrets
from dataclasses import replace

from tests.holders.company import Company
from tests.holders.seats import certificate, deal, desk_of, sign, sit
from verifier.frost import repair_relay
from verifier.frost.charter import Index
from verifier.frost.dealing_messages import Call
from verifier.frost.envelope import Fault
from verifier.frost.repair_messages import RepairCall
from verifier.frost.turn import Outgoing
from verifier.store.group_file import charter_of

FIRST, SECOND, LOST = Index(1), Index(2), Index(3)


def test_repair__its_last_words_come_after_a_refresh_is_in_use__refused_and_the_new_share_stays(
    company: Company,
) -> None:
    (company.chairs[2].folder / "share.json").unlink()
    seats, desk = sit(company), desk_of(company)
    seat, key = seats[LOST], seats[FIRST].keeper.key()
    assert key is not None
    asked = RepairCall(lost=LOST, helpers=(FIRST, SECOND))
    turn = repair_relay.start_repair(asked, key, desk, session=secrets.token_bytes(32))
    state, waiting, late = turn.state, list(turn.sent), list[Outgoing]()
    while waiting:
        one = waiting.pop(0)
        if state.awaited == (LOST,):
            # All that is left is for it to take its share.
            late.append(one)
            continue
        for raw in (raw for to in one.to for raw in seats[to].take(one.raw)):
            turn = repair_relay.receive(state, raw)
            state = turn.state
            waiting += turn.sent
    assert late
    assert seat.keeper.share() is None

    made = replace(charter_of(company.group), epoch=2)
    call = Call(charter=made, dealers=(FIRST, SECOND), old=(key.charter, key.commitments))
    done, _ = deal(seats, desk, call, known=key)
    shown = certificate(seats, desk, done)
    for each in seats.values():
        each.take(shown)

    said = [raw for one in late if LOST in one.to for raw in seat.take(one.raw)]
    assert said == []
    assert {*seat.faults} == {Fault.SESSION}
    share = seat.keeper.share()
    assert share is not None
    assert share.key.charter.epoch == 2
    # It signs with it, also after a restart.
    assert done.key is not None
    assert sign(sit(company), desk, done.key, bytes(32)) is not None
