"""The screens that `serve` shows, in a process for each window: `python -m verifier.cli.serve_screens [ARGUMENT...]`.

They look, and nothing else: there is no key, nothing can be done, and nothing is noted as seen, since whoever signs
from this machine has not seen what a display showed.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from verifier.cli.arguments import make_parser
from verifier.cli.terminal import open_source
from verifier.errors import FourthSignerError
from verifier.tui.app import Terminal


def main(arguments: Sequence[str]) -> int:
    """Show the screens until the window is closed, and return the exit code."""
    options = make_parser().parse_args(["serve", *arguments])
    app = Terminal(lambda: open_source(options, is_display=True), is_light=options.light)
    app.run()
    if isinstance(app.failure, FourthSignerError):
        sys.stderr.write(app.failure.sentence() + "\n")
    elif app.failure is not None:
        sys.stderr.write(f"This is a fault of this program: {type(app.failure).__name__}\n")
    sys.stderr.flush()
    # A thread that waits for a node would keep the process from ending for as long as the node likes.
    os._exit(1 if app.failure is not None else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
