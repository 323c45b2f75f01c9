"""Where an operation was published: collisions, reorganised chains, and signatures that outlive neither."""

from __future__ import annotations

from tests.anvil import Anvil, start_anvil
from tests.attacks.forgery import refuses_replay
from tests.contracts.scene import HIGH_VALUE_CALL, PAYEE, QUORUM, Scene, usual_scene
from tests.stage import Operation, call
from verifier.errors.approvals import ApprovalPublicationUnexpected
from verifier.model.life import Status


def high_operation(scene: Scene) -> Operation:
    return scene.operation("ann", [HIGH_VALUE_CALL])


def test_approve__same_operation_published_again_after_a_reorganisation__old_signatures_are_worthless(
    scene: Scene,
) -> None:
    """The chain forgets the publication; the operation comes again, one block later, with the very same id."""
    operation = high_operation(scene)
    snapshot = scene.chain.snapshot()
    scene.must(scene.propose("ann", operation))
    old = scene.publication(operation)
    signatures = [scene.sign(name, operation, old) for name in QUORUM]
    id_ = scene.id_of(operation)
    scene.chain.revert(snapshot)

    scene.chain.mine()
    scene.must(scene.propose("ann", operation))
    new = scene.publication(operation)
    assert (scene.id_of(operation), new == old) == (id_, False)
    refusal = ApprovalPublicationUnexpected(seat=scene.seat("bob"), expected=new, actual=old)
    scene.refuses(refusal, lambda: scene.approve(operation, signatures))
    seat, _, signature = signatures[0]
    refuses_replay(scene, operation, (seat, new, signature))
    scene.give(operation, *QUORUM)
    assert scene.status(operation) is Status.WAITING


def test_approve__published_at_the_same_height_on_another_branch__old_signatures_are_worthless(
    scene: Scene,
) -> None:
    """The same block number, but the parent is another one: the publication differs in its hash."""
    operation = high_operation(scene)
    snapshot = scene.chain.snapshot()
    scene.chain.mine()
    scene.must(scene.propose("ann", operation))
    old = scene.publication(operation)
    signature = scene.sign("bob", operation, old)
    scene.chain.revert(snapshot)

    scene.must(scene.chain.send(PAYEE, PAYEE))  # the other branch
    scene.must(scene.propose("ann", operation))
    new = scene.publication(operation)
    assert (old >> 32, old == new) == (new >> 32, False)
    refusal = ApprovalPublicationUnexpected(seat=scene.seat("bob"), expected=new, actual=old)
    scene.refuses(refusal, lambda: scene.approve(operation, [signature]))


def test_approve__published_in_a_sibling_of_the_block__signatures_serve(scene: Scene) -> None:
    """Same operation, same number, same parent: nothing that was signed has changed, so nothing is signed anew."""
    operation = high_operation(scene)
    snapshot = scene.chain.snapshot()
    scene.must(scene.propose("ann", operation))
    old = scene.publication(operation)
    signatures = [scene.sign(name, operation, old) for name in QUORUM]
    scene.chain.revert(snapshot)
    scene.chain.set_next_time(scene.chain.now() + 60)
    scene.must(scene.propose("ann", operation))
    assert scene.publication(operation) == old
    scene.must(scene.approve(operation, signatures))
    assert scene.status(operation) is Status.WAITING


def test_approve__two_operations_of_one_block__share_the_publication_and_no_signature(scene: Scene) -> None:
    one = scene.operation("ann", [HIGH_VALUE_CALL])
    other = scene.operation("ann", [call(to=PAYEE, value=200 * 10**18)], nth=1)
    scene.in_one_block(("ann", "propose", (one, [])), ("ann", "propose", (other, [])))
    assert scene.publication(one) == scene.publication(other)
    refuses_replay(scene, other, scene.sign_published("bob", one))
    scene.give(one, "bob")
    scene.give(other, "bob")


def test_approve__after_a_real_reorganisation_of_the_node__old_signatures_are_worthless() -> None:
    """The same with the node's own reorganisation: three blocks are replaced by three others."""
    with start_anvil() as chain:
        scene = usual_scene(chain)
        chain.mine(4)
        operation = high_operation(scene)
        scene.must(scene.propose("ann", operation))
        old, seat = scene.publication(operation), scene.seat("bob")
        signature = scene.sign("bob", operation, old)
        reorganise(chain, depth=3)
        assert scene.status(operation) is Status.UNKNOWN
        scene.must(scene.propose("ann", operation))
        new = scene.publication(operation)
        assert new != old
        refusal = ApprovalPublicationUnexpected(seat=seat, expected=new, actual=old)
        outcome = scene.approve(operation, [signature])
        assert not outcome.succeeded
        assert f"{refusal.actual:064x}" in outcome.revert_data.hex()
        scene.give(operation, *QUORUM)


def reorganise(chain: Anvil, *, depth: int) -> None:
    chain.rpc("anvil_reorg", [depth, []])
