"""A deployer in a process of its own: waits until all are ready, goes through the gate, and says how it went.

    python -m tests.gate.racer FOLDER TOKEN TOKEN [die]

With `die` it is killed where its own deployment would begin.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from tests.gate.house import House
from verifier.errors import ReleaseRefused


def main() -> int:
    folder, one, two, *rest = sys.argv[1:]
    house = House(folder=Path(folder))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    try:
        house.release(one, two)
    except ReleaseRefused as refusal:
        sys.stdout.write(refusal.rule + "\n")
        return 1
    if rest:
        os.kill(os.getpid(), signal.SIGKILL)
    sys.stdout.write("released\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
