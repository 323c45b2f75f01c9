"""Kills holders and coordinators by SIGKILL a few hundred times: `scripts/fuzz holders [KILLS] [--seed N] [--of WHAT]`.

At every step of a ceremony, as tests/holders/steps.py counts them: in an order that the seed decides, each before any
comes again, and every fifth time two processes at once. After each, all start again and are told everything twice; then
no nonce may have been used twice, the key must be the same, and the next ceremony whole.

  signing | keygen | refresh | reshare | repair     holders and the coordinator
  coordinator                                       the coordinator alone, in all five
  keygen-carried | refresh-carried | signing-carried     the same, with a holder whose messages are carried as files
  moments                                           a holder in signings, at any moment instead of at a step
  card | init | join | next | reshape | restore | put-aside     what one does alone: tests/holders/chores.py
  register | sign | say | keep-words | send-words   what a coordinator does at a vault: tests/holders/vaulted.py

Every third time the power of the machine goes, too: with it, all that no `fsync` has put on the disk. `frost audit` and
`inspect` write nothing, and are not among them.

Without --of, all of them, in equal parts. KILLS is 300 unless said otherwise.

--each takes each step of one of them once, however many there are, and nothing twice but what was not reached: threads
may take their turns otherwise. What is wrong is told with the step, and the next one is taken. With --power the power
goes each time. --kinds takes one step of each kind instead, of the coordinator and of any holder: of all that are
called `fsync records.jsonl after` one.

--planted puts faults into the holders instead, one after the other, as tests/holders/planted.py has them: each has to
be found within so many kills, 60 unless said otherwise.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import random
import secrets
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.holders.ceremonies import CEREMONIES
from tests.holders.chore import ENDED, ChoreGame, doing
from tests.holders.chores import CHORES
from tests.holders.company import Company
from tests.holders.forked import CUT, forking
from tests.holders.killing import DESK, Game, playing
from tests.holders.kills import run_kills
from tests.holders.planted import AMONG, FAULTS, PART_OF
from tests.holders.vaulted import VAULTED, at_a_vault

OF: Final = (*CEREMONIES, "coordinator", "moments", *CHORES, *VAULTED)
_KILLS: Final = 300
_PLANTED_KILLS: Final = 60
_EVERY: Final = 25
_TRIES: Final = 4
"""That a step gets to be reached."""
_PAIR: Final = 5
_POWER: Final = 3


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/fuzz holders",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("kills", type=int, nargs="?", metavar="KILLS")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 30), metavar="N")
    parser.add_argument("--of", choices=OF, metavar="WHAT", help=" | ".join(OF))
    parser.add_argument("--each", action="store_true")
    parser.add_argument("--kinds", action="store_true")
    parser.add_argument("--power", action="store_true")
    parser.add_argument("--planted", nargs="?", const="all", choices=("all", *FAULTS), metavar="FAULT")
    options = parser.parse_args()
    if options.planted:
        faults = tuple(FAULTS) if options.planted == "all" else (options.planted,)
        return find(faults, options.kills or _PLANTED_KILLS, options.seed)
    if options.each or options.kinds:
        if options.of in (None, "coordinator", "moments"):
            parser.error("--each and --kinds take the steps of one of them: say with --of which")
        return run_each(options.of, options.seed, is_power=options.power, is_sample=options.kinds)
    kills = options.kills or _KILLS
    say(f"{kills} kills of {options.of or 'everything'}, seed {options.seed}")
    parts = (options.of,) if options.of else OF
    for part in parts:
        run(part, -(-kills // len(parts)), options.seed)
    say("no nonce was used twice, and one epoch could always sign")
    return 0


def find(faults: Iterable[str], kills: int, seed: int) -> int:
    """Look for each of these faults in holders that have it, and return 1 where one is not found."""
    missed = []
    for fault in faults:
        say(f"planted: {fault}, seed {seed}")
        try:
            run(PART_OF[fault], kills, seed, fault=fault)
        except AssertionError as found:
            said = (str(found).splitlines() or ["an assertion"])[0]
            say(f"found {fault}: {said}")
        else:
            say(f"NOT FOUND: {fault}, in {kills} kills")
            missed.append(fault)
    return 1 if missed else 0


def run(part: str, kills: int, seed: int, *, fault: str = "") -> None:
    """Kill so many processes of one part."""
    if part == "moments":
        run_moments(kills, seed, fault=fault)
        return
    names = tuple(CEREMONIES) if part == "coordinator" else (part,)
    for name in names:
        only = (DESK,) if part == "coordinator" else None
        run_steps(name, -(-kills // len(names)), seed, only=only, fault=fault)


def run_steps(name: str, kills: int, seed: int, *, only: Collection[int] | None, fault: str) -> None:
    """Kill processes at the steps of a ceremony."""
    with tempfile.TemporaryDirectory() as folder, _quiet(Path(folder), name, seed, fault) as game:
        steps = game.count()
        among = AMONG.get(fault, "")
        chosen = {
            index: [step for step in found if among in step]
            for index, found in steps.items()
            if only is None or index in only
        }
        whose = "the coordinator" if only else "all"
        say(f"{name}, {whose}: {sum(map(len, chosen.values()))} steps of {len(chosen)} processes")
        counts: Counter[str] = Counter()
        since, done = time.monotonic(), 0
        for ends in plan(chosen, game.dice):
            try:
                ended = game.play(ends)
            except BaseException:
                say(
                    f"something is wrong with {name}, seed {seed}, after {done} kills, where these end: {ends}"
                )
                raise
            counts.update(kind_of(step) for step in ended)
            if (done + len(ended)) // _EVERY > done // _EVERY:
                say(f"{name}: {done + len(ended)} kills, {time.monotonic() - since:.0f} s")
            done += len(ended)
            if done >= kills:
                break
        say(
            f"{name}: {done} kills: " + ", ".join(f"{step} {count}" for step, count in sorted(counts.items()))
        )


def run_each(name: str, seed: int, *, is_power: bool, is_sample: bool) -> int:
    """Kill at each step of one of them once, or at one of each kind, and return 1 where something is wrong."""
    wrong = 0
    with tempfile.TemporaryDirectory() as folder, _quiet(Path(folder), name, seed, "") as game:
        steps = game.count()
        left = [(index, CUT * is_power + step) for index, found in steps.items() for step in found]
        of = len(left)
        game.dice.shuffle(left)
        if is_sample:
            kinds = {(index == DESK, step.rpartition(" ")[0]): (index, step) for index, step in left}
            left = list(kinds.values())
        say(f"{name}: {len(left)} of {of} steps of {len(steps)} processes, seed {seed}")
        counts: Counter[str] = Counter()
        for _ in range(_TRIES):
            again = []
            for index, step in left:
                try:
                    ended = game.play({index: step})
                except AssertionError:
                    wrong += 1
                    say(f"something is wrong with {name} where {index} ends at {step}:")
                    traceback.print_exc(file=sys.stdout)
                    continue
                if not ended:
                    again.append((index, step))
                counts.update(kind_of(each) for each in ended)
                if ended and counts.total() % _EVERY == 0:
                    say(f"{name}: {counts.total()} kills")
            left = again
        said = ", ".join(f"{step} {count}" for step, count in sorted(counts.items()))
        say(f"{name}: {counts.total()} kills: {said}; {len(left)} not reached, {wrong} wrong")
        for index, step in left:
            say(f"not reached: {index} {step}")
    return 1 if wrong else 0


def plan(steps: Mapping[int, list[str]], dice: random.Random) -> Iterator[dict[int, str]]:
    """Yield who ends at which step, without an end: each step before any comes again."""
    singles = [(index, step) for index, found in steps.items() for step in found]
    count = 0
    while True:
        dice.shuffle(singles)
        for index, step in singles:
            count += 1
            others = [other for other in steps if other != index]
            ends = {index: step}
            if others and count % _PAIR == 0:
                other = dice.choice(others)
                ends[other] = dice.choice(steps[other])
            is_power = count % _POWER == 0 or step == ENDED
            yield {each: CUT * is_power + at for each, at in ends.items()}


def kind_of(step: str) -> str:
    """Return what a step is, without what it is of: `write half`."""
    words = step.split()
    return f"{words[0]} {words[-2]}"


def run_moments(kills: int, seed: int, *, fault: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        with contextlib.redirect_stderr(io.StringIO()):
            company = Company.of(Path(folder) / "company", threshold=2, holders=2)
            with company.present():
                company.must("keygen", str(company.desk))
        with forking(company, fault) as forker:
            run_kills(company, forker, kills=kills, seed=seed)
    say(f"moments: {kills} kills")


@contextlib.contextmanager
def _quiet(folder: Path, name: str, seed: int, fault: str) -> Iterator[Game | ChoreGame]:
    with contextlib.ExitStack() as stack:
        with contextlib.redirect_stderr(io.StringIO()):
            game: Game | ChoreGame
            if name in CEREMONIES:
                game = stack.enter_context(playing(name, folder, seed=seed, fault=fault))
            else:
                chores = CHORES if name in CHORES else stack.enter_context(at_a_vault())
                game = stack.enter_context(doing(chores[name], folder, seed=seed, fault=fault))
        yield game


def say(text: str) -> None:
    sys.stdout.write(f"fuzz: {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
