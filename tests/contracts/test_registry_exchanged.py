"""setRegistry: another registry of duties, or none. Everyone who approves is asked about first, founders too.

A registry that the vault does not ask hinders nobody from becoming an approver: so somebody gets a duty there first and
takes a seat afterwards, by the contracts' own rules.
"""

from __future__ import annotations

import pytest
import rlp
from eth_hash.auto import keccak

from tests.anvil import FUNDED, Anvil, AnvilError
from tests.companions import Companion, deployed
from tests.contracts.duties import APPROVAL, KEY, SERVER, TRADING, bar
from tests.contracts.scene import CAST, HERE, QUORUM, SUPERMAJORITY, Scene, data_of_error, world_of
from tests.contracts.seated_groups import HOLDERS, OWLS, seat_group
from tests.stage import NOBODY, STRANGER, Actor, call, companion, companions, configuration, creation_of
from verifier.errors import VaultError
from verifier.errors.members import MemberDutiesConflict
from verifier.errors.operations import CallFailed, FunctionUnknown
from verifier.errors.settings import CompanionUsed, RegistryInvalid
from verifier.model.member import Role
from verifier.model.rule import Rule
from verifier.model.tier import Tier


@pytest.fixture
def other(scene: Scene) -> Companion:
    """A registry that nobody asks yet: the same contract at another address. The key excludes approving."""
    code = bytes.fromhex(companions()["duty_registry"]["creation_code"].removeprefix("0x"))
    other = Companion(chain=scene.chain, key="duty_registry", address=scene.chain.deploy(code))
    other.must(scene.vault, "setConflicts", KEY, APPROVAL)
    return other


def asked(scene: Scene) -> bytes:
    return bytes.fromhex(scene.read("registry")[0][2:])


def approver_with_the_key(scene: Scene, other: Companion, name: str = "kim") -> Actor:
    """Let somebody have the key there, and then take a seat as an approver."""
    actor = scene.add(Actor.new(name, Role.APPROVER))
    other.must(scene.vault, "grant", actor.person, KEY)
    scene.must_change("addMember", actor.address, actor.person, int(actor.roles), HERE.pack())
    return actor


# -------------------------------------------------------------------------------------------------------- Exchanged


def test_set_registry__that_knows_of_no_conflict__is_asked_from_then_on(
    scene: Scene, other: Companion
) -> None:
    epoch = scene.roster().epoch
    assert asked(scene) == NOBODY
    scene.must_change("setRegistry", other.address)
    assert asked(scene) == other.address
    assert scene.roster().epoch == epoch + 1
    other.must(scene.vault, "grant", 77, KEY)
    refusal = MemberDutiesConflict(person=77, duties=KEY)
    scene.refuses(refusal, lambda: scene.change("addMember", STRANGER, 77, 2, HERE.pack()))


def test_set_registry__that_knows_of_a_conflict__is_refused_till_the_duty_is_revoked(
    scene: Scene, other: Companion
) -> None:
    kim = approver_with_the_key(scene, other)
    refusal = MemberDutiesConflict(person=kim.person, duties=KEY)
    scene.refuses(refusal, lambda: scene.change("setRegistry", other.address))
    other.must(kim.address, "revoke", scene.vault, kim.person, KEY)
    scene.must_change("setRegistry", other.address)


@pytest.mark.parametrize("how", ["removed", "auditor"])
def test_set_registry__that_knows_of_a_conflict__is_possible_when_they_approve_no_more(
    scene: Scene, other: Companion, how: str
) -> None:
    kim = approver_with_the_key(scene, other)
    refusal = MemberDutiesConflict(person=kim.person, duties=KEY)
    scene.refuses(refusal, lambda: scene.change("setRegistry", other.address))
    if how == "removed":
        scene.must_change("removeMember", kim.address)
    else:
        scene.must_change("setRoles", kim.address, int(Role.AUDITOR))
    scene.must_change("setRegistry", other.address)


@pytest.mark.parametrize("by", ["gus", "kim"])
def test_set_registry__that_knows_of_a_conflict_of_a_suspended_approver__is_refused(
    scene: Scene, other: Companion, by: str
) -> None:
    """Suspended is not gone."""
    kim = approver_with_the_key(scene, other)
    scene.must(scene.send(by, "suspend", kim.address))
    refusal = MemberDutiesConflict(person=kim.person, duties=KEY)
    scene.refuses(refusal, lambda: scene.change("setRegistry", other.address))


