"""Records of a group that has lived, changed by somebody who owns the folder: every change that matters is reported.

The hashes of the records fit again each time, as they would for whoever has the whole file. One half of the changes is
signed as well, with the key of whoever is made to say it: the strongest who could do it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from tests.holders.auditing import (
    Auditor,
    Pens,
    Record,
    again,
    kind_of,
    raw_of,
    records_of,
    start_auditor,
    swapped,
    without,
)
from tests.holders.lived import DECLINER, LIAR, WHY, Lived, live
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


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    return live(tmp_path_factory.mktemp("lived"))


@pytest.fixture(scope="module")
def auditor() -> Iterator[Auditor]:
    with start_auditor() as started:
        yield started


@pytest.fixture(scope="module")
def records(lived: Lived) -> list[Record]:
    return records_of(lived.desk)


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
    assert len(fields) > len(HEAD) or kind is Kind.CONFIRMATION
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


def one(records: list[Record], kind: str, **body: Any) -> Record:
    return next(r for r in records if r["kind"] == kind and body.items() <= r["body"].items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgery:
    """A record made up, changed or put elsewhere, and what is said of it."""

    change: Callable[[list[Record]], list[Record]]
    why: str


def body_changed(kind: str, **changes: Any) -> Callable[[list[Record]], list[Record]]:
    """Change the first record of a kind."""

    def change(records: list[Record]) -> list[Record]:
        first = one(records, kind)
        return [{**r, "body": {**r["body"], **changes}} if r is first else r for r in records]

    return change


def put(kind: str, at: int, **body: Any) -> Callable[[list[Record]], list[Record]]:
    """Put a record in, so many from the end."""

    def change(records: list[Record]) -> list[Record]:
        place = max(len(records) - at, 0)
        time = records[max(place - 1, 0)]["at"]
        return again(
            [*records[:place], {"number": 0, "at": time, "kind": kind, "body": body}, *records[place:]],
            lambda r: [r],
        )

    return change


def gone(kind: str) -> Callable[[list[Record]], list[Record]]:
    return lambda records: again(records, without(lambda record: record["kind"] == kind))


def time_back(records: list[Record]) -> list[Record]:
    return [{**r, "at": r["at"] - 3_600} if r["number"] == 50 else r for r in records]


FORGERIES: Final = {
    "another culprit": Forgery(
        change=body_changed("lied", who=1), why="holder 1 is accused of a wrong share, and it is right"
    ),
    "another crime": Forgery(
        change=body_changed("lied", crime="said two things in one place"), why="the evidence does not show it"
    ),
    "evidence taken out": Forgery(
        change=body_changed("lied", evidence=[]), why="the evidence does not show it"
    ),
    "no verdict": Forgery(
        change=gone("lied"), why=f"the share of holder {LIAR} is wrong, and nobody named it"
    ),
    "no refusal": Forgery(change=gone("refused"), why="was taken, and its signature share is wrong"),
    "another one left out": Forgery(
        change=body_changed("excluded", who=2), why="these records do not show that"
    ),
    "other words of a no": Forgery(
        change=body_changed("excluded", why="declined: on a Friday"), why="these records do not show that"
    ),
    "silence made up": Forgery(
        change=body_changed("excluded", why="did not answer in time"), why="these records do not show that"
    ),
    "nobody left out": Forgery(
        change=gone("excluded"), why="was not asked, and these records do not say why"
    ),
    "never begun": Forgery(change=gone("begun"), why="a session was opened that never began"),
    "not asked": Forgery(
        change=lambda records: [
            {**r, "body": {**r["body"], "to": [1, 2]}} if kind_of(r) is Kind.INVITATION else r
            for r in records
        ],
        why="was not asked, and these records do not say why",
    ),
    "shares in use": Forgery(change=put("epoch", 0, epoch=9), why="nothing in these records brings them"),
    "a decision": Forgery(
        change=put("decided", 0, session="0x" + "11" * 32, answer="yes", because="so"),
        why="nothing was asked",
    ),
    "a record of no kind": Forgery(
        change=put("note", 0, what="all is well"), why="nobody writes records of the kind note"
    ),
    "nothing refused": Forgery(
        change=put("refused", 300, sender=None, why="."), why="nothing that was refused"
    ),
    "garbage taken": Forgery(
        change=put("received", 0, raw="0x00"), why="an envelope was taken that cannot be read"
    ),
    "time": Forgery(change=time_back, why="3600 seconds before that of the record before it"),
    "another session named": Forgery(
        change=body_changed("sent", session="0x" + "11" * 32), why="names another session"
    ),
}


@pytest.mark.parametrize("name", FORGERIES)
def test_audit__a_record_made_up_or_changed__reported(
    auditor: Auditor, records: list[Record], name: str
) -> None:
    forgery = FORGERIES[name]
    found = auditor.audit(forgery.change(records))
    assert any(forgery.why in each["why"] for each in found), found


def test_audit__right_message_refused__reported(auditor: Auditor, records: list[Record]) -> None:
    """Who would leave somebody out has only to refuse what it said: the refusal is looked at, too."""
    share = envelopes(records, Kind.SIGNATURE_SHARE)[0]
    why = f"A message of holder {share[72]} is refused: its signature share is wrong."

    def refuse(record: Record) -> list[Record]:
        refusal = {**record, "kind": "refused", "body": {"from": share[72], "sender": share[72], "why": why}}
        return [record, refusal] if raw_of(record) == share else [record]

    found = auditor.audit(again(records, refuse))
    assert any(
        "nothing of that is so" in each["why"] and each["kind"] == "SIGNATURE_SHARE" for each in found
    ), found


def test_audit__as_it_was_written__agreed_on_by_all_but_the_liars(auditor: Auditor, lived: Lived) -> None:
    """What liars wrote of their own lies stands in their records alone, and is said of them alone."""
    honest = [path for index, path in enumerate(lived.everybody) if index not in (LIAR, 5)]
    for path in honest:
        assert auditor.audit(records_of(path)) == [], path
    assert auditor.audit(*map(records_of, honest)) == []
    whole = auditor.audit(*map(records_of, lived.everybody))
    assert {each["file"] for each in whole} == {LIAR, 5}
    asked = {each["asked"] for each in auditor.replay(records_of(lived.desk))["rounds"]}
    assert any(
        words.startswith("Approve of operation 12 in lane 3, 1 call, for the vault 0x") for words in asked
    )


def test_records__of_everybody__hold_time_origin_identity_session_asked_and_answered(lived: Lived) -> None:
    from verifier.store.ceremony_records import body_of, read_records

    for path in lived.everybody:
        found = list(read_records(path))
        assert found
        for record in found:
            assert record.at > 1_600_000_000
            assert " process " in record.origin
            assert record.identity.startswith(("the coordinator", "holder "))
            # With which rules a holder began is of no session.
            assert record.kind == "rules" or len(str(body_of(record)["session"])) == 66
    asked = [r for r in records_of(lived.holder(DECLINER)) if kind_of(r) is Kind.INVITATION]
    assert any(b'"for":"Approve"' in raw_of(record) for record in asked)
    refusal = one(records_of(lived.holder(DECLINER)), "decided", answer="no")
    assert refusal["body"]["because"] == WHY
    answered = [r for r in records_of(lived.desk) if kind_of(r) is Kind.DECLINE]
    assert {record["body"]["from"] for record in answered} == {DECLINER}


def test_path__of_records__is_what_the_program_reads(lived: Lived) -> None:
    ran = lived.company.call("audit", str(lived.desk), "--group", str(lived.company.desk / "group.toml"))
    assert ran.code == 0, ran
    assert "holds" in ran.out
    assert isinstance(lived.desk, Path)
