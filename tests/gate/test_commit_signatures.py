"""Signatures of commits: as git, ssh-keygen and gpg make them, and what a hand in between makes of them."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gate.house import REST, TOP, House, build_house, ed
from tests.gate.refusals import refuses
from verifier.deploy.gate.commits import read_commit, signed_bytes
from verifier.deploy.gate.git import object_hash

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "gate" / "signed_commits.json").read_text())
COMMITS = {each["kind"]: each for each in VECTORS["commits"]}
SSH = [each for each in VECTORS["commits"] if each["kind"].startswith("ssh")]


@pytest.mark.parametrize("kind", COMMITS)
def test_read__a_signed_commit__the_fingerprint_that_its_own_tool_prints(kind: str) -> None:
    each = COMMITS[kind]
    content = each["content"].encode()
    assert object_hash("commit", content, each["commit"]) == each["commit"]
    assert read_commit(each["commit"], content).signers == (each["fingerprint"],)


@pytest.mark.parametrize("each", SSH, ids=lambda each: each["kind"])
def test_is_good__made_by_git__good(each: dict[str, str]) -> None:
    content = each["content"].encode()
    ssh = read_commit(each["commit"], content).ssh
    assert ssh is not None
    assert ssh.is_good_for(signed_bytes(content))
    other = content.replace(b"Signed by", b"Singed by").replace(b"dave@", b"dawe@")
    assert not ssh.is_good_for(signed_bytes(other))


@pytest.mark.parametrize("each", SSH, ids=lambda each: each["kind"])
@given(data=st.data())
def test_is_good__one_byte_of_the_commit_changed__not_good(each: dict[str, str], data: st.DataObject) -> None:
    content = bytearray(each["content"].encode())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    found = read_commit(each["commit"], bytes(content))
    is_good = found.ssh is not None and found.ssh.is_good_for(signed_bytes(bytes(content)))
    # The armour's own words are no part of what is signed; the fingerprint then is still the signer's.
    assert not is_good or (found.ssh and found.ssh.fingerprint == each["fingerprint"])
    assert not is_good or signed_bytes(bytes(content)) == signed_bytes(each["content"].encode())


def string(content: bytes) -> bytes:
    return len(content).to_bytes(4, "big") + content


def ssh_signed(raw: str, name: str, namespace: bytes = b"git") -> str:
    """Return a commit with a signature as `git commit -S` makes it with this key."""
    key = ed(name)
    blob = string(b"ssh-ed25519") + string(key.public_key().public_bytes_raw())
    digest = hashlib.sha512(raw.encode()).digest()
    signed = b"SSHSIG" + string(namespace) + string(b"") + string(b"sha512") + string(digest)
    signature = string(b"ssh-ed25519") + string(key.sign(signed))
    parts = (blob, namespace, b"", b"sha512", signature)
    whole = base64.b64encode(b"SSHSIG\0\0\0\1" + b"".join(map(string, parts))).decode()
    lines = ["-----BEGIN SSH SIGNATURE-----", *(whole[i : i + 70] for i in range(0, len(whole), 70))]
    armoured = "\n ".join([*lines, "-----END SSH SIGNATURE-----"])
    head, _, message = raw.partition("\n\n")
    return f"{head}\ngpgsig {armoured}\n\n{message}"


def fingerprint(name: str) -> str:
    blob = string(b"ssh-ed25519") + string(ed(name).public_key().public_bytes_raw())
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).rstrip(b"=").decode()


@pytest.fixture
def signing(tmp_path: Path) -> House:
    """Return a project in which every commit has to be signed, with a first one that is."""
    rest = REST
    for person in ("dave", "ann"):
        rest = rest.replace(f"[people.{person}]\n", f'[people.{person}]\nssh = ["{fingerprint(person)}"]\n')
    house = build_house(tmp_path, top=TOP + "signed_commits = true\n", rest=rest)
    sign_head(house, "dave")
    return house


def sign_head(house: House, name: str, namespace: bytes = b"git") -> None:
    raw = house.git("cat-file", "commit", "HEAD") + "\n"
    made = house.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=ssh_signed(raw, name, namespace))
    house.git("update-ref", "HEAD", made)


def release(house: House, *kids: str) -> object:
    return house.release(*(house.token(kid) for kid in kids))


def test_release__signed_by_a_known_key__released(signing: House) -> None:
    assert release(signing, "ann-1", "ben-1")


def test_release__written_in_daves_name_and_signed_by_one_of_the_two__refused(signing: House) -> None:
    signing.change("dave")
    sign_head(signing, "ann")
    refuses(signing, "writer", lambda: release(signing, "ann-1", "ben-1"))
    assert release(signing, "ben-1", "cleo-1")


@pytest.mark.parametrize(("name", "namespace"), [("eve", b"git"), ("dave", b"file"), ("dave", b"")])
def test_release__signed_by_somebody_unknown_or_for_something_else__refused(
    signing: House, name: str, namespace: bytes
) -> None:
    signing.change("dave")
    sign_head(signing, name, namespace)
    refuses(signing, "commit-unsigned", lambda: release(signing, "ben-1", "cleo-1"))


def test_release__a_signature_taken_from_another_commit__refused(signing: House) -> None:
    old = signing.git("cat-file", "commit", "HEAD")
    signature = old[old.index("gpgsig") : old.index("\n\n")]
    signing.change("dave")
    head, _, message = signing.git("cat-file", "commit", "HEAD").partition("\n\n")
    made = signing.git(
        "hash-object", "-t", "commit", "-w", "--stdin", stdin=f"{head}\n{signature}\n\n{message}\n"
    )
    signing.git("update-ref", "HEAD", made)
    refuses(signing, "commit-unsigned", lambda: release(signing, "ben-1", "cleo-1"))


def test_release__a_key_of_one_of_the_two_signed_it__counts_where_no_signature_is_wanted(
    tmp_path: Path,
) -> None:
    rest = REST.replace("[people.ben]\n", f'[people.ben]\ngpg = ["{COMMITS["gpg"]["fingerprint"]}"]\n')
    house = build_house(tmp_path, rest=rest)
    house.change("dave")
    head, _, message = house.git("cat-file", "commit", "HEAD").partition("\n\n")
    content = COMMITS["gpg"]["content"]
    signature = content[content.index("gpgsig") : content.index("\n\n")]
    made = house.git(
        "hash-object", "-t", "commit", "-w", "--stdin", stdin=f"{head}\n{signature}\n\n{message}\n"
    )
    house.git("update-ref", "HEAD", made)
    refuses(house, "writer", lambda: release(house, "ann-1", "ben-1"))
    assert release(house, "ann-1", "cleo-1")
