"""Starts holders within a hundredth of a second, for tests that kill many: `python -m tests.holders.forker`.

Everything is loaded once; each line on the standard input, a JSON list of arguments, is run in a process of its own,
whose number is printed. Its holder agrees to whatever it is asked to sign.
"""

from __future__ import annotations

import json
import os
import signal
import sys

from verifier.cli import frost_joining, main
from verifier.frost import curve
from verifier.frost.scalar import SecretScalar
from verifier.holder.ports import Decision, Question
from verifier.model.text import Shown


class Agreeing:
    """The port Decider."""

    def __init__(self, **_handed: object) -> None:
        pass

    def decide(self, question: Question) -> Decision:
        return Decision(
            is_yes=True, because=Shown(f"it agrees to everything, session {question.session.hex()}")
        )


def fork_all() -> None:
    vars(frost_joining)["VaultDecider"] = Agreeing
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    SecretScalar(b"\1" * 32).point()  # loads the library
    assert curve.backend()
    for line in sys.stdin:
        arguments = json.loads(line)
        child = os.fork()
        if child == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os._exit(main(arguments))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    fork_all()
