"""Whether the people of a plan can do their work, also without any one of them, and what they have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from verifier.assess.planning.people import People
from verifier.assess.planning.remarks import listed, noted, refused, warned
from verifier.assess.segregation import LEAST_MINUTES_APART, OFFSET_CIRCLE, Clash
from verifier.model.member import Role
from verifier.model.plan import Coalitions, PlanRemark
from verifier.model.text import Shown
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import MemberIndex
from verifier.model.vault_file import VaultFile
from verifier.model.word import SeatSet

_FEW = 4
_ALONE: SeatSet = frozenset()


def remarks_of_quorums(file: VaultFile, people: People) -> Iterator[PlanRemark]:
    """Yield which tiers have no quorum, or none without some one member."""
    for tier in Tier:
        terms = file.tiers[tier]
        if people.find_quorum(terms) is None:
            yield _impossible(people, tier, terms)
        elif critical := indispensable(people, terms):
            kind = "segregated quorum" if terms.segregated else "quorum"
            yield warned(
                "quorum-lost-with-one",
                tier.name,
                f"Without {_each(people, critical)} there is no {kind}: one lost key, or one person on leave, stops "
                f"all of {tier.name}. Add somebody who can stand in{_elsewhere(terms)}.",
            )


def indispensable(people: People, terms: TierTerms) -> tuple[MemberIndex, ...]:
    """Return each member without whom alone there is no quorum; nobody where there is none anyway."""
    if people.find_quorum(terms) is None:
        return ()
    seats = people.having(Role.APPROVER) | people.having(Role.PROPOSER)
    return tuple(seat for seat in sorted(seats) if people.find_quorum(terms, frozenset({seat})) is None)


def _impossible(people: People, tier: Tier, terms: TierTerms) -> PlanRemark:
    proposers = people.having(Role.PROPOSER)
    if not proposers:
        return refused(
            "proposers-missing",
            tier.name,
            "Nobody is a proposer, so nothing would ever be published; name two.",
        )
    needed = f"{terms.quorum} approvers besides whoever publishes"
    if terms.security_approvals:
        needed += f", {terms.security_approvals} of them of the security team"
    if not terms.segregated:
        return refused(
            "quorum-impossible",
            tier.name,
            f"It needs {needed}, and there are not so many; add approvers, or lower it.",
        )
    clashes = people.clashes()
    shown = "; ".join(_say_clash(people, clash) for clash in clashes[:_FEW])
    rest = f"; and {len(clashes) - _FEW} more pairs" if len(clashes) > _FEW else ""
    groups = " Groups never count as segregated." if people.groups else ""
    return refused(
        "segregated-quorum-impossible",
        tier.name,
        f"It needs {needed}, of different employers, over three hours and at least 100 km apart, and there is no such "
        f"set. {shown}{rest}.{groups} Add approvers elsewhere, or lower the quorum.",
    )


def _say_clash(people: People, clash: Clash) -> str:
    first, second = (people.members[seat].name for seat in (clash.first, clash.second))
    parts = []
    if clash.employer is not None:
        parts.append("one employer")
    if clash.minutes is not None:
        parts.append(f"{clash.minutes} minutes between their offsets")
    if clash.distance is not None:
        parts.append(f"{clash.distance:.0f} km between their places")
    return f"{first} and {second} have {listed(parts)}"


def _each(people: People, seats: tuple[MemberIndex, ...]) -> str:
    names = people.names(seats)
    return names[0] if len(names) == 1 else f"any one of {listed(names)}"


def _elsewhere(terms: TierTerms) -> str:
    return ", of another employer and elsewhere" if terms.segregated else ""


def remarks_of_coalitions(coalitions: Coalitions, quorum: int) -> Iterator[PlanRemark]:
    """Yield how few it takes to hold the vault hostage, or to empty it."""
    hostage, theft = coalitions.blocks_for_good, coalitions.steals
    if hostage is not None and hostage <= 2:
        who = "one person" if hostage == 1 else "two persons together"
        yield warned(
            "hostage",
            "members",
            f"It takes {who} to stop everything for good: the others cannot bring together what taking their seats "
            "needs. Nothing is lost then, and nothing moves. Add a proposer who does not approve, and an approver.",
        )
    # As few as it can be: a quorum, and whoever publishes.
    if theft is not None and theft <= quorum + 1:
        yield noted(
            "theft-by-quorum",
            "supermajority",
            f"{theft} persons can take all seats and then everything, though everybody else objects: no more than a "
            "quorum and whoever publishes. A higher `supermajority` lets two honest ones stop that, and takes an "
            "approver more for two hostages.",
        )


def remarks_of_headroom(file: VaultFile) -> Iterator[PlanRemark]:
    """Yield where a threshold takes everybody there is."""
    approvers = sum(member.has(Role.APPROVER) for member in file.founders)
    if file.supermajority == approvers:
        yield warned(
            "supermajority-without-headroom",
            "supermajority",
            f"It takes all {approvers} approvers: no approver could be removed, and once somebody objects to a change "
            "of members no lost key could be replaced. Lower it, or add approvers.",
        )
    proposers = [member.name for member in file.founders if member.has(Role.PROPOSER)]
    if len(proposers) == 1:
        yield warned(
            "proposers-few",
            "proposers",
            f"Only {proposers[0]} publishes: without that key nothing moves until the others have made another member "
            "a proposer. Name a second one.",
        )
    seats = len(file.founders) + len(file.groups)
    if seats > 48:
        yield warned(
            "seats-few",
            "members",
            f"{seats} of 64 seats are taken. Every change of a member uses one up for 104 days, so keep some free.",
        )


def remarks_of_claims(file: VaultFile, people: People) -> Iterator[PlanRemark]:
    """Yield which employer, or which part of the day, too many approvers share."""
    approvers = people.having(Role.APPROVER) - people.groups
    by_employer = Counter(people.members[seat].attributes.employer for seat in approvers)
    for employer, count in sorted(by_employer.items()):
        name = file.employers.get(employer, Shown(f"number {employer}"))
        its_own = frozenset(s for s in approvers if people.members[s].attributes.employer == employer)
        alone = [
            t.name
            for t in Tier
            if not file.tiers[t].segregated and _stands_alone(people, its_own, file.tiers[t])
        ]
        if alone and len(by_employer) > 1:
            yield warned(
                "employer-suffices",
                name,
                f"Its {count} approvers are a quorum of {listed(alone)} among themselves: whoever directs them needs "
                "nobody else. Add approvers of others, raise the quorum, or make the tier segregated.",
            )
        if _are_needed(people, its_own, file.tiers[Tier.ROUTINE]) and len(by_employer) > 1:
            yield warned(
                "employer-needed",
                name,
                f"Without its {count} approvers nothing moves at all: one dispute with this employer stops the vault.",
            )
    if len(by_employer) == 1 and approvers:
        yield warned(
            "employers-few", "employers", "All approvers work for one employer: nobody outside of it looks."
        )
    yield from _of_offsets(people, approvers)


def _stands_alone(people: People, seats: SeatSet, terms: TierTerms) -> bool:
    others = people.having(Role.APPROVER) - seats
    return people.find_quorum(terms, others) is not None


def _are_needed(people: People, seats: SeatSet, terms: TierTerms) -> bool:
    return people.find_quorum(terms) is not None and people.find_quorum(terms, seats) is None


def _of_offsets(people: People, approvers: SeatSet) -> Iterator[PlanRemark]:
    offsets = sorted({people.members[seat].attributes.utc_offset % OFFSET_CIRCLE for seat in approvers})
    if not offsets:
        return
    gaps = [b - a for a, b in zip(offsets, [*offsets[1:], offsets[0] + OFFSET_CIRCLE], strict=True)]
    spread = OFFSET_CIRCLE - max(gaps)
    if spread < LEAST_MINUTES_APART:
        yield warned(
            "offsets-near",
            "approvers",
            f"All approvers live within {spread} minutes of each other's clocks: at their night nobody is awake to "
            "stop an operation. Add one who is.",
        )


def remarks_of_guardians(people: People) -> Iterator[PlanRemark]:
    """Yield whether somebody can stop and suspend at once."""
    guardians = people.having(Role.GUARDIAN)
    if not guardians:
        yield warned(
            "guardian-missing",
            "guardians",
            "Nobody is a guardian, so a member who is compromised and does not say so can only be taken out by an "
            "operation that waits its whole delay. Name one.",
        )
    elif len(guardians) == 1:
        yield noted(
            "guardian-alone",
            "guardians",
            f"{people.names(guardians)[0]} is the only guardian, and suspends one member at a time.",
        )
