"""tierOf: from calls to a tier. What is not understood is CUSTODY."""

from __future__ import annotations

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from tests.contracts.scene import (
    ETHER_TERMS,
    HIGH_VALUE_CALL,
    PAYEE,
    ROUTINE_CALL,
    SPENDER,
    STANDARD_CALL,
    Scene,
)
from tests.stage import ETHER, NATIVE, STRANGER, Call, call, data_of
from tests.tokens import compiled
from verifier.model.asset import AssetTerms
from verifier.model.tier import Tier
from verifier.model.units import Units

USDC = 10**6
TOKEN_TERMS = AssetTerms(
    routine_limit=Units(1_000 * USDC), high_value_from=Units(50_000 * USDC), decimals=6
).pack()
LEVELS = {
    1_000 * USDC: Tier.ROUTINE,
    1_000 * USDC + 1: Tier.STANDARD,
    50_000 * USDC - 1: Tier.STANDARD,
    50_000 * USDC: Tier.HIGH_VALUE,
    2**256 - 1: Tier.HIGH_VALUE,
}


@pytest.fixture
def token(scene: Scene) -> bytes:
    """A listed token, of which the vault has some."""
    token = compiled.deploy(scene.chain, "Token", 6)
    scene.must_change("setAsset", token, TOKEN_TERMS)
    mint = compiled.data_of("Token", "mint", scene.vault, 10**6 * USDC)
    scene.must(scene.chain.send(STRANGER, token, mint))
    return token


def transfer(account: bytes, amount: int) -> bytes:
    return compiled.data_of("Token", "transfer", account, amount)


def approve(account: bytes, amount: int) -> bytes:
    return compiled.data_of("Token", "approve", account, amount)


def more(account: bytes, amount: int) -> bytes:
    return compiled.data_of("Token", "increaseAllowance", account, amount)


def transfer_from(owner: bytes, account: bytes, amount: int) -> bytes:
    return compiled.data_of("Token", "transferFrom", owner, account, amount)


def tier_of(scene: Scene, target: bytes, data: bytes = b"", value: int = 0) -> Tier:
    return scene.tier_of([call(to=target, value=value, data=data)])


# ------------------------------------------------------------------------------------------------- To the vault itself


@pytest.mark.parametrize(
    "data", [b"", b"\x00", data_of("roster"), data_of("removeMember", STRANGER), transfer(PAYEE, 0)]
)
@pytest.mark.parametrize("value", [0, 1])
def test_tier_of__a_call_to_the_vault__is_custody(scene: Scene, data: bytes, value: int) -> None:
    assert tier_of(scene, scene.vault, data, value) is Tier.CUSTODY


# --------------------------------------------------------------------------------------------------------- Native value


@pytest.mark.parametrize(
    ("value", "tier"),
    [
        (0, Tier.ROUTINE),
        (ETHER, Tier.ROUTINE),
        # A part of a millionth counts as a whole one.
        (ETHER + 1, Tier.STANDARD),
        (100 * ETHER - 10**12, Tier.STANDARD),
        (100 * ETHER - 10**12 + 1, Tier.HIGH_VALUE),
        (100 * ETHER, Tier.HIGH_VALUE),
        (2**256 - 1, Tier.HIGH_VALUE),
    ],
)
def test_tier_of__value_to_a_recipient__goes_by_the_limits(scene: Scene, value: int, tier: Tier) -> None:
    assert tier_of(scene, PAYEE, value=value) is tier


@pytest.mark.parametrize("value", [0, 1, 100 * ETHER])
@pytest.mark.parametrize("account", [STRANGER, SPENDER, NATIVE])
def test_tier_of__value_to_anybody_else__is_high_value(scene: Scene, account: bytes, value: int) -> None:
    assert tier_of(scene, account, value=value) is Tier.HIGH_VALUE


@pytest.mark.parametrize("data", [b"", b"\x00", transfer(PAYEE, 1)])
@pytest.mark.parametrize("who", ["ann", "gus", "amy"])
def test_tier_of__a_call_to_a_member__is_custody(scene: Scene, who: str, data: bytes) -> None:
    """Active, suspended, or removed: whoever ever had a seat."""
    assert tier_of(scene, scene.address(who), data, 1) is Tier.CUSTODY
    assert tier_of(scene, scene.address(who), data) is Tier.CUSTODY
    scene.must(scene.send(who, "suspend", scene.address(who)))
    assert tier_of(scene, scene.address(who), data) is Tier.CUSTODY
    scene.must_change("replaceMember", scene.address(who), STRANGER, 9, scene.member(who).attributes.pack())
    assert tier_of(scene, scene.address(who), data) is Tier.CUSTODY


