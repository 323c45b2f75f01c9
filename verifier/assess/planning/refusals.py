"""What the contract would refuse about a founding, with what to change. Every check of the constructor has one here.

What only a chain can tell, such as whether a token has code, is looked at there.
"""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.floors import heads_of, is_full_floor
from verifier.assess.planning.remarks import refused
from verifier.assess.planning.tier_terms import refusals_of_tiers
from verifier.assess.terms import are_valid_asset_terms, are_valid_attributes, are_valid_roles, is_valid_rule
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE
from verifier.model.companions import Companions
from verifier.model.member import Role
from verifier.model.plan import PlanRemark
from verifier.model.roster import Roster
from verifier.model.tier import Tier
from verifier.model.units import SEATS, Epoch, MemberIndex
from verifier.model.vault_file import PlannedMember, VaultFile

MOST_INIT_CODE = 49_152
"""Bytes that a chain takes as the code that makes a contract (EIP-3860)."""


def refusals_of(
    file: VaultFile, *, vault: Address, companions: Companions, code_bytes: int
) -> Iterator[PlanRemark]:
    """Yield why this vault would not be founded.

    :param vault: the address that it would have
    :param code_bytes: how long the release's creation code is
    """
    yield from _of_members(file, vault, companions)
    yield from refusals_of_tiers(file.tiers)
    yield from _of_supermajority(file)
    yield from _of_floor(file)
    yield from _of_assets(file, companions)
    yield from _of_counterparties(file, vault)
    yield from _of_rules(file, vault)
    size = code_bytes + len(file.configuration(companions).encode())
    if size > MOST_INIT_CODE:
        yield refused(
            "founding-too-large",
            "the file",
            f"The founding has {size} bytes with its code, and chains take {MOST_INIT_CODE}; give some assets, "
            "counterparties or rules the `networks` that they are for, so that operations bring them later.",
        )


def _of_members(file: VaultFile, vault: Address, companions: Companions) -> Iterator[PlanRemark]:
    if len(file.founders) > SEATS:
        yield refused(
            "seats-full",
            "members",
            f"A vault has {SEATS} seats, and there are {len(file.founders)} founders; take some out of the file.",
        )
    for member in file.founders:
        known = {NOBODY: "the zero address", vault: "the vault's own address"}
        if companions.name_of(member.address) or member.address in known:
            what = known.get(member.address, "a contract of the release")
            yield refused(
                "member-address",
                member.name,
                f"{member.address} is {what}; give the address of this member's key.",
            )
        yield from _of_roles(member)
        if not are_valid_attributes(member.attributes.pack()):
            yield refused(
                "member-offset",
                member.name,
                f"No place on Earth has an offset of {member.attributes.utc_offset:+} minutes from UTC: it is -12:00 "
                "to +14:00; give the one of standard time.",
            )


def _of_roles(member: PlannedMember) -> Iterator[PlanRemark]:
    if are_valid_roles(member.roles):
        return
    if member.has(Role.GUARDIAN):
        why = "a guardian stops and never moves: take away proposer and approver, or guardian"
    else:
        why = "security and break_glass are kinds of approvers: add approver, or take them away"
    yield refused("member-roles", member.name, f"These roles do not go together: {why}.")


def _of_supermajority(file: VaultFile) -> Iterator[PlanRemark]:
    approvers = sum(member.has(Role.APPROVER) for member in file.founders)
    quorum = file.tiers[Tier.CUSTODY].quorum
    if file.supermajority < quorum:
        yield refused(
            "supermajority",
            "supermajority",
            f"It is {file.supermajority} and should be at least the quorum of CUSTODY, {quorum}: an objection must not "
            f"make it easier; write `supermajority = {quorum}` or more.",
        )
    if file.supermajority > approvers:
        yield refused(
            "supermajority",
            "supermajority",
            f"It is {file.supermajority}, and only {approvers} founders are approvers; lower it, or add approvers. "
            "Groups do not count: they come later.",
        )


def _of_floor(file: VaultFile) -> Iterator[PlanRemark]:
    custody = file.tiers[Tier.CUSTODY]
    roster = _roster(file)
    if is_full_floor(heads_of(roster, frozenset()), custody):
        return
    team = (
        f", {custody.security_approvals} of them of the security team" if custody.security_approvals else ""
    )
    yield refused(
        "floor-broken",
        Tier.CUSTODY.name,
        f"One member alone could freeze the vault. Whoever is lost, somebody else has to publish an operation about "
        f"members, and besides these two {custody.quorum} approvers have to be left{team}. There are "
        f"{len(roster.approvers)} approvers, {len(roster.security)} of the security team, and "
        f"{len(roster.proposers - roster.approvers)} proposers who do not approve; add an approver, two such "
        "proposers, or lower the quorum.",
    )


def _roster(file: VaultFile) -> Roster:
    def having(role: Role) -> frozenset[MemberIndex]:
        return frozenset(MemberIndex(i) for i, member in enumerate(file.founders) if member.has(role))

    return Roster(
        approvers=having(Role.APPROVER),
        security=having(Role.SECURITY),
        proposers=having(Role.PROPOSER),
        epoch=Epoch(0),
        supermajority=file.supermajority,
        windows=frozenset(),
    )


def _of_assets(file: VaultFile, companions: Companions) -> Iterator[PlanRemark]:
    members = {member.address: member.name for member in file.members}
    for planned in file.assets:
        asset, terms = planned.asset.asset, planned.asset.terms
        if asset != NATIVE and asset in companions.keepers:
            yield refused(
                "asset-governed",
                planned.symbol,
                f"{asset} is the {companions.name_of(asset)}, which the vault governs, and no token.",
            )
        if asset != NATIVE and asset in members:
            yield refused(
                "asset-member", planned.symbol, f"{asset} is the member {members[asset]}, and no token."
            )
        if terms.routine_limit >= terms.high_value_from:
            yield refused(
                "asset-limits",
                planned.symbol,
                "`routine` has to be less than `high_value`: what is between them is STANDARD.",
            )
        elif not are_valid_asset_terms(terms.pack()):
            yield refused(
                "asset-decimals",
                planned.symbol,
                f"A vault counts up to 36 decimals, and not {terms.decimals}.",
            )


def _of_counterparties(file: VaultFile, vault: Address) -> Iterator[PlanRemark]:
    members = {member.address: member.name for member in file.members}
    for planned in file.counterparties:
        account = planned.counterparty.account
        if account == vault:
            yield refused("counterparty-vault", planned.name, f"{account} would be the vault itself.")
        if account in members:
            yield refused(
                "counterparty-member",
                planned.name,
                f"{account} is the member {members[account]}: what goes to members is never routine; use another "
                "account.",
            )


def _of_rules(file: VaultFile, vault: Address) -> Iterator[PlanRemark]:
    for planned in file.rules:
        rule, measure = planned.ruling.rule, planned.ruling.rule.measure
        if planned.ruling.target == vault:
            yield refused(
                "rule-vault", planned.function, "Its target would be the vault itself, which has no rules."
            )
        if is_valid_rule(rule.pack()) or measure is None:
            continue
        why = "amount and counterparty are one word" if measure.amount_at == measure.counterparty_at else (
            f"amount and counterparty have to be among its {measure.words} words, of which a rule takes at most 32"
        )  # fmt: skip
        yield refused("rule-measure", planned.function, f"It measures nothing: {why}.")
