"""A process with a chain of its own that tells batches of stories: `python -m tests.lifecycle.worker [RELEASE]`.

It reads the number of a batch from each line, and answers each with a line of JSON: what was seen, and what is wrong.
With a folder like `verifier/release` it tells them of the contracts there.
"""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

from tests import stage
from tests.anvil import start_anvil


def main() -> int:
    # Ctrl-C reaches everybody at the terminal; whoever started this ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for folder in sys.argv[1:]:
        stage.RELEASE = Path(folder)  # type: ignore[misc] # of this process only, before anybody looks at it
    from tests.lifecycle.tally import Tally
    from tests.lifecycle.telling import failure_of
    from tests.lifecycle.world import build

    # Whatever is wrong with other contracts, it is not their size.
    options = ["--disable-code-size-limit"] if sys.argv[1:] else []
    with start_anvil(*options) as chain:
        world = build(chain)
        for line in sys.stdin:
            tally = Tally()
            failure = failure_of(world, int(line), tally)
            print(json.dumps({"tally": tally.to_json(), "failure": failure}), flush=True)  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
