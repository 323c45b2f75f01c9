"""A share that is made and stored: what brings it into use, and what does not."""

from __future__ import annotations

from typing import Any, Final

import pytest

from tests.frost_core.liars import edit, read, say
from tests.frost_core.party import (
    call_for_key,
    charter,
    finish,
    make_key,
    next_epoch,
    pen,
    reshare,
    run_dealing,
    run_signing,
)
from tests.frost_core.sessions import DIGEST
from verifier.errors.frost import BodyMalformed, CertificateUnfit
from verifier.frost import relay, signer
from verifier.frost.charter import Index
from verifier.frost.envelope import Envelope
from verifier.frost.messages import Kind
from verifier.frost.pending import PendingShare, activate, read_pending, write_pending
from verifier.frost.shares import trial_digest

OUTCOME: Final = run_dealing(call_for_key(charter(2, (1, 2, 3))))
PENDING: Final = OUTCOME.pending
SHARES: Final = {index: one.share for index, one in PENDING.items() if one.share is not None}
KEY: Final = PENDING[Index(1)].key


def certified() -> Envelope:
    signed = run_signing(SHARES, trial_digest(KEY), is_trial=True)
    return read(relay.certify(OUTCOME.relay, signed.signature).sent[0].raw)


CERTIFICATE: Final = certified()


def confirmations() -> tuple[bytes, ...]:
    body: Any = CERTIFICATE.body
    found: tuple[bytes, ...] = body.confirmations
    return found


def seen_otherwise() -> bytes:
    third = read(confirmations()[2])
    return say(third, third.body, seen=bytes([1]) * 32)


def of_another_matter() -> bytes:
    third = read(confirmations()[2])
    return say(third, third.body, digest=bytes([1]) * 32)


def forged() -> bytes:
    third = read(confirmations()[2])
    return say(third, third.body, by=pen(3, "a thief"))


def offer() -> bytes:
    return next(raw for _, _, raw in OUTCOME.log.arrived if read(raw).kind is Kind.OFFER)


LIES: Final[dict[str, Any]] = {
    "one has not confirmed": lambda body: edit(body, confirmations=confirmations()[:2]),
    "one twice": lambda body: edit(body, confirmations=(*confirmations()[:2], confirmations()[1])),
    "in another order": lambda body: edit(body, confirmations=confirmations()[::-1]),
    "one saw something else": lambda body: edit(body, confirmations=(*confirmations()[:2], seen_otherwise())),
    "one about something else": lambda body: edit(
        body, confirmations=(*confirmations()[:2], of_another_matter())
    ),
    "one forged": lambda body: edit(body, confirmations=(*confirmations()[:2], forged())),
    "one something else": lambda body: edit(body, confirmations=(*confirmations()[:2], offer())),
    "none": lambda body: edit(body, confirmations=()),
    "another signature": lambda body: edit(body, signature=run_signing(SHARES, DIGEST).signature),
    "no signature": lambda body: edit(body, signature=bytes(65)),
}


def test_activate__by_its_certificate__in_use_and_signs() -> None:
    shares = {index: activate(one, CERTIFICATE.raw) for index, one in PENDING.items()}
    assert shares == SHARES
    assert run_signing(SHARES, DIGEST).signature


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_activate__by_what_shows_less__refused(lie: Any) -> None:
    for raw in (say(CERTIFICATE, lie(CERTIFICATE.body)),):
        with pytest.raises(CertificateUnfit):
            activate(PENDING[Index(1)], raw)


def test_activate__by_something_else__refused() -> None:
    for raw in (
        b"",
        CERTIFICATE.raw[:-1],
        confirmations()[0],
        say(CERTIFICATE, CERTIFICATE.body, by=pen(0, "thief")),
    ):
        with pytest.raises(CertificateUnfit):
            activate(PENDING[Index(1)], raw)


def test_activate__of_a_member_that_leaves__nothing_is_in_use_and_the_old_may_go() -> None:
    old = make_key(2, 3)
    key = old[Index(1)].key
    outcome = reshare(old, next_epoch(key.charter, 2, (2, 3, 4)), (1, 2, 3))
    assert outcome.pending[Index(1)].share is None
    stored = {index: read_pending(write_pending(one)) for index, one in outcome.pending.items()}
    assert stored == outcome.pending
    shares = finish(outcome)
    assert shares[Index(1)] is None
    assert {index for index, share in shares.items() if share is not None} == {2, 3, 4}


def test_trial_digest__of_every_epoch_and_key__another() -> None:
    old = make_key(2, 3)
    key = old[Index(1)].key
    new = reshare(old, next_epoch(key.charter, 2, (1, 2, 3)), (1, 2)).relay.key
    assert new is not None
    assert new.point == key.point
    assert len({trial_digest(one) for one in (KEY, key, new)}) == 3
    # Shares that are in use sign what their holder agrees to, and nobody takes a trial for an operation.
    pending = signer.start_signer(SHARES[Index(1)], pen(1), is_trial=True)
    assert pending.is_trial


def test_read_pending__anything_else__refused() -> None:
    stored = write_pending(PENDING[Index(2)])
    assert read_pending(stored) == PENDING[Index(2)]
    for other in (b"", stored[:-1], stored + b"\0", stored[1:], stored[:40]):
        with pytest.raises(BodyMalformed):
            read_pending(other)
    for at in range(0, len(stored), 7):
        broken = bytearray(stored)
        broken[at] ^= 1
        try:
            found = read_pending(bytes(broken))
        except BodyMalformed:
            continue
        # Whoever wraps it seals the rest; what was changed has no certificate.
        if found != PENDING[Index(2)]:
            require_no_certificate(found)


def require_no_certificate(pending: PendingShare) -> None:
    with pytest.raises(CertificateUnfit):
        activate(pending, CERTIFICATE.raw)
