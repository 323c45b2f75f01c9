"""What a client remembers of its vaults: what was noted comes back, and a file that is no memory is left alone."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from verifier.decode.operations import encode_propose
from verifier.errors import MemoryUnusable
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.history import NO_HISTORY
from verifier.model.operation import Call, Operation
from verifier.model.simulation import Touched
from verifier.model.units import ChainId, LaneIndex, OperationId, Sequence, Timestamp, Wei
from verifier.ports import Memory
from verifier.sign.typed import id_of
from verifier.store import memory_file
from verifier.store.memory import FileMemory
from verifier.store.place import memory_path

CHAIN = ChainId((1 << 64) - 1)
VAULT, OTHER = Address(b"\xaa" * 20), Address(b"\xbb" * 20)
ANN, BOB = Address(b"\x01" * 20), Address(b"\x02" * 20)
FIRST, SECOND = OperationId(b"\x11" * 32), OperationId(b"\x22" * 32)
TOKEN = Touched(address=ANN, code_hash=b"\x33" * 32)
PROXY = Touched(address=BOB, code_hash=b"\x44" * 32, implementation=ANN, evidence=Evidence.PROVEN)
OPERATION = Operation(
    calls=(Call(target=ANN, value=Wei(5), data=b"\x01\x02"), Call(target=BOB, value=Wei(0), data=b"")),
    lane=LaneIndex(9),
    sequence=Sequence(3),
    approve_by=Timestamp(1_800_000_000),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "memory.sqlite3"


@pytest.fixture
def memory(path: Path) -> Memory:
    return FileMemory(path)


def execute(
    memory: Memory, at: int, *accounts: Address, evidence: Evidence = Evidence.PROVEN, sequence: int = 3
) -> OperationId:
    operation = replace(OPERATION, sequence=Sequence(sequence))
    memory.note_executed(
        CHAIN, VAULT, operation, executed_at=Timestamp(at), counterparties=accounts, evidence=evidence
    )
    return id_of(operation)


# ------------------------------------------------------------------------------------------------------- What is noted


def test_history__nothing_noted__nothing_and_no_file(memory: Memory, path: Path) -> None:
    assert memory.history(CHAIN, VAULT) == NO_HISTORY
    assert not path.exists()


def test_note_review__twice__the_first_look_stays(memory: Memory, path: Path) -> None:
    memory.note_review(CHAIN, VAULT, FIRST, [PROXY, TOKEN])
    memory.note_review(CHAIN, VAULT, FIRST, [TOKEN])
    history = FileMemory(path).history(CHAIN, VAULT)
    assert history.touched_at_review == {FIRST: (TOKEN, PROXY)}
    assert [one.evidence for one in history.touched_at_review[FIRST]] == [Evidence.CLAIMED, Evidence.PROVEN]
    assert history.touched_at_signing == {}
    assert history.touched == history.touched_at_review


def test_note_signing__twice__the_last_look_stays_beside_the_review(memory: Memory) -> None:
    memory.note_review(CHAIN, VAULT, FIRST, [TOKEN])
    memory.note_review(CHAIN, VAULT, SECOND, [PROXY])
    memory.note_signing(CHAIN, VAULT, FIRST, [TOKEN, PROXY])
    memory.note_signing(CHAIN, VAULT, FIRST, [PROXY])
    history = memory.history(CHAIN, VAULT)
    assert history.touched_at_review == {FIRST: (TOKEN,), SECOND: (PROXY,)}
    assert history.touched_at_signing == {FIRST: (PROXY,)}
    assert history.touched == {FIRST: (PROXY,), SECOND: (PROXY,)}


def test_note_review__touches_nothing__noted_as_such(memory: Memory) -> None:
    memory.note_review(CHAIN, VAULT, FIRST, [])
    memory.note_review(CHAIN, VAULT, FIRST, [TOKEN])
    assert memory.history(CHAIN, VAULT).touched_at_review == {FIRST: ()}


def test_note_identities__two_for_one_place__both_with_their_best_evidence(memory: Memory) -> None:
    place = (LaneIndex(9), Sequence(3))
    memory.note_identities(CHAIN, VAULT, [(*place, FIRST)], evidence=Evidence.PROVEN)
    memory.note_identities(CHAIN, VAULT, [(*place, FIRST), (*place, SECOND)], evidence=Evidence.CLAIMED)
    memory.note_identities(CHAIN, VAULT, [], evidence=Evidence.CLAIMED)
    history = memory.history(CHAIN, VAULT)
    assert history.identities == {place: frozenset({FIRST, SECOND})}
    assert history.identity_evidence == {FIRST: Evidence.PROVEN, SECOND: Evidence.CLAIMED}


def test_note_identities__ever_new_ones_claimed__bounded_and_the_proven_one_is_there(memory: Memory) -> None:
    place = (LaneIndex(9), Sequence(3))
    for i in range(100):
        identity = (*place, OperationId(i.to_bytes(32, "big")))
        memory.note_identities(CHAIN, VAULT, [identity], evidence=Evidence.CLAIMED)
    memory.note_identities(CHAIN, VAULT, [(*place, FIRST)], evidence=Evidence.PROVEN)
    history = memory.history(CHAIN, VAULT)
    assert len(history.identities[place]) == 17
    assert history.identity_evidence[FIRST] is Evidence.PROVEN


def test_note_executed__proven__its_bytes_and_counterparties_with_the_first_time(memory: Memory) -> None:
    later = execute(memory, 2_000, ANN, BOB, sequence=4)
    earlier = execute(memory, 1_000, ANN)
    history = memory.history(CHAIN, VAULT)
    assert history.counterparties == {ANN: 1_000, BOB: 2_000}
    assert [past.operation_id for past in history.executed] == [later, earlier]
    assert history.executed[1].operation == OPERATION
    assert [past.evidence for past in history.executed] == [Evidence.PROVEN] * 2


@pytest.mark.parametrize("evidence", [Evidence.CLAIMED, Evidence.AGREED])
def test_note_executed__less_than_proven__makes_nobody_known_until_it_is(
    memory: Memory, evidence: Evidence
) -> None:
    execute(memory, 1_000, ANN, evidence=evidence)
    history = memory.history(CHAIN, VAULT)
    assert history.counterparties == {}
    assert [(past.executed_at, past.evidence) for past in history.executed] == [(1_000, evidence)]
    execute(memory, 1_500, ANN)
    assert memory.history(CHAIN, VAULT).counterparties == {ANN: 1_500}
    # What is proven is not changed by a claim.
    execute(memory, 1, BOB, evidence=evidence)
    history = memory.history(CHAIN, VAULT)
    assert history.counterparties == {ANN: 1_500}
    assert [(past.executed_at, past.evidence) for past in history.executed] == [(1_500, Evidence.PROVEN)]


def test_note_executed__a_time_beyond_all_calendars__kept_as_the_last(memory: Memory) -> None:
    execute(memory, 1 << 200, evidence=Evidence.CLAIMED)
    assert memory.history(CHAIN, VAULT).executed[0].executed_at == (1 << 63) - 1


def test_history__many_executed__the_newest_ones_and_all_counterparties(memory: Memory) -> None:
    for i in range(5):
        execute(memory, i, Address(bytes([i + 1]) * 20), sequence=i)
    history = memory.history(CHAIN, VAULT, latest=3)
    assert [past.executed_at for past in history.executed] == [4, 3, 2]
    assert len(history.counterparties) == 5


def test_history__another_chain_or_vault__has_its_own(memory: Memory) -> None:
    memory.note_review(CHAIN, VAULT, FIRST, [TOKEN])
    execute(memory, 1_000, ANN)
    memory.note_identities(CHAIN, VAULT, [(LaneIndex(1), Sequence(1), FIRST)], evidence=Evidence.PROVEN)
    assert memory.history(CHAIN, OTHER) == NO_HISTORY
    assert memory.history(ChainId(1), VAULT) == NO_HISTORY


calls = st.builds(
    Call,
    target=st.binary(min_size=20, max_size=20).map(Address),
    value=st.integers(0, (1 << 256) - 1).map(Wei),
    data=st.binary(max_size=100),
)
operations = st.builds(
    Operation,
    calls=st.lists(calls, max_size=4).map(tuple),
    lane=st.integers(0, (1 << 16) - 1).map(LaneIndex),
    sequence=st.integers(0, (1 << 32) - 1).map(Sequence),
    approve_by=st.integers(0, (1 << 40) - 1).map(Timestamp),
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(operations)
def test_note_executed__any_operation__comes_back_as_it_was(tmp_path: Path, operation: Operation) -> None:
    memory = FileMemory(tmp_path / f"{id_of(operation).hex()}.sqlite3")
    memory.note_executed(
        CHAIN, VAULT, operation, executed_at=Timestamp(7), counterparties=[], evidence=Evidence.PROVEN
    )
    (past,) = memory.history(CHAIN, VAULT).executed
    assert past.operation == operation


# ------------------------------------------------------------------------------------------------------------ The file


def test_file__made__for_its_owner_only_and_alone(memory: Memory, path: Path) -> None:
    memory.note_review(CHAIN, VAULT, FIRST, [TOKEN])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


def test_file__open_to_others__closed_to_them(memory: Memory, path: Path) -> None:
    memory.note_review(CHAIN, VAULT, FIRST, [TOKEN])
    path.chmod(0o666)
    memory.history(CHAIN, VAULT)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def empty(path: Path) -> None:
    path.write_bytes(b"")


def overwritten(path: Path) -> None:
    path.write_bytes(b"not a database at all, whatever its name says" * 100)


def truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5_000])


def garbled(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4_096:] = bytes(len(content) - 4_096)
    path.write_bytes(bytes(content))


def of_something_else(path: Path) -> None:
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
        connection.commit()


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 2")
        connection.commit()


def without_a_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DROP TABLE counterparties")
        connection.commit()


def other_bytes(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE executed SET operation = x'00'")
        connection.commit()


def other_evidence(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute("UPDATE identities SET evidence = 9")
        connection.commit()


def endless_view(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "DROP TABLE identities; CREATE VIEW identities AS WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1"
            " FROM c) SELECT '1' AS chain, x'' AS vault, n AS lane, n AS sequence, x'' AS id, 2 AS evidence FROM c;"
        )


def triggered(path: Path) -> None:
    """Make every note of an operation forget another one."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "CREATE TRIGGER forget AFTER INSERT ON looks BEGIN DELETE FROM identities; DELETE FROM executed; END;"
        )


