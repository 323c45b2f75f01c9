"""The companions, from outside: by a vault of the attacker's own, and by rules that would make less of them."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.anvil import Anvil, Outcome
from tests.attacks import mocks
from tests.attacks.insiders import refuses_blank
from tests.attacks.mocks import TRUE, code_that_answers, deploy_code
from tests.companions import Companion, abi_of, deployed
from tests.contracts.scene import (
    CAST,
    PAYEE,
    QUORUM,
    Scene,
    data_of_error,
    usual_scene,
)
from tests.contracts.seated_groups import OWLS, seat_group
from tests.stage import STRANGER, call, companion, configuration, creation_of, deploy_companions
from verifier.errors.operations import CallFailed
from verifier.errors.settings import AssetTermsInvalid, CompanionUsed, RegistryInvalid
from verifier.errors.strategies import StrategyUnknown
from verifier.model.address import Address
from verifier.model.asset import Use
from verifier.model.rule import Measure, Rule
from verifier.model.tier import Tier

ALPHA: Final = b"alpha".ljust(32, b"\0")
KEEPERS: Final = ("duty_registry", "strategy_limits", "bypass_ledger")


# ---------------------------------------------------------------------------------------------- Another's own vault


def everything(scene: Scene) -> dict[str, Any]:
    """Return all that the companions say about a vault."""
    registry, limits, ledger = (deployed(scene.chain, key) for key in KEEPERS)
    return {
        "persons": registry.read("personsOf", scene.vault),
        "duties": [registry.read("dutiesOf", scene.vault, actor.person) for actor in scene.actors.values()],
        "conflicts": [registry.read("conflictsOf", scene.vault, 1 << bit) for bit in range(16)],
        "strategies": limits.read("strategiesOf", scene.vault),
        "terms": limits.read("termsOf", scene.vault, ALPHA),
        "venues": limits.read("venuesOf", scene.vault, ALPHA),
        "guards": limits.read("guardsOf", scene.vault, ALPHA),
        "suspension": limits.read("suspensionOf", scene.vault, ALPHA),
        "bypasses": ledger.read("termsOf", scene.vault),
        "first bypass": ledger.read("bypassOf", scene.vault, 0),
    }


def acts_of_a_vault(scene: Scene) -> list[tuple[str, str, tuple[Any, ...]]]:
    """Return all that only a vault may do, with companion and function."""
    eve = scene.actors["eve"].person
    return [
        ("duty_registry", "grant", (eve, 1)),
        ("duty_registry", "setConflicts", (2, 4)),
        ("strategy_limits", "setTerms", (ALPHA, (10**9, 10**9, 10**9))),
        ("strategy_limits", "setVenue", (ALPHA, ALPHA, True)),
        ("strategy_limits", "setGuard", (ALPHA, STRANGER, True)),
        ("strategy_limits", "resume", (ALPHA,)),
        ("bypass_ledger", "setTerms", (255, 720)),
        ("bypass_ledger", "record", (bytes(32), 0, 0, 0)),
    ]


@pytest.mark.parametrize("who", ["gus", "stranger", "another vault"])
def test_companions__told_by_another_than_the_vault__keep_it_for_that_one(scene: Scene, who: str) -> None:
    """Nobody is refused, and nobody but the caller is meant."""
    attacker = {"stranger": STRANGER, "another vault": usual_scene(scene.chain).vault}
    sender = attacker[who] if who in attacker else scene.address(who)
    before = everything(scene)
    for key, function, arguments in acts_of_a_vault(scene):
        deployed(scene.chain, key).must(sender, function, *arguments)
        assert everything(scene) == before, function
    # The neighbour: told by the vault itself, each of them is for it.
    changed = []
    for key, function, arguments in acts_of_a_vault(scene):
        deployed(scene.chain, key).must(scene.vault, function, *arguments)
        changed.append(everything(scene) != before)
        before = everything(scene)
    # Resuming what is not suspended changes nothing.
    assert changed == [function != "resume" for _, function, _ in acts_of_a_vault(scene)]


def test_limits__of_another_vault__do_not_know_our_strategies(scene: Scene) -> None:
    """A guard of the attacker's vault names ours, and is nobody there."""
    limits = deployed(scene.chain, "strategy_limits")
    limits.must(STRANGER, "setTerms", ALPHA, (1, 1, 1))
    limits.must(STRANGER, "setGuard", ALPHA, PAYEE, True)
    unknown = StrategyUnknown(vault=scene.vault, strategy=ALPHA)
    limits.refuses(unknown, lambda: limits.send(PAYEE, "suspend", scene.vault, ALPHA))


