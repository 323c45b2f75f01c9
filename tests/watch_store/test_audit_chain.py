"""The links of the audit log: whatever is done to them, the first that is not right is named."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.watch_store.story import at
from verifier.audit.chain import GENESIS, HashChain, hash_of
from verifier.audit.export import read_export, write_export
from verifier.errors import AuditBroken, AuditUnwritable
from verifier.model.hash_chain import PROGRAM
from verifier.model.text import Shown
from verifier.model.units import Timestamp
from verifier.model.watching import AuditRecord

CHAIN = HashChain()


def written(count: int) -> list[AuditRecord]:
    """Return a log of so many records."""
    records: list[AuditRecord] = []
    for number in range(1, count + 1):
        records.append(
            CHAIN.seal(
                number=number,
                previous=records[-1].hash if records else GENESIS,
                at=at(number),
                origin=Shown("one machine"),
                identity=Shown('"ann"'),
                kind="happening",
                body={"z": number, "a": ["\u202e", None, True], "text": "it's \\ so"},
            )
        )
    return records


def broken_at(records: list[AuditRecord], head: bytes | None = None) -> int:
    with pytest.raises(AuditBroken) as caught:
        CHAIN.verify(records, head=head)
    return caught.value.number


def resealed(record: AuditRecord, previous: bytes | None = None) -> AuditRecord:
    """Return what whoever may write to the store would write: a record with the hash that fits it."""
    changed = replace(record, previous=record.previous if previous is None else previous)
    return replace(changed, hash=hash_of(changed))


# --------------------------------------------------------------------------------------------------------- Verifying


@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_verify__as_it_was_written__every_record(count: int) -> None:
    records = written(count)
    assert CHAIN.verify(records) == count
    for record in records:
        assert CHAIN.verify(records, head=record.hash) == count


def test_seal__known_values__their_hash_by_hand() -> None:
    (record,) = written(1)
    text = (
        '{"at":1772442001,"body":{"a":["\\u202e",null,true],"text":"it\'s \\\\ so","z":1},'
        '"domain":"fourth-signer audit 1","identity":"\\"ann\\"","kind":"happening","number":1,'
        '"origin":"one machine","previous":"0x' + "00" * 32 + '"}'
    )
    assert record.hash == hashlib.sha256(text.encode()).digest()
    assert json.loads(text)["body"]["z"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"at": Timestamp(5)},
        {"origin": Shown("another machine")},
        {"identity": Shown("ben")},
        {"kind": "delivery"},
        {"body": "{}"},
        {"body": '{"a": ["\\u202e",null,true],"text":"it\'s \\\\ so","z":3}'},
        {"body": "no json"},
        {"body": '{},"domain":"fourth-signer audit 1"'},
        {"hash": bytes(32)},
    ],
)
def test_verify__one_is_changed__that_one(changes: dict[str, object]) -> None:
    records = written(5)
    records[2] = replace(records[2], **changes)  # type: ignore[arg-type]
    assert broken_at(records) == 3


def test_verify__one_is_changed_with_its_hash__the_next_does_not_hold() -> None:
    records = written(5)
    records[2] = resealed(replace(records[2], body="{}"))
    assert broken_at(records) == 4


def test_verify__one_is_missing__that_one() -> None:
    records = written(5)
    assert broken_at(records[:2] + records[3:]) == 3
    assert broken_at(records[1:]) == 1
    assert broken_at(records[:1] + records[4:]) == 2


def test_verify__one_is_put_in__that_one() -> None:
    records = written(5)
    extra = resealed(replace(records[2], body="{}"), previous=records[2].hash)
    assert broken_at([*records[:3], extra, *records[3:]]) == 4
    # With the numbers of all that come after it made to fit.
    later = [resealed(replace(record, number=record.number + 1)) for record in records[3:]]
    assert broken_at([*records[:3], replace(extra, number=4), *later]) == 4


def test_verify__two_are_exchanged__the_first_of_them() -> None:
    records = written(5)
    assert broken_at([records[0], records[2], records[1], *records[3:]]) == 2


def test_verify__the_end_is_cut_off__only_a_later_head_shows_it() -> None:
    records = written(5)
    assert CHAIN.verify(records[:3]) == 3
    assert broken_at(records[:3], head=records[4].hash) == 4
    assert broken_at([], head=records[4].hash) == 1


def test_verify__all_of_it_is_written_anew__only_a_head_shows_it() -> None:
    head = written(5)[-1].hash
    anew: list[AuditRecord] = []
    for record in written(5):
        changed = replace(record, identity=Shown("nobody"))
        anew.append(resealed(changed, previous=anew[-1].hash if anew else GENESIS))
    assert CHAIN.verify(anew) == 5
    assert broken_at(anew, head=head) == 6


def test_verify__a_tail__held_together_from_its_first_record() -> None:
    records = written(9)
    assert CHAIN.verify(records[4:], is_tail=True) == 5
    with pytest.raises(AuditBroken):
        CHAIN.verify([records[4], *records[6:]], is_tail=True)


@given(
    st.lists(st.integers(0, 9), max_size=12).filter(lambda order: order != list(range(len(order)))),
)
def test_verify__any_other_order_or_choice__broken(order: list[int]) -> None:
    records = written(10)
    with pytest.raises(AuditBroken):
        CHAIN.verify([records[i] for i in order])


@given(st.binary(min_size=1, max_size=40), st.integers(0, 4))
def test_verify__any_body__some_verdict_and_no_exception(body: bytes, at_number: int) -> None:
    records = written(5)
    records[at_number] = replace(records[at_number], body=body.decode("latin-1"))
    assert broken_at(records) == at_number + 1


# --------------------------------------------------------------------------------------------------------- Exporting


def head_of(records: list[AuditRecord]) -> tuple[int, bytes]:
    return (records[-1].number, records[-1].hash) if records else (0, GENESIS)


def checked_by_its_own_program(path: Path) -> subprocess.CompletedProcess[str]:
    """Run the program that stands in a file, as an outsider would, without anything of ours."""
    program = "\n".join(json.loads(path.read_text().partition("\n")[0])["program"])
    return subprocess.run(
        [sys.executable, "-I", "-c", program, path], check=False, capture_output=True, text=True
    )


@pytest.mark.parametrize("count", [0, 1, 30])
def test_export__a_whole_log__reads_back_and_its_own_program_agrees(tmp_path: Path, count: int) -> None:
    records, path = written(count), tmp_path / "log.jsonl"
    assert write_export(path, records, head_of(records), made_at=at(99)) == count
    assert list(read_export(path)) == records
    said = checked_by_its_own_program(path)
    assert said.returncode == 0
    assert said.stdout == f"{count} records hold to each other; the head is 0x{head_of(records)[1].hex()}\n"
    assert path.read_text().isascii()
    assert path.stat().st_mode & 0o077 == 0


def lines_of(path: Path) -> list[str]:
    return path.read_text().splitlines(keepends=True)


@pytest.mark.parametrize(
    ("change", "number"),
    [
        (lambda lines: [*lines[:3], lines[3].replace("one machine", "my machine"), *lines[4:]], 3),
        (lambda lines: lines[:3] + lines[4:], 3),
        (lambda lines: lines[:-1], 5),
        (lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]], 2),
        (lambda lines: [*lines, lines[-1]], 6),
    ],
)
def test_export__a_file_that_was_changed__both_say_where(tmp_path: Path, change: object, number: int) -> None:
    records, path = written(5), tmp_path / "log.jsonl"
    write_export(path, records, head_of(records), made_at=at(99))
    path.write_text("".join(change(lines_of(path))))  # type: ignore[operator]
    with pytest.raises(AuditBroken) as caught:
        CHAIN.verify(read_export(path))
    assert caught.value.number == number
    said = checked_by_its_own_program(path)
    assert said.returncode == 1
    assert f"broken at record {number}" in said.stderr


@pytest.mark.parametrize(
    "content",
    ["", "{}\n", "hello\n", '{"mark":"fourth-signer audit log","version":2,"head":{}}\n', "[" * 5_000],
)
def test_read_export__something_else__said(tmp_path: Path, content: str) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text(content)
    with pytest.raises(AuditBroken):
        list(read_export(path))


@pytest.mark.parametrize("line", ["hello", "{}", "[]", '{"number": "x"}', "null", '{"domain": 1}'])
def test_read_export__a_line_that_is_no_record__said(tmp_path: Path, line: str) -> None:
    records, path = written(3), tmp_path / "log.jsonl"
    write_export(path, records, head_of(records), made_at=at(99))
    lines = lines_of(path)
    path.write_text("".join([*lines[:2], line + "\n", *lines[2:]]))
    with pytest.raises(AuditBroken) as caught:
        CHAIN.verify(read_export(path))
    assert caught.value.number == 2


def test_export__a_broken_log__written_whole_and_said_to_be_broken(tmp_path: Path) -> None:
    records, path = written(5), tmp_path / "log.jsonl"
    records[1] = replace(records[1], body="no json")
    with pytest.raises(AuditBroken) as caught:
        write_export(path, records, head_of(records), made_at=at(99))
    assert caught.value.number == 2
    assert len(lines_of(path)) == 6
    assert "no json" in lines_of(path)[2]


def test_export__the_newest_record_is_not_the_head__said(tmp_path: Path) -> None:
    records = written(5)
    with pytest.raises(AuditBroken) as caught:
        write_export(tmp_path / "log.jsonl", records[:4], head_of(records), made_at=at(99))
    assert caught.value.number == 5


def test_export__where_a_file_is_or_no_folder__nothing_written(tmp_path: Path) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text("mine")
    for place in (path, tmp_path / "nowhere" / "log.jsonl"):
        with pytest.raises(AuditUnwritable):
            write_export(place, written(1), head_of(written(1)), made_at=at(99))
    assert path.read_text() == "mine"


def test_export__the_disk_takes_no_more__nothing_left(tmp_path: Path) -> None:
    program = (
        "import resource, sys; from pathlib import Path\n"
        "from tests.watch_store.test_audit_chain import head_of, written\n"
        "from verifier.audit.export import write_export\n"
        "from verifier.errors import AuditUnwritable\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "records = written(200)\n"
        "try:\n"
        "    write_export(Path(sys.argv[1]), records, head_of(records), made_at=1)\n"
        "except AuditUnwritable:\n"
        "    sys.exit(7)\n"
    )
    path = tmp_path / "log.jsonl"
    root = Path(__file__).parents[2]
    ended = subprocess.run([sys.executable, "-c", program, path], check=False, cwd=root)
    assert ended.returncode == 7
    assert not path.exists()


def test_program__in_the_export__needs_nothing_but_python() -> None:
    assert "import hashlib, json, sys" in PROGRAM
    assert "verifier" not in PROGRAM
