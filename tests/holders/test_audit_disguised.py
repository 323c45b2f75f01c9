"""Signings that look like others: another digest than what is asked makes, a trial that is none, shares of no epoch."""

from __future__ import annotations

from dataclasses import replace

from tests.holders.auditing import Auditor, again, kind_of, raw_of, records_of, without
from tests.holders.company import Company
from tests.holders.lived import REQUEST, Lived
from tests.holders.made_up import Book, name, nonces
from tests.holders.test_audit_insiders import book_of, key_of, whys
from verifier.desk.group_request import digest_of_request, encode_request
from verifier.frost.messages import Kind
from verifier.frost.shares import trial_digest
from verifier.model.group_request import Purpose
from verifier.store.group_file import key_of as group_key_of

VETO = replace(REQUEST, purpose=Purpose.VETO)


def committed(book: Book, session: str, body: bytes, digest: bytes, *, epoch: int = 1) -> Book:
    """Let holder 1 be asked, say yes, and commit."""
    invitation = book.says(0, Kind.INVITATION, name(session), epoch=epoch, body=body, digest=digest)
    book.received(invitation)
    book.decided(invitation)
    book.sent(book.answers(1, Kind.COMMITMENT, invitation, nonces(session)))
    return book


def digest_of(company: Company, *, is_veto: bool) -> bytes:
    point = company.group.point
    assert point is not None
    return digest_of_request(VETO if is_veto else REQUEST, point)


def test_audit__a_veto_is_asked_for_and_an_approval_signed__said(made: Company, auditor: Auditor) -> None:
    for is_veto in (True, False):
        digest = digest_of(made, is_veto=is_veto)
        book = committed(book_of(made), "a", encode_request(VETO), digest)
        found = whys(auditor.audit(book.records, group=key_of(made)))
        assert len(found) == (0 if is_veto else 1), found
        assert is_veto or (
            "what is asked (Veto" in found[0] and "makes another digest than is to be signed" in found[0]
        )


def test_audit__a_trial_is_asked_for_and_an_approval_signed__said(made: Company, auditor: Auditor) -> None:
    """Nobody is asked about a trial."""
    key = group_key_of(made.group)
    assert key is not None
    for is_trial in (True, False):
        digest = trial_digest(key) if is_trial else digest_of(made, is_veto=False)
        book = committed(book_of(made), "a", b"trial", digest)
        found = whys(auditor.audit(book.records, group=key_of(made)))
        assert found == (
            [] if is_trial else ["it asks for a trial, and its digest is not that of new shares"]
        )


def test_audit__signed_with_shares_that_were_never_certified__said(lived: Lived, auditor: Auditor) -> None:
    """New shares are good for their trial alone before all have them: half of the group might not."""
    records = records_of(lived.holder(1))
    certificates = [raw_of(each) for each in records if kind_of(each) is Kind.CERTIFICATE]
    last = max(raw[36:40] for raw in certificates)
    epoch = int.from_bytes(last, "big")
    uncertified = again(
        records,
        without(
            lambda record: (
                (kind_of(record) is Kind.CERTIFICATE and raw_of(record)[36:40] == last)
                or (record["kind"] == "epoch" and record["body"]["epoch"] == epoch)
            )
        ),
    )
    said = f"it is signed with shares of epoch {epoch}, which nobody certified here"
    for kept, is_said in ((records, False), (uncertified, True)):
        before = auditor.audit(kept)
        digest = digest_of(lived.company, is_veto=True)
        book = committed(book_of(lived.company, kept), "late", encode_request(VETO), digest, epoch=epoch)
        added = whys([each for each in auditor.audit(book.records) if each not in before])
        assert (said in added) is is_said, added
