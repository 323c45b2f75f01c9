"""Which holder a signer means by a few words: a path, or one of the forms that each kind of device has.

~/keys/alice.json                                                    an encrypted keystore
pkcs11:token=vault;object=alice?module-path=/usr/lib/softhsm/libsofthsm2.so    a token (RFC 7512)
ledger:m/44'/60'/0'/0/0                                              a Ledger; trezor: likewise
elsewhere                                                            another device, by file or QR code
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote

from verifier.errors import KeyUnreachable
from verifier.errors.keys import NAME_THE_MEMBER
from verifier.keys.device import DeviceKey, DevicePlace, Maker
from verifier.keys.elsewhere import DeviceElsewhere
from verifier.keys.keystore import Keystore
from verifier.keys.pkcs11 import TokenKey, TokenPlace
from verifier.keys.secret import AskSecret
from verifier.model.address import Address
from verifier.model.errand import Exchange
from verifier.ports import KeyHolder

ELSEWHERE = "elsewhere"


def open_key(
    words: str,
    *,
    ask: AskSecret,
    exchange: Exchange,
    member: Address | None = None,
    usual: Address | None = None,
) -> KeyHolder:
    """Return the holder that these words mean. Nothing is signed, and no secret asked for.

    :param member: whose key it should be; None where any will do
    :param usual: whose key is meant where any will do, and what holds it does not tell: a device, and some files
    :raises KeyHolderError: it cannot be used, or is another's.
    """
    scheme, colon, rest = words.partition(":")
    if words == ELSEWHERE:
        return DeviceElsewhere(_named(member or usual, "the other device"), exchange)
    if colon and scheme in (Maker.LEDGER, Maker.TREZOR):
        place = DevicePlace(maker=Maker(scheme), path=rest)
        return DeviceKey(place, _named(member or usual, f"the {scheme.title()}"))
    if colon and scheme == "pkcs11":
        return TokenKey(read_token_uri(words), ask, member=member, usual=usual)
    path = Path(os.path.expanduser(words))  # noqa: PTH111 - Path's own raises
    return Keystore(path, ask, member=member, usual=usual)


def read_token_uri(uri: str) -> TokenPlace:
    """Return where a key is by its PKCS#11 URI. Only the three parts that are needed are allowed, once each.

    :raises KeyUnreachable: it is no such URI.
    """
    path, _, query = uri.removeprefix("pkcs11:").partition("?")
    parts: dict[str, str] = {}
    for part in [*path.split(";"), *(query.split("&") if query else [])]:
        name, equals, value = part.partition("=")
        if not equals or not value or name in parts:
            raise _no_token()
        parts[name] = unquote(value)
    if set(parts) != {"token", "object", "module-path"}:
        raise _no_token()
    return TokenPlace(module=Path(parts["module-path"]), token=parts["token"], key=parts["object"])


def _no_token() -> KeyUnreachable:
    # Without its words: some write the PIN into it.
    return KeyUnreachable(
        holder="what this PKCS#11 URI means",
        why="it should say token, object and module-path, and nothing else",
        advice="Write it as pkcs11:token=LABEL;object=LABEL?module-path=/path/to/the/module.so.",
    )


def _named(member: Address | None, holder: str) -> Address:
    if member is None:
        raise KeyUnreachable(holder=holder, why="it is not known whose key is meant", advice=NAME_THE_MEMBER)
    return member
