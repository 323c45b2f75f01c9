"""Signatures collected before there is anything to read.

From HIGH_VALUE on a signature carries the publication: the number of the block, and the beginning of its parent's hash.
"""

from __future__ import annotations

from functools import partial

import pytest

from tests.anvil import GAS
from tests.attacks.forgery import next_publication, refuses_replay
from tests.contracts.scene import HIGH_VALUE_CALL, STANDARD_CALL, Scene
from tests.stage import NO_SIGNATURE, Approval, Operation, call, data_of
from verifier.errors.approvals import ApprovalPublicationUnexpected, ApprovalTooEarly
from verifier.model.life import Status

SIGNERS = ("bob", "cat", "dan")


def high_operation(scene: Scene, tier: str) -> Operation:
    """Return an operation that nobody has published yet."""
    calls = {
        "HIGH_VALUE": HIGH_VALUE_CALL,
        "CUSTODY": call(to=scene.vault, data=data_of("setCounterparty", scene.vault[::-1], 1)),
        "seat operation": call(to=scene.vault, data=data_of("removeMember", scene.address("eve"))),
    }
    return scene.operation("ann", [calls[tier]])


@pytest.mark.parametrize("tier", ["HIGH_VALUE", "CUSTODY", "seat operation"])
def test_propose__high_operation_signed_without_publication__is_refused(scene: Scene, tier: str) -> None:
    operation = high_operation(scene, tier)
    cheques = [scene.sign(name, operation) for name in SIGNERS]
    expected = next_publication(scene)
    refusal = ApprovalPublicationUnexpected(seat=scene.seat("bob"), expected=expected, actual=0)
    scene.refuses(refusal, lambda: scene.propose("ann", operation, cheques))
    scene.must(scene.propose("ann", operation))
    assert scene.lane(operation[1])[1].approvals == frozenset()


@pytest.mark.parametrize("tier", ["HIGH_VALUE", "CUSTODY", "seat operation"])
def test_approve__high_operation_signed_without_publication__is_refused(scene: Scene, tier: str) -> None:
    operation = high_operation(scene, tier)
    cheque = scene.sign("bob", operation)
    scene.must(scene.propose("ann", operation))
    expected = scene.publication(operation)
    refusal = ApprovalPublicationUnexpected(seat=cheque[0], expected=expected, actual=0)
    scene.refuses(refusal, lambda: scene.approve(operation, [cheque]))
    scene.give(operation, *SIGNERS)
    assert scene.status(operation) is Status.WAITING


def test_propose__standard_operation_signed_without_publication__starts_its_clock(scene: Scene) -> None:
    """The neighbour: below HIGH_VALUE two transactions are a whole life."""
    operation = scene.operation("ann", [STANDARD_CALL])
    scene.must(scene.propose("ann", operation, [scene.sign(name, operation) for name in SIGNERS]))
    assert scene.status(operation) is Status.WAITING


def test_approve__signed_for_a_guessed_publication__is_refused(scene: Scene) -> None:
    """The block's number can be known for years ahead; its parent's hash cannot."""
    operation = high_operation(scene, "HIGH_VALUE")
    guess = next_publication(scene, blocks_from_now=2)
    cheque = scene.sign("bob", operation, guess)
    scene.chain.mine()
    scene.must(scene.propose("ann", operation))
    actual = scene.publication(operation)
    assert (actual >> 32, actual == guess) == (guess >> 32, False)
    refusal = ApprovalPublicationUnexpected(seat=cheque[0], expected=actual, actual=guess)
    scene.refuses(refusal, lambda: scene.approve(operation, [cheque]))
    refuses_replay(scene, operation, (cheque[0], actual, cheque[2]))
    scene.give(operation, "bob")


def test_approve__own_transaction_prepared_before_publication__is_refused(scene: Scene) -> None:
    """A raw transaction that was signed beforehand is a cheque too: it has to name the publication."""
    operation = high_operation(scene, "HIGH_VALUE")
    seat = scene.seat("bob")
    prepared: list[Approval] = [(seat, guess, NO_SIGNATURE) for guess in (0, next_publication(scene, 2))]
    scene.chain.mine()
    scene.must(scene.propose("ann", operation))
    for entry in prepared:
        expected = scene.publication(operation)
        refusal = ApprovalPublicationUnexpected(seat=seat, expected=expected, actual=entry[1])
        scene.refuses(refusal, partial(scene.approve, operation, [entry], by="bob"))
    scene.must(scene.approve(operation, [scene.own("bob", operation)], by="bob"))


