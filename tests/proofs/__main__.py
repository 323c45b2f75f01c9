"""Prove the properties of `tests/proofs/catalogue.toml` with Halmos, and write `tests/proofs/proofs.md`.

Each proof is a function of a harness beside the catalogue, run for all its arguments at once. The broken variants are
the tests of these tests: each breaks the contracts on purpose, and the proof that it names must find that out. What
was found is kept by the bytes of what was compiled, so a run goes on where the last one stopped.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
from typing import NoReturn

from tests.proofs.catalogue import Catalogue, CatalogueError, read_catalogue
from tests.proofs.prover import Prover
from tests.proofs.report import PAGE, is_current, to_page, to_table
from tests.proofs.staging import ROOT, StagingError


def say(text: str) -> None:
    sys.stderr.write(f"prove: {text}\n")
    sys.stderr.flush()


def end(number: int, _frame: object) -> NoReturn:
    """Leave by an exception, so that every process that was started is ended on the way out."""
    sys.exit(128 + number)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/prove", description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--quick", action="store_true", help="the part that scripts/test runs: about a minute"
    )
    parser.add_argument("--broken", action="store_true", help="only the broken variants")
    parser.add_argument("--only", metavar="NAME", action="append", help="only this proof or broken variant")
    parser.add_argument("--again", action="store_true", help="also what has a result for these bytes already")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many at once")
    parser.add_argument("--json", action="store_true", help="print the results as JSON")
    return parser.parse_args()


def choose(catalogue: Catalogue, arguments: argparse.Namespace) -> Catalogue:
    """Return the part of the catalogue that was asked for."""
    chosen = catalogue
    if arguments.only:
        chosen = chosen.only(arguments.only)
    if arguments.quick:
        chosen = chosen.quick()
    if arguments.broken:
        chosen = chosen.without_proofs()
    return chosen


def keep_page(catalogue: Catalogue, prover: Prover) -> None:
    """Write the page if everything in the catalogue has a result; else say what is missing."""
    results, missing = prover.recall(catalogue)
    if missing:
        say(
            f"{PAGE.relative_to(ROOT)} stays as it is: {len(missing)} without a result ({', '.join(missing)})"
        )
        return
    page = to_page(catalogue, results, prover.code_digest())
    if PAGE.exists() and PAGE.read_text("utf-8") == page:
        say(f"nothing has changed in {PAGE.relative_to(ROOT)}")
    else:
        PAGE.write_text(page, "utf-8")
        say(f"written to {PAGE.relative_to(ROOT)}")


def main() -> int:
    arguments = parse_arguments()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    try:
        catalogue = read_catalogue()
        chosen = choose(catalogue, arguments)
        prover = Prover(catalogue, say)
        results = prover.run(chosen, again=arguments.again, jobs=arguments.jobs)
    except (CatalogueError, StagingError) as exc:
        say(str(exc))
        return 1
    except KeyboardInterrupt:
        return 130

    if arguments.json:
        sys.stdout.write(json.dumps([result.to_record() for result in results], indent=1) + "\n")
    else:
        sys.stdout.write(to_table(chosen, results) + "\n")
    complaints = [complaint for result in results if (complaint := chosen.complaint_about(result))]
    if not arguments.quick:
        keep_page(catalogue, prover)
    elif not is_current(prover.code_digest()):
        complaints.append(f"{PAGE.relative_to(ROOT)} is about other code; run scripts/prove and commit it")
    for complaint in complaints:
        say(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
