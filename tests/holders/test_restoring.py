"""What comes back from a backup, and a disk that is full."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from pathlib import Path

import pytest

from tests.holders.company import Company
from tests.holders.seats import call_for, certificate, deal, desk_of, sit
from verifier.errors import HolderFileUnwritable
from verifier.frost.charter import Index
from verifier.frost.coordinator import start_signing
from verifier.frost.polynomial import Polynomial
from verifier.frost.scalar import SecretScalar
from verifier.frost.shares import GroupKey, Share
from verifier.keys.share_recovery import back_up, read_recipient

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
    backup.write_bytes(
        back_up(forge(share) if is_forged else share, read_recipient(public), dice=secrets.token_bytes)
    )
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


def test_sign__a_folder_is_put_back_to_an_old_copy__other_nonces_and_nothing_once_it_is_refreshed(
    company: Company, tmp_path: Path
) -> None:
    """It has forgotten in which sessions it answered. What it says in one again looks like a lie, and tells nothing."""
    seats, desk, folder = sit(company), desk_of(company), company.chairs[0].folder
    key = seats[FIRST].keeper.key()
    assert key is not None
    shutil.copytree(folder, tmp_path / "old")
    asked = (
        start_signing(key, desk, digest=bytes(32), request=b"", session=secrets.token_bytes(32)).sent[0].raw
    )
    (first,) = seats[FIRST].take(asked)
    assert sit(company)[FIRST].take(asked) == []
    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "old", folder)
    seats = sit(company)
    (second,) = seats[FIRST].take(asked)
    points = [raw[142:-64][at : at + 33] for raw in (first, second) for at in (0, 33)]
    assert len(set(points)) == 4
    done, _ = deal(seats, desk, call_for(company, key, epoch=2), known=key)
    shown = certificate(seats, desk, done)
    for seat in seats.values():
        seat.take(shown)
    assert sit(company)[FIRST].take(asked) == []


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
