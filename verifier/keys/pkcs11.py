"""A member's key in a hardware token, reached through its maker's PKCS#11 module; the key never leaves it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from verifier.errors import KeyHolderError, KeyOfOther, KeyRefused, KeyUnreachable
from verifier.keys.curve import address_of_point, complete_signature
from verifier.keys.pkcs11_faults import translated
from verifier.keys.secret import AskSecret, Unstored, keep_out_of_traces
from verifier.model.address import Address
from verifier.model.message import TypedMessage
from verifier.model.operation import Signature
from verifier.model.reading import TransactionTerms
from verifier.model.text import Shown, sanitise
from verifier.model.units import Wei
from verifier.sign.transaction import Transaction

if TYPE_CHECKING:
    from pkcs11 import ObjectClass, Session, Token

_SECP256K1: Final = bytes.fromhex("06052b8104000a")
"""How a token names the curve: the object identifier 1.3.132.0.10."""

# A module is one per process, and its sessions share one login.
_ONE_AT_A_TIME: Final = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPlace:
    """Where a key is: labels are the token's own words."""

    # The shared library of the token's maker.
    module: Path
    token: str
    key: str


class TokenKey(Unstored):
    """The port KeyHolder over one key in one token. It logs in for each signature, and out after it."""

    def __init__(self, place: TokenPlace, ask: AskSecret, *, member: Address | None = None) -> None:
        """Look at the token; its PIN is not asked for yet.

        :param member: whose key it should be; None takes the address of the token's public key, which then must be
            there to be read without a PIN
        :raises KeyUnreachable: there is no such module, token or key.
        :raises KeyOfOther: the public key is another's.
        """
        self._place = place
        self._ask = ask
        with self._module() as token, token.open() as session:
            named = _public_address(session, place.key)
        if member is not None:
            self._require(member, named)
        owner = member or named
        if owner is None:
            raise KeyUnreachable(
                holder=self.describe(),
                why="it shows no public key of that name before the PIN",
                advice="Name the member whose key it is.",
            )
        self._address = owner

    @property
    def address(self) -> Address:
        return self._address

    def describe(self) -> Shown:
        return Shown(
            f"the key {sanitise(self._place.key, most=40)} in the token {sanitise(self._place.token, most=40)}"
        )

    def __repr__(self) -> str:
        return f"TokenKey({self._place.token!r}, {self._place.key!r})"

    def sign(self, message: TypedMessage) -> Signature:
        """As the port says.

        :raises PassphraseWrong: the PIN is wrong.
        :raises KeyRefused: the token does not sign: PIN locked, another curve, another kind of key.
        """
        return self._sign(message.digest)

    def sign_transaction(
        self, terms: TransactionTerms, *, to: Address | None, data: bytes, value: Wei
    ) -> bytes:
        """As `sign`, for a transaction of the member's own."""
        transaction = Transaction.on(terms, to=to, data=data, value=value)
        return transaction.signed(self._sign(transaction.digest))

    def _sign(self, digest: bytes) -> Signature:
        from pkcs11 import Attribute, Mechanism, ObjectClass

        with self._module() as token, self._login(token) as session:
            self._require(self._address, _public_address(session, self._place.key))
            keys = _find(session, ObjectClass.PRIVATE_KEY, self._place.key)
            if len(keys) != 1:
                raise self._not_one(len(keys))
            key = keys[0]
            if key[Attribute.EC_PARAMS] != _SECP256K1:
                raise KeyRefused(holder=self.describe(), why="its curve is not secp256k1, Ethereum's")
            raw = bytes(key.sign(digest, mechanism=Mechanism.ECDSA))
        return complete_signature(raw, digest, self._address)

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
        with _ONE_AT_A_TIME, translated(self.describe()):
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

    def _require(self, member: Address, named: Address | None) -> None:
        """Raise KeyOfOther where the token's public key is not the member's."""
        if named is not None and named != member:
            raise KeyOfOther(holder=self.describe(), expected=member, actual=named)


def _find(session: Session, kind: ObjectClass, label: str) -> list[Any]:
    """Return the keys of one kind and name. All of them: a search that is left in the middle ends badly later."""
    from pkcs11 import Attribute, KeyType

    wanted = {Attribute.CLASS: kind, Attribute.KEY_TYPE: KeyType.EC, Attribute.LABEL: label}
    return list(session.get_objects(wanted))


def _public_address(session: Session, label: str) -> Address | None:
    """Return the address of the public key beside a private one, if the token shows one."""
    from pkcs11 import Attribute, ObjectClass

    keys = _find(session, ObjectClass.PUBLIC_KEY, label)
    if len(keys) != 1:
        return None
    point = bytes(keys[0][Attribute.EC_POINT])
    # In an OCTET STRING, as the standard has it, or bare.
    return address_of_point(point.removeprefix(b"\x04\x41") if len(point) == 67 else point)
