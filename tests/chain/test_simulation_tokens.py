"""Tokens of all kinds in operations that are played: what moves and what is allowed, whatever the events say."""

from __future__ import annotations

import pytest

from tests.chain.simulated import (
    delta_of,
    deltas,
    only_allowance,
    simulate,
    token_of,
    transfer,
)
from tests.stage import DAY, NATIVE, STRANGER, Stage, call
from tests.tokens import compiled
from verifier.model.simulation import Simulation

OTHER = bytes.fromhex("0dde" * 10)


def test_simulate__token_with_a_toll__what_arrives_and_not_what_is_said(stage: Stage) -> None:
    token = token_of(stage, "TollToken")
    simulation = simulate(stage, [transfer(token, STRANGER, 500)])
    assert deltas(simulation) == {(token, stage.vault): -500, (token, STRANGER): 495}
    assert delta_of(simulation, token, stage.vault).said is None
    assert delta_of(simulation, token, STRANGER).said == 500
    (remark,) = simulation.remarks
    assert "+500 base units, and its balances say +495" in remark


def test_simulate__token_whose_events_lie__balances_are_believed(stage: Stage) -> None:
    token = token_of(stage, "LyingToken")
    simulation = simulate(stage, [transfer(token, STRANGER, 50)])
    # It would behave if it noticed that its balances are looked at.
    assert deltas(simulation) == {(token, stage.vault): -500, (token, STRANGER): 500}
    assert delta_of(simulation, token, stage.vault).said == -50
    assert len(simulation.remarks) == 2


def test_simulate__allowance_without_an_event__found_by_asking(stage: Stage) -> None:
    token = token_of(stage, "LyingToken")
    simulation = simulate(stage, [call(to=token, data=compiled.data_of("LyingToken", "greet", OTHER))])
    change = only_allowance(simulation)
    assert (change.token, change.owner, change.spender, change.amount) == (token, stage.vault, OTHER, 7)
    assert change.is_measured


@pytest.mark.parametrize(("amount", "shown"), [(5, 5), ((1 << 256) - 1, None)])
def test_simulate__approve__its_allowance(stage: Stage, amount: int, shown: int | None) -> None:
    token = token_of(stage, "Token", 6)
    simulation = simulate(stage, [call(to=token, data=compiled.data_of("Token", "approve", OTHER, amount))])
    change = only_allowance(simulation)
    assert (change.owner, change.spender, change.amount) == (stage.vault, OTHER, shown)
    assert change.is_measured
    assert simulation.deltas == ()


def test_simulate__approve_and_swap__what_the_pool_moves_inside(stage: Stage) -> None:
    paid, given = token_of(stage, "Token", 6), compiled.deploy(stage.chain, "Token", 18)
    pool = compiled.deploy(stage.chain, "Pool")
    stage.chain.set_balance(pool, 10)
    stage.must(stage.chain.send(STRANGER, given, compiled.data_of("Token", "mint", pool, 77)))
    simulation = simulate(
        stage,
        [
            call(to=paid, data=compiled.data_of("Token", "approve", pool, 300)),
            call(to=pool, data=compiled.data_of("Pool", "swap", paid, 300, given, 70)),
        ],
    )
    assert deltas(simulation) == {
        (paid, stage.vault): -300, (paid, pool): 300,
        (given, stage.vault): 70, (given, pool): -70,
        (NATIVE, stage.vault): 3, (NATIVE, pool): -3,
    }  # fmt: skip
    # Used up again.
    assert simulation.allowances == ()
    assert {one.address for one in simulation.touched or ()} == {stage.vault, paid, given, pool}


def test_simulate__others_allow_inside__shown_behind_the_vaults(stage: Stage) -> None:
    token, pool = token_of(stage, "Token", 6), compiled.deploy(stage.chain, "Pool")
    simulation = simulate(
        stage,
        [
            call(to=pool, data=compiled.data_of("Pool", "lend", token, OTHER, 9)),
            call(to=token, data=compiled.data_of("Token", "approve", pool, 8)),
        ],
    )
    assert [(c.owner, c.spender, c.amount) for c in simulation.allowances or ()] == [
        (stage.vault, pool, 8),
        (pool, OTHER, 9),
    ]


