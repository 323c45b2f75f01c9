"""EIP-7702: an account with a key may also have code, and whoever wrote that code acts in its name.

Every transaction here that delegates is a real one of type 4, signed by the member's key.
"""

from __future__ import annotations

from typing import Any

import pytest
from eth_account import Account
from eth_utils.address import to_checksum_address
from hexbytes import HexBytes

from tests.anvil import Anvil, Outcome
from tests.attacks.forgery import NOBODY
from tests.contracts.scene import HIGH_VALUE_CALL, STANDARD_CALL, Scene, data_of_error
from tests.stage import NO_SIGNATURE, Operation, call, data_of
from tests.tokens import compiled
from verifier.errors.approvals import ApprovalSignerUnexpected
from verifier.model.life import Status

MALLORY = bytes.fromhex("ba" * 20)
NO_CODE = bytes(20)


@pytest.fixture
def caller(anvil: Anvil) -> bytes:
    """Code that calls whatever it is told to: the worst that a wallet can delegate to."""
    return compiled.deploy(anvil, "Caller")


def text(data: bytes) -> str:
    return "0x" + data.hex()


def nonce_of(scene: Scene, who: str) -> int:
    return int(scene.chain.rpc("eth_getTransactionCount", [text(scene.address(who)), "latest"]), 16)


def send_delegating(scene: Scene, who: str, to: bytes, data: bytes, *, delegate: bytes) -> Outcome:
    """Send a transaction of type 4 by a member, which delegates the member's account and then calls."""
    key = scene.actors[who].key.to_bytes()
    chain_id, nonce = int(scene.chain.rpc("eth_chainId"), 16), nonce_of(scene, who)
    # The transaction's own nonce is used up before its authorisations are looked at.
    authorization = Account.sign_authorization(
        {"chainId": chain_id, "address": to_checksum_address(delegate), "nonce": nonce + 1}, key
    )
    transaction: dict[str, Any] = {
        "type": 4,
        "chainId": chain_id,
        "nonce": nonce,
        "to": to_checksum_address(to),
        "data": text(data),
        "value": 0,
        "gas": 1_000_000,
        "maxFeePerGas": 0,
        "maxPriorityFeePerGas": 0,
        "authorizationList": [authorization],
    }
    raw: HexBytes = Account.sign_transaction(transaction, key).raw_transaction
    return scene.chain.send_raw(bytes(raw))


def delegated(scene: Scene, who: str, caller: bytes) -> None:
    scene.must(send_delegating(scene, who, MALLORY, b"", delegate=caller))
    assert scene.chain.code(scene.address(who)) == bytes.fromhex("ef0100") + caller


def passing(scene: Scene, data: bytes) -> bytes:
    """Return calldata that makes a delegated account call the vault."""
    return compiled.data_of("Caller", "pass", scene.vault, data)


def own_approval(scene: Scene, operation: Operation) -> bytes:
    return data_of("approve", operation, [scene.own("bob", operation)])


def refused_as_nobody(scene: Scene, outcome: Outcome, operation: Operation) -> None:
    expected = ApprovalSignerUnexpected(seat=1, expected=scene.address("bob"), actual=NOBODY)
    assert (outcome.succeeded, outcome.revert_data) == (False, data_of_error(expected))
    assert scene.lane(operation[1])[1].approvals == frozenset()


def test_approve__somebody_calls_the_members_delegated_code__is_refused(scene: Scene, caller: bytes) -> None:
    """Anybody can make bob's account call the vault: then bob's address is the sender, and mallory's the origin."""
    delegated(scene, "bob", caller)
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    outcome = scene.chain.send(MALLORY, scene.address("bob"), passing(scene, own_approval(scene, operation)))
    refused_as_nobody(scene, outcome, operation)


def test_approve__delegated_code_runs_in_the_members_own_transaction__is_refused(
    scene: Scene, caller: bytes
) -> None:
    """A malicious wallet: bob sends himself something harmless, and his code approves. Sender and origin are bob."""
    delegated(scene, "bob", caller)
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    data = passing(scene, own_approval(scene, operation))
    refused_as_nobody(scene, scene.chain.send(scene.address("bob"), scene.address("bob"), data), operation)


def test_approve__delegation_and_call_in_one_transaction__is_refused(scene: Scene, caller: bytes) -> None:
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    data = passing(scene, own_approval(scene, operation))
    outcome = send_delegating(scene, "bob", scene.address("bob"), data, delegate=caller)
    refused_as_nobody(scene, outcome, operation)


