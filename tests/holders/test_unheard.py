"""A holder's box while something around it is broken: its log, or a file of its group. It goes on, and says so."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.holders.company import PATIENCE, Company
from tests.holders.seats import Seat, certificate, deal, desk_of, kind_of, sit
from tests.holders.test_floods import DIGEST, FIRST, Counting, Refusing, invite
from verifier.frost.dealing_messages import Call
from verifier.frost.messages import Kind
from verifier.holder.diary import Diary
from verifier.holder.post import HolderPost
from verifier.holder.service import HolderService
from verifier.model.units import Timestamp
from verifier.store.group_file import charter_of, read_group_file


def disk_is_full(_: str) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def reader_is_gone(_: str) -> None:
    raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))


def is_closed(_: str) -> None:
    raise ValueError("I/O operation on closed file.")


@contextmanager
def posting(seat: Seat, say: Callable[[str], object]) -> Iterator[HolderPost]:
    diary = Diary(seat.service, names=dict, now=lambda: Timestamp(0))
    post = HolderPost(seat.service, Refusing(), Counting(), say, diary)
    try:
        yield post
    finally:
        post.close()


@pytest.mark.parametrize("say", [disk_is_full, reader_is_gone, is_closed])
def test_exchange__nothing_can_be_shown_any_more__what_is_asked_is_answered_all_the_same(
    company: Company, say: Callable[[str], object]
) -> None:
    """`frost join ann 2>> log` on a disk that is full: it must not be there and answer nobody, without a word."""
    seats, desk = sit(company), desk_of(company)
    key = seats[FIRST].keeper.key()
    assert key is not None
    with posting(seats[FIRST], say) as post:
        for seen in range(3):
            # With something that is refused, which is said, too.
            box = post.exchange([b"junk", invite(key, desk, DIGEST)], seen=seen, patience=PATIENCE)
            assert [kind_of(raw) for raw in box.envelopes] == [Kind.DECLINE]


def test_exchange__the_program_has_a_fault__said_without_its_words_and_the_next_is_taken(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    seats, desk, said = sit(company), desk_of(company), list[str]()
    key = seats[FIRST].keeper.key()
    assert key is not None

    def fail(*_: object) -> None:
        raise RuntimeError("0x5ec2e7")

    with posting(seats[FIRST], said.append) as post:
        with monkeypatch.context() as broken:
            broken.setattr(HolderService, "take", fail)
            assert post.exchange([invite(key, desk, DIGEST)], seen=0, patience=0).total == 0
        assert said == ["A fault of this program, RuntimeError: a message is not taken."]
        assert post.exchange([invite(key, desk, DIGEST)], seen=0, patience=PATIENCE).total == 1


def test_certificate__of_holders_in_no_file_that_is_left__said_and_the_old_share_stays(
    company: Company,
) -> None:
    company.must("reshare", str(company.desk), "--threshold", "3")
    following = company.desk / "next.toml"
    folder = company.chairs[0].folder
    for chair in company.chairs:
        shutil.copy(following, chair.folder / "next.toml")
    seats, desk = sit(company), desk_of(company)
    known = seats[FIRST].keeper.key()
    assert known is not None
    charter = charter_of(read_group_file(following))
    call = Call(charter=charter, dealers=known.charter.indexes, old=(known.charter, known.commitments))
    done, _ = deal(seats, desk, call, known=known)
    shown = certificate(seats, desk, done)
    for path in (folder / "next.toml", folder / "share.pending-2.toml"):
        path.unlink()
    before = files(folder)
    seat, said = sit(company)[FIRST], list[str]()
    with posting(seat, said.append) as post:
        assert post.exchange([shown], seen=0, patience=0).envelopes == ()
        assert "of other holders than any group's file in it" in said[-1]
        assert files(folder) == before
        # What helps is what it says.
        shutil.copy(following, folder / "next.toml")
    seat = sit(company)[FIRST]
    seat.take(shown)
    assert seat.keeper.group.threshold == 3


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}
