"""What somebody puts into, or takes out of, a holder's folder while it runs."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.holders.company import Company
from tests.holders.seats import certificate, deal, desk_of, sit
from verifier.errors import HolderFolderUnfit
from verifier.frost.charter import Index
from verifier.frost.dealing_messages import Call
from verifier.store.folder_lock import lock_folder
from verifier.store.group_file import charter_of, read_group_file
from verifier.store.holder_folder import HolderFolder

FIRST = Index(1)


def write_next(company: Company) -> Path:
    company.must("reshare", str(company.desk), "--threshold", "3")
    return company.desk / "next.toml"


def test_reshare__the_next_groups_file_was_put_in_while_a_holder_runs__it_gives_nothing_until_its_person_starts_it(
    company: Company,
) -> None:
    """With the coordinator, as many such files as the threshold were the whole key."""
    following = write_next(company)
    for chair in company.chairs[1:]:
        shutil.copy(following, chair.folder / "next.toml")
    with company.present():
        shutil.copy(following, company.chairs[0].folder / "next.toml")
        ran = company.call_until(
            lambda _: "was put here while this holder runs" in company.running[1].text,
            *("reshare", str(company.desk)),
        )
        assert ran.code != 0, ran
    assert company.group.epoch == 1
    with company.present():
        company.must("reshare", str(company.desk))
    assert read_group_file(company.chairs[0].folder / "group.toml").threshold == 3


@pytest.mark.parametrize("restarts", [False, True])
def test_reshare__the_next_groups_file_is_deleted_before_its_certificate_comes__the_holder_knows_its_group(
    company: Company, restarts: bool
) -> None:
    """A person is told to delete it. With the holders of before, the new share would fit no file, and never open."""
    following = write_next(company)
    for chair in company.chairs:
        shutil.copy(following, chair.folder / "next.toml")
    seats, desk = sit(company), desk_of(company)
    known = seats[FIRST].keeper.key()
    assert known is not None
    charter = charter_of(read_group_file(following))
    call = Call(charter=charter, dealers=known.charter.indexes, old=(known.charter, known.commitments))
    done, _ = deal(seats, desk, call, known=known)
    shown = certificate(seats, desk, done)
    (company.chairs[0].folder / "next.toml").unlink()
    if restarts:
        seats = sit(company)
    seats[FIRST].take(shown)
    again = sit(company)[FIRST].keeper
    assert again.share() is not None
    assert again.group.threshold == 3
    assert not list(company.chairs[0].folder.glob("share.pending-*"))


def test_lock__its_file_was_deleted__a_second_process_is_kept_out_all_the_same(company: Company) -> None:
    folder = HolderFolder(company.chairs[0].folder)
    lock = lock_folder(folder)
    (folder.path / "lock").unlink()
    with pytest.raises(HolderFolderUnfit, match="another process uses it"):
        lock_folder(folder)
    lock.release()
    lock_folder(folder).release()


@pytest.mark.parametrize("mode", [0o720, 0o702])
def test_lock__others_can_write_the_folder__refused(company: Company, mode: int) -> None:
    folder = HolderFolder(company.chairs[0].folder)
    folder.path.chmod(mode)
    with pytest.raises(HolderFolderUnfit, match="others on this machine can put files into it"):
        lock_folder(folder)
    folder.path.chmod(0o755)
    lock_folder(folder).release()


def test_lock__the_folder_is_another_users__refused_and_nothing_written(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = HolderFolder(company.chairs[0].folder)
    (folder.path / "lock").unlink(missing_ok=True)
    with monkeypatch.context() as other:
        other.setattr(os, "geteuid", lambda: folder.path.stat().st_uid + 1)
        with pytest.raises(HolderFolderUnfit, match="belongs to another user"):
            lock_folder(folder)
    assert not (folder.path / "lock").exists()


def test_lock__there_is_no_such_folder__said_without_telling_to_end_a_process(tmp_path: Path) -> None:
    with pytest.raises(HolderFolderUnfit, match="No such file") as caught:
        lock_folder(HolderFolder(tmp_path / "none"))
    assert "process" not in caught.value.sentence()
