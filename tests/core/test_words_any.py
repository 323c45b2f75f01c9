"""Storage that says anything at all, as liars make it: read as its bits are or refused in one sentence, and bounded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from eth_hash.auto import keccak
from hypothesis import given
from hypothesis import strategies as st

from tests.core.one_vault import ANN, BOB, CODE, COMPANIONS, CY, OWLS, SELECTOR, TOKEN, VAULT, storage
from verifier.assess.bypasses import terms_in_force
from verifier.chain import layout
from verifier.chain.ledger import bypasses_in, slots_of
from verifier.chain.proof import Account
from verifier.chain.vault import FIXED_SLOTS, Seating, make_reading
from verifier.chain.words import Words
from verifier.errors import NumberOutOfRange
from verifier.model.address import Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.bypass import Verdict
from verifier.model.evidence import Evidence
from verifier.model.member import Kind, MemberStatus, Role
from verifier.model.reading import Head, VaultReading
from verifier.model.rule import Rule
from verifier.model.tier import Tier
from verifier.model.units import (
    LANES_PER_SEAT,
    SEATS,
    BlockNumber,
    ChainId,
    LaneIndex,
    MemberIndex,
    Timestamp,
    Wei,
)

T = TypeVar("T")
MOST = (1 << 256) - 1
ACCOUNT = (1 << 160) - 1
NOW = Timestamp(1_800_000_000)
HEAD = Head(
    chain_id=ChainId(1),
    number=BlockNumber(8),
    hash=bytes(32),
    state_root=bytes(32),
    timestamp=NOW,
    evidence=Evidence.CLAIMED,
    agreeing=(),
    dissenting=(),
    silent=(),
)
LANES = [
    LaneIndex(seat * LANES_PER_SEAT + i) for seat in (0, 1, 2, SEATS - 1) for i in (0, LANES_PER_SEAT - 1)
]
MEMBERS = (ANN, BOB, CY, OWLS)
# Those that say who is there, and some that an honest vault of a few members has behind them.
SLOTS = [
    *FIXED_SLOTS,
    *(
        slot
        for lane in LANES
        for slot in (layout.lane_id(lane), layout.lane_state(lane), layout.withdrawn(lane))
    ),
    *(slot for one in MEMBERS for slot in (layout.record(one), layout.suspension(one), *layout.group(one))),
]
words = st.one_of(
    st.integers(0, MOST),
    st.sampled_from([0, 1, MOST, 1 << 255, ACCOUNT, ACCOUNT + 1, (1 << 64) - 1]),
    st.integers(0, 255).map(lambda bit: 1 << bit),
    st.sampled_from(MEMBERS).map(lambda account: int.from_bytes(account, "big")),
)
storages = st.dictionaries(st.sampled_from(SLOTS), words, max_size=16).map(lambda own: {**storage(), **own})


def tried(do: Callable[[], T]) -> tuple[T | None, str]:
    """Return what comes of it, or the one sentence by which it was refused."""
    try:
        return do(), ""
    except NumberOutOfRange as error:
        sentence = error.sentence()
    assert sentence.strip()
    assert "\n" not in sentence
    return None, sentence


def words_of(stored: dict[int, int], slots: Iterable[int]) -> Words:
    account = Account(balance=Wei(5), nonce=1, code_hash=keccak(CODE), storage_root=bytes(32))
    return Words(
        account=account, words={slot: stored.get(slot, 0) for slot in slots}, evidence=Evidence.CLAIMED
    )


def read(stored: dict[int, int]) -> VaultReading:
    fixed = words_of(stored, FIXED_SLOTS)
    slots = Seating(fixed, NOW).slots()
    # However much it says, no more than every seat has.
    assert len(slots) <= SEATS * (3 * LANES_PER_SEAT + 2 + 4)
    return make_reading(HEAD, VAULT, COMPANIONS, fixed, words_of(stored, slots), ())


def sitting(got: Mapping[int, int]) -> list[Address]:
    words_there = [got[layout.seat(MemberIndex(i))] & ACCOUNT for i in range(SEATS)]
    return [Address(word.to_bytes(20, "big")) for word in words_there if word]


def is_nobodys(record: int) -> bool:
    """Whether no vault wrote a member's word: a status, roles or a kind that there is not."""
    status, roles, kind = (bits(record, start, 8) for start in (8, 16, 24))
    return status > max(MemberStatus) or roles > sum(Role) or kind not in set(Kind)


