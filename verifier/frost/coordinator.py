"""Whoever brings a signing about. It has no secret, and nobody has to trust it.

    INVITING --threshold of COMMITMENTs--> COLLECTING --all SIGNATURE_SHAREs, valid--> SIGNED
       ^                                       |
       '---- next attempt, in a new session, --'
             without whoever was bad or late                        FAILED: too few are left

A signature is verified before it leaves. A bad share is named with what proves it, whoever is late or declines is named
without, and the next attempt goes on with the others: `attempt_session` says its name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import replace

from verifier.frost import curve
from verifier.frost.charter import Index, Pen
from verifier.frost.envelope import Envelope, Fault, Rejected, open_envelope, seal
from verifier.frost.judge import Crime, Verdict
from verifier.frost.messages import Body, Kind
from verifier.frost.quoting import committed_in
from verifier.frost.rfc9591 import Committed, aggregate, is_answer_right, prepare
from verifier.frost.shares import GroupKey
from verifier.frost.signing import Absence, Exclusion, Signing, Stage, opened, place_of
from verifier.frost.signing_messages import Decline, GroupSignature, Invitation, Package, SignatureShare
from verifier.frost.turn import Outgoing, Turn

__all__ = ["Absence", "Exclusion", "Signing", "Stage", "attempt_session", "miss", "receive", "start_signing"]


def start_signing(
    key: GroupKey,
    pen: Pen,
    *,
    digest: bytes,
    request: bytes,
    session: bytes,
    without: Iterable[Exclusion] = (),
    used: frozenset[bytes] = frozenset(),
) -> Turn[Signing]:
    """Invite all holders but some. The session is named by 32 bytes of dice, never used before.

    :param used: `used` of earlier signings: a holder whose dice are stuck is noticed by a point that comes again
    """
    place = place_of(key, session, curve.is_signed)
    body = Invitation(request=request)
    invitation = opened(seal(pen, place, Kind.INVITATION, body, digest=digest), place)
    signing = Signing(
        key=key,
        pen=pen,
        stage=Stage.INVITING,
        digest=digest,
        request=request,
        first_session=session,
        attempt=-1,
        invited=(),
        invitation=invitation,
        excluded={one.index: one for one in without},
        used=used,
    )
    return _next_attempt(Turn(state=signing))


def receive(signing: Signing, raw: bytes) -> Turn[Signing]:
    """Take an envelope of a holder."""
    if signing.stage in (Stage.SIGNED, Stage.FAILED):
        return _refuse(signing, None, Fault.OVER)
    envelope = open_envelope(raw, signing.place)
    if isinstance(envelope, Rejected):
        turn = Turn(state=signing, rejected=(envelope,))
        if envelope.is_proven and envelope.sender in signing.invited:
            return _exclude_liar(turn, envelope.sender, Crime.NONSENSE, raw)
        return turn
    sender = envelope.sender
    if sender in signing.excluded or sender not in signing.invited:
        return _refuse(signing, envelope, Fault.SENDER)
    match envelope.kind:
        case Kind.DECLINE:
            return _declined(signing, envelope)
        case Kind.COMMITMENT:
            return _committed(signing, envelope)
        case Kind.SIGNATURE_SHARE:
            return _shared(signing, envelope)
        case _:
            return _exclude_unproven(signing, envelope, Fault.KIND)


def miss(signing: Signing, late: Collection[Index]) -> Turn[Signing]:
    """Go on without those who are awaited and late: whoever calls has the clock."""
    found = [Exclusion(index=index, absence=Absence.LATE) for index in signing.awaited if index in late]
    return _exclude(Turn(state=signing), found) if found else Turn(state=signing)


def attempt_session(session: bytes, attempt: int) -> bytes:
    """Return the name of an attempt's session, 32 bytes: of the first attempt, 0, that which was given."""
    if attempt == 0:
        return session
    return hashlib.sha256(b"fourth-signer/attempt\0" + session + attempt.to_bytes(4, "big")).digest()


def _declined(signing: Signing, envelope: Envelope) -> Turn[Signing]:
    body = envelope.body
    if not isinstance(body, Decline) or envelope.sender in signing.commitments:
        return _refuse(signing, envelope, Fault.ORDER)
    if envelope.digest != signing.digest or envelope.seen != signing.invitation.hash:
        return _exclude_unproven(signing, envelope, Fault.SEEN)
    return _exclude(
        Turn(state=signing),
        [Exclusion(index=envelope.sender, absence=Absence.DECLINED, declined_because=body.declined_because)],
    )


def _committed(signing: Signing, envelope: Envelope) -> Turn[Signing]:
    sender, before = envelope.sender, signing.commitments.get(envelope.sender)
    if before is not None:
        return _said_before(signing, before, envelope)
    found = committed_in(envelope, signing.invitation)
    if found is Fault.POINTS:
        return _exclude_liar(_refuse(signing, envelope, found), sender, Crime.NONSENSE, envelope.raw)
    if isinstance(found, Fault):
        return _exclude_unproven(signing, envelope, found)
    if {found.hiding, found.binding} & signing.used:
        return _exclude_unproven(signing, envelope, Fault.COMMITMENT)
    commitments = {**signing.commitments, sender: envelope}
    signing = replace(signing, commitments=commitments, used=signing.used | {found.hiding, found.binding})
    if signing.stage is Stage.COLLECTING or len(commitments) < signing.key.charter.threshold:
        return Turn(state=signing)
    return _choose(signing)


