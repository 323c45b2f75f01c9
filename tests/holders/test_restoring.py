"""What comes back from a backup, and a disk that is full."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

import pytest

from tests.holders.company import Company
from tests.holders.seats import call_for, certificate, deal, desk_of, sit
from verifier.errors import HolderFileUnwritable
from verifier.frost.charter import Index
from verifier.frost.polynomial import Polynomial
from verifier.frost.scalar import SecretScalar
from verifier.frost.shares import GroupKey, Share
from verifier.keys.share_recovery import back_up

FIRST = Index(1)


def forge(real: Share) -> Share:
    """Return a share of a key of the thief's own, in the same group."""
    secret = [SecretScalar(hashlib.sha256(bytes([i])).digest()) for i in range(real.key.charter.threshold)]
    polynomial = Polynomial(tuple(secret))
    key = GroupKey(charter=real.key.charter, commitments=polynomial.commit())
    return Share(key=key, index=real.index, secret=polynomial.value_at(real.index))


@pytest.mark.parametrize("is_forged", [False, True])
def test_restore__a_backup_of_whose_key__only_the_groups_own_is_kept(
    company: Company, tmp_path: Path, is_forged: bool
) -> None:
    """A backup is made for a public key, so anybody can make one."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
        PublicFormat,
    )

    share = sit(company)[FIRST].keeper.share()
    assert share is not None
    key = X25519PrivateKey.generate()
    pem, public, backup = tmp_path / "recovery.pem", tmp_path / "recovery.pub", tmp_path / "backup"
    pem.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    backup.write_bytes(back_up(forge(share) if is_forged else share, public, dice=secrets.token_bytes))
    for path in (pem, backup):
        path.chmod(0o600)
    chair = company.chairs[0]
    kept, group = chair.folder / "share.json", (chair.folder / "group.toml").read_bytes()
    kept.unlink()
    ran = chair.home.call(
        "frost", "restore", str(chair.folder), str(backup), "--recovery-key", str(pem), *chair.opening
    )
    assert (ran.code == 0, kept.exists()) == (not is_forged, not is_forged), ran
    assert ("another key or epoch" in ran.err) is is_forged
    assert (chair.folder / "group.toml").read_bytes() == group


def test_note_session__the_disk_takes_a_part__said_and_the_names_stay_whole(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = sit(company)[FIRST].keeper
    before, first, second = keeper.sessions(), secrets.token_bytes(32), secrets.token_bytes(32)
    write = os.write
    with monkeypatch.context() as full:
        full.setattr(os, "write", lambda handle, data: write(handle, data[:16]))
        with pytest.raises(HolderFileUnwritable):
            keeper.note_session(first)
    keeper.note_session(second)
    assert sit(company)[FIRST].keeper.sessions() == before | {second}


def test_take_into_use__backups_of_epochs_that_are_over__go_and_others_stay(company: Company) -> None:
    seats, desk, folder = sit(company), desk_of(company), company.chairs[0].folder
    over, own, other = (
        folder / name for name in ("share-epoch-1.backup", "share-epoch-2.backup", "my.backup")
    )
    for path in (over, own, other):
        path.write_bytes(b"sealed")
    known = seats[FIRST].keeper.key()
    done, _ = deal(seats, desk, call_for(company, known, epoch=2), known=known)
    assert over.exists()
    seats[FIRST].take(certificate(seats, desk, done))
    assert [path.exists() for path in (over, own, other)] == [False, True, True]
