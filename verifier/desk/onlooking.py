"""The memory of somebody who only looks on: what was noted counts, and nothing is added to it."""

from __future__ import annotations

from verifier.model.address import Address
from verifier.model.history import LATEST, History
from verifier.model.units import ChainId
from verifier.ports import Memory


class OnlookersMemory:
    """The port Memory, over another one. What a display showed has not been seen by whoever signs."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory

    def history(self, chain_id: ChainId, vault: Address, *, latest: int = LATEST) -> History:
        return self._memory.history(chain_id, vault, latest=latest)

    def note_identities(self, *_: object, **__: object) -> None: ...

    def note_review(self, *_: object, **__: object) -> None: ...

    def note_signing(self, *_: object, **__: object) -> None: ...

    def note_executed(self, *_: object, **__: object) -> None: ...
