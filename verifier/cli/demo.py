"""`demo`: the near-miss, replayed. It wants a compiler and a chain, so it is in the checkout and not in the package."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from pathlib import Path
from typing import Final

from verifier.cli.answer import Answer
from verifier.errors import DemoMissing

_SCRIPT: Final = Path(__file__).resolve().parents[2] / "scripts" / "demo"


def run_demo(options: Namespace) -> Answer:
    """Become `scripts/demo`.

    :raises DemoMissing: this is no checkout.
    """
    if not os.access(_SCRIPT, os.X_OK):
        raise DemoMissing(place=str(_SCRIPT))
    command = [str(_SCRIPT)]
    command += [f"--{name}" for name in ("fast", "stay") if getattr(options, name)]
    if options.out is not None:
        command += ["--out", options.out]
    sys.stdout.flush()
    os.execv(command[0], command)  # noqa: S606 - the checkout's own script, without a shell
