"""One sentence for a whole operation, made from its effects. What a reader must not miss is said before any total."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from verifier.decode.lexicon import Lexicon
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.call import DecodedCall
from verifier.model.effect import Allowance, Authority, AuthorityKind, Creation, Delegation, Move
from verifier.model.finding import Severity
from verifier.model.text import Shown

# Up to so many calls, each has its own words; of more, totals are told.
_MOST_TOLD: Final = 6
# So many of one kind are named among the totals.
_MOST_NAMED: Final = 4
# What is told of a contract after all others: many of these must not hide one that gives power away.
_SLIGHT: Final = {AuthorityKind.SETTING.value, AuthorityKind.ROLE_REVOKED.value}


def say_operation(calls: Sequence[DecodedCall], lexicon: Lexicon) -> Shown:
    """Return what an operation does, in one sentence for one call, in one for each of a few, else in totals."""
    all_calls = [call for each in calls for _, call in each.walk()]
    if len(all_calls) <= _MOST_TOLD:
        return Shown(_tell(calls))
    parts = [
        _say_size(calls, len(all_calls), lexicon),
        *_say_delegations(all_calls, lexicon),
        *_say_unknown(all_calls, lexicon),
        *_say_creations(all_calls, lexicon),
        *_say_authorities(all_calls, lexicon),
        *_say_allowances(all_calls, lexicon),
        *_say_moves(all_calls, lexicon),
        *_say_rest(all_calls),
        "See the tree for each of them.",
    ]
    return Shown(" ".join(parts))


def _tell(calls: Sequence[DecodedCall]) -> str:
    if not calls:
        return "Makes no call at all."
    if len(calls) == 1:
        return _tell_one(calls[0], "")
    told = " ".join(_tell_one(call, f"{i + 1}") for i, call in enumerate(calls))
    return f"Makes {len(calls)} calls, all or none. {told}"


def _tell_one(call: DecodedCall, number: str) -> str:
    """Return a call in its own words, and those inside of it after it, by their numbers."""
    prefix = f"{number}." if number else ""
    inside = " ".join(_tell_one(child, f"{prefix}{i + 1}") for i, child in enumerate(call.children))
    said = f"({number}) {call.sentence}" if number else call.sentence
    return f"{said} {inside}" if inside else said


def _say_size(calls: Sequence[DecodedCall], total: int, lexicon: Lexicon) -> str:
    inside = total - len(calls)
    if not inside:
        return f"Makes {_count(len(calls), 'call')}, all or none."
    around = dict.fromkeys(call.call.target for each in calls for _, call in each.walk() if call.children)
    through = _named(around, lexicon.name)
    whose = "it" if len(calls) == 1 else "them"
    return f"Makes {_count(len(calls), 'call')}, and {inside} inside of {whose}, through {through}."


def _say_delegations(calls: Sequence[DecodedCall], lexicon: Lexicon) -> list[str]:
    found = dict.fromkeys(e for call in calls for e in call.effects if isinstance(e, Delegation))
    each = [
        (
            f"Runs the code of {lexicon.name(one.code)} as that of {lexicon.name(one.account)}, so that it can do "
            "anything that this account can."
        )
        for one in list(found)[:_MOST_NAMED]
    ]
    return each + _rest(len(found), "account's code is run so too", "accounts' code is run so too")


def _say_creations(calls: Sequence[DecodedCall], lexicon: Lexicon) -> list[str]:
    found = list(dict.fromkeys(e for call in calls for e in call.effects if isinstance(e, Creation)))
    if not found:
        return []
    known = dict.fromkeys(one.account for one in found if one.account)
    at = f" at {_named(known, lexicon.name)}" if known else ""
    return [f"Makes {_count(len(found), 'contract')} of code that nobody here reads{at}."]


def _say_unknown(calls: Sequence[DecodedCall], lexicon: Lexicon) -> list[str]:
    """Return what nobody here knows: functions without a name, bytes that do not fit, calls that were not opened."""
    said = []
    unnamed = [call for call in calls if not _is_named(call)]
    if unnamed:
        targets = _named(dict.fromkeys(call.call.target for call in unnamed), lexicon.name)
        said.append(
            f"Makes {_count(len(unnamed), 'call')} of functions that nothing here can name, at {targets}."
        )
    dirty = [call for call in calls if call.severity is Severity.DANGER]
    if dirty:
        said.append(f"Has {_count(len(dirty), 'call')} that no honest encoder would have written so.")
    unclear = [call for call in calls if len(call.candidates) > 1]
    if unclear:
        said.append(f"Has {_count(len(unclear), 'call')} that can be read in more than one way.")
    unopened = sum(call.unopened for call in calls)
    if unopened:
        said.append(
            f"Has {_count(unopened, 'call')} inside that nobody opened: too many, too deep, too long, or unknown."
        )
    return said


def _say_authorities(calls: Sequence[DecodedCall], lexicon: Lexicon) -> list[str]:
    kinds: dict[Address, dict[str, None]] = {}
    for effect in (e for call in calls for e in call.effects):
        if isinstance(effect, Authority):
            kinds.setdefault(effect.target, {})[effect.kind.value] = None
    each = [
        f"Changes who or what decides about {lexicon.name(target)}: {', '.join(found)}."
        for target, found in sorted(kinds.items(), key=lambda one: set(one[1]) <= _SLIGHT)[:_MOST_NAMED]
    ]
    return each + _rest(len(kinds), "contract is changed so too", "contracts are changed so too")


@dataclass(slots=True)
class _Allowed:
    """What is allowed of one owner's token."""

    spenders: dict[Address, None]
    unlimited: dict[Address, None]


