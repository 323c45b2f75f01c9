"""Records of a group that has lived, changed by somebody who owns the folder: every change that matters is reported.

The hashes of the records fit again each time, as they would for whoever has the whole file. One half of the changes is
signed as well, with the key of whoever is made to say it: the strongest who could do it.
"""

from __future__ import annotations

from typing import Final

import pytest

from tests.holders.auditing import (
    Auditor,
    Pens,
    Record,
    again,
    kind_of,
    raw_of,
    records_of,
    swapped,
    without,
)
from tests.holders.lived import Lived
from verifier.frost.messages import Kind

HEAD: Final = {
    "group": 4,
    "epoch": 39,
    "session": 71,
    "sender": 72,
    "kind": 73,
    "digest": 74,
    "seen": 106,
    "length": 141,
}
BODY: Final = 142
CALL_HOLDERS: Final = 32 + 4 + 1 + 32 + 1
"""Bytes of a charter before its holders; each has 33."""
BODIES: Final[dict[Kind, dict[str, int]]] = {
    Kind.INVITATION: {"request": 10},
    Kind.COMMITMENT: {"hiding": 0, "binding": 33 + 20},
    Kind.DECLINE: {"why": 2},
    Kind.PACKAGE: {"count": 0, "a quoted envelope": 3 + 150},
    Kind.SIGNATURE_SHARE: {"z": 31},
    Kind.SIGNATURE: {"R": 0, "z": 64},
    Kind.CALL: {
        "group": 0,
        "epoch": 35,
        "threshold": 36,
        "coordinator": 37,
        "a holder": CALL_HOLDERS,
        "a key": CALL_HOLDERS + 5,
        "dealers": CALL_HOLDERS + 4 * 33 + 1,
        "old": -1,
    },
    Kind.OFFER: {
        "count": 0,
        "first": 1 + 20,
        "second": 34 + 20,
        "proof": 67 + 40,
        "to whom": 133,
        "pair key": 134 + 9,
    },
    Kind.SUB_SHARES: {"to whom": 1, "sealed": 2 + 9},
    Kind.COMPLAINT: {"accused": 0, "opened": 20},
    Kind.CERTIFICATE: {"R": 0, "z": 64, "a confirmation": 66 + 2 + 80},
    Kind.REPAIR_CALL: {"lost": 0, "helper": 2},
    Kind.REPAIR_OFFER: {"to whom": 1, "part": 2 + 20, "pair key": 1 + 2 * 34 + 1 + 9},
    Kind.REPAIR_PARTS: {"to whom": 1, "sealed": 2 + 9},
    Kind.REPAIR_SUM: {"sealed": 9},
}
"""Of the body of each kind: what stands there, and which byte of it is changed. A point is changed to what is none, or
to another."""


def envelopes(records: list[Record], kind: Kind) -> list[bytes]:
    """Return the envelopes of a kind as they came or went, each once, the first first."""
    return list(dict.fromkeys(raw_of(record) for record in records if kind_of(record) is kind))


def flipped(raw: bytes, at: int) -> bytes:
    found = bytearray(raw)
    found[at] ^= 1
    return bytes(found)


def places_of(kind: Kind, raw: bytes) -> dict[str, int]:
    """Return at which byte of an envelope each field is changed."""
    length = len(raw) - BODY - 64
    bodies = {name: BODY + at % length for name, at in BODIES.get(kind, {}).items()}
    return {**HEAD, **bodies}


def names(found: list[Record], records: list[Record], new: bytes, old: bytes) -> bool:
    """Whether a disagreement is about the changed envelope, or about the session that it was of."""
    numbers = {record["number"] for record in records if raw_of(record) == new}
    sessions = {old[40:72].hex(), new[40:72].hex()}
    return any(each["record"] in numbers or each["session"] in sessions for each in found)


# Whose session was brought to nothing by a lie is told apart below; these are of the first of each kind.


@pytest.mark.parametrize("is_signed", [False, True], ids=["unsigned", "signed"])
@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.name.lower())
def test_audit__any_field_of_any_message_changed__reported_with_where_it_stands(
    auditor: Auditor, records: list[Record], lived: Lived, kind: Kind, is_signed: bool
) -> None:
    pens, quiet = Pens(lived.company), []
    old = envelopes(records, kind)[0]
    fields = places_of(kind, old)
    assert len(fields) > len(HEAD) or kind in (Kind.CONFIRMATION, Kind.CALL_OFF)
    for name, at in fields.items():
        new = flipped(old, at)
        new = pens.sign(new[:-64]) if is_signed else new
        changed = again(records, swapped(old, new))
        found = auditor.audit(changed)
        assert all(each["why"] and each["record"] for each in found), found
        if not names(found, changed, new, old):
            quiet.append(name)
    assert quiet == []


OF_A_HOLDER: Final = [kind for kind in Kind if kind not in (Kind.DECLINE, Kind.REPAIR_SUM, Kind.COMPLAINT)]
"""What the second holder's records have as well: it signed, dealt and lost its share."""
SIGNING: Final = {Kind.INVITATION, Kind.COMMITMENT, Kind.PACKAGE, Kind.SIGNATURE_SHARE, Kind.SIGNATURE}


def of_holder(records: list[Record], kind: Kind) -> bytes:
    """Return the first envelope of a kind; of a signing, of the one in which this holder signed for sure."""
    found = envelopes(records, kind)
    if kind not in SIGNING:
        return found[0]
    asked = {raw[40:72] for raw in envelopes(records, Kind.INVITATION) if b"Approve" in raw}
    signed = {raw[40:72] for raw in envelopes(records, Kind.SIGNATURE)} & asked
    return next(raw for raw in found if raw[40:72] in signed)


@pytest.mark.parametrize("kind", OF_A_HOLDER, ids=lambda kind: kind.name.lower())
def test_audit__any_field_changed_in_a_holders_own_records__reported(
    auditor: Auditor, lived: Lived, kind: Kind
) -> None:
    records, pens, quiet = records_of(lived.holder(2)), Pens(lived.company), []
    old = of_holder(records, kind)
    for name, at in places_of(kind, old).items():
        if name in ("group", "length", "kind"):
            continue
        new = pens.sign(flipped(old, at)[:-64])
        changed = again(records, swapped(old, new))
        if not names(auditor.audit(changed), changed, new, old):
            quiet.append(name)
    assert quiet == []


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.name.lower())
def test_audit__a_signature_changed_alone__reported(
    auditor: Auditor, records: list[Record], kind: Kind
) -> None:
    old = envelopes(records, kind)[0]
    new = flipped(old, len(old) - 1)
    changed = again(records, swapped(old, new))
    found = auditor.audit(changed)
    numbers = [record["number"] for record in changed if raw_of(record) == new]
    sender = f"holder {old[72]}" if old[72] else "the coordinator"
    assert {
        "file": 0,
        "record": numbers[0],
        "session": old[40:72].hex(),
        "sender": sender,
        "kind": kind.name,
        "why": f"a {kind.name} was taken that {sender} did not sign",
    } in found


@pytest.mark.parametrize("kind", list(Kind), ids=lambda kind: kind.name.lower())
def test_audit__a_message_taken_out__reported(auditor: Auditor, records: list[Record], kind: Kind) -> None:
    gone = envelopes(records, kind)[0]
    found = auditor.audit(again(records, without(lambda record: raw_of(record) == gone)))
    sessions = {each["session"] for each in found}
    # On a certificate rests what its shares do afterwards, on a trial's signature the certificate.
    assert sessions if kind in (Kind.CERTIFICATE, Kind.SIGNATURE) else gone[40:72].hex() in sessions, found
