"""What goes wrong between a share at rest and the token that helps to open it. No error here ever carries a secret.

Each is one of the errors of keys, with its exit code: what differs is what is said, since a share is not a signature.
"""

from __future__ import annotations

from dataclasses import dataclass

from verifier.errors.keys import KeyAnswerMalformed, KeyRefused, KeyUnreachable, PassphraseWrong
from verifier.errors.text import Shown, sanitise

_LONG = 300


@dataclass(kw_only=True, eq=False)
class TokenUnreachable(KeyUnreachable):
    """It is not there, went away in the middle, or says nothing."""

    def sentence(self) -> str:
        return (
            f"{_first(sanitise(self.holder))} cannot be reached: {sanitise(self.why, most=_LONG)}; nothing was opened "
            f"or sealed. {sanitise(self.advice, most=_LONG)}"
        )


@dataclass(kw_only=True, eq=False)
class TokenRefused(KeyRefused):
    """It is there, and does not open or seal this share."""

    # What to do.
    advice: str

    def sentence(self) -> str:
        return (
            f"{_first(sanitise(self.holder))} does not help with this share: {sanitise(self.why, most=_LONG)}. "
            f"{sanitise(self.advice, most=_LONG)}"
        )


@dataclass(kw_only=True, eq=False)
class TokenAnswerMalformed(KeyAnswerMalformed):
    def sentence(self) -> str:
        return (
            f"What came back from {sanitise(self.holder)} makes no sense: {sanitise(self.why, most=_LONG)}; nothing of "
            "it is used. Trust no share to a token like that: use another."
        )


@dataclass(kw_only=True, eq=False)
class TokenPinWrong(PassphraseWrong):
    """A PIN was sent once, and was not the right one."""

    # How many more wrong ones it takes before it locks for good; None where it does not say.
    tries: int | None = None

    def sentence(self) -> str:
        left = "it does not say how many tries are left"
        if self.tries is not None:
            left = f"{self.tries} more wrong {'one locks' if self.tries == 1 else 'ones lock'} it for good"
        return (
            f"This is not the PIN of {sanitise(self.holder)}; nothing was opened, and {left}. "
            "Start again, and type the right one."
        )


def _first(holder: Shown) -> Shown:
    """Return what begins a sentence."""
    return Shown(holder[:1].upper() + holder[1:])
