"""`scripts/fuzz decode`: hostile calldata for as long as one likes; see there."""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.util
import itertools
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from eth_abi.abi import decode as eth_decode
from eth_abi.abi import encode as eth_encode
from hypothesis import HealthCheck, seed, settings
from hypothesis.errors import HypothesisException

from tests.core.decoder import LEAVES, judge, named, spoil, texts
from tests.core.fuzz_meanings import MEANT, judge_call, meant
from verifier.decode.encode import encode
from verifier.decode.types import AbiType, Array, Leaf, Tuple
from verifier.model.call import AbiValue

ROOT: Final = Path(__file__).parents[2]
KEPT: Final = ROOT / ".tools" / "fuzz" / "decode"
MINUTES: Final = 10.0
RULES: Final = (
    "tests.core.test_decoder_readers",
    "tests.core.test_decode",
    "tests.core.test_meaning_table",
    "tests.core.test_words_any",
)
MANY: Final = settings(
    max_examples=200, database=None, deadline=None, suppress_health_check=list(HealthCheck)
)
INTERRUPTED: Final = 130
# An input begins with the number of its case; each case is a type and an honest encoding, made once, or a call.
CASES: Final = 512
# Per change: its kind, its place and a number, two bytes each but the first.
CHANGE: Final = 5
# No input is so slow; libFuzzer then says which one it was.
MOST_SECONDS: Final = 5
MOST_MEGABYTES: Final = 1_024


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/fuzz decode",
        description="Feed hostile calldata to the decoder, for as long as you like.",
    )
    parser.add_argument("minutes", nargs="?", type=float, default=MINUTES, help="how long (10)")
    parser.add_argument("--seed", type=int, help="where to begin; without it, anywhere")
    parser.add_argument("--input", type=Path, help="try one input that was kept, and nothing else")
    arguments = parser.parse_args()
    if arguments.input:
        try_input(arguments.input.read_bytes())
        say("nothing is wrong with this input")
        return 0
    first = random.SystemRandom().randrange(1, 2**31) if arguments.seed is None else arguments.seed
    say(f"seed {first}: scripts/fuzz decode {arguments.minutes:g} --seed {first} repeats this run")
    until = time.monotonic() + 60 * arguments.minutes
    try:
        return try_rules(first, until) or feed(first, until)
    except KeyboardInterrupt:
        say("interrupted")
        return INTERRUPTED


# ----------------------------------------------------------------------------------------------------------- Hypothesis


def try_rules(first: int, until: float) -> int:
    """Try the rules of the tests with many examples, in the first quarter. Return 1 where one does not hold."""
    settings.register_profile("campaign", MANY)
    settings.load_profile("campaign")
    tried = 0
    begin = time.monotonic()
    for number, (name, rule) in enumerate(itertools.cycle(_rules())):
        if number and time.monotonic() > begin + (until - begin) / 4:
            break
        try:
            seed(first + number)(rule)()
        except (AssertionError, HypothesisException) as exc:
            notes = "\n".join(getattr(exc, "__notes__", ()))
            say(f"{name} does not hold: {exc}\n{notes}")
            return 1
        tried += 1
    say(f"{tried} times a rule of {' or '.join(RULES)} held, with up to {MANY.max_examples} examples")
    return 0


