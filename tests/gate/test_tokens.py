"""Tokens: read more strictly than JWTs are. Whatever an honest signer would not write is refused, by name."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given
from hypothesis import strategies as st

from tests.gate.house import ALGORITHMS, KEYS, NOW, claims, ed, pem_of, policy_text, signed
from tests.gate.refusals import refused
from verifier.deploy.gate.policy_file import parse_policy
from verifier.deploy.gate.signing import draft_token, sign_token
from verifier.deploy.gate.token import MOST_CHARACTERS, TYPE, Purpose, verify_token
from verifier.errors import ReleaseRefused
from verifier.model.units import Duration, Timestamp

POLICY = parse_policy(policy_text().encode(), "release.toml")
ABOUT: dict[str, Any] = {
    "commit": "ab" * 20,
    "file": "cd" * 32,
    "network": "mainnet",
    "chain": 1,
    "record": "ef" * 32,
}
ANYTHING = st.one_of(st.text(max_size=9), st.integers(), st.none(), st.lists(st.text()))
GOOD = {kid: signed(kid, claims(kid.partition("-")[0], **ABOUT)) for kid in KEYS}


def packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def assembled(header: str, said: str, kid: str) -> str:
    """Return a token of exactly these bytes, with a good signature."""
    signing = f"{packed(header.encode())}.{packed(said.encode())}"
    algorithm = jwt.get_algorithm_by_name(ALGORITHMS[kid])
    return f"{signing}.{packed(algorithm.sign(signing.encode(), KEYS[kid]))}"


def header_of(kid: str, /, **changes: Any) -> str:
    return json.dumps({"alg": ALGORITHMS[kid], "kid": kid, "typ": TYPE, **changes})


def said_by(person: str, **changes: Any) -> str:
    return json.dumps(claims(person, **{**ABOUT, **changes}))


@pytest.mark.parametrize("kid", KEYS)
def test_verify__an_honest_token__what_it_says(kid: str) -> None:
    found = verify_token(GOOD[kid], POLICY)
    assert (found.person, found.kid, found.purpose) == (kid.partition("-")[0], kid, Purpose.RELEASE)
    assert found.matter == {name: ABOUT[name] for name in ("commit", "file", "network", "chain")}
    assert (found.expires_at, found.seen.hex()) == (NOW + 3_600, ABOUT["record"])
    assert assembled(header_of(kid), said_by("x"), kid) != GOOD[kid]


@pytest.mark.parametrize("kid", KEYS)
@given(at=st.integers(0, 2_000), character=st.integers(0, 255))
def test_verify__any_one_character_changed__refused(kid: str, at: int, character: int) -> None:
    token = GOOD[kid]
    at %= len(token)
    changed = token[:at] + chr(character) + token[at + 1 :]
    if changed == token:
        return
    with pytest.raises(ReleaseRefused):
        verify_token(changed, POLICY)


@given(st.binary(max_size=300), st.sampled_from(["", ".", "..", "a.b.c"]))
def test_verify__anything_at_all__refused_and_no_other_error(content: bytes, middle: str) -> None:
    for hostile in (
        content.decode("latin-1") + middle,
        f"{packed(content)}.{packed(content)}.{packed(content)}",
    ):
        with pytest.raises(ReleaseRefused):
            verify_token(hostile, POLICY)


@given(st.dictionaries(st.text(max_size=8), ANYTHING))
def test_verify__any_signed_claims__refused_and_no_other_error(said: dict[str, Any]) -> None:
    for changed in (said, {**claims("ann", **ABOUT), **said}) if said else (said,):
        with pytest.raises(ReleaseRefused):
            verify_token(assembled(header_of("ann-1"), json.dumps(changed), "ann-1"), POLICY)


# ---------------------------------------------------------------------------------------------------------- Algorithms


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE"])
def test_verify__no_signature__refused(name: str) -> None:
    signing = f"{packed(header_of('ann-1', alg=name).encode())}.{packed(said_by('ann').encode())}"
    for signature in ("", packed(b"\0"), GOOD["ann-1"].rpartition(".")[2]):
        with pytest.raises(ReleaseRefused):
            verify_token(f"{signing}.{signature}", POLICY)
    with refused("token-algorithm"):
        verify_token(f"{signing}.{packed(bytes(64))}", POLICY)


@pytest.mark.parametrize("kid", KEYS)
def test_verify__the_public_key_as_a_secret__refused(kid: str) -> None:
    person = kid.partition("-")[0]
    for secret in (pem_of(KEYS[kid]).encode(), pem_of(KEYS[kid]).strip().encode()):
        signing = f"{packed(header_of(kid, alg='HS256').encode())}.{packed(said_by(person).encode())}"
        token = f"{signing}.{packed(hmac.digest(secret, signing.encode(), 'sha256'))}"
        with refused("token-algorithm"):
            verify_token(token, POLICY)


@pytest.mark.parametrize(
    ("kid", "name"),
    [("ann-1", "ES256"), ("ben-1", "EdDSA"), ("ben-1", "ES384"), ("ben-1", "ES256K")],
)
def test_verify__another_algorithm_than_the_keys__refused(kid: str, name: str) -> None:
    token = assembled(header_of(kid, alg=name), said_by(kid.partition("-")[0]), kid)
    with refused("token-algorithm"):
        verify_token(token, POLICY)


@pytest.mark.parametrize("curve", [ec.SECP256K1(), ec.SECP384R1(), ec.SECP521R1()])
def test_verify__signed_on_another_curve__refused(curve: ec.EllipticCurve) -> None:
    other = ec.generate_private_key(curve)
    signing = f"{packed(header_of('ben-1').encode())}.{packed(said_by('ben').encode())}"
    algorithm = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256)
    token = f"{signing}.{packed(algorithm.sign(signing.encode(), other))}"
    with refused("signature"):
        verify_token(token, POLICY)


def test_verify__signed_by_rsa__refused() -> None:
    other = rsa.generate_private_key(65537, 2048)
    token = jwt.encode(claims("ben", **ABOUT), other, "RS256", headers={"kid": "ben-1", "typ": TYPE})
    with refused("token-algorithm"):
        verify_token(token, POLICY)


@pytest.mark.parametrize(("kid", "signer"), [("ann-1", "cleo-1"), ("ben-1", "ann-2")])
def test_verify__signed_by_somebody_elses_key__refused(kid: str, signer: str) -> None:
    token = jwt.encode(
        claims(kid.partition("-")[0], **ABOUT),
        KEYS[signer],
        ALGORITHMS[signer],
        headers={"kid": kid, "typ": TYPE},
    )
    with refused("signature"):
        verify_token(token, POLICY)


# -------------------------------------------------------------------------------------------------------------- Header


@pytest.mark.parametrize(
    "extra",
    [
        {
            "jwk": {
                "kty": "OKP",
                "crv": "Ed25519",
                "x": packed(ed("cleo-1").public_key().public_bytes_raw()),
            }
        },
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/chain"},
        {"x5c": ["AAAA"]},
        {"x5t": "AAAA"},
        {"crit": ["exp"], "exp": 1},
        {"crit": []},
        {"b64": False, "crit": ["b64"]},
        {"cty": "JWT"},
        {"zip": "DEF"},
    ],
)
def test_verify__a_header_that_brings_more__refused(extra: dict[str, Any]) -> None:
    with refused("token-header"):
        verify_token(assembled(header_of("ann-1", **extra), said_by("ann"), "ann-1"), POLICY)


@pytest.mark.parametrize(
    "changes", [{"typ": "JWT"}, {"typ": "at+jwt"}, {"typ": None}, {"kid": 7}, {"alg": ["EdDSA"]}]
)
def test_verify__a_header_of_another_kind__refused(changes: dict[str, Any]) -> None:
    with refused("token-header"):
        verify_token(assembled(header_of("ann-1", **changes), said_by("ann"), "ann-1"), POLICY)


@pytest.mark.parametrize(
    "kid", ["../../ann-1", "ann-1\0", "ANN-1", " ann-1", "ann-1' OR '1'='1", "/dev/null", "", "eve"]
)
def test_verify__a_kid_that_is_none__refused(kid: str) -> None:
    with refused("key-unknown"):
        verify_token(assembled(header_of("ann-1", kid=kid), said_by("ann"), "ann-1"), POLICY)


# ---------------------------------------------------------------------------------------------------------------- Form


def test_verify__something_said_twice__refused() -> None:
    said = said_by("ann")
    for header, content in (
        (header_of("ann-1"), said[:-1] + ', "sub": "ann"}'),
        (header_of("ann-1")[:-1] + ', "alg": "EdDSA"}', said),
        (header_of("ann-1"), said.replace('"exp"', '"exp": 99999999999, "exp"')),
    ):
        with refused("token-form"):
            verify_token(assembled(header, content, "ann-1"), POLICY)


@pytest.mark.parametrize("number", ["1e9", "1800000000.0", "NaN", "Infinity", "-Infinity"])
def test_verify__numbers_that_are_not_whole__refused(number: str) -> None:
    said = said_by("ann").replace(f'"exp": {NOW + 3_600}', f'"exp": {number}')
    assert number in said
    with refused("token-form"):
        verify_token(assembled(header_of("ann-1"), said, "ann-1"), POLICY)


def test_verify__a_second_way_to_write_a_part__refused() -> None:
    header, said, signature = GOOD["ann-1"].split(".")
    # 64 bytes leave four bits of the last character unused.
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".index(signature[-1])
    other = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"[last ^ 1]
    for changed in (
        signature[:-1] + other,
        signature + "=",
        signature + "==",
        f" {signature}",
        f"{signature}\n",
    ):
        with refused("token-form"):
            verify_token(f"{header}.{said}.{changed}", POLICY)


def test_verify__too_long__refused_before_anything_is_looked_at() -> None:
    with refused("token-size"):
        verify_token("a" * (MOST_CHARACTERS + 1), POLICY)
    with refused("token-form"):
        verify_token("a" * MOST_CHARACTERS, POLICY)


def test_verify__deeply_nested__refused() -> None:
    with refused("token-form"):
        verify_token(assembled(header_of("ann-1"), "[" * 1_400, "ann-1"), POLICY)


# -------------------------------------------------------------------------------------------------------------- Claims


@pytest.mark.parametrize("name", [*claims("ann", **ABOUT)])
def test_verify__a_claim_is_missing__refused(name: str) -> None:
    with refused("token-claims"):
        verify_token(signed("ann-1", claims("ann", **{**ABOUT, name: None})), POLICY)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"aud": "example/other"}, "audience"),
        ({"aud": ["example/vaults"]}, "audience"),
        ({"aud": ["example/vaults", "example/other"]}, "audience"),
        ({"sub": "ben"}, "subject"),
        ({"sub": "Ann"}, "subject"),
        ({"iss": "somebody"}, "issuer"),
        ({"purpose": "anything"}, "token-claims"),
        ({"purpose": ["release"]}, "token-claims"),
        ({"purpose": "review"}, "token-claims"),
        ({"admin": True}, "token-claims"),
        ({"commit": "ab" * 10}, "token-claims"),
        ({"commit": "AB" * 20}, "token-claims"),
        ({"commit": "HEAD"}, "token-claims"),
        ({"file": "cd" * 31}, "token-claims"),
        ({"chain": True}, "token-claims"),
        ({"chain": "1"}, "token-claims"),
        ({"chain": 0}, "token-claims"),
        ({"exp": True}, "token-claims"),
        ({"exp": str(NOW)}, "token-claims"),
        ({"iat": -1}, "token-claims"),
        ({"exp": 1 << 60}, "token-claims"),
        ({"jti": "x"}, "token-claims"),
        ({"jti": "AB" * 16}, "token-claims"),
    ],
)
def test_verify__a_claim_that_is_not_what_it_should_be__refused(changes: dict[str, Any], rule: str) -> None:
    with refused(rule):
        verify_token(signed("ann-1", claims("ann", **{**ABOUT, **changes})), POLICY)


# -------------------------------------------------------------------------------------------------------------- Making


@pytest.mark.parametrize("kid", KEYS)
def test_sign__by_the_policys_key__what_the_gate_reads(kid: str) -> None:
    about = {name: ABOUT[name] for name in ("commit", "file", "network", "chain")}
    draft = draft_token(
        POLICY,
        kid,
        Purpose.RELEASE,
        about,
        seen=bytes.fromhex(ABOUT["record"]),
        now=Timestamp(NOW),
        lifetime=Duration(60),
        nonce=hashlib.sha256(kid.encode()).digest()[:16],
    )
    found = verify_token(sign_token(draft, POLICY, KEYS[kid]), POLICY)
    assert (found.kid, found.matter, found.expires_at) == (kid, about, NOW + 60)
    other = next(key for name, key in KEYS.items() if name != kid)
    with refused("key-other"):
        sign_token(draft, POLICY, other)
