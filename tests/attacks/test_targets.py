"""Calls to addresses that are not what they seem: empty ones, precompiles, members, the vault."""

from __future__ import annotations

import pytest
from eth_hash.auto import keccak

from tests.attacks.mocks import code_that_answers, deploy_code
from tests.contracts.scene import HERE, PAYEE, Scene
from tests.stage import ETHER, NATIVE, Actor, call, data_of
from tests.tokens import compiled
from verifier.errors.operations import CallWithoutCode
from verifier.model.life import Status
from verifier.model.member import Role
from verifier.model.tier import Tier

EMPTY = bytes.fromhex("e0" * 20)
TRANSFER = bytes.fromhex("a9059cbb") + bytes(12) + PAYEE + (5).to_bytes(32, "big")
PRECOMPILES = [bytes(19) + bytes([number]) for number in range(1, 18)]


@pytest.mark.parametrize("target", [EMPTY, PAYEE, NATIVE], ids=["empty", "counterparty", "zero"])
@pytest.mark.parametrize("value", [0, 1])
def test_execute__data_to_an_address_without_code__is_refused(
    scene: Scene, target: bytes, value: int
) -> None:
    """The EVM calls it a success: a token that does not exist (yet, or on this chain) would be "paid"."""
    operation = scene.ready("ann", [call(to=PAYEE, value=1), call(to=target, value=value, data=TRANSFER)])
    refusal = CallWithoutCode(index=1, target=target)
    scene.refuses(refusal, lambda: scene.execute("bob", operation))
    plain = scene.ready("ann", [call(to=target, value=1)], nth=1)
    scene.must(scene.execute("bob", plain))


@pytest.mark.parametrize("precompile", PRECOMPILES, ids=lambda address: f"{address[-1]:#x}")
def test_execute__data_to_a_precompile__is_refused(scene: Scene, precompile: bytes) -> None:
    """They answer, some of them with a true word, and have no code."""
    data = (1).to_bytes(32, "big")
    operation = scene.ready("ann", [call(to=precompile, data=data)])
    assert scene.lane(operation[1])[1].tier is Tier.CUSTODY
    refusal = CallWithoutCode(index=0, target=precompile)
    scene.refuses(refusal, lambda: scene.execute("bob", operation))


def test_execute__code_comes_within_the_batch__is_taken(scene: Scene) -> None:
    """Neighbour: whether a target has code is asked when its turn comes. Here the first call creates the second's."""
    # CREATE2 with salt 0 of what is in the calldata: the usual deployer.
    deployer = deploy_code(scene.chain, bytes.fromhex("365f5f375f365f5ff500"))
    initcode = bytes.fromhex("6001600c60003960016000f300")
    created = create2_address(deployer, initcode)
    calls = [call(to=deployer, data=initcode), call(to=created, data=b"\1")]
    operation = scene.ready("ann", calls)
    scene.must(scene.execute("bob", operation))
    early = scene.ready("ann", [call(to=create2_address(deployer, b"other"), data=b"\1")], nth=1)
    refusal = CallWithoutCode(index=0, target=early[0][0][0])
    scene.refuses(refusal, lambda: scene.execute("bob", early))


def create2_address(deployer: bytes, initcode: bytes) -> bytes:
    return keccak(b"\xff" + deployer + bytes(32) + keccak(initcode))[12:]


@pytest.mark.parametrize("name", ["ann", "cat", "gus", "amy"])
def test_tier_of__native_value_to_a_member__is_custody(scene: Scene, name: str) -> None:
    assert scene.tier_of([call(to=scene.address(name), value=1)]) is Tier.CUSTODY
    assert scene.tier_of([call(to=EMPTY, value=1)]) is Tier.HIGH_VALUE


@pytest.mark.parametrize("how", ["removed", "suspended", "replaced"])
def test_tier_of__native_value_to_a_former_member__is_custody(scene: Scene, how: str) -> None:
    """Leaving the roster must not make it easier to be paid."""
    bob = scene.address("bob")
    match how:
        case "removed":
            scene.must_change("removeMember", bob)
        case "suspended":
            scene.must(scene.send("bob", "suspend", bob))
        case _:
            new = scene.add(Actor.new("new", Role.APPROVER))
            scene.must_change("replaceMember", bob, new.address, new.person, HERE.pack())
    assert scene.tier_of([call(to=bob, value=1)]) is Tier.CUSTODY


