"""What a record may not show, one rule each: each is broken by who has the keys, and its neighbour is called clean."""

from __future__ import annotations

import hashlib

from tests.holders.auditing import Auditor, again, kind_of, raw_of, records_of, without
from tests.holders.company import Company
from tests.holders.lived import Lived
from tests.holders.made_up import hash_of, name, nonces, secret
from tests.holders.test_audit_insiders import asked, book_of, call_with, key_of, whys, with_a_thief
from verifier.frost.messages import Kind
from verifier.store.group_file import charter_of


def test_audit__a_holder_takes_part_without_a_yes_or_against_its_no__said(
    made: Company, auditor: Auditor
) -> None:
    for answer, expected in (("yes", set()), (None, {"yes"}), ("no", {"yes", "no"})):
        book = book_of(made)
        invitation = asked(book, made, "a")
        book.received(invitation)
        if answer is not None:
            book.note("decided", session="0x" + name("a").hex(), answer=answer, because="so")
        book.sent(book.answers(1, Kind.COMMITMENT, invitation, nonces("a")))
        said = {
            "yes": "a COMMITMENT was sent, and nobody said yes",
            "no": "the answer was no, and it took part all the same",
        }
        assert {*whys(auditor.audit(book.records, group=key_of(made)))} == {said[each] for each in expected}


def test_audit__two_words_in_one_place__said(made: Company, auditor: Auditor) -> None:
    for second in ("a", "b"):
        book = book_of(made)
        invitation = asked(book, made, "a")
        book.received(invitation)
        book.decided(invitation)
        for words in ("a", second):
            book.sent(book.answers(1, Kind.COMMITMENT, invitation, nonces(words)))
        found = whys(auditor.audit(book.records, group=key_of(made)))
        said = "holder 1 said two things in one place, and both were taken"
        assert found == ([] if second == "a" else [said])


def test_audit__one_holder_confirms_two_dealings_of_one_epoch__said(made: Company, auditor: Auditor) -> None:
    charter = charter_of(made.group)
    for epochs in ((2, 3), (2, 2)):
        book = book_of(made)
        for session, epoch in zip("ab", epochs, strict=True):
            body = call_with(made, epoch=epoch, old=charter, charter=charter)
            call = book.says(0, Kind.CALL, name(session), epoch=epoch, body=body)
            book.received(call)
            book.decided(call)
            book.sent(book.answers(1, Kind.CONFIRMATION, call))
        found = whys(auditor.audit(book.records))
        assert ("holder 1 confirmed two dealings of epoch 2" in found) is (epochs == (2, 2)), found


def test_audit__new_shares_of_others_than_had_the_old_ones__said(made: Company, auditor: Auditor) -> None:
    records, real = records_of(made.desk / "records.jsonl"), charter_of(made.group)
    said = "the CALL speaks of another key, or other holders, than were made in that epoch"
    for old in (real, with_a_thief(real, 3)):
        book = book_of(made, records)
        body = call_with(made, epoch=2, old=old, charter=old)
        book.note("begun", what="it", session="0x" + name("a").hex())
        book.sent(book.says(0, Kind.CALL, name("a"), epoch=2, body=body), to=[1, 2, 3])
        assert (said in whys(auditor.audit(book.records))) is (old != real)


def test_audit__new_shares_of_what_nobody_certified__said(made: Company, auditor: Auditor) -> None:
    records, charter = records_of(made.desk / "records.jsonl"), charter_of(made.group)
    uncertified = again(records, without(lambda record: kind_of(record) is Kind.CERTIFICATE))
    for kept in (records, uncertified):
        book = book_of(made, kept)
        body = call_with(made, epoch=2, old=charter, charter=charter)
        book.note("begun", what="it", session="0x" + name("a").hex())
        book.sent(book.says(0, Kind.CALL, name("a"), epoch=2, body=body), to=[1, 2, 3])
        found = whys(auditor.audit(book.records))
        assert ("the CALL speaks of shares that nobody certified in these records" in found) is (
            kept is uncertified
        ), found


