"""Signing, when holders or the coordinator lie, come late, come twice: a signature or none, and the liar by name."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from tests.frost_core.liars import assert_proven, both, edit, lying, silent
from tests.frost_core.party import run_signing
from tests.frost_core.sessions import (
    COURT,
    DIGEST,
    KEY,
    OTHER,
    SHARES,
)
from tests.frost_core.test_life import takes
from verifier.frost.charter import Index
from verifier.frost.coordinator import Absence, Stage
from verifier.frost.curve import ORDER
from verifier.frost.envelope import Envelope, Fault
from verifier.frost.judge import Crime
from verifier.frost.messages import Kind
from verifier.frost.signing_messages import SignatureShare


def wrong_share(envelope: Envelope) -> Any:
    body: Any = envelope.body
    # By different numbers, so that two lies do not cancel each other out: that would be a signature.
    return edit(body, z=((int.from_bytes(body.z, "big") + envelope.sender) % ORDER).to_bytes(32, "big"))


def too_large_share(envelope: Envelope) -> Any:
    return SignatureShare(z=ORDER.to_bytes(32, "big"))


def no_points(envelope: Envelope) -> Any:
    body: Any = envelope.body
    return edit(body, hiding=b"\2" + b"\xff" * 32)


def one_point_twice(envelope: Envelope) -> Any:
    body: Any = envelope.body
    return edit(body, hiding=body.binding)


@pytest.mark.parametrize("bad", list(combinations(range(1, 6), 2)))
def test_sign__three_of_five_and_two_bad__still_signs_and_both_are_named(bad: tuple[int, int]) -> None:
    signed = run_signing(SHARES, DIGEST, change=lying(bad, Kind.SIGNATURE_SHARE, wrong_share))
    assert takes(KEY.point, DIGEST, signed.signature)
    # Who commits first is chosen, here by growing index; only who is chosen can lie, and is then left out.
    left, named = [Index(i) for i in range(1, 6)], set[Index]()
    while found := {index for index in left[:3] if index in bad}:
        left, named = [index for index in left if index not in found], named | found
    assert signed.log.culprits == named
    assert [*signed.signing.chosen] == left[:3]
    if named:
        assert {v.crime for _, v in signed.log.verdicts} == {Crime.BAD_SHARE}
        assert_proven(signed.log.verdicts, COURT)
        assert all(signed.signing.excluded[one].absence is Absence.LIED for one in named)


@pytest.mark.parametrize("ways", [(1, 2), (2, 1)])
def test_sign__one_bad_and_one_silent__still_signs(ways: tuple[int, int]) -> None:
    liar, mute = ways
    change = both(lying(liar, Kind.SIGNATURE_SHARE, wrong_share), silent(mute))
    signed = run_signing(SHARES, DIGEST, change=change)
    assert takes(KEY.point, DIGEST, signed.signature)
    assert signed.log.culprits <= {liar}
    assert signed.signing.chosen == (3, 4, 5) or liar not in signed.log.culprits


def test_sign__three_of_five_and_three_bad__fails_and_says_who() -> None:
    signed = run_signing(SHARES, DIGEST, change=lying((1, 2, 3), Kind.SIGNATURE_SHARE, wrong_share))
    assert signed.signing.stage is Stage.FAILED
    assert signed.signing.signature is None
    assert {*signed.signing.excluded} == {1, 2, 3}
    assert_proven(signed.log.verdicts, COURT)


@pytest.mark.parametrize(
    ("kind", "lie", "crime"),
    [
        (Kind.SIGNATURE_SHARE, wrong_share, Crime.BAD_SHARE),
        (Kind.SIGNATURE_SHARE, too_large_share, Crime.BAD_SHARE),
        (Kind.COMMITMENT, no_points, Crime.NONSENSE),
        (Kind.COMMITMENT, one_point_twice, Crime.NONSENSE),
    ],
)
def test_sign__one_lies__left_out_with_proof(kind: Kind, lie: Any, crime: Crime) -> None:
    signed = run_signing(SHARES, DIGEST, change=lying(1, kind, lie))
    assert takes(KEY.point, DIGEST, signed.signature)
    assert {(v.culprit, v.crime) for _, v in signed.log.verdicts} == {(1, crime)}
    assert_proven(signed.log.verdicts, COURT)


@pytest.mark.parametrize(
    ("kind", "other", "fault"),
    [
        (Kind.COMMITMENT, {"digest": OTHER}, Fault.DIGEST),
        (Kind.COMMITMENT, {"seen": OTHER}, Fault.SEEN),
        (Kind.SIGNATURE_SHARE, {"digest": OTHER}, Fault.DIGEST),
        (Kind.SIGNATURE_SHARE, {"seen": OTHER}, Fault.SEEN),
    ],
)
def test_sign__one_answers_something_else__left_out_without_proof(
    kind: Kind, other: dict[str, Any], fault: Fault
) -> None:
    """Only the coordinator knows what it asked, so nobody has to believe it."""
    signed = run_signing(SHARES, DIGEST, change=lying(1, kind, lambda envelope: envelope.body, **other))
    assert takes(KEY.point, DIGEST, signed.signature)
    # Answers of others to the attempt that it spoilt come late.
    assert {fault} <= signed.log.faults <= {fault, Fault.SESSION}
    assert not signed.log.verdicts
    assert signed.signing.excluded[Index(1)].absence is Absence.LIED
