"""The second factor of a share at rest: a key in a hardware token, which never leaves it, and agrees only by its PIN.

The key is of P-256, and may derive (ECDH): PIV cards have such a key, and so have HSMs. A file is sealed to its public
point, so writing one needs no PIN; opening one needs the token. A token cannot compute a FROST share itself.

Anybody can give a token of their own the same names. So its point is looked at again for each new file, and has to be
that of the file that it opened.
"""

from __future__ import annotations

from verifier.errors import KeyRefused, KeyUnreachable, TokenRefused
from verifier.keys.pkcs11_session import TokenAccess, TokenPlace, find_keys, point_of
from verifier.keys.secret import AskSecret, Secret, keep_out_of_traces
from verifier.keys.share_form import FidoPart, TokenPart
from verifier.model.text import Shown

_P256 = bytes.fromhex("06082a8648ce3d030107")


class ShareToken(TokenAccess):
    """One key in one token, for opening a share."""

    def __init__(self, place: TokenPlace, ask: AskSecret) -> None:
        super().__init__(place, ask)
        self._known: bytes | None = None

    @property
    def kind(self) -> Shown:
        return Shown("token")

    def fits(self, part: TokenPart | FidoPart) -> bool:
        return isinstance(part, TokenPart)

    def prepare(self) -> None:
        """As the protocol says; its PIN is not needed."""
        self._present_point()

    def agree_anew(self) -> tuple[TokenPart, Secret]:
        from cryptography.hazmat.primitives.asymmetric import ec
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        point = self._present_point()
        with keep_out_of_traces():
            curve = ec.SECP256R1()
            ephemeral = ec.generate_private_key(curve)
            agreed = Secret(
                ephemeral.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(curve, point))
            )
            written = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        part = TokenPart(
            token_label=self._place.token, key_label=self._place.key, point=point, ephemeral=written
        )
        return part, agreed

    def agree_with(self, part: TokenPart | FidoPart) -> Secret:
        return self.agree(part.ephemeral)

    def settle(self, part: TokenPart | FidoPart) -> None:
        self._known = part.point

    def _present_point(self) -> bytes:
        """Return the point of the token that is there now, if it is the one that was there before."""
        found = self.point()
        if self._known is not None and found != self._known:
            raise TokenRefused(
                holder=self.describe(),
                why="it shows another key than the one that opened the share, so what is sealed to it would be "
                "somebody else's to open",
                advice="Find out who exchanged it, and plug the right one in again.",
            )
        self._known = found
        return found

    def point(self) -> bytes:
        """Return the key's public point, 65 bytes.

        :raises KeyUnreachable: there is no such module, token or key, or it shows no public key before the PIN.
        """
        with self._module() as token, token.open() as session:
            found = point_of(session, self._place.key)
        if found is None or len(found) != 65:
            raise KeyUnreachable(
                holder=self.describe(),
                why="it shows no public key of P-256 by that name before the PIN",
                advice="Make a key pair of secp256r1 in it that may derive.",
            )
        return found

    def agree(self, point: bytes) -> Secret:
        """Return the 32 bytes that the token's key and the secret behind a point have in common.

        :raises PassphraseWrong: the PIN is wrong.
        :raises KeyRefused: the token does not: PIN locked, another curve, a key that may not derive.
        """
        from cryptography.hazmat.primitives.asymmetric import ec
        from pkcs11 import KDF, Attribute, KeyType, ObjectClass, PKCS11Error

        try:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        except ValueError:
            # Not every token looks: with a point of another curve, its answers would tell of its key.
            raise KeyRefused(holder=self.describe(), why="the file's point is none of P-256") from None
        with self._module() as token, self._login(token) as session:
            keys = find_keys(session, ObjectClass.PRIVATE_KEY, self._place.key)
            if len(keys) != 1:
                raise self._not_one(len(keys))
            if keys[0][Attribute.EC_PARAMS] != _P256:
                raise KeyRefused(holder=self.describe(), why="its curve is not P-256")
            # For this session only, and readable: it is no key of the token's, but what it agrees on.
            template = {Attribute.SENSITIVE: False, Attribute.EXTRACTABLE: True, Attribute.TOKEN: False}
            try:
                with keep_out_of_traces():
                    agreed = keys[0].derive_key(
                        KeyType.AES, 256, mechanism_param=(KDF.NULL, None, point), template=template
                    )
                    return Secret(bytes(agreed[Attribute.VALUE]))
            except PKCS11Error as exc:
                why = f"its key may not derive, or not from this file ({type(exc).__name__})"
                raise KeyRefused(holder=self.describe(), why=why) from None
