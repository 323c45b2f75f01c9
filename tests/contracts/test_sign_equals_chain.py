"""What the client hashes is what the contract hashes: for hundreds of operations, against a deployed vault.

Ids and approvals the vault says itself. Of the other messages it says nothing, so a signature over the client's digest
must be taken, and one over the digest of another value refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.anvil import CHAIN_ID, Anvil, start_anvil
from tests.core import strategies
from tests.frost.group import Group
from tests.stage import (
    ETHER,
    HOUR,
    NATIVE,
    STRANGER,
    USUAL_TIERS,
    Actor,
    Stage,
    as_words,
    call,
    found,
)
from tests.stage import (
    Operation as StagedOperation,
)
from verifier.decode.operations import abi_of, encode_call
from verifier.model.address import Address
from verifier.model.asset import AssetTerms
from verifier.model.group import pack_holders
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role
from verifier.model.operation import Operation, Publication
from verifier.model.tier import Tier
from verifier.model.units import ChainId, Duration, Epoch, MemberIndex, OperationId, Timestamp, Units
from verifier.sign.typed import (
    approve_digest,
    digest_of,
    expedite_digest,
    id_of,
    register_group_hash,
    suspend_self_hash,
    veto_hash,
    withdraw_hash,
)

# 600 operations at least, in batches of one round trip each.
BATCHES = 60
LEAST_IN_A_BATCH = 10
MOST_IN_A_BATCH = 20
MEMBER = Role.PROPOSER | Role.APPROVER
NAMES: Final = ("ann", "bob", "cy", "dee", "eve")
PAYEE: Final = bytes.fromhex("9a" * 20)
OWLS: Final = Group.new("owls")
HOLDERS: Final = pack_holders([1, 2, 3])
HURRIED: Final = Duration(HOUR)
TIERS: Final = tuple(
    replace(terms, expedited_delay=HURRIED) if tier == Tier.STANDARD else terms
    for tier, terms in enumerate(USUAL_TIERS)
)
LIMITS: Final = AssetTerms(
    routine_limit=Units(1_000_000), high_value_from=Units(100_000_000), decimals=18
).pack()
Says = Callable[[bytes], tuple[bytes, bytes, bytes]]


@pytest.fixture(scope="module")
def chain() -> Iterator[Anvil]:
    with start_anvil() as running:
        yield running


@pytest.fixture(scope="module")
def stage(chain: Anvil) -> Stage:
    return found(
        chain,
        [Actor.new(name, MEMBER | Role.SECURITY | Role.BREAK_GLASS) for name in NAMES],
        tiers=TIERS,
        assets=[(NATIVE, LIMITS)],
        counterparties=[(PAYEE, 1)],
        value=10 * ETHER,
    )


@pytest.fixture
def members(stage: Stage) -> Iterator[Stage]:
    """The same vault with a group beside its five founders; whatever a test does to it is undone."""
    with stage.chain.isolate():
        assert register(stage, HOLDERS, HOLDERS)
        yield stage


def eth_calls(stage: Stage, data: list[bytes]) -> list[bytes]:
    to = "0x" + stage.vault.hex()
    answers = stage.chain.batch(
        [("eth_call", [{"to": to, "data": "0x" + one.hex()}, "latest"]) for one in data]
    )
    return [bytes.fromhex(answer[2:]) for answer in answers]


@settings(max_examples=BATCHES, suppress_health_check=list(HealthCheck))
@given(
    operations=st.lists(strategies.operations, min_size=LEAST_IN_A_BATCH, max_size=MOST_IN_A_BATCH),
    publication=strategies.publications,
)
def test_id_and_digest__any_operation__what_the_contract_says(
    stage: Stage, operations: list[Operation], publication: Publication
) -> None:
    ids = [id_of(operation) for operation in operations]
    assert eth_calls(stage, [encode_call("idOf", abi_of(operation)) for operation in operations]) == ids
    digests = [
        approve_digest(id_, publication, chain_id=ChainId(CHAIN_ID), vault=Address(stage.vault))
        for id_ in ids
    ]
    asked = [encode_call("approvalDigest", id_, publication.pack()) for id_ in ids]
    assert eth_calls(stage, asked) == digests


def struct_digest(stage: Stage, struct: bytes) -> bytes:
    return digest_of(struct, chain_id=ChainId(CHAIN_ID), vault=Address(stage.vault))


def register(stage: Stage, shown: tuple[int, int, int], signed: tuple[int, int, int]) -> bool:
    """Return whether the vault took in a group that was shown with these holders, and signed for those."""
    struct = register_group_hash(Address(OWLS.account), Role.APPROVER, signed)
    proof = as_words((0, 0, OWLS.sign(struct_digest(stage, struct))))
    arguments = (OWLS.account, OWLS.x, OWLS.y, int(Role.APPROVER), list(shown), proof)
    return stage.send(stage.vault, "addGroup", *arguments).succeeded


def of_owls(stage: Stage, struct: bytes) -> tuple[int, bytes, bytes]:
    """Return what the group said, as the ABI wants it."""
    seat = stage.member(OWLS.account).seat
    return as_words((seat, 0, OWLS.sign(struct_digest(stage, struct))))


def waiting(stage: Stage) -> tuple[StagedOperation, OperationId, Publication]:
    """Return a STANDARD operation that ann published, and the group with bob and cy approved."""
    operation = stage.operation("ann", [call(to=PAYEE, value=2 * ETHER)])
    stage.must(stage.propose("ann", operation))
    operation_id, publication = stage.id_of(operation), stage.publication(operation)
    digest = bytes(stage.read("approvalDigest", operation_id, publication)[0])
    by_owls = (stage.member(OWLS.account).seat, publication, OWLS.sign(digest))
    by_bob, by_cy = (stage.sign_published(name, operation) for name in ("bob", "cy"))
    stage.must(stage.approve(operation, [by_owls, by_bob, by_cy]))
    assert stage.status(operation) is Status.WAITING
    return operation, OperationId(operation_id), Publication.unpack(publication)


def test_register_group__holders_as_signed__taken_and_others_refused(stage: Stage) -> None:
    with stage.chain.isolate():
        assert not register(stage, HOLDERS, pack_holders([1, 2, 4]))
        assert register(stage, HOLDERS, HOLDERS)


def test_expedite__ready_at_as_signed__taken_and_another_refused(members: Stage) -> None:
    operation, operation_id, publication = waiting(members)
    ready_at = members.lane(operation[1])[1].moment

    def hurry(moment: int) -> bool:
        digest = expedite_digest(
            operation_id,
            publication,
            Timestamp(moment),
            chain_id=ChainId(CHAIN_ID),
            vault=Address(members.vault),
        )
        signers: list[tuple[int, Says]] = [
            (members.seat(name), members.actors[name].sign) for name in ("bob", "cy")
        ]
        signers.append((members.member(OWLS.account).seat, OWLS.sign))
        consents = [as_words((seat, publication.pack(), says(digest))) for seat, says in signers]
        return members.send(STRANGER, "expedite", operation, consents).succeeded

    assert not hurry(ready_at + 1)
    assert hurry(ready_at)
    assert members.lane(operation[1])[1].moment == members.chain.now() + HURRIED


def test_veto__id_as_signed__taken_and_another_refused(members: Stage) -> None:
    operation, operation_id, _ = waiting(members)
    another = of_owls(members, veto_hash(OperationId(bytes(32))))
    assert not members.send(STRANGER, "vetoAsGroup", operation, another).succeeded
    members.must(members.send(STRANGER, "vetoAsGroup", operation, of_owls(members, veto_hash(operation_id))))
    assert members.status(operation) is Status.VETOED


def test_withdraw__publication_as_signed__taken_and_another_refused(members: Stage) -> None:
    operation, operation_id, publication = waiting(members)

    def take_back(of: Publication) -> Any:
        proof = of_owls(members, withdraw_hash(operation_id, of))
        return members.send(STRANGER, "withdrawAsGroup", operation, proof)

    assert not take_back(replace(publication, parent=publication.parent ^ 1)).succeeded
    members.must(take_back(publication))
    assert members.status(operation) is Status.PROPOSED


def test_suspend_self__epoch_as_signed__taken_and_another_refused(members: Stage) -> None:
    seat, epoch = members.member(OWLS.account).seat, members.roster().epoch

    def leave(in_epoch: int) -> Any:
        struct = suspend_self_hash(MemberIndex(seat), Epoch(in_epoch))
        return members.send(STRANGER, "suspendAsGroup", of_owls(members, struct))

    assert not leave(epoch + 1).succeeded
    members.must(leave(epoch))
    assert members.member(OWLS.account).status is MemberStatus.SELF_SUSPENDED
