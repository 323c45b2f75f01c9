"""Invariants I-7 and I-8: what changes the vault, and who may have which power."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, Final

from tests.lifecycle.acts import Act, executed
from tests.lifecycle.journal import Journal
from tests.lifecycle.registers import APPROVAL, other_register, register_at
from tests.lifecycle.state import COMPANIONS, State
from verifier.model.address import NOBODY
from verifier.model.member import MemberStatus, Role
from verifier.model.units import Timestamp, Units

_SETTINGS: Final = (
    "tiers", "founding", "persons", "groups", "registry", "assets", "counterparties", "rules", "ledger", "duties",
)  # fmt: skip


def _configuration(state: State) -> dict[str, Any]:
    """Return all but the lanes, and what moved in the last day."""
    assets = {
        asset: terms and replace(terms, level=Units(0), filled_at=Timestamp(0))
        for asset, terms in state.assets.items()
    }
    return {
        field.name: getattr(state, field.name)
        for field in fields(state)
        if field.name not in ("lanes", "withdrawn", "assets")
    } | {"limits": assets}


def check_i7_only_the_vault_changes_the_vault(journal: Journal, act: Act) -> None:
    done = executed(act)
    keepers = {journal.vault, COMPANIONS.bypass_ledger, COMPANIONS.duty_registry, other_register()}
    if done and any(call.target in keepers for call in done[1].calls):
        return
    match act.function:
        case "suspend" | "suspendAsGroup" if act.refused is None:
            _require_only_less(act)
        case "lapse" if act.refused is None:
            _require_only_back(journal, act)
        case "expedite" | "review" | "revoke" if act.refused is None:
            _require_only_kept(act)
        case _:
            before, after = _configuration(act.before), _configuration(act.after)
            assert before == after, f"{act.function} changed the configuration"
    if act.function not in ("propose", "approve"):
        assert act.before.assets == act.after.assets, f"{act.function} filled a bucket"
    for index, slot in act.after.lanes.items():
        if index != act.lane:
            assert slot == act.before.lane(index), "a lane changed that nobody acted on"
    if act.function not in ("propose", "approve") and act.lane is not None:
        gained = act.after.lane(act.lane).state.approvals - act.before.lane(act.lane).state.approvals
        assert not gained, f"{act.function} gave an approval"


def _require_only_kept(act: Act) -> None:
    """Break-glass, a review and a revocation change one book of a companion; a revocation takes away."""
    before, after = _configuration(act.before), _configuration(act.after)
    book = "duties" if act.function == "revoke" else "ledger"
    assert {**before, book: after[book]} == after, f"{act.function} changed more than {book}"
    if act.function == "review":
        assert after["ledger"].count == before["ledger"].count, "a review made a bypass"
    for name, duties in after["duties"].items():
        former = before["duties"][name].duties
        assert all(duties.duties[p] & ~former.get(p, 0) == 0 for p in duties.duties), "a duty was given"


def _require_only_less(act: Act) -> None:
    """A suspension takes one member out and changes nothing else."""
    account = act.arguments[0]
    if act.function == "suspendAsGroup":
        account = act.before.seat(account.seat).member
    is_self = account == act.sender or act.function == "suspendAsGroup"
    status = MemberStatus.SELF_SUSPENDED if is_self else MemberStatus.SUSPENDED
    records = {**act.before.records, account: replace(act.before.record(account), status=status)}
    assert act.after.records == records
    was, now = act.before.roster, act.after.roster
    assert now.approvers <= was.approvers
    assert now.security <= was.security
    assert now.proposers <= was.proposers
    assert (now.supermajority, now.windows) == (was.supermajority, was.windows)
    for name in (*_SETTINGS, "seats"):
        assert getattr(act.after, name) == getattr(act.before, name), f"a suspension changed {name}"


def _require_only_back(journal: Journal, act: Act) -> None:
    """A lapse, in its time, gives one member back what it had, in another seat."""
    account = act.arguments[0]
    was, now = act.before.record(account), act.after.record(account)
    assert act.now >= journal.suspended[account][1], "it lapsed too early"
    assert was.status is MemberStatus.SUSPENDED
    assert now == replace(was, status=MemberStatus.RETURNED, seat=now.seat, seated_in_block=act.block.number)
    assert {**act.after.records, account: was} == act.before.records
    for name in _SETTINGS:
        assert getattr(act.after, name) == getattr(act.before, name), f"a lapse changed {name}"
    for name in ("approvers", "security", "proposers"):
        others = getattr(act.after.roster, name) - {now.seat}
        assert others == getattr(act.before.roster, name), f"a lapse changed the other {name}"


def check_i8_one_seat_a_person(_: Journal, act: Act) -> None:
    state = act.after
    seated = {m: record for m, record in state.records.items() if record.is_seated}
    persons = [person for member in seated for person in state.persons_of(member)]
    assert len(set(persons)) == len(persons), "a person has two seats"
    assert {p: a for p, a in state.persons.items() if any(a)} == {
        person: member for member in seated for person in state.persons_of(member)
    }, "somebody acts for a person without a seat, or nobody does"
    sitting = {i: seat.member for i, seat in state.seats.items() if any(seat.member)}
    assert sitting == {record.seat: member for member, record in seated.items()}, "two in one seat"
    assert state.group_seats == {r.seat for r in seated.values() if r.is_group}, "a group's seat is not known"
    counting = state.roster
    for name, role in (
        ("approvers", Role.APPROVER),
        ("security", Role.SECURITY),
        ("proposers", Role.PROPOSER),
    ):
        holders = {r.seat for r in seated.values() if r.is_active and r.has_any(role)}
        assert getattr(counting, name) == holders, f"{name} are not who holds the role"


def check_i8_no_conflicting_duties(_: Journal, act: Act) -> None:
    """By the register that the vault asks: nobody has two duties there of which one excludes the other."""
    state = act.after
    name = register_at(state.registry)
    for register, book in state.duties.items():
        for person, duties in book.duties.items():
            record = state.record(state.persons.get(person, NOBODY))
            if register == name and record.is_seated and record.has_any(Role.APPROVER):
                duties |= APPROVAL  # noqa: PLW2901 - approving is a duty that is kept in the vault
            held = [1 << i for i in range(16) if duties >> i & 1]
            assert not any(book.conflicts.get(duty, 0) & duties for duty in held), "two duties of one person"
