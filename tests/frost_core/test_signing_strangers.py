"""Envelopes of other epochs, groups, senders and sessions: nothing of them serves, and nobody is blamed for another."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import pytest

from tests.frost_core.liars import read, say
from tests.frost_core.party import make_key, pen, run_signing, session
from tests.frost_core.sessions import (
    DIGEST,
    KEY,
    OTHER,
    SHARES,
    commit,
    invite,
    start,
)
from tests.frost_core.test_life import takes
from verifier.frost import coordinator, signer
from verifier.frost.charter import COORDINATOR, Index
from verifier.frost.curve import is_signed
from verifier.frost.envelope import NOTHING, Fault, Place, seal
from verifier.frost.messages import Kind
from verifier.frost.shares import Share
from verifier.frost.signing_messages import Decline, Invitation
from verifier.frost.turn import Turn


def test_old_shares__beside_new_ones__cannot_sign_together() -> None:
    """Two of the old epoch and two of the new one of a 3-of-5 group: neither is enough, and they do not mix."""
    from tests.frost_core.party import finish, next_epoch, reshare
    from verifier.frost.polynomial import weight
    from verifier.frost.scalar import SecretScalar

    new = finish(reshare(SHARES, next_epoch(KEY.charter, 3, (1, 2, 3, 4, 5)), (1, 2, 3, 4, 5)))
    mixed: dict[int, Share] = {1: SHARES[Index(1)], 2: SHARES[Index(2)]}
    for index in (3, 4):
        share = new[Index(index)]
        assert share is not None
        mixed[index] = share
    # What a thief of these four would try: any three or four of them taken for shares of one polynomial.
    for some in (*combinations(mixed, 3), tuple(mixed)):
        total: SecretScalar | None = None
        for index in some:
            part = mixed[index].secret.times(weight(Index(index), [Index(i) for i in some]))
            total = part if total is None else total.plus(part)
        assert total is not None
        assert total.point() != KEY.point
    # Three of one epoch would do.
    right = [
        SHARES[Index(i)].secret.times(weight(Index(i), [Index(1), Index(2), Index(3)])) for i in (1, 2, 3)
    ]
    assert right[0].plus(right[1]).plus(right[2]).point() == KEY.point


def test_epoch__of_an_old_share__refused_by_holders_of_new_ones() -> None:
    from tests.frost_core.party import finish, next_epoch, reshare

    new = finish(reshare(SHARES, next_epoch(KEY.charter, 3, (1, 2, 3, 4, 5)), (1, 2, 3, 4, 5)))
    share = new[Index(1)]
    assert share is not None
    state = signer.start_signer(share, pen(1))
    assert [one.fault for one in signer.receive(state, invite().raw).rejected] == [Fault.EPOCH]


@pytest.mark.parametrize(
    ("change", "fault", "is_proven"),
    [
        ({"group": bytes(32)}, Fault.GROUP, False),
        ({"epoch": 2}, Fault.EPOCH, False),
        ({"session": bytes(32)}, Fault.SESSION, False),
        ({"by": pen(1, "a thief")}, Fault.SIGNATURE, False),
        (
            {"by": pen(2)},
            Fault.DUPLICATE,
            True,
        ),  # holder 2 says again what it said: its own words, under its own name
        ({"by": replace(pen(2), index=Index(1))}, Fault.SIGNATURE, False),  # an index hijacked
        ({"by": replace(pen(9), index=Index(9))}, Fault.SENDER, False),
    ],
)
def test_impersonate__a_holder__refused_and_the_holder_is_not_blamed(
    change: dict[str, Any], fault: Fault, is_proven: bool
) -> None:
    started = coordinator.start_signing(KEY, pen(0), digest=DIGEST, request=b"all", session=session())
    state = coordinator.receive(started.state, commit(2, started.state.invitation)[1]).state
    honest = read(commit(1, started.state.invitation)[1])
    body = honest.body if fault is not Fault.DUPLICATE else state.commitments[Index(2)].body
    turn = coordinator.receive(state, say(honest, body, **change))
    assert [(one.fault, one.is_proven) for one in turn.rejected] == [(fault, is_proven)]
    assert turn.state == state
    assert not turn.verdicts


def test_replay__of_all_that_was_said__changes_nothing() -> None:
    signed = run_signing(SHARES, DIGEST)
    for _, to, raw in signed.log.arrived:
        if to == COORDINATOR:
            turn: Turn[Any] = coordinator.receive(signed.signing, raw)
        else:
            turn = signer.receive(signed.signers[to], raw)
            assert not turn.sent
        assert turn.rejected
        assert turn.state in (signed.signing, signed.signers.get(to))
    other = coordinator.start_signing(KEY, pen(0), digest=OTHER, request=b"", session=session()).state
    for _, to, raw in signed.log.arrived:
        if to == COORDINATOR:
            turn = coordinator.receive(other, raw)
            assert turn.state == other
            assert [one.fault for one in turn.rejected] == [Fault.SESSION]


def test_two_groups__same_holders_and_digest__nothing_of_one_serves_the_other() -> None:
    others = make_key(3, 5, group="larks")
    key = others[Index(1)].key
    name = session()
    place = Place(group=key.charter.group, epoch=1, session=name, keys={}, is_signed=is_signed)
    raw = seal(pen(0), place, Kind.INVITATION, Invitation(request=b"all"), digest=DIGEST, seen=NOTHING)
    assert [one.fault for one in signer.receive(start(1), raw).rejected] == [Fault.GROUP]
    assert not takes(key.point, DIGEST, run_signing(SHARES, DIGEST).signature)


def test_decline__in_words_that_are_no_text__refused() -> None:
    asked = invite()
    like = read(commit(1, asked)[1])
    raw = say(like, Decline(declined_because="no"), kind=Kind.DECLINE)
    assert read(raw).body == Decline(declined_because="no")
