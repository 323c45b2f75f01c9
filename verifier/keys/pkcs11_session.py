"""A session with a hardware token, through its maker's PKCS#11 module: logged in for one use, and out after it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from verifier.errors import KeyHolderError, KeyRefused, KeyUnreachable
from verifier.keys.pkcs11_faults import translated
from verifier.keys.secret import AskSecret, Unstored, keep_out_of_traces
from verifier.keys.stale_errors import no_stale_errors
from verifier.model.text import Shown, sanitise

if TYPE_CHECKING:
    from pkcs11 import ObjectClass, Session, Token

# A module is one per process, and its sessions share one login.
_ONE_AT_A_TIME: Final = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPlace:
    """Where a key is: labels are the token's own words."""

    # The shared library of the token's maker.
    module: Path
    token: str
    key: str


class TokenAccess(Unstored):
    """One key in one token, by its names. Nothing is asked before it is used."""

    def __init__(self, place: TokenPlace, ask: AskSecret) -> None:
        self._place = place
        self._ask = ask

    def describe(self) -> Shown:
        return Shown(
            f"the key {sanitise(self._place.key, most=40)} in the token {sanitise(self._place.token, most=40)}"
        )

    @contextmanager
    def _module(self) -> Iterator[Token]:
        """Give the token, freshly looked for; what the library raises within comes out as an error of ours."""
        try:
            import pkcs11
        except ImportError as exc:
            raise KeyUnreachable(
                holder=self.describe(),
                why="what speaks to tokens is not installed",
                advice="Run `pip install 'fourth-signer[hsm]'`.",
            ) from exc
        with _ONE_AT_A_TIME, no_stale_errors(), translated(self.describe()):
            library = pkcs11.lib(str(self._place.module))
            try:
                yield library.get_token(token_label=self._place.token)
            finally:
                # Ends every session, also one whose login failed, and forgets tokens that are gone.
                with suppress(pkcs11.PKCS11Error):
                    library.finalize()

    @contextmanager
    def _login(self, token: Token) -> Iterator[Session]:
        from pkcs11 import PROTECTED_AUTH, PKCS11Error, TokenFlag

        if token.flags & TokenFlag.PROTECTED_AUTHENTICATION_PATH:
            session = token.open(user_pin=PROTECTED_AUTH)
        else:
            with self._ask(Shown(f"PIN for {self.describe()}")) as pin, keep_out_of_traces():
                # What is no text is no PIN; an error about it would carry it.
                session = token.open(user_pin=pin.reveal().decode("utf-8", errors="replace"))
        try:
            yield session
        finally:
            # One that went away has no session to close.
            with suppress(PKCS11Error):
                session.close()

    def _not_one(self, found: int) -> KeyHolderError:
        if found:
            why = "several of its keys have this name; give the key a name of its own"
            return KeyRefused(holder=self.describe(), why=why)
        return KeyUnreachable(
            holder=self.describe(), why="there is no such key in it", advice="Look for the right label."
        )


def find_keys(session: Session, kind: ObjectClass, label: str) -> list[Any]:
    """Return the keys of one kind and name. All of them: a search that is left in the middle ends badly later."""
    from pkcs11 import Attribute, KeyType

    wanted = {Attribute.CLASS: kind, Attribute.KEY_TYPE: KeyType.EC, Attribute.LABEL: label}
    return list(session.get_objects(wanted))


def point_of(session: Session, label: str) -> bytes | None:
    """Return the point of the public key beside a private one, 65 bytes or as the token has it; None if it shows none.

    In an OCTET STRING, as the standard has it, or bare.
    """
    from pkcs11 import Attribute, ObjectClass

    keys = find_keys(session, ObjectClass.PUBLIC_KEY, label)
    if len(keys) != 1:
        return None
    point = bytes(keys[0][Attribute.EC_POINT])
    return point.removeprefix(b"\x04\x41") if len(point) == 67 else point
