"""Attesting where logs are missing: the vault's own count tells."""

from __future__ import annotations

import pytest

from tests.attest.conftest import Desk
from tests.attest.saying import STRANGER, statements, without
from tests.cli.liars import Request, Response, edits, serve


@pytest.mark.parametrize("event", ["CounterpartySet", "RosterChanged", "Founded", "Proposed"])
def test_attest__only_endpoint_leaves_out_logs__not_whole_and_11(desk: Desk, event: str) -> None:
    """One alone is asked, and hides what would show a thief's counterparty: the vault's own count tells."""
    desk.town.change("setCounterparty", STRANGER, 1)
    with serve(edits(desk.town.chain.url, without(event))) as url:
        ran = desk.attest(None, "--json", rpc=("--rpc", url))
    (complete,) = statements(ran.record, "complete")
    is_found = [each["rule"] for each in ran.record["differences"]] == ["counterparty"]
    assert is_found is (event != "CounterpartySet")
    assert ran.code == (18 if is_found else 11)
    assert complete["severity"] == "danger"
    assert "not whole" in complete["sentence"]


def test_attest__events_of_the_founding_left_out__read_from_the_configuration_that_was_hashed(
    desk: Desk,
) -> None:
    with serve(edits(desk.town.chain.url, without("CounterpartySet"))) as url:
        plan = desk.town.another_plan()
        del plan["counterparties"][0]
        ran = desk.attest(plan, "--json", rpc=("--rpc", url))
    assert [each["rule"] for each in ran.record["differences"]] == ["counterparty"]


def test_attest__endpoint_keeps_no_logs__said_and_10(desk: Desk) -> None:
    def edit(request: Request, response: Response) -> Response:
        if request["method"] != "eth_getLogs":
            return response
        return {"jsonrpc": "2.0", "id": request["id"], "error": {"code": -32000, "message": "pruned"}}

    with serve(edits(desk.town.chain.url, edit)) as url:
        ran = desk.attest(None, "--json", rpc=("--rpc", url))
    assert ran.code == 10
    (complete,) = statements(ran.record, "complete")
    assert complete["severity"] == "warning"


def test_attest__first_block_given_too_late__the_founding_is_missed(desk: Desk) -> None:
    born = next(
        n for n in range(100) if desk.town.chain.rpc("eth_getCode", [desk.town.vault, hex(n)]) != "0x"
    )
    assert desk.attest(None, "--since", str(born)).code == 0
    ran = desk.attest(None, "--json", "--since", str(born + 1))
    (complete,) = statements(ran.record, "complete")
    assert "the founding is not in them" in complete["sentence"]
    assert ran.code == 11


def test_attest__endpoint_gives_few_blocks_at_once__asked_for_fewer(desk: Desk) -> None:
    """Many services give the logs of a few thousand blocks at a time; this one gives three."""
    widest = 0

    def edit(request: Request, response: Response) -> Response:
        nonlocal widest
        if request["method"] != "eth_getLogs" or "fromBlock" not in request["params"][0]:
            return response
        first, last = (int(request["params"][0][key], 16) for key in ("fromBlock", "toBlock"))
        if last - first >= 3:
            error = {"code": -32005, "message": "block range is too wide"}
            return {"jsonrpc": "2.0", "id": request["id"], "error": error}
        widest = max(widest, last - first + 1)
        return response

    with serve(edits(desk.town.chain.url, edit)) as url:
        ran = desk.attest(None, "--json", rpc=("--rpc", url))
    (complete,) = statements(ran.record, "complete")
    assert complete["severity"] == "info"
    assert 0 < widest <= 3
