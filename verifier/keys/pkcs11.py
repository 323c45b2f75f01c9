"""A member's key in a hardware token, reached through its maker's PKCS#11 module; the key never leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from verifier.errors import KeyOfOther, KeyRefused, KeyUnreachable
from verifier.errors.keys import NAME_THE_MEMBER
from verifier.keys.curve import address_of_point, complete_signature
from verifier.keys.pkcs11_session import TokenAccess, TokenPlace, find_keys, point_of
from verifier.keys.secret import AskSecret
from verifier.model.address import Address
from verifier.model.message import TypedMessage
from verifier.model.operation import Signature
from verifier.model.reading import TransactionTerms
from verifier.model.units import Wei
from verifier.sign.transaction import Transaction

if TYPE_CHECKING:
    from pkcs11 import Session

__all__ = ["TokenKey", "TokenPlace"]

_SECP256K1: Final = bytes.fromhex("06052b8104000a")
"""How a token names the curve: the object identifier 1.3.132.0.10."""


class TokenKey(TokenAccess):
    """The port KeyHolder over one key in one token. It logs in for each signature, and out after it."""

    def __init__(
        self,
        place: TokenPlace,
        ask: AskSecret,
        *,
        member: Address | None = None,
        usual: Address | None = None,
    ) -> None:
        """Look at the token; its PIN is not asked for yet.

        :param member: whose key it should be; None takes the address of the token's public key, which then must be
            there to be read without a PIN
        :param usual: whose key it is where it is not
        :raises KeyUnreachable: there is no such module, token or key.
        :raises KeyOfOther: the public key is another's.
        """
        super().__init__(place, ask)
        with self._module() as token, token.open() as session:
            named = _public_address(session, place.key)
        if member is not None:
            self._require(member, named)
        owner = member or named or usual
        if owner is None:
            raise KeyUnreachable(
                holder=self.describe(),
                why="it shows no public key of that name before the PIN",
                advice=NAME_THE_MEMBER,
            )
        self._address = owner

    @property
    def address(self) -> Address:
        return self._address

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
            keys = find_keys(session, ObjectClass.PRIVATE_KEY, self._place.key)
            if len(keys) != 1:
                raise self._not_one(len(keys))
            key = keys[0]
            if key[Attribute.EC_PARAMS] != _SECP256K1:
                raise KeyRefused(holder=self.describe(), why="its curve is not secp256k1, Ethereum's")
            raw = bytes(key.sign(digest, mechanism=Mechanism.ECDSA))
        return complete_signature(raw, digest, self._address)

    def _require(self, member: Address, named: Address | None) -> None:
        """Raise KeyOfOther where the token's public key is not the member's."""
        if named is not None and named != member:
            raise KeyOfOther(holder=self.describe(), expected=member, actual=named)


def _public_address(session: Session, label: str) -> Address | None:
    """Return the address of the public key beside a private one, if the token shows one."""
    point = point_of(session, label)
    return None if point is None else address_of_point(point)
