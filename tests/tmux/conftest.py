"""One chain for all journeys, with two vaults: a council's, and a crowded one. What a journey does there is undone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from eth_abi.abi import encode

from tests.cli.conftest import PAYROLL
from tests.cli.council import Council, Seat
from tests.cli.program import Home
from tests.stage import ETHER, NATIVE, Actor, Stage, call, found
from tests.terminal.conftest import council, founded, token
from tests.tmux.screen import Screen, open_screen
from verifier.model.address import Address
from verifier.model.asset import AssetTerms
from verifier.model.evidence import Evidence
from verifier.model.member import Role
from verifier.model.operation import Call, Operation
from verifier.model.units import ChainId, LaneIndex, Sequence, Timestamp, Units, Wei
from verifier.store.memory import FileMemory

__all__ = ["council", "founded", "token"]

PENDING: Final = 64
GONE: Final = 1_000
ESCAPES: Final = "\x1b]0;P\x07\x1b[7m[b]X[/$]\x9b7m\u202e\u200b"
"""Sets the title, reverses colours, tries markup, turns the reading direction, and hides something."""


@pytest.fixture(autouse=True)
def no_files(founded: Council) -> Iterator[None]:
    """Remove what was signed in a journey."""
    yield
    for seat in founded.seats.values():
        for path in seat.home.path.glob("*.approval"):
            path.unlink()


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    with open_screen(tmp_path) as opened:
        yield opened


def open_program(
    screen: Screen, seat: Seat | Crowd, *arguments: str, columns: int = 140, rows: int = 45, **more: str
) -> None:
    """Start `fourth-signer` in a member's home.

    :param more: variables of its environment
    """
    command = [sys.executable, "-m", "verifier", *arguments]
    environment = {**seat.home.environment, **more}
    screen.start(command, environment, folder=seat.home.path, columns=columns, rows=rows)


def token_code(text: str) -> bytes:
    """Return the code of a token whose symbol is a text, and which gives that text as the reason of every revert."""
    answer = encode(["string"], [text])
    size, with_selector = (b"\x61" + number.to_bytes(2, "big") for number in (len(answer), len(answer) + 4))
    parts = (
        # The selector: that of symbol() leads to 0x2f, that of decimals() to 0x3c.
        *(
            bytes.fromhex("5f3560e01c80"),
            bytes.fromhex("6395d89b4114602f57"),
            bytes.fromhex("63313ce56714603c57"),
        ),
        # Else it reverts with Error(string); the text stands behind the code, at 0x45.
        *(
            bytes.fromhex("6308c379a060e01b5f52"),
            size,
            bytes.fromhex("6045600439"),
            with_selector,
            b"\x5f\xfd",
        ),
        *(b"\x5b", size, bytes.fromhex("60455f39"), size, bytes.fromhex("5ff3")),
        bytes.fromhex("5b60065f5260205ff3"),
    )
    code = b"".join(parts)
    assert (len(code), code[0x2F], code[0x3C]) == (0x45, 0x5B, 0x5B)
    return code + answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """A vault with as many open operations as eight proposers can have, and a client that remembers a thousand."""

    stage: Stage
    home: Home


@pytest.fixture
def crowd(founded: Council, tmp_path: Path) -> Iterator[Crowd]:
    chain = founded.chain
    with chain.isolate():
        people = [Actor.new(f"proposer {i}", Role.PROPOSER | Role.APPROVER, person=i + 1) for i in range(8)]
        people += [Actor.new(f"security {i}", Role.APPROVER | Role.SECURITY, person=9 + i) for i in range(3)]
        terms = AssetTerms(routine_limit=Units(10**9), high_value_from=Units(10**18), decimals=18)
        stage = found(
            chain,
            people,
            value=100 * ETHER,
            assets=[(NATIVE, terms.pack())],
            counterparties=[(PAYROLL, 1)],
        )
        for i in range(PENDING):
            who = f"proposer {i // 8}"
            operation = stage.operation(who, [call(to=PAYROLL, value=ETHER // 100 + i)], nth=i % 8)
            stage.must(stage.propose(who, operation))
        home = Home(path=tmp_path)
        address = str(Address(stage.vault))
        ran = home.call("init", address, "--rpc", chain.url, "--name", "crowded", "--seat", "8")
        assert ran.code == 0, ran
        _remember(home, stage)
        yield Crowd(stage=stage, home=home)


def _remember(home: Home, stage: Stage) -> None:
    """Let the client have seen a thousand executions."""
    memory = FileMemory(home.path / ".local" / "state" / "fourth-signer" / "memory.sqlite3")
    for i in range(GONE):
        payment = Call(target=PAYROLL, value=Wei(10**15 + i), data=b"")
        memory.note_executed(
            ChainId(31_337),
            Address(stage.vault),
            Operation(
                calls=(payment,),
                lane=LaneIndex(i % PENDING),
                sequence=Sequence(1_000 + i),
                approve_by=Timestamp(stage.chain.now()),
            ),
            executed_at=Timestamp(stage.chain.now() - 60 * (GONE - i)),
            counterparties=[PAYROLL],
            evidence=Evidence.PROVEN,
        )
