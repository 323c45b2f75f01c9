"""How a vault is arranged by what was read of it."""

from __future__ import annotations

from verifier.model.arrangement import Arrangement, Sitting
from verifier.model.books import BookReading
from verifier.model.member import Member, MemberStatus
from verifier.model.reading import BypassReading, PolicyReading, VaultReading
from verifier.model.units import Timestamp, Units
from verifier.model.vault_file import BypassProcess


def present_of(
    reading: VaultReading, policy: PolicyReading, books: BookReading, bypasses: BypassReading
) -> Arrangement:
    """Return the arrangement of a vault. Its policy is as complete as what it was asked about."""
    return Arrangement(
        members={m.address: _sitting(m) for _, m in sorted(reading.members.value.items())},
        tiers=reading.tiers.value,
        supermajority=reading.roster.value.supermajority,
        registry=reading.registry.value,
        assets={asset: fact.value.filled_to(Units(0), Timestamp(0)) for asset, fact in policy.assets.items()},
        counterparties={account: fact.value for account, fact in policy.counterparties.items()},
        rules={key: fact.value for key, fact in policy.rules.items()},
        duties=books.duties,
        exclusions=books.exclusions,
        bypass=BypassProcess(limit=bypasses.terms.limit, review_hours=bypasses.terms.review_hours),
        strategies=books.strategies,
        departed=books.departed,
        free_seats=books.free_seats,
    )


def _sitting(member: Member) -> Sitting:
    record = member.record
    return Sitting(
        person=record.person,
        roles=record.roles,
        attributes=record.attributes,
        kind=record.kind,
        status=MemberStatus.ACTIVE if record.is_active else record.status,
        group=member.group,
    )
