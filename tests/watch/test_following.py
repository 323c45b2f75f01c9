"""What is said of a vault on a chain that behaves."""

from __future__ import annotations

from dataclasses import replace

from eth_hash.auto import keccak

from tests.anvil import FUNDED
from tests.cli.liars import Request, Response
from tests.stage import DAY, STRANGER, Operation, call, companion, data_of
from tests.watch.scene import PAYEE, TOKEN, Scene, found_vault
from verifier.assess.happenings import learn
from verifier.decode.logs import APPROVAL_TOPIC, TRANSFER_TOPIC, read_logs
from verifier.model.address import Address
from verifier.model.finding import Severity
from verifier.model.units import BlockNumber
from verifier.model.watching import Kind, Standing
from verifier.store.release import companion_addresses
from verifier.watch.status import Next


def test_look__first_time__only_what_waits_is_told(scene: Scene) -> None:
    old = scene.propose(scene.payment())
    scene.veto(old)
    waiting = scene.queue(scene.payment(nth=1))
    scene.look()
    assert scene.about(old) == []
    assert Kind.QUEUED in scene.about(waiting)
    scene.assert_true()


def test_look__life_of_an_operation__each_step_once_and_in_order(scene: Scene) -> None:
    scene.look()
    operation = scene.propose(scene.payment())
    scene.look()
    assert scene.about(operation) == [Kind.PROPOSED]
    signed = [scene.stage.sign_published(who, operation) for who in ("bob", "cid", "dot")]
    scene.stage.must(scene.stage.approve(operation, signed))
    scene.look()
    assert Kind.QUEUED in scene.about(operation)
    scene.stage.pass_to_ready(operation)
    scene.look()
    assert Kind.READY in scene.about(operation)
    scene.stage.must(scene.stage.execute("ann", operation))
    for _ in range(3):
        scene.look()
    steps = [kind for kind in scene.about(operation) if kind.startswith("operation-")]
    assert steps.count(Kind.EXECUTED) == 1
    assert steps == sorted(set(steps), key=steps.index)
    scene.assert_true()


def test_look__everything_between_two_looks__nothing_is_missed(scene: Scene) -> None:
    scene.look()
    first = scene.propose(scene.payment())
    scene.veto(first)
    second = scene.queue(scene.payment())
    scene.stage.pass_to_ready(second)
    scene.stage.must(scene.stage.execute("ann", second))
    third = scene.propose(scene.payment())
    scene.look()
    assert [kind for kind in scene.about(first) if kind is not Kind.APPROVED] == [Kind.PROPOSED, Kind.VETOED]
    assert {Kind.PROPOSED, Kind.QUEUED, Kind.EXECUTED} <= set(scene.about(second))
    assert scene.about(third) == [Kind.PROPOSED]
    scene.assert_true()


def test_look__operation__carries_what_the_terminal_would_show(scene: Scene) -> None:
    scene.look()
    operation = scene.queue(
        scene.stage.operation("ann", [call(to=STRANGER, value=5, data=b"\x01\x02\x03\x04")])
    )
    scene.look()
    (queued,) = [each.happening for each in scene.kept(Kind.QUEUED)]
    assert queued.operation_id == scene.stage.id_of(operation)
    assert str(Address(STRANGER)) in queued.sentence
    assert queued.findings
    assert queued.severity >= max(finding.severity for finding in queued.findings)
    assert queued.ready_at == scene.stage.lane(operation[1])[1].moment


def test_look__nothing_new__no_step_is_kept(scene: Scene) -> None:
    scene.look()
    before = scene.store.audit_head()
    assert scene.look() is Next.SOON
    assert scene.store.audit_head() == before


def test_look__time_alone__soon_ready_and_expired_without_a_block(scene: Scene) -> None:
    scene.look()
    operation = scene.queue(scene.payment())
    scene.look()
    lane = scene.stage.lane(operation[1])[1]
    head = scene.head()
    scene.pace = replace(scene.pace, silent_blocks=10_000_000)
    scene.clock.ahead = lane.moment - scene.chain.now() - 60
    scene.look()
    assert Kind.READY_SOON in scene.about(operation)
    assert Kind.READY not in scene.about(operation)
    scene.clock.ahead += 61
    scene.look()
    assert Kind.READY in scene.about(operation)
    scene.clock.ahead = lane.expires_at - scene.chain.now() + 1
    scene.look()
    assert Kind.EXPIRED in scene.about(operation)
    assert scene.head() == head


def test_look__wrong_clock__ready_is_not_told_too_early(scene: Scene) -> None:
    scene.clock.ahead = 10 * DAY
    operation = scene.queue(scene.payment())
    scene.look()
    assert Kind.READY not in scene.about(operation)
    assert Kind.BEHIND in scene.kinds()
    scene.clock.ahead = 0
    scene.chain.mine()
    scene.look()
    assert Kind.BEHIND not in scene.kinds()


def test_look__members_and_settings_change__told_and_true(scene: Scene) -> None:
    stage = scene.stage
    scene.look()
    stage.must(stage.send("gus", "suspend", stage.address("bob")))
    scene.look()
    assert Kind.SUSPENDED in scene.kinds()
    removal = stage.to_itself("ann", "removeMember", stage.address("bob"))
    stage.must(stage.carry_out("ann", removal, ["cid", "dot", "eve"]))
    scene.look()
    assert Kind.MEMBER in scene.kinds()
    listing = stage.operation(
        "ann", [call(to=stage.vault, data=data_of("setCounterparty", STRANGER, 1))], nth=1
    )
    stage.must(stage.carry_out("ann", listing, ["cid", "dot", "eve"]))
    scene.look()
    assert Kind.POLICY in scene.kinds()
    scene.assert_true()


