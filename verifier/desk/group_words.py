"""What a group's word to a vault is called, wherever anybody reads of it: its holders, and who brings them together.

The names of the signed types (`SuspendSelf`) and numbers of roles stand where signed data is shown whole, and nowhere
else.
"""

from __future__ import annotations

from typing import Final

from verifier.assess.policy import subject_of
from verifier.model.group_request import GroupRequest, Purpose
from verifier.model.member import Role
from verifier.model.text import Shown
from verifier.model.units import LaneIndex

_DEEDS: Final = {
    Purpose.APPROVE: "approval",
    Purpose.EXPEDITE: "consent to hurry",
    Purpose.VETO: "veto",
    Purpose.WITHDRAW: "withdrawal of its approval",
    Purpose.SUSPEND_SELF: "suspension of itself",
    Purpose.REGISTER: "registration",
}
_JOINED: Final = {
    Purpose.APPROVE: "approval of",
    Purpose.EXPEDITE: "consent to hurry",
    Purpose.VETO: "veto of",
    Purpose.WITHDRAW: "withdrawal of its approval of",
}
_OBJECTION: Final = "objection"
_ROLES: Final = {
    Role.PROPOSER: "proposer",
    Role.APPROVER: "approver",
    Role.SECURITY: "security",
    Role.BREAK_GLASS: "break-glass",
    Role.GUARDIAN: "guardian",
    Role.AUDITOR: "auditor",
}


def deed_of(purpose: Purpose, *, is_seat_operation: bool = False) -> Shown:
    """Return what a group would give, in words that follow `the group's`: `consent to hurry`."""
    is_objection = purpose is Purpose.VETO and is_seat_operation
    return Shown(_OBJECTION if is_objection else _DEEDS[purpose])


def words_about_lane(purpose: Purpose, lane: LaneIndex, *, is_seat_operation: bool) -> Shown:
    """Return what a word about an operation is called: `the group's approval of lane 3`."""
    is_objection = purpose is Purpose.VETO and is_seat_operation
    return Shown(f"the group's {f'{_OBJECTION} to' if is_objection else _JOINED[purpose]} lane {lane}")


def words_of_request(request: GroupRequest) -> Shown:
    """Return what is asked, such as `the group's approval of lane 3`; what it is, its own bytes say."""
    operation = request.operation
    if operation is not None:
        is_seat_operation = subject_of(operation.calls, request.vault) is not None
        return words_about_lane(request.purpose, operation.lane, is_seat_operation=is_seat_operation)
    said = f"the group's {_DEEDS[request.purpose]}"
    if request.roles is not None:
        said += f" as {roles_in_words(request.roles)}"
    return Shown(f"{said} at vault {request.vault}")


def roles_in_words(roles: Role) -> Shown:
    """Return what somebody may do: `approver, security`."""
    return Shown(", ".join(said for role, said in _ROLES.items() if roles & role) or "none")
