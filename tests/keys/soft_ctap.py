"""What a FIDO2 token does with a command of CTAP 2.1, in software: its PIN, its keys, hmac-secret, credProtect.

Its side of every computation is written here from the standard, and not with the library that asks it; only CBOR is
that library's. What it does wrong, it does when told so in `Manners`.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fido2 import cbor

AAGUID: Final = bytes.fromhex("00112233445566778899aabbccddeeff")
MOST_TRIES: Final = 8
UP, UV, AT, ED = 0x01, 0x04, 0x40, 0x80

INVALID_COMMAND, INVALID_PARAMETER = 0x01, 0x02
OPERATION_DENIED, UNSUPPORTED_ALGORITHM, UNSUPPORTED_OPTION, NO_CREDENTIALS = 0x27, 0x26, 0x2B, 0x2E
PIN_INVALID, PIN_BLOCKED, PIN_AUTH_INVALID, PIN_AUTH_BLOCKED, PIN_NOT_SET = 0x31, 0x32, 0x33, 0x34, 0x35
PUAT_REQUIRED, PIN_POLICY_VIOLATION = 0x36, 0x37


class Refused(Exception):  # noqa: N818 - a status, and not an error of ours
    """A status of CTAP that is not success."""

    def __init__(self, status: int) -> None:
        super().__init__(hex(status))
        self.status = status


@dataclass(slots=True, kw_only=True)
class Manners:
    """How a token is made, and what it does wrong."""

    # `given`, `never`, `late` (the token's own time is up), `refused`, or `pulled`: out of its socket.
    touch: str = "given"
    # What is wrong with its answers, if anything: see `_sign`, `_answer_secret`, and the line.
    lie: str = ""
    # Only once so many touches were given; None is from the start.
    lies_after: int | None = None
    extensions: list[str] = field(default_factory=lambda: ["credProtect", "hmac-secret"])
    protocols: list[int] = field(default_factory=lambda: [2, 1])
    speaks: list[str] = field(default_factory=lambda: ["FIDO_2_0", "FIDO_2_1"])
    # The least credProtect level that it gives a key.
    protection: int = 1
    options: dict[str, bool] = field(default_factory=dict)
    wants_new_pin: bool = False


@dataclass(slots=True, kw_only=True)
class Credential:
    rp: str
    key: ec.EllipticCurvePrivateKey
    protection: int
    # For who gave the PIN, and who did not.
    random_uv: bytes = field(default_factory=lambda: os.urandom(32))
    random: bytes = field(default_factory=lambda: os.urandom(32))


class Agreement:
    """The token's end of one PIN protocol: a key until the next power-up or wrong PIN, and a PIN token."""

    def __init__(self, version: int) -> None:
        self.version = version
        self.regenerate()

    def regenerate(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self.token = os.urandom(32)
        self.permissions = 0
        self.rp: str | None = None

    def cose(self) -> dict[int, Any]:
        point = self._key.public_key().public_numbers()
        return {1: 2, 3: -25, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}

    def shared(self, peer: dict[int, Any]) -> bytes:
        numbers = ec.EllipticCurvePublicNumbers(
            int.from_bytes(peer[-2], "big"), int.from_bytes(peer[-3], "big"), ec.SECP256R1()
        )
        common = self._key.exchange(ec.ECDH(), numbers.public_key())
        if self.version == 1:
            return hashlib.sha256(common).digest()
        parts = (b"CTAP2 HMAC key", b"CTAP2 AES key")
        return b"".join(HKDF(hashes.SHA256(), 32, bytes(32), info).derive(common) for info in parts)

    def authenticate(self, key: bytes, message: bytes) -> bytes:
        mac = hmac.digest(key[:32], message, "sha256")
        return mac[:16] if self.version == 1 else mac

    def require(self, key: bytes, message: bytes, mac: bytes) -> None:
        if not hmac.compare_digest(self.authenticate(key, message), mac):
            raise Refused(PIN_AUTH_INVALID)

    def encrypt(self, key: bytes, plain: bytes) -> bytes:
        iv = bytes(16) if self.version == 1 else os.urandom(16)
        cipher = Cipher(algorithms.AES(key[-32:]), modes.CBC(iv)).encryptor()
        sealed = cipher.update(plain) + cipher.finalize()
        return sealed if self.version == 1 else iv + sealed

    def decrypt(self, key: bytes, sealed: bytes) -> bytes:
        iv, rest = (bytes(16), sealed) if self.version == 1 else (sealed[:16], sealed[16:])
        cipher = Cipher(algorithms.AES(key[-32:]), modes.CBC(iv)).decryptor()
        return cipher.update(rest) + cipher.finalize()


class Authenticator:
    """One token. It forgets nothing until it is reset."""

    def __init__(self, manners: Manners) -> None:
        self.manners = manners
        # PINs that were tried, right or wrong, and touches that were given: for tests to count.
        self.tried = 0
        self.touched = 0
        self.reset()

    def reset(self) -> None:
        self._pin: bytes | None = None
        self.tries = MOST_TRIES
        self._credentials: dict[bytes, Credential] = {}
        # What was signed last, with a touch and without.
        self._signed: dict[bool, dict[int, Any]] = {}
        self._counter = 0
        self.power_up()

    def power_up(self) -> None:
        self._wrong_in_a_row = 0
        self._agreements = {1: Agreement(1), 2: Agreement(2)}

    def answer(self, command: int, content: bytes, touch: Callable[[], None]) -> bytes:
        """Return the status and the CBOR that come of a command.

        :param touch: returns once a person touched, or raises Refused
        """
        try:
            said = self._do(command, cbor.decode(content) if content else {}, touch)
        except Refused as exc:
            return bytes([exc.status])
        return b"\0" + (cbor.encode(said) if said else b"")

    def _do(self, command: int, given: Any, touch: Callable[[], None]) -> dict[int, Any]:
        match command:
            case 0x01:
                return self._make_credential(given, touch)
            case 0x02:
                return self._get_assertion(given, touch)
            case 0x04:
                return self._info()
            case 0x06:
                return self._client_pin(given)
            case 0x07:
                touch()
                self.reset()
                return {}
            case _:
                raise Refused(INVALID_COMMAND)

    def _info(self) -> dict[int, Any]:
        options = {"rk": True, "up": True, "plat": False, "clientPin": self._pin is not None}
        if "FIDO_2_1" in self.manners.speaks:
            options["pinUvAuthToken"] = True
        return {
            1: self.manners.speaks,
            2: self.manners.extensions,
            3: AAGUID,
            4: {**options, **self.manners.options},
            5: 1200,
            6: self.manners.protocols,
            **({12: True} if self.manners.wants_new_pin else {}),
        }

    # --- the PIN ------------------------------------------------------------------------------------------------------

    def _client_pin(self, given: dict[int, Any]) -> dict[int, Any]:
        if given[2] == 0x01:
            return {3: self.tries}
        if given[1] not in self.manners.protocols:
            raise Refused(INVALID_PARAMETER)
        agreement = self._agreements[given[1]]
        match given[2]:
            case 0x02:
                return {1: agreement.cose()}
            case 0x03 if self._pin is None:
                self._set_pin(agreement, given)
                return {}
            case 0x05 | 0x09:
                return {2: self._give_token(agreement, given)}
            case _:
                raise Refused(INVALID_PARAMETER)

    def _set_pin(self, agreement: Agreement, given: dict[int, Any]) -> None:
        shared = agreement.shared(given[3])
        agreement.require(shared, given[5], given[4])
        pin = agreement.decrypt(shared, given[5]).rstrip(b"\0")
        if not 4 <= len(pin) <= 63:
            raise Refused(PIN_POLICY_VIOLATION)
        self._pin = hashlib.sha256(pin).digest()[:16]
        self.tries = MOST_TRIES

    def _give_token(self, agreement: Agreement, given: dict[int, Any]) -> bytes:
        if self._pin is None:
            raise Refused(PIN_NOT_SET)
        if self.tries == 0:
            raise Refused(PIN_BLOCKED)
        if self._wrong_in_a_row >= 3:
            raise Refused(PIN_AUTH_BLOCKED)
        self.tried += 1
        shared = agreement.shared(given[3])
        self.tries -= 1
        if agreement.decrypt(shared, given[6]) != self._pin:
            agreement.regenerate()
            self._wrong_in_a_row += 1
            if self.tries == 0:
                raise Refused(PIN_BLOCKED)
            raise Refused(PIN_AUTH_BLOCKED if self._wrong_in_a_row >= 3 else PIN_INVALID)
        self.tries, self._wrong_in_a_row = MOST_TRIES, 0
        for each in self._agreements.values():
            each.permissions = 0
        agreement.token = os.urandom(32)
        # By the older way: both permissions, for whichever name comes first.
        agreement.permissions, agreement.rp = (given.get(9, 0), given.get(10)) if given[2] == 9 else (3, None)
        return agreement.encrypt(shared, agreement.token)

    def _is_verified(
        self, mac: bytes | None, version: int, client_hash: bytes, permission: int, rp: str
    ) -> bool:
        """Return whether the PIN was given for this."""
        if mac is None:
            return False
        agreement = self._agreements[version]
        agreement.require(agreement.token, client_hash, mac)
        if not agreement.permissions & permission or agreement.rp not in (None, rp):
            raise Refused(PIN_AUTH_INVALID)
        return True

    def _touch(self, touch: Callable[[], None]) -> None:
        """Wait for a touch; it uses up what the PIN permitted."""
        touch()
        for each in self._agreements.values():
            each.permissions = 0

    # --- keys ---------------------------------------------------------------------------------------------------------

    def _make_credential(self, given: dict[int, Any], touch: Callable[[], None]) -> dict[int, Any]:
        rp = given[2]["id"]
        is_verified = self._is_verified(given.get(8), given.get(9, 1), given[1], 0x01, rp)
        if self._pin is not None and not is_verified:
            raise Refused(PUAT_REQUIRED)
        if -7 not in [each["alg"] for each in given[4]]:
            raise Refused(UNSUPPORTED_ALGORITHM)
        self._touch(touch)
        asked, given_back = given.get(6, {}), {}
        level = max(self.manners.protection, asked.get("credProtect", 1))
        if "credProtect" in asked:
            given_back["credProtect"] = 1 if self.lies("unprotected") else level
        if "hmac-secret" in asked:
            given_back["hmac-secret"] = not self.lies("no secret")
        name, key = os.urandom(48), ec.generate_private_key(ec.SECP256R1())
        self._credentials[name] = Credential(rp=rp, key=key, protection=level)
        point = key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        if self.lies("shows no point"):
            cose[-3] = bytes(32)
        attested = AAGUID + struct.pack(">H", len(name)) + name + cbor.encode(cose)
        data = self._data(rp, UP | AT | (UV if is_verified else 0), attested, given_back)
        return {1: "none", 2: data, 3: {}}

    def _get_assertion(self, given: dict[int, Any], touch: Callable[[], None]) -> dict[int, Any]:
        rp, client_hash = given[1], given[2]
        is_verified = self._is_verified(given.get(6), given.get(7, 1), client_hash, 0x02, rp)
        if self.lies("wants its PIN for everything") and not is_verified:
            raise Refused(PUAT_REQUIRED)
        name = self._find([each["id"] for each in given.get(3, [])], rp, is_verified=is_verified)
        extensions = given.get(4, {})
        wants_touch = given.get(5, {}).get("up", True)
        if wants_touch:
            self._touch(touch)
        elif "hmac-secret" in extensions:
            raise Refused(UNSUPPORTED_OPTION)
        credential = self._credentials[name]
        said = {}
        if "hmac-secret" in extensions:
            random = credential.random_uv if is_verified else credential.random
            said["hmac-secret"] = self._answer_secret(extensions["hmac-secret"], random)
        is_shown = is_verified and not self.lies("unverified")
        data = self._data(rp, (UP if wants_touch else 0) | (UV if is_shown else 0), b"", said)
        told = os.urandom(48) if self.lies("other key") else name
        signature = self._sign(credential.key, data + client_hash, is_touched=wants_touch)
        if not self.lies("says what it said before"):
            self._signed[wants_touch] = {1: {"type": "public-key", "id": told}, 2: data, 3: signature}
        return self._signed[wants_touch]

    def _sign(self, key: ec.EllipticCurvePrivateKey, content: bytes, *, is_touched: bool) -> bytes:
        if self.lies("cannot sign") or (self.lies("signs only what is touched") and not is_touched):
            return os.urandom(70)
        if self.lies("signs with another key"):
            key = ec.generate_private_key(ec.SECP256R1())
        return key.sign(content, ec.ECDSA(hashes.SHA256()))

    def _find(self, names: list[bytes], rp: str, *, is_verified: bool) -> bytes:
        if self.lies("knows every key"):
            made = Credential(rp=rp, key=ec.generate_private_key(ec.SECP256R1()), protection=1)
            self._credentials.setdefault(names[0], made)
        for name in names:
            found = self._credentials.get(name)
            if found is not None and found.rp == rp and (found.protection < 3 or is_verified):
                return name
        raise Refused(NO_CREDENTIALS)

    def _answer_secret(self, asked: dict[int, Any], random: bytes) -> bytes:
        agreement = self._agreements[asked.get(4, 1)]
        shared = agreement.shared(asked[1])
        agreement.require(shared, asked[2], asked[3])
        salts = agreement.decrypt(shared, asked[2])
        if len(salts) not in (32, 64):
            raise Refused(INVALID_PARAMETER)
        key = os.urandom(32) if self.lies("another each time") else random
        parts = [salts[at : at + 32] for at in range(0, len(salts), 32)]
        secret = b"".join(
            hmac.digest(key, b"" if self.lies("whatever is asked") else part, "sha256") for part in parts
        )
        if self.lies("too short"):
            secret = secret[:-16]
        if self.lies("too long"):
            secret += bytes(16)
        return agreement.encrypt(shared, secret)

    def _data(self, rp: str, flags: int, attested: bytes, extensions: dict[str, Any]) -> bytes:
        self._counter += 1
        rp_hash = hashlib.sha256(b"other" if self.lies("other purpose") else rp.encode()).digest()
        flags |= ED if extensions else 0
        said = cbor.encode(extensions) if extensions else b""
        return rp_hash + struct.pack(">BI", flags, self._counter) + attested + said

    def lies(self, how: str) -> bool:
        after = self.manners.lies_after
        return self.manners.lie == how and (after is None or self.touched > after)
