"""Making a token: the words that a person sees before they sign, and the signature by their encrypted key file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from verifier.deploy.gate.policy import PolicyKey, PolicyPerson, ReleasePolicy
from verifier.deploy.gate.policy_keys import material_of
from verifier.deploy.gate.token import ISSUER, TYPE, Matter, Purpose, verify_token
from verifier.errors import KeyFileUnusable, PassphraseWrong, ReleaseRefused
from verifier.model.units import Duration, Timestamp

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey

_MARK: Final = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"
_ADVICE: Final = "Make one with `openssl genpkey -algorithm ed25519 -aes-256-cbc -out key.pem`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A token before anybody signed it."""

    person: PolicyPerson
    key: PolicyKey
    purpose: Purpose
    matter: Matter
    issued_at: Timestamp
    expires_at: Timestamp
    # The hash of the newest entry of the record.
    seen: bytes
    # 16 bytes that were never used before.
    nonce: bytes

    def claims(self, policy: ReleasePolicy) -> dict[str, Any]:
        """Return what is signed."""
        return {
            "iss": ISSUER,
            "sub": self.person.person,
            "aud": policy.audience,
            "purpose": self.purpose.value,
            "iat": int(self.issued_at),
            "nbf": int(self.issued_at),
            "exp": int(self.expires_at),
            "jti": self.nonce.hex(),
            "record": self.seen.hex(),
            **self.matter,
        }


def draft_token(
    policy: ReleasePolicy,
    kid: str,
    purpose: Purpose,
    matter: Matter,
    *,
    seen: bytes,
    now: Timestamp,
    lifetime: Duration,
    nonce: bytes,
) -> Draft:
    """Return a token to be signed.

    :raises ReleaseRefused: no key has that kid, or it would live too long.
    """
    found = policy.key_of(kid)
    if found is None:
        raise ReleaseRefused(rule="key-unknown", why=f"no key of the policy has the kid {kid}")
    if not 0 < lifetime <= policy.max_lifetime:
        most = policy.max_lifetime // 3_600
        raise ReleaseRefused(rule="lifetime", why=f"a token may live for up to {most} hours by the policy")
    person, key = found
    return Draft(
        person=person,
        key=key,
        purpose=purpose,
        matter=matter,
        issued_at=now,
        expires_at=Timestamp(now + lifetime),
        seen=seen,
        nonce=nonce,
    )


def sign_token(draft: Draft, policy: ReleasePolicy, private: PrivateKey) -> str:
    """Return the token, read back by the same rules by which the gate will read it.

    :raises ReleaseRefused: the key is not the one of this kid.
    """
    from jwt import PyJWS

    if material_of(private.public_key()) != material_of(draft.key.public):
        why = f"the key file does not hold the key that the policy has under {draft.key.kid}"
        raise ReleaseRefused(rule="key-other", why=why)
    payload = json.dumps(draft.claims(policy), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    algorithm = draft.key.algorithm.value
    token = PyJWS(algorithms=[algorithm]).encode(
        payload.encode("ascii"),
        private,
        algorithm=algorithm,
        headers={"kid": draft.key.kid, "typ": TYPE},
    )
    verify_token(token, policy)
    return token


def open_private_key(content: bytes, passphrase: bytes, path: str) -> PrivateKey:
    """Return the key of an encrypted PEM file (PKCS#8).

    :raises KeyFileUnusable: it is no such file, or anybody could read it who finds it.
    :raises PassphraseWrong: it does not open.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    if _MARK not in content:
        why = "it is no private key in PEM that a passphrase opens (PKCS#8, encrypted)"
        raise KeyFileUnusable(path=path, why=why, advice=_ADVICE)
    try:
        private = load_pem_private_key(content, passphrase)
    except (ValueError, TypeError) as exc:
        raise PassphraseWrong(holder=f"the key file {path}") from exc
    except UnsupportedAlgorithm as exc:
        raise KeyFileUnusable(path=path, why="it is encrypted in an unknown way", advice=_ADVICE) from exc
    if not isinstance(private, Ed25519PrivateKey | EllipticCurvePrivateKey):
        raise KeyFileUnusable(path=path, why="it is no Ed25519 or P-256 key", advice=_ADVICE)
    return private