def test_tier_of__value_where_the_coin_is_not_listed__is_custody(scene: Scene) -> None:
    scene.must_change("setAsset", NATIVE, 0)
    assert tier_of(scene, PAYEE, value=1) is tier_of(scene, STRANGER) is Tier.CUSTODY
    scene.must_change("setAsset", NATIVE, ETHER_TERMS)
    assert tier_of(scene, PAYEE, value=1) is Tier.ROUTINE


@pytest.mark.parametrize("data", [b"\x00", b"\xa9\x05\x9c\xbb", transfer(PAYEE, 1)])
def test_tier_of__value_with_data__is_custody(scene: Scene, token: bytes, data: bytes) -> None:
    assert tier_of(scene, PAYEE, data, 1) is Tier.CUSTODY
    assert tier_of(scene, token, data, 1) is Tier.CUSTODY
    assert tier_of(scene, token, transfer(PAYEE, 1), 0) is Tier.ROUTINE


# -------------------------------------------------------------------------------------------------------- Listed tokens


@pytest.mark.parametrize("amount", LEVELS)
def test_tier_of__a_move_to_a_counterparty__goes_by_the_limits(
    scene: Scene, token: bytes, amount: int
) -> None:
    tier = LEVELS[amount]
    assert tier_of(scene, token, transfer(PAYEE, amount)) is tier
    assert tier_of(scene, token, transfer_from(scene.vault, PAYEE, amount)) is tier
    assert tier_of(scene, token, approve(SPENDER, amount)) is tier
    assert tier_of(scene, token, more(SPENDER, amount)) is tier


@pytest.mark.parametrize("amount", [1, 50_000 * USDC, 2**256 - 1])
def test_tier_of__a_move_to_the_other_kind_of_counterparty__is_high_value(
    scene: Scene, token: bytes, amount: int
) -> None:
    """Recipients and spenders are separate lists."""
    for account in (SPENDER, STRANGER, b"\xff" * 20):
        assert tier_of(scene, token, transfer(account, amount)) is Tier.HIGH_VALUE
        assert tier_of(scene, token, transfer_from(scene.vault, account, amount)) is Tier.HIGH_VALUE
    for account in (PAYEE, STRANGER, b"\xff" * 20):
        assert tier_of(scene, token, approve(account, amount)) is Tier.HIGH_VALUE
        assert tier_of(scene, token, more(account, amount)) is Tier.HIGH_VALUE


def test_tier_of__taking_an_allowance_back__is_routine_whoever_had_it(scene: Scene, token: bytes) -> None:
    for account in (STRANGER, PAYEE, SPENDER, scene.address("eve"), scene.vault, NATIVE):
        assert tier_of(scene, token, approve(account, 0)) is Tier.ROUTINE
    # Which nothing else does with an amount of zero.
    for data in (more(STRANGER, 0), transfer(STRANGER, 0), transfer_from(scene.vault, STRANGER, 0)):
        assert tier_of(scene, token, data) is Tier.HIGH_VALUE


@pytest.mark.parametrize("account", ["member", "vault"])
def test_tier_of__a_transfer_to_a_member_or_the_vault__is_high_value_at_the_least(
    scene: Scene, token: bytes, account: str
) -> None:
    to = scene.vault if account == "vault" else scene.address("eve")
    assert tier_of(scene, token, transfer(to, 1)) >= Tier.HIGH_VALUE


def test_tier_of__moving_what_is_anothers__is_custody(scene: Scene, token: bytes) -> None:
    for owner in (STRANGER, PAYEE, NATIVE, token):
        assert tier_of(scene, token, transfer_from(owner, PAYEE, 1)) is Tier.CUSTODY
    assert tier_of(scene, token, transfer_from(scene.vault, PAYEE, 1)) is Tier.ROUTINE


def test_tier_of__a_token_that_is_not_listed__is_custody(scene: Scene, token: bytes) -> None:
    other = compiled.deploy(scene.chain, "Token", 6)
    for data in (
        transfer(PAYEE, 1),
        transfer_from(scene.vault, PAYEE, 1),
        approve(SPENDER, 0),
        more(SPENDER, 1),
    ):
        assert tier_of(scene, other, data) is Tier.CUSTODY
        assert tier_of(scene, token, data) is Tier.ROUTINE
    scene.must_change("setAsset", token, 0)
    assert tier_of(scene, token, transfer(PAYEE, 1)) is Tier.CUSTODY


