"""What Atheris runs for `scripts/fuzz decode`: a process of its own, since libFuzzer ends it."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(
    include=["verifier.decode", "verifier.assess.rules"], enable_loader_override=False
):
    from tests.core.fuzz_decode import CASES, try_and_keep
    from tests.core.fuzz_meanings import MEANT


def main() -> None:
    for number in range(CASES + MEANT):
        try_and_keep(number.to_bytes(2))  # its readers are made before, so that no input seems slow
    atheris.Setup(sys.argv, try_and_keep)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
