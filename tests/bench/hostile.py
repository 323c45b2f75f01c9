"""Calldata of 128 KiB that is made to cost a decoder time or memory."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

from tests.core.fuzz_decode import random_type
from verifier.decode.types import Tuple, parse_members

SIZE: Final = 128 * 1024
WORDS: Final = SIZE // 32
AT_RANDOM: Final = 150

Hostile = tuple[str, Tuple, bytes]
"""What it is, how it is to be read, and the bytes."""


def hostile(at_random: int) -> Iterator[Hostile]:
    """Yield what is made to be costly, and so much at random."""
    yield from _made()
    for seed in range(at_random):
        yield f"random {seed}", *_random(seed)


def _words(*numbers: int) -> bytes:
    return b"".join(number.to_bytes(32) for number in numbers)


def _made() -> Iterator[Hostile]:
    rest, most, dirty = bytes(SIZE), WORDS - 2, b"\xfe" * SIZE
    many = f"({','.join(['int8'] * 1_000)})[][]"
    for name, types, data in (
        # The same bytes again and again.
        ("offset bomb", "uint256" + "[]" * 10, _words(32) + _words(50, *[32 * 50] * 50) * 9),
        ("self-referring arrays", "uint256" + "[]" * 15, _words(32, 100) + rest),
        ("tuples of themselves", "(bytes,bytes)[][]", _words(32, 2_000) + rest),
        ("one empty tail for all", "bytes[]", _words(32, most, *[32 * most] * most)),
        ("one string for all", "string[]", _words(32, most, *[32 * most] * most)),
        ("one long tail for all", "bytes[]", _words(32, 2_000, *[64_000] * 2_000, 64_000) + rest),
        ("two of one array", "address[][]", _words(32, 2, 64, 64, most - 6) + dirty),
        # Many values in few bytes.
        ("deep tuples", f"{_deep('int8', 14)}[]", _words(32, most) + dirty),
        ("two levels a word", "((int8))[]", _words(32, most) + dirty),
        ("two levels a word, honest", "((int8))[]", _words(32, most, *[1] * most)),
        ("deep arrays", f"uint8{'[1]' * 14}[]", _words(32, most, *[1] * most)),
        ("deep dynamic tuples", f"{_deep('bytes', 13)}[]", _words(32, most) + rest),
        ("many empty tails", "bytes[]", _words(32, most // 2) + rest),
        ("many empty tails, honest", "bytes[]", _empty_tails()),
        ("one tuple of many", many, _words(32, 2, 64, 64, *[3] * most)),
        ("many numbers, honest", "uint256[]", _words(32, most) + dirty),
        ("many dirty addresses", "address[]", _words(32, most) + dirty),
        # Lengths without end.
        ("huge static array", "uint8[1000][1000][1000]", rest),
        ("huge array of dynamic parts", "bytes[999999999]", rest),
        ("huge length", "uint256[]", _words(32, (1 << 256) - 1) + rest),
        ("huge length, small elements", "bool[]", _words(32, (1 << 32) - 1) + rest),
        ("huge length, dynamic elements", "string[]", _words(32, (1 << 32) - 1) + rest),
        # Long values.
        ("long text that is none", "string", _words(32, SIZE - 64) + b"\xff" * SIZE),
        ("long text that ends badly", "string", _words(32, SIZE - 64) + b"a" * (SIZE - 65) + b"\xff"),
        ("long bytes", "bytes", _words(32, SIZE - 64) + dirty),
        # Honest up to the very end.
        ("honest up to its last byte", "(address,bool,bytes)[]", _calls()[:-1] + b"\1"),
    ):
        yield name, parse_members(types), data[:SIZE].ljust(SIZE, b"\0")


def _deep(of: str, levels: int) -> str:
    return "(" * levels + of + ")" * levels


def _empty_tails() -> bytes:
    count = WORDS // 2 - 1
    return _words(32, count, *(32 * (count + i) for i in range(count)))


def _calls() -> bytes:
    """As many calls as have room, and what is left as the data of the last one, up to one byte of padding."""
    head, size = 3 * 32, 5 * 32
    count = (SIZE - 2 * 32) // (size + 32)
    rest = SIZE - 64 - 32 * count - size * (count - 1) - head - 32 - 1
    calls = [_words(1, 1, head, 32, 0)] * (count - 1) + [_words(1, 1, head, rest)]
    offsets = _words(*(32 * count + len(calls[0]) * i for i in range(count)))
    return (_words(32, count) + offsets + b"".join(calls)).ljust(SIZE, b"\0")


def _random(seed: int) -> tuple[Tuple, bytes]:
    """A random type, and words that look like offsets and lengths of about the right size, many of them alike."""
    dice = random.Random(seed)  # noqa: S311 - so that runs repeat
    type_ = random_type(dice)
    most = dice.choice((4, 64, 1_024, WORDS))
    liked = [dice.randrange(most) * dice.choice((1, 32, 32)) for _ in range(dice.choice((2, 8, 64)))]
    return type_, _words(32, *dice.choices(liked, k=WORDS - 1))
