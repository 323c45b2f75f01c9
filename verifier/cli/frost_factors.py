"""What opens a holder's share: a passphrase and a token, asked for once, and kept as long as the share itself."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from typing import Final

from verifier.cli.keys import ask_person, read_passphrase
from verifier.errors import KeyRefused, KeyUnreachable
from verifier.keys.second_factor import SecondFactor
from verifier.keys.secret import AskSecret, Secret, Unstored
from verifier.keys.share_sealing import Factors
from verifier.model.text import Shown
from verifier.store.place import path_of

Tell = Callable[[str], object]
"""Shows a line to whoever is in front of it."""

_FIDO: Final = "fido2:"
_LEAST: Final = 8
"""Characters of a passphrase; what stretches it helps only so much."""
_TRIES: Final = 3


class Kept(Unstored):
    """Asks once, and remembers: whoever could read it from this process could read the share."""

    def __init__(self, ask: AskSecret, *, is_new: bool, tell: Tell | None = None) -> None:
        """Ask for nothing yet.

        :param is_new: it is made up now, so it is asked for twice
        :param tell: says to a person why it is asked for once more; None where no person is asked
        """
        self._ask, self._is_new, self._tell = ask, is_new, tell
        self._held: Secret | None = None

    def __call__(self, what: Shown) -> Secret:
        if self._held is None:
            self._held = self._ask_twice(what) if self._is_new else self._ask(what)
        return Secret(self._held.reveal())

    def _ask_twice(self, what: Shown) -> Secret:
        left = _TRIES if self._tell else 1
        while True:
            first = self._ask(Shown(f"New: {what[0].lower()}{what[1:]}"))
            why = self._why_unfit(first, what)
            if not why:
                return first
            first.wipe()
            left -= 1
            if self._tell is None or not left:
                raise _unopened(why)
            self._tell(f"It is not taken: {why}. Once more:")

    def _why_unfit(self, first: Secret, what: Shown) -> str:
        """Return why what was made up is not taken; empty if it is, and came twice."""
        if len(first.reveal()) < _LEAST:
            return f"a passphrase for a share has at least {_LEAST} characters"
        with self._ask(Shown(f"Again: {what[0].lower()}{what[1:]}")) as second:
            return "" if second.reveal() == first.reveal() else "the second time it was another one"


def open_factors(
    options: Namespace, *, is_new: bool, tell: Tell, is_over: Callable[[], bool] = lambda: False
) -> Factors:
    """Return what is to open the share, by the arguments. Nothing is asked for yet.

    :param is_new: whether the share is still to be made, so that a passphrase is asked for twice
    :param tell: shows that a touch is waited for
    :param is_over: whether whoever should touch gave it up
    :raises KeyRefused: it is one thing only, and --one-factor does not say so.
    :raises KeyUnreachable: the token's URI says nothing that is known, or what speaks to it is not installed.
    """
    token = None if options.token is None else _open_token(options, tell, is_over)
    wants_words = options.one_factor != "token"
    by_person = None if options.passphrase_file else tell
    asking = _asking(options.passphrase_file)
    passphrase = Kept(asking, is_new=is_new, tell=by_person) if wants_words else None
    if options.one_factor == "token" and token is None:
        raise _unopened("with --one-factor token it wants a --token")
    if options.one_factor == "passphrase" and token is not None:
        raise _unopened("a --token is given, and --one-factor passphrase leaves it out")
    if options.one_factor is None and token is None:
        raise _unopened("two factors open it: give --token URI, or say --one-factor passphrase")
    return Factors(passphrase=passphrase, token=token, n=1 << options.stretch)


def _open_token(options: Namespace, tell: Tell, is_over: Callable[[], bool]) -> SecondFactor:
    # What reaches tokens takes half a second to load.
    pin = _asking(options.pin_file)
    if not options.token.startswith(_FIDO):
        from verifier.keys.opening import read_token_uri
        from verifier.keys.share_token import ShareToken

        return ShareToken(read_token_uri(options.token), Kept(pin, is_new=False))
    if options.token != _FIDO:
        raise KeyUnreachable(
            holder="what this FIDO2 URI means",
            why="it should say nothing more than its scheme: the share's file knows which key of which token it is",
            advice=f"Write it as {_FIDO}",
        )
    try:
        from verifier.keys.fido_line import Waits
        from verifier.keys.share_fido import FidoShareToken
    except ImportError as exc:
        raise KeyUnreachable(
            holder="the FIDO2 token",
            why="what speaks to such tokens is not installed",
            advice="Run `pip install 'fourth-signer[hsm]'`.",
        ) from exc
    return FidoShareToken(pin, tell, waits=Waits(is_over=is_over))


def _unopened(why: str) -> KeyRefused:
    return KeyRefused(holder="The share", why=why, did="cannot be opened so")


def _asking(file: str | None) -> AskSecret:
    if file is None:
        return ask_person
    path = path_of(file)
    return lambda _: read_passphrase(path)
