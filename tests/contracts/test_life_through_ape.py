"""The whole life of operations as a deployer's tool sees it: Ape deploys the released bytecode, sends and reads errors.

Ape's accounts sign typed data as wallets do, so none of this project's own encoding stands between them and the vault.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import ape
import pytest
from ape.api import AccountAPI, ReceiptAPI
from ape.contracts import ContractContainer, ContractInstance
from ape.managers.chain import ChainManager
from eth_account.messages import encode_typed_data
from ethpm_types import ContractType

from tests.contracts.scene import ETHER_TERMS
from tests.contracts.through_ape import deploy_companions
from tests.stage import DAY, ETHER, HOUR, NATIVE, NOBODY, USUAL_TIERS, abi, release
from verifier.model.life import Status
from verifier.model.member import Role
from verifier.model.tier import Tier

SECURE = Role.PROPOSER | Role.APPROVER | Role.SECURITY
ROLES = [Role.PROPOSER | Role.APPROVER, SECURE, SECURE, Role.APPROVER, Role.APPROVER, Role.GUARDIAN]
GUARDIAN = 5
STRANGER = 6
PAYEE = "0x" + "9A" * 20
ON_THE_EQUATOR = 1 | 8_388_607 << 48

TYPES = {
    "EIP712Domain": [
        {"name": "name", "type": "string"},
        {"name": "version", "type": "string"},
        {"name": "chainId", "type": "uint256"},
        {"name": "verifyingContract", "type": "address"},
    ],
    "Approve": [
        {"name": "operation", "type": "Operation"},
        {"name": "publication", "type": "uint64"},
    ],
    "Operation": [
        {"name": "calls", "type": "Call[]"},
        {"name": "lane", "type": "uint16"},
        {"name": "sequence", "type": "uint32"},
        {"name": "approveBy", "type": "uint40"},
    ],
    "Call": [
        {"name": "target", "type": "address"},
        {"name": "value", "type": "uint256"},
        {"name": "data", "type": "bytes"},
    ],
}

Operation = tuple[list[tuple[str, int, bytes]], int, int, int]
Approval = tuple[int, bytes, bytes]


@pytest.fixture
def vault(accounts: list[AccountAPI], chain: ChainManager) -> ContractInstance:
    """The released vault with five approvers and a guardian, and 1,000 ether in it."""
    deploy_companions(accounts[0], chain)
    contract_type = ContractType.model_validate(
        {
            "contractName": "Vault",
            "abi": abi(),
            "deploymentBytecode": {"bytecode": release()["creation_code"]},
        }
    )
    founders = [
        (accounts[seat].address, seat + 1, int(roles), ON_THE_EQUATOR) for seat, roles in enumerate(ROLES)
    ]
    tiers = [terms.pack() for terms in USUAL_TIERS]
    assets = [("0x" + NATIVE.hex(), ETHER_TERMS)]
    no_registry = "0x" + NOBODY.hex()
    configuration: tuple[Any, ...] = (founders, tiers, 4, assets, [(PAYEE, 1)], [], no_registry)
    return accounts[0].deploy(ContractContainer(contract_type), configuration, value=1_000 * ETHER)


def sign(vault: ContractInstance, account: AccountAPI, operation: Operation, publication: int) -> Approval:
    """Return an approval by an account, whose seat is its number among the founders."""
    calls, lane, sequence, approve_by = operation
    message = encode_typed_data(
        full_message={
            "types": TYPES,
            "primaryType": "Approve",
            "domain": {
                "name": "Fourth Signer",
                "version": "1",
                "chainId": vault.provider.chain_id,
                "verifyingContract": vault.address,
            },
            "message": {
                "operation": {
                    "calls": [{"target": t, "value": v, "data": d} for t, v, d in calls],
                    "lane": lane,
                    "sequence": sequence,
                    "approveBy": approve_by,
                },
                "publication": publication,
            },
        }
    )
    signature = account.sign_message(message)
    assert signature is not None
    seat = vault.memberOf(account.address) & 0xFF
    # Ape leaves out the zeros that a number begins with: once in 128 signatures.
    r, s = (bytes(part).rjust(32, b"\x00") for part in (signature.r, signature.s))
    return (publication << 16 | seat << 8 | signature.v, r, s)


def payment(chain: ChainManager, ether: int) -> Operation:
    """Return a payment for the first lane of the first seat."""
    return ([(PAYEE, ether * ETHER, b"")], 0, 1, chain.pending_timestamp + 7 * DAY)


def publication_of(vault: ContractInstance, operation: Operation) -> int:
    state: int = vault.lane(operation[1])[1]
    return state >> 152 & 2**64 - 1


def status_of(vault: ContractInstance, operation: Operation) -> Status:
    return Status(vault.lane(operation[1])[2])


def ready_at(vault: ContractInstance, operation: Operation) -> int:
    state: int = vault.lane(operation[1])[1]
    return state >> 96 & 2**40 - 1


@contextmanager
def refuses(vault: ContractInstance, error: Any, **facts: Any) -> Iterator[None]:
    """Fail unless what is inside is refused with this error and these facts, and changes nothing."""

    def seen() -> tuple[Any, ...]:
        return (*(vault.lane(lane) for lane in (0, 8)), vault.roster(), vault.balance)

    before = seen()
    with ape.reverts(error, **facts):
        yield
    assert seen() == before


def only_event(receipt: ReceiptAPI) -> Any:
    (event,) = receipt.events
    return event


def test_life__of_a_high_value_payment__from_publication_to_execution(
    vault: ContractInstance, accounts: list[AccountAPI], chain: ChainManager
) -> None:
    operation = payment(chain, 100)
    operation_id = vault.idOf(operation)
    paid = chain.provider.get_balance(PAYEE)
    with refuses(vault, vault.MemberNotActive, member=accounts[STRANGER].address, status=0):
        vault.propose(operation, [], sender=accounts[STRANGER])
    published = only_event(vault.propose(operation, [], sender=accounts[0]))
    assert (published.id, published.event_name) == (operation_id, "Proposed")
    assert status_of(vault, operation) is Status.PROPOSED

    # Nobody signs a blank cheque: a signature made before publication is worth nothing here.
    publication = publication_of(vault, operation)
    early = sign(vault, accounts[1], operation, 0)
    with refuses(vault, vault.ApprovalPublicationUnexpected, seat=1, expected=publication, actual=0):
        vault.approve(operation, [early], sender=accounts[STRANGER])
    # And whoever publishes does not count.
    own = sign(vault, accounts[0], operation, publication)
    with refuses(vault, vault.ApprovalNotEligible, seat=0, eligible=0b11110):
        vault.approve(operation, [own], sender=accounts[0])

    approvals = [sign(vault, accounts[seat], operation, publication) for seat in (1, 3)]
    vault.approve(operation, approvals, sender=accounts[STRANGER])
    # The third one sends its own transaction.
    vault.approve(operation, [(publication << 16 | 4 << 8, bytes(32), bytes(32))], sender=accounts[4])
    assert status_of(vault, operation) is Status.WAITING

    with refuses(
        vault,
        vault.OperationStatusUnexpected,
        id=operation_id,
        expected=1 << Status.READY,
        actual=Status.WAITING,
    ):
        vault.execute(operation, sender=accounts[0])
    chain.mine(timestamp=ready_at(vault, operation))
    assert status_of(vault, operation) is Status.READY
    executed = only_event(vault.execute(operation, sender=accounts[GUARDIAN]))
    assert (executed.id, executed.by) == (operation_id, accounts[GUARDIAN].address)
    assert chain.provider.get_balance(PAYEE) - paid == 100 * ETHER


def test_life__of_a_near_miss__ends_with_the_fourth_signers_veto(
    vault: ContractInstance, accounts: list[AccountAPI], chain: ChainManager
) -> None:
    operation = payment(chain, 900)
    operation_id = vault.idOf(operation)
    vault.propose(operation, [], sender=accounts[0])
    publication = publication_of(vault, operation)
    approvals = [sign(vault, accounts[seat], operation, publication) for seat in (1, 2, 3)]
    vault.approve(operation, approvals, sender=accounts[0])
    assert status_of(vault, operation) is Status.WAITING

    chain.mine(timestamp=ready_at(vault, operation) - HOUR)
    vetoed = only_event(vault.veto(0, operation_id, sender=accounts[4]))
    assert (vetoed.event_name, vetoed.by) == ("Vetoed", accounts[4].address)
    chain.mine(timestamp=ready_at(vault, operation))
    with refuses(
        vault,
        vault.OperationStatusUnexpected,
        id=operation_id,
        expected=1 << Status.READY,
        actual=Status.VETOED,
    ):
        vault.execute(operation, sender=accounts[0])
    assert vault.balance == 1_000 * ETHER


def test_life__of_a_removal__outlives_an_objection_with_a_supermajority(
    vault: ContractInstance, accounts: list[AccountAPI], chain: ChainManager
) -> None:
    data = bytes(vault.removeMember.encode_input(accounts[GUARDIAN].address))
    operation: Operation = ([(vault.address, 0, data)], 8, 1, chain.pending_timestamp + 14 * DAY)
    operation_id = vault.idOf(operation)
    with refuses(vault, vault.CallerNotVault, caller=accounts[0].address):
        vault.removeMember(accounts[GUARDIAN].address, sender=accounts[0])
    vault.propose(operation, [], sender=accounts[1])
    publication = publication_of(vault, operation)
    state = vault.lane(8)[1]
    with refuses(vault, vault.OperationNotVetoable, id=operation_id, state=state):
        vault.veto(8, operation_id, sender=accounts[3])
    with refuses(vault, vault.MemberIsSubject, member=accounts[GUARDIAN].address):
        vault.object(operation, sender=accounts[GUARDIAN])
    vault.object(operation, sender=accounts[3])

    approvals = [sign(vault, accounts[seat], operation, publication) for seat in (0, 2, 3, 4)]
    vault.approve(operation, approvals[:3], sender=accounts[STRANGER])
    assert status_of(vault, operation) is Status.PROPOSED
    vault.approve(operation, approvals[3:], sender=accounts[STRANGER])
    assert status_of(vault, operation) is Status.WAITING
    assert ready_at(vault, operation) == chain.blocks.head.timestamp + USUAL_TIERS[Tier.CUSTODY].delay
    chain.mine(timestamp=ready_at(vault, operation))
    vault.execute(operation, sender=accounts[1])
    assert vault.seat(GUARDIAN) == "0x" + "00" * 20


def test_life__through_withdrawal_and_cancellation__leaves_the_lane_to_the_next(
    vault: ContractInstance, accounts: list[AccountAPI], chain: ChainManager
) -> None:
    operation = payment(chain, 1)
    approvals = [sign(vault, accounts[seat], operation, 0) for seat in (1, 2)]
    vault.propose(operation, approvals, sender=accounts[0])
    assert status_of(vault, operation) is Status.WAITING
    vault.withdraw(operation, sender=accounts[1])
    assert status_of(vault, operation) is Status.PROPOSED
    with refuses(vault, vault.ApprovalWithdrawn, seat=1):
        vault.approve(operation, approvals, sender=accounts[0])
    with refuses(vault, vault.LaneOfOtherSeat, lane=0, expected=1, actual=0):
        vault.cancel(0, vault.idOf(operation), sender=accounts[1])
    vault.cancel(0, vault.idOf(operation), sender=accounts[0])
    assert status_of(vault, operation) is Status.CANCELLED

    following = (operation[0], 0, 2, operation[3])
    with refuses(vault, vault.LaneSequenceUnexpected, lane=0, expected=2, actual=1):
        vault.propose(operation, [], sender=accounts[0])
    vault.propose(following, [], sender=accounts[0])
    assert status_of(vault, following) is Status.PROPOSED
