"""The people of vault.toml: members, groups with their holders, and what the tiers ask of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from eth_hash.auto import keccak

from verifier.model.address import Address
from verifier.model.limits import MAX_HOLDERS
from verifier.model.member import Attributes, Kind, Role
from verifier.model.text import Shown
from verifier.model.tier import EVERY_DAY, QUARTER_HOURS, Tier, TierBook, TierTerms
from verifier.model.units import Person
from verifier.model.vault_file import Holder, PlannedGroup, PlannedMember
from verifier.sign.schnorr import lift
from verifier.store.vault_file_values import (
    address_in,
    attributes_in,
    duration_in,
    hours_in,
    name_in,
    one_of,
    quarter_in,
    require_different,
    weekdays_in,
    whole_in,
)
from verifier.store.watch_table import Table, UnfitError

MOST_NUMBER: Final = (1 << 32) - 1
_MOST_MEMBERS: Final = 512
_ROLES: Final = {role.name.lower(): role for role in Role if role.name}
_KINDS: Final = ("ecdsa", "frost")
_EMPLOYER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")
_POINT: Final = re.compile(r"0x(0[23])([0-9a-fA-F]{64})")
_NO_ATTRIBUTES: Final = Attributes.unpack(0)


def read_employers(top: Table) -> dict[Shown, int]:
    """Return whom people work for, by name."""
    content = top.take("employers")
    if content is None:
        raise UnfitError("the file has no [employers]; give each one a number, such as `acme = 1`")
    table = Table(content, "employers")
    employers = {_employer(name): whole_in(table, name, least=1, most=MOST_NUMBER) for name in content}
    require_different("the number of an employer,", employers.values())
    return employers


def _employer(name: str) -> Shown:
    if not _EMPLOYER.fullmatch(name):
        raise UnfitError("employers should be named by letters, digits, - and _, up to 40")
    return Shown(name)


def read_members(top: Table, employers: Mapping[Shown, int]) -> tuple[PlannedMember, ...]:
    """Return the members in the order of the file, which is that of their seats."""
    members = tuple(_member(table, employers) for table in top.rows("members"))
    if not members:
        raise UnfitError("the file has no [[members]]")
    if len(members) > _MOST_MEMBERS:
        raise UnfitError(f"the file has {len(members)} members, and a vault has 64 seats")
    require_different("the member", (m.name for m in members))
    require_different("the address", (m.address for m in members))
    persons = [m.person for m in members if m.group is None]
    persons += [holder.person for m in members if m.group for holder in m.group.holders]
    require_different("person", persons)
    return members


def _member(table: Table, employers: Mapping[Shown, int]) -> PlannedMember:
    name = name_in(table)
    roles = table.names("roles", _ROLES)
    if roles is None:
        raise UnfitError(f"{table.where} has no roles; known are {', '.join(_ROLES)}")
    sum_of_roles = Role(0)
    for role in roles:
        sum_of_roles |= _ROLES[role]
    kind = one_of(table, "kind", _KINDS) if table.take("kind") is not None else "ecdsa"
    if kind == "frost":
        address, group = _group(table, employers)
        member = PlannedMember(
            name=name,
            address=address,
            person=Person(0),
            roles=sum_of_roles,
            attributes=_NO_ATTRIBUTES,
            group=group,
        )
    else:
        member = PlannedMember(
            name=name,
            address=address_in(table, "address"),
            person=_person(table),
            roles=sum_of_roles,
            attributes=attributes_in(table, employers),
        )
    table.end()
    return member


def _person(table: Table) -> Person:
    return Person(whole_in(table, "person", least=1, most=MOST_NUMBER))


def _group(table: Table, employers: Mapping[Shown, int]) -> tuple[Address, PlannedGroup]:
    """Return a group with its address, which is the hash of its point."""
    value = table.need("point")
    found = _POINT.fullmatch(value) if isinstance(value, str) else None
    point = lift(int(found[1], 16), int(found[2], 16)) if found else None
    if found is None or point is None:
        raise table.unfit("point", "a point of secp256k1 in 33 bytes: 0x, 02 or 03, and 64 hex digits")
    x, y = point
    address = Address(keccak(x.to_bytes(32, "big") + y.to_bytes(32, "big"))[12:])
    if table.take("address") is not None and address_in(table, "address") != address:
        raise table.unfit("address", f"{address}, which follows from its point, or be left out")
    threshold = whole_in(table, "threshold", least=1, most=MAX_HOLDERS)
    holders = [_holder(_of(row, table), employers) for row in table.rows("holders")]
    if threshold > len(holders):
        raise table.unfit("threshold", f"at most the number of its holders, and there are {len(holders)}")
    group = PlannedGroup(
        x=x,
        kind=Kind(int(found[1], 16)),
        threshold=threshold,
        holders=tuple(sorted(holders, key=lambda holder: holder.person)),
    )
    return address, group


def _of(row: Table, table: Table) -> Table:
    """Return a row that says in which table it is."""
    row.where = f"{row.where} of {table.where}"
    return row


def _holder(table: Table, employers: Mapping[Shown, int]) -> Holder:
    holder = Holder(name=name_in(table), person=_person(table), attributes=attributes_in(table, employers))
    table.end()
    return holder


def read_tiers(top: Table) -> TierBook:
    """Return what every tier asks for."""
    tiers = top.table("tiers")
    if tiers is None:
        raise UnfitError("the file has no [tiers]")
    terms = []
    for tier in Tier:
        table = tiers.table(tier.name.lower())
        if table is None:
            raise UnfitError(f"tiers has no {tier.name.lower()}")
        terms.append(_terms(table))
    tiers.end()
    routine, standard, high_value, custody = terms
    return routine, standard, high_value, custody


def _terms(table: Table) -> TierTerms:
    delay = duration_in(table, "delay")
    least = duration_in(table, "expedited", usual=delay)
    window = Table(value, f"window of {table.where}") if (value := table.take("window")) is not None else None
    weekdays = weekdays_in(window, "days") if window else None
    terms = TierTerms(
        quorum=whole_in(table, "quorum", most=255),
        security_approvals=whole_in(table, "security", most=255),
        delay=delay,
        grace_hours=hours_in(table, "grace"),
        opens_at=quarter_in(window, "opens", 0) if window else 0,
        closes_at=quarter_in(window, "closes", QUARTER_HOURS) if window else QUARTER_HOURS,
        weekdays=EVERY_DAY if weekdays is None else weekdays,
        segregated=int(table.flag("segregated", usual=False)),
        expedited_delay=None if least == delay else least,
    )
    if window:
        window.end()
    table.end()
    return terms
