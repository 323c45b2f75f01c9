"""Which of the FIDO2 tokens that are plugged in is meant. None is given a PIN before that is known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from fido2.ctap import CtapError

from verifier.errors import KeyHolderError, TokenRefused, TokenUnreachable
from verifier.keys.fido_faults import TOKEN, fault_of, refusal, translated
from verifier.keys.fido_line import Waits, list_descriptors, open_line
from verifier.keys.fido_part import FidoPart
from verifier.keys.fido_token import Claim, FidoToken, Tell


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
    :raises TokenRefused: none of those that are there has its key, or several may, or say so: one of them lies.
    """
    with translated():
        found = list_descriptors()
    if not found:
        raise _absent()
    claims: list[tuple[FidoToken, Claim]] = []
    faults: list[KeyHolderError] = []
    with ExitStack() as open_lines:
        for descriptor in found:
            try:
                token = FidoToken(open_lines.enter_context(open_line(descriptor, waits)), tell)
                claims.append((token, token.claim(part.credential, part.key)))
            except Exception as exc:  # noqa: BLE001 - another token may be the right one; else this is said
                faults.append(fault_of(exc))
        chosen = _chosen(part, claims)
        if len(chosen) > 1:
            raise _several(len(chosen))
        if not chosen:
            raise faults[0] if faults else refusal(CtapError.ERR.NO_CREDENTIALS)
        chosen[0].require_fit()
        yield chosen[0]


def _chosen(part: FidoPart, claims: Sequence[tuple[FidoToken, Claim]]) -> list[FidoToken]:
    """Return the tokens that may be given the PIN: who has shown the key, or else who may have it.

    :raises TokenRefused: one of them lies, or does not show what the right one shows.
    """
    made = [claim for _, claim in claims]
    if sum(claim in (Claim.SAID, Claim.SHOWN, Claim.FALSE) for claim in made) > 1:
        raise _liars()
    sure = [token for token, claim in claims if claim in (Claim.SAID, Claim.SHOWN)]
    if sure:
        return sure
    if part.before_pin:
        if Claim.FALSE in made:
            raise _liar()
        if Claim.UNSAID in made:
            raise _silent()
        return []
    # There are tokens that sign nothing before their PIN, or sign anything.
    return [token for token, claim in claims if claim is not Claim.NOT_ITS_OWN or _is_shy(part, token)]


def _is_shy(part: FidoPart, token: FidoToken) -> bool:
    return part.protection == 3 and token.aaguid == part.aaguid


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


def _liars() -> TokenRefused:
    return TokenRefused(
        holder=TOKEN,
        why="more than one says that it knows this share's key, and only one can: none was given the PIN",
        advice="Unplug every one that is not yours, find out who plugged it in, and start again.",
    )


def _liar() -> TokenRefused:
    return TokenRefused(
        holder=TOKEN,
        why="it says that it knows this share's key, and cannot show it: it was not given the PIN",
        advice="It is not the one that sealed the share: find out who plugged it in, and plug in yours.",
    )


def _silent() -> TokenRefused:
    return TokenRefused(
        holder=TOKEN,
        why="it does not show before its PIN that it has this share's key, as the right one does: it was not given "
        "the PIN",
        advice="Plug in yours. If it is yours, undo what was changed in its settings, or let the others repair your "
        "share.",
    )
