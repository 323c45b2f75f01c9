"""What vault.toml says about assets, counterparties, rules, duties, break-glass and strategies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from verifier.decode.signatures import Function, parse_interface
from verifier.decode.types import Leaf
from verifier.errors import InputError
from verifier.errors.duties import DUTIES
from verifier.model.address import Address
from verifier.model.asset import NATIVE, Asset, AssetTerms, Counterparty, Use
from verifier.model.rule import MAX_WORDS, Measure, Rule, Ruling
from verifier.model.text import Shown, show_bytes
from verifier.model.units import ChainId, Person
from verifier.model.vault_file import (
    BypassProcess,
    Chains,
    DutyExclusion,
    DutyGrant,
    PlannedAsset,
    PlannedCounterparty,
    PlannedRule,
    PlannedStrategy,
)
from verifier.store.vault_file_values import (
    address_in,
    address_of,
    chains_in,
    hours_in,
    name_in,
    one_of,
    require_different,
    units_in,
    whole_in,
    word_in,
)
from verifier.store.watch_table import Table, UnfitError

_SYMBOL: Final = re.compile(r"[A-Za-z0-9.+$_-]{1,20}")
_NATIVE: Final = "native"
_USES: Final = {use.name.lower(): use for use in Use if use.name}
_DUTIES: Final = {name.lower(): 1 << i for i, name in enumerate(DUTIES)} | {
    f"duty_{i}": 1 << i for i in range(len(DUTIES), 16)
}
_SELECTOR: Final = re.compile(r"0x[0-9a-fA-F]{8}")
_MOST_PERSON: Final = (1 << 32) - 1
_MOST_128: Final = (1 << 128) - 1
Networks = Mapping[Shown, ChainId]


def read_assets(top: Table, networks: Networks) -> tuple[PlannedAsset, ...]:
    """Return the assets; the native coin has the address `native`."""
    assets = tuple(_asset(table, networks) for table in top.rows("assets"))
    for first, second in ((a, b) for i, a in enumerate(assets) for b in assets[:i]):
        # One coin may have another address on each chain, and one address may be meant for some chains only.
        if first.only_on and second.only_on and not first.only_on & second.only_on:
            continue
        require_different("the asset", (first.asset.asset, second.asset.asset))
        require_different("the symbol", (first.symbol, second.symbol))
    return assets


def _asset(table: Table, networks: Networks) -> PlannedAsset:
    symbol = table.need("symbol")
    if not isinstance(symbol, str) or not _SYMBOL.fullmatch(symbol):
        raise table.unfit("symbol", "up to 20 letters, digits, and . + $ _ -, such as USDC")
    decimals = whole_in(table, "decimals", most=255)
    asset = NATIVE if table.take("address") == _NATIVE else address_in(table, "address")
    if asset == NATIVE and table.take("address") != _NATIVE:
        raise table.unfit("address", f'"{_NATIVE}" for the chain\'s native coin')
    terms = AssetTerms(
        routine_limit=units_in(table, "routine", symbol=symbol, decimals=decimals),
        high_value_from=units_in(table, "high_value", symbol=symbol, decimals=decimals),
        decimals=decimals,
    )
    only_on = chains_in(table, networks)
    table.end()
    return PlannedAsset(symbol=Shown(symbol), asset=Asset(asset=asset, terms=terms), only_on=only_on)


def read_counterparties(top: Table, networks: Networks) -> tuple[PlannedCounterparty, ...]:
    found = []
    for table in top.rows("counterparties"):
        uses = Use(0)
        names = table.names("uses", _USES)
        if names is None:
            raise UnfitError(f"{table.where} has no uses; known are {', '.join(_USES)}")
        for use in names:
            uses |= _USES[use]
        counterparty = Counterparty(account=address_in(table, "address"), uses=uses)
        only_on = chains_in(table, networks)
        found.append(PlannedCounterparty(name=name_in(table), counterparty=counterparty, only_on=only_on))
        table.end()
    require_different("the counterparty", (each.counterparty.account for each in found))
    require_different("the counterparty", (each.name for each in found))
    return tuple(found)


def read_rules(top: Table, assets: tuple[PlannedAsset, ...], networks: Networks) -> tuple[PlannedRule, ...]:
    rules = tuple(_rule(table, assets, networks) for table in top.rows("rules"))
    # By the selector: the same function may be written with its signature and without.
    require_different(
        "the rule for", (f"{show_bytes(r.ruling.selector)} of {r.ruling.target}" for r in rules)
    )
    return rules


def _rule(table: Table, assets: tuple[PlannedAsset, ...], networks: Networks) -> PlannedRule:
    target = address_in(table, "target")
    function = _function(table)
    if function is None:
        value = table.need("selector")
        if not isinstance(value, str) or not _SELECTOR.fullmatch(value):
            raise table.unfit("selector", "0x and 8 hex digits")
        selector, said = bytes.fromhex(value[2:]), show_bytes(bytes.fromhex(value[2:]))
    else:
        selector, said = function.selector, Shown(function.signature)
    only_on = chains_in(table, networks)
    measure = None
    if table.take("asset") is not None:
        measure = _measure(table, function, _asset_of(table, assets, only_on))
    table.end()
    ruling = Ruling(target=target, selector=selector, rule=Rule(measure=measure))
    return PlannedRule(function=said, ruling=ruling, only_on=only_on)


def _function(table: Table) -> Function | None:
    """Return the function that a rule is about, by its signature; None where only its selector is given."""
    value = table.text("function")
    if value is None:
        return None
    try:
        (function,) = parse_interface(f"function {value}").functions
    except (InputError, ValueError) as exc:
        raise table.unfit("function", "a signature, such as `deposit(uint256,address)`") from exc
    return function


def _asset_of(table: Table, assets: tuple[PlannedAsset, ...], only_on: Chains) -> Address:
    """Return what a rule measures: listed wherever the rule is."""
    symbol = one_of(table, "asset", [asset.symbol for asset in assets])
    named = [asset for asset in assets if asset.symbol == symbol]
    fit = [asset for asset in named if not asset.only_on or (only_on and only_on <= asset.only_on)]
    if len(fit) != 1:
        raise UnfitError(
            f"{table.where} is about {symbol}, which is not one listed asset on every chain of the rule; give the rule "
            "the `networks` of the asset"
        )
    return fit[0].asset.asset


def _measure(table: Table, function: Function | None, asset: Address) -> Measure:
    use = one_of(table, "use", list(_USES))
    amount, counterparty = (whole_in(table, key, most=255) for key in ("amount", "counterparty"))
    if function is None:
        words = whole_in(table, "words", least=1, most=255)
    else:
        words = _require_measurable(table, function, amount, counterparty)
    return Measure(
        asset=asset,
        amount_at=amount,
        counterparty_at=counterparty,
        words=words,
        uses=_USES[use],
    )


def _require_measurable(table: Table, function: Function, amount: int, counterparty: int) -> int:
    """Return how many words the arguments are: a rule knows no others than single ones.

    :raises UnfitError: some are longer, or what stands at these places is no amount, or no account.
    """
    members = function.inputs.members
    if (
        not all(isinstance(member, Leaf) and not member.is_dynamic for member in members)
        or len(members) > MAX_WORDS
    ):
        raise UnfitError(
            f"{table.where}: the vault measures calls whose arguments are single words, at most {MAX_WORDS}, and "
            f"{function.signature} has others; leave out `asset`, so that its calls are HIGH_VALUE"
        )
    for key, at, kind in (("amount", amount, "uint"), ("counterparty", counterparty, "address")):
        member = members[at] if at < len(members) else None
        if not isinstance(member, Leaf) or member.kind != kind:
            raise table.unfit(key, f"the number of an argument of type {kind}, counted from zero")
    return len(members)


def read_duties(top: Table) -> tuple[DutyGrant, ...]:
    found = []
    for table in top.rows("duties"):
        person = Person(whole_in(table, "person", least=1, most=_MOST_PERSON))
        found.append(DutyGrant(name=name_in(table), person=person, duties=_duties(table, "duties")))
        table.end()
    require_different("the duties of person", (grant.person for grant in found))
    return tuple(found)


def read_exclusions(top: Table) -> tuple[DutyExclusion, ...]:
    """Return which duties exclude each other; one side is enough."""
    found = []
    for table in top.rows("exclusions"):
        duty = _DUTIES[one_of(table, "duty", list(_DUTIES))]
        mask = _duties(table, "excludes")
        if mask & duty:
            raise table.unfit("excludes", "other duties than the one that it is about")
        found.append(DutyExclusion(duty=duty, mask=mask))
        table.end()
    require_different("the exclusions of duty", (exclusion.duty for exclusion in found))
    return tuple(found)


def _duties(table: Table, key: str) -> int:
    names = table.names(key, _DUTIES)
    if names is None:
        raise UnfitError(f"{table.where} has no {key}; known are {', '.join(_DUTIES)}")
    return sum(_DUTIES[name] for name in names)


def read_bypass(top: Table) -> BypassProcess | None:
    table = top.table("bypass")
    if table is None:
        return None
    process = BypassProcess(
        limit=whole_in(table, "limit", most=(1 << 16) - 1), review_hours=hours_in(table, "review_within")
    )
    table.end()
    return process


def read_strategies(top: Table) -> tuple[PlannedStrategy, ...]:
    found = []
    for table in top.rows("strategies"):
        name = name_in(table)
        value = table.take("id")
        strategy = PlannedStrategy(
            name=name,
            strategy=word_in(str(name) if value is None else value, f"id of {table.where}"),
            position=whole_in(table, "position", most=_MOST_128),
            order=whole_in(table, "order", most=_MOST_128),
            risk=whole_in(table, "risk", most=_MOST_PERSON),
            venues=tuple(word_in(venue, f"venues of {table.where}") for venue in _list(table, "venues")),
            guards=tuple(address_of(guard, f"guards of {table.where}") for guard in _list(table, "guards")),
        )
        table.end()
        require_different(f"in {table.where} the venue", map(show_bytes, strategy.venues))
        require_different(f"in {table.where} the guard", strategy.guards)
        found.append(strategy)
    require_different("the strategy", (show_bytes(each.strategy) for each in found))
    return tuple(found)


def _list(table: Table, key: str) -> list[str]:
    value = table.take(key)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise table.unfit(key, "a list of texts in quotes")
    return value
