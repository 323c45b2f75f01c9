"""What records show of an end that somebody lied about: one lie each, by who has the keys, beside what is honest."""

from __future__ import annotations

import hashlib

import pytest

from tests.holders.auditing import Auditor, Record, again, kind_of, raw_of, records_of
from tests.holders.company import Company
from tests.holders.lived import Lived
from tests.holders.made_up import Book, hash_of, name, nonces
from tests.holders.test_audit_insiders import asked, book_of, call_with, key_of, whys
from verifier.frost.messages import Kind
from verifier.store.group_file import charter_of


def holders_book(made: Company) -> tuple[Book, bytes]:
    """Return the records of holder 1, which was asked to sign and said yes, and what asked it."""
    book = book_of(made)
    invitation = asked(book, made, "a")
    book.received(invitation)
    book.decided(invitation)
    book.sent(book.answers(1, Kind.COMMITMENT, invitation, nonces("a")))
    return book, invitation


def test_audit__called_off_and_gone_on_with_all_the_same__the_coordinator_is_named(
    made: Company, auditor: Auditor
) -> None:
    said = "the coordinator called it off, and went on all the same: a PACKAGE came"
    for goes_on in (False, True):
        book, invitation = holders_book(made)
        book.received(book.answers(0, Kind.CALL_OFF, invitation))
        if goes_on:
            mine, other = (
                book.answers(i, Kind.COMMITMENT, invitation, nonces(w)) for i, w in ((1, "a"), (2, "b"))
            )
            body = b"\2" + b"".join(len(raw).to_bytes(2, "big") + raw for raw in (mine, other))
            book.received(book.answers(0, Kind.PACKAGE, invitation, body))
            # As a holder does, for which it is over.
            why = "A message of the coordinator is refused: its session is over."
            book.note("refused", sender=0, why=why, session="0x" + name("a").hex())
        assert whys(auditor.audit(book.records, group=key_of(made))) == ([said] if goes_on else [])


def test_audit__a_holder_answers_what_was_called_off__said(made: Company, auditor: Auditor) -> None:
    said = "a DECLINE was sent after its session was called off"
    for is_after in (False, True):
        book = book_of(made)
        invitation = asked(book, made, "a")
        book.received(invitation)
        no = book.answers(1, Kind.DECLINE, invitation, b"no")
        if not is_after:
            book.sent(no)
        book.received(book.answers(0, Kind.CALL_OFF, invitation))
        if is_after:
            book.sent(no)
        assert whys(auditor.audit(book.records, group=key_of(made))) == ([said] if is_after else [])


def test_audit__called_off_by_what_fits_something_else__said(made: Company, auditor: Auditor) -> None:
    for field, expected in (
        ("", []),
        (
            "digest",
            ["a CALL_OFF of the coordinator was taken, and it is about something else than was begun"],
        ),
        ("seen", ["a CALL_OFF of the coordinator was taken, and it calls off what began otherwise"]),
    ):
        book, invitation = holders_book(made)
        other = hashlib.sha256(b"else").digest()
        digest = other if field == "digest" else invitation[74:106]
        seen = other if field == "seen" else hash_of(invitation)
        book.received(book.says(0, Kind.CALL_OFF, name("a"), digest=digest, seen=seen))
        assert whys(auditor.audit(book.records, group=key_of(made))) == expected