@pytest.mark.parametrize("holder", HOLDERS)
def test_set_registry__that_knows_of_a_conflict_of_a_holder__is_refused(
    scene: Scene, other: Companion, holder: int
) -> None:
    other.must(scene.vault, "grant", holder, KEY)
    seat_group(scene)
    refusal = MemberDutiesConflict(person=holder, duties=KEY)
    scene.refuses(refusal, lambda: scene.change("setRegistry", other.address))
    scene.must_change("removeMember", OWLS.account)
    scene.must_change("setRegistry", other.address)


def test_set_registry__that_knows_of_several__names_the_first_seat_and_all_its_duties(
    scene: Scene, other: Companion
) -> None:
    other.must(scene.vault, "setConflicts", SERVER, APPROVAL)
    lee = Actor.new("lee", Role.APPROVER)
    for duty in (SERVER, TRADING):
        other.must(scene.vault, "grant", lee.person, duty)
    approver_with_the_key(scene, other, "lee")
    approver_with_the_key(scene, other, "kim")
    refusal = MemberDutiesConflict(person=lee.person, duties=KEY | SERVER)
    scene.refuses(refusal, lambda: scene.change("setRegistry", other.address))


def test_set_registry__that_knows_of_duties_that_exclude_nothing__is_possible(
    scene: Scene, other: Companion
) -> None:
    for actor in scene.actors.values():
        other.must(scene.vault, "grant", actor.person, TRADING)
    for name in ("gus", "amy"):
        other.must(scene.vault, "grant", scene.actors[name].person, KEY)
    scene.must_change("setRegistry", other.address)


def test_set_registry__of_the_last_seat__is_looked_at_as_well(scene: Scene, other: Companion) -> None:
    """Seat 63: all 64 are gone through."""
    for number in range(63 - 7):
        account = (0xFE00_0000 + number).to_bytes(20, "big")
        scene.must_change("addMember", account, 5_000 + number, int(Role.AUDITOR), HERE.pack())
    kim = approver_with_the_key(scene, other)
    assert scene.member("kim").seat == 63
    refusal = MemberDutiesConflict(person=kim.person, duties=KEY)
    scene.refuses(refusal, lambda: scene.change("setRegistry", other.address))


# --------------------------------------------------------------------------------------------------------- Taken off


def test_set_registry__of_none__asks_nobody_from_then_on_and_does_not_lead_back(
    scene: Scene, other: Companion
) -> None:
    scene.must_change("setRegistry", other.address)
    other.must(scene.vault, "grant", 77, KEY)
    arguments = (STRANGER, 77, 2, HERE.pack())
    refusal = MemberDutiesConflict(person=77, duties=KEY)
    scene.refuses(refusal, lambda: scene.change("addMember", *arguments))
    scene.must_change("setRegistry", NOBODY)
    assert asked(scene) == NOBODY
    scene.must_change("addMember", *arguments)
    scene.refuses(refusal, lambda: scene.change("setRegistry", other.address))


# ---------------------------------------------------------------------------------------------------- No registry


@pytest.mark.parametrize("account", [STRANGER, b"\0" * 19 + b"\x05"], ids=["account", "precompile"])
def test_set_registry__without_code__is_refused(scene: Scene, other: Companion, account: bytes) -> None:
    refusal = RegistryInvalid(registry=account)
    scene.refuses(refusal, lambda: scene.change("setRegistry", account))
    scene.must_change("setRegistry", other.address)


def test_set_registry__to_a_contract_that_is_none__fails(scene: Scene) -> None:
    """It does not answer, and so nobody can be asked about: nothing changes."""
    before = world_of(scene.chain)
    outcome = scene.change("setRegistry", companion("checks"))
    assert not outcome.succeeded
    assert outcome.revert_data == b""
    assert world_of(scene.chain) == before


def test_set_registry__to_the_vault_itself__is_refused(scene: Scene) -> None:
    refusal = FunctionUnknown(selector=keccak(b"conflictsWith(address,uint256,uint256)")[:4])
    scene.refuses(refusal, lambda: scene.change("setRegistry", scene.vault))


# ------------------------------------------------------------------------------------------------------ By operations


def test_set_registry__by_an_operation__is_custody_and_is_asked_when_executed(
    scene: Scene, other: Companion
) -> None:
    operation = scene.to_itself("ann", "setRegistry", other.address)
    scene.must(scene.propose("ann", operation))
    lane = scene.lane(0)[1]
    assert (lane.tier, lane.seat_operation) == (Tier.CUSTODY, False)
    scene.give(operation, *QUORUM)
    scene.pass_to_ready(operation)
    with scene.chain.isolate():
        scene.must(scene.execute("ann", operation))
        assert asked(scene) == other.address
    # Meanwhile somebody came who has the key there.
    kim = approver_with_the_key(scene, other)
    inner = data_of_error(MemberDutiesConflict(person=kim.person, duties=KEY))
    scene.refuses(CallFailed(index=0, reason=inner), lambda: scene.execute("ann", operation))


