"""Decoding calldata: values and verdict, byte ranges, and hostile bytes, beside eth-abi and viem."""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Any, Final

from eth_abi.abi import decode as eth_decode

from tests.bench import viem
from tests.bench.calldata import BY_SELECTOR, NEW, Work, function_of, works
from tests.bench.hostile import AT_RANDOM, SIZE, Hostile, hostile
from tests.bench.report import BenchError, Report, Row
from tests.core.decoder import ranges_of, texts, walk
from verifier.decode.plan import Plan
from verifier.model.call import AbiValue

# What one decoder does before the next one takes its turn, and how many turns each has.
TURN_SECONDS: Final = 0.01
TURNS: Final = 15
MOST_MILLISECONDS: Final = 200
MOST_MEGABYTES: Final = 200

TITLE: Final = "Decoding calldata, and eth-abi and viem that do it too"
RANGED: Final = "With the bytes of every value"
HOSTILE: Final = f"Hostile calldata of {SIZE // 1024} KiB"
NOTES: Final = """\
Processor time, medians of {turns} turns of at least {milliseconds:.0f} ms, which the three decoders take one after
the other. A ratio of 0.125 is eight times as fast.

Ours is all that the verifier does: it finds the function by its selector, checks every offset and every padding byte,
and returns values and verdict. eth-abi {eth_abi} decodes strictly, and is handed the types. viem {viem} is
`decodeFunctionData` with an ABI of that one function. Before the clock starts, all three must give the same values,
and ours must call the bytes canonical.

transfer: {new:,} of them to as many recipients, one after the other; the row is about one. Again: always the same
one, which is in favour of viem, since it remembers the checksums of the last 8,192 addresses. The rows below have few
addresses, so it remembers all of theirs too. Here a checksum is made when an address is shown.

Safe, MultiSend, 50 transfers: `execTransaction`, the `multiSend` inside of it, and each transfer in that. MultiSend's
packed form is no ABI, and is taken apart beforehand for all three. multicall of 10 tuples: Uniswap's
`multicall(bytes[])`, and each `exactInputSingle` in it. aggregate3: the calls inside are not decoded.

With the bytes of every value: ours gives each value, also each tuple and array, with its name, type and range of
bytes; they must be those that a plain walk along the offsets finds. The peers do what they did above, since they know
no ranges.

Hostile: {count} inputs that are made to cost time or memory, {random} of them at random; the worst of them, each the
best of three runs. Memory is the peak of what Python allocates. Worst here: {worst}."""


def measure(say: Callable[[str], None], *, turns: int = TURNS, at_random: int = AT_RANDOM) -> Report:
    every = works()
    rows: list[Row] = []
    with viem.start_viem(every) as peer:
        for i, work in enumerate(every):
            _require_same(work, peer.values[i])
        for ranged in (False, True):
            for i, work in enumerate(every):
                say(f"{work.name}{', with ranges' if ranged else ''}")
                rows += _rows(work, i, peer, turns, ranged=ranged)
    say("hostile calldata")
    inputs = [*hostile(at_random)]
    worst, hostile_rows = _hostile_rows(inputs)
    notes = NOTES.format(
        turns=turns,
        new=NEW,
        milliseconds=TURN_SECONDS * 1e3,
        eth_abi=version("eth-abi"),
        viem=viem.version(),
        count=len(inputs),
        random=at_random,
        worst=worst,
    )
    return Report(
        bench="decode", title=TITLE, rows=rows + hostile_rows, notes=notes.split("\n\n"), varies=True
    )


# ------------------------------------------------------------------------------------------------------- Like with like


def decode(parts: Sequence[bytes]) -> None:
    for data in parts:
        BY_SELECTOR[data[:4]].plan.decode(data, 4)


def decode_ranged(parts: Sequence[bytes]) -> None:
    for data in parts:
        BY_SELECTOR[data[:4]].plan.arguments_of(data, 4)


def decode_eth_abi(parts: Sequence[tuple[list[str], bytes]]) -> None:
    for types, data in parts:
        eth_decode(types, data)


