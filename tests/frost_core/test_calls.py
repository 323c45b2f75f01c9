"""A call for shares: which numbers and which members it may name."""

from __future__ import annotations

from typing import Final

import pytest

from tests.frost_core.party import call_for_shares, charter, make_key, pen, session, transport_key
from verifier.frost import relay
from verifier.frost.assembly import MOST_SKIPPED, Assembly, assemble
from verifier.frost.charter import Index
from verifier.frost.envelope import NOTHING, Fault, Place, Rejected, seal
from verifier.frost.messages import Kind
from verifier.frost.pending import PendingShare
from verifier.frost.shares import GroupKey

SHARES: Final = make_key(2, 3)
KEY: Final = SHARES[Index(1)].key


def called(epoch: int, dealers: tuple[int, ...] = (1, 2, 3), *, above: int = 0) -> Assembly | Rejected:
    new = charter(2, (1, 2, 3), epoch=epoch)
    place = Place(group=new.group, epoch=epoch, session=session(), keys={}, is_signed=lambda *_: True)
    raw = seal(pen(0), place, Kind.CALL, call_for_shares(KEY, new, dealers), digest=NOTHING)
    return assemble(raw, group=new.group, coordinator=transport_key(0), known=KEY, above=above)


@pytest.mark.parametrize("above", [0, 5])
def test_call__for_an_epoch_far_away__refused_so_that_epochs_do_not_run_out(above: int) -> None:
    """A holder takes no epoch up to the highest that it confirmed: after the last there is, none."""
    present = max(above, KEY.charter.epoch)
    assert isinstance(called(present + 1, above=above), Assembly)
    assert isinstance(called(present + MOST_SKIPPED, above=above), Assembly)
    for epoch in (present, present + MOST_SKIPPED + 1, (1 << 32) - 1):
        refused = called(epoch, above=above)
        assert isinstance(refused, Rejected)
        assert refused.fault is Fault.EPOCH


def test_deal__far_above_the_key_where_members_were_led_so__comes_into_use() -> None:
    """Members that confirmed a dealing far away, of which nothing came, can still be dealt new shares."""
    far = charter(2, (1, 2, 3), epoch=KEY.charter.epoch + 3 * MOST_SKIPPED)
    raw = relay.start_dealing(
        call_for_shares(KEY, far, (1, 2, 3)), pen(0), session=session(), known=KEY
    ).state.assembly.envelope.raw
    assembly = assemble(raw, group=far.group, coordinator=transport_key(0), known=KEY, above=far.epoch - 1)
    assert isinstance(assembly, Assembly)
    pending = PendingShare(
        call=raw,
        coordinator=transport_key(0),
        key=GroupKey(charter=far, commitments=KEY.commitments),
        old=KEY,
        transcript=bytes(32),
        share=None,
    )
    assert pending.assembly.call == assembly.call


def test_unshown__who_stays_and_does_not_deal__is_named() -> None:
    all_deal, two_deal = called(2), called(2, (1, 3))
    assert isinstance(all_deal, Assembly)
    assert isinstance(two_deal, Assembly)
    assert all_deal.unshown == ()
    assert two_deal.unshown == (2,)
