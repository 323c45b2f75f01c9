"""`fourth-signer audit`, as somebody types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.alerts.test_watch_settings import SIGNERS
from tests.cli.program import Home
from tests.watch_store.files import change
from tests.watch_store.stores import open_file
from tests.watch_store.story import at, happening, look
from verifier.errors import EXIT_CODES, AuditBroken, AuditUnwritable, HexMalformed, WatchStoreUnusable

BROKEN = EXIT_CODES[AuditBroken]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home with a watcher's configuration and a store in which a little happened."""
    (tmp_path / "config.toml").write_text(SIGNERS)
    (tmp_path / "watch.toml").write_text(
        'version = 1\nconfiguration = "config.toml"\nstore = "watch.sqlite3"\n'
    )
    with open_file(tmp_path / "watch.sqlite3") as store:
        for number in range(1, 6):
            store.keep(look(number, happening(number, number)), now=at(number))
    return Home(path=tmp_path, variables={"FOURTH_SIGNER_WATCH": str(tmp_path / "watch.toml")})


def head_of(home: Home, number: int | None = None) -> str:
    with open_file(home.path / "watch.sqlite3", is_visit=True) as store:
        hashes = store.with_audit(lambda records, _: {each.number: each.hash for each in records})
    return "0x" + hashes[max(hashes) if number is None else number].hex()


def test_verify__a_whole_log__says_so_with_its_head(home: Home) -> None:
    ran = home.call("audit", "verify")
    assert ran.code == 0
    assert "6 records, each holding to the one before it" in ran.out
    assert head_of(home) in ran.out
    assert "--head" in ran.out


def test_verify__while_the_watcher_has_the_store__all_the_same(home: Home) -> None:
    with open_file(home.path / "watch.sqlite3"):
        assert home.call("audit", "verify").code == 0


def test_verify__with_a_head_that_was_sent__which_record_it_was(home: Home) -> None:
    ran = home.call("audit", "verify", "--head", head_of(home, 3))
    assert ran.code == 0
    assert "that of record 3; 3 records came since" in ran.out
    assert home.call("audit", "verify", "--head", "ab" * 32).code == BROKEN
    assert home.call("audit", "verify", "--head", "0xab").code == EXIT_CODES[HexMalformed]


def test_verify__a_record_was_changed__named_and_its_exit_code(home: Home) -> None:
    change(home.path / "watch.sqlite3", "UPDATE watch_audit SET body = '{}' WHERE number = 4")
    ran = home.call("audit", "verify")
    assert ran.code == BROKEN
    assert "broken at record 4" in ran.sentence


def test_verify__the_newest_was_deleted__named(home: Home) -> None:
    change(home.path / "watch.sqlite3", "DELETE FROM watch_audit WHERE number = 6")
    assert "broken at record 6" in home.call("audit", "verify").sentence


def test_export__to_a_new_file__read_by_verify(home: Home) -> None:
    ran = home.call("audit", "export", "log.jsonl")
    assert ran.code == 0
    assert head_of(home) in ran.out
    lines = (home.path / "log.jsonl").read_text().splitlines()
    assert len(lines) == 7
    assert json.loads(lines[0])["head"] == {"number": 6, "hash": head_of(home)}
    assert json.loads(lines[2])["body"]["sentence"] == "Something happened."
    checked = home.call("audit", "verify", "--file", "log.jsonl", "--head", head_of(home))
    assert checked.code == 0
    assert "6 records" in checked.out
    (home.path / "log.jsonl").write_text("\n".join(lines[:4] + lines[5:]) + "\n")
    assert "broken at record 4" in home.call("audit", "verify", "--file", "log.jsonl").sentence


def test_export__where_a_file_is__nothing_written_over(home: Home) -> None:
    (home.path / "mine").write_text("mine")
    assert home.call("audit", "export", "mine").code == EXIT_CODES[AuditUnwritable]
    assert (home.path / "mine").read_text() == "mine"


def test_export__a_broken_log__written_and_said(home: Home) -> None:
    change(home.path / "watch.sqlite3", "UPDATE watch_audit SET kind = 'nothing' WHERE number = 4")
    ran = home.call("audit", "export", "log.jsonl")
    assert ran.code == BROKEN
    assert len((home.path / "log.jsonl").read_text().splitlines()) == 7


def test_verify__a_store_itself__without_any_configuration(home: Home) -> None:
    (home.path / "watch.toml").unlink()
    assert home.call("audit", "verify", "--store", "watch.sqlite3").code == 0
    assert home.call("audit", "verify", "--store", "nothing.sqlite3").code == EXIT_CODES[WatchStoreUnusable]
    assert home.call("audit", "verify", "--store", "mysql://somewhere").code == EXIT_CODES[WatchStoreUnusable]
    assert not (home.path / "nothing.sqlite3").exists()


def test_audit__without_an_act__the_arguments_make_no_sense(home: Home) -> None:
    assert home.call("audit").code == 2


def test_audit__in_a_process_of_its_own__the_same(home: Home) -> None:
    ran = home.run("audit", "verify")
    assert (ran.code, ran.err) == (0, "")
    assert "6 records" in ran.out
