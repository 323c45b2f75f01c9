"""What a vault's file asks for on one chain, as an arrangement."""

from __future__ import annotations

from collections.abc import Mapping

from verifier.model.address import NOBODY, Address
from verifier.model.arrangement import USUAL_BYPASS, Arrangement, Sitting, Strategy
from verifier.model.companions import Companions
from verifier.model.group import Group
from verifier.model.text import Shown, sanitise
from verifier.model.units import SEATS, ChainId, Person
from verifier.model.vault_file import Chains, PlannedMember, PlannedStrategy, VaultFile


def arrangement_of(file: VaultFile, *, chain_id: ChainId, companions: Companions) -> Arrangement:
    """Return what the file asks for on a chain, its groups, duties and strategies included."""

    def is_meant(only_on: Chains) -> bool:
        return not only_on or chain_id in only_on

    strategies = {each.strategy: _strategy(each) for each in file.strategies}
    return Arrangement(
        members={member.address: sitting_of(member) for member in file.members},
        tiers=file.tiers,
        supermajority=file.supermajority,
        registry=companions.duty_registry if file.asks_registry else NOBODY,
        assets={a.asset.asset: a.asset.terms for a in file.assets if is_meant(a.only_on)},
        counterparties={
            c.counterparty.account: c.counterparty.uses
            for c in file.counterparties
            if is_meant(c.only_on) and c.counterparty.uses
        },
        rules={
            (r.ruling.target, r.ruling.selector): r.ruling.rule for r in file.rules if is_meant(r.only_on)
        },
        duties={grant.person: grant.duties for grant in file.duties if grant.duties},
        exclusions={duty: mask for duty, mask in file.exclusion_masks.items() if mask},
        bypass=file.bypass or USUAL_BYPASS,
        strategies={name: each for name, each in strategies.items() if not each.is_nothing},
        free_seats=SEATS - len(file.members),
    )


def founding_of(file: VaultFile, *, companions: Companions) -> Arrangement:
    """Return what the constructor makes of the file, on every chain: operations bring the rest."""
    configuration = file.configuration(companions)
    return Arrangement(
        members={member.address: sitting_of(member) for member in file.founders},
        tiers=configuration.tiers,
        supermajority=configuration.supermajority,
        registry=configuration.registry,
        assets={asset.asset: asset.terms for asset in configuration.assets},
        counterparties={party.account: party.uses for party in configuration.counterparties if party.uses},
        rules={(ruling.target, ruling.selector): ruling.rule for ruling in configuration.rules},
        free_seats=SEATS - len(file.founders),
    )


def sitting_of(member: PlannedMember) -> Sitting:
    planned = member.group
    if planned is None:
        return Sitting(person=member.person, roles=member.roles, attributes=member.attributes)
    return Sitting(
        person=Person(0),
        roles=member.roles,
        attributes=member.attributes,
        kind=planned.kind,
        group=Group(x=planned.x, holders=tuple(holder.person for holder in planned.holders)),
    )


def labels_of(file: VaultFile) -> Mapping[Address, Shown]:
    """Return what the file calls accounts."""
    labels = {c.counterparty.account: sanitise(c.name, most=60) for c in file.counterparties}
    labels |= {a.asset.asset: sanitise(a.symbol, most=60) for a in file.assets if a.asset.asset != NOBODY}
    return labels | {member.address: sanitise(member.name, most=60) for member in file.members}


def persons_of(file: VaultFile) -> Mapping[Person, Shown]:
    """Return what the file calls persons."""
    names = {grant.person: grant.name for grant in file.duties}
    for member in file.members:
        if member.group is None:
            names[member.person] = member.name
        else:
            names |= {holder.person: holder.name for holder in member.group.holders}
    return names


def _strategy(planned: PlannedStrategy) -> Strategy:
    return Strategy(
        position=planned.position,
        order=planned.order,
        risk=planned.risk,
        venues=frozenset(planned.venues),
        guards=frozenset(planned.guards),
    )
