"""Being paid below HIGH_VALUE, and having a seat, at the same time or one after the other."""

from __future__ import annotations

from functools import partial

import pytest

from tests.anvil import Anvil, AnvilError
from tests.contracts.scene import (
    CAST,
    ETHER_TERMS,
    HERE,
    PAYEE,
    QUORUM,
    RECIPIENT_USE,
    SPENDER,
    Scene,
    scene_of,
)
from tests.stage import ETHER, NATIVE, Actor, call, data_of
from tests.tokens import compiled
from verifier.errors.members import MemberAddressInvalid
from verifier.errors.operations import OperationTierRisen
from verifier.errors.settings import AssetTermsInvalid, CounterpartyInvalid
from verifier.model.member import Role
from verifier.model.tier import Tier


@pytest.mark.parametrize("account", [PAYEE, SPENDER])
@pytest.mark.parametrize("function", ["addMember", "replaceMember"])
def test_enter__counterparty__is_refused(scene: Scene, account: bytes, function: str) -> None:
    uses = 1 if account == PAYEE else 2
    newcomer = (account, 77, 2, HERE.pack()) if function == "addMember" else (account, 77, HERE.pack())
    arguments = newcomer if function == "addMember" else (scene.address("eve"), *newcomer)
    refusal = CounterpartyInvalid(account=account, uses=uses)
    scene.refuses(refusal, lambda: scene.change(function, *arguments))
    # The neighbour: once it is none, it may enter, and native value to it is CUSTODY from then on.
    scene.must_change("setCounterparty", account, 0)
    scene.must_change(function, *arguments)
    assert scene.tier_of([call(to=account, value=1)]) is Tier.CUSTODY


@pytest.mark.parametrize("state", ["active", "suspended", "removed", "replaced"])
def test_set_counterparty__member_of_any_time__is_refused(scene: Scene, state: str) -> None:
    bob = scene.address("bob")
    match state:
        case "suspended":
            scene.must(scene.send("bob", "suspend", bob))
        case "removed":
            scene.must_change("removeMember", bob)
        case "active":
            pass
        case _:
            new = scene.add(Actor.new("new", Role.APPROVER))
            scene.must_change("replaceMember", bob, new.address, new.person, HERE.pack())
    for uses in (1, 2, 3):
        refusal = CounterpartyInvalid(account=bob, uses=uses)
        scene.refuses(refusal, partial(scene.change, "setCounterparty", bob, uses))
    assert scene.tier_of([call(to=bob, value=1)]) is Tier.CUSTODY


@pytest.mark.parametrize("uses", [4, 5, 255, 256, 2**256 - 1])
def test_set_counterparty__uses_that_do_not_exist__are_refused(scene: Scene, uses: int) -> None:
    refusal = CounterpartyInvalid(account=SPENDER[::-1], uses=uses)
    scene.refuses(refusal, lambda: scene.change("setCounterparty", SPENDER[::-1], uses))
    refusal = CounterpartyInvalid(account=scene.vault, uses=1)
    scene.refuses(refusal, lambda: scene.change("setCounterparty", scene.vault, 1))
    scene.must_change("setCounterparty", SPENDER[::-1], 3)


def test_found__member_who_is_a_counterparty__is_refused(anvil: Anvil) -> None:
    settings = {"supermajority": 4, "assets": [(NATIVE, ETHER_TERMS)]}
    with pytest.raises(AnvilError, match="reverted"):
        scene_of(anvil, CAST, **settings, counterparties=[(CAST[0].address, RECIPIENT_USE)])
    scene_of(anvil, CAST, **settings, counterparties=[(PAYEE, RECIPIENT_USE)])


def test_execute__two_operations_that_make_both_of_one_account__only_the_first_does(scene: Scene) -> None:
    """Each was fine when it was published; together they would pay a member at ROUTINE."""
    fay = scene.add(Actor.new("fay", Role.APPROVER))
    seat = (fay.address, fay.person, int(fay.roles), HERE.pack())
    for first, second in ((0, 1), (1, 0)):
        with scene.chain.isolate():
            operations = [
                scene.to_itself("ann", "addMember", *seat),
                scene.to_itself("ann", "setCounterparty", fay.address, 1, nth=1),
            ]
            for operation in operations:
                scene.must(scene.propose("ann", operation))
                scene.give(operation, *QUORUM)
            scene.pass_to_ready(operations[1])
            scene.must(scene.execute("bob", operations[first]))
            outcome = scene.execute("bob", operations[second])
            assert not outcome.succeeded
            assert scene.member("fay").is_active is (first == 0)
            assert (scene.tier_of([call(to=fay.address, value=1)]) is Tier.ROUTINE) is (first == 1)


def test_execute__batch_that_makes_a_counterparty_and_pays_it__is_custody(scene: Scene) -> None:
    """Allowing and paying in one batch does not make the payment small: the first call is CUSTODY."""
    thief = bytes.fromhex("7f" * 20)
    allow = call(to=scene.vault, data=data_of("setCounterparty", thief, 1))
    assert scene.tier_of([allow, call(to=thief, value=1)]) is Tier.CUSTODY
    operation = scene.ready("ann", [allow, call(to=thief, value=1)])
    scene.must(scene.execute("bob", operation))
    # Counterparties of a removed asset are worth nothing either.
    scene.must_change("setAsset", NATIVE, 0)
    assert scene.tier_of([call(to=thief, value=1)]) is Tier.CUSTODY