# ----------------------------------------------------------------------------------------- Before the vault was there

BEFORE: Final = {
    "terms of break-glass": ("bypass_ledger", "setTerms", (255, 720)),
    "bypass": ("bypass_ledger", "record", (bytes(32), 0, 0, 0)),
    "duty": ("duty_registry", "grant", (7, 1)),
    "conflict": ("duty_registry", "setConflicts", (1, 8)),
    "strategy": ("strategy_limits", "setTerms", (ALPHA, (10**9, 10**9, 10**9))),
}


def rise(anvil: Anvil, phoenix: bytes, creation: bytes, *acts: tuple[bytes, bytes]) -> Outcome:
    """Put a contract where the last one was. With acts it does these, and is gone."""
    return anvil.send(STRANGER, phoenix, mocks.data_of("Phoenix", "rise", creation, list(acts)))


@pytest.mark.parametrize("what", BEFORE)
def test_found__where_another_contract_wrote_into_a_companion_before__is_refused(
    anvil: Anvil, what: str
) -> None:
    """Who deploys the vault deploys something else there first, that loosens what the vault will find, and destroys
    itself in the same transaction (EIP-6780). Code and founding configuration would be as everybody agreed."""
    deploy_companions(anvil)
    phoenix = mocks.deploy(anvil, "Phoenix")
    key, function, arguments = BEFORE[what]
    at = deployed(anvil, key)
    founding = creation_of(configuration(CAST, supermajority=4))
    with anvil.isolate():
        assert rise(anvil, phoenix, founding).succeeded
    ember = mocks.creation_code("Ember")
    # The neighbour: it was there, looked, and wrote nothing.
    with anvil.isolate():
        assert rise(anvil, phoenix, ember, (at.address, at.data_of("isUnused", phoenix))).succeeded
        assert rise(anvil, phoenix, founding).succeeded
        assert anvil.code(made_by(anvil, phoenix))
    assert rise(anvil, phoenix, ember, (at.address, at.data_of(function, *arguments))).succeeded
    ruins = made_by(anvil, phoenix)
    assert not at.read("isUnused", ruins)
    outcome = rise(anvil, phoenix, founding)
    assert not outcome.succeeded
    assert outcome.revert_data == data_of_error(CompanionUsed(companion=at.address))
    assert not anvil.code(ruins)


def made_by(anvil: Anvil, phoenix: bytes) -> bytes:
    return bytes.fromhex(mocks.read(anvil, "Phoenix", phoenix, "last")[2:])


# -------------------------------------------------------------------------------------------------------------- Rules


def some_rule(kind: str) -> int:
    if kind == "opaque":
        return Rule().pack()
    measure = Measure(asset=Address(bytes(20)), amount_at=0, counterparty_at=1, words=2, uses=Use.RECIPIENT)
    return Rule(measure=measure).pack()


@pytest.mark.parametrize("kind", ["opaque", "measured"])
@pytest.mark.parametrize("target", [*KEEPERS, "registry of its own", "member", "former member", "group"])
def test_set_rule__for_what_the_vault_governs__makes_no_less_of_it(
    scene: Scene, target: str, kind: str
) -> None:
    """Each call to them is CUSTODY, whatever a rule says. To an address of nobody's the same rule holds."""
    own = deploy_code(scene.chain, code_that_answers(bytes(32)))
    scene.must_change("setRegistry", own)
    seat_group(scene)
    targets = {
        "registry of its own": own, "member": scene.address("eve"), "former member": scene.address("eve"),
        "group": OWLS.account,
    }  # fmt: skip
    if target == "former member":
        scene.must_change("removeMember", scene.address("eve"))
    at = targets[target] if target in targets else companion(target)
    data = bytes.fromhex("22222222") + bytes(64 - 20) + PAYEE
    scene.must_change("setRule", at, 0x22222222, some_rule(kind))
    assert scene.tier_of([call(to=at, data=data)]) is Tier.CUSTODY
    refuses_blank(scene, "ann", [call(to=at, data=data)], *QUORUM)
    neighbour = deploy_code(scene.chain, code_that_answers(TRUE))
    scene.must_change("setRule", neighbour, 0x22222222, some_rule(kind))
    expected = Tier.HIGH_VALUE if kind == "opaque" else Tier.ROUTINE
    assert scene.tier_of([call(to=neighbour, data=data)]) is expected


