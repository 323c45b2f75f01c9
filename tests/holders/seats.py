"""Holders as their programs have them, with their real folders, and no line between them: what is said is handed on.

seats = sit(company)
state, held = deal(seats, desk, call, known=key, holding={Kind.SUB_SHARES})
hand_on(seats, held)
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from tests.holders.company import PASSPHRASE, Company
from verifier.cli.frost_keeping import FolderKeeper
from verifier.frost import coordinator, relay
from verifier.frost.charter import COORDINATOR, Index, Pen, TransportKey
from verifier.frost.dealing_messages import Call
from verifier.frost.envelope import Fault
from verifier.frost.messages import Kind
from verifier.frost.shares import GroupKey, trial_digest
from verifier.frost.turn import Outgoing
from verifier.holder.ports import Decision, Question
from verifier.holder.service import USUAL_CONSENT, HolderService
from verifier.holder.step import Step
from verifier.keys.secret import Secret
from verifier.keys.share_sealing import Factors
from verifier.model.text import Shown
from verifier.store.group_file import charter_of
from verifier.store.holder_folder import HolderFolder

YES: Final = Decision(is_yes=True, because=Shown("yes"))


def kind_of(raw: bytes) -> Kind:
    return Kind(raw[73])


@dataclass(slots=True)
class Seat:
    """A holder, and what it was asked and has not answered."""

    service: HolderService
    keeper: FolderKeeper
    asked: list[Question] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def take(self, raw: bytes, *, answers: bool = True) -> list[bytes]:
        """Return what it says to an envelope; whatever it is asked, it says yes, or leaves it open."""
        step = self.service.take(raw)
        sent = self._note(step)
        self.asked += step.questions
        return sent + (self.answer() if answers else [])

    def answer(self) -> list[bytes]:
        """Say yes to whatever is open."""
        sent: list[bytes] = []
        while self.asked:
            sent += self._note(self.service.answer(self.asked.pop(0), YES))
        return sent

    def _note(self, step: Step) -> list[bytes]:
        self.faults += [one.fault for one in step.rejected]
        return list(step.sent)


def sit(
    company: Company, *, clock: Callable[[], float] = time.monotonic, consent_seconds: float = USUAL_CONSENT
) -> dict[Index, Seat]:
    """Return all holders of a company as they are after a start."""
    seats = {}
    for chair in company.chairs:
        folder, index = HolderFolder(chair.folder), Index(chair.index)
        if not folder.group.exists():
            folder.group.write_bytes((company.desk / "group.toml").read_bytes())
        factors = Factors(passphrase=lambda _: Secret(PASSPHRASE), token=None, n=1 << 14)
        keeper = FolderKeeper(folder, index, factors, dice=secrets.token_bytes)
        service = HolderService(
            group=keeper.group.group,
            coordinator=TransportKey(keeper.group.coordinator_key),
            pen=Pen(index=index, sign=folder.read_transport().sign),
            keeper=keeper,
            dice=secrets.token_bytes,
            clock=clock,
            consent_seconds=consent_seconds,
        )
        seats[index] = Seat(service=service, keeper=keeper)
    return seats


def desk_of(company: Company) -> Pen:
    return Pen(index=COORDINATOR, sign=HolderFolder(company.desk).read_transport().sign)


def call_for(company: Company, known: GroupKey | None, *, epoch: int) -> Call:
    """Return a call for shares of all the same holders in some epoch."""
    charter = charter_of(company.group)
    old = None if known is None else (known.charter, known.commitments)
    made = type(charter)(
        group=charter.group,
        epoch=epoch,
        threshold=charter.threshold,
        coordinator=charter.coordinator,
        holders=charter.holders,
    )
    return Call(charter=made, dealers=made.indexes, old=old)


def deal(
    seats: Mapping[Index, Seat],
    desk: Pen,
    call: Call,
    *,
    known: GroupKey | None,
    holding: Collection[Kind] = (),
) -> tuple[relay.Relay, list[Outgoing]]:
    """Let all deal, and return the coordinator's state, and what it was to send of some kinds, which nobody got."""
    turn = relay.start_dealing(call, desk, session=secrets.token_bytes(32), known=known)
    state, waiting, held = turn.state, list(turn.sent), []
    while waiting:
        one = waiting.pop(0)
        if kind_of(one.raw) in holding:
            held.append(one)
            continue
        for raw in (raw for to in one.to for raw in seats[to].take(one.raw)):
            turn = relay.receive(state, raw)
            state = turn.state
            waiting += turn.sent
    return state, held


def go_on(seats: Mapping[Index, Seat], state: relay.Relay, held: list[Outgoing]) -> relay.Relay:
    """Hand on what was held back, and return the coordinator's state after what is said to it."""
    for one in held:
        for raw in (raw for to in one.to for raw in seats[to].take(one.raw)):
            state = relay.receive(state, raw).state
    return state


def certificate(seats: Mapping[Index, Seat], desk: Pen, state: relay.Relay) -> bytes:
    """Let the new shares sign their trial, and return what brings them into use."""
    assert state.key is not None
    signature = sign(seats, desk, state.key, trial_digest(state.key))
    assert signature is not None
    return relay.certify(state, signature).sent[0].raw


def sign(seats: Mapping[Index, Seat], desk: Pen, key: GroupKey, digest: bytes) -> bytes | None:
    turn = coordinator.start_signing(key, desk, digest=digest, request=b"", session=secrets.token_bytes(32))
    state, waiting = turn.state, list(turn.sent)
    while waiting:
        one = waiting.pop(0)
        for raw in (raw for to in one.to for raw in seats[to].take(one.raw)):
            turn = coordinator.receive(state, raw)
            state = turn.state
            waiting += turn.sent
    return state.signature
