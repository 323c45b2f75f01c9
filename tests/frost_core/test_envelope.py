"""Everything that comes is hostile: each envelope that is not exactly right is refused, with whose it is and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.frost_core.liars import read
from tests.frost_core.party import (
    call_for_key,
    call_for_shares,
    charter,
    make_key,
    next_epoch,
    pen,
    run_dealing,
    run_repair,
    run_signing,
    transport_key,
)
from tests.frost_core.sessions import DIGEST
from verifier.errors.frost import BodyMalformed, CharterMalformed
from verifier.frost import coordinator, dealer, relay, signer
from verifier.frost.charter import COORDINATOR, MOST_HOLDERS, Charter, Holder, Index, TransportKey
from verifier.frost.codec import Reader
from verifier.frost.curve import is_signed
from verifier.frost.dealing_messages import Confirmation, Offer
from verifier.frost.envelope import (
    MOST_ENVELOPE,
    Envelope,
    Fault,
    Place,
    Rejected,
    hash_of_list,
    open_envelope,
    seal,
)
from verifier.frost.messages import FROM_COORDINATOR, MOST_BODY, Kind, read_body
from verifier.frost.signing_messages import Decline, Invitation

SHARES: Final = make_key(2, 3)
KEY: Final = SHARES[Index(1)].key
SIGNED: Final = run_signing(SHARES, DIGEST)
DEALT: Final = run_dealing(call_for_key(charter(2, (1, 2, 3))))
REPAIRED: Final = run_repair(SHARES, 1, (2, 3))
ALL: Final = {
    envelope.kind: envelope
    for log in (SIGNED.log, DEALT.log, REPAIRED.log)
    for envelope in (read(raw) for _, _, raw in log.arrived)
}
SAMPLE: Final = ALL[Kind.COMMITMENT]


def place(envelope: Envelope, **other: Any) -> Place:
    found = Place(
        group=envelope.group,
        epoch=envelope.epoch,
        session=envelope.session,
        keys={Index(i): transport_key(i) for i in range(4)},
        is_signed=is_signed,
    )
    return replace(found, **other)


def test_open__every_kind_as_it_was_said__whole() -> None:
    assert {*Kind} - {*ALL} == {Kind.DECLINE, Kind.COMPLAINT, Kind.CERTIFICATE, Kind.CALL_OFF}
    for envelope in ALL.values():
        opened = open_envelope(envelope.raw, place(envelope))
        assert opened == envelope
        assert read_body(envelope.kind, envelope.body.encode()) == envelope.body
        assert len(envelope.body.encode()) <= MOST_BODY[envelope.kind]


FIELDS: Final = {
    "magic": (0, Fault.FORM),
    "version": (3, Fault.VERSION),
    "group": (4, Fault.GROUP),
    "epoch": (39, Fault.EPOCH),
    "session": (40, Fault.SESSION),
    "sender": (72, Fault.SENDER),
    "kind": (73, Fault.KIND),
    "digest": (74, Fault.SIGNATURE),
    "seen": (106, Fault.SIGNATURE),
    "length": (138, Fault.SIZE),
    "body": (142, Fault.SIGNATURE),
    "signature": (-1, Fault.SIGNATURE),
}


@pytest.mark.parametrize(("at", "fault"), FIELDS.values(), ids=FIELDS)
def test_open__one_field_changed__refused_for_that_field_and_nobody_accused(at: int, fault: Fault) -> None:
    raw = bytearray(SAMPLE.raw)
    raw[at] ^= 0x80
    refused = open_envelope(bytes(raw), place(SAMPLE))
    assert isinstance(refused, Rejected)
    assert refused.fault is fault
    assert not refused.is_proven
    assert refused.sentence()


@settings(max_examples=60)
@given(kind=st.sampled_from(sorted(ALL)), at=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_open__any_bit_of_any_kind_changed__refused(kind: Kind, at: int, bit: int) -> None:
    raw = bytearray(ALL[kind].raw)
    raw[at % len(raw)] ^= 1 << bit
    assert isinstance(open_envelope(bytes(raw), place(ALL[kind])), Rejected)


@settings(max_examples=60)
@given(kind=st.sampled_from(sorted(ALL)), cut=st.integers(1, 300), more=st.binary(max_size=40))
def test_open__cut_or_lengthened__refused(kind: Kind, cut: int, more: bytes) -> None:
    raw = ALL[kind].raw
    for other in (raw[:-cut], raw[cut:], raw + b"\0" + more, more):
        assert isinstance(open_envelope(other, place(ALL[kind])), Rejected)


def test_open__longer_than_any_may_be__not_looked_at() -> None:
    long = Place(group=bytes(32), epoch=1, session=None, keys={}, is_signed=None)  # type: ignore[arg-type]
    refused = open_envelope(bytes(MOST_ENVELOPE + 1), long)
    assert refused == Rejected(sender=None, fault=Fault.SIZE)


def test_seal__a_body_that_is_too_long__is_a_fault_of_this_program() -> None:
    with pytest.raises(ValueError, match="too long"):
        seal(pen(1), place(SAMPLE), Kind.INVITATION, Invitation(request=bytes(1 << 17)), digest=DIGEST)


@settings(max_examples=150)
@given(kind=st.sampled_from(sorted(Kind)), body=st.binary(max_size=300))
def test_read_body__any_bytes__one_way_to_write_what_it_says_or_refused(kind: Kind, body: bytes) -> None:
    try:
        found = read_body(kind, body)
    except (BodyMalformed, CharterMalformed):
        return
    assert found.encode() == body


@settings(max_examples=100)
@given(kind=st.sampled_from(sorted(ALL)), at=st.integers(0, 5_000), value=st.integers(0, 255))
def test_read_body__a_real_one_changed__one_way_to_write_it_or_refused(
    kind: Kind, at: int, value: int
) -> None:
    body = bytearray(ALL[kind].body.encode())
    if body:
        body[at % len(body)] = value
    try:
        found = read_body(kind, bytes(body))
    except (BodyMalformed, CharterMalformed):
        return
    assert found.encode() == bytes(body)


def test_open__a_signed_body_that_is_malformed__proven_against_its_sender() -> None:
    class Odd:
        def encode(self) -> bytes:
            return bytes(5)

    raw = seal(pen(1), place(SAMPLE), Kind.COMMITMENT, Odd(), digest=DIGEST)  # type: ignore[arg-type]
    refused = open_envelope(raw, place(SAMPLE))
    assert refused == Rejected(sender=Index(1), fault=Fault.BODY, is_proven=True)


@pytest.mark.parametrize(
    "pairs",
    [
        ((2, 33 * b"\2"), (1, 33 * b"\2")),  # unsorted
        ((1, 33 * b"\2"), (1, 33 * b"\2")),  # twice
        ((0, 33 * b"\2"),),  # nobody
    ],
)
def test_read_body__a_list_of_holders_that_does_not_grow__refused(pairs: Any) -> None:
    written = Offer(commitments=(), proof=b"", pair_keys=pairs).encode()
    with pytest.raises(BodyMalformed):
        read_body(Kind.OFFER, written)


def test_hash_of_list__in_any_order__the_same() -> None:
    envelopes = [*ALL.values()]
    assert hash_of_list(envelopes) == hash_of_list(envelopes[::-1]) != hash_of_list(envelopes[1:])


def test_decline__in_any_words__short_and_readable() -> None:
    for words in ("", "no", "\x1b[2J" * 400, "\U0001f600" * 80, "\ud800"):
        body = Decline(declined_because=words)
        again = read_body(Kind.DECLINE, body.encode())
        assert again.encode() == body.encode()
        assert len(body.encode()) <= 200


@settings(max_examples=40)
@given(raw=st.one_of(st.binary(max_size=400), st.sampled_from([one.raw for one in ALL.values()])))
def test_receive__anything_in_any_state__never_raises_and_changes_nothing_it_should_not(raw: bytes) -> None:
    states: list[tuple[Any, Any]] = [
        (signer.receive, signer.start_signer(SHARES[Index(1)], pen(1))),
        (signer.receive, SIGNED.signers[Index(1)]),
        (coordinator.receive, SIGNED.signing),
        (relay.receive, DEALT.relay),
        (dealer.receive, DEALT.members[Index(1)]),
    ]
    for receive, state in states:
        turn = receive(state, raw)
        assert turn.rejected or turn.state != state


def keys(count: int) -> tuple[Holder, ...]:
    return tuple(
        Holder(index=Index(i), transport_key=TransportKey(bytes([i]) * 32)) for i in range(1, count + 1)
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"threshold": 1}, "threshold"),
        ({"threshold": 4}, "threshold"),
        ({"holders": keys(MOST_HOLDERS + 1)}, "more than 20"),
        ({"holders": keys(3)[::-1]}, "growing"),
        ({"holders": (*keys(2), keys(2)[1])}, "growing"),
        ({"holders": (replace(keys(1)[0], index=Index(0)), *keys(3)[1:])}, "between 1 and 255"),
        (
            {"holders": (keys(1)[0], replace(keys(2)[1], transport_key=keys(1)[0].transport_key))},
            "one transport key",
        ),
        ({"coordinator": keys(1)[0].transport_key}, "one transport key"),
        ({"coordinator": b"short"}, "not 32 bytes"),
        ({"group": b"short"}, "name"),
        ({"epoch": 0}, "epoch"),
        ({"epoch": 1 << 32}, "epoch"),
    ],
)
def test_charter__that_may_not_be__refused(change: dict[str, Any], why: str) -> None:
    good: dict[str, Any] = {
        "group": bytes(32),
        "epoch": 1,
        "threshold": 2,
        "coordinator": bytes([99]) * 32,
        "holders": keys(3),
    }
    written = Charter(**good).encode()
    assert Charter.read(Reader(written)) == Charter(**good)
    with pytest.raises(CharterMalformed, match=why):
        Charter(**(good | change))


def test_charter__of_two_to_twenty__may_be() -> None:
    for count in (2, 20):
        assert Charter(
            group=bytes(32),
            epoch=1,
            threshold=count,
            coordinator=TransportKey(bytes([99]) * 32),
            holders=keys(count),
        ).keys[COORDINATOR]


def test_call__for_shares__its_old_key_is_read_back() -> None:
    call = call_for_shares(KEY, next_epoch(KEY.charter, 2, (1, 2, 3)), (1, 2))
    assert read_body(Kind.CALL, call.encode()) == call


@pytest.mark.parametrize("kind", sorted(Kind))
def test_open__of_a_kind_that_is_not_the_senders_to_say__refused(kind: Kind) -> None:
    """What a coordinator may say no holder may, and the other way round, whoever signs it."""
    sender = 1 if kind in FROM_COORDINATOR else 0
    raw = seal(pen(sender), place(SAMPLE), kind, Confirmation(), digest=DIGEST)
    refused = open_envelope(raw, place(SAMPLE))
    assert isinstance(refused, Rejected)
    assert (refused.sender, refused.fault, refused.is_proven) == (sender, Fault.KIND, False)
