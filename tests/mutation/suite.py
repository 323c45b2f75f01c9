"""The tests, imported and collected once, and run in a forked process for each mutant.

Requests come as lines of JSON on stdin, answers go as lines of JSON to stdout:

    <- {"tests": [name, ...], "harness": [name, ...]}                    once: all tests, and those of harnesses alone
    -> {"folder": path, "tests": [name, ...], "until": 9.5, "batches": 1}  run these in this order, for so many seconds
    <- {"test": name, "seconds": 0.1, "failed": ""}                      for each; the first that fails is the last
    <- {"end": true}

A mutant's folder is like `verifier/release`, with `mutant.json` beside it. Each mutant has nodes of its own.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from types import FrameType, ModuleType
from typing import IO, Any, Final

import pytest
import solcx
from _pytest.runner import runtestprotocol
from hypothesis import HealthCheck, Phase, settings

from tests import anvil
from tests.frost import noble
from tests.mutation.roots import ROOT, TEST_FOLDERS

# They compile the contracts themselves, need Ape, or ask what the other tests did.
LEFT_OUT: Final = ("test_build.py", "test_life_through_ape.py", "test_completeness.py")
ANSWERS: Final = ROOT / ".tools" / "mutation" / "answers"
CODES: Final = "mutant.json"
DEPLOYER: Final = bytes.fromhex("4e59b44847b379578588920ca78fbf26c0b4956c")
"""Deploys the companions; scripts/build says so too."""
# Code that is not optimised, and many mutants' in one, is long, and costs more to create.
MOST_GAS: Final = 59_000_000
HARNESS: Final = "tests.harness.compiled"
DEPLOYING: Final = frozenset({"tests.stage", "tests.contracts.scene", "tests.companions"})
"""Whoever uses these has a vault or a companion."""
SECONDS_A_TEST: Final = 240
STORIES: Final = "tests.lifecycle.test_lockstep"


class OvertimeError(Exception):
    """A test took so long that the mutant must be to blame."""


# ------------------------------------------------------------------------------------ what the tests find changed


def allow_long_code() -> None:
    """Let every node take code of any length, and give transactions enough gas; put companions' code in place."""
    start, send = anvil.start_anvil, anvil.Anvil.send

    def start_anvil(*options: str) -> contextlib.AbstractContextManager[anvil.Anvil]:
        return start("--disable-code-size-limit", *options)

    def send_with_gas(
        self: anvil.Anvil, sender: bytes, to: bytes | None, data: bytes = b"", **options: Any
    ) -> anvil.Outcome:
        outcome = send(self, sender, to, data, **{"gas": MOST_GAS, **options})
        if to == DEPLOYER and outcome.succeeded:
            put_companions(self)
        return outcome

    _replace(anvil, "start_anvil", start_anvil)
    _replace(anvil.Anvil, "send", send_with_gas)


def put_companions(chain: anvil.Anvil) -> None:
    """Put the mutant's companions where the originals were deployed."""
    for address, code in codes().get("companions", {}).items():
        place, runtime = bytes.fromhex(address[2:]), bytes.fromhex(code)
        if chain.code(place) not in (b"", runtime):
            chain.set_code(place, runtime)


@cache
def codes() -> dict[str, Any]:
    """Return the mutant's codes of what is no vault; nothing before this process became one."""
    folder = os.environ.get("MUTANT_FOLDER")
    if folder is None:
        return {}
    found: dict[str, Any] = json.loads((Path(folder) / CODES).read_text("utf-8"))
    return found


def remember_answers() -> None:
    """Compile the tests' own Solidity, and let noble sign, once and not in every forked process."""
    compile_standard, ask = solcx.compile_standard, noble._ask

    def compile_remembered(standard_input: dict[str, Any], **options: Any) -> Any:
        return with_harnesses(
            _remembered(standard_input, lambda: compile_standard(standard_input, **options))
        )

    def ask_remembered(verb: str, questions: list[dict[str, Any]]) -> Any:
        return _remembered([noble.SCRIPT.read_text("utf-8"), verb, questions], lambda: ask(verb, questions))

    _replace(solcx, "compile_standard", compile_remembered)
    _replace(noble, "_ask", ask_remembered)


def _remembered(question: Any, answer: Callable[[], Any]) -> Any:
    """Return the answer to a question that always has the same one."""
    name = hashlib.sha256(json.dumps(question, sort_keys=True).encode("utf-8")).hexdigest()
    path = ANSWERS / f"{name}.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_text(json.dumps(answer()), "utf-8")
        unfinished.replace(path)
    return json.loads(path.read_text("utf-8"))


def with_harnesses(output: dict[str, Any]) -> dict[str, Any]:
    """Return a compiler's output with the mutant's code in place of the harnesses' own."""
    for source, contracts in codes().get("harnesses", {}).items():
        for name, code in contracts.items():
            built = output["contracts"].get(source, {}).get(name)
            if built is not None:
                built["evm"]["bytecode"]["object"] = code["creation"]
                if "deployedBytecode" in built["evm"]:
                    built["evm"]["deployedBytecode"]["object"] = code["runtime"]
    return output


