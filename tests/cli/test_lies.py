"""`fourth-signer queue` among endpoints of which one lies: read from the others, and the liar named on the page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cli.conftest import Scene
from tests.cli.liars import Edit, Request, Response, edits, serve
from tests.cli.program import Home


def forging(request: Request, response: Response) -> Response:
    if request["method"] != "eth_getProof":
        return response
    proof: dict[str, Any] = response["result"]
    return {**response, "result": {**proof, "accountProof": proof["accountProof"][:-1]}}


def dropping(request: Request, response: Response) -> Response:
    return {**response, "result": []} if request["method"] == "eth_getLogs" else response


def rewriting(request: Request, response: Response) -> Response:
    if request["method"] != "eth_getBlockByNumber":
        return response
    return {**response, "result": {**response["result"], "stateRoot": "0x" + "77" * 32}}


@pytest.mark.parametrize(
    ("lie", "rule"),
    [(forging, "endpoint-lies"), (rewriting, "endpoint-lies"), (dropping, "event-dropped")],
)
def test_queue__one_of_three_lies__proven_by_the_others_and_named(
    settled: Home, scene: Scene, lie: Edit, rule: str
) -> None:
    with serve(edits(scene.url, lie)) as url:
        # The liar comes first, so that it is asked.
        rpc = ["--rpc", url, "--rpc", scene.url, "--rpc", scene.second_url, "--quorum", "2"]
        record = settled.call("queue", *rpc, "--json").record
        page = settled.call("queue", *rpc).out
    name = url.removeprefix("http://")
    findings = [*record["findings"], *(each for one in record["operations"] for each in one["findings"])]
    assert rule in {finding["rule"] for finding in findings}
    assert any(name in finding["sentence"] for finding in findings if finding["rule"] == rule)
    assert record["complete"] == "proven"
    assert [one["lane"] for one in record["operations"]] == [0, 1, 32]
    assert name in page or rule == "event-dropped"
