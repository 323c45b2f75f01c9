"""Holders and coordinators that are killed at any step: no nonce answers twice, and one epoch can always sign.

A holder has a disk and a memory, as its process has; to kill it is to lose the memory. What it must have stored
before it says something is on the disk before the envelope is on the wire, and it may be killed between the two.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
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
from tests.frost_core.sessions import pack
from tests.frost_core.test_life import takes
from verifier.errors.frost import CertificateUnfit, DiceStuck, NonceSpent
from verifier.frost import coordinator, dealer, relay, signer
from verifier.frost.assembly import Assembly, assemble
from verifier.frost.charter import COORDINATOR, Index
from verifier.frost.dealer import Dealing
from verifier.frost.envelope import Envelope
from verifier.frost.messages import Kind
from verifier.frost.pending import activate, read_pending, write_pending
from verifier.frost.relay import Relay
from verifier.frost.shares import GroupKey, Share, read_share, trial_digest, write_share
from verifier.frost.signer import Signer
from verifier.frost.signing import Signing
from verifier.frost.turn import Turn

HOLDERS = tuple(map(Index, (1, 2, 3)))
SHARES = make_key(2, 3)
KEY = SHARES[Index(1)].key
DIGESTS = [hashlib.sha256(b"operation %d" % i).digest() for i in range(3)]
somebody = st.sampled_from(HOLDERS)
places = st.integers(0, 30)


@lru_cache(maxsize=2_000)
def known(raw: bytes) -> Envelope:
    """Return an envelope that was read before, mostly."""
    return read(raw)


class Signings(RuleBasedStateMachine):
    """Two of three sign, one operation after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.memory: dict[Index, Signer] = {i: signer.start_signer(SHARES[i], pen(i)) for i in HOLDERS}
        # The names of the sessions that each holder has consented to.
        self.disk: dict[Index, list[bytes]] = {i: [] for i in HOLDERS}
        self.signing: Signing | None = None
        self.wire: list[tuple[Index, Index, bytes]] = []
        # All that was ever on the wire: envelopes may come again at any time.
        self.said: list[tuple[Index, Index, bytes]] = []
        self.rolls = 0
        # States as they were when a nonce was made, which no correct program keeps.
        self.copies: list[tuple[Index, Signer]] = []

    def put(self, sender: Index, turn: Turn[Any]) -> None:
        for one in turn.sent:
            self.wire += [(sender, to, one.raw) for to in one.to]
            self.said += [(sender, to, one.raw) for to in one.to]

    @rule(digest=st.sampled_from(DIGESTS))
    def begin(self, digest: bytes) -> None:
        """A coordinator begins, or is killed and begins anew."""
        turn = coordinator.start_signing(KEY, pen(0), digest=digest, request=b"", session=session())
        self.signing = turn.state
        self.put(COORDINATOR, turn)

    @precondition(lambda self: self.wire)
    @rule(place=places)
    def deliver(self, place: int) -> None:
        self.arrive(*self.wire.pop(place % len(self.wire)))

    @rule(digest=st.sampled_from(DIGESTS), place=st.integers(0, 12), who=somebody)
    def sign_in_order(self, digest: bytes, place: int, who: Index) -> None:
        """Sign from beginning to end, with one killed on the way; whoever is asked agrees."""
        self.wire.clear()
        self.begin(digest)
        count = 0
        while self.wire:
            if count == place:
                note(f"{who} is killed after {count} messages")
                self.kill(who)
            self.arrive(*self.wire.pop(0))
            for one in HOLDERS:
                self.consent(one, is_killed=False, is_stuck=False)
            count += 1

    @precondition(lambda self: self.said)
    @rule(place=places, is_of_all=st.booleans())
    def lie(self, place: int, is_of_all: bool) -> None:
        """The coordinator makes another package for a session, of what it has, and asks everybody again."""
        asked = [e for e in self.envelopes if e.kind is Kind.INVITATION]
        invitation = asked[place % len(asked)]
        quoted = {
            e.sender: e.raw
            for e in self.envelopes
            if e.kind is Kind.COMMITMENT and e.session == invitation.session
        }
        some = [quoted[index] for index in sorted(quoted)]
        package = pack(invitation, *(some if is_of_all else some[-2:]))
        for one in HOLDERS:
            self.arrive(COORDINATOR, one, invitation.raw)
            self.consent(one, is_killed=False, is_stuck=False)
            self.wire.append((COORDINATOR, one, package))
            self.said.append((COORDINATOR, one, package))

    @property
    def envelopes(self) -> list[Envelope]:
        return [known(raw) for _, _, raw in self.said]

    @precondition(lambda self: self.said)
    @rule(place=places)
    def deliver_again(self, place: int) -> None:
        self.arrive(*self.said[place % len(self.said)])

    @precondition(lambda self: self.wire)
    @rule(place=places)
    def lose(self, place: int) -> None:
        self.wire.pop(place % len(self.wire))

    def arrive(self, sender: Index, to: Index, raw: bytes) -> None:
        envelope = known(raw)
        note(f"{envelope.kind.name} of {sender} comes to {to}")
        if to == COORDINATOR:
            if self.signing is not None:
                turn: Turn[Any] = coordinator.receive(self.signing, raw)
                self.signing = turn.state
                self.put(to, turn)
        else:
            try:
                turn = signer.receive(self.memory[to], raw)
            except NonceSpent:
                # An old copy has used it: the program has a fault, and dies.
                self.kill(to)
                return
            self.memory[to] = turn.state
            self.put(to, turn)

    @precondition(lambda self: self.copies and self.said)
    @rule(which=places, place=places)
    def deliver_to_an_old_copy(self, which: int, place: int) -> None:
        to, copy = self.copies[which % len(self.copies)]
        for _, receiver, raw in self.said[place % len(self.said) :]:
            if receiver == to and known(raw).kind is Kind.PACKAGE:
                with suppress(NonceSpent):
                    self.put(to, signer.receive(copy, raw))

    @rule(who=somebody, is_killed=st.booleans(), is_stuck=st.booleans())
    def consent(self, who: Index, is_killed: bool, is_stuck: bool) -> None:
        """Agree to what is asked; the dice may be stuck, and the holder may be killed once the name is stored."""
        for asked in self.memory[who].asked:
            self.rolls += not is_stuck
            rolled = dice("rolled", self.rolls, who, length=64)
            try:
                turn = signer.consent(self.memory[who], asked.session, dice=rolled)
            except DiceStuck:
                return
            self.disk[who].append(asked.session)
            if is_killed:
                note(f"{who} is killed before its commitment leaves")
                self.kill(who)
                return
            self.memory[who] = turn.state
            self.copies.append((who, turn.state))
            self.put(who, turn)

    @rule(who=somebody)
    def kill(self, who: Index) -> None:
        self.memory[who] = signer.start_signer(SHARES[who], pen(who), closed=self.disk[who])

    @precondition(lambda self: self.signing is not None)
    @rule()
    def lose_patience(self) -> None:
        assert self.signing is not None
        turn = coordinator.miss(self.signing, self.signing.awaited)
        self.signing = turn.state
        self.put(COORDINATOR, turn)

    @invariant()
    def no_nonce_answers_twice(self) -> None:
        points: dict[bytes, tuple[Index, bytes]] = {}
        answers: dict[tuple[Index, bytes], bytes] = {}
        committed: dict[tuple[Index, bytes], bytes] = {}
        for envelope in self.envelopes:
            body: Any = envelope.body
            place = envelope.sender, envelope.session
            if envelope.kind is Kind.COMMITMENT:
                assert committed.setdefault(place, envelope.said) == envelope.said
                for point in (body.hiding, body.binding):
                    assert points.setdefault(point, place) == place
            if envelope.kind is Kind.SIGNATURE_SHARE:
                assert answers.setdefault(place, envelope.said) == envelope.said

    @invariant()
    def what_is_signed_is_valid(self) -> None:
        if self.signing is not None and self.signing.signature is not None:
            assert takes(KEY.point, self.signing.digest, self.signing.signature)

    def teardown(self) -> None:
        """Whatever happened, the group can still sign."""
        for who in HOLDERS:
            self.kill(who)
        signed = run_signing(SHARES, DIGESTS[0], signers=self.memory)
        assert takes(KEY.point, DIGESTS[0], signed.signature)


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


