"""The second factor of a share at rest: a FIDO2 token, by its PIN and a touch (the extension hmac-secret).

private = X25519(HKDF-SHA256(what the token makes of a salt)): a file is sealed to the public point of it, as to that of
a PKCS#11 token. So sealing needs neither the token nor anybody, and a holder that nobody sits at can be given new
shares; the private half is in memory only while a file is opened.

The token is touched when a holder starts. One touch opens the share, and asks with it for what comes of a salt drawn
anew; another asks the same again. Only what came twice is sealed to: a token that answers otherwise each time would
lock its holder out. So each start has a salt of its own, and each file a point of its own. Where there is no share
yet, a touch before those makes a key in the token.

A token in the place of the right one would be typed the PIN. So the file has the public half of the token's key, and a
token has to sign with that key before it is given the PIN, and again with its answer. Files of version 1 lack it: then
it comes of the signatures of the two touches, and stands in whatever is sealed after that.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from verifier.errors import KeyHolderError, TokenAnswerMalformed, TokenRefused
from verifier.keys.fido_faults import TOKEN, refusal, translated
from verifier.keys.fido_finding import only_token, token_of
from verifier.keys.fido_line import Waits
from verifier.keys.fido_part import FidoPart, describe_check
from verifier.keys.fido_proof import Signed, key_of_both
from verifier.keys.fido_token import Claim, FidoToken, Tell, require_sendable
from verifier.keys.secret import AskSecret, Secret, Unstored, keep_out_of_traces
from verifier.keys.share_form import TokenPart
from verifier.model.text import Shown

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

_MAKE: Final = "Touch the FIDO2 token now: it makes a key of its own for this share."
_FIRST: Final = "Touch the FIDO2 token now: this share is going to be sealed with it."
_OPEN: Final = "Touch the FIDO2 token now: it opens the share."
_AGAIN: Final = (
    "Touch the FIDO2 token once more: it has to give the same again, or nothing is sealed with it."
)
_NONE: Final = bytes(32)
_INFO: Final = b"fourth-signer/share/fido2\0"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """What can be sealed to, once it came again: a key of the token, a salt, and the point that comes of both."""

    # Without an ephemeral point, which is each file's own.
    part: FidoPart
    # With which the point came first.
    signed: Signed


class FidoShareToken(Unstored):
    """One FIDO2 token, for opening a share. Its PIN is asked for when it is needed, and sent once for each typing."""

    def __init__(
        self,
        ask: AskSecret,
        tell: Tell,
        *,
        waits: Waits | None = None,
        dice: Callable[[int], bytes] = secrets.token_bytes,
    ) -> None:
        """Take how to ask for the PIN; no token is looked for yet.

        :param tell: shows when a touch is waited for, which needs no answer here
        """
        self._ask, self._tell, self._dice = ask, tell, dice
        self._waits = waits or Waits()
        self._pin: Secret | None = None
        # By credential and salt: what came of files that were opened, until `prepare`.
        self._privates: dict[tuple[bytes, bytes], Secret] = {}
        # What came once; and what came twice, and is sealed to.
        self._drawn: _Drawn | None = None
        self._seat: FidoPart | None = None

    @property
    def kind(self) -> Shown:
        return Shown("FIDO2 token")

    def fits(self, part: TokenPart | FidoPart) -> bool:
        return isinstance(part, FidoPart)

    def settle(self, part: TokenPart | FidoPart) -> None:
        """Nothing is to be done: a file with another point than the token's was refused."""

    def prepare(self) -> None:
        """As the protocol says: the token is touched, and twice more where it has no key for this share yet."""
        if self._seat is not None:
            return
        try:
            if self._drawn is None:
                with only_token(self._waits, self._tell) as token:
                    self._confirm(token, self._enrol(token))
            else:
                with token_of(self._drawn.part, self._waits, self._tell) as token:
                    self._confirm(token, self._drawn)
        finally:
            self._forget()

    def agree_anew(self) -> tuple[FidoPart, Secret]:
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

        if self._seat is None:
            self.prepare()
        seat = self._seat
        if seat is None:
            raise AssertionError("what is prepared has something to seal to")
        with keep_out_of_traces():
            ephemeral = X25519PrivateKey.from_private_bytes(self._dice(32))
            agreed = Secret(ephemeral.exchange(X25519PublicKey.from_public_bytes(seat.point)))
        return replace(seat, ephemeral=ephemeral.public_key().public_bytes_raw()), agreed

    def agree_with(self, part: TokenPart | FidoPart) -> Secret:
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

        if not isinstance(part, FidoPart):
            raise TypeError("a file for another kind of token")
        key = (part.credential, part.salt)
        if key not in self._privates:
            self._privates[key] = self._derive(part)
        try:
            with keep_out_of_traces():
                private = _private_of(self._privates[key])
                return Secret(private.exchange(X25519PublicKey.from_public_bytes(part.ephemeral)))
        except ValueError:
            raise _changed("its point is none that anything can be sealed with") from None

    def _derive(self, part: FidoPart) -> Secret:
        """Return what the token makes of a file's salt, and draw the next salt with the same touch."""
        salt = self._dice(32)
        with token_of(part, self._waits, self._tell) as token:
            warning = describe_check(part)
            if warning is not None:
                self._tell(warning)
            with self._pin_for(token) as pin:
                answered = token.answer(pin, part.credential, part.key, [part.salt, salt], _OPEN)
        found, following = answered.secrets
        with following:
            if _point_of(found) != part.point:
                found.wipe()
                raise _changed("it makes another secret than when the share was sealed")
            if self._drawn is None:
                drawn = replace(part, salt=salt, point=_point_of(following), ephemeral=_NONE)
                self._drawn = _Drawn(part=drawn, signed=answered.signed)
        return found

    def _enrol(self, token: FidoToken) -> _Drawn:
        """Let a token make a key, and return what comes of it, once."""
        salt, other = self._dice(32), self._dice(32)
        with self._pin_for(token) as pin:
            made = token.make(pin, _MAKE)
            answered = token.answer(pin, made.credential, made.key, [salt, other], _FIRST)
        found, unused = answered.secrets
        with found, unused:
            part = FidoPart(
                credential=made.credential,
                aaguid=made.aaguid,
                protection=made.protection,
                salt=salt,
                point=_point_of(found),
                ephemeral=_NONE,
                key=made.key,
            )
        return _Drawn(part=part, signed=answered.signed)

    def _confirm(self, token: FidoToken, drawn: _Drawn) -> None:
        """Have the same come again, and seal to it from now on."""
        part = drawn.part
        with self._pin_for(token) as pin:
            answered = token.answer(pin, part.credential, part.key, [part.salt], _AGAIN)
        (again,) = answered.secrets
        with again:
            if _point_of(again) != part.point:
                raise TokenRefused(
                    holder=TOKEN,
                    why="it made two secrets where it should make one, so what is sealed with it might never open",
                    advice="Nothing was sealed. Use another token.",
                )
        key = part.key or key_of_both(drawn.signed, answered.signed)
        if key is None:
            raise TokenAnswerMalformed(holder=TOKEN, why="its two signatures are not of one key")
        # Once it did, it always has to.
        before_pin = part.before_pin or _shows(token, part.credential, key)
        self._seat = replace(part, key=key, before_pin=before_pin)

    @contextmanager
    def _pin_for(self, token: FidoToken) -> Iterator[Secret]:
        """Give the PIN: asked for once, and forgotten as soon as anything goes wrong, so that none is sent twice."""
        if self._pin is None:
            tries = token.tries()
            if tries == 0:
                raise _locked()
            left = "" if tries is None else f" ({tries} {'try' if tries == 1 else 'tries'} left)"
            self._pin = self._ask(Shown(f"PIN for the FIDO2 token{left}"))
        try:
            require_sendable(self._pin)
            yield self._pin
        except BaseException:
            self._forget()
            raise

    def _forget(self) -> None:
        for secret in self._privates.values():
            secret.wipe()
        self._privates.clear()
        if self._pin is not None:
            self._pin.wipe()
            self._pin = None


def _shows(token: FidoToken, credential: bytes, key: bytes) -> bool:
    with translated():
        return token.claim(credential, key) is Claim.SHOWN


def _locked() -> KeyHolderError:
    from fido2.ctap import CtapError

    return refusal(CtapError.ERR.PIN_BLOCKED)


def _changed(why: str) -> TokenRefused:
    return TokenRefused(
        holder=TOKEN,
        why=f"{why}: it is another token, or was reset, or the share's file was changed",
        advice="Plug in the right one; if it was reset, let the others repair your share.",
    )


def _private_of(found: Secret) -> X25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    with keep_out_of_traces():
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(found.reveal())
        return X25519PrivateKey.from_private_bytes(key)


def _point_of(found: Secret) -> bytes:
    return _private_of(found).public_key().public_bytes_raw()
