"""What is wrong with a signer's set-up: what was asked for on the command line, or stands in the configuration."""

# ruff: noqa: N818 - named like the twins, by subject and fact.

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.text import sanitise
from verifier.errors.tree import AbsenceError, ConfigurationError, InputError


@dataclass(kw_only=True, eq=False)
class EndpointAddressMalformed(InputError):
    text: str
    why: str

    def sentence(self) -> str:
        return f"`{sanitise(self.text)}` is no address of an endpoint: {sanitise(self.why)}."


@dataclass(kw_only=True, eq=False)
class NameMalformed(InputError):
    text: str
    why: str

    def sentence(self) -> str:
        return f"`{sanitise(self.text, most=60)}` is no name for a vault: {sanitise(self.why)}."


@dataclass(kw_only=True, eq=False)
class PinConflict(ConfigurationError):
    """What was found differs from what is pinned. Never written without being told to."""

    path: str
    name: str
    # Which part of the pin differs.
    what: str
    pinned: str
    found: str

    def sentence(self) -> str:
        return (
            f"{sanitise(self.path)} has the vault {sanitise(self.name)} pinned with the {sanitise(self.what)} "
            f"{sanitise(self.pinned)}, and this one has {sanitise(self.found)}; nothing was written. Find out why they "
            "differ, then choose another --name, or --replace the pin."
        )


@dataclass(kw_only=True, eq=False)
class ConfigurationUnwritable(ConfigurationError):
    path: str
    why: str

    def sentence(self) -> str:
        return f"The configuration at {sanitise(self.path)} cannot be written: {sanitise(self.why)}."


@dataclass(kw_only=True, eq=False)
class EndpointsMissing(ConfigurationError):
    chain_id: int | None

    def sentence(self) -> str:
        where = "for this vault's chain" if self.chain_id is None else f"for chain {self.chain_id}"
        return f"No endpoint is configured {where}; give one with --rpc URL, or add some with `fourth-signer init`."


@dataclass(kw_only=True, eq=False)
class ServingImpossible(ConfigurationError):
    """The screens cannot be shown in a browser."""

    why: str
    advice: str

    def sentence(self) -> str:
        return f"{sanitise(self.why)}, so nothing is shown in a browser. {sanitise(self.advice)}"


@dataclass(kw_only=True, eq=False)
class VaultUnnamed(AbsenceError):
    """A name that no pinned vault has."""

    name: str
    known: tuple[str, ...]

    def sentence(self) -> str:
        return f"No vault is pinned as `{sanitise(self.name, most=60)}`; {_say_known(self.known)}."


@dataclass(kw_only=True, eq=False)
class VaultUnchosen(AbsenceError):
    """Several vaults, and none was named."""

    known: tuple[str, ...]

    def sentence(self) -> str:
        if not self.known:
            return f"There is no vault to look at: {_say_known(self.known)}."
        return (
            f"Which vault is meant is not clear: {_say_known(self.known)}. Say which one with --vault NAME."
        )


@dataclass(kw_only=True, eq=False)
class SeatEmpty(AbsenceError):
    seat: int

    def sentence(self) -> str:
        return f"Nobody sits in seat {self.seat} of this vault; leave out --seat, or give the right one."


@dataclass(kw_only=True, eq=False)
class DemoMissing(AbsenceError):
    """The demonstration is not part of the package."""

    place: str

    def sentence(self) -> str:
        return (
            f"The demonstration wants a compiler and a chain of its own, and is not at {sanitise(self.place)}: run "
            "`scripts/demo` in a checkout of Fourth Signer."
        )


def _say_known(known: tuple[str, ...]) -> str:
    if not known:
        return "none is pinned yet; pin one with `fourth-signer init ADDRESS --rpc URL`"
    return f"pinned are {', '.join(sanitise(name, most=60) for name in known)}"
