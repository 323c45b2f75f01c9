"""Several endpoints, of which so many have to agree on a block before anything is believed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from verifier.chain.doubts import is_lie
from verifier.chain.endpoint import Call, Endpoint
from verifier.chain.header import Header, read_header
from verifier.chain.whereabouts import Whereabouts
from verifier.errors import (
    EndpointError,
    EndpointsDisagree,
    NumberOutOfRange,
    WrongChain,
)
from verifier.model.evidence import Evidence
from verifier.model.reading import Head
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, ChainId

T = TypeVar("T")

# Honest endpoints are a few blocks apart at times; one that is further behind is left there.
_LAG: Final = 3
Outcomes = list[tuple[Endpoint, "T | EndpointError"]]


class Panel:
    """The endpoints of one chain."""

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        *,
        needed: int,
        chain_id: ChainId,
        vouched: bytes | None = None,
        whereabouts: Whereabouts | None = None,
    ) -> None:
        """Take endpoints of which `needed` have to agree.

        :param vouched: hash of a block for which the reader vouches, who has it from elsewhere: it counts as agreed
        :param whereabouts: of them all; None where they have none
        :raises NumberOutOfRange: more have to agree than there are, or none.
        """
        # Two addresses at one host are one source.
        distinct: dict[str, Endpoint] = {}
        for endpoint in endpoints:
            distinct.setdefault(endpoint.name, endpoint)
        if not 1 <= needed <= len(distinct):
            what = "The number of endpoints at different hosts that have to agree"
            raise NumberOutOfRange(what=what, minimum=1, maximum=len(distinct), actual=needed)
        self.endpoints = tuple(distinct.values())
        self.needed = needed
        self.chain_id = chain_id
        self._vouched = vouched
        self._whereabouts = whereabouts or Whereabouts(())

    @property
    def by_vote(self) -> Evidence:
        """Why to believe what as many endpoints as needed say, and nothing proves."""
        return Evidence.AGREED if self.needed > 1 else Evidence.CLAIMED

    def in_order(self, head: Head) -> tuple[Endpoint, ...]:
        """Return the endpoints, those first that agreed on a block: they are there, and have it."""
        return tuple(sorted(self.endpoints, key=lambda endpoint: endpoint.name not in head.agreeing))

    def ask_each(
        self, task: Callable[[Endpoint], T], endpoints: Sequence[Endpoint] | None = None
    ) -> Outcomes[T]:
        """Do a task with every endpoint at once, and return what came of it, in the order of the endpoints.

        :param endpoints: only these of the panel's
        :raises FourthSignerError: a task raised something that is no mere failure of an endpoint.
        """

        def attempt(endpoint: Endpoint) -> T | EndpointError:
            try:
                return task(endpoint)
            except EndpointError as exc:
                return exc

        asked = self.endpoints if endpoints is None else endpoints
        with ThreadPoolExecutor(max_workers=len(asked)) as pool:
            return list(zip(asked, pool.map(attempt, asked), strict=True))

    def ask_any(self, task: Callable[[Endpoint], T]) -> T:
        """Return what the first endpoint gives that can: for what is checked here, whoever says it.

        :raises EndpointError: none can; the first one's reason.
        """
        failures: list[EndpointError] = []
        for endpoint in self.endpoints:
            try:
                return task(endpoint)
            except EndpointError as exc:
                failures.append(exc)
        raise failures[0]

    def head(self, tag: str = "latest") -> Head:
        """Return a block that as many endpoints as needed agree on.

        :raises WrongChain: an endpoint serves another chain.
        :raises EndpointsDisagree: too few agree.
        :raises EndpointError: every endpoint fails; the first one's reason.
        """
        self._whereabouts.begin()
        outcomes = self.ask_each(lambda endpoint: self._header(endpoint, tag))
        headers = [outcome for _, outcome in outcomes if isinstance(outcome, Header)]
        if len(headers) >= self.needed and len({header.hash for header in headers}) > 1:
            number = self._common(header.number for header in headers)
            outcomes = self.ask_each(lambda endpoint: self._header(endpoint, hex(number)))
        return self._agreed(outcomes)

    def _common(self, numbers: Iterable[BlockNumber]) -> BlockNumber:
        """Return the highest block that enough endpoints have, or a slightly older one that all of them have."""
        ordered = sorted(numbers, reverse=True)
        enough = ordered[self.needed - 1]
        return min(number for number in ordered if number >= enough - _LAG)

    def _header(self, endpoint: Endpoint, block: str) -> Header:
        calls: list[Call] = [("eth_chainId", []), ("eth_getBlockByNumber", [block, False])]
        chain_id, found = endpoint.ask_many(calls)
        if chain_id.quantity() != self.chain_id:
            raise WrongChain(endpoint=endpoint.name, expected=self.chain_id, actual=chain_id.quantity())
        if found.is_null:
            raise found.malformed(f"it has no block {block}")
        return read_header(found)

    def _agreed(self, outcomes: Outcomes[Header]) -> Head:
        header, agreeing = vote(self, outcomes, "a block", lambda header: header.hash)
        failures = [outcome for _, outcome in outcomes if isinstance(outcome, EndpointError)]
        others = [(endpoint.name, outcome) for endpoint, outcome in outcomes if isinstance(outcome, Header)]
        is_vouched = header.hash == self._vouched
        return Head(
            chain_id=self.chain_id,
            number=header.number,
            hash=header.hash,
            state_root=header.state_root,
            timestamp=header.timestamp,
            evidence=Evidence.AGREED if is_vouched else self.by_vote,
            agreeing=agreeing,
            dissenting=tuple(name for name, other in others if other.hash != header.hash),
            silent=tuple(failure.endpoint for failure in failures),
            failures=tuple(Shown(failure.sentence()) for failure in failures),
            lying=tuple(failure.endpoint for failure in failures if is_lie(failure)),
            vouched=is_vouched,
            shared=self._whereabouts.shared(),
        )


def vote(
    panel: Panel, outcomes: Outcomes[T], what: str, key: Callable[[T], Hashable]
) -> tuple[T, tuple[str, ...]]:
    """Return what most endpoints say, and which ones say it.

    :raises EndpointError: every endpoint failed; the first one's reason.
    :raises EndpointsDisagree: fewer than needed say the same.
    """
    votes: dict[Hashable, list[tuple[str, T]]] = {}
    failures = []
    for endpoint, outcome in outcomes:
        if isinstance(outcome, EndpointError):
            failures.append(outcome)
        else:
            votes.setdefault(key(outcome), []).append((endpoint.name, outcome))
    if not votes:
        raise failures[0]
    most = max(votes.values(), key=len)
    agreeing = tuple(name for name, _ in most)
    if len(agreeing) < panel.needed:
        others = tuple(endpoint.name for endpoint in panel.endpoints if endpoint.name not in agreeing)
        disagree = EndpointsDisagree(what=what, needed=panel.needed, agreeing=len(agreeing), others=others)
        raise disagree from (failures[0] if failures else None)
    return most[0][1], agreeing
