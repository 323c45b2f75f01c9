"""Values of the model for Hypothesis, with the edges of every field."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from verifier.model.address import Address
from verifier.model.asset import Asset, AssetTerms, Counterparty, Use
from verifier.model.bypass import BypassRecord, BypassTerms, Verdict
from verifier.model.configuration import Configuration, Seating
from verifier.model.lane import Lane
from verifier.model.life import Status
from verifier.model.member import Attributes, Kind, MemberRecord, MemberStatus, Role
from verifier.model.operation import Approval, Call, Operation, Publication, Signature
from verifier.model.roster import Roster
from verifier.model.rule import Measure, Rule, Ruling
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import (
    BlockNumber,
    Duration,
    Epoch,
    Hours,
    LaneIndex,
    MemberIndex,
    Person,
    Sequence,
    Timestamp,
    Units,
    Wei,
)
from verifier.model.word import SeatSet


def uints(bits: int) -> st.SearchStrategy[int]:
    """Yield numbers that fit into so many bits, the largest one often."""
    most = (1 << bits) - 1
    return st.one_of(st.integers(0, most), st.sampled_from([0, 1, most]))


def sints(bits: int) -> st.SearchStrategy[int]:
    half = 1 << (bits - 1)
    return st.one_of(st.integers(-half, half - 1), st.sampled_from([-half, -1, 0, half - 1]))


addresses = st.one_of(st.binary(min_size=20, max_size=20), st.just(bytes(20))).map(Address)
seats = st.integers(0, 63).map(MemberIndex)
seat_sets: st.SearchStrategy[SeatSet] = st.frozensets(seats)
timestamps = uints(40).map(Timestamp)

calls = st.builds(Call, target=addresses, value=uints(256).map(Wei), data=st.binary(max_size=300))
operations = st.builds(
    Operation,
    calls=st.lists(calls, max_size=5).map(tuple),
    lane=uints(16).map(LaneIndex),
    sequence=uints(32).map(Sequence),
    approve_by=timestamps,
)
publications = st.builds(Publication, block=uints(32).map(BlockNumber), parent=uints(32))
words = st.binary(min_size=32, max_size=32)
approvals = st.builds(
    Approval,
    seat=seats,
    publication=publications,
    signature=st.builds(Signature, r=words, s=words, v=uints(8)),
)
lanes = st.builds(
    Lane,
    approvals=seat_sets,
    epoch=uints(32).map(Epoch),
    moment=timestamps,
    grace_hours=uints(16).map(Hours),
    publication=publications,
    sequence=uints(32).map(Sequence),
    status=st.sampled_from(Status),
    tier=st.sampled_from(Tier),
    seat_operation=st.booleans(),
    objected=st.booleans(),
    withdrawals=st.booleans(),
)
rosters = st.builds(
    Roster,
    approvers=seat_sets,
    security=seat_sets,
    proposers=seat_sets,
    epoch=uints(32).map(Epoch),
    supermajority=uints(8),
    windows=st.frozensets(st.sampled_from(Tier)),
)


def _hurried(terms: TierTerms, expedited: int | None) -> TierTerms:
    """Return the terms with such a delay left by break-glass; the whole delay is said by None alone."""
    if expedited is None or expedited == terms.delay:
        return terms
    return replace(terms, expedited_delay=Duration(expedited))


_plain_terms = st.builds(
    TierTerms,
    quorum=uints(8),
    security_approvals=uints(8),
    delay=uints(32).map(Duration),
    grace_hours=uints(16).map(Hours),
    opens_at=uints(8),
    closes_at=uints(8),
    weekdays=uints(8),
    segregated=uints(8),
)
tier_terms = st.builds(_hurried, _plain_terms, st.none() | uints(32))
attributes = st.builds(
    Attributes,
    employer=uints(32),
    utc_offset=sints(16),
    place=st.tuples(sints(24), sints(24), sints(24)),
)
roles = st.integers(0, 63).map(Role)
records = st.builds(
    MemberRecord,
    seat=seats,
    status=st.sampled_from(MemberStatus),
    roles=roles,
    kind=st.sampled_from(Kind),
    seasoned_at=timestamps,
    seated_in_block=uints(32).map(BlockNumber),
    person=uints(32).map(Person),
    attributes=attributes,
)
asset_terms = st.builds(
    AssetTerms,
    routine_limit=uints(64).map(Units),
    high_value_from=uints(64).map(Units),
    decimals=uints(8),
    level=uints(64).map(Units),
    filled_at=timestamps,
)
measures = st.builds(
    Measure,
    asset=addresses,
    amount_at=uints(8),
    counterparty_at=uints(8),
    words=uints(8),
    uses=st.integers(0, 3).map(Use),
)
rules = st.builds(Rule, measure=st.none() | measures)
bypass_records = st.builds(
    BypassRecord,
    at=timestamps,
    former_ready_at=timestamps,
    lane=uints(16).map(LaneIndex),
    seats=seat_sets,
    verdict=st.sampled_from(Verdict),
    reviewer=uints(32).map(Person),
    reviewed_at=timestamps,
)
bypass_terms = st.builds(
    BypassTerms,
    limit=uints(8),
    review_hours=uints(16).map(Hours),
    count=uints(32),
    first_unreviewed=uints(32),
    counted_from=uints(32),
)
configurations = st.builds(
    Configuration,
    founders=st.lists(
        st.builds(
            Seating, member=addresses, person=uints(32).map(Person), roles=roles, attributes=attributes
        ),
        max_size=5,
    ).map(tuple),
    tiers=st.tuples(tier_terms, tier_terms, tier_terms, tier_terms),
    supermajority=uints(8),
    assets=st.lists(st.builds(Asset, asset=addresses, terms=asset_terms), max_size=3).map(tuple),
    counterparties=st.lists(
        st.builds(Counterparty, account=addresses, uses=st.integers(0, 3).map(Use)), max_size=3
    ).map(tuple),
    rules=st.lists(
        st.builds(Ruling, target=addresses, selector=st.binary(min_size=4, max_size=4), rule=rules),
        max_size=3,
    ).map(tuple),
    registry=addresses,
)
