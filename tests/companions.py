"""The companion contracts on a chain of one's own, deployed as everywhere else: by the common deployer.

    registry = deployed(chain, "duty_registry")
    outcome = registry.send(vault, "grant", 7, 1)
    registry.refuses(DutyUnknown(duty=3), lambda: registry.send(vault, "grant", 7, 3))

Everything is encoded by eth-abi from the compiled interface. What was done and refused is noted, so that the last test
of a file can ask what is missing.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Final

import pytest
from eth_abi.abi import decode, encode
from eth_hash.auto import keccak

from tests.anvil import Answer, Anvil, Outcome
from tests.contracts.scene import world_of
from tests.stage import RELEASE, STRANGER, companion, deploy_companions, type_text
from verifier.errors import VaultError, from_revert

TRIED: Final[set[tuple[str, str, bool]]] = set()
"""Companions' functions that were tried, and whether they passed."""
PROVOKED: Final[set[tuple[str, str]]] = set()
"""Companions' errors that were met on a chain."""


@cache
def abi_of(key: str) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads((RELEASE / f"{key}.abi.json").read_text("utf-8"))
    return entries


def _entry(key: str, kind: str, name: str) -> dict[str, Any]:
    (entry,) = (e for e in abi_of(key) if e["type"] == kind and e["name"] == name)
    return entry


@cache
def _function(key: str, name: str) -> tuple[bytes, tuple[str, ...], tuple[str, ...]]:
    entry = _entry(key, "function", name)
    inputs = tuple(type_text(part) for part in entry["inputs"])
    outputs = tuple(type_text(part) for part in entry["outputs"])
    return keccak(f"{name}({','.join(inputs)})".encode("ascii"))[:4], inputs, outputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What a companion told: a name, and its arguments by name."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """One companion on one chain."""

    chain: Anvil
    key: str
    address: bytes

    def data_of(self, function: str, *arguments: Any) -> bytes:
        """Return calldata for one of its functions."""
        selector, inputs, _ = _function(self.key, function)
        return selector + encode(inputs, arguments)

    def send(self, who: bytes, function: str, *arguments: Any, value: int = 0) -> Outcome:
        outcome = self.chain.send(who, self.address, self.data_of(function, *arguments), value=value)
        TRIED.add((self.key, function, outcome.succeeded))
        return outcome

    def must(self, who: bytes, function: str, *arguments: Any) -> Outcome:
        """Return the outcome of a step that has to succeed."""
        outcome = self.send(who, function, *arguments)
        assert outcome.succeeded, f"refused: {from_revert(outcome.revert_data)!r}"
        return outcome

    def call(self, function: str, *arguments: Any, sender: bytes = STRANGER) -> Answer:
        answer = self.chain.call(self.address, self.data_of(function, *arguments), sender=sender)
        TRIED.add((self.key, function, answer.succeeded))
        return answer

    def read(self, function: str, *arguments: Any) -> Any:
        """Return what a view answers: the value itself where it is one, else a tuple."""
        answer = self.call(function, *arguments)
        assert answer.succeeded, f"{function} refused: {from_revert(answer.data)!r}"
        values = decode(_function(self.key, function)[2], answer.data)
        return values[0] if len(values) == 1 else values

    def events(self, outcome: Outcome) -> list[Event]:
        """Return what a transaction made this contract tell, in order."""
        mine = "0x" + self.address.hex()
        return [self._event(log) for log in outcome.receipt["logs"] if log["address"] == mine]

    def _event(self, log: dict[str, Any]) -> Event:
        topics = [bytes.fromhex(topic[2:]) for topic in log["topics"]]
        data = bytes.fromhex(log["data"][2:])
        for entry in (e for e in abi_of(self.key) if e["type"] == "event"):
            types = ",".join(type_text(part) for part in entry["inputs"])
            if keccak(f"{entry['name']}({types})".encode("ascii")) != topics[0]:
                continue
            indexed = [part for part in entry["inputs"] if part["indexed"]]
            others = [part for part in entry["inputs"] if not part["indexed"]]
            values = [decode([type_text(p)], t)[0] for p, t in zip(indexed, topics[1:], strict=True)]
            values += decode([type_text(part) for part in others], data)
            names = [part["name"] for part in indexed + others]
            return Event(name=entry["name"], arguments=dict(zip(names, values, strict=True)))
        raise AssertionError(f"{self.key} has no event {topics[0].hex()}")

    def data_of_error(self, error: VaultError) -> bytes:
        """Return the revert data that this contract's ABI makes of an error."""
        types = [type_text(part) for part in _entry(self.key, "error", type(error).__name__)["inputs"]]
        signature = f"{type(error).__name__}({','.join(types)})"
        values = [getattr(error, field.name) for field in fields(error)]
        return keccak(signature.encode("ascii"))[:4] + encode(types, values)

    def was_refused(self, because: VaultError, result: Outcome | Answer) -> None:
        """Fail unless a transaction or call was refused with exactly this error."""
        data = result.revert_data if isinstance(result, Outcome) else result.data
        assert not result.succeeded, f"passed, and should have been refused: {because!r}"
        assert data == self.data_of_error(because), f"expected {because!r}, found {from_revert(data)!r}"
        PROVOKED.add((self.key, type(because).__name__))

    def refuses(self, because: VaultError, act: Callable[[], Outcome]) -> None:
        """Fail unless `act` is refused with exactly this error, and nothing changed anywhere."""
        before = world_of(self.chain)
        self.was_refused(because, act())
        assert world_of(self.chain) == before

    def refuses_at(self, moment: int, because: VaultError, act: Callable[[], Outcome]) -> None:
        """The same, for a transaction in a block of this time."""
        self.chain.set_next_time(moment)
        self.refuses(because, act)


def deployed(chain: Anvil, key: str) -> Companion:
    """Return a companion at its address, deployed there if it is not yet."""
    deploy_companions(chain)
    return Companion(chain=chain, key=key, address=companion(key))


def assert_complete(key: str, request: pytest.FixtureRequest, *, always_pass: frozenset[str]) -> None:
    """Fail unless every error of a companion was met, and every function passed and was refused.

    To be asked by the last test of its file; it skips where only a part of the file runs.
    """
    options = request.config.option
    is_part = options.keyword or options.markexpr or any("::" in name for name in request.config.args)
    if is_part:
        pytest.skip("only a part of this file runs, so something is bound to be missing")
    errors = {(key, entry["name"]) for entry in abi_of(key) if entry["type"] == "error"}
    assert errors - PROVOKED == set()
    functions = {entry["name"] for entry in abi_of(key) if entry["type"] == "function"}
    wanted = {(key, name, True) for name in functions} | {
        (key, name, False) for name in functions - always_pass
    }
    assert wanted - TRIED == set()
