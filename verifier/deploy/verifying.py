"""After the sending: that the vault is the one of the file, and that whoever paid for it has nothing in it."""

from __future__ import annotations

from typing import Final

from verifier.decode.signatures import interface
from verifier.deploy.looking import look
from verifier.deploy.view import ChainView
from verifier.errors import NumberOutOfRange
from verifier.errors.deploying import DeploymentStuck
from verifier.model.address import Address
from verifier.model.deployment import ChainState, Founding
from verifier.model.member import STRANGER, MemberRecord
from verifier.model.text import Shown
from verifier.model.vault_file import PlannedMember, VaultFile

_WORD: Final = 32


def require_founded(view: ChainView, founding: Founding, file: VaultFile, deployer: Address) -> ChainState:
    """Return the state of a chain on which all of it stands: code, founding, every founder as written, and no stranger.

    :raises DeploymentStuck: something is missing, or differs.
    :raises CodeForeign: something else stands there.
    """
    state = look(view, founding, file)
    if not state.is_complete:
        raise DeploymentStuck(
            what=founding.vault.name, why="something of it is missing again: the chain was rewritten"
        )
    vault = founding.vault.address
    for seat, member in enumerate(file.founders):
        record = _record_of(view, vault, member.address)
        if not _is_as_written(record, member, seat):
            raise DeploymentStuck(
                what=founding.vault.name, why=f"{member.name} does not sit in it as the file says"
            )
    if not is_member(file, deployer) and _record_of(view, vault, deployer) != STRANGER:
        raise DeploymentStuck(
            what=founding.vault.name, why=f"{deployer} paid for it and sits in it, and the file says no"
        )
    return state


def is_member(file: VaultFile, account: Address) -> bool:
    """Whether the file seats an account."""
    return any(member.address == account for member in file.members)


def _record_of(view: ChainView, vault: Address, account: Address) -> MemberRecord | None:
    answer = view.call(vault, interface("vault").function("memberOf").encode(account))
    try:
        return MemberRecord.unpack(int.from_bytes(answer, "big")) if len(answer) == _WORD else None
    except NumberOutOfRange:
        return None


def _is_as_written(record: MemberRecord | None, member: PlannedMember, seat: int) -> bool:
    """Whether a founder has its seat. What its people changed since is theirs to change: then it has another block."""
    if record is None:
        return False
    found = (record.seat, record.roles, record.person, record.attributes, record.is_seated)
    return found == (seat, member.roles, member.person, member.attributes, True)


def say_held(view: ChainView, vault: Address, file: VaultFile, deployer: Address) -> Shown:
    """Return what the account that pays has in the vault, as the chain says it."""
    if _record_of(view, vault, deployer) == STRANGER:
        return Shown(f"{deployer} holds nothing in it: no seat, no role, no right.")
    if is_member(file, deployer):
        return Shown(f"{deployer} is one of its members, as the file says.")
    return Shown(
        f"{deployer} has, or had, a seat in it, which its members gave it: the file says nothing of it."
    )
