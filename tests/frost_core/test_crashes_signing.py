"""Signings in which anybody is killed at any step, messages are lost and doubled, dice are stuck, and coordinators lie.

A holder has a disk and a memory, as its process has; to kill it is to lose the memory. The name of a session is on the
disk before its commitment is on the wire, and the holder may be killed between the two. No nonce answers twice.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.frost_core.liars import read
from tests.frost_core.party import (
    dice,
    make_key,
    pen,
    run_signing,
    session,
)
from tests.frost_core.sessions import pack
from tests.frost_core.test_life import takes
from verifier.errors.frost import DiceStuck, NonceSpent
from verifier.frost import coordinator, signer
from verifier.frost.charter import COORDINATOR, Index
from verifier.frost.envelope import Envelope
from verifier.frost.messages import Kind
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


TestSignings = Signings.TestCase
TestSignings.settings = settings(max_examples=25, stateful_step_count=12)


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