def become(folder: Path) -> None:
    """Let the tests read a mutant's release instead of the real one, in this process."""
    os.environ["MUTANT_FOLDER"] = str(folder)
    codes.cache_clear()
    stage = sys.modules["tests.stage"]
    real = stage.RELEASE
    for module in [each for name, each in sys.modules.items() if name.startswith("tests.")]:
        if getattr(module, "RELEASE", None) == real:
            _replace(module, "RELEASE", folder)
        for each in vars(module).values():
            if callable(forget := getattr(each, "cache_clear", None)):
                forget()
    if stage.release() != json.loads((folder / "vault.json").read_text("utf-8")):
        raise RuntimeError("the tests still read another release")


def _replace(owner: Any, name: str, value: Any) -> None:
    if not hasattr(owner, name):
        raise AttributeError(name)
    setattr(owner, name, value)


# ------------------------------------------------------------------------------------------------- forked processes


def is_of_harness(item: pytest.Item) -> bool:
    """Whether a test looks at a library through a harness, and not at the vault or its companions."""
    used = _modules_used(sys.modules[item.module.__name__]) if isinstance(item, pytest.Function) else set()
    there = {name: sys.modules[name] for name in used if name in sys.modules}
    harness = HARNESS in used or any(HARNESS in _modules_used(module) for module in there.values())
    return harness and not used & DEPLOYING


def _modules_used(module: ModuleType) -> set[str]:
    """Return the modules of the tests from which a module has something."""
    found = {getattr(each, "__module__", None) for each in vars(module).values()}
    return {name for name in found if name is not None and name.startswith("tests.")} - {module.__name__}


class Server:
    """A pytest plugin: in place of running what was collected, it waits for requests."""

    def __init__(self, requests: IO[str], answers: int) -> None:
        self._requests = requests
        self._answers = answers
        self._child = 0

    def _end(self) -> None:
        self._end_child()
        os._exit(0)

    def _end_child(self) -> None:
        """End the forked process and whatever it started, its nodes above all."""
        if self._child:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child, signal.SIGKILL)

    def pytest_sessionstart(self) -> None:
        # Now that tests/conftest.py has said how Hypothesis runs, and before any test is defined. What fails is not
        # made smaller: that it fails is all that matters.
        settings.register_profile(
            "mutation",
            parent=settings(),
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        settings.load_profile("mutation")

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        self._answer(
            {
                "tests": list(items),
                "harness": [name for name, item in items.items() if is_of_harness(item)],
            }
        )
        signal.signal(signal.SIGTERM, lambda *_: self._end())
        for line in self._requests:
            request = json.loads(line)
            self._child = os.fork()
            if self._child == 0:
                self._run(items, request)
            os.waitpid(self._child, 0)
            self._end_child()
            self._child = 0
            self._answer({"end": True})
        return True

    def _answer(self, answer: dict[str, Any]) -> None:
        os.write(self._answers, (json.dumps(answer) + "\n").encode("utf-8"))

    def _run(self, items: dict[str, pytest.Item], request: dict[str, Any]) -> None:
        """Run tests until one fails or the time is over, and end this process."""
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            os.setpgid(0, 0)
            become(Path(request["folder"]))
            batches = request["batches"]
            _replace(sys.modules[STORIES], "BATCHES", batches)
            until = time.monotonic() + request["until"]
            names = request["tests"]
            for name, following in zip(names, [*names[1:], None], strict=True):
                if time.monotonic() > until:
                    break
                began = time.monotonic()
                failed = _failure_of(
                    items[name], items[following] if following else None, SECONDS_A_TEST * batches
                )
                seconds = round(time.monotonic() - began, 3)
                self._answer({"test": name, "seconds": seconds, "failed": failed})
                if failed:
                    break
        finally:
            os._exit(0)


def _failure_of(item: pytest.Item, following: pytest.Item | None, seconds: int) -> str:
    """Return why a test failed, in a line, or nothing."""
    with _at_most(seconds):
        for report in runtestprotocol(item, log=False, nextitem=following):
            if report.failed:
                crash = getattr(report.longrepr, "reprcrash", None)
                text = crash.message if crash else str(report.longrepr)
                return (text.strip().splitlines() or ["failed"])[0][:200]
    return ""


@contextlib.contextmanager
def _at_most(seconds: int) -> Iterator[None]:
    def stop(number: int, frame: FrameType | None) -> None:
        raise OvertimeError(f"more than {seconds} s")

    before: Any = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def main() -> int:
    # Whatever a test prints must not come between the answers.
    answers = os.dup(1)
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    requests = os.fdopen(os.dup(0), encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    changes: list[Callable[[], None]] = [allow_long_code, remember_answers]
    for change in changes:
        change()
    left_out = [f"--ignore-glob=*/{name}" for name in LEFT_OUT]
    arguments = ["-p", "no:ape_test", "-p", "no:cacheprovider", "-s", "-q", *left_out]
    return int(pytest.main([*arguments, *TEST_FOLDERS], plugins=[Server(requests, answers)]))


if __name__ == "__main__":
    sys.exit(main())
