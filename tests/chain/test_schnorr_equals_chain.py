"""One verdict on groups' signatures: what this client says of each is what the contract's own library says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

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
from tests.frost import noble
from tests.frost.group import Group
from tests.frost.noble import Session
from tests.frost.reference import ORDER, PRIME, challenge, lift, word
from tests.vectors import read_vectors
from verifier.model.operation import Signature
from verifier.sign import schnorr

KEY: Final = (OWLS.x, OWLS.y)
ONES: Final = 2**256 - 1
RUNS: Final[list[dict[str, Any]]] = read_vectors("frost_secp256k1.json")["runs"]
# What the field of a signature, a byte, can hold.
PREFIXES: Final = (0, 1, 2, 3, 4, 5, 27, 28, 255)
NUMBERS: Final = (
    0,
    1,
    2,
    first_gap(1),
    first_gap(OWLS.x),
    first_point(ORDER)[0],
    ORDER - 1,
    ORDER,
    ORDER + 1,
    PRIME - 1,
    PRIME,
    PRIME + 1,
    ONES - 1,
    ONES,
)


@pytest.fixture(scope="module")
def opened(node: Anvil) -> Iterator[Opened]:
    with open_schnorr(node) as found:
        yield found


def is_signed(claim: Claim) -> bool:
    signature = Signature(r=word(claim.rx), s=word(claim.z), v=claim.r_prefix)
    return schnorr.is_signed(claim.x, claim.prefix, claim.message, signature)


def changed_in(claim: Claim, field: str, number: int) -> Claim:
    changes: dict[str, Any] = {field: number}
    return claim._replace(**changes)


def malformed() -> Iterator[Claim]:
    """Yield a good signature with one or two of its parts replaced by each of what is odd."""
    for name in ("owls", "larks", "rooks", "crows"):
        claim = Claim.of(Group.new(name))
        for prefix in PREFIXES:
            yield claim._replace(prefix=prefix)
            yield claim._replace(r_prefix=prefix)
            yield claim._replace(prefix=prefix, r_prefix=prefix)
    claim = Claim.of(OWLS)
    for field in ("x", "rx", "z"):
        for number in NUMBERS:
            changed = changed_in(claim, field, number)
            yield from (changed, changed._replace(prefix=claim.prefix ^ 1))
        for bit in range(0, 256, 17):
            yield changed_in(claim, field, getattr(claim, field) ^ 1 << bit)
    yield claim._replace(message=bytes(32))
    yield claim._replace(z=ORDER - claim.z)
    yield Claim(0, 0, bytes(32), 0, 0, 0)
    yield Claim(ONES, 255, word(ONES), 255, ONES, ONES)
    for number in range(4):
        v, r, s = OWLS.key.sign_msg_hash(MESSAGE).vrs
        yield claim._replace(r_prefix=(v, 2 + v, 27 + v, 28 - v)[number], rx=r, z=s)


def equations() -> Iterator[Equation]:
    """Yield equations that all hold on the curve, in range or not."""
    for z in (0, 1, 5, ORDER - 1, ORDER, ORDER + 1):
        yield Equation.for_key(KEY, e=7, z=z)
    yield Equation.for_key(KEY, e=0, z=9)
    yield Equation.for_key(first_point(ORDER), e=7, z=9)
    yield Equation.for_key(first_point(ORDER - 1000), e=7, z=9)
    for start in (1, ORDER, PRIME - 1000):
        yield Equation.for_r(first_point(start), e=7, z=9)
    low = Equation.for_r(lift(2, 1), e=7, z=9)
    yield low._replace(rx=1 + PRIME)
    for prefix in (0, 1, 2, 3, 4, 27, 256 + 2):
        yield low._replace(prefix=prefix)
        yield low._replace(r_prefix=prefix)


def test_verdict__on_everything_malformed__is_the_contract_s(opened: Opened) -> None:
    claims = list(malformed())
    said = [is_signed(claim) for claim in claims]
    assert said == [opened.is_valid(claim) for claim in claims]
    # Each group's own signature comes up among its replacements, and nothing else does.
    good = {Claim.of(Group.new(name)) for name in ("owls", "larks", "rooks", "crows")}
    assert {claim for claim, is_good in zip(claims, said, strict=True) if is_good} <= good
    assert any(said)


def test_verdict__on_equations_that_hold__is_the_contract_s(opened: Opened) -> None:
    said = [schnorr.is_answer(*equation) for equation in equations()]
    assert said == [opened.is_answer(equation) for equation in equations()]
    assert {True, False} == set(said)


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run["name"])
def test_verdict__on_a_published_run__is_the_contract_s(opened: Opened, run: dict[str, Any]) -> None:
    key, raw, message = (bytes.fromhex(run[part]) for part in ("key", "signature", "message"))
    x, rx, z = (int.from_bytes(part, "big") for part in (key[1:], raw[1:33], raw[33:]))
    e = schnorr.challenge(x, key[0], message, raw[0], rx)
    assert e == challenge(raw[:33], key, message)
    assert schnorr.is_answer(x, key[0], e, raw[0], rx, z)
    assert opened.is_answer(Equation(x=x, prefix=key[0], e=e, r_prefix=raw[0], rx=rx, z=z))


def test_verdict__on_groups_that_noble_made__is_the_contract_s(opened: Opened) -> None:
    sessions = [
        Session(seed=f"dice {i}", threshold=t, holders=n, message=word(2**255 + i))
        for i, (t, n) in enumerate([(2, 2), (2, 3), (3, 3), (3, 5), (4, 5), (2, 4), (2, 5)])
    ]
    for one in noble.sign(sessions):
        claim = Claim(*one.words)
        assert is_signed(claim)
        assert opened.is_valid(claim)
        assert schnorr.challenge(*claim[:5]) == opened.challenge(claim)
        for changed in (claim._replace(message=MESSAGE), claim._replace(z=claim.z - 1)):
            assert not is_signed(changed)
            assert not opened.is_valid(changed)
