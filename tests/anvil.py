"""A chain of one's own for a test: Anvil on a free port, spoken to over raw JSON-RPC.

    with start_anvil() as chain:
        vault = chain.deploy(code)
        outcome = chain.send(member, vault, calldata)
        assert outcome.succeeded, outcome.revert_data.hex()

Every address may send without a key. Gas costs nothing, so balances tell only what operations moved. Each transaction
makes a block of its own, one second after the one before, unless `set_time` says otherwise.
"""

from __future__ import annotations

import http.client
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

GENESIS_TIME: Final = 1_700_000_000
CHAIN_ID: Final = 31_337
# More than any transaction of the tests needs, so that Anvil need not estimate; less than a block's.
GAS: Final = 16_000_000
BLOCK_GAS: Final = 60_000_000
# Anvil's first accounts, from its well-known mnemonic: worthless everywhere else.
FUNDED: Final = (
    bytes.fromhex("f39fd6e51aad88f6f4ce6ab8827279cfffb92266"),
    bytes.fromhex("70997970c51812dc3a010c7d01b50e0d17dc79c8"),
    bytes.fromhex("3c44cdddb6a900fa2b585dd299e03d12fa4293bc"),
)
ANSWER_SECONDS: Final = 300
# Clients say of a block that it is old after 15 minutes: a chain that many tests share may be older than that.
YOUNG_SECONDS: Final = 240


class AnvilError(Exception):
    """The node answered with a JSON-RPC error that is not the revert of a call."""

    def __init__(self, method: str, error: dict[str, Any]) -> None:
        super().__init__(f"{method}: {error.get('message')} ({error.get('code')})")
        self.method = method
        self.error = error


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a transaction that a block took in."""

    succeeded: bool
    # Empty where it succeeded, or where it failed without a reason.
    revert_data: bytes
    receipt: dict[str, Any]

    @property
    def gas_used(self) -> int:
        return int(self.receipt["gasUsed"], 16)

    @property
    def block(self) -> int:
        return int(self.receipt["blockNumber"], 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a call returned, or reverted with."""

    succeeded: bool
    data: bytes


class Anvil:
    """A running node. Data and addresses are bytes here; `rpc` speaks JSON."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=ANSWER_SECONDS)
        self._count = 0

    def close(self) -> None:
        self._connection.close()

    # ---------------------------------------------------------------- JSON-RPC

    def rpc(self, method: str, params: Sequence[Any] = ()) -> Any:
        """Return the result of one request. Raise AnvilError where the node answers with an error."""
        answer = self._post(self._request(method, params))
        if "error" in answer:
            raise AnvilError(method, answer["error"])
        return answer["result"]

    def batch(self, requests: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """Return the results of many requests, in their order, from one round trip."""
        bodies = [self._request(method, params) for method, params in requests]
        answers = {answer["id"]: answer for answer in self._post(bodies)}
        results = []
        for body in bodies:
            answer = answers[body["id"]]
            if "error" in answer:
                raise AnvilError(body["method"], answer["error"])
            results.append(answer["result"])
        return results

    def _request(self, method: str, params: Sequence[Any]) -> dict[str, Any]:
        self._count += 1
        return {"jsonrpc": "2.0", "id": self._count, "method": method, "params": list(params)}

    def _post(self, body: Any) -> Any:
        self._connection.request("POST", "/", json.dumps(body), {"Content-Type": "application/json"})
        return json.loads(self._connection.getresponse().read())

    # ------------------------------------------------------------- state, clock

    def snapshot(self) -> str:
        return str(self.rpc("evm_snapshot"))

    def revert(self, snapshot: str) -> None:
        """Go back to a snapshot, which is used up by it."""
        # The miner takes what it mined out of its pool only after it answered; reverted before that, it takes out what
        # comes next instead, which is then never mined.
        while self.rpc("txpool_status")["pending"] != "0x0":
            pass
        if self.rpc("evm_revert", [snapshot]) is not True:
            raise AnvilError("evm_revert", {"message": f"no snapshot {snapshot}"})

    @contextmanager
    def isolate(self) -> Iterator[None]:
        """Undo, at the end, all that happens inside."""
        snapshot = self.snapshot()
        try:
            yield
        finally:
            self.revert(snapshot)

    def mine(self, blocks: int = 1) -> None:
        self.rpc("anvil_mine", [hex(blocks)])

    def now(self) -> int:
        """Return the time of the latest block."""
        return int(self.block()["timestamp"], 16)

    def block(self, number: int | str = "latest") -> dict[str, Any]:
        name = number if isinstance(number, str) else hex(number)
        block: dict[str, Any] = self.rpc("eth_getBlockByNumber", [name, False])
        return block

    def set_next_time(self, moment: int) -> None:
        """Let the next block have this time; it must be later than the latest block's."""
        self.rpc("evm_setNextBlockTimestamp", [hex(moment)])

    def set_time(self, moment: int) -> None:
        """Make a block of this time, so that calls see it too. The next transaction comes a second later."""
        self.set_next_time(moment)
        self.mine()

    def catch_up(self) -> None:
        """Make a block of this machine's time, where the latest one will soon look old to a client."""
        now = int(time.time())
        if self.now() < now - YOUNG_SECONDS:
            self.set_time(now)

    # ------------------------------------------------------ accounts, transactions

    def balance(self, account: bytes) -> int:
        return int(self.rpc("eth_getBalance", [_text(account), "latest"]), 16)

    def set_balance(self, account: bytes, wei: int) -> None:
        self.rpc("anvil_setBalance", [_text(account), hex(wei)])

    def set_code(self, account: bytes, code: bytes) -> None:
        self.rpc("anvil_setCode", [_text(account), _text(code)])

    def code(self, account: bytes) -> bytes:
        return _bytes(self.rpc("eth_getCode", [_text(account), "latest"]))

    def storage(self, account: bytes, slot: int) -> int:
        return int(self.rpc("eth_getStorageAt", [_text(account), f"0x{slot:064x}", "latest"]), 16)

    def call(
        self,
        to: bytes,
        data: bytes,
        *,
        sender: bytes = FUNDED[0],
        value: int = 0,
        block: int | str = "latest",
        number: int | None = None,
    ) -> Answer:
        """Return what a call would return or revert with; nothing changes.

        :param number: the number that the block has for the call, where it is another one
        """
        request = {"from": _text(sender), "to": _text(to), "data": _text(data), "value": hex(value)}
        name = block if isinstance(block, str) else hex(block)
        try:
            overrides = [] if number is None else [{}, {"number": hex(number)}]
            return Answer(succeeded=True, data=_bytes(self.rpc("eth_call", [request, name, *overrides])))
        except AnvilError as exc:
            if exc.error.get("code") != 3:
                raise
            return Answer(succeeded=False, data=_bytes(exc.error.get("data") or "0x"))

    def send(
        self, sender: bytes, to: bytes | None, data: bytes = b"", *, value: int = 0, gas: int = GAS
    ) -> Outcome:
        """Send a transaction from any address, without its key, and return what became of it."""
        request = {
            "from": _text(sender), "data": _text(data), "value": hex(value), "gas": hex(gas), "gasPrice": "0x0"
        }  # fmt: skip
        if to is not None:
            request["to"] = _text(to)
        return self._outcome(self.rpc("eth_sendTransactionSync", [request]))

    def send_raw(self, transaction: bytes) -> Outcome:
        return self._outcome(self.rpc("eth_sendRawTransactionSync", [_text(transaction)]))

    def _outcome(self, receipt: dict[str, Any]) -> Outcome:
        succeeded = int(receipt["status"], 16) == 1
        revert_data = b""
        if not succeeded:
            # Anvil keeps no reason beside the receipt; the trace of the very same run has it.
            trace = self.rpc("debug_traceTransaction", [receipt["transactionHash"], {"tracer": "callTracer"}])
            revert_data = _bytes(trace.get("output") or "0x")
        return Outcome(succeeded=succeeded, revert_data=revert_data, receipt=receipt)

    def deploy(self, creation_code: bytes, *, sender: bytes = FUNDED[0], value: int = 0) -> bytes:
        """Return the address of a new contract; fail where its constructor reverts."""
        outcome = self.send(sender, None, creation_code, value=value)
        if not outcome.succeeded:
            raise AnvilError("deploy", {"message": f"reverted with 0x{outcome.revert_data.hex()}"})
        return _bytes(outcome.receipt["contractAddress"])


