"""Who made a signature by ECDSA: as strict as the contract is."""

from __future__ import annotations

from typing import Final

from verifier.errors import SignatureMalformed
from verifier.model.address import Address
from verifier.model.operation import Signature

ORDER: Final = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
"""How many points secp256k1 has."""

HALF_ORDER: Final = ORDER // 2
"""Of the two signatures that verify, only the one with the smaller s is taken."""


def split_signature(signature: bytes) -> Signature:
    """Return r, s and v of the 65 bytes that wallets give. v of 0 and 1 counts as 27 and 28.

    :raises SignatureMalformed: it is not one that the vault takes.
    """
    if len(signature) != 65:
        raise SignatureMalformed(why=f"it has {len(signature)} bytes and not 65")
    v = signature[64] + 27 if signature[64] < 2 else signature[64]
    split = Signature(r=signature[:32], s=signature[32:64], v=v)
    _require_canonical(split)
    return split


def join_signature(signature: Signature) -> bytes:
    """Return the 65 bytes of r, s and v.

    :raises SignatureMalformed: it is not one that the vault takes.
    """
    _require_canonical(signature)
    return signature.r + signature.s + bytes([signature.v])


def recover(digest: bytes, signature: Signature) -> Address:
    """Return who signed a digest.

    :raises SignatureMalformed: it is not one that the vault takes, or nobody's.
    """
    from eth_keys.datatypes import Signature as Ecdsa
    from eth_keys.exceptions import BadSignature
    from eth_utils.exceptions import ValidationError

    r, s = _require_canonical(signature)
    try:
        key = Ecdsa(vrs=(signature.v - 27, r, s)).recover_public_key_from_msg_hash(digest)
    except (BadSignature, ValidationError) as exc:
        raise SignatureMalformed(why="it is nobody's") from exc
    return Address(key.to_canonical_address())


def _require_canonical(signature: Signature) -> tuple[int, int]:
    """Return r and s as numbers; raise SignatureMalformed where the vault would not take them."""
    if len(signature.r) != 32 or len(signature.s) != 32:
        raise SignatureMalformed(why="its parts are not 32 bytes each")
    r, s = int.from_bytes(signature.r, "big"), int.from_bytes(signature.s, "big")
    if signature.v not in (27, 28):
        raise SignatureMalformed(why=f"its v is {signature.v}, and 27 or 28 is expected")
    if not 0 < s <= HALF_ORDER:
        raise SignatureMalformed(
            why="its s is not in the lower half, so it could be changed into another one"
        )
    if not 0 < r < ORDER:
        raise SignatureMalformed(why="its r is no coordinate")
    return r, s
