"""Reading the clauses of an automatic guard's rules: each table is one, and its keys say of which kind."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from eth_hash.auto import keccak

from verifier.assess.rules.rule import Source
from verifier.assess.rules.table import RULES
from verifier.errors import AddressMalformed
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.finding import Severity
from verifier.model.guarding import (
    OF_ENDPOINTS,
    AllOf,
    AmountClause,
    AnyOf,
    CallClause,
    Clause,
    CounterpartyClause,
    FindingClause,
    MissingClause,
    OpaqueClause,
    Quantity,
    TierClause,
    TimeClause,
    VaultClause,
)
from verifier.model.text import Shown, sanitise
from verifier.model.tier import Tier
from verifier.model.units import Duration
from verifier.store.watch_table import Table, UnfitError

Lists = Mapping[str, frozenset[Address]]
"""The owners' lists of accounts, by name."""

_MOST_CLAUSES: Final = 64
_MOST_DEPTH: Final = 4
_FINDINGS: Final = tuple(rule.id for rule in RULES)
# What comes of playing an operation is one endpoint's claim, and a guard plays nothing.
_PLAYED: Final = frozenset(rule.id for rule in RULES if Source.SIMULATION in rule.needs)
_QUANTITY: Final = re.compile(r"([0-9]{1,40})(?:\.([0-9]{1,36}))?")
_SELECTOR: Final = re.compile(r"0x[0-9a-fA-F]{8}")
_FUNCTION: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]{0,99}\([A-Za-z0-9,()\[\]]{0,900}\)")
# Other words for a type make another selector, without a word of warning.
_SHORT: Final = re.compile(r"\b(uint|int|byte|fixed|ufixed)\b")
_SEVERITIES: Final = {severity.name.lower(): severity for severity in Severity}
_TIERS: Final = {tier.name.lower().replace("_", "-"): tier for tier in Tier}
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NATIVE: Final = "native"
_EXCEPTING: Final = frozenset({"counterparty_in", "target", "published", "all", "any"})


