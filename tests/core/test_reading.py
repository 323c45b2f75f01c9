"""Reading a vault through honest endpoints: what is there, and why it is believed."""

from __future__ import annotations

import pytest
from eth_hash.auto import keccak

from tests.core.one_vault import (
    ANN,
    ASSET,
    BOB,
    CY,
    FOUNDING,
    OPERATION,
    ROSTER,
    STATE,
    TERMS,
    TOKEN,
    VAULT,
    node,
    read,
    reader,
    severities,
)
from verifier.chain import layout
from verifier.chain.endpoint import Endpoint
from verifier.chain.panel import Panel
from verifier.errors import (
    CodeHashUnexpected,
    FoundingUnexpected,
    NumberOutOfRange,
    VaultMissing,
)
from verifier.model.asset import Use
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.lane import Lane
from verifier.model.life import Status
from verifier.model.units import (
    ChainId,
    LaneIndex,
)
from verifier.sign.typed import id_of


def test_read_vault__two_honest_endpoints__everything_proven() -> None:
    reading = read(node("a"), node("b"), needed=2)
    assert reading.head.number == 7
    assert reading.head.evidence is Evidence.AGREED
    assert reading.findings == ()
    for fact in (
        reading.roster,
        reading.tiers,
        reading.members,
        reading.lanes,
        reading.founding,
        reading.balance,
    ):
        assert fact.evidence is Evidence.PROVEN
    assert reading.roster.value == ROSTER
    assert list(reading.tiers.value) == TERMS
    assert (reading.founding.value, reading.balance.value) == (FOUNDING, 5)


def test_read_vault__members__by_seat_with_a_guardians_suspension() -> None:
    reading = read(node())
    assert {seat: member.address for seat, member in reading.members.value.items()} == {0: ANN, 1: BOB}
    bob = reading.member(BOB)
    assert bob
    assert bob.suspension
    assert (bob.suspension.guardian_person, bob.suspension.lapses_at) == (9, 1_900_000_000)
    assert reading.member(CY) is None
    ann = reading.member(ANN)
    assert ann
    assert ann.suspension is None


def test_read_vault__lanes__those_of_a_seat_just_left_too() -> None:
    reading = read(node())
    assert [lane.lane for lane in reading.lanes.value] == [3, 9, 20]
    assert [lane.lane for lane in reading.queue] == [3, 20]
    assert [lane.withdrawn for lane in reading.lanes.value] == [frozenset(), frozenset(), {1}]
    lane = reading.lane(LaneIndex(3))
    assert lane
    assert reading.status(lane) is Status.PROPOSED
    assert (lane.operation_id, lane.state, lane.proposer) == (id_of(OPERATION), STATE, 0)
    assert reading.lane(LaneIndex(4)) is None


def test_read_vault__one_endpoint__only_claimed_and_said_so() -> None:
    reading = read(node())
    assert reading.head.evidence is Evidence.CLAIMED
    assert reading.lanes.evidence is Evidence.CLAIMED
    assert severities(reading) == {"one-endpoint": Severity.WARNING}


def test_read_vault__one_of_two_needed__only_claimed() -> None:
    assert read(node("a"), node("b"), needed=1).lanes.evidence is Evidence.CLAIMED


def test_read_vault__endpoints_a_block_apart__the_block_that_both_have() -> None:
    ahead = node("ahead")
    behind = node("behind")
    ahead.seal()
    reading = read(ahead, behind, needed=2)
    assert reading.head.number == 7
    assert reading.head.agreeing == ("ahead", "behind")
    assert reading.findings == ()


def test_read_vault__round_trips__few() -> None:
    one = node()
    read(one)
    assert one.round_trips == 3


def test_read_policy__listed_and_not__with_evidence() -> None:
    source = reader(node("a"), node("b"), needed=2)
    policy = source.read_policy(source.read_vault(), assets=[TOKEN, ANN, TOKEN], accounts=[CY, BOB])
    assert {asset: fact.value for asset, fact in policy.assets.items()} == {TOKEN: ASSET}
    assert {account: fact.value for account, fact in policy.counterparties.items()} == {CY: Use.RECIPIENT}
    assert policy.assets[TOKEN].evidence is Evidence.PROVEN


# ---------------------------------------------------------------------------------------------------------------- Pins


def test_read_vault__no_code__missing() -> None:
    one = node()
    del one.accounts[VAULT]
    one.seal()
    with pytest.raises(VaultMissing):
        read(one)


def test_read_vault__other_code__refused() -> None:
    one = node()
    one.accounts[VAULT].code = b"clone"
    one.seal()
    with pytest.raises(CodeHashUnexpected) as refused:
        read(one)
    assert refused.value.actual == keccak(b"clone")


def test_read_vault__other_founding__refused_unless_none_is_pinned() -> None:
    with pytest.raises(FoundingUnexpected):
        reader(node(), founding=bytes(32)).read_vault()
    assert reader(node(), founding=None).read_vault().founding.value == FOUNDING


@pytest.mark.parametrize(("names", "needed"), [(["a"], 2), (["a", "a"], 2), (["a"], 0), ([], 1)])
def test_panel__more_needed_than_there_are_hosts__refused(names: list[str], needed: int) -> None:
    with pytest.raises(NumberOutOfRange):
        Panel([Endpoint(node(name)) for name in names], needed=needed, chain_id=ChainId(1))


def test_read_vault__lane_word_of_any_bits__no_exception() -> None:
    one = node()
    one.accounts[VAULT].storage[layout.lane_state(OPERATION.lane)] = (1 << 256) - 1
    one.seal()
    lane = read(one).lane(OPERATION.lane)
    assert lane
    assert lane.state == Lane.unpack((1 << 256) - 1)
