"""What stands in the folder of a coordinator or a holder and is not what should: said, and the folder is free again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.holders.company import Company


def put(path: Path, content: bytes | None) -> None:
    """Put something in a file's place; a folder, where there is nothing to put."""
    path.unlink(missing_ok=True)
    path.mkdir() if content is None else path.write_bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("epoch", b"\xff\n", "it holds no number"),
        ("epoch", b"9" * 5_000, "more than 12 bytes"),
        ("epoch", b"-1\n", "it holds no number"),
        ("epoch", b"4294967295\n", "epoch is out of range"),
        ("epoch", None, "no regular file"),
        ("certificate-1", None, "no regular file"),
        ("certificate-1", bytes(100_000), "bytes"),
        ("records.jsonl", None, "cannot be read"),
        ("records.jsonl", b'{"a":1}\n', "its line is no record"),
    ],
)
def test_convene__a_file_is_not_what_it_should_be__said_and_the_folder_is_free_again(
    company: Company, name: str, content: bytes | None, said: str
) -> None:
    """From the terminal, the same process goes on: it must not be told that another one has the folder."""
    put(company.desk / name, content)
    for _ in range(2):
        ran = company.call("refresh", str(company.desk), "--patience", "1")
        assert said in ran.err, ran
        assert "fault of this program" not in ran.err
        assert "another process" not in ran.err


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("sessions", None, "names of all sessions"),
        ("share.json", None, "it is no file"),
        ("share.pending-2.json", None, "it is no file"),
        ("next.toml", b"\xff", "it is no TOML"),
        ("lock", None, "Is a directory"),
        ("rules.toml", None, "no regular file"),
    ],
)
def test_join__a_file_is_not_what_it_should_be__said_and_nobody_is_answered(
    company: Company, name: str, content: bytes | None, said: str
) -> None:
    chair = company.chairs[0]
    put(chair.folder / name, content)
    for _ in range(2):
        ran = chair.home.call(*company.joining(1))
        assert said in ran.err, ran
        assert "fault of this program" not in ran.err
        assert "Ctrl-C stops" not in ran.err


def test_audit__records_that_are_not_there__no_alarm_that_somebody_changed_them(company: Company) -> None:
    ran = company.home.call("frost", "audit", str(company.path / "nowhere.jsonl"))
    assert ran.code == 108
    assert "cannot be looked at" in ran.sentence
    assert "Somebody changed" not in ran.sentence


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--employer", "acme", "--employer should be NAME=NUMBER, such as acme=1"),
        ("--place", "47.37", "--place should be LATITUDE,LONGITUDE"),
        ("--utc-offset", "01", "the offset in standard time"),
    ],
)
def test_card__of_what_makes_no_sense__told_to_type_it_anew_and_nothing_written(
    company: Company, option: str, value: str, said: str
) -> None:
    typed = {
        "--name": "Ann",
        "--person": "7",
        "--employer": "acme=1",
        "--utc-offset": "+01:00",
        "--place": "1,1",
    }
    typed[option] = value
    folder = company.path / "newcomer"
    ran = company.home.call("frost", "card", str(folder), *(f"{name}={each}" for name, each in typed.items()))
    assert ran.code == 47
    assert said in ran.sentence
    assert ran.sentence.endswith("Correct what you typed; no card was written.")
    assert not (folder / "card.toml").exists()
