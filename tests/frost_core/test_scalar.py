"""Secret numbers: the same by both libraries, right by plain integers, and in nothing that is printed or stored."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.frost.reference import ORDER, PRIME, Point, add, negative, times
from tests.frost_core.party import dice, make_key, pen
from tests.frost_core.sessions import invite
from verifier.errors.frost import BodyMalformed, CurveMissing, PointMalformed, ScalarMalformed
from verifier.frost import curve, signer
from verifier.frost.charter import Index
from verifier.frost.messages import Kind
from verifier.frost.nonces import Nonces
from verifier.frost.scalar import SecretScalar
from verifier.frost.sealing import Way, seal_value, unseal_value
from verifier.frost.seed import Seed
from verifier.frost.shares import Share, read_share, write_share

GENERATOR: Final[Point] = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)
numbers = st.one_of(st.integers(1, ORDER - 1), st.integers(1, 3), st.integers(ORDER - 3, ORDER - 1))


@pytest.fixture(params=curve.BACKENDS, autouse=True)
def _library(request: pytest.FixtureRequest) -> Iterator[None]:
    with curve.using(request.param):
        yield


def secret(number: int) -> SecretScalar:
    return SecretScalar(number.to_bytes(32, "big"))


def written(point: Point | None) -> bytes | None:
    return None if point is None else bytes([2 + point[1] % 2]) + point[0].to_bytes(32, "big")


@settings(max_examples=25)
@given(a=numbers, b=numbers)
@example(a=1, b=ORDER - 1)
def test_arithmetic__any_two_numbers__as_plain_integers_have_it(a: int, b: int) -> None:
    one, other = secret(a), secret(b)
    assert one.times(other) == secret(a * b % ORDER) == one.times(b)
    assert one.negated() == secret(ORDER - a)
    if (a + b) % ORDER:
        assert one.plus(other) == secret((a + b) % ORDER)
    else:
        with pytest.raises(ScalarMalformed):
            one.plus(other)
    assert (one == other) == (a == b)
    assert one.reveal() == a.to_bytes(32, "big")
    assert one.point() == written(times(a, GENERATOR)) == curve.times_generator(a)


@settings(max_examples=15)
@given(a=numbers, b=numbers, factor=st.one_of(numbers, st.just(0)))
@example(a=5, b=ORDER - 5, factor=1)
def test_points__sums_and_products__as_plain_integers_have_it(a: int, b: int, factor: int) -> None:
    one, other = secret(a).point(), secret(b).point()
    left, right = times(a, GENERATOR), times(b, GENERATOR)
    assert curve.add([one, other]) == written(add(left, right))
    assert curve.add_products([(factor, one), (1, other)]) == written(add(times(factor, left), right))
    assert curve.add_products([(ORDER - 1, one), (1, one)]) is None
    assert curve.add_products([(ORDER - 1, one)]) == written(negative(left))
    assert secret(a).agree(other) == secret(b).agree(one)
    assert curve.add([]) is None


@pytest.mark.parametrize("number", [0, ORDER, ORDER + 1, 2**256 - 1])
def test_secret__zero_or_not_below_the_order__refused(number: int) -> None:
    with pytest.raises(ScalarMalformed):
        secret(number)
    with pytest.raises(ScalarMalformed):
        SecretScalar(b"\1" * 31)


@settings(max_examples=20)
@given(wide=st.binary(min_size=48, max_size=48))
@example(wide=b"\xff" * 48)
def test_from_wide__any_bytes__the_number_modulo_the_order(wide: bytes) -> None:
    number = int.from_bytes(wide, "big") % ORDER
    if int.from_bytes(wide[:24], "big") and int.from_bytes(wide[24:], "big") and number:
        assert SecretScalar.from_wide(wide) == secret(number)


@pytest.mark.parametrize(
    "wide",
    [
        bytes(48),
        bytes(24) + b"\1" * 24,
        b"\1" * 24 + bytes(24),
        (ORDER << 128).to_bytes(48, "big"),
        ((ORDER << 128) - ORDER).to_bytes(48, "big"),
    ],
)
def test_from_wide__dice_that_are_stuck_or_make_zero__refused(wide: bytes) -> None:
    with pytest.raises(ScalarMalformed):
        SecretScalar.from_wide(wide)


@pytest.mark.parametrize(
    "point",
    [
        bytes(33),
        b"\2" + bytes(32),
        b"\4" + b"\1" * 32,
        b"\2" + PRIME.to_bytes(32, "big"),
        b"\2" + (5).to_bytes(32, "big"),
        b"\2" * 32,
        b"\2" * 34,
        b"",
        b"\6" + GENERATOR[0].to_bytes(32, "big"),
    ],
)
def test_point__that_is_none__refused_everywhere(point: Any) -> None:
    assert not curve.is_point(point)
    for use in (
        curve.read_point,
        lambda p: curve.add([p]),
        lambda p: curve.add_products([(2, p)]),
        secret(5).agree,
    ):
        with pytest.raises(PointMalformed):
            use(point)


def test_sign__an_envelope__taken_for_its_key_and_digest_only() -> None:
    key, other, digest = secret(11), secret(12), dice("d")
    signature = key.sign(digest)
    assert signature == key.sign(digest)
    assert curve.is_signed(key.point()[1:], digest, signature)
    assert not curve.is_signed(other.point()[1:], digest, signature)
    assert not curve.is_signed(key.point()[1:], dice("e"), signature)
    for wrong in (signature[:-1], signature + b"\0", bytes(64), b""):
        assert not curve.is_signed(key.point()[1:], digest, wrong)
    assert not curve.is_signed(key.point(), digest, signature)
    assert not curve.is_signed(b"\xff" * 32, digest, signature)
    assert not curve.is_signed(key.point()[1:], digest[1:], signature)


def test_libraries__each_signs_and_agrees__as_the_other() -> None:
    found = []
    for name in curve.BACKENDS:
        with curve.using(name):
            curve.blind(dice("blind"))
            found.append((secret(7).sign(dice("d")), secret(7).agree(secret(8).point())))
    assert found[0] == found[1]


def test_library__that_is_not_there__said_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curve, "_SONAMES", ("libnothing.so.1",))
    monkeypatch.setattr(curve, "_loaded", {})
    with pytest.raises(CurveMissing, match=r"fourth-signer\[frost\]"), curve.using("debian"):
        pass


def test_libraries__the_first_is_not_there__the_second_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    load = curve._load

    def without_coincurve(name: str) -> Any:
        if name == "coincurve":
            raise CurveMissing
        return load(name)

    monkeypatch.setattr(curve, "_load", without_coincurve)
    monkeypatch.setattr(curve, "_loaded", {})
    monkeypatch.setattr(curve, "_chosen", [])
    assert curve.backend() == "debian"


def things() -> list[object]:
    share = make_key(2, 2)[Index(1)]
    asked = invite()
    state = signer.start_signer(share, pen(1))
    nonces = Nonces(share.secret, dice=dice("n", length=64), occasion=asked.raw)
    return [secret(5), share, state, nonces, Seed(dice("s"), ceremony=b"", share=share.secret, own=b"")]


def test_secret__printed_formatted_copied_or_pickled__nothing_of_it_comes_out() -> None:
    for thing in things():
        assert "secret" in repr(thing) or repr(thing) == "<nonces>"
        for value in (5, int.from_bytes(b"\0" * 31 + b"\5", "big")):
            assert f"{value:064x}" not in repr(thing)
        with pytest.raises(TypeError):
            pickle.dumps(thing)
        with pytest.raises(TypeError):
            copy.deepcopy(thing)
    number = secret(5)
    assert f"{number} {number!s} {number!r} {number:>20}" == "<secret> <secret> <secret> <secret>"
    with pytest.raises(TypeError):
        hash(number)
    with pytest.raises(TypeError):
        copy.copy(number)


def test_wipe__a_secret__cannot_be_used_again() -> None:
    number = secret(5)
    number.wipe()
    assert number.reveal() == bytes(32)
    for use in (number.point, number.negated, lambda: number.times(2), lambda: number.sign(bytes(32))):
        with pytest.raises(ScalarMalformed):
            use()


def test_share__stored_and_read_back__the_same_and_nothing_else_is_read() -> None:
    share = make_key(2, 3)[Index(2)]
    stored = write_share(share)
    assert read_share(stored) == share
    with pytest.raises(ScalarMalformed):
        Share(key=share.key, index=Index(1), secret=share.secret)
    for at in range(0, len(stored), 3):
        broken = bytearray(stored)
        broken[at] ^= 1
        # Its group's name and its transport keys are not part of the key: whoever wraps a share seals those.
        try:
            found = read_share(bytes(broken))
        except BodyMalformed:
            continue
        assert found.secret == share.secret
        assert found.key.commitments == share.key.commitments
    for other in (stored[:-1], stored + b"\0", b"", stored[1:]):
        with pytest.raises(BodyMalformed):
            read_share(other)


def test_seal_value__on_any_other_way__another_pad() -> None:
    way = Way(
        group=bytes(32), epoch=1, session=bytes(32), kind=Kind.SUB_SHARES, sender=Index(1), receiver=Index(2)
    )
    others: list[dict[str, Any]] = [
        {},
        {"group": dice("g")},
        {"epoch": 2},
        {"session": dice("s")},
        {"kind": Kind.REPAIR_PARTS},
        {"sender": Index(3)},
        {"receiver": Index(3)},
    ]
    mine, theirs = secret(7), secret(8)
    sealed = [seal_value(secret(5), replace(way, **other), mine, theirs.point()) for other in others]
    assert len({*sealed}) == len(others)
    assert unseal_value(sealed[0], way, theirs, mine.point()) == secret(5)
    assert unseal_value(sealed[0], way, secret(9), mine.point()) != secret(5)


def test_seed__of_another_ceremony_or_share_or_dice__other_numbers() -> None:
    seeds = [
        Seed(dice("a"), ceremony=b"one", share=secret(5), own=b"1"),
        Seed(dice("a"), ceremony=b"one", share=secret(5), own=b"2"),
        Seed(dice("a"), ceremony=b"two", share=secret(5), own=b"1"),
        Seed(dice("a"), ceremony=b"one", share=secret(6), own=b"1"),
        Seed(dice("a"), ceremony=b"one", share=None, own=b"1"),
        Seed(dice("b"), ceremony=b"one", share=secret(5), own=b"1"),
    ]
    assert len({seed.number("secret").reveal() for seed in seeds}) == len(seeds)
    first = seeds[0]
    assert first.number("pair", 1) == first.number("pair", 1) != first.number("pair", 2)
    assert first.number("pair", 1) != first.number("part", 1)
