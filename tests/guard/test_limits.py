"""What keeps a guard from acting: limits, a hold, its seat, its balance, a dry run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.guard.scene import BIG, CUSTODY, GuardScene
from tests.keys.soft_token import PIN, make_token
from tests.stage import HOUR, call
from verifier.audit.chain import HashChain
from verifier.cli.guard_key import Passphrase
from verifier.guard.intent import Stage
from verifier.keys.pkcs11 import TokenKey
from verifier.keys.secret import Secret
from verifier.model.address import Address
from verifier.model.guarding import Limits
from verifier.model.life import Status
from verifier.model.text import Shown
from verifier.model.units import Wei
from verifier.model.watching import Kind, Standing


def veto_all(scene: GuardScene) -> None:
    scene.look()
    scene.deliver()
    scene.look(2)


def test_look__third_within_an_hour__rings_and_stops_until_somebody_says_so(scene: GuardScene) -> None:
    scene.use(limits=Limits(an_hour=2, a_day=3))
    first, second, third = (scene.big(nth=nth) for nth in range(3))
    veto_all(scene)

    statuses = [scene.stage.status(each) for each in (first, second, third)]
    assert sorted(statuses) == [Status.WAITING, Status.VETOED, Status.VETOED]
    assert len(scene.sent()) == 2
    (stopped,) = scene.kept(Kind.GUARD_STOPPED)
    assert "it vetoed 2 times within one hour" in stopped.happening.sentence
    (rang,) = scene.kept(Kind.GUARD_RANG)
    assert "nothing is vetoed" in rang.happening.sentence

    # An hour later it has not started again by itself, nor does a restart help.
    scene.clock.ahead += HOUR + 1
    scene.restart()
    veto_all(scene)
    assert len(scene.sent()) == 2

    scene.store.acknowledge(stopped.number, who=Shown("Ann"), now=scene.clock.now())
    veto_all(scene)
    assert len(scene.sent()) == 3
    assert {scene.stage.status(each) for each in (first, second, third)} == {Status.VETOED}


def test_look__resumed_while_the_limit_is_full__stops_again(scene: GuardScene) -> None:
    scene.use(limits=Limits(an_hour=1, a_day=1))
    scene.big()
    scene.big(nth=1)
    veto_all(scene)
    (stopped,) = scene.kept(Kind.GUARD_STOPPED)
    scene.clock.ahead += 60
    scene.store.acknowledge(stopped.number, who=Shown("Ann"), now=scene.clock.now())
    veto_all(scene)

    assert len(scene.sent()) == 1
    assert len(scene.kept(Kind.GUARD_STOPPED)) == 2


def test_look__on_hold__rings_only_and_goes_on_afterwards(scene: GuardScene) -> None:
    operation = scene.big()
    scene.hold.begin(Shown("Ann held it."))
    veto_all(scene)

    assert scene.sent() == []
    assert scene.intents() == []
    assert set(scene.kinds()) == {Kind.GUARD_HELD, Kind.GUARD_RANG}
    assert "Ann held it." in scene.last(Kind.GUARD_HELD).happening.sentence

    scene.hold.end()
    veto_all(scene)
    assert scene.stage.status(operation) is Status.VETOED
    assert scene.kept(Kind.GUARD_HELD)[0].standing is Standing.RETRACTED


def test_look__held_after_the_explanation__nothing_is_sent(scene: GuardScene) -> None:
    operation = scene.big()
    scene.look()
    scene.deliver()
    scene.hold.begin(Shown("Ann held it."))
    scene.clock.ahead += HOUR
    scene.look(2)
    assert scene.stage.status(operation) is Status.WAITING

    scene.hold.end()
    scene.look()
    assert scene.stage.status(operation) is Status.VETOED


def test_look__its_seat_is_suspended__rings_and_vetoes_nothing(scene: GuardScene) -> None:
    operation = scene.big()
    scene.look()
    scene.deliver()
    scene.stage.must(scene.stage.send("gus", "suspend", scene.stage.address("gus")))
    scene.look(2)

    assert scene.stage.status(operation) is Status.WAITING
    assert "seat 5 is suspended" in scene.last(Kind.GUARD_UNFIT).happening.sentence
    assert scene.last(Kind.GUARD_UNFIT).happening.pages


def test_look__account_is_nearly_empty__rings_once_and_takes_it_back(scene: GuardScene) -> None:
    scene.use(limits=Limits(balance=Wei(2 * 10**18)))
    scene.look(2)
    assert scene.kinds() == [Kind.GUARD_UNFIT]

    scene.chain.set_balance(scene.key.address, 3 * 10**18)
    scene.clock.ahead += 301
    scene.chain.mine()
    scene.look()
    assert scene.kinds() == []


def test_look__dry_run__tells_what_it_would_do_and_signs_nothing(scene: GuardScene) -> None:
    operation = scene.big()
    scene.is_dry = True
    scene.restart()
    veto_all(scene)
    assert scene.kinds() == [Kind.GUARD_WOULD]
    assert scene.intents() == []

    # Switched on, it is not kept from anything by its dry run.
    scene.is_dry = False
    scene.restart()
    veto_all(scene)
    assert scene.stage.status(operation) is Status.VETOED


@pytest.mark.parametrize("objects", [False, True])
def test_look__seat_operation__objected_to_only_where_the_rule_says_so(
    scene: GuardScene, objects: bool
) -> None:
    from dataclasses import replace

    removal = scene.stage.to_itself("ann", "removeMember", scene.stage.address("bob"))
    scene.propose(removal)
    scene.use(replace(CUSTODY, objects=objects))
    veto_all(scene)

    _, state, status = scene.stage.lane(removal[1])
    assert status is Status.PROPOSED
    assert state.objected is objects
    assert len(scene.sent()) == int(objects)
    if objects:
        assert scene.kinds() == [Kind.GUARD_WILL, Kind.GUARD_VETOED]
        assert "objected to lane" in scene.last(Kind.GUARD_VETOED).happening.sentence
        scene.look(2)
        assert len(scene.sent()) == 1
    else:
        assert scene.kinds() == [Kind.GUARD_RANG]


def test_look__seat_operation_about_the_guard_itself__rings(scene: GuardScene) -> None:
    from dataclasses import replace

    removal = scene.stage.to_itself("ann", "removeMember", scene.stage.address("gus"))
    scene.propose(removal)
    scene.use(replace(CUSTODY, objects=True))
    veto_all(scene)

    assert scene.sent() == []
    assert "It is about you." in scene.last(Kind.GUARD_RANG).happening.sentence


def test_look__chain_is_reorganised_after_the_veto__the_same_transaction_is_sent_again(
    scene: GuardScene,
) -> None:
    operation = scene.big()
    veto_all(scene)
    (before,) = scene.sent()
    snapshot_depth = scene.head() - int(before["blockNumber"], 16) + 1
    scene.reorganise(snapshot_depth)
    # What was in the blocks that are gone is in nobody's pool any more.
    scene.chain.rpc("anvil_dropAllTransactions")
    assert scene.stage.status(operation) is Status.WAITING

    scene.look(2)
    assert scene.stage.status(operation) is Status.VETOED
    (after,) = scene.sent()
    assert after["hash"] == before["hash"]
    scene.look()
    assert scene.intents()[0].stage is Stage.DONE
    assert any("re-organised" in said for said in scene.said(Kind.GUARD_FAILED))


def test_look__its_number_is_used_by_another_transaction__signed_anew_once(scene: GuardScene) -> None:
    operation = scene.big()
    scene.look()
    scene.deliver()
    scene.stop_mining()
    scene.look()
    assert scene.intents()[0].stage is Stage.SIGNED
    assert scene.stage.status(operation) is Status.WAITING
    scene.chain.rpc("anvil_dropAllTransactions")
    scene.go_on_mining()
    scene.chain.send(scene.key.address, Address(b"\1" * 20))

    scene.look(4)
    assert scene.stage.status(operation) is Status.VETOED
    vetoes = [each for each in scene.sent() if each["to"] == "0x" + scene.vault.hex()]
    assert len(vetoes) == 1


def test_audit__of_a_veto__explained_before_signed_before_done_in_the_guards_name(scene: GuardScene) -> None:
    scene.big()
    veto_all(scene)
    scene.deliver()

    records = scene.store.with_audit(lambda found, _: list(found))
    HashChain().verify(records)
    assert {record.identity for record in records} == {"guard"}
    bodies = [record.body for record in records]
    order = ['"stage\\":\\"explained', '"delivery"', '"stage\\":\\"signed', '"stage\\":\\"done']
    places = [
        next(i for i, record in enumerate(records) if word in f'"{record.kind}"{record.body}')
        for word in order
    ]
    assert places == sorted(places), bodies


def test_rules__two_hold__one_veto_by_the_first(scene: GuardScene) -> None:
    operation = scene.queue(scene.stage.operation("ann", [call(to=scene.vault, value=2 * 10**18)]))
    scene.use(CUSTODY, BIG)
    veto_all(scene)

    assert scene.stage.status(operation) is Status.VETOED
    assert "by the rule custody" in scene.said(Kind.GUARD_WILL)[0]
    assert len(scene.sent()) == 1


def test_key__in_a_token__vetoes_as_well(
    scene: GuardScene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = make_token(tmp_path, monkeypatch)
    token.put("guard", key=scene.stage.actors["gus"].key.to_bytes())
    passphrase = Passphrase(lambda _: Secret(PIN))
    scene.key = TokenKey(token.place("guard"), passphrase.give)
    scene.restart()
    operation = scene.big()
    veto_all(scene)
    assert scene.stage.status(operation) is Status.VETOED
    assert len(scene.sent()) == 1


def test_look__no_block_takes_it_in__signed_anew_with_its_number_and_a_higher_fee(scene: GuardScene) -> None:
    operation = scene.big()
    scene.look()
    scene.deliver()
    scene.stop_mining()
    seen = []
    for _ in range(3):
        scene.look()
        seen.append(scene.intents()[0])
        scene.clock.ahead += 121
    scene.chain.mine()
    scene.go_on_mining()
    scene.look()

    assert scene.stage.status(operation) is Status.VETOED
    assert [intent.tries for intent in seen] == [1, 2, 3]
    assert len({intent.nonce for intent in seen}) == 1
    assert seen[0].fee < seen[1].fee < seen[2].fee <= scene.terms.limits.fee
    (sent,) = scene.sent()
    assert int(sent["maxFeePerGas"], 16) == seen[2].fee
    assert scene.intents()[0].stage is Stage.DONE


def test_look__its_fee_is_at_the_limit__rings_and_says_so(scene: GuardScene) -> None:
    scene.use(limits=Limits(fee=Wei(1)))
    scene.big()
    scene.look()
    scene.deliver()
    scene.stop_mining()
    scene.look()
    scene.clock.ahead += 121
    scene.look()
    scene.go_on_mining()

    assert "a higher `fee_gwei` lets it through" in scene.said(Kind.GUARD_FAILED)[-1]
