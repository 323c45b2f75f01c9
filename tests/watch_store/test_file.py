"""What may be wrong with the file, and with the disk under it. Whatever it is, nothing is overwritten."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event

from tests.watch_store.stores import open_file
from tests.watch_store.story import CHAIN, VAULT, at, fact, happening, log, look
from verifier.errors import (
    WatchStoreCorrupt,
    WatchStoreError,
    WatchStoreForeign,
    WatchStoreFull,
    WatchStoreLocked,
    WatchStoreNewer,
    WatchStoreUnusable,
)
from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.model.units import BlockNumber
from verifier.model.watching import WatchStep
from verifier.store.watch_database import EngineDatabase
from verifier.store.watch_store import DatabaseWatchStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "watch.sqlite3"


def fill(path: Path, steps: int = 20) -> None:
    with open_file(path) as store:
        for i in range(1, steps + 1):
            step = look(i, happening(i, i), events=(log(i),), facts=(fact("seat/1", "x" * 200 + str(i), i),))
            store.keep(step, now=at(i))


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement)
        connection.commit()


def refused(path: Path, kind: type[WatchStoreError]) -> str:
    """Return what is said of a file that is not opened, and is as it was afterwards."""
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(kind):
        open_file(path, is_visit=True)
    with pytest.raises(kind) as caught:
        open_file(path)
    assert (path.read_bytes() if path.is_file() else b"") == before
    return str(caught.value)


# ------------------------------------------------------------------------------------------------------------ The file


def test_open__where_nothing_is__a_file_for_its_owner_only(path: Path) -> None:
    mask = os.umask(0)
    with open_file(path):
        os.umask(mask)
        assert sorted(each.name for each in path.parent.iterdir()) == [
            "watch.sqlite3",
            "watch.sqlite3-shm",
            "watch.sqlite3-wal",
            "watch.sqlite3.lock",
        ]
        assert {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()} == {0o600}
    assert sorted(each.name for each in path.parent.iterdir()) == ["watch.sqlite3", "watch.sqlite3.lock"]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_open__a_file_that_others_may_read__closed_to_them(path: Path) -> None:
    fill(path, 1)
    path.chmod(0o644)
    open_file(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_connect__every_connection__syncs_each_transaction(path: Path) -> None:
    with open_file(path) as store:
        assert isinstance(store._database, EngineDatabase)
        for raw in [store._database.engine.raw_connection() for _ in range(2)]:
            with closing(raw), closing(raw.cursor()) as cursor:
                assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)
                assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)


# ----------------------------------------------------------------------------------------------------- Two processes


def test_open__while_another_process_has_it__says_who_and_leaves(path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from tests.watch_store.stores import open_file\n"
        "store = open_file(Path(sys.argv[1])); print('open', flush=True); sys.stdin.read()"
    )
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", program, str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root
    ) as other:
        assert other.stdout
        assert other.stdout.readline() == "open\n"
        with pytest.raises(WatchStoreLocked) as caught:
            open_file(path)
        assert f"process {other.pid}" in str(caught.value)
        # Killed, it holds nothing any more.
        other.kill()
    open_file(path).close()


def test_open__by_another_name__the_same_lock(path: Path, tmp_path: Path) -> None:
    with open_file(path):
        link = tmp_path / "link.sqlite3"
        link.symlink_to(path)
        with pytest.raises(WatchStoreLocked):
            open_file(link)


def test_visit__beside_the_watcher__reads_and_acknowledges(path: Path) -> None:
    with open_file(path) as store:
        (kept,) = store.keep(look(1, happening(1, 1)), now=at(0))
        with open_file(path, is_visit=True) as visitor:
            assert visitor.open_episodes(least=Severity.INFO) == (kept,)
            visitor.acknowledge(kept.number, who=Shown("ann"), now=at(1))
        assert store.open_episodes(least=Severity.INFO) == ()
        assert store.lease_chain(CHAIN, "watcher", now=at(0), seconds=60)


def test_visit__where_no_store_is__said_and_nothing_made(path: Path) -> None:
    with pytest.raises(WatchStoreUnusable):
        open_file(path, is_visit=True)
    assert not path.parent.exists()


# ------------------------------------------------------------------------------------------------------------ Damage


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


# ---------------------------------------------------------------------------------------------------------- The disk


def test_keep__the_disk_is_full__nothing_of_it_kept_and_later_it_goes_on(path: Path) -> None:
    most = [0]

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        # What SQLite answers is what it answers where the disk has no room (SQLITE_FULL).
        connection.execute(f"PRAGMA max_page_count = {most[0] or 1 << 30}")

    with open_file(path) as store:
        assert isinstance(store._database, EngineDatabase)
        event.listen(store._database.engine, "checkout", limit)
        store.keep(look(1, happening(1, 1), facts=(fact("seat/1", "a", 1),)), now=at(1))
        head = store.audit_head()
        most[0] = 1
        big = tuple(fact(f"seat/{i}", "x" * 4_000, 2) for i in range(20))
        with pytest.raises(WatchStoreFull) as caught:
            store.keep(look(2, happening(2, 2), facts=big), now=at(2))
        assert "There is no room left" in str(caught.value)
        checkpoint = store.checkpoint(CHAIN)
        assert checkpoint is not None
        assert checkpoint.number == 1
        assert set(store.facts(CHAIN, VAULT)) == {"seat/1"}
        assert store.audit_head() == head
        assert len(store.claim("pager", "me", now=at(5), most=9)) == 1
        most[0] = 0
        assert len(store.keep(look(2, happening(2, 2), facts=big), now=at(2))) == 1
        assert len(store.facts(CHAIN, VAULT)) == 20


@pytest.mark.parametrize(
    "step",
    [look(1, happening(1, 1), happening(2, 1 << 64)), look(1, facts=(fact("seat/1", "\udc80", 1),))],
)
def test_keep__a_value_that_no_database_holds__said_and_nothing_kept(path: Path, step: WatchStep) -> None:
    with open_file(path) as store:
        head = store.audit_head()
        with pytest.raises(WatchStoreUnusable):
            store.keep(step, now=at(0))
        assert store.checkpoint(CHAIN) is None
        assert store.audit_head() == head


def test_keep__the_folder_cannot_be_written__said(path: Path) -> None:
    path.parent.mkdir()
    path.parent.joinpath("watch.sqlite3.lock").mkdir()
    with pytest.raises(WatchStoreUnusable):
        open_file(path)
    assert not path.exists()
