"""The calldata that decoders are compared with: what people sign every day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from verifier.decode.signatures import Function, parse_interface
from verifier.model.address import Address
from verifier.model.call import AbiValue

ABI: Final = """\
function transfer(address to, uint256 amount)
function execTransaction(address to, uint256 value, bytes data, uint8 operation, uint256 safeTxGas, uint256 baseGas, \
uint256 gasPrice, address gasToken, address refundReceiver, bytes signatures)
function multiSend(bytes transactions)
function multicall(bytes[] data)
struct ExactInputSingleParams(address tokenIn, address tokenOut, uint24 fee, address recipient, uint256 deadline, \
uint256 amountIn, uint256 amountOutMinimum, uint160 sqrtPriceLimitX96)
function exactInputSingle(ExactInputSingleParams params)
struct Call3(address target, bool allowFailure, bytes callData)
function aggregate3(Call3[] calls)
"""
"""All of them, as our own data files have it."""

# More recipients than viem remembers: it keeps the checksums of 8,192 addresses.
NEW: Final = 10_000

FUNCTIONS: Final = {function.name: function for function in parse_interface(ABI).functions}


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One row: calldata to be decoded one after the other, outermost first."""

    name: str
    parts: tuple[bytes, ...]
    # How many pieces of work they are: the row is about one.
    pieces: int = 1
    # How many times faster than each peer it has to be; None where nothing is asked.
    eth_abi_times: float | None = 8
    viem_times: float | None = 5


def call(name: str, *arguments: AbiValue) -> bytes:
    return FUNCTIONS[name].encode(*arguments)


def function_of(data: bytes) -> Function:
    """Return the function of some calldata."""
    return BY_SELECTOR[data[:4]]


def works() -> Sequence[Work]:
    return (
        Work(name="transfer", parts=tuple(map(_transfer, range(NEW))), pieces=NEW),
        Work(name="one transfer, again", parts=(_transfer(1),), viem_times=None),
        _safe(),
        _multicall(),
        Work(name="aggregate3 of 50", parts=(_aggregate(),), eth_abi_times=5, viem_times=2),
    )


BY_SELECTOR: Final = {function.selector: function for function in FUNCTIONS.values()}


def _someone(number: int) -> Address:
    return Address((0x5EED << 128 | number * 0x9E3779B97F4A7C15).to_bytes(20))


def _transfer(number: int) -> bytes:
    return call("transfer", _someone(number), 40_000_000 * 10**6 + number)


def _safe() -> Work:
    """A Safe transaction of 50 transfers. The packed form of MultiSend, which is no ABI, is taken apart beforehand."""
    transfers = [_transfer(i) for i in range(50)]
    packed = b"".join(
        bytes(1) + _someone(i + 100) + bytes(32) + len(data).to_bytes(32) + data
        for i, data in enumerate(transfers)
    )
    multi_send = call("multiSend", packed)
    signatures = bytes(range(65)) * 3
    nobody = Address(bytes(20))
    execute = call("execTransaction", _someone(7), 0, multi_send, 1, 0, 0, 0, nobody, nobody, signatures)
    return Work(name="Safe, MultiSend, 50 transfers", parts=(execute, multi_send, *transfers))


def _multicall() -> Work:
    swaps = tuple(
        call(
            "exactInputSingle",
            (_someone(i), _someone(i + 1), 3_000, _someone(9), 1_900_000_000, 10**18 + i, 10**9, 0),
        )
        for i in range(10)
    )
    return Work(name="multicall of 10 tuples", parts=(call("multicall", swaps), *swaps))


def _aggregate() -> bytes:
    calls = tuple((_someone(i), i % 2 == 0, _transfer(i)) for i in range(50))
    return call("aggregate3", calls)
