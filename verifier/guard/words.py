"""Rules and clauses as sentences, for whoever has to know beforehand what a guard would do."""

from __future__ import annotations

from typing import Final, assert_never

from verifier.decode.lexicon import show_amount
from verifier.model.address import NOBODY
from verifier.model.finding import Severity
from verifier.model.guarding import (
    AllOf,
    AmountClause,
    AnyOf,
    CallClause,
    Clause,
    CounterpartyClause,
    FindingClause,
    GuardRule,
    MissingClause,
    OpaqueClause,
    Quantity,
    TierClause,
    TimeClause,
    VaultClause,
)
from verifier.model.text import Shown, show_duration

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def say_rule(rule: GuardRule) -> Shown:
    """Return what a rule does."""
    if not rule.is_veto:
        act = "Rings, and does nothing else,"
    elif rule.objects:
        act = "Vetoes, and objects to a seat operation,"
    else:
        act = "Vetoes, and only rings about a seat operation,"
    said = f"{act} where {say_clause(rule.clause)}"
    if rule.exceptions:
        said += "; but not where " + ", or ".join(map(say_clause, rule.exceptions))
    return Shown(f"{said}.")


def say_clause(clause: Clause) -> Shown:
    """Return what a clause asks, as the end of a sentence that begins with `where`."""
    return Shown(_say(clause))


def _say(clause: Clause) -> str:
    match clause:
        case AllOf():
            return _joined(clause.clauses, " and ")
        case AnyOf():
            return _joined(clause.clauses, " or ")
        case FindingClause():
            return _finding(clause)
        case TierClause():
            return f"its tier is {clause.least.name} or stricter"
        case AmountClause():
            return f"somebody loses more than {_quantity(clause)}, or lets it be spent"
        case CounterpartyClause():
            where = f"{'in' if clause.is_listed else 'not in'} {clause.called}"
            if clause.of_all:
                return f"it only pays, and everybody who gains by it is {where}"
            return f"somebody gains by it who is {where}"
        case CallClause():
            return f"there is nothing but {clause.called}" if clause.of_all else f"there is {clause.called}"
        case TimeClause():
            return f"it was published {_time(clause)}"
        case VaultClause():
            return "a call goes to the vault itself"
        case OpaqueClause():
            return "a call carries data that is not understood"
        case MissingClause():
            return f"its bytes are missing {show_duration(clause.after)} after it was published"
        case never:
            assert_never(never)


def _joined(clauses: tuple[Clause, ...], word: str) -> str:
    said = [_say(each) for each in clauses]
    return said[0] if len(said) == 1 else "(" + word.join(said) + ")"


def _finding(clause: FindingClause) -> str:
    which = " or ".join(sorted(clause.rules)) if clause.rules else "any kind"
    least = "" if clause.least is Severity.INFO else f", at least of severity {clause.least.name.lower()}"
    return f"there is a finding of {which}{least}"


def _quantity(clause: AmountClause) -> str:
    amount = show_quantity(clause.over)
    asset = "the native coin" if clause.asset == NOBODY else str(clause.asset)
    decimals = "by the vault's decimals" if clause.decimals is None else f"{clause.decimals} decimals"
    return f"{amount} of {asset} ({decimals})"


def show_quantity(quantity: Quantity) -> Shown:
    """Return an amount as its owners wrote it."""
    return show_amount(quantity.digits, quantity.places)


def _time(clause: TimeClause) -> str:
    parts = []
    if clause.hours is not None:
        first, last = (f"{minute // 60:02}:{minute % 60:02}" for minute in clause.hours)
        parts.append(f"between {first} and {last} UTC")
    if clause.weekdays is not None:
        parts.append("on " + ", ".join(_WEEKDAYS[day] for day in sorted(clause.weekdays)))
    return " ".join(parts)
