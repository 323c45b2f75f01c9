"""What looks like `approve` and is not: ERC-721, Permit2, operators, permits."""

from __future__ import annotations

from typing import Final

import pytest
from eth_hash.auto import keccak

from tests.attacks.insiders import DOLLAR, data_from, dollars, refuses_blank, takes_blank
from tests.attacks.mocks import TRUE, code_that_answers, deploy_code
from tests.contracts.scene import QUORUM, SPENDER, Scene
from tests.stage import STRANGER, call
from tests.tokens import compiled
from verifier.model.address import Address
from verifier.model.asset import Use
from verifier.model.rule import Measure, Rule
from verifier.model.tier import Tier

APPROVE: Final = "095ea7b3"
ERC721_ID: Final = 7


def selector(signature: str) -> str:
    return keccak(signature.encode("ascii")).hex()[:8]


@pytest.fixture
def token(scene: Scene) -> bytes:
    return dollars(scene)


@pytest.fixture
def collectibles(scene: Scene) -> bytes:
    """An ERC-721 contract that nobody listed."""
    return compiled.deploy(scene.chain, "Collectibles")


@pytest.mark.parametrize("number", [0, 1, ERC721_ID])
def test_propose__approve_of_a_collectible__is_custody(
    scene: Scene, collectibles: bytes, token: bytes, number: int
) -> None:
    """The very selector and arguments of ERC-20, and what goes is one thing, whatever its number."""
    data = data_from(APPROVE, SPENDER, number)
    assert scene.tier_of([call(to=collectibles, data=data)]) is Tier.CUSTODY
    refuses_blank(scene, "ann", [call(to=collectibles, data=data)], *QUORUM)
    # The neighbour: the same bytes to a listed token.
    good = takes_blank(scene, "ann", [call(to=token, data=data)], *QUORUM)
    assert scene.lane(good[1])[1].tier is Tier.ROUTINE


LOOK_ALIKES: Final = {
    "ERC-721 setApprovalForAll": data_from(selector("setApprovalForAll(address,bool)"), SPENDER, 1),
    "ERC-721 safeTransferFrom": data_from(
        selector("safeTransferFrom(address,address,uint256)"), STRANGER, SPENDER, 1
    ),
    "ERC-777 authorizeOperator": data_from(selector("authorizeOperator(address)"), SPENDER),
    "ERC-777 send": data_from(selector("send(address,uint256,bytes)"), SPENDER, 1, 96, 0),
    "ERC-1363 approveAndCall": data_from(selector("approveAndCall(address,uint256)"), SPENDER, 1),
    "ERC-1363 transferAndCall": data_from(selector("transferAndCall(address,uint256)"), SPENDER, 1),
    "ERC-2612 permit": data_from(
        selector("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)"),
        STRANGER, SPENDER, 1, 2**256 - 1, 27, 1, 1,
    ),
    "DAI's permit": data_from(
        selector("permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)"),
        STRANGER, SPENDER, 0, 0, 1, 27, 1, 1,
    ),
    "Permit2 approve": data_from(
        selector("approve(address,address,uint160,uint48)"), STRANGER, SPENDER, 1, 2**48 - 1
    ),
    "decreaseAllowance": data_from(selector("decreaseAllowance(address,uint256)"), SPENDER, 1),
    "ERC-6909 approve": data_from(selector("approve(address,uint256,uint256)"), SPENDER, 1, 1),
}  # fmt: skip


@pytest.mark.parametrize("what", LOOK_ALIKES)
def test_propose__look_alike_at_a_listed_token__is_custody(scene: Scene, token: bytes, what: str) -> None:
    """A token may have more ways out than four. Only those four are understood."""
    data = LOOK_ALIKES[what]
    for target in (token, deploy_code(scene.chain, code_that_answers(TRUE))):
        assert scene.tier_of([call(to=target, data=data)]) is Tier.CUSTODY
    refuses_blank(scene, "ann", [call(to=token, data=data)], *QUORUM)
    takes_blank(scene, "ann", [call(to=token, data=data_from(APPROVE, SPENDER, 1))], *QUORUM)


def test_propose__permit2_by_a_rule_that_measures__is_judged_by_its_amount(
    scene: Scene, token: bytes
) -> None:
    """Its arguments are token, spender, amount, expiration. The rule reads two of them, and not which token it is: the
    rule's asset is what the amount is measured in. A rule for such a function is wrong, and an opaque one right."""
    permit2 = deploy_code(scene.chain, code_that_answers(TRUE))
    approve = selector("approve(address,address,uint160,uint48)")
    measure = Measure(asset=Address(token), amount_at=2, counterparty_at=1, words=4, uses=Use.SPENDER)
    scene.must_change("setRule", permit2, int(approve, 16), Rule(measure=measure).pack())
    for which in (token, STRANGER):
        data = data_from(approve, which, SPENDER, DOLLAR, 2**48 - 1)
        assert scene.tier_of([call(to=permit2, data=data)]) is Tier.ROUTINE
    # All of it, as wallets ask for by habit, is HIGH_VALUE at once.
    all_of_it = call(to=permit2, data=data_from(approve, token, SPENDER, 2**160 - 1, 2**48 - 1))
    refuses_blank(scene, "ann", [all_of_it], *QUORUM)
    scene.must_change("setRule", permit2, int(approve, 16), Rule().pack())
    one = call(to=permit2, data=data_from(approve, token, SPENDER, 1, 2**48 - 1))
    assert scene.tier_of([one]) is Tier.HIGH_VALUE
    refuses_blank(scene, "ann", [one], *QUORUM)


def test_tier_of__collectible_that_was_listed_as_a_token__takes_its_numbers_for_amounts(
    scene: Scene, collectibles: bytes
) -> None:
    """A limit that README names: listing is a promise that it is an honest ERC-20 token. This is a broken one."""
    scene.must_change("setAsset", collectibles, 10 | 100 << 64 | 1 << 136)
    tiers = [
        scene.tier_of([call(to=collectibles, data=data_from(APPROVE, SPENDER, number))])
        for number in (0, 10, 11, 100)
    ]
    assert tiers == [Tier.ROUTINE, Tier.ROUTINE, Tier.STANDARD, Tier.HIGH_VALUE]
    scene.must_change("setAsset", collectibles, 0)
    assert scene.tier_of([call(to=collectibles, data=data_from(APPROVE, SPENDER, 0))]) is Tier.CUSTODY


def test_views__erc1271_question__is_not_answered(scene: Scene) -> None:
    """Permits of all kinds fall back on asking the vault whether it signed. It never did."""
    question = data_from("1626ba7e", bytes(32), 64, 0)
    answer = scene.chain.call(scene.vault, question)
    assert not answer.succeeded
    assert answer.data[:4] == keccak(b"FunctionUnknown(bytes4)")[:4]
