"""What a PKCS#11 token answers when it does not do what was asked, in words for a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from verifier.errors import KeyHolderError, KeyRefused, KeyUnreachable, PassphraseWrong
from verifier.model.text import Shown

_WRONG: Final = frozenset({"PinIncorrect", "PinInvalid", "PinLenRange"})
_REFUSED: Final = {
    "PinLocked": "its PIN is locked, after too many wrong ones; whoever administers it can set a new one",
    "PinExpired": "its PIN has expired; set a new one with the tool of its maker",
    "UserPinNotInitialized": "it has no PIN yet; set one with the tool of its maker",
    "FunctionCancelled": "it was cancelled there",
    "FunctionRejected": "it was refused there",
    "UserNotLoggedIn": "it wants its PIN for each use of the key, which is not supported",
    "MultipleTokensReturned": "several tokens have this name; unplug the others",
    "MechanismInvalid": "it cannot sign with ECDSA",
    "KeyTypeInconsistent": "its key is not for ECDSA",
}
_REPLUG: Final = "Plug it in again, see that it is the right one, and try again."


@contextmanager
def translated(holder: Shown) -> Iterator[None]:
    """Turn what the library raises into errors of ours. Where the library's frames held a PIN, they are empty by now.

    :raises PassphraseWrong: the PIN is wrong.
    :raises KeyRefused: the token is there, and does not.
    :raises KeyUnreachable: it is not there, or went away.
    """
    from pkcs11 import PKCS11Error

    fault: KeyHolderError | None = None
    try:
        yield
    except PKCS11Error as exc:
        fault = _fault(holder, exc)
    if fault is not None:
        raise fault


def _fault(holder: Shown, exc: Exception) -> KeyHolderError:
    kind = type(exc).__name__
    if kind in _WRONG:
        return PassphraseWrong(holder=holder, what="PIN")
    if kind in _REFUSED:
        return KeyRefused(holder=holder, why=_REFUSED[kind])
    if kind == "PKCS11Error":
        return KeyUnreachable(
            holder=holder,
            why=f"its module cannot be loaded ({exc})",
            advice="Give the path of the library that its maker supplies.",
        )
    if kind == "NoSuchToken":
        return KeyUnreachable(holder=holder, why="there is no token of that name", advice=_REPLUG)
    return KeyUnreachable(holder=holder, why=f"it went away, or failed ({kind})", advice=_REPLUG)
