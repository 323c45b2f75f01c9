"""Files of shares that somebody wrote who has no secret of the holder's: a token's point and a recovery key are public.

So what is sealed has to be what the head says, and what the head says of the token has to be so.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.frost_core.shares import make_charter, make_shares
from tests.keys.soft_token import PIN, SoftToken, make_token
from verifier.errors import ShareUnusable, TokenRefused
from verifier.frost.charter import TransportKey
from verifier.frost.pending import PendingShare, write_pending
from verifier.frost.shares import Share, write_share
from verifier.keys.secret import Secret
from verifier.keys.share_form import ShareHead, TokenPart, render_form
from verifier.keys.share_sealing import Factors, encrypt_content, open_pending, open_share
from verifier.keys.share_token import ShareToken


def point_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@dataclass(frozen=True, kw_only=True)
class Thief:
    """Knows the point of a token that opens shares alone, and writes files for it."""

    token: SoftToken
    path: Path

    def factors(self) -> Factors:
        """Return what the holder opens its files with."""
        return Factors(passphrase=None, token=ShareToken(self.token.place("wrap"), lambda _: Secret(PIN)))

    @property
    def point(self) -> bytes:
        return ShareToken(self.token.place("wrap"), lambda _: Secret(PIN)).point()

    def forge(self, content: bytes, head: ShareHead, *, said: bytes | None = None) -> Path:
        """Write a file with this in it.

        :param said: what its head says that the token's point is, if something else
        """
        mine = ec.generate_private_key(ec.SECP256R1())
        real = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), self.point)
        point = self.point if said is None else said
        part = TokenPart(token_label="vault", key_label="wrap", point=point, ephemeral=point_of(mine))
        agreed = Secret(mine.exchange(ec.ECDH(), real))
        sealed = encrypt_content(content, replace(head, token=part), [agreed], dice=os.urandom)
        self.path.write_bytes(render_form(sealed))
        self.path.chmod(0o600)
        return self.path


@pytest.fixture
def thief(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Thief:
    token = make_token(tmp_path, monkeypatch)
    token.generate("wrap", "secp256r1")
    return Thief(token=token, path=tmp_path / "share.json")


@pytest.fixture
def share() -> Share:
    return make_shares(make_charter())[0]


def head_of(share: Share) -> ShareHead:
    charter = share.key.charter
    return ShareHead(group=charter.group, epoch=charter.epoch, holder=share.index)


def test_open__the_file_says_another_point_of_the_token__refused(share: Share, thief: Thief) -> None:
    """It decides what is sealed from then on."""
    content, head = write_share(share), head_of(share)
    path = thief.forge(content, head)
    assert open_share(path, thief.factors(), present=1).secret == share.secret
    for said in (point_of(ec.generate_private_key(ec.SECP256R1())), bytes(65)):
        path = thief.forge(content, head, said=said)
        with pytest.raises(TokenRefused, match="the share's file says is not that of its secret one"):
            open_share(path, thief.factors(), present=1)


def test_open__the_head_says_another_share_than_is_sealed__refused(share: Share, thief: Thief) -> None:
    """An old share would pass for one of the epoch in use, or one of another group for this one's."""
    head = head_of(share)
    for lie in (replace(head, epoch=2), replace(head, holder=2), replace(head, group=bytes(32))):
        path = thief.forge(write_share(share), lie)
        with pytest.raises(ShareUnusable, match="another share"):
            open_share(path, thief.factors(), present=1)


def test_open__the_head_says_another_epoch_than_waits__refused(share: Share, thief: Thief) -> None:
    """It would be taken for older or newer than it is, and others destroyed for it."""
    pending = PendingShare(
        call=b"",
        coordinator=TransportKey(bytes(32)),
        key=share.key,
        old=None,
        transcript=bytes(32),
        share=share,
    )
    head = head_of(share)
    path = thief.forge(write_pending(pending), head)
    assert open_pending(path, thief.factors(), present=0).share == share
    path = thief.forge(write_pending(pending), replace(head, epoch=2))
    with pytest.raises(ShareUnusable, match="no such share"):
        open_pending(path, thief.factors(), present=0)
