"""The door of `scripts/bench`: finds the verb, runs it, prints what it measured."""

from __future__ import annotations

import argparse
import ast
import importlib
import signal
import sys
from pathlib import Path
from typing import NoReturn

from tests.anvil import AnvilError
from tests.bench.report import BenchError, Report

FOLDER = Path(__file__).parent


def verbs() -> dict[str, str]:
    """Return what can be measured, each with the first line of its file."""
    found = {}
    for path in sorted(FOLDER.glob("bench_*.py")):
        text = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        found[path.stem.removeprefix("bench_")] = text.splitlines()[0]
    return found


def say(text: str) -> None:
    sys.stderr.write(f"bench: {text}\n")


def end(number: int, _frame: object) -> NoReturn:
    """Leave by an exception, so that every process that was started is ended on the way out."""
    sys.exit(128 + number)


def keep(report: Report) -> None:
    path = FOLDER / f"{report.bench}.md"
    text = report.to_markdown()
    if path.exists() and path.read_text("utf-8") == text:
        say(f"nothing has changed in {path.relative_to(FOLDER.parents[1])}")
    else:
        path.write_text(text, "utf-8")
        say(f"written to {path.relative_to(FOLDER.parents[1])}")


def check(report: Report) -> int:
    """Say what is worse than acceptable, or not as it is kept; return the exit code."""
    complaints = report.missed()
    path = FOLDER / f"{report.bench}.md"
    is_kept = path.exists() and (report.varies or path.read_text("utf-8") == report.to_markdown())
    if not is_kept:
        complaints.append(
            f"{path.relative_to(FOLDER.parents[1])} differs from what was measured; "
            f"run scripts/bench {report.bench} and commit what it writes"
        )
    for complaint in complaints:
        say(complaint)
    return 1 if complaints else 0


def main() -> int:
    found = verbs()
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measures, and keeps the table in tests/bench, where changes show as a diff.",
        epilog="\n".join(f"  {verb:6}{text}" for verb, text in found.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("verb", choices=sorted(found), help="what to measure, of those below")
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print one JSON object and keep nothing")
    output.add_argument(
        "--check",
        action="store_true",
        help="keep nothing; exit 1 if a number is worse than acceptable, or not the one that is kept",
    )
    arguments = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    try:
        report: Report = importlib.import_module(f"tests.bench.bench_{arguments.verb}").measure(say)
    except (BenchError, AnvilError, FileNotFoundError) as exc:
        say(str(exc))
        return 1
    except KeyboardInterrupt:
        return 130
    if arguments.json:
        sys.stdout.write(report.to_json() + "\n")
        return 0
    sys.stdout.write(report.to_markdown())
    sys.stdout.flush()
    if arguments.check:
        return check(report)
    keep(report)
    for sentence in report.missed():
        say(sentence)
    return 0


if __name__ == "__main__":
    sys.exit(main())
