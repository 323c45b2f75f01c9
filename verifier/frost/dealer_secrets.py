"""What a member of a dealing must not show: its polynomial, and its keys for each counterpart. In memory only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from verifier.frost.assembly import Assembly
from verifier.frost.charter import Index, Pen
from verifier.frost.curve import Point
from verifier.frost.polynomial import Polynomial, prove, weight
from verifier.frost.scalar import SecretScalar
from verifier.frost.seed import Seed, seed_for
from verifier.frost.shares import Share


@dataclass(frozen=True, slots=True, kw_only=True)
class DealerSecrets:
    """Its secrets print as `<secret>`."""

    index: Index
    # None where the member does not deal.
    polynomial: Polynomial | None
    proof_nonce: SecretScalar | None
    # One key for each counterpart.
    pairs: Mapping[Index, SecretScalar]

    @classmethod
    def make(cls, assembly: Assembly, pen: Pen, held: Share | None, dice: bytes) -> DealerSecrets:
        """Return the secrets of a member from 32 bytes of dice. A dealer of new shares deals its own, as it counts."""
        index = pen.index
        seed = seed_for(pen, assembly.envelope.said, dice=dice, share=held.secret if held else None)
        polynomial = None
        if index in assembly.dealers:
            if assembly.old is None or held is None:
                first = seed.number("secret")
            else:
                first = held.secret.times(weight(index, assembly.dealers))
            others = (
                seed.number("coefficient", power) for power in range(1, assembly.call.charter.threshold)
            )
            polynomial = Polynomial((first, *others))
        return cls(
            index=index,
            polynomial=polynomial,
            proof_nonce=seed.number("proof") if polynomial else None,
            pairs=make_pairs(seed, assembly.counterparts(index)),
        )

    def commit(self) -> tuple[tuple[Point, ...], bytes]:
        """Return the polynomial's commitments and the proof; both are empty where the member does not deal. Once."""
        if self.polynomial is None or self.proof_nonce is None:
            return (), b""
        proof = prove(self.index, self.polynomial.coefficients[0], self.proof_nonce)
        return self.polynomial.commit(), proof

    def pair_points(self) -> tuple[tuple[Index, Point], ...]:
        return tuple((index, pair.point()) for index, pair in self.pairs.items())

    def value_for(self, index: Index) -> SecretScalar:
        if self.polynomial is None:
            raise ValueError("this member does not deal")
        return self.polynomial.value_at(index)

    def wipe(self) -> None:
        if self.polynomial is not None:
            self.polynomial.wipe()
        for pair in self.pairs.values():
            pair.wipe()


def make_pairs(seed: Seed, counterparts: tuple[Index, ...]) -> Mapping[Index, SecretScalar]:
    """Return a key for each counterpart."""
    return {index: seed.number("pair", index) for index in counterparts}