def unchecked(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(
            "DROP TABLE identities; CREATE TABLE identities (chain, vault, lane, sequence, id, evidence);"
        )


def huge_value(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE executed SET operation = zeroblob(200000000)")
        connection.commit()


def test_history__of_bytes_that_were_changed_after_they_were_read__is_refused(
    memory: Memory, path: Path
) -> None:
    execute(memory, 1_000, ANN)
    assert memory.history(CHAIN, VAULT).executed[0].operation == OPERATION
    changed = replace(OPERATION, approve_by=Timestamp(OPERATION.approve_by + 1))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE executed SET operation = ?", (encode_propose(changed),))
        connection.commit()
    with pytest.raises(MemoryUnusable):
        memory.history(CHAIN, VAULT)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE executed SET operation = ?", (encode_propose(OPERATION),))
        connection.commit()
    assert memory.history(CHAIN, VAULT).executed[0].operation == OPERATION


@pytest.mark.parametrize(
    ("harm", "why"),
    [
        (empty, "a file of something else, or was emptied"),
        (overwritten, "damaged"),
        (truncated, "damaged"),
        (garbled, "damaged"),
        (of_something_else, "a file of something else"),
        (newer, "it has version 2, and this program reads version 1"),
        (without_a_table, "damaged"),
        (endless_view, "damaged"),
        (triggered, "damaged"),
        (unchecked, "damaged"),
        (huge_value, "damaged"),
        (other_bytes, "damaged"),
        (other_evidence, "damaged"),
    ],
)
def test_file__no_memory_of_this_version__one_sentence_and_left_as_it_is(
    path: Path, harm: Callable[[Path], None], why: str
) -> None:
    memory: Memory = FileMemory(path)
    memory.note_identities(CHAIN, VAULT, [(LaneIndex(1), Sequence(1), FIRST)], evidence=Evidence.PROVEN)
    execute(memory, 1_000, ANN)
    harm(path)
    before = path.read_bytes()
    with pytest.raises(MemoryUnusable) as unusable:
        FileMemory(path).history(CHAIN, VAULT)
    assert why in str(unusable.value)
    assert str(path) in str(unusable.value)
    if harm not in (other_bytes, huge_value):
        with pytest.raises(MemoryUnusable):
            FileMemory(path).note_review(CHAIN, VAULT, FIRST, [TOKEN])
    assert path.read_bytes() == before or harm in (other_bytes, huge_value)
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("kind", ["folder", "pipe"])
def test_file__no_regular_file__said_so(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "memory.sqlite3"
    if kind == "folder":
        path.mkdir()
    else:
        os.mkfifo(path)
    with pytest.raises(MemoryUnusable, match="no regular file"):
        FileMemory(path).history(CHAIN, VAULT)


@pytest.mark.parametrize("name", ["a\0b", "file/memory.sqlite3", "x" * 300])
def test_file__path_that_is_none__said_so(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("no folder")
    memory = FileMemory(tmp_path / name)
    with pytest.raises(MemoryUnusable, match="cannot be read or written"):
        memory.note_review(CHAIN, VAULT, FIRST, [])


def test_note__another_program_holds_the_file__said_so_and_nothing_lost(
    memory: Memory, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    memory.note_review(CHAIN, VAULT, FIRST, [TOKEN])
    monkeypatch.setattr(memory_file, "BUSY_SECONDS", 0.05)
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN EXCLUSIVE")
        with pytest.raises(MemoryUnusable, match="another program is using it"):
            memory.note_review(CHAIN, VAULT, SECOND, [TOKEN])
    memory.note_review(CHAIN, VAULT, SECOND, [TOKEN])
    assert memory.history(CHAIN, VAULT).touched_at_review.keys() == {FIRST, SECOND}


def test_note__fails_in_the_middle__nothing_of_it_is_there(memory: Memory) -> None:
    wrong = replace(PROXY, code_hash=b"short")
    with pytest.raises(sqlite3.IntegrityError):
        memory.note_review(CHAIN, VAULT, FIRST, [TOKEN, wrong])
    assert memory.history(CHAIN, VAULT) == NO_HISTORY


WRITER = """
import sys
from pathlib import Path
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.units import ChainId, LaneIndex, OperationId, Sequence
from verifier.store.memory import FileMemory

path, seed = Path(sys.argv[1]), int(sys.argv[2])
memory = FileMemory(path)
print("ready", flush=True)
sys.stdin.readline()
for i in range(30):
    identity = (LaneIndex(seed), Sequence(i), OperationId(bytes([seed]) * 32))
    memory.note_identities(ChainId(1), Address(bytes([1]) * 20), [identity], evidence=Evidence.AGREED)
"""


def test_note__two_processes_at_once_from_the_first_moment_on__all_is_there(path: Path) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(path), str(seed)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in (1, 2)
    ]
    try:
        for writer in writers:
            assert writer.stdout
            assert writer.stdout.readline() == "ready\n"
        for writer in writers:
            assert writer.stdin
            writer.stdin.write("go\n")
            writer.stdin.flush()
        assert [writer.wait(timeout=300) for writer in writers] == [0, 0]
    finally:
        for writer in writers:
            writer.kill()
            writer.communicate()
    identities = FileMemory(path).history(ChainId(1), Address(b"\x01" * 20)).identities
    assert identities.keys() == {(seed, i) for seed in (1, 2) for i in range(30)}


def test_memory_path__configuration_chosen__beside_it() -> None:
    environment = {"FOURTH_SIGNER_CONFIG": "/e/c.toml", "XDG_STATE_HOME": "/x"}
    assert memory_path("/g/own.toml", environment) == Path("/g/own.memory.sqlite3")
    assert memory_path(None, environment) == Path("/e/c.memory.sqlite3")


def test_memory_path__nothing_chosen__where_programs_keep_their_state(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", "/h")
    assert memory_path(None, {"XDG_STATE_HOME": "/x"}) == Path("/x/fourth-signer/memory.sqlite3")
    for environment in ({}, {"XDG_STATE_HOME": "not/absolute"}):
        assert memory_path(None, environment) == Path("/h/.local/state/fourth-signer/memory.sqlite3")
