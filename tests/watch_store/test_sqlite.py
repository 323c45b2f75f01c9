"""The store in one SQLite file: the contract, and that it does not read all of it for each question."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from tests.watch_store.contract import WatchStoreContract
from tests.watch_store.stores import open_file
from tests.watch_store.story import at, happening, look
from verifier.model.finding import Severity
from verifier.model.units import BlockNumber
from verifier.store.watch_database import EngineDatabase
from verifier.store.watch_store import DatabaseWatchStore


class TestSqlite(WatchStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> Iterator[DatabaseWatchStore]:
        with open_file(tmp_path / "watch.sqlite3") as store:
            yield store


@pytest.mark.parametrize(
    ("index", "ask"),
    [
        ("watch_happenings_open", lambda store: store.open_episodes(least=Severity.INFO)),
        ("watch_happenings_unconfirmed", lambda store: store.keep(look(9, final=BlockNumber(8)), now=at(9))),
        ("watch_happenings_by_time", lambda store: store.happenings(at(0), at(9), least=Severity.INFO)),
        ("watch_outbox_waiting", lambda store: store.claim("pager", "me", now=at(9), most=1)),
        ("watch_outbox_danger", lambda store: store.claim("pager", "me", now=at(9), most=1)),
        ("watch_outbox_waiting", lambda store: store.health(now=at(9))),
        ("watch_outbox_by_happening", lambda store: store.claim("pager", "me", now=at(9), most=1)),
        ("watch_facts_by_block", lambda store: store.keep(look(9, unwound_to=BlockNumber(1)), now=at(9))),
    ],
)
def test_ask__what_is_asked_all_the_time__from_its_index(
    tmp_path: Path, index: str, ask: Callable[[DatabaseWatchStore], object]
) -> None:
    plans: list[str] = []

    def explain(connection: Any, cursor: Any, statement: str, parameters: Any, *_: object) -> None:
        if (
            statement.startswith(("SELECT", "UPDATE", "DELETE"))
            and parameters
            and not isinstance(parameters, list)
        ):
            rows = connection.connection.cursor().execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[3] for row in rows)

    with open_file(tmp_path / "watch.sqlite3") as store:
        store.keep(look(1, happening(1, 1)), now=at(1))
        assert isinstance(store._database, EngineDatabase)
        event.listen(store._database.engine, "before_cursor_execute", explain)
        ask(store)
    assert any(index in plan for plan in plans), plans
