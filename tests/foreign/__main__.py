"""Runs the lint over the package: `python -m tests.foreign`. Exits 1 and says where, if anything is wrong."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from tests.foreign.lint import Violation, violations_in

ROOT = Path(__file__).parents[2]


def lint_package() -> list[Violation]:
    """Return what is wrong in the package as it stands."""
    modules = {
        path.relative_to(ROOT).as_posix(): path.read_text()
        for path in sorted((ROOT / "verifier").rglob("*.py"))
    }
    own = tomllib.loads((ROOT / "tests" / "foreign" / "own_words.toml").read_text())
    known = {f"{name}.{one}": reason for name, fields in own.items() for one, reason in fields.items()}
    return violations_in(modules, known)


def main() -> int:
    found = lint_package()
    for violation in found:
        sys.stdout.write(f"{violation}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
