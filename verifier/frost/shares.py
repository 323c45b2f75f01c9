"""A group's key as all may know it, and one holder's share of it."""

from __future__ import annotations

from dataclasses import dataclass

from verifier.frost.charter import Charter, Index


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupKey:
    """What is public of a key: the polynomial that its shares lie on, as points."""

    charter: Charter
    # As many as the threshold, 33 bytes each; the first is the key itself.
    commitments: tuple[bytes, ...]

    @property
    def point(self) -> bytes:
        """Return the group's key, 33 bytes compressed: what the vault knows it by."""
        return self.commitments[0]

    def verifying_share(self, index: Index) -> bytes:
        """Return the point of a holder's share."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One holder's share. Its secret prints as `<secret>`, and is neither copied nor pickled."""

    key: GroupKey
    index: Index
    # A `curve.SecretScalar`.
    secret: object


def write_share(share: Share) -> bytes:
    """Return a share as bytes, its secret among them: for whatever wraps it, and for nothing else."""
    raise NotImplementedError


def read_share(stored: bytes) -> Share:
    """Return a share, of which the secret fits the key.

    :raises BodyMalformed: the bytes are not those of a share, or the secret is that of another key.
    """
    raise NotImplementedError


def trial_digest(key: GroupKey) -> bytes:
    """Return what the holders of new shares sign to show that they can: 32 bytes that no vault takes."""
    raise NotImplementedError
