"""Who may release what, where, and for how long a permission lasts: what release.toml says.

Every name in it is held to plain letters, digits and dashes where the file is read, so that it may be shown as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from verifier.model.limits import BYPASS_LIMIT, REVIEW_HOURS
from verifier.model.text import Foreign
from verifier.model.units import ChainId, Duration, hours

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    PublicKey = Ed25519PublicKey | EllipticCurvePublicKey

DAY: Final = 86_400
MAX_LIFETIME: Final = Duration(7 * DAY)
"""No policy lets a token live longer."""
MAX_SKEW: Final = Duration(300)
"""Clocks of two machines may differ by so much, and no policy allows more."""


class Algorithm(StrEnum):
    """How a token is signed. It follows from the key, never from the token."""

    EDDSA = "EdDSA"
    """Ed25519."""
    ES256 = "ES256"
    """ECDSA on P-256 with SHA-256."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyKey:
    """A key that a person signs tokens with."""

    kid: str
    algorithm: Algorithm
    public: PublicKey


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyPerson:
    """Somebody who writes code, or releases it. Whoever has no key only writes."""

    person: str
    emails: frozenset[str] = frozenset()
    # Fingerprints of the keys that sign their commits: `SHA256:...` of SSH keys, 40 or 64 hex digits of GPG keys.
    ssh: frozenset[str] = frozenset()
    gpg: frozenset[str] = frozenset()
    # Their account at GitHub, in small letters.
    github: str | None = None
    keys: tuple[PolicyKey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyNetwork:
    """A network by the name that people say, with the number that the chain itself has."""

    network: str
    chain_id: ChainId
    is_production: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BypassRules:
    """When a further bypass is refused: as a vault's."""

    review_within: Duration = field(default_factory=lambda: hours(REVIEW_HOURS))
    limit: int = BYPASS_LIMIT


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasePolicy:
    """Everything that release.toml says."""

    # As it was read: the record keeps it, and what was adopted decides, not what lies around.
    as_written: Foreign
    # What tokens have to name: this project and no other.
    audience: str
    max_lifetime: Duration
    skew: Duration
    # Files and folders of the repository that decide what is deployed; "" is all of it.
    deployed: tuple[str, ...]
    people: Mapping[str, PolicyPerson]
    networks: Mapping[str, PolicyNetwork]
    # Where the record is, and where the list of revocations is in the repository.
    record: str
    revocations: str
    revocations_age: Duration
    # A full hash up to which the code was looked at before this policy; None where all of history counts.
    since: str | None = None
    # An entry that the record has to hold.
    head: bytes | None = None
    # Addresses that machines commit with, such as GitHub's own: nobody's, and allowed as committer only.
    machines: frozenset[str] = frozenset()
    # Whether every commit that counts has to carry a signature by a known SSH key.
    is_signed: bool = False
    bypass: BypassRules = field(default_factory=BypassRules)

    def key_of(self, kid: str) -> tuple[PolicyPerson, PolicyKey] | None:
        """Return a key by its name, with whose it is."""
        for person in self.people.values():
            for key in person.keys:
                if key.kid == kid:
                    return person, key
        return None

    def person_of_email(self, email: str) -> str | None:
        """Return who commits with this address; capital letters make no other."""
        small = email.casefold()
        return next((each.person for each in self.people.values() if small in each.emails), None)

    def person_of_fingerprint(self, fingerprint: str) -> str | None:
        """Return who signs commits with this key."""
        return next(
            (each.person for each in self.people.values() if fingerprint in each.ssh | each.gpg), None
        )
