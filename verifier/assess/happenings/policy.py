"""Assets, counterparties and rules: what may move without many asking, and whether it became more."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from verifier.assess.happenings.amounts import show_units
from verifier.assess.happenings.look import Asked
from verifier.assess.happenings.pen import NOTED, RUNG, Pen
from verifier.assess.happenings.said import UnreadableError, account_in, number_in
from verifier.assess.happenings.texts import (
    GONE,
    Limits,
    address_in,
    asset_text,
    limits_in,
    rule_text,
)
from verifier.assess.happenings.texts import (
    number_in as number_of,
)
from verifier.errors import NumberOutOfRange
from verifier.model.address import Address
from verifier.model.asset import NATIVE, AssetTerms, Use
from verifier.model.event import Emitter, VaultEvent
from verifier.model.reading import PolicyReading
from verifier.model.rule import Rule
from verifier.model.text import show_bytes
from verifier.model.watching import Kind, WatchedFact

POLICY_EVENTS: Final = frozenset({"AssetSet", "CounterpartySet", "RuleSet"})

_ASSET: Final = "asset/"
_PARTY: Final = "counterparty/"
_RULE: Final = "rule/"
_ASK: Final = "Make sure over another channel that just this was agreed on."


def hear_policy(pen: Pen, event: VaultEvent) -> None:
    """Take an event about policy.

    :raises UnreadableError: it does not say what its name promises.
    """
    match event.name:
        case "AssetSet":
            terms = AssetTerms.unpack(number_in(event, "terms"))
            _put_asset(pen, account_in(event, "asset"), asset_text(terms), is_first=False)
        case "CounterpartySet":
            uses = number_in(event, "uses")
            _put_party(pen, account_in(event, "account"), f"{uses:x}" if uses else GONE, is_first=False)
        case _:
            selector = number_in(event, "selector", most=0xFFFF_FFFF).to_bytes(4, "big")
            _put_rule(
                pen, account_in(event, "target"), selector, _rule_of(number_in(event, "rule")), is_first=False
            )


def see_policy(pen: Pen, policy: PolicyReading, *, is_first: bool) -> None:
    """Take what storage says of everything that the journal names: what is not in it is not listed any more."""
    for subject, text in policy_facts(policy):
        _put(pen, subject, text, is_first=is_first)
    listed = {subject for subject, _ in policy_facts(policy)}
    for prefix in (_ASSET, _PARTY, _RULE):
        for rest, _ in pen.below(prefix):
            if prefix + rest not in listed:
                _put(pen, prefix + rest, GONE, is_first=is_first)


def policy_facts(policy: PolicyReading) -> Iterator[tuple[str, str]]:
    """Yield the facts about policy, as far as it was read."""
    for asset, terms in policy.assets.items():
        yield f"{_ASSET}{asset}", asset_text(terms.value)
    for account, uses in policy.counterparties.items():
        yield f"{_PARTY}{account}", f"{int(uses.value):x}" if uses.value else GONE
    for (target, selector), rule in policy.rules.items():
        yield f"{_RULE}{target}/{selector.hex()}", rule_text(rule.value)


def asked_of(journal: Mapping[str, WatchedFact], events: Iterable[VaultEvent] = ()) -> Asked:
    """Return whatever the vault's policy ever named, for `read_policy`: by the journal, and by events since."""
    assets = {address for text in _below(journal, _ASSET) if (address := address_in(text))}
    accounts = {address for text in _below(journal, _PARTY) if (address := address_in(text))}
    functions = {function for text in _below(journal, _RULE) if (function := _function_in(text))}
    for event in events:
        if event.emitter is not Emitter.VAULT:
            continue
        try:
            match event.name:
                case "AssetSet":
                    assets.add(account_in(event, "asset"))
                case "CounterpartySet":
                    accounts.add(account_in(event, "account"))
                case "RuleSet":
                    selector = number_in(event, "selector", most=0xFFFF_FFFF).to_bytes(4, "big")
                    functions.add((account_in(event, "target"), selector))
                case _:
                    pass
        except UnreadableError:
            continue
    return Asked(assets=frozenset(assets), accounts=frozenset(accounts), functions=frozenset(functions))


