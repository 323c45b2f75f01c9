"""The file of a store, who may have it, and a disk that is full."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import event

from tests.watch_store.files import fill
from tests.watch_store.stores import open_file
from tests.watch_store.story import CHAIN, VAULT, at, fact, happening, look
from verifier.errors import (
    WatchStoreFull,
    WatchStoreLocked,
    WatchStoreUnusable,
)
from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.model.watching import WatchStep
from verifier.store.watch_database import EngineDatabase


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "watch.sqlite3"


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
