"""What the holders of groups signed to be let in, from the files that `fourth-signer frost register` writes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from verifier.assess.changing.seats import Registration
from verifier.chain.approvals import approval_of
from verifier.decode.signatures import interface
from verifier.errors import CallsMalformed
from verifier.model.address import Address
from verifier.model.group import unpack_holders
from verifier.model.vault_file import PlannedMember, VaultFile
from verifier.store.calls_file import read_calls

_ADD_GROUP = interface("vault").function("addGroup")


def read_registrations(
    paths: Iterable[Path], *, vault: Address, file: VaultFile
) -> dict[Address, Registration]:
    """Return the registrations, by the address of their group.

    :raises CallsMalformed: a file is none, or of another group, roles or holders than the vault's file has.
    """
    return dict(_read(path, vault, file) for path in paths)


def _read(path: Path, vault: Address, file: VaultFile) -> tuple[Address, Registration]:
    calls = read_calls(path)
    values: Any = None
    if len(calls) == 1 and calls[0].target == vault and calls[0].data[:4] == _ADD_GROUP.selector:
        values = _ADD_GROUP.plan.decode(calls[0].data, 4).values
    if values is None:
        why = "it is no registration of a group at this vault; `fourth-signer frost register` writes one"
        raise CallsMalformed(path=str(path), why=why)
    account, x, y, roles, holders, proof = values
    member = next((each for each in file.groups if each.address == account), None)
    if member is None or not _is_of(member, x, roles, holders):
        why = "it registers another group, or other roles or holders, than the vault's file has"
        raise CallsMalformed(path=str(path), why=why)
    return Address(account), Registration(y=y, proof=approval_of(*proof))


def _is_of(member: PlannedMember, x: int, roles: int, holders: tuple[int, int, int]) -> bool:
    group = member.group
    if group is None:
        return False
    persons = tuple(holder.person for holder in group.holders)
    return (group.x, int(member.roles), persons) == (x, roles, unpack_holders(holders))
