"""One vault on a node in memory: two members, a seat just left, three lanes, and an operation to be found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from eth_hash.auto import keccak

from tests.core.events import event_data
from tests.fakenode import FakeAccount, FakeNode
from verifier.chain import layout
from verifier.chain.endpoint import Endpoint, Transport
from verifier.chain.panel import Panel
from verifier.chain.reader import VaultReader
from verifier.chain.retries import Retries
from verifier.decode.operations import PROPOSED_TOPIC, encode_propose
from verifier.model.address import Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.bypass import BypassRecord, BypassTerms
from verifier.model.companions import Companions
from verifier.model.finding import Severity
from verifier.model.group import Group, pack_holders
from verifier.model.lane import EMPTY_LANE
from verifier.model.life import Status
from verifier.model.member import STRANGER, Kind, MemberRecord, MemberStatus, Role
from verifier.model.operation import UNPUBLISHED, Approval, Call, Operation, Publication, Signature
from verifier.model.reading import VaultReading
from verifier.model.roster import Roster
from verifier.model.rule import Measure, Rule
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import (
    BlockNumber,
    ChainId,
    Duration,
    Epoch,
    Hours,
    LaneIndex,
    MemberIndex,
    Person,
    Timestamp,
    Units,
    Wei,
)
from verifier.model.units import (
    Sequence as SequenceNumber,
)
from verifier.model.word import bits_of
from verifier.sign.typed import id_of

AT_ONCE = Retries(sleep=lambda _: None)
"""Asking again without waiting."""

VAULT = Address(b"\x11" * 20)
TOKEN = Address(b"\x22" * 20)
ANN, BOB, CY = (Address(bytes([i]) * 20) for i in (0xA1, 0xB2, 0xC3))
COMPANIONS = Companions(
    checks=Address(b"\xd1" * 20),
    duty_registry=Address(b"\xd2" * 20),
    strategy_limits=Address(b"\xd3" * 20),
    bypass_ledger=Address(b"\xd4" * 20),
    validation=Address(b"\xd5" * 20),
)
CODE = b"the code of the vault"
FOUNDING = keccak(b"configuration")
ROSTER = Roster(
    approvers=frozenset({MemberIndex(0), MemberIndex(1)}),
    security=frozenset(),
    proposers=frozenset({MemberIndex(0)}),
    epoch=Epoch(3),
    supermajority=2,
    windows=frozenset(),
)
TERMS = [
    TierTerms(quorum=2 + tier, security_approvals=0, delay=Duration(86_400), grace_hours=Hours(24))
    for tier in Tier
]
OPERATION = Operation(
    calls=(Call(target=TOKEN, value=Wei(0), data=b"\xde\xad\xbe\xef"),),
    lane=LaneIndex(3),
    sequence=SequenceNumber(1),
    approve_by=Timestamp(1_800_000_000),
)
PUBLISHED_IN = 4
STATE = replace(
    EMPTY_LANE,
    moment=OPERATION.approve_by,
    publication=Publication(block=BlockNumber(PUBLISHED_IN), parent=7),
    sequence=SequenceNumber(1),
    status=Status.PROPOSED,
    tier=Tier.CUSTODY,
)
SENT_AS = keccak(b"transaction")
APPROVALS = (
    Approval(
        seat=MemberIndex(1),
        publication=UNPUBLISHED,
        signature=Signature(r=b"\x01" * 32, s=b"\x02" * 32, v=27),
    ),
)
ASSET = AssetTerms(routine_limit=Units(1), high_value_from=Units(2), decimals=6)


SELECTOR = b"\xde\xad\xbe\xef"
RULE = Rule(measure=Measure(asset=TOKEN, amount_at=0, counterparty_at=1, words=2, uses=Use.RECIPIENT))
OWLS = Address(b"\xd7" * 20)
OWLS_KEY = Group(x=(1 << 255) + 5, holders=(Person(11), Person(12), Person(13)))


def with_owls(made: FakeNode) -> FakeNode:
    """Return the node with a group in seat 5 of the vault, in one more block."""
    words = made.accounts[VAULT].storage
    words[layout.GROUP_SEATS] = bits_of([MemberIndex(5)])
    words[layout.seat(MemberIndex(5))] = layout.SEAT.pack(member=int.from_bytes(OWLS, "big"), freeFrom=0)
    owls = replace(record(5, MemberStatus.ACTIVE, 0), kind=Kind.FROST_ODD)
    words[layout.record(OWLS)] = owls.pack()
    for slot, word in zip(layout.group(OWLS), (OWLS_KEY.x, *pack_holders(OWLS_KEY.holders)), strict=True):
        words[slot] = word
    made.seal()
    return made


def with_bypasses(made: FakeNode, terms: BypassTerms, records: Mapping[int, BypassRecord]) -> FakeNode:
    """Return the node with a ledger of bypasses, in one more block."""
    words = {layout.bypass_terms(VAULT): terms.pack()}
    for index, bypass in records.items():
        id_at, record_at, findings_at = layout.bypass(VAULT, index)
        words |= {id_at: 1_000 + index, record_at: bypass.pack(), findings_at: 2_000 + index}
    made.accounts[COMPANIONS.bypass_ledger] = FakeAccount(code=b"ledger", storage=words)
    made.seal()
    return made


def record(seat: int, status: MemberStatus, person: int) -> MemberRecord:
    return replace(
        STRANGER,
        seat=MemberIndex(seat),
        status=status,
        roles=Role.APPROVER,
        person=Person(person),
    )


def storage() -> dict[int, int]:
    """A vault with Ann and Bob, Bob suspended, and a seat that Cy left while an operation was open in it."""
    words = {
        layout.ROSTER: ROSTER.pack(),
        layout.FOUNDING: int.from_bytes(FOUNDING, "big"),
        layout.record(ANN): record(0, MemberStatus.ACTIVE, 1).pack(),
        layout.record(BOB): record(1, MemberStatus.SUSPENDED, 2).pack(),
        layout.suspension(BOB): layout.SUSPENSION.pack(guardianPerson=9, lapsesAt=1_900_000_000),
        layout.lane_id(OPERATION.lane): int.from_bytes(id_of(OPERATION), "big"),
        layout.lane_state(OPERATION.lane): STATE.pack(),
        layout.lane_id(LaneIndex(20)): 77,
        layout.lane_state(LaneIndex(20)): replace(STATE, withdrawals=True).pack(),
        layout.withdrawn(LaneIndex(20)): bits_of([MemberIndex(1)]),
        layout.lane_id(LaneIndex(9)): 78,
        layout.lane_state(LaneIndex(9)): replace(STATE, status=Status.VETOED).pack(),
        layout.asset(TOKEN): ASSET.pack(),
        layout.counterparty(CY): int(Use.RECIPIENT),
        layout.rule(TOKEN, SELECTOR): RULE.pack(),
        layout.REGISTRY: int.from_bytes(COMPANIONS.duty_registry, "big"),
    }
    for seat, (member, free_from) in enumerate([(ANN, 0), (BOB, 0), (Address(bytes(20)), 1_900_000_000)]):
        word = layout.SEAT.pack(member=int.from_bytes(member, "big"), freeFrom=free_from)
        words[layout.seat(MemberIndex(seat))] = word
    for tier in Tier:
        words[layout.terms(tier)] = TERMS[tier].pack()
    return words


def node(name: str = "a") -> FakeNode:
    """A chain of eight blocks with the vault, another account, and the operation's event and transaction."""
    made = FakeNode(name=name)
    made.accounts[VAULT] = FakeAccount(code=CODE, balance=5, storage=storage())
    made.accounts[TOKEN] = FakeAccount(code=b"token", storage={0: 1})
    for _ in range(8):
        made.seal()
    data = event_data(OPERATION, STATE)
    topics = ["0x" + PROPOSED_TOPIC.hex(), "0x" + id_of(OPERATION).hex()]
    event = {"topics": topics, "data": "0x" + data.hex(), "transactionHash": "0x" + SENT_AS.hex()}
    made.logs[PUBLISHED_IN] = [event]
    sent = {"hash": "0x" + SENT_AS.hex(), "input": "0x" + encode_propose(OPERATION, APPROVALS).hex()}
    made.transactions[PUBLISHED_IN] = [sent]
    return made


def reader(*transports: Transport, needed: int = 1, founding: bytes | None = FOUNDING) -> VaultReader:
    endpoints = [Endpoint(transport, retries=AT_ONCE) for transport in transports]
    panel = Panel(endpoints, needed=needed, chain_id=ChainId(1))
    return VaultReader(panel, vault=VAULT, code_hash=keccak(CODE), founding=founding, companions=COMPANIONS)


def read(*transports: Transport, needed: int = 1) -> VaultReading:
    return reader(*transports, needed=needed).read_vault()


def severities(reading: VaultReading) -> dict[str, Severity]:
    return {finding.rule: finding.severity for finding in reading.findings}
