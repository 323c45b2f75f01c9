"""A group's key as all may know it, and one holder's share of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from verifier.errors.frost import BodyMalformed, CharterMalformed, PointMalformed, ScalarMalformed
from verifier.frost.charter import Charter, Index
from verifier.frost.codec import Reader
from verifier.frost.curve import ORDER, Point, read_point
from verifier.frost.polynomial import point_at
from verifier.frost.scalar import SecretScalar

_STORED: Final = b"4SF-share\1"
"""Before a stored share: what it is, and the version of its form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupKey:
    """What is public of a key: the polynomial that its shares lie on, as points.

    :raises CharterMalformed: the charter and the points do not fit, or no vault could take the key.
    :raises PointMalformed: one of them is no point.
    """

    charter: Charter
    # As many as the threshold, 33 bytes each; the first is the key itself.
    commitments: tuple[Point, ...]

    def __post_init__(self) -> None:
        if len(self.commitments) != self.charter.threshold:
            raise CharterMalformed(why="its key has not as many points as its threshold")
        for point in self.commitments:
            read_point(point)
        if int.from_bytes(self.point[1:], "big") >= ORDER:
            raise CharterMalformed(why="the abscissa of its key is not below the order of the curve")
        for index in self.charter.indexes:
            self.verifying_share(index)

    @property
    def point(self) -> Point:
        """Return the group's key, 33 bytes compressed: what the vault knows it by."""
        return self.commitments[0]

    @property
    def digest(self) -> bytes:
        """Return a hash of all that is public of the group in this epoch."""
        return hashlib.sha256(
            b"fourth-signer/key\0" + self.charter.encode() + b"".join(self.commitments)
        ).digest()

    def verifying_share(self, index: Index) -> Point:
        """Return the point of a holder's share.

        :raises PointMalformed: the share is zero, which chance does not make.
        """
        point = point_at(self.commitments, index)
        if point is None:
            raise PointMalformed(what=f"The share of holder {index}")
        return point


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One holder's share. Its secret prints as `<secret>`, and is neither copied nor pickled.

    :raises ScalarMalformed: the secret is not this holder's share of this key.
    """

    key: GroupKey
    index: Index
    secret: SecretScalar

    def __post_init__(self) -> None:
        is_of_group = self.index in self.key.charter.indexes
        if not is_of_group or self.secret.point() != self.key.verifying_share(self.index):
            raise ScalarMalformed(what="A share that is not of this key and holder")


def write_share(share: Share) -> bytes:
    """Return a share as bytes, its secret among them: for whatever wraps it, and for nothing else."""
    key = share.key
    return b"".join(
        (_STORED, key.charter.encode(), *key.commitments, bytes([share.index]), share.secret.reveal())
    )


def read_share(stored: bytes) -> Share:
    """Return a share, of which the secret fits the key.

    :raises BodyMalformed: the bytes are not those of a share, or the secret is that of another key.
    """
    reader = Reader(stored)
    if reader.take(min(len(_STORED), len(stored))) != _STORED:
        raise BodyMalformed(why="they are no stored share, or of a newer version")
    try:
        charter = Charter.read(reader)
        commitments = tuple(Point(reader.take(33)) for _ in range(charter.threshold))
        index, secret = Index(reader.number(1)), SecretScalar(reader.take(32))
        reader.end()
        return Share(key=GroupKey(charter=charter, commitments=commitments), index=index, secret=secret)
    except (CharterMalformed, PointMalformed, ScalarMalformed) as exc:
        raise BodyMalformed(why="they are no share of the key that they name") from exc


def trial_digest(key: GroupKey) -> bytes:
    """Return what the holders of new shares sign to show that they can: 32 bytes that no vault takes."""
    return hashlib.sha256(b"fourth-signer/trial\0" + key.digest).digest()
