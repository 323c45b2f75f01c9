"""One transaction, shown, confirmed, signed by a key and sent; or its data, to be sent from elsewhere."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from eth_hash.auto import keccak

from verifier.chain.panel import Panel
from verifier.chain.writer import TransactionWriter
from verifier.cli.answer import Answer
from verifier.cli.asking import confirm
from verifier.cli.keys import open_key
from verifier.cli.patience import patience
from verifier.decode.lexicon import show_amount
from verifier.desk.outcomes import Shows
from verifier.desk.signing import require_key
from verifier.errors import EndpointsDisagree, SentUnseen
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.member import Member
from verifier.model.reading import Receipt
from verifier.model.text import Shown, sanitise, show_bytes
from verifier.model.units import Wei
from verifier.pages.layout import Page, width_of_terminal
from verifier.ports import ChainReader

_NOTHING: Final = Wei(0)
_LOOKS: Final = 5
_PAUSE: Final = 1.0
_UNREAD: Final = {
    Evidence.CLAIMED: "One endpoint says so; look for yourself.",
    Evidence.AGREED: "As many endpoints say so as have to agree.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A transaction without value, and what there is to say of it."""

    # Such as `the veto of lane 3`.
    what: Shown
    # What it will do.
    sentences: tuple[Shown, ...]
    to: Address
    data: bytes
    # Who has to send it; None where anybody can.
    sender: Member | None = None
    # Who this signer is, should anybody do.
    usual: Address | None = None
    # What the signer calls the native coin, in which it costs something.
    coin: str = "ETH"
    # What tells whether it was done; None where that is to be seen elsewhere than in the vault's own words.
    shows: Shows | None = None


def _nothing() -> None:
    pass


def send(
    options: Namespace,
    panel: Panel,
    sending: Sending,
    *,
    reader: ChainReader | None = None,
    last_look: Callable[[], None] = _nothing,
) -> Answer:
    """Send a transaction once it is confirmed, and say what became of it. With --data, only say what to send.

    :param reader: of the vault, which is read once more afterwards; None leaves that to the caller
    :param last_look: raises where it should not be sent after all; it is called right before the key signs
    :raises NotConfirmed: nobody said yes.
    :raises KeyHolderError: the key does not sign it.
    :raises VaultError: the vault refuses it.
    :raises EndpointError: it did not get there.
    :raises EndpointsDisagree: endpoints say different things of it, and the vault does not show it.
    :raises SentUnseen: endpoints say that it got there, and the vault does not show it.
    """
    if options.data:
        return Answer(text=_say_data(sending))
    sender = sending.sender
    holder = open_key(options, sender.address if sender else None, usual=sending.usual)
    if sender is not None:
        require_key(holder, sender)
    writer, hosts = TransactionWriter(panel), [endpoint.name for endpoint in panel.endpoints]
    with patience(hosts):
        # What the vault would refuse is found out before anybody is asked anything.
        terms = writer.terms(sender=holder.address, to=sending.to, data=sending.data, value=_NOTHING)
    most = show_amount(terms.gas * terms.max_fee, 18)
    cost = f"costs at most {most} {sanitise(sending.coin, most=20)}"
    cost = f"It is sent from {holder.address}, by {holder.describe()}, and {cost}."
    confirm(sending.what, [_laid_out([*sending.sentences, cost])], is_given=options.yes)
    last_look()
    transaction = holder.sign_transaction(terms, to=sending.to, data=sending.data, value=_NOTHING)
    try:
        with patience(hosts):
            receipt = writer.send(transaction)
    except EndpointsDisagree:
        # Whatever they say of the transaction: what the vault itself shows counts more.
        if reader is None or sending.shows is None or not sending.shows(reader.read_vault()):
            raise
        name = show_bytes(keccak(transaction))
        done = f"Sent as {name}, of which endpoints say different things. The vault shows it."
        return Answer(text=_laid_out([*sending.sentences, done]))
    said = _UNREAD[receipt.evidence]
    seen = _look_again(sending, reader, receipt, hosts) if reader and sending.shows else said
    done = f"Done in block {receipt.block}, by transaction {show_bytes(receipt.transaction)}. {seen}"
    return Answer(text=_laid_out([*sending.sentences, done]))


def _look_again(sending: Sending, reader: ChainReader, receipt: Receipt, hosts: Sequence[str]) -> str:
    """Return what the vault shows now: that a block took a transaction in says little of what it did.

    :raises SentUnseen: it shows that nothing was done.
    """
    with patience(hosts):
        reading = reader.read_vault()
        for _ in range(_LOOKS):
            if reading.head.number >= receipt.block:
                break
            time.sleep(_PAUSE)
            reading = reader.read_vault()
    if sending.shows and sending.shows(reading):
        return f"The vault shows it at block {reading.head.number} ({reading.lanes.evidence.name.lower()})."
    if reading.head.number < receipt.block:
        return f"What is read here is block {reading.head.number} so far: look again later, to see that it is so."
    raise SentUnseen(
        what=sending.what,
        transaction=receipt.transaction,
        claimed=receipt.block,
        read=reading.head.number,
    )


def _say_data(sending: Sending) -> str:
    whose = f" from {sending.sender.address}," if sending.sender else ""
    page = Page(width_of_terminal())
    for sentence in sending.sentences:
        page.text(sentence)
    page.text(f"Send this{whose} without value:")
    page.line(f"to   {sending.to}")
    page.line(f"data 0x{sending.data.hex()}")
    return str(page)


def _laid_out(sentences: Sequence[str]) -> str:
    page = Page(width_of_terminal())
    for sentence in sentences:
        page.text(sentence)
    return str(page)
