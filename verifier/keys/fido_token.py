"""One FIDO2 token, asked for two things: a key of its own for shares, and the secrets that this key makes of salts.

A secret is HMAC-SHA256 of a salt by a key that never leaves the token (the extension hmac-secret of CTAP 2). The token
has two such keys, one for whoever gave its PIN and one for whoever did not: here it is always the first.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Any, Final

from fido2.ctap import STATUS, CtapError
from fido2.ctap2.pin import ClientPin, PinProtocol, PinProtocolV1, PinProtocolV2

from verifier.errors import TokenAnswerMalformed, TokenRefused
from verifier.keys.fido_faults import TOKEN, pin_fault, refusal, translated
from verifier.keys.fido_line import TokenLine
from verifier.keys.fido_part import FIDO_RP, MOST_CREDENTIAL
from verifier.keys.fido_proof import Signed, is_signed_by, key_of
from verifier.keys.secret import Secret, keep_out_of_traces

if TYPE_CHECKING:
    from fido2.ctap2.base import AssertionResponse
    from fido2.webauthn import AttestedCredentialData, AuthenticatorData

Tell = Callable[[str], object]
"""Shows a line to whoever is in front of the token."""

_HMAC: Final = "hmac-secret"
_PROTECT: Final = "credProtect"
_PROTECTION: Final = 2
"""Found by its own name only; at 3 a token would not say before its PIN whether it is the right one."""
_RP_HASH: Final = hashlib.sha256(FIDO_RP.encode()).digest()
_PIN_BYTES: Final = range(4, 64)
_OTHER: Final = "Use another token."


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A key that a token made."""

    # Its name, up to 1,024 bytes; the token's model, 16 bytes; how the key is protected, 1 to 3.
    credential: bytes
    aaguid: bytes
    protection: int
    # Its public half, as `fido_proof` writes it.
    key: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The secrets of the salts, and what was signed with them."""

    secrets: list[Secret]
    signed: Signed


class Claim(Enum):
    """What a token says of a key, without a PIN and without a touch."""

    NOT_ITS_OWN = auto()
    UNSAID = auto()
    """It does not say before its PIN."""
    SAID = auto()
    """It says that it has the key, and nothing is known to hold its signature against."""
    SHOWN = auto()
    """Its signature over new bytes is that key's."""
    FALSE = auto()
    """It says so, and its signature is not."""


