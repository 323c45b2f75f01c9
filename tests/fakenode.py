"""A node in memory: accounts, a state trie and headers that hash, over the same JSON-RPC as a real one.

    node = FakeNode(name="a")
    node.accounts[vault] = FakeAccount(code=b"...", storage={slot: word})
    node.seal()                                  # makes a block of what is there
    reader = VaultReader(Panel([Endpoint(node)], needed=1, chain_id=node.chain_id), ...)

It is a `Transport` of `verifier.chain.endpoint`; tests/chain holds the reader against Anvil in the same way. A `Liar`
around it changes answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import rlp
from eth_hash.auto import keccak
from trie import HexaryTrie

from verifier.errors import EndpointUnreachable

EMPTY_ROOT = keccak(rlp.encode(b""))
FIELDS = (
    "parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom", "difficulty",
    "number", "gasLimit", "gasUsed", "timestamp", "extraData", "mixHash", "nonce", "baseFeePerGas",
    "withdrawalsRoot",
)  # fmt: skip
NUMBERS = ("difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas")


class NodeError(Exception):
    """What a node refuses."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(slots=True)
class FakeAccount:
    """What a state trie holds of an account, and what its hashes stand for."""

    code: bytes = b""
    balance: int = 0
    nonce: int = 1
    storage: dict[int, int] = field(default_factory=dict)

    def trie(self) -> HexaryTrie:
        return _trie_of({slot.to_bytes(32, "big"): word for slot, word in self.storage.items() if word})

    def record(self) -> bytes:
        root = self.trie().root_hash
        encoded: bytes = rlp.encode([self.nonce, self.balance, root, keccak(self.code)])
        return encoded


