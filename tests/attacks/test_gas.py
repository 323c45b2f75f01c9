"""Executing with too little gas: whoever executes chooses how much there is, so half an operation must not exist."""

from __future__ import annotations

from tests.attacks import mocks
from tests.contracts.scene import PAYEE, Scene, world_of
from tests.stage import ETHER, Operation, call, data_of
from tests.tokens import compiled
from verifier.model.life import Status

CRUMBS = 12
LEAST = 21_000
MOST = 2_000_000


def greedy_operation(scene: Scene) -> tuple[Operation, bytes, bytes]:
    """Return an operation of four calls, two of which need much gas, and the contracts that it is about."""
    glutton = mocks.deploy(scene.chain, "Glutton")
    token = compiled.deploy(scene.chain, "Token", 6)
    scene.must(scene.chain.send(PAYEE, token, compiled.data_of("Token", "mint", scene.vault, 100)))
    calls = [
        call(to=token, data=compiled.data_of("Token", "transfer", PAYEE, 40)),
        call(to=glutton, data=b"\1" * CRUMBS),
        call(to=PAYEE, value=3 * ETHER),
        call(to=glutton, data=b"\1" * CRUMBS),
    ]
    return scene.ready("ann", calls), glutton, token


def executes(scene: Scene, operation: Operation, gas: int) -> bool:
    """Send it with so much gas, and do not ask why it failed: that is what takes time."""
    request = {
        "from": "0x" + scene.address("bob").hex(),
        "to": "0x" + scene.vault.hex(),
        "data": "0x" + data_of("execute", operation).hex(),
        "gas": hex(gas),
        "gasPrice": "0x0",
    }
    receipt = scene.chain.rpc("eth_sendTransactionSync", [request])
    return bool(receipt["status"] == "0x1")


def happened(scene: Scene, operation: Operation, glutton: bytes, token: bytes) -> tuple[object, ...]:
    return (
        scene.status(operation),
        mocks.read(scene.chain, "Glutton", glutton, "eaten"),
        compiled.read(scene.chain, "Token", token, "balanceOf", PAYEE),
        scene.chain.balance(PAYEE),
    )


def test_execute__with_any_amount_of_gas__does_everything_or_nothing(scene: Scene) -> None:
    operation, glutton, token = greedy_operation(scene)
    before = world_of(scene.chain)
    nothing = happened(scene, operation, glutton, token)
    everything = (Status.EXECUTED, 2 * CRUMBS, 40, 3 * ETHER)
    assert nothing == (Status.READY, 0, 0, 0)

    def tried(gas: int) -> bool:
        with scene.chain.isolate():
            succeeded = executes(scene, operation, gas)
            if succeeded:
                assert happened(scene, operation, glutton, token) == everything
            else:
                assert world_of(scene.chain) == before
        return succeeded

    low, high = LEAST * 3, MOST
    assert (tried(low), tried(high)) == (False, True)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if tried(middle) else (middle, high)
    # Around the least amount that is enough, and at places all over the way to it.
    around = range(high - 2_000, high + 2_000, 250)
    along = range(LEAST * 3, high, (high - LEAST * 3) // 24)
    assert [gas for gas in (*around, *along) if tried(gas) != (gas >= high)] == []


def test_execute__failed_for_lack_of_gas__can_be_executed_later(scene: Scene) -> None:
    """A griefer who executes with too little spends its own gas, and nothing else."""
    operation, glutton, token = greedy_operation(scene)
    for gas in (150_000, 300_000, 450_000):
        assert not scene.send("amy", "execute", operation, gas=gas).succeeded
    scene.must(scene.send("amy", "execute", operation, gas=MOST))
    assert happened(scene, operation, glutton, token) == (Status.EXECUTED, 2 * CRUMBS, 40, 3 * ETHER)