class FidoToken:
    """A token at the other end of an open line."""

    def __init__(self, line: TokenLine, tell: Tell) -> None:
        self._line, self._tell = line, tell
        self._ctap = line.ctap
        self.aaguid = bytes(self._ctap.info.aaguid)

    def require_fit(self) -> None:
        """:raises TokenRefused: it lacks what shares need: hmac-secret, or a PIN that is set."""
        info = self._ctap.info
        if _HMAC not in info.extensions:
            raise TokenRefused(holder=TOKEN, why="it has no hmac-secret, which opens shares", advice=_OTHER)
        if not info.options.get("clientPin"):
            raise refusal(CtapError.ERR.PIN_NOT_SET)
        if info.force_pin_change:
            raise refusal(CtapError.ERR.PIN_POLICY_VIOLATION)
        if info.options.get("noMcGaPermissionsWithClientPin"):
            raise refusal(CtapError.ERR.UNAUTHORIZED_PERMISSION)
        self._protocol()

    def claim(self, credential: bytes, key: bytes | None) -> Claim:
        """Return whether a key is this token's, as far as it says. It needs neither a PIN nor a touch.

        :param key: the key's public half, where it is known
        """
        challenge = os.urandom(32)
        self._line.begin()
        try:
            said = self._ctap.get_assertion(
                FIDO_RP, challenge, allow_list=[_descriptor(credential)], options={"up": False}
            )
        except CtapError as exc:
            is_no = exc.code in (CtapError.ERR.NO_CREDENTIALS, CtapError.ERR.INVALID_CREDENTIAL)
            return Claim.NOT_ITS_OWN if is_no else Claim.UNSAID
        if key is None:
            return Claim.SAID
        is_its_own = said.auth_data.rp_id_hash == _RP_HASH and is_signed_by(key, _signed(said, challenge))
        return Claim.SHOWN if is_its_own else Claim.FALSE

    def tries(self) -> int | None:
        """Return how many more wrong PINs it takes; None where it does not say."""
        with translated():
            self._line.begin()
            found: Any = ClientPin(self._ctap, self._protocol()).get_pin_retries()[0]
        return found if isinstance(found, int) and 0 <= found < 256 else None

    def make(self, pin: Secret, words: str) -> Made:
        """Return a new key of the token.

        :param words: what the person is told when the token waits for a touch
        :raises KeyHolderError: the PIN is wrong, nobody touches it, or it cannot.
        """
        protects = _PROTECT in self._ctap.info.extensions
        asked: dict[str, Any] = {_HMAC: True, **({_PROTECT: _PROTECTION} if protects else {})}
        with translated():
            client_hash, proof, protocol = self._prove(pin, ClientPin.PERMISSION.MAKE_CREDENTIAL)
            made = self._ctap.make_credential(
                client_hash,
                {"id": FIDO_RP, "name": "Fourth Signer"},
                {"id": os.urandom(32), "name": "a share", "displayName": "A share of a key"},
                [{"type": "public-key", "alg": -7}],
                extensions=asked,
                pin_uv_param=proof,
                pin_uv_protocol=protocol.VERSION,
                event=self._line.begin_touch(),
                on_keepalive=self._notice(words),
            )
            given = self._verified(made.auth_data)
            data = made.auth_data.credential_data
            if (
                data is None
                or given.get(_HMAC) is not True
                or not 0 < len(data.credential_id) <= MOST_CREDENTIAL
            ):
                raise _malformed("it made a key without hmac-secret")
            protection = given.get(_PROTECT, 1)
            if not isinstance(protection, int) or not (_PROTECTION if protects else 1) <= protection <= 3:
                raise _malformed("it did not protect its key as it was asked to")
            return Made(
                credential=data.credential_id,
                aaguid=bytes(data.aaguid),
                protection=protection,
                key=_public_half(data),
            )

    def answer(
        self, pin: Secret, credential: bytes, key: bytes | None, salts: Sequence[bytes], words: str
    ) -> Answered:
        """Return the secrets of one or two salts, 32 bytes each; of more than one, no two the same.

        :param key: the public half of the credential's key, where it is known: what it did not sign is not believed
        :raises KeyHolderError: the PIN is wrong, nobody touches it, it does not know the key, or its answer is none.
        """
        with translated():
            client_hash, proof, protocol = self._prove(pin, ClientPin.PERMISSION.GET_ASSERTION)
            agreement = self._ctap.client_pin(protocol.VERSION, ClientPin.CMD.GET_KEY_AGREEMENT)[1]
            with keep_out_of_traces():
                ours, shared = protocol.encapsulate(agreement)
                sent = protocol.encrypt(shared, b"".join(salts))
                asked: dict[int, Any] = {1: ours, 2: sent, 3: protocol.authenticate(shared, sent)}
                if protocol.VERSION != 1:
                    asked[4] = protocol.VERSION
                said = self._ctap.get_assertion(
                    FIDO_RP,
                    client_hash,
                    allow_list=[_descriptor(credential)],
                    extensions={_HMAC: asked},
                    pin_uv_param=proof,
                    pin_uv_protocol=protocol.VERSION,
                    event=self._line.begin_touch(),
                    on_keepalive=self._notice(words),
                )
            if said.credential.get("id") != credential:
                raise _malformed("it answers for another key")
            signed = _signed(said, client_hash)
            if key is not None and not is_signed_by(key, signed):
                raise _malformed("its signature is not that of this share's key")
            value = self._verified(said.auth_data).get(_HMAC)
            with keep_out_of_traces():
                return Answered(secrets=_secrets_of(value, protocol, shared, len(salts)), signed=signed)

    def _prove(self, pin: Secret, permission: ClientPin.PERMISSION) -> tuple[bytes, bytes, PinProtocol]:
        """Give the PIN, once, and return a hash of nothing, the proof that goes with it, and the protocol."""
        protocol = self._protocol()
        client = ClientPin(self._ctap, protocol)
        self._line.begin()
        refused: CtapError | None = None
        token = b""
        try:
            with keep_out_of_traces():
                token = client.get_pin_token(_text_of(pin), permission, FIDO_RP)
        except CtapError as exc:
            refused = exc
        if refused is not None:
            raise pin_fault(refused, self.tries() if refused.code == CtapError.ERR.PIN_INVALID else None)
        client_hash = hashlib.sha256(os.urandom(32)).digest()
        return client_hash, protocol.authenticate(token, client_hash), protocol

    def _protocol(self) -> PinProtocol:
        spoken = self._ctap.info.pin_uv_protocols
        if 2 in spoken:
            return PinProtocolV2()
        if 1 in spoken:
            return PinProtocolV1()
        raise TokenRefused(holder=TOKEN, why="it takes no PIN in a way that is known here", advice=_OTHER)

    def _verified(self, data: AuthenticatorData) -> dict[str, Any]:
        """Return what a token says about the extensions, once it says that its person was there and gave the PIN."""
        if data.rp_id_hash != _RP_HASH:
            raise _malformed("it answers for another purpose")
        if not data.is_user_present() or not data.is_user_verified():
            raise _malformed("it did not ask for a touch and its PIN")
        return dict(data.extensions or {})

    def _notice(self, words: str) -> Callable[[int], None]:
        is_told = False

        def tell(status: int) -> None:
            nonlocal is_told
            if status == STATUS.UPNEEDED and not is_told:
                is_told = True
                self._tell(words)

        return tell


