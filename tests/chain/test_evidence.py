"""Accounts of a real node, and endpoints that lie about a real vault."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from eth_hash.auto import keccak

from tests.anvil import CHAIN_ID, Anvil
from tests.chain.readers import reader
from tests.cli.liars import Edit, Request, Response, edits, never_ends, refusing, says, serve
from tests.stage import STRANGER, Stage, call
from verifier.chain.endpoint import Endpoint
from verifier.chain.http import HttpTransport
from verifier.chain.panel import Panel
from verifier.chain.proving import key
from verifier.chain.proxies import IMPLEMENTATION_SLOTS
from verifier.errors import EndpointAnswerMalformed, EndpointError, HeaderUnproven, ProofInvalid, WrongChain
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.units import ChainId, Duration
from verifier.sign.typed import id_of

PERSON = Address(b"\x44" * 20)
LOGIC = Address(b"\x77" * 20)
PROXY = Address(b"\x66" * 20)
CLONE = Address(b"\x65" * 20)
DELEGATED = Address(b"\x64" * 20)
NEWBORN = Address(b"\x63" * 20)


def test_read_accounts__real_node__proven_with_whose_code_they_run(stage: Stage) -> None:
    chain = stage.chain
    logic = b"\x60\x01\x60\x00\x52\x60\x20\x60\x00\xf3"
    chain.set_code(LOGIC, logic)
    chain.set_code(PROXY, b"\x60\x00")
    chain.rpc(
        "anvil_setStorageAt", [str(PROXY), key(IMPLEMENTATION_SLOTS[0]), "0x" + LOGIC.rjust(32, b"\0").hex()]
    )
    before, behind = bytes.fromhex("363d3d373d3d3d363d73"), bytes.fromhex("5af43d82803e903d91602b57fd5bf3")
    chain.set_code(CLONE, before + LOGIC + behind)
    chain.set_code(DELEGATED, bytes.fromhex("ef0100") + LOGIC)
    chain.set_balance(PERSON, 5)
    chain.mine(40)
    chain.set_code(NEWBORN, logic)
    chain.mine(10)
    source = reader(stage, count=2)
    reading = source.read_vault()
    asked = [LOGIC, PROXY, CLONE, DELEGATED, PERSON, NEWBORN, Address(stage.vault)]
    found = source.read_accounts(reading, asked, tokens=[LOGIC], delay=Duration(20))
    assert list(found) == asked
    assert {each.evidence for each in found.values()} == {Evidence.PROVEN}
    for address in asked:
        assert found[address].code == chain.code(address)
        assert found[address].code_hash == keccak(chain.code(address))
        assert found[address].balance == chain.balance(address)
    for proxy in (PROXY, CLONE, DELEGATED):
        runs = found[proxy].implementation
        assert runs
        assert (runs.value, runs.evidence, found[proxy].implementation_code) == (
            LOGIC,
            Evidence.PROVEN,
            logic,
        )
    assert (found[DELEGATED].delegate, found[PERSON].is_contract) == (LOGIC, False)
    token = found[LOGIC].token
    assert token
    assert (token.decimals, token.supply, token.evidence) == (1, 1, Evidence.AGREED)
    had = {address: fact.value for address, each in found.items() if (fact := each.had_code)}
    assert had == {
        LOGIC: True, PROXY: True, CLONE: True, DELEGATED: True, NEWBORN: False, Address(stage.vault): True
    }  # fmt: skip
    assert source.read_allowances(reading, [LOGIC], [PERSON])[LOGIC, PERSON].value == 1


# ------------------------------------------------------------------------------------------------ Lies, on a real chain


@contextmanager
def dripping() -> Iterator[str]:
    """Answer a byte at a time, and never whole."""

    def drip(handler: BaseHTTPRequestHandler, _asked: bytes) -> None:
        handler.send_response(200)
        handler.end_headers()
        while True:
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.01)

    with serve(drip) as url:
        yield url


def three(chain: Anvil, url: str, **settings: Any) -> Panel:
    """Return the same node twice, and another endpoint, of which two have to agree."""
    port = chain.url.rpartition(":")[2]
    honest = [HttpTransport(f"http://{host}:{port}") for host in ("127.0.0.1", "localhost")]
    transports = [HttpTransport(url, **settings), *honest]
    return Panel([Endpoint(each) for each in transports], needed=2, chain_id=ChainId(CHAIN_ID))


def test_read_vault__one_of_three_drips_or_never_ends__the_others_are_enough(stage: Stage) -> None:
    for serving in (dripping(), serve(never_ends)):
        with serving as url:
            source = reader(stage)
            source._panel = three(stage.chain, url, most_seconds=0.5, most_bytes=1_000_000)
            began = time.monotonic()
            reading = source.read_vault()
            # It would have gone on for ever.
            assert time.monotonic() - began < 120
        assert reading.lanes.evidence is Evidence.PROVEN
        assert {finding.rule for finding in reading.findings} == {"endpoint-silent"}
        assert url.removeprefix("http://") in reading.findings[0].sentence


def changing(method: str, change: Any) -> Edit:
    """Let an endpoint change its results of one method."""

    def edit(request: Request, response: Response) -> Response:
        if request["method"] == method and response.get("result"):
            change(response["result"])
        return response

    return edit


def other_word(proof: dict[str, Any]) -> None:
    for entry in proof["storageProof"]:
        entry["value"] = "0x1"


def forged(proof: dict[str, Any]) -> None:
    node = proof["accountProof"][-1]
    proof["accountProof"][-1] = node[:-2] + ("00" if node[-2:] != "00" else "01")


def other_root(block: dict[str, Any]) -> None:
    block["stateRoot"] = "0x" + "77" * 32


LIES: dict[str, tuple[Edit, type[Exception]]] = {
    "other storage": (changing("eth_getProof", other_word), ProofInvalid),
    "forged proof": (changing("eth_getProof", forged), ProofInvalid),
    "header that does not hash": (changing("eth_getBlockByNumber", other_root), HeaderUnproven),
    "no header": (changing("eth_getBlockByNumber", dict.clear), EndpointAnswerMalformed),
}


@pytest.mark.parametrize("lie", LIES)
def test_read_vault__one_endpoint_lies__caught_alone_and_named_among_others(stage: Stage, lie: str) -> None:
    edit, caught = LIES[lie]
    with serve(edits(stage.chain.url, edit)) as url:
        name = url.removeprefix("http://")
        source = reader(stage)
        source._panel = Panel([Endpoint(HttpTransport(url))], needed=1, chain_id=ChainId(CHAIN_ID))
        with pytest.raises(EndpointError) as error:
            source.read_vault()
        assert isinstance(error.value, caught)
        assert name in str(error.value)
        source._panel = three(stage.chain, url)
        reading = source.read_vault()
    assert reading.lanes.evidence is Evidence.PROVEN
    assert reading.roster.value == stage.roster()
    expected = "endpoint-silent" if caught is EndpointAnswerMalformed else "endpoint-lies"
    assert {finding.rule for finding in reading.findings} == {expected}
    assert name in reading.findings[0].sentence


def test_read_vault__one_of_three_serves_another_chain__stops(stage: Stage) -> None:
    def other_chain(request: Request, response: Response) -> Response:
        return {**response, "result": "0x5"} if request["method"] == "eth_chainId" else response

    with serve(edits(stage.chain.url, other_chain)) as url:
        source = reader(stage)
        source._panel = three(stage.chain, url)
        with pytest.raises(WrongChain) as wrong:
            source.read_vault()
    assert wrong.value.endpoint == url.removeprefix("http://")


def test_read_vault__old_block_served_as_the_newest__the_others_block_is_read(stage: Stage) -> None:
    stage.chain.mine(20)
    newest = int(stage.chain.block()["number"], 16)
    old = stage.chain.block(newest - 15)

    def stale(request: Request, response: Response) -> Response:
        if request["method"] != "eth_getBlockByNumber":
            return response
        asked = request["params"][0]
        is_late = asked != "latest" and int(asked, 16) > newest - 15
        return {**response, "result": None if is_late else old}

    with serve(edits(stage.chain.url, stale)) as url:
        source = reader(stage)
        source._panel = three(stage.chain, url)
        reading = source.read_vault()
    assert reading.head.number == newest
    assert reading.head.silent == (url.removeprefix("http://"),)


def test_find_operations__one_alters_calldata_and_one_drops_events__the_bytes_and_both_named(
    stage: Stage,
) -> None:
    operation = stage.operation("ann", [call(to=STRANGER, value=7)])
    stage.must(stage.propose("ann", operation))

    def alter(logs: list[dict[str, Any]]) -> None:
        for log in logs:
            log["data"] = log["data"].replace(STRANGER.hex(), "66" * 20)

    with (
        serve(edits(stage.chain.url, changing("eth_getLogs", alter))) as altering,
        serve(edits(stage.chain.url, changing("eth_getLogs", list.clear))) as dropping,
    ):
        source = reader(stage)
        urls = (altering, dropping, stage.chain.url)
        source._panel = Panel(
            [Endpoint(HttpTransport(url)) for url in urls], needed=2, chain_id=ChainId(CHAIN_ID)
        )
        reading = source.read_vault()
        (found,) = source.find_operations(reading, reading.queue)
    assert found.operation
    assert id_of(found.operation) == stage.id_of(operation)
    named = {finding.rule: finding.sentence for finding in found.findings}
    assert altering.removeprefix("http://") in named["operation-bytes-altered"]
    assert dropping.removeprefix("http://") in named["event-dropped"]


def test_read_accounts__another_code_at_an_address__the_code_that_is_proven(stage: Stage) -> None:
    stage.chain.set_code(LOGIC, b"\x60\x00")
    stage.chain.mine()

    def other_code(request: Request, response: Response) -> Response:
        return {**response, "result": "0x6001"} if request["method"] == "eth_getCode" else response

    with serve(edits(stage.chain.url, other_code)) as url:
        source = reader(stage)
        source._panel = three(stage.chain, url)
        found = source.read_accounts(source.read_vault(), [LOGIC])[LOGIC]
    assert (found.code, found.evidence) == (b"\x60\x00", Evidence.PROVEN)


def test_read_vault__nobody_proves__agreed_and_the_reason_said(stage: Stage) -> None:
    with (
        serve(edits(stage.chain.url, refusing("eth_getProof"))) as one,
        serve(edits(stage.chain.url, refusing("eth_getProof"))) as other,
    ):
        source = reader(stage)
        source._panel = Panel(
            [Endpoint(HttpTransport(url)) for url in (one, other)], needed=2, chain_id=ChainId(CHAIN_ID)
        )
        reading = source.read_vault()
        found = source.read_accounts(reading, [Address(stage.vault)])[Address(stage.vault)]
    assert (reading.lanes.evidence, found.evidence) == (Evidence.AGREED, Evidence.AGREED)
    assert found.code == stage.chain.code(stage.vault)
    assert reading.roster.value == stage.roster()
    (finding,) = reading.findings
    assert finding.rule == "not-proven"
    assert "no such method" in finding.sentence


def test_read_vault__endpoint_that_takes_no_batches__read_all_the_same(stage: Stage) -> None:
    asked: list[int] = []

    def singles(handler: BaseHTTPRequestHandler, body: bytes) -> None:
        asked.append(1)
        if body.startswith(b"["):
            says(b'{"jsonrpc": "2.0", "id": null, "error": {"code": -32600, "message": "no batches"}}')(
                handler, body
            )
        else:
            edits(stage.chain.url, lambda _, response: response)(handler, body)

    with serve(singles) as url:
        source = reader(stage)
        source._panel = Panel([Endpoint(HttpTransport(url))], needed=1, chain_id=ChainId(CHAIN_ID))
        reading = source.read_vault()
    assert reading.roster.value == stage.roster()
    # A refused batch and two requests for the block; two proofs, and one more: there are no bypasses.
    assert len(asked) == 6
