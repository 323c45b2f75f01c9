"""Records of rounds, replayed by @noble/curves: agreed on as they are, and disputed where they were changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.holders.company import Company
from verifier.frost.messages import Kind
from verifier.model.hash_chain import GENESIS, HashChain, line_of
from verifier.model.watching import AuditRecord
from verifier.store.ceremony_records import DOMAIN, body_of, read_records

Bodies = list[tuple[str, dict[str, Any]]]
Change = Callable[[str, dict[str, Any]], Iterator[tuple[str, dict[str, Any]]]]


def kind_of(body: dict[str, Any]) -> Kind | None:
    raw = bytes.fromhex(str(body.get("raw", "")).removeprefix("0x"))
    return Kind(raw[73]) if len(raw) > 73 else None


def rewritten(path: Path, to: Path, change: Change) -> Path:
    """Write records anew, with hashes that fit: what somebody could do who has the whole file."""
    chain, previous, number = HashChain(DOMAIN), GENESIS, 0
    lines = []
    for record in read_records(path):
        for kind, body in change(record.kind, body_of(record)):
            number += 1
            sealed: AuditRecord = chain.seal(
                number=number,
                previous=previous,
                at=record.at,
                origin=record.origin,
                identity=record.identity,
                kind=kind,
                body=body,
            )
            previous = sealed.hash
            lines.append(line_of(sealed, DOMAIN) + "\n")
    to.write_text("".join(lines))
    return to


def flipped(body: dict[str, Any], at: int) -> dict[str, Any]:
    raw = bytearray.fromhex(body["raw"].removeprefix("0x"))
    raw[at] ^= 1
    return {**body, "raw": "0x" + raw.hex()}


def test_audit__as_it_was_written__both_agree(made: Company) -> None:
    point = made.group.point
    assert point is not None
    ran = made.call("audit", str(made.desk / "records.jsonl"), "--json")
    assert ran.code == 0, ran
    found = ran.record
    assert found["disagreements"] == []
    assert [each["kind"] for each in found["rounds"]] == ["a new key", "a signing"]
    dealing, signing = found["rounds"]
    assert f"key {point.hex()}, 2 of 3" in dealing["said"]
    assert "certified by 3 members, and a trial signature" in dealing["said"]
    assert "the signature is the group's" in signing["said"]
    assert sum("is right" in said for said in signing["said"]) == 2
    holder = made.chairs[0].home.call("frost", "audit", str(made.chairs[0].folder / "records.jsonl"))
    assert holder.code == 0, holder
    assert "Both agree on everything." in holder.out


def change_share(kind: str, body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    is_share = kind == "received" and kind_of(body) is Kind.SIGNATURE_SHARE
    yield kind, flipped(body, 150) if is_share else body


def change_proof(kind: str, body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    is_offer = kind == "received" and kind_of(body) is Kind.OFFER
    yield kind, flipped(body, 142 + 1 + 66 + 40) if is_offer else body


def accuse_falsely(kind: str, body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    yield kind, body
    if kind == "received" and kind_of(body) is Kind.SIGNATURE_SHARE:
        crime = "sent a signature share that is wrong"
        yield "lied", {"who": 1, "crime": crime, "evidence": ["0x00", "0x00", body["raw"]]}


def change_signature(kind: str, body: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    is_signature = kind == "sent" and kind_of(body) is Kind.SIGNATURE
    yield kind, flipped(body, 142 + 50) if is_signature else body


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (change_share, "was taken that holder"),
        (change_proof, "was taken that holder"),
        (accuse_falsely, "is accused of a wrong share, and it is right"),
        (change_signature, "was taken that the coordinator did not sign"),
    ],
)
def test_audit__changed_with_hashes_that_fit__the_other_implementation_disagrees(
    made: Company, tmp_path: Path, change: Change, why: str
) -> None:
    path = rewritten(made.desk / "records.jsonl", tmp_path / "records.jsonl", change)
    ran = made.call("audit", str(path))
    assert ran.code == 14, ran
    assert why in " ".join(ran.out.split())


def test_audit__a_record_changed_alone__broken_before_anything_is_replayed(
    made: Company, tmp_path: Path
) -> None:
    lines = (made.desk / "records.jsonl").read_text().splitlines()
    record = json.loads(lines[3])
    lines[3] = lines[3].replace(record["hash"][:12], "0x0000000000")
    path = tmp_path / "records.jsonl"
    path.write_text("\n".join(lines) + "\n")
    ran = made.call("audit", str(path))
    assert ran.code == 108
    assert "record 4" in ran.sentence


def last_hash(lines: list[str]) -> str:
    return str(json.loads(lines[-1])["hash"])


@pytest.mark.parametrize(
    ("change", "number"),
    [
        (lambda lines: [*lines[:9], *lines[10:]], 10),
        (lambda lines: lines[1:], 1),
        (lambda lines: [*lines[:9], lines[10], lines[9], *lines[11:]], 10),
        (lambda lines: [*lines[:9], lines[8], *lines[9:]], 10),
        (lambda lines: [*lines, lines[0]], 31),
    ],
    ids=["gap", "begins later", "reordered", "twice", "the first again"],
)
def test_audit__records_missing_moved_or_there_twice__broken_at_the_first_of_them(
    made: Company, tmp_path: Path, change: Callable[[list[str]], list[str]], number: int
) -> None:
    lines = (made.desk / "records.jsonl").read_text().splitlines()[:30]
    path = tmp_path / "records.jsonl"
    path.write_text("\n".join(change(lines)) + "\n")
    ran = made.call("audit", str(path))
    assert ran.code == 108, ran
    assert f"record {number}" in ran.sentence


def test_audit__cut_off_at_the_end__whole_to_itself_and_not_by_the_head_that_was_kept(
    made: Company, tmp_path: Path
) -> None:
    lines = (made.desk / "records.jsonl").read_text().splitlines()
    path = tmp_path / "records.jsonl"
    path.write_text("\n".join(lines[:-3]) + "\n")
    assert made.call("audit", str(path), "--head", last_hash(lines[:-3])).code == 0
    ran = made.call("audit", str(path), "--head", last_hash(lines))
    assert ran.code == 108
    assert "no record has the hash that was given with --head" in ran.sentence


def test_audit__head_that_is_in_it_or_not__said(made: Company) -> None:
    path = str(made.desk / "records.jsonl")
    last = list(read_records(Path(path)))[-1].hash.hex()
    assert made.call("audit", path, "--head", last).code == 0
    assert made.call("audit", path, "--head", "11" * 32).code == 108
    assert made.call("audit", path, "--head", "xyz").code == 21


def test_audit__noble_is_not_there__said_with_what_to_install(made: Company, tmp_path: Path) -> None:
    ran = made.call("audit", str(made.desk / "records.jsonl"), "--noble", str(tmp_path))
    assert ran.code == 15
    assert "npm install @noble/curves@2.4" in ran.sentence
