"""What a process leaves in a folder that is killed while it puts a file in its place: a part of the new one, or all of
it, under a name that nobody reads. A sealed share may be in it, and one of an epoch that is over is to be nowhere.
"""

from __future__ import annotations

import re
from contextlib import suppress
from pathlib import Path
from typing import Final

_LEFT: Final = re.compile(r"\.[a-z0-9][A-Za-z0-9._-]*\.[a-z0-9_]{8}")
"""How `replace_bytes` calls what it has not put in its place yet: `.NAME.` and eight letters of `tempfile`."""


def sweep(folder: Path) -> None:
    """Take away what was left over. Only for whoever is alone in the folder.

    What cannot be taken away stays: it is no file of ours, or whatever is wrong shows by the first that is written.
    """
    with suppress(OSError):
        for path in folder.iterdir():
            if _LEFT.fullmatch(path.name) and path.is_file() and not path.is_symlink():
                with suppress(OSError):
                    path.unlink()