def _below(journal: Mapping[str, WatchedFact], prefix: str) -> Iterator[str]:
    return (subject.removeprefix(prefix) for subject in journal if subject.startswith(prefix))


def _function_in(text: str) -> tuple[Address, bytes] | None:
    target, _, selector = text.partition("/")
    address, number = address_in(target), number_of(selector)
    if address is None or number is None or number > 0xFFFF_FFFF:
        return None
    return address, number.to_bytes(4, "big")


def _rule_of(word: int) -> str:
    try:
        return rule_text(Rule.unpack(word))
    except NumberOutOfRange:
        return f"{word:x}"


def _put(pen: Pen, subject: str, text: str, *, is_first: bool) -> None:
    prefix, _, rest = subject.partition("/")
    if prefix == "rule":
        function = _function_in(rest)
        if function:
            _put_rule(pen, *function, text, is_first=is_first)
        return
    address = address_in(rest)
    if address is not None:
        (_put_asset if prefix == "asset" else _put_party)(pen, address, text, is_first=is_first)


def _put_asset(pen: Pen, asset: Address, text: str, *, is_first: bool) -> None:
    subject = f"{_ASSET}{asset}"
    was, now = limits_in(pen.value(subject)), limits_in(text)
    nth = pen.put(subject, text)
    if nth is None or is_first:
        return
    which = "the native coin" if asset == NATIVE else pen.name(asset)
    if now is None:
        said, ring = f"{which} is no listed asset any more: whatever moves it is CUSTODY now.", NOTED
    elif was is None:
        said, ring = f"{which} is a listed asset now: {_limits(now)}. It can move without CUSTODY.", RUNG
    else:
        is_more = now.routine > was.routine or now.high > was.high or now.decimals != was.decimals
        said = (
            f"The limits of {which} {'rose' if is_more else 'fell'}: {_limits(now)}; before, {_limits(was)}."
        )
        ring = RUNG if is_more else NOTED
    pen.tell(Kind.POLICY, subject, f"{said} {_ASK}", ring, occasion=nth)


def _put_party(pen: Pen, account: Address, text: str, *, is_first: bool) -> None:
    subject = f"{_PARTY}{account}"
    was, now = number_of(pen.value(subject)) or 0, number_of(text) or 0
    nth = pen.put(subject, text)
    if nth is None or is_first:
        return
    gained, lost = _uses(now & ~was), _uses(was & ~now)
    parts = [f"may {gained} below HIGH_VALUE now"] if gained else []
    parts += [f"may not {lost} any more"] if lost else []
    said = f"{pen.name(account)} {' and '.join(parts) or 'changed as a counterparty'}."
    # An operation of CUSTODY did it, and rang when its clock began.
    pen.tell(Kind.POLICY, subject, f"{said} {_ASK}", NOTED, occasion=nth)


def _put_rule(pen: Pen, target: Address, selector: bytes, text: str, *, is_first: bool) -> None:
    subject = f"{_RULE}{target}/{selector.hex()}"
    nth = pen.put(subject, text)
    if nth is None or is_first:
        return
    which = f"calls of {show_bytes(selector)} of {pen.name(target)}"
    if text == GONE:
        said, ring = f"There is no rule about {which} any more: they are CUSTODY now.", NOTED
    else:
        said, ring = f"There is a new rule about {which}: they need no CUSTODY now.", RUNG
    pen.tell(Kind.POLICY, subject, f"{said} {_ASK}", ring, occasion=nth)


def _limits(limits: Limits) -> str:
    routine, high = (show_units(units, limits.decimals) for units in (limits.routine, limits.high))
    return f"ROUTINE up to {routine}, HIGH_VALUE from {high}, {limits.decimals} decimals"


def _uses(uses: int) -> str:
    words = {Use.RECIPIENT: "receive assets", Use.SPENDER: "be allowed to spend them"}
    return " and ".join(words[use] for use in Use if uses & use)
