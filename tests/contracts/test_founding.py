"""The constructor: what a vault begins with, and what it does not begin with."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from tests.anvil import FUNDED, Anvil
from tests.companions import deployed
from tests.contracts.scene import (
    BOTH,
    CAST,
    ETHER_TERMS,
    PAYEE,
    SPENDER,
    data_of_error,
    note_refusal,
    scene_of,
    tiers_with,
    usual_scene,
    world_of,
)
from tests.stage import (
    ETHER,
    NATIVE,
    STRANGER,
    USUAL_TIERS,
    Actor,
    abi,
    configuration,
    creation_of,
    type_text,
)
from verifier.errors import VaultError
from verifier.errors.members import (
    MemberAddressInvalid,
    MemberAttributesInvalid,
    MemberPersonTaken,
    MemberRolesInvalid,
    MemberSeatsFull,
)
from verifier.errors.settings import (
    AssetTermsInvalid,
    CompanionUsed,
    CounterpartyInvalid,
    RuleInvalid,
    SupermajorityOutOfRange,
    TierLessStrict,
    TierTermsInvalid,
)
from verifier.model.member import MemberStatus, Role
from verifier.model.roster import Roster
from verifier.model.tier import Tier
from verifier.model.units import Duration, Epoch
from verifier.model.word import seats_in

USUAL: dict[str, Any] = {
    "tiers": USUAL_TIERS,
    "supermajority": 4,
    "assets": [(NATIVE, ETHER_TERMS)],
    "counterparties": [(PAYEE, 1), (SPENDER, 2)],
}


def encoded(founding: tuple[Any, ...]) -> bytes:
    """Return `abi.encode(configuration)` as the compiled ABI types it."""
    (entry,) = (e for e in abi() if e["type"] == "constructor")
    return encode([type_text(part) for part in entry["inputs"]], [founding])


def with_founder(founder: tuple[Any, ...], **changes: Any) -> tuple[Any, ...]:
    """Return the usual configuration with one founder more."""
    founders, *rest = configuration(CAST, **(USUAL | changes))
    return ([*founders, founder], *rest)


def assert_refused(anvil: Anvil, founding: tuple[Any, ...], because: VaultError) -> None:
    """Refuse this, and found the usual vault, which differs in one thing."""
    before = world_of(anvil)
    outcome = anvil.send(STRANGER, None, creation_of(founding))
    assert not outcome.succeeded
    assert outcome.revert_data == data_of_error(because)
    assert world_of(anvil) == before
    note_refusal(outcome.revert_data)
    usual_scene(anvil)


# -------------------------------------------------------------------------------------------------- What it begins with


def test_found__with_a_configuration__keeps_its_hash(anvil: Anvil) -> None:
    founding = configuration(CAST, **USUAL)
    scene = usual_scene(anvil)
    assert scene.read("founding") == (keccak(encoded(founding)),)
    other = usual_scene(anvil, supermajority=3)
    assert other.read("founding") != scene.read("founding")
    assert anvil.code(other.vault) == anvil.code(scene.vault)


def test_found__with_a_configuration__puts_all_of_it_into_one_event(anvil: Anvil) -> None:
    founding = configuration(CAST, **USUAL)
    outcome = anvil.send(STRANGER, None, creation_of(founding))
    (entry,) = (e for e in abi() if e["type"] == "event" and e["name"] == "Founded")
    types = [type_text(part) for part in entry["inputs"]]
    last = outcome.receipt["logs"][-1]
    assert last["topics"] == ["0x" + keccak(f"Founded({types[0]})".encode("ascii")).hex()]
    assert bytes.fromhex(last["data"][2:]) == encode(types, [founding])


def test_found__by_the_usual_cast__seats_them_in_order_and_seasoned(anvil: Anvil) -> None:
    moment = anvil.now() + 9
    anvil.set_next_time(moment)
    scene = usual_scene(anvil)
    block = int(anvil.block()["number"], 16)
    for seat, founder in enumerate(CAST):
        member = scene.member(founder.name)
        assert (member.seat, member.status, member.roles) == (seat, MemberStatus.ACTIVE, founder.roles)
        assert (member.person, member.attributes) == (founder.person, founder.attributes)
        assert (member.seasoned_at, member.seated_in_block) == (moment, block)
        assert scene.read("seat", seat) == ("0x" + founder.address.hex(),)
    assert scene.roster() == Roster(
        approvers=seats_in(0b11111),
        security=seats_in(0b110),
        proposers=seats_in(0b11),
        epoch=Epoch(1),
        supermajority=4,
        windows=frozenset(),
    )


def test_found__with_assets_and_counterparties__judges_by_them(anvil: Anvil) -> None:
    scene = usual_scene(anvil)
    bare = usual_scene(anvil, assets=[], counterparties=[])
    listed = usual_scene(anvil, counterparties=[])
    paying = [(PAYEE, ETHER, b"")]
    assert scene.tier_of(paying) is Tier.ROUTINE
    assert listed.tier_of(paying) is Tier.HIGH_VALUE
    assert bare.tier_of(paying) is Tier.CUSTODY


# ------------------------------------------------------------------------------------------ What it does not begin with

ANN = CAST[0]
FAY = Actor.new("fay", Role.APPROVER)
HERE = ANN.attributes.pack()

FOUNDERS: dict[str, tuple[tuple[Any, ...], VaultError]] = {
    "an address twice": (
        (ANN.address, 5, 2, HERE),
        MemberAddressInvalid(member=ANN.address),
    ),
    "the zero address": ((NATIVE, 5, 2, HERE), MemberAddressInvalid(member=NATIVE)),
    "a person twice": (
        (FAY.address, ANN.person, 2, HERE),
        MemberPersonTaken(person=ANN.person, by=ANN.address),
    ),
    "nobody": ((FAY.address, 0, 2, HERE), MemberPersonTaken(person=0, by=NATIVE)),
    "a number too large": ((FAY.address, 2**32, 2, HERE), MemberPersonTaken(person=2**32, by=NATIVE)),
    "no role": ((FAY.address, 5, 0, HERE), MemberRolesInvalid(roles=0)),
    "guardian and approver": ((FAY.address, 5, 18, HERE), MemberRolesInvalid(roles=18)),
    "no place": ((FAY.address, 5, 2, 0), MemberAttributesInvalid(member=FAY.address, attributes=0)),
}


@pytest.mark.parametrize("what", FOUNDERS)
def test_found__by_one_who_cannot_be_a_member__is_refused(anvil: Anvil, what: str) -> None:
    founder, refusal = FOUNDERS[what]
    assert_refused(anvil, with_founder(founder), refusal)
    anvil.deploy(creation_of(with_founder((FAY.address, 5, 2, HERE))))


def test_found__by_65_members__is_refused_and_by_64_is_not(anvil: Anvil) -> None:
    crowd = [Actor.new(f"member {i}", BOTH | Role.SECURITY, person=i + 1) for i in range(65)]
    assert_refused(anvil, configuration(crowd, **USUAL), MemberSeatsFull())
    assert len(scene_of(anvil, crowd[:64], **USUAL).roster().approvers) == 64


def test_found__by_a_contract__is_refused(anvil: Anvil) -> None:
    account = usual_scene(anvil).vault
    refusal = MemberAddressInvalid(member=account)
    assert_refused(anvil, with_founder((account, 5, 2, HERE)), refusal)


SETTINGS: dict[str, tuple[dict[str, Any], VaultError]] = {
    "a supermajority below the quorum": (
        {"supermajority": 2},
        SupermajorityOutOfRange(minimum=3, maximum=5, actual=2),
    ),
    "a supermajority above the approvers": (
        {"supermajority": 6},
        SupermajorityOutOfRange(minimum=3, maximum=5, actual=6),
    ),
    "a quorum of one": (
        {"tiers": tiers_with(Tier.ROUTINE, quorum=1)},
        TierTermsInvalid(tier=Tier.ROUTINE, terms=tiers_with(Tier.ROUTINE, quorum=1)[Tier.ROUTINE].pack()),
    ),
    "a tier below the one below": (
        {"tiers": tiers_with(Tier.CUSTODY, delay=Duration(47 * 3600))},
        TierLessStrict(
            tier=Tier.CUSTODY,
            terms=tiers_with(Tier.CUSTODY, delay=Duration(47 * 3600))[Tier.CUSTODY].pack(),
            below=USUAL_TIERS[Tier.HIGH_VALUE].pack(),
        ),
    ),
    "an asset without code": (
        {"assets": [(STRANGER, ETHER_TERMS)]},
        AssetTermsInvalid(asset=STRANGER, terms=ETHER_TERMS),
    ),
    "terms without meaning": ({"assets": [(NATIVE, 1)]}, AssetTermsInvalid(asset=NATIVE, terms=1)),
    "a member as counterparty": (
        {"counterparties": [(ANN.address, 1)]},
        CounterpartyInvalid(account=ANN.address, uses=1),
    ),
    "a rule that means nothing": (
        {"rules": [(PAYEE, bytes(4), 1)]},
        RuleInvalid(target=PAYEE, selector=0, rule=1),
    ),
    "a rule that measures with one word": (
        {"rules": [(PAYEE, b"\xff" * 4, 2 << 192 | 1 << 184 | 1 << 176)]},
        RuleInvalid(target=PAYEE, selector=2**32 - 1, rule=2 << 192 | 1 << 184 | 1 << 176),
    ),
    "a segregated quorum of eight": (
        {"tiers": tiers_with(Tier.CUSTODY, quorum=8, segregated=1)},
        TierTermsInvalid(
            tier=Tier.CUSTODY, terms=tiers_with(Tier.CUSTODY, quorum=8, segregated=1)[Tier.CUSTODY].pack()
        ),
    ),
    "CUSTODY that can be expedited": (
        {"tiers": tiers_with(Tier.CUSTODY, expedited_delay=Duration(48 * 3600))},
        TierTermsInvalid(
            tier=Tier.CUSTODY,
            terms=tiers_with(Tier.CUSTODY, expedited_delay=Duration(48 * 3600))[Tier.CUSTODY].pack(),
        ),
    ),
    "uses that there are not": (
        {"counterparties": [(PAYEE, 4)]},
        CounterpartyInvalid(account=PAYEE, uses=4),
    ),
}


@pytest.mark.parametrize("what", SETTINGS)
def test_found__with_settings_that_no_operation_could_make__is_refused(anvil: Anvil, what: str) -> None:
    changes, refusal = SETTINGS[what]
    assert_refused(anvil, configuration(CAST, **(USUAL | changes)), refusal)


# What somebody could have let each companion keep for an address before a vault came to it.
USED: dict[str, tuple[Any, ...]] = {
    "bypass_ledger": ("setTerms", 255, 720),
    "duty_registry": ("grant", 7, 1),
    "strategy_limits": ("setTerms", b"\x01" * 32, (1, 1, 1)),
}


@pytest.mark.parametrize("key", USED)
def test_found__at_an_address_for_which_a_companion_keeps_something__is_refused(
    anvil: Anvil, key: str
) -> None:
    """By a contract that stood there before and destroyed itself, as EIP-6780 lets it."""
    keeper = deployed(anvil, key)
    creation_code = creation_of(configuration(CAST, **USUAL))
    with anvil.isolate():
        vault = anvil.deploy(creation_code)
    with anvil.isolate():
        keeper.must(vault, *USED[key])
        # As if nothing had been sent from there: a contract is made only where nothing was.
        anvil.rpc("anvil_setNonce", ["0x" + vault.hex(), "0x0"])
        before = world_of(anvil)
        outcome = anvil.send(FUNDED[0], None, creation_code)
        assert not outcome.succeeded
        assert outcome.revert_data == data_of_error(CompanionUsed(companion=keeper.address))
        assert world_of(anvil) == before
        note_refusal(outcome.revert_data)
    # What is kept for others does not matter.
    keeper.must(STRANGER, *USED[key])
    assert anvil.deploy(creation_code) == vault
