"""Who decides about a contract, and which code it runs, after a call."""

from __future__ import annotations

from typing import Any

import pytest
from eth_hash.auto import keccak

from tests.core.meaning import BOB, EVE, IT, NOBODY, USDC, VAULT, bare, data, decode, decoded
from verifier.model.address import Address
from verifier.model.effect import Authority, AuthorityKind, Delegation

K = AuthorityKind
MINTER = keccak(b"MINTER_ROLE")


def effect(
    kind: AuthorityKind, who: Address | None = None, detail: int | bytes | None = None, *, of: Address = IT
) -> dict[str, Any]:
    told: dict[str, Any] = {"is": "Authority", "target": of, "kind": kind}
    if who is not None:
        told["account"] = who
    if detail is not None:
        told["detail"] = detail
    return told


@pytest.mark.parametrize(
    ("signature", "values", "expected", "part"),
    [
        ("transferOwnership(address)", (EVE,), effect(K.OWNER, EVE), f"Makes {EVE} the owner of {IT}."),
        ("transferOwnership(address)", (NOBODY,), effect(K.OWNER, NOBODY), "That is nobody, for ever."),
        ("transferOwnership(address,bool,bool)", (EVE, False, False), effect(K.PENDING_OWNER, EVE), "Offers"),
        ("transferOwnership(address,bool,bool)", (EVE, True, False), effect(K.OWNER, EVE), "Makes"),
        ("acceptOwnership()", (), effect(K.OWNER, VAULT), "(this vault) the owner"),
        ("renounceOwnership()", (), effect(K.OWNER), "without an owner for ever"),
        ("setPendingAdmin(address)", (EVE,), effect(K.PENDING_OWNER, EVE), "Offers to make"),
        ("_setPendingAdmin(address)", (EVE,), effect(K.PENDING_OWNER, EVE), "Offers to make"),
        ("acceptAdmin()", (), effect(K.ADMIN, VAULT), "as was offered"),
        ("setAdmin(address)", (EVE,), effect(K.ADMIN, EVE), "administrator"),
        ("rely(address)", (EVE,), effect(K.ADMIN, EVE), "do anything"),
        ("deny(address)", (EVE,), effect(K.ROLE_REVOKED, EVE), "Takes from"),
        ("addOwner(address)", (EVE,), effect(K.SIGNER_ADDED, EVE), "those who sign"),
        ("removeSigner(address)", (EVE,), effect(K.SIGNER_REMOVED, EVE), "those who sign"),
        ("setImplementation(address)", (EVE,), effect(K.CODE, EVE), f"run the code of {EVE}"),
        ("setPoolImpl(address)", (EVE,), effect(K.CODE, EVE), "the pool of"),
        (
            "setAddress(bytes32,address)",
            (b"PRICE_ORACLE".ljust(32, b"\0"), EVE),
            effect(K.CODE, EVE, b"PRICE_ORACLE".ljust(32, b"\0")),
            'knows as "PRICE_ORACLE"',
        ),
        ("_become(address)", (BOB,), effect(K.CODE, IT, of=BOB), f"run the code of {IT}"),
        ("setPaused(bool)", (True,), effect(K.SETTING, detail=1), "Stops"),
        ("unpause()", (), effect(K.SETTING), "Starts"),
        (
            "grantRole(bytes32,address)",
            (bytes(32), EVE),
            effect(K.ROLE_GRANTED, EVE, bytes(32)),
            "DEFAULT_ADMIN_ROLE",
        ),
        (
            "grantRole(bytes32,address)",
            (MINTER, EVE),
            effect(K.ROLE_GRANTED, EVE, MINTER),
            "the role MINTER_ROLE",
        ),
        (
            "revokeRole(bytes32,address)",
            (b"\x01" * 32, EVE),
            effect(K.ROLE_REVOKED, EVE, b"\x01" * 32),
            "0x0101",
        ),
        ("beginDefaultAdminTransfer(address)", (EVE,), effect(K.PENDING_OWNER, EVE), "Offers the role"),
        ("acceptDefaultAdminTransfer()", (), effect(K.OWNER, VAULT), "Accepts"),
        ("changeDefaultAdminDelay(uint48)", (3_600,), effect(K.DELAY, detail=3_600), "1 hour"),
        ("updateDelay(uint256)", (0,), effect(K.DELAY, detail=0), "0 seconds"),
        ("setDelay(uint256)", (60,), effect(K.DELAY, detail=60), "1 minute"),
        (
            "grantRole(uint64,address,uint32)",
            (0, EVE, 3_600),
            effect(K.ROLE_GRANTED, EVE, 0),
            "role 0 (the admin's)",
        ),
        ("setRoleAdmin(uint64,uint64)", (5, 6), effect(K.ADMIN, detail=5), "holders of role 6 give role 5"),
        ("setTargetAdminDelay(address,uint32)", (BOB, 60), effect(K.DELAY, detail=60, of=BOB), "may call"),
        ("setTargetClosed(address,bool)", (BOB, False), effect(K.CHECK_OFF, detail=False, of=BOB), "opens"),
        ("setTargetClosed(address,bool)", (BOB, True), effect(K.SETTING, detail=True, of=BOB), "closes"),
        (
            "setTargetFunctionRole(address,bytes4[],uint64)",
            (BOB, [b"\xa9\x05\x9c\xbb"], 7),
            effect(K.ADMIN, detail=7, of=BOB),
            "holders of role 7 call 0xa9059cbb",
        ),
        (
            "setTargetFunctionRole(address,bytes4[],uint64)",
            (BOB, [b"\xa9\x05\x9c\xbb"], (1 << 64) - 1),
            effect(K.CHECK_OFF, detail=(1 << 64) - 1, of=BOB),
            "(everybody's)",
        ),
        ("updateAuthority(address,address)", (BOB, EVE), effect(K.ADMIN, EVE, of=BOB), "decide who may call"),
        ("upgradeTo(address)", (EVE,), effect(K.CODE, EVE), f"Makes {IT} run the code of {EVE}"),
        ("upgradeToAndCall(address,bytes)", (EVE, b""), effect(K.CODE, EVE), "from then on"),
        ("changeAdmin(address)", (EVE,), effect(K.ADMIN, EVE), "decides which code"),
        ("upgrade(address,address)", (BOB, EVE), effect(K.CODE, EVE, of=BOB), f"Through {IT}, makes"),
        (
            "changeProxyAdmin(address,address)",
            (BOB, EVE),
            effect(K.ADMIN, EVE, of=BOB),
            f"Through {IT}, makes",
        ),
        (
            "upgradeBeaconToAndCall(address,bytes,bool)",
            (EVE, b"", False),
            effect(K.CODE, EVE),
            "say which code",
        ),
        ("setUserUseReserveAsCollateral(address,bool)", (USDC, True), effect(K.SETTING, detail=1), "seized"),
    ],
)
def test_authority__one_effect_and_its_words(
    signature: str, values: tuple[Any, ...], expected: dict[str, Any], part: str
) -> None:
    found = decode(signature, *values)
    assert bare(found.effects) == [expected]
    assert part in found.sentence
    (only,) = found.effects
    assert isinstance(only, Authority)
    assert (only.where is not None) is bool(values)


