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
)
LATEST: dict[str, Any] = HEADERS[-1]


def answer(block: Any) -> Answer:
    return Answer("node", "eth_getBlockByNumber", block)


@pytest.mark.parametrize("block", HEADERS, ids=lambda block: block["fork"])
def test_read_header__public_blocks_of_several_forks__the_hash_is_theirs(block: dict[str, Any]) -> None:
    header = read_header(answer(block))
    assert "0x" + header.hash.hex() == block["hash"]
    assert "0x" + header.state_root.hex() == block["stateRoot"]
    assert header.number == int(block["number"], 16)
    assert header.timestamp == int(block["timestamp"], 16)


@pytest.mark.parametrize("field", [name for name in LATEST if name not in ("chain", "fork", "hash")])
def test_read_header__any_field_changed_or_missing__refused(field: str) -> None:
    text = LATEST[field]
    changed = hex(int(text, 16) ^ 1) if field in NUMBERS else text[:-1] + ("0" if text[-1] != "0" else "1")
    with pytest.raises(HeaderUnproven):
        read_header(answer(LATEST | {field: changed}))
    with pytest.raises((HeaderUnproven, EndpointAnswerMalformed)):
        read_header(answer({name: value for name, value in LATEST.items() if name != field}))


@pytest.mark.parametrize("field", ["hash", "stateRoot", "number", "timestamp", "logsBloom", "nonce"])
@pytest.mark.parametrize(
    "rubbish", [None, 5, "", "0x", "0xzz", "5", [], {}, "0x" + "1" * 65, "0x" + "11" * 33]
)
def test_read_header__field_that_makes_no_sense__one_of_our_errors(field: str, rubbish: Any) -> None:
    with pytest.raises((HeaderUnproven, EndpointAnswerMalformed)):
        read_header(answer(LATEST | {field: rubbish}))
