"""What this client remembers of its vaults, in a file of its own: the port Memory.

Whatever an endpoint said is kept with the evidence that there was for it. Nothing that was only claimed makes an
account known: counterparties are those of operations whose execution was proven.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from verifier.decode.operations import encode_propose, read_proposal
from verifier.errors import InputError
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.history import LATEST, NO_HISTORY, History, PastOperation
from verifier.model.operation import Operation
from verifier.model.simulation import Touched
from verifier.model.units import ChainId, LaneIndex, OperationId, Sequence, Timestamp
from verifier.sign.typed import id_of
from verifier.store.memory_file import MemoryFile

# Of one lane and sequence, with as good evidence. Two are an alarm, and whoever makes up ever new ones must not fill
# the disk, nor keep out what is proven.
_MOST_IDS: Final = 16
# SQLite's numbers end there; a claimed time may be anything.
_LAST: Final = (1 << 63) - 1

# So many operations need not be read and hashed anew: more than anybody asks for at once.
_MOST_READ: Final = 1_024

Key = tuple[str, bytes]
"""A chain and a vault, as they stand in the file."""
Moment = Literal["review", "signing"]


class FileMemory:
    """The memory in one file. Several processes may use it at once."""

    def __init__(self, path: Path) -> None:
        """Take the place of the file; it is made where something is noted for the first time."""
        self._file = MemoryFile(path)

    def history(self, chain_id: ChainId, vault: Address, *, latest: int = LATEST) -> History:
        """Return what was noted about a vault, with so many of the latest operations that were executed.

        :raises MemoryUnusable: the file is damaged, of something else, of another version, or cannot be read.
        """
        key = _key(chain_id, vault)
        with self._file.reading() as connection:
            if connection is None:
                return NO_HISTORY
            try:
                return self._history(connection, key, latest)
            except (InputError, TypeError, ValueError) as exc:
                self._file.refuse("it is damaged: what stands in it makes no sense", cause=exc)

    def _history(self, connection: sqlite3.Connection, key: Key, latest: int) -> History:
        at_review = self._touched(connection, key, "review")
        at_signing = self._touched(connection, key, "signing")
        identities, evidence = self._identities(connection, key)
        return History(
            counterparties=self._counterparties(connection, key),
            executed=self._executed(connection, key, latest),
            touched=MappingProxyType({**at_review, **at_signing}),
            touched_at_review=at_review,
            touched_at_signing=at_signing,
            identities=identities,
            identity_evidence=evidence,
        )

    def note_identities(
        self,
        chain_id: ChainId,
        vault: Address,
        identities: Iterable[tuple[LaneIndex, Sequence, OperationId]],
        *,
        evidence: Evidence,
    ) -> None:
        """Remember which operations stood in which lanes. What is known with better evidence stays so.

        :raises MemoryUnusable: the file cannot be used.
        """
        rows = [(*_key(chain_id, vault), *identity, int(evidence)) for identity in identities]
        if not rows:
            return
        with self._file.writing() as connection:
            for row in rows:
                connection.execute(
                    "INSERT INTO identities SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE"
                    " (SELECT count(*) FROM identities WHERE (chain, vault, lane, sequence) = (?1, ?2, ?3, ?4)"
                    "  AND evidence >= ?6 AND id <> ?5) < ?7"
                    " ON CONFLICT DO UPDATE SET evidence = max(evidence, excluded.evidence)",
                    (*row, _MOST_IDS),
                )

    def note_review(
        self, chain_id: ChainId, vault: Address, operation_id: OperationId, touched: Iterable[Touched]
    ) -> None:
        """Remember what an operation touches when it is looked at for the first time; later times change nothing.

        :raises MemoryUnusable: the file cannot be used.
        """
        self._note_look(_key(chain_id, vault), operation_id, "review", touched)

    def note_signing(
        self, chain_id: ChainId, vault: Address, operation_id: OperationId, touched: Iterable[Touched]
    ) -> None:
        """Remember what an operation touches when this signer signs it; who signs again has looked again.

        :raises MemoryUnusable: the file cannot be used.
        """
        self._note_look(_key(chain_id, vault), operation_id, "signing", touched)

    def note_executed(
        self,
        chain_id: ChainId,
        vault: Address,
        operation: Operation,
        *,
        executed_at: Timestamp,
        counterparties: Iterable[Address],
        evidence: Evidence,
    ) -> None:
        """Remember that an operation was executed, and whom it paid or allowed to spend. What is known with better
        evidence stays so.

        :param evidence: that it was executed; its counterparties become known only where that is proven
        :raises MemoryUnusable: the file cannot be used.
        """
        row = (
            *_key(chain_id, vault),
            id_of(operation),
            encode_propose(operation),
            min(executed_at, _LAST),
            int(evidence),
        )
        with self._file.writing() as connection:
            connection.execute(
                "INSERT INTO executed (chain, vault, id, operation, executed_at, evidence) VALUES (?, ?, ?, ?, ?, ?)"
                " ON CONFLICT DO UPDATE SET evidence = excluded.evidence, executed_at = excluded.executed_at"
                " WHERE excluded.evidence > evidence",
                row,
            )
            if evidence is not Evidence.PROVEN:
                return
            found = connection.execute(
                "SELECT number FROM executed WHERE (chain, vault, id) = (?, ?, ?)", row[:3]
            )
            (number,) = found.fetchone()
            connection.executemany(
                "INSERT INTO counterparties VALUES (?, ?) ON CONFLICT DO NOTHING",
                [(number, bytes(account)) for account in counterparties],
            )

    def _note_look(
        self, key: Key, operation_id: OperationId, moment: Moment, touched: Iterable[Touched]
    ) -> None:
        with self._file.writing() as connection:
            if moment == "signing":
                connection.execute(
                    "DELETE FROM looks WHERE (chain, vault, id, moment) = (?, ?, ?, ?)",
                    (*key, operation_id, moment),
                )
            made = connection.execute(
                "INSERT INTO looks (chain, vault, id, moment) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (*key, operation_id, moment),
            )
            if made.rowcount != 1:
                return
            connection.executemany(
                "INSERT INTO touched VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [
                    (
                        made.lastrowid,
                        bytes(one.address),
                        one.code_hash,
                        None if one.implementation is None else bytes(one.implementation),
                        int(one.evidence),
                    )
                    for one in touched
                ],
            )

    def _touched(
        self, connection: sqlite3.Connection, key: Key, moment: Moment
    ) -> Mapping[OperationId, tuple[Touched, ...]]:
        rows = connection.execute(
            "SELECT id, address, code_hash, implementation, evidence FROM looks LEFT JOIN touched ON look = number"
            " WHERE (chain, vault, moment) = (?, ?, ?) ORDER BY number, address",
            (*key, moment),
        )
        found: dict[OperationId, list[Touched]] = {}
        for operation_id, address, code_hash, implementation, evidence in rows:
            entries = found.setdefault(OperationId(operation_id), [])
            if address is not None:
                entries.append(
                    Touched(
                        address=Address(address),
                        code_hash=code_hash,
                        implementation=None if implementation is None else Address(implementation),
                        evidence=Evidence(evidence),
                    )
                )
        return MappingProxyType({operation_id: tuple(entries) for operation_id, entries in found.items()})

    def _identities(
        self, connection: sqlite3.Connection, key: Key
    ) -> tuple[Mapping[tuple[int, int], frozenset[OperationId]], Mapping[OperationId, Evidence]]:
        rows = connection.execute(
            "SELECT lane, sequence, id, evidence FROM identities WHERE (chain, vault) = (?, ?)", key
        )
        ids: dict[tuple[int, int], set[OperationId]] = {}
        evidences: dict[OperationId, Evidence] = {}
        for lane, sequence, raw, evidence in rows:
            operation_id = OperationId(raw)
            ids.setdefault((lane, sequence), set()).add(operation_id)
            evidences[operation_id] = max(Evidence(evidence), evidences.get(operation_id, Evidence.CLAIMED))
        found = {place: frozenset(several) for place, several in ids.items()}
        return MappingProxyType(found), MappingProxyType(evidences)

    def _executed(self, connection: sqlite3.Connection, key: Key, latest: int) -> tuple[PastOperation, ...]:
        rows = connection.execute(
            "SELECT id, operation, executed_at, evidence FROM executed WHERE (chain, vault) = (?, ?)"
            " ORDER BY executed_at DESC, number DESC LIMIT ?",
            (*key, latest),
        )
        return tuple(self._past(*row) for row in rows)

    def _past(self, operation_id: bytes, data: bytes, executed_at: int, evidence: int) -> PastOperation:
        return PastOperation(
            operation_id=OperationId(operation_id),
            operation=_operation_of(operation_id, data),
            executed_at=Timestamp(executed_at),
            evidence=Evidence(evidence),
        )

    def _counterparties(self, connection: sqlite3.Connection, key: Key) -> Mapping[Address, Timestamp]:
        rows = connection.execute(
            "SELECT account, min(executed_at) FROM counterparties JOIN executed ON executed = number"
            " WHERE (chain, vault) = (?, ?) GROUP BY account",
            key,
        )
        return MappingProxyType({Address(account): Timestamp(first) for account, first in rows})


# The latest ones are read again and again, and the same bytes always have the same id.
@lru_cache(maxsize=_MOST_READ)
def _operation_of(operation_id: bytes, data: bytes) -> Operation:
    """Return the operation of these bytes, which must hash to that id."""
    operation = read_proposal(data)
    if operation is None or id_of(operation) != operation_id:
        raise ValueError("an operation does not hash to its id")
    return operation


def _key(chain_id: ChainId, vault: Address) -> Key:
    return str(chain_id), bytes(vault)
