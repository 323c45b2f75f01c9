"""Tokens: one person's signed word that one thing may be done. A JWT in compact form, read more strictly than JWTs are.

    header   {"alg": "EdDSA" or "ES256", "kid": "...", "typ": "fourth-signer-release+jwt"}, these three and no other
    claims   iss, sub, aud, purpose, iat, nbf, exp, jti, record, and what the purpose is about (`MATTERS`), no other

The key and the algorithm follow from the policy by `kid`. Whatever else a header could bring along (`jwk`, `jku`,
`x5u`, `crit`, ...) is refused, not passed over. `record` is the hash of an entry of the record of releases, the newest
that the person saw: with a record that was cut off or written anew their token opens nothing.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from verifier.deploy.gate.policy import Algorithm, ReleasePolicy
from verifier.errors import ReleaseRefused
from verifier.model.text import Foreign, Shown, sanitise, show_duration, show_moment
from verifier.model.units import Timestamp

TYPE: Final = "fourth-signer-release+jwt"
ISSUER: Final = "fourth-signer"
MOST_CHARACTERS: Final = 4_096
_MOST_SECONDS: Final = 1 << 40
_SEGMENT: Final = re.compile(r"[A-Za-z0-9_-]+")
_JTI: Final = re.compile(r"[0-9a-f]{32}")

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_NETWORK: Final = re.compile(r"[a-z0-9][a-z0-9.-]{0,39}")
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9-]{1,39}/[A-Za-z0-9._-]{1,100}")

Matter = Mapping[str, str | int]
"""What a token is about, by the names of claims."""


class Purpose(StrEnum):
    """What a token is for. One for one purpose is none for another."""

    RELEASE = "release"
    """Deploy a file at a commit to a network."""
    BYPASS = "bypass"
    """Do so without a second person."""
    CHANGE_BYPASS = "change-bypass"
    """Merge a pull request's head without the security team."""
    REVIEW = "review"
    """A bypass was looked at."""
    POLICY = "policy"
    """Adopt another release.toml."""