@pytest.mark.parametrize("index", [1, 2])
def test_audit__called_off_for_one_and_signed_for_another__said_once_their_records_are_beside_each_other(
    lived: Lived, auditor: Auditor, index: int
) -> None:
    """A coordinator lets somebody believe that nothing came of it."""
    company = lived.company
    mine, theirs = records_of(lived.holder(index)), records_of(lived.holder(3 - index))
    signed = next(raw_of(one) for one in mine if kind_of(one) is Kind.SIGNATURE)
    session = signed[40:72]
    invitation = next(raw_of(one) for one in theirs if raw_of(one)[40:72] == session)
    assert Kind(invitation[73]) is Kind.INVITATION
    book = book_of(company)
    off = book.answers(0, Kind.CALL_OFF, invitation)

    def instead(record: Record) -> list[Record]:
        if kind_of(record) is not Kind.SIGNATURE or raw_of(record)[40:72] != session:
            return [record]
        return [{**record, "body": {**record["body"], "raw": "0x" + off.hex()}}]

    lied_to = again(theirs, instead)
    alone = [one for one in whys(auditor.audit(lied_to)) if "called it off" in one]
    assert alone == []
    found = whys(auditor.audit(mine, lied_to))
    assert any("brought it to its end here, and called it off for others" in one for one in found)
    assert not any("called it off" in one for one in whys(auditor.audit(mine, theirs)))


def test_audit__one_who_was_asked_is_not_told__said(
    lived: Lived, records: list[Record], auditor: Auditor
) -> None:
    off = next(one for one in records if kind_of(one) is Kind.CALL_OFF)
    left, *told = off["body"]["to"]
    fewer = again(
        records,
        lambda one: (
            [{**one, "body": {**one["body"], "to": told}}] if one["number"] == off["number"] else [one]
        ),
    )
    assert f"holder {left} was asked, and was not told that it is over" in whys(auditor.audit(fewer))
    # As it is, nothing of this is said: neither of the desk, nor of anybody.
    for path in lived.everybody:
        assert not any("told that" in one or "called" in one for one in whys(auditor.audit(records_of(path))))


def test_audit__a_member_declines_and_deals_all_the_same__said(made: Company, auditor: Auditor) -> None:
    charter = charter_of(made.group)
    for deals in (False, True):
        book = book_of(made)
        body = call_with(made, epoch=2, old=charter, charter=charter)
        call = book.says(0, Kind.CALL, name("a"), epoch=2, body=body)
        matter = hashlib.sha256(b"fourth-signer/matter\0" + body).digest()
        book.received(call)
        no = book.says(1, Kind.DECLINE, name("a"), epoch=2, body=b"no", digest=matter, seen=hash_of(call))
        book.sent(no)
        if deals:
            book.decided(call)
            book.sent(
                book.says(1, Kind.OFFER, name("a"), epoch=2, digest=matter, seen=hash_of(call), body=b"\0\0")
            )
        found = whys(auditor.audit(book.records, group=key_of(made)))
        assert ("holder 1 declined, and took part all the same" in found) is deals, found
        assert deals or found == [], found


@pytest.mark.parametrize("untold", [Kind.CALL, Kind.INVITATION, None])
def test_audit__a_dealing_fails_by_its_trial_and_one_of_both_is_not_called_off__said(
    made: Company, auditor: Auditor, untold: Kind | None
) -> None:
    """Holders keep a new share that waits, and nobody tells them that its certificate is not to come."""
    charter, said = (
        charter_of(made.group),
        "it failed, and those who were asked were not told that it is over",
    )
    book, to = book_of(made), [int(index) for index in charter.indexes]
    body = call_with(made, epoch=2, old=charter, charter=charter)
    matter = hashlib.sha256(b"fourth-signer/matter\0" + body).digest()
    call = book.says(0, Kind.CALL, name("a"), epoch=2, body=body)
    trial = book.says(0, Kind.INVITATION, name("b"), epoch=2, body=b"trial", digest=matter)
    for begun in (call, trial):
        book.note("begun", what="it", session="0x" + begun[40:72].hex())
        book.sent(begun, to)
    for begun in (trial, call):
        if Kind(begun[73]) is not untold:
            off = book.says(0, Kind.CALL_OFF, begun[40:72], epoch=2, digest=matter, seen=hash_of(begun))
            book.sent(off, to)
    book.note("failed", why="too few")
    found = auditor.audit(book.records, group=key_of(made))
    named = [each["session"] for each in found if each["why"] == said]
    expected = {Kind.CALL: ["a"], Kind.INVITATION: ["b"], None: []}[untold]
    assert named == [name(each).hex() for each in expected]
