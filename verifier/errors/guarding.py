"""What keeps an automatic guard from guarding."""

# ruff: noqa: N818 - named like the twins, by subject and fact.

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.text import sanitise, show_address
from verifier.errors.tree import ConfigurationError, FourthSignerError

_LONG = 300


@dataclass(kw_only=True, eq=False)
class GuardError(FourthSignerError):
    """The guard cannot do its work."""


@dataclass(kw_only=True, eq=False)
class GuardConfigurationMalformed(ConfigurationError):
    """What says what is vetoed, and who is told, cannot be used."""

    path: str
    why: str

    def sentence(self) -> str:
        return f"The guard's configuration at {sanitise(self.path)} cannot be used: {sanitise(self.why, most=_LONG)}."


@dataclass(kw_only=True, eq=False)
class GuardSeatUnfit(GuardError):
    """Its key has no seat from which it may veto."""

    # As the configuration calls the vault.
    vault: str
    member: bytes
    why: str

    def sentence(self) -> str:
        return (
            f"The guard's key {show_address(self.member)} cannot veto at {sanitise(self.vault)}: "
            f"{sanitise(self.why, most=_LONG)}; nothing is guarded. Give it a seat that is GUARDIAN and nothing else."
        )


@dataclass(kw_only=True, eq=False)
class EndpointsDependent(GuardError):
    """What should be several sources is one."""

    vault: str
    why: str

    def sentence(self) -> str:
        return (
            f"The vault {sanitise(self.vault)} is not guarded: {sanitise(self.why, most=_LONG)}; a guard never vetoes "
            "on a single endpoint's word. Configure endpoints of different operators."
        )


@dataclass(kw_only=True, eq=False)
class HoldUnwritable(GuardError):
    """Whether the guard is on hold cannot be changed."""

    path: str
    why: str

    def sentence(self) -> str:
        return (
            f"The file {sanitise(self.path)}, which holds the guard, cannot be changed: {sanitise(self.why)}."
        )
