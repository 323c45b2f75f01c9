"""Writing a file where there is none, on disks that know files without a name, second names for a file, or neither."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import Any, Final

import pytest

from verifier.store import new_file
from verifier.store.new_file import write_new_file

DISKS: Final = ("nameless files", "second names", "neither")
CONTENT: Final = b"an approval"


@pytest.fixture(params=DISKS)
def _disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param != DISKS[0]:
        monkeypatch.setattr(new_file, "_appear", lambda *_: False)
    if request.param == DISKS[2]:
        monkeypatch.setattr(os, "link", _refuse)


def _refuse(*_: object, **__: object) -> Any:
    raise OSError(errno.EPERM, os.strerror(errno.EPERM))


@pytest.mark.usefixtures("_disk")
def test_write__where_there_is_none__whole_for_its_owner_alone_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "lane-0.approval"
    write_new_file(path, CONTENT)
    assert path.read_bytes() == CONTENT
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.usefixtures("_disk")
def test_write__where_there_is_one__refused_and_it_stays(tmp_path: Path) -> None:
    path = tmp_path / "lane-0.approval"
    path.write_bytes(b"another")
    with pytest.raises(FileExistsError):
        write_new_file(path, CONTENT)
    assert path.read_bytes() == b"another"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.usefixtures("_disk")
def test_write__before_its_content_is_on_the_disk__nothing_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that wherever the machine stops, no part of it is there under its name."""
    path, seen = tmp_path / "lane-0.approval", list[bool]()
    fsync = os.fsync

    def look(handle: int) -> None:
        seen.append(path.exists())
        fsync(handle)

    monkeypatch.setattr(os, "fsync", look)
    write_new_file(path, CONTENT)
    assert seen == [False, True]


@pytest.mark.usefixtures("_disk")
def test_write__the_disk_takes_nothing__refused_and_nothing_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "fsync", _refuse)
    with pytest.raises(OSError, match="not permitted"):
        write_new_file(tmp_path / "lane-0.approval", CONTENT)
    assert list(tmp_path.iterdir()) == []
