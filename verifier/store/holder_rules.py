"""A holder's rules: TOML, read strictly. Where there is no file, everything is asked.

version = 1
otherwise = "ask"                        or "refuse"
repairs = [3]                            holders whose lost share is helped to be made anew, without asking
consent = "30m"                          for how long a yes holds, while the others are waited for: a minute to a day

[approve]                                signed without asking, if all of it fits
tiers = ["routine", "standard"]
findings = "notice"                      the worst that is passed over: info, notice or warning
counterparties = ["0x..."]               who may be given something, and nobody else
hours = "08:00-18:00"
zone = "Europe/Zurich"
weekdays = ["mon", "tue", "wed", "thu", "fri"]

[approve.most]                           of one operation, in base units; what is not listed is asked
native = "1000000000000000000"
"0x..." = "5000000000"
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from verifier.decode.content import UnfitError as UnfitContentError
from verifier.errors import HolderRulesMalformed
from verifier.model.address import NOBODY, Address
from verifier.model.finding import Severity
from verifier.model.holder_rules import NO_RULES, HolderRules, Otherwise
from verifier.model.tier import EVERY_DAY, Tier
from verifier.store.books import read_bounded
from verifier.store.vault_file_values import address_of, whole_in
from verifier.store.watch_table import Table, UnfitError

VERSION: Final = 1
MOST_BYTES: Final = 64 * 1024
_TIERS: Final = {tier.name.lower().replace("_", "-"): tier for tier in Tier}
_SEVERITIES: Final = {severity.name.lower(): severity for severity in Severity if severity < Severity.DANGER}
_OTHERWISE: Final = {each.value: each for each in Otherwise}
_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LEAST_CONSENT: Final = 60
_MOST_CONSENT: Final = 86_400
_MOST_LISTED: Final = 1_000


def read_holder_rules(path: Path) -> HolderRules:
    """Return a holder's rules; those of nobody where there is no file.

    :raises HolderRulesMalformed: the file cannot be read, or says something that is not known.
    """
    return read_rules_with_content(path)[0]


def read_rules_with_content(path: Path) -> tuple[HolderRules, bytes | None]:
    """Return a holder's rules with the bytes that say so, which are read once; None where there is no file.

    :raises HolderRulesMalformed: as `read_holder_rules`.
    """
    if not path.exists():
        return NO_RULES, None
    try:
        content = read_bounded(path, MOST_BYTES)
        return parse_holder_rules(content), content
    except (UnfitContentError, UnfitError) as exc:
        raise HolderRulesMalformed(path=str(path), why=str(exc)) from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise HolderRulesMalformed(path=str(path), why="it is no TOML") from exc


def parse_holder_rules(content: bytes) -> HolderRules:
    """:raises UnfitError: something in it is not known."""
    top = Table(tomllib.loads(content.decode("utf-8"), parse_float=Decimal), "the file")
    if whole_in(top, "version", most=1 << 31) != VERSION:
        raise UnfitError(f"it has another version than {VERSION}, which this release reads")
    otherwise = top.choice("otherwise", _OTHERWISE) or Otherwise.ASK
    repairs = top.take("repairs") or []
    if not isinstance(repairs, list) or not all(
        isinstance(each, int) and not isinstance(each, bool) and 1 <= each <= 255 for each in repairs
    ):
        raise top.unfit("repairs", "a list of holders' indexes, 1 to 255")
    stops = top.flag("stops", usual=False)
    consent = top.duration("consent", most=_MOST_CONSENT)
    if consent is not None and consent < _LEAST_CONSENT:
        raise top.unfit("consent", "a minute at least, in which the others can answer")
    approve = top.table("approve")
    top.end()
    rules = HolderRules(otherwise=otherwise, repairs=frozenset(repairs), stops=stops, consent=consent)
    return rules if approve is None else _with_approvals(approve, rules)


def _with_approvals(table: Table, rules: HolderRules) -> HolderRules:
    tiers = table.names("tiers", _TIERS)
    if tiers is None:
        raise UnfitError("approve has no tiers; without them nothing is signed without asking")
    zone = table.zone("zone", "UTC")
    days = table.names("weekdays", _WEEKDAYS)
    most = table.table("most")
    found = replace(
        rules,
        tiers=frozenset(_TIERS[tier] for tier in tiers),
        most_severe=table.choice("findings", _SEVERITIES) or Severity.NOTICE,
        counterparties=_addresses(table),
        most=dict(_amount(most, key) for key in most.keys()) if most else {},  # noqa: SIM118 - no mapping
        hours=table.hours("hours", zone),
        weekdays=EVERY_DAY if days is None else sum(1 << _WEEKDAYS.index(day) for day in days),
    )
    table.end()
    return found


def _addresses(table: Table) -> frozenset[Address] | None:
    value: Any = table.take("counterparties")
    if value is None:
        return None
    if not isinstance(value, list) or len(value) > _MOST_LISTED or not all(isinstance(v, str) for v in value):
        raise table.unfit("counterparties", "a list of addresses in quotes")
    return frozenset(address_of(each, "counterparties of approve") for each in value)


def _amount(table: Table, key: str) -> tuple[Address, int]:
    value = table.take(key)
    asset = NOBODY if key == "native" else address_of(key, "most of approve")
    if not isinstance(value, str) or not value.isascii() or not value.isdecimal() or len(value) > 78:
        raise table.unfit(key, "a whole number of base units, in quotes")
    return asset, int(value)
