"""Exchanges at any price: nothing holds what has to come out, what may go in, or what of an offer a pool takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from verifier.assess.case import Case, Site
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.address import Address
from verifier.model.call import Argument
from verifier.model.effect import Allowance, Move
from verifier.model.finding import ByteRange, Severity

_DUST: Final = 100_000
"""Of a whole unit of a token, so small a part is no price of anything."""
_DUST_UNITS: Final = 1_000
"""So few base units are none where a token's decimals are not known."""
_PART: Final = 10
"""Less than a tenth of what is offered to a pool is no floor for what it takes of it."""
_NARROW: Final = 200
"""A position between two prices that are so many ticks, two in a hundred, apart: at no other price is it traded."""

COMMANDS: Final = ("execute(bytes,bytes[]", "executeSigned(bytes,bytes[]")
"""What the function of a router begins with that runs a list of commands."""
_BRIDGES: Final = (
    "depositV3(",
    "deposit(bytes32,",
    "send((uint32,bytes32,",
    "depositForBurn",
    "transferTokens(",
)
_CHEAPEST: Final = ("unoswap", "ethUnoswap", "uniswapV3Swap", "transformERC20", "exchange(")
_ORDERS: Final = "validate(("
"""What makes standing orders that anybody may fill."""
_SETTLED: Final = ("execute((address,address,uint256),bytes[]", "executeWithPermit((", "executeMetaTxn((")
"""What functions begin with that run steps for a price that is asked for in the end."""
_FILLED: Final = ("fulfill", "matchOrders(", "matchAdvancedOrders(", "fillOrder", "fillContractOrder")
"""What functions begin with that fill orders of somebody else."""
_OUT_OF_COINS: Final = "remove_liquidity"
_MANY: Final = "fulfillAvailable"
"""Of them those that fill many orders, some of which may give what others ask for."""
_POOLED: Final = ("add_liquidity(", _OUT_OF_COINS)
"""What functions of Curve's pools begin with."""
_PRICED: Final = (
    *_CHEAPEST,
    "exactInput",
    "swap",
    "removeLiquidity",
    *_POOLED,
    *_BRIDGES,
    _ORDERS,
    *_FILLED,
    *_SETTLED,
)
"""What functions begin with that take something for no less than a floor."""
MARKETS: Final = (
    "exactInput",
    "exactOutput",
    "swap",
    *COMMANDS,
    "modifyLiquidities",
    "mint((",
    "addLiquidity",
    *_POOLED,
    _ORDERS,
    *_FILLED,
    *_SETTLED,
)
"""What functions begin with that trade one token for another, or put one into a market with another."""
_PUT: Final[Mapping[str, str]] = {
    "amountADesired": "amountAMin",
    "amountBDesired": "amountBMin",
    "amountTokenDesired": "amountTokenMin",
    "amount0Desired": "amount0Min",
    "amount1Desired": "amount1Min",
}
"""What is offered to a pool, and the least of it that has to go in: arguments, as their data files name them."""
_FLOORS: Final = "minAmountsOut"
"""The least of each token that comes out of one of Balancer's pools: of those that are not asked for it is 0."""
_ASSETS: Final = "assets"
"""Which tokens these are."""
_COINS_MIN: Final = "amountETHMin"
"""The least of the coins that are sent along; what is offered of them is the call's value."""

_NO_CEILING: Final = 1 << 112
"""No token has so many base units to give: whoever writes this means no limit."""


def moves_in(case: Case) -> Iterator[tuple[Site, Move]]:
    """Yield every movement of an operation, with the call that makes it."""
    for site in case.sites():
        for effect in site.call.effects:
            if isinstance(effect, Move):
                yield site, effect