def require_sendable(pin: Secret) -> None:
    """:raises TokenRefused: no token has such a PIN, so that it is not sent, and no try is lost."""
    with keep_out_of_traces():
        try:
            is_fit = (
                len(pin.reveal().decode()) >= _PIN_BYTES.start and len(_text_of(pin).encode()) in _PIN_BYTES
            )
        except UnicodeDecodeError:
            is_fit = False
    if not is_fit:
        why = "a PIN has 4 characters at least, and 63 bytes at most; it was not sent, and no try is lost"
        raise TokenRefused(holder=TOKEN, why=why, advice="Start again, and type the right one.")


def _text_of(pin: Secret) -> str:
    return unicodedata.normalize("NFC", pin.reveal().decode("utf-8"))


def _descriptor(credential: bytes) -> dict[str, Any]:
    return {"type": "public-key", "id": credential}


def _secrets_of(value: object, protocol: PinProtocol, shared: bytes, count: int) -> list[Secret]:
    size = 32 * count + (16 if protocol.VERSION != 1 else 0)
    if not isinstance(value, bytes) or len(value) != size:
        raise _malformed("its secret has another length than it should")
    opened = protocol.decrypt(shared, value)
    parts = [opened[at : at + 32] for at in range(0, len(opened), 32)]
    if len(set(parts)) != count:
        raise _malformed("it gives the same secret whatever it is asked")
    return [Secret(part) for part in parts]


def _signed(said: AssertionResponse, challenge: bytes) -> Signed:
    return Signed(words=bytes(said.auth_data), challenge=challenge, signature=said.signature)


def _public_half(data: AttestedCredentialData) -> bytes:
    try:
        return key_of(data.public_key)
    except ValueError:
        raise _malformed("the key that it made is none of ES256") from None


def _malformed(why: str) -> TokenAnswerMalformed:
    return TokenAnswerMalformed(holder=TOKEN, why=why)