def test_execute__counterparty_was_taken_off_the_list__is_refused(scene: Scene) -> None:
    operation = scene.ready("ann", [call(to=PAYEE, value=ETHER)])
    scene.must_change("setCounterparty", PAYEE, 0)
    refusal = OperationTierRisen(id=scene.id_of(operation), waited_for=Tier.ROUTINE, actual=Tier.HIGH_VALUE)
    scene.refuses(refusal, lambda: scene.execute("bob", operation))
    scene.must_change("setCounterparty", PAYEE, 1)
    scene.must(scene.execute("bob", operation))


def test_set_asset__member_or_empty_address__is_refused(scene: Scene) -> None:
    """A call to an asset is judged by its limits; a member that could run code must not be one."""
    terms = 10 | 100 << 64 | 6 << 128 | 1 << 136
    token = compiled.deploy(scene.chain, "Token", 6)
    scene.chain.set_code(scene.address("bob"), bytes.fromhex("ef0100") + token)
    for asset in (scene.address("bob"), PAYEE, bytes.fromhex("e0" * 20)):
        refusal = AssetTermsInvalid(asset=asset, terms=terms)
        scene.refuses(refusal, partial(scene.change, "setAsset", asset, terms))
    scene.must_change("setAsset", token, terms)


def test_add_member__asset_or_any_contract__is_refused(scene: Scene) -> None:
    token = compiled.deploy(scene.chain, "Token", 6)
    delegated = bytes.fromhex("d7" * 20)
    scene.chain.set_code(delegated, bytes.fromhex("ef0100") + token)
    for account in (token, scene.vault, delegated):
        refusal = MemberAddressInvalid(member=account)
        arguments = (account, 77, 2, HERE.pack())
        scene.refuses(refusal, partial(scene.change, "addMember", *arguments))
    # Nobody's address is the native coin's, and so an asset here; where it is none, it is nobody's all the same.
    nobody = (NATIVE, 77, 2, HERE.pack())
    scene.refuses(CounterpartyInvalid(account=NATIVE, uses=0), partial(scene.change, "addMember", *nobody))
    scene.must_change("setAsset", NATIVE, 0)
    scene.refuses(MemberAddressInvalid(member=NATIVE), partial(scene.change, "addMember", *nobody))
    scene.must_change("addMember", bytes.fromhex("d8" * 20), 77, 2, HERE.pack())


@pytest.mark.parametrize("door", ["addMember", "replaceMember"])
def test_enter__account_that_was_listed_as_a_token_while_it_had_code__is_refused(
    scene: Scene, door: str
) -> None:
    """It delegates (EIP-7702), is listed, and delegates no more. Calls to a member are CUSTODY, and to a token less."""
    fay = scene.add(Actor.new("fay", Role.APPROVER))
    terms = 10 | 100 << 64 | 6 << 128 | 1 << 136
    scene.chain.set_code(fay.address, bytes.fromhex("ef0100") + PAYEE)
    scene.must_change("setAsset", fay.address, terms)
    scene.chain.set_code(fay.address, b"")
    seat = {
        "addMember": (fay.address, fay.person, int(fay.roles), HERE.pack()),
        "replaceMember": (scene.address("eve"), fay.address, fay.person, HERE.pack()),
    }[door]
    refusal = CounterpartyInvalid(account=fay.address, uses=0)
    scene.refuses(refusal, lambda: scene.change(door, *seat))
    scene.must_change("setAsset", fay.address, 0)
    scene.must_change(door, *seat)
    approve_nothing = bytes.fromhex("095ea7b3") + bytes(64)
    assert scene.tier_of([call(to=fay.address, data=approve_nothing)]) is Tier.CUSTODY


def test_execute__member_that_is_deployed_after_it_entered__cannot_approve(scene: Scene) -> None:
    """An address can be known before its contract: such a member may publish and stop, and never consent."""
    unborn = bytes.fromhex("ca11" * 10)
    scene.must_change("addMember", unborn, 77, int(Role.APPROVER), HERE.pack())
    scene.chain.set_code(unborn, scene.chain.code(compiled.deploy(scene.chain, "Caller")))
    operation = scene.published("ann", [call(to=PAYEE, value=2 * ETHER)])
    seat = scene.roster().approvers - scene.roster().approvers.intersection(range(7))
    entry = (next(iter(seat)), scene.publication(operation), (bytes(32), bytes(32), bytes(32)))
    for origin in (PAYEE, unborn):
        data = compiled.data_of("Caller", "pass", scene.vault, data_of("approve", operation, [entry]))
        assert not scene.chain.send(origin, unborn, data).succeeded
    assert scene.lane(operation[1])[1].approvals == frozenset()
    veto = compiled.data_of(
        "Caller", "pass", scene.vault, data_of("veto", operation[1], scene.id_of(operation))
    )
    scene.must(scene.chain.send(PAYEE, unborn, veto))
