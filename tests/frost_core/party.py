"""Groups of holders in one process: every message is really signed, sealed, sent and read; nothing is on a wire.

    party = Party.of(2, 3)
    shares = party.make_key()
    signature = party.sign(shares, digest)

`change` may swap what one says to another on its way, as a lying member or coordinator would.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any, Protocol

from verifier.frost import coordinator, dealer, relay, repair, repair_relay, signer
from verifier.frost.assembly import Assembly, assemble
from verifier.frost.charter import COORDINATOR, Charter, Holder, Index, Pen, TransportKey
from verifier.frost.dealing_messages import Call
from verifier.frost.envelope import Fault, Rejected
from verifier.frost.judge import Verdict
from verifier.frost.pending import PendingShare, activate
from verifier.frost.repair_assembly import RepairAssembly, assemble_repair
from verifier.frost.repair_messages import RepairCall
from verifier.frost.scalar import SecretScalar
from verifier.frost.shares import GroupKey, Share, trial_digest
from verifier.frost.signer import Signer
from verifier.frost.signing import Signing
from verifier.frost.turn import Outgoing, Turn


class Guest(Protocol):
    """Somebody who takes envelopes, and answers."""

    def receive(self, raw: bytes) -> list[Outgoing]: ...


Change = Callable[[Index, Index, bytes], bytes | None]
"""What arrives of what one says to another: None where nothing does."""


def as_said(sender: Index, receiver: Index, raw: bytes) -> bytes | None:
    return raw


def dice(*names: object, length: int = 32) -> bytes:
    """Return bytes that follow from names, so that runs repeat."""
    return hashlib.shake_256(repr(names).encode()).digest(length)


def transport_secret(name: object) -> SecretScalar:
    return SecretScalar(dice("transport", name))


def pen(index: int, name: object | None = None) -> Pen:
    """Return with what somebody signs envelopes; by default with the key that the charters here know."""
    return Pen(index=Index(index), sign=transport_secret(index if name is None else name).sign)


def transport_key(index: int) -> TransportKey:
    return TransportKey(transport_secret(index).point()[1:])


def charter(threshold: int, indexes: tuple[int, ...], *, epoch: int = 1, group: str = "owls") -> Charter:
    return Charter(
        group=dice("group", group),
        epoch=epoch,
        threshold=threshold,
        coordinator=transport_key(COORDINATOR),
        holders=tuple(Holder(index=Index(i), transport_key=transport_key(i)) for i in indexes),
    )


@dataclass(slots=True, kw_only=True)
class Log:
    """What was noticed on the way, by whom: 0 is the coordinator."""

    rejected: list[tuple[Index, Rejected]] = field(default_factory=list)
    verdicts: list[tuple[Index, Verdict]] = field(default_factory=list)
    # Every envelope as it arrived, with its sender and receiver.
    arrived: list[tuple[Index, Index, bytes]] = field(default_factory=list)

    def note(self, who: Index, turn: Turn[Any]) -> None:
        self.rejected += [(who, one) for one in turn.rejected]
        self.verdicts += [(who, one) for one in turn.verdicts]

    @property
    def faults(self) -> set[Fault]:
        """Return what was wrong with what came, but for what came to late."""
        return {one.fault for _, one in self.rejected} - {Fault.OVER}

    @property
    def culprits(self) -> set[Index]:
        return {verdict.culprit for _, verdict in self.verdicts}


@dataclass(slots=True, kw_only=True)
class Wire:
    """Carries envelopes between a coordinator's state and members' states until nobody says anything more."""

    change: Change = as_said
    log: Log = field(default_factory=Log)
    waiting: list[tuple[Index, Index, bytes]] = field(default_factory=list)

    def send(self, sender: Index, turn: Turn[Any]) -> None:
        self.log.note(sender, turn)
        for one in turn.sent:
            self.waiting += [(sender, to, one.raw) for to in one.to]

    def deliver(self) -> tuple[Index, Index, bytes] | None:
        """Return the next envelope that arrives: who said it, to whom, and what came."""
        while self.waiting:
            sender, to, raw = self.waiting.pop(0)
            came = self.change(sender, to, raw)
            if came is not None:
                self.log.arrived.append((sender, to, came))
                return sender, to, came
        return None


@dataclass(slots=True, kw_only=True)
class Outcome:
    """How a dealing ended: the coordinator's state, the members', what they have pending, and what was noticed."""

    relay: relay.Relay
    members: dict[Index, dealer.Dealing]
    log: Log

    @property
    def pending(self) -> dict[Index, PendingShare]:
        return {i: one.pending for i, one in self.members.items() if one.pending is not None}


_sessions = count()


def session() -> bytes:
    """Return the name of a new session."""
    return dice("session", next(_sessions))


def call_for_key(new: Charter) -> Call:
    return Call(charter=new, dealers=new.indexes, old=None)


def call_for_shares(old: GroupKey, new: Charter, dealers: tuple[int, ...]) -> Call:
    return Call(charter=new, dealers=tuple(map(Index, dealers)), old=(old.charter, old.commitments))


def run_dealing(
    call: Call,
    *,
    known: GroupKey | None = None,
    held: Mapping[Index, Share] | None = None,
    change: Change = as_said,
    pens: Mapping[int, Pen] | None = None,
    dice_of: Callable[[Index], bytes] | None = None,
    name: bytes | None = None,
    guests: Mapping[int, Callable[[Assembly], tuple[Guest, list[Outgoing]]]] | None = None,
) -> Outcome:
    """Let everybody deal and confirm, up to the trial.

    :param guests: who takes part by other means than `dealer.py`
    """
    seated: dict[Index, Guest] = {}
    wire, name = Wire(change=change), name or session()
    started = relay.start_dealing(call, pen(0), session=name, known=known)
    state, members = started.state, {}
    wire.send(COORDINATOR, started)
    while (came := wire.deliver()) is not None:
        _, to, raw = came
        if to == COORDINATOR:
            turn: Turn[Any] = relay.receive(state, raw)
            state = turn.state
        elif to in seated:
            wire.send(to, Turn(state=None, sent=tuple(seated[to].receive(raw))))
            continue
        elif to not in members:
            assembly = assemble(raw, group=call.charter.group, coordinator=transport_key(0), known=known)
            if not isinstance(assembly, Assembly):
                wire.log.rejected.append((to, assembly))
                continue
            if to in (guests or {}):
                seated[to], sent = (guests or {})[to](assembly)
                wire.send(to, Turn(state=None, sent=tuple(sent)))
                continue
            own = (pens or {}).get(to, pen(to))
            fallen = dice_of(to) if dice_of else dice("dealing", name, to)
            turn = dealer.join_dealing(assembly, own, held=(held or {}).get(to), dice=fallen)
            members[to] = turn.state
        else:
            turn = dealer.receive(members[to], raw)
            members[to] = turn.state
        wire.send(to, turn)
        if to != COORDINATOR and members[to].stage is dealer.Stage.PENDING:
            turn = dealer.confirm(members[to])
            members[to] = turn.state
            wire.send(to, turn)
    return Outcome(relay=state, members=members, log=wire.log)


@dataclass(slots=True, kw_only=True)
class Signed:
    """How a signing ended."""

    signing: Signing
    signers: dict[Index, Signer]
    log: Log

    @property
    def signature(self) -> bytes:
        assert self.signing.signature is not None
        return self.signing.signature


def run_signing(
    shares: Mapping[Index, Share],
    digest: bytes,
    *,
    change: Change = as_said,
    is_trial: bool = False,
    signers: Mapping[Index, Signer] | None = None,
    request: bytes = b"all of it",
    deaf: tuple[int, ...] = (),
    guests: Mapping[int, Guest] | None = None,
    key: GroupKey | None = None,
) -> Signed:
    """Let all whose share is given sign; who is deaf hears nothing, and is late where the others wait.

    :param guests: who takes part by other means than `signer.py`
    """
    key = key or next(iter(shares.values())).key
    wire = Wire(change=change)
    states = dict(
        signers or {i: signer.start_signer(s, pen(i), is_trial=is_trial) for i, s in shares.items()}
    )
    started = coordinator.start_signing(key, pen(0), digest=digest, request=request, session=session())
    state = started.state
    wire.send(COORDINATOR, started)
    while True:
        came = wire.deliver()
        if came is None:
            late = list(state.awaited)
            if state.stage in (coordinator.Stage.SIGNED, coordinator.Stage.FAILED) or not late:
                return Signed(signing=state, signers=states, log=wire.log)
            turn: Turn[Any] = coordinator.miss(state, late)
            state = turn.state
            wire.send(COORDINATOR, turn)
            continue
        _, to, raw = came
        if to == COORDINATOR:
            turn = coordinator.receive(state, raw)
            state = turn.state
            wire.send(to, turn)
        elif to in (guests or {}):
            wire.send(to, Turn(state=None, sent=tuple((guests or {})[to].receive(raw))))
        elif to in states and to not in deaf:
            turn = signer.receive(states[to], raw)
            states[to] = turn.state
            wire.send(to, turn)
            for asked in turn.state.asked:
                rolled = dice("nonces", asked.session, to, length=64)
                turn = signer.consent(states[to], asked.session, dice=rolled)
                states[to] = turn.state
                wire.send(to, turn)


def finish(outcome: Outcome, *, change: Change = as_said) -> dict[Index, Share | None]:
    """Sign the trial with the pending shares, certify, and take the shares into use."""
    pending = outcome.pending
    shares = {i: one.share for i, one in pending.items() if one.share is not None}
    key = outcome.relay.key
    assert key is not None
    signed = run_signing(shares, trial_digest(key), is_trial=True)
    turn = relay.certify(outcome.relay, signed.signature)
    outcome.relay = turn.state
    (certificate,) = turn.sent
    return {i: activate(pending[i], certificate.raw) for i in certificate.to}


def make_key(threshold: int, holders: int, *, group: str = "owls") -> dict[Index, Share]:
    """Return the shares of a new key, of which no one place ever had the whole."""
    outcome = run_dealing(call_for_key(charter(threshold, tuple(range(1, holders + 1)), group=group)))
    assert not outcome.log.rejected, outcome.log.rejected
    return {index: share for index, share in finish(outcome).items() if share is not None}


def reshare(
    shares: Mapping[Index, Share], new: Charter, dealers: tuple[int, ...], *, change: Change = as_said
) -> Outcome:
    """Let some holders deal new shares of their key."""
    key = next(iter(shares.values())).key
    return run_dealing(call_for_shares(key, new, dealers), known=key, held=shares, change=change)


@dataclass(slots=True, kw_only=True)
class Repaired:
    relay: repair_relay.RepairRelay
    members: dict[Index, repair.Repair]
    log: Log


def run_repair(
    shares: Mapping[Index, Share], lost: int, helpers: tuple[int, ...], *, change: Change = as_said
) -> Repaired:
    """Let some holders make a lost share anew."""
    key = next(iter(shares.values())).key
    call = RepairCall(lost=Index(lost), helpers=tuple(map(Index, helpers)))
    wire, name = Wire(change=change), session()
    started = repair_relay.start_repair(call, key, pen(0), session=name)
    state, members = started.state, {}
    wire.send(COORDINATOR, started)
    while (came := wire.deliver()) is not None:
        _, to, raw = came
        if to == COORDINATOR:
            turn: Turn[Any] = repair_relay.receive(state, raw)
            state = turn.state
        elif to not in members:
            assembly = assemble_repair(raw, key)
            assert isinstance(assembly, RepairAssembly)
            held = shares.get(to) if to in helpers else None
            turn = repair.join_repair(assembly, pen(to), held=held, dice=dice("repair", name, to))
            members[to] = turn.state
        else:
            turn = repair.receive(members[to], raw)
            members[to] = turn.state
        wire.send(to, turn)
    return Repaired(relay=state, members=members, log=wire.log)


def next_epoch(old: Charter, threshold: int, indexes: tuple[int, ...]) -> Charter:
    new = charter(threshold, indexes, epoch=old.epoch + 1)
    return replace(new, group=old.group)
