"""What an attacker makes of signatures."""

from __future__ import annotations

from typing import Final

from eth_keys.datatypes import Signature
from eth_keys.exceptions import BadSignature

from tests.contracts.scene import Scene
from tests.stage import Approval, Operation
from verifier.errors.approvals import ApprovalSignerUnexpected
from verifier.model.units import MemberIndex
from verifier.model.word import SeatSet

ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""The order of secp256k1."""
NOBODY: Final = bytes(20)


def seats_of(scene: Scene, *names: str) -> SeatSet:
    return frozenset(MemberIndex(scene.seat(name)) for name in names)


def word(number: int) -> bytes:
    return number.to_bytes(32, "big")


def number(word_: bytes) -> int:
    return int.from_bytes(word_, "big")


def signer_of(scene: Scene, operation: Operation, approval: Approval) -> bytes:
    """Return who signed, if this is a signature over the operation with the publication that it names."""
    _, publication, (r, s, v) = approval
    digest = bytes(scene.read("approvalDigest", scene.id_of(operation), publication)[0])
    try:
        signature = Signature(vrs=(number(v) - 27, number(r), number(s)))
        return bytes(signature.recover_public_key_from_msg_hash(digest).to_canonical_address())
    except BadSignature:
        return NOBODY


def twin_of(approval: Approval) -> Approval:
    """Return the other signature that verifies: s taken from the order, and the other v."""
    seat, publication, (r, s, v) = approval
    return (seat, publication, (r, word(ORDER - number(s)), word(27 + 28 - number(v))))


def with_seat(approval: Approval, seat: int) -> Approval:
    return (seat, *approval[1:])


def next_publication(scene: Scene, blocks_from_now: int = 1) -> int:
    """Return the publication of the next block, as everybody knows it who has seen the latest one."""
    latest = scene.chain.block()
    number = int(latest["number"], 16) + blocks_from_now
    return number << 32 | int(latest["hash"][2:10], 16)


def refuses_signer(scene: Scene, operation: Operation, approval: Approval, found: bytes) -> None:
    """Fail unless an approval is refused for being another's, and nothing changed."""
    expected = bytes.fromhex(scene.read("seat", approval[0])[0][2:])
    refusal = ApprovalSignerUnexpected(seat=approval[0], expected=expected, actual=found)
    scene.refuses(refusal, lambda: scene.approve(operation, [approval]))


def refuses_replay(scene: Scene, operation: Operation, approval: Approval) -> None:
    """Fail unless a signature made for something else is refused: it recovers to an address that nobody knows."""
    found = signer_of(scene, operation, approval)
    assert found not in {actor.address for actor in scene.actors.values()}
    refuses_signer(scene, operation, approval, found)
