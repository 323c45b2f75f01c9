"""What people may want the vault to change about itself."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.lifecycle.choices import ROLES, WRONG_ROLES, Choices
from tests.lifecycle.messages import registration
from tests.lifecycle.state import COMPANIONS
from tests.lifecycle.vocabulary import SEAT_OPERATIONS, SETTERS, data_of
from tests.lifecycle.world import FRIEND, NATIVE_TERMS, POKE, SPENDER, SWAP, TOKEN_TERMS
from tests.stage import HOUR, MINUTE, STRANGER
from verifier.assess.policy import TRANSFER
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE, Use
from verifier.model.group import pack_holders
from verifier.model.member import MemberStatus, Role
from verifier.model.operation import Call
from verifier.model.rule import Measure, Rule
from verifier.model.tier import EVERY_DAY, QUARTER_HOURS, Tier, TierTerms
from verifier.model.units import Duration, Hours, Person, Units, Wei

_SUSPENDED = (MemberStatus.SUSPENDED, MemberStatus.CONFIRMED, MemberStatus.SELF_SUSPENDED)


def governing_call(choices: Choices, function: str | None = None) -> Call:
    """Return a call by which the vault changes itself."""
    function = function or choices.pick(SEAT_OPERATIONS + SETTERS)
    data = data_of(function, arguments_for(choices, function))
    return Call(target=choices.run.vault, value=Wei(0), data=data)


def arguments_for(choices: Choices, function: str) -> list[Any]:
    """Return arguments that fit the story; at times ones that the vault has to refuse."""
    address = choices.run.address
    match function:
        case "addMember":
            name = choices.newcomer()
            return [address(name), choices.person_of(name), _roles(choices), choices.attributes()]
        case "addGroup":
            return group_arguments(choices)
        case "setHolders":
            group = choices.group()
            name = group if group and not choices.rarely(8) else choices.anyone()
            return [address(name), _holders(choices, choices.pick(list(choices.run.world.flocks)))]
        case "removeMember":
            return [address(_seated(choices))]
        case "replaceMember":
            old, new = _seated(choices), choices.newcomer()
            person = choices.run.record(old).person if choices.rarely(50) else choices.person_of(new)
            return [address(old), address(new), person, choices.attributes()]
        case "reinstateMember":
            return [address(choices.of_status(*_SUSPENDED))]
        case "confirmSuspension":
            return [address(choices.of_status(MemberStatus.SUSPENDED))]
        case "setRoles":
            name = choices.member()
            return [address(name), _changed_roles(choices, name)]
        case "setAttributes":
            return [address(choices.member()), choices.attributes()]
        case "setTiers":
            return _tiers(choices)
        case "setAsset":
            return _asset(choices)
        case "setRule":
            return _rule(choices)
        case "setRegistry":
            return [_registry(choices)]
        case _:
            return _counterparty(choices)


def group_arguments(choices: Choices, name: str | None = None) -> list[Any]:
    """Return what brings in a group that has no seat yet; at times with something wrong."""
    run = choices.run
    fresh = [each for each in run.world.flocks if run.record(each).status is MemberStatus.STRANGER]
    name = name or choices.pick(fresh or list(run.world.flocks))
    group = run.world.flocks[name].group
    roles = int(choices.pick([Role.APPROVER, Role.APPROVER | Role.SECURITY]))
    holders = _holders(choices, name)
    x, y, signer, signed = group.x, group.y, name, roles
    if choices.rarely(12):
        wrong_roles = Role.APPROVER | Role.PROPOSER
        x, y, signer, signed, roles = choices.pick(
            [
                (x, y ^ 1, name, signed, roles),
                (y, x, name, signed, roles),
                (x, y, choices.pick(list(run.world.flocks)), signed, roles),
                (x, y, name, signed | 8, roles),
                (x, y, name, int(wrong_roles), int(wrong_roles)),
            ]
        )
    proof = run.word_of(signer, registration(run.address(name), signed, holders))
    return [run.address(name), x, y, roles, list(holders), proof]


def _holders(choices: Choices, name: str) -> tuple[int, int, int]:
    """Return the words of a group's holders, or of other ones; at times of some that cannot be."""
    holders = list(choices.run.world.flocks[name].holders)
    if choices.rarely(20):
        holders.append(Person(choices.pick([40, 41, *(a.person for a in choices.run.world.cast.values())])))
        holders.sort()
    if choices.rarely(8):
        holders = choices.pick([holders[:1], holders[::-1], holders + holders[-1:]])
    return pack_holders(holders)


