"""Shares of a key, made in one place: for tests that need shares, and no ceremony."""

from __future__ import annotations

import hashlib

from verifier.frost.charter import Charter, Holder, Index, TransportKey
from verifier.frost.polynomial import Polynomial
from verifier.frost.scalar import SecretScalar
from verifier.frost.shares import GroupKey, Share


def secret_of(words: str) -> SecretScalar:
    """Return a secret number that is the same for the same words."""
    return SecretScalar(hashlib.sha256(words.encode()).digest())


def transport_secret(index: int) -> SecretScalar:
    """Return with what somebody of the group signs; the coordinator is 0."""
    return secret_of(f"transport {index}")


def make_charter(threshold: int = 2, holders: int = 3, *, epoch: int = 1, group: str = "owls") -> Charter:
    keys = [TransportKey(transport_secret(index).point()[1:]) for index in range(holders + 1)]
    return Charter(
        group=hashlib.sha256(group.encode()).digest(),
        epoch=epoch,
        threshold=threshold,
        coordinator=keys[0],
        holders=tuple(Holder(index=Index(i), transport_key=keys[i]) for i in range(1, holders + 1)),
    )


def make_shares(charter: Charter, words: str = "key") -> list[Share]:
    """Return the shares of all holders, by growing index."""
    polynomial = Polynomial(tuple(secret_of(f"{words} {i}") for i in range(charter.threshold)))
    key = GroupKey(charter=charter, commitments=polynomial.commit())
    return [Share(key=key, index=index, secret=polynomial.value_at(index)) for index in charter.indexes]
