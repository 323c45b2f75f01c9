"""The changes of members between two arrangements, each a seat operation, and what no operation can change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from verifier.assess.changing.change import Change, Keeper
from verifier.model.address import Address
from verifier.model.arrangement import Arrangement, Sitting
from verifier.model.group import pack_holders
from verifier.model.operation import Approval
from verifier.model.text import Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """Why something of what is wanted does not come about."""

    # Names the reason, such as `member-departed`; stable, for scripts.
    rule: str
    subject: Shown
    sentence: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What a group's holders signed, so that it can be brought in."""

    # The ordinate of its key.
    y: int
    proof: Approval


@dataclass(slots=True)
class SeatChanges:
    """What has to happen to seats."""

    # They only give: best before quorums rise.
    arrivals: list[Change] = field(default_factory=list)
    # They leave everybody's power as it is, and begin a seasoning anew.
    renewals: list[Change] = field(default_factory=list)
    # They take away: best after quorums fell.
    departures: list[Change] = field(default_factory=list)
    obstacles: list[Obstacle] = field(default_factory=list)

    @property
    def all(self) -> tuple[Change, ...]:
        return (*self.arrivals, *self.renewals, *self.departures)


def seats_between(
    present: Arrangement,
    wanted: Arrangement,
    *,
    registrations: Mapping[Address, Registration],
    reinstates: bool,
    lowers: bool,
    splits: bool,
) -> SeatChanges:
    """Return what brings the members of one to those of the other.

    :param registrations: those of groups that are to come
    :param reinstates: whether who is suspended, and is wanted, gets a seat again
    :param lowers: whether a new key that is to have less power than the old one never has that one's: a person leaves
        and comes anew
    :param splits: whether roles that are given and taken are given first and taken later
    """
    changes = SeatChanges()
    leaving = {each: sitting for each, sitting in present.members.items() if each not in wanted.members}
    for account, sitting in wanted.members.items():
        if account in present.members:
            _stay(changes, account, present.members[account], sitting, reinstates=reinstates, splits=splits)
        elif account in present.departed:
            said = f"{account} had a seat once, and an address that left never returns; give the member another one."
            changes.obstacles.append(_obstacle("member-departed", account, said))
        elif sitting.group:
            _arrive_as_group(changes, account, sitting, registrations.get(account))
        else:
            former = next(
                (a for a, s in leaving.items() if s.persons == sitting.persons and not s.group), None
            )
            if former is None:
                _arrive(changes, account, sitting)
            elif not leaving[former].is_active and not reinstates:
                # Another key of somebody who was stopped acts as if nothing had been.
                del leaving[former]
                changes.obstacles.append(_suspended(former))
            elif lowers and leaving[former].roles & ~sitting.roles:
                _arrive(changes, account, sitting)
            else:
                _succeed(changes, former, leaving.pop(former), account, sitting, splits=splits)
    changes.departures += [_seat("removeMember", account) for account in leaving]
    return changes


def _seat(function: str, *arguments: Any) -> Change:
    return Change(keeper=Keeper.VAULT, function=function, arguments=arguments)


def _obstacle(rule: str, account: Address, said: str) -> Obstacle:
    return Obstacle(rule=rule, subject=Shown(str(account)), sentence=Shown(said))


def _suspended(account: Address) -> Obstacle:
    said = (
        f"{account} is suspended, and stays so: nothing of it can be changed before it is reinstated, nor does another "
        "key take its place. Where that is right, `--reinstate` writes the operation; where it is not, take the member "
        "out of the file."
    )
    return _obstacle("member-suspended", account, said)


def _arrive(changes: SeatChanges, account: Address, sitting: Sitting) -> None:
    arguments = (account, int(sitting.person), int(sitting.roles), sitting.attributes.pack())
    changes.arrivals.append(_seat("addMember", *arguments))


def _arrive_as_group(
    changes: SeatChanges, account: Address, sitting: Sitting, registration: Registration | None
) -> None:
    if registration is None or sitting.group is None:
        said = (
            f"The group {account} comes by an operation that its holders sign a registration for. "
            "`fourth-signer frost register` asks them for it; then give what it writes as `--registration FILE`."
        )
        changes.obstacles.append(_obstacle("group-unsigned", account, said))
        return
    proof = registration.proof
    words = (proof.head, proof.signature.r, proof.signature.s)
    holders = pack_holders(sitting.group.holders)
    arguments = (account, sitting.group.x, registration.y, int(sitting.roles), holders, words)
    changes.arrivals.append(_seat("addGroup", *arguments))


def _succeed(
    changes: SeatChanges,
    former: Address,
    before: Sitting,
    account: Address,
    after: Sitting,
    *,
    splits: bool,
) -> None:
    """A person's new key: it gets the roles that the old one had."""
    arguments = (former, account, int(after.person), after.attributes.pack())
    changes.renewals.append(_seat("replaceMember", *arguments))
    _set_roles(changes, account, before, after, splits=splits)


def _stay(
    changes: SeatChanges,
    account: Address,
    before: Sitting,
    after: Sitting,
    *,
    reinstates: bool,
    splits: bool,
) -> None:
    if before.person != after.person or before.kind != after.kind:
        said = (
            f"{account} acts for person {before.person}, and an address never acts for another one; give person "
            f"{after.person} an address of its own."
        )
        changes.obstacles.append(_obstacle("member-person", account, said))
        return
    if not before.is_active and not reinstates:
        changes.obstacles.append(_suspended(account))
        return
    if not before.is_active:
        changes.arrivals.append(_seat("reinstateMember", account))
    _set_roles(changes, account, before, after, splits=splits)
    changes.renewals += _described_anew(account, before, after)


def _described_anew(account: Address, before: Sitting, after: Sitting) -> Iterator[Change]:
    if before.attributes != after.attributes:
        yield _seat("setAttributes", account, after.attributes.pack())
    if before.group and after.group and before.group.holders != after.group.holders:
        yield _seat("setHolders", account, pack_holders(after.group.holders))


def _set_roles(
    changes: SeatChanges, account: Address, before: Sitting, after: Sitting, *, splits: bool
) -> None:
    given, taken = after.roles & ~before.roles, before.roles & ~after.roles
    if given and taken and splits:
        changes.arrivals.append(_seat("setRoles", account, int(before.roles | given)))
        changes.departures.append(_seat("setRoles", account, int(after.roles)))
    elif given:
        changes.arrivals.append(_seat("setRoles", account, int(after.roles)))
    elif taken:
        changes.departures.append(_seat("setRoles", account, int(after.roles)))
