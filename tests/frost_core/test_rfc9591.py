"""What RFC 9591 and the Zcash Foundation published, by both libraries: signing, and the making of keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import pytest

from tests.vectors import read_vectors
from verifier.errors.frost import PointMalformed, SignersUnfit
from verifier.frost import curve
from verifier.frost.charter import Charter, Holder, Index, TransportKey
from verifier.frost.curve import Point, read_point
from verifier.frost.polynomial import Polynomial, is_proven, point_at, prove
from verifier.frost.rfc9591 import (
    Committed,
    aggregate,
    answer,
    is_answer_right,
    is_signed,
    make_nonce,
    prepare,
)
from verifier.frost.scalar import SecretScalar
from verifier.frost.shares import GroupKey

RUNS: Final[list[dict[str, Any]]] = read_vectors("frost_signing.json")["runs"]
DKG: Final[dict[str, Any]] = read_vectors("frost_dkg.json")


@pytest.fixture(params=curve.BACKENDS, autouse=True)
def _library(request: pytest.FixtureRequest) -> Iterator[None]:
    with curve.using(request.param):
        assert curve.backend() == request.param
        yield


def scalar(text: str) -> SecretScalar:
    return SecretScalar(bytes.fromhex(text))


def charter(threshold: int, holders: int) -> Charter:
    """Return a charter of holders 1, 2 and so on, whose transport keys do not matter here."""
    keys = [TransportKey(bytes([number]) * 32) for number in range(holders + 1)]
    return Charter(
        group=bytes(32),
        epoch=1,
        threshold=threshold,
        coordinator=keys[0],
        holders=tuple(Holder(index=Index(i), transport_key=keys[i]) for i in range(1, holders + 1)),
    )


@pytest.mark.parametrize("run", RUNS, ids=lambda run: str(run["name"]))
def test_sign__as_published__every_number_is_the_one_published(run: dict[str, Any]) -> None:
    polynomial = Polynomial(tuple(scalar(text) for text in run["coefficients"]))
    key = GroupKey(charter=charter(run["threshold"], run["holders"]), commitments=polynomial.commit())
    assert key.point.hex() == run["key"]
    shares = {index: polynomial.value_at(index) for index in key.charter.indexes}
    assert {str(i): share.reveal().hex() for i, share in shares.items()} == run["shares"]

    nonces, committed = {}, []
    for index in map(Index, run["signers"]):
        first = run["first"][str(index)]
        hiding, binding = (
            make_nonce(bytes.fromhex(first[f"{name}_nonce_randomness"]), shares[index])
            for name in ("hiding", "binding")
        )
        assert (hiding.reveal().hex(), binding.reveal().hex()) == (
            first["hiding_nonce"],
            first["binding_nonce"],
        )
        committed.append(Committed(index=index, hiding=hiding.point(), binding=binding.point()))
        assert committed[-1].hiding.hex() == first["hiding_nonce_commitment"]
        assert committed[-1].binding.hex() == first["binding_nonce_commitment"]
        nonces[index] = hiding, binding
    occasion = prepare(key, bytes.fromhex(run["message"]), committed)
    for index, factor in occasion.factors.items():
        assert f"{factor:064x}" == run["first"][str(index)]["binding_factor"]

    answers = {index: answer(occasion, index, shares[index], *nonces[index]) for index in nonces}
    assert {str(index): z.hex() for index, z in answers.items()} == run["second"]
    assert all(is_answer_right(occasion, index, z) for index, z in answers.items())
    signature = aggregate(occasion, answers)
    assert signature is not None
    assert signature.hex() == run["signature"]
    assert is_signed(key.point, bytes.fromhex(run["message"]), signature)
    assert not is_signed(key.point, b"another", signature)


def test_make_a_key__as_published__every_number_is_the_one_published() -> None:
    members = DKG["members"]
    group = [Point(bytes(33))] * DKG["threshold"]
    polynomials = {}
    for member in members:
        polynomial = Polynomial(tuple(scalar(text) for text in member["coefficients"]))
        assert [point.hex() for point in polynomial.commit()] == member["commitments"]
        polynomials[member["index"]] = polynomial
    committed = [polynomial.commit() for polynomial in polynomials.values()]
    group = [point for points in zip(*committed, strict=True) if (point := curve.add(points)) is not None]
    key = GroupKey(charter=charter(DKG["threshold"], DKG["holders"]), commitments=tuple(group))
    assert key.point.hex() == DKG["key"]
    for member in members:
        index = Index(member["index"])
        share = polynomials[index].value_at(index)
        for sender, text in member["sub_shares"].items():
            sub_share = polynomials[int(sender)].value_at(index)
            assert sub_share.reveal().hex() == text
            assert point_at(polynomials[int(sender)].commit(), index) == sub_share.point()
            share = share.plus(sub_share)
        assert share.reveal().hex() == member["share"]
        assert key.verifying_share(index).hex() == member["verifying_share"] == share.point().hex()


def test_prove__as_published__valid_for_its_own_dealer_and_for_no_other() -> None:
    for member in DKG["members"]:
        commitment, proof = Point(bytes.fromhex(member["commitments"][0])), bytes.fromhex(member["proof"])
        assert is_proven(Index(member["index"]), commitment, proof)
        assert not is_proven(Index(member["index"] % 3 + 1), commitment, proof)
        assert not is_proven(Index(member["index"]), commitment, proof[:-1] + bytes([proof[-1] ^ 1]))
        secret = scalar(member["coefficients"][0])
        assert is_proven(Index(9), commitment, prove(Index(9), secret, scalar("07" * 32)))


def test_read_point__as_published_to_be_none__refused() -> None:
    with pytest.raises(PointMalformed):
        read_point(bytes.fromhex(DKG["invalid_element"]))


def test_prepare__of_signers_that_may_not_be__refused_before_any_secret_is_there() -> None:
    polynomial = Polynomial((scalar("07" * 32), scalar("08" * 32)))
    key = GroupKey(charter=charter(2, 3), commitments=polynomial.commit())
    one, two, three, four = (
        Committed(index=Index(i), hiding=scalar(f"{i}1" * 32).point(), binding=scalar(f"{i}2" * 32).point())
        for i in (1, 2, 3, 4)
    )
    nobody = Committed(index=Index(0), hiding=one.hiding, binding=one.binding)
    assert prepare(key, b"", [one, two]).factors.keys() == {1, 2}
    minus = scalar(f"{11:02}" * 32).negated().point()
    for signers in (
        [],
        [one],
        [two, one],
        [one, one],
        [one, two, two],
        [nobody, one],
        [one, four],
        [one, Committed(index=Index(3), hiding=Point(bytes(33)), binding=three.binding)],
        [one, Committed(index=Index(3), hiding=three.hiding, binding=Point(b"\2" + b"\xff" * 32))],
    ):
        with pytest.raises(SignersUnfit):
            prepare(key, b"", signers)
    # The negative of another's point is a point like any other.
    other = Committed(index=Index(3), hiding=minus, binding=three.binding)
    assert prepare(key, b"", [one, other]).factors.keys() == {1, 3}
