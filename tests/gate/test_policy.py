"""release.toml and revocations.toml: strict as a whole, and one thing is never two people's."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from tests.gate.house import (
    KEYS,
    NOW,
    REST,
    TOP,
    House,
    build_house,
    ed,
    key_table,
    p256,
    pem_of,
    policy_text,
)
from tests.gate.refusals import refused, refuses
from verifier.deploy.gate.policy import Algorithm
from verifier.deploy.gate.policy_file import parse_policy
from verifier.deploy.gate.revocations import parse_revocations
from verifier.errors import ReleasePolicyMalformed


def policy_without(line: str, instead: str = "") -> str:
    text = policy_text()
    assert line in text
    return text.replace(line, instead, 1)


def refuses_policy(text: str, why: str) -> None:
    with pytest.raises(ReleasePolicyMalformed, match=why):
        parse_policy(text.encode(), "release.toml")


def packed(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def test_policy__as_documented__what_it_says() -> None:
    found = parse_policy(policy_text().encode(), "release.toml")
    assert found.people.keys() == {"ann", "ben", "cleo", "dave"}
    assert found.people["dave"].github == "dave"
    assert [key.algorithm for key in found.people["ann"].keys] == [Algorithm.EDDSA, Algorithm.ES256]
    assert found.person_of_email("ANN@example.ORG") == "ann"
    assert (found.max_lifetime, found.skew, found.bypass.limit) == (86_400, 60, 3)
    assert found.bypass.review_within == 72 * 3_600


def test_policy__its_example_in_the_documentation__can_be_used() -> None:
    page = (Path(__file__).parents[2] / "docs" / "releasing.md").read_text()
    example = page.partition("```toml\n")[2].partition("```")[0]
    found = parse_policy(example.encode(), "docs/releasing.md")
    assert len([each for each in found.people.values() if each.keys]) >= 2


@pytest.mark.parametrize(
    ("line", "instead", "why"),
    [
        ("version = 1", "version = 2", "version = 1"),
        ("version = 1", "version = true", "version = 1"),
        ('audience = "example/vaults"\n', "", "audience"),
        ("machines", "machine", "means nothing here"),
        ('"contracts"', '"../contracts"', "path"),
        ('"contracts"', '"/etc"', "path"),
        ('"contracts"', '"a/./b"', "path"),
        ('"contracts"', '":(exclude)contracts"', "path"),
        ('"contracts"', '"contracts", "contracts"', "each once"),
        ('["contracts"]', "[]", "list of paths"),
        ("chain = 8453", "chain = 1", "two names"),
        ("chain = 8453", 'chain = "8453"', "whole number"),
        ("production = false", 'production = "no"', "true or false"),
        ("[networks.base]", "[networks.Base]", "small letters"),
        ("[people.cleo]", "[people.Cleo]", "small letters"),
        ("cleo@example.org", "BEN@example.org", "there twice"),
        ("cleo@example.org", "noreply@github.com", "machine"),
        ("cleo@example.org", "not an address", "not what it should be"),
        ('kid = "cleo-1"', 'kid = "BEN-1"', "there twice"),
        ('kid = "cleo-1"', 'kid = "../cleo"', "not what it should be"),
        (TOP, TOP + "max_lifetime_hours = 169\n", "1 to 168"),
        (TOP, TOP + "skew_seconds = 301\n", "0 to 300"),
        (TOP, TOP + "max_lifetime_hours = true\n", "whole number"),
        (TOP, TOP + 'head = "0x12"\n', "not what it should be"),
        (TOP, TOP + 'since = "main"\n', "not what it should be"),
        (REST, REST + "[bypass]\nlimit = 0\n", "1 to 255"),
        (REST, REST + "[bypass]\nreview_within_hours = 0\n", "1 to"),
        (REST, REST + "[bypass]\nreviewed = true\n", "means nothing"),
    ],
)
def test_policy__one_thing_wrong__said(line: str, instead: str, why: str) -> None:
    refuses_policy(policy_without(line, instead), why)


def test_policy__one_key_under_two_names__refused() -> None:
    # Once in PEM and once as JWK, so that the two do not look alike.
    raw = ed("ann-1").public_key().public_bytes_raw()
    table = (
        f'[[people.ben.keys]]\nkid = "ben-2"\njwk = {{ kty = "OKP", crv = "Ed25519", x = "{packed(raw)}" }}\n'
    )
    refuses_policy(policy_text() + table, "public key is there twice")


def test_policy__production_with_one_who_has_a_key__refused() -> None:
    text = TOP + REST + key_table("ann", "ann-1") + key_table("ann", "ann-2")
    refuses_policy(text, "two people")
    parse_policy((text + key_table("ben", "ben-1")).encode(), "release.toml")
    parse_policy(text.replace("production = true", "production = false").encode(), "release.toml")


def jwk_table(jwk: dict[str, str]) -> str:
    said = ", ".join(f"{name} = {json.dumps(value)}" for name, value in jwk.items())
    return policy_text() + f'[[people.ben.keys]]\nkid = "ben-2"\njwk = {{ {said} }}\n'


@pytest.mark.parametrize("name", ["new-1", "new-2"])
def test_policy__a_p256_key_as_jwk__the_same_as_in_pem(name: str) -> None:
    numbers = p256(name).public_key().public_numbers()
    jwk = {
        "kty": "EC",
        "crv": "P-256",
        "x": packed(numbers.x.to_bytes(32, "big")),
        "y": packed(numbers.y.to_bytes(32, "big")),
    }
    found = parse_policy(jwk_table(jwk).encode(), "release.toml").people["ben"].keys[1]
    assert found.algorithm is Algorithm.ES256
    for changes, why in (
        ({"y": jwk["x"]}, "no point"),
        ({"crv": "secp256k1"}, "P-256"),
        ({"crv": "P-384"}, "P-256"),
        ({"d": jwk["x"]}, "means nothing"),
        ({"x": jwk["x"] + "="}, "32 bytes"),
        ({"x": jwk["x"][:-2]}, "32 bytes"),
        ({"kty": "oct", "k": "AAAA"}, "kty"),
    ):
        refuses_policy(jwk_table({**jwk, **changes}), why)


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP256K1()),
        ec.generate_private_key(ec.SECP384R1()),
        rsa.generate_private_key(65537, 2048),
        ed448.Ed448PrivateKey.generate(),
    ],
)
def test_policy__a_key_of_another_kind__refused(key: ec.EllipticCurvePrivateKey) -> None:
    refuses_policy(policy_without(pem_of(KEYS["cleo-1"]), pem_of(key)), "Ed25519 or a P-256")


def test_policy__a_private_key__refused() -> None:
    pem = KEYS["cleo-1"].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    refuses_policy(policy_without(pem_of(KEYS["cleo-1"]), pem), "public key")


@pytest.mark.parametrize(
    "raw",
    [
        bytes(32),
        b"\x01" + bytes(31),
        bytes.fromhex("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
        bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
        bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
        bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"),
    ],
)
def test_policy__a_point_that_anybody_signs_for__refused(raw: bytes) -> None:
    """The points of small order: for one of them a signature by nobody is good for every message in a few."""
    public = ed25519.Ed25519PublicKey.from_public_bytes(raw)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    refuses_policy(policy_without(pem_of(KEYS["cleo-1"]), pem), "anybody")


@given(st.binary(max_size=400))
def test_policy__any_bytes__an_error_of_the_tree(content: bytes) -> None:
    for hostile in (content, TOP.encode() + content):
        with pytest.raises(ReleasePolicyMalformed):
            parse_policy(hostile, "release.toml")


# --------------------------------------------------------------------------------------------------------- Revocations


def revoke(house: House, text: str, as_of: str = "2027-01-15T07:00:00Z") -> None:
    house.write("revocations.toml", f"version = 1\nas_of = {as_of}\n{text}")
    house.commit("Revoke")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('people = ["ann"]\n', "revoked-person"),
        ('kids = ["ann-1"]\n', "revoked-key"),
        (f'tokens = ["{"ab" * 16}"]\n', "revoked-token"),
    ],
)
def test_release__one_of_the_two_is_revoked__refused(house: House, text: str, rule: str) -> None:
    revoke(house, text)
    tokens = (house.token("ann-1", jti="ab" * 16), house.token("ben-1"))
    refuses(house, rule, lambda: house.release(*tokens))
    assert house.release(house.token("cleo-1"), house.token("ben-1")).entry is not None


def test_release__a_key_is_revoked__its_person_still_has_another(house: House) -> None:
    revoke(house, 'kids = ["ann-1"]\n')
    assert house.release(house.token("ann-2"), house.token("ben-1")).people == ("ann", "ben")


@pytest.mark.parametrize("text", ['people = ["an"]\n', 'kids = ["ann1"]\n'])
def test_release__a_list_that_revokes_nobody_there_is__refused(house: House, text: str) -> None:
    revoke(house, text)
    refuses(house, "revocations-unknown", lambda: house.release(house.token("ann-1"), house.token("ben-1")))


@pytest.mark.parametrize(
    ("as_of", "rule"),
    [
        ("2027-01-08T07:59:59Z", "revocations-stale"),
        ("2027-01-15T08:01:01Z", "revocations-future"),
    ],
)
def test_release__a_list_of_the_wrong_time__refused(house: House, as_of: str, rule: str) -> None:
    revoke(house, "", as_of)
    refuses(house, rule, lambda: house.release(house.token("ann-1"), house.token("ben-1")))


@pytest.mark.parametrize(
    "as_of", ["2027-01-08T08:00:00Z", "2027-01-15T08:01:00Z", "2027-01-15T10:00:00+02:00"]
)
def test_release__a_list_just_within_its_time__released(house: House, as_of: str) -> None:
    revoke(house, "", as_of)
    assert house.release(house.token("ann-1"), house.token("ben-1"), now=NOW).entry is not None


def test_release__an_older_list_than_one_that_was_used__refused(house: House) -> None:
    revoke(house, 'people = ["ann"]\n')
    house.release(house.token("cleo-1"), house.token("ben-1"))
    revoke(house, "", "2027-01-15T06:59:59Z")
    refuses(house, "revocations-older", lambda: house.release(house.token("ann-1"), house.token("ben-1")))


def test_release__one_who_was_revoked_is_left_out_of_a_newer_list__still_revoked(house: House) -> None:
    revoke(house, 'people = ["ann"]\n')
    house.release(house.token("cleo-1"), house.token("ben-1"))
    revoke(house, "", "2027-01-15T07:30:00Z")
    refuses(house, "revoked-person", lambda: house.release(house.token("ann-1"), house.token("ben-1")))
    # Two people can take it back, by another policy.
    house.adopt(policy_text(TOP + "# again\n"), "cleo-1", "ben-1")
    assert house.release(house.token("ann-1"), house.token("ben-1")).entry is not None


def test_release__no_list__refused(house: House) -> None:
    house.git("rm", "--quiet", "revocations.toml")
    house.commit()
    refuses(house, "revocations-missing", lambda: house.release(house.token("ann-1"), house.token("ben-1")))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "version = 1\n",
        "version = 1\nas_of = 2027-01-15\n",
        "version = 1\nas_of = 2027-01-15T07:00:00\n",
        "x = 1",
    ],
)
def test_revocations__not_what_they_should_be__said(text: str) -> None:
    with pytest.raises(ReleasePolicyMalformed):
        parse_revocations(text.encode(), "revocations.toml")


def test_release__commits_that_have_to_be_signed__refused_without(tmp_path: Path) -> None:
    house = build_house(tmp_path, top=TOP + "signed_commits = true\n")
    with refused("commit-unsigned"):
        house.release(house.token("ann-1"), house.token("ben-1"))
