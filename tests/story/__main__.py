"""The command behind `scripts/demo`: starts a chain, tells the story, writes the picture, and ends what it started."""

from __future__ import annotations

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Final, NoReturn

from rich.console import Console

from tests.story.page import Page

if TYPE_CHECKING:
    from tests.story.acts import Ground

ROOT: Final = Path(__file__).resolve().parents[2]
_PAUSE: Final = 0.6
_READING: Final = 10
"""As many pauses as it takes to read the last lines before the terminal covers them."""
_FAILED: Final = 1
_INTERRUPTED: Final = 130


class _EndedError(BaseException):
    """Somebody asked this process to end."""


def main() -> int:
    """Return the exit code: 0, 1 with a sentence that says why, 2 for bad arguments, 130 where it was stopped; or that
    of the terminal, where it ends inside of it.
    """
    arguments = _read_arguments()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    console = Console(highlight=False)
    try:
        _require_place(arguments.out)
        pause = _PAUSE if console.is_terminal and not arguments.fast else 0
        code = _run(Page(console, pause=pause), arguments.out, stay=arguments.stay, pause=pause)
        sys.stdout.flush()
    except (KeyboardInterrupt, _EndedError):
        return _say("stopped, and its chain with it.", _INTERRUPTED)
    except BrokenPipeError:
        # Whoever read along has left; what is still in the buffer must not raise again at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED
    except Exception as exc:
        if os.environ.get("FOURTH_SIGNER_TRACEBACK"):
            raise
        return _say(" ".join(str(exc).split()) or type(exc).__name__, _FAILED)
    return code


def _read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scripts/demo", description="The near-miss, replayed on a chain of its own, and a picture of it."
    )
    parser.add_argument("--fast", action="store_true", help="do not pause between the lines")
    parser.add_argument(
        "--stay",
        action="store_true",
        help="keep the chain until Ctrl-C, with one more operation in its queue",
    )
    parser.add_argument(
        "--out",
        metavar="FILE",
        type=Path,
        default=ROOT / "demo.svg",
        help="where the picture goes (usual: demo.svg)",
    )
    return parser.parse_args()


def _run(page: Page, out: Path, *, stay: bool, pause: float) -> int:
    page.title("Fourth Signer: the near-miss, replayed on a chain of its own")
    page.section("The ground")
    page.say("Starting Anvil, compiling a token with 6 decimals, deploying the vault of this release.")
    page.gap()
    # The heavy imports come after the first lines.
    from tests.anvil import start_anvil
    from tests.story.acts import lay_ground
    from tests.story.cast import Script
    from tests.story.story import Story
    from tests.story.timeline import timeline
    from verifier.model.units import Timestamp

    script = Script()
    with start_anvil() as chain:
        ground = lay_ground(chain, script)
        story = Story(ground, script, page)
        _write(out, timeline(story.tell()))
        page.section("Look at it yourself")
        page.tell("picture", "the time line of it, to be opened in any browser:")
        page.commands(str(out.absolute()))
        is_at_terminal = sys.stdin.isatty() and sys.stdout.isatty()
        if not stay and not is_at_terminal:
            page.tell(
                "chain",
                "it ends here. `scripts/demo --stay` keeps it, and leaves one more operation in its queue, of which "
                "nobody says what it does: read it with `fourth-signer queue` and `fourth-signer show`.",
            )
            return 0
        lane = story.leave_a_riddle(Timestamp(int(time.time())))
        if stay:
            _invite(page, ground, lane)
            while True:
                signal.pause()
        page.tell(
            "terminal",
            "it opens now as Dana's, on what she vetoed; Esc shows the queue, in which one more operation waits, of "
            "which nobody says what it does. q leaves, and ends the chain.",
        )
        sys.stdout.flush()
        time.sleep(pause * _READING)
        from tests.story.ending import look_at

        code = look_at(ground, story.lane_read)
        page.tell("chain", "it has ended with the terminal. `scripts/demo --stay` keeps it.")
        return code


def _invite(page: Page, ground: Ground, lane: int) -> None:
    """Say how the chain can be looked at while it is there."""
    page.gap()
    page.say("One more operation is in the queue now. Nobody says what it does. In another terminal:")
    page.gap()
    page.commands(
        ". scripts/env",
        "export FOURTH_SIGNER_CONFIG=$(mktemp -d)/demo.toml",
        f"fourth-signer init {ground.vault} --rpc {ground.chain.url}",
        "fourth-signer queue",
        f"fourth-signer show {lane}",
    )
    page.gap()
    page.say("Ctrl-C ends the chain.")


def _require_place(out: Path) -> None:
    """:raises OSError: the picture cannot be written there."""
    folder = out.absolute().parent
    if out.is_dir() or not folder.is_dir() or not os.access(folder, os.W_OK):
        raise OSError(f"the picture cannot be written to {out}; name another place with --out FILE.")


def _write(out: Path, picture: str) -> None:
    """Write the file whole or not at all, whoever else writes it at the same time."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=out.absolute().parent, delete=False
    ) as unfinished:
        unfinished.write(picture)
    Path(unfinished.name).chmod(0o644)
    Path(unfinished.name).replace(out)


def _say(sentence: str, code: int) -> int:
    sys.stderr.write(f"demo: {sentence}\n")
    return code


def _end(number: int, frame: FrameType | None) -> NoReturn:
    raise _EndedError


if __name__ == "__main__":
    sys.exit(main())