def _without_floor(case: Case) -> Iterator[Remark]:
    moves = list(moves_in(case))
    for i, (site, move) in enumerate(moves):
        least = move.amount if move.least is None else move.least
        if paid := _paid_of_the_same(site, move):
            shown = f"{paid} base units" if paid < _NO_CEILING else "as much as there is"
            what = f"{shown} of {case.name(move.token)} that goes in"
            yield _any_price(case, site, what, least or 0, move.where)
            continue
        if move.least is None or not _is_dust(case, move, site) or _is_held_later(case, moves[i + 1 :], move):
            continue
        if _is_out_of_pool(move):
            yield _any_price(case, site, "what comes out of a position", move.least, move.where)
        elif _is_price(site, move):
            said = (
                f"{site.name}: it takes {move.least} base units of {case.name(move.token)} for what it gives, so it "
                "takes any price. Whoever knows of it before can make the price. Ask for the least that is acceptable."
            )
            yield Remark(said=said, evidence=case.evidence, site=site, where=move.where)
    for site in case.sites():
        yield from _into_pool(case, site)
        yield from _out_of_all(case, site)


def _into_pool(case: Case, site: Site) -> Iterator[Remark]:
    """Yield where two tokens are put into a pool in any proportion, which is the price that somebody else makes."""
    read = _fields(site.call.arguments)
    held = [
        (_number(read[offered]), read[least])
        for offered, least in _PUT.items()
        if offered in read and least in read
    ]
    if "amountTokenDesired" in read and _COINS_MIN in read:
        held.append((site.call.call.value, read[_COINS_MIN]))
    if _is_narrow(read) or not all(offered for offered, _ in held):
        # One that takes a single token is at a price that the bytes say.
        return
    for offered, part in held:
        least = _number(part)
        if least * _PART < offered:
            yield _any_price(case, site, f"{offered} base units offered to a pool", least, part.where)


def _out_of_all(case: Case, site: Site) -> Iterator[Remark]:
    """Yield where tokens come out of a pool, and of none of them anything is asked for."""
    read = _fields(site.call.arguments)
    if _FLOORS not in read or _ASSETS not in read:
        return
    part = read[_FLOORS]
    assets = [each.value for each in read[_ASSETS].children if isinstance(each.value, Address)]
    floors = list(map(_number, part.children))
    if all(_is_so_little(case, asset, floor) for asset, floor in zip(assets, floors, strict=False)):
        least = max(floors, default=0)
        yield _any_price(case, site, "what comes out of a pool", least, part.where)


def _any_price(case: Case, site: Site, what: str, least: int, where: ByteRange | None) -> Remark:
    said = (
        f"{site.name}: of {what}, {least} are enough, so it takes any price. Whoever knows of it before can make the "
        "price, and keep the difference. Ask for the least of each token that is acceptable."
    )
    return Remark(said=said, evidence=case.evidence, site=site, where=where)


def _fields(arguments: tuple[Argument, ...]) -> dict[str, Argument]:
    """Return a function's arguments by name, and those of its structs."""
    found: dict[str, Argument] = {}
    for argument in arguments:
        found[argument.name] = argument
        if argument.type.startswith("("):
            found.update({child.name: child for child in argument.children})
    return found


def _number(argument: Argument) -> int:
    return argument.value if isinstance(argument.value, int) else 0


def _is_narrow(read: Mapping[str, Argument]) -> bool:
    if "tickLower" not in read or "tickUpper" not in read:
        return False
    return _number(read["tickUpper"]) - _number(read["tickLower"]) <= _NARROW


def _is_out_of_pool(move: Move) -> bool:
    """Whether it is what comes out of a position, whose tokens the bytes do not name, and waits to be collected."""
    return move.token == move.sender == move.recipient and move.token_id is None


def _without_ceiling(case: Case) -> Iterator[Remark]:
    for site, move in moves_in(case):
        if not _is_paid(site, move):
            continue
        if move.amount is not None and move.amount >= _NO_CEILING:
            what = "its tokens" if move.token == site.call.call.target else case.name(move.token)
            said = (
                f"{site.name}: what is exchanged may cost as much of {what} as there is, since no "
                "limit holds what goes in. Whoever knows of it before can make the price. Ask for a limit."
            )
            yield Remark(said=said, evidence=case.evidence, site=site, where=move.where)