@pytest.mark.parametrize(
    "signature",
    ["cancelDefaultAdminTransfer()", "rollbackDefaultAdminDelay()", "cancelOwnershipTransfer()"],
)
def test_authority__what_only_takes_an_offer_back__changes_nothing(signature: str) -> None:
    assert decode(signature).effects == ()


@pytest.mark.parametrize(
    ("signature", "values", "account"),
    [
        ("upgradeToAndCall(address,bytes)", (EVE, b"\x01\x02\x03\x04"), IT),
        ("upgradeAndCall(address,address,bytes)", (BOB, EVE, b"\x01\x02\x03\x04"), BOB),
        ("diamondCut((address,uint8,bytes4[])[],address,bytes)", ([], EVE, b"\x01\x02\x03\x04"), IT),
    ],
)
def test_upgrade__with_a_first_call__runs_the_new_code_as_the_accounts_own(
    signature: str, values: tuple[Any, ...], account: Address
) -> None:
    found = decode(signature, *values)
    (child,) = found.children
    assert child.is_delegate
    assert (child.caller, child.call.target) == (account, EVE)
    assert child.effects == (Delegation(account=account, code=EVE),)
    assert child.where is not None
    assert child.where.of(found.call.data) == b"\x01\x02\x03\x04"


def test_diamond__every_cut__is_code_with_what_is_done_to_it() -> None:
    cuts = [(EVE, 0, [b"\x01" * 4]), (BOB, 1, [b"\x02" * 4]), (NOBODY, 2, [b"\x03" * 4]), (BOB, 3, [])]
    found = decode("diamondCut((address,uint8,bytes4[])[],address,bytes)", cuts, NOBODY, b"")
    told = [(one.account, one.detail) for one in found.effects if isinstance(one, Authority)]
    assert told == [(EVE, 0), (BOB, 1), (None, 2), (BOB, 3)]
    for part in (
        "adds 0x01010101",
        "replaces 0x02020202",
        "removes 0x03030303",
        "does what no diamond does (3)",
    ):
        assert part in found.sentence
    assert found.children == ()


def test_minter__allowed_to_make_tokens__is_a_movement_out_of_nothing_too() -> None:
    found = decode("configureMinter(address,uint256)", EVE, 7, to=USDC)
    assert bare(found.effects) == [
        effect(K.ROLE_GRANTED, EVE, 7, of=USDC),
        {"is": "Move", "token": USDC, "sender": NOBODY, "recipient": EVE, "amount": 7},
    ]
    assert bare(decode("configureMinter(address,uint256)", EVE, 0, to=USDC).effects) == [
        effect(K.ROLE_GRANTED, EVE, 0, of=USDC)
    ]


def test_ownership__in_a_batch_of_another_contract__is_accepted_by_that_one() -> None:
    found = decoded(data("aggregate((address,bytes)[])", [(BOB, data("acceptOwnership()"))]))
    (child,) = found.children
    assert bare(child.effects) == [effect(K.OWNER, IT, of=BOB)]
