"""Files that are damaged, or are no stores. Whatever it is, nothing is overwritten."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.watch_store.files import change, fill, refused
from tests.watch_store.stores import open_file
from tests.watch_store.story import CHAIN, VAULT, at, happening, look
from verifier.errors import (
    WatchStoreCorrupt,
    WatchStoreForeign,
    WatchStoreNewer,
)
from verifier.model.finding import Severity
from verifier.model.units import BlockNumber
from verifier.store.watch_store import DatabaseWatchStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "watch.sqlite3"


def test_open__bad_pages__refused_with_what_to_do(path: Path) -> None:
    fill(path)
    content = bytearray(path.read_bytes())
    for page in range(2, len(content) // 4096):
        content[page * 4096 : page * 4096 + 64] = os.urandom(64)
    path.write_bytes(content)
    assert "last good copy" in refused(path, WatchStoreCorrupt)


def test_open__cut_short__refused(path: Path) -> None:
    fill(path)
    path.write_bytes(path.read_bytes()[: 5 * 4096])
    refused(path, WatchStoreCorrupt)


@pytest.mark.parametrize("content", [b"", b"hello, world\n" * 1_000])
def test_open__no_database__refused(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    refused(path, WatchStoreCorrupt)


def test_open__a_folder__refused(path: Path) -> None:
    path.mkdir(parents=True)
    refused(path, WatchStoreForeign)


def test_open__a_database_of_something_else__refused(path: Path) -> None:
    path.parent.mkdir()
    change(path, "CREATE TABLE watch_meta (name TEXT, value TEXT)")
    refused(path, WatchStoreForeign)


def test_open__the_mark_in_the_file_is_another__refused(path: Path) -> None:
    fill(path, 1)
    change(path, "PRAGMA application_id = 1")
    refused(path, WatchStoreForeign)


def test_open__the_mark_in_the_table_is_another__refused(path: Path) -> None:
    fill(path, 1)
    change(path, "UPDATE watch_meta SET value = 'fourth-signer something' WHERE name = 'mark'")
    refused(path, WatchStoreForeign)


def test_open__of_a_later_release__refused(path: Path) -> None:
    fill(path, 1)
    change(path, "UPDATE watch_meta SET value = value + 1 WHERE name = 'version'")
    assert "newer release" in refused(path, WatchStoreNewer)


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE watch_leases",
        "DROP INDEX watch_facts_by_block",
        "CREATE TRIGGER slipped AFTER INSERT ON watch_outbox BEGIN DELETE FROM watch_outbox; END",
        "ALTER TABLE watch_facts ADD COLUMN more TEXT",
    ],
)
def test_open__tables_that_are_not_ours__refused(path: Path, statement: str) -> None:
    fill(path, 1)
    change(path, statement)
    refused(path, WatchStoreCorrupt)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM watch_audit WHERE number = (SELECT max(number) FROM watch_audit)",
        "DELETE FROM watch_audit WHERE number = (SELECT max(number) - 3 FROM watch_audit)",
        "UPDATE watch_audit SET body = '{}' WHERE number = (SELECT max(number) FROM watch_audit)",
        "UPDATE watch_audit SET at = at + 1 WHERE number = (SELECT max(number) - 2 FROM watch_audit)",
        "UPDATE watch_audit_head SET number = number - 1",
        "DELETE FROM watch_audit_head",
    ],
)
def test_open__the_end_of_the_audit_log_is_not_as_written__refused(path: Path, statement: str) -> None:
    fill(path)
    change(path, statement)
    refused(path, WatchStoreCorrupt)


@pytest.mark.parametrize(
    ("statement", "read"),
    [
        (
            "UPDATE watch_happenings SET body = '{\"kind\": 1}'",
            lambda store: store.open_episodes(least=Severity.INFO),
        ),
        (
            "UPDATE watch_happenings SET body = replace(body, 'Something', char(27) || '[2J')",
            lambda store: store.open_episodes(least=Severity.INFO),
        ),
        (
            "UPDATE watch_outbox SET parcel = 'present'",
            lambda store: store.claim("pager", "x", now=at(99), most=1),
        ),
        (
            "UPDATE watch_events SET emitter = x'00'",
            lambda store: store.events(CHAIN, BlockNumber(0), BlockNumber(9)),
        ),
        ("UPDATE watch_checkpoints SET chain = 'one'", lambda store: store.checkpoints()),
    ],
)
def test_read__rows_that_nobody_wrote__said_to_be_damaged(
    path: Path, statement: str, read: Callable[[DatabaseWatchStore], object]
) -> None:
    fill(path, 3)
    change(path, statement)
    with open_file(path) as store, pytest.raises(WatchStoreCorrupt):
        read(store)


def test_open__a_copy_of_a_damaged_store_put_back__goes_on(path: Path, tmp_path: Path) -> None:
    fill(path, 5)
    shutil.copy(path, tmp_path / "copy")
    path.write_bytes(b"damaged")
    refused(path, WatchStoreCorrupt)
    shutil.copy(tmp_path / "copy", path)
    with open_file(path) as store:
        assert store.facts(CHAIN, VAULT)["seat/1"].nth == 5


def test_open__a_copy_that_was_made_beside_the_watcher__goes_on_from_there(
    path: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.sqlite3"
    with open_file(path) as store:
        store.keep(look(1, happening(1, 1)), now=at(1))
        # As docs/watch-store.md has it.
        change(path, f"VACUUM INTO '{copy}'")
        store.keep(look(2, happening(2, 2)), now=at(2))
    with open_file(copy) as store:
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        assert [each.happening.block for each in store.open_episodes(least=Severity.INFO)] == [1]
        assert len(store.keep(look(2, happening(2, 2)), now=at(3))) == 1