def _is_paid(site: Site, move: Move) -> bool:
    """Whether it goes into a market, or to whose order is filled."""
    function = site.call.function
    if move.recipient == site.call.call.target:
        return function.startswith(MARKETS)
    return function.startswith(_FILLED) and move.sender == site.call.caller


def _is_price(site: Site, move: Move) -> bool:
    """Whether something is given for it: what only leaves a router had its price when it came there."""
    function = site.call.function
    if not function.startswith(COMMANDS):
        return function.startswith(_PRICED)
    # A command that exchanges says in the same bytes what it pays.
    return any(
        isinstance(effect, Move) and effect is not move and effect.where == move.where
        for effect in site.call.effects
    )


def _paid_of_the_same(site: Site, move: Move) -> int:
    """Return what is given of the very token that comes out, where far less of it is enough; 0 otherwise.

    Nobody needs an exchange for that: the difference is a gift.
    """
    function, caller = site.call.function, site.call.caller
    least = move.amount if move.least is None else move.least
    is_own = move.token == site.call.call.target
    is_market = function.startswith((*_PRICED, *COMMANDS)) and not function.startswith((*_BRIDGES, _MANY))
    if least is None or is_own or not is_market or move.sender == caller:
        return 0
    # Of steps for a price in the end, and of orders, other bytes tell what is paid than tell the price.
    is_apart = function.startswith((*_SETTLED, _ORDERS, *_FILLED)) and move.least is not None
    given = sum(
        # All that there is, or a part of it that the bytes do not fix.
        _NO_CEILING if effect.amount is None else effect.amount
        for effect in site.call.effects
        if isinstance(effect, Move | Allowance)
        and effect.token == move.token
        and caller == (effect.sender if isinstance(effect, Move) else effect.owner)
        and (is_apart or effect.where == move.where)
    )
    return given if least * _PART < given * (_PART - 1) else 0


def _is_dust(case: Case, move: Move, site: Site) -> bool:
    is_of_another = move.token == site.call.call.target and site.call.function.startswith(_OUT_OF_COINS)
    # Of a coin that the bytes do not name: its decimals are not those of the pool's shares.
    return _is_so_little(case, None if is_of_another else move.token, move.least or 0)


def _is_so_little(case: Case, token: Address | None, least: int) -> bool:
    """Whether it is no price of anything: by the token's decimals, where these are known."""
    fact, account = (case.policy.assets.get(token), case.accounts.get(token)) if token else (None, None)
    decimals = fact.value.decimals if fact else None
    if decimals is None and account and account.token:
        decimals = account.token.decimals
    return least <= _DUST_UNITS if decimals is None else least * _DUST < 10**decimals


def _is_held_later(case: Case, later: list[tuple[Site, Move]], move: Move) -> bool:
    """Whether what comes out stays at the router, which gives it out later for no less than something."""
    return move.sender == move.recipient and any(
        each.sender == move.sender
        and each.least is not None
        and not _is_dust(case, each, site)
        and not each.is_optional
        for site, each in later
    )


RULES = (
    FindingRule(
        id="exchange-without-floor",
        severity=Severity.WARNING,
        rests_on="the call's bytes, and the token's decimals",
        meaning="An exchange takes any price, since the least that has to come out is nothing, next to nothing, or "
        "far less of the very token that goes in; or a pool does that takes tokens, or gives them back, by the price "
        "of the moment. Whoever knows when it comes moves the price before and after it, and keeps the "
        "difference. Ask for a floor.",
        judge=_without_floor,
    ),
    FindingRule(
        id="exchange-without-ceiling",
        severity=Severity.WARNING,
        rests_on="the call's bytes",
        meaning="An exchange for an exact amount takes any price, since no limit holds what goes in for it. Whoever "
        "knows when it comes moves the price before and after it, and keeps the difference. Ask for a limit.",
        judge=_without_ceiling,
    ),
)