def test_set_rule__for_the_registry_that_was__holds_from_then_on(scene: Scene) -> None:
    """What the vault asked once, and asks no more, is a contract like any other."""
    own = deploy_code(scene.chain, code_that_answers(bytes(32)))
    scene.must_change("setRule", own, 0x22222222, Rule().pack())
    ruled = [call(to=own, data=bytes.fromhex("22222222"))]
    scene.must_change("setRegistry", own)
    assert scene.tier_of(ruled) is Tier.CUSTODY
    scene.must_change("setRegistry", bytes(20))
    assert scene.tier_of(ruled) is Tier.HIGH_VALUE


@pytest.mark.parametrize("target", [*KEEPERS, "registry of its own"])
def test_set_asset__for_what_the_vault_governs__is_refused(scene: Scene, target: str) -> None:
    """Listed as a token it would be judged by amounts, before anybody asks what it is."""
    own = deploy_code(scene.chain, code_that_answers(bytes(32)))
    scene.must_change("setRegistry", own)
    at = own if target == "registry of its own" else companion(target)
    terms = 10 | 100 << 64 | 6 << 128 | 1 << 136
    refusal = AssetTermsInvalid(asset=at, terms=terms)
    scene.refuses(refusal, lambda: scene.change("setAsset", at, terms))
    assert scene.tier_of([call(to=at, data=bytes.fromhex("095ea7b3") + bytes(64))]) is Tier.CUSTODY
    scene.must_change("setAsset", deploy_code(scene.chain, code_that_answers(TRUE)), terms)


def test_set_registry__to_a_listed_asset__is_refused(scene: Scene) -> None:
    """The other way round: calls to what the vault asks would be judged by amounts."""
    token = deploy_code(scene.chain, code_that_answers(bytes(32)))
    scene.must_change("setAsset", token, 10 | 100 << 64 | 6 << 128 | 1 << 136)
    scene.refuses(RegistryInvalid(registry=token), lambda: scene.change("setRegistry", token))
    scene.must_change("setAsset", token, 0)
    scene.must_change("setRegistry", token)


@pytest.mark.parametrize("key", KEEPERS)
def test_tier_of__value_to_a_companion__is_that_of_a_payment_to_nobody_allowed(
    scene: Scene, key: str
) -> None:
    """They take no value, so it would come back; and with data it is CUSTODY."""
    assert scene.tier_of([call(to=companion(key), value=1)]) is Tier.HIGH_VALUE
    assert scene.tier_of([call(to=companion(key), value=1, data=bytes(4))]) is Tier.CUSTODY
    operation = scene.ready("ann", [call(to=companion(key), value=1)])
    scene.refuses(CallFailed(index=0, reason=b""), lambda: scene.execute("bob", operation))


@pytest.mark.parametrize("bent", ["value", "unknown function", "short"])
def test_checks__anything_but_an_assertion__does_nothing(scene: Scene, bent: str) -> None:
    """`Checks` is ROUTINE whatever the calldata, since no calldata makes it change anything."""
    checks = deployed(scene.chain, "checks")
    data = {"value": checks.data_of("requireNotAfter", 2**40 - 1), "short": b"\1"}.get(bent, bytes(36))
    bad = call(to=checks.address, value=int(bent == "value"), data=data)
    expected = Tier.CUSTODY if bent == "value" else Tier.ROUTINE
    assert scene.tier_of([bad]) is expected
    operation = scene.ready("ann", [bad])
    scene.refuses(CallFailed(index=0, reason=b""), lambda: scene.execute("bob", operation))
    good = scene.ready(
        "ann", [call(to=checks.address, data=checks.data_of("requireNotAfter", 2**40 - 1))], nth=1
    )
    scene.must(scene.execute("bob", good))


def test_deployed__companions__have_no_door_for_a_vaults_members(scene: Scene) -> None:
    """Being a member of a vault gives nobody a word in its books but review, revoke, suspend, tighten and dropVenue."""
    told = {
        (key, entry["name"])
        for key in KEEPERS
        for entry in entries(deployed(scene.chain, key))
        if entry["inputs"] and entry["inputs"][0]["name"] == "vault"
    }
    assert told == {
        ("duty_registry", "revoke"),
        ("bypass_ledger", "review"),
        ("strategy_limits", "suspend"),
        ("strategy_limits", "tighten"),
        ("strategy_limits", "dropVenue"),
    }


def entries(found: Companion) -> list[dict[str, Any]]:
    """Return a companion's functions that change something."""
    return [
        entry
        for entry in abi_of(found.key)
        if entry["type"] == "function" and entry["stateMutability"] == "nonpayable"
    ]
