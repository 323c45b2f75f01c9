"""A good signature, used for something that it was not made for."""

from __future__ import annotations

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from tests.attacks.forgery import refuses_replay
from tests.contracts.scene import HIGH_VALUE_CALL, PAYEE, STANDARD_CALL, Scene, usual_scene
from tests.stage import DAY, HOUR, Approval, Operation, call
from verifier.errors.approvals import ApprovalPublicationUnexpected
from verifier.errors.operations import LaneSequenceUnexpected, OperationUnknown

OTHER_CHAIN = 1


def published_pair(scene: Scene, other: Scene) -> Operation:
    """Return one operation that is published in two vaults."""
    operation = scene.operation("ann", [STANDARD_CALL])
    scene.must(scene.propose("ann", operation))
    other.must(other.propose("ann", operation))
    assert scene.id_of(operation) == other.id_of(operation)
    return operation


def takes(scene: Scene, operation: Operation, approval: Approval) -> None:
    """The neighbour of every refusal: the signature is good where it belongs."""
    scene.must(scene.approve(operation, [approval]))
    assert approval[0] in scene.lane(operation[1])[1].approvals


def test_approve__signed_for_another_vault__is_refused(scene: Scene) -> None:
    """Same chain, same members, same seats, same operation, same id: the domain tells them apart."""
    other = usual_scene(scene.chain)
    operation = published_pair(scene, other)
    approval = scene.sign("bob", operation)
    refuses_replay(other, operation, approval)
    takes(scene, operation, approval)


def test_approve__signed_for_another_chain__is_refused(scene: Scene) -> None:
    """The vault's address may be the same on a fork; the digest asks the chain for its id each time."""
    operation = scene.published("ann", [STANDARD_CALL])
    here = int(scene.chain.rpc("eth_chainId"), 16)
    scene.chain.rpc("anvil_setChainId", [OTHER_CHAIN])
    try:
        elsewhere = scene.sign("bob", operation)
    finally:
        scene.chain.rpc("anvil_setChainId", [here])
    refuses_replay(scene, operation, elsewhere)
    takes(scene, operation, scene.sign("bob", operation))


def test_approve__signed_for_another_lane__is_refused(scene: Scene) -> None:
    calls, lane, sequence, approve_by = scene.published("ann", [STANDARD_CALL])
    other: Operation = (calls, lane + 1, sequence, approve_by)
    scene.must(scene.propose("ann", other))
    approval = scene.sign("bob", (calls, lane, sequence, approve_by))
    refuses_replay(scene, other, approval)
    takes(scene, (calls, lane, sequence, approve_by), approval)


def test_approve__signed_for_the_lanes_last_operation__is_refused(scene: Scene) -> None:
    """The same calls once more: a payment that was approved twice must have been signed twice."""
    first = scene.published("ann", [STANDARD_CALL])
    approval = scene.sign("bob", first)
    takes(scene, first, approval)
    scene.must(scene.send("ann", "cancel", first[1], scene.id_of(first)))
    second: Operation = (first[0], first[1], first[2] + 1, first[3])
    scene.must(scene.propose("ann", second))
    refuses_replay(scene, second, approval)
    refusal = OperationUnknown(lane=first[1], expected=scene.id_of(second), actual=scene.id_of(first))
    scene.refuses(refusal, lambda: scene.approve(first, [approval]))


def test_propose__the_same_operation_after_its_end__is_refused(scene: Scene) -> None:
    """An id lives once, so the approvals that it once had cannot serve again."""
    operation = scene.ready("ann", [STANDARD_CALL])
    scene.must(scene.execute("bob", operation))
    refusal = LaneSequenceUnexpected(lane=operation[1], expected=2, actual=1)
    approvals = [scene.sign(name, operation) for name in ("bob", "cat", "dan")]
    scene.refuses(refusal, lambda: scene.propose("ann", operation, approvals))
    scene.published("ann", [STANDARD_CALL])


