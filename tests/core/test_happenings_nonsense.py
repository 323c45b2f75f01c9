"""Any reading, any journal and any events: a watcher never stops, and what it keeps and says is well-formed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core import strategies as values
from tests.core.vault_state import CHAIN, TOKEN
from tests.core.watched import Story
from tests.desk.fakes import COMPANIONS, VAULT
from verifier.assess.happenings import Look, OperationView, asked_of, judge_look, learn
from verifier.decode.signatures import interface
from verifier.decode.types import AbiType, Array, Leaf, Tuple
from verifier.model.event import Emitter, VaultEvent
from verifier.model.evidence import Evidence, Fact
from verifier.model.finding import Finding, Severity
from verifier.model.group import Group
from verifier.model.member import Member, Suspension
from verifier.model.reading import Bypass, BypassReading, LaneReading, PolicyReading, VaultReading
from verifier.model.roster import Roster
from verifier.model.simulation import Touched
from verifier.model.text import Shown
from verifier.model.tier import Tier
from verifier.model.units import BlockNumber, Epoch, LaneIndex, MemberIndex, OperationId, Timestamp
from verifier.model.watching import LogEvent, WatchedFact
from verifier.model.word import SeatSet

ids = st.sampled_from([bytes([i]) * 32 for i in range(4)]).map(OperationId)
hashes = st.sampled_from([bytes([0xA0 + i]) * 32 for i in range(4)])
accounts = st.sampled_from([VAULT, TOKEN, COMPANIONS.bypass_ledger]) | values.addresses
numbers = st.one_of(values.uints(256), st.integers(0, 9), values.uints(64))
evidences = st.sampled_from(Evidence)
lane_indices = st.integers(0, 511).map(LaneIndex) | st.integers(0, 3).map(LaneIndex)
seat_sets: st.SearchStrategy[SeatSet] = st.frozensets(st.integers(0, 7).map(MemberIndex))

lanes = st.builds(
    LaneReading,
    lane=lane_indices,
    operation_id=ids,
    state=values.lanes,
    withdrawn=seat_sets,
)
members = st.builds(
    Member,
    address=accounts,
    record=values.records,
    suspension=st.none()
    | st.builds(Suspension, guardian_person=values.uints(32), lapses_at=values.timestamps),
    group=st.none()
    | st.builds(Group, x=values.uints(256), holders=st.lists(values.uints(32), max_size=3).map(tuple)),
)
rosters = st.builds(
    Roster,
    approvers=seat_sets,
    security=seat_sets,
    proposers=seat_sets,
    epoch=values.uints(32).map(Epoch),
    supermajority=values.uints(8),
    windows=st.frozensets(st.sampled_from(Tier)),
)
bypasses = st.builds(
    Bypass, operation_id=ids, record=values.bypass_records, findings=st.binary(min_size=32, max_size=32)
)
touched = st.builds(
    Touched,
    address=accounts,
    code_hash=hashes,
    implementation=st.none() | accounts,
    evidence=evidences,
)
findings = st.builds(
    Finding,
    rule=st.just("rule"),
    severity=st.sampled_from(Severity),
    sentence=st.just(Shown("Look.")),
    evidence=evidences,
)
views = st.builds(
    OperationView,
    operation_id=ids,
    sentence=st.just(Shown("Does something.")),
    findings=st.lists(findings, max_size=14).map(tuple),
    evidence=evidences,
    touched=st.lists(touched, max_size=3).map(tuple),
    touched_before=st.lists(touched, max_size=2).map(tuple),
)
any_value: st.SearchStrategy[Any] = st.one_of(
    numbers,
    accounts,
    ids,
    st.booleans(),
    st.binary(max_size=40),
    st.text(max_size=5),
    st.lists(numbers, max_size=5).map(tuple),
    values.lanes.map(lambda lane: lane.pack()),
    values.records.map(lambda record: record.pack()),
)
logs = st.builds(
    LogEvent,
    emitter=accounts,
    topics=st.lists(hashes, max_size=4).map(tuple),
    data=st.just(b""),
    block=st.integers(0, 6).map(BlockNumber),
    block_hash=hashes,
    index=st.integers(0, 9),
    transaction=hashes,
)


def values_of(type_: AbiType) -> st.SearchStrategy[Any]:
    """Return what an event says in a place: mostly what its type promises."""
    match type_:
        case Leaf(kind="address"):
            return accounts | any_value
        case Leaf(kind="fixed"):
            return ids | any_value
        case Leaf(word="LaneState"):
            return values.lanes.map(lambda lane: lane.pack())
        case Leaf(word="MemberRecord"):
            return values.records.map(lambda record: record.pack())
        case Leaf():
            return numbers | any_value
        case Tuple(members=members):
            return st.tuples(*(numbers for _ in members))
        case Array(length=None):
            return st.just(())
        case Array(length=length):
            return st.tuples(*(numbers for _ in range(length or 0)))


def events_of(emitter: Emitter) -> st.SearchStrategy[VaultEvent]:
    name = "asset_events" if emitter is Emitter.ASSET else emitter.value
    every = [
        st.builds(
            VaultEvent,
            log=logs,
            emitter=st.just(emitter),
            name=st.just(event.name),
            values=st.fixed_dictionaries(
                {
                    name: values_of(type_)
                    for name, type_ in zip(event.arguments.names, event.arguments.members, strict=True)
                }
            ),
        )
        for event in interface(name).events.values()
    ]
    nameless = st.builds(VaultEvent, log=logs, emitter=st.just(emitter), name=st.sampled_from(["", "Other"]))
    return st.one_of(*every, nameless)


events = st.one_of(*map(events_of, Emitter))
subjects = st.one_of(
    st.builds("lane/{}".format, st.integers(0, 600)),
    st.builds("clock/{}".format, st.integers(0, 3)),
    st.builds("code/{}".format, st.integers(0, 3)),
    st.builds("opened/{}".format, st.integers(0, 3)),
    st.builds("bypass/{:x}".format, st.integers(0, 3)),
    st.builds("tier/{}".format, st.integers(0, 5)),
    st.builds("duty/{}".format, st.integers(0, 5)),
    *(
        st.builds(f"{name}/{{}}".format, accounts)
        for name in ("member", "asset", "counterparty", "habit", "moves")
    ),
    st.builds("rule/{}/{}".format, accounts, st.sampled_from(["deadbeef", "", "zz"])),
    st.sampled_from(
        ["supermajority", "registry", "ledger", "floor", "watched", "conflicts", "member/", "rule/", ""]
    ),
)
texts = st.one_of(
    st.text(max_size=20),
    st.text("0123456789abcdef -:,", max_size=140),
    st.builds(
        "{} {} {}".format, ids.map(bytes.hex), values.lanes.map(lambda lane: f"{lane.pack():x}"), st.just("3")
    ),
    values.records.map(lambda record: f"{record.pack():x} - -"),
    values.records.map(lambda record: f"{record.pack():x} 3:4 5:6,7"),
)
journals = st.dictionaries(subjects, st.tuples(texts, st.integers(1, 9)), max_size=8).map(
    lambda found: {
        subject: WatchedFact(
            chain_id=CHAIN,
            vault=VAULT,
            subject=subject,
            value=value,
            block=BlockNumber(1),
            block_hash=bytes(32),
            nth=nth,
        )
        for subject, (value, nth) in found.items()
    }
)


# Storage has each lane, and each account, once.
some_lanes = st.lists(lanes, max_size=3, unique_by=lambda lane: lane.lane).map(tuple)
some_members = st.lists(members, max_size=4, unique_by=lambda member: member.address)


@st.composite
def readings(draw: st.DrawFn) -> VaultReading:
    base = Story(now=draw(values.timestamps)).reading(evidence=draw(evidences))
    sitting = {MemberIndex(i): each for i, each in enumerate(draw(some_members))}
    tier = values.tier_terms
    return replace(
        base,
        roster=Fact(value=draw(rosters), evidence=base.roster.evidence),
        tiers=Fact(value=draw(st.tuples(tier, tier, tier, tier)), evidence=base.tiers.evidence),
        members=Fact(value=sitting, evidence=base.members.evidence),
        groups=Fact(value=draw(seat_sets), evidence=base.groups.evidence),
        lanes=Fact(value=draw(some_lanes), evidence=base.lanes.evidence),
        registry=Fact(value=draw(accounts), evidence=base.registry.evidence),
    )


def fact_of(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(Fact, value=strategy, evidence=evidences)


policies = st.builds(
    PolicyReading,
    assets=st.dictionaries(accounts, fact_of(values.asset_terms), max_size=3),
    counterparties=st.dictionaries(accounts, fact_of(st.integers(0, 3)), max_size=3),
    rules=st.dictionaries(
        st.tuples(accounts, st.binary(min_size=4, max_size=4)), fact_of(values.rules), max_size=3
    ),
)
ledgers = st.builds(
    BypassReading,
    terms=values.bypass_terms,
    bypasses=st.dictionaries(st.integers(0, 5), bypasses, max_size=3),
    evidence=evidences,
)
looks = st.builds(
    Look,
    reading=readings(),
    bypasses=st.none() | ledgers,
    policy=st.none() | policies,
    journal=journals,
    events=st.lists(events, max_size=5).map(tuple),
    times=st.dictionaries(st.integers(0, 6).map(BlockNumber), values.timestamps),
    now=values.timestamps.map(Timestamp),
    views=st.lists(views, max_size=3).map(lambda found: {view.operation_id: view for view in found}),
    labels=st.dictionaries(accounts, st.text(max_size=10), max_size=2),
)


@given(look=looks)
@settings(max_examples=60, deadline=None)
def test_judge_look__any_look__well_formed_and_the_same_again(look: Look) -> None:
    judged = judge_look(look)
    assert judge_look(look) == judged
    keys = [happening.key for happening in judged.happenings]
    assert len(keys) == len(set(keys))
    latest = {subject: (fact.value, fact.nth) for subject, fact in look.journal.items()}
    for fact in judged.facts:
        former, nth = latest.get(fact.subject, ("", 0))
        assert fact.nth == nth + 1
        assert fact.value != former
        latest[fact.subject] = (fact.value, fact.nth)
    for happening in judged.happenings:
        for text in (happening.sentence, *happening.lines, happening.key):
            assert text.isprintable()
            assert text.isascii()
        assert happening.pages is not None


@given(look=looks)
@settings(max_examples=30, deadline=None)
def test_judge_look__what_was_kept__nothing_more_to_say_about_storage(look: Look) -> None:
    journal = dict(look.journal)
    for fact in judge_look(look).facts:
        journal[fact.subject] = fact
    # The same block again, without the events that were told.
    again = judge_look(replace(look, journal=journal, events=()))
    told = {happening.key for happening in judge_look(look).happenings}
    assert {happening.key for happening in again.happenings} <= told


@given(look=looks)
@settings(max_examples=30, deadline=None)
def test_learn_and_asked_of__any_events_and_journal__something(look: Look) -> None:
    facts = learn(CHAIN, VAULT, journal=look.journal, events=look.events, times=look.times)
    journal = {**look.journal, **{fact.subject: fact for fact in facts}}
    asked = asked_of(journal, look.events)
    assert all(len(selector) == 4 for _, selector in asked.functions)
