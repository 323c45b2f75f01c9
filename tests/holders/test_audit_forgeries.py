"""Records of a group that has lived, some made up, changed, or gone: who lied, who was left out, who agreed.

And what the records hold as they were written.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest

from tests.holders.auditing import Auditor, Record, again, kind_of, raw_of, records_of, without
from tests.holders.lived import DECLINER, LIAR, WHY, Lived
from verifier.frost.messages import Kind
from verifier.store.ceremony_records import body_of, read_records


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
    "another line": Forgery(
        change=body_changed("received", **{"from": 9}), why="it came by another's line than that of holder"
    ),
    "no session named": Forgery(
        change=body_changed("excluded", session="all of them"), why="names no session that there can be"
    ),
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
    share = next(raw_of(each) for each in records if kind_of(each) is Kind.SIGNATURE_SHARE)
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


NONSENSE: Final[list[Any]] = [None, True, -1, 1e300, "", "0xzz", [], ["x"], [None], {}, {"a": 1}, "\ud800"]


def test_audit__bodies_made_nonsense__answered_each_time(auditor: Auditor, records: list[Record]) -> None:
    """The file may be anybody's: whatever stands in it, the auditor says something of it, and goes on."""
    draw = random.Random(6)  # noqa: S311 - runs repeat
    told = 0
    for _ in range(40):
        changed = [{**record, "body": dict(record["body"])} for record in records]
        for record in draw.sample(changed, 3):
            names = [*record["body"], "evidence", "raw", "to", "who"]
            record["body"][draw.choice(names)] = draw.choice(NONSENSE)
            record["kind"] = draw.choice([record["kind"], "lied", "excluded", "refused", "epoch", "decided"])
        told += bool(auditor.audit(changed))
    assert told >= 35
