"""Vaults as files describe them, for Hypothesis: each holds for its contract, and any two lead from one to the other.

Everybody's addresses, persons and accounts come from small pools, so that two files have much in common.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from hypothesis import strategies as st

from verifier.assess.changing.registers import with_exclusion
from verifier.assess.changing.roster import APPROVAL
from verifier.assess.terms import require_valid_tiers
from verifier.errors import VaultError
from verifier.model.address import Address
from verifier.model.asset import NATIVE, Asset, AssetTerms, Counterparty, Use
from verifier.model.member import Attributes, Role
from verifier.model.place import place_at
from verifier.model.rule import Measure, Rule, Ruling
from verifier.model.text import Shown
from verifier.model.tier import EVERY_DAY, Tier, TierBook, TierTerms
from verifier.model.units import ChainId, Duration, Hours, Person, Units
from verifier.model.vault_file import (
    BypassProcess,
    DutyExclusion,
    DutyGrant,
    Network,
    PlannedAsset,
    PlannedCounterparty,
    PlannedMember,
    PlannedRule,
    PlannedStrategy,
    VaultFile,
)

CHAIN: Final = ChainId(31_337)
HERE: Final = Network(name=Shown("local"), chain_id=CHAIN, is_production=False)
TOKENS: Final = tuple(Address(bytes([0x70 + i] * 20)) for i in range(3))
ACCOUNTS: Final = tuple(Address(bytes([0xC0 + i] * 20)) for i in range(5))
PERSONS: Final = tuple(map(Person, range(1, 13)))
_HOUR: Final = 3_600
_MOVER: Final = Role.PROPOSER | Role.APPROVER
_ROLES: Final = (
    Role.APPROVER,
    Role.APPROVER | Role.SECURITY,
    _MOVER,
    _MOVER | Role.SECURITY | Role.BREAK_GLASS,
    Role.PROPOSER,
    Role.GUARDIAN,
    Role.AUDITOR,
    Role.GUARDIAN | Role.AUDITOR,
    Role.APPROVER | Role.AUDITOR,
)
_PLACES: Final = (
    Attributes(employer=1, utc_offset=0, place=place_at(latitude=51.5, longitude=-0.1)),
    Attributes(employer=2, utc_offset=480, place=place_at(latitude=1.3, longitude=103.8)),
    Attributes(employer=3, utc_offset=-300, place=place_at(latitude=40.7, longitude=-74.0)),
)
_PROCESSES: Final = st.builds(
    BypassProcess, limit=st.integers(1, 9), review_hours=st.integers(1, 99).map(Hours)
)


def address_of(person: int, key: int) -> Address:
    """Return one of the two addresses that a person may have."""
    return Address(bytes([0x10 * (key + 1), person] * 10))


@st.composite
def vault_files(draw: st.DrawFn) -> VaultFile:
    """Yield files that a vault could be founded by, and that a vault could come to."""
    members = draw(_members())
    approvers = [m for m in members if m.has(Role.APPROVER)]
    team = sum(m.has(Role.SECURITY) for m in approvers)
    separate = sum(m.has(Role.PROPOSER) and not m.has(Role.APPROVER) for m in members)
    # Without any one of them, and without one who publishes, a quorum is left.
    spare = 1 if separate > 1 else 2
    most, most_security = len(approvers) - spare, max(team - spare, 0)
    tiers = draw(_tiers(most, most_security))
    supermajority = draw(st.integers(tiers[Tier.CUSTODY].quorum, len(approvers)))
    duties, exclusions = draw(_duties({m.person for m in approvers}))
    return VaultFile(
        file_hash=bytes(32),
        salt=bytes(32),
        members=members,
        tiers=tiers,
        supermajority=supermajority,
        assets=draw(_assets()),
        counterparties=draw(_counterparties()),
        rules=draw(_rules()),
        asks_registry=draw(st.booleans()),
        duties=duties,
        exclusions=exclusions,
        bypass=draw(
            st.none()
            | st.builds(BypassProcess, limit=st.integers(1, 9), review_hours=st.integers(1, 99).map(Hours))
        ),
        strategies=draw(_strategies()),
        networks=(HERE,),
        employers={},
    )


@st.composite
def _members(draw: st.DrawFn) -> tuple[PlannedMember, ...]:
    persons = draw(st.lists(st.sampled_from(PERSONS), min_size=4, max_size=9, unique=True))
    # The first four approve, so that there is always a vault.
    roles = [draw(st.sampled_from(_ROLES[:4] if i < 4 else _ROLES)) for i in range(len(persons))]
    return tuple(
        PlannedMember(
            name=Shown(f"person {person}"),
            address=address_of(person, draw(st.integers(0, 1))),
            person=person,
            roles=role,
            attributes=draw(st.sampled_from(_PLACES)),
        )
        for person, role in zip(persons, roles, strict=True)
    )


@st.composite
def _tiers(draw: st.DrawFn, most: int, most_security: int) -> TierBook:
    """Yield tiers that are each at least as strict as the one below."""
    quorums = sorted(draw(st.lists(st.integers(2, max(most, 2)), min_size=4, max_size=4)))
    teams = sorted(min(draw(st.integers(0, most_security)), quorums[0]) for _ in Tier)
    delays = sorted(draw(st.lists(st.integers(24, 24 * 20), min_size=4, max_size=4)))
    segregated_from = draw(st.integers(0, 4))
    windows = draw(st.sampled_from([(0, 96, EVERY_DAY), (32, 68, EVERY_DAY), (32, 68, 31)]))
    terms = []
    for tier in Tier:
        opens, closes, days = windows if tier >= Tier.HIGH_VALUE else (0, 96, EVERY_DAY)
        terms.append(
            TierTerms(
                quorum=quorums[tier],
                security_approvals=teams[tier],
                delay=Duration(delays[tier] * _HOUR),
                grace_hours=Hours(draw(st.sampled_from([120, 168]))),
                opens_at=opens,
                closes_at=closes,
                weekdays=days,
                segregated=int(tier >= segregated_from),
                expedited_delay=None,
            )
        )
    if draw(st.booleans()):
        terms[0] = replace(terms[0], expedited_delay=Duration(_HOUR))
        terms[1] = replace(terms[1], expedited_delay=Duration(2 * _HOUR))
    book = (terms[0], terms[1], terms[2], terms[3])
    try:
        require_valid_tiers(book)
    except VaultError as refused:  # pragma: no cover - the strategy itself would be wrong
        raise AssertionError(book) from refused
    return book


@st.composite
def _assets(draw: st.DrawFn) -> tuple[PlannedAsset, ...]:
    assets = draw(st.lists(st.sampled_from((NATIVE, *TOKENS)), unique=True))
    planned = []
    for asset in assets:
        routine = draw(st.integers(0, 5))
        terms = AssetTerms(
            routine_limit=Units(routine * 10**6),
            high_value_from=Units(draw(st.integers(routine + 1, 9)) * 10**6),
            decimals=18 if asset == NATIVE else draw(st.sampled_from([6, 18])),
        )
        only_on = frozenset(draw(st.sets(st.sampled_from([CHAIN]))))
        planned.append(
            PlannedAsset(symbol=Shown("COIN"), asset=Asset(asset=asset, terms=terms), only_on=only_on)
        )
    return tuple(planned)


@st.composite
def _counterparties(draw: st.DrawFn) -> tuple[PlannedCounterparty, ...]:
    accounts = draw(st.lists(st.sampled_from(ACCOUNTS), unique=True))
    return tuple(
        PlannedCounterparty(
            name=Shown("somebody"),
            counterparty=Counterparty(account=account, uses=Use(draw(st.integers(1, 3)))),
            only_on=frozenset(draw(st.sets(st.sampled_from([CHAIN, ChainId(1)]), max_size=1))),
        )
        for account in accounts
    )


@st.composite
def _rules(draw: st.DrawFn) -> tuple[PlannedRule, ...]:
    keys = draw(
        st.lists(st.tuples(st.sampled_from(ACCOUNTS), st.sampled_from([b"\1\2\3\4", b"abcd"])), unique=True)
    )
    measure = Measure(asset=TOKENS[0], amount_at=0, counterparty_at=1, words=2, uses=Use.RECIPIENT)
    kinds = st.sampled_from([Rule(), Rule(measure=measure)])
    return tuple(
        PlannedRule(
            function=Shown("f()"),
            ruling=Ruling(target=target, selector=selector, rule=draw(kinds)),
        )
        for target, selector in keys
    )


@st.composite
def _duties(
    draw: st.DrawFn, approvers: set[Person]
) -> tuple[tuple[DutyGrant, ...], tuple[DutyExclusion, ...]]:
    """Yield duties of which nobody has two that exclude each other."""
    masks: dict[int, int] = {}
    for _ in range(draw(st.integers(0, 3))):
        duty = draw(st.sampled_from([1, 2, 4, 8, 16]))
        mask = draw(st.integers(0, 31)) & ~duty
        masks = with_exclusion(masks, duty, mask)
    grants = []
    for person in draw(st.lists(st.sampled_from(PERSONS), max_size=6, unique=True)):
        held = APPROVAL if person in approvers else 0
        for duty in (1, 2, 4, 16):
            if draw(st.booleans()) and not masks.get(duty, 0) & held:
                held |= duty
        if held & ~APPROVAL:
            grants.append(DutyGrant(name=Shown("x"), person=person, duties=held & ~APPROVAL))
    exclusions = tuple(DutyExclusion(duty=duty, mask=mask) for duty, mask in masks.items())
    return tuple(grants), exclusions


@st.composite
def _strategies(draw: st.DrawFn) -> tuple[PlannedStrategy, ...]:
    names = draw(st.lists(st.sampled_from([b"a" * 32, b"b" * 32]), unique=True))
    return tuple(
        PlannedStrategy(
            name=Shown("strategy"),
            strategy=name,
            position=draw(st.integers(0, 9)),
            order=draw(st.integers(0, 9)),
            risk=draw(st.integers(0, 9)),
            venues=tuple(draw(st.sets(st.sampled_from([b"v" * 32, b"w" * 32])))),
            guards=tuple(draw(st.sets(st.sampled_from(ACCOUNTS)))),
        )
        for name in names
    )
