"""Groups' signatures: what RFC 9591 published, what its formulas say of the rest, and what a member may consent by.

Whether the contract gives the same answers stands in `tests/chain/test_schnorr_equals_chain.py`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest
from eth_hash.auto import keccak
from hypothesis import assume, given, note, settings
from hypothesis import strategies as st

from tests.core.strategies import uints
from tests.frost import reference
from tests.frost.group import Group
from tests.frost.reference import GENERATOR, ORDER, PRIME, add, negative, times, word
from tests.vectors import read_vectors
from verifier.errors import ApprovalOfOther, SignatureMalformed
from verifier.model.address import Address
from verifier.model.group import Group as GroupOfMember
from verifier.model.member import STRANGER, Kind, Member
from verifier.model.operation import NO_SIGNATURE, Approval, Publication, Signature
from verifier.model.units import ChainId, MemberIndex, OperationId, Person
from verifier.sign.consent import require_approval, require_signed
from verifier.sign.schnorr import (
    challenge,
    is_answer,
    is_signed,
    join_group_signature,
    lift,
    split_group_signature,
)
from verifier.sign.typed import approve_digest

RUNS: Final[list[dict[str, Any]]] = read_vectors("frost_secp256k1.json")["runs"]
OWLS: Final = Group.new("owls")
DIGEST: Final = keccak(b"digest")
CHAIN, VAULT = ChainId(1), Address(b"\x11" * 20)
PUBLICATION: Final = Publication.unpack(7 << 32)
# Everywhere, and where ranges end.
numbers = st.one_of(
    uints(256),
    st.builds(
        lambda end, off: min(max(end + off, 0), 2**256 - 1),
        st.sampled_from([0, ORDER, PRIME, 2**256]),
        st.integers(-3, 3),
    ),
)
prefixes = st.one_of(st.sampled_from([2, 3]), st.integers(0, 255))
names = st.builds(lambda number: f"group of {number}", st.integers(0, 20))


def signature_of(group: Group, message: bytes = DIGEST) -> Signature:
    r, s, v = group.sign(message)
    return Signature(r=r, s=s, v=v[-1])


def seat_of(group: Group) -> Member:
    """Return a member who is this group."""
    record = replace(STRANGER, seat=MemberIndex(3), kind=Kind(group.prefix))
    holders = (Person(7), Person(8))
    return Member(
        address=Address(group.account), record=record, group=GroupOfMember(x=group.x, holders=holders)
    )


def approval_with(signature: Signature) -> Approval:
    return Approval(seat=MemberIndex(3), publication=PUBLICATION, signature=signature)


# ------------------------------------------------------------------ published answers


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run["name"])
def test_signature__of_a_published_run__is_taken_for_its_message_and_key_alone(run: dict[str, Any]) -> None:
    key, message = bytes.fromhex(run["key"]), bytes.fromhex(run["message"])
    raw = bytes.fromhex(run["signature"])
    signature = Signature(r=raw[1:33], s=raw[33:], v=raw[0])
    x = int.from_bytes(key[1:], "big")
    assert is_signed(x, key[0], message, signature)
    assert not is_signed(x, key[0], message + b"!", signature)
    assert not is_signed(x, key[0] ^ 1, message, signature)
    assert not is_signed(OWLS.x, OWLS.prefix, message, signature)


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run["name"])
def test_challenge__of_a_published_run__is_the_one_that_its_secrets_give(run: dict[str, Any]) -> None:
    """Whoever knows key and nonces can solve z = k + e * secret for e."""
    key, raw = bytes.fromhex(run["key"]), bytes.fromhex(run["signature"])
    nonce = sum(
        int(each["hiding_nonce"], 16) + int(each["binding_nonce"], 16) * int(each["binding_factor"], 16)
        for each in run["nonces"]
    )
    e = challenge(
        int.from_bytes(key[1:], "big"),
        key[0],
        bytes.fromhex(run["message"]),
        raw[0],
        int.from_bytes(raw[1:33], "big"),
    )
    z = int.from_bytes(raw[33:], "big")
    assert e == (z - nonce) * pow(int(run["secret"], 16), -1, ORDER) % ORDER


# ------------------------------------------------------------------ the RFC's formulas


@settings(deadline=None, max_examples=60)
@given(
    name=names,
    message=st.binary(min_size=32, max_size=32),
    changes=st.fixed_dictionaries(
        {},
        optional={
            "x": numbers,
            "prefix": prefixes,
            "message": st.binary(max_size=40),
            "r_prefix": prefixes,
            "rx": numbers,
            "z": numbers,
        },
    ),
)
def test_signature__changed_in_any_way__is_valid_where_the_reference_says_so(
    name: str, message: bytes, changes: dict[str, Any]
) -> None:
    group = Group.new(name)
    signature = signature_of(group, message)
    assert is_signed(group.x, group.prefix, message, signature)
    claim = {
        "x": group.x,
        "prefix": group.prefix,
        "message": message,
        "r_prefix": signature.v,
        "rx": int.from_bytes(signature.r, "big"),
        "z": int.from_bytes(signature.s, "big"),
        **changes,
    }
    note(f"{claim}")
    changed = Signature(r=word(claim["rx"]), s=word(claim["z"]), v=claim["r_prefix"])
    said = is_signed(claim["x"], claim["prefix"], claim["message"], changed)
    assert said == reference.is_valid(**claim)


@settings(deadline=None, max_examples=60)
@given(x=numbers, e=st.one_of(st.just(0), numbers), z=numbers)
def test_equation__that_holds__is_an_answer_where_all_is_in_range(x: int, e: int, z: int) -> None:
    """Out of range it holds as well, and is refused: a second way of writing one signature is a second signature."""
    key = next(point for near in range(1000) if (point := lift(2, (x + near) % PRIME)) is not None)
    e %= ORDER
    assume(e != 0 or z % ORDER != 0)
    r = add(times(z, GENERATOR), negative(times(e, key)))
    assume(r is not None)
    assert r is not None
    r_prefix = 2 + r[1] % 2
    expected = key[0] < ORDER and e != 0 and 0 < z < ORDER
    assert is_answer(key[0], 2, e, r_prefix, r[0], z) == expected
    assert not is_answer(key[0], 2, e, r_prefix ^ 1, r[0], z)
    assert not is_answer(key[0], 2, e, r_prefix, r[0], z + ORDER)
    assert not is_answer(key[0], 2, e, r_prefix, r[0] + PRIME, z)
    assert not is_answer(key[0] + PRIME, 2, e, r_prefix, r[0], z)


def test_signature__with_any_one_bit_changed__is_refused() -> None:
    signature = signature_of(OWLS)
    for bit in range(0, 256, 11):
        flip = (1 << bit).to_bytes(32, "big")
        for part in ("r", "s"):
            change: dict[str, Any] = {
                part: bytes(a ^ b for a, b in zip(getattr(signature, part), flip, strict=True))
            }
            assert not is_signed(OWLS.x, OWLS.prefix, DIGEST, replace(signature, **change))


def test_signature__whose_parts_are_no_words__is_refused_without_an_exception() -> None:
    signature = signature_of(OWLS)
    assert is_signed(OWLS.x, OWLS.prefix, DIGEST, signature)
    changes: list[dict[str, Any]] = [
        {"r": signature.r[1:]},
        {"s": b""},
        {"s": b"\0" + signature.s},
        {"v": -1},
        {"v": 258},
    ]
    for change in changes:
        assert not is_signed(OWLS.x, OWLS.prefix, DIGEST, replace(signature, **change))
    for x in (-1, 1 << 256, OWLS.x + PRIME):
        assert not is_signed(x, OWLS.prefix, DIGEST, signature)


# ------------------------------------------------------------------ 65 bytes


def test_split__what_join_gave__is_the_same() -> None:
    signature = signature_of(OWLS)
    joined = join_group_signature(signature)
    assert (len(joined), split_group_signature(joined)) == (65, signature)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"v": 27}, "its prefix is 27"),
        ({"v": 0}, "its prefix is 0"),
        ({"s": bytes(32)}, "its z is zero"),
        ({"s": word(ORDER)}, "not below the order"),
        ({"r": bytes(32)}, "no point of the curve"),
        ({"r": word(PRIME)}, "no point of the curve"),
        ({"r": b""}, "not 32 bytes each"),
    ],
)
def test_join_and_split__what_no_vault_takes__refused(changes: dict[str, Any], said: str) -> None:
    changed = replace(signature_of(OWLS), **changes)
    with pytest.raises(SignatureMalformed, match=said):
        join_group_signature(changed)
    raw = changed.r + changed.s + bytes([changed.v])
    with pytest.raises(SignatureMalformed, match=said if len(raw) == 65 else "33 bytes and not 65"):
        split_group_signature(raw)


# ------------------------------------------------------------------ consent


def approval_by(group: Group) -> tuple[Approval, OperationId]:
    operation_id = OperationId(keccak(b"operation"))
    digest = approve_digest(operation_id, PUBLICATION, chain_id=CHAIN, vault=VAULT)
    return approval_with(signature_of(group, digest)), operation_id


@pytest.mark.parametrize("name", ["owls", "larks", "rooks", "crows", "wrens"])
def test_require_approval__of_the_group_that_sits_there__passes(name: str) -> None:
    approval, operation_id = approval_by(Group.new(name))
    require_approval(approval, operation_id, member=seat_of(Group.new(name)), chain_id=CHAIN, vault=VAULT)


@pytest.mark.parametrize("changed", ["operation", "publication", "chain", "vault", "member"])
def test_require_approval__of_a_group_for_something_else__an_incident(changed: str) -> None:
    approval, operation_id = approval_by(OWLS)
    if changed == "publication":
        approval = replace(approval, publication=Publication.unpack(0))
    with pytest.raises(
        ApprovalOfOther, match=r"seat 3 should be by .* does not fit that group's key"
    ) as incident:
        require_approval(
            approval,
            OperationId(keccak(b"another")) if changed == "operation" else operation_id,
            member=seat_of(Group.new("larks" if changed == "member" else "owls")),
            chain_id=ChainId(2) if changed == "chain" else CHAIN,
            vault=Address(b"\x22" * 20) if changed == "vault" else VAULT,
        )
    assert incident.value.actual == b""


def test_require_signed__by_the_whole_key_behind_a_group_s_address__refused() -> None:
    """It is the right address, and nobody should have that key."""
    v, r, s = OWLS.key.sign_msg_hash(DIGEST).vrs
    by_ecdsa = approval_with(Signature(r=word(r), s=word(s), v=v + 27))
    person = replace(seat_of(OWLS), record=replace(seat_of(OWLS).record, kind=Kind.ECDSA), group=None)
    require_signed(by_ecdsa, DIGEST, person)
    with pytest.raises(SignatureMalformed, match="groups sign by FROST"):
        require_signed(by_ecdsa, DIGEST, seat_of(OWLS))


def test_require_signed__by_frost_for_the_seat_of_a_person__refused() -> None:
    by_frost = approval_with(signature_of(OWLS))
    require_signed(by_frost, DIGEST, seat_of(OWLS))
    person = replace(seat_of(OWLS), record=replace(seat_of(OWLS).record, kind=Kind.ECDSA), group=None)
    with pytest.raises(SignatureMalformed, match="27 or 28 is expected"):
        require_signed(by_frost, DIGEST, person)


def test_require_signed__group_whose_key_is_not_known__an_incident() -> None:
    with pytest.raises(ApprovalOfOther):
        require_signed(approval_with(signature_of(OWLS)), DIGEST, replace(seat_of(OWLS), group=None))


def test_require_signed__no_signature__refused() -> None:
    with pytest.raises(SignatureMalformed):
        require_signed(approval_with(NO_SIGNATURE), DIGEST, seat_of(OWLS))
