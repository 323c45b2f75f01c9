"""The vault's own functions in words. Each sentence is made from the arguments alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from verifier.decode.lexicon import Lexicon, show_amount
from verifier.model.address import Address
from verifier.model.asset import ASSET_TERMS, NATIVE, AssetTerms, Use
from verifier.model.member import ATTRIBUTES, UNIT, Attributes, Role
from verifier.model.text import show_duration
from verifier.model.tier import EVERY_DAY, Tier, TierTerms
from verifier.model.word import WordLayout

Arguments = Mapping[str, Any]
Say = Callable[[Arguments, Lexicon], str]

_WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def show_roles(roles: int) -> str:
    """Return the names of roles, and the bits that name none."""
    names = [role.name or "" for role in Role if roles & role]
    rest = roles & ~int(sum(Role))
    return ", ".join(names + ([f"unknown bits {rest:#x}"] if rest else [])) or "no role"


def show_attributes(word: int) -> str:
    attributes = Attributes.unpack(word)
    place = ", ".join(f"{axis / UNIT:+.4f}" for axis in attributes.place)
    shown = f"employer {attributes.employer}, {attributes.utc_offset:+} minutes from UTC, at ({place})"
    return shown + _show_rest(word, ATTRIBUTES)


def show_terms(word: int) -> str:
    terms = TierTerms.unpack(word)
    shown = (
        f"{terms.quorum} approvals ({terms.security_approvals} security), delay {show_duration(terms.delay)}, "
        f"grace {show_duration(terms.grace_hours * 3600)}"
    )
    return f"{shown}, only {_show_window(terms)}" if terms.has_window else shown


def show_asset_terms(word: int) -> str:
    terms = AssetTerms.unpack(word)
    if terms is None:
        return "not listed"
    routine = show_amount(terms.amount(terms.routine_limit), terms.decimals)
    high = show_amount(terms.amount(terms.high_value_from), terms.decimals)
    shown = f"ROUTINE up to {routine}, HIGH_VALUE from {high}, {terms.decimals} decimals"
    return shown + _show_rest(word, ASSET_TERMS)


def _show_rest(word: int, layout: WordLayout) -> str:
    rest = word >> layout.width
    return f", and bits that mean nothing ({rest << layout.width:#x})" if rest else ""


def _show_window(terms: TierTerms) -> str:
    days = [day for i, day in enumerate(_WEEKDAYS) if terms.weekdays >> i & 1]
    if terms.weekdays > EVERY_DAY:
        days.append(f"unknown bits {terms.weekdays & ~EVERY_DAY:#x}")
    opens, closes = (f"{q // 4:02}:{q % 4 * 15:02}" for q in (terms.opens_at, terms.closes_at))
    return f"{' '.join(days) or 'never'} {opens} to {closes} UTC"


def _add_member(a: Arguments, names: Lexicon) -> str:
    return (
        f"Adds {names.name(a['member'])} as a member for person {a['person']}, with the roles "
        f" {show_roles(a['roles'])}; claims {show_attributes(a['attributes'])}."
    )


def _remove_member(a: Arguments, names: Lexicon) -> str:
    return f"Removes the member {names.name(a['member'])} for ever."


def _replace_member(a: Arguments, names: Lexicon) -> str:
    return (
        f"Replaces the member {names.name(a['member'])} by {names.name(a['successor'])}, who acts for person "
        f"{a['person']} with the same roles; claims {show_attributes(a['attributes'])}."
    )


def _set_tiers(a: Arguments, _: Lexicon) -> str:
    tiers = "; ".join(f"{tier.name}: {show_terms(a['tiers'][tier])}" for tier in Tier)
    return f"Sets the terms of every tier. {tiers}. Supermajority: {a['supermajority']} approvals."


def _set_asset(a: Arguments, names: Lexicon) -> str:
    asset: Address = a["asset"]
    which = "the native coin" if asset == NATIVE else names.name(asset)
    if a["terms"] == 0:
        return f"Takes {which} off the list of assets: every movement of it is CUSTODY then."
    return f"Lists {which} as an asset: {show_asset_terms(a['terms'])}."


def _set_counterparty(a: Arguments, names: Lexicon) -> str:
    receive = "may" if a["uses"] & Use.RECIPIENT else "may not"
    spend = "may" if a["uses"] & Use.SPENDER else "may not"
    return (
        f"Says that {names.name(a['account'])} {receive} receive assets, and {spend} be allowed to spend them, below "
        "HIGH_VALUE."
    )


_SAYINGS: Final[Mapping[str, Say]] = {
    "addMember": _add_member,
    "removeMember": _remove_member,
    "replaceMember": _replace_member,
    "reinstateMember": lambda a, names: (
        f"Reinstates the suspended member {names.name(a['member'])} in a new seat."
    ),
    "confirmSuspension": lambda a, names: (
        f"Confirms the suspension of {names.name(a['member'])}: until reinstated, without its veto."
    ),
    "setRoles": lambda a, names: f"Sets the roles of {names.name(a['member'])} to {show_roles(a['roles'])}.",
    "setAttributes": lambda a, names: (
        f"Sets the claims about {names.name(a['member'])} to {show_attributes(a['attributes'])}; its seasoning begins "
        "anew."
    ),
    "setTiers": _set_tiers,
    "setAsset": _set_asset,
    "setCounterparty": _set_counterparty,
}


def say(function: str, arguments: Arguments, names: Lexicon) -> str:
    """Return what a call of the vault by itself does; empty for a function that no operation has a use for."""
    saying = _SAYINGS.get(function)
    return saying(arguments, names) if saying else ""
