"""What the companions keep for a vault, from their storage words. Their lists are read whole, so that nothing hides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from verifier.chain import book_layout, layout
from verifier.chain.answer import Answer
from verifier.chain.doubts import NO_DOUBTS, Doubts, doubts_about
from verifier.chain.gather import Question, gather
from verifier.chain.panel import Panel
from verifier.model.address import Address
from verifier.model.arrangement import NO_STRATEGY, Strategy
from verifier.model.books import BookReading
from verifier.model.companions import Companions
from verifier.model.evidence import Evidence, Fact
from verifier.model.member import MemberRecord, MemberStatus
from verifier.model.reading import Head, VaultReading
from verifier.model.units import SEATS, MemberIndex, Person

_ROWS: Final = 16
_ROW: Final = 0xFFFF
# Longer lists no release makes: more than that is not read.
_MOST_PERSONS: Final = 64
_MOST_STRATEGIES: Final = 1_000
_MOST_ITEMS: Final = 64


class CompanionBooks:
    """The port BookReader over a panel of endpoints."""

    def __init__(self, panel: Panel, companions: Companions) -> None:
        self._panel = panel
        self._companions = companions

    def read_books(self, reading: VaultReading, accounts: Iterable[Address] = ()) -> BookReading:
        """Return what stands beside a vault, at the block of its reading.

        :param accounts: those of which it matters whether they had a seat once
        :raises EvidenceError: it cannot be read.
        """
        look = _Look(self._panel, reading.head)
        free, departed = _seats(look, reading, list(dict.fromkeys(accounts)))
        duties, exclusions = _duties(look, reading.vault, self._companions.duty_registry)
        strategies = _strategies(look, reading, self._companions.strategy_limits)
        return BookReading(
            free_seats=free,
            departed=departed,
            duties=duties,
            exclusions=exclusions,
            strategies=strategies,
            evidence=look.evidence,
            findings=tuple(doubts_about(look.doubts, reading.head, look.evidence)),
        )

    def read_sender(self, reading: VaultReading, transaction: bytes) -> Fact[Address] | None:
        """Return who sent a transaction; None where nobody knows it.

        :raises EvidenceError: no endpoint can be asked.
        """
        question = Question(
            method="eth_getTransactionByHash", params=["0x" + transaction.hex()], read=_sender_in
        )
        (said,) = gather(self._panel, reading.head, questions=[question]).said
        return None if said is None or said.value is None else said.map(Address)


def _sender_in(answer: Answer) -> bytes | None:
    return None if answer.is_null else answer.at("from").data(20)


class _Look:
    """Words of several contracts, and the weakest evidence for any of them."""

    def __init__(self, panel: Panel, head: Head) -> None:
        self._panel = panel
        self._head = head
        self.evidence = Evidence.PROVEN
        self.doubts: Doubts = NO_DOUBTS

    def words(self, account: Address, slots: Sequence[int]) -> Mapping[int, int]:
        if not slots:
            return {}
        found = gather(self._panel, self._head, wanted={account: slots})
        self.evidence = min(self.evidence, found.words[account].evidence)
        self.doubts = self.doubts.joined(found.doubts)
        return found.words[account].words


def _seats(look: _Look, reading: VaultReading, accounts: Sequence[Address]) -> tuple[int, frozenset[Address]]:
    seats = [layout.seat(MemberIndex(i)) for i in range(SEATS)]
    words = look.words(reading.vault, [*seats, *map(layout.record, accounts)])
    places = [layout.SEAT.unpack(words[slot]) for slot in seats]
    free = sum(not seat["member"] and seat["freeFrom"] < reading.head.timestamp for seat in places)
    departed = (
        account
        for account in accounts
        if MemberRecord.unpack(words[layout.record(account)]).status is MemberStatus.REMOVED
    )
    return free, frozenset(departed)


def _duties(look: _Look, vault: Address, registry: Address) -> tuple[dict[Person, int], dict[int, int]]:
    conflicts, length = book_layout.conflicts(vault), book_layout.duty_persons(vault)
    words = look.words(registry, [conflicts, length])
    rows = {1 << i: words[conflicts] >> i * _ROWS & _ROW for i in range(_ROWS)}
    items = book_layout.items_of(length, min(words[length], _MOST_PERSONS))
    persons = [Person(person) for person in look.words(registry, items).values() if person < 1 << 32]
    slots = {person: book_layout.duties(vault, person) for person in persons}
    held = look.words(registry, list(slots.values()))
    return (
        {person: held[slot] for person, slot in slots.items() if held[slot]},
        {duty: mask for duty, mask in rows.items() if mask},
    )


def _strategies(look: _Look, reading: VaultReading, limits: Address) -> dict[bytes, Strategy]:
    length = book_layout.strategy_names(reading.vault)
    count = min(look.words(limits, [length])[length], _MOST_STRATEGIES)
    names = [n.to_bytes(32, "big") for n in look.words(limits, book_layout.items_of(length, count)).values()]
    firsts = {name: book_layout.strategy(reading.vault, name) for name in names}
    words = look.words(limits, [first + i for first in firsts.values() for i in range(6)])
    lists = {
        first + book_layout.STRATEGY[field] for first in firsts.values() for field in ("venues", "guards")
    }
    items = {slot: book_layout.items_of(slot, min(words[slot], _MOST_ITEMS)) for slot in lists}
    listed = look.words(limits, [slot for slots in items.values() for slot in slots])
    found = {}
    for name, first in firsts.items():
        venues, guards = (
            [listed[slot] for slot in items[first + book_layout.STRATEGY[field]]]
            for field in ("venues", "guards")
        )
        strategy = _strategy(words, first, venues, guards, now=reading.head.timestamp)
        if strategy != NO_STRATEGY:
            found[name] = strategy
    return found


def _strategy(
    words: Mapping[int, int], first: int, venues: Sequence[int], guards: Sequence[int], *, now: int
) -> Strategy:
    terms = book_layout.STRATEGY_LIMITS.unpack(words[first])
    suspension = book_layout.STRATEGY_SUSPENSION.unpack(words[first + book_layout.STRATEGY["suspension"]])
    return Strategy(
        position=terms["position"],
        order=terms["order"],
        risk=book_layout.STRATEGY_RISK.unpack(words[first + 1])["risk"],
        venues=frozenset(venue.to_bytes(32, "big") for venue in venues),
        guards=frozenset(Address((guard & (1 << 160) - 1).to_bytes(20, "big")) for guard in guards),
        is_suspended=suspension["until"] > now,
    )