def test_simulate__coin_in_a_wrapper__measured_without_any_event(stage: Stage) -> None:
    wrapper = compiled.deploy(stage.chain, "Wrapper")
    deposit = call(to=wrapper, value=40, data=compiled.data_of("Wrapper", "deposit"))
    withdraw = call(to=wrapper, data=compiled.data_of("Wrapper", "withdraw", 15))
    simulation = simulate(stage, [deposit, withdraw])
    assert deltas(simulation) == {
        (NATIVE, stage.vault): -25, (NATIVE, wrapper): 25, (wrapper, stage.vault): 25,
    }  # fmt: skip
    assert simulation.remarks == ()


def test_simulate__permit2__allowance_through_it_with_its_end(stage: Stage) -> None:
    keeper, token = compiled.deploy(stage.chain, "PermitKeeper"), token_of(stage, "Token", 6)
    until = stage.chain.now() + DAY
    data = compiled.data_of("PermitKeeper", "approve", token, OTHER, (1 << 160) - 1, until)
    change = only_allowance(simulate(stage, [call(to=keeper, data=data)]))
    assert (change.token, change.through, change.owner, change.spender) == (token, keeper, stage.vault, OTHER)
    assert (change.amount, change.until, change.is_measured) == (None, until, True)


def by_id(simulation: Simulation) -> set[tuple[bytes, int | None, int, bool]]:
    """Return account, id, change, and whether it was measured, of each change."""
    return {(d.account, d.token_id, d.amount, d.is_measured) for d in simulation.deltas or ()}


@pytest.fixture
def badges(stage: Stage) -> bytes:
    """Single things of which the vault has 0, 1 and 2."""
    badges = compiled.deploy(stage.chain, "Badges")
    for i in range(3):
        stage.must(stage.chain.send(STRANGER, badges, compiled.data_of("Badges", "mint", stage.vault, i)))
    return badges


def test_simulate__single_things__which_ones_and_not_how_many(stage: Stage, badges: bytes) -> None:
    moves = [compiled.data_of("Badges", "transferFrom", stage.vault, STRANGER, i) for i in (0, 2)]
    simulation = simulate(stage, [call(to=badges, data=data) for data in moves])
    assert by_id(simulation) == {
        (stage.vault, 0, -1, True), (stage.vault, 2, -1, True), (STRANGER, 0, 1, True), (STRANGER, 2, 1, True),
    }  # fmt: skip
    assert simulation.remarks == ()


def test_simulate__another_single_thing_than_is_said__not_the_one_of_the_event(
    stage: Stage, badges: bytes
) -> None:
    simulation = simulate(stage, [call(to=badges, data=compiled.data_of("Badges", "slip", STRANGER, 1, 2))])
    # Nothing names which one, but one is gone, and it is not the one that the event names.
    assert (stage.vault, None, -1, True) in by_id(simulation)
    assert (stage.vault, 2, 0, True) in by_id(simulation)
    assert len(simulation.remarks) == 2


def test_simulate__single_thing_allowed__as_one(stage: Stage, badges: bytes) -> None:
    change = only_allowance(
        simulate(stage, [call(to=badges, data=compiled.data_of("Badges", "approve", OTHER, 0))])
    )
    assert (change.owner, change.spender, change.token_id, change.amount) == (stage.vault, OTHER, 0, 1)
    assert change.is_measured


@pytest.mark.parametrize(
    ("before", "after", "amounts"), [(False, True, [None]), (True, False, [0]), (False, False, [])]
)
def test_simulate__whole_collection_allowed__all_there_is(
    stage: Stage, badges: bytes, before: bool, after: bool, amounts: list[int | None]
) -> None:
    stage.chain.send(stage.vault, badges, compiled.data_of("Badges", "setApprovalForAll", OTHER, before))
    data = compiled.data_of("Badges", "setApprovalForAll", OTHER, after)
    simulation = simulate(stage, [call(to=badges, data=data)])
    assert [change.amount for change in simulation.allowances or ()] == amounts


def test_simulate__things_of_few_kinds__by_kind(stage: Stage) -> None:
    crates = compiled.deploy(stage.chain, "Crates")
    for i in range(3):
        data = compiled.data_of("Crates", "mint", stage.vault, i, 100)
        stage.must(stage.chain.send(STRANGER, crates, data))
    simulation = simulate(
        stage,
        [
            call(to=crates, data=compiled.data_of("Crates", "moveOne", STRANGER, 0, 5)),
            call(to=crates, data=compiled.data_of("Crates", "moveMany", STRANGER, [0, 2], [1, 7])),
        ],
    )
    assert by_id(simulation) == {
        (stage.vault, 0, -6, True), (stage.vault, 2, -7, True), (STRANGER, 0, 6, True), (STRANGER, 2, 7, True),
    }  # fmt: skip
