"""Storage words: there and back, and the same layout as in Solidity."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core import strategies
from tests.core.release import read_source
from tests.core.strategies import uints
from verifier.errors import NumberOutOfRange
from verifier.model.asset import ASSET_TERMS, AssetTerms
from verifier.model.bypass import BYPASS_RECORD, BYPASS_TERMS, BypassRecord, BypassTerms, Verdict
from verifier.model.group import pack_holders, unpack_holders
from verifier.model.lane import EMPTY_LANE, LANE_STATE, Lane
from verifier.model.life import Status
from verifier.model.member import (
    ATTRIBUTES,
    MEMBER_RECORD,
    STRANGER,
    Attributes,
    MemberRecord,
    MemberStatus,
    Role,
)
from verifier.model.operation import APPROVAL_HEAD, UNPUBLISHED, Approval, Publication
from verifier.model.roster import ROSTER, Roster
from verifier.model.rule import RULE, Rule
from verifier.model.tier import TIER_TERMS, TierTerms
from verifier.model.units import Epoch, Hours, MemberIndex
from verifier.model.word import WordLayout, bits_of, seats_in

WORDS = [
    (strategies.lanes, Lane),
    (strategies.rosters, Roster),
    (strategies.tier_terms, TierTerms),
    (strategies.attributes, Attributes),
    (strategies.records, MemberRecord),
    (strategies.asset_terms, AssetTerms),
    (strategies.publications, Publication),
    (strategies.rules, Rule),
    (strategies.bypass_records, BypassRecord),
    (strategies.bypass_terms, BypassTerms),
]


@pytest.mark.parametrize(("values", "kind"), WORDS, ids=lambda thing: getattr(thing, "__name__", None))
@given(data=st.data())
def test_unpack__what_pack_gave__the_same_value(
    values: st.SearchStrategy[Any], kind: Any, data: st.DataObject
) -> None:
    value = data.draw(values)
    word = value.pack()
    assert 0 <= word < 1 << 256
    assert kind.unpack(word) == value


@given(uints(256))
def test_pack__any_word_unpacked__the_same_bits_where_the_layout_is_full(word: int) -> None:
    assert LANE_STATE.width == 256
    assert Lane.unpack(word).pack() == word
    assert TierTerms.unpack(word).pack() == word
    assert Attributes.unpack(word).pack() == word & (1 << 120) - 1
    assert Roster.unpack(word).pack() == word & (1 << ROSTER.width) - 1


@pytest.mark.parametrize(
    ("layout", "source"),
    [
        (LANE_STATE, "types/LaneState.sol"),
        (ROSTER, "types/Roster.sol"),
        (TIER_TERMS, "types/TierTerms.sol"),
        (ATTRIBUTES, "types/Attributes.sol"),
        (MEMBER_RECORD, "types/MemberRecord.sol"),
        (ASSET_TERMS, "types/AssetTerms.sol"),
        (APPROVAL_HEAD, "types/ApprovalHead.sol"),
        (RULE, "types/Rule.sol"),
        (BYPASS_RECORD, "types/Bypass.sol"),
        (BYPASS_TERMS, "types/Bypass.sol"),
    ],
    ids=lambda thing: getattr(thing, "name", None),
)
def test_layout__comment_in_solidity__the_same_fields(layout: WordLayout, source: str) -> None:
    comment = r"lowest bit first:\n((?:///   .*\n)+)(?:///.*\n)*type (\w+) is"
    written = {name: text for text, name in re.findall(comment, read_source(source))}
    fields = re.findall(r"(\w+) (\d+)\b", written[layout.name])
    assert layout.fields == tuple((name, int(width)) for name, width in fields)


@pytest.mark.parametrize("number", [-1, 1 << 40])
def test_pack__number_beyond_its_field__refused(number: int) -> None:
    lane = replace(EMPTY_LANE, moment=number)  # type: ignore[arg-type]
    with pytest.raises(NumberOutOfRange) as refused:
        lane.pack()
    assert "moment of LaneState" in str(refused.value)
    assert replace(EMPTY_LANE, moment=(1 << 40) - 1).pack()  # type: ignore[arg-type]


@pytest.mark.parametrize(("shift", "number"), [(8, 7), (16, 64), (24, 1), (24, 4)])
def test_unpack__record_with_what_does_not_exist__refused(shift: int, number: int) -> None:
    with pytest.raises(NumberOutOfRange):
        MemberRecord.unpack(number << shift)
    assert MemberRecord.unpack((number - 1) << shift).pack() == (number - 1) << shift


@pytest.mark.parametrize("word", [3 << 192, 1, (2 << 192) | (4 << 184)])
def test_unpack__rule_with_what_does_not_exist__refused(word: int) -> None:
    with pytest.raises(NumberOutOfRange):
        Rule.unpack(word)


def test_unpack__verdict_that_does_not_exist__refused() -> None:
    with pytest.raises(NumberOutOfRange):
        BypassRecord.unpack(3 << 160)
    assert BypassRecord.unpack(2 << 160).verdict is Verdict.UNJUSTIFIED


@given(st.lists(st.integers(1, (1 << 32) - 1), max_size=24))
def test_unpack_holders__what_pack_gave__the_same_persons(persons: list[int]) -> None:
    words = pack_holders(persons)
    assert list(unpack_holders(words)) == persons
    assert all(0 <= word < 1 << 256 for word in words)


def test_unpack__zero__empty_lane_and_stranger() -> None:
    assert EMPTY_LANE.status is Status.UNKNOWN
    assert STRANGER.status is MemberStatus.STRANGER
    assert STRANGER.roles == Role(0)
    assert Publication.unpack(0) == UNPUBLISHED
    assert AssetTerms.unpack(0) is None
    assert Rule.unpack(0) is None


@given(strategies.seat_sets)
def test_seats_in__bits_of_seats__the_same_seats(seats: frozenset[MemberIndex]) -> None:
    assert seats_in(bits_of(seats)) == seats


def test_at_next_epoch__last_epoch__begins_anew() -> None:
    last = Roster.unpack(((1 << 32) - 1) << 192)
    assert last.at_next_epoch().epoch == 0
    assert replace(last, epoch=Epoch(6)).at_next_epoch().epoch == 7


def test_member__each_status__what_it_may() -> None:
    def having(status: MemberStatus) -> MemberRecord:
        return replace(STRANGER, status=status)

    assert {s.name for s in MemberStatus if having(s).is_active} == {"ACTIVE", "RETURNED"}
    assert {s.name for s in MemberStatus if having(s).may_stop} == {"ACTIVE", "RETURNED", "SUSPENDED"}
    assert {s.name for s in MemberStatus if not having(s).is_seated} == {"STRANGER", "REMOVED"}


@given(strategies.lanes, st.integers(-2, 2))
def test_status_at__around_its_moments__both_ends_included(lane: Lane, step: int) -> None:
    def at(moment: int) -> Status:
        return lane.status_at(moment + step)  # type: ignore[arg-type]

    ends = lane.moment + 3600 * lane.grace_hours
    match lane.status:
        case Status.PROPOSED:
            assert at(lane.moment) == (Status.PROPOSED if step <= 0 else Status.EXPIRED)
        case Status.WAITING if lane.grace_hours:
            assert at(lane.moment) == (Status.WAITING if step < 0 else Status.READY)
            assert at(ends) == (Status.READY if step <= 0 else Status.EXPIRED)
        case Status.WAITING:
            assert at(ends) == (Status.WAITING if step < 0 else Status.READY if step == 0 else Status.EXPIRED)
        case stored:
            assert at(lane.moment) == stored


def test_window__weekdays_and_quarters__utc() -> None:
    terms = TierTerms.unpack(0)
    monday_to_friday = replace(terms, opens_at=36, closes_at=72, weekdays=0b11111, grace_hours=Hours(24))
    monday_nine = 1_700_469_000 // 86_400 * 86_400 + 9 * 3_600  # 2023-11-20 was a Monday
    for moment, is_open in [
        (monday_nine - 1, False),
        (monday_nine, True),
        (monday_nine + 9 * 3_600 - 1, True),
        (monday_nine + 9 * 3_600, False),
        (monday_nine - 86_400, False),
        (monday_nine + 4 * 86_400, True),
        (monday_nine + 5 * 86_400, False),
    ]:
        assert monday_to_friday.is_open_at(moment) is is_open, moment  # type: ignore[arg-type]


@given(strategies.approvals)
def test_head__of_an_approval__seat_publication_and_v(approval: Approval) -> None:
    fields = APPROVAL_HEAD.unpack(approval.head)
    assert fields["seat"] == approval.seat
    assert fields["publication"] == approval.publication.pack()
    assert fields["v"] == approval.signature.v
    assert approval.is_own_transaction == (fields["v"] == 0)
