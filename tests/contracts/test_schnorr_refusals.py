"""What is no FROST signature: everything that is not exactly one. Nothing of it reverts.

Each equation here holds on the curve; what is refused is only that a number is out of its range, and the same with all
numbers in range stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.anvil import Anvil
from tests.contracts.schnorr import (
    MESSAGE,
    OWLS,
    Claim,
    Equation,
    Opened,
    first_gap,
    first_point,
    open_schnorr,
)
from tests.frost.group import Group
from tests.frost.reference import (
    GENERATOR,
    ORDER,
    PRIME,
    add,
    challenge,
    is_valid,
    lift,
    negative,
    times,
    word,
)

KEY = (OWLS.x, OWLS.y)
ONES = 2**256 - 1
# The low byte of 256 + 2 is a good prefix; 0, 1, 4 and 5 have a parity as well; 27 and 28 are what `ecrecover` takes.
BAD_PREFIXES = [0, 1, 4, 5, 27, 28, 256 + 2, 256 + 3, 2**255 + 2, 2**256 - 1]


@pytest.fixture(scope="module")
def schnorr(node: Anvil) -> Iterator[Opened]:
    with open_schnorr(node) as opened:
        yield opened


# ------------------------------------------------------------------ one thing changed


@pytest.mark.parametrize("field", ["x", "rx", "z"])
def test_claim__with_any_one_bit_of_a_number_changed__is_refused(schnorr: Opened, field: str) -> None:
    claim = Claim.of(OWLS)
    assert schnorr.is_valid(claim)
    taken = [
        bit
        for bit in range(256)
        if schnorr.is_valid(claim._replace(**{field: getattr(claim, field) ^ 1 << bit}))
    ]
    assert taken == []


def test_claim__with_any_one_bit_of_the_message_changed__is_refused(schnorr: Opened) -> None:
    claim = Claim.of(OWLS)
    number = int.from_bytes(claim.message, "big")
    taken = [bit for bit in range(256) if schnorr.is_valid(claim._replace(message=word(number ^ 1 << bit)))]
    assert taken == []


@pytest.mark.parametrize("name", ["owls", "larks", "rooks", "crows"])
def test_claim__with_the_other_parity__is_refused(schnorr: Opened, name: str) -> None:
    claim = Claim.of(Group.new(name))
    assert schnorr.is_valid(claim)
    assert not schnorr.is_valid(claim._replace(prefix=claim.prefix ^ 1))
    assert not schnorr.is_valid(claim._replace(r_prefix=claim.r_prefix ^ 1))
    assert not schnorr.is_valid(claim._replace(prefix=claim.prefix ^ 1, r_prefix=claim.r_prefix ^ 1))


def test_claim__with_the_negative_of_z__is_refused(schnorr: Opened) -> None:
    """There is no second signature beside one, as ECDSA has it."""
    claim = Claim.of(OWLS)
    for r_prefix in (2, 3):
        assert not schnorr.is_valid(claim._replace(z=ORDER - claim.z, r_prefix=r_prefix))


def test_claim__for_another_group__is_refused(schnorr: Opened) -> None:
    owls, larks = Claim.of(OWLS), Claim.of(Group.new("larks"))
    assert not schnorr.is_valid(owls._replace(x=larks.x, prefix=larks.prefix))
    assert not schnorr.is_valid(owls._replace(z=larks.z))
    assert not schnorr.is_valid(owls._replace(r_prefix=larks.r_prefix, rx=larks.rx))
    assert schnorr.is_valid(
        owls._replace(x=larks.x, prefix=larks.prefix, r_prefix=larks.r_prefix, rx=larks.rx, z=larks.z)
    )


def test_claim__that_knows_only_the_challenge_of_another_message__is_refused(schnorr: Opened) -> None:
    """The challenge binds R, the key and the message: with any of them left out, this would be a forgery."""
    e = challenge(bytes(33), OWLS.compressed, MESSAGE)
    equation = Equation.for_key(KEY, e=e, z=12_345)
    assert schnorr.is_answer(equation)
    forged = Claim.of(OWLS)._replace(r_prefix=equation.r_prefix, rx=equation.rx, z=equation.z)
    assert not schnorr.is_valid(forged)


def test_claim__of_zeros_or_of_ones__is_refused(schnorr: Opened) -> None:
    assert not schnorr.is_valid(Claim(0, 0, bytes(32), 0, 0, 0))
    assert not schnorr.is_valid(Claim(ONES, ONES, word(ONES), ONES, ONES, ONES))
    claim = Claim.of(OWLS)
    assert not schnorr.is_valid(claim._replace(r_prefix=0, rx=0, z=0))
    for prefix in (2, 3):
        assert not schnorr.is_valid(claim._replace(r_prefix=prefix, rx=0, z=0))


def test_claim__that_is_the_key_s_own_ecdsa_signature__is_refused(schnorr: Opened) -> None:
    for number in range(8):
        message = word(number + 1)
        v, r, s = OWLS.key.sign_msg_hash(message).vrs
        for r_prefix in (2 + v, 27 + v, v):
            for z in (s, ORDER - s):
                claim = Claim.of(OWLS, message)._replace(r_prefix=r_prefix, rx=r, z=z)
                assert not schnorr.is_valid(claim)


# ------------------------------------------------------------------ prefixes


@pytest.mark.parametrize("bad", BAD_PREFIXES)
def test_prefix__that_sec1_does_not_have__is_refused(schnorr: Opened, bad: int) -> None:
    for name in ("owls", "larks", "rooks", "crows"):
        claim = Claim.of(Group.new(name))
        assert not schnorr.is_valid(claim._replace(prefix=bad))
        assert not schnorr.is_valid(claim._replace(r_prefix=bad))


@pytest.mark.parametrize("bad", BAD_PREFIXES)
def test_prefix__that_sec1_does_not_have__is_refused_in_an_equation_that_holds(
    schnorr: Opened, bad: int
) -> None:
    for z in range(1, 9):
        equation = Equation.for_key(KEY, e=7, z=z)
        assert schnorr.is_answer(equation)
        assert not schnorr.is_answer(equation._replace(prefix=bad))
        assert not schnorr.is_answer(equation._replace(r_prefix=bad))


# ------------------------------------------------------------------ z


@pytest.mark.parametrize("z", [1, 5, ORDER - 1])
def test_z__in_its_range__is_taken_and_with_the_order_added_is_not(schnorr: Opened, z: int) -> None:
    equation = Equation.for_key(KEY, e=7, z=z)
    assert schnorr.is_answer(equation)
    if z + ORDER < 2**256:
        assert not schnorr.is_answer(equation._replace(z=z + ORDER))


@pytest.mark.parametrize("z", [0, ORDER])
def test_z__of_zero__is_refused_where_the_equation_holds(schnorr: Opened, z: int) -> None:
    equation = Equation.for_key(KEY, e=7, z=z)
    assert lift(equation.r_prefix, equation.rx) == negative(times(7, KEY))
    assert not schnorr.is_answer(equation)


@pytest.mark.parametrize("z", [0, ORDER, ORDER + 1, 2**256 - 1])
def test_claim__with_a_z_out_of_range__is_refused(schnorr: Opened, z: int) -> None:
    assert not schnorr.is_valid(Claim.of(OWLS)._replace(z=z))


# ------------------------------------------------------------------ R


def test_rx__beyond_the_prime__is_refused_where_the_equation_holds_modulo_the_prime(schnorr: Opened) -> None:
    equation = Equation.for_r(lift(2, 1), e=7, z=9)
    assert schnorr.is_answer(equation)
    assert not schnorr.is_answer(equation._replace(rx=1 + PRIME))
    assert schnorr.ordinate(2, 1) == PRIME - schnorr.ordinate(3, 1) != 0
    assert schnorr.ordinate(2, 1 + PRIME) == schnorr.ordinate(3, 1 + PRIME) == 0


@pytest.mark.parametrize("rx", [0, first_gap(1), first_gap(ORDER), first_gap(OWLS.x), PRIME, 2**256 - 1])
def test_rx__that_no_point_has__is_refused(schnorr: Opened, rx: int) -> None:
    for prefix in (2, 3):
        assert schnorr.ordinate(prefix, rx) == 0
        assert not schnorr.is_valid(Claim.of(OWLS)._replace(r_prefix=prefix, rx=rx))


@pytest.mark.parametrize("start", [1, ORDER, PRIME - 1000])
def test_rx__that_a_point_has__is_taken(schnorr: Opened, start: int) -> None:
    """Also from the order on: R is no key, and `ecrecover` never sees its x."""
    assert schnorr.is_answer(Equation.for_r(first_point(start), e=7, z=9))


# ------------------------------------------------------------------ the challenge


def test_challenge__of_zero__is_refused_where_the_equation_holds(schnorr: Opened) -> None:
    """Anybody could answer it, without any key."""
    assert schnorr.is_answer(Equation.for_key(KEY, e=1, z=9))
    equation = Equation.for_key(KEY, e=0, z=9)
    assert lift(equation.r_prefix, equation.rx) == times(9, GENERATOR)
    assert not schnorr.is_answer(equation)


# ------------------------------------------------------------------ the key


def test_key__from_the_order_on__is_refused_where_the_equation_holds(schnorr: Opened) -> None:
    """It is on the curve, but `ecrecover` does not take it."""
    beyond = first_point(ORDER)
    assert not schnorr.is_answer(Equation.for_key(beyond, e=7, z=9))
    assert not schnorr.is_key(*beyond)
    within = first_point(ORDER - 1000)
    assert within[0] < ORDER
    assert schnorr.is_answer(Equation.for_key(within, e=7, z=9))
    assert schnorr.is_key(*within)


@pytest.mark.parametrize("x", [0, first_gap(1), first_gap(OWLS.x), ORDER, PRIME, 2**256 - 1])
def test_key__that_is_no_point__is_refused(schnorr: Opened, x: int) -> None:
    for prefix in (2, 3):
        assert not schnorr.is_valid(Claim.of(OWLS)._replace(x=x, prefix=prefix))
    for y in (0, 1, OWLS.y, PRIME - 1, 2**256 - 1):
        assert not schnorr.is_key(x, y)


def test_key__with_the_prime_added__is_refused(schnorr: Opened) -> None:
    """With a y so small that it fits. Its x is a third root, which the power of (p + 2) / 9 is where there is one."""
    y = next(y for y in range(1, 1000) if pow(pow(y * y - 7, (PRIME + 2) // 9, PRIME), 3, PRIME) == y * y - 7)
    x = pow(y * y - 7, (PRIME + 2) // 9, PRIME)
    assert schnorr.is_key(x, y)
    assert not schnorr.is_key(x, y + PRIME)
    small, tall = first_point(1)
    assert schnorr.is_key(small, tall)
    assert not schnorr.is_key(small + PRIME, tall)


def test_key__with_a_y_that_is_off__is_refused(schnorr: Opened) -> None:
    assert schnorr.is_key(OWLS.x, OWLS.y)
    assert schnorr.is_key(OWLS.x, PRIME - OWLS.y)
    for y in (OWLS.y + 1, OWLS.y - 1, OWLS.y ^ 1 << 255, 0, OWLS.x):
        assert not schnorr.is_key(OWLS.x, y)


# ------------------------------------------------------------------ the reference itself


def test_reference__for_each_part_changed__refuses_too() -> None:
    claim = Claim.of(OWLS)
    assert is_valid(*claim)
    for field in ("x", "prefix", "r_prefix", "rx", "z"):
        assert not is_valid(*claim._replace(**{field: getattr(claim, field) ^ 1}))
    assert not is_valid(*claim._replace(message=bytes(32)))
    assert add(KEY, negative(KEY)) is None
    assert times(ORDER + 1, KEY) == KEY
