"""The numbers about decoding: acceptable, also in a short run, and as many as asked for."""

from __future__ import annotations

import pytest

from tests.bench import bench_decode
from tests.bench.bench_decode import HOSTILE, RANGED
from tests.bench.hostile import SIZE, hostile
from tests.bench.report import Report
from verifier.decode.plan import Plan
from verifier.model.finding import Severity


@pytest.fixture(scope="module")
def report() -> Report:
    return bench_decode.measure(lambda _: None, turns=3, at_random=20)


def test_decode__measured_now__is_acceptable(report: Report) -> None:
    assert report.missed() == []


def test_decode__its_rows__hold_all_that_is_asked(report: Report) -> None:
    most = {row.name: row.most_ratio for row in report.rows if not row.table}
    assert most == {
        "transfer, eth-abi": 1 / 8,
        "transfer, viem": 1 / 5,
        "one transfer, again, eth-abi": 1 / 8,
        "one transfer, again, viem": None,
        "Safe, MultiSend, 50 transfers, eth-abi": 1 / 8,
        "Safe, MultiSend, 50 transfers, viem": 1 / 5,
        "multicall of 10 tuples, eth-abi": 1 / 8,
        "multicall of 10 tuples, viem": 1 / 5,
        "aggregate3 of 50, eth-abi": 1 / 5,
        "aggregate3 of 50, viem": 1 / 2,
    }
    assert [row.name for row in report.rows if row.table == RANGED] == [*most]
    assert [row.most for row in report.rows if row.table == HOSTILE] == [200] * 4


def test_hostile__what_is_made__has_128_kib_and_a_fault_or_is_known_to_have_none() -> None:
    honest = []
    for name, type_, data in hostile(0):
        assert len(data) == SIZE
        decoded = Plan(type_).decode(data)
        if all(fault.severity < Severity.DANGER for fault in decoded.faults):
            honest.append(name)
    assert honest == [
        "two levels a word, honest",
        "many empty tails, honest",
        "many numbers, honest",
        "long text that is none",
        "long text that ends badly",
        "long bytes",
    ]
