"""What a share's file says of the FIDO2 token that opens it.

{"rp": "fourth-signer.invalid", "credential": "0x...", "aaguid": "0x...", "protection": 2, "salt": "0x...",
 "point": "0x...", "ephemeral": "0x...",         the two points of X25519
 "key": "0xa501...",                             77 bytes: the public half of the token's key (ES256), in COSE
 "before_pin": true}                             whether the token shows before its PIN that it has that key

Files of version 1 lack the last two. They open; but a token that says that it has the key is believed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from verifier.decode.content import UnfitError
from verifier.keys.fido_proof import KEY_BYTES, is_key
from verifier.keys.share_fields import read_bytes, read_number, read_some_bytes
from verifier.model.text import Shown

FIDO_RP: Final = "fourth-signer.invalid"
"""For whom a FIDO2 token makes its keys: a name that nobody can own, so that no web page can ask for them."""
MOST_CREDENTIAL: Final = 1024
_OLD_KEYS: Final = frozenset({"rp", "credential", "aaguid", "protection", "salt", "point", "ephemeral"})
_KEYS: Final = _OLD_KEYS | {"key", "before_pin"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FidoPart:
    """What a FIDO2 token has to be asked, the point of the key that comes of its answer, and one for this file alone.

    The salt is drawn anew each time that the token is asked; the ephemeral point for each file.
    """

    # The token's own name for its key, up to 1,024 bytes.
    credential: bytes
    # Its model, 16 bytes.
    aaguid: bytes
    # Its `credProtect` level, 1 to 3: at 3 it does not even say without its PIN whether it knows the key.
    protection: int
    salt: bytes
    # X25519, 32 bytes each.
    point: bytes
    ephemeral: bytes
    # The public half of the token's key, as `fido_proof` writes it; None in a file of version 1.
    key: bytes | None = None
    # Whether it signs without its PIN: then one that does not is another.
    before_pin: bool = False


def write_fido_part(part: FidoPart) -> dict[str, Any]:
    written = {
        "rp": FIDO_RP,
        "credential": "0x" + part.credential.hex(),
        "aaguid": "0x" + part.aaguid.hex(),
        "protection": part.protection,
        "salt": "0x" + part.salt.hex(),
        "point": "0x" + part.point.hex(),
        "ephemeral": "0x" + part.ephemeral.hex(),
    }
    if part.key is None:
        return written
    return {**written, "key": "0x" + part.key.hex(), "before_pin": part.before_pin}


def read_fido_part(found: dict[str, Any]) -> FidoPart:
    """:raises UnfitError: it is no such part of either version."""
    if set(found) not in (_OLD_KEYS, _KEYS):
        raise UnfitError(f"its `token` should have {', '.join(sorted(_KEYS))}")
    if found["rp"] != FIDO_RP:
        # Before a touch: for another name the token would answer as for somebody else.
        raise UnfitError(f"its `rp` is not {FIDO_RP}")
    key, before_pin = None, False
    if "key" in found:
        key, before_pin = read_bytes(found, "key", KEY_BYTES), found["before_pin"]
        if not is_key(key):
            raise UnfitError("its `key` is no public key of ES256 in COSE")
        if not isinstance(before_pin, bool):
            raise UnfitError("its `before_pin` is neither true nor false")
    return FidoPart(
        credential=read_some_bytes(found, "credential", MOST_CREDENTIAL),
        aaguid=read_bytes(found, "aaguid", 16),
        protection=read_number(found, "protection", 1, 3),
        salt=read_bytes(found, "salt", 32),
        point=read_bytes(found, "point", 32),
        ephemeral=read_bytes(found, "ephemeral", 32),
        key=key,
        before_pin=before_pin,
    )


def describe_check(part: FidoPart) -> Shown | None:
    """Return what a person has to know before they type the PIN; None where the token shows that it is right."""
    if part.key is None:
        return Shown(
            "This share's file is of an older version: whether a FIDO2 token is the right one cannot be checked before "
            "its PIN. Look that it is yours. The group's next refresh writes what the check needs. Had this line gone "
            "away before, somebody changed the file: do not type the PIN."
        )
    if not part.before_pin:
        return Shown(
            "This FIDO2 token does not show before its PIN that it is the right one. Look that it is yours."
        )
    return None
