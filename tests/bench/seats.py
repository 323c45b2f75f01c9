"""Seats that are given after the founding: to a newcomer, and to a group that signs with FROST."""

from __future__ import annotations

from typing import Any, Final

from tests.anvil import Outcome
from tests.bench.digests import register_digest
from tests.bench.ours import Ours, attributes_at
from tests.frost.group import Group
from tests.stage import Actor, as_words, call, data_of
from verifier.model.group import pack_holders
from verifier.model.member import Role
from verifier.model.tier import Tier

# Where newcomers live: any place will do.
PLACE: Final = 11
HOLDERS_OF_A_GROUP: Final = 3


def seat_member(ours: Ours, name: str) -> list[Outcome]:
    """Make somebody an approver, and return the outcome of each transaction."""
    newcomer = ours.stage.add(Actor.new(name, Role.APPROVER))
    attributes = attributes_at(PLACE).pack()
    return _seat(ours, "addMember", newcomer.address, newcomer.person, int(newcomer.roles), attributes)


def seat_group(ours: Ours, name: str, first_holder: int) -> list[Outcome]:
    """Make a group an approver, which proves that it can sign, and return the outcome of each transaction."""
    group = Group.new(name)
    holders = pack_holders(range(first_holder, first_holder + HOLDERS_OF_A_GROUP))
    digest = register_digest(ours.stage.vault, group.account, int(Role.APPROVER), holders)
    steps = _seat(
        ours,
        "addGroup",
        group.account,
        group.x,
        group.y,
        int(Role.APPROVER),
        holders,
        as_words((0, 0, group.sign(digest))),
    )
    ours.groups[name] = group
    return steps


def _seat(ours: Ours, function: str, *arguments: Any) -> list[Outcome]:
    return ours.move([call(to=ours.stage.vault, data=data_of(function, *arguments))], Tier.CUSTODY)