@contextmanager
def start_anvil(*options: str) -> Iterator[Anvil]:
    """Start a node on a free port, wait until it listens, and end it at the end of the block.

    The states that it puts on disk are in a folder that goes with it: beside the user's own they would stay for good.
    """
    with tempfile.TemporaryDirectory(prefix="anvil-", ignore_cleanup_errors=True) as cache:
        yield from _running(cache, *options)


def _running(cache: str, *options: str) -> Iterator[Anvil]:
    # Those that a test may choose otherwise: a node takes an option once.
    usual = {"--hardfork": "prague", "--chain-id": str(CHAIN_ID)}
    chosen = [word for name, value in usual.items() if name not in options for word in (name, value)]
    command = [
        _executable(), "--port", "0", *chosen,
        "--timestamp", str(GENESIS_TIME), "--auto-impersonate", "--order", "fifo",
        "--gas-limit", str(BLOCK_GAS), "--base-fee", "0", "--gas-price", "0", "--disable-min-priority-fee",
        "--cache-path", cache, *options,
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        chain = Anvil(_port_of(process))
        try:
            # Nobody reads on from here, and a full pipe would stop the node.
            chain.rpc("anvil_setLoggingEnabled", [False])
            # A second between blocks, whatever the machine's clock does in the meantime.
            chain.rpc("anvil_setBlockTimestampInterval", [1])
            yield chain
        finally:
            chain.close()
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _executable() -> str:
    beside = Path(sys.executable).parent / "anvil"
    found = str(beside) if beside.exists() else shutil.which("anvil")
    if found is None:
        raise FileNotFoundError("anvil is neither beside this Python nor on PATH; run scripts/install")
    return found


def _port_of(process: subprocess.Popen[str]) -> int:
    """Return the port that the node says it listens on."""
    said: list[str] = []
    if process.stdout is not None:
        for line in process.stdout:
            said.append(line)
            if found := re.search(r"Listening on 127\.0\.0\.1:(\d+)", line):
                return int(found[1])
    raise AnvilError("start", {"message": "Anvil ended before it listened:\n" + "".join(said)})


def _text(data: bytes) -> str:
    return "0x" + data.hex()


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x"))
