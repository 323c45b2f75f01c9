"""How accounts, persons and settings are called where a chain and a file are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.errors.words import ROLES, names_in
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE, AssetTerms, Use
from verifier.model.companions import Companions
from verifier.model.member import Role
from verifier.model.rule import Rule
from verifier.model.text import Shown, sanitise, show_bytes
from verifier.model.tier import EVERY_DAY, TierTerms
from verifier.model.units import Person

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the file calls things. A name never decides anything."""

    companions: Companions
    labels: Mapping[Address, Shown] = field(default_factory=dict)
    persons: Mapping[Person, Shown] = field(default_factory=dict)

    def account(self, address: Address) -> Shown:
        """Return an address, whole, with what it is called."""
        label = self.labels.get(address) or self.companions.name_of(address)
        return Shown(f"{sanitise(label, most=60)} {address}" if label else str(address))

    def asset(self, address: Address) -> Shown:
        return Shown("the native coin") if address == NATIVE else self.account(address)

    def person(self, person: Person) -> Shown:
        name = self.persons.get(person)
        return Shown(f"person {person} ({sanitise(name, most=60)})" if name else f"person {person}")

    def registry(self, address: Address) -> Shown:
        return Shown("none") if address == NOBODY else self.account(address)


def show_roles(roles: Role) -> Shown:
    return Shown(names_in(ROLES, roles).replace(" or ", ", "))


def show_uses(uses: Use) -> Shown:
    return Shown(" and ".join(use.name.lower() for use in Use if uses & use and use.name) or "nothing")


def show_limits(terms: AssetTerms) -> Shown:
    """Return the limits of an asset in whole ones."""
    routine, high = (
        _whole(terms.amount(units), terms.decimals) for units in (terms.routine_limit, terms.high_value_from)
    )
    return Shown(f"ROUTINE up to {routine}, HIGH_VALUE from {high}, {terms.decimals} decimals")


def _whole(amount: int, decimals: int) -> str:
    whole, rest = divmod(amount, 10**decimals)
    return f"{whole:_}.{rest:0{decimals}}".rstrip("0").rstrip(".") if rest else f"{whole:_}"


def show_rule(rule: Rule, names: Names) -> Shown:
    measure = rule.measure
    if measure is None:
        return Shown("HIGH_VALUE whatever it says")
    return Shown(
        f"a movement of {names.asset(measure.asset)} ({measure.words} words, amount {measure.amount_at}, "
        f"counterparty {measure.counterparty_at} as {show_uses(measure.uses)})"
    )


def show_function(target: Address, selector: bytes, names: Names) -> Shown:
    return Shown(f"{show_bytes(selector)} of {names.account(target)}")


def show_window(terms: TierTerms) -> Shown:
    if not terms.has_window:
        return Shown("always open")
    days = [day for i, day in enumerate(_WEEKDAYS) if terms.weekdays >> i & 1]
    opens, closes = (
        f"{quarter // 4:02}:{quarter % 4 * 15:02}" for quarter in (terms.opens_at, terms.closes_at)
    )
    which = "every day" if terms.weekdays == EVERY_DAY else " ".join(days)
    return Shown(f"{which} {opens} to {closes} UTC")