def test_look__assets_move_without_an_operation__told(scene: Scene) -> None:
    scene.look()
    scene.move_token(TRANSFER_TOPIC, STRANGER, PAYEE, 5)
    scene.look()
    assert Kind.ASSET_MOVED not in scene.kinds()
    scene.move_token(TRANSFER_TOPIC, scene.stage.vault, PAYEE, 5)
    scene.look()
    assert Kind.ASSET_MOVED in scene.kinds()
    scene.move_token(APPROVAL_TOPIC, scene.stage.vault, PAYEE, 5)
    scene.look()
    assert Kind.ALLOWANCE in scene.kinds()


def test_look__asset_moved_by_an_operation__no_alarm(scene: Scene) -> None:
    scene.look()
    words = [
        TRANSFER_TOPIC,
        scene.stage.vault.rjust(32, b"\0"),
        PAYEE.rjust(32, b"\0"),
        (5).to_bytes(32, "big"),
    ]
    operation = scene.queue(scene.stage.operation("ann", [call(to=TOKEN, data=b"".join(words))]))
    scene.stage.pass_to_ready(operation)
    scene.stage.must(scene.stage.execute("ann", operation))
    scene.look()
    assert Kind.EXECUTED in scene.about(operation)
    assert Kind.ASSET_MOVED not in scene.kinds()


def test_look__event_that_nobody_knows__told(scene: Scene) -> None:
    scene.look()
    ledger = companion("bypass_ledger")
    code = scene.chain.code(ledger)
    # A ledger of another release would say other things; this one is made to.
    scene.chain.set_code(ledger, bytes.fromhex("365f5f375f35602035365fa200"))
    scene.chain.send(FUNDED[0], ledger, scene.stage.vault.rjust(32, b"\0") + keccak(b"Unheard"))
    scene.chain.set_code(ledger, code)
    scene.chain.mine()
    scene.look()
    (told,) = scene.kept(Kind.UNKNOWN_EVENT)
    assert told.happening.severity >= Severity.WARNING
    assert keccak(b"Unheard").hex()[:8] in told.happening.sentence


def test_look__block_becomes_final__confirmed(scene: Scene) -> None:
    scene.look()
    operation = scene.propose(scene.payment())
    scene.look()
    assert {each.standing for each in scene.kept(Kind.PROPOSED)} == {Standing.UNCONFIRMED}
    scene.chain.mine(80)
    scene.look()
    assert {each.standing for each in scene.kept(Kind.PROPOSED)} == {Standing.CONFIRMED}
    assert scene.about(operation) == [Kind.PROPOSED]


def test_look__several_vaults__each_its_own(scene: Scene) -> None:
    scene.stages.append(found_vault(scene.chain))
    scene.restart()
    scene.look()
    other = scene.stages[1]
    mine, its = scene.propose(scene.payment()), scene.queue(scene.payment(stage=other), other)
    scene.look()
    vaults = {each.happening.vault for each in scene.kept(Kind.QUEUED)}
    assert vaults == {Address(other.vault)}
    assert scene.about(mine) == [Kind.PROPOSED]
    assert Kind.QUEUED in scene.about(its, other)
    scene.assert_true()


def test_look__chain_moves_on_between_two_vaults__what_came_meanwhile_is_told_after_a_crash(
    scene: Scene,
) -> None:
    scene.stages.append(found_vault(scene.chain))
    scene.restart()
    scene.look()
    other = scene.stages[1]
    first = scene.propose(scene.payment())
    scene.propose(scene.payment(stage=other), stage=other)
    later: list[Operation] = []

    proofs: list[Request] = []

    def edit(request: Request, response: Response) -> Response:
        # The first vault is read with the third proof; before the second one is, something happens to the first.
        if request["method"] == "eth_getProof" and request["params"][0] == str(scene.vault):
            proofs.append(request)
            if len(proofs) == 3:
                later.append(scene.propose(scene.payment(nth=1)))
                scene.veto(later[0])
                # Its lane is used again, so that storage alone does not tell of it.
                scene.propose(scene.payment(nth=1))
        return response

    scene.endpoints[0].edit(edit)
    assert scene.follower.look() is Next.AT_ONCE
    assert scene.about(first) == [Kind.PROPOSED]
    assert later
    assert scene.follower.status.checkpoint == scene.head()
    assert scene.about(later[0]) == []
    scene.restart()
    scene.look()
    assert scene.about(later[0]) == [Kind.PROPOSED, Kind.VETOED]
    scene.assert_true()
    scene.restart()
    scene.look()
    assert scene.follower.look() is Next.SOON


def test_learn__all_events_alone__the_queue_that_storage_has(scene: Scene) -> None:
    stage = scene.stage
    scene.propose(scene.payment())
    scene.veto(scene.propose(scene.payment(nth=1)))
    scene.queue(scene.payment(nth=2))
    done = scene.queue(scene.payment(nth=3))
    stage.pass_to_ready(done)
    stage.must(stage.execute("ann", done))
    objected = stage.to_itself("eve", "removeMember", stage.address("bob"))
    stage.must(stage.propose("eve", objected))
    stage.must(stage.send("gus", "object", objected))
    source = scene.plan().source
    logs = source.logs(BlockNumber(0), BlockNumber(scene.head()), [scene.vault])
    learned = learn(
        scene.chain_id,
        scene.vault,
        journal={},
        events=read_logs(logs, vault=scene.vault, companions=companion_addresses()),
        times=source.times({log.block for log in logs}),
    )
    told = {fact.subject: fact.value for fact in learned if fact.subject.startswith("lane/")}
    read = {name: value for name, value in scene.fresh_facts().items() if name.startswith("lane/")}
    assert len(read) == 5
    assert told == read
