"""The record of releases: found out when changed, lost or cut; one winner when two come; nothing half-written."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gate.house import DAY, NOW, ORIGIN, TOP, House, claims, key_table, policy_text, signed
from tests.gate.refusals import refused, refuses
from verifier.deploy.gate.record import DOMAIN, PIN_VARIABLE, ReleaseRecord
from verifier.errors import GateError, ReleaseRecordBroken, ReleaseRecordUnusable
from verifier.model.hash_chain import HashChain, hash_of, line_of, record_of
from verifier.model.units import Timestamp

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def told(model_house: House, tmp_path_factory: pytest.TempPathFactory) -> House:
    """Return a project that released three times."""
    folder = tmp_path_factory.mktemp("told")
    shutil.copytree(model_house.folder, folder, dirs_exist_ok=True)
    house = replace(model_house, folder=folder)
    for _ in range(3):
        house.change()
        house.release(house.token("ann-1"), house.token("ben-1"))
    return house


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch") / "record.jsonl"


def read(path: Path) -> int:
    state, records = ReleaseRecord(path, ORIGIN).read()
    assert state.number == len(records)
    return state.number


def test_read__as_it_was_written__every_entry(told: House) -> None:
    assert read(told.record) == 4


@given(st.data())
def test_read__any_one_byte_changed__broken(told: House, scratch: Path, data: st.DataObject) -> None:
    content = bytearray(told.record.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    scratch.write_bytes(content)
    with pytest.raises(ReleaseRecordBroken) as caught:
        read(scratch)
    # The entry that holds it, or the one right behind it where a line was parted.
    line = bytes(content[:at]).count(b"\n") + 1
    assert caught.value.number <= line + 1


@given(st.data())
def test_read__cut_in_the_middle_of_a_line__broken(told: House, scratch: Path, data: st.DataObject) -> None:
    content = told.record.read_bytes()
    at = data.draw(st.integers(1, len(content) - 1))
    if content[at - 1 : at] == b"\n":
        return
    scratch.write_bytes(content[:at])
    with pytest.raises(ReleaseRecordBroken):
        read(scratch)


@pytest.mark.parametrize(
    ("change", "number"),
    [
        (lambda lines: lines[1:], 1),
        (lambda lines: [lines[0], *lines[2:]], 2),
        (lambda lines: [lines[0], lines[2], lines[1], lines[3]], 2),
        (lambda lines: [*lines, lines[3]], 5),
        (lambda lines: [*lines[:2], "\n", *lines[2:]], 3),
        (lambda lines: lines[:0], 1),
        (lambda lines: [*lines[:2], lines[2].replace('"body":{', '"body":{ '), lines[3]], 3),
        (lambda lines: [*lines[:2], lines[2].replace('{"at"', '{"more":1,"at"'), lines[3]], 3),
    ],
)
def test_read__lines_missing_moved_doubled_or_dressed_up__broken_there(
    told: House, scratch: Path, change: Callable[[list[str]], list[str]], number: int
) -> None:
    scratch.write_text("".join(change(told.record.read_text().splitlines(keepends=True))))
    with pytest.raises(ReleaseRecordBroken) as caught:
        read(scratch)
    assert caught.value.number == number


def test_read__the_newest_cut_off__only_tokens_and_pins_that_saw_it_tell(told: House, tmp_path: Path) -> None:
    shutil.copytree(told.folder, tmp_path, dirs_exist_ok=True)
    house = replace(told, folder=tmp_path)
    used = [house.token("ann-1"), house.token("ben-1")]
    house.record.write_text("".join(house.record.read_text().splitlines(keepends=True)[:-1]))
    assert read(house.record) == 3
    refuses(house, "record-other", lambda: house.release(*used))


# ------------------------------------------------------------------------------------------------------------- Forging


def forged(house: House, kind: str, body: dict[str, Any], at: int = NOW) -> None:
    """Add an entry with hashes that are right, as whoever may write to the file would."""
    lines = house.record.read_bytes().splitlines()
    last = record_of(lines[-1], len(lines), DOMAIN)
    entry = HashChain(DOMAIN).seal(
        number=last.number + 1,
        previous=last.hash,
        at=Timestamp(at),
        origin=ORIGIN,
        identity=ORIGIN,
        kind=kind,
        body=body,
    )
    house.record.write_text(house.record.read_text() + line_of(entry, DOMAIN) + "\n")


@pytest.mark.parametrize("kids", [(), ("ann-1",), ("ann-1", "ann-2")])
def test_read__a_release_forged_with_good_hashes__broken(house: House, kids: tuple[str, ...]) -> None:
    about = house.matter()
    del about["record"]
    forged(house, "release", {**about, "writers": [], "tokens": [house.token(kid) for kid in kids]})
    with pytest.raises(ReleaseRecordBroken) as caught:
        read(house.record)
    assert caught.value.number == 2


def test_read__a_policy_of_ones_own_forged_with_good_hashes__broken(house: House) -> None:
    text = policy_text(TOP + "# mine\n")
    forged(house, "policy", {"policy": text, "tokens": [house.token("ann-1"), house.token("ben-1")]})
    with pytest.raises(ReleaseRecordBroken):
        read(house.record)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("start", {}),
        ("anything", {}),
        ("review", {}),
        ("release", {"tokens": "x"}),
        ("policy", {"policy": 7}),
    ],
)
def test_read__an_entry_that_says_nothing__broken(house: House, kind: str, body: dict[str, Any]) -> None:
    forged(house, kind, body)
    with pytest.raises(ReleaseRecordBroken):
        read(house.record)


def test_read__entries_of_another_log__broken(house: House) -> None:
    (line,) = house.record.read_bytes().splitlines()
    entry = record_of(line, 1, DOMAIN)
    other = "fourth-signer audit 1"
    house.record.write_text(line_of(replace(entry, hash=hash_of(entry, other)), other) + "\n")
    with pytest.raises(ReleaseRecordBroken):
        read(house.record)


# ---------------------------------------------------------------------------------------------------------------- Loss


def test_release__the_record_is_gone__refused(house: House) -> None:
    tokens = (house.token("ann-1"), house.token("ben-1"))
    house.record.unlink()
    with pytest.raises(ReleaseRecordUnusable, match="missing"):
        house.release(*tokens)
    assert not house.record.exists()


def test_release__a_record_that_was_begun_anew__refused(house: House) -> None:
    tokens = (house.token("ann-1"), house.token("ben-1"))
    house.record.unlink()
    house.begin(bytes([1] * 16))
    refuses(house, "record-other", lambda: house.release(*tokens))


def test_start__where_a_record_is__refused_and_as_it_was(house: House) -> None:
    before = house.record.read_bytes()
    with pytest.raises(ReleaseRecordUnusable, match="already"):
        house.begin(bytes(16))
    assert house.record.read_bytes() == before


def test_release__a_folder_in_which_nothing_can_be_written__nothing_spent(house: House) -> None:
    tokens = (house.token("ann-1"), house.token("ben-1"))
    before = house.record.read_bytes()
    program = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from tests.gate.house import House\n"
        "from verifier.errors import ReleaseRecordUnusable\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))\n"
        "try:\n"
        "    House(folder=Path(sys.argv[1]), pin=sys.argv[2]).release(*sys.argv[3:])\n"
        "except ReleaseRecordUnusable:\n"
        "    sys.exit(7)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, house.folder, house.pin, *tokens], check=False, cwd=ROOT
    )
    assert ended.returncode == 7
    assert house.record.read_bytes() == before
    assert house.release(*tokens).entry is not None
    assert not list(house.folder.glob(".releases*"))


# ------------------------------------------------------------------------------------------------ A world of one's own


def test_release__a_policy_and_a_record_that_fit_each_other_and_are_one_persons__refused(
    house: House,
) -> None:
    """Whoever may write to the repository names two people whose keys they hold, and a record that they began."""
    keys = key_table("eve", "ann-1") + key_table("mallory", "ann-2")
    people = '[people.eve]\nemails = ["eve@x.example"]\n[people.mallory]\nemails = ["m@x.example"]\n'
    top = TOP.replace("../releases.jsonl", "records/mine.jsonl")
    networks = (
        '[networks.mainnet]\nchain = 1\nproduction = true\n[people.dave]\nemails = ["dave@example.org"]\n'
    )
    house.write("release.toml", top + networks + people + keys)
    house.write(".gitignore", "records/\n")
    house.commit()
    (house.checkout / "records").mkdir()
    own = ReleaseRecord(house.checkout / "records" / "mine.jsonl", ORIGIN)
    entry = own.start(house.policy.as_written, now=Timestamp(NOW - DAY), nonce=bytes(16))
    about = {**house.matter(), "record": entry.hash.hex()}
    tokens = (signed("ann-1", claims("eve", **about)), signed("ann-2", claims("mallory", **about)))
    with refused("record-other"):
        house.release(*tokens)
    # Without a pin from elsewhere it would have worked.
    assert replace(house, pin=entry.hash.hex()).release(*tokens).people == ("eve", "mallory")


def test_release__nothing_tells_which_record_is_the_right_one__refused(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(PIN_VARIABLE, raising=False)
    tokens = (house.token("ann-1"), house.token("ben-1"))
    nowhere = replace(house, pin="")
    refuses(house, "record-unpinned", lambda: nowhere.release(*tokens))
    monkeypatch.setenv(PIN_VARIABLE, "no hash")
    refuses(house, "record-unpinned", lambda: nowhere.release(*tokens))
    monkeypatch.setenv(PIN_VARIABLE, "0x" + house.pin)
    assert nowhere.release(*tokens).entry is not None


# ------------------------------------------------------------------------------------------------------ Two at a time


def start(house: House, *words: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.gate.racer", str(house.folder), *words],
        cwd=ROOT,
        env={**os.environ, PIN_VARIABLE: house.pin},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def test_release__two_processes_with_the_same_tokens__exactly_one_wins(house: House) -> None:
    tokens = (house.token("ann-1"), house.token("ben-1"))
    racers = [start(house, *tokens) for _ in range(2)]
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    said = sorted(racer.communicate()[0].strip() for racer in racers)
    assert said == ["released", "spent"]
    assert read(house.record) == 2


def test_release__killed_before_it_deploys__spent_all_the_same(house: House) -> None:
    tokens = (house.token("ann-1"), house.token("ben-1"))
    racer = start(house, *tokens, "die")
    racer.communicate("go\n")
    assert racer.returncode == -signal.SIGKILL
    assert read(house.record) == 2
    refuses(house, "spent", lambda: house.release(*tokens))


def test_release__while_another_has_the_record__waits(house: House) -> None:
    tokens = (house.token("ann-1"), house.token("ben-1"))
    racer = start(house, *tokens)
    assert racer.stdin is not None
    with house.gate().record.opened() as record:
        racer.stdin.write("go\n")
        racer.stdin.flush()
        body = {**house.matter(), "writers": ["dave"], "tokens": list(tokens)}
        del body["record"]
        record.append("release", body, now=Timestamp(NOW))
    # It sees what was written meanwhile, and nothing of it is lost.
    assert racer.communicate()[0].strip() == "spent"
    assert read(house.record) == 2


# --------------------------------------------------------------------------------------------------------------- Export


def test_export__to_a_new_file__its_own_program_agrees_and_notices_a_change(
    told: House, tmp_path: Path
) -> None:
    path = tmp_path / "export.jsonl"
    count, head = ReleaseRecord(told.record, ORIGIN).export(path, made_at=Timestamp(NOW))
    program = "\n".join(json.loads(path.read_text().partition("\n")[0])["program"])

    def check() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-I", "-c", program, path], check=False, capture_output=True, text=True
        )

    assert check().stdout == f"{count} records hold to each other; the head is 0x{head.hex()}\n"
    path.write_text(path.read_text().replace('"network":"mainnet"', '"network":"sepolia"', 1))
    assert check().returncode == 1
    with pytest.raises(ReleaseRecordUnusable):
        ReleaseRecord(told.record, ORIGIN).export(path, made_at=Timestamp(NOW))


def test_release__tokens_that_saw_an_older_entry__good(told: House, tmp_path: Path) -> None:
    shutil.copytree(told.folder, tmp_path, dirs_exist_ok=True)
    house = replace(told, folder=tmp_path)
    first = json.loads(house.record.read_text().splitlines()[0])["hash"].removeprefix("0x")
    assert house.release(house.token("ann-1", record=first), house.token("ben-1")).entry is not None


@given(st.binary(max_size=200))
def test_read__any_bytes__an_error_of_the_tree(scratch: Path, content: bytes) -> None:
    scratch.write_bytes(content)
    with pytest.raises(GateError):
        read(scratch)


def test_release__another_projects_token__refused(house: House) -> None:
    other = signed("ann-1", claims("ann", **house.matter(), aud="example/other"))
    with refused("audience"):
        house.release(other, house.token("ben-1"))
