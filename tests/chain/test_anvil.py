"""The reader and the writer against a real node, with a vault on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from eth_account import Account
from eth_hash.auto import keccak

from tests.anvil import CHAIN_ID, Anvil, start_anvil
from tests.chain.readers import panel, reader
from tests.frost.group import Group
from tests.stage import (
    DAY,
    ETHER,
    STRANGER,
    USUAL_TIERS,
    Actor,
    Stage,
    as_words,
    call,
    companion,
    configuration,
    creation_of,
    found,
    release,
)
from verifier.chain import layout
from verifier.chain.endpoint import Call, Endpoint
from verifier.chain.http import HttpTransport
from verifier.chain.panel import Panel
from verifier.chain.writer import TransactionWriter
from verifier.decode.operations import encode_call
from verifier.decode.signatures import interface
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
from verifier.model.bypass import Verdict
from verifier.model.evidence import Evidence
from verifier.model.group import pack_holders
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role
from verifier.model.reading import TransactionTerms
from verifier.model.rule import Measure, Rule
from verifier.model.tier import Tier
from verifier.model.units import ChainId, LaneIndex, MemberIndex, OperationId, Person, Timestamp, Units, Wei
from verifier.sign.consent import require_approval
from verifier.sign.typed import digest_of, id_of, register_group_hash
from verifier.store.release import release_companions

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
        responses = super().post(calls)
        return [
            {"result": []} if method == "eth_getLogs" else response
            for (method, _), response in zip(calls, responses, strict=True)
        ]


def test_find_operation__node_that_drops_events__from_the_transaction(stage: Stage) -> None:
    operation = stage.operation("ann", [call(to=STRANGER, value=ETHER)])
    stage.must(stage.propose("ann", operation))
    stage.chain.mine(3)
    source = reader(stage)
    reading = source.read_vault()

    blind = Panel([Endpoint(WithoutLogs(stage.chain.url))], needed=1, chain_id=ChainId(CHAIN_ID))
    source._panel = blind
    found_operation = source.find_operation(reading, reading.queue[0])
    assert found_operation.operation
    assert id_of(found_operation.operation) == stage.id_of(operation)
    assert [finding.rule for finding in found_operation.findings] == ["event-dropped"]


def test_find_operations__several_lanes__all_of_them_and_their_transactions_approvals(stage: Stage) -> None:
    made = [stage.operation("ann", [call(to=STRANGER, value=i + 1)], nth=i) for i in range(3)]
    signed = [stage.sign(name, made[0]) for name in ("bob", "cy")]
    sent = [stage.must(stage.propose("ann", each, signed if each is made[0] else [])) for each in made]
    source = reader(stage, count=2)
    reading = source.read_vault()
    found = source.find_operations(reading, reading.queue)
    assert [id_of(each.operation) for each in found if each.operation] == [stage.id_of(each) for each in made]
    transactions = [bytes.fromhex(each.receipt["transactionHash"][2:]) for each in sent]
    assert [each.transaction for each in found] == transactions
    assert all(each.findings == () for each in found)

    approvals = source.read_approvals(reading, found)
    first, second, _ = (approvals[OperationId(stage.id_of(each))] for each in made)
    assert first.approvals
    assert [approval.seat for approval in first.approvals] == [stage.seat("bob"), stage.seat("cy")]
    for approval, name in zip(first.approvals, ("bob", "cy"), strict=True):
        require_approval(
            approval,
            first.operation_id,
            member=reading.members.value[MemberIndex(stage.seat(name))],
            chain_id=ChainId(CHAIN_ID),
            vault=Address(stage.vault),
        )
    assert (first.evidence, second.approvals) == (Evidence.AGREED, ())


@pytest.mark.parametrize("tag", ["safe", "finalized"])
def test_read_vault__block_at_rest__of_a_real_node(stage: Stage, tag: str) -> None:
    stage.chain.mine(80)
    for count in (1, 2):
        reading = reader(stage, count=count, tag=tag).read_vault()
        assert reading.head.number < int(stage.chain.block()["number"], 16)
        assert reading.roster.value == stage.roster()


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


def test_read_vault__group__its_key_and_holders_as_added(stage: Stage) -> None:
    owls, holders = Group.new("owls"), (Person(7), Person(8), Person(9))
    packed = pack_holders(holders)
    struct = register_group_hash(Address(owls.account), Role.APPROVER, packed)
    proof = owls.sign(digest_of(struct, chain_id=ChainId(CHAIN_ID), vault=Address(stage.vault)))
    arguments = (owls.account, owls.x, owls.y, int(Role.APPROVER), list(packed), as_words((0, 0, proof)))
    stage.must(stage.send(stage.vault, "addGroup", *arguments))
    reading = reader(stage, count=2).read_vault()
    member = reading.member(Address(owls.account))
    assert member
    assert member.group
    assert (member.group.x, member.persons, member.record.kind) == (owls.x, holders, owls.prefix)
    assert reading.groups.value == {member.record.seat}
    person = stage.chain.storage(stage.vault, layout.person(holders[2]))
    assert person == int.from_bytes(owls.account, "big")


def test_read_policy__rule_and_registry__as_set(stage: Stage) -> None:
    rule = Rule(measure=Measure(asset=NATIVE, amount_at=1, counterparty_at=0, words=2, uses=Use.RECIPIENT))
    stage.must(stage.send(stage.vault, "setRule", STRANGER, 0x01020304, rule.pack()))
    stage.must(stage.send(stage.vault, "setRegistry", companion("duty_registry")))
    source = reader(stage, count=2)
    reading = source.read_vault()
    function = (Address(STRANGER), bytes.fromhex("01020304"))
    policy = source.read_policy(reading, functions=[function, (Address(STRANGER), bytes(4))])
    assert {key: fact.value for key, fact in policy.rules.items()} == {function: rule}
    assert reading.registry.value == companion("duty_registry")
    assert source.require_companions(reading, release_companions()) is Evidence.PROVEN


def test_read_policy__bucket__as_an_approved_operation_filled_it(stage: Stage) -> None:
    operation = stage.operation("ann", [call(to=STRANGER, value=ETHER // 2)])
    stage.must(stage.propose("ann", operation, [stage.sign(name, operation) for name in ("bob", "cy")]))
    source = reader(stage)
    policy = source.read_policy(source.read_vault(), assets=[NATIVE])
    filled = ETHER_TERMS.filled_to(Units(500_000), Timestamp(stage.chain.now()))
    assert policy.assets[NATIVE].value == filled


def test_read_bypasses__as_the_ledger_recorded_and_reviewed_them(stage: Stage) -> None:
    ledger = companion("bypass_ledger")
    source = reader(stage)
    assert source.read_bypasses(source.read_vault()).terms.count == 0

    def to_ledger(function: str, *arguments: Any, by: bytes) -> None:
        data = interface("bypass_ledger").function(function).encode(*arguments)
        stage.must(stage.chain.send(by, ledger, data))

    seats = sum(1 << stage.seat(name) for name in ("ann", "bob"))
    to_ledger("record", b"\x05" * 32, 3, 2_000_000_000, seats, by=stage.vault)
    recorded_at = stage.chain.now()
    to_ledger("record", b"\x06" * 32, 4, 2_000_000_001, seats, by=stage.vault)
    aud = stage.add(Actor.new("aud", Role.AUDITOR))
    attributes = aud.attributes.pack()
    stage.must(stage.send(stage.vault, "addMember", aud.address, aud.person, int(Role.AUDITOR), attributes))
    to_ledger("review", Address(stage.vault), 0, b"\x07" * 32, True, by=aud.address)

    found_ledger = source.read_bypasses(source.read_vault())
    assert (found_ledger.terms.count, found_ledger.terms.first_unreviewed) == (2, 1)
    first, second = found_ledger.bypasses[0], found_ledger.bypasses[1]
    assert (first.operation_id, second.operation_id) == (b"\x05" * 32, b"\x06" * 32)
    assert (first.record.at, first.record.former_ready_at) == (recorded_at, 2_000_000_000)
    assert first.record.lane == 3
    assert first.record.seats == {stage.seat("ann"), stage.seat("bob")}
    assert (first.record.verdict, first.record.reviewer) == (Verdict.JUSTIFIED, aud.person)
    assert first.findings == b"\x07" * 32
    assert second.record.verdict is Verdict.UNREVIEWED


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
    # Sent once more it is not made again; another one with its nonce is not taken.
    for _ in range(2):
        with pytest.raises(CallerNotVault):
            writer.send(signed(terms, to=Address(stage.vault), data=data))
    with pytest.raises(TransactionRejected):
        writer.send(signed(terms, to=Address(stage.vault), data=data, value=1))
