"""What a FIDO2 token answers when it does not do what was asked, in words for a person."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from fido2.ctap import CtapError

from verifier.errors import (
    FourthSignerError,
    KeyHolderError,
    TokenAnswerMalformed,
    TokenPinWrong,
    TokenRefused,
    TokenUnreachable,
)
from verifier.keys.fido_line import LineOld, LineSilent
from verifier.model.text import Shown

TOKEN: Final = Shown("the FIDO2 token")

REPLUG: Final = "Plug it in again, and start again."
_REPAIR: Final = "Plug in the right one; if it is lost or was reset, let the others repair your share."
_BLINKS: Final = "Start again, and touch it when it blinks."
_UNTOUCHED: Final = ("nobody touched it in time", _BLINKS)

_ERR = CtapError.ERR
_REFUSED: Final = {
    _ERR.NO_CREDENTIALS: ("it does not know this share's key: it is another token, or was reset since", _REPAIR),
    _ERR.INVALID_CREDENTIAL: ("it does not know this share's key: it is another token, or was reset since", _REPAIR),
    _ERR.OPERATION_DENIED: ("it was refused there", _BLINKS),
    _ERR.USER_ACTION_TIMEOUT: _UNTOUCHED,
    _ERR.ACTION_TIMEOUT: _UNTOUCHED,
    _ERR.KEEPALIVE_CANCEL: ("nobody touched it in time, or it was given up", _BLINKS),
    _ERR.TIMEOUT: _UNTOUCHED,
    _ERR.PIN_NOT_SET: ("it has no PIN yet", "Set one with the tool of its maker."),
    _ERR.PIN_BLOCKED: (
        "its PIN is locked for good, after too many wrong ones; only a reset frees it, and that destroys its keys",
        "Let the others repair your share, and seal it with a token that works.",
    ),
    _ERR.PIN_AUTH_BLOCKED: (
        "it takes no PIN until it is pulled out and plugged in again, after three wrong ones in a row",
        "Pull it out, plug it in, and type the right one.",
    ),
    _ERR.PIN_POLICY_VIOLATION: ("it wants a new PIN first", "Set one with the tool of its maker."),
    _ERR.PUAT_REQUIRED: ("it wants its person verified by other means than its PIN", "Use another token."),
    _ERR.UNAUTHORIZED_PERMISSION: ("its PIN may not be used for this", "Use another token."),
    _ERR.KEY_STORE_FULL: ("it has no room for another key", "Remove one with the tool of its maker."),
    _ERR.LIMIT_EXCEEDED: ("it has no room for what is asked", "Use another token."),
    _ERR.UNSUPPORTED_ALGORITHM: ("it makes no key of P-256", "Use another token."),
    _ERR.CHANNEL_BUSY: ("another program is using it", "End that program, and start again."),
}  # fmt: skip


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the library and the system raise into errors of ours.

    :raises TokenRefused: the token is there, and does not.
    :raises TokenUnreachable: it is not there, went away, or says nothing.
    :raises TokenAnswerMalformed: what it answers is none of what it may.
    """
    fault: KeyHolderError | None = None
    try:
        yield
    except FourthSignerError:
        raise
    except Exception as exc:  # noqa: BLE001 - any kind may come of what a token answers; the person needs one sentence
        fault = fault_of(exc)
    if fault is not None:
        raise fault


def fault_of(exc: Exception) -> KeyHolderError:
    match exc:
        case CtapError():
            return _by_code(exc.code)
        case LineSilent():
            return TokenUnreachable(holder=TOKEN, why="it said nothing for too long", advice=REPLUG)
        case LineOld():
            return TokenRefused(holder=TOKEN, why="it speaks only the older U2F", advice="Use another token.")
        case OSError():
            why = "it was pulled out, or cannot be opened"
            return TokenUnreachable(holder=TOKEN, why=why, advice=REPLUG)
        case _:
            return TokenAnswerMalformed(holder=TOKEN, why=f"it cannot be read ({type(exc).__name__})")


def pin_fault(exc: CtapError, tries: int | None) -> KeyHolderError:
    """Return what a refused PIN comes to, with how many wrong ones it still takes."""
    if exc.code == _ERR.PIN_INVALID and tries != 0:
        return TokenPinWrong(holder=TOKEN, what="PIN", tries=tries)
    return _by_code(_ERR.PIN_BLOCKED if exc.code == _ERR.PIN_INVALID else exc.code)


def refusal(code: CtapError.ERR) -> TokenRefused:
    why, advice = _REFUSED[code]
    return TokenRefused(holder=TOKEN, why=why, advice=advice)


def _by_code(code: int) -> KeyHolderError:
    if code in _REFUSED:
        return refusal(CtapError.ERR(code))
    why = f"it answered with the error 0x{int(code):02x} of CTAP"
    return TokenRefused(holder=TOKEN, why=why, advice="Start again; if it stays so, use another token.")
