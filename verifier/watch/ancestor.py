"""Where two branches part: the newest block that is both kept here and in the chain."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from verifier.model.units import BlockNumber
from verifier.model.watching import BlockRef
from verifier.ports import BlockSource

# Asked for at once, going back; most re-organisations are one or two blocks deep.
_FIRST: Final = 8
_GROWTH: Final = 4


def common_ancestor(source: BlockSource, kept: Sequence[BlockRef], newest: BlockNumber) -> BlockRef | None:
    """Return the newest kept block that the endpoints agree is in the chain; None where no kept block is.

    :param kept: the newest first
    :param newest: of the chain now
    :raises EvidenceError: the endpoints cannot be asked, or do not agree.
    """
    for part in _parts([ref for ref in kept if ref.number <= newest]):
        present = _present(source, part)
        for ref in part:
            if present.get(ref.number) == ref.hash:
                return ref
    return None


def _parts(kept: Sequence[BlockRef]) -> Iterator[Sequence[BlockRef]]:
    size, begin = _FIRST, 0
    while begin < len(kept):
        yield kept[begin : begin + size]
        begin, size = begin + size, size * _GROWTH


def _present(source: BlockSource, part: Sequence[BlockRef]) -> dict[BlockNumber, bytes]:
    """Return the hashes that blocks have now; what is kept has gaps where whole ranges were asked about."""
    found: dict[BlockNumber, bytes] = {}
    numbers = sorted(ref.number for ref in part)
    begin = numbers[0]
    for number, following in zip(numbers, [*numbers[1:], None], strict=True):
        if following != number + 1:
            found.update({ref.number: ref.hash for ref in source.blocks(begin, number)})
            begin = following if following is not None else begin
    return found
