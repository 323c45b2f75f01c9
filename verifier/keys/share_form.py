"""A share's file as it is written: JSON of one version, read strictly, and bounded in what opening it may cost.

{
  "mark": "fourth-signer share",
  "version": 1,
  "group": "0x...",                       32 bytes
  "epoch": 1,
  "holder": 3,
  "scrypt": {"n": 65536, "r": 8, "p": 1, "salt": "0x..."},        null where no passphrase is needed
  "token": {"token": "vault", "key": "alice", "point": "0x04...", "ephemeral": "0x04..."},    null where none is
  "nonce": "0x...",                       12 bytes
  "sealed": "0x..."                       by AES-256-GCM; what stands above `nonce` is authenticated with it
}

Where the token speaks FIDO2, `token` is {"rp": "fourth-signer.invalid", "credential": "0x...", "aaguid": "0x...",
"protection": 2, "salt": "0x...", "point": "0x...", "ephemeral": "0x..."}, the two points of X25519.
A backup has `recovery` in the place of both factors: {"ephemeral": "0x...", "recipient": "0x..."}, X25519.
Where a token's module is does not stand here: whoever changed the file could have another one loaded.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, assert_never

from verifier.decode.content import UnfitError, parse_json
from verifier.errors.text import Foreign

MARK: Final = "fourth-signer share"
VERSION: Final = 1
MOST_BYTES: Final = 64 * 1024

USUAL_N: Final = 1 << 16
"""64 MiB, and about a fifth of a second."""
_LEAST_N: Final = 1 << 14
_MOST_N: Final = 1 << 20
_R: Final = 8
_MOST_WORDS: Final = 200
_MOST_CREDENTIAL: Final = 1024
FIDO_RP: Final = "fourth-signer.invalid"
"""For whom a FIDO2 token makes its keys: a name that nobody can own, so that no web page can ask for them."""
_FIDO_KEYS: Final = ("rp", "credential", "aaguid", "protection", "salt", "point", "ephemeral")
_KEYS: Final = (
    "mark",
    "version",
    "group",
    "epoch",
    "holder",
    "scrypt",
    "token",
    "recovery",
    "nonce",
    "sealed",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretching:
    """How a passphrase becomes a key: scrypt with r = 8 and p = 1."""

    n: int
    salt: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPart:
    """What a token has to agree on: its own key by its names and its point, and a point made for this file alone."""

    token_label: Foreign
    key_label: Foreign
    # P-256, 65 bytes each.
    point: bytes
    ephemeral: bytes


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


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoveryPart:
    """Of a backup: X25519, 32 bytes each."""

    recipient: bytes
    ephemeral: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareHead:
    """What a share's file says before it is opened. Opening it shows whether that is true."""

    group: bytes
    epoch: int
    holder: int
    stretching: Stretching | None = None
    token: TokenPart | FidoPart | None = None
    recovery: RecoveryPart | None = None

    @property
    def authenticated(self) -> bytes:
        """Return what the seal also covers: all of this, in one way to write it."""
        text = json.dumps(_written(self), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return b"fourth-signer/share\0" + text.encode("ascii")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareForm:
    head: ShareHead
    nonce: bytes
    sealed: bytes


def render_form(form: ShareForm) -> bytes:
    content = {**_written(form.head), "nonce": "0x" + form.nonce.hex(), "sealed": "0x" + form.sealed.hex()}
    return (json.dumps({key: content[key] for key in _KEYS}, indent=2) + "\n").encode("ascii")


def parse_form(content: bytes) -> ShareForm:
    """:raises UnfitError: it is no share's file of this version, or opening it would cost too much."""
    found = parse_json(content)
    if not isinstance(found, dict) or found.get("mark") != MARK:
        raise UnfitError(f"it does not say `{MARK}` of itself")
    if found.get("version") != VERSION or isinstance(found["version"], bool):
        raise UnfitError(f"it has another version than {VERSION}, which this release reads")
    if set(found) != set(_KEYS):
        raise UnfitError("a key is missing in it, or does not belong there")
    head = ShareHead(
        group=_bytes(found, "group", 32),
        epoch=_number(found, "epoch", 1, (1 << 32) - 1),
        holder=_number(found, "holder", 1, 255),
        stretching=_stretching(_part(found, "scrypt", ("n", "r", "p", "salt"))),
        token=_token(found),
        recovery=_recovery(_part(found, "recovery", ("recipient", "ephemeral"))),
    )
    if (head.recovery is None) == (head.stretching is None and head.token is None):
        raise UnfitError("it should need a passphrase, a token or both; a backup a recovery key alone")
    sealed = found["sealed"]
    size = len(sealed) // 2 - 1 if isinstance(sealed, str) else 0
    return ShareForm(
        head=head, nonce=_bytes(found, "nonce", 12), sealed=_bytes(found, "sealed", max(size, 1))
    )


def _written(head: ShareHead) -> dict[str, Any]:
    stretching, recovery = head.stretching, head.recovery
    return {
        "mark": MARK,
        "version": VERSION,
        "group": "0x" + head.group.hex(),
        "epoch": head.epoch,
        "holder": head.holder,
        "scrypt": stretching and {"n": stretching.n, "r": _R, "p": 1, "salt": "0x" + stretching.salt.hex()},
        "token": _written_token(head.token),
        "recovery": recovery
        and {"recipient": "0x" + recovery.recipient.hex(), "ephemeral": "0x" + recovery.ephemeral.hex()},
    }


def _written_token(token: TokenPart | FidoPart | None) -> dict[str, Any] | None:
    match token:
        case None:
            return None
        case TokenPart():
            return {
                "token": token.token_label,
                "key": token.key_label,
                "point": "0x" + token.point.hex(),
                "ephemeral": "0x" + token.ephemeral.hex(),
            }
        case FidoPart():
            return {
                "rp": FIDO_RP,
                "credential": "0x" + token.credential.hex(),
                "aaguid": "0x" + token.aaguid.hex(),
                "protection": token.protection,
                "salt": "0x" + token.salt.hex(),
                "point": "0x" + token.point.hex(),
                "ephemeral": "0x" + token.ephemeral.hex(),
            }
        case _:
            assert_never(token)


def _stretching(part: dict[str, Any] | None) -> Stretching | None:
    if part is None:
        return None
    n = _number(part, "n", _LEAST_N, _MOST_N)
    if n & (n - 1) or (part["r"], part["p"]) != (_R, 1):
        raise UnfitError("its scrypt should have an n that is a power of two, an r of 8 and a p of 1")
    return Stretching(n=n, salt=_bytes(part, "salt", 32))


def _token(found: dict[str, Any]) -> TokenPart | FidoPart | None:
    value = found["token"]
    if isinstance(value, dict) and "rp" in value:
        return _fido(_part(found, "token", _FIDO_KEYS))
    part = _part(found, "token", ("token", "key", "point", "ephemeral"))
    if part is None:
        return None
    for key in ("token", "key"):
        if not isinstance(part[key], str) or not 0 < len(part[key]) <= _MOST_WORDS:
            raise UnfitError(f"its `{key}` is no text of at most {_MOST_WORDS} characters")
    return TokenPart(
        token_label=part["token"],
        key_label=part["key"],
        point=_bytes(part, "point", 65),
        ephemeral=_bytes(part, "ephemeral", 65),
    )


def _fido(part: dict[str, Any] | None) -> FidoPart | None:
    if part is None:
        return None
    if part["rp"] != FIDO_RP:
        # Before a touch: for another name the token would answer as for somebody else.
        raise UnfitError(f"its `rp` is not {FIDO_RP}")
    credential = part["credential"]
    size = len(credential) // 2 - 1 if isinstance(credential, str) else 0
    if size > _MOST_CREDENTIAL:
        raise UnfitError(f"its `credential` is longer than {_MOST_CREDENTIAL} bytes")
    return FidoPart(
        credential=_bytes(part, "credential", max(size, 1)),
        aaguid=_bytes(part, "aaguid", 16),
        protection=_number(part, "protection", 1, 3),
        salt=_bytes(part, "salt", 32),
        point=_bytes(part, "point", 32),
        ephemeral=_bytes(part, "ephemeral", 32),
    )


def _recovery(part: dict[str, Any] | None) -> RecoveryPart | None:
    if part is None:
        return None
    return RecoveryPart(recipient=_bytes(part, "recipient", 32), ephemeral=_bytes(part, "ephemeral", 32))


def _part(found: dict[str, Any], key: str, keys: tuple[str, ...]) -> dict[str, Any] | None:
    value = found[key]
    if value is not None and (not isinstance(value, dict) or set(value) != set(keys)):
        raise UnfitError(f"its `{key}` should have {', '.join(keys)}, or be null")
    return value


def _number(found: dict[str, Any], key: str, least: int, most: int) -> int:
    value = found[key]
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise UnfitError(f"its `{key}` is no number from {least} to {most}")
    return value


def _bytes(found: dict[str, Any], key: str, size: int) -> bytes:
    text = found[key]
    digits = text.removeprefix("0x") if isinstance(text, str) and text.startswith("0x") else ""
    if len(digits) != 2 * size or set(digits) - set("0123456789abcdef"):
        raise UnfitError(f"its `{key}` is no 0x text of {size} bytes in small letters")
    return bytes.fromhex(digits)
