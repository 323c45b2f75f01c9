"""Stores of older releases: brought to this one's tables whole, or not at all."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import inspect, select

from tests.watch_store.asking import claim
from tests.watch_store.stores import open_file, open_place
from tests.watch_store.story import CHAIN, VAULT, at, rich_happening
from verifier.audit.chain import HashChain
from verifier.errors import WatchStoreForeign, WatchStoreNewer, WatchStoreUnusable
from verifier.model.finding import Severity
from verifier.store import watch_database
from verifier.store.watch_database import EngineDatabase
from verifier.store.watch_postgres import PostgresDatabase
from verifier.store.watch_schema import STEPS, VERSION, statements
from verifier.store.watch_store import DatabaseWatchStore
from verifier.store.watch_tables import METADATA

VECTORS = Path(__file__).parents[1] / "vectors"


def old_store(path: Path, version: int) -> Path:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript((VECTORS / f"watch-store-{version}.sql").read_text())
    return path


def version_of(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        (found,) = connection.execute("SELECT value FROM watch_meta WHERE name = 'version'").fetchone()
    return int(found)


def columns(store: DatabaseWatchStore) -> dict[str, set[str]]:
    assert isinstance(store._database, EngineDatabase)
    found = inspect(store._database.engine)
    return {name: {column["name"] for column in found.get_columns(name)} for name in found.get_table_names()}


OWN_COLUMNS = {table.name: {column.name for column in table.columns} for table in METADATA.tables.values()}


def test_vectors__of_every_older_version__one_store() -> None:
    found = {path.name for path in VECTORS.glob("watch-store-*.sql")}
    assert found == {f"watch-store-{version}.sql" for version in range(1, VERSION)}
    assert len(STEPS) == VERSION


@pytest.mark.parametrize("version", range(1, VERSION))
def test_open__a_store_of_an_older_version__all_of_it_there(tmp_path: Path, version: int) -> None:
    path = old_store(tmp_path / "watch.sqlite3", version)
    assert version_of(path) == version
    with open_file(path) as store:
        assert columns(store).items() >= OWN_COLUMNS.items()
        checkpoint = store.checkpoint(CHAIN)
        assert checkpoint is not None
        assert checkpoint.number == 2
        assert store.facts(CHAIN, VAULT)["seat/1"].nth == 2
        kept = store.happenings(at(0), at(9), least=Severity.INFO)
        assert [each.acknowledged_by for each in kept] == ["ann", None, None]
        assert kept[2].happening == rich_happening()
        assert [each.happening and each.happening.subject for each in claim(store)] == [
            "operation/1",
            "operation/7",
        ]
        store.with_audit(lambda records, head: HashChain().verify(records, head=head[1]))
    assert version_of(path) == VERSION


def test_visit__a_store_of_an_older_version__said_and_not_changed(tmp_path: Path) -> None:
    path = old_store(tmp_path / "watch.sqlite3", 1)
    with pytest.raises(WatchStoreUnusable, match="older release"):
        open_file(path, is_visit=True)
    assert version_of(path) == 1


def test_open__a_step_that_fails_half_way__the_store_is_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = old_store(tmp_path / "watch.sqlite3", 1)

    def broken(version: int, dialect: str) -> tuple[str, ...]:
        return (*statements(version, dialect), "CREATE TABLE watch_half (a TEXT)", "NO SUCH STATEMENT")

    with monkeypatch.context() as patch:
        patch.setattr(watch_database, "statements", broken)
        with pytest.raises(WatchStoreUnusable):
            open_file(path)
    assert version_of(path) == 1
    open_file(path).close()
    assert version_of(path) == VERSION


def test_tables__as_they_are_asked__those_that_are_made(tmp_path: Path, database: str) -> None:
    with open_file(tmp_path / "watch.sqlite3") as store:
        found = columns(store)
        found.pop("sqlite_sequence", None)
        assert found == OWN_COLUMNS
    with open_place(database) as store:
        assert columns(store) == OWN_COLUMNS


@pytest.mark.parametrize("version", range(1, VERSION))
def test_open__postgres_of_an_older_version__brought_to_this_one(
    database: str, tmp_path: Path, version: int
) -> None:
    with psycopg.connect(database) as connection:
        for step in range(1, version + 1):
            for statement in statements(step, "postgresql"):
                connection.execute(statement.encode())
        # The same rows as in the file of that version.
        with closing(sqlite3.connect(old_store(tmp_path / "old", version))) as old:
            for table in METADATA.sorted_tables:
                names = [column.name for column in table.columns]
                rows = old.execute(str(select(*table.columns))).fetchall()
                places = ", ".join(["%s"] * len(names))
                insert = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({places})"  # noqa: S608
                with connection.cursor() as cursor:
                    cursor.executemany(insert.encode(), rows)
    with open_place(database) as store:
        assert columns(store).items() >= OWN_COLUMNS.items()
        kept = store.happenings(at(0), at(9), least=Severity.INFO)
        assert kept[2].happening == rich_happening()
        store.with_audit(lambda records, head: HashChain().verify(records, head=head[1]))


def test_open__postgres_of_a_later_release__refused(database: str) -> None:
    open_place(database).close()
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE watch_meta SET value = '99' WHERE name = 'version'")
    with pytest.raises(WatchStoreNewer):
        open_place(database)


def test_open__postgres_with_tables_of_somebody_else__refused(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("CREATE TABLE watch_movies (name TEXT)")
    with pytest.raises(WatchStoreForeign):
        open_place(database)


def test_visit__postgres_without_a_store__said_and_nothing_made(database: str) -> None:
    with pytest.raises(WatchStoreUnusable, match="no store in it yet"):
        PostgresDatabase(database, is_visit=True)
    with psycopg.connect(database) as connection:
        found = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()")
        assert found.fetchone() == (0,)
