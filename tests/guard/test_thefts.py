"""Thefts that an owner would believe a rule matches, in whatever they are wrapped; and their honest neighbours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from tests.anvil import Anvil
from tests.guard.scene import guarded
from tests.guard.test_rules import OPAQUE, Bench, pay, rule, token
from tests.stage import ETHER, Stage
from tests.watch.scene import PAYEE, TOKEN
from verifier.guard.judging import judge_rule
from verifier.guard.sources import count_sources, most_in_one_place
from verifier.model.address import Address
from verifier.model.operation import Call
from verifier.model.units import Timestamp, Wei

STRANGER: Final = Address(b"\x51" * 20)
SAFE: Final = Address(b"\x71" * 20)
MULTICALL: Final = Address(b"\x72" * 20)
NOBODY: Final = Address(bytes(20))


@pytest.fixture(scope="module")
def bench(node: Anvil, founded: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder: Path = tmp_path_factory.mktemp("bench")
    with node.isolate(), guarded(node, founded, folder) as scene:
        (chain,) = scene.chains()
        (target,) = chain.targets
        yield Bench(scene=scene, target=target, reading=target.reader.read_vault())


def made(target: Address, signature: str, *arguments: Any) -> Call:
    """Return a call as an honest encoder writes it; the types of a signature with tuples stand in one list."""
    inside = signature[signature.index("(") + 1 : -1]
    types, depth, start = [], 0, 0
    for i, letter in enumerate(f"{inside},"):
        depth += (letter == "(") - (letter == ")")
        if letter == "," and not depth:
            types.append(inside[start:i])
            start = i + 1
    data = keccak(signature.encode())[:4] + encode([each for each in types if each], arguments)
    return Call(target=target, value=Wei(0), data=data)


def by_safe(call: Call, operation: int) -> Call:
    """Make a Safe of the vault's do a call, or run its target's code as its own."""
    signature = "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)"
    tail = (operation, 0, 0, 0, NOBODY, NOBODY, b"\1" * 65)
    return made(SAFE, signature, call.target, int(call.value), call.data, *tail)


def nested(call: Call, depth: int) -> Call:
    for _ in range(depth):
        call = made(MULTICALL, "aggregate((address,bytes)[])", [(call.target, call.data)])
    return call


@pytest.mark.parametrize("data", [b"", token(1).data, OPAQUE.data])
def test_code_that_is_run_as_ones_own__whatever_it_is_called__is_not_understood(
    bench: Bench, data: bytes
) -> None:
    stranger = Call(target=STRANGER, value=Wei(0), data=data)
    for clause, run in (
        ({"not_understood": True}, True),
        ({"counterparty_not_in": "payees"}, None),
        ({"over": "1", "asset": "native"}, None),
        ({"target": str(TOKEN)}, None),
        ({"changes_vault": True}, None),
    ):
        assert bench.holds(rule(clause), by_safe(stranger, 1)) is run
        # The same Safe pays somebody whom the owners know.
        assert bench.holds(rule(clause), by_safe(pay(1), 0)) is False
    excepted = rule({"tier": "routine"}, **{"except": [{"counterparty_in": "payees"}]})
    assert bench.holds(excepted, pay(1), by_safe(stranger, 1)) is True


def test_call__deeper_than_anybody_looks__cannot_be_told(bench: Bench) -> None:
    theft = made(TOKEN, "transferFrom(address,address,uint256)", bench.scene.vault, STRANGER, 9_000_000)
    rules: list[dict[str, Any]] = [
        {"target": str(TOKEN)},
        {"function": "transferFrom(address,address,uint256)"},
        {"over": "1", "asset": str(TOKEN)},
    ]
    for clause in rules:
        assert bench.holds(rule(clause), nested(theft, 3)) is True
        assert bench.holds(rule(clause), nested(theft, 9)) is None
        assert bench.holds(rule(clause), nested(pay(0), 3)) is False


def test_amount__a_call_that_nobody_understands__cannot_be_told(bench: Bench) -> None:
    big = rule({"over": "1", "asset": str(TOKEN)})
    assert bench.holds(big, OPAQUE) is None
    assert bench.holds(big, OPAQUE, token(2_000_000)) is True
    assert bench.holds(big, token(1)) is False


def test_amount__decimals_that_are_not_the_policys__cannot_be_told(bench: Bench) -> None:
    wrong = {"over": "2.5", "asset": str(TOKEN), "decimals": 18}
    assert bench.holds(rule(wrong), token(5_000_000)) is None
    assert bench.holds(rule({**wrong, "decimals": 6}), token(5_000_000)) is True


def test_amount__all_that_there_is_and_at_least_so_much__holds_by_what_is_asked_for(bench: Bench) -> None:
    def sweep(least: int, to: Address) -> Call:
        return made(MULTICALL, "unwrapWETH9(uint256,address)", least, to)

    big = rule({"over": "1", "asset": "native"})
    assert bench.holds(big, sweep(2 * ETHER, STRANGER)) is True
    assert bench.holds(big, sweep(ETHER, STRANGER)) is None
    assert bench.holds(big, sweep(2 * ETHER, bench.scene.vault)) is False


@pytest.mark.parametrize(
    ("signature", "arguments"),
    [
        ("setApprovalForAll(address,bool)", (STRANGER, True)),
        ("increaseAllowance(address,uint256)", (STRANGER, 9)),
        ("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)", (PAYEE, STRANGER, 9, 9, 27, b"", b"")),
        ("transferFrom(address,address,uint256)", (PAYEE, STRANGER, 9)),
        ("safeTransferFrom(address,address,uint256)", (PAYEE, STRANGER, 9)),
    ],
)  # fmt: skip
def test_counterparty__in_every_way_to_take_an_asset__is_found(
    bench: Bench, signature: str, arguments: tuple[Any, ...]
) -> None:
    theft = made(TOKEN, signature, *arguments)
    for call in (theft, nested(theft, 2), by_safe(theft, 0)):
        assert bench.holds(rule({"counterparty_in": "thieves"}), pay(1), call) is True
        assert bench.holds(rule({"counterparty_not_in": "payees"}), pay(1), call) is True
    honest = made(TOKEN, signature, *(PAYEE if each == STRANGER else each for each in arguments))
    assert bench.holds(rule({"counterparty_in": "thieves"}), honest) is False


def test_missing__denied_by_one_source_under_two_names__not_vetoed_on_its_word(bench: Bench) -> None:
    at = Timestamp(bench.reading.head.timestamp - 1)
    matter = bench.matter(pay(1), at=at)
    review = replace(matter.review, operation=None, denying=("a", "b"))
    head = matter.reading.head
    apart = replace(matter, review=review)
    together = replace(apart, reading=replace(matter.reading, head=replace(head, shared=(("a", "b"),))))
    missing = rule({"bytes_missing_for": "1s"})
    assert judge_rule(missing, apart).holds is True
    judged = judge_rule(missing, together)
    assert judged.holds is None
    assert "one address and port" in judged.words


def test_judge__agreed_by_one_source_under_two_names__only_what_is_proven_counts(bench: Bench) -> None:
    matter = replace(bench.matter(pay(2 * ETHER)), is_one_word=True)
    assert judge_rule(rule({"published": "00:00-00:00"}), matter).holds is None
    assert judge_rule(rule({"over": "1", "asset": "native"}), matter).holds is True
    assert judge_rule(rule({"published": "00:00-00:00"}), replace(matter, is_one_word=False)).holds is True


def test_sources__names_by_their_places__counted() -> None:
    assert most_in_one_place(()) == 1
    assert most_in_one_place((("a", "b"), ("b", "c"), ("d", "e"))) == 3
    assert count_sources(("a", "b", "d"), (("a", "b"), ("b", "c"))) == 2
