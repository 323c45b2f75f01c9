"""A message carried to another device by hand, and its signature back: typed at a real terminal."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from tests.keys.members import KEY, MEMBER, message_of
from verifier.cli.carrying import carry_by_hand
from verifier.errors import KeyRefused
from verifier.keys.elsewhere import DeviceElsewhere

CHECKOUT = Path(__file__).parents[2]
PROGRAM = f"""
import sys
sys.path.insert(0, {str(CHECKOUT)!r})
from tests.keys.members import MEMBER, message_of
from verifier.cli.carrying import carry_by_hand
from verifier.errors import FourthSignerError
from verifier.keys.elsewhere import DeviceElsewhere
from verifier.sign.approval import join_signature
data = bytes(int(sys.argv[1]))
try:
    signature = DeviceElsewhere(MEMBER, carry_by_hand).sign(message_of(data=data))
    print("SIGNED 0x" + join_signature(signature).hex())
except FourthSignerError as exc:
    print("REFUSED", exc)
print("THE END")
"""


PROMPT = "name the file that holds it: "


class Terminal:
    """The program in a terminal of its own."""

    def __init__(self, folder: Path, *, size: int = 2, columns: int = 100, encoding: str = "utf-8") -> None:
        self._hand, theirs = pty.openpty()
        environment = {**os.environ, "COLUMNS": str(columns), "PYTHONIOENCODING": encoding}
        self._process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(size)],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
        os.close(theirs)
        self._raw = b""
        self.text = ""
        # So many codes were seen, and gone on from.
        self.codes = 0

    def read_until(self, words: str) -> None:
        """Read until these words come, and go on from one code to the next."""
        until = time.monotonic() + 300
        while words not in self.text:
            ready, _, _ = select.select([self._hand], [], [], max(0, until - time.monotonic()))
            assert ready, f"{words} did not come: {self.text}"
            self._raw += os.read(self._hand, 65_536)
            self.text = self._raw.decode("utf-8", errors="replace").replace("\r\n", "\n")
            for _ in range(self.text.count("Enter goes on.") - self.codes):
                self.codes += 1
                self.type("")

    def type(self, line: str) -> None:
        os.write(self._hand, line.encode() + b"\n")

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._hand)


def sign_there(folder: Path) -> str:
    """Sign as a wallet does that was given the file."""
    (path,) = folder.glob("approve-*.typed.json")
    message = encode_typed_data(full_message=json.loads(path.read_text()))
    return "0x" + bytes(Account.sign_message(message, KEY).signature).hex()


@pytest.mark.parametrize("by_file", [False, True], ids=["pasted", "by file"])
def test_carry__signature_brought_back__the_members(tmp_path: Path, by_file: bool) -> None:
    for _ in range(2):  # the second time finds the first one's file
        terminal = Terminal(tmp_path)
        try:
            terminal.read_until(PROMPT)
            answer = sign_there(tmp_path)
            if by_file:
                (tmp_path / "answer").write_text(answer)
            terminal.type("answer" if by_file else answer)
            terminal.read_until("THE END")
        finally:
            terminal.end()
        assert f"SIGNED {answer}" in terminal.text
        assert f"0x{message_of(data=bytes(2)).digest.hex()}" in terminal.text
        assert "\u2580" in terminal.text
        assert terminal.codes == 3


def test_carry__nothing_or_nonsense__one_sentence(tmp_path: Path) -> None:
    cases = [
        ("", "no signature was brought back"),
        ("no-such-file", "cannot be read"),
        ("0x12", "130 hex digits"),
    ]
    for typed, words in cases:
        terminal = Terminal(tmp_path)
        try:
            terminal.read_until(PROMPT)
            terminal.type(typed)
            terminal.read_until("THE END")
        finally:
            terminal.end()
        assert "REFUSED" in terminal.text
        assert words in terminal.text


def test_carry__narrow_or_plain_terminal_or_too_long__the_file_is_enough(tmp_path: Path) -> None:
    for setting, words in (
        ({"columns": 40}, "too narrow for its QR code"),
        ({"encoding": "ascii", "columns": 300}, "####"),
        ({"size": 24_576}, "too long for QR codes"),
    ):
        terminal = Terminal(tmp_path, **setting)
        try:
            terminal.read_until(PROMPT)
            terminal.type("")
            terminal.read_until("THE END")
        finally:
            terminal.end()
        assert words in terminal.text
        assert "\u2580" not in terminal.text


def test_carry__file_of_another_message_in_the_way__refused_and_left(tmp_path: Path) -> None:
    path = tmp_path / f"approve-{message_of(data=bytes(2)).digest.hex()[:8]}.typed.json"
    path.write_text("mine")
    terminal = Terminal(tmp_path)
    try:
        terminal.read_until("THE END")
    finally:
        terminal.end()
    assert "cannot be written" in terminal.text
    assert path.read_text() == "mine"


def test_carry__nobody_at_a_terminal__refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(KeyRefused, match="nobody is at a terminal"):
        DeviceElsewhere(MEMBER, carry_by_hand).sign(message_of())
