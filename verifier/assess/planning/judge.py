"""A plan: everything that comes of a vault's file."""

from __future__ import annotations

from math import comb

from verifier.assess.planning.claims import remarks_of_humans
from verifier.assess.planning.coalitions import judge_coalitions
from verifier.assess.planning.likeness import remarks_of_likeness
from verifier.assess.planning.people import People, Quorum
from verifier.assess.planning.policy import remarks_of_policy
from verifier.assess.planning.process import (
    remarks_of_bypass,
    remarks_of_duties,
    remarks_of_groups,
    remarks_of_strategies,
)
from verifier.assess.planning.refusals import refusals_of
from verifier.assess.planning.resilience import (
    indispensable,
    remarks_of_claims,
    remarks_of_coalitions,
    remarks_of_guardians,
    remarks_of_headroom,
    remarks_of_quorums,
)
from verifier.assess.planning.rules import remarks_of_rules
from verifier.model.address import Address
from verifier.model.companions import Companions
from verifier.model.member import Role
from verifier.model.plan import MemberPower, Plan, PlanRemark, TierPower
from verifier.model.tier import Tier
from verifier.model.vault_file import PlannedMember, VaultFile

_MOST_SETS = 100_000
"""More sets of approvers than that are not counted."""


def judge_plan(file: VaultFile, *, vault: Address, companions: Companions, code_bytes: int) -> Plan:
    """Return what a vault of this file would be, the gravest remarks first.

    :param vault: the address that it would have
    :param code_bytes: how long the release's creation code is
    """
    people, custody = People.of(file), file.tiers[Tier.CUSTODY]
    coalitions = judge_coalitions(people, custody, file.supermajority)
    remarks: list[PlanRemark] = [
        *refusals_of(file, vault=vault, companions=companions, code_bytes=code_bytes),
        *remarks_of_groups(file),
        *remarks_of_duties(file),
        *remarks_of_strategies(file),
        *remarks_of_bypass(file, people),
        *remarks_of_humans(file),
        *remarks_of_rules(file),
        *remarks_of_likeness(file),
    ]
    # What a quorum could be means something only where the terms are some.
    if not any(remark.rule in ("tier-terms", "member-offset") for remark in remarks):
        remarks += remarks_of_quorums(file, people)
        remarks += remarks_of_coalitions(coalitions, custody.quorum)
        remarks += remarks_of_claims(file, people)
    remarks += remarks_of_headroom(file)
    remarks += remarks_of_guardians(people)
    remarks += remarks_of_policy(file, companions)
    return Plan(
        remarks=tuple(sorted(remarks, key=lambda remark: -remark.severity)),
        members=tuple(_power(member) for member in people.members),
        tiers=tuple(_tier_power(file, people, tier) for tier in Tier),
        coalitions=coalitions,
    )


def _power(member: PlannedMember) -> MemberPower:
    group = member.group
    return MemberPower(
        name=member.name,
        persons=(member.person,) if group is None else tuple(holder.person for holder in group.holders),
        roles=member.roles,
        is_later=group is not None,
    )


def _tier_power(file: VaultFile, people: People, tier: Tier) -> TierPower:
    terms = file.tiers[tier]
    example: Quorum = people.find_quorum(terms) or ()
    is_countable = comb(len(people.having(Role.APPROVER)), terms.quorum) <= _MOST_SETS
    return TierPower(
        tier=tier,
        terms=terms,
        quorums=sum(1 for _ in people.quorums(terms)) if is_countable else None,
        example=people.names(example),
        indispensable=people.names(indispensable(people, terms)),
    )
