"""A holder's rules stand in its folder as plain text: what becomes of them when somebody else can write there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from tests.holders.company import Company, rules
from verifier.cli.frost_rules import KeptRules
from verifier.errors import HolderRulesMalformed
from verifier.model.holder_rules import NO_RULES, HolderRules, Otherwise
from verifier.store import holder_rules
from verifier.store.books import read_bounded
from verifier.store.ceremony_records import body_of, read_records

STRICT: Final = 'version = 1\notherwise = "refuse"\nstops = true\n'
LOOSE: Final = 'version = 1\n[approve]\ntiers = ["routine", "custody"]\n'
SESSION: Final = bytes(range(32))


@dataclass(slots=True)
class Noted:
    """The port Recorder, in memory."""

    records: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)

    def note(self, kind: str, body: Mapping[str, object]) -> None:
        self.records.append((kind, body))


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def keep(path: Path, noted: Noted, said: list[str], **before: object) -> KeptRules:
    return KeptRules(path, noted, said.append, before=before)


def test_start__what_the_rules_allow_is_said__and_their_hash_recorded_with_every_decision(
    tmp_path: Path,
) -> None:
    path, noted, said = tmp_path / "rules.toml", Noted(), list[str]()
    path.write_text(STRICT)
    kept = keep(path, noted, said)
    assert any("suspends the group without asking" in line for line in said)
    assert kept.now(SESSION) == HolderRules(otherwise=Otherwise.REFUSE, stops=True)
    assert noted.records == [
        ("rules", {"sha256": sha(STRICT)}),
        ("rules", {"session": "0x" + SESSION.hex(), "sha256": sha(STRICT)}),
    ]


def test_start__the_file_is_exchanged_while_it_is_read__what_counts_is_what_is_recorded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A loose file is there for the first reading, and the strict one is put back at once."""
    path, noted, said = tmp_path / "rules.toml", Noted(), list[str]()
    path.write_text(LOOSE)

    def read_and_exchange(where: Path, most: int) -> bytes:
        content = read_bounded(where, most)
        where.write_text(STRICT)
        return content

    monkeypatch.setattr(holder_rules, "read_bounded", read_and_exchange)
    kept = keep(path, noted, said)
    assert kept.now(SESSION).tiers == frozenset()
    assert noted.records[0] == ("rules", {"sha256": sha(LOOSE)})
    assert "WERE CHANGED" in said[-1]


@pytest.mark.parametrize(
    ("first", "second", "otherwise"),
    [
        (STRICT, LOOSE, Otherwise.REFUSE),
        (LOOSE, STRICT, Otherwise.ASK),
        (LOOSE, None, Otherwise.ASK),
        (None, LOOSE, Otherwise.ASK),
        (STRICT, "\xff[[", Otherwise.REFUSE),
    ],
    ids=["looser", "stricter", "gone", "new", "broken"],
)
def test_now__the_file_is_another_one__nothing_is_allowed_until_it_is_as_it_was_and_it_is_said_once(
    tmp_path: Path, first: str | None, second: str | None, otherwise: Otherwise
) -> None:
    path, noted, said = tmp_path / "rules.toml", Noted(), list[str]()

    def put(text: str | None) -> None:
        path.unlink(missing_ok=True)
        if text is not None:
            path.write_text(text)

    put(first)
    kept = keep(path, noted, said)
    at_start = kept.now(SESSION)
    said.clear()
    put(second)
    for _ in range(3):
        changed = kept.now(SESSION)
        assert changed == HolderRules(otherwise=otherwise)
        assert (changed.tiers, changed.stops, changed.repairs) == (NO_RULES.tiers, False, NO_RULES.repairs)
    assert [line for line in said if "WERE CHANGED while it runs" in line] == said
    assert len(said) == 1
    assert len({str(body["sha256"]) for _, body in noted.records}) == 2
    put(first)
    assert kept.now(SESSION) == at_start
    assert len(said) == 2


def test_start__other_rules_than_last_time__said(tmp_path: Path) -> None:
    path, said = tmp_path / "rules.toml", list[str]()
    path.write_text(LOOSE)
    keep(path, Noted(), said, sha256=sha(LOOSE))
    assert not any("OTHER ONES" in line for line in said)
    keep(path, Noted(), said, sha256=sha(STRICT))
    assert any("OTHER ONES than when it ran last" in line for line in said)


def test_start__rules_that_cannot_be_read__no_holder(tmp_path: Path) -> None:
    path = tmp_path / "rules.toml"
    path.write_text("[[")
    with pytest.raises(HolderRulesMalformed):
        keep(path, Noted(), [])


def test_join__rules_that_change_between_and_during_runs__said_and_on_record(company: Company) -> None:
    chair = company.chairs[0]
    rules(chair, STRICT)
    company.join(1)
    company.leave(1)
    rules(chair, LOOSE)
    sitting = company.join(1)
    sitting.wait_for("OTHER ONES than when it ran last")
    rules(chair, LOOSE + "# nothing else\n")
    company.join(2)
    company.join(3)
    company.must("refresh", str(company.desk))
    sitting.wait_for("WERE CHANGED while it runs")
    company.end()
    noted = [body_of(one) for one in read_records(chair.folder / "records.jsonl") if one.kind == "rules"]
    hashes = [str(body["sha256"]) for body in noted]
    # One decision, about the refresh; the trial of what it made is none.
    assert hashes[-3:] == [sha(STRICT), sha(LOOSE), sha(LOOSE + "# nothing else\n")]


def test_join__a_change_of_the_group_that_was_agreed_to_and_never_made__said_at_every_start(
    company: Company,
) -> None:
    """What a holder took over once it deals for at any time later, unless somebody thinks of it."""
    words = "a file here of the group as it is to be"
    assert words not in company.join(1).text
    company.leave(1)
    company.must("reshare", str(company.desk), "--threshold", "3")
    assert words in company.join(1, group=company.desk / "next.toml").text
    company.leave(1)
    assert words in company.join(1).text
    company.leave(1)
    (company.chairs[0].folder / "next.toml").unlink()
    assert words not in company.join(1).text