def bits(word: int, start: int, width: int) -> int:
    return word >> start & (1 << width) - 1


@given(storages)
def test_vault__any_words__members_and_settings_as_their_bits_are(stored: dict[int, int]) -> None:
    got: dict[int, int] = defaultdict(int, stored)
    reading, refusal = tried(lambda: read(stored))
    assert bool(refusal) is any(is_nobodys(got[layout.record(one)]) for one in sitting(got))
    if reading is None:
        return
    seats = {i: got[layout.seat(MemberIndex(i))] & ACCOUNT for i in range(SEATS)}
    members = {int(i): int.from_bytes(one.address, "big") for i, one in reading.members.value.items()}
    assert members == {i: account for i, account in seats.items() if account}
    groups = got[layout.GROUP_SEATS]
    # Two seats may hold one account, and each has all that is said of it.
    keyed = {account for i, account in members.items() if bits(groups, i, 1)}
    for one in reading.members.value.values():
        assert (one.group is not None) is (int.from_bytes(one.address, "big") in keyed)
        assert int(one.record.status) == bits(got[layout.record(one.address)], 8, 8)
    assert [reading.tiers.value[tier].pack() for tier in Tier] == [got[layout.terms(tier)] for tier in Tier]
    assert int.from_bytes(reading.founding.value, "big") == got[layout.FOUNDING]
    assert int.from_bytes(reading.registry.value, "big") == got[layout.REGISTRY] & ACCOUNT
    assert {int(seat) for seat in reading.groups.value} == {i for i in range(SEATS) if bits(groups, i, 1)}


@given(storages)
def test_lanes__any_words__each_that_has_a_status_is_told_with_all_its_bits(stored: dict[int, int]) -> None:
    got: dict[int, int] = defaultdict(int, stored)
    if any(is_nobodys(got[layout.record(one)]) for one in sitting(got)):
        return
    told = {lane.lane: lane for lane in read(stored).lanes.value}
    for index, lane in told.items():
        assert lane.state.pack() == got[layout.lane_state(index)]
        assert int.from_bytes(lane.operation_id, "big") == got[layout.lane_id(index)]
        withdrawn = got[layout.withdrawn(index)] if lane.state.withdrawals else 0
        assert {int(seat) for seat in lane.withdrawn} == {i for i in range(SEATS) if bits(withdrawn, i, 1)}
    for index in LANES:
        seat = got[layout.seat(MemberIndex(index // LANES_PER_SEAT))]
        is_used = bool(seat & ACCOUNT) or bits(seat, 160, 40) >= NOW
        if is_used and index not in told:
            assert read_status(got[layout.lane_state(index)]) == 0


def read_status(state: int) -> int:
    """Return a lane's status by where the compiled contract has it: behind approvals, epoch, moment and the rest."""
    return bits(state, 64 + 32 + 40 + 16 + 64 + 32, 3)


@given(words)
def test_ledger__any_word__few_bypasses_and_the_latest(word: int) -> None:
    terms = terms_in_force(word)
    count = bits(word, 24, 32)
    slots = slots_of(VAULT, terms)
    assert len(slots) <= 3 * 1_001
    found, refusal = tried(lambda: bypasses_in(VAULT, terms, words_of(dict.fromkeys(slots, word), slots)))
    # The record's word is the same one, and its verdict may be one that there is not.
    assert bool(refusal) is (bits(word, 40 + 40 + 16 + 64, 8) > max(Verdict) and bool(count))
    if found is None:
        return
    assert all(0 <= index < count for index in found)
    assert bool(found) is bool(count)
    assert not count or count - 1 in found


@given(words, st.binary(min_size=20, max_size=20).map(Address))
def test_policy__any_word__there_and_back_or_nothing(word: int, account: Address) -> None:
    assert layout.asset(account) != layout.counterparty(account)
    terms = AssetTerms.unpack(word)
    assert (terms is None) is (word == 0)
    assert terms is None or AssetTerms.unpack(terms.pack()) == terms
    kind = bits(word, 160 + 32, 8)
    rule, refusal = tried(lambda: Rule.unpack(word))
    uses = bits(word, 160 + 24, 8)
    assert bool(refusal) is (word != 0 and kind != 1 and not (kind == 2 and uses <= sum(Use)))
    assert rule is None or Rule.unpack(rule.pack()) == rule
    assert layout.rule(account, SELECTOR) != layout.asset(TOKEN)
