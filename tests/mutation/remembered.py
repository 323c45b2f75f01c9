"""Which tests killed the mutants of each function in the last whole run: killers.json, made by `scripts/mutate`.

It only says what to try first, so that a short run is short where nothing was tried before. It is never believed.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from tests.mutation.order import Order
from tests.mutation.record import Fate, Verdict

FILE: Final = Path(__file__).with_name("killers.json")


def remember(fates: Iterable[Fate], unfit: Iterable[str], file: Path = FILE) -> None:
    """Write down which tests killed, and which need code that is optimised."""
    killers: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for fate in fates:
        if fate.verdict is Verdict.KILLED:
            killers[fate.file][fate.place].add(fate.test)
    lists = {path: {place: sorted(tests) for place, tests in each.items()} for path, each in killers.items()}
    found = {"killers": lists, "unfit": sorted(unfit)}
    file.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", "utf-8")


def recall(order: Order, file: Path = FILE) -> None:
    """Let those tests be tried first that are known to kill, and those last that failed on the original."""
    if file.exists():
        found = json.loads(file.read_text("utf-8"))
        order.put_last(found["unfit"])
        for path, places in found["killers"].items():
            for place, tests in places.items():
                for test in tests:
                    order.learn_kill(test, path, place)
