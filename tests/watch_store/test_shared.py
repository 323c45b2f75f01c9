"""Several watchers on one PostgreSQL: each chain has one follower, and each delivery one who sends it."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, text

from tests.watch_store.sharer import EACH
from tests.watch_store.stores import open_place
from tests.watch_store.story import CHAIN, OTHER, at, happening, look
from verifier.audit.chain import HashChain
from verifier.errors import ChainLeased, WatchStoreCorrupt, WatchStoreFull, WatchStoreUnusable
from verifier.model.finding import Severity
from verifier.model.text import Shown
from verifier.model.units import BlockNumber
from verifier.model.watching import WatchStep
from verifier.store.watch_database import EngineDatabase
from verifier.store.watch_store import DatabaseWatchStore

SECONDS = 300


@contextmanager
def sharer(
    address: str, sink: Path, last: int, *, claim: int, manner: tuple[str, str]
) -> Iterator[subprocess.Popen[str]]:
    arguments = [address, str(sink), sink.name, str(last), str(claim), *manner]
    command = [sys.executable, "-m", "tests.watch_store.sharer", *arguments]
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def begin(*processes: subprocess.Popen[str]) -> None:
    """Let them begin at the same time."""
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "open\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()


def raising(state: str) -> str:
    """Return a statement that PostgreSQL answers with an error of this kind."""
    return f"DO $$ BEGIN RAISE EXCEPTION 'so it is' USING ERRCODE = '{state}'; END $$"


@pytest.fixture
def store(database: str) -> Iterator[DatabaseWatchStore]:
    with open_place(database) as store:
        yield store


def told_by(*sinks: Path) -> Counter[str]:
    return Counter(line for sink in sinks if sink.exists() for line in sink.read_text().split())


# ---------------------------------------------------------------------------------------------------- Two processes


def test_two_watchers__many_deliveries__each_sent_once_and_both_at_work(
    database: str, tmp_path: Path
) -> None:
    last = 20
    one, two = tmp_path / "one", tmp_path / "two"
    with (
        sharer(database, one, last, claim=SECONDS, manner=("--peer", str(two))) as first,
        sharer(database, two, last, claim=SECONDS, manner=("--peer", str(one))) as second,
    ):
        begin(first, second)
        assert [first.wait(SECONDS), second.wait(SECONDS)] == [0, 0]
    told = told_by(one, two)
    assert len(told) == last * EACH
    assert set(told.values()) == {1}
    assert told_by(one)
    assert told_by(two)
    with open_place(database) as store:
        assert len(store.happenings(at(0), at(1 << 30), least=Severity.INFO)) == last * EACH
        assert len(store.blocks(CHAIN, BlockNumber(0))) == last
        store.with_audit(lambda records, head: HashChain().verify(records, head=head[1]))


def test_two_watchers__one_is_killed__the_other_takes_its_chain_and_nothing_is_lost(
    database: str, tmp_path: Path
) -> None:
    last = 20
    one, two = tmp_path / "one", tmp_path / "two"
    with (
        open_place(database) as store,
        sharer(database, one, last, claim=2, manner=("--halt", "11")) as first,
    ):
        begin(first)
        assert first.stdout
        assert first.stdout.readline() == "halted\n"
        # Not given a chance to give anything back.
        first.send_signal(signal.SIGKILL)
        first.wait(SECONDS)
        checkpoint = store.checkpoint(CHAIN)
        assert checkpoint is not None
        assert checkpoint.number < last
        # The other claims what was claimed before, a while after it was.
        with sharer(database, two, last, claim=2, manner=("--halt", "0")) as second:
            begin(second)
            assert second.wait(SECONDS) == 0
        told = told_by(one, two)
        assert len(told) == last * EACH
        # Only what was claimed when it was killed: two at a time.
        assert sum(told.values()) - len(told) <= 2
        kept = store.happenings(at(0), at(1 << 30), least=Severity.INFO)
        assert {each.happening.block for each in kept} == set(range(1, last + 1))
        store.with_audit(lambda records, head: HashChain().verify(records, head=head[1]))


def test_open__four_at_once_where_nothing_is__the_tables_are_made_once(database: str) -> None:
    with ThreadPoolExecutor(4) as threads:
        stores = list(threads.map(open_place, [database] * 4))
    for store in stores:
        store.close()
    with open_place(database) as store:
        # A record for each that started.
        assert store.with_audit(lambda records, head: HashChain().verify(records, head=head[1])) == 5


def test_claim__by_four_threads__each_delivery_to_one(store: DatabaseWatchStore) -> None:
    store.keep(look(1, *(happening(i, 1) for i in range(60))), now=at(0))

    def take(holder: str) -> list[str]:
        found: list[str] = []
        while given := store.claim("pager", holder, now=at(1), most=2):
            for delivery in given:
                store.delivered(delivery, now=at(1), reply=Shown("taken"))
                found.append(delivery.key)
        return found

    with ThreadPoolExecutor(4) as threads:
        taken = [key for keys in threads.map(take, "abcd") for key in keys]
    assert len(taken) == len(set(taken)) == 60


# ---------------------------------------------------------------------------------------------------------- Leases


def test_lease__clocks_of_two_machines_differ__the_database_decides(database: str) -> None:
    with open_place(database) as one, open_place(database) as two:
        assert one.lease_chain(CHAIN, "one", now=at(0), seconds=60)
        assert not two.lease_chain(CHAIN, "two", now=at(100_000), seconds=60)


def test_keep__after_another_took_the_chain__refused_and_nothing_kept(database: str) -> None:
    with open_place(database) as one, open_place(database) as two:
        assert one.lease_chain(CHAIN, "one", now=at(0), seconds=60)
        one.keep(look(1), now=at(1))
        with psycopg.connect(database) as connection:
            connection.execute("UPDATE watch_leases SET expires_at = 0")
        assert two.lease_chain(CHAIN, "two", now=at(0), seconds=60)
        two.keep(look(2), now=at(2))
        with pytest.raises(ChainLeased, match="two"):
            one.keep(look(3, happening(3, 3)), now=at(3))
        # What is about no block may be said by anybody.
        one.keep(WatchStep(chain_id=CHAIN), now=at(3))
        two.release_chain(CHAIN, "two")
        # Still: what it read is older than what the other kept.
        with pytest.raises(ChainLeased):
            one.keep(look(3), now=at(3))
        checkpoint = one.checkpoint(CHAIN)
        assert checkpoint is not None
        assert checkpoint.number == 2
        assert one.lease_chain(CHAIN, "one", now=at(0), seconds=60)
        one.keep(look(3), now=at(3))


def test_keep__a_chain_that_another_follows__refused_to_one_who_never_asked(database: str) -> None:
    with open_place(database) as one, open_place(database) as two:
        assert one.lease_chain(CHAIN, "one", now=at(0), seconds=60)
        with pytest.raises(ChainLeased):
            two.keep(look(1), now=at(0))
        two.keep(WatchStep(chain_id=OTHER, unwound_to=BlockNumber(0)), now=at(0))


def test_close__a_watcher_that_stops__its_chain_is_free_at_once(database: str) -> None:
    with open_place(database) as one:
        assert one.lease_chain(CHAIN, "one", now=at(0), seconds=3_600)
    with open_place(database) as two:
        assert two.lease_chain(CHAIN, "two", now=at(0), seconds=60)


# ---------------------------------------------------------------------------------------------------------- Claims


def test_claim__a_happening_that_another_is_telling__its_retraction_waits(database: str) -> None:
    with open_place(database) as one, open_place(database) as two:
        one.keep(look(5, happening(1, 5)), now=at(0))
        (alert,) = one.claim("pager", "one", now=at(1), most=9)
        one.keep(look(7, unwound_to=BlockNumber(4), fork=1), now=at(2))
        assert two.claim("pager", "two", now=at(3), most=9) == ()
        one.failed(alert, now=at(4), why=Shown("busy"), retry_at=at(4))
        (retraction,) = two.claim("pager", "two", now=at(5), most=9)
        assert retraction.key.endswith(":retraction")


# --------------------------------------------------------------------------------------------------- What goes wrong


def test_read__every_connection_was_cut__connects_again(store: DatabaseWatchStore, database: str) -> None:
    store.keep(look(1), now=at(1))
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND application_name = 'fourth-signer watch'"
        )
    assert store.checkpoint(CHAIN) is not None


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ann:hunter2@127.0.0.1:1/watch",
        "postgresql://ann@127.0.0.1:1/watch?password=hunter2",
        "postgresql://ann:hunter2@:port/watch",
        "postgresql://ann:hunter2@127.0.0.1:1/watch?nothing=of the kind",
    ],
)
def test_open__no_server__said_without_the_password(address: str) -> None:
    with pytest.raises(WatchStoreUnusable) as caught:
        open_place(address)
    assert "hunter2" not in str(caught.value)
    assert ":port" in address or "127.0.0.1:1/watch" in str(caught.value)


@pytest.mark.parametrize(
    ("state", "kind"),
    [("53100", WatchStoreFull), ("XX001", WatchStoreCorrupt), ("42501", WatchStoreUnusable)],
)
def test_write__what_the_server_answers__said_and_nothing_kept(
    store: DatabaseWatchStore, state: str, kind: type[Exception]
) -> None:
    def work(connection: Connection) -> None:
        connection.execute(text("DELETE FROM watch_meta"))
        connection.exec_driver_sql(raising(state))

    with pytest.raises(kind, match="so it is"):
        store._database.write(work)
    assert isinstance(store._database, EngineDatabase)
    assert store._database.read(store._database.version_of)


def test_write__two_were_in_each_others_way__done_again(store: DatabaseWatchStore) -> None:
    tries: list[int] = []

    def work(connection: Connection) -> int:
        tries.append(1)
        if len(tries) < 3:
            connection.exec_driver_sql(raising("40P01"))
        return len(tries)

    assert store._database.write(work) == 3
