"""The reader and the writer against a real node, with a vault on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from eth_account import Account
from eth_hash.auto import keccak

from tests.anvil import CHAIN_ID, Anvil, start_anvil
from tests.stage import (
    DAY,
    ETHER,
    STRANGER,
    USUAL_TIERS,
    Actor,
    Stage,
    call,
    configuration,
    creation_of,
    found,
    release,
)
from verifier.chain import layout
from verifier.chain.endpoint import Call, Endpoint
from verifier.chain.http import HttpTransport
from verifier.chain.panel import Panel
from verifier.chain.reader import VaultReader
from verifier.chain.writer import TransactionWriter
from verifier.decode.operations import encode_call
from verifier.errors import (
    CodeHashUnexpected,
    FoundingUnexpected,
    TransactionRejected,
    TransactionUnmined,
    VaultMissing,
    WrongChain,
)
from verifier.errors.operations import CallerNotVault
from verifier.model.address import Address
from verifier.model.asset import NATIVE, AssetTerms, Use
from verifier.model.evidence import Evidence
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role
from verifier.model.reading import TransactionTerms
from verifier.model.tier import Tier
from verifier.model.units import ChainId, LaneIndex, Units, Wei
from verifier.sign.typed import id_of
from verifier.store.release import companion_addresses

ENGINEER = Role.PROPOSER | Role.APPROVER
ETHER_TERMS = AssetTerms(routine_limit=Units(10**6), high_value_from=Units(10**7), decimals=18)
ASSETS = [(NATIVE, ETHER_TERMS.pack())]
COUNTERPARTIES = [(STRANGER, int(Use.RECIPIENT))]


@pytest.fixture
def chain() -> Iterator[Anvil]:
    with start_anvil() as running:
        yield running


@pytest.fixture
def stage(chain: Anvil) -> Stage:
    people = [
        Actor.new("ann", ENGINEER),
        *(Actor.new(name, Role.APPROVER | Role.SECURITY) for name in ("bob", "cy", "dee", "eve")),
        Actor.new("gus", Role.GUARDIAN),
    ]
    return found(chain, people, value=100 * ETHER, assets=ASSETS, counterparties=COUNTERPARTIES)


def panel(chain: Anvil, *, count: int = 1, chain_id: int = CHAIN_ID) -> Panel:
    """Return endpoints at the same node, under different names: agreement needs several."""
    port = chain.url.rpartition(":")[2]
    hosts = ("127.0.0.1", "localhost")[:count]
    endpoints = [Endpoint(HttpTransport(f"http://{host}:{port}")) for host in hosts]
    return Panel(endpoints, needed=count, chain_id=ChainId(chain_id))


def reader(
    stage: Stage, *, count: int = 1, founding: bytes | None = None, chain_id: int = CHAIN_ID
) -> VaultReader:
    return VaultReader(
        panel(stage.chain, count=count, chain_id=chain_id),
        vault=Address(stage.vault),
        code_hash=bytes.fromhex(release()["code_hash"][2:]),
        founding=founding,
        companions=companion_addresses(),
    )


def test_read_vault__just_founded__what_it_was_founded_with(stage: Stage) -> None:
    reading = reader(stage, count=2).read_vault()
    assert reading.head.evidence is Evidence.AGREED
    assert reading.balance.value == 100 * ETHER
    assert reading.tiers.value == USUAL_TIERS
    assert reading.roster.value == stage.roster()
    assert {m.address for m in reading.members.value.values()} == {a.address for a in stage.actors.values()}
    assert reading.queue == ()
    for fact in (reading.roster, reading.tiers, reading.members, reading.lanes, reading.code_hash):
        assert fact.evidence is Evidence.PROVEN
    assert reading.findings == ()


def test_read_vault__operations_in_all_states__the_queue_and_its_bytes(stage: Stage) -> None:
    paid = stage.operation("ann", [call(to=STRANGER, value=ETHER)], nth=0)
    vetoed = stage.operation("ann", [call(to=STRANGER, value=2 * ETHER)], nth=1)
    waiting = stage.operation("ann", [call(to=STRANGER, value=3 * ETHER)], nth=2)
    stage.must(stage.propose("ann", paid))
    stage.must(stage.propose("ann", vetoed))
    stage.must(stage.propose("ann", waiting, [stage.sign(name, waiting) for name in ("bob", "cy", "dee")]))
    stage.must(stage.send("eve", "veto", vetoed[1], stage.id_of(vetoed)))
    source = reader(stage)
    reading = source.read_vault()
    assert {lane.lane: reading.status(lane) for lane in reading.lanes.value} == {
        LaneIndex(0): Status.PROPOSED,
        LaneIndex(1): Status.VETOED,
        LaneIndex(2): Status.WAITING,
    }
    assert [lane.lane for lane in reading.queue] == [0, 2]
    for lane in reading.lanes.value:
        operation = source.find_operation(reading, lane).operation
        assert operation
        assert id_of(operation) == lane.operation_id
        assert lane.state == stage.lane(lane.lane)[1]
    assert reading.lanes.value[2].state.approvals == {stage.seat(name) for name in ("bob", "cy", "dee")}


class WithoutLogs(HttpTransport):
    """A node that drops events."""

    def post(self, calls: Sequence[Call]) -> list[Any]:
        return [{"result": []}] if calls[0][0] == "eth_getLogs" else super().post(calls)


def test_find_operation__node_that_drops_events__from_the_transaction(stage: Stage) -> None:
    operation = stage.operation("ann", [call(to=STRANGER, value=ETHER)])
    stage.must(stage.propose("ann", operation))
    stage.chain.mine(3)
    source = reader(stage)
    reading = source.read_vault()

    blind = Panel([Endpoint(WithoutLogs(stage.chain.url))], needed=1, chain_id=ChainId(CHAIN_ID))
    source._panel = blind
    found_operation = source.find_operation(reading, reading.queue[0]).operation
    assert found_operation
    assert id_of(found_operation) == stage.id_of(operation)


def test_read_vault__suspended_and_withdrawn__said_so(stage: Stage) -> None:
    operation = stage.operation("ann", [call(to=STRANGER, value=ETHER)])
    stage.must(stage.propose("ann", operation, [stage.sign("bob", operation)]))
    stage.must(stage.send("bob", "withdraw", operation))
    stage.must(stage.send("gus", "suspend", stage.address("cy")))
    reading = reader(stage).read_vault()
    cy = reading.member(Address(stage.address("cy")))
    assert cy
    assert cy.record.status is MemberStatus.SUSPENDED
    assert cy.suspension
    assert cy.suspension.guardian_person == stage.actors["gus"].person
    assert cy.suspension.lapses_at == stage.chain.now() + 14 * DAY + USUAL_TIERS[Tier.CUSTODY].delay
    assert reading.queue[0].withdrawn == {stage.seat("bob")}


def test_read_policy__as_founded__proven(stage: Stage) -> None:
    source = reader(stage, count=2)
    policy = source.read_policy(
        source.read_vault(), assets=[NATIVE, Address(STRANGER)], accounts=[Address(STRANGER)]
    )
    assert {asset: fact.value for asset, fact in policy.assets.items()} == {NATIVE: ETHER_TERMS}
    assert policy.counterparties[Address(STRANGER)].value == Use.RECIPIENT
    assert policy.assets[NATIVE].evidence is Evidence.PROVEN


def test_read_vault__pins__held(stage: Stage) -> None:
    founders = list(stage.actors.values())
    creation = creation_of(configuration(founders, assets=ASSETS, counterparties=COUNTERPARTIES))
    founding = keccak(creation.removeprefix(bytes.fromhex(release()["creation_code"][2:])))
    assert reader(stage, founding=founding).read_vault().founding.value == founding
    with pytest.raises(FoundingUnexpected):
        reader(stage, founding=bytes(32)).read_vault()
    with pytest.raises(WrongChain):
        reader(stage, chain_id=1).read_vault()
    stage.vault = STRANGER
    with pytest.raises(VaultMissing):
        reader(stage).read_vault()
    stage.chain.set_code(STRANGER, b"\x00")
    stage.chain.mine()
    with pytest.raises(CodeHashUnexpected):
        reader(stage).read_vault()


def test_layout__every_word_that_views_show__the_same(stage: Stage) -> None:
    ann = stage.address("ann")
    assert stage.chain.storage(stage.vault, layout.record(Address(ann))) == stage.member("ann").pack()
    assert stage.chain.storage(stage.vault, layout.ROSTER) == stage.roster().pack()
    person = layout.person(stage.member("ann").person)
    assert stage.chain.storage(stage.vault, person) == int.from_bytes(ann, "big")


# -------------------------------------------------------------------------------------------------------------- Writing

SENDER = Account.from_key(keccak(b"sender"))
SENDER_ADDRESS = Address(bytes.fromhex(SENDER.address[2:]))


def signed(terms: TransactionTerms, *, to: Address, data: bytes, value: int = 0) -> bytes:
    transaction = {
        "chainId": terms.chain_id,
        "nonce": terms.nonce,
        "gas": terms.gas,
        "maxFeePerGas": terms.max_fee,
        "maxPriorityFeePerGas": terms.priority_fee,
        "to": to,
        "data": data,
        "value": value,
    }
    return bytes(SENDER.sign_transaction(transaction).raw_transaction)


def test_send__a_payment__receipt(chain: Anvil) -> None:
    chain.set_balance(SENDER_ADDRESS, 10 * ETHER)
    writer = TransactionWriter(panel(chain), pause=0.01)
    terms = writer.terms(sender=SENDER_ADDRESS, to=Address(STRANGER), data=b"", value=Wei(ETHER))
    receipt = writer.send(signed(terms, to=Address(STRANGER), data=b"", value=ETHER))
    assert chain.balance(STRANGER) == ETHER
    assert receipt.block == int(chain.block()["number"], 16)
    assert receipt.contract is None


def test_send__no_block_takes_it_in__said_to_be_so_and_not_lost() -> None:
    with start_anvil("--no-mining") as chain:
        chain.set_balance(SENDER_ADDRESS, 10 * ETHER)
        writer = TransactionWriter(panel(chain), patience=0.1, pause=0.01)
        terms = writer.terms(sender=SENDER_ADDRESS, to=Address(STRANGER), data=b"", value=Wei(1))
        transaction = signed(terms, to=Address(STRANGER), data=b"", value=1)
        with pytest.raises(TransactionUnmined) as unmined:
            writer.send(transaction)
        assert unmined.value.transaction == keccak(transaction)


def test_terms__what_the_vault_refuses__its_error_before_anything_is_sent(stage: Stage) -> None:
    stage.chain.set_balance(SENDER_ADDRESS, 10 * ETHER)
    writer = TransactionWriter(panel(stage.chain))
    data = encode_call("removeMember", SENDER_ADDRESS)
    with pytest.raises(CallerNotVault) as refused:
        writer.terms(sender=SENDER_ADDRESS, to=Address(stage.vault), data=data, value=Wei(0))
    assert refused.value.caller == SENDER_ADDRESS


def test_send__what_the_vault_refuses__its_error_after_it_failed(stage: Stage) -> None:
    stage.chain.set_balance(SENDER_ADDRESS, 10 * ETHER)
    writer = TransactionWriter(panel(stage.chain), pause=0.01)
    terms = TransactionTerms(
        chain_id=ChainId(CHAIN_ID), nonce=0, gas=1_000_000, max_fee=Wei(10**9), priority_fee=Wei(0)
    )
    data = encode_call("removeMember", SENDER_ADDRESS)
    with pytest.raises(CallerNotVault):
        writer.send(signed(terms, to=Address(stage.vault), data=data))
    with pytest.raises(TransactionRejected):
        writer.send(signed(terms, to=Address(stage.vault), data=data))  # the nonce is used
