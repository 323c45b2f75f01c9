"""The port BlockSource over a panel of endpoints: blocks that are hashed here, and logs that endpoints agree on.

    source = PanelBlocks(panel)
    newest = source.newest()
    logs = source.logs(newest.number, newest.number, [vault], at=newest)

Whoever leaves a log out, or makes one up, is found by comparison, by the bloom of the block's header and, where an
endpoint gives the block's receipts, by proof; `doubts` names them.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from verifier.chain.doubts import doubts_about_head
from verifier.chain.endpoint import Call, Endpoint
from verifier.chain.header import Header, read_header
from verifier.chain.logs import Asked, LogPanel
from verifier.chain.panel import Panel, vote
from verifier.errors import (
    EndpointAnswerMalformed,
    EndpointError,
    EndpointRefused,
    EndpointsDisagree,
)
from verifier.model.address import Address
from verifier.model.finding import Finding
from verifier.model.reading import Head
from verifier.model.units import BlockNumber, Timestamp
from verifier.model.watching import NOTHING_FINAL, BlockRef, LogEvent

# Blocks behind the newest that count as final, where the chain has no word for it.
FINAL_DEPTH: Final = 64
# Asked for in one batch, and kept.
_BLOCKS_AT_ONCE: Final = 64
_MOST_HEADERS: Final = 2_048
# In one filter; endpoints refuse longer ones.
_MOST_ALTERNATIVES: Final = 500
# Blocks at which an account's code is asked for in one round trip.
_PROBES: Final = 15


class PanelBlocks:
    """The blocks and logs of one chain, as its endpoints agree on them."""

    def __init__(self, panel: Panel, *, depth: int = FINAL_DEPTH, has_final: bool = True) -> None:
        """Take the endpoints.

        :param depth: blocks behind the newest that count as final where the chain has no final blocks of its own
        :param has_final: whether to ask for these at all
        """
        self._panel = panel
        self._depth = depth
        self._has_final = has_final
        self._newest: BlockNumber = NOTHING_FINAL
        # The latest ones, by their hashes.
        self._headers: dict[bytes, Header] = {}
        self._noted: dict[str, Finding] = {}
        self._logs = LogPanel(panel, agreed=self._agreed_header)

    def newest(self) -> BlockRef:
        """Return the newest block that enough endpoints have.

        :raises EvidenceError: they cannot be asked, or do not agree.
        """
        head = self._panel.head()
        self._note(doubts_about_head(head))
        self._newest = head.number
        return _ref(self._headers.get(head.hash) or self._by_hash(head))

    def final(self) -> BlockNumber:
        """Return the newest block that is final.

        :raises EvidenceError: they cannot be asked, or do not agree.
        """
        if self._has_final:
            try:
                return self._panel.head("finalized").number
            except (EndpointRefused, EndpointAnswerMalformed):
                # Not every chain has such blocks, and a young one has none yet.
                pass
        if self._newest < 0:
            self.newest()
        return BlockNumber(max(self._newest - self._depth, NOTHING_FINAL))

    def blocks(self, first: BlockNumber, last: BlockNumber) -> tuple[BlockRef, ...]:
        """Return blocks by their numbers, both ends included; each one's parent is the one before.

        :raises EvidenceError: they cannot be asked, or do not agree.
        """
        found: list[BlockRef] = []
        for begin in range(first, last + 1, _BLOCKS_AT_ONCE):
            end = min(begin + _BLOCKS_AT_ONCE - 1, last)
            found += map(_ref, self._headers_of(range(begin, end + 1)))
        for parent, child in itertools.pairwise(found):
            if child.parent != parent.hash:
                # The chain changed between two questions.
                raise EndpointsDisagree(
                    what=f"the parent of block {child.number}",
                    needed=self._panel.needed,
                    agreeing=0,
                    others=tuple(endpoint.name for endpoint in self._panel.endpoints),
                )
        return tuple(found)

    def logs(
        self,
        first: BlockNumber,
        last: BlockNumber,
        emitters: Iterable[Address],
        *,
        at: BlockRef | None = None,
        topics: Sequence[Sequence[bytes]] = (),
    ) -> tuple[LogEvent, ...]:
        """Return what these accounts logged in these blocks, in order.

        :param at: where there is one block only, its hash has to be this one's
        :param topics: for each place of a log's topics, those that may stand there; an empty list takes any
        :raises RangeTooWide: an endpoint wants fewer blocks at once.
        :raises EvidenceError: they cannot be asked, or do not agree.
        """
        found: list[LogEvent] = []
        known = self._known(first, last) if at is None else self._known_as(at)
        for part in _parts(list(dict.fromkeys(emitters))):
            for narrowed in _narrowed(topics):
                asked = Asked(first=first, last=last, emitters=frozenset(part), topics=narrowed, at=at)
                logs, doubts = self._logs.ask(asked, known)
                self._note(doubts)
                found += logs
        return tuple(sorted(found, key=lambda log: (log.block, log.index)))

    def times(self, numbers: Iterable[BlockNumber]) -> Mapping[BlockNumber, Timestamp]:
        """Return when blocks were made.

        :raises EvidenceError: they cannot be asked, or do not agree.
        """
        wanted, found = sorted(set(numbers)), dict[BlockNumber, Timestamp]()
        for i in range(0, len(wanted), _BLOCKS_AT_ONCE):
            headers = self._headers_of(wanted[i : i + _BLOCKS_AT_ONCE])
            found.update({header.number: header.timestamp for header in headers})
        return found

    def born(self, account: Address, newest: BlockNumber) -> BlockNumber | None:
        """Return the block in which an account got its code; None where no endpoint knows so old blocks."""
        without, with_code = -1, int(newest)
        try:
            if not self._have_code(account, [with_code])[0]:
                return None
            while with_code - without > 1:
                step = max((with_code - without) // (_PROBES + 1), 1)
                probes = list(range(without + step, with_code, step))[: _PROBES + 1]
                for number, has_code in zip(probes, self._have_code(account, probes), strict=True):
                    if has_code:
                        with_code = min(with_code, number)
                        break
                    without = number
        except (EndpointError, EndpointsDisagree):
            return None
        return BlockNumber(with_code)

    def doubts(self) -> tuple[Finding, ...]:
        """Return what endpoints did amiss since this was asked last."""
        noted, self._noted = tuple(self._noted.values()), {}
        return noted

    def _note(self, findings: Iterable[Finding]) -> None:
        self._noted.update({finding.sentence: finding for finding in findings})

    def _known(self, first: BlockNumber, last: BlockNumber) -> dict[BlockNumber, Header]:
        """Return the headers of a short range as far as they are at hand; the newest of each number wins."""
        if last - first >= _BLOCKS_AT_ONCE:
            return {}
        return {header.number: header for header in self._headers.values() if first <= header.number <= last}

    def _known_as(self, at: BlockRef) -> dict[BlockNumber, Header]:
        header = self._headers.get(at.hash)
        return {} if header is None else {at.number: header}

    def _by_hash(self, head: Head) -> Header:
        """Return an agreed block's header, from whoever gives it: it hashes to what was agreed on."""

        def ask(endpoint: Endpoint) -> Header:
            answer = endpoint.ask("eth_getBlockByHash", "0x" + head.hash.hex(), False)
            if answer.is_null or (header := read_header(answer)).hash != head.hash:
                raise answer.malformed("it has not the block that it was asked for")
            return header

        return self._keep(self._panel.ask_any(ask))

    def _agreed_header(self, number: BlockNumber) -> Header:
        return self._headers_of([number])[0]

    def _headers_of(self, numbers: Sequence[int]) -> list[Header]:
        calls: list[Call] = [("eth_getBlockByNumber", [hex(number), False]) for number in numbers]

        def ask(endpoint: Endpoint) -> list[Header]:
            headers = []
            for number, answer in zip(numbers, endpoint.ask_many(calls), strict=True):
                if answer.is_null or (header := read_header(answer)).number != number:
                    raise answer.malformed(f"it has no block {number}")
                headers.append(header)
            return headers

        first, last = numbers[0], numbers[-1]
        what = f"blocks {first} to {last}" if last > first else f"block {first}"
        outcomes = self._panel.ask_each(ask)
        headers, _ = vote(self._panel, outcomes, what, lambda found: tuple(header.hash for header in found))
        return [self._keep(header) for header in headers]

    def _keep(self, header: Header) -> Header:
        self._headers.pop(header.hash, None)
        self._headers[header.hash] = header
        while len(self._headers) > _MOST_HEADERS:
            del self._headers[next(iter(self._headers))]
        return header

    def _have_code(self, account: Address, numbers: Sequence[int]) -> tuple[bool, ...]:
        calls: list[Call] = [("eth_getCode", [str(account), hex(number)]) for number in numbers]

        def ask(endpoint: Endpoint) -> tuple[bool, ...]:
            return tuple(bool(answer.data()) for answer in endpoint.ask_many(calls))

        outcomes = self._panel.ask_each(ask)
        return vote(self._panel, outcomes, f"since when {account} has code", lambda said: said)[0]


def _ref(header: Header) -> BlockRef:
    return BlockRef(
        number=header.number, hash=header.hash, parent=header.parent_hash, timestamp=header.timestamp
    )


def _parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for i in range(0, len(items), _MOST_ALTERNATIVES):
        yield items[i : i + _MOST_ALTERNATIVES]


def _narrowed(topics: Sequence[Sequence[bytes]]) -> Iterator[tuple[tuple[bytes, ...], ...]]:
    """Yield filters that take the same together, none of them too long."""
    long = next((i for i, wanted in enumerate(topics) if len(wanted) > _MOST_ALTERNATIVES), None)
    if long is None:
        yield tuple(map(tuple, topics))
        return
    for part in _parts(topics[long]):
        yield from _narrowed([*topics[:long], part, *topics[long + 1 :]])
