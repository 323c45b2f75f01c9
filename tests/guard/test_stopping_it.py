"""Whoever wants the guard not to veto: one endpoint, a proposer who cancels, a clock, a full disk, a fault."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import event

from tests.cli.liars import Request, Response, giving, refusing
from tests.guard.scene import BIG, CUSTODY, GuardScene
from tests.guard.test_lies import MISSING, withhold
from tests.stage import HOUR, call
from tests.watch.scene import PAYEE, TOKEN
from verifier.errors import WatchStoreFull
from verifier.guard.intent import Stage
from verifier.model.finding import Severity
from verifier.model.guarding import AllOf, FindingClause, GuardRule, Limits, TierClause, TimeClause
from verifier.model.life import Status
from verifier.model.text import Shown
from verifier.model.tier import Tier
from verifier.model.units import BlockNumber
from verifier.model.watching import Kind, Standing, WatchedFact, WatchStep
from verifier.store.watch_database import EngineDatabase

ANY = GuardRule(name=Shown("any"), is_veto=True, clause=AllOf(clauses=(TierClause(least=Tier.ROUTINE),)))
ALWAYS = GuardRule(name=Shown("always"), is_veto=True, clause=AllOf(clauses=(TimeClause(hours=(0, 0)),)))


def told(scene: GuardScene) -> None:
    scene.look()
    scene.deliver()


def hang(scene: GuardScene) -> None:
    """Have signed what is told, and no node keep it."""
    scene.stop_mining()
    scene.look()
    scene.chain.rpc("anvil_dropAllTransactions")
    for endpoint in scene.endpoints:
        endpoint.keep_back("eth_sendRawTransaction")
    scene.chain.rpc("evm_setAutomine", [True])


def heal(scene: GuardScene) -> None:
    for endpoint in scene.endpoints:
        endpoint.heal()
    scene.go_on_mining()


# ------------------------------------------------------------------------------------------------------ one endpoint


def test_one_of_two__makes_up_the_number_of_its_transaction__vetoed_all_the_same(scene: GuardScene) -> None:
    operation = scene.big()
    scene.mined_within = 0.5
    scene.restart()
    scene.endpoints[1].edit(giving("eth_getTransactionCount", "0x3e8"))
    told(scene)
    scene.look()

    assert scene.stage.status(operation) is Status.VETOED


def dear(request: Request, response: Response) -> Response:
    """Say that it takes much gas, and that all of it is dear."""
    if request["method"] == "eth_estimateGas":
        return {**response, "result": hex(8_000_000)}
    if request["method"] == "eth_maxPriorityFeePerGas":
        return {**response, "result": hex(1 << 60)}
    return response


def test_one_of_two__makes_up_gas_that_nobody_could_pay__vetoed_for_what_there_is(scene: GuardScene) -> None:
    balance = 3 * 10**15
    scene.chain.set_balance(scene.key.address, balance)
    operation = scene.big()
    scene.endpoints[1].edit(dear)
    told(scene)
    scene.look()

    assert scene.stage.status(operation) is Status.VETOED
    (sent,) = scene.sent()
    assert int(sent["gas"], 16) * int(sent["maxFeePerGas"], 16) <= balance


def test_one_of_two__makes_up_too_little_gas_while_the_other_one_says_none__vetoed_all_the_same(
    scene: GuardScene,
) -> None:
    operation = scene.big()
    scene.endpoints[0].edit(refusing("eth_estimateGas"))
    scene.endpoints[1].edit(giving("eth_estimateGas", hex(24_000)))
    told(scene)
    scene.look()

    assert scene.stage.status(operation) is Status.VETOED
    assert len(scene.sent()) == 1


YOUNG = GuardRule(
    name=Shown("young"),
    is_veto=True,
    clause=AllOf(clauses=(FindingClause(rules=frozenset({"code-young"})),)),
)


@pytest.mark.parametrize("silent", [False, True])
def test_endpoints__do_not_say_what_a_rule_asks_for__it_rings(scene: GuardScene, silent: bool) -> None:
    scene.use(YOUNG)
    scene.stage.chain.mine()
    transfer = call(to=TOKEN, data=bytes.fromhex("a9059cbb") + PAYEE.rjust(32, b"\0") + bytes(31) + b"\1")
    scene.queue(scene.stage.operation("ann", [transfer]))
    if silent:
        for endpoint in scene.endpoints:
            endpoint.edit(refusing("eth_getCode"))
    scene.look()

    said = [kept.happening.lines[0] for kept in scene.kept(Kind.GUARD_RANG)]
    assert said == (["Rule young: nobody could look for code-young (nothing is vetoed)."] if silent else [])


def test_one_source_under_two_names__denies_the_bytes__not_vetoed_on_its_word(three: GuardScene) -> None:
    three.use(MISSING)
    operation = three.big()
    for endpoint in three.endpoints:
        withhold(endpoint)
    three.endpoints[2].edit(refusing("eth_getLogs"))
    three.chain.set_time(three.chain.now() + 100)
    three.put_together(0, 1)
    told(three)
    three.look()

    assert three.stage.status(operation) is Status.WAITING
    assert three.kinds() == [Kind.GUARD_RANG]


@pytest.mark.parametrize("together", [False, True])
def test_two_names_of_one_source__what_they_agree_on__is_not_acted_upon(
    three: GuardScene, together: bool
) -> None:
    three.use(ALWAYS)
    operation = three.big()
    if together:
        three.put_together(0, 1)
    told(three)
    three.look()

    vetoed = three.stage.status(operation) is Status.VETOED
    assert vetoed is not together
    assert (three.kinds() == [Kind.GUARD_RANG]) is together


# ---------------------------------------------------------------------------------------------- whoever may publish


def test_proposer__cancels_what_was_signed_already__it_counts_as_a_veto(scene: GuardScene) -> None:
    scene.use(limits=Limits(an_hour=1, a_day=1))
    operation = scene.big()
    told(scene)
    hang(scene)
    scene.stage.must(scene.stage.send("ann", "cancel", operation[1], scene.stage.id_of(operation)))
    scene.look()
    (intent,) = scene.intents()
    assert intent.stage is Stage.NEEDLESS
    assert intent.counts

    heal(scene)
    scene.big(nth=1)
    told(scene)
    assert len(scene.kept(Kind.GUARD_STOPPED)) == 1


def test_proposer__cancels_the_first_of_two_that_hang__the_second_is_signed_with_its_number(
    scene: GuardScene,
) -> None:
    first, second = scene.big(), scene.big(nth=1)
    told(scene)
    hang(scene)
    signed = {intent.lane: intent.nonce for intent in scene.intents()}
    assert signed[second[1]] == signed[first[1]] + 1
    scene.stage.must(scene.stage.send("ann", "cancel", first[1], scene.stage.id_of(first)))
    scene.look()
    scene.clock.ahead += 121
    heal(scene)
    scene.look()

    assert scene.stage.status(second) is Status.VETOED
    (sent,) = scene.sent()
    assert int(sent["nonce"], 16) == signed[first[1]]


# ------------------------------------------------------------------------------------------- what was told, and holds


def test_rule__holds_no_more_once_it_was_told__another_one_is_explained_and_vetoes(scene: GuardScene) -> None:
    operation = scene.big()
    scene.use(ANY)
    told(scene)
    # Its owners write other rules, and start it again.
    scene.use(CUSTODY, BIG)
    scene.look()
    assert scene.stage.status(operation) is Status.WAITING
    assert "by the rule big" in scene.said(Kind.GUARD_WILL)[-1]

    scene.look()
    assert scene.stage.status(operation) is Status.WAITING
    scene.deliver()
    scene.look()
    assert scene.stage.status(operation) is Status.VETOED
    assert len(scene.intents()) == len(scene.sent()) == 1


def test_rule__none_holds_any_more__nothing_is_sent_and_that_is_told(scene: GuardScene) -> None:
    operation = scene.big()
    scene.use(ANY)
    told(scene)
    scene.use(CUSTODY)
    scene.look(2)

    assert scene.stage.status(operation) is Status.WAITING
    (kept,) = scene.kept(Kind.GUARD_RANG)
    assert "was to veto lane 0, and does not: the rule any does not hold now." in kept.happening.sentence
    assert kept.happening.severity is Severity.DANGER
    assert kept.happening.pages


def test_veto_of_somebody_else__while_the_guards_own_hangs__the_guard_is_not_credited(
    scene: GuardScene,
) -> None:
    operation = scene.big()
    told(scene)
    hang(scene)
    before = scene.intents()[0]
    scene.veto(operation, by="bob")
    scene.look()
    assert scene.intents()[0].stage is Stage.SIGNED

    scene.clock.ahead += 121
    scene.look(2)
    assert scene.kinds(standing=False)[0] is Kind.GUARD_WILL
    assert scene.kept(Kind.GUARD_VETOED) == []
    assert "was stopped by somebody else; no block has" in scene.said(Kind.GUARD_NEEDLESS)[0]

    # A re-organisation takes that veto back: its transaction has the number that it had, so that there is one.
    scene.reorganise(1)
    scene.chain.rpc("anvil_dropAllTransactions")
    heal(scene)
    assert scene.stage.status(operation) is Status.WAITING
    scene.look()
    assert scene.stage.status(operation) is Status.VETOED
    assert scene.intents()[0].nonce == before.nonce
    scene.look()
    assert len(scene.kept(Kind.GUARD_VETOED)) == len(scene.sent()) == 1


# ------------------------------------------------------------------------------------------------ clock, disk, faults


def test_clock__put_back_by_a_day_after_the_explanation__it_waits_from_then_on(scene: GuardScene) -> None:
    scene.clock.ahead = 24 * HOUR
    operation = scene.big()
    scene.diary.is_down = True
    told(scene)
    scene.clock.ahead = 0
    scene.look()
    assert scene.stage.status(operation) is Status.WAITING
    scene.clock.ahead = 301
    scene.look()

    assert scene.stage.status(operation) is Status.VETOED


def test_clock__put_back_while_its_transaction_hangs__signed_anew(scene: GuardScene) -> None:
    scene.big()
    told(scene)
    scene.clock.ahead = 24 * HOUR
    hang(scene)
    scene.clock.ahead = 0
    scene.look()

    assert scene.intents()[0].tries == 2


def fill(scene: GuardScene) -> None:
    """Use what is left of the pages that the store has."""

    def keep(size: int) -> None:
        for i in range(1_000):
            fact = WatchedFact(
                chain_id=scene.chain_id,
                vault=scene.vault,
                subject=f"filling/{size}/{i}",
                value="x" * size,
                block=BlockNumber(0),
                block_hash=b"",
            )
            scene.store.keep(WatchStep(chain_id=scene.chain_id, facts=(fact,)), now=scene.clock.now())

    for size in (4_000, 100):
        with pytest.raises(WatchStoreFull):
            keep(size)


def test_disk__is_full__its_heartbeat_ends_and_it_goes_on_when_there_is_room(scene: GuardScene) -> None:
    operation = scene.big()
    most = [1]

    def limit(connection: sqlite3.Connection, *_: object) -> None:
        # What SQLite answers is what it answers where the disk has no room (SQLITE_FULL).
        connection.execute(f"PRAGMA max_page_count = {most[0]}")

    assert isinstance(scene.store._database, EngineDatabase)
    event.listen(scene.store._database.engine, "checkout", limit)
    fill(scene)
    scene.look(3)
    assert scene.intents() == []
    assert scene.guard.looks == 0

    most[0] = 1 << 30
    told(scene)
    scene.look()
    assert scene.stage.status(operation) is Status.VETOED
    assert scene.guard.looks == 2


def test_fault__of_the_program_over_an_operation__it_rings_and_takes_it_back(
    scene: GuardScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, **_options: object) -> None:
        raise RecursionError("what an operation holds")

    operation = scene.big()
    with monkeypatch.context() as broken:
        broken.setattr("verifier.guard.looking.brief_queue", fail)
        scene.look(2)
    (kept,) = scene.kept()
    assert "a fault of the program itself (RecursionError)" in kept.happening.sentence
    assert kept.happening.pages
    assert scene.guard.looks == 2

    told(scene)
    scene.look()
    assert scene.stage.status(operation) is Status.VETOED
    assert scene.kept(Kind.UNREADABLE)[0].standing is Standing.RETRACTED