def test_call__to_the_registry_that_is_asked__is_custody_whatever_a_rule_says(
    scene: Scene, other: Companion
) -> None:
    grant = other.data_of("grant", 77, KEY)
    scene.must_change("setRule", other.address, int.from_bytes(grant[:4], "big"), Rule().pack())
    calls = [call(to=other.address, data=grant)]
    assert scene.tier_of(calls) is Tier.HIGH_VALUE
    scene.must_change("setRegistry", other.address)
    assert scene.tier_of(calls) is Tier.CUSTODY


# ----------------------------------------------------------------------------------------------------------- Founders


def coming_vault(anvil: Anvil) -> bytes:
    """Return the address of the next contract that the deployer makes."""
    nonce = int(anvil.rpc("eth_getTransactionCount", ["0x" + FUNDED[0].hex(), "latest"]), 16)
    return keccak(rlp.encode([FUNDED[0], nonce]))[12:]


def founding_with(anvil: Anvil, registry: bytes) -> bytes:
    founding = configuration(CAST, supermajority=SUPERMAJORITY, registry=registry)
    return anvil.deploy(creation_of(founding))


def bar_before(anvil: Anvil, registry: Companion, vault: bytes, person: int) -> None:
    """Let a person be barred from a vault that is not there yet."""
    registry.must(vault, "setConflicts", APPROVAL, KEY)
    bar(registry, vault, person)
    # As if nothing had been sent from there: a contract is made only where nothing was.
    anvil.rpc("anvil_setNonce", ["0x" + vault.hex(), "0x0"])


def refuses_to_found(anvil: Anvil, because: VaultError, registry: bytes) -> None:
    before = world_of(anvil)
    with pytest.raises(AnvilError, match=data_of_error(because).hex()):
        founding_with(anvil, registry)
    assert world_of(anvil) == before


@pytest.mark.parametrize("who", ["ann", "eve", "gus"])
def test_found__by_an_approver_who_is_barred__is_refused(anvil: Anvil, other: Companion, who: str) -> None:
    """What stands in a registry under the address of a vault before it is there, whoever wrote it."""
    person = next(actor.person for actor in CAST if actor.name == who)
    vault = coming_vault(anvil)
    bar_before(anvil, other, vault, person)
    if who == "gus":
        # A guardian approves nothing.
        assert founding_with(anvil, other.address) == vault
        return
    refuses_to_found(anvil, MemberDutiesConflict(person=person, duties=KEY), other.address)


@pytest.mark.parametrize("who", ["ann", "gus"])
@pytest.mark.parametrize("is_asked", [True, False])
def test_found__at_an_address_that_the_release_s_registry_knows__is_refused_at_all(
    anvil: Anvil, who: str, is_asked: bool
) -> None:
    """Also where the vault asks no registry, since it may ask this one later."""
    registry = deployed(anvil, "duty_registry")
    person = next(actor.person for actor in CAST if actor.name == who)
    asks = registry.address if is_asked else NOBODY
    with anvil.isolate():
        bar_before(anvil, registry, coming_vault(anvil), person)
        refuses_to_found(anvil, CompanionUsed(companion=registry.address), asks)
    founding_with(anvil, asks)


@pytest.mark.parametrize("account", [STRANGER, b"\0" * 19 + b"\x05"], ids=["account", "precompile"])
def test_found__with_a_registry_without_code__is_refused(anvil: Anvil, account: bytes) -> None:
    refuses_to_found(anvil, RegistryInvalid(registry=account), account)


def test_found__with_a_registry__asks_it_from_the_start(anvil: Anvil) -> None:
    registry = deployed(anvil, "duty_registry")
    vault = founding_with(anvil, registry.address)
    scene = Scene(anvil, vault, {actor.name: actor for actor in CAST})
    assert asked(scene) == registry.address
    registry.must(vault, "setConflicts", KEY, APPROVAL)
    registry.must(vault, "grant", 77, KEY)
    refusal = MemberDutiesConflict(person=77, duties=KEY)
    scene.refuses(refusal, lambda: scene.change("addMember", STRANGER, 77, 2, HERE.pack()))
