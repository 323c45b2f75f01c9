"""The companions' functions in words, as an operation calls them. Each sentence is made from the arguments alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from verifier.decode.lexicon import Lexicon
from verifier.errors.duties import show_duties
from verifier.model.address import Address
from verifier.model.text import show_bytes, show_moment

Arguments = Mapping[str, Any]
Say = Callable[[Arguments, Lexicon], str]


def abi_name_of(target: Address, names: Lexicon) -> str:
    """Return the name of a companion's interface; empty for any other address."""
    companions = names.companions
    if companions is None:
        return ""
    known = {
        companions.checks: "checks",
        companions.duty_registry: "duty_registry",
        companions.strategy_limits: "strategy_limits",
        companions.bypass_ledger: "bypass_ledger",
    }
    return known.get(target, "")


def say(companion: str, function: str, arguments: Arguments, names: Lexicon) -> str:
    """Return what a call of a companion does; empty for a function that no operation has a use for."""
    saying = _SAYINGS.get((companion, function))
    if saying is None or arguments.get("vault", names.vault) != names.vault:
        return ""
    return saying(arguments, names)


def _set_conflicts(a: Arguments, _: Lexicon) -> str:
    duty = show_duties(a["duty"])
    if a["mask"] == 0:
        return f"Says that the duty {duty} excludes no other one."
    mask = show_duties(a["mask"])
    return f"Says that nobody with the duty {duty} may have one of these, nor the other way round: {mask}."


def _set_bypass_terms(a: Arguments, _: Lexicon) -> str:
    return (
        f"Allows {a['limit']} uses of break-glass in 30 days while one is unreviewed, and {a['reviewHours']} hours to "
        "review one. Forgives all that happened: they count no more, reviewed or not."
    )


def _strategy(a: Arguments) -> str:
    return f"strategy {show_bytes(a['strategy'])}"


def _limits(a: Arguments) -> str:
    position, order, risk = a["terms"]
    return f"positions up to {position}, orders up to {order}, risk up to {risk}"


def _set_venue(a: Arguments, _: Lexicon) -> str:
    says = "Allows" if a["isAllowed"] else "No longer allows"
    return f"{says} the venue {show_bytes(a['venue'])} to {_strategy(a)}."


def _set_guard(a: Arguments, names: Lexicon) -> str:
    says = "Appoints" if a["isAppointed"] else "Dismisses"
    return f"{says} {names.name(a['guard'])} as a guard of {_strategy(a)}."


def _balance(limit: str) -> Say:
    return lambda a, names: f"{_ONLY_IF} {names.name(a['account'])} holds {limit} {a[_SIDES[limit]]} wei."


def _token_balance(limit: str) -> Say:
    return lambda a, names: (
        f"{_ONLY_IF} {names.name(a['account'])} holds {limit} {names.amount(a['token'], a[_SIDES[limit]])}."
    )


def _allowance(limit: str) -> Say:
    return lambda a, names: (
        f"{_ONLY_IF} {names.name(a['spender'])} may spend {limit} {names.amount(a['token'], a[_SIDES[limit]])} of "
        f"{names.name(a['owner'])}."
    )


_ONLY_IF: Final = "Goes on only if"
_SIDES: Final = {"at least": "minimum", "at most": "maximum", "exactly": "expected"}

_SAYINGS: Final[Mapping[tuple[str, str], Say]] = {
    ("duty_registry", "grant"): lambda a, _: f"Gives person {a['person']} the duty {show_duties(a['duty'])}.",
    ("duty_registry", "revoke"): lambda a, _: (
        f"Takes the duty {show_duties(a['duty'])} from person {a['person']}."
    ),
    ("duty_registry", "setConflicts"): _set_conflicts,
    ("bypass_ledger", "setTerms"): _set_bypass_terms,
    ("strategy_limits", "setTerms"): lambda a, _: f"Gives {_strategy(a)} other limits: {_limits(a)}.",
    ("strategy_limits", "setVenue"): _set_venue,
    ("strategy_limits", "setGuard"): _set_guard,
    ("strategy_limits", "resume"): lambda a, _: f"Ends the suspension of {_strategy(a)}.",
    ("strategy_limits", "suspend"): lambda a, _: f"Stops {_strategy(a)} until the vault resumes it.",
    ("strategy_limits", "tighten"): lambda a, _: f"Lowers the limits of {_strategy(a)}: {_limits(a)}.",
    ("strategy_limits", "dropVenue"): lambda a, _: (
        f"Takes the venue {show_bytes(a['venue'])} from {_strategy(a)}."
    ),
    ("checks", "requireCodeHash"): lambda a, names: (
        f"{_ONLY_IF} the code of {names.name(a['account'])} hashes to {show_bytes(a['expected'])}."
    ),
    ("checks", "requireImplementation"): lambda a, names: (
        f"{_ONLY_IF} the proxy {names.name(a['proxy'])} says that its implementation is {names.name(a['expected'])}."
    ),
    ("checks", "requireBalanceAtLeast"): _balance("at least"),
    ("checks", "requireBalanceAtMost"): _balance("at most"),
    ("checks", "requireTokenBalanceAtLeast"): _token_balance("at least"),
    ("checks", "requireTokenBalanceAtMost"): _token_balance("at most"),
    ("checks", "requireAllowance"): _allowance("exactly"),
    ("checks", "requireAllowanceAtMost"): _allowance("at most"),
    ("checks", "requireNotAfter"): lambda a, _: (
        f"{_ONLY_IF} it is not later than {show_moment(a['moment'])}."
    ),
    ("checks", "requireNotBefore"): lambda a, _: (
        f"{_ONLY_IF} it is not earlier than {show_moment(a['moment'])}."
    ),
    ("checks", "requireChain"): lambda a, _: f"{_ONLY_IF} this is chain {a['expected']}.",
    ("checks", "requireAnswer"): lambda a, names: (
        f"{_ONLY_IF} what {names.name(a['target'])} answers to {show_bytes(a['question'])} hashes to "
        f"{show_bytes(a['expected'])}."
    ),
}
