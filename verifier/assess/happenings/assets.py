"""Assets that left, or may be taken, by a transaction in which the vault executed nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from verifier.assess.happenings.amounts import show_amount
from verifier.assess.happenings.pen import NOTED, RUNG, Pen
from verifier.assess.happenings.said import account_in, number_in
from verifier.assess.happenings.texts import GONE
from verifier.assess.happenings.texts import number_in as number_of
from verifier.model.address import Address
from verifier.model.event import Emitter, VaultEvent
from verifier.model.text import show_bytes
from verifier.model.watching import Kind

_UNLIMITED: Final = 1 << 255

Moves = Mapping[tuple[bytes, Address], bool]
"""Transactions, and the tokens that said in them that something of the vault's left: whether it was any at all."""


def hear_asset(pen: Pen, event: VaultEvent, *, executed: frozenset[bytes], moved: Moves) -> None:
    """Take what an asset says about what is the vault's.

    :param executed: the transactions in which an operation was executed: they explain what moved
    :param moved: where an asset left: many tokens say then what is left of an allowance
    :raises UnreadableError: it does not say what its name promises.
    """
    value, token, transaction = number_in(event, "value"), event.log.emitter, event.log.transaction
    if event.name == "Transfer":
        # Anybody can make many tokens say that nothing was moved.
        if transaction not in executed and value:
            _tell_moved(pen, token, account_in(event, "to"), value, transaction)
        return
    spender = account_in(event, "spender")
    if transaction in executed:
        pen.put(_allowed(token, spender), f"{value:x}" if value else GONE)
    elif not _is_echo(moved, (transaction, token), value):
        _tell_allowed(pen, token, spender, value, transaction)


def moves_in(events: tuple[VaultEvent, ...]) -> Moves:
    """Return where assets say that something of the vault's left."""
    found: dict[tuple[bytes, Address], bool] = {}
    for event in events:
        if event.emitter is Emitter.ASSET and event.name == "Transfer":
            place = (event.log.transaction, event.log.emitter)
            found[place] = found.get(place, False) or bool(event.values.get("value"))
    return found


def _is_echo(moved: Moves, place: tuple[bytes, Address], value: int) -> bool:
    """Whether a token only repeats what is left of an allowance, after something, or nothing, was taken by it."""
    return moved.get(place, False) or (place in moved and value == 0)


def _tell_moved(pen: Pen, token: Address, to: Address, value: int, transaction: bytes) -> None:
    left = f"{show_amount(pen, token, value)} left the vault for {pen.name(to)}"
    how = f"no operation was executed in that transaction ({show_bytes(transaction)})"
    subject, occasion = f"asset/{token}", _count(pen, f"moves/{token}")
    if _spend(pen, token, to, value):
        said = f"{left}; {how}: an earlier one allowed it to take so much."
        pen.tell(Kind.ASSET_MOVED, subject, said, NOTED, occasion=occasion)
        return
    said = (
        f"{left}, and {how}: a spender took it by an allowance. If you do not know that spender, publish an "
        "operation that takes its allowance back, and veto what would give another."
    )
    pen.tell(Kind.ASSET_MOVED, subject, said, RUNG, occasion=occasion)


def _tell_allowed(pen: Pen, token: Address, spender: Address, value: int, transaction: bytes) -> None:
    amount = f"any amount of {pen.name(token)}" if value >= _UNLIMITED else show_amount(pen, token, value)
    said = (
        f"{pen.name(spender)} may take {amount} from the vault now, and no operation was executed in that "
        f"transaction ({show_bytes(transaction)}). Find out how, and take it back by an operation."
    )
    ring = RUNG if value else NOTED
    occasion = _count(pen, f"allowances/{token}")
    pen.tell(Kind.ALLOWANCE, f"asset/{token}", said, ring, occasion=occasion)


def _spend(pen: Pen, token: Address, spender: Address, value: int) -> bool:
    """Take an amount off what an operation allowed; False where it allowed less.

    Whoever receives is taken for whoever spends: of another, the token does not tell.
    """
    subject = _allowed(token, spender)
    left = number_of(pen.value(subject)) or 0
    if left < value:
        return False
    if left < _UNLIMITED:
        pen.put(subject, f"{left - value:x}" if left > value else GONE)
    return True


def _allowed(token: Address, spender: Address) -> str:
    return f"spender/{token}/{spender}"


def _count(pen: Pen, subject: str) -> str:
    """Return which time it is."""
    count = (number_of(pen.value(subject)) or 0) + 1
    pen.put(subject, f"{count:x}")
    return str(count)