@pytest.mark.parametrize("what", ["amount", "recipient", "data", "order", "approveBy", "one call less"])
def test_approve__signed_for_an_operation_that_differs_in_one_thing__is_refused(
    scene: Scene, what: str
) -> None:
    two = [STANDARD_CALL, call(to=PAYEE, value=1)]
    operation = scene.published("ann", two)
    calls, lane, sequence, approve_by = operation
    other: Operation = {
        "amount": ([call(to=PAYEE, value=STANDARD_CALL[1] + 1), two[1]], lane, sequence, approve_by),
        "recipient": ([STANDARD_CALL, call(to=PAYEE[:-1] + b"\0", value=1)], lane, sequence, approve_by),
        "data": ([STANDARD_CALL, call(to=PAYEE, value=1, data=b"\0")], lane, sequence, approve_by),
        "order": (two[::-1], lane, sequence, approve_by),
        "approveBy": (calls, lane, sequence, approve_by + HOUR),
        "one call less": (two[:1], lane, sequence, approve_by),
    }[what]
    refuses_replay(scene, operation, scene.sign("bob", other))
    takes(scene, operation, scene.sign("bob", operation))


def digest_of(purpose: str, scene: Scene, operation: Operation) -> bytes:
    """Return what a member may well have signed for another purpose."""
    id_, publication = scene.id_of(operation), scene.publication(operation)
    approve = bytes(scene.read("approvalDigest", id_, publication)[0])
    domain = keccak(
        encode(
            ["bytes32", "bytes32", "bytes32", "uint256", "address"],
            [
                keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                *(keccak(b"Fourth Signer"), keccak(b"1")),
                *(int(scene.chain.rpc("eth_chainId"), 16), scene.vault),
            ],
        )
    )

    def typed(kind: bytes, types: list[str], values: list[object]) -> bytes:
        struct = keccak(encode(["bytes32", *types], [keccak(kind), *values]))
        return keccak(b"\x19\x01" + domain + struct)

    match purpose:
        case "personal message":
            return keccak(b"\x19Ethereum Signed Message:\n32" + approve)
        case "bare id":
            return id_
        case "operation alone":
            return keccak(b"\x19\x01" + domain + id_)
        case "veto":
            return typed(b"Veto(bytes32 id)", ["bytes32"], [id_])
        case "withdraw":
            return typed(
                b"Withdraw(bytes32 id,uint64 publication)", ["bytes32", "uint64"], [id_, publication]
            )
        case "suspend":
            return typed(b"SuspendSelf(uint8 seat,uint24 epoch)", ["uint8", "uint24"], [1, 1])
        case _:
            head = b"Expedite(Operation operation,uint64 publication,uint40 readyAt)"
            tail = (
                b"Call(address target,uint256 value,bytes data)"
                b"Operation(Call[] calls,uint16 lane,uint32 sequence,uint40 approveBy)"
            )
            return typed(head + tail, ["bytes32", "uint64", "uint40"], [id_, publication, operation[3]])


@pytest.mark.parametrize(
    "purpose",
    ["personal message", "bare id", "operation alone", "veto", "withdraw", "suspend", "expedite"],
)
def test_approve__signed_for_another_purpose__is_refused(scene: Scene, purpose: str) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    signature = scene.actors["bob"].sign(digest_of(purpose, scene, operation))
    forged = (scene.seat("bob"), scene.publication(operation), signature)
    refuses_replay(scene, operation, forged)
    takes(scene, operation, scene.sign_published("bob", operation))


def test_approve__signed_with_the_publication_of_another_operation__is_refused(scene: Scene) -> None:
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    other = scene.published("ann", [HIGH_VALUE_CALL], nth=1)
    approval = scene.sign("bob", operation, scene.publication(other))
    expected, actual = scene.publication(operation), scene.publication(other)
    refusal = ApprovalPublicationUnexpected(seat=scene.seat("bob"), expected=expected, actual=actual)
    scene.refuses(refusal, lambda: scene.approve(operation, [approval]))
    # Saying the right publication beside a signature over another one does not help either.
    refuses_replay(scene, operation, (approval[0], expected, approval[2]))
    takes(scene, operation, scene.sign_published("bob", operation))


def test_execute__the_same_operation_twice__is_refused(scene: Scene) -> None:
    operation = scene.ready("ann", [STANDARD_CALL])
    scene.must(scene.execute("bob", operation))
    paid = scene.chain.balance(PAYEE)
    outcome = scene.execute("bob", operation)
    assert not outcome.succeeded
    scene.chain.set_time(scene.chain.now() + DAY)
    assert not scene.execute("bob", operation).succeeded
    assert scene.chain.balance(PAYEE) == paid == STANDARD_CALL[1]
