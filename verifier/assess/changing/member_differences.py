"""What differs between the members of a vault and its file. Seats are not compared: they change by themselves."""

from __future__ import annotations

from collections.abc import Iterator

from verifier.assess.changing.names import Names, show_roles
from verifier.model.arrangement import Arrangement, Sitting
from verifier.model.difference import Difference, Side
from verifier.model.member import MemberStatus
from verifier.model.text import Shown

_SUSPENDED = {
    MemberStatus.SUSPENDED: "suspended by a guardian, which lapses unless it is confirmed",
    MemberStatus.CONFIRMED: "suspended by a guardian, and confirmed",
    MemberStatus.SELF_SUSPENDED: "suspended by itself",
}


def members_between(present: Arrangement, wanted: Arrangement, names: Names) -> Iterator[Difference]:
    """Yield who has a seat and should not, who should and has not, and who is not as they should be."""
    for account in sorted({*present.members, *wanted.members}):
        chain, file = present.members.get(account), wanted.members.get(account)
        subject = names.account(account)
        if file is None and chain is not None:
            said = f"the chain has a seat for {_show(chain, names)}; the file has no such member."
            yield _difference("member", Side.BEYOND, subject, said)
        elif chain is None and file is not None:
            gone = ", and had one once: it never returns" if account in present.departed else ""
            said = f"the file has {_show(file, names)}; on the chain it has no seat{gone}."
            yield _difference("member", Side.LACKING, subject, said)
        elif chain is not None and file is not None:
            yield from _member(subject, chain, file, names)


def _show(sitting: Sitting, names: Names) -> str:
    return f"{_persons(sitting, names)} as {show_roles(sitting.roles)}"


def _persons(sitting: Sitting, names: Names) -> str:
    shown = ", ".join(names.person(person) for person in sitting.persons)
    return f"a group of {shown}" if sitting.group else shown


def _difference(rule: str, side: Side, subject: str, said: str) -> Difference:
    return Difference(rule=rule, side=side, subject=Shown(subject), sentence=Shown(said))


def _member(subject: str, chain: Sitting, file: Sitting, names: Names) -> Iterator[Difference]:
    def differ(rule: str, on_chain: object, in_file: object) -> Difference:
        said = f"the chain has {on_chain}, the file says {in_file}."
        return _difference(f"member-{rule}", Side.OTHER, subject, said)

    if chain.kind != file.kind:
        yield differ("kind", f"a key of kind {chain.kind.name}", file.kind.name)
    if chain.persons != file.persons:
        rule = "holders" if chain.group and file.group else "person"
        yield differ(rule, _persons(chain, names), _persons(file, names))
    if chain.roles != file.roles:
        yield differ("roles", show_roles(chain.roles), show_roles(file.roles))
    ours, theirs = chain.attributes, file.attributes
    if ours.employer != theirs.employer:
        yield differ("employer", f"employer {ours.employer}", theirs.employer)
    if ours.utc_offset != theirs.utc_offset:
        yield differ("offset", f"{ours.utc_offset:+} minutes from UTC", f"{theirs.utc_offset:+}")
    if ours.place != theirs.place:
        yield differ("place", f"the place {ours.place}", theirs.place)
    if not chain.is_active:
        said = f"on the chain it is {_SUSPENDED.get(chain.status, 'inactive')}; in the file it is a member."
        yield _difference("member-suspended", Side.OTHER, subject, said)