def _rule(choices: Choices) -> list[Any]:
    """Say what a function is, or take that back; at times what cannot be said."""
    world, run = choices.run.world, choices.run
    measures = [
        Measure(asset=world.token, amount_at=1, counterparty_at=0, words=3, uses=Use.RECIPIENT),
        Measure(asset=NATIVE, amount_at=1, counterparty_at=0, words=3, uses=Use.RECIPIENT),
        Measure(asset=world.unlisted, amount_at=1, counterparty_at=0, words=3, uses=Use.SPENDER),
    ]
    rules = [0, Rule().pack(), Rule().pack(), *(Rule(measure=each).pack() for each in measures)]
    if choices.rarely(15):
        rules = [3 << 192, 1, Rule(measure=replace(measures[0], amount_at=3)).pack()]
    targets = [world.venue, world.venue, world.venue, world.token, run.address(choices.anyone()), run.vault]
    selectors = [SWAP, SWAP, POKE, TRANSFER]
    selector = int.from_bytes(choices.pick(selectors), "big") | (1 << 32 if choices.rarely(4) else 0)
    return [choices.pick(targets), selector, choices.pick(rules)]


def _registry(choices: Choices) -> Address:
    """Return another register, or none; at times what is no register."""
    world = choices.run.world
    registers = [NOBODY, COMPANIONS.duty_registry, COMPANIONS.duty_registry, world.other_registry]
    return choices.pick([Address(STRANGER), world.token] if choices.rarely(30) else registers)


def quorum_change(choices: Choices) -> Call:
    """Return new terms that differ from today's in their quorums alone: as low as it gets, or one higher."""
    state = choices.run.state
    step = choices.pick([-1, -1, 1])
    tiers = [replace(terms, quorum=max(2, terms.quorum + step)) for terms in state.tiers]
    most = max(terms.quorum for terms in tiers)
    tiers = [
        replace(terms, security_approvals=min(terms.security_approvals, terms.quorum)) for terms in tiers
    ]
    supermajority = max(most, state.roster.supermajority)
    data = data_of("setTiers", [[terms.pack() for terms in tiers], supermajority])
    return Call(target=choices.run.vault, value=Wei(0), data=data)


def window_change(choices: Choices) -> Call:
    """Return today's terms with working hours for HIGH_VALUE and CUSTODY, or without any."""
    state = choices.run.state
    tiers = [_with_window(choices, tier, terms) for tier, terms in zip(Tier, state.tiers, strict=True)]
    data = data_of("setTiers", [[terms.pack() for terms in tiers], state.roster.supermajority])
    return Call(target=choices.run.vault, value=Wei(0), data=data)


def _seated(choices: Choices) -> str:
    return choices.anyone() if choices.rarely(8) else choices.pick(choices.run.seated())


def _roles(choices: Choices) -> int:
    if choices.rarely(8):
        return int(choices.pick(WRONG_ROLES))
    return int(choices.pick(ROLES[:3] if choices.rarely(50) else ROLES))


def _changed_roles(choices: Choices, name: str) -> int:
    """Return roles with one given or taken, or quite other ones."""
    if choices.rarely(20):
        return _roles(choices)
    roles = choices.run.record(name).roles
    return int(roles ^ choices.pick([Role.PROPOSER, Role.SECURITY, Role.BREAK_GLASS, Role.AUDITOR]))


