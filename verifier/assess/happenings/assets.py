"""Assets that left, or may be taken, by a transaction in which the vault executed nothing."""

from __future__ import annotations

from typing import Final

from verifier.assess.happenings.amounts import show_amount
from verifier.assess.happenings.pen import NOTED, RUNG, Pen
from verifier.assess.happenings.said import account_in, number_in
from verifier.assess.happenings.texts import number_in as number_of
from verifier.model.address import Address
from verifier.model.event import Emitter, VaultEvent
from verifier.model.text import show_bytes
from verifier.model.watching import Kind

_UNLIMITED: Final = 1 << 255


Moves = frozenset[tuple[bytes, Address]]
"""Transactions, and the tokens of which something of the vault's left in them."""


def hear_asset(pen: Pen, event: VaultEvent, *, executed: frozenset[bytes], moved: Moves) -> None:
    """Take what an asset says about what is the vault's.

    :param executed: the transactions in which an operation was executed: they explain what moved
    :param moved: where an asset left: many tokens say then what is left of an allowance
    :raises UnreadableError: it does not say what its name promises.
    """
    value, transaction = number_in(event, "value"), event.log.transaction
    # Anybody can make many tokens say that nothing was moved.
    if transaction in executed or (event.name == "Transfer" and value == 0):
        return
    token = event.log.emitter
    if event.name == "Transfer":
        _tell_moved(pen, token, account_in(event, "to"), value, transaction)
    elif (transaction, token) not in moved:
        _tell_allowed(pen, token, account_in(event, "spender"), value, transaction)


def moved_in(events: tuple[VaultEvent, ...]) -> Moves:
    """Return where assets say that something of the vault's left."""
    return frozenset(
        (event.log.transaction, event.log.emitter)
        for event in events
        if event.emitter is Emitter.ASSET and event.name == "Transfer" and event.values.get("value")
    )


def _tell_moved(pen: Pen, token: Address, to: Address, value: int, transaction: bytes) -> None:
    said = (
        f"{show_amount(pen, token, value)} left the vault for {pen.name(to)}, and no operation was executed in that "
        f"transaction ({show_bytes(transaction)}): a spender took them by an allowance. If you do not know that "
        "spender, publish an operation that takes its allowance back, and veto what would give another."
    )
    subject = f"asset/{token}"
    pen.tell(Kind.ASSET_MOVED, subject, said, RUNG, occasion=_count(pen, f"moves/{token}"))


def _tell_allowed(pen: Pen, token: Address, spender: Address, value: int, transaction: bytes) -> None:
    amount = f"any amount of {pen.name(token)}" if value >= _UNLIMITED else show_amount(pen, token, value)
    said = (
        f"{pen.name(spender)} may take {amount} from the vault now, and no operation was executed in that "
        f"transaction ({show_bytes(transaction)}). Find out how, and take it back by an operation."
    )
    ring = RUNG if value else NOTED
    occasion = _count(pen, f"allowances/{token}")
    pen.tell(Kind.ALLOWANCE, f"asset/{token}", said, ring, occasion=occasion)


def _count(pen: Pen, subject: str) -> str:
    """Return which time it is."""
    count = (number_of(pen.value(subject)) or 0) + 1
    pen.put(subject, f"{count:x}")
    return str(count)
