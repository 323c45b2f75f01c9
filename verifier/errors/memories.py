"""What is wrong with the file in which this client keeps what it saw of its vaults."""

# ruff: noqa: N818 - named like the twins, by subject and fact.

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.text import sanitise
from verifier.errors.tree import FourthSignerError


@dataclass(kw_only=True, eq=False)
class MemoryUnusable(FourthSignerError):
    """It is left as it is: what a signer was shown before may be evidence one day."""

    path: str
    why: str
    # What to do.
    advice: str

    def sentence(self) -> str:
        return (
            f"The memory of past operations at {sanitise(self.path)} cannot be used: {sanitise(self.why)}; it was left "
            f"as it is. {sanitise(self.advice, most=300)}"
        )
