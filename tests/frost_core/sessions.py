"""A 3-of-5 group, and single steps of its sessions."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from tests.frost_core.liars import court, say
from tests.frost_core.party import dice, make_key, pen, session
from verifier.frost import coordinator, signer
from verifier.frost.charter import Index
from verifier.frost.envelope import Envelope
from verifier.frost.messages import Kind
from verifier.frost.signing_messages import Package

DIGEST: Final = hashlib.sha256(b"an operation").digest()
OTHER: Final = hashlib.sha256(b"another operation").digest()
SHARES: Final = make_key(3, 5)
KEY: Final = SHARES[Index(1)].key
COURT: Final = court(KEY, KEY.charter.group, (1, 2, 3, 4, 5))
DICE: Final = dice("signing", length=64)


def invite(*, request: bytes = b"all", digest: bytes = DIGEST, name: bytes | None = None) -> Envelope:
    started = coordinator.start_signing(
        KEY, pen(0), digest=digest, request=request, session=name or session()
    )
    return started.state.invitation


def start(index: int, **more: Any) -> signer.Signer:
    return signer.start_signer(SHARES[Index(index)], pen(index), **more)


def ask(index: int, invitation: Envelope) -> signer.Signer:
    turn = signer.receive(start(index), invitation.raw)
    assert not turn.rejected
    assert turn.state.asked == (invitation,)
    return turn.state


def commit(index: int, invitation: Envelope) -> tuple[signer.Signer, bytes]:
    """Return a holder that said yes, and its envelope."""
    turn = signer.consent(
        ask(index, invitation), invitation.session, dice=dice("n", index, invitation.session, length=64)
    )
    (sent,) = turn.sent
    return turn.state, sent.raw


def pack(invitation: Envelope, *commitments: bytes, **other: Any) -> bytes:
    return say(
        invitation,
        Package(commitments=commitments),
        kind=Kind.PACKAGE,
        **({"seen": invitation.hash} | other),
    )


def three(invitation: Envelope) -> tuple[dict[int, signer.Signer], list[bytes]]:
    committed = {index: commit(index, invitation) for index in (1, 2, 3)}
    return {i: state for i, (state, _) in committed.items()}, [raw for _, raw in committed.values()]
