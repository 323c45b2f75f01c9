"""The solver, asked first without what the prover assumes of Keccak: for `--solver-command`.

A proof over many storage words carries hundreds of such assumptions, and hardly any step needs one. What contradicts
itself with fewer assumptions does so with all of them; so only where the short question has an answer, the whole one is
asked. Counterexamples are therefore always of the whole question.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

SOLVER: Final = ("yices-smt2", "--smt2-model-format", "--bvconst-in-decimal")
# That Keccak can be inverted, that its values are no small ones nor the largest, and do not overflow by one.
_ASSUMED: Final = re.compile(
    r"f_inv_sha3"
    r"|\(bvule \?x\d+ \(_ bv1157920892373161954235709850086879078532699846656405640394391372638394200\d+ 256\)"
    r"|\(bvule (\?x\d+) \(bvadd \(_ bv\d+ 256\) \1\)\)"
    r"|\(not \(= (?:\?x\d+|\(f_sha3_\d+ [^=]*\)) \(_ bv0 256\)\)+\Z"
)


def without_assumptions(question: str) -> str:
    """Return an SMT-LIB text without the assertions that tell of Keccak only."""
    head, *assertions = re.split(r"^(?=\(assert)", question, flags=re.MULTILINE)
    # What follows the last assertion is the command to solve, so that one stays as it is.
    kept = [text for text in assertions[:-1] if not _ASSUMED.search(text.strip())]
    return "".join((head, *kept, *assertions[-1:]))


def main(path: Path) -> int:
    question = path.read_text("utf-8")
    with tempfile.NamedTemporaryFile("w", suffix=".smt2") as short:
        short.write(without_assumptions(question))
        short.flush()
        answer = subprocess.run([*SOLVER, short.name], capture_output=True, text=True, check=False)
    if answer.stdout.startswith("unsat"):
        sys.stdout.write(answer.stdout)
        return answer.returncode
    return subprocess.run([*SOLVER, str(path)], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[-1])))