def _choose(signing: Signing) -> Turn[Signing]:
    """Send the package: those who committed first sign."""
    quoted = [signing.commitments[index] for index in sorted(signing.commitments)]
    occasion = prepare(
        signing.key,
        signing.digest,
        [one for env in quoted if isinstance(one := committed_in(env, signing.invitation), Committed)],
    )
    raw = _seal(
        signing,
        Kind.PACKAGE,
        Package(commitments=tuple(one.raw for one in quoted)),
        seen=signing.invitation.hash,
    )
    package = opened(raw, signing.place)
    signing = replace(signing, stage=Stage.COLLECTING, occasion=occasion, package=package)
    return Turn(state=signing, sent=(Outgoing(to=signing.chosen, raw=raw),))


def _shared(signing: Signing, envelope: Envelope) -> Turn[Signing]:
    sender, body = envelope.sender, envelope.body
    if signing.package is None or sender not in signing.chosen or not isinstance(body, SignatureShare):
        return _refuse(signing, envelope, Fault.ORDER)
    before = signing.shares.get(sender)
    if before is not None:
        return _said_before(signing, before, envelope)
    for is_wrong, fault in (
        (envelope.digest != signing.digest, Fault.DIGEST),
        (envelope.seen != signing.package.hash, Fault.SEEN),
    ):
        if is_wrong:
            return _exclude_unproven(signing, envelope, fault)
    signing = replace(signing, shares={**signing.shares, sender: envelope})
    return _finish(signing) if len(signing.shares) == len(signing.chosen) else Turn(state=signing)


def _finish(signing: Signing) -> Turn[Signing]:
    """Add the shares up, and name whose is wrong if they do not make a signature."""
    occasion, package = signing.occasion, signing.package
    if occasion is None or package is None:
        raise ValueError("nobody was chosen")
    answers = {i: env.body.z for i, env in signing.shares.items() if isinstance(env.body, SignatureShare)}
    signature = aggregate(occasion, answers)
    if signature is not None:
        raw = _seal(signing, Kind.SIGNATURE, GroupSignature(signature=signature), seen=package.hash)
        signing = replace(signing, stage=Stage.SIGNED, signature=signature)
        return Turn(state=signing, sent=(Outgoing(to=signing.invited, raw=raw),))
    bad = [index for index, z in answers.items() if not is_answer_right(occasion, index, z)]
    verdicts = [
        Verdict(
            culprit=index,
            crime=Crime.BAD_SHARE,
            evidence=(signing.invitation.raw, package.raw, signing.shares[index].raw),
        )
        for index in bad
    ]
    rejected = tuple(Rejected(sender=index, fault=Fault.SHARE, is_proven=True) for index in bad)
    return _exclude(
        Turn(state=signing, rejected=rejected, verdicts=tuple(verdicts)),
        [Exclusion(index=one.culprit, absence=Absence.LIED, verdict=one) for one in verdicts],
    )


def _exclude_unproven(signing: Signing, envelope: Envelope, fault: Fault) -> Turn[Signing]:
    """Leave out who answers what was never asked of it: nobody else can know what was asked."""
    liar = Exclusion(index=envelope.sender, absence=Absence.LIED)
    return _exclude(_refuse(signing, envelope, fault), [liar])


def _exclude_liar(turn: Turn[Signing], index: Index, crime: Crime, *evidence: bytes) -> Turn[Signing]:
    verdict = Verdict(culprit=index, crime=crime, evidence=evidence)
    turn = replace(turn, verdicts=(*turn.verdicts, verdict))
    return _exclude(turn, [Exclusion(index=index, absence=Absence.LIED, verdict=verdict)])


def _exclude(turn: Turn[Signing], found: Collection[Exclusion]) -> Turn[Signing]:
    """Leave some out, and go on if that ends the attempt."""
    signing = turn.state
    gone = {one.index: one for one in found}
    signing = replace(
        signing,
        excluded={**signing.excluded, **gone},
        commitments={i: one for i, one in signing.commitments.items() if i not in gone},
    )
    turn = replace(turn, state=signing)
    rest = [index for index in signing.invited if index not in signing.excluded]
    if set(signing.chosen) & set(gone) or len(rest) < signing.key.charter.threshold:
        return _next_attempt(turn)
    return turn


def _next_attempt(turn: Turn[Signing]) -> Turn[Signing]:
    """Invite all who are left, in a new session; or fail."""
    signing = turn.state
    invited = tuple(index for index in signing.key.charter.indexes if index not in signing.excluded)
    if len(invited) < signing.key.charter.threshold:
        return replace(turn, state=replace(signing, stage=Stage.FAILED, package=None, occasion=None))
    attempt = signing.attempt + 1
    place = place_of(signing.key, attempt_session(signing.first_session, attempt), signing.is_signed)
    body = Invitation(request=signing.request)
    raw = seal(signing.pen, place, Kind.INVITATION, body, digest=signing.digest)
    signing = replace(
        signing,
        stage=Stage.INVITING,
        attempt=attempt,
        invited=invited,
        invitation=opened(raw, place),
        commitments={},
        package=None,
        occasion=None,
        shares={},
    )
    return replace(turn, state=signing, sent=(*turn.sent, Outgoing(to=invited, raw=raw)))


def _said_before(signing: Signing, before: Envelope, envelope: Envelope) -> Turn[Signing]:
    if before.said == envelope.said:
        return _refuse(signing, envelope, Fault.DUPLICATE)
    return _exclude_liar(
        _refuse(signing, envelope, Fault.CONFLICT), envelope.sender, Crime.TWO_WORDS, before.raw, envelope.raw
    )


def _refuse(signing: Signing, envelope: Envelope | None, fault: Fault) -> Turn[Signing]:
    sender = None if envelope is None else envelope.sender
    return Turn(
        state=signing, rejected=(Rejected(sender=sender, fault=fault, is_proven=envelope is not None),)
    )


def _seal(signing: Signing, kind: Kind, body: Body, *, seen: bytes) -> bytes:
    return seal(signing.pen, signing.place, kind, body, digest=signing.digest, seen=seen)