@pytest.mark.parametrize(
    "function",
    [
        "decreaseAllowance(address,uint256)",
        "safeTransfer(address,uint256)",
        "burn(address,uint256)",
        "transfer(address)",
    ],
)
def test_tier_of__another_function_of_a_listed_token__is_custody(
    scene: Scene, token: bytes, function: str
) -> None:
    data = keccak(function.encode("ascii"))[:4] + encode(["address", "uint256"], [PAYEE, 0])
    assert tier_of(scene, token, data) is Tier.CUSTODY


# ----------------------------------------------------------------------------------------------------- Strict encoding


@pytest.mark.parametrize("which", ["transfer", "transferFrom", "approve", "increaseAllowance"])
def test_tier_of__calldata_that_is_not_canonical__is_custody(scene: Scene, token: bytes, which: str) -> None:
    data = {
        "transfer": transfer(PAYEE, 1),
        "transferFrom": transfer_from(scene.vault, PAYEE, 1),
        "approve": approve(SPENDER, 1),
        "increaseAllowance": more(SPENDER, 1),
    }[which]
    assert tier_of(scene, token, data) is Tier.ROUTINE
    for length in (1, 3, 4, 5, 35, 36, 37, len(data) - 32, len(data) - 1):
        assert tier_of(scene, token, data[:length]) is Tier.CUSTODY, length
    for tail in (b"\x00", bytes(32), b"\x01"):
        assert tier_of(scene, token, data + tail) is Tier.CUSTODY, tail
    # Dirt in front of an address: of the last one, and where there are two, of the first.
    for start in range(4, len(data) - 32, 32):
        for at in (start, start + 11):
            dirty = data[:at] + b"\x01" + data[at + 1 :]
            assert tier_of(scene, token, dirty) is Tier.CUSTODY, at


def test_tier_of__calldata_cut_short_before_other_bytes__does_not_read_them(
    scene: Scene, token: bytes
) -> None:
    """The next call's bytes stand right behind these, and are not theirs."""
    short = call(to=token, data=transfer(PAYEE, 1)[:36])
    behind = call(to=token, data=transfer(PAYEE, 1))
    assert scene.tier_of([short, behind]) is Tier.CUSTODY


# ------------------------------------------------------------------------------------------------------ Everything else


@pytest.mark.parametrize("target", [PAYEE, SPENDER, STRANGER, NATIVE])
@pytest.mark.parametrize("data", [b"\x00", b"\xff" * 4, bytes(100)])
def test_tier_of__data_to_what_is_no_asset__is_custody(scene: Scene, target: bytes, data: bytes) -> None:
    assert tier_of(scene, target, data) is Tier.CUSTODY


def test_tier_of__a_batch__is_that_of_its_highest_call(scene: Scene) -> None:
    ordered: list[Call] = [ROUTINE_CALL, STANDARD_CALL, HIGH_VALUE_CALL, scene.custody_call()]
    for highest, last in enumerate(ordered):
        below = ordered[: highest + 1]
        assert scene.tier_of([last]) == scene.tier_of(below) == scene.tier_of(below[::-1]) == highest
    assert scene.tier_of([]) is Tier.ROUTINE


@pytest.mark.parametrize("index", [0, 15, 31])
def test_tier_of__one_call_of_32__decides(scene: Scene, index: int) -> None:
    calls = [ROUTINE_CALL] * 32
    calls[index] = HIGH_VALUE_CALL
    assert scene.tier_of(calls) is Tier.HIGH_VALUE


def test_propose__of_calls__has_the_tier_that_the_view_says(scene: Scene, token: bytes) -> None:
    for nth, amount in enumerate((1_000 * USDC, 1_000 * USDC + 1, 50_000 * USDC)):
        calls = [call(to=token, data=transfer(PAYEE, amount))]
        scene.published("ann", calls, nth=nth)
        assert scene.lane(nth)[1].tier is scene.tier_of(calls) is LEVELS[amount]


def test_execute__of_every_kind_of_move__moves_the_token(scene: Scene, token: bytes) -> None:
    moves = [transfer(PAYEE, 5), approve(SPENDER, 7), more(SPENDER, 2), approve(scene.vault, 3)]
    calls = [call(to=token, data=data) for data in [*moves, transfer_from(scene.vault, STRANGER, 3)]]
    scene.must(scene.execute("ann", scene.ready("ann", calls)))

    def read(function: str, *arguments: bytes) -> object:
        return compiled.read(scene.chain, "Token", token, function, *arguments)

    assert (read("balanceOf", PAYEE), read("balanceOf", STRANGER)) == (5, 3)
    assert read("allowance", scene.vault, SPENDER) == 9
