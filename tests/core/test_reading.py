"""Reading a vault through honest endpoints: what is there, and why it is believed."""

from __future__ import annotations

import pytest
from eth_hash.auto import keccak

from tests.core.one_vault import (
    ANN,
    ASSET,
    BOB,
    COMPANIONS,
    CY,
    FOUNDING,
    OPERATION,
    OWLS,
    OWLS_KEY,
    ROSTER,
    RULE,
    SELECTOR,
    STATE,
    TERMS,
    TOKEN,
    VAULT,
    node,
    read,
    reader,
    severities,
    with_bypasses,
    with_owls,
)
from verifier.chain import layout
from verifier.chain.endpoint import Endpoint
from verifier.chain.panel import Panel
from verifier.errors import (
    CodeHashUnexpected,
    CompanionMissing,
    CompanionUnexpected,
    FoundingUnexpected,
    NumberOutOfRange,
    VaultMissing,
)
from verifier.model.asset import Use
from verifier.model.bypass import BypassRecord, BypassTerms
from verifier.model.companions import Companion
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.lane import Lane
from verifier.model.life import Status
from verifier.model.units import ChainId, Hours, LaneIndex, MemberIndex, Timestamp
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


def test_read_policy__rules__of_the_functions_that_were_asked_about() -> None:
    source = reader(node("a"), node("b"), needed=2)
    functions = [(TOKEN, SELECTOR), (TOKEN, b"\0\0\0\1"), (CY, SELECTOR)]
    policy = source.read_policy(source.read_vault(), functions=functions)
    assert {function: fact.value for function, fact in policy.rules.items()} == {(TOKEN, SELECTOR): RULE}
    assert policy.rules[TOKEN, SELECTOR].evidence is Evidence.PROVEN
    assert policy.joined(source.read_policy(source.read_vault(), accounts=[CY])).rules == policy.rules


def test_read_vault__registry_and_companions__as_stored_and_as_pinned() -> None:
    reading = read(node("a"), node("b"), needed=2)
    assert reading.registry.value == COMPANIONS.duty_registry
    assert reading.registry.evidence is Evidence.PROVEN
    assert reading.companions == COMPANIONS
    assert reading.groups.value == frozenset()


def test_read_vault__group__with_its_key_and_its_holders() -> None:
    one = with_owls(node())
    reading = read(one)
    owls = reading.member(OWLS)
    assert owls
    assert owls.group == OWLS_KEY
    assert owls.persons == OWLS_KEY.holders
    assert reading.groups.value == {MemberIndex(5)}
    ann = reading.member(ANN)
    assert ann
    assert (ann.group, ann.persons) == (None, (1,))
    assert one.round_trips == 3


BYPASSED = BypassRecord(
    at=Timestamp(1_700_000_000),
    former_ready_at=Timestamp(1_700_086_400),
    lane=OPERATION.lane,
    seats=frozenset({MemberIndex(0)}),
)


def test_read_bypasses__none_and_no_terms__the_usual_ones() -> None:
    source = reader(node("a"), node("b"), needed=2)
    found = source.read_bypasses(source.read_vault())
    assert (found.terms.limit, found.terms.review_hours, found.bypasses) == (3, 72, {})
    assert found.evidence is Evidence.PROVEN


@pytest.mark.parametrize(
    ("count", "first", "limit", "expected"),
    [
        (2, 0, 3, [0, 1]),
        (5, 5, 3, [2, 3, 4]),  # as many of the latest as the limit
        (5, 1, 3, [1, 2, 3, 4]),  # and all that come after an unreviewed one
        (5, 5, 9, [0, 1, 2, 3, 4]),
    ],
)
def test_read_bypasses__those_that_decide_about_a_further_one(
    count: int, first: int, limit: int, expected: list[int]
) -> None:
    terms = BypassTerms(limit=limit, review_hours=Hours(48), count=count, first_unreviewed=first)
    source = reader(with_bypasses(node(), terms, dict.fromkeys(range(count), BYPASSED)))
    found = source.read_bypasses(source.read_vault())
    assert found.terms == terms
    assert list(found.bypasses) == expected
    assert set(found.records.values()) == {BYPASSED}
    last = found.bypasses[count - 1]
    assert int.from_bytes(last.operation_id, "big") == 999 + count
    assert int.from_bytes(last.findings, "big") == 1_999 + count


def test_read_bypasses__ledger_of_any_bits__no_endless_list() -> None:
    one = with_bypasses(node(), BypassTerms(limit=3, review_hours=Hours(72)), {})
    one.accounts[COMPANIONS.bypass_ledger].storage[layout.bypass_terms(VAULT)] = (1 << 256) - 1
    one.seal()
    source = reader(one)
    assert len(source.read_bypasses(source.read_vault()).bypasses) <= 1_001


def companion(code: bytes = b"ledger") -> Companion:
    return Companion(name="bypass_ledger", address=COMPANIONS.bypass_ledger, code_hash=keccak(code))


def test_require_companions__where_they_have_to_be__said_why() -> None:
    terms = BypassTerms(limit=3, review_hours=Hours(72))
    source = reader(with_bypasses(node("a"), terms, {}), with_bypasses(node("b"), terms, {}), needed=2)
    assert source.require_companions(source.read_vault(), [companion()]) is Evidence.PROVEN


def test_require_companions__nothing_or_something_else_there__refused() -> None:
    source = reader(node())
    with pytest.raises(CompanionMissing) as missing:
        source.require_companions(source.read_vault(), [companion()])
    assert "bypass ledger" in str(missing.value)
    source = reader(with_bypasses(node(), BypassTerms(limit=3, review_hours=Hours(72)), {}))
    with pytest.raises(CompanionUnexpected) as other:
        source.require_companions(source.read_vault(), [companion(b"another")])
    assert (other.value.expected, other.value.actual) == (keccak(b"another"), keccak(b"ledger"))


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
