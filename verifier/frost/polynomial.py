"""Secret polynomials, their values for others, and what everybody may know of them.

A polynomial of as many coefficients as the threshold; its value at zero is what is shared. Its commitments are its
coefficients times the generator, so that everybody can compute the point of every value (Feldman). The proof that a
dealer knows its constant term is the Zcash Foundation's: R, 33 bytes, and an answer to HDKG(index, commitment, R), 32
bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from verifier.errors.frost import ScalarMalformed
from verifier.frost import hashes
from verifier.frost.charter import Index
from verifier.frost.curve import ORDER, Point, add_products, is_point, read_scalar, times_generator, to_bytes
from verifier.frost.scalar import SecretScalar


@dataclass(frozen=True, slots=True)
class Polynomial:
    """The constant term first; at least two coefficients."""

    coefficients: tuple[SecretScalar, ...]

    def commit(self) -> tuple[Point, ...]:
        return tuple(coefficient.point() for coefficient in self.coefficients)

    def value_at(self, index: Index) -> SecretScalar:
        """:raises ScalarMalformed: the value is zero, which chance does not make."""
        value = self.coefficients[-1]
        for coefficient in reversed(self.coefficients[:-1]):
            value = value.times(index).plus(coefficient)
        return value

    def wipe(self) -> None:
        for coefficient in self.coefficients:
            coefficient.wipe()


@lru_cache(maxsize=4096)
def point_at(commitments: tuple[Point, ...], index: Index) -> Point | None:
    """Return the point of a polynomial's value; None where it is the identity.

    :raises PointMalformed: a commitment is no point.
    """
    return add_products([(pow(index, power, ORDER), point) for power, point in enumerate(commitments)])


def weight(index: Index, others: Sequence[Index], *, at: int = 0) -> int:
    """Return Lagrange's coefficient: how much a value counts where the polynomial is to be known, by default at zero.

    :param others: where the values are, the index itself among them
    """
    numerator = denominator = 1
    for other in others:
        if other != index:
            numerator = numerator * (at - other) % ORDER
            denominator = denominator * (index - other) % ORDER
    return numerator * pow(denominator, -1, ORDER) % ORDER


def prove(index: Index, secret: SecretScalar, nonce: SecretScalar) -> bytes:
    """Return a proof of 65 bytes that somebody knows a secret. The nonce is used for nothing else, and wiped."""
    r = nonce.point()
    answer = nonce.plus(secret.times(hashes.proof(_asked(index, secret.point(), r))))
    nonce.wipe()
    return r + answer.reveal()


def is_proven(index: Index, commitment: Point, proof: bytes) -> bool:
    """Whether a dealer proves that it knows what it committed to. Nothing raises."""
    r = Point(proof[:33])
    if len(proof) != 65 or not is_point(r) or not is_point(commitment):
        return False
    try:
        answer = read_scalar(proof[33:])
    except ScalarMalformed:
        return False
    asked = hashes.proof(_asked(index, commitment, r))
    return is_answer(answer, asked, commitment, r)


def is_answer(answer: int, asked: int, key: Point, r: Point) -> bool:
    """Whether answer*G = R + asked*key: the equation of Schnorr."""
    left = times_generator(answer)
    return left is not None and left == add_products([(1, r), (asked, key)])


def _asked(index: Index, commitment: Point, r: Point) -> bytes:
    return to_bytes(index) + commitment + r
