"""A share's file as it is written: JSON, read strictly, and bounded in what opening it may cost.

{
  "mark": "fourth-signer share",
  "version": 1,                           2 where the key of a FIDO2 token stands in it
  "group": "0x...",                       32 bytes
  "epoch": 1,
  "holder": 3,
  "scrypt": {"n": 65536, "r": 8, "p": 1, "salt": "0x..."},        null where no passphrase is needed
  "token": {"token": "vault", "key": "alice", "point": "0x04...", "ephemeral": "0x04..."},    null where none is
  "nonce": "0x...",                       12 bytes
  "sealed": "0x..."                       by AES-256-GCM; what stands above `nonce` is authenticated with it
}

Where the token speaks FIDO2, `token` is as `fido_part` says.
A backup has `recovery` in the place of both factors: {"ephemeral": "0x...", "recipient": "0x..."}, X25519.
Where a token's module is does not stand here: whoever changed the file could have another one loaded.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, assert_never

from verifier.decode.content import UnfitError, parse_json
from verifier.errors.text import Foreign
from verifier.keys.fido_part import FidoPart, read_fido_part, write_fido_part
from verifier.keys.share_fields import read_bytes, read_number, read_part, read_some_bytes

MARK: Final = "fourth-signer share"
_OTHER_VERSION: Final = (
    "it has another version than this release reads: 1, or 2 with the key of a FIDO2 token"
)
MOST_BYTES: Final = 64 * 1024

USUAL_N: Final = 1 << 16
"""64 MiB, and about a fifth of a second."""
_LEAST_N: Final = 1 << 14
_MOST_N: Final = 1 << 20
_R: Final = 8
_MOST_WORDS: Final = 200
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
    def version(self) -> int:
        """Return which version its file has: 2 with the key of a FIDO2 token in it, else 1, as ever."""
        return 2 if isinstance(self.token, FidoPart) and self.token.key is not None else 1

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
    if found.get("version") not in (1, 2) or isinstance(found["version"], bool):
        raise UnfitError(_OTHER_VERSION)
    if set(found) != set(_KEYS):
        raise UnfitError("a key is missing in it, or does not belong there")
    head = ShareHead(
        group=read_bytes(found, "group", 32),
        epoch=read_number(found, "epoch", 1, (1 << 32) - 1),
        holder=read_number(found, "holder", 1, 255),
        stretching=_stretching(read_part(found, "scrypt", ("n", "r", "p", "salt"))),
        token=_token(found),
        recovery=_recovery(read_part(found, "recovery", ("recipient", "ephemeral"))),
    )
    if head.version != found["version"]:
        raise UnfitError(_OTHER_VERSION)
    if (head.recovery is None) == (head.stretching is None and head.token is None):
        raise UnfitError("it should need a passphrase, a token or both; a backup a recovery key alone")
    return ShareForm(
        head=head, nonce=read_bytes(found, "nonce", 12), sealed=read_some_bytes(found, "sealed", MOST_BYTES)
    )


def _written(head: ShareHead) -> dict[str, Any]:
    stretching, recovery = head.stretching, head.recovery
    return {
        "mark": MARK,
        "version": head.version,
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
            return write_fido_part(token)
        case _:
            assert_never(token)


def _stretching(part: dict[str, Any] | None) -> Stretching | None:
    if part is None:
        return None
    n = read_number(part, "n", _LEAST_N, _MOST_N)
    if n & (n - 1) or (part["r"], part["p"]) != (_R, 1):
        raise UnfitError("its scrypt should have an n that is a power of two, an r of 8 and a p of 1")
    return Stretching(n=n, salt=read_bytes(part, "salt", 32))


def _token(found: dict[str, Any]) -> TokenPart | FidoPart | None:
    value = found["token"]
    if isinstance(value, dict) and "rp" in value:
        return read_fido_part(value)
    part = read_part(found, "token", ("token", "key", "point", "ephemeral"))
    if part is None:
        return None
    for key in ("token", "key"):
        if not isinstance(part[key], str) or not 0 < len(part[key]) <= _MOST_WORDS:
            raise UnfitError(f"its `{key}` is no text of at most {_MOST_WORDS} characters")
    return TokenPart(
        token_label=part["token"],
        key_label=part["key"],
        point=read_bytes(part, "point", 65),
        ephemeral=read_bytes(part, "ephemeral", 65),
    )


def _recovery(part: dict[str, Any] | None) -> RecoveryPart | None:
    if part is None:
        return None
    return RecoveryPart(
        recipient=read_bytes(part, "recipient", 32), ephemeral=read_bytes(part, "ephemeral", 32)
    )
