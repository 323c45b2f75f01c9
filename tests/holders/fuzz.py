"""Kills a holder's process a few hundred times: `scripts/fuzz holders [KILLS] [--seed N]`, 300 unless said otherwise.

At random steps of signings, by kill -9; after each kill everything is said to it again, as a foul coordinator would. No
nonce may be used twice, and it must sign to the end.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import secrets
import sys
import tempfile
from pathlib import Path

from tests.holders.company import Company
from tests.holders.forked import forking
from tests.holders.kills import run_kills


def main() -> int:
    parser = argparse.ArgumentParser(prog="scripts/fuzz holders", description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=300, metavar="KILLS")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1 << 30), metavar="N")
    options = parser.parse_args()
    sys.stdout.write(f"fuzz: {options.kills} kills, seed {options.seed}\n")
    with tempfile.TemporaryDirectory() as folder:
        with contextlib.redirect_stderr(io.StringIO()):
            company = Company.of(Path(folder) / "company", threshold=2, holders=2)
            with company.present():
                company.must("keygen", str(company.desk))
        with forking(company) as forker:
            run_kills(company, forker, kills=options.kills, seed=options.seed)
    sys.stdout.write("fuzz: no nonce was used twice\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
