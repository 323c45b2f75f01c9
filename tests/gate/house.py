"""A project with four people, a real repository and a record, for tests to break one thing of."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from verifier.deploy.gate.bypass import record_policy
from verifier.deploy.gate.opening import ReleaseGate, open_gate
from verifier.deploy.gate.policy import ReleasePolicy
from verifier.deploy.gate.policy_file import parse_policy
from verifier.deploy.gate.release import Release, require_release
from verifier.deploy.gate.token import ISSUER, TYPE
from verifier.model.text import Shown
from verifier.model.units import ChainId, Timestamp

NOW = Timestamp(1_800_000_000)
HOUR = 3_600
DAY = 24 * HOUR
AS_OF = "2027-01-15T00:00:00Z"  # eight hours before NOW
AUDIENCE = "example/vaults"
ORIGIN = Shown("a test")

PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey


def ed(name: str) -> ed25519.Ed25519PrivateKey:
    """Return a key that is the same in every run."""
    return ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def p256(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(
        int.from_bytes(hashlib.sha256(name.encode()).digest(), "big") >> 2, ec.SECP256R1()
    )


KEYS: dict[str, PrivateKey] = {
    "ann-1": ed("ann-1"),
    "ann-2": p256("ann-2"),
    "ben-1": p256("ben-1"),
    "cleo-1": ed("cleo-1"),
}
"""By kid. Ann has two; Dave, who writes the code, has none."""
ALGORITHMS = {"ann-1": "EdDSA", "ann-2": "ES256", "ben-1": "ES256", "cleo-1": "EdDSA"}


def pem_of(key: PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def key_table(person: str, kid: str) -> str:
    return f'[[people.{person}.keys]]\nkid = "{kid}"\npem = """\n{pem_of(KEYS[kid])}"""\n'


TOP = f"""\
version = 1
audience = "{AUDIENCE}"
deployed = ["contracts"]
record = "../releases.jsonl"
revocations = "revocations.toml"
machines = ["noreply@github.com"]
"""
REST = """
[networks.mainnet]
chain = 1
production = true

[networks.base]
chain = 8453
production = true

[networks.sepolia]
chain = 11155111
production = false

[people.dave]
emails = ["dave@example.org"]
github = "Dave"

[people.ann]
emails = ["ann@example.org", "Ann@home.example"]

[people.ben]
emails = ["ben@example.org"]

[people.cleo]
emails = ["cleo@example.org"]