def test_approve__straight_from_an_account_with_code__is_refused_until_the_code_is_gone(
    scene: Scene, caller: bytes
) -> None:
    """Nothing tells this transaction from one that the code made, so an account with code has to sign instead."""
    delegated(scene, "bob", caller)
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    data = own_approval(scene, operation)
    refused_as_nobody(scene, scene.chain.send(scene.address("bob"), scene.vault, data), operation)
    refused_as_nobody(scene, send_delegating(scene, "bob", scene.vault, data, delegate=caller), operation)
    # The neighbour: the delegation is taken back in the very transaction that approves.
    scene.must(send_delegating(scene, "bob", scene.vault, data, delegate=NO_CODE))
    assert scene.lane(operation[1])[1].approvals == {scene.seat("bob")}


def test_approve__signature_of_a_member_with_code__counts(scene: Scene, caller: bytes) -> None:
    """A signature is the key's, whatever the account runs."""
    delegated(scene, "bob", caller)
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    scene.give(operation, "bob", "cat", "dan")
    assert scene.status(operation) is Status.WAITING


def test_approve__in_the_constructor_of_a_contract_that_the_member_creates__is_refused(scene: Scene) -> None:
    """While a contract is being created it has no code, and the member is the origin; but it is not the sender."""
    operation = scene.published("ann", [HIGH_VALUE_CALL])
    data = own_approval(scene, operation)
    code = constructor_that_calls(scene.vault, data)
    outcome = scene.chain.send(scene.address("bob"), None, code)
    refused_as_nobody(scene, outcome, operation)
    scene.must(scene.approve(operation, [scene.own("bob", operation)], by="bob"))


def constructor_that_calls(target: bytes, data: bytes) -> bytes:
    """Return creation code that makes one call, and hands on the reason where it fails."""
    size = f"61{len(data):04x}"
    body = (
        size  # PUSH2 size
        + "80"  # DUP1
        + "61%04x"  # PUSH2 where the data stands
        + "5f39"  # PUSH0 CODECOPY: data to 0; size is left on the stack
        + "5f5f91"  # PUSH0 PUSH0 SWAP2: out size, out offset below, in size on top
        + "5f5f"  # PUSH0 PUSH0: in offset, value
        + "73"
        + target.hex()  # PUSH20 target
        + "5af1"  # GAS CALL
        + "3d5f5f3e"  # RETURNDATASIZE PUSH0 PUSH0 RETURNDATACOPY
        + "61%04x57"  # PUSH2 end JUMPI: to the end where it succeeded
        + "3d5ffd"  # RETURNDATASIZE PUSH0 REVERT
        + "5b00"  # end: JUMPDEST STOP
    )
    length = len(bytes.fromhex(body.replace("%04x", "0000")))
    return bytes.fromhex(body % (length, length - 2)) + data


@pytest.mark.parametrize("act", ["veto", "withdraw", "suspend"])
def test_act__by_delegated_code__can_only_take_power_away(scene: Scene, caller: bytes, act: str) -> None:
    """What stops something needs no more than the address: the worst that bad code does is to stop too much."""
    operation = scene.waiting("ann", [STANDARD_CALL])
    delegated(scene, "bob", caller)
    arguments: dict[str, tuple[Any, ...]] = {
        "veto": (operation[1], scene.id_of(operation)),
        "withdraw": (operation,),
        "suspend": (scene.address("bob"),),
    }
    before = scene.roster()
    data = passing(scene, data_of(act, *arguments[act]))
    scene.must(scene.chain.send(MALLORY, scene.address("bob"), data))
    assert scene.status(operation) in {Status.VETOED, Status.PROPOSED, Status.WAITING}
    after = scene.roster()
    assert after.approvers <= before.approvers
    assert after.proposers <= before.proposers
    assert not scene.execute("eve", operation).succeeded


def test_propose__by_delegated_code__publishes_and_approves_nothing(scene: Scene, caller: bytes) -> None:
    """mallory makes ann's account publish. It is one proposal like any other: a quorum of others has to read it."""
    delegated(scene, "ann", caller)
    operation = scene.operation("ann", [call(to=MALLORY, value=1)])
    data = passing(scene, data_of("propose", operation, []))
    scene.must(scene.chain.send(MALLORY, scene.address("ann"), data))
    assert scene.status(operation) is Status.PROPOSED
    entries = [
        (scene.seat(name), scene.publication(operation), NO_SIGNATURE) for name in ("bob", "cat", "dan")
    ]
    data = passing(scene, data_of("approve", operation, entries))
    assert not scene.chain.send(MALLORY, scene.address("ann"), data).succeeded
    assert scene.lane(operation[1])[1].approvals == frozenset()
