"""Which of the FIDO2 tokens that are plugged in is meant. None is given a PIN before that is known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from fido2.ctap import CtapError

from verifier.errors import KeyHolderError, TokenRefused, TokenUnreachable
from verifier.keys.fido_faults import TOKEN, fault_of, refusal, translated
from verifier.keys.fido_line import Waits, list_descriptors, open_line
from verifier.keys.fido_token import FidoToken, Tell
from verifier.keys.share_form import FidoPart


@contextmanager
def only_token(waits: Waits, tell: Tell) -> Iterator[FidoToken]:
    """Give the one token that is plugged in.

    :raises TokenUnreachable: there is none.
    :raises TokenRefused: there are several, or it lacks what shares need.
    """
    with translated():
        found = list_descriptors()
        if not found:
            raise _absent()
        if len(found) > 1:
            raise _several(len(found))
    with ExitStack() as open_lines:
        with translated():
            token = FidoToken(open_lines.enter_context(open_line(found[0], waits)), tell)
            token.require_fit()
        yield token


@contextmanager
def token_of(part: FidoPart, waits: Waits, tell: Tell) -> Iterator[FidoToken]:
    """Give the token that a share was sealed by, as far as can be told without its PIN.

    :raises TokenUnreachable: there is none.
    :raises TokenRefused: none of those that are there knows its key, or several may, or say so: one of them lies.
    """
    with translated():
        found = list_descriptors()
    if not found:
        raise _absent()
    sure: list[FidoToken] = []
    maybe: list[FidoToken] = []
    faults: list[KeyHolderError] = []
    with ExitStack() as open_lines:
        for descriptor in found:
            try:
                token = FidoToken(open_lines.enter_context(open_line(descriptor, waits)), tell)
                answer = token.knows(part.credential)
            except Exception as exc:  # noqa: BLE001 - another token may be the right one; else this is said
                faults.append(fault_of(exc))
                continue
            is_shy = part.protection == 3 and token.aaguid == part.aaguid
            if answer:
                sure.append(token)
            elif answer is None or is_shy:
                maybe.append(token)
        if len(sure) > 1:
            raise _liar()
        chosen = sure or maybe
        if len(chosen) > 1:
            raise _several(len(chosen))
        if not chosen:
            raise faults[0] if faults else refusal(CtapError.ERR.NO_CREDENTIALS)
        chosen[0].require_fit()
        yield chosen[0]


def _absent() -> TokenUnreachable:
    return TokenUnreachable(
        holder=TOKEN,
        why="none is plugged in that this user may open",
        advice="Plug it in, wait a moment, and start again; on Linux, a rule of udev has to let you use it.",
    )


def _several(count: int) -> TokenRefused:
    return TokenRefused(
        holder=TOKEN,
        why=f"{count} are plugged in, and it is not clear which is meant",
        advice="Unplug the others, and start again.",
    )


def _liar() -> TokenRefused:
    return TokenRefused(
        holder=TOKEN,
        why="more than one says that it knows this share's key, and only one can: none was given the PIN",
        advice="Unplug every one that is not yours, find out who plugged it in, and start again.",
    )
