"""Reading the rules of an automatic guard: whatever nobody knows is named, with what was probably meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from verifier.model.address import Address
from verifier.model.guarding import AllOf, AnyOf, Clause, GuardRule
from verifier.model.text import Shown, sanitise
from verifier.store.guard_clauses import ClauseReader, Lists, read_address
from verifier.store.settings import Pin
from verifier.store.watch_table import Table, UnfitError

MOST_RULES: Final = 64
MOST_LISTED: Final = 5_000
_NAME: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")


def read_lists(top: Table) -> dict[str, frozenset[Address]]:
    """Return the owners' lists of accounts, by name.

    :raises UnfitError: a list is not what it should be.
    """
    table = top.table("lists")
    if table is None:
        return {}
    lists: dict[str, frozenset[Address]] = {}
    for name in list(table.keys()):
        if not _NAME.fullmatch(name):
            raise UnfitError(
                f"lists has `{sanitise(name, most=60)}`; a list is named by up to 40 small letters, digits and -"
            )
        value = table.take(name)
        if not isinstance(value, list) or not 1 <= len(value) <= MOST_LISTED:
            raise table.unfit(name, f"a list of 1 to {MOST_LISTED} addresses in quotes")
        found = [read_address(table, name, each) for each in value]
        if len(set(found)) < len(found):
            twice = next(each for each in found if found.count(each) > 1)
            raise UnfitError(f"{name} of lists names {twice} twice")
        lists[name] = frozenset(found)
    return lists


def read_rules(top: Table, lists: Lists, pins: Sequence[Pin]) -> tuple[GuardRule, ...]:
    """Return the rules, in their order.

    :param pins: of the vaults that are guarded
    :raises UnfitError: a rule is not what it should be.
    """
    rules: list[GuardRule] = []
    for table in top.rows("rules"):
        rule = _rule(table, lists, pins)
        if any(other.name == rule.name for other in rules):
            raise UnfitError(f"two rules are named {rule.name}")
        rules.append(rule)
    if len(rules) > MOST_RULES:
        raise UnfitError(f"there are {len(rules)} rules, and at most {MOST_RULES} may be")
    return tuple(rules)


def _rule(table: Table, lists: Lists, pins: Sequence[Pin]) -> GuardRule:
    name = table.need("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise table.unfit("name", "up to 40 small letters, digits and -, a letter first")
    where = f"rule {name}"
    named = Table(table.content, where)
    named.take("name")
    if not isinstance(named.need("veto"), bool):
        raise named.unfit("veto", "true, or false for a rule that only rings")
    reader = ClauseReader(lists)
    parts: list[Clause] = []
    for key, kind in (("all", AllOf), ("any", AnyOf)):
        if clauses := reader.clauses(named, key, 1):
            parts.append(kind(clauses=clauses))
    if not parts:
        raise UnfitError(f"{where} says of nothing when it holds; give it `all` or `any`")
    chosen = named.names("vaults", [pin.name for pin in pins])
    rule = GuardRule(
        name=Shown(name),
        is_veto=named.flag("veto", usual=False),
        objects=named.flag("objects", usual=False),
        vaults=None
        if chosen is None
        else frozenset((pin.chain_id, pin.vault) for pin in pins if pin.name in chosen),
        clause=parts[0] if len(parts) == 1 else AllOf(clauses=tuple(parts)),
        exceptions=ClauseReader(lists, is_exception=True).clauses(named, "except", 1),
    )
    named.end()
    if rule.objects and not rule.is_veto:
        raise UnfitError(
            f"{where} objects to seat operations, and it only rings; say `veto = true`, or leave it out"
        )
    return rule
