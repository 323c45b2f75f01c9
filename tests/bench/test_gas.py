"""The numbers about gas: acceptable, and the ones that are kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench import bench_gas
from tests.bench.report import Report


@pytest.fixture(scope="module")
def report() -> Report:
    return bench_gas.measure(lambda _: None)


def test_gas__measured_now__is_acceptable(report: Report) -> None:
    bounded = {row.name for row in report.rows if row.most is not None or row.most_ratio is not None}
    assert bounded == {*bench_gas.MOST_RATIO, *bench_gas.MOST_GAS}
    assert report.missed() == []


def test_gas__measured_now__is_what_is_kept(report: Report) -> None:
    kept = Path(__file__).with_name("gas.md").read_text("utf-8")
    assert kept == report.to_markdown(), "run scripts/bench gas and commit what it writes"
