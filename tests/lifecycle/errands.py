"""Calls that a vault may want to make at the companions, and by rules."""

from __future__ import annotations

from typing import Any, Final

from tests.lifecycle.cast import FLOCKS
from tests.lifecycle.choices import Choices
from tests.lifecycle.registers import APPROVAL, KEY_MATERIAL, SIGNING_SERVER
from tests.lifecycle.slots import LEDGER, OTHER_REGISTRY, REGISTRY
from tests.lifecycle.state import COMPANIONS
from tests.lifecycle.vocabulary import data_of
from tests.lifecycle.world import FRIEND, POKE, SWAP
from tests.stage import DAY, ETHER, HOUR, STRANGER
from verifier.model.operation import Call
from verifier.model.units import Wei

_DUTIES: Final = (KEY_MATERIAL, SIGNING_SERVER, 1 << 15)
_NO_DUTIES: Final = (0, 3, APPROVAL, 1 << 16)


def call_of_duties(choices: Choices) -> Call:
    """Return a call to a register: somebody gets a duty or loses one, or two duties exclude each other from now on."""
    register = choices.pick([REGISTRY, REGISTRY, REGISTRY, OTHER_REGISTRY])
    target = COMPANIONS.duty_registry if register == REGISTRY else choices.run.world.other_registry
    person = person_of_interest(choices)
    duty = choices.pick(_NO_DUTIES if choices.rarely(25) else _DUTIES)
    match choices.dice.randint(0, 6):
        case 0 | 1 | 2:
            data = data_of("grant", [person, duty], register)
        case 3 | 4:
            one = choices.pick([APPROVAL, APPROVAL, KEY_MATERIAL, 3])
            mask = choices.pick([KEY_MATERIAL, KEY_MATERIAL | SIGNING_SERVER, 0, SIGNING_SERVER, 1 << 16])
            data = data_of("setConflicts", [one, mask], register)
        case _:
            data = data_of("revoke", [choices.run.vault, person, duty], register)
    return Call(target=target, value=Wei(0), data=data)


def person_of_interest(choices: Choices) -> int:
    """Return somebody's number: a member's, a group holder's, a newcomer's, or one that nobody has."""
    if choices.rarely(6):
        return choices.pick([0, 1 << 32])
    holders = [person for flock in FLOCKS.values() for person in flock.holders[:2]]
    persons = [actor.person for actor in choices.run.world.cast.values()]
    return choices.pick(holders if choices.rarely(25) else persons)


def call_of_terms(choices: Choices) -> Call:
    """Return a call that changes how break-glass is kept in check, and forgives what happened."""
    terms = choices.pick([(1, 72), (2, 24), (3, 72), (3, 1), (0, 72), (3, 721)])
    return Call(target=COMPANIONS.bypass_ledger, value=Wei(0), data=data_of("setTerms", list(terms), LEDGER))


def check_call(choices: Choices) -> Call:
    """Return an assertion, that may hold or not when the batch is executed."""
    run = choices.run
    checks: list[tuple[str, list[Any]]] = [
        ("requireNotAfter", [run.time + 14 * DAY]),
        ("requireNotAfter", [run.time + HOUR]),
        ("requireNotBefore", [run.time]),
        ("requireNotBefore", [run.time + 3 * DAY]),
        ("requireChain", [run.reference.chain_id]),
        ("requireChain", [1]),
        ("requireBalanceAtLeast", [run.vault, ETHER]),
        ("requireBalanceAtLeast", [run.vault, 2_000 * ETHER]),
    ]
    function, arguments = choices.pick(checks)
    value = 1 if choices.rarely(4) else 0
    return Call(target=COMPANIONS.checks, value=Wei(value), data=data_of(function, arguments, "checks"))


def ruled_call(choices: Choices) -> Call:
    """Return a call to the venue, about which there may be a rule."""
    if choices.rarely(25):
        return Call(target=choices.run.world.venue, value=Wei(choices.pick([0, 0, ETHER])), data=POKE)
    to = choices.pick([FRIEND, FRIEND, FRIEND, STRANGER])
    amount = choices.pick([0, 10**6, 500 * 10**6, 2_000 * 10**6, 10_000 * 10**6, 1 << 255])
    dirty = b"\1" if choices.rarely(6) else b"\0"
    words = dirty + bytes(11) + to + amount.to_bytes(32, "big") + bytes(32)
    data = SWAP + (words[: choices.pick([64, 95])] if choices.rarely(6) else words)
    return Call(target=choices.run.world.venue, value=Wei(choices.pick([0, 0, 0, ETHER // 10])), data=data)
