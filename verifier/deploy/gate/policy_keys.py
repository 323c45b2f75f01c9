"""The public keys of a policy: PEM or JWK, Ed25519 or P-256, and nothing else. The algorithm follows from the key."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from verifier.deploy.gate.policy import Algorithm
from verifier.deploy.gate.policy_tables import UnfitError, table_of, text_of

if TYPE_CHECKING:
    from verifier.deploy.gate.policy import PublicKey

_COORDINATE: Final = 32
_FIELD: Final = (1 << 255) - 19
# The y of the eight points of Ed25519 whose order is small: for such a key anybody makes signatures.
_SMALL: Final = frozenset(
    {
        0,
        1,
        _FIELD - 1,
        2707385501144840649318225287225658788936804267575313519463743609750303402022,
        55188659117513257062467267217118295137698188065244968500265048394206261417927,
    }
)


def read_key(content: Mapping[str, Any], where: str) -> tuple[Algorithm, PublicKey]:
    """Return a key, and how it signs.

    :raises UnfitError: it is no public key, or of another kind.
    """
    if ("pem" in content) == ("jwk" in content):
        raise UnfitError(f"{where} should say `pem` or `jwk`")
    public = _read_pem(content["pem"], where) if "pem" in content else _read_jwk(content["jwk"], where)
    return _algorithm_of(public, where), public


def material_of(public: PublicKey) -> bytes:
    """Return what is the same for one key, however it was written: DER of its SubjectPublicKeyInfo."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _read_pem(pem: Any, where: str) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    if not isinstance(pem, str) or "PRIVATE" in pem:
        raise UnfitError(f"{where} should be a public key in PEM")
    try:
        return load_pem_public_key(pem.encode("utf-8"))
    except (ValueError, TypeError, UnsupportedAlgorithm) as exc:
        raise UnfitError(f"{where} is no public key in PEM") from exc


def _read_jwk(content: Any, where: str) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    one = table_of(content, where)
    kind = (one.get("kty"), one.get("crv"))
    try:
        if kind == ("OKP", "Ed25519"):
            table_of(one, where, ("kty", "crv", "x"))
            return Ed25519PublicKey.from_public_bytes(_bytes(one, "x", where))
        if kind == ("EC", "P-256"):
            table_of(one, where, ("kty", "crv", "x", "y"))
            x, y = (int.from_bytes(_bytes(one, name, where), "big") for name in ("x", "y"))
            return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
    except ValueError as exc:
        raise UnfitError(f"{where} is no point of its curve") from exc
    raise UnfitError(f"{where} should be of kty OKP with Ed25519, or of kty EC with P-256")


def _bytes(content: dict[str, Any], name: str, where: str) -> bytes:
    written = text_of(content, name, where)
    try:
        found = base64.urlsafe_b64decode(written + "=" * (-len(written) % 4))
    except ValueError:
        found = b""
    if len(found) != _COORDINATE or base64.urlsafe_b64encode(found).rstrip(b"=") != written.encode("utf-8"):
        raise UnfitError(f"`{name}` of {where} should be 32 bytes in base64url, without =")
    return found


def _algorithm_of(public: Any, where: str) -> Algorithm:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if isinstance(public, Ed25519PublicKey):
        y = int.from_bytes(public.public_bytes_raw(), "little") & ((1 << 255) - 1)
        if y % _FIELD in _SMALL or y >= _FIELD:
            raise UnfitError(f"{where} is a point that anybody can sign for")
        return Algorithm.EDDSA
    if isinstance(public, EllipticCurvePublicKey) and isinstance(public.curve, SECP256R1):
        return Algorithm.ES256
    raise UnfitError(f"{where} should be an Ed25519 or a P-256 key")
