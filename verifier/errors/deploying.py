"""What keeps a vault from being founded: its file, its plan, or the chain."""

# ruff: noqa: N818 - named like the twins, by subject and fact.

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.text import sanitise
from verifier.errors.tree import ConfigurationError, FourthSignerError

_LONG = 600


@dataclass(kw_only=True, eq=False)
class DeployError(FourthSignerError):
    """A vault was not deployed, or not to the end. What was sent stays on the chain, and a later run goes on there."""


@dataclass(kw_only=True, eq=False)
class VaultFileMalformed(ConfigurationError):
    """The file that describes a vault cannot be read, or does not say what it should."""

    path: str
    why: str

    def sentence(self) -> str:
        return (
            f"The vault's file {sanitise(self.path)} cannot be used: {sanitise(self.why, most=_LONG)}. "
            "docs/vault-file.md explains every line."
        )


@dataclass(kw_only=True, eq=False)
class PlanRefused(DeployError):
    """The vault that a file describes would be refused by its own contract, or must not be deployed as it is."""

    count: int
    # The first reason.
    why: str

    def sentence(self) -> str:
        others = f" ({self.count - 1} more of the kind)" if self.count > 1 else ""
        return (
            f"Nothing was sent, since the plan does not hold: {sanitise(self.why, most=_LONG)}{others} "
            "`fourth-signer plan` shows all of it."
        )


@dataclass(kw_only=True, eq=False)
class ChainUnfit(DeployError):
    """A chain lacks what a vault needs."""

    chain_id: int
    why: str

    def sentence(self) -> str:
        return f"Chain {self.chain_id} cannot hold this vault: {sanitise(self.why, most=_LONG)}. Nothing was sent."


@dataclass(kw_only=True, eq=False)
class CodeForeign(DeployError):
    """Where something of the release has to be stands something else."""

    chain_id: int
    what: str
    address: str
    expected: str
    actual: str

    def sentence(self) -> str:
        return (
            f"At {sanitise(self.address)} on chain {self.chain_id}, where the {sanitise(self.what)} has to be, stands "
            f"code that hashes to {sanitise(self.actual)} and not to {sanitise(self.expected)}; nothing "
            "more was sent. Do not use this chain until you know why."
        )


@dataclass(kw_only=True, eq=False)
class FundsMissing(DeployError):
    account: str
    needed: str
    actual: str

    def sentence(self) -> str:
        return (
            f"{sanitise(self.account)} has {sanitise(self.actual)}, and all steps together may take up to "
            f"{sanitise(self.needed)}; nothing was sent. Send it the rest, and run this again."
        )


@dataclass(kw_only=True, eq=False)
class DeploymentStuck(DeployError):
    """A transaction did not do what it was sent for, or nobody knows yet whether it did."""

    what: str
    why: str

    def sentence(self) -> str:
        return (
            f"The {sanitise(self.what)} is not deployed: {sanitise(self.why, most=_LONG)}. Run this again: it goes on "
            "from what is on the chain, and deploys nothing twice."
        )


@dataclass(kw_only=True, eq=False)
class ReleaseUnauthorised(DeployError):
    """A production network, and nobody released this file for it."""

    network: str
    why: str

    def sentence(self) -> str:
        return f"Nothing was sent to {sanitise(self.network)}, a production network: {sanitise(self.why, most=_LONG)}."