def test_tier_of__recipient_who_becomes_a_member_while_it_waits__raises_it(scene: Scene) -> None:
    """Publish a payment to a stranger, and make the stranger a member before it is executed."""
    fay = scene.add(Actor.new("fay", Role.APPROVER))
    operation = scene.ready("ann", [call(to=fay.address, value=ETHER)])
    assert scene.lane(operation[1])[1].tier is Tier.HIGH_VALUE
    scene.must_change("addMember", fay.address, fay.person, int(fay.roles), HERE.pack())
    assert not scene.execute("bob", operation).succeeded
    scene.must(scene.approve(operation, []))
    lane = scene.lane(operation[1])[1]
    # The approvals were made after publication, so they hold; the clock of CUSTODY begins anew.
    assert (lane.tier, lane.status) == (Tier.CUSTODY, Status.WAITING)
    assert lane.ready_at is not None
    assert lane.ready_at - scene.chain.now() == 72 * 3600


def test_tier_of__the_vault_itself__is_custody(scene: Scene) -> None:
    for data in (b"", b"\0", TRANSFER, data_of("founding")):
        assert scene.tier_of([call(to=scene.vault, data=data)]) is Tier.CUSTODY
        assert scene.tier_of([call(to=scene.vault, value=1, data=data)]) is Tier.CUSTODY


def test_execute__value_to_the_vault_itself__moves_nothing(scene: Scene) -> None:
    before = scene.chain.balance(scene.vault)
    scene.must(scene.execute("bob", scene.ready("ann", [call(to=scene.vault, value=5 * ETHER)])))
    assert scene.chain.balance(scene.vault) == before


def test_tier_of__token_call_to_the_zero_address__cannot_use_the_native_coins_terms(scene: Scene) -> None:
    """The native coin is listed under the zero address; a call to it does not execute, whatever its tier."""
    operation = scene.ready("ann", [call(to=NATIVE, data=TRANSFER)])
    refusal = CallWithoutCode(index=0, target=NATIVE)
    scene.refuses(refusal, lambda: scene.execute("bob", operation))


def token_scene(scene: Scene) -> bytes:
    token = compiled.deploy(scene.chain, "Token", 6)
    scene.must_change("setAsset", token, 10 | 100 << 64 | 6 << 128 | 1 << 136)
    return token


def canonical(selector: str, *words: bytes) -> bytes:
    return bytes.fromhex(selector) + b"".join(word.rjust(32, b"\0") for word in words)


def test_tier_of__token_calldata_that_is_not_canonical__is_custody(scene: Scene) -> None:
    """What the policy reads, and what the token does, must be the same; so it reads one encoding only."""
    token = token_scene(scene)
    good = canonical("a9059cbb", PAYEE, b"\5")
    assert scene.tier_of([call(to=token, data=good)]) is Tier.ROUTINE
    bent = {
        "value beside data": call(to=token, value=1, data=good),
        "a byte more": call(to=token, data=good + b"\0"),
        "a byte less": call(to=token, data=good[:-1]),
        "no arguments": call(to=token, data=good[:4]),
        "three bytes": call(to=token, data=good[:3]),
        "dirty address": call(to=token, data=good[:4] + b"\1" + good[5:]),
        "lowest dirty bit": call(to=token, data=good[:15] + b"\1" + good[16:]),
        "another function": call(to=token, data=canonical("42842e0e", PAYEE, b"\5")),
        "decreaseAllowance": call(to=token, data=canonical("a457c2d7", PAYEE, b"\5")),
        "permit": call(to=token, data=canonical("d505accf", scene.vault, PAYEE, b"\5", b"\1", b"", b"", b"")),
    }
    assert {name: scene.tier_of([bad]) for name, bad in bent.items()} == dict.fromkeys(bent, Tier.CUSTODY)


def test_tier_of__transfer_from_another_than_the_vault__is_custody(scene: Scene) -> None:
    """An allowance that somebody gave the vault is not the vault's to spend at ROUTINE."""
    token = token_scene(scene)
    mine = canonical("23b872dd", scene.vault, PAYEE, b"\5")
    others = canonical("23b872dd", EMPTY, PAYEE, b"\5")
    dirty = mine[:4] + b"\1" + mine[5:]
    tiers = [scene.tier_of([call(to=token, data=data)]) for data in (mine, others, dirty, mine[:-32])]
    assert tiers == [Tier.ROUTINE, Tier.CUSTODY, Tier.CUSTODY, Tier.CUSTODY]


def test_tier_of__batch__is_as_high_as_its_highest_call(scene: Scene) -> None:
    small, large = call(to=PAYEE, value=1), call(to=PAYEE, value=100 * ETHER)
    unknown = call(to=deploy_code(scene.chain, code_that_answers(b"")), data=b"\1")
    for calls in ([small, large], [large, small], [small] * 15 + [large] + [small] * 16):
        assert scene.tier_of(calls) is Tier.HIGH_VALUE
    assert scene.tier_of([small, unknown]) is scene.tier_of([unknown, small]) is Tier.CUSTODY
    assert scene.tier_of([small]) is Tier.ROUTINE
