"""The form of a keystore file, version 3, read strictly, and bounded in what opening it may cost."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from verifier.errors import AddressMalformed, KeyFileUnusable
from verifier.model.address import Address

# What geth makes is 2^18, 8, 1 (256 MiB); four times that is the most that is opened.
_MOST_MEMORY: Final = 4 * 128 * 2**18 * 8
_MOST_LANES: Final = 16
_MOST_ROUNDS: Final = 10_000_000


class _Wrong(Exception):  # noqa: N818 - never leaves this file
    """Something in the file is not as version 3 has it; its text says what."""


def read_form(content: bytes, *, path: str) -> tuple[dict[str, Any], Address | None]:
    """Return what opening a keystore needs, and nothing else that stands in it; and the address that it names, if any.

    :raises KeyFileUnusable: it is no keystore of version 3, or opening it would cost too much.
    """
    try:
        return _read(content)
    except _Wrong as exc:
        raise KeyFileUnusable(
            path=path,
            why=str(exc),
            advice="Expected is an encrypted keystore of version 3, as geth and eth-account write it.",
        ) from exc


def _read(content: bytes) -> tuple[dict[str, Any], Address | None]:
    try:
        raw = json.loads(content)
    except (ValueError, RecursionError) as exc:
        raise _Wrong("it is no JSON") from exc
    if not isinstance(raw, dict):
        raise _Wrong("it is no JSON object")
    file = {str(key).lower(): value for key, value in raw.items()}
    if file.get("version") != 3 or isinstance(file["version"], bool):
        raise _Wrong("its version is not 3")
    crypto = _object(file, "crypto")
    if crypto.get("cipher") != "aes-128-ctr":
        raise _Wrong("its cipher is not aes-128-ctr")
    form = {
        "version": 3,
        "crypto": {
            "cipher": "aes-128-ctr",
            "cipherparams": {"iv": _start(_object(crypto, "cipherparams"))},
            "ciphertext": _hex(crypto, "ciphertext", 32),
            "kdf": crypto.get("kdf"),
            "kdfparams": _derivation(crypto.get("kdf"), _object(crypto, "kdfparams")),
            "mac": _hex(crypto, "mac", 32),
        },
    }
    return form, _address(file.get("address"))


def _derivation(kind: Any, params: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters of the function that makes a key of a passphrase."""
    common = {"dklen": _number(params, "dklen", 32, 32), "salt": _hex(params, "salt", None)}
    if kind == "scrypt":
        n = _number(params, "n", 2, _MOST_MEMORY)
        r = _number(params, "r", 1, _MOST_MEMORY)
        if n & (n - 1):
            raise _Wrong("its n is no power of two")
        if 128 * n * r > _MOST_MEMORY:
            raise _Wrong("opening it would take more than a gigabyte of memory")
        return {**common, "n": n, "r": r, "p": _number(params, "p", 1, _MOST_LANES)}
    if kind == "pbkdf2":
        if params.get("prf") != "hmac-sha256":
            raise _Wrong("its prf is not hmac-sha256")
        return {**common, "c": _number(params, "c", 1, _MOST_ROUNDS), "prf": "hmac-sha256"}
    raise _Wrong("its kdf is neither scrypt nor pbkdf2")


def _object(parent: dict[str, Any], name: str) -> dict[str, Any]:
    value = parent.get(name)
    if not isinstance(value, dict):
        raise _Wrong(f"its {name} is missing")
    return value


def _hex(parent: dict[str, Any], name: str, length: int | None) -> str:
    """Return hex digits of so many bytes, or of 1 to 64."""
    value = parent.get(name)
    text = value.removeprefix("0x") if isinstance(value, str) else ""
    if not re.fullmatch(r"(?:[0-9a-fA-F]{2}){1,64}", text) or (length and len(text) != 2 * length):
        raise _Wrong(f"its {name} is not {length or '1 to 64'} bytes in hex")
    return text.lower()


def _start(parent: dict[str, Any]) -> str:
    """Return where the cipher starts, 16 bytes. eth-account leaves out leading zeros, which one key in 256 has."""
    digits = _hex(parent, "iv", None).rjust(32, "0")
    if len(digits) != 32:
        raise _Wrong("its iv is not 1 to 16 bytes in hex")
    return digits


def _number(parent: dict[str, Any], name: str, minimum: int, maximum: int) -> int:
    value = parent.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not minimum <= value <= maximum:
        raise _Wrong(f"its {name} is no number from {minimum} to {maximum}")
    return value


def _address(named: Any) -> Address | None:
    if named is None or named == "":
        return None
    text = named.removeprefix("0x") if isinstance(named, str) else ""
    try:
        return Address.parse("0x" + text)
    except AddressMalformed as exc:
        raise _Wrong("its address is none") from exc
