"""The life of a group: a key is made, messages are signed, shares are refreshed, moved and repaired."""

from __future__ import annotations

import hashlib

import pytest

from tests.frost_core.party import (
    finish,
    make_key,
    next_epoch,
    reshare,
    run_repair,
    run_signing,
)
from verifier.frost import curve, repair
from verifier.frost.charter import Index
from verifier.frost.rfc9591 import is_signed
from verifier.model.operation import Signature
from verifier.sign.schnorr import is_signed as is_signed_for_vault

DIGEST = hashlib.sha256(b"an operation").digest()


def takes(point: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether the vault's own rules take it, in plain integers."""
    split = Signature(r=signature[1:33], s=signature[33:], v=signature[0])
    return is_signed_for_vault(int.from_bytes(point[1:], "big"), point[0], digest, split)


@pytest.mark.parametrize(("threshold", "holders"), [(2, 2), (2, 3), (3, 5), (7, 10), (20, 20)])
def test_make_key_and_sign__all_honest__signed_as_the_vault_takes_it(threshold: int, holders: int) -> None:
    shares = make_key(threshold, holders)
    assert len(shares) == holders
    signed = run_signing(shares, DIGEST)
    assert not signed.log.rejected
    assert not signed.log.verdicts
    assert len(signed.signing.chosen) == threshold
    point = shares[Index(1)].key.point
    assert takes(point, DIGEST, signed.signature)
    assert is_signed(point, DIGEST, signed.signature)
    assert not takes(point, hashlib.sha256(b"another").digest(), signed.signature)


@pytest.mark.parametrize(
    ("threshold", "indexes", "dealers"),
    [
        (3, (1, 2, 3, 4, 5), (1, 2, 3, 4, 5)),  # a refresh by all
        (3, (1, 2, 3, 4, 5), (2, 3, 5)),  # by as few as there must be
        (2, (1, 2, 3), (1, 2, 3)),  # smaller, and a lower threshold
        (4, (1, 2, 3, 4, 5, 6, 7), (1, 2, 4)),  # larger, and a higher one
        (2, (6, 7, 8), (3, 4, 5)),  # all others
    ],
)
def test_reshare__to_any_others__same_key_and_the_new_sign(
    threshold: int, indexes: tuple[int, ...], dealers: tuple[int, ...]
) -> None:
    old = make_key(3, 5)
    key = old[Index(1)].key
    outcome = reshare(old, next_epoch(key.charter, threshold, indexes), dealers)
    assert not outcome.log.rejected
    new = {index: share for index, share in finish(outcome).items() if share is not None}
    assert tuple(sorted(new)) == indexes
    assert all(share.key.point == key.point and share.key.charter.epoch == 2 for share in new.values())
    assert all(share.secret != old[index].secret for index, share in new.items() if index in old)
    assert takes(key.point, DIGEST, run_signing(new, DIGEST).signature)


@pytest.mark.parametrize(("lost", "helpers"), [(2, (1, 3, 5)), (5, (1, 2, 3)), (1, (3, 4, 5))])
def test_repair__of_a_lost_share__is_what_it_was(lost: int, helpers: tuple[int, ...]) -> None:
    shares = make_key(3, 5)
    repaired = run_repair(shares, lost, helpers)
    assert not repaired.log.rejected
    assert not repaired.relay.awaited
    assert {one.stage for one in repaired.members.values()} == {repair.Stage.DONE}
    again = repaired.members[Index(lost)].share
    assert again is not None
    assert again.secret == shares[Index(lost)].secret
    assert all(one.share is None for index, one in repaired.members.items() if index != lost)


@pytest.mark.parametrize("name", curve.BACKENDS)
def test_live__by_each_library__made_signed_refreshed_and_repaired(name: str) -> None:
    with curve.using(name):
        shares = make_key(2, 3)
        key = shares[Index(1)].key
        assert takes(key.point, DIGEST, run_signing(shares, DIGEST).signature)
        outcome = reshare(shares, next_epoch(key.charter, 2, (1, 2, 3)), (1, 3))
        new = {index: share for index, share in finish(outcome).items() if share is not None}
        assert takes(key.point, DIGEST, run_signing(new, DIGEST).signature)
        again = run_repair(new, 3, (1, 2)).members[Index(3)].share
        assert again is not None
        assert again.secret == new[Index(3)].secret
