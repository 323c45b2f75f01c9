"""Which logs are about watched vaults: their own, their companions' about them, and their assets' about what is theirs.

Filters name the vaults, so that a token's other transfers, and other vaults of a common companion, cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from verifier.decode.logs import APPROVAL_TOPIC, TRANSFER_TOPIC
from verifier.errors import RangeTooWide
from verifier.model.address import NOBODY, Address
from verifier.model.companions import Companions
from verifier.model.units import BlockNumber
from verifier.model.watching import BlockRef, LogEvent
from verifier.ports import BlockSource
from verifier.watch.stride import Stride

_PADDING: Final = bytes(12)


class Ears:
    """Hears what is logged about vaults on one chain."""

    def __init__(self, source: BlockSource, companions: Companions) -> None:
        self._source = source
        self._companions = companions
        self.stride = Stride()

    def hear(
        self,
        first: BlockNumber,
        last: BlockNumber,
        vaults: Iterable[Address],
        assets: Iterable[Address] = (),
        *,
        at: BlockRef | None = None,
    ) -> tuple[LogEvent, ...]:
        """Return all logs about vaults in these blocks, in order, however many questions that takes.

        :param at: where there is one block only
        :raises EvidenceError: the endpoints cannot be asked, or do not agree.
        """
        watched = tuple(vaults)
        found: list[LogEvent] = []
        for _, logs in self.parts(first, last, watched, tuple(assets), at=at):
            found += logs
        return tuple(found)

    def parts(
        self,
        first: BlockNumber,
        last: BlockNumber,
        vaults: tuple[Address, ...],
        assets: tuple[Address, ...] = (),
        *,
        at: BlockRef | None = None,
    ) -> Iterator[tuple[BlockNumber, tuple[LogEvent, ...]]]:
        """Yield the end of each range that was asked about, with its logs."""
        begin = first
        while begin <= last:
            end = BlockNumber(min(begin + self.stride.blocks - 1, last))
            try:
                logs = self._ask(begin, end, vaults, assets, at if end == first == last else None)
            except RangeTooWide:
                if end == begin:
                    raise
                self.stride.narrow(end - begin + 1)
                continue
            if end - begin + 1 >= self.stride.blocks:
                self.stride.widen()
            yield end, logs
            begin = BlockNumber(end + 1)

    def _ask(
        self,
        first: BlockNumber,
        last: BlockNumber,
        vaults: tuple[Address, ...],
        assets: tuple[Address, ...],
        at: BlockRef | None,
    ) -> tuple[LogEvent, ...]:
        if not vaults:
            return ()
        words = [_PADDING + vault for vault in vaults]
        logs = list(self._source.logs(first, last, vaults, at=at))
        keepers = sorted(self._companions.keepers)
        logs += self._source.logs(first, last, keepers, at=at, topics=[[], words])
        tokens = [asset for asset in assets if asset != NOBODY and asset not in vaults]
        if tokens:
            movements = [[TRANSFER_TOPIC, APPROVAL_TOPIC], words]
            logs += self._source.logs(first, last, tokens, at=at, topics=movements)
        # A vault, a companion or a token that is two of these says things once.
        by_place = {(log.block, log.index): log for log in logs}
        return tuple(by_place[place] for place in sorted(by_place))


def by_vault(
    logs: Iterable[LogEvent], vaults: Mapping[Address, object]
) -> dict[Address, tuple[LogEvent, ...]]:
    """Return which logs are about which vault."""
    found: dict[Address, list[LogEvent]] = {}
    for log in logs:
        vault = log.emitter if log.emitter in vaults else _owner_in(log)
        if vault in vaults:
            found.setdefault(vault, []).append(log)
    return {vault: tuple(about) for vault, about in found.items()}


def _owner_in(log: LogEvent) -> Address:
    """Return whom a companion's or an asset's log is about: it is in the second topic."""
    word = log.topics[1] if len(log.topics) > 1 else bytes(32)
    return Address(word[12:]) if word[:12] == _PADDING else NOBODY
