"""Carrying a message to another device from the command line, and its signature back."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

from verifier.cli.asking import is_anybody_there, say
from verifier.errors import KeyRefused, MessageUnwritable
from verifier.model.errand import Errand
from verifier.pages.qr import draw_code
from verifier.store.place import path_of

_LINE: Final = 10_000
"""Characters of an answer: a signature has 132, and may come in some JSON."""


def carry_by_hand(errand: Errand) -> str | None:
    """Write the message to a file beside the person, draw it where the terminal is wide enough, and take an answer.

    :raises KeyRefused: nobody is there to carry it.
    :raises MessageUnwritable: the file cannot be written.
    :raises KeyAnswerMalformed: the file that was named cannot be read.
    """
    from verifier.keys.elsewhere import read_brought

    if not is_anybody_there():
        raise KeyRefused(
            holder="the other device", why="nobody is at a terminal to carry the message there and back"
        )
    message = errand.message
    path = Path(f"{message.kind.lower()}-{message.digest.hex()[:8]}.typed.json")
    _write_once(errand, path)
    _draw(errand)
    say(
        f"The message for the device of {errand.member} is in {path}, as eth_signTypedData_v4 takes it.\n"
        f"Its digest is 0x{message.digest.hex()}; the device shows it, or its domain and message hash."
    )
    sys.stderr.write("Paste its signature, or name the file that holds it: ")
    sys.stderr.flush()
    answer = sys.stdin.readline(_LINE).strip()
    if not answer or answer.startswith(("0x", "{")):
        return answer or None
    return read_brought(path_of(answer))


def _write_once(errand: Errand, path: Path) -> None:
    """Write the file, or leave the one of an earlier try: it is named by what it says."""
    from verifier.keys.elsewhere import write_errand

    try:
        write_errand(errand, path)
    except MessageUnwritable:
        if not _says(path, errand.text):
            raise


def _says(path: Path, text: str) -> bool:
    try:
        return path.read_bytes() == text.encode("ascii") + b"\n"
    except OSError:
        return False


def _draw(errand: Errand) -> None:
    """Draw the codes one by one, as far as the terminal can show them."""
    columns = shutil.get_terminal_size((80, 24)).columns
    blocks = (sys.stderr.encoding or "").lower().replace("-", "") == "utf8"
    for number, code in enumerate(errand.codes, start=1):
        lines = draw_code(code, blocks=blocks)
        if len(lines[0]) > columns:
            say("(The terminal is too narrow for its QR code; take the file.)")
            return
        sys.stderr.write("\n".join(lines) + "\n")
        if len(errand.codes) > 1:
            sys.stderr.write(f"Code {number} of {len(errand.codes)}; Enter goes on. ")
            sys.stderr.flush()
            sys.stdin.readline(_LINE)
    if not errand.codes:
        say("(The message is too long for QR codes; take the file.)")
