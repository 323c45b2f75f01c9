"""Whoever was asked is told that it is over: by real programs, over their own lines, for their persons to see."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.holders.auditing import Auditor, again, kind_of, records_of
from tests.holders.company import PATIENCE, Company, rules
from tests.holders.terminal import Terminal
from verifier.frost.messages import Kind

OVER = "is over: its coordinator called it off."


def kinds(company: Company, index: int) -> list[Kind | None]:
    """Return what stands in the records of a holder, or of the coordinator, from the latest beginning on."""
    folder = company.desk if index == 0 else company.chairs[index - 1].folder
    found = [kind_of(record) for record in records_of(folder / "records.jsonl")]
    begun = max(i for i, kind in enumerate(found) if kind in (Kind.CALL, Kind.REPAIR_CALL))
    return [kind for kind in found[begun:] if kind is not None]


def clean(company: Company, auditor: Auditor) -> list[str]:
    folders = [company.desk, *(chair.folder for chair in company.chairs)]
    files = [records_of(folder / "records.jsonl") for folder in folders]
    return [each["why"] for each in auditor.audit(*files)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_refresh__interrupted_while_one_is_awaited__the_others_are_told_and_the_next_one_is_whole(
    company: Company, auditor: Auditor, number: signal.Signals
) -> None:
    with company.present(1, 2):
        begun = company.convene("refresh", str(company.desk))
        begun.wait_for("Awaited: holder 3 (Cid).")
        begun.process.send_signal(number)
        assert begun.wait() == 128 + number, begun.text
        assert "it was called off here, before it was done" in begun.text
        for index in (1, 2):
            company.running[index].wait_for(OVER)
        assert kinds(company, 0).count(Kind.CALL_OFF) == 1
        assert kinds(company, 1)[-1] is Kind.CALL_OFF
        assert company.group.epoch == 1
        company.join(3)
        company.must("refresh", str(company.desk))
        for index in (1, 2, 3):
            company.running[index].wait_for("The share of epoch")
    assert company.group.epoch > 1
    assert clean(company, auditor) == []


def test_repair__called_off_while_a_person_reads__the_question_is_taken_away_with_why_and_a_late_yes_says_nothing(
    company: Company, auditor: Auditor
) -> None:
    chair = company.chairs[0]
    rules(company.chairs[1], "version = 1\nrepairs = [3]\n")
    (company.chairs[2].folder / "share.json").unlink()
    company.join(2)
    company.join(3)
    person = Terminal(company, 1, "frost", "join", str(chair.folder), "--plain", *chair.opening, variables={})
    try:
        person.wait_for("Ctrl-C stops")
        begun = company.convene("repair", str(company.desk), "3")
        person.wait_for(r"anew, for that holder\? \[y/N\] ")
        begun.process.send_signal(signal.SIGINT)
        assert begun.wait() == 130, begun.text
        person.wait_for("A question is taken away, making the share of holder 3")
        person.wait_for("nobody waits for the answer any more: its coordinator called it off.")
        person.wait_for("Press Enter: nothing is answered by it, and what is asked next comes after it.")
        company.running[2].wait_for(OVER)
        person.type("y")
        person.wait_for(
            "Nothing was answered: nobody waits for the answer any more: its coordinator called it off."
        )
    finally:
        person.end()
    assert kinds(company, 1) == [Kind.REPAIR_CALL, Kind.CALL_OFF]
    assert clean(company, auditor) == []


def test_repair__nobody_is_at_a_helpers_terminal__said_at_once_by_whom_and_why_and_the_others_are_told(
    company: Company, auditor: Auditor
) -> None:
    rules(company.chairs[1], "version = 1\nrepairs = [3]\n")
    (company.chairs[2].folder / "share.json").unlink()
    with company.present():
        ran = company.call("repair", str(company.desk), "3", "--patience", str(PATIENCE))
        assert ran.code == 12, ran
        said = '"a person has to decide, and nobody is at this holder\'s terminal"'
        assert f"The repair of the share of holder 3 failed: holder 1 (Ann) declined: {said}." in ran.err
        company.running[2].wait_for(OVER)
        company.running[3].wait_for(OVER)
        assert "is over" not in company.running[1].text
    assert kinds(company, 1) == [Kind.REPAIR_CALL, Kind.DECLINE, Kind.CALL_OFF]
    assert clean(company, auditor) == []
    # Whoever keeps the no to itself, or goes on against it, shows.
    records = records_of(company.desk / "records.jsonl")
    without_no = again(records, lambda one: [] if kind_of(one) is Kind.DECLINE else [one])
    assert any("these records do not show that" in each["why"] for each in auditor.audit(without_no))
    untold = again(records, lambda one: [] if kind_of(one) is Kind.CALL_OFF else [one])
    assert any("were not told that it is over" in each["why"] for each in auditor.audit(untold))


def test_refresh__one_is_late__the_others_are_told_by_their_lines_and_by_a_parcel(tmp_path: Path) -> None:
    company, stick = (
        Company.of(tmp_path / "company", threshold=2, holders=3, by_files=[1]),
        tmp_path / "stick",
    )
    stick.mkdir()
    try:
        company.join(1, "--parcels", str(stick))
        company.join(2)
        keygen = ("keygen", str(company.desk), "--parcels", str(stick))
        ran = company.call_until(lambda said: said.count(" answered: offer") >= 2, *keygen)
        assert ran.code == 12
        assert "all have to answer, and holder 3 (Cid) did not in time" in ran.err
        for index in (1, 2):
            company.running[index].wait_for(OVER)
    finally:
        company.end()
