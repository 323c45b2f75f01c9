"""FROST signatures as the chain checks them: published answers, a second implementation, the RFC in plain integers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, assume, given, note, settings
from hypothesis import strategies as st

from tests.anvil import Anvil
from tests.contracts.schnorr import MESSAGE, OWLS, Claim, Equation, Opened, first_point, open_schnorr
from tests.frost import noble, reference
from tests.frost.group import Group
from tests.frost.noble import Session, Signed
from tests.frost.reference import GENERATOR, ORDER, PRIME, lift
from tests.harness.compiled import compiled
from tests.vectors import read_vectors

RUNS: Final[list[dict[str, Any]]] = read_vectors("frost_secp256k1.json")["runs"]
SMALL_GROUPS: Final = [(2, 2), (2, 3), (3, 3), (2, 4), (3, 4), (2, 5), (3, 5), (4, 5)]
LARGE_GROUPS: Final = [(4, 7), (7, 7), (5, 8), (2, 10), (7, 10), (10, 10)]
# Threshold and holders; the small ones twice, with other dice.
GROUPS: Final = SMALL_GROUPS * 2 + LARGE_GROUPS
# Prague takes 3,000 for the recovery, 1,349 for the root, 312 for three hashes, 500 for five calls; ours is the rest.
MOST_GAS: Final = 6_500
MOST_BYTES: Final = 700

words = st.binary(min_size=32, max_size=32)
# Everywhere, and where ranges end.
numbers = st.one_of(
    st.integers(0, 2**256 - 1),
    st.builds(
        lambda end, off: min(max(end + off, 0), 2**256 - 1),
        st.sampled_from([0, ORDER, PRIME, 2**256]),
        st.integers(-3, 3),
    ),
)
prefixes = st.one_of(st.sampled_from([2, 3]), st.integers(0, 300), numbers)
groups = st.builds(lambda number: Group.new(f"group of {number}"), st.integers(0, 20))
calls_the_chain = settings(
    deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def schnorr(node: Anvil) -> Iterator[Opened]:
    with open_schnorr(node) as opened:
        yield opened


@pytest.fixture(scope="module")
def signed() -> list[Signed]:
    """Signatures of groups that noble made and let sign."""
    return noble.sign(
        [
            Session(seed=f"dice {i}", threshold=t, holders=n, message=reference.word(2**255 + i))
            for i, (t, n) in enumerate(GROUPS)
        ]
    )


def run_of(run: dict[str, Any]) -> Signed:
    return Signed(**{part: bytes.fromhex(run[part]) for part in ("message", "key", "signature")})


def equation_of(run: Signed) -> Equation:
    """Return what a signature says, with the challenge that the RFC has for it."""
    x, prefix, message, r_prefix, rx, z = run.words
    e = reference.challenge(run.signature[:33], run.key, message)
    return Equation(x=x, prefix=prefix, e=e, r_prefix=r_prefix, rx=rx, z=z)


# ------------------------------------------------------------------ published answers


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run["name"])
def test_challenge__of_a_published_run__is_the_one_that_its_secrets_give(run: dict[str, Any]) -> None:
    """Whoever knows key and nonces can solve z = k + e * secret for e."""
    nonce = sum(
        int(each["hiding_nonce"], 16) + int(each["binding_nonce"], 16) * int(each["binding_factor"], 16)
        for each in run["nonces"]
    )
    equation = equation_of(run_of(run))
    assert lift(equation.r_prefix, equation.rx) == reference.times(nonce, GENERATOR)
    assert equation.e == (equation.z - nonce) * pow(int(run["secret"], 16), -1, ORDER) % ORDER


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run["name"])
def test_answer__of_a_published_run__is_taken(schnorr: Opened, run: dict[str, Any]) -> None:
    """Their message has four bytes and ours always 32, so the challenge comes from the test."""
    equation = equation_of(run_of(run))
    assert schnorr.is_answer(equation)
    assert not schnorr.is_answer(equation._replace(e=equation.e + 1))


# ------------------------------------------------------------------ the second implementation


def test_groups__that_noble_made__are_of_all_kinds(signed: list[Signed]) -> None:
    assert len({one.key for one in signed}) == len(GROUPS) >= 20
    assert {(one.key[0], one.signature[0]) for one in signed} == {(2, 2), (2, 3), (3, 2), (3, 3)}


@pytest.mark.parametrize("index", range(len(GROUPS)))
def test_signature__of_a_group_that_noble_made__is_valid(
    schnorr: Opened, signed: list[Signed], index: int
) -> None:
    claim = Claim(*signed[index].words)
    assert schnorr.is_valid(claim)
    assert not schnorr.is_valid(claim._replace(message=MESSAGE))


def test_signature__of_our_own_groups__is_valid_for_noble_and_for_the_chain(schnorr: Opened) -> None:
    ours = [OWLS, *(Group.new(f"group {i}") for i in range(10))]
    claims = [Claim.of(group) for group in ours]
    made = [
        Signed(message=MESSAGE, key=group.compressed, signature=v[-1:] + r + s)
        for group in ours
        for r, s, v in [group.sign(MESSAGE)]
    ]
    assert all(schnorr.is_valid(claim) for claim in claims)
    assert noble.verify(made) == [True] * len(ours)
    assert noble.verify([replace(one, message=b"another") for one in made]) == [False] * len(ours)


# ------------------------------------------------------------------ the RFC in plain integers


@calls_the_chain
@given(
    claim=st.builds(Claim, numbers, st.sampled_from([2, 3]), words, st.sampled_from([2, 3]), numbers, numbers)
)
def test_challenge__of_anything__is_the_reference_s(schnorr: Opened, claim: Claim) -> None:
    key = reference.compressed(claim.prefix, claim.x)
    expected = reference.challenge(reference.compressed(claim.r_prefix, claim.rx), key, claim.message)
    assert schnorr.challenge(claim) == expected
    for dirt in (2**256 - 1, int.from_bytes(MESSAGE, "big")):
        assert schnorr.challenge_in_dirty_memory(claim, dirt) == expected


@calls_the_chain
@given(
    group=groups,
    message=words,
    changes=st.fixed_dictionaries(
        {},
        optional={
            "x": numbers,
            "prefix": prefixes,
            "message": words,
            "r_prefix": prefixes,
            "rx": numbers,
            "z": numbers,
        },
    ),
)
def test_claim__changed_in_any_way__is_valid_where_the_reference_says_so(
    schnorr: Opened, group: Group, message: bytes, changes: dict[str, Any]
) -> None:
    claim = Claim.of(group, message)
    assert schnorr.is_valid(claim)
    changed = claim._replace(**changes)
    note(f"{changed}")
    assert schnorr.is_valid(changed) == reference.is_valid(*changed)


@calls_the_chain
@given(x=numbers, e=st.one_of(st.just(0), numbers), z=numbers)
def test_equation__that_holds__is_an_answer_where_all_is_in_range(
    schnorr: Opened, x: int, e: int, z: int
) -> None:
    """The challenge comes reduced, as H2 gives it."""
    key = first_point(x % (PRIME - 1000))
    e %= ORDER
    assume(e != 0 or z % ORDER != 0)  # else R is the identity, which nobody can write
    equation = Equation.for_key(key, e=e, z=z)
    expected = key[0] < ORDER and e != 0 and 0 < z < ORDER
    assert schnorr.is_answer(equation) == expected
    assert not schnorr.is_answer(equation._replace(r_prefix=equation.r_prefix ^ 1))
    assert not schnorr.is_answer(equation._replace(prefix=equation.prefix ^ 1)) or e == 0


@calls_the_chain
@given(prefix=st.sampled_from([2, 3]), x=numbers)
def test_ordinate__of_any_x__is_the_reference_s(schnorr: Opened, prefix: int, x: int) -> None:
    point = lift(prefix, x)
    assert schnorr.ordinate(prefix, x) == (0 if point is None else point[1])


@calls_the_chain
@given(x=numbers, prefix=st.sampled_from([2, 3]), y=st.none() | numbers)
def test_key__of_any_x_and_y__is_one_where_the_reference_has_that_point(
    schnorr: Opened, x: int, prefix: int, y: int | None
) -> None:
    point = lift(prefix, x)
    if y is None:
        y = 0 if point is None else point[1]
    assert schnorr.is_key(x, y) == (x < ORDER and (x, y) in (lift(2, x), lift(3, x)))


# ------------------------------------------------------------------ the key as a member


@pytest.mark.parametrize("name", ["owls", "larks", "rooks", "crows", "wrens"])
def test_group__as_a_member__has_the_account_and_prefix_that_its_key_has_elsewhere(
    schnorr: Opened, name: str
) -> None:
    group = Group.new(name)
    assert schnorr.is_key(group.x, group.y)
    assert schnorr.account_of(group.x, group.y) == group.account
    assert schnorr.prefix_of(group.y) == group.prefix
    assert schnorr.ordinate(group.prefix, group.x) == group.y


# ------------------------------------------------------------------ what it costs


def test_gas__of_a_valid_signature__is_the_same_for_every_group(
    schnorr: Opened, signed: list[Signed]
) -> None:
    used = [schnorr.gas_of(Claim(*one.words)) for one in signed]
    assert min(used) > 0
    assert max(used) <= MOST_GAS
    # An odd y takes one subtraction more.
    assert max(used) - min(used) <= 30


def test_code__of_the_library__is_small() -> None:
    size = len(compiled("Verifier").runtime) - len(compiled("Yes").runtime)
    assert 0 < size <= MOST_BYTES
