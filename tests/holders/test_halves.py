"""What is half done when a process ends, or when a disk is full: said, and made whole or taken away."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.holders.company import Company
from tests.holders.seats import call_for, certificate, deal, desk_of, sit
from verifier.errors import HolderFileUnwritable
from verifier.frost.charter import Index
from verifier.model.text import Shown
from verifier.model.units import Timestamp
from verifier.store.ceremony_records import CeremonyRecords, read_records

FIRST = Index(1)


def open_records(path: Path) -> CeremonyRecords:
    return CeremonyRecords(path, identity=Shown("holder 1"), now=lambda: Timestamp(7))


def take_a_part(handle: int, data: bytes) -> int:
    return WRITE(handle, data[: len(data) // 2])


def fail(*_: object, **__: object) -> Any:
    raise OSError(errno.EIO, os.strerror(errno.EIO))


WRITE = os.write


@pytest.mark.parametrize(("call", "does"), [("write", take_a_part), ("write", fail), ("fdatasync", fail)])
def test_note__the_disk_takes_a_part_or_nothing__said_and_the_next_record_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, does: Any
) -> None:
    path = tmp_path / "records.jsonl"
    records = open_records(path)
    records.note("begun", {"what": "a"})
    before = path.read_bytes()
    with monkeypatch.context() as full:
        full.setattr(os, call, does)
        with pytest.raises(HolderFileUnwritable, match=r"records\.jsonl"):
            records.note("sent", {"raw": "0x00"})
    assert path.read_bytes() == before
    records.note("ended", {"what": "a"})
    records.close()
    assert [record.kind for record in read_records(path)] == ["begun", "ended"]
    assert open_records(path).was_cut is None


def test_note__the_disk_does_not_even_let_it_be_taken_back__it_is_taken_back_before_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "records.jsonl"
    records = open_records(path)
    records.note("begun", {"what": "a"})
    with monkeypatch.context() as full:
        full.setattr(os, "write", take_a_part)
        full.setattr(os, "ftruncate", fail)
        with pytest.raises(HolderFileUnwritable):
            records.note("sent", {"raw": "0x00"})
    records.note("ended", {"what": "a"})
    assert [record.kind for record in read_records(path)] == ["begun", "ended"]


def write_too(path: Path) -> None:
    """As a second process would, over a disk that keeps nobody out."""
    open_records(path).note("sent", {"raw": "0x01"})


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def exchange(path: Path) -> None:
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content)


@pytest.mark.parametrize(
    ("meddle", "said"),
    [
        (write_too, "somebody else writes into it"),
        (cut, "cut it"),
        (Path.unlink, "taken away"),
        (exchange, "taken away"),
    ],
)
def test_note__somebody_meddled_with_the_records_meanwhile__said_and_nothing_written_behind(
    tmp_path: Path, meddle: Callable[[Path], object], said: str
) -> None:
    """What is recorded behind another's record breaks the chain; what is recorded in a deleted file is nowhere."""
    path = tmp_path / "records.jsonl"
    records = open_records(path)
    records.note("begun", {"what": "a"})
    meddle(path)
    left = path.read_bytes() if path.exists() else None
    with pytest.raises(HolderFileUnwritable, match=said):
        records.note("sent", {"raw": "0x00"})
    assert (path.read_bytes() if path.exists() else None) == left
    assert open_records(path).head[0] in (0, 1, 2)


def test_join__its_last_record_was_cut_off__told_and_the_next_one_holds(company: Company) -> None:
    path = company.chairs[0].folder / "records.jsonl"
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    path.write_bytes(whole[: -len(lines[-1]) // 2])
    with company.present():
        company.running[1].wait_for(f"number {len(lines)}, was cut off")
        assert "was cut off" not in company.running[2].text
        company.must("refresh", str(company.desk))
    assert path.read_bytes().startswith(b"".join(lines[:-1]))
    assert len(list(read_records(path))) > len(lines)


def test_join__what_a_killed_process_left__gone_and_nothing_else(company: Company) -> None:
    folder = company.chairs[0].folder
    left = folder / ".share.json.k1ll_3d0"
    kept = [folder / name for name in (".notes", ".share.json.bak", "share.json.k1ll3d00")]
    for path in (left, *kept):
        path.write_bytes(b"sealed")
    with company.present(1):
        assert not left.exists()
    assert all(path.exists() for path in kept)


def test_take_into_use__the_machine_stops_behind_the_share__the_next_start_is_whole(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And backups of epochs that are over go by then, too."""
    seats, desk, folder = sit(company), desk_of(company), company.chairs[0].folder
    over = folder / "share-epoch-1.backup"
    over.write_bytes(b"sealed")
    known = seats[FIRST].keeper.key()
    done, _ = deal(seats, desk, call_for(company, known, epoch=2), known=known)
    shown = certificate(seats, desk, done)
    with monkeypatch.context() as stopped:
        stopped.setattr(seats[FIRST].keeper, "_write_group", fail)
        with pytest.raises(OSError, match="error"):
            seats[FIRST].take(shown)
    assert over.exists()
    keeper = sit(company)[FIRST].keeper
    assert keeper.group.epoch == 2
    assert not over.exists()
    assert not list(folder.glob("share.pending-*"))


def test_note__of_the_first_session_and_record__their_files_names_are_on_the_disk_too(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file whose name is not is gone after a power cut, and with it the names of all sessions that were answered."""
    folder = company.chairs[0].folder
    for name in ("sessions", "records.jsonl"):
        (folder / name).unlink(missing_ok=True)
    keeper, synced = sit(company)[FIRST].keeper, list[tuple[str, bool]]()
    fsync = os.fsync

    def note(handle: int) -> None:
        where = str(Path(f"/proc/self/fd/{handle}").readlink())
        synced.append((where, (folder / "sessions").exists()))
        fsync(handle)

    monkeypatch.setattr(os, "fsync", note)
    open_records(folder / "records.jsonl").close()
    assert synced == [(str(folder.resolve()), False)]
    keeper.note_session(bytes(32))
    assert synced[1:] == [(str(folder.resolve() / "sessions"), True), (str(folder.resolve()), True)]
    keeper.note_session(bytes(31) + b"\1")
    assert synced[3:] == [(str(folder.resolve() / "sessions"), True)]