def _rows(work: Work, number: int, peer: viem.Viem, turns: int, *, ranged: bool) -> list[Row]:
    own = decode_ranged if ranged else decode
    typed = [(texts(function_of(data).inputs), data[4:]) for data in work.parts]
    ours, eth_abi, viems = _side_by_side(
        [
            lambda times: _seconds(lambda: own(work.parts), times),
            lambda times: _seconds(lambda: decode_eth_abi(typed), times),
            lambda times: peer.seconds(number, times),
        ],
        turns,
    )
    table = RANGED if ranged else ""
    return [
        Row(
            name=f"{work.name}, {name}",
            ours=_micro(ours / work.pieces),
            peer=_micro(theirs / work.pieces),
            unit="µs",
            most_ratio=None if ranged or least is None else 1 / least,
            table=table,
        )
        for name, theirs, least in (
            ("eth-abi", eth_abi, work.eth_abi_times),
            ("viem", viems, work.viem_times),
        )
    ]


def _side_by_side(takers: Sequence[Callable[[int], float]], turns: int) -> list[float]:
    """Return the median seconds of each for one time, after turns that they took one after the other."""
    times = []
    for take in takers:
        count = 1
        while take(count) < TURN_SECONDS:  # which warms it up too
            count *= 2
        times.append(count)
    taken: list[list[float]] = [[] for _ in takers]
    for _ in range(turns):
        for take, count, seconds in zip(takers, times, taken, strict=True):
            seconds.append(take(count) / count)
    return [statistics.median(seconds) for seconds in taken]


def _seconds(act: Callable[[], Any], times: int) -> float:
    """Return processor time: what else the machine does is not in it."""
    begin = time.process_time()
    for _ in range(times):
        act()
    return time.process_time() - begin


def _micro(seconds: float) -> float | int:
    micro = seconds * 1e6
    return round(micro) if micro >= 100 else round(micro, 2)


def _require_same(work: Work, viems: Sequence[Any]) -> None:
    for data, theirs in zip(work.parts, viems, strict=True):
        function = function_of(data)
        decoded = function.plan.decode(data, 4)
        eth_abi: Any = eth_decode(texts(function.inputs), data[4:])
        if not decoded.is_canonical or decoded.values is None:
            raise BenchError(f"{work.name}: {function.name} should be canonical.")
        if _lowered(viem.as_viem(decoded.values)) != _lowered(theirs):
            raise BenchError(f"{work.name}: viem reads other values in {function.name}.")
        if _lowered(viem.as_viem(decoded.values)) != _lowered(viem.as_viem(eth_abi)):
            raise BenchError(f"{work.name}: eth-abi reads other values in {function.name}.")
        found = function.plan.arguments_of(data, 4)
        if tuple(argument.value for argument in found) != decoded.values:
            raise BenchError(f"{work.name}: {function.name} has other values with ranges.")
        if [*ranges_of(found)] != [*walk(function.inputs, data, 4)]:
            raise BenchError(f"{work.name}: {function.name} has other ranges than a walk finds.")


def _lowered(value: Any) -> Any:
    """Return values with their hex in small letters: checksums are not what is compared."""
    if isinstance(value, list):
        return [_lowered(item) for item in value]
    return value.lower() if isinstance(value, str) else value


# -------------------------------------------------------------------------------------------------------------- Hostile


def _hostile_rows(inputs: Sequence[Hostile]) -> tuple[str, list[Row]]:
    """Return which inputs are the worst, and how bad they are."""
    rows, worst = [], []
    for name, ranged in (("values and verdict", False), ("with ranges", True)):
        slowest: tuple[float, str] = (0, "")
        largest: tuple[float, str] = (0, "")
        for what, type_, data in inputs:
            plan = Plan(type_)
            read: Callable[[bytes], AbiValue | Any] = plan.arguments_of if ranged else plan.decode
            slowest = max(slowest, (min(_seconds(lambda: read(data), 1) for _ in range(3)), what))  # noqa: B023
            largest = max(largest, (_peak(lambda: read(data)), what))  # noqa: B023
        rows += [
            Row(
                name=f"slowest, {name}",
                ours=round(slowest[0] * 1e3, 1),
                peer=None,
                unit="ms",
                most=MOST_MILLISECONDS,
                table=HOSTILE,
            ),
            Row(
                name=f"largest, {name}",
                ours=round(largest[0] / 1e6, 1),
                peer=None,
                unit="MB",
                most=MOST_MEGABYTES,
                table=HOSTILE,
            ),
        ]
        worst += [f"{slowest[1]} ({name}, slowest)", f"{largest[1]} ({name}, largest)"]
    return ", ".join(worst), rows


def _peak(act: Callable[[], Any]) -> int:
    """Return bytes."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
