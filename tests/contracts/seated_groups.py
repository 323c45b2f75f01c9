"""Groups that sit in a vault, and all that their holders can say there: by FROST signatures, whoever sends them.

seat_group(scene, OWLS, [101, 102])
scene.must(scene.approve(operation, [approval_by(scene, OWLS, operation), ...]))
scene.must(scene.send(STRANGER, "vetoAsGroup", operation, veto_by(scene, OWLS, operation)))
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from tests.contracts.groups import addition, typed_digest
from tests.contracts.scene import Scene
from tests.frost.group import Group, Words
from tests.stage import Approval, Operation, as_words
from verifier.model.member import Role

VETO: Final = b"Veto(bytes32 id)"
WITHDRAW: Final = b"Withdraw(bytes32 id,uint64 publication)"
SUSPEND_SELF: Final = b"SuspendSelf(uint8 seat,uint32 epoch)"

OWLS: Final = Group.new("owls")
RAVENS: Final = Group.new("ravens")
HOLDERS: Final = (101, 102, 103)
OTHERS: Final = (201, 202)

Proof = tuple[int, bytes, bytes]
"""What a group says, as the ABI wants it: a head of v and seat, then the abscissa of R, and z."""


def seat_group(
    scene: Scene, group: Group = OWLS, persons: Iterable[int] = HOLDERS, roles: Role = Role.APPROVER
) -> int:
    """Bring in a group, unseasoned, and return its seat."""
    scene.must_change("addGroup", *addition(scene, group, persons, roles))
    return scene.member(group.account).seat


def season(scene: Scene, group: Group = OWLS) -> None:
    """Let time pass until the group counts for HIGH_VALUE and CUSTODY."""
    scene.chain.set_time(scene.member(group.account).seasoned_at)


# --------------------------------------------------------------------------------------------------------- Approvals


def approval_by(
    scene: Scene,
    group: Group,
    operation: Operation,
    publication: int | None = None,
    *,
    seat: int | None = None,
) -> Approval:
    """Return a group's approval; over the lane's publication if no other is named."""
    if publication is None:
        publication = scene.publication(operation)
    digest = bytes(scene.read("approvalDigest", scene.id_of(operation), publication)[0])
    seat = scene.member(group.account).seat if seat is None else seat
    return (seat, publication, group.sign(digest))


# ------------------------------------------------------------------------------------------------ What is said besides


def veto_digest(scene: Scene, operation: Operation) -> bytes:
    return typed_digest(scene.vault, VETO, ["bytes32"], [scene.id_of(operation)])


def withdraw_digest(scene: Scene, operation: Operation, publication: int | None = None) -> bytes:
    if publication is None:
        publication = scene.publication(operation)
    return typed_digest(scene.vault, WITHDRAW, ["bytes32", "uint64"], [scene.id_of(operation), publication])


def suspension_digest(scene: Scene, seat: int, epoch: int | None = None) -> bytes:
    epoch = scene.roster().epoch if epoch is None else epoch
    return typed_digest(scene.vault, SUSPEND_SELF, ["uint8", "uint32"], [seat, epoch])


def proof(scene: Scene, group: Group, digest: bytes, *, seat: int | None = None) -> Proof:
    """Return what a group signed, for the seat that it has if no other is named."""
    return proof_of(scene.member(group.account).seat if seat is None else seat, group.sign(digest))


def proof_of(seat: int, signature: Words) -> Proof:
    return as_words((seat, 0, signature))


def veto_by(scene: Scene, group: Group, operation: Operation) -> Proof:
    return proof(scene, group, veto_digest(scene, operation))


def withdrawal_by(scene: Scene, group: Group, operation: Operation) -> Proof:
    return proof(scene, group, withdraw_digest(scene, operation))


def suspension_by(scene: Scene, group: Group) -> Proof:
    return proof(scene, group, suspension_digest(scene, scene.member(group.account).seat))
