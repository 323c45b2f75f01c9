"""What is wrong with a bundle, the file that shows an operation where there is no network."""

# ruff: noqa: N818 - named like the twins, by subject and fact.

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.text import sanitise
from verifier.errors.tree import InputError, PinError


@dataclass(kw_only=True, eq=False)
class BundleMalformed(InputError):
    path: str
    why: str

    def sentence(self) -> str:
        return f"{sanitise(self.path)} is no bundle that can be read here: {sanitise(self.why)}."


@dataclass(kw_only=True, eq=False)
class BundleUnwritable(InputError):
    path: str
    why: str

    def sentence(self) -> str:
        return f"The bundle cannot be written to {sanitise(self.path)}: {sanitise(self.why)}."


@dataclass(kw_only=True, eq=False)
class BundleOfOther(PinError):
    """It is about another vault, chain or lane than the one that was asked for."""

    path: str
    what: str
    expected: str
    actual: str

    def sentence(self) -> str:
        return (
            f"{sanitise(self.path)} is about the {sanitise(self.what)} {sanitise(self.actual)}, and "
            f"{sanitise(self.expected)} was asked for; nothing in it is shown."
        )
