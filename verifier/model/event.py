"""An event as it was read from a log: of the vault, of a companion about it, or of an asset that it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from verifier.model.call import AbiValue
from verifier.model.watching import LogEvent


class Emitter(Enum):
    """Whose event it is."""

    VAULT = "vault"
    DUTY_REGISTRY = "duty_registry"
    STRATEGY_LIMITS = "strategy_limits"
    BYPASS_LEDGER = "bypass_ledger"
    ASSET = "asset"


@dataclass(frozen=True, slots=True, kw_only=True)
class VaultEvent:
    """A log with what it says."""

    log: LogEvent
    emitter: Emitter
    # As in the interface, such as `Proposed`; empty where none of this release is so, or its data cannot be read.
    name: str
    # By the names of the interface; indexed ones too.
    values: Mapping[str, AbiValue] = field(default_factory=dict)

    @property
    def order(self) -> tuple[int, int]:
        """Its place in the chain."""
        return self.log.block, self.log.index
