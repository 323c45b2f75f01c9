"""Signatures by SSH keys, as git makes them (PROTOCOL.sshsig): by which key, and whether they are good."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from typing import Final

_ARMOUR: Final = re.compile(rb"-----BEGIN SSH SIGNATURE-----\n(.*?)-----END SSH SIGNATURE-----", re.DOTALL)
_MAGIC: Final = b"SSHSIG"
_NAMESPACE: Final = b"git"
_HASHES: Final = {b"sha256": hashlib.sha256, b"sha512": hashlib.sha512}


@dataclass(frozen=True, slots=True, kw_only=True)
class SshSignature:
    """A signature, with the key that it says it is by."""

    blob: bytes
    namespace: bytes
    hash_name: bytes
    signature: bytes

    @property
    def fingerprint(self) -> str:
        """The key's fingerprint, as `ssh-keygen -l` prints it."""
        return "SHA256:" + base64.b64encode(hashlib.sha256(self.blob).digest()).rstrip(b"=").decode("ascii")

    def is_good_for(self, message: bytes) -> bool:
        """Whether that key signed this, for git. Ed25519 and P-256 are known; any other key is taken for no good."""
        if self.namespace != _NAMESPACE or self.hash_name not in _HASHES:
            return False
        digest = _HASHES[self.hash_name](message).digest()
        signed = _MAGIC + b"".join(map(_string, (self.namespace, b"", self.hash_name, digest)))
        key, signature = _Wire(self.blob), _Wire(self.signature)
        try:
            return _is_good(key, signature, signed)
        except ValueError:
            return False


def read_ssh_signature(armoured: bytes) -> SshSignature | None:
    """Return an armoured signature's parts; None where it is of another kind or damaged."""
    found = _ARMOUR.search(armoured)
    if found is None:
        return None
    try:
        wire = _Wire(base64.b64decode(found[1].replace(b"\n", b""), validate=True))
        if wire.take(len(_MAGIC)) != _MAGIC or wire.take(4) != b"\0\0\0\1":
            return None
        blob, namespace, _, hash_name, signature = (wire.string() for _ in range(5))
    except (binascii.Error, ValueError):
        return None
    return SshSignature(blob=blob, namespace=namespace, hash_name=hash_name, signature=signature)


def _is_good(key: _Wire, signature: _Wire, signed: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    kind = key.string()
    if signature.string() != kind:
        return False
    try:
        if kind == b"ssh-ed25519":
            Ed25519PublicKey.from_public_bytes(key.string()).verify(signature.string(), signed)
            return True
        if kind == b"ecdsa-sha2-nistp256" and key.string() == b"nistp256":
            public = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key.string())
            numbers = _Wire(signature.string())
            r, s = (int.from_bytes(numbers.string(), "big") for _ in range(2))
            public.verify(encode_dss_signature(r, s), signed, ECDSA(SHA256()))
            return True
    except InvalidSignature:
        return False
    return False


class _Wire:
    """Bytes that are taken from the front, as SSH writes them."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self._at = 0

    def take(self, length: int) -> bytes:
        """:raises ValueError: there are not so many left."""
        found = self._content[self._at : self._at + length]
        if len(found) != length:
            raise ValueError("it ends too early")
        self._at += length
        return found

    def string(self) -> bytes:
        """:raises ValueError: there are not so many left."""
        return self.take(int.from_bytes(self.take(4), "big"))


def _string(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content