@dataclass(slots=True)
class FakeNode:
    """The chain of one node. Every block has the accounts as they are when it is asked about."""

    name: str = "fake"
    chain_id: int = 1
    time: int = 1_700_000_000
    accounts: dict[bytes, FakeAccount] = field(default_factory=dict)
    blocks: list[dict[str, Any]] = field(default_factory=list)
    # By block number.
    logs: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    transactions: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    receipts: dict[str, dict[str, Any]] = field(default_factory=dict)
    # What contracts return, by address and calldata; a call of anything else reverts where there is code.
    returns: dict[tuple[bytes, bytes], bytes] = field(default_factory=dict)
    # Code as it was, where it was another one: by address, until a block.
    codes_until: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)
    # How far behind its newest block it is at rest.
    unfinalized: int = 0
    asked: list[str] = field(default_factory=list)
    round_trips: int = 0

    def seal(self, *, seconds: int = 12, extra: bytes = b"") -> dict[str, Any]:
        """Add a block whose state root is that of the accounts."""
        self.time += seconds
        parent = self.blocks[-1]["hash"] if self.blocks else _data(bytes(32))
        block: dict[str, Any] = {name: _data(keccak(name.encode())) for name in FIELDS}
        block |= {name: hex(0) for name in NUMBERS}
        block |= {
            "parentHash": parent, "miner": _data(bytes(20)), "stateRoot": _data(self._state().root_hash),
            "logsBloom": _data(bytes(256)), "number": hex(len(self.blocks)), "timestamp": hex(self.time),
            "extraData": _data(extra), "nonce": _data(bytes(8)), "gasLimit": hex(30_000_000),
        }  # fmt: skip
        block["hash"] = _data(hash_of(block))
        self.blocks.append(block)
        return block

    def post(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        self.round_trips += 1
        return [self._respond(method, list(params)) for method, params in calls]

    def _respond(self, method: str, params: list[Any]) -> dict[str, Any]:
        self.asked.append(method)
        answer = getattr(self, f"_{method}", None)
        if answer is None:
            return {"jsonrpc": "2.0", "id": 1, "error": {"code": -32601, "message": "method not found"}}
        try:
            return {"jsonrpc": "2.0", "id": 1, "result": answer(*params)}
        except NodeError as refused:
            return {"jsonrpc": "2.0", "id": 1, "error": {"code": refused.code, "message": str(refused)}}

    def _state(self) -> HexaryTrie:
        return _trie_of({address: account.record() for address, account in self.accounts.items()})

    def _number(self, name: str) -> int:
        if name in ("safe", "finalized"):
            return len(self.blocks) - 1 - self.unfinalized
        return len(self.blocks) - 1 if name == "latest" else int(name, 16)

    def _account(self, address: str) -> FakeAccount:
        return self.accounts.get(_bytes(address), FakeAccount(nonce=0))

    # The answers, by the name of the method.

    def _eth_chainId(self) -> str:  # noqa: N802
        return hex(self.chain_id)

    def _eth_getBlockByNumber(self, name: str, full: bool) -> dict[str, Any] | None:  # noqa: N802
        number = self._number(name)
        if number >= len(self.blocks):
            return None
        return self.blocks[number] | {"transactions": self.transactions.get(number, []) if full else []}

    def _eth_getProof(self, account: str, slots: list[str], _: str) -> dict[str, Any]:  # noqa: N802
        address = _bytes(account)
        found = self._account(account)
        trie = found.trie()
        return {
            "address": account,
            "balance": hex(found.balance),
            "codeHash": _data(keccak(found.code)),
            "nonce": hex(found.nonce),
            "storageHash": _data(trie.root_hash),
            "accountProof": _proof(self._state(), address),
            "storageProof": [
                {
                    "key": slot,
                    "value": hex(found.storage.get(int(slot, 16), 0)),
                    "proof": _proof(trie, int(slot, 16).to_bytes(32, "big")),
                }
                for slot in slots
            ],
        }

    def _eth_getStorageAt(self, account: str, slot: str, _: str) -> str:  # noqa: N802
        word = self._account(account).storage.get(int(slot, 16), 0)
        return _data(word.to_bytes(32, "big"))

    def _eth_getCode(self, account: str, name: str) -> str:  # noqa: N802
        until, former = self.codes_until.get(_bytes(account), (-1, b""))
        return _data(former if self._number(name) <= until else self._account(account).code)

    def _eth_call(self, call: dict[str, str], _: str) -> str:
        to = _bytes(call["to"])
        if to in self.accounts and self.accounts[to].code and (to, _bytes(call["data"])) not in self.returns:
            raise NodeError(3, "execution reverted")
        return _data(self.returns.get((to, _bytes(call["data"])), b""))

    def _eth_getTransactionByHash(self, name: str) -> dict[str, Any] | None:  # noqa: N802
        sent = [each for block in self.transactions.values() for each in block]
        return next((each for each in sent if each.get("hash") == name), None)

    def _eth_getBalance(self, account: str, _: str) -> str:  # noqa: N802
        return hex(self._account(account).balance)

    def _eth_getTransactionCount(self, account: str, _: str) -> str:  # noqa: N802
        return hex(self._account(account).nonce)

    def _eth_getLogs(self, where: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: N802
        begin, end = int(where["fromBlock"], 16), int(where["toBlock"], 16)
        logs = [log for number in range(begin, end + 1) for log in self.logs.get(number, [])]
        return [log for log in logs if log["topics"][:2] == where["topics"]]


@dataclass(slots=True)
class Liar:
    """A node whose answers a lie changes: a function of method, parameters and response."""

    node: FakeNode
    lie: Callable[[str, Sequence[Any], dict[str, Any]], Any]
    name: str = "liar"

    def post(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        responses = self.node.post(calls)
        return [
            self.lie(method, params, dict(r)) for (method, params), r in zip(calls, responses, strict=True)
        ]


@dataclass(slots=True)
class Dead:
    """A node that is not there."""

    name: str = "dead"

    def post(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:  # noqa: ARG002 - nobody hears
        raise EndpointUnreachable(endpoint=self.name, why="there is no connection")


def hash_of(block: Mapping[str, Any]) -> bytes:
    """Return the hash of a header in JSON."""
    parts = [int(block[name], 16) if name in NUMBERS else _bytes(block[name]) for name in FIELDS]
    return keccak(rlp.encode(parts))


def _trie_of(values: Mapping[bytes, int | bytes]) -> HexaryTrie:
    trie = HexaryTrie({})
    for key, value in values.items():
        trie[keccak(key)] = value if isinstance(value, bytes) else rlp.encode(value)
    return trie


def _proof(trie: HexaryTrie, key: bytes) -> list[str]:
    if trie.root_hash == EMPTY_ROOT:
        return []
    return [_data(rlp.encode(node)) for node in trie.get_proof(keccak(key))]


def _data(data: bytes) -> str:
    return "0x" + data.hex()


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])
