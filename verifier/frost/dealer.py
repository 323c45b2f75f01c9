"""A member of a dealing: a new key is made, or new shares of the same key (refresh, another threshold, other holders).

    CALL -> OFFERING --all OFFERs--> DEALING --all SUB_SHARES--> PENDING --confirm--> CONFIRMED --CERTIFICATE--> a Share
                '------------- something is wrong: a COMPLAINT, a verdict -------> FAILED

PENDING is where the new share must be stored, beside the old one; only then `confirm` is called. The old share goes
when the certificate has come, and not before: it shows that all members have stored theirs, and that the new ones sign.
A pending share that was confirmed stays until an epoch as high as its own is in use. So at every moment one epoch can
sign. What is secret in between is in memory only: after a restart the dealing starts anew in another session, except
that a stored pending share waits for its certificate (`pending.activate`). No two dealings that a member confirms make
shares of one epoch: a dealing that was confirmed and came to nothing uses its number up.

Whoever calls must have stored the session's name before the OFFER leaves, and joins no session twice: two words in one
place are always a lie.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from verifier.frost.assembly import (
    Assembly,
    commitments_of,
    fault_of_offer,
    fault_of_sub_shares,
    key_of,
    pair_key_of,
)
from verifier.frost.charter import COORDINATOR, Index, Pen
from verifier.frost.complaints import verdict_of_complaint
from verifier.frost.dealer_secrets import DealerSecrets
from verifier.frost.dealing_messages import Complaint, Confirmation, Offer, SubShares
from verifier.frost.envelope import Envelope, Fault, Rejected, hash_of_list, open_envelope, seal
from verifier.frost.hearing import blame, hear, refuse
from verifier.frost.judge import Verdict
from verifier.frost.messages import Body, Kind
from verifier.frost.pending import PendingShare
from verifier.frost.polynomial import point_at
from verifier.frost.scalar import SecretScalar
from verifier.frost.sealing import Way, seal_value, unseal_value
from verifier.frost.shares import GroupKey, Share
from verifier.frost.turn import Outgoing, Turn


class Stage(Enum):
    OFFERING = "offering"
    DEALING = "dealing"
    PENDING = "pending"
    CONFIRMED = "confirmed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dealing:
    assembly: Assembly
    pen: Pen
    stage: Stage
    secrets: DealerSecrets
    offers: Mapping[Index, Envelope] = field(default_factory=dict)
    sub_shares: Mapping[Index, Envelope] = field(default_factory=dict)
    # Once all offers are there.
    key: GroupKey | None = None
    # From PENDING on.
    pending: PendingShare | None = None
    # Once FAILED, where a lie is proven; without one, messages differ from those that others saw, or the key is unfit.
    verdict: Verdict | None = None

    @property
    def awaited(self) -> tuple[Index, ...]:
        """Return whom this stage still waits for."""
        match self.stage:
            case Stage.OFFERING:
                return tuple(index for index in self.assembly.members if index not in self.offers)
            case Stage.DEALING:
                return tuple(index for index in self.assembly.dealers if index not in self.sub_shares)
            case Stage.PENDING | Stage.CONFIRMED | Stage.FAILED:
                return ()

    @property
    def transcript(self) -> tuple[bytes, ...]:
        """Return all that counted, as it came: for the record, and to compare where views differ."""
        envelopes = (*self.offers.values(), *self.sub_shares.values())
        return (self.assembly.envelope.raw, *(one.raw for one in envelopes))


def join_dealing(assembly: Assembly, pen: Pen, *, held: Share | None, dice: bytes) -> Turn[Dealing]:
    """Answer a CALL with an OFFER, once a person agreed to it.

    :param assembly: what `assembly.assemble` made of the CALL
    :param held: this member's share of the key as it is, where it deals new shares of it
    :param dice: 32 bytes
    """
    index, old = pen.index, assembly.old
    if index not in assembly.members:
        raise ValueError("the pen is not a member's")
    if old is not None and index in assembly.dealers and (held is None or held.key != old):
        raise ValueError("a dealer of new shares needs its share of the key as it is")
    secrets = DealerSecrets.make(assembly, pen, held, dice)
    commitments, proof = secrets.commit()
    offer = Offer(commitments=commitments, proof=proof, pair_keys=secrets.pair_points())
    dealing = Dealing(assembly=assembly, pen=pen, stage=Stage.OFFERING, secrets=secrets)
    raw = _seal(dealing, Kind.OFFER, offer, seen=assembly.envelope.hash)
    turn = receive(dealing, raw)
    return replace(turn, sent=(Outgoing(to=(COORDINATOR,), raw=raw), *turn.sent))


def receive(dealing: Dealing, raw: bytes) -> Turn[Dealing]:
    """Take an envelope of another member, as the coordinator passed it on."""
    is_over = dealing.stage is Stage.FAILED
    return hear(dealing, raw, is_over=is_over, said=_said, take=_take, fail=_fail)


def _take(dealing: Dealing, envelope: Envelope) -> Turn[Dealing]:
    match envelope.kind, dealing.stage:
        case Kind.OFFER, Stage.OFFERING:
            return _offered(dealing, envelope)
        case Kind.SUB_SHARES, Stage.DEALING:
            return _dealt(dealing, envelope)
        case Kind.COMPLAINT, Stage.PENDING | Stage.CONFIRMED:
            return _complained(dealing, envelope)
        case _:
            return refuse(dealing, envelope, Fault.ORDER)


def confirm(dealing: Dealing) -> Turn[Dealing]:
    """Say that the pending share is stored."""
    if dealing.pending is None or dealing.stage not in (Stage.PENDING, Stage.CONFIRMED):
        raise ValueError("nothing is pending")
    raw = _seal(dealing, Kind.CONFIRMATION, Confirmation(), seen=dealing.pending.transcript)
    state = replace(dealing, stage=Stage.CONFIRMED)
    return Turn(state=state, sent=(Outgoing(to=(COORDINATOR,), raw=raw),))


def forget(dealing: Dealing) -> None:
    """Overwrite what is secret of a dealing with which nobody goes on. A pending share is not in here alone."""
    dealing.secrets.wipe()


def _offered(dealing: Dealing, envelope: Envelope) -> Turn[Dealing]:
    assembly = dealing.assembly
    fault = fault_of_offer(assembly, envelope)
    if fault is not None:
        return _fail(refuse(dealing, envelope, fault), blame(dealing.assembly, envelope, fault))
    dealing = replace(dealing, offers={**dealing.offers, envelope.sender: envelope})
    if dealing.awaited:
        return Turn(state=dealing)
    key = key_of(assembly, dealing.offers)
    if key is None:
        return _fail(Turn(state=dealing), None)
    dealing = replace(dealing, stage=Stage.DEALING, key=key)
    if dealing.pen.index not in assembly.dealers:
        return Turn(state=dealing)
    me, sealed = dealing.pen.index, []
    for index in assembly.receivers:
        if index != me:
            theirs = pair_key_of(dealing.offers[index], me)
            value = dealing.secrets.value_for(index)
            sealed.append(
                (index, seal_value(value, _way(dealing, me, index), dealing.secrets.pairs[index], theirs))
            )
            value.wipe()
    seen = hash_of_list([*dealing.offers.values()])
    raw = _seal(dealing, Kind.SUB_SHARES, SubShares(sealed=tuple(sealed)), seen=seen)
    turn = receive(dealing, raw)
    return replace(turn, sent=(Outgoing(to=(COORDINATOR,), raw=raw), *turn.sent))


def _dealt(dealing: Dealing, envelope: Envelope) -> Turn[Dealing]:
    fault = fault_of_sub_shares(dealing.assembly, dealing.offers, envelope)
    if fault is not None:
        return _fail(refuse(dealing, envelope, fault), blame(dealing.assembly, envelope, fault))
    dealing = replace(dealing, sub_shares={**dealing.sub_shares, envelope.sender: envelope})
    return Turn(state=dealing) if dealing.awaited else _add_up(dealing)


def _add_up(dealing: Dealing) -> Turn[Dealing]:
    """Open what is for this member, and complain of the first that is wrong."""
    me, key, assembly = dealing.pen.index, dealing.key, dealing.assembly
    if key is None:
        raise ValueError("not all offers are there")
    share = None
    if me in assembly.receivers:
        total: SecretScalar | None = None
        for dealer in assembly.dealers:
            value = dealing.secrets.value_for(me) if dealer == me else _unsealed(dealing, dealer)
            if value is None:
                return _complain(dealing, dealer)
            total = value if total is None else total.plus(value)
        if total is not None:
            share = Share(key=key, index=me, secret=total)
    pending = PendingShare(
        call=assembly.envelope.raw,
        coordinator=assembly.place.keys[COORDINATOR],
        key=key,
        transcript=_transcript(dealing),
        share=share,
        old=assembly.old,
    )
    dealing.secrets.wipe()
    return Turn(state=replace(dealing, stage=Stage.PENDING, pending=pending))


def _unsealed(dealing: Dealing, dealer: Index) -> SecretScalar | None:
    """Return what a dealer sealed for this member; None where it does not fit its commitments."""
    me, body = dealing.pen.index, dealing.sub_shares[dealer].body
    sealed = dict(body.sealed)[me] if isinstance(body, SubShares) else b""
    theirs = pair_key_of(dealing.offers[dealer], me)
    value = unseal_value(sealed, _way(dealing, dealer, me), dealing.secrets.pairs[dealer], theirs)
    expected = point_at(commitments_of(dealing.offers[dealer]), me)
    return value if value is not None and value.point() == expected else None


def _complain(dealing: Dealing, dealer: Index) -> Turn[Dealing]:
    opened = dealing.secrets.pairs[dealer].reveal()
    raw = _seal(dealing, Kind.COMPLAINT, Complaint(accused=dealer, opened=opened), seen=_transcript(dealing))
    envelope = open_envelope(raw, dealing.assembly.place)
    if isinstance(envelope, Rejected):
        raise ValueError("the pen is not this member's")  # noqa: TRY004 - it is a value that is wrong
    verdict = verdict_of_complaint(dealing.assembly, dealing.offers, dealing.sub_shares, envelope)
    turn = Turn(state=dealing, sent=(Outgoing(to=(COORDINATOR,), raw=raw),))
    return _fail(turn, verdict if isinstance(verdict, Verdict) else None)


def _complained(dealing: Dealing, envelope: Envelope) -> Turn[Dealing]:
    verdict = verdict_of_complaint(dealing.assembly, dealing.offers, dealing.sub_shares, envelope)
    if isinstance(verdict, Fault):
        return refuse(dealing, envelope, verdict)
    return _fail(Turn(state=dealing), verdict)


def _fail(turn: Turn[Dealing], verdict: Verdict | None) -> Turn[Dealing]:
    """End it, unless this member has confirmed: then its share may come into use by others' certificate, and stays."""
    if turn.state.stage is Stage.CONFIRMED:
        return replace(turn, verdicts=(verdict,) if verdict else ())
    turn.state.secrets.wipe()
    state = replace(turn.state, stage=Stage.FAILED, verdict=verdict, pending=None)
    return replace(turn, state=state, verdicts=(verdict,) if verdict else ())


def _said(dealing: Dealing, envelope: Envelope) -> Envelope | None:
    found = {Kind.OFFER: dealing.offers, Kind.SUB_SHARES: dealing.sub_shares}
    return found.get(envelope.kind, {}).get(envelope.sender)


def _transcript(dealing: Dealing) -> bytes:
    return hash_of_list([*dealing.offers.values(), *dealing.sub_shares.values()])


def _way(dealing: Dealing, sender: Index, receiver: Index) -> Way:
    return Way.of(dealing.assembly.envelope, Kind.SUB_SHARES, sender, receiver)


def _seal(dealing: Dealing, kind: Kind, body: Body, *, seen: bytes) -> bytes:
    assembly = dealing.assembly
    return seal(dealing.pen, assembly.place, kind, body, digest=assembly.matter, seen=seen)
