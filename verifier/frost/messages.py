"""What is said in a group: one dataclass for the body of each kind of envelope.

    signing    coordinator -> INVITATION       what is asked
               holder      -> COMMITMENT       yes: its nonces, committed to      | DECLINE   no, and why
               coordinator -> PACKAGE          who signs: their COMMITMENT envelopes, whole
               holder      -> SIGNATURE_SHARE
               coordinator -> SIGNATURE        for all to see
    dealing    coordinator -> CALL             a new key, or new shares of the same; for whom
               each member -> OFFER            a dealer's polynomial, committed to; keys for what is for one only
               dealer      -> SUB_SHARES       one for each receiver, sealed
               each member -> CONFIRMATION     I saw this transcript, and my share is kept   | COMPLAINT
               coordinator -> CERTIFICATE      all confirmations, and a trial signature by the new shares
    repair     coordinator -> REPAIR_CALL      whose share is lost, and who helps
               each member -> REPAIR_OFFER     a helper's parts, committed to; keys for what is for one only
               helper      -> REPAIR_PARTS     one for each helper, sealed
               helper      -> REPAIR_SUM       sealed for the one who lost it         | COMPLAINT
               loser       -> CONFIRMATION     I have my share                        | COMPLAINT
    any        coordinator -> CALL_OFF         it is over, and nothing more is awaited: `calling_off.py`
               member      -> DECLINE          to a CALL or a REPAIR_CALL too

Every body has one way to be written. Indexes in a list grow. Whoever reads one gets `BodyMalformed` for anything else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import Final

from verifier.frost.charter import MOST_HOLDERS
from verifier.frost.closing_messages import CallOff
from verifier.frost.codec import Reader
from verifier.frost.dealing_messages import (
    MOST_MEMBERS,
    Call,
    Certificate,
    Complaint,
    Confirmation,
    Offer,
    SubShares,
)
from verifier.frost.repair_messages import RepairCall, RepairOffer, RepairSum
from verifier.frost.signing_messages import (
    MOST_REASON,
    MOST_REQUEST,
    Commitment,
    Decline,
    GroupSignature,
    Invitation,
    Package,
    SignatureShare,
)

_PAIRS: Final = (1 + 33) * MOST_MEMBERS


class Kind(IntEnum):
    """Of an envelope: what its body is."""

    INVITATION = 1
    COMMITMENT = 2
    DECLINE = 3
    PACKAGE = 4
    SIGNATURE_SHARE = 5
    SIGNATURE = 6
    CALL = 16
    OFFER = 17
    SUB_SHARES = 18
    CONFIRMATION = 19
    COMPLAINT = 20
    CERTIFICATE = 21
    REPAIR_CALL = 32
    REPAIR_OFFER = 33
    REPAIR_PARTS = 34
    REPAIR_SUM = 35
    CALL_OFF = 48


FROM_COORDINATOR: Final = frozenset(
    {
        Kind.INVITATION,
        Kind.PACKAGE,
        Kind.SIGNATURE,
        Kind.CALL,
        Kind.CERTIFICATE,
        Kind.REPAIR_CALL,
        Kind.CALL_OFF,
    }
)
"""The kinds that only the coordinator sends; all others are a holder's."""

MOST_BODY: Final[Mapping[Kind, int]] = MappingProxyType(
    {
        Kind.INVITATION: MOST_REQUEST,
        Kind.COMMITMENT: 66,
        Kind.DECLINE: MOST_REASON,
        Kind.PACKAGE: 1 + 300 * MOST_HOLDERS,
        Kind.SIGNATURE_SHARE: 32,
        Kind.SIGNATURE: 65,
        Kind.CALL: 4_096,
        Kind.OFFER: 2 + 33 * MOST_HOLDERS + 65 + _PAIRS,
        Kind.SUB_SHARES: 1 + 33 * MOST_HOLDERS,
        Kind.CONFIRMATION: 0,
        Kind.COMPLAINT: 33,
        Kind.CERTIFICATE: 65 + 1 + 300 * MOST_MEMBERS,
        Kind.REPAIR_CALL: 2 + MOST_HOLDERS,
        Kind.REPAIR_OFFER: 2 + 34 * MOST_HOLDERS + _PAIRS,
        Kind.REPAIR_PARTS: 1 + 33 * MOST_HOLDERS,
        Kind.REPAIR_SUM: 32,
        Kind.CALL_OFF: 0,
    }
)
"""Bytes that a body of each kind may have; a longer one is not looked at."""

Body = (
    Invitation
    | Commitment
    | Decline
    | Package
    | SignatureShare
    | GroupSignature
    | Call
    | Offer
    | SubShares
    | Confirmation
    | Complaint
    | Certificate
    | RepairCall
    | RepairOffer
    | RepairSum
    | CallOff
)

_READERS: Final[Mapping[Kind, Callable[[Reader], Body]]] = MappingProxyType(
    {
        Kind.INVITATION: Invitation.read,
        Kind.COMMITMENT: Commitment.read,
        Kind.DECLINE: Decline.read,
        Kind.PACKAGE: Package.read,
        Kind.SIGNATURE_SHARE: SignatureShare.read,
        Kind.SIGNATURE: GroupSignature.read,
        Kind.CALL: Call.read,
        Kind.OFFER: Offer.read,
        Kind.SUB_SHARES: SubShares.read,
        Kind.CONFIRMATION: Confirmation.read,
        Kind.COMPLAINT: Complaint.read,
        Kind.CERTIFICATE: Certificate.read,
        Kind.REPAIR_CALL: RepairCall.read,
        Kind.REPAIR_OFFER: RepairOffer.read,
        Kind.REPAIR_PARTS: SubShares.read,
        Kind.REPAIR_SUM: RepairSum.read,
        Kind.CALL_OFF: CallOff.read,
    }
)


def read_body(kind: Kind, body: bytes) -> Body:
    """Return what a body says.

    :raises BodyMalformed: it is not the one way to write something of this kind.
    :raises CharterMalformed: it holds a charter that may not be so.
    """
    reader = Reader(body)
    found = _READERS[kind](reader)
    reader.end()
    return found
