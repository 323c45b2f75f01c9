"""What the client hashes is what the contract hashes: for hundreds of operations, against a deployed vault."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.anvil import CHAIN_ID, Anvil, start_anvil
from tests.core import strategies
from tests.stage import Actor, Stage, found
from verifier.decode.operations import abi_of, encode_call
from verifier.model.address import Address
from verifier.model.member import Role
from verifier.model.operation import Operation, Publication
from verifier.model.units import ChainId
from verifier.sign.typed import approve_digest, id_of

# 600 operations at least, in batches of one round trip each.
BATCHES = 60
LEAST_IN_A_BATCH = 10
MOST_IN_A_BATCH = 20
MEMBER = Role.PROPOSER | Role.APPROVER


@pytest.fixture(scope="module")
def chain() -> Iterator[Anvil]:
    with start_anvil() as running:
        yield running


@pytest.fixture(scope="module")
def stage(chain: Anvil) -> Stage:
    return found(
        chain, [Actor.new(name, MEMBER | Role.SECURITY) for name in ("ann", "bob", "cy", "dee", "eve")]
    )


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
