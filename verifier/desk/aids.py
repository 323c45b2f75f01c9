"""What helps to understand operations, beside what the vault's own storage says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from verifier.decode.signatures import Interface
from verifier.model.address import Address
from verifier.ports import DescriptorShelf, Memory, Simulator


@dataclass(frozen=True, slots=True, kw_only=True)
class Aids:
    """What a briefing may use. Whatever is left out, its rules say that they could not judge."""

    simulator: Simulator | None = None
    memory: Memory | None = None
    # The signer's own ABIs by contract; under None, those for any.
    books: Mapping[Address | None, Interface] = field(default_factory=dict)
    shelf: DescriptorShelf | None = None


NO_AIDS: Final = Aids()
