"""Break-glass and its review, groups, duties and strategies: what a plan says of them, and what of it cannot be."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.planning.people import People
from verifier.assess.planning.remarks import listed, noted, refused, warned
from verifier.assess.segregation import clashes_among
from verifier.assess.terms import are_valid_attributes
from verifier.errors.duties import DUTIES, show_duties
from verifier.model.limits import BYPASS_LIMIT, MAX_HOLDERS, MAX_REVIEW_HOURS, MIN_HOLDERS
from verifier.model.member import Role
from verifier.model.plan import PlanRemark
from verifier.model.tier import Tier
from verifier.model.units import SEATS, MemberIndex
from verifier.model.vault_file import PlannedGroup, PlannedMember, VaultFile

_OF_GROUPS = Role.APPROVER | Role.SECURITY
_APPROVAL = 1 << DUTIES.index("TRANSACTION_APPROVAL")
_MOST_PERSONS = 64
_MOST_GUARDS = 16
_MOST_VENUES = 64
_LARGEST_LIMIT = 255
_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def remarks_of_bypass(file: VaultFile, people: People) -> Iterator[PlanRemark]:
    """Yield whether what may be hurried can be, and whether somebody looks at it afterwards."""
    process = file.bypass
    if process is not None and not 1 <= process.limit <= _LARGEST_LIMIT:
        yield refused("bypass-limit", "bypass", f"`limit` is 1 to {_LARGEST_LIMIT}, and not {process.limit}.")
    if process is not None and not 1 <= process.review_hours <= MAX_REVIEW_HOURS:
        yield refused(
            "bypass-review",
            "bypass",
            f"`review_within` is 1 to {MAX_REVIEW_HOURS} hours, and not {process.review_hours}.",
        )
    hurried = [tier for tier in Tier if file.tiers[tier].least_delay < file.tiers[tier].delay]
    holders = people.having(Role.BREAK_GLASS)
    reviewers = people.having(Role.AUDITOR) - people.having(Role.APPROVER) - people.having(Role.PROPOSER)
    if not hurried:
        if holders:
            yield noted(
                "bypass-unused", "break-glass", "No tier can be expedited, so break_glass gives nothing."
            )
        return
    names = listed(tier.name for tier in hurried)
    if not holders:
        yield warned(
            "break-glass-missing",
            "break-glass",
            f"{names} can be expedited, and nobody holds break_glass, so nobody can; give it to two approvers, or "
            "leave out `expedited`.",
        )
    elif len(holders) == 1:
        yield warned(
            "break-glass-alone",
            "break-glass",
            f"Only {people.names(holders)[0]} holds break_glass: in an emergency it hangs on one key. Give it to two.",
        )
    if not reviewers:
        limit = process.limit if process else BYPASS_LIMIT
        yield warned(
            "reviewers-missing",
            "auditors",
            f"{names} can be expedited, and nobody can review it: an auditor who neither approves nor publishes is "
            f"missing. After the first one is overdue, or after {limit}, no further one is possible. Name an auditor.",
        )


def remarks_of_groups(file: VaultFile) -> Iterator[PlanRemark]:
    """Yield what the contract would refuse of groups, and where they are less than they look."""
    if len(file.founders) + len(file.groups) > SEATS >= len(file.founders):
        yield refused(
            "seats-full", "members", f"With its groups the vault would have more than {SEATS} members."
        )
    for member in file.groups:
        if (group := member.group) is not None:
            yield from _of_group(member, group)


def _of_group(member: PlannedMember, group: PlannedGroup) -> Iterator[PlanRemark]:
    if member.roles & ~_OF_GROUPS or not member.has(Role.APPROVER):
        yield refused(
            "group-roles",
            member.name,
            "A group sends no transactions: it is an approver, with security or without.",
        )
    if not MIN_HOLDERS <= len(group.holders) <= MAX_HOLDERS:
        yield refused(
            "group-holders",
            member.name,
            f"A group has {MIN_HOLDERS} to {MAX_HOLDERS} holders, and this has {len(group.holders)}.",
        )
    if not 0 < group.x < _ORDER:
        yield refused(
            "group-key", member.name, "The vault cannot verify signatures of this point; make another key."
        )
    if group.threshold < 2:
        yield warned(
            "group-alone",
            member.name,
            "One holder signs for all of it: it is one key in many copies. Take 2 or more.",
        )
    if group.threshold == len(group.holders):
        yield warned(
            "group-without-headroom",
            member.name,
            "All holders have to sign: one lost share, and the group is lost.",
        )
    yield from _of_holders(member, group)
    yield noted(
        "group-later",
        member.name,
        "It comes by an operation, with a proof of its holders, after the founding.",
    )


def _of_holders(member: PlannedMember, group: PlannedGroup) -> Iterator[PlanRemark]:
    """Yield what those who hold a part of its key have in common."""
    for holder in group.holders:
        if not are_valid_attributes(holder.attributes.pack()):
            yield refused(
                "member-offset", holder.name, "No place on Earth has this offset; it is -12:00 to +14:00."
            )
    places = {MemberIndex(i): holder.attributes for i, holder in enumerate(group.holders)}
    clash = next(clashes_among(places), None)
    if clash is not None and group.threshold > 1:
        names = listed(group.holders[i].name for i in (clash.first, clash.second))
        yield warned(
            "group-not-segregated",
            member.name,
            f"{names} can be among the {group.threshold} who sign, and are not segregated: they share an employer, a "
            "part of the day, or a place. Choose holders of whom no two do, or take the group for one person.",
        )


def remarks_of_duties(file: VaultFile) -> Iterator[PlanRemark]:
    """Yield which duties the register would refuse."""
    if (file.duties or file.exclusions) and not file.asks_registry:
        yield warned(
            "registry-unasked",
            "duties",
            "The vault does not ask the register, so no duty keeps anybody from approving; set `duty_registry = true`.",
        )
    if len(file.duties) > _MOST_PERSONS:
        yield refused(
            "duties-full", "duties", f"The register keeps the duties of {_MOST_PERSONS} persons of a vault."
        )
    approvers = _approving_persons(file)
    excluded = file.exclusion_masks
    for grant in file.duties:
        if grant.duties & _APPROVAL:
            yield refused(
                "duty-is-role",
                grant.name,
                "Approving is a role of the vault: make the person an approver instead.",
            )
        held = grant.duties | (_APPROVAL if grant.person in approvers else 0)
        for bit in (1 << i for i in range(16)):
            clash = held & excluded.get(bit, 0) & ~(2 * bit - 1)
            if held & bit and clash:
                yield refused(
                    "duty-conflict",
                    grant.name,
                    f"Person {grant.person} would have {show_duties(bit)} and {show_duties(clash)}, which exclude each "
                    "other; give one to somebody else.",
                )


def _approving_persons(file: VaultFile) -> set[int]:
    persons: set[int] = {member.person for member in file.founders if member.has(Role.APPROVER)}
    for member in file.groups:
        persons |= {holder.person for holder in (member.group.holders if member.group else ())}
    return persons


def remarks_of_strategies(file: VaultFile) -> Iterator[PlanRemark]:
    """Yield which limits of strategies would be refused, or let nothing pass."""
    for planned in file.strategies:
        if len(planned.guards) > _MOST_GUARDS or len(planned.venues) > _MOST_VENUES:
            yield refused(
                "strategy-full",
                planned.name,
                f"A strategy has up to {_MOST_VENUES} venues and {_MOST_GUARDS} guards, and this has "
                f"{len(planned.venues)} and {len(planned.guards)}.",
            )
        if small := [guard for guard in planned.guards if int.from_bytes(guard, "big") < 1 << 32]:
            yield refused(
                "strategy-guard", planned.name, f"{small[0]} is no account: so small numbers are persons."
            )
        if not planned.venues or not planned.order or not planned.position:
            yield noted(
                "strategy-closed", planned.name, "It lets no order pass: it has no venue, or a limit of 0."
            )
