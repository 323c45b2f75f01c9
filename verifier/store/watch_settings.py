"""What a watcher's configuration says: what is watched, how, who is told, and where all of it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from verifier.assess.happenings import USUAL, Manner
from verifier.model.credential import Credential
from verifier.model.routes import Route, Routes
from verifier.model.text import Shown
from verifier.model.units import BlockNumber, ChainId
from verifier.store.settings import Settings


class ChannelKind(StrEnum):
    """How a channel reaches people or machines."""

    CHAT = "chat"
    """Chats, pagers and mail, through Apprise."""
    WEBHOOK = "webhook"
    """Signed JSON over HTTP."""
    LINES = "lines"
    """OCSF events in a file, one a line."""
    FILE = "file"
    """Text in a file."""
    TERMINAL = "terminal"
    """Text on the standard error stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """One channel, and what it is told."""

    name: str
    kind: ChannelKind
    route: Route
    # Whose clocks its readers go by.
    zone: str
    url: Credential | None = None
    # Of a webhook; several while one is being changed.
    secrets: tuple[Credential, ...] = ()
    path: Path | None = None
    # Whether it may be read on the way.
    is_insecure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainPace:
    """How often a chain is looked at; seconds. None: what is usual."""

    block_seconds: float | None = None
    silent_blocks: int | None = None
    reconcile_seconds: int | None = None
    patience_seconds: int | None = None
    # How many blocks deep a block is final, where the chain does not tell.
    final_depth: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeartbeatSettings:
    """The outside dead man's switch."""

    url: Credential
    every: int
    # With a delivery that is older, the watcher counts as dead.
    most_undelivered: int
    is_insecure: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchSettings:
    """Everything that watch.toml holds."""

    path: Path
    # In whose name the audit log is written, and work is claimed where several watchers share a store.
    name: str
    # The signer's own configuration, with the vaults that are pinned and the endpoints to ask.
    configuration: Path
    settings: Settings
    # Names of vaults, as they are pinned.
    vaults: tuple[str, ...]
    # A path or postgresql://..., which may hold a password.
    store: Credential
    # Where reviews of operations are remembered; the signer's own memory is another one.
    memory: Path
    zone: str
    # Where health and numbers are told; None where they are not.
    listen: tuple[str, int] | None = None
    chains: Mapping[ChainId, ChainPace] = field(default_factory=dict)
    # By name of a vault: the block where its events begin.
    since: Mapping[str, BlockNumber] = field(default_factory=dict)
    manner: Manner = USUAL
    channels: tuple[ChannelSettings, ...] = ()
    routes: Routes = field(default_factory=Routes)
    heartbeat: HeartbeatSettings | None = None
    # What is allowed, and yet worth a word.
    remarks: tuple[Shown, ...] = ()
