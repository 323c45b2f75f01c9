"""A complaint of a dealing, decided from what all have: nobody is believed, and one of two lied."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.errors.frost import PointMalformed
from verifier.frost.assembly import Assembly, commitments_of, pair_key_of
from verifier.frost.charter import Index
from verifier.frost.dealing_messages import Complaint, SubShares
from verifier.frost.envelope import Envelope, Fault, hash_of_list
from verifier.frost.judge import Opening, Verdict
from verifier.frost.messages import Kind
from verifier.frost.polynomial import point_at
from verifier.frost.sealing import Way


def verdict_of_complaint(
    assembly: Assembly,
    offers: Mapping[Index, Envelope],
    sub_shares: Mapping[Index, Envelope],
    envelope: Envelope,
) -> Verdict | Fault:
    """Return who lied, or why this cannot be decided: a complaint of what others did not see is none of them."""
    body, accuser = envelope.body, envelope.sender
    if envelope.kind is not Kind.COMPLAINT or not isinstance(body, Complaint):
        return Fault.KIND
    if envelope.digest != assembly.matter:
        return Fault.DIGEST
    if envelope.seen != hash_of_list([*offers.values(), *sub_shares.values()]):
        return Fault.SEEN
    accused = body.accused
    dealt = sub_shares[accused].body if accused in sub_shares else None
    if not isinstance(dealt, SubShares) or accuser not in dict(dealt.sealed):
        return Fault.COUNT
    try:
        opening = Opening(
            way=Way.of(assembly.envelope, Kind.SUB_SHARES, accused, accuser),
            sealed=dict(dealt.sealed)[accuser],
            opened=body.opened,
            sender_key=pair_key_of(offers[accused], accuser),
            receiver_key=pair_key_of(offers[accuser], accused),
            expected=point_at(commitments_of(offers[accused]), accuser),
        )
    except PointMalformed:
        return Fault.POINTS
    culprit, crime = opening.culprit()
    shown = (*offers.values(), *sub_shares.values(), envelope)
    evidence = (assembly.envelope.raw, *(one.raw for one in shown))
    return Verdict(culprit=culprit, crime=crime, evidence=evidence)