def _say_allowances(calls: Sequence[DecodedCall], lexicon: Lexicon) -> list[str]:
    found: dict[tuple[Address, Address], _Allowed] = {}
    for effect in (e for call in calls for e in call.effects):
        if isinstance(effect, Allowance) and effect.amount != 0:
            allowed = found.setdefault((effect.token, effect.owner), _Allowed(spenders={}, unlimited={}))
            (allowed.unlimited if effect.amount is None else allowed.spenders)[effect.spender] = None
    each = []
    for token, owner in sorted(found, key=lambda one: (one[1] != lexicon.actor, not found[one].unlimited))[
        :_MOST_NAMED
    ]:
        allowed = found[token, owner]
        parts = []
        if allowed.unlimited:
            parts.append(f"without limit to {_named(allowed.unlimited, lexicon.name)}")
        if allowed.spenders:
            parts.append(f"up to a limit to {_named(allowed.spenders, lexicon.name)}")
        whose = "" if owner == lexicon.actor else f" of {lexicon.name(owner)}"
        each.append(f"Allows spending of {_coin(token, lexicon)}{whose} {', and '.join(parts)}.")
    return each + _rest(len(found), "asset may be spent so too", "assets may be spent so too")


def _say_moves(calls: Sequence[DecodedCall], lexicon: Lexicon) -> list[str]:
    groups: dict[tuple[Address, Address], list[Move]] = {}
    for effect in (e for call in calls for e in call.effects):
        if isinstance(effect, Move):
            groups.setdefault((effect.token, effect.sender), []).append(effect)

    def first(group: tuple[Address, Address]) -> tuple[bool, bool]:
        """What the vault pays with comes before whatever somebody put in front of it."""
        token, sender = group
        return sender != lexicon.actor, token not in lexicon.assets

    each = [
        _say_group(token, sender, groups[token, sender], lexicon)
        for token, sender in sorted(groups, key=first)[: 2 * _MOST_NAMED]
    ]
    return each + _rest(len(groups) - _MOST_NAMED, "sender and asset", "senders and assets")


def _say_group(token: Address, sender: Address, moves: Sequence[Move], lexicon: Lexicon) -> str:
    """Return the total of one sender's movements of one asset, how many receive it, and the largest."""
    coins = [move for move in moves if move.token_id is None]
    known = [move for move in coins if move.amount is not None]
    whose = "" if sender == lexicon.actor else f" of {lexicon.name(sender)}"
    what = []
    if known:
        what.append(f"{lexicon.amount(token, sum(move.amount or 0 for move in known))} in all")
    if len(coins) > len(known):
        what.append(
            f"{_count(len(coins) - len(known), 'amount')} of {_coin(token, lexicon)} that the bytes do not fix"
        )
    if len(moves) > len(coins):
        what.append(f"{_count(len(moves) - len(coins), 'thing')} of the collection {lexicon.name(token)}")
    recipients = dict.fromkeys(move.recipient for move in moves)
    if len(recipients) == 1:
        to: str = lexicon.name(next(iter(recipients)))
    else:
        to = f"{len(recipients)} recipients"
        if known:
            most = max(known, key=lambda move: move.amount or 0)
            to += f", the largest {lexicon.amount(token, most.amount or 0)} to {lexicon.name(most.recipient)}"
    return f"Moves {', and '.join(what)}{whose} to {to}."


def _say_rest(calls: Sequence[DecodedCall]) -> list[str]:
    quiet = [call for call in calls if not call.effects and not call.children and _is_named(call)]
    if not quiet:
        return []
    return [
        f"Besides, makes {_count(len(quiet), 'call')} not known to move anything, or to give anybody power."
    ]


def _is_named(call: DecodedCall) -> bool:
    return bool(call.function) or not call.call.data


def _coin(token: Address, lexicon: Lexicon) -> str:
    return "the native coin" if token == NATIVE else lexicon.name(token)


def _named(accounts: Iterable[Address], name: Callable[[Address], Shown]) -> str:
    each = list(accounts)
    shown = ", ".join(name(account) for account in each[:_MOST_NAMED])
    return shown if len(each) <= _MOST_NAMED else f"{shown} and {len(each) - _MOST_NAMED} more"


def _rest(count: int, one: str, many: str) -> list[str]:
    rest = count - _MOST_NAMED
    return [] if rest <= 0 else [f"{rest} more {one if rest == 1 else many}."]


def _count(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
