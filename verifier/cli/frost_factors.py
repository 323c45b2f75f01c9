"""What opens a holder's share: a passphrase and a token, asked for once, and kept as long as the share itself."""

from __future__ import annotations

from argparse import Namespace

from verifier.cli.keys import ask_person, read_passphrase
from verifier.errors import KeyRefused, PassphraseWrong
from verifier.keys.secret import AskSecret, Secret, Unstored
from verifier.keys.share_sealing import Factors
from verifier.keys.share_token import ShareToken
from verifier.model.text import Shown
from verifier.store.place import path_of

_LEAST = 8
"""Characters of a passphrase; what stretches it helps only so much."""


class Kept(Unstored):
    """Asks once, and remembers: whoever could read it from this process could read the share."""

    def __init__(self, ask: AskSecret, *, is_new: bool) -> None:
        self._ask, self._is_new = ask, is_new
        self._held: Secret | None = None

    def __call__(self, what: Shown) -> Secret:
        if self._held is None:
            self._held = self._ask_twice(what) if self._is_new else self._ask(what)
        return Secret(self._held.reveal())

    def _ask_twice(self, what: Shown) -> Secret:
        first = self._ask(Shown(f"New: {what[0].lower()}{what[1:]}"))
        if len(first.reveal()) < _LEAST:
            first.wipe()
            raise KeyRefused(
                holder="The share", why=f"its passphrase should have at least {_LEAST} characters"
            )
        with self._ask(Shown(f"Again: {what[0].lower()}{what[1:]}")) as second:
            if second.reveal() != first.reveal():
                first.wipe()
                raise PassphraseWrong(holder="a moment ago")
        return first


def open_factors(options: Namespace, *, is_new: bool) -> Factors:
    """Return what is to open the share, by the arguments. Nothing is asked for yet.

    :param is_new: whether the share is still to be made, so that a passphrase is asked for twice
    :raises KeyRefused: it is one thing only, and --one-factor does not say so.
    """
    token = None
    if options.token is not None:
        # What reaches tokens takes half a second to load.
        from verifier.keys.opening import read_token_uri

        pin = _asking(options.pin_file)
        token = ShareToken(read_token_uri(options.token), Kept(pin, is_new=False))
    wants_words = options.one_factor != "token"
    passphrase = Kept(_asking(options.passphrase_file), is_new=is_new) if wants_words else None
    if options.one_factor == "token" and token is None:
        raise KeyRefused(holder="The share", why="with --one-factor token it wants a --token")
    if options.one_factor == "passphrase" and token is not None:
        raise KeyRefused(
            holder="The share", why="a --token is given, and --one-factor passphrase leaves it out"
        )
    if options.one_factor is None and token is None:
        raise KeyRefused(
            holder="The share", why="two factors open it: give --token URI, or say --one-factor passphrase"
        )
    return Factors(passphrase=passphrase, token=token, n=1 << options.stretch)


def _asking(file: str | None) -> AskSecret:
    if file is None:
        return ask_person
    path = path_of(file)
    return lambda _: read_passphrase(path)