def _tiers(choices: Choices) -> list[Any]:
    """Return terms that differ from today's in quorum, delay, window or supermajority."""
    run = choices.run
    approvers = len(run.state.roster.approvers)
    tiers = list(run.state.tiers)
    most = max(2, min(4, approvers - 2))
    routine, custody = sorted(choices.pick([2, min(3, most), most]) for _ in range(2))
    security = min(choices.pick([0, 1]), len(run.state.roster.security))
    quorums = (2, routine, custody, custody)
    for tier in Tier:
        is_high = tier >= Tier.HIGH_VALUE
        tiers[tier] = replace(
            tiers[tier], quorum=quorums[tier], security_approvals=security if is_high else 0
        )
    if choices.rarely(40):
        tiers = [_with_window(choices, tier, terms) for tier, terms in zip(Tier, tiers, strict=True)]
    if choices.rarely(30):
        level = choices.pick([(0, 0, 0, 0), (0, 0, 1, 1), (0, 1, 1, 1), (0, 0, 0, 1), (0, 0, 1, 0)])
        tiers = [replace(terms, segregated=each) for terms, each in zip(tiers, level, strict=True)]
    if choices.rarely(20):
        hurried = Duration(choices.pick([24 * HOUR, 4 * HOUR, HOUR, HOUR - 1]))
        tiers[Tier.HIGH_VALUE] = replace(tiers[Tier.HIGH_VALUE], expedited_delay=hurried)
    if choices.rarely(30):
        delay = Duration(choices.pick([24 * HOUR, 36 * HOUR]))
        delay = max(delay, tiers[Tier.HIGH_VALUE].delay)
        tiers[Tier.CUSTODY] = replace(tiers[Tier.CUSTODY], delay=delay, expedited_delay=None)
    supermajority = choices.pick([custody, custody, max(custody, approvers - 1), approvers])
    if choices.rarely(15):
        supermajority = choices.pick([custody - 1, approvers + 1])
    if choices.rarely(15):
        tier = choices.pick(list(Tier))
        tiers[tier] = _broken(choices, tiers[tier])
    return [[terms.pack() for terms in tiers], supermajority]


def _with_window(choices: Choices, tier: Tier, terms: TierTerms) -> TierTerms:
    """Let HIGH_VALUE and CUSTODY execute in working hours only, or at any time again."""
    opens, closes, days = (0, QUARTER_HOURS, EVERY_DAY)
    if tier >= Tier.HIGH_VALUE and choices.rarely(60):
        opens, closes, days = (32, 72, 0b0011111)
    return replace(terms, opens_at=opens, closes_at=closes, weekdays=days)


def _broken(choices: Choices, terms: TierTerms) -> TierTerms:
    return choices.pick(
        [
            replace(terms, quorum=1),
            replace(terms, quorum=60),
            replace(terms, security_approvals=terms.quorum + 1),
            replace(terms, delay=Duration(10 * MINUTE - 1)),
            replace(terms, delay=Duration(61 * 24 * HOUR)),
            replace(terms, grace_hours=Hours(23)),
            replace(terms, opens_at=40, closes_at=40),
            replace(terms, weekdays=128),
            replace(terms, segregated=2),
            replace(terms, expedited_delay=Duration(10 * MINUTE - 1)),
        ]
    )


def _asset(choices: Choices) -> list[Any]:
    """List, change or take off an asset; at times what is none, or limits that cross."""
    world = choices.run.world
    if choices.rarely(35):
        account = choices.pick(
            [STRANGER, choices.run.address(choices.member()), world.token, COMPANIONS.bypass_ledger]
        )
        terms = replace(TOKEN_TERMS, high_value_from=TOKEN_TERMS.routine_limit)
        return [Address(account), choices.pick([terms.pack(), TOKEN_TERMS.pack() | 1 << 200])]
    asset, usual = choices.pick(
        [(NATIVE, NATIVE_TERMS), (world.token, TOKEN_TERMS), (world.unlisted, TOKEN_TERMS)]
    )
    lower = replace(usual, routine_limit=Units(0), high_value_from=Units(usual.routine_limit))
    return [asset, choices.pick([usual.pack(), lower.pack(), lower.pack(), 0])]


def _counterparty(choices: Choices) -> list[Any]:
    account = choices.pick([FRIEND, FRIEND, SPENDER, Address(STRANGER)])
    if choices.rarely(25):
        account = choices.pick([choices.run.vault, choices.run.address(choices.anyone())])
    return [account, choices.pick([0, 1, 2, 3, 0, 4 if choices.rarely(20) else 1])]
