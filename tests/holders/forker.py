"""Starts holders and coordinators within a hundredth of a second, for tests that kill many: `python -m
tests.holders.forker`.

Everything is loaded once. Each line on the standard input, JSON as `Errand` has it, is done in a process of its own,
whose number is printed. Its holders agree to whatever they are asked to sign, and decide about the rest as holders do;
a passphrase that was stretched once is not stretched again.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import json
import os
import signal
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.holders.planted import plant
from tests.holders.power import Disk
from tests.holders.steps import Steps, install
from verifier.cli import frost_convening, frost_joining, frost_serving, main
from verifier.cli.arguments import make_parser
from verifier.cli.frost_deciding import VaultDecider
from verifier.courier import courier, https_client
from verifier.courier.https_client import HttpsLine
from verifier.errors import FourthSignerError
from verifier.errors.exits import exit_code_of
from verifier.frost import curve
from verifier.frost.scalar import SecretScalar
from verifier.holder.ports import Decision, SigningQuestion
from verifier.keys import share_sealing
from verifier.keys.secret import Secret
from verifier.keys.share_form import Stretching
from verifier.model.text import Shown

SIGN = "sign-words"
"""A command that only tests have, for which no vault is read: `sign-words WORDS OUTPUT`, then the arguments of a
ceremony."""
TERMINAL = ("keep-words", "send-words")
"""Such commands, too, for what the terminal does with a group's word: tests/holders/kept_words.py has them."""
AT_A_VAULT = ("register", "sign", "say")
_READING = ("verifier.chain.http", "verifier.chain.reader", "verifier.cli.keys", "verifier.cli.frost_saying")
_SLOW = 10_000.0
_LOOK_SECONDS = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What one process is to do."""

    arguments: list[str]
    # Files for what it says and prints, and its exit code; not there where it was killed.
    said: str
    printed: str
    ended: str
    # Where it is when it starts.
    folder: str
    # A folder for what was stretched.
    stretched: str
    # Files below `root` count as steps; it ends at step `at`.
    root: str
    trace: str = ""
    at: str = ""
    # Whether it says and hears everything twice.
    is_double: bool = False
    # Where it notes what a power cut would take; empty where only the process ends.
    notes: str = ""
    # What is put into it on purpose, as tests/holders/planted.py has it; empty for nothing.
    fault: str = ""


class Agreeing(VaultDecider):
    """The port Decider, without a vault."""

    def _decide_signing(self, question: SigningQuestion, *_: object) -> Decision:
        return Decision(
            is_yes=True, because=Shown(f"it agrees to everything, session {question.session.hex()}")
        )


def do(errand: Errand) -> int:
    """Do an errand in this process, and return its exit code."""
    for number, stream, kept in ((1, sys.stdout, errand.printed), (2, sys.stderr, errand.said)):
        stream.flush()
        handle = os.open(kept, os.O_WRONLY | os.O_CREAT, 0o600)
        os.dup2(handle, number)
        os.close(handle)
    os.chdir(errand.folder)
    if errand.is_double:
        _double()
    if errand.arguments[0] != "frost" or errand.arguments[1] != "join":
        _let_time_pass()
    if errand.fault:
        plant(errand.fault)
    if errand.trace:
        disk = Disk(Path(errand.notes)) if errand.notes else None
        install(Steps(root=Path(errand.root), trace=Path(errand.trace), at=errand.at, disk=disk))
    if errand.arguments[0] in TERMINAL:
        from tests.holders.kept_words import say_at_the_terminal

        return say_at_the_terminal(*errand.arguments)
    if errand.arguments[0] == SIGN:
        return sign_words(*errand.arguments[1:])
    return main(errand.arguments)


def sign_words(words: str, output: str, *arguments: str) -> int:
    """Let a group sign words, as `frost sign` does where a vault was read."""
    options = make_parser().parse_args(arguments)
    digest = hashlib.sha256(words.encode()).digest()
    try:
        with frost_convening.convene(options) as convened:
            key = frost_convening.require_key(convened.group)
            signing = convened.convener.sign(key, digest=digest, request=words.encode(), what=Shown("words"))
    except FourthSignerError as exc:
        sys.stderr.write(exc.sentence() + "\n")
        return exit_code_of(exc)
    if signing.signature is not None:
        Path(output).write_bytes(signing.signature)
    return 0


def _let_time_pass() -> None:
    """Let a coordinator's patience end when it gets SIGUSR1, and not before; and its last words take their time."""
    vars(https_client)["_LAST_SECONDS"] = vars(frost_convening)["PROGRAM_SECONDS"] = _SLOW
    passed = [0.0]

    def jump(*_: object) -> None:
        passed[0] += _SLOW

    signal.signal(signal.SIGUSR1, jump)
    clock = SimpleNamespace(monotonic=lambda: time.monotonic() + passed[0])
    vars(frost_convening)["time"] = clock


def _double() -> None:
    post, ask = HttpsLine.post, HttpsLine._ask

    def post_twice(self: HttpsLine, raw: bytes) -> None:
        post(self, raw)
        post(self, raw)

    def hear_twice(self: HttpsLine, envelopes: list[bytes], *, patience: int) -> tuple[bytes, ...]:
        return tuple(raw for raw in ask(self, envelopes, patience=patience) for _ in range(2))

    setattr(HttpsLine, "post", post_twice)  # noqa: B010 - a method
    setattr(HttpsLine, "_ask", hear_twice)  # noqa: B010 - a method


def _stretch_once(folder: Path) -> None:
    stretch = vars(share_sealing)["_stretch"]

    def remembered(passphrase: Secret, how: Stretching) -> Secret:
        asked = hashlib.sha256(how.salt + how.n.to_bytes(4, "big") + passphrase.reveal())
        path = folder / asked.hexdigest()
        if path.exists():
            return Secret(path.read_bytes())
        found: Secret = stretch(passphrase, how)
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_bytes(bytes(found.reveal()))
        temporary.replace(path)
        return found

    vars(share_sealing)["_stretch"] = remembered


def _bury() -> None:
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _load_for(errand: Errand) -> None:
    """Load once what takes a second in each process: what reads a vault, and what a terminal is made of."""
    if errand.arguments[0] in TERMINAL:
        importlib.import_module("tests.holders.kept_words")
    if errand.arguments[0] in TERMINAL or errand.arguments[1] in AT_A_VAULT:
        for name in _READING:
            importlib.import_module(name)


def fork_all() -> None:
    vars(frost_joining)["VaultDecider"] = Agreeing
    vars(frost_serving)["_LOOK_SECONDS"] = vars(courier)["_PAUSE"] = _LOOK_SECONDS
    SecretScalar(b"\1" * 32).point()  # loads the library
    assert curve.backend()
    for line in sys.stdin:
        given: dict[str, Any] = json.loads(line)
        errand = Errand(**{one.name: given[one.name] for one in dataclasses.fields(Errand)})
        _bury()
        _load_for(errand)
        child = os.fork()
        if child == 0:
            code = 70
            try:
                _stretch_once(Path(errand.stretched))
                code = do(errand)
                sys.stderr.flush()
            finally:
                Path(errand.ended).write_text(str(code))
                os._exit(code)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
    _bury()


if __name__ == "__main__":
    fork_all()
