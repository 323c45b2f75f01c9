"""Blocks and logs of a real node, through endpoints that hide logs and make them up."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

import pytest
from eth_hash.auto import keccak

from tests.anvil import CHAIN_ID, FUNDED, Anvil, start_anvil
from tests.cli.liars import Edit, Request, Response, giving, refusing
from tests.watch.faults import Endpoint as Faulty
from tests.watch.faults import faulty, refusing_wide, refusing_with
from verifier.chain.blocks import PanelBlocks
from verifier.chain.endpoint import Endpoint
from verifier.chain.http import HttpTransport
from verifier.chain.panel import Panel
from verifier.chain.retries import Retries
from verifier.errors import EndpointError, EndpointRefused, EndpointsDisagree, RangeTooWide
from verifier.model.address import Address
from verifier.model.units import BlockNumber, ChainId

# Logs what it is called with; the first word is the topic.
SPEAKER = Address(b"\x51" * 20)
OTHER = Address(b"\x52" * 20)
CODE = bytes.fromhex("365f5f375f35365fa100")
TOPIC, ANOTHER = keccak(b"said"), keccak(b"said otherwise")


@pytest.fixture(scope="module")
def node() -> Iterator[Anvil]:
    with start_anvil() as chain:
        yield chain


@pytest.fixture
def chain(node: Anvil) -> Iterator[Anvil]:
    """A chain on which an account spoke once, in its newest block."""
    with node.isolate():
        node.set_code(SPEAKER, CODE)
        node.mine(4)
        node.send(FUNDED[0], SPEAKER, TOPIC + b"\x07" * 32)
        yield node


@pytest.fixture
def proxies(chain: Anvil) -> Iterator[Sequence[Faulty]]:
    with ExitStack() as stack:
        yield [stack.enter_context(faulty(chain.url)) for _ in range(3)]


def source(endpoints: Sequence[Faulty], *, needed: int, **options: Any) -> PanelBlocks:
    at_once = Retries(attempts=1)
    asked = [Endpoint(HttpTransport(each.url), retries=at_once) for each in endpoints]
    return PanelBlocks(Panel(asked, needed=needed, chain_id=ChainId(CHAIN_ID)), **options)


def rules(blocks: PanelBlocks) -> list[str]:
    return [finding.rule for finding in blocks.doubts()]


def each_log(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Edit:
    def edit(request: Request, response: Response) -> Response:
        if request["method"] != "eth_getLogs":
            return response
        return {**response, "result": [change(log) for log in response["result"]]}

    return edit


def test_newest__honest_endpoints__hashed_with_its_parent(chain: Anvil, proxies: Sequence[Faulty]) -> None:
    newest = source(proxies, needed=2).newest()
    block = chain.block()
    assert (hex(newest.number), newest.hash.hex()) == (block["number"], block["hash"][2:])
    assert newest.parent.hex() == block["parentHash"][2:]
    assert newest.timestamp == int(block["timestamp"], 16)


def test_newest__one_is_behind__what_enough_of_them_have(chain: Anvil, proxies: Sequence[Faulty]) -> None:
    proxies[0].stand_at(1)
    blocks = source(proxies, needed=2)
    assert blocks.newest().number == int(chain.block()["number"], 16)
    proxies[1].stand_at(1)
    assert source(proxies, needed=2).newest().number == 1


def test_newest__one_on_another_branch__named(chain: Anvil, proxies: Sequence[Faulty]) -> None:
    head = int(chain.block()["number"], 16)
    proxies[0].stay_on_branch(head - 1, head)
    chain.rpc("anvil_reorg", [2, []])
    blocks = source(proxies, needed=2)
    assert blocks.newest().hash.hex() == chain.block()["hash"][2:]
    assert rules(blocks) == ["endpoint-dissents"]
    with pytest.raises(EndpointsDisagree):
        source(proxies[:2], needed=2).newest()


def test_blocks__a_range__linked_by_their_parents(chain: Anvil, proxies: Sequence[Faulty]) -> None:
    blocks = source(proxies, needed=2)
    head = blocks.newest()
    found = blocks.blocks(BlockNumber(0), head.number)
    assert [block.number for block in found] == list(range(head.number + 1))
    assert found[-1] == head
    assert all(child.parent == parent.hash for parent, child in itertools.pairwise(found))


def test_times__some_blocks__as_their_headers_say(chain: Anvil, proxies: Sequence[Faulty]) -> None:
    numbers = [BlockNumber(4), BlockNumber(1)]
    expected = {number: int(chain.block(number)["timestamp"], 16) for number in numbers}
    assert source(proxies, needed=2).times(numbers) == expected
    assert source(proxies, needed=2).times([]) == {}


def test_blocks__not_there_yet__an_endpoint_error(chain: Anvil, proxies: Sequence[Faulty]) -> None:
    with pytest.raises(EndpointError):
        source(proxies, needed=2).blocks(BlockNumber(0), BlockNumber(10_000))


def test_final__chain_with_final_blocks__the_tag(chain: Anvil, proxies: Sequence[Faulty]) -> None:
    chain.mine(80)
    final = int(chain.block("finalized")["number"], 16)
    assert final > 0
    assert source(proxies, needed=2).final() == final


def test_final__chain_without__a_depth(chain: Anvil, proxies: Sequence[Faulty]) -> None:
    head = int(chain.block()["number"], 16)
    assert source(proxies, needed=2, has_final=False, depth=3).final() == head - 3
    assert source(proxies, needed=2, has_final=False).final() == -1


def test_logs__honest_endpoints__whole_and_by_topic(chain: Anvil, proxies: Sequence[Faulty]) -> None:
    blocks = source(proxies, needed=2)
    head = blocks.newest()
    (log,) = blocks.logs(BlockNumber(0), head.number, [SPEAKER, OTHER])
    assert (log.emitter, log.topics, log.data) == (SPEAKER, (TOPIC,), TOPIC + b"\x07" * 32)
    assert (log.block, log.block_hash, log.index) == (head.number, head.hash, 0)
    assert blocks.logs(head.number, head.number, [SPEAKER], at=head) == (log,)
    assert blocks.logs(BlockNumber(0), head.number, [SPEAKER], topics=[[ANOTHER, TOPIC]]) == (log,)
    assert blocks.logs(BlockNumber(0), head.number, [SPEAKER], topics=[[ANOTHER]]) == ()
    assert blocks.logs(BlockNumber(0), head.number, [OTHER]) == ()
    assert blocks.logs(BlockNumber(0), head.number, []) == ()
    assert rules(blocks) == []


def test_logs__more_accounts_than_a_filter_takes__asked_in_parts(
    chain: Anvil, proxies: Sequence[Faulty]
) -> None:
    crowd = [Address(n.to_bytes(20, "big")) for n in range(1, 1_201)]
    blocks = source(proxies, needed=1)
    topics = [[n.to_bytes(32, "big") for n in range(600)] + [TOPIC]]
    assert len(blocks.logs(BlockNumber(0), blocks.newest().number, [*crowd, SPEAKER], topics=topics)) == 1
    assert proxies[0].asked["eth_getLogs"] == 6


def test_logs__one_leaves_them_out__proven_and_named(chain: Anvil, proxies: Sequence[Faulty]) -> None:
    proxies[0].edit(giving("eth_getLogs", []))
    blocks = source(proxies[:2], needed=2)
    head = blocks.newest()
    assert len(blocks.logs(BlockNumber(0), head.number, [SPEAKER])) == 1
    (finding,) = blocks.doubts()
    assert finding.rule == "log-left-out"
    assert proxies[0].url.rpartition(":")[2] in finding.sentence
    assert blocks.doubts() == ()


@pytest.mark.parametrize(
    "change", [{"address": str(OTHER)}, {"topics": ["0x" + ANOTHER.hex()]}, {"data": "0x12"}]
)
def test_logs__one_makes_them_up__dropped_and_named(
    chain: Anvil, proxies: Sequence[Faulty], change: dict[str, Any]
) -> None:
    proxies[0].edit(each_log(lambda log: {**log, **change}))
    blocks = source(proxies[:2], needed=2)
    (log,) = blocks.logs(BlockNumber(0), blocks.newest().number, [SPEAKER, OTHER])
    assert (log.emitter, log.topics) == (SPEAKER, (TOPIC,))
    assert "log-made-up" in rules(blocks)


def test_logs__no_endpoint_gives_receipts__the_bloom_tells(chain: Anvil, proxies: Sequence[Faulty]) -> None:
    for proxy in proxies:
        proxy.edit(refusing("eth_getBlockReceipts"))
    proxies[0].edit(each_log(lambda log: {**log, "topics": ["0x" + ANOTHER.hex()]}))
    blocks = source(proxies, needed=2)
    (log,) = blocks.logs(BlockNumber(0), blocks.newest().number, [SPEAKER])
    assert log.topics == (TOPIC,)
    assert rules(blocks) == ["log-made-up", "endpoint-dissents"]


def test_logs__two_differ_and_nothing_proves__nobody_is_believed(
    chain: Anvil, proxies: Sequence[Faulty]
) -> None:
    for proxy in proxies:
        proxy.edit(refusing("eth_getBlockReceipts"))
    proxies[0].edit(giving("eth_getLogs", []))
    with pytest.raises(EndpointsDisagree):
        source(proxies[:2], needed=2).logs(BlockNumber(0), BlockNumber(5), [SPEAKER])
    blocks = source(proxies, needed=2)
    assert len(blocks.logs(BlockNumber(0), blocks.newest().number, [SPEAKER])) == 1
    assert rules(blocks) == ["endpoint-dissents"]


def test_logs__a_single_endpoint_hides_them__its_own_header_tells(
    chain: Anvil, proxies: Sequence[Faulty]
) -> None:
    proxies[0].edit(giving("eth_getLogs", []))
    blocks = source(proxies[:1], needed=1)
    head = blocks.newest()
    assert len(blocks.logs(head.number, head.number, [SPEAKER], at=head)) == 1
    assert rules(blocks) == ["one-endpoint", "log-left-out"]
    assert blocks.logs(head.number, head.number, [OTHER], at=head) == ()


def test_logs__forged_receipts__prove_nothing(chain: Anvil, proxies: Sequence[Faulty]) -> None:
    for proxy in proxies:
        proxy.edit(giving("eth_getBlockReceipts", []))
    proxies[0].edit(giving("eth_getLogs", []))
    with pytest.raises(EndpointsDisagree):
        source(proxies[:2], needed=2).logs(BlockNumber(0), BlockNumber(5), [SPEAKER])


def test_logs__another_branch__nobody_is_believed(chain: Anvil, proxies: Sequence[Faulty]) -> None:
    blocks = source(proxies[:2], needed=2)
    head = blocks.newest()
    chain.rpc("anvil_reorg", [1, []])
    with pytest.raises(EndpointError):
        blocks.logs(head.number, head.number, [SPEAKER], at=head)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (-32602, "query returned more than 10000 results"),
        (-32000, "exceed maximum block range: 5000"),
        (-32602, "eth_getLogs is limited to a 10,000 range"),
        (-32000, "Log response size exceeded."),
        (-32002, "request timed out"),
    ],
)
def test_logs__too_wide_in_a_nodes_own_words__says_so(
    chain: Anvil, proxies: Sequence[Faulty], code: int, message: str
) -> None:
    for proxy in proxies:
        proxy.edit(refusing_wide(2, code=code, message=message))
    blocks = source(proxies, needed=2)
    head = blocks.newest().number
    with pytest.raises(RangeTooWide) as caught:
        blocks.logs(BlockNumber(0), head, [SPEAKER])
    assert (caught.value.first, caught.value.last) == (0, head)
    assert len(blocks.logs(BlockNumber(head - 1), head, [SPEAKER])) == 1


@pytest.mark.parametrize("message", ["rate limit exceeded", "too many requests", "internal error"])
def test_logs__refused_for_another_reason__no_word_of_the_range(
    chain: Anvil, proxies: Sequence[Faulty], message: str
) -> None:
    for proxy in proxies:
        proxy.edit(refusing_with("eth_getLogs", code=-32603, message=message))
    with pytest.raises(EndpointRefused):
        source(proxies, needed=2).logs(BlockNumber(0), BlockNumber(5), [SPEAKER])


def test_logs__one_block_is_too_much__no_narrower_range_helps(
    chain: Anvil, proxies: Sequence[Faulty]
) -> None:
    for proxy in proxies:
        proxy.edit(refusing_wide(0))
    with pytest.raises(EndpointRefused):
        source(proxies, needed=2).logs(BlockNumber(5), BlockNumber(5), [SPEAKER])


def test_logs__one_of_three_refuses__the_others_are_enough(chain: Anvil, proxies: Sequence[Faulty]) -> None:
    proxies[1].edit(refusing_wide(0))
    blocks = source(proxies, needed=2)
    assert len(blocks.logs(BlockNumber(0), blocks.newest().number, [SPEAKER])) == 1


def test_born__code_came_in_some_block__that_one(chain: Anvil, proxies: Sequence[Faulty]) -> None:
    chain.mine(7)
    account = chain.deploy(bytes.fromhex("60016000526001601ff3"))
    born = int(chain.block()["number"], 16)
    chain.mine(60)
    blocks = source(proxies, needed=2)
    newest = blocks.newest().number
    assert blocks.born(Address(account), newest) == born
    assert blocks.born(Address(account), BlockNumber(born)) == born
    assert blocks.born(Address(account), BlockNumber(born - 1)) is None
    assert blocks.born(OTHER, newest) is None


def test_born__old_states_are_gone__nobody_knows(chain: Anvil, proxies: Sequence[Faulty]) -> None:
    for proxy in proxies:
        proxy.edit(refusing("eth_getCode"))
    blocks = source(proxies, needed=2)
    assert blocks.born(SPEAKER, blocks.newest().number) is None