"""


def policy_text(top: str = TOP, rest: str = REST) -> str:
    tables = [key_table(kid.partition("-")[0], kid) for kid in KEYS]
    return top + rest + "\n".join(tables)


def jti_of(*things: Any) -> str:
    return hashlib.sha256(repr(things).encode()).hexdigest()[:32]


def claims(person: str, **changes: Any) -> dict[str, Any]:
    """Return what an honest token says, but for the changes; None takes a claim out."""
    found: dict[str, Any] = {
        "iss": ISSUER,
        "sub": person,
        "aud": AUDIENCE,
        "purpose": "release",
        "iat": int(NOW),
        "nbf": int(NOW),
        "exp": int(NOW) + HOUR,
        "jti": jti_of(person),
        **changes,
    }
    return {name: value for name, value in found.items() if value is not None}


def signed(kid: str, said: dict[str, Any], **header: Any) -> str:
    """Return a token, made as honestly as PyJWT makes one."""
    return jwt.encode(said, KEYS[kid], ALGORITHMS[kid], headers={"kid": kid, "typ": TYPE, **header})


@dataclass
class House:
    """The project at some place of a disk."""

    folder: Path
    top: str = TOP
    rest: str = REST
    # Commits are made a minute apart.
    clock: int = int(NOW) - 30 * DAY
    tokens: int = 0
    # The hash of the record's first entry, as everybody was told; nothing while there is none.
    pin: str = ""

    @property
    def checkout(self) -> Path:
        return self.folder / "checkout"

    @property
    def file(self) -> Path:
        return self.checkout / "vault.toml"

    @property
    def record(self) -> Path:
        return self.folder / "releases.jsonl"

    @property
    def policy_path(self) -> Path:
        return self.checkout / "release.toml"

    @property
    def policy(self) -> ReleasePolicy:
        return parse_policy(self.policy_path.read_bytes(), "release.toml")

    def git(
        self, *words: str, stdin: str | None = None, who: str = "dave", committer: str | None = None
    ) -> str:
        """Run git as one of the people would at their desk."""
        self.clock += 60
        email = who if "@" in who else f"{who}@example.org"
        other = committer or who
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": who,
            "GIT_AUTHOR_EMAIL": email,
            "GIT_COMMITTER_NAME": other,
            "GIT_COMMITTER_EMAIL": other if "@" in other else f"{other}@example.org",
            "GIT_AUTHOR_DATE": f"{self.clock} +0000",
            "GIT_COMMITTER_DATE": f"{self.clock} +0000",
        }
        ended = subprocess.run(
            ["git", *words],
            check=False,
            cwd=self.checkout,
            env=environment,
            input=stdin,
            text=True,
            capture_output=True,
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.strip()

    def write(self, path: str, content: str) -> None:
        place = self.checkout / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(content)

    def commit(self, message: str = "Change it", who: str = "dave", *, committer: str | None = None) -> str:
        """Commit all that is there, and return its hash."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message, who=who, committer=committer)
        return self.git("rev-parse", "HEAD")

    def change(self, who: str = "dave", message: str = "Change it", *, committer: str | None = None) -> str:
        """Change a contract, and return the hash of the commit."""
        self.write("contracts/Vault.sol", f"// {self.clock}\n")
        return self.commit(message, who, committer=committer)

    def gate(self) -> ReleaseGate:
        pin = bytes.fromhex(self.pin) if self.pin else None
        return open_gate(self.policy_path, self.checkout, origin=ORIGIN, pin=pin)

    def begin(self, nonce: bytes) -> None:
        """Begin a record, a day before NOW."""
        self.gate().record.start(self.policy.as_written, now=Timestamp(NOW - DAY), nonce=nonce)

    def head(self) -> str:
        """Return the hash of the record's newest entry, in hex."""
        last = self.record.read_text().splitlines()[-1]
        return str(json.loads(last)["hash"]).removeprefix("0x")

    def matter(self, **changes: Any) -> dict[str, Any]:
        return {
            "commit": self.git("rev-parse", "HEAD"),
            "file": hashlib.sha256(self.file.read_bytes()).hexdigest(),
            "network": "mainnet",
            "chain": 1,
            "record": self.head(),
            **changes,
        }

    def token(self, kid: str, **changes: Any) -> str:
        """Return a token for a release of what is checked out, but for the changes; another one each time."""
        self.tokens += 1
        said = {"jti": jti_of(self.tokens), **self.matter(**changes)}
        return signed(kid, claims(kid.partition("-")[0], **said))

    def token_for(self, purpose: str, kid: str, **about: Any) -> str:
        """Return a token for something that is no release."""
        return self.token(kid, **{**_nothing(), "purpose": purpose, **about})

    def adopt(self, text: str, *kids: str, **changes: Any) -> None:
        """Put another policy in force, and into the checkout's release.toml with a commit of Dave's."""
        said = {"policy": hashlib.sha256(text.encode()).hexdigest(), **changes}
        tokens = [self.token_for("policy", kid, **said) for kid in kids]
        record_policy(self.gate(), text, tokens=tokens, now=NOW)
        self.policy_path.write_text(text)
        self.commit("Adopt it")

    def release(self, *tokens: str, now: int = NOW, is_trial: bool = False, **changes: Any) -> Release:
        asked: dict[str, Any] = {"commit": "HEAD", "network": "mainnet", "chain_id": ChainId(1), **changes}
        return require_release(
            self.gate(),
            file=self.file,
            content=asked.pop("content", self.file.read_bytes()),
            tokens=tokens,
            now=Timestamp(now),
            is_trial=is_trial,
            **asked,
        )


def _nothing() -> dict[str, Any]:
    """Return the changes that take out of a token what only a release is about."""
    return dict.fromkeys(("commit", "file", "network", "chain"))


def build_house(folder: Path, top: str = TOP, rest: str = REST) -> House:
    """Make a project whose one commit is Dave's, with a record that begins a day before NOW."""
    house = House(folder=folder, top=top, rest=rest)
    house.checkout.mkdir()
    house.git("init", "--quiet", "--initial-branch=main")
    house.write("contracts/Vault.sol", "// the vault\n")
    house.write("vault.toml", 'name = "treasury"\n')
    house.write("revocations.toml", f"version = 1\nas_of = {AS_OF}\n")
    house.write("README.md", "A project.\n")
    house.write("release.toml", policy_text(top, rest))
    house.commit("Begin")
    house.begin(bytes(16))
    house.pin = house.head()
    return house
