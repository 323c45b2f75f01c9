"""A watcher's store in PostgreSQL, which several watchers on different machines may share."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import URL, Connection, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError

from verifier.errors import WatchStoreForeign, WatchStoreUnusable
from verifier.model.units import Timestamp
from verifier.store.watch_database import EngineDatabase
from verifier.store.watch_schema import VERSION

_CONNECT_SECONDS: Final = 10
# A watcher that stands still in the middle of a transaction must not keep the others waiting for ever.
_SETTINGS: Final = (
    "SET synchronous_commit = on",
    "SET statement_timeout = '60s'",
    "SET idle_in_transaction_session_timeout = '30s'",
    "SET TIME ZONE 'UTC'",
)
# Two watchers that start at once make the tables once. Any number that nobody else uses in this database.
_MIGRATION_LOCK: Final = 0x46535731


class PostgresDatabase(EngineDatabase):
    """One database, in the schema that its user finds first."""

    dialect = "postgresql"
    is_shared = True
    # All of it as it was at one moment.
    _reading_options = MappingProxyType({"isolation_level": "REPEATABLE READ", "postgresql_readonly": True})

    def __init__(self, address: str, *, is_visit: bool = False) -> None:
        """Connect; tables are made where there are none, and brought to this release's version.

        :param address: `postgresql://user:password@host/database`; what is missing is taken from libpq's environment
        :param is_visit: change no table
        :raises WatchStoreError: it cannot be reached, or is of a later version or of something else.
        """
        url = _url(address)
        engine = create_engine(
            url,
            connect_args={"connect_timeout": _CONNECT_SECONDS, "application_name": "fourth-signer watch"},
            pool_size=8,
            max_overflow=8,
            pool_pre_ping=True,
            hide_parameters=True,
        )
        super().__init__(engine, _name_of(url))
        event.listen(engine, "connect", _prepare)
        try:
            if is_visit:
                self.read(self._require_current)
            else:
                self.write(self._prepare_tables)
        except BaseException:
            self.close()
            raise

    def now(self, connection: Connection, _: Timestamp, /) -> int:
        """Return the database's own time: clocks of several machines differ."""
        found = connection.execute(text("SELECT floor(extract(epoch FROM clock_timestamp()))::bigint"))
        return int(found.scalar_one())

    def _found_version(self, connection: Connection) -> int:
        """Return the version of the tables; 0 where there are none."""
        tables = connection.execute(
            text(
                "SELECT table_name FROM information_schema.tables"
                " WHERE table_schema = current_schema() AND table_name LIKE 'watch\\_%'"
            )
        )
        names = set(tables.scalars())
        if not names:
            return 0
        if "watch_meta" not in names:
            why = "other tables in it are called `watch_...`"
            raise WatchStoreForeign(store=self.name, why=why)
        version = self.version_of(connection)
        self.require_known(version)
        return version

    def _prepare_tables(self, connection: Connection) -> None:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MIGRATION_LOCK})
        self.migrate(connection, self._found_version(connection))

    def _require_current(self, connection: Connection) -> None:
        version = self._found_version(connection)
        if version < VERSION:
            made = "there is no store in it yet" if version == 0 else "an older release made it"
            why = f"{made}; start this release's watcher on it once"
            raise WatchStoreUnusable(store=self.name, why=why)


def _url(address: str) -> URL:
    try:
        url = make_url(address)
    except (ArgumentError, ValueError) as exc:
        why = "its address should read postgresql://user@host/database"
        raise WatchStoreUnusable(store="PostgreSQL", why=why) from exc
    return url.set(drivername="postgresql+psycopg")


def _name_of(url: URL) -> str:
    """Return an address without any secret: a query may hold a password too, so only the host is taken from it."""
    query = {name: value for name, value in url.query.items() if name in ("host", "port")}
    shown = url.set(drivername="postgresql", query=query)
    return shown.render_as_string(hide_password=True)


def _prepare(connection: Any, _: Any) -> None:
    with connection.cursor() as cursor:
        for setting in _SETTINGS:
            cursor.execute(setting)
    connection.commit()
