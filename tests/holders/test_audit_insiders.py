"""What insiders write into records that they own, coordinator and fewer holders than sign: the audit has to see it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.holders.auditing import Auditor, Pens, Record, again, kind_of, raw_of, records_of, without
from tests.holders.company import Company
from tests.holders.lived import REQUEST, Lived
from tests.holders.made_up import Book, hash_of, name, nonces, secret
from verifier.desk.group_request import digest_of_request, encode_request
from verifier.frost.charter import Charter, Holder, TransportKey
from verifier.frost.dealing_messages import Call
from verifier.frost.lists import write_raws
from verifier.frost.messages import Kind
from verifier.model.address import Address
from verifier.model.group_request import Purpose
from verifier.sign.typed import id_of
from verifier.store.group_file import charter_of


def whys(found: list[Record]) -> list[str]:
    return [each["why"] for each in found]


def key_of(company: Company) -> dict[str, Any]:
    group = company.group
    points = [point.hex() for point in group.commitments]
    return {"charter": charter_of(group).encode().hex(), "commitments": points}


def book_of(company: Company, records: list[Record] | None = None) -> Book:
    at = records[-1]["at"] if records else 7
    return Book(pens=Pens(company), group=company.group.group, at=at, records=list(records or []))


def asked(book: Book, company: Company, session: str, *, epoch: int = 1) -> bytes:
    """Return an INVITATION to veto something."""
    point = company.group.point
    assert point is not None
    veto = replace(REQUEST, purpose=Purpose.VETO)
    body, digest = encode_request(veto), digest_of_request(veto, point)
    return book.says(0, Kind.INVITATION, name(session), epoch=epoch, body=body, digest=digest)


def test_audit__a_nonce_comes_twice_and_only_packages_show_it__said(made: Company, auditor: Auditor) -> None:
    """Holder 1 never hears holder 2 itself; what it commits to is quoted to it, under its signature."""
    again_and_new = (("same", "same", True), ("one", "other", False))
    for first, second, is_said in again_and_new:
        book = book_of(made)
        for session, words in (("a", first), ("b", second)):
            invitation = asked(book, made, session)
            mine = book.answers(1, Kind.COMMITMENT, invitation, nonces(f"mine {session}"))
            theirs = book.answers(2, Kind.COMMITMENT, invitation, nonces(words))
            book.received(invitation)
            book.decided(invitation)
            book.sent(mine)
            book.received(book.answers(0, Kind.PACKAGE, invitation, write_raws((mine, theirs))))
        found = whys(auditor.audit(book.records, group=key_of(made)))
        assert any("a nonce of holder 2 has been used before" in why for why in found) is is_said, found
        assert is_said or found == []


def test_audit__a_nonce_comes_again_with_its_sign_changed__said(made: Company, auditor: Auditor) -> None:
    book = book_of(made)
    for session in ("a", "b"):
        invitation = asked(book, made, session)
        points = nonces("same")
        if session == "b":
            points = bytes([points[0] ^ 1]) + points[1:33] + nonces("other")[33:]
        book.received(invitation)
        book.decided(invitation)
        book.sent(book.answers(1, Kind.COMMITMENT, invitation, points))
    found = whys(auditor.audit(book.records, group=key_of(made)))
    assert any("a nonce of holder 1 has been used before" in why for why in found), found


@pytest.mark.parametrize("is_desk", [True, False])
def test_audit__signed_with_shares_of_an_epoch_that_is_over__said(
    lived: Lived, auditor: Auditor, is_desk: bool
) -> None:
    """Whoever keeps an old share can sign with it, where enough of them do."""
    records = records_of(lived.desk if is_desk else lived.holder(1))
    before = auditor.audit(records)
    for epoch, is_over in ((1, True), (3, False)):
        book = book_of(lived.company, records)
        invitation = asked(book, lived.company, "old", epoch=epoch)
        mine = book.answers(1, Kind.COMMITMENT, invitation, nonces("old"))
        if is_desk:
            book.note("begun", what="it", session="0x" + name("old").hex())
            book.sent(invitation, to=[1, 2, 3, 4] if is_over else [1, 2, 3, 5])
            book.received(mine, **{"from": 1})
        else:
            book.received(invitation)
            book.decided(invitation)
            book.sent(mine)
        found = [each["why"] for each in auditor.audit(book.records) if each not in before]
        said = "it is of epoch 1, and shares of epoch 3 were in use by then"
        assert any(said in why for why in found) is is_over, found
        assert is_over or found == []


def call_with(company: Company, *, epoch: int, old: Charter | None, charter: Charter) -> bytes:
    points = company.group.commitments
    known = None if old is None else (old, tuple(points))
    made = replace(charter, epoch=epoch)
    return Call(charter=made, dealers=made.indexes, old=known).encode()


def with_a_thief(charter: Charter, index: int) -> Charter:
    """Return a charter in which a holder has the transport key of somebody else."""
    theirs = TransportKey(secret("thief").point()[1:])
    holders = tuple(
        Holder(index=each.index, transport_key=theirs) if each.index == index else each
        for each in charter.holders
    )
    return replace(charter, holders=holders)


def test_audit__two_calls_say_otherwise_who_held_the_shares_of_an_epoch__said(
    made: Company, auditor: Auditor
) -> None:
    """A coordinator that gives a share to somebody else by a repair has to have a charter in which that is a holder."""
    real = charter_of(made.group)
    for planted, is_said in ((with_a_thief(real, 3), True), (real, False)):
        book = book_of(made)
        for session, old in (("a", planted), ("b", real)):
            body = call_with(made, epoch=2, old=old, charter=old)
            book.received(book.says(0, Kind.CALL, name(session), epoch=2, body=body))
        found = whys(auditor.audit(book.records))
        assert (
            any("said otherwise elsewhere who held the shares of epoch 1" in why for why in found) is is_said
        ), found
        assert is_said or found == []


def test_audit__a_desk_calls_for_a_new_key_beside_the_one_in_use__said(
    made: Company, auditor: Auditor
) -> None:
    """In a dealing of its own making, a coordinator could name whom it likes `holder 3`, and have it lie."""
    records = records_of(made.desk / "records.jsonl")
    assert auditor.audit(records) == []
    book = book_of(made, records)
    body = call_with(made, epoch=9, old=None, charter=with_a_thief(charter_of(made.group), 3))
    call = book.says(0, Kind.CALL, name("new"), epoch=9, body=body)
    book.note("begun", what="it", session="0x" + name("new").hex())
    book.sent(call, to=[1, 2, 3])
    digest, seen = hashlib.sha256(b"fourth-signer/matter\0" + body).digest(), hash_of(call)

    def sign(said: bytes) -> bytes:
        return said + secret("thief").sign(hashlib.sha256(b"fourth-signer/envelope\0" + said).digest())

    offer = book.says(3, Kind.OFFER, name("new"), epoch=9, body=b"\0\0", digest=digest, seen=seen, sign=sign)
    book.received(offer, **{"from": 3})
    book.note(
        "refused",
        **{"from": 3, "sender": 3, "why": "A message of holder 3 is refused: its body is malformed."},
    )
    crime = "offered what no member may offer"
    book.note("lied", who=3, crime=crime, evidence=["0x" + call.hex(), "0x" + offer.hex()])
    # By itself the verdict holds: its evidence is signed by the keys that its CALL says.
    assert whys(auditor.audit(book.records)) == [
        "it calls for a new key, and the group has had one since epoch 1",
        "it calls others for a new key, or by other keys, than another CALL did",
    ]


def test_audit__a_holder_gives_records_without_a_word_of_its_own__the_others_show_it(
    made: Company, auditor: Auditor
) -> None:
    desk = records_of(made.desk / "records.jsonl")
    mine = records_of(made.chairs[1].folder / "records.jsonl")
    empty = again(mine, without(lambda record: kind_of(record) is not None))
    assert any(each["kind"] == "rules" for each in empty)
    found = auditor.audit(desk, [{**each, "identity": "holder 2 (Bob)"} for each in empty])
    assert any("holder 2's records (file 2) do not say that it was sent" in why for why in whys(found)), found


def test_audit__a_desk_calls_for_new_shares_of_an_epoch_that_it_never_made__said(
    made: Company, auditor: Auditor
) -> None:
    """As above, beside a key that was in use: of an epoch that nobody knows, its CALL can say what it likes."""
    records, charter = records_of(made.desk / "records.jsonl"), charter_of(made.group)
    for old, is_said in ((replace(with_a_thief(charter, 3), epoch=8), True), (charter, False)):
        book = book_of(made, records)
        body = call_with(made, epoch=9, old=old, charter=old)
        book.note("begun", what="it", session="0x" + name("new").hex())
        book.sent(book.says(0, Kind.CALL, name("new"), epoch=9, body=body), to=[1, 2, 3])
        said = ["the CALL speaks of shares of epoch 8, and these records know of none"]
        assert whys(auditor.audit(book.records)) == (said if is_said else [])


def test_audit__a_desk_does_not_say_whom_it_asked__said(made: Company, auditor: Auditor) -> None:
    records = records_of(made.desk / "records.jsonl")
    silent = [
        {**each, "body": {name: value for name, value in each["body"].items() if name != "to"}}
        if kind_of(each) is Kind.INVITATION
        else each
        for each in records
    ]
    assert whys(auditor.audit(silent)) == ["it is not said who was asked"]


def test_audit__a_desk_sends_a_certificate_to_some__said(made: Company, auditor: Auditor) -> None:
    """Half of the group would sign with the new shares, and half with the old ones."""
    records = records_of(made.desk / "records.jsonl")
    some = [
        {**each, "body": {**each["body"], "to": [1, 2]}} if kind_of(each) is Kind.CERTIFICATE else each
        for each in records
    ]
    why = "holder 3 was not sent it, and goes on with shares that are over for the others"
    assert whys(auditor.audit(some)) == [why]


def test_audit__two_operations_of_one_lane_and_sequence__are_not_said_in_the_same_words(
    made: Company, auditor: Auditor
) -> None:
    """One of them was read and agreed on, and the other one signed."""
    operation, point = REQUEST.operation, made.group.point
    assert operation is not None
    assert point is not None
    first = operation.calls[0]
    other = replace(operation, calls=(replace(first, target=Address(b"\7" * 20)),))
    book = book_of(made)
    for each in (operation, other):
        request = replace(REQUEST, operation=each)
        body, digest = encode_request(request), digest_of_request(request, point)
        session = name(each.calls[0].target.hex())
        book.received(book.says(0, Kind.INVITATION, session, body=body, digest=digest))
    one, two = (each["asked"] for each in auditor.replay(book.records, group=key_of(made))["rounds"])
    assert f"id 0x{id_of(operation).hex()}" in one
    assert f"id 0x{id_of(other).hex()}" in two


def test_audit__records_named_as_somebody_elses__said(made: Company, auditor: Auditor) -> None:
    mine = records_of(made.chairs[1].folder / "records.jsonl")
    named = [{**each, "identity": "holder 2 (Bob)"} for each in mine]
    assert auditor.audit(named) == []
    other = [{**each, "identity": "holder 3 (Cid)"} if each is named[-1] else each for each in named]
    assert whys(auditor.audit(other)) == [
        "it is named as a record of holder 3, and these are those of holder 2"
    ]


def test_audit__nothing_stands_there__is_no_agreement(made: Company, tmp_path: Path) -> None:
    """Who has something to hide empties the file: of that nobody may read that both agree."""
    empty, group = tmp_path / "records.jsonl", str(made.desk / "group.toml")
    empty.write_bytes(b"")
    ran = made.call("audit", str(empty), "--group", group)
    assert (ran.code, "agree" in ran.out) == (14, False), ran
    assert "no record stands in it, so that it shows nothing" in ran.out
    mine = (made.chairs[1].folder / "records.jsonl").read_bytes().splitlines(keepends=True)
    empty.write_bytes(mine[0])
    assert b'"rules"' in mine[0]
    ran = made.call("audit", str(empty), "--group", group)
    assert (ran.code, "agree" in ran.out) == (0, False), ran
    assert "nothing was replayed" in ran.out


def test_audit__the_group_has_come_further_than_the_records__said(lived: Lived, auditor: Auditor) -> None:
    """As of a desk that took the last epoch, and all that was signed in it, out of its records."""
    desk, key = records_of(lived.desk), key_of(lived.company)
    before = auditor.audit(desk, group=key)
    call = next(i for i, each in enumerate(desk) if kind_of(each) is Kind.CALL and raw_of(each)[39] == 2)
    said = [each["why"] for each in auditor.audit(desk[: call - 1], group=key) if each not in before]
    assert said == [
        "the file of --group is of epoch 3, and these records end in epoch 1: they are older, or were cut off"
    ]


def test_audit__all_shares_are_there_and_no_signature__not_called_unsigned(
    made: Company, auditor: Auditor
) -> None:
    desk = records_of(made.desk / "records.jsonl")

    def said(*kinds: Kind) -> list[str]:
        gone = without(lambda record: kind_of(record) in (Kind.SIGNATURE, Kind.CERTIFICATE, *kinds))
        rounds = auditor.replay(again(desk, gone))["rounds"]
        return [line for each in rounds if each["kind"] == "a signing" for line in each["said"]][-1:]

    assert said() == ["no signature stands here, but all its shares do: whoever has them has it"]
    assert said(Kind.SIGNATURE_SHARE) == ["it was not signed"]
