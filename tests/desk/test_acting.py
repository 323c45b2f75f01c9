"""Acting by a transaction of one's own: what lets an operation go on is read again; what stops it is never held up."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.desk.fakes import NOW, VAULT, head, lane_of, operation, transfer
from tests.desk.signers import CODE, ONE, Desk, address_with_key
from verifier.decode.operations import encode_execute, encode_veto
from verifier.desk.acting import open_act, recheck
from verifier.errors import ActionImpossible, DangerUnread, EvidenceDisputed, ReviewChanged
from verifier.model.life import Status
from verifier.model.tier import Tier
from verifier.sign.typed import id_of

READY = lane_of(ONE, 1, 2, 3, moment=NOW, tier=Tier.STANDARD)
DIRTY = operation(replace(transfer(), data=transfer().data[:4] + b"\x01" + transfer().data[5:]))
DISPUTED = replace(head(), dissenting=("bad.example",))


def test_act__what_the_lane_allows__its_data_from_ones_own_account() -> None:
    act = open_act(Desk(lane=READY).brief, "execute")
    assert (act.vault, act.action.data) == (VAULT, encode_execute(ONE))
    assert act.sender
    assert act.sender.address == address_with_key(4)
    recheck(act, Desk(lane=READY).brief, typed=[each.phrase for each in act.acknowledgements])


@pytest.mark.parametrize("name", ["cancel", "object", "withdraw", "execute"])
def test_act__what_it_does_not_allow__says_why(name: str) -> None:
    with pytest.raises(ActionImpossible) as refused:
        open_act(Desk().brief, name)
    assert name in str(refused.value)
    assert "lane 0" in str(refused.value)


def test_act__consent_to_hurry__is_no_transaction() -> None:
    with pytest.raises(ActionImpossible):
        open_act(Desk().brief, "expedite")


@pytest.mark.parametrize("name", ["approve", "execute"])
def test_act__endpoints_disagree__nothing_goes_on_and_everything_stops(name: str) -> None:
    lane = READY if name == "execute" else Desk().lane
    with pytest.raises(EvidenceDisputed):
        open_act(Desk(lane=lane, block=DISPUTED).brief, name)
    act = open_act(Desk(lane=lane, block=DISPUTED).brief, "veto")
    assert act.action.data == encode_veto(ONE.lane, act.review.lane.operation_id)
    recheck(act, Desk(lane=lane, block=DISPUTED).brief, typed=[])


def test_act__danger__typed_before_it_goes_on_and_not_to_stop_it() -> None:
    desk = Desk(subject=DIRTY, lane=lane_of(DIRTY, 1, status=Status.PROPOSED, tier=Tier.STANDARD))
    act = open_act(desk.brief, "approve")
    assert act.review.lane.operation_id == id_of(DIRTY)
    with pytest.raises(DangerUnread):
        recheck(act, desk.brief, typed=[""])
    recheck(act, desk.brief, typed=[each.phrase for each in act.acknowledgements])
    veto = open_act(desk.brief, "veto")
    assert veto.acknowledgements == ()
    recheck(veto, desk.brief, typed=[])


def test_act__changed_since_it_was_read__starts_again() -> None:
    desk = Desk(lane=READY)
    seen = desk.brief()
    desk.touched = (replace(CODE, code_hash=b"\x02" * 32),)
    act = open_act(desk.brief, "execute", seen=seen)
    assert act.changes
    with pytest.raises(ReviewChanged):
        recheck(act, desk.brief, typed=[each.phrase for each in act.acknowledgements])


def test_act__changed_while_it_was_open__refused_at_the_last_look() -> None:
    desk = Desk(lane=READY)
    act = open_act(desk.brief, "execute")
    desk.touched = (replace(CODE, code_hash=b"\x02" * 32),)
    with pytest.raises(ReviewChanged):
        recheck(act, desk.brief, typed=[each.phrase for each in act.acknowledgements])
