"""Saying what is being waited for, to a person, when it takes longer than a moment."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from verifier.model.text import sanitise

_MOMENT: Final = 1.5


@contextmanager
def patience(endpoints: Sequence[str]) -> Iterator[None]:
    """Tell the terminal, if there is one, who is being asked, should the block take longer than a moment."""
    if sys.stderr is None or not sys.stderr.isatty():
        yield
        return
    said = f"Asking {', '.join(sanitise(name) for name in endpoints)}. Ctrl-C stops.\n"
    timer = threading.Timer(_MOMENT, sys.stderr.write, [said])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