TestSignings = Signings.TestCase
TestSignings.settings = settings(max_examples=25, stateful_step_count=12)
TestDealings = Dealings.TestCase
TestDealings.settings = settings(max_examples=25, stateful_step_count=15)


def test_kill__one_holder_at_every_message_of_a_signing__the_others_sign() -> None:
    """Every place in the order of things, not only those that chance finds."""
    whole = run_signing(SHARES, DIGESTS[0])
    for place in range(len(whole.log.arrived)):
        count = 0

        def change(sender: Index, receiver: Index, raw: bytes, place: int = place) -> bytes | None:
            nonlocal count
            count += 1
            # From its first message after the kill on, holder 1 is not there.
            return None if count > place and Index(1) in (sender, receiver) else raw

        signed = run_signing(SHARES, DIGESTS[0], change=change)
        assert takes(KEY.point, DIGESTS[0], signed.signature)


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


def test_consent__to_what_a_killed_holder_had_agreed_to__not_again() -> None:
    started = coordinator.start_signing(KEY, pen(0), digest=DIGESTS[0], request=b"", session=session())
    raw = started.sent[0].raw
    first = signer.receive(signer.start_signer(SHARES[Index(1)], pen(1)), raw).state
    name = started.state.session
    signer.consent(first, name, dice=dice("a", length=64))
    again = signer.receive(signer.start_signer(SHARES[Index(1)], pen(1), closed=[name]), raw)
    assert again.rejected
    with pytest.raises(NonceSpent):
        signer.consent(again.state, name, dice=dice("b", length=64))
