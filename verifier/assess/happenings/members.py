"""Who joined, left, was suspended or came back, and what changed about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from verifier.assess.happenings.pen import MEMBER, NOTED, RUNG, Pen, Ring, member_subject
from verifier.assess.happenings.said import account_in, number_in, numbers_in
from verifier.assess.happenings.texts import GONE, member_text
from verifier.errors import NumberOutOfRange
from verifier.model.address import Address
from verifier.model.event import VaultEvent
from verifier.model.group import Group, unpack_holders
from verifier.model.member import Member, MemberRecord, MemberStatus, Role, Suspension
from verifier.model.reading import VaultReading
from verifier.model.text import Shown, show_moment
from verifier.model.units import Person, Timestamp
from verifier.model.watching import Kind

MEMBER_EVENTS: Final = frozenset({"MemberChanged", "GroupSet", "Suspended", "RosterChanged"})
"""What the vault says about members. The second and third belong to a `MemberChanged` of the same transaction."""

_ASK: Final = "If you do not know why, ask the other members over another channel at once."
_SUSPENDED: Final = frozenset({MemberStatus.SUSPENDED, MemberStatus.SELF_SUSPENDED, MemberStatus.CONFIRMED})


@dataclass(slots=True, kw_only=True)
class Members:
    """The members while a look is judged."""

    pen: Pen
    # What other events of the same transactions say of members, by transaction and account.
    suspensions: dict[tuple[bytes, Address], Suspension] = field(default_factory=dict)
    groups: dict[tuple[bytes, Address], Group] = field(default_factory=dict)
    # Transactions in which an operation was executed.
    executed: frozenset[bytes] = frozenset()

    def prepare(self, event: VaultEvent) -> None:
        """Take what belongs to another event.

        :raises UnreadableError: it does not say what its name promises.
        """
        if event.name == "Suspended":
            suspension = Suspension(
                guardian_person=Person(number_in(event, "guardianPerson")),
                lapses_at=Timestamp(number_in(event, "lapsesAt")),
            )
            self.suspensions[event.log.transaction, account_in(event, "member")] = suspension
        elif event.name == "GroupSet":
            group = Group(x=number_in(event, "x"), holders=unpack_holders(numbers_in(event, "holders", 3)))
            self.groups[event.log.transaction, account_in(event, "group")] = group

    def hear(self, event: VaultEvent) -> None:
        """Take a change of a member.

        :raises UnreadableError: it does not say what its name promises.
        """
        if event.name != "MemberChanged":
            return
        address, word = account_in(event, "member"), number_in(event, "record")
        try:
            record = MemberRecord.unpack(word)
        except NumberOutOfRange:
            return
        former = self.pen.members().get(address)
        place = event.log.transaction, address
        group = self.groups.get(place) or (former.group if former else None)
        is_halted = record.status is MemberStatus.SUSPENDED
        member = Member(
            address=address,
            record=record,
            suspension=self.suspensions.get(place) if is_halted else None,
            group=group if record.is_group else None,
        )
        self._change(former, member, is_by_operation=event.log.transaction in self.executed)

    def see(self, reading: VaultReading, *, is_first: bool) -> None:
        """Take who sits there by storage."""
        today = {member_subject(member.address): member for member in reading.members.value.values()}
        changed = [m for subject, m in today.items() if self.pen.value(subject) != member_text(m)]
        gone = [rest for rest, _ in self.pen.below(MEMBER) if f"{MEMBER}{rest}" not in today]
        if not changed and not gone:
            return
        known = dict(self.pen.members())
        for address, former in known.items():
            if member_subject(address) not in today and former.record.is_seated:
                left = replace(former.record, status=MemberStatus.REMOVED)
                self._put(former, replace(former, record=left, suspension=None), is_first=is_first)
        for member in changed:
            self._put(known.get(member.address), member, is_first=is_first)

    def tell_lapses(self, reading: VaultReading, now: Timestamp) -> None:
        """Say that a suspension may be ended by anyone, since nobody confirmed it in time."""
        for member in reading.members.value.values():
            held = member.suspension
            is_due = held is not None and now >= held.lapses_at
            subject = f"lapse/{member.address}"
            value = f"{held.lapses_at:x}" if held and is_due else GONE
            if (self.pen.value(subject) or GONE) == value:
                continue
            self.pen.put(subject, value)
            if held and is_due:
                said = (
                    f"The suspension of {self.pen.name(member.address)} in seat {member.record.seat} was not "
                    f"confirmed in time: anyone may end it now with `fourth-signer lapse {member.address}`, and the "
                    "member counts again then."
                )
                self.pen.tell(
                    Kind.SUSPENDED,
                    member_subject(member.address),
                    said,
                    NOTED,
                    occasion=f"due:{held.lapses_at}",
                )

    def _put(self, former: Member | None, member: Member, *, is_first: bool) -> None:
        if is_first:
            self.pen.put(member_subject(member.address), member_text(member))
        else:
            self._change(former, member, is_by_operation=None)

    def _change(self, former: Member | None, member: Member, *, is_by_operation: bool | None) -> None:
        """:param is_by_operation: None where nothing tells in which transaction it was"""
        nth = self.pen.put(member_subject(member.address), member_text(member))
        if nth is None:
            return
        for said in _changes(self.pen, former, member, is_by_operation):
            self.pen.tell(
                said.kind,
                member_subject(member.address),
                said.sentence,
                said.ring,
                # Several things about one member may change at once.
                occasion=f"{nth}{said.aspect}",
                lines=(Shown(_describe(self.pen, member)),),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    kind: Kind
    sentence: str
    ring: Ring
    # Which of the things that may change at once; empty for the one that comes alone.
    aspect: str = ""


def _changes(
    pen: Pen, former: Member | None, member: Member, is_by_operation: bool | None
) -> Iterator[_Said]:
    name, record = pen.name(member.address), member.record
    was = former.record if former and former.record.is_seated else None
    if was is None:
        if record.is_seated:
            yield _joined(pen, member)
        return
    if not record.is_seated:
        said = f"{name} left seat {was.seat} for ever: the member was removed, or replaced. {_ASK}"
        yield _Said(kind=Kind.MEMBER, sentence=said, ring=NOTED)
        return
    if record.status is not was.status:
        said_of_status = _status(pen, former, member, is_by_operation)
        if said_of_status:
            yield said_of_status
    gained, lost = record.roles & ~was.roles, was.roles & ~record.roles
    if gained or lost:
        what = " and ".join(
            f"{verb} {show_roles(roles)}" for verb, roles in (("gained", gained), ("lost", lost)) if roles
        )
        said = f"{name} in seat {record.seat} {what}. {_ASK}"
        yield _Said(kind=Kind.MEMBER, sentence=said, ring=NOTED, aspect="r")
    if record.attributes != was.attributes:
        said = (
            f"What the vault takes for true about {name} changed: {_claims(was)} before, {_claims(record)} now. A "
            f"quorum's segregation rests on it. {_ASK}"
        )
        yield _Said(kind=Kind.MEMBER, sentence=said, ring=NOTED, aspect="a")
    if former and member.group != former.group:
        said = f"The key of the group {name} has other holders now: {_holders(member)}. {_ASK}"
        yield _Said(kind=Kind.MEMBER, sentence=said, ring=NOTED, aspect="g")


def _joined(pen: Pen, member: Member) -> _Said:
    record, name = member.record, pen.name(member.address)
    others = [
        pen.name(other.address)
        for other in pen.members().values()
        if other.record.person == record.person != 0
        and other.address != member.address
        and not other.record.is_seated
    ]
    if others:
        said = (
            f"Person {record.person} has another key: {name} in seat {record.seat}, after {', '.join(others[:3])}. "
            "Ask that person over another channel whether it is theirs: a stolen seat looks just so."
        )
        return _Said(kind=Kind.MEMBER, sentence=said, ring=RUNG)
    said = f"{name} is a new member in seat {record.seat}, with {show_roles(record.roles)}. {_ASK}"
    return _Said(kind=Kind.MEMBER, sentence=said, ring=NOTED)


def _status(pen: Pen, former: Member | None, member: Member, is_by_operation: bool | None) -> _Said | None:
    name, seat = pen.name(member.address), member.record.seat
    match member.record.status:
        case MemberStatus.SUSPENDED:
            held = member.suspension
            by = f" by the guardian who is person {held.guardian_person}" if held else " by a guardian"
            till = f"; that lapses at {show_moment(held.lapses_at)} unless it is confirmed" if held else ""
            said = f"{name} in seat {seat} was suspended{by}{till}. Find out why: a key may be stolen."
            return _Said(kind=Kind.SUSPENDED, sentence=said, ring=RUNG)
        case MemberStatus.SELF_SUSPENDED:
            said = (
                f"{name} in seat {seat} suspended itself: its holder says that the key is not safe, or somebody "
                "else has it. Call that person, and look at everything that this key has approved."
            )
            return _Said(kind=Kind.SUSPENDED, sentence=said, ring=RUNG)
        case MemberStatus.CONFIRMED:
            said = f"The suspension of {name} in seat {seat} was confirmed: it lasts until somebody reinstates it."
            return _Said(kind=Kind.SUSPENDED, sentence=said, ring=NOTED)
        case MemberStatus.ACTIVE | MemberStatus.RETURNED if former and former.record.status in _SUSPENDED:
            return _Said(
                kind=Kind.MEMBER, sentence=_returned(pen, former, member, is_by_operation), ring=NOTED
            )
        case _:
            return None


def _returned(pen: Pen, former: Member, member: Member, is_by_operation: bool | None) -> str:
    may_lapse = former.record.status is MemberStatus.SUSPENDED
    if may_lapse and is_by_operation is None:
        how = "was reinstated, or its suspension lapsed"
    else:
        how = "lapsed" if may_lapse and not is_by_operation else "was reinstated"
    if how == "lapsed":
        return (
            f"The suspension of {pen.name(member.address)} lapsed, since nobody confirmed it: it counts again, in "
            f"seat {member.record.seat}."
        )
    return f"{pen.name(member.address)} {how}: it counts again, in seat {member.record.seat}. {_ASK}"


def show_roles(roles: Role) -> str:
    """Return the names of roles."""
    return ", ".join(role.name or "" for role in Role if roles & role) or "no role"


def _claims(record: MemberRecord) -> str:
    attributes = record.attributes
    return f"employer {attributes.employer}, {attributes.utc_offset:+} minutes from UTC, place {attributes.place}"


def _holders(member: Member) -> str:
    return ", ".join(f"person {person}" for person in member.persons[:20]) or "nobody"


def _describe(pen: Pen, member: Member) -> str:
    record = member.record
    return (
        f"{pen.name(member.address)}: {_holders(member)}, seat {record.seat}, {record.status.name}, "
        f"{show_roles(record.roles)}, {_claims(record)}."
    )
