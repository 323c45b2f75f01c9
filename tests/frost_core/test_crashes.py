"""Dealings in which members and coordinators are killed at any step: one epoch can always sign.

A member has a disk and a memory, as its process has; to kill it is to lose the memory. A pending share is on the disk
before its confirmation is on the wire, and the member may be killed between the two.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.frost_core.liars import read
from tests.frost_core.party import (
    call_for_key,
    call_for_shares,
    charter,
    dice,
    finish,
    make_key,
    pen,
    run_dealing,
    run_signing,
    session,
    transport_key,
)
from tests.frost_core.test_life import takes
from verifier.errors.frost import CertificateUnfit
from verifier.frost import dealer, relay
from verifier.frost.assembly import Assembly, assemble
from verifier.frost.charter import COORDINATOR, Index
from verifier.frost.dealer import Dealing
from verifier.frost.envelope import Envelope
from verifier.frost.messages import Kind
from verifier.frost.pending import activate, read_pending, write_pending
from verifier.frost.relay import Relay
from verifier.frost.shares import GroupKey, Share, read_share, trial_digest, write_share
from verifier.frost.turn import Turn

HOLDERS = tuple(map(Index, (1, 2, 3)))
SHARES = make_key(2, 3)
KEY = SHARES[Index(1)].key
DIGESTS = [hashlib.sha256(b"operation %d" % i).digest() for i in range(3)]
somebody = st.sampled_from(HOLDERS)
places = st.integers(0, 30)


@dataclass(slots=True)
class Disk:
    """What a holder keeps."""

    share: bytes | None = None
    certificate: bytes = b""
    pendings: list[bytes] = field(default_factory=list)
    joined: set[bytes] = field(default_factory=set)
    # The highest epoch that it confirmed.
    above: int = 0

    @property
    def held(self) -> Share | None:
        return None if self.share is None else read_share(self.share)

    @property
    def key(self) -> GroupKey | None:
        return None if self.share is None else read_share(self.share).key


class Dealings(RuleBasedStateMachine):
    """A key of two of three is made, and its shares are refreshed, again and again."""

    def __init__(self) -> None:
        super().__init__()
        self.disk = {i: Disk() for i in HOLDERS}
        self.memory: dict[Index, Dealing] = {}
        self.relay: Relay | None = None
        self.wire: list[tuple[Index, Index, bytes]] = []
        self.epoch = 0
        self.point: bytes | None = None

    @initialize(is_new=st.booleans())
    def found(self, is_new: bool) -> None:
        if not is_new:
            self.point, self.epoch = KEY.point, 1
            for index, one in self.disk.items():
                one.share, one.above = write_share(SHARES[index]), 1

    def put(self, sender: Index, turn: Turn[Any]) -> None:
        for one in turn.sent:
            self.wire += [(sender, to, one.raw) for to in one.to]

    @rule()
    def begin(self) -> None:
        """The coordinator begins a dealing, whether one is under way or not, by what it knows of the key."""
        self.epoch += 1
        keys = [one.key for one in self.disk.values() if one.key is not None]
        known = max(keys, key=lambda key: key.charter.epoch, default=None)
        new = charter(2, HOLDERS, epoch=self.epoch)
        call = call_for_key(new)
        if known is not None:
            dealers = tuple(i for i, one in self.disk.items() if one.key == known)
            if len(dealers) < 2:
                return
            call = call_for_shares(known, new, dealers)
        turn = relay.start_dealing(call, pen(0), session=session(), known=known)
        self.relay = turn.state
        self.put(COORDINATOR, turn)

    @precondition(lambda self: self.wire)
    @rule(place=places, is_killed=st.booleans())
    def deliver(self, place: int, is_killed: bool) -> None:
        self.arrive(*self.wire.pop(place % len(self.wire)), is_killed=is_killed and place % 4 == 0)

    @precondition(lambda self: self.wire)
    @rule(count=st.integers(5, 60))
    def deliver_in_order(self, count: int) -> None:
        for _ in range(count):
            if self.wire:
                self.arrive(*self.wire.pop(0), is_killed=False)

    @precondition(lambda self: self.wire)
    @rule(place=places)
    def lose(self, place: int) -> None:
        self.wire.pop(place % len(self.wire))

    def arrive(self, _sender: Index, to: Index, raw: bytes, *, is_killed: bool) -> None:
        envelope = read(raw)
        note(f"{envelope.kind.name} of {envelope.sender} comes to {to}")
        if to == COORDINATOR:
            if self.relay is not None:
                turn: Turn[Any] = relay.receive(self.relay, raw)
                self.relay = turn.state
                self.put(to, turn)
            return
        disk = self.disk[to]
        if envelope.kind is Kind.CERTIFICATE:
            self.activate(to, raw, is_killed=is_killed)
            return
        if envelope.kind is Kind.CALL:
            turn_or_none = self.join(to, raw, envelope)
            if turn_or_none is None:
                return
            turn = turn_or_none
        elif to in self.memory:
            turn = dealer.receive(self.memory[to], raw)
        else:
            return
        self.memory[to] = turn.state
        if is_killed:
            note(f"{to} is killed before it says anything")
            self.kill(to)
            return
        self.put(to, turn)
        if self.memory[to].stage is dealer.Stage.PENDING:
            pending = self.memory[to].pending
            assert pending is not None
            disk.pendings.append(write_pending(pending))
            disk.above = max(disk.above, pending.key.charter.epoch)
            confirmed = dealer.confirm(self.memory[to])
            self.memory[to] = confirmed.state
            self.put(to, confirmed)

    def join(self, to: Index, raw: bytes, envelope: Envelope) -> Turn[Dealing] | None:
        disk = self.disk[to]
        if envelope.session in disk.joined:
            return None
        assembly = assemble(
            raw,
            group=charter(2, HOLDERS).group,
            coordinator=transport_key(0),
            known=disk.key,
            above=disk.above,
        )
        if not isinstance(assembly, Assembly):
            return None
        disk.joined.add(envelope.session)
        held = disk.held if to in assembly.dealers else None
        return dealer.join_dealing(assembly, pen(to), held=held, dice=dice("crash", envelope.session, to))

    def activate(self, to: Index, raw: bytes, *, is_killed: bool) -> None:
        disk = self.disk[to]
        for stored in disk.pendings:
            pending = read_pending(stored)
            if pending.key.charter.epoch <= (disk.key.charter.epoch if disk.key else 0):
                continue
            try:
                share = activate(pending, raw)
            except CertificateUnfit:
                continue
            assert share is not None
            disk.share, disk.certificate = write_share(share), raw
            self.point = self.point or share.key.point
            if is_killed:
                note(f"{to} is killed with the new share in use and the old ones still there")
                self.kill(to)
                return
            epoch = share.key.charter.epoch
            disk.pendings = [one for one in disk.pendings if read_pending(one).key.charter.epoch > epoch]
            return

    @rule(who=somebody)
    def kill(self, who: Index) -> None:
        self.memory.pop(who, None)

    @rule(place=st.integers(0, 80), who=st.one_of(st.none(), somebody), reached=st.sets(somebody))
    def deal_in_order(self, place: int, who: Index | None, reached: set[Index]) -> None:
        """Deal from beginning to end, with one killed on the way, or nobody."""
        self.wire.clear()
        self.begin()
        count = 0
        while self.wire:
            if count == place and who is not None:
                note(f"{who} is killed after {count} messages")
                self.kill(who)
            self.arrive(*self.wire.pop(0), is_killed=False)
            count += 1
        if self.relay is not None and self.relay.stage is relay.Stage.TRIAL:
            self.try_and_certify(reached)

    @rule()
    def kill_coordinator(self) -> None:
        self.relay = None

    @precondition(lambda self: self.relay is not None and self.relay.stage is relay.Stage.TRIAL)
    @rule(reached=st.sets(somebody))
    def certify(self, reached: set[Index]) -> None:
        self.try_and_certify(reached)

    def try_and_certify(self, reached: set[Index]) -> None:
        """Let the pending shares sign their trial, and bring the certificate to some; then the coordinator is
        killed."""
        assert self.relay is not None
        assert self.relay.key is not None
        shares = {}
        for index, disk in self.disk.items():
            for stored in disk.pendings:
                pending = read_pending(stored)
                if pending.key == self.relay.key and pending.share is not None:
                    shares[index] = pending.share
        # All have confirmed, so all have stored, unless they are at a higher epoch already.
        if len(shares) < 2:
            return
        signed = run_signing(shares, trial_digest(self.relay.key), is_trial=True)
        turn = relay.certify(self.relay, signed.signature)
        (sent,) = turn.sent
        note(f"certificate of epoch {self.relay.key.charter.epoch} reaches {sorted(reached)}")
        self.relay = None
        for index in reached:
            self.activate(index, sent.raw, is_killed=False)

    @invariant()
    def one_epoch_can_sign(self) -> None:
        """Whoever has the highest certificate shows it to the others; then a threshold has shares of one epoch."""
        if self.point is None:
            return
        active = {i: one.held for i, one in self.disk.items()}
        highest = max(share.key.charter.epoch for share in active.values() if share is not None)
        able = {i: s for i, s in active.items() if s is not None and s.key.charter.epoch == highest}
        certificate = next((self.disk[i].certificate for i in able if self.disk[i].certificate), None)
        for index in {*HOLDERS} - {*able}:
            for stored in self.disk[index].pendings:
                pending = read_pending(stored)
                if pending.key.charter.epoch == highest and certificate:
                    share = activate(pending, certificate)
                    assert share is not None
                    able[index] = share
        assert len(able) >= 2
        assert {share.key.point for share in able.values()} == {self.point}
        assert len({share.key for share in able.values()}) == 1
        self.able = able

    def teardown(self) -> None:
        if self.point is not None:
            self.one_epoch_can_sign()
            assert takes(self.point, DIGESTS[0], run_signing(self.able, DIGESTS[0]).signature)


TestDealings = Dealings.TestCase
TestDealings.settings = settings(max_examples=25, stateful_step_count=15)


def test_kill__one_member_at_every_message_of_a_dealing__all_or_nothing() -> None:
    new = charter(2, HOLDERS)
    whole = run_dealing(call_for_key(new))
    for place in range(0, len(whole.log.arrived), 2):
        count = 0

        def change(sender: Index, receiver: Index, raw: bytes, place: int = place) -> bytes | None:
            nonlocal count
            count += 1
            return None if count > place and Index(1) in (sender, receiver) else raw

        outcome = run_dealing(call_for_key(new), change=change)
        is_whole = outcome.relay.stage is relay.Stage.TRIAL
        assert is_whole == (outcome.relay.awaited == ())
        if is_whole:
            assert len(finish(outcome)) == 3


def test_activate__with_a_certificate_of_another_dealing__refused() -> None:
    one, other = (run_dealing(call_for_key(charter(2, HOLDERS))) for _ in range(2))
    shares = {i: p.share for i, p in one.pending.items() if p.share is not None}
    assert one.relay.key is not None
    signed = run_signing(shares, trial_digest(one.relay.key), is_trial=True)
    certificate = relay.certify(one.relay, signed.signature).sent[0].raw
    assert activate(one.pending[Index(1)], certificate) is not None
    with pytest.raises(CertificateUnfit, match="session"):
        activate(other.pending[Index(1)], certificate)
