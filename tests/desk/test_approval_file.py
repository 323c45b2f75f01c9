"""Approval files: written all or nothing, never over another one, and read as strictly as an enemy's has to be."""

from __future__ import annotations

import errno
import json
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk.test_submitting import LATER, consent_of, signed_by, signed_by_group
from verifier.decode.content import UnfitError
from verifier.errors import ApprovalFileMalformed, ApprovalFileUnwritable, InputError, SignatureMalformed
from verifier.model.approval_file import ApprovalFile
from verifier.model.operation import NO_SIGNATURE
from verifier.store.approval_file import (
    MOST_BYTES,
    parse_approval_file,
    read_approval_file,
    render_approval_file,
    write_approval_file,
)

APPROVAL = signed_by(2).file
CONSENT = consent_of(2, LATER).file
OF_A_GROUP = signed_by_group("owls").file


@pytest.mark.parametrize("file", [APPROVAL, CONSENT, OF_A_GROUP])
def test_approval_file__written_and_read__the_same(tmp_path: Path, file: ApprovalFile) -> None:
    path = tmp_path / "one.approval"
    write_approval_file(path, file)
    assert read_approval_file(path) == file
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_write__something_there_already__kept(tmp_path: Path) -> None:
    path = tmp_path / "one.approval"
    path.write_text("mine")
    link = tmp_path / "link.approval"
    link.symlink_to(tmp_path / "nowhere")
    for taken in (path, link):
        with pytest.raises(ApprovalFileUnwritable, match="nothing is written over"):
            write_approval_file(taken, APPROVAL)
    assert path.read_text() == "mine"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link.approval", "one.approval"]


def test_write__no_such_folder_or_no_path__one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "missing" / "one", Path("/dev/null/one"), tmp_path / "a\0b"):
        with pytest.raises(ApprovalFileUnwritable):
            write_approval_file(path, APPROVAL)
    assert list(tmp_path.iterdir()) == []


def test_write__disk_without_links__written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "one.approval"
    write_approval_file(path, APPROVAL)
    assert read_approval_file(path) == APPROVAL
    with pytest.raises(ApprovalFileUnwritable, match="nothing is written over"):
        write_approval_file(path, CONSENT)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_write__disk_full__nothing_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ApprovalFileUnwritable, match="No space"):
        write_approval_file(tmp_path / "one.approval", APPROVAL)
    assert list(tmp_path.iterdir()) == []


def test_render__signature_that_the_vault_does_not_take__refused() -> None:
    with pytest.raises(SignatureMalformed):
        render_approval_file(replace(APPROVAL, approval=replace(APPROVAL.approval, signature=NO_SIGNATURE)))


def content(**changes: Any) -> bytes:
    found = json.loads(render_approval_file(APPROVAL))
    return json.dumps(
        {key: value for key, value in {**found, **changes}.items() if value is not ...}
    ).encode()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"mark": "something"}, "does not say"),
        ({"mark": ...}, "does not say"),
        ({"version": 2}, "another version"),
        ({"version": True}, "another version"),
        ({"version": "1"}, "another version"),
        ({"kind": "Veto"}, "neither Approve nor Expedite"),
        ({"kind": ["Approve"]}, "neither Approve nor Expedite"),
        ({"seat": ...}, "`seat` is missing"),
        ({"memo": "routine"}, "`memo` is missing in it, or does not belong there"),
        ({"seat": 64}, "0 to 63"),
        ({"seat": True}, "0 to 63"),
        ({"seat": 2.0}, "0 to 63"),
        ({"lane": -1}, "0 to 511"),
        ({"sequence": 1 << 32}, "no number"),
        ({"chain": "1"}, "no number"),
        ({"ready_at": 5}, "says nothing about `ready_at`"),
        ({"kind": "Expedite"}, "`ready_at` is no number"),
        ({"vault": "0x5fbDB2315678afecb367f032d93F642f64180aa3"}, "checksum"),
        ({"member": 7}, "no text"),
        ({"id": "0x" + "AA" * 32}, "small letters"),
        ({"id": "0x" + "aa" * 31}, "32 bytes"),
        ({"publication": "aa" * 8}, "8 bytes"),
        ({"signature": "0x" + "00" * 65}, "no signature"),
        ({"signature": "0x" + "11" * 64 + "02"}, "no point of the curve"),
        ({"signature": "0x" + "00" * 31 + "01" + "ff" * 32 + "02"}, "not below the order"),
        ({"signature": "0x" + "11" * 64 + "05"}, "27 or 28 is expected"),
        ({"signature": "0x" + "11" * 64}, "65 bytes"),
    ],
)
def test_parse__wrong_in_one_thing__refused_with_why(changes: dict[str, Any], said: str) -> None:
    with pytest.raises((UnfitError, InputError)) as refused:
        parse_approval_file(content(**changes))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "found",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b"\xff",
        b'{"mark":1,"mark":2}',
        b"[" * 50_000,
        b" " * (MOST_BYTES + 1),
        b'{"mark":NaN}',
    ],
)
def test_read__no_approval_file__one_sentence(tmp_path: Path, found: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(found)
    with pytest.raises(ApprovalFileMalformed, match="is no approval file"):
        read_approval_file(path)


def test_read__nothing_there_or_a_folder__one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path / "missing", tmp_path, Path("a\0b")):
        with pytest.raises(ApprovalFileMalformed, match="is no approval file"):
            read_approval_file(path)


def test_read__cut_anywhere__refused(tmp_path: Path) -> None:
    path, whole = tmp_path / "x", render_approval_file(APPROVAL)
    for size in range(len(whole) - 2):
        path.write_bytes(whole[:size])
        with pytest.raises(ApprovalFileMalformed):
            read_approval_file(path)


@given(st.binary(max_size=200), st.integers(0, 600), st.integers(0, 255))
def test_parse__any_bytes_or_one_changed__the_file_or_a_reason(other: bytes, at: int, byte: int) -> None:
    whole = bytearray(render_approval_file(APPROVAL))
    whole[at % len(whole)] = byte
    for found in (other, bytes(whole)):
        with suppress(UnfitError, InputError):
            parse_approval_file(found)