def test_audit__a_helper_gives_other_parts_than_of_its_share__said(made: Company, auditor: Auditor) -> None:
    """And whoever has lost nothing has nothing to confirm."""
    book = book_of(made)
    body = bytes([2, 2, 1, 3])
    call = book.says(0, Kind.REPAIR_CALL, name("a"), body=body)
    matter = hashlib.sha256(b"fourth-signer/matter\0" + body).digest()
    parts = bytes([2]) + b"".join(bytes([i]) + secret(f"part {i}").point() for i in (1, 3))
    keys = bytes([2]) + b"".join(bytes([i]) + secret(f"pair {i}").point() for i in (2, 3))
    book.received(call)
    book.decided(call)
    book.sent(
        book.says(1, Kind.REPAIR_OFFER, name("a"), body=parts + keys, digest=matter, seen=hash_of(call))
    )
    book.received(book.says(3, Kind.CONFIRMATION, name("a"), digest=matter))
    found = whys(auditor.audit(book.records, group=key_of(made)))
    assert (
        "a REPAIR_OFFER of holder 1 was taken, and its parts do not come to what its share counts" in found
    ), found
    assert "a CONFIRMATION of holder 3 was taken, and its share was not lost" in found, found


def test_audit__a_share_without_a_commitment__said(made: Company, auditor: Auditor) -> None:
    for is_committed in (True, False):
        book = book_of(made)
        invitation = asked(book, made, "a")
        book.received(invitation)
        book.decided(invitation)
        if is_committed:
            book.sent(book.answers(1, Kind.COMMITMENT, invitation, nonces("a")))
        book.sent(book.answers(1, Kind.SIGNATURE_SHARE, invitation, secret("z").reveal()))
        found = whys(auditor.audit(book.records, group=key_of(made)))
        assert ("a share was sent, and no COMMITMENT before it" in found) is not is_committed, found


def test_audit__words_that_belong_elsewhere__said(made: Company, auditor: Auditor) -> None:
    """What a holder sends is its own, and a signing has no complaints."""
    book = book_of(made)
    invitation = asked(book, made, "a")
    book.received(invitation)
    book.decided(invitation)
    book.sent(book.answers(1, Kind.COMMITMENT, invitation, nonces("a")))
    assert auditor.audit(book.records, group=key_of(made)) == []
    book.sent(book.answers(2, Kind.COMMITMENT, invitation, nonces("b")))
    book.received(book.answers(3, Kind.COMPLAINT, invitation, b"\1" + secret("it").reveal()))
    found = whys(auditor.audit(book.records, group=key_of(made)))
    assert "it was sent by holder 1, and is holder 2's" in found, found
    assert "a COMPLAINT of holder 3 was taken, which belongs to no such session" in found, found


def test_audit__a_desk_passes_on_what_never_came__said(made: Company, auditor: Auditor) -> None:
    records = records_of(made.desk / "records.jsonl")
    book = book_of(made, records)
    confirmation = next(raw_of(each) for each in records if kind_of(each) is Kind.CONFIRMATION)
    book.sent(confirmation, to=[1])
    assert auditor.audit(book.records) == []
    book.sent(confirmation[:40] + name("b") + confirmation[72:], to=[1])
    found = whys(auditor.audit(book.records))
    assert f"it was passed on as holder {confirmation[72]}'s, and never came" in found, found


def test_audit__a_repair_of_an_epoch_that_is_over__said(lived: Lived, auditor: Auditor) -> None:
    records = records_of(lived.holder(1))
    said = "it is of epoch 1, and shares of epoch 3 were in use by then"
    for epoch in (3, 1):
        book = book_of(lived.company, records)
        call = book.says(0, Kind.REPAIR_CALL, name("a"), epoch=epoch, body=bytes([2, 2, 1, 3]))
        book.received(call)
        book.decided(call)
        book.sent(book.answers(1, Kind.REPAIR_OFFER, call, b"\0\0"))
        assert (said in whys(auditor.audit(book.records))) is (epoch == 1)
