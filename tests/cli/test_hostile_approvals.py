"""Approval files as an enemy would hand them in: each wrong in one thing, refused, and nothing is sent."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.council import Council, signed
from verifier.sign.approval import ORDER


def alter(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"version": 2}, 95, "another version"),
        ({"chain": 1}, 97, "for chain 1"),
        ({"vault": "0x" + "11" * 20}, 97, "for the vault"),
        ({"sequence": 2}, 97, "operation 2 of lane 0"),
        ({"id": "0x" + "22" * 32}, 97, "0x2222"),
        ({"publication": "0x" + "00" * 8}, 97, "publication"),
        ({"seat": 2}, 97, "seat 2"),
        ({"seat": 63}, 97, "nobody sits in seat 63"),
        ({"signature": "0x" + "00" * 64 + "1b"}, 95, "no signature that the vault takes"),
        ({"signature": "0x" + "11" * 64 + "1b"}, 97, "it is nobody's"),
        ({"memo": "routine"}, 95, "memo"),
    ],
)
def test_submit__file_that_was_altered__refused_and_nothing_sent(
    proposed: Council, changes: dict[str, Any], code: int, said: str
) -> None:
    (first, second) = signed(proposed, "bob", "cid")
    alter(Path(first), **changes)
    ran = proposed["eve"].do("submit", first, second)
    assert ran.code == code, ran
    assert said in ran.sentence
    assert proposed.lane(0)[1].approvals == frozenset()


def test_submit__signature_of_another_member__an_incident(proposed: Council) -> None:
    (first, second) = signed(proposed, "bob", "cid")
    alter(Path(first), signature=json.loads(Path(second).read_text())["signature"])
    ran = proposed["eve"].do("submit", first)
    assert ran.code == 97
    assert "made for something else, or by another key" in ran.sentence


def test_submit__signature_turned_into_its_twin__refused(proposed: Council) -> None:
    (first,) = signed(proposed, "bob")
    raw = bytes.fromhex(json.loads(Path(first).read_text())["signature"][2:])
    s = (ORDER - int.from_bytes(raw[32:64], "big")).to_bytes(32, "big")
    alter(Path(first), signature="0x" + (raw[:32] + s + bytes([27 + 28 - raw[64]])).hex())
    ran = proposed["eve"].do("submit", first)
    assert ran.code == 95
    assert "not in the lower half" in ran.sentence


def test_submit__same_file_twice_and_again__refused(proposed: Council) -> None:
    (first,) = signed(proposed, "bob")
    twice = proposed["eve"].do("submit", first, first)
    assert twice.code == 97
    assert "is of seat 1, too" in twice.sentence
    proposed["eve"].must("submit", first)
    again = proposed["eve"].do("submit", first)
    assert again.code == 97
    assert "recorded already" in again.sentence


def test_submit__for_an_operation_that_ended__refused(proposed: Council, payment: Path) -> None:
    (first,) = signed(proposed, "bob")
    proposed["eve"].must("veto", "0")
    assert "VETOED" in proposed["eve"].do("submit", first).sentence
    # Its successor in the same lane is another operation.
    proposed["ann"].must("propose", str(payment), "--lane", "0")
    ran = proposed["eve"].do("submit", first)
    assert ran.code == 97
    assert "number 2 stands there" in ran.sentence
