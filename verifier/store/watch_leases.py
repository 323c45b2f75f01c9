"""Which watcher follows which chain, where several share a store."""

from __future__ import annotations

from sqlalchemy import Connection, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from verifier.errors import ChainLeased
from verifier.model.units import ChainId
from verifier.store.watch_tables import LEASES


def lease(connection: Connection, chain_id: ChainId, holder: str, *, clock: int, seconds: int) -> bool:
    """Take or renew a chain's lease; False while another holder has it."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(LEASES).values(chain=str(chain_id), holder=holder, expires_at=clock + seconds)
    taken = connection.execute(
        statement.on_conflict_do_update(
            index_elements=["chain"],
            set_={"holder": statement.excluded.holder, "expires_at": statement.excluded.expires_at},
            where=or_(LEASES.c.holder == holder, LEASES.c.expires_at <= clock),
        ).returning(LEASES.c.holder)
    )
    return taken.first() is not None


def release(connection: Connection, chain_id: ChainId, holder: str) -> None:
    """Let others have a chain. Who had it last stays known, so that nobody who had it before keeps a step of then."""
    connection.execute(
        update(LEASES).where(LEASES.c.chain == str(chain_id), LEASES.c.holder == holder).values(expires_at=0)
    )


def require_lease(
    connection: Connection, chain_id: ChainId, holder: str | None, *, clock: int, store: str
) -> None:
    """Refuse whoever does not follow a chain any more: what they read may be older than what is kept.

    :param holder: who asks; None where they never asked for the chain
    :raises ChainLeased: another one follows it, or followed it last.
    """
    row = connection.execute(select(LEASES).where(LEASES.c.chain == str(chain_id))).one_or_none()
    if row is None or row.holder == holder:
        return
    if holder is not None or row.expires_at > clock:
        raise ChainLeased(store=store, chain_id=int(chain_id), holder=row.holder)