@pytest.mark.parametrize("publication", [0, "guess"])
def test_approve__own_transaction_for_a_standard_operation__names_the_publication_too(
    scene: Scene, publication: int | str
) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    expected = scene.publication(operation)
    named = publication if isinstance(publication, int) else expected ^ 1
    entry = (scene.seat("bob"), named, NO_SIGNATURE)
    refusal = ApprovalPublicationUnexpected(seat=entry[0], expected=expected, actual=named)
    scene.refuses(refusal, lambda: scene.approve(operation, [entry], by="bob"))
    scene.must(scene.approve(operation, [scene.own("bob", operation)], by="bob"))


def test_approve__tier_rises_to_high_value_after_blank_signatures__they_are_worth_nothing(
    scene: Scene,
) -> None:
    """Getting cheques for a small payment, and making it a large one by moving the limits."""
    operation = scene.operation("ann", [STANDARD_CALL])
    cheques = [scene.sign(name, operation) for name in SIGNERS]
    scene.must(scene.propose("ann", operation, cheques))
    scene.must_change("setCounterparty", STANDARD_CALL[0], 0)
    expected = scene.publication(operation)
    refusal = ApprovalPublicationUnexpected(seat=scene.seat("bob"), expected=expected, actual=0)
    scene.refuses(refusal, lambda: scene.approve(operation, cheques))
    scene.must(scene.approve(operation, []))
    assert scene.status(operation) is Status.PROPOSED
    assert scene.lane(operation[1])[1].approvals == frozenset()
    scene.give(operation, *SIGNERS)
    assert scene.status(operation) is Status.WAITING


def test_propose__signed_when_the_parent_block_was_known__is_too_early(scene: Scene) -> None:
    """Everybody knows a publication for the one block before: enough to collect a quorum over a secret operation."""
    operation = high_operation(scene, "HIGH_VALUE")
    coming = next_publication(scene)
    cheques = [scene.sign(name, operation, coming) for name in SIGNERS]
    refusal = ApprovalTooEarly(seat=scene.seat("bob"), published_in_block=coming >> 32)
    with scene.chain.isolate():
        scene.refuses(refusal, lambda: scene.propose("ann", operation, cheques))
    with scene.chain.isolate():
        statuses = in_one_block(
            scene, data_of("propose", operation, []), data_of("approve", operation, cheques)
        )
        assert statuses == [True, False]
        assert scene.publication(operation) == coming
        assert scene.lane(operation[1])[1].approvals == frozenset()
        # One block later they count. Now the operation has been on the chain before anything was approved.
        scene.must(scene.approve(operation, cheques))
    scene.chain.mine()
    expected = next_publication(scene)
    late = ApprovalPublicationUnexpected(seat=scene.seat("bob"), expected=expected, actual=coming)
    scene.refuses(late, lambda: scene.propose("ann", operation, cheques))


def test_approve__own_transaction_in_the_block_of_publication__is_too_early(scene: Scene) -> None:
    operation = high_operation(scene, "HIGH_VALUE")
    entry: Approval = (scene.seat("ann"), next_publication(scene), NO_SIGNATURE)
    operation = (operation[0], 8 * scene.seat("bob"), 1, operation[3])
    propose = data_of("propose", operation, [])
    approve = data_of("approve", operation, [entry])
    assert in_one_block(scene, propose, approve, senders=("bob", "ann")) == [True, False]
    scene.must(scene.approve(operation, [entry], by="ann"))


def in_one_block(scene: Scene, *datas: bytes, senders: tuple[str, ...] = ("ann", "bob")) -> list[bool]:
    """Send calldata to the vault, all of it in one block, and return what succeeded."""
    scene.chain.rpc("evm_setAutomine", [False])
    hashes = []
    for sender, data in zip(senders, datas, strict=True):
        request = {
            "from": "0x" + scene.address(sender).hex(),
            "to": "0x" + scene.vault.hex(),
            "data": "0x" + data.hex(),
            "gas": hex(GAS),
            "gasPrice": "0x0",
        }
        hashes.append(scene.chain.rpc("eth_sendTransaction", [request]))
    scene.chain.mine()
    scene.chain.rpc("evm_setAutomine", [True])
    receipts = [scene.chain.rpc("eth_getTransactionReceipt", [hash_]) for hash_ in hashes]
    assert len({receipt["blockNumber"] for receipt in receipts}) == 1
    return [receipt["status"] == "0x1" for receipt in receipts]