MATTERS: Final[Mapping[Purpose, Mapping[str, type[int | bool] | re.Pattern[str]]]] = {
    Purpose.RELEASE: {"commit": _COMMIT, "file": _HASH, "network": _NETWORK, "chain": int},
    Purpose.BYPASS: {"commit": _COMMIT, "file": _HASH, "network": _NETWORK, "chain": int, "reason": _HASH},
    Purpose.CHANGE_BYPASS: {"commit": _COMMIT, "repository": _REPOSITORY, "pull": int, "reason": _HASH},
    Purpose.REVIEW: {"bypass": _HASH, "justified": bool, "findings": _HASH},
    Purpose.POLICY: {"policy": _HASH},
}
_EVERY: Final = frozenset({"iss", "sub", "aud", "purpose", "iat", "nbf", "exp", "jti", "record"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """A token whose signature is good. Whether it is of use here and now is another question."""

    person: str
    kid: str
    jti: str
    purpose: Purpose
    issued_at: Timestamp
    not_before: Timestamp
    expires_at: Timestamp
    # The hash of the newest entry of the record that the person saw.
    seen: bytes
    matter: Matter
    compact: Foreign


def verify_token(token: Foreign, policy: ReleasePolicy) -> Authorisation:
    """Return what a token says, if it is signed by a key of the policy and says exactly what it should.

    :raises ReleaseRefused: anything else.
    """
    if len(token) > MOST_CHARACTERS:
        raise _no("token-size", f"a token has more than {MOST_CHARACTERS} characters")
    parts = token.split(".")
    if len(parts) != 3:
        raise _no("token-form", "a token should have three parts with a dot between them")
    header, claims, _ = (_part(part) for part in parts)
    kid, algorithm = _require_header(_object(header, "header"))
    found = policy.key_of(kid)
    if found is None:
        raise _no("key-unknown", f'no key of the policy has the kid "{sanitise(kid, most=70)}"')
    person, key = found
    if algorithm != key.algorithm:
        why = f'a token says it is signed by "{sanitise(algorithm, most=20)}", and key {kid} signs by {key.algorithm}'
        raise _no("token-algorithm", why)
    _require_signature(token, key.public, key.algorithm, kid)
    return _authorisation(token, _object(claims, "claims"), policy, person.person, key.kid)


def _part(segment: str) -> bytes:
    """Return the bytes of a segment, which has no second way to be written."""
    try:
        found = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except (binascii.Error, ValueError):
        found = b""
    is_same = base64.urlsafe_b64encode(found).rstrip(b"=").decode("ascii") == segment
    if not _SEGMENT.fullmatch(segment) or not found or not is_same:
        raise _no("token-form", "a part of a token is no base64url as an honest signer writes it")
    return found


def _object(content: bytes, what: str) -> dict[str, Any]:
    """Return a JSON object without any name that comes twice, and without numbers that are not whole."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len({name for name, _ in pairs}) < len(pairs):
            raise ValueError("a name comes twice")
        return dict(pairs)

    def no_number(_: str) -> Any:
        raise ValueError("a number is not whole")

    try:
        found = json.loads(
            content.decode("ascii"), object_pairs_hook=once, parse_float=no_number, parse_constant=no_number
        )
    except (ValueError, RecursionError) as exc:
        raise _no("token-form", f"the {what} of a token is no plain JSON, or says something twice") from exc
    if not isinstance(found, dict):
        raise _no("token-form", f"the {what} of a token is no JSON object")
    return found


def _require_header(header: dict[str, Any]) -> tuple[str, str]:
    if header.keys() != {"alg", "kid", "typ"} or not all(isinstance(each, str) for each in header.values()):
        why = f"a token's header should have alg, kid and typ alone, and has {_names(header)}"
        raise _no("token-header", why)
    if header["typ"] != TYPE:
        raise _no("token-header", f"a token is of another type: {sanitise(header['typ'], most=60)}")
    return header["kid"], header["alg"]


def _require_signature(token: str, public: Any, algorithm: Algorithm, kid: str) -> None:
    from jwt import PyJWS
    from jwt.exceptions import PyJWTError

    # Nothing else is even registered: no `none`, no secret that is a public key.
    verifier = PyJWS(algorithms=[algorithm.value])
    try:
        verifier.decode(token, key=public, algorithms=[algorithm.value])
    except PyJWTError as exc:
        raise _no("signature", f"a token is not signed by key {kid}, or was changed") from exc


def _authorisation(
    token: str, claims: dict[str, Any], policy: ReleasePolicy, person: str, kid: str
) -> Authorisation:
    purpose = _purpose(claims.get("purpose"))
    if claims.keys() != _EVERY | MATTERS[purpose].keys():
        raise _no("token-claims", f"a token for {purpose} says too much or too little: {_names(claims)}")
    for name, form in MATTERS[purpose].items():
        _require_form(name, claims[name], form)
    _require_form("jti", claims["jti"], _JTI)
    _require_form("record", claims["record"], _HASH)
    for name in ("iat", "nbf", "exp"):
        _require_form(name, claims[name], int)
    if claims["iss"] != ISSUER:
        raise _no("issuer", "a token was not made by this program")
    if claims["sub"] != person:
        raise _no("subject", f"key {kid} is {person}'s, and a token names somebody else")
    if claims["aud"] != policy.audience:
        raise _no("audience", f"a token is not for {policy.audience}")
    return Authorisation(
        person=person,
        kid=kid,
        jti=claims["jti"],
        purpose=purpose,
        issued_at=Timestamp(claims["iat"]),
        not_before=Timestamp(claims["nbf"]),
        expires_at=Timestamp(claims["exp"]),
        seen=bytes.fromhex(claims["record"]),
        matter={name: claims[name] for name in MATTERS[purpose]},
        compact=token,
    )


def _purpose(found: Any) -> Purpose:
    if not isinstance(found, str) or found not in set(Purpose):
        raise _no("token-claims", "a token says no purpose that there is")
    return Purpose(found)


def _require_form(name: str, found: Any, form: type[int | bool] | re.Pattern[str]) -> None:
    if isinstance(form, re.Pattern):
        is_fit = isinstance(found, str) and form.fullmatch(found) is not None
    elif form is bool:
        is_fit = isinstance(found, bool)
    else:
        most = (1 << 63) - 1 if name == "chain" else _MOST_SECONDS
        is_fit = type(found) is int and 0 < found <= most
    if not is_fit:
        raise _no("token-claims", f"`{name}` of a token is not what it should be")


def require_timely(each: Authorisation, policy: ReleasePolicy, now: Timestamp) -> None:
    """Return if a token is valid now, and was never meant to be for longer than the policy allows.

    :raises ReleaseRefused: it is not, or it was.
    """
    if not each.issued_at <= each.not_before < each.expires_at:
        raise _no(
            "token-times", f"{each.person}'s token begins before it was issued, or ends before it begins"
        )
    if each.expires_at - each.issued_at > policy.max_lifetime:
        why = (
            f"{each.person}'s token lives longer than the policy allows, {show_duration(policy.max_lifetime)}"
        )
        raise _no("lifetime", why)
    if now + policy.skew < each.not_before:
        raise _no("not-yet-valid", f"{each.person}'s token begins {show_moment(each.not_before)}")
    if now - policy.skew >= each.expires_at:
        raise _no("expired", f"{each.person}'s token ended {show_moment(each.expires_at)}")


def require_matter(each: Authorisation, purpose: Purpose, matter: Matter) -> None:
    """Return if a token is about this and nothing else.

    :raises ReleaseRefused: its purpose, or something of what it is about, is another.
    """
    if each.purpose is not purpose:
        raise _no("purpose", f"{each.person}'s token is for {each.purpose}, not for {purpose}")
    for name, expected in matter.items():
        found = each.matter[name]
        if type(found) is not type(expected) or found != expected:
            why = f"{each.person} authorised the {name} {_said(found)}, and this is {_said(expected)}"
            raise _no(f"wrong-{name}", why)


def _said(value: str | int) -> Shown:
    return sanitise(str(value), most=120)


def _names(content: Mapping[str, Any]) -> Shown:
    return sanitise(", ".join(sorted(content)), most=200)


def _no(rule: str, why: str) -> ReleaseRefused:
    return ReleaseRefused(rule=rule, why=why)