def _rules() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the properties of the tests, which are read only now: they take the profile that is loaded."""
    for module in RULES:
        for name, rule in vars(importlib.import_module(module)).items():
            if getattr(rule, "is_hypothesis_test", False):
                yield name, rule


# -------------------------------------------------------------------------------------------------------------- Atheris


def feed(first: int, until: float) -> int:
    """Feed inputs to the decoder until the time is over. Return 1 where one is wrong."""
    if importlib.util.find_spec("atheris") is None:
        say("Atheris has no wheel for this machine, so inputs are made without looking at what they reach")
        return feed_blindly(first, until)
    seconds = max(1, round(until - time.monotonic()))
    options = [
        f"-seed={first % 2**31 or 1}", f"-max_total_time={seconds}", f"-artifact_prefix={KEPT}/", "-max_len=4096",
        f"-timeout={MOST_SECONDS}", f"-rss_limit_mb={MOST_MEGABYTES}", "-len_control=20", "-print_final_stats=1",
    ]  # fmt: skip
    KEPT.mkdir(parents=True, exist_ok=True)
    return min(subprocess.call([sys.executable, "-m", "tests.core.fuzz_decode_atheris", *options]), 1)


def feed_blindly(first: int, until: float) -> int:
    dice = random.Random(first)  # noqa: S311  (that it can be repeated is the point)
    begin, tried = time.monotonic(), 0
    while time.monotonic() < until:
        content = dice.randbytes(dice.randrange(64) if dice.random() < 0.9 else dice.randrange(4_096))
        try_and_keep(content)
        tried += 1
    say(f"{tried} inputs, {tried / (time.monotonic() - begin):.0f} a second, and nothing wrong")
    return 0


def try_and_keep(content: bytes) -> None:
    """Try an input. Where something is wrong, keep it, and say how to repeat it."""
    try:
        try_input(content)
    except Exception:
        KEPT.mkdir(parents=True, exist_ok=True)
        path = KEPT / hashlib.sha256(content).hexdigest()[:16]
        path.write_bytes(content)
        say(f"scripts/fuzz decode --input {path.relative_to(ROOT)} repeats what is wrong")
        raise


def try_input(content: bytes) -> None:
    """Decode what an input stands for, and assert all that must hold of it."""
    number = int.from_bytes(content[:2]) % (CASES + MEANT)
    place, content = int.from_bytes(content[2:3]) % 40, content[3:]
    if number >= CASES:
        target, call = meant(number - CASES)
        judge_call(call[:4] + (content if place & 1 else spoilt(call[4:], content)), target)
        return
    type_, honest = case(number)
    data = content if place & 1 else spoilt(honest, content)
    if judge(type_, bytes(place) + data, place).is_canonical:
        theirs = eth_decode(texts(type_), data, strict=True)
        assert eth_encode(texts(type_), theirs) == data


def spoilt(data: bytes, changes: bytes) -> bytes:
    """Return data with as many changes as an input has."""
    for i in range(0, len(changes) - CHANGE + 1, CHANGE):
        kind, at, number = changes[i], changes[i + 1 : i + 3], changes[i + 3 : i + 5]
        data = spoil(data, kind, int.from_bytes(at), int.from_bytes(number))
    return data


@lru_cache(maxsize=CASES)
def case(number: int) -> tuple[Tuple, bytes]:
    """Return a type and an honest encoding, always the same ones for a number."""
    dice = random.Random(number)  # noqa: S311  (as above)
    type_ = random_type(dice)
    return type_, encode(type_, _value(dice, type_))


def random_type(dice: random.Random) -> Tuple:
    return named([_type(dice, 4) for _ in range(dice.randrange(1, 5))])


def _type(dice: random.Random, depth: int) -> AbiType:
    shape = dice.random() if depth else 1.0
    if shape < 0.3:
        return Array(of=_type(dice, depth - 1), length=dice.choice((None, None, 1, 2, 3)))
    if shape < 0.5:
        return named([_type(dice, depth - 1) for _ in range(dice.randrange(1, 4))])
    return dice.choice(LEAVES)


def _value(dice: random.Random, type_: AbiType) -> AbiValue:
    match type_:
        case Leaf(kind="uint"):
            return dice.getrandbits(type_.width)
        case Leaf(kind="int"):
            return dice.getrandbits(type_.width) - (1 << type_.width - 1)
        case Leaf(kind="bool"):
            return dice.random() < 0.5
        case Leaf(kind="string"):
            return "".join(dice.choices("abcd é€😀", k=dice.randrange(40)))
        case Leaf(kind="bytes"):
            return dice.randbytes(dice.randrange(70))
        case Leaf():
            return dice.randbytes(type_.width or 20)
        case Array():
            length = dice.randrange(4) if type_.length is None else type_.length
            return tuple(_value(dice, type_.of) for _ in range(length))
        case Tuple():
            return tuple(_value(dice, member) for member in type_.members)


def say(words: str) -> None:
    print(f"fuzz: {words}", flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
