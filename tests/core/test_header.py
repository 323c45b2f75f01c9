"""Block headers are hashed here."""

from __future__ import annotations

from typing import Any

import pytest

from tests.vectors import read_vectors
from verifier.chain.answer import Answer
from verifier.chain.header import read_header
from verifier.errors import EndpointAnswerMalformed, HeaderUnproven

HEADERS = read_vectors("headers.json")["headers"]
NUMBERS = (
    "difficulty",
    "number",
    "gasLimit",
    "gasUsed",
    "timestamp",
    "baseFeePerGas",
    "blobGasUsed",
    "excessBlobGas",
    "slotNumber",
)
LATEST: dict[str, Any] = HEADERS[-1]
OURS = ("chain", "fork")
FORKS = {block["fork"]: block for block in HEADERS}


def answer(block: Any) -> Answer:
    return Answer("node", "eth_getBlockByNumber", block)


@pytest.mark.parametrize("block", HEADERS, ids=lambda block: block["fork"])
def test_read_header__public_blocks_of_several_forks__the_hash_is_theirs(block: dict[str, Any]) -> None:
    header = read_header(answer(block))
    assert "0x" + header.hash.hex() == block["hash"]
    assert "0x" + header.state_root.hex() == block["stateRoot"]
    assert header.number == int(block["number"], 16)
    assert header.timestamp == int(block["timestamp"], 16)


@pytest.mark.parametrize("field", [name for name in LATEST if name not in (*OURS, "hash")])
def test_read_header__any_field_changed_or_missing__refused(field: str) -> None:
    text = LATEST[field]
    changed = hex(int(text, 16) ^ 1) if field in NUMBERS else text[:-1] + ("0" if text[-1] != "0" else "1")
    with pytest.raises(HeaderUnproven):
        read_header(answer(LATEST | {field: changed}))
    with pytest.raises((HeaderUnproven, EndpointAnswerMalformed)):
        read_header(answer({name: value for name, value in LATEST.items() if name != field}))


def test_vectors__every_fork_since_london__has_one() -> None:
    assert list(FORKS) == ["London", "Shanghai", "Cancun", "Prague", "Osaka", "Amsterdam"]


# The first field that each fork added; Osaka added none.
ADDED = {
    "Shanghai": "withdrawalsRoot",
    "Cancun": "blobGasUsed",
    "Prague": "requestsHash",
    "Amsterdam": "blockAccessListHash",
}


@pytest.mark.parametrize("fork", ADDED)
def test_read_header__field_that_its_fork_added__part_of_the_hash(fork: str) -> None:
    block = FORKS[fork]
    with pytest.raises(HeaderUnproven):
        read_header(answer({name: value for name, value in block.items() if name != ADDED[fork]}))


@pytest.mark.parametrize(
    ("fork", "later"),
    [("London", "Shanghai"), ("Shanghai", "Cancun"), ("Cancun", "Prague"), ("Osaka", "Amsterdam")],
)
def test_read_header__field_of_the_next_fork__refused(fork: str, later: str) -> None:
    with pytest.raises(HeaderUnproven):
        read_header(answer(FORKS[fork] | {ADDED[later]: LATEST[ADDED[later]]}))


def test_read_header__fields_that_nobody_knows__named_where_the_hash_says_that_they_count() -> None:
    about: dict[str, Any] = {"size": "0x1", "uncles": [], "totalDifficulty": None, "futureRoot": None}
    assert read_header(answer(LATEST | about | {"l1BlockNumber": "0x5"})).number == int(LATEST["number"], 16)
    header = {name: value for name, value in LATEST.items() if name not in OURS}
    future = header | about | {"futureRoot": "0x" + "11" * 32, "hash": "0x" + "22" * 32, "\x1b[31m": "0x1"}
    with pytest.raises(HeaderUnproven) as refused:
        read_header(answer(future))
    assert refused.value.unknown == ("\x1b[31m", "futureRoot")
    assert "futureRoot" in str(refused.value)
    assert "newer release" in str(refused.value)
    assert "\x1b" not in str(refused.value)


@pytest.mark.parametrize("field", ["hash", "stateRoot", "number", "timestamp", "logsBloom", "nonce"])
@pytest.mark.parametrize(
    "rubbish", [None, 5, "", "0x", "0xzz", "5", [], {}, "0x" + "1" * 65, "0x" + "11" * 33]
)
def test_read_header__field_that_makes_no_sense__one_of_our_errors(field: str, rubbish: Any) -> None:
    with pytest.raises((HeaderUnproven, EndpointAnswerMalformed)):
        read_header(answer(LATEST | {field: rubbish}))
