"""What scripts/bench prints."""

from __future__ import annotations

import json

from tests.bench.report import Report, Row

BESIDE = Row(name="both", ours=92, peer=100, unit="gas", most=92, most_ratio=0.92)
ALONE = Row(name="alone", ours=1_234_567, peer=None, unit="gas")
REPORT = Report(bench="example", title="Example", rows=[BESIDE, ALONE], notes=["word " * 40])


def test_json__of_a_report__is_one_object_of_the_agreed_shape() -> None:
    text = REPORT.to_json()
    assert json.loads(text) == {
        "bench": "example",
        "rows": [
            {"name": "both", "ours": 92, "peer": 100, "unit": "gas", "ratio": 0.92},
            {"name": "alone", "ours": 1234567, "peer": None, "unit": "gas", "ratio": None},
        ],
    }
    assert "\n" not in text


def test_table__of_a_report__stands_in_line_within_80_columns() -> None:
    lines = REPORT.to_markdown().splitlines()
    assert lines[:6] == [
        "# Example",
        "",
        "|       |      ours | peer | unit |  ratio |",
        "|-------|----------:|-----:|------|-------:|",
        "| both  |        92 |  100 | gas  | 0.9200 |",
        "| alone | 1,234,567 |      | gas  |        |",
    ]
    assert max(len(line) for line in lines) <= 80


def test_missed__at_the_most_that_is_acceptable__says_nothing() -> None:
    assert REPORT.missed() == []


def test_missed__above_the_most__says_what_was_expected_and_found() -> None:
    dearer = Row(name="veto", ours=93, peer=None, unit="gas", most=92)
    assert dearer.missed() == "veto: 93 gas, and at most 92 is acceptable"


def test_missed__above_the_ratio__says_what_was_expected_and_found() -> None:
    slower = Row(name="both", ours=93, peer=100, unit="gas", most_ratio=0.92)
    assert slower.missed() == "both: 0.9300 of the peer's, and at most 0.92 is acceptable"
