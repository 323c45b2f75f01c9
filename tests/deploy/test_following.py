"""The operations that follow a founding: proposed, approved and executed by the vault's people, as they are."""

from __future__ import annotations

from tests.anvil import Anvil
from tests.companions import deployed
from tests.deploy.house import House, file_of, text_of
from tests.deploy.test_looking import HERE, TOKEN, token_code
from verifier.assess.changing.after_founding import follow_ups
from verifier.model.address import Address
from verifier.model.bypass import BypassTerms
from verifier.model.plan import FollowUp
from verifier.model.tier import Tier
from verifier.model.units import ChainId
from verifier.store.release import companion_addresses

CUSTODY_QUORUM = ("ann", "bob", "cat")


def later(house: House) -> tuple[FollowUp, ...]:
    return follow_ups(
        house.file,
        chain_id=ChainId(31337),
        vault=house.founding.vault.address,
        companions=companion_addresses(),
    )


def test_follow_ups__executed_by_the_people_of_the_vault__leave_what_the_file_says(chain: Anvil) -> None:
    chain.set_code(TOKEN, token_code(b"USDC", 6))
    house = House(chain, file_of(text_of(HERE, ('review_within = "72h"', 'review_within = "48h"'))))
    house.run()
    stage, vault = house.stage(), bytes(house.founding.vault.address)
    follow = later(house)
    assert [each.key for each in follow] == ["settings", "group"]
    for nth, each in enumerate(follow[:-1]):
        calls = [(bytes(call.target), int(call.value), call.data) for call in each.calls]
        assert stage.tier_of(calls) is Tier.CUSTODY
        stage.must(stage.carry_out("pat", stage.operation("pat", calls, nth=nth), CUSTODY_QUORUM))
    registry, limits, ledger = (
        deployed(chain, key) for key in ("duty_registry", "strategy_limits", "bypass_ledger")
    )
    duties = {grant.person: grant.duties for grant in house.file.duties}
    assert {person: registry.read("dutiesOf", vault, person) for person in duties} == duties
    masks = house.file.exclusion_masks
    assert {duty: registry.read("conflictsOf", vault, duty) for duty in masks} == masks
    (strategy,) = house.file.strategies
    assert limits.read("termsOf", vault, strategy.strategy) == (
        strategy.position,
        strategy.order,
        strategy.risk,
    )
    assert tuple(limits.read("venuesOf", vault, strategy.strategy)) == strategy.venues
    assert [bytes.fromhex(guard[2:]) for guard in limits.read("guardsOf", vault, strategy.strategy)] == [
        bytes(guard) for guard in strategy.guards
    ]
    assert BypassTerms.unpack(ledger.read("termsOf", vault)).limit == 3
    assert BypassTerms.unpack(ledger.read("termsOf", vault)).review_hours == 48
    # A listed asset, an allowed counterparty, and a measured rule are what makes small amounts routine.
    exchange, bridge = (house.file.counterparties[i].counterparty.account for i in (0, 2))
    transfer = data_of_transfer(bytes(exchange), 10**6)
    assert stage.tier_of([(bytes(TOKEN), 0, transfer)]) is Tier.ROUTINE
    deposit = house.file.rules[0].ruling.selector + bytes(12) + bytes(exchange) + (10**6).to_bytes(32, "big")
    assert stage.tier_of([(bytes(bridge), 0, deposit)]) is Tier.ROUTINE


def data_of_transfer(to: bytes, amount: int) -> bytes:
    return bytes.fromhex("a9059cbb") + bytes(12) + to + amount.to_bytes(32, "big")


def test_follow_ups__of_a_chain_that_lacks_nothing__are_without_policy(chain: Anvil) -> None:
    keys = [each.key for each in later(House(chain, file_of(text_of())))]
    assert keys == ["settings", "group"]
    assert later(House(chain, file_of(text_of())))[0].title == (
        "Says who has which custody duty and sets the limits of strategies"
    )


def test_follow_ups__of_many_counterparties__are_several_operations(chain: Anvil) -> None:
    many = "".join(
        f'[[counterparties]]\nname = "p{i}"\naddress = "{Address(bytes(18) + bytes([1, i]))}"\n'
        'uses = ["recipient"]\nnetworks = ["local"]\n\n'
        for i in range(33)
    )
    text = text_of(("[companions]", many + "[companions]"))
    follow = later(House(chain, file_of(text)))
    assert [each.key for each in follow] == ["settings-1", "settings-2", "group"]
    assert [len(each.calls) for each in follow[:1]] == [32]
    assert sum(len(each.calls) for each in follow) == 33 + len(
        later(House(chain, file_of(text_of())))[0].calls
    )
