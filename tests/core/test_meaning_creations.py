"""Contracts that make contracts: of which code, where they come to stand, and with how many coins."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from eth_hash.auto import keccak

from tests.core.meaning import (
    ANN,
    BOB,
    EVE,
    IT,
    NAMES,
    NOBODY,
    VAULT,
    account,
    bare,
    data,
    decode,
    decoded,
    move,
)
from verifier.decode.calls import decode_call
from verifier.decode.lexicon import Lexicon
from verifier.decode.meaning.made_at import clone_code, create2, create3, createx_salt
from verifier.decode.sentence import say_operation
from verifier.model.address import Address
from verifier.model.call import FaultKind, Naming
from verifier.model.effect import Creation
from verifier.model.evidence import Evidence
from verifier.model.operation import Call
from verifier.model.units import Wei

BARE = Address.parse("0x4e59b44847b379578588920cA78FbF26c0B4956C")
# As chains have it at that address, and as EIP-7997 writes it.
BARE_CODE = bytes.fromhex(
    "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe0"
    "3601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3"
)
CODE = bytes.fromhex("6080604052")
SALT = b"\x07" * 32
MINE = VAULT + b"\x00" + b"\x09" * 11


def made(at: Address | None, code: bytes = CODE, factory: Address = IT, **more: Any) -> dict[str, Any]:
    """Return a creation as `bare` tells it."""
    known = {} if at is None else {"account": at}
    return {"is": "Creation", "factory": factory, **known, "code_hash": keccak(code), **more}


@pytest.mark.parametrize(
    ("factory", "salt", "code", "address"),
    [
        # https://eips.ethereum.org/EIPS/eip-1014, its examples.
        ("00" * 20, "00" * 32, "00", "0x4D1A2e2bB4F88F0250f26Ffff098B0b30B26BF38"),
        (
            "deadbeef" + "00" * 16,
            "00" * 12 + "feed" + "00" * 18,
            "00",
            "0xD04116cDd17beBE565EB2422F2497E06cC1C9833",
        ),
        (
            "00" * 16 + "deadbeef",
            "00" * 28 + "cafebabe",
            "deadbeef",
            "0x60f3f640a8508fC6a86d45DF051962668E1e8AC7",
        ),
        ("00" * 20, "00" * 32, "", "0xE33C0C7F7df4809055C3ebA6c09CFe4BaF1BD9e0"),
    ],
)
def test_create2__known_answers__the_address(factory: str, salt: str, code: str, address: str) -> None:
    code_hash = keccak(bytes.fromhex(code))
    assert create2(Address(bytes.fromhex(factory)), bytes.fromhex(salt), code_hash) == Address.parse(address)


def test_bare_factory__salt_and_code__where_it_comes_to_stand_and_every_byte_told() -> None:
    at = create2(BARE, SALT, keccak(CODE))
    found = decoded(SALT + CODE, to=BARE, value=5)
    assert (found.naming, found.faults, found.unopened) == (Naming.TARGET, (), 0)
    assert bare(found.effects) == [
        move(BARE, 5, token=NOBODY),
        made(at, factory=BARE),
        move(at, 5, token=NOBODY, sender=BARE),
    ]
    assert [(each.name, each.value, each.where.start, each.where.stop) for each in found.arguments] == [
        ("salt", SALT, 0, 32),
        ("code", CODE, 32, 37),
    ]
    assert found.sentence == (
        f"Sends 5 wei along. Has {BARE} make a contract of 5 bytes of code, whose hash is 0x{keccak(CODE).hex()}, at "
        f"{at}, by the salt 0x{SALT.hex()}. Nobody here reads that code."
    )


def test_bare_factory__salt_that_is_a_selector__no_transfer() -> None:
    """What it is told begins with a salt, and anybody can choose that."""
    disguised = data("transfer(address,uint256)", EVE, 5) + bytes(12)
    found = decoded(disguised, to=BARE)
    assert [type(effect) for effect in found.effects] == [Creation]
    assert decoded(disguised[:68]).function == "transfer(address,uint256)"


@pytest.mark.parametrize("size", [1, 4, 31])
def test_bare_factory__too_few_bytes_for_a_salt__nothing_is_made(size: int) -> None:
    found = decoded(bytes(range(1, size + 1)), to=BARE)
    assert found.effects == ()
    assert [fault.kind for fault in found.faults] == [FaultKind.TRUNCATED]
    assert "it makes nothing of them" in found.sentence


def test_bare_factory__salt_alone__a_contract_without_code() -> None:
    found = decoded(SALT, to=BARE)
    assert bare(found.effects) == [made(create2(BARE, SALT, keccak(b"")), b"", BARE)]
    assert "make a contract without code at" in found.sentence


@pytest.mark.parametrize(
    ("address", "code", "evidence", "is_one"),
    [
        (BARE, BARE_CODE, Evidence.CLAIMED, True),
        (BARE, b"\x60\x00", Evidence.PROVEN, False),
        (BARE, b"", Evidence.CLAIMED, False),
        # Whose address nobody knows is one by its proven code only: a lie would hide what is called.
        (IT, BARE_CODE, Evidence.PROVEN, True),
        (IT, BARE_CODE, Evidence.AGREED, False),
        (IT, BARE_CODE + b"\x00", Evidence.PROVEN, False),
    ],
)
def test_bare_factory__by_address_or_proven_code__told_as_one(
    address: Address, code: bytes, evidence: Evidence, is_one: bool
) -> None:
    names = replace(NAMES, accounts={address: account(address, code=code, evidence=evidence)})
    found = decoded(SALT + CODE, to=address, names=names)
    assert any(isinstance(effect, Creation) for effect in found.effects) is is_one
    assert (found.naming is Naming.NONE) is not is_one


CLONE = clone_code(ANN)
GUARDED = keccak(bytes(12) + VAULT + MINE)


@pytest.mark.parametrize(
    ("signature", "values", "effects"),
    [
        ("safeCreate2(bytes32,bytes)", (SALT, CODE), [made(create2(IT, SALT, keccak(CODE)))]),
        ("deploy(bytes32,bytes)", (SALT, CODE), [made(None)]),
        (
            "deploy(uint256,bytes32,bytes)",
            (7, SALT, CODE),
            [
                made(create2(IT, SALT, keccak(CODE))),
                move(create2(IT, SALT, keccak(CODE)), 7, token=NOBODY, sender=IT),
            ],
        ),
        ("deployCreate(bytes)", (CODE,), [made(None)]),
        # The salt of CreateX is hashed, with the caller where it begins with it; a flag makes it one of this chain.
        ("deployCreate2(bytes32,bytes)", (SALT, CODE), [made(create2(IT, keccak(SALT), keccak(CODE)))]),
        ("deployCreate2(bytes32,bytes)", (MINE, CODE), [made(create2(IT, GUARDED, keccak(CODE)))]),
        ("deployCreate2(bytes32,bytes)", (VAULT + b"\x01" + bytes(11), CODE), [made(None)]),
        ("deployCreate2(bytes32,bytes)", (bytes(20) + b"\x01" + bytes(11), CODE), [made(None)]),
        ("deployCreate2(bytes)", (CODE,), [made(None)]),
        ("deployCreate3(bytes32,bytes)", (MINE, CODE), [made(create3(IT, GUARDED))]),
        (
            "deployCreate2Clone(bytes32,address,bytes)",
            (MINE, ANN, b"\x01\x02\x03\x04\x05"),
            [made(create2(IT, GUARDED, keccak(CLONE)), CLONE, runs=ANN)],
        ),
        (
            "deployCreate3AndInit(bytes32,bytes,bytes,(uint256,uint256),address)",
            (MINE, CODE, b"\x01\x02\x03\x04", (3, 4), EVE),
            [
                made(create3(IT, GUARDED)),
                move(create3(IT, GUARDED), 7, token=NOBODY, sender=IT),
                move(EVE, None, token=NOBODY, sender=IT),
            ],
        ),
        ("performCreate(uint256,bytes)", (0, CODE), [made(None)]),
    ],
)
def test_deployer__effects(signature: str, values: tuple[Any, ...], effects: list[dict[str, Any]]) -> None:
    found = decode(signature, *values)
    assert bare(found.effects) == effects
    at = effects[0].get("account")
    assert (str(at) if at else "an address that these bytes do not tell") in found.sentence


def test_create3__by_the_first_that_its_proxy_makes__as_written_in_rlp() -> None:
    proxy_code = bytes.fromhex("67363d3d37363d34f03d5260086018f3")
    proxy = create2(IT, SALT, keccak(proxy_code))
    # A list of 22 bytes: a string of 20, and the nonce 1.
    assert create3(IT, SALT) == Address(keccak(bytes([0xC0 + 22, 0x80 + 20]) + proxy + bytes([1]))[12:])


def test_createx_salt__begins_with_somebody_else__hashed_alone() -> None:
    theirs = EVE + b"\x01" + bytes(11)
    assert createx_salt(theirs, VAULT) == keccak(theirs)
    assert createx_salt(bytes(32), VAULT) == keccak(bytes(32))
    # It takes no other flag behind the caller or nobody.
    assert createx_salt(VAULT + b"\x02" + bytes(11), VAULT) is None


def test_library__that_safes_run_as_their_own__both_places_told() -> None:
    found = decode("performCreate2(uint256,bytes,bytes32)", 0, CODE, SALT)
    assert str(create2(IT, SALT, keccak(CODE))) in found.sentence
    assert f"runs it as its own, that is at {create2(VAULT, SALT, keccak(CODE))}" in found.sentence


def test_createx__called_by_nobody_knows_whom__no_address_is_guessed() -> None:
    call = Call(target=IT, value=Wei(0), data=data("deployCreate2(bytes32,bytes)", MINE, CODE))
    assert bare(decode_call(call, Lexicon(vault=None)).effects) == [made(None)]


def test_operation__of_many_calls__says_what_it_makes() -> None:
    calls = [decoded(SALT + bytes([i]), to=BARE) for i in range(7)]
    assert "Makes 7 contracts of code that nobody here reads at" in say_operation(calls, NAMES)
    assert BOB not in [getattr(effect, "account", None) for call in calls for effect in call.effects]


SETUP = "setup(address[],uint256,address,bytes,address,address,uint256,address)"
CREATE = "createProxyWithNonce(address,bytes,uint256)"


@pytest.mark.parametrize(
    ("initializer", "part"),
    [
        (b"", "whoever comes first may make it theirs"),
        (b"\x01\x02\x03\x04", "what sets it up nothing here can read: 0x01020304"),
        (data(SETUP, [ANN, EVE], 2, NOBODY, b"", NOBODY, NOBODY, 0, NOBODY)[:-32], "nothing here can read"),
        (
            data(SETUP, [ANN, EVE], 2, NOBODY, b"", NOBODY, NOBODY, 0, NOBODY),
            f"; its owners are {ANN} (Ann), {EVE}, 2 of them decide.",
        ),
        (
            data(SETUP, [ANN], 1, NOBODY, b"", EVE, NOBODY, 0, NOBODY),
            f"1 of them decide; for what it signs or has no function for, it asks {EVE}.",
        ),
        (
            data(SETUP, [ANN], 1, EVE, b"\x01", NOBODY, NOBODY, 7, BOB),
            f"and it runs the code of {EVE} as its own at once, which can do anything to it; it pays 7 base units to",
        ),
    ],
)
def test_safe__made_by_its_factory__who_owns_it(initializer: bytes, part: str) -> None:
    found = decode(CREATE, BOB, initializer, 7)
    assert bare(found.effects) == [{"is": "Creation", "factory": IT, "runs": BOB}]
    assert part in found.sentence


@pytest.mark.parametrize(("more", "values", "to"), [(",address", (EVE,), EVE), ("", (), VAULT)])
def test_createx__coins_that_are_left__who_gets_them(
    more: str, values: tuple[Address, ...], to: Address
) -> None:
    signature = f"deployCreateAndInit(bytes,bytes,(uint256,uint256){more})"
    found = decode(signature, CODE, b"\x01\x02\x03\x04", (0, 0), *values, value=5)
    assert f" What is left of the coins goes to {to}" in found.sentence


def test_create__at_an_address_that_nothing_tells__words() -> None:
    said = decode("deployCreate(bytes)", CODE).sentence
    assert ", at an address that these bytes do not tell. Nobody" in said
    assert ",," not in said
