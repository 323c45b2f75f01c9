"""The vault's own functions in words. Each sentence is made from the arguments alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from verifier.decode.lexicon import Lexicon, show_amount
from verifier.errors import NumberOutOfRange
from verifier.model.address import NOBODY, Address
from verifier.model.asset import ASSET_TERMS, NATIVE, AssetTerms, Use
from verifier.model.group import pack_holders, unpack_holders
from verifier.model.member import ATTRIBUTES, UNIT, Attributes, Role
from verifier.model.rule import Rule
from verifier.model.text import show_bytes, show_duration
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
    if terms.segregated:
        shown += ", segregated" if terms.segregated == 1 else f", segregated {terms.segregated}"
    if terms.least_delay != terms.delay:
        shown += f", break-glass leaves {show_duration(terms.least_delay)}"
    return f"{shown}, only {_show_window(terms)}" if terms.has_window else shown


def show_asset_terms(word: int) -> str:
    terms = AssetTerms.unpack(word)
    if terms is None:
        return "not listed"
    routine = show_amount(terms.amount(terms.routine_limit), terms.decimals)
    high = show_amount(terms.amount(terms.high_value_from), terms.decimals)
    shown = f"ROUTINE up to {routine}, HIGH_VALUE from {high}, {terms.decimals} decimals"
    if terms.level or terms.filled_at:
        shown += ", and a level, which no vault takes"
    return shown + _show_rest(word, ASSET_TERMS)


def show_rule(word: int, names: Lexicon) -> str:
    try:
        rule = Rule.unpack(word)
    except NumberOutOfRange:
        rule = None
    if rule is None or rule.pack() != word:
        return f"no rule that a vault takes ({word:#x})"
    measure = rule.measure
    if measure is None:
        return "HIGH_VALUE, whatever they say"
    asset = "the native coin" if measure.asset == NATIVE else names.name(measure.asset)
    use = "receive it" if measure.uses == Use.RECIPIENT else "be allowed to spend it"
    return (
        f"a movement of {asset}: of {measure.words} words of arguments, number {measure.amount_at} is the amount and "
        f"number {measure.counterparty_at} the account that must be allowed to {use}, counted from zero"
    )


def show_holders(words: Sequence[int]) -> str:
    persons = unpack_holders(words)
    shown = f"{len(persons)} persons ({', '.join(map(str, persons))})"
    return shown if pack_holders(persons) == tuple(words) else f"{shown}, and words that no vault takes"


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
        f"Adds {names.name(a['member'])} as a member for person {a['person']}, with the roles"
        f" {show_roles(a['roles'])}; claims {show_attributes(a['attributes'])}."
    )


def _add_group(a: Arguments, names: Lexicon) -> str:
    return (
        f"Adds the group {names.name(a['group'])} as a member with the roles {show_roles(a['roles'])}. Its key, of "
        f"abscissa {a['x']:#066x}, is held in parts by {show_holders(a['holders'])}: how many of them it takes to "
        "sign, the chain cannot know."
    )


def _set_holders(a: Arguments, names: Lexicon) -> str:
    return (
        f"Says that the key of the group {names.name(a['group'])} is held in parts by {show_holders(a['holders'])}; it "
        "gets a new seat, and its seasoning begins anew."
    )


def _set_rule(a: Arguments, names: Lexicon) -> str:
    selector: int = a["selector"]
    which = f"selector {show_bytes(selector.to_bytes(32, 'big').lstrip(bytes(1)).rjust(4, bytes(1)))}"
    if a["rule"] == 0:
        return (
            f"Takes back the rule about {which} of {names.name(a['target'])}: calls of it are CUSTODY then."
        )
    return f"Says that calls of {which} of {names.name(a['target'])} are {show_rule(a['rule'], names)}."


def _set_registry(a: Arguments, names: Lexicon) -> str:
    if a["registry"] == NOBODY:
        return "Asks no register of duties any more: an approver may have any custody duty then."
    return f"Asks {names.name(a['registry'])} from now on which custody duties a person has."


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
    "addGroup": _add_group,
    "setHolders": _set_holders,
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
    "setRule": _set_rule,
    "setRegistry": _set_registry,
}


def say(function: str, arguments: Arguments, names: Lexicon) -> str:
    """Return what a call of the vault by itself does; empty for a function that no operation has a use for."""
    saying = _SAYINGS.get(function)
    return saying(arguments, names) if saying else ""
