"""Operations played on a real node: what moves, what is allowed, what changes, and who takes part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from eth_hash.auto import keccak

from tests.anvil import Anvil, start_anvil
from tests.chain.simulated import (
    delta_of,
    deltas,
    endpoint,
    only_allowance,
    operation_of,
    panel,
    reader,
    simulate,
)
from tests.stage import DAY, ETHER, HOUR, NATIVE, STRANGER, USUAL_TIERS, Actor, Call, Stage, call, found
from tests.tokens import compiled
from verifier.chain.simulator import OperationSimulator
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.member import Role
from verifier.model.simulation import Outcome, Simulation
from verifier.model.tier import Tier
from verifier.model.units import Hours, Timestamp

OTHER = bytes.fromhex("0dde" * 10)


@pytest.fixture(scope="module")
def node() -> Iterator[Anvil]:
    with start_anvil() as running:
        yield running


@pytest.fixture(scope="module")
def founded(node: Anvil) -> Stage:
    people = [
        Actor.new("ann", Role.PROPOSER | Role.APPROVER),
        *(Actor.new(name, Role.APPROVER | Role.SECURITY) for name in ("bob", "cy", "dee", "eve")),
    ]
    return found(node, people, value=100 * ETHER)


@pytest.fixture
def stage(node: Anvil, founded: Stage) -> Iterator[Stage]:
    with node.isolate():
        yield founded


def token_of(stage: Stage, contract: str = "Token", *arguments: int) -> bytes:
    """Return a token of which the vault has 1,000."""
    token = compiled.deploy(stage.chain, contract, *arguments)
    stage.must(stage.chain.send(STRANGER, token, compiled.data_of(contract, "mint", stage.vault, 1_000)))
    return token


def transfer(token: bytes, to: bytes, amount: int, contract: str = "Token") -> Call:
    return call(to=token, data=compiled.data_of(contract, "transfer", to, amount))


def test_simulate__ether__moves_and_nothing_else(stage: Stage) -> None:
    simulation = simulate(stage, [call(to=STRANGER, value=3 * ETHER)])
    assert simulation.outcome is Outcome.DONE
    assert deltas(simulation) == {(NATIVE, stage.vault): -3 * ETHER, (NATIVE, STRANGER): 3 * ETHER}
    assert simulation.deltas
    assert simulation.deltas[0].account == stage.vault
    assert (simulation.allowances, simulation.storage) == ((), ())
    assert (simulation.method, simulation.is_assumed, simulation.remarks) == ("eth_simulateV1", True, ())
    assert simulation.gas_used
    # Nothing of it happened.
    assert stage.chain.balance(stage.vault) == 100 * ETHER


def test_simulate__token__moves_with_its_words_and_code(stage: Stage) -> None:
    token = token_of(stage, "Token", 6)
    simulation = simulate(stage, [transfer(token, STRANGER, 40)])
    assert deltas(simulation) == {(token, stage.vault): -40, (token, STRANGER): 40}
    assert [delta.said for delta in simulation.deltas or ()] == [None, None]
    assert {(c.contract, c.before, c.after) for c in simulation.storage or ()} == {
        (token, 1_000, 960),
        (token, 0, 40),
    }
    touched = {one.address: one for one in simulation.touched or ()}
    assert touched.keys() == {token, stage.vault}
    assert touched[Address(token)].code_hash == keccak(stage.chain.code(token))
    assert touched[Address(token)].evidence is Evidence.PROVEN
    assert touched[Address(token)].implementation is None


def test_simulate__waiting_operation__as_everything_stands(stage: Stage) -> None:
    raw = stage.operation("ann", [call(to=STRANGER, value=ETHER)])
    stage.must(stage.propose("ann", raw))
    stage.must(stage.approve(raw, [stage.sign_published(name, raw) for name in ("bob", "cy", "dee")]))
    reading = reader(stage).read_vault()
    (lane,) = reading.queue
    assert lane.state.ready_at
    simulator = OperationSimulator(panel([endpoint(stage)]))
    simulation = simulator.simulate(reading, lane, operation_of(raw), at=lane.state.ready_at)
    assert (simulation.outcome, simulation.is_assumed) == (Outcome.DONE, False)
    assert simulation.at == lane.state.ready_at
    assert deltas(simulation)[NATIVE, stage.vault] == -ETHER
    # Before that, the vault has to be told that it is ready.
    early = simulator.simulate(reading, lane, operation_of(raw), at=Timestamp(lane.state.ready_at - HOUR))
    assert (early.outcome, early.is_assumed) == (Outcome.DONE, True)
    # It was played as it then happens.
    stage.pass_to_ready(raw)
    outcome = stage.must(stage.execute("ann", raw))
    assert simulation.gas_used == outcome.gas_used


def test_simulate__proposed_operation_with_members_changed_since__as_if_approved(stage: Stage) -> None:
    raw = stage.operation("ann", [call(to=STRANGER, value=ETHER)])
    stage.must(stage.propose("ann", raw))
    stage.must(stage.send("eve", "suspend", stage.address("eve")))
    reading = reader(stage).read_vault()
    (lane,) = reading.queue
    simulator = OperationSimulator(panel([endpoint(stage)]))
    simulation = simulator.simulate(reading, lane, operation_of(raw), at=reading.head.timestamp)
    assert (simulation.outcome, simulation.is_assumed) == (Outcome.DONE, True)


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


def test_simulate__a_time_that_no_vault_knows__unknown(stage: Stage) -> None:
    simulation = simulate(stage, [call(to=STRANGER, value=1)], after=1 << 60)
    assert simulation.outcome is Outcome.UNKNOWN
    assert "should be 0 to" in simulation.why


def test_simulate__runs_anothers_code__touched_with_the_implementation(stage: Stage) -> None:
    behind = compiled.deploy(stage.chain, "Sleeper", 0)
    front = compiled.deploy(stage.chain, "Delegator", behind)
    simulation = simulate(stage, [call(to=front, data=compiled.data_of("Sleeper", "wake"))])
    touched = {one.address: one for one in simulation.touched or ()}
    assert touched[Address(front)].implementation == behind
    assert touched[Address(front)].code_hash == keccak(stage.chain.code(front))
    assert Address(behind) in touched
    # The proxy's word changes, and not that of the code that it runs.
    assert [(c.contract, c.slot, c.before) for c in simulation.storage or ()] == [(front, 0, 0)]
    assert [c.after for c in simulation.storage or ()] == [simulation.at]


def test_simulate__works_from_a_moment_on__played_at_that_time(stage: Stage) -> None:
    moment = stage.chain.now() + 5 * DAY
    sleeper = compiled.deploy(stage.chain, "Sleeper", moment)
    wake = [call(to=sleeper, data=compiled.data_of("Sleeper", "wake"))]
    assert simulate(stage, wake, after=5 * DAY).outcome is Outcome.DONE
    early = simulate(stage, wake, after=4 * DAY)
    assert early.outcome is Outcome.REVERTED
    selector = keccak(b"TooEarly(uint256,uint256)")[:4].hex()
    assert "Call 0 of the operation failed" in early.why
    assert f"0x{selector}{moment:064x}{early.at:064x}" in early.why


def test_simulate__closed_window__played_when_it_opens(stage: Stage) -> None:
    # From 8 to 16 o'clock, Monday to Friday.
    at_work = replace(
        USUAL_TIERS[Tier.CUSTODY], opens_at=32, closes_at=64, weekdays=0b11111, grace_hours=Hours(120)
    )
    terms = [tier.pack() for tier in (*USUAL_TIERS[:3], at_work)]
    stage.must(stage.send(stage.vault, "setTiers", terms, 3))
    reading = reader(stage).read_vault()
    assert Tier.CUSTODY in reading.roster.value.windows
    # A Saturday.
    after = -(reading.head.timestamp - 1_700_265_600) % (7 * DAY)
    simulation = simulate(stage, [call(to=STRANGER, value=1)], after=after, reading=reading)
    assert simulation.outcome is Outcome.DONE
    assert simulation.at > reading.head.timestamp + after
    assert (simulation.at // DAY + 3) % 7 == 0
    assert simulation.at % DAY == 8 * HOUR


@pytest.mark.parametrize(
    ("function", "argument", "reason"),
    [
        ("refuse", "not \x1b[31mtoday", 'gave as reason: The contract refused with the words "not \\u{1b}[31mtoday".'),
        ("overflow", 1, "an arithmetic overflow"),
        ("refuse", "", 'the words ""'),
    ],
)  # fmt: skip
def test_simulate__reverts__why(stage: Stage, function: str, argument: str | int, reason: str) -> None:
    sleeper = compiled.deploy(stage.chain, "Sleeper", 0)
    simulation = simulate(stage, [call(to=sleeper, data=compiled.data_of("Sleeper", function, argument))])
    assert simulation.outcome is Outcome.REVERTED
    assert reason in simulation.why
    assert (simulation.deltas, simulation.allowances, simulation.storage) == ((), (), ())


def test_simulate__second_call_fails__nothing_moves(stage: Stage) -> None:
    simulation = simulate(stage, [call(to=STRANGER, value=1), call(to=STRANGER, value=1_000 * ETHER)])
    assert simulation.outcome is Outcome.REVERTED
    assert "Call 1 of the operation failed" in simulation.why
    assert simulation.deltas == ()


def test_simulate__data_to_no_code__the_vaults_own_refusal(stage: Stage) -> None:
    simulation = simulate(stage, [call(to=OTHER, data=b"\x01\x02\x03\x04")])
    assert simulation.outcome is Outcome.REVERTED
    assert "there is no code" in simulation.why


def test_simulate__vault_changes_itself__its_words_and_not_the_lanes(stage: Stage) -> None:
    raw = stage.to_itself("ann", "setTiers", [tier.pack() for tier in USUAL_TIERS], 4)
    simulation = simulate(stage, raw[0])
    assert simulation.outcome is Outcome.DONE
    assert [(c.contract, c.slot) for c in simulation.storage or ()] == [(stage.vault, 0)]


def test_simulate__nobody_left_to_execute__unknown_and_said_so(stage: Stage) -> None:
    operation = [call(to=STRANGER, value=1)]
    for name in ("ann", "bob", "cy", "dee", "eve"):
        stage.must(stage.send(name, "suspend", stage.address(name)))
    simulation = simulate(stage, operation)
    assert simulation.outcome is Outcome.UNKNOWN
    assert "No member is left" in simulation.why
    assert (simulation.deltas, simulation.touched) == (None, None)
