"""Signing as RFC 9591 writes it, in its own steps. `signer.py` and `coordinator.py` say when each may be taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from verifier.errors.frost import PointMalformed, ScalarMalformed, SignersUnfit
from verifier.frost import hashes
from verifier.frost.charter import Index
from verifier.frost.curve import ORDER, Point, add_products, is_point, read_scalar, to_bytes
from verifier.frost.polynomial import is_answer, weight
from verifier.frost.scalar import SecretScalar
from verifier.frost.shares import GroupKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Committed:
    """The points of one holder's two nonces."""

    index: Index
    hiding: Point
    binding: Point


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """All that is public before anybody answers: who signs what, and what follows from it."""

    key: GroupKey
    message: bytes
    committed: tuple[Committed, ...]
    # Of each of them: the factor of its binding nonce, and how much its share counts.
    factors: Mapping[Index, int]
    weights: Mapping[Index, int]
    # R, and what it and the message ask.
    commitment: Point
    challenge: int


def make_nonce(dice: bytes, share: SecretScalar) -> SecretScalar:
    """Return a nonce from 32 bytes of dice and the share (5.1): weak dice alone do not give the share away."""
    if len(dice) != 32:
        raise ValueError("32 bytes of dice are wanted")
    return hashes.nonce(dice + share.reveal())


def prepare(key: GroupKey, message: bytes, committed: Sequence[Committed]) -> Occasion:
    """Return what follows from who signs and what (4.3 to 4.6). No secret is touched.

    :raises SignersUnfit: they are too few, not of the group, not by growing index, or commit to what is no point.
    """
    indexes = [one.index for one in committed]
    if len(indexes) < key.charter.threshold:
        raise SignersUnfit(why=f"{len(indexes)} commit, and {key.charter.threshold} have to")
    if indexes != sorted(set(indexes)) or not set(indexes) <= set(key.charter.indexes):
        raise SignersUnfit(why="they do not stand by growing index, or one is not of the group")
    written = b"".join(to_bytes(one.index) + one.hiding + one.binding for one in committed)
    prefix = key.point + hashes.of_message(message) + hashes.of_commitments(written)
    factors = {index: hashes.binding(prefix + to_bytes(index)) for index in indexes}
    terms = [(1, one.hiding) for one in committed] + [(factors[one.index], one.binding) for one in committed]
    try:
        commitment = add_products(terms)
    except PointMalformed as exc:
        raise SignersUnfit(why="one commits to what is no point") from exc
    if commitment is None:
        raise SignersUnfit(why="what they commit to adds up to nothing")
    return Occasion(
        key=key,
        message=message,
        committed=tuple(committed),
        factors=factors,
        weights={index: weight(index, indexes) for index in indexes},
        commitment=commitment,
        challenge=hashes.challenge(commitment + key.point + message),
    )


def answer(
    occasion: Occasion, index: Index, share: SecretScalar, hiding: SecretScalar, binding: SecretScalar
) -> bytes:
    """Return a holder's signature share, 32 bytes (5.2). Both nonces are wiped, whatever happens."""
    try:
        bound, counted = binding.times(occasion.factors[index]), share.times(_demand(occasion, index))
        nonce = hiding.plus(bound)
        z = nonce.plus(counted).reveal()
        for secret in (bound, counted, nonce):
            secret.wipe()
        return z
    finally:
        hiding.wipe()
        binding.wipe()


def is_answer_right(occasion: Occasion, index: Index, z: bytes) -> bool:
    """Whether a holder's signature share is its own, by its verifying share and its commitments (5.4)."""
    try:
        number = read_scalar(z)
        committed = next(one for one in occasion.committed if one.index == index)
        r = add_products([(1, committed.hiding), (occasion.factors[index], committed.binding)])
        key = occasion.key.verifying_share(index)
    except (ScalarMalformed, PointMalformed, StopIteration):
        return False
    return r is not None and is_answer(number, _demand(occasion, index), key, r)


def aggregate(occasion: Occasion, answers: Mapping[Index, bytes]) -> bytes | None:
    """Return the group's signature, R and z, 65 bytes (5.3): verified, or None. Then `is_answer_right` names who
    lied."""
    try:
        z = sum(read_scalar(answers[one.index]) for one in occasion.committed) % ORDER
    except (KeyError, ScalarMalformed):
        return None
    signature = occasion.commitment + to_bytes(z)
    return signature if is_signed(occasion.key.point, occasion.message, signature) else None


def is_signed(key: Point, message: bytes, signature: bytes) -> bool:
    """Whether 65 bytes, R and z, are the signature of a key. Nothing raises."""
    r = Point(signature[:33])
    if len(signature) != 65 or not is_point(r) or not is_point(key):
        return False
    try:
        z = read_scalar(signature[33:])
    except ScalarMalformed:
        return False
    return is_answer(z, hashes.challenge(r + key + message), key, r)


def _demand(occasion: Occasion, index: Index) -> int:
    """Return how often a holder's share goes into its answer."""
    return occasion.weights[index] * occasion.challenge