class ClauseReader:
    """Reads the clauses of one rule, whose number is bounded."""

    def __init__(self, lists: Lists, *, is_exception: bool = False) -> None:
        self._lists = lists
        self._is_exception = is_exception
        self._count = 0

    def clauses(self, table: Table, key: str, depth: int) -> tuple[Clause, ...]:
        value = table.take(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not value:
            raise table.unfit(key, 'a list of clauses such as [{ tier = "custody" }]')
        self._count += len(value)
        if self._count > _MOST_CLAUSES or depth > _MOST_DEPTH:
            raise UnfitError(f"{table.where} has too many clauses, or they are nested too deeply")
        found = []
        for i, content in enumerate(value):
            clause = Table(content, f"{key} number {i + 1} of {table.where}")
            found.append(self._clause(clause, depth))
        return tuple(found)

    def _clause(self, table: Table, depth: int) -> Clause:
        """Return the one clause that a table holds; its keys say of which kind it is."""
        kinds: tuple[tuple[tuple[str, ...], Callable[[Table], Clause]], ...] = (
            (("finding", "severity"), _finding),
            (("tier",), _tier),
            (("over", "asset", "decimals"), _amount),
            (("counterparty_in", "counterparty_not_in"), self._counterparty),
            (("target", "target_in", "target_not_in", "function", "selector"), self._call),
            (("published", "weekdays"), _time),
            (("changes_vault",), _changes_vault),
            (("not_understood",), _opaque),
            (("bytes_missing_for",), _missing),
            (("all",), lambda own: AllOf(clauses=self.clauses(own, "all", depth + 1))),
            (("any",), lambda own: AnyOf(clauses=self.clauses(own, "any", depth + 1))),
        )
        keys = set(table.keys())
        chosen = [(names, read) for names, read in kinds if keys & set(names)]
        known = [name for names, _ in kinds for name in names]
        for key in keys - set(known):
            near = difflib.get_close_matches(key, known, n=1)
            meant = f"; did you mean `{near[0]}`?" if near else f"; known are {', '.join(known)}"
            raise UnfitError(f"{table.where} has `{sanitise(key, most=60)}`, which means nothing here{meant}")
        if len(chosen) != 1:
            what = "nothing" if not chosen else "several things"
            raise UnfitError(
                f"{table.where} says {what}; write one clause for each, and `all` or `any` around them"
            )
        names, read = chosen[0]
        if self._is_exception and not set(names) & _EXCEPTING:
            raise UnfitError(
                f"{table.where} has {names[0]}, which excepts nothing: whoever proposes could bring it about; "
                "exceptions are about counterparties, targets, functions and times"
            )
        clause = read(table)
        table.end()
        return clause

    def _counterparty(self, table: Table) -> Clause:
        key = "counterparty_in" if table.take("counterparty_in") is not None else "counterparty_not_in"
        if key == "counterparty_in" and table.take("counterparty_not_in") is not None:
            raise UnfitError(f"{table.where} should have one of counterparty_in and counterparty_not_in")
        accounts, called = self._list(table, key)
        return CounterpartyClause(
            accounts=accounts,
            is_listed=key == "counterparty_in",
            of_all=self._is_exception,
            called=called,
        )

    def _call(self, table: Table) -> Clause:
        keys = [key for key in ("target", "target_in", "target_not_in") if table.take(key) is not None]
        if len(keys) > 1:
            raise UnfitError(f"{table.where} should have one of target, target_in and target_not_in")
        targets, called = None, Shown("any contract")
        for key in keys:
            if key == "target":
                target = read_address(table, key, table.take(key))
                targets, called = frozenset({target}), Shown(str(target))
            else:
                targets, name = self._list(table, key)
                called = Shown(name if key == "target_in" else f"a contract that is not in {name}")
        selector, function = _selector(table)
        return CallClause(
            targets=targets,
            is_listed="target_not_in" not in keys,
            selector=selector,
            of_all=self._is_exception,
            called=Shown(f"a call of {function} at {called}" if function else f"a call to {called}"),
        )

    def _list(self, table: Table, key: str) -> tuple[frozenset[Address], Shown]:
        value = table.take(key)
        if not isinstance(value, str):
            raise table.unfit(key, "the name of one of the lists, in quotes")
        if value not in self._lists:
            near = difflib.get_close_matches(value, self._lists, n=1)
            known = ", ".join(self._lists) or "none"
            meant = f"; did you mean `{near[0]}`?" if near else f"; known are {known}"
            raise UnfitError(
                f"{table.where} names the list `{sanitise(value, most=60)}`, which is not there{meant}"
            )
        return self._lists[value], Shown(f"the list {value}")


def _finding(table: Table) -> Clause:
    value = table.take("finding")
    names = [value] if isinstance(value, str) else value if value is not None else []
    if not isinstance(names, list) or not all(isinstance(each, str) for each in names):
        raise table.unfit("finding", "the name of a finding in quotes, or a list of such")
    for name in names:
        if name in OF_ENDPOINTS:
            raise UnfitError(
                f"{table.where} names the finding `{name}`, which says what single endpoints do; for bytes that are "
                "missing there is `bytes_missing_for`"
            )
        if name not in _FINDINGS:
            near = difflib.get_close_matches(name, _FINDINGS, n=1)
            meant = f"; did you mean `{near[0]}`?" if near else "; docs/findings.md lists them"
            raise UnfitError(
                f"{table.where} names the finding `{sanitise(name, most=60)}`, which is none{meant}"
            )
        if name in _PLAYED:
            raise UnfitError(
                f"{table.where} names the finding `{name}`, which rests on the simulation: that is one endpoint's "
                "claim, and a guard acts on none"
            )
    least = table.choice("severity", _SEVERITIES)
    return FindingClause(rules=frozenset(names), least=least or Severity.INFO)


def _tier(table: Table) -> Clause:
    tier = table.choice("tier", _TIERS)
    if tier is None:
        raise UnfitError(f"{table.where} has no tier")
    return TierClause(least=tier)


def _amount(table: Table) -> Clause:
    text, decimals = table.need("over"), table.number("decimals", 0, 36)
    found = _QUANTITY.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise table.unfit("over", 'an amount in whole ones, in quotes, such as "250000" or "0.5"')
    places = (found[2] or "").rstrip("0")
    over = Quantity(digits=int(found[1] + places), places=len(places))
    asset = table.need("asset")
    address = NATIVE if asset == _NATIVE else read_address(table, "asset", asset)
    if address == NATIVE:
        if decimals not in (None, 18):
            raise table.unfit("decimals", "18 for the native coin, or left out")
        decimals = 18
    if decimals is not None and over.base(decimals) is None:
        raise table.unfit("over", f"an amount with at most {decimals} decimals")
    return AmountClause(asset=address, over=over, decimals=decimals)


def _time(table: Table) -> Clause:
    hours = table.hours("published", "UTC")
    value = table.take("weekdays")
    weekdays = None
    if value is not None:
        if not isinstance(value, list) or not value or not all(each in _WEEKDAYS for each in value):
            raise table.unfit("weekdays", f"a list of days such as {list(_WEEKDAYS[5:])}")
        weekdays = frozenset(_WEEKDAYS.index(each) for each in value)
    return TimeClause(hours=None if hours is None else (hours.first, hours.last), weekdays=weekdays)


def _changes_vault(table: Table) -> Clause:
    _require_true(table, "changes_vault")
    return VaultClause()


def _opaque(table: Table) -> Clause:
    _require_true(table, "not_understood")
    return OpaqueClause()


def _require_true(table: Table, key: str) -> None:
    if table.take(key) is not True:
        raise table.unfit(key, "true, or be left out")


def _missing(table: Table) -> Clause:
    seconds = table.duration("bytes_missing_for", most=14 * 86_400)
    if seconds is None:
        raise UnfitError(f"{table.where} has no bytes_missing_for")
    return MissingClause(after=Duration(seconds))


def _selector(table: Table) -> tuple[bytes | None, Shown]:
    function, selector = table.text("function"), table.text("selector")
    if function is not None and selector is not None:
        raise UnfitError(f"{table.where} should have one of function and selector")
    if function is not None:
        if not _FUNCTION.fullmatch(function) or _SHORT.search(function.partition("(")[2]):
            should = 'a signature with whole types and no blanks, such as "transfer(address,uint256)"'
            raise table.unfit("function", should)
        return keccak(function.encode("ascii"))[:4], sanitise(function)
    if selector is not None:
        if not _SELECTOR.fullmatch(selector):
            raise table.unfit("selector", "0x and 8 hex digits")
        return bytes.fromhex(selector[2:]), sanitise(selector)
    return None, Shown("")


def read_address(table: Table, key: str, value: Any) -> Address:
    """:raises UnfitError: it is no address, or a digit of it is wrong."""
    if not isinstance(value, str):
        raise table.unfit(key, "an address in quotes")
    try:
        return Address.parse(value)
    except AddressMalformed as exc:
        raise UnfitError(f"{key} of {table.where} is no address: {exc.sentence()}") from exc
