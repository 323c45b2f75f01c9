"""Where to go on from: the last block that was read, or an older one where the chain took that back."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.model.units import BlockNumber, ChainId
from verifier.model.watching import BlockRef, Checkpoint, Happening
from verifier.ports import BlockSource, WatchStore
from verifier.watch.ancestor import common_ancestor
from verifier.watch.wrong import reorganised


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """From where, and what is undone first."""

    number: BlockNumber
    hash: bytes
    # None where nothing is undone.
    unwound_to: BlockNumber | None = None
    reorganisation: Happening | None = None
    # Whether all that is known has to be read again.
    is_deep: bool = False
    # The newest block is older than what was read, and on the same branch: that is no news.
    is_older: bool = False


def set_course(
    source: BlockSource, store: WatchStore, checkpoint: Checkpoint, newest: BlockRef, final: BlockNumber
) -> Course:
    """Return where to go on from.

    Endpoints that are behind, or synchronise, are no re-organisation: only another block in the place of one that is
    kept here is, and enough endpoints have to agree on it.

    :param final: the newest block that ever counted as final
    :raises EvidenceError: the endpoints cannot be asked, or do not agree.
    """
    here = Course(number=checkpoint.number, hash=checkpoint.hash)
    if newest.number == checkpoint.number + 1 and newest.parent == checkpoint.hash:
        return here
    if newest.number == checkpoint.number and newest.hash == checkpoint.hash:
        return here
    if newest.number > checkpoint.number:
        (present,) = source.blocks(checkpoint.number, checkpoint.number)
        if present.hash == checkpoint.hash:
            return here
    kept = store.blocks(checkpoint.chain_id, BlockNumber(-1))
    if newest.number < checkpoint.number:
        former = next((ref for ref in kept if ref.number == newest.number), None)
        if former is None or former.hash == newest.hash:
            return Course(number=checkpoint.number, hash=checkpoint.hash, is_older=True)
    ancestor = common_ancestor(source, kept, newest.number)
    return _unwinding(source, checkpoint, newest, final, ancestor, kept)


def _unwinding(
    source: BlockSource,
    checkpoint: Checkpoint,
    newest: BlockRef,
    final: BlockNumber,
    ancestor: BlockRef | None,
    kept: tuple[BlockRef, ...],
) -> Course:
    lowest = ancestor
    if lowest is None:
        # Below all that is kept: from there on everything is heard again, and what is older is read from storage.
        oldest = min((ref.number for ref in kept), default=checkpoint.number)
        number = BlockNumber(max(min(oldest, newest.number) - 1, 0))
        (lowest,) = source.blocks(number, number)
    is_final = lowest.number < final
    return Course(
        number=lowest.number,
        hash=lowest.hash,
        unwound_to=lowest.number,
        reorganisation=reorganised(
            ChainId(checkpoint.chain_id),
            ancestor=ancestor,
            lowest=lowest.number,
            former=checkpoint.number,
            newest=newest,
            is_final=is_final,
        ),
        is_deep=is_final or ancestor is None,
    )
