"""How a signing, a dealing or a repair ends before it is done, said to everybody at once.

    coordinator -> CALL_OFF    to all who were asked: nobody waits for you any more
    holder      -> DECLINE     to a CALL or a REPAIR_CALL, as to an INVITATION: no, and why

What a coerced or foul coordinator gains by a CALL_OFF: no more than by its silence. It has no words that a person could
be led by. It names its session, what that is about, and the very beginning that came here (`seen`), by the key that is
pinned: nobody else says it, and it fits nothing else. It takes from a holder what was not given yet: a question,
nonces, secrets of a ceremony. It undoes nothing: a share that was confirmed stays, and comes into use by its
certificate, whatever was called off. It proves nothing either: a signature share that was given may be used, and
others may have been asked, so no screen may say that nothing was signed. Who is told it and is asked on all the same,
or is told it where others are not, has that in the records: `fourth-signer frost audit` names the coordinator.

What a foul holder gains by a DECLINE: it ends a dealing at once that its silence would have ended later. It has to come
before its OFFER: who has dealt has no say in it any more. What it says is for the coordinator alone, as in a signing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from verifier.frost.assembly import Assembly
from verifier.frost.charter import Index, Pen
from verifier.frost.closing_messages import CallOff
from verifier.frost.envelope import Envelope, Fault, Place, Rejected, open_envelope, seal
from verifier.frost.messages import Kind
from verifier.frost.repair_assembly import RepairAssembly
from verifier.frost.signing import Absence, Exclusion, Signing
from verifier.frost.signing_messages import Decline
from verifier.frost.turn import Outgoing


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What holders were asked to take part in."""

    # The INVITATION, the CALL or the REPAIR_CALL.
    beginning: Envelope
    # Of its session.
    place: Place
    # What all envelopes that follow are about: 32 bytes.
    matter: bytes
    # Who was asked.
    asked: tuple[Index, ...]

    @classmethod
    def of_ceremony(cls, assembly: Assembly | RepairAssembly) -> Self:
        return cls(
            beginning=assembly.envelope,
            place=assembly.place,
            matter=assembly.matter,
            asked=assembly.members,
        )

    @classmethod
    def of_attempt(cls, signing: Signing) -> Self:
        """Return what an attempt at a signature began."""
        return cls(
            beginning=signing.invitation, place=signing.place, matter=signing.digest, asked=signing.invited
        )


def call_off(begun: Begun, pen: Pen) -> Outgoing:
    """Return what tells all who were asked that it is over. It is said once, and nothing after it."""
    raw = seal(pen, begun.place, Kind.CALL_OFF, CallOff(), digest=begun.matter, seen=begun.beginning.hash)
    return Outgoing(to=begun.asked, raw=raw)


def rejected_call_off(raw: bytes, begun: Begun) -> Rejected | None:
    """Return what is wrong with what should call something off; None where it does."""
    envelope = open_envelope(raw, begun.place)
    if isinstance(envelope, Rejected):
        return envelope
    fault = fault_of_call_off(envelope, begun.beginning, begun.matter)
    return None if fault is None else Rejected(sender=envelope.sender, fault=fault, is_proven=True)


def fault_of_call_off(envelope: Envelope, beginning: Envelope, matter: bytes) -> Fault | None:
    """Return what is wrong with a CALL_OFF of what began so."""
    if envelope.kind is not Kind.CALL_OFF:
        return Fault.KIND
    if envelope.digest != matter:
        return Fault.DIGEST
    return None if envelope.seen == beginning.hash else Fault.SEEN


def decline_ceremony(assembly: Assembly | RepairAssembly, pen: Pen, why: str) -> bytes:
    """Return a member's no to a dealing or a repair, in at most 200 bytes.

    Whoever calls must have stored the session's name before it leaves, and joins it no more: with an OFFER beside it,
    or with other words, it would look like a lie.
    """
    begun, body = Begun.of_ceremony(assembly), Decline(declined_because=why)
    return seal(pen, begun.place, Kind.DECLINE, body, digest=begun.matter, seen=begun.beginning.hash)


def declined_in(envelope: Envelope, assembly: Assembly | RepairAssembly) -> Exclusion | Fault:
    """Return who takes no part and why, from a DECLINE of a member; or what is wrong with it."""
    body = envelope.body
    if not isinstance(body, Decline):
        return Fault.KIND
    if envelope.digest != assembly.matter:
        return Fault.DIGEST
    if envelope.seen != assembly.envelope.hash:
        return Fault.SEEN
    return Exclusion(index=envelope.sender, absence=Absence.DECLINED, declined_because=body.declined_because)
