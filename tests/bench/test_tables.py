"""A report of several tables."""

from __future__ import annotations

from tests.bench.report import Report, Row

FIRST = Row(name="first", ours=1, peer=None, unit="gas")
LONGER = Row(name="a longer name", ours=22, peer=11, unit="gas", table="More")
LAST = Row(name="last", ours=333, peer=None, unit="gas", table="More")


def test_markdown__of_rows_with_a_heading__is_a_table_of_its_own_below_it() -> None:
    report = Report(bench="example", title="Example", rows=[FIRST, LONGER, LAST], notes=["A note."])
    assert report.to_markdown().splitlines() == [
        "# Example",
        "",
        "|       | ours | peer | unit | ratio |",
        "|-------|-----:|-----:|------|------:|",
        "| first |    1 |      | gas  |       |",
        "",
        "## More",
        "",
        "|               | ours | peer | unit |  ratio |",
        "|---------------|-----:|-----:|------|-------:|",
        "| a longer name |   22 |   11 | gas  | 2.0000 |",
        "| last          |  333 |      | gas  |        |",
        "",
        "A note.",
    ]


def test_markdown__of_the_same_rows_without__is_one_table() -> None:
    report = Report(bench="example", title="Example", rows=[FIRST, FIRST], notes=[])
    assert report.to_markdown().count("| ours |") == 1
