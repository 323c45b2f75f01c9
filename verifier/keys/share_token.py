"""The second factor of a share at rest: a key in a hardware token, which never leaves it, and agrees only by its PIN.

The key is of P-256, and may derive (ECDH): PIV cards have such a key, and so have HSMs. A file is sealed to its public
point, so writing one needs no PIN; opening one needs the token. A token cannot compute a FROST share itself.

Anybody can give a token of their own the same names, and many tokens let whoever has them at hand, without a PIN, put
another public key in the place of theirs. So a point is sealed to once the token has shown that it has the secret half
of it; and it is looked at again for each new file.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from verifier.errors import KeyRefused, KeyUnreachable, TokenRefused
from verifier.keys.fido_part import FidoPart
from verifier.keys.pkcs11_session import TokenAccess, TokenPlace, find_keys, point_of
from verifier.keys.secret import AskSecret, Secret, keep_out_of_traces
from verifier.keys.share_form import TokenPart
from verifier.model.text import Shown

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

_P256 = bytes.fromhex("06082a8648ce3d030107")


class ShareToken(TokenAccess):
    """One key in one token, for opening a share."""

    def __init__(self, place: TokenPlace, ask: AskSecret) -> None:
        super().__init__(place, ask)
        # Points of which the token has shown the secret half, and the one that is sealed to.
        self._owned: set[bytes] = set()
        self._known: bytes | None = None

    @property
    def kind(self) -> Shown:
        return Shown("token")

    def fits(self, part: TokenPart | FidoPart) -> bool:
        return isinstance(part, TokenPart)

    def prepare(self) -> None:
        """As the protocol says; its PIN is needed where it has opened no share yet."""
        self._present_point()

    def agree_anew(self) -> tuple[TokenPart, Secret]:
        point = self._present_point()
        with keep_out_of_traces():
            ephemeral = _new_key()
            agreed = _agreed(ephemeral, point)
        part = TokenPart(
            token_label=self._place.token,
            key_label=self._place.key,
            point=point,
            ephemeral=_point_of(ephemeral),
        )
        return part, agreed

    def agree_with(self, part: TokenPart | FidoPart) -> Secret:
        return self._agree_and_show(part.ephemeral, part.point)

    def settle(self, part: TokenPart | FidoPart) -> None:
        """As the protocol says; where the token alone opens a file, whoever knows its point can have written it.

        :raises TokenRefused: the point in the file is not the token's.
        """
        if part.point not in self._owned:
            raise _not_its_own(self.describe(), "the share's file says")
        self._known = part.point

    def _present_point(self) -> bytes:
        """Return the point of the token that is there now, if it is the one that was there before.

        :raises TokenRefused: it is another, or one that the token cannot open anything with.
        """
        found = self.point()
        if self._known is None:
            # Nothing that it opened says which point is its own.
            self._agree_and_show(_point_of(_new_key()), found).wipe()
            if found not in self._owned:
                raise _not_its_own(self.describe(), "it shows")
        elif found != self._known:
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
        (agreed,) = self._agree([point])
        return agreed

    def _agree_and_show(self, point: bytes, own: bytes) -> Secret:
        """Return what `agree` does, and note it if the token has the secret half of a point that is called its own."""
        probe = _new_key()
        agreed, shown = self._agree([point, _point_of(probe)])
        with shown:
            try:
                with _agreed(probe, own) as expected:
                    if hmac.compare_digest(expected.reveal(), shown.reveal()):
                        self._owned.add(own)
            except ValueError:
                pass  # It is no point at all.
        return agreed

    def _agree(self, points: Sequence[bytes]) -> list[Secret]:
        from cryptography.hazmat.primitives.asymmetric import ec
        from pkcs11 import Attribute, ObjectClass, PKCS11Error

        try:
            for point in points:
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
                return [_derived(keys[0], point, template) for point in points]
            except PKCS11Error as exc:
                why = f"its key may not derive, or not from this file ({type(exc).__name__})"
                raise KeyRefused(holder=self.describe(), why=why) from None


def _derived(key: Any, point: bytes, template: dict[Any, Any]) -> Secret:
    from pkcs11 import KDF, Attribute, KeyType

    with keep_out_of_traces():
        agreed = key.derive_key(KeyType.AES, 256, mechanism_param=(KDF.NULL, None, point), template=template)
        return Secret(bytes(agreed[Attribute.VALUE]))


def _not_its_own(holder: Shown, where: str) -> TokenRefused:
    return TokenRefused(
        holder=holder,
        why=f"the public key that {where} is not that of its secret one, so what is sealed to it would be "
        "somebody else's to open",
        advice="Find out who had the token or the share's file, and make a new key pair in it.",
    )


def _new_key() -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _agreed(mine: EllipticCurvePrivateKey, point: bytes) -> Secret:
    """:raises ValueError: it is no point of P-256."""
    from cryptography.hazmat.primitives.asymmetric import ec

    with keep_out_of_traces():
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        return Secret(mine.exchange(ec.ECDH(), theirs))


def _point_of(key: EllipticCurvePrivateKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
