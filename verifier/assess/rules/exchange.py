"""Exchanges that give something away: for a worthless token, or to whoever comes first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from verifier.assess.case import Case, Site
from verifier.assess.rules.price import COMMANDS, MARKETS, moves_in
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.call import Argument
from verifier.model.effect import Effect, Move
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity

_ROUTED: Final = ("exactInput", "exactOutput", "swap", "pull(", "collect(", *COMMANDS)
"""What functions of exchanges' routers begin with: between calls their contracts keep nothing safe."""
_STARGATE: Final = "swap(uint16,"
"""A bridge whose function has the name of an exchange's."""
_POOL: Final = "dex"
"""The argument that packs the pool of 1inch's shorter functions that gives, as their data file names it."""
_POOLS: Final = "pools"
"""Of their older ones a list of them, whose last one gives."""
_CHANGING: Final = ("exactInput", "exactOutput")
"""Those that take coins sent along, and give back what is too much only if they are asked to."""
_STEPS: Final = (*_CHANGING, "refundETH(", "unwrapWETH9", "sweepToken", "selfPermit", "mint((")
"""What they are called with in one batch."""


def _asset_unknown(case: Case) -> Iterator[Remark]:
    seen = set()
    for site, move in moves_in(case):
        token = move.token
        is_own = token == site.call.call.target
        if is_own or not site.call.function.startswith(MARKETS) or token in seen or _is_known(case, token):
            continue
        seen.add(token)
        said = (
            f"{site.name}: {token} is traded, and neither the vault lists it nor do your own labels know it. Anybody "
            "can make a token, and a market for it, and get what is paid there. Look at what it is worth."
        )
        yield Remark(said=said, evidence=case.evidence, site=site, where=move.where)


def _pool_unknown(case: Case) -> Iterator[Remark]:
    for site in case.sites():
        for argument in map(_giving, site.call.arguments):
            if argument is None or not isinstance(argument.value, int):
                continue
            pool = Address((argument.value & (1 << 160) - 1).to_bytes(20, "big"))
            if pool not in case.labels:
                said = (
                    f"{site.name}: what comes out is what the pool {pool} gives, which is not in these bytes, and you "
                    "have no label for that pool. Anybody can make a token, and a pool for it, and get what is paid "
                    "there. Look up which token it gives."
                )
                yield Remark(said=said, evidence=case.evidence, site=site, where=argument.where)


def _giving(argument: Argument) -> Argument | None:
    """Return the pool that says what comes out."""
    if argument.name == _POOLS:
        return argument.children[-1] if argument.children else None
    return argument if argument.name == _POOL else None


def _is_known(case: Case, token: Address) -> bool:
    fact = case.policy.assets.get(token)
    return token == NATIVE or token in case.labels or (fact is not None and fact.evidence is Evidence.PROVEN)


@dataclass(slots=True)
class _Kept:
    """What a router holds of an operation so far."""

    site: Site
    is_coin: bool = False
    # Whether it comes there only by what may fail; it may leave by the same then.
    is_optional: bool = False


def _left(case: Case) -> Iterator[Remark]:
    kept: dict[Address, _Kept] = {}
    coins: dict[Address, _Kept] = {}
    for site, move in moves_in(case):
        router = site.call.call.target
        if move.recipient == router and _is_routed(site):
            before = kept.get(router)
            is_optional = move.is_optional and (before is None or before.is_optional)
            kept[router] = _Kept(site=site, is_optional=is_optional)
        elif move.recipient != move.sender and _takes_out(kept, move):
            kept.pop(move.sender)
        if (
            move.sender in coins
            and move.token == NATIVE
            and move.recipient != move.sender
            and not move.is_optional
        ):
            coins.pop(move.sender)
        if _may_have_change(site):
            coins.setdefault(router, _Kept(site=site, is_coin=True))
    for one in (*kept.values(), *coins.values()):
        what = "what is too much of the coins" if one.is_coin else "something"
        router = one.site.call.call.target
        said = (
            f"{one.site.name}: {what} stays at {case.name(router)}, since no call takes it out of there, or none that "
            "has to succeed. Whoever comes first can take what lies at a router. Veto it, and ask for it to be sent to "
            "the vault."
        )
        yield Remark(said=said, evidence=case.evidence, site=one.site)


def _takes_out(kept: dict[Address, _Kept], move: Move) -> bool:
    return move.sender in kept and (not move.is_optional or kept[move.sender].is_optional)


def _may_have_change(site: Site) -> bool:
    """Whether more coins are sent along than a router surely takes."""
    value, router = site.call.call.value, site.call.call.target
    is_batch = site.call.function.startswith("multicall(")
    steps = site.call.children if is_batch else (site.call,)
    is_routed = all(step.function.startswith(_STEPS) for step in steps)
    if not value or not is_routed or not site.call.function.startswith(("multicall(", *_CHANGING)):
        return False
    paid = sum(
        effect.amount or 0
        for step in steps
        for effect in step.effects
        if isinstance(effect, Move) and effect.recipient == router and effect.token != NATIVE
    )
    return value > paid or any(step.function.startswith("exactOutput") for step in steps)


def _whose_position(case: Case) -> Iterator[Remark]:
    for site in case.sites():
        if site.call.function.startswith("increaseLiquidity(") or any(map(_is_position, site.call.effects)):
            said = (
                f"{site.name}: it pays into a position of which the bytes name the number and not the owner, whose it "
                "is from then on. Look up who owns that position."
            )
            yield Remark(said=said, evidence=case.evidence, site=site)


def _is_position(effect: Effect) -> bool:
    """Whether something is put into a position that is named by its number only."""
    return (
        isinstance(effect, Move)
        and effect.token_id is not None
        and effect.token == effect.sender == effect.recipient
    )


def _is_routed(site: Site) -> bool:
    return site.call.function.startswith(_ROUTED) and not site.call.function.startswith(_STARGATE)


RULES = (
    FindingRule(
        id="exchange-asset-unknown",
        severity=Severity.WARNING,
        rests_on="the call's bytes, the vault's list of assets, and your own labels",
        meaning="Something is exchanged for a token that neither the vault lists nor you have a label for, or put into "
        "a market with one. A thief makes a token, and a market for it; the vault gets the token and the thief the "
        "price. Find out what it is worth, and label it then.",
        judge=_asset_unknown,
    ),
    FindingRule(
        id="exchange-pool-unknown",
        severity=Severity.WARNING,
        rests_on="the call's bytes, and your own labels",
        meaning="Something is exchanged by way of a pool that alone says what comes out, and you have no label for "
        "that pool. A thief makes a token, and a pool for it; the vault gets the token and the thief the price. Look "
        "up which token the pool gives, and label it then.",
        judge=_pool_unknown,
    ),
    FindingRule(
        id="left-at-router",
        severity=Severity.WARNING,
        rests_on="the call's bytes",
        meaning="Something goes to an exchange's router, or comes out of an exchange there, and no later call of the "
        "operation takes it out, or only one that may fail without stopping the rest. A router gives what it holds to "
        "whoever asks. Veto it.",
        judge=_left,
    ),
    FindingRule(
        id="position-of-whom",
        severity=Severity.WARNING,
        rests_on="the call's bytes",
        meaning="Assets are put into a position of a market that is named by a number. Its owner gets them, and the "
        "bytes do not say who that is. Look it up.",
        judge=_whose_position,
    ),
)
