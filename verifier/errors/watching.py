"""What keeps a watcher from watching: its store, its log, its configuration, and whoever it has to tell."""

# ruff: noqa: N818 - named like the twins, by subject and fact.

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.text import sanitise
from verifier.errors.tree import AbsenceError, ConfigurationError, EndpointError, FourthSignerError

_LONG = 300


@dataclass(kw_only=True, eq=False)
class WatchError(FourthSignerError):
    """The watcher cannot do its work, or not all of it."""


# ------------------------------------------------------------------------------------------------------------- Store


@dataclass(kw_only=True, eq=False)
class WatchStoreError(WatchError):
    """What the watcher keeps cannot be read or written. Nothing of a step is kept that is not kept whole."""

    # A path, or the address of a database without its password.
    store: str


@dataclass(kw_only=True, eq=False)
class WatchStoreCorrupt(WatchStoreError):
    """It is left as it is: whatever can still be read of it is evidence."""

    why: str

    def sentence(self) -> str:
        return (
            f"The watcher's store at {sanitise(self.store)} is damaged: {sanitise(self.why)}; it was left as it is. "
            "Put the last good copy in its place, or move it away and start anew: the watcher then reads the chain "
            "again and may tell you again what it told you before."
        )


@dataclass(kw_only=True, eq=False)
class WatchStoreForeign(WatchStoreError):
    """It is a database, and not a watcher's."""

    why: str

    def sentence(self) -> str:
        return (
            f"What is at {sanitise(self.store)} is no watcher's store: {sanitise(self.why)}; it was left as it is. "
            "Name another place for the store."
        )


@dataclass(kw_only=True, eq=False)
class WatchStoreLocked(WatchStoreError):
    """Another process has it open; two on one file would tell everything twice."""

    # Who, as far as they said.
    holder: str

    def sentence(self) -> str:
        return (
            f"The watcher's store at {sanitise(self.store)} is in use by {sanitise(self.holder)}; stop that one first, "
            "or use PostgreSQL, which several watchers can share."
        )


@dataclass(kw_only=True, eq=False)
class WatchStoreNewer(WatchStoreError):
    """It was made by a later release, and nobody knows here what its tables mean."""

    expected: int
    actual: int

    def sentence(self) -> str:
        return (
            f"The watcher's store at {sanitise(self.store)} has version {self.actual} of its tables, and this release "
            f"knows them up to {self.expected}; use the newer release."
        )


@dataclass(kw_only=True, eq=False)
class WatchStoreFull(WatchStoreError):
    """There is no room. What was being kept is not kept at all, and comes again."""

    why: str

    def sentence(self) -> str:
        return (
            f"There is no room left for the watcher's store at {sanitise(self.store)} ({sanitise(self.why)}); make "
            "some, and the watcher goes on from where it was."
        )


@dataclass(kw_only=True, eq=False)
class WatchStoreUnusable(WatchStoreError):
    """It cannot be opened, reached, read or written, for whatever else is wrong."""

    why: str

    def sentence(self) -> str:
        return (
            f"The watcher's store at {sanitise(self.store)} cannot be used: {sanitise(self.why, most=_LONG)}."
        )


@dataclass(kw_only=True, eq=False)
class ChainLeased(WatchStoreError):
    """Another watcher follows this chain now, so that a step of this one must not be kept."""

    chain_id: int
    holder: str

    def sentence(self) -> str:
        return (
            f"Chain {self.chain_id} is followed by {sanitise(self.holder)} now; this watcher leaves it alone until "
            "that one stops."
        )


@dataclass(kw_only=True, eq=False)
class HappeningUnknown(AbsenceError):
    """No happening has the number that was given."""

    number: int

    def sentence(self) -> str:
        return (
            f"Nothing that the watcher saw has the number {self.number}; `fourth-signer watch status` lists what "
            "nobody has acknowledged yet."
        )


# --------------------------------------------------------------------------------------------------------- Audit log


@dataclass(kw_only=True, eq=False)
class AuditBroken(WatchError):
    """The audit log is not what was written into it."""

    # Of the first record that is not right; zero where not even the first one could be read.
    number: int
    why: str

    def sentence(self) -> str:
        if self.number == 0:
            # A slip of the pen in a name is no alarm.
            said = sanitise(self.why, most=_LONG)
            return f"The audit log cannot be looked at: {said}. Look where it is; nothing was compared."
        return (
            f"The audit log is broken at record {self.number}: {sanitise(self.why, most=_LONG)}. Somebody changed it, "
            "or the disk did; keep it, and compare with the heads that were sent through the channels."
        )


@dataclass(kw_only=True, eq=False)
class AuditUnwritable(WatchError):
    """The audit log cannot be written where it was asked for."""

    path: str
    why: str

    def sentence(self) -> str:
        return f"The audit log cannot be written to {sanitise(self.path)}: {sanitise(self.why)}."


# ---------------------------------------------------------------------------------------------------------- Delivery


@dataclass(kw_only=True, eq=False)
class DeliveryFailed(WatchError):
    """A channel did not take what it was given. It stays in the outbox."""

    # As the configuration names it.
    channel: str
    why: str
    # Seconds after which it wants to be asked again, where it says so.
    retry_after: float | None = None

    def sentence(self) -> str:
        return f"The channel {sanitise(self.channel)} did not take a message: {sanitise(self.why)}."


# ------------------------------------------------------------------------------------------------------------ Blocks


@dataclass(kw_only=True, eq=False)
class RangeTooWide(EndpointError):
    """It wants to be asked about fewer blocks at once."""

    first: int
    last: int
    why: str

    def sentence(self) -> str:
        return (
            f"The endpoint {sanitise(self.endpoint)} does not answer for blocks {self.first} to {self.last} at once: "
            f"{sanitise(self.why)}."
        )


# ----------------------------------------------------------------------------------------------------- Configuration


@dataclass(kw_only=True, eq=False)
class WatchConfigurationMalformed(ConfigurationError):
    """What says whom to watch and whom to tell cannot be used."""

    path: str
    why: str

    def sentence(self) -> str:
        return f"The watcher's configuration at {sanitise(self.path)} cannot be used: {sanitise(self.why, most=_LONG)}."
