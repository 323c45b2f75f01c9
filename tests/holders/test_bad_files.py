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
