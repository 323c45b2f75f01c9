"""Coming back into the vault while it makes a call.

The worst caller is one who would be entitled: a member whose account has code (EIP-7702). So members are made to run
the code of an `Intruder`, which tries every entrance, and afterwards the same attempts are made with nobody inside.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.anvil import Anvil
from tests.attacks import mocks
from tests.contracts.scene import BOTH, HERE, PAYEE, STANDARD_CALL, Scene, data_of_error
from tests.stage import DAY, ETHER, NO_SIGNATURE, Call, call, data_of
from tests.tokens import compiled
from verifier.errors import VaultError, from_revert
from verifier.errors.operations import Busy, CallerNotVault, CallFailed
from verifier.model.lane import EMPTY_LANE
from verifier.model.life import Status

BUSY = data_of_error(Busy())
DELEGATION = bytes.fromhex("ef0100")
"""What an account's code begins with that runs the code of another (EIP-7702)."""
RECEIPTS = {
    "ERC-721": bytes.fromhex("150b7a02").ljust(32, b"\0"),
    "ERC-1155": bytes.fromhex("f23a6e61").ljust(32, b"\0"),
}
Attempts = list[tuple[bool, bytes]]


def attempts_of(scene: Scene, account: bytes) -> Attempts:
    return [(ok, bytes(answer)) for ok, answer in mocks.read(scene.chain, "Intruder", account, "attempts")]


def plan(scene: Scene, account: bytes, *calls: bytes, answer: bytes = mocks.TRUE) -> None:
    data = mocks.data_of("Intruder", "plan", scene.vault, list(calls), answer)
    scene.must(scene.chain.send(PAYEE, account, data))


def run(scene: Scene, account: bytes) -> None:
    scene.must(scene.chain.send(PAYEE, account, mocks.data_of("Intruder", "run")))


@pytest.fixture
def intruder(anvil: Anvil) -> bytes:
    return mocks.deploy(anvil, "Intruder")


class Inside:
    """A vault in which everybody who could do something comes back during one execution and tries to."""

    def __init__(self, scene: Scene, intruder: bytes) -> None:
        self.scene, self.intruder = scene, intruder
        self.ann, self.gus = scene.address("ann"), scene.address("gus")
        scene.must(scene.send("gus", "suspend", scene.address("eve")))
        # Now a suspension of 14 days and the CUSTODY delay can lapse when operations of CUSTODY are ready.
        scene.chain.set_time(scene.chain.now() + 14 * DAY + 60)
        self.prepare()
        for member in (self.ann, self.gus):
            scene.chain.set_code(member, DELEGATION + intruder)
        self.plan()
        scene.pass_to_ready(self.entrance)

    def prepare(self) -> None:
        scene = self.scene
        visits = [call(to=who, data=b"come in") for who in (self.intruder, self.gus, self.ann)]
        self.other = scene.waiting("bob", [STANDARD_CALL], "ann", "cat", "dan", nth=1)
        self.unfinished = scene.published("bob", [STANDARD_CALL], nth=2)
        self.seat_operation = scene.seat_operation("bob", "setRoles", scene.address("dan"), int(BOTH), nth=3)
        self.approved = scene.waiting("bob", [STANDARD_CALL], "ann", nth=4)
        self.anns = scene.published("ann", [STANDARD_CALL])
        self.new = scene.operation("ann", [STANDARD_CALL], nth=1)
        self.entrance = scene.published("bob", visits)
        scene.give(self.entrance, "ann", "cat", "dan")

    def plan(self) -> None:
        scene = self.scene
        approval = scene.sign_published("cat", self.unfinished)
        plan(
            scene,
            self.intruder,
            data_of("approve", self.unfinished, [approval]),
            data_of("lapse", scene.address("eve")),
        )
        plan(
            scene,
            self.gus,
            data_of("veto", self.unfinished[1], scene.id_of(self.unfinished)),
            data_of("suspend", scene.address("amy")),
        )
        plan(
            scene,
            self.ann,
            data_of("propose", self.new, []),
            data_of("execute", self.other),
            data_of("cancel", self.anns[1], scene.id_of(self.anns)),
            data_of("withdraw", self.approved),
            data_of("object", self.seat_operation),
            data_of("suspend", self.ann),
        )

    def attempts(self) -> Attempts:
        return [
            attempt for who in (self.intruder, self.gus, self.ann) for attempt in attempts_of(self.scene, who)
        ]


def test_execute__everyone_entitled_comes_back_through_every_entrance__nobody_gets_in(
    scene: Scene, intruder: bytes
) -> None:
    inside = Inside(scene, intruder)
    members = [scene.member(name) for name in ("ann", "bob", "dan", "eve", "gus")]
    before = (members, scene.roster(), scene.lane(inside.new[1]))
    scene.must(scene.execute("cat", inside.entrance))

    assert inside.attempts() == [(False, BUSY)] * 10
    assert ([scene.member(name) for name in ("ann", "bob", "dan", "eve", "gus")], scene.roster()) == before[
        :2
    ]
    assert scene.lane(inside.new[1]) == before[2]
    assert scene.status(inside.other) is Status.READY
    assert scene.status(inside.unfinished) is scene.status(inside.anns) is Status.PROPOSED
    assert scene.chain.balance(PAYEE) == 0


def test_execute__the_same_attempts_with_nobody_inside__succeed(scene: Scene, intruder: bytes) -> None:
    """The neighbour: each attempt above was refused for nothing but the lock."""
    inside = Inside(scene, intruder)
    for who in (inside.intruder, inside.gus, inside.ann):
        run(scene, who)
    assert [ok for ok, _ in inside.attempts()] == [True] * 10
    assert scene.chain.balance(PAYEE) == 2 * ETHER


@pytest.mark.parametrize(
    "hook", ["native", "sender of a token", "receiver of a token", "ERC-721", "ERC-1155"]
)
def test_execute__hook_of_any_kind_comes_back__finds_the_lock(
    scene: Scene, intruder: bytes, hook: str
) -> None:
    later = scene.published("ann", [STANDARD_CALL], nth=1)
    answer = RECEIPTS.get(hook, mocks.TRUE)
    plan(scene, intruder, data_of("approve", later, [scene.sign_published("cat", later)]), answer=answer)
    scene.must(scene.execute("bob", scene.ready("ann", [calling(scene, intruder, hook)])))
    assert set(attempts_of(scene, intruder)) == {(False, BUSY)}
    assert not scene.lane(later[1])[1].approvals

    run(scene, intruder)
    assert attempts_of(scene, intruder)[-1] == (True, b"")
    assert scene.lane(later[1])[1].approvals == {scene.seat("cat")}


def calling(scene: Scene, intruder: bytes, hook: str) -> Call:
    """Return a call of the vault in the course of which the intruder is called."""
    match hook:
        case "native":
            return call(to=intruder, value=1)
        case "ERC-721":
            collectibles = compiled.deploy(scene.chain, "Collectibles")
            return call(to=collectibles, data=compiled.data_of("Collectibles", "giveUnique", intruder, 7))
        case "ERC-1155":
            collectibles = compiled.deploy(scene.chain, "Collectibles")
            return call(to=collectibles, data=compiled.data_of("Collectibles", "giveSome", intruder, 7, 1))
        case _:
            receiver, watcher = (intruder, PAYEE) if hook.startswith("receiver") else (PAYEE, intruder)
            token = mocks.deploy(scene.chain, "HookedToken", watcher)
            scene.must(scene.chain.send(PAYEE, token, mocks.data_of("HookedToken", "mint", scene.vault, 5)))
            return call(to=token, data=mocks.data_of("HookedToken", "transfer", receiver, 5))


@pytest.mark.parametrize("function", ["onERC721Received", "onERC1155Received"])
def test_execute__collectibles_arrive_during_it__are_received(scene: Scene, function: str) -> None:
    """Receipt takes no lock: an operation may buy what asks before it comes."""
    collectibles = compiled.deploy(scene.chain, "Collectibles")
    give = (
        ("giveUnique", scene.vault, 7) if function == "onERC721Received" else ("giveSome", scene.vault, 7, 3)
    )
    data = compiled.data_of("Collectibles", *give)
    scene.must(scene.execute("bob", scene.ready("ann", [call(to=collectibles, data=data)])))
    owner = compiled.read(scene.chain, "Collectibles", collectibles, "ownerOf", 7)
    held = compiled.read(scene.chain, "Collectibles", collectibles, "balanceOf", scene.vault, 7)
    assert (bytes.fromhex(owner[2:]) == scene.vault, held) in {(True, 0), (False, 3)}


ENTRANCES: dict[str, tuple[Any, ...]] = {
    "propose": (([], 0, 1, 0), []),
    "approve": (([], 0, 1, 0), [(0, 0, NO_SIGNATURE)]),
    "withdraw": (([], 0, 1, 0),),
    "veto": (0, bytes(32)),
    "object": (([], 0, 1, 0),),
    "cancel": (0, bytes(32)),
    "execute": (([], 0, 1, 0),),
    "suspend": (PAYEE,),
    "lapse": (PAYEE,),
}


@pytest.mark.parametrize("function", ENTRANCES)
def test_execute__operation_that_makes_the_vault_act_as_a_member__is_refused(
    scene: Scene, function: str
) -> None:
    inner = call(to=scene.vault, data=data_of(function, *ENTRANCES[function]))
    operation = scene.ready("ann", [call(to=PAYEE, value=1), inner])
    scene.refuses(CallFailed(index=1, reason=BUSY), lambda: scene.execute("bob", operation))


SETTERS: dict[str, tuple[Any, ...]] = {
    "addMember": (PAYEE, 5, 2, HERE.pack()),
    "removeMember": (PAYEE,),
    "replaceMember": (PAYEE, PAYEE, 5, HERE.pack()),
    "reinstateMember": (PAYEE,),
    "confirmSuspension": (PAYEE,),
    "setRoles": (PAYEE, 2),
    "setAttributes": (PAYEE, HERE.pack()),
    "setTiers": ([0, 0, 0, 0], 3),
    "setAsset": (PAYEE, 0),
    "setCounterparty": (PAYEE, 1),
}


def test_execute__its_targets_call_the_vaults_setters__only_the_vault_may(
    scene: Scene, intruder: bytes
) -> None:
    plan(scene, intruder, *(data_of(name, *arguments) for name, arguments in SETTERS.items()))
    before = scene.roster()
    scene.must(scene.execute("bob", scene.ready("ann", [call(to=intruder, data=b"come in")])))
    refusal = data_of_error(CallerNotVault(caller=intruder))
    assert attempts_of(scene, intruder) == [(False, refusal)] * len(SETTERS)
    assert scene.roster() == before


def test_execute__twice_in_one_transaction__finds_no_lock_left_behind(scene: Scene) -> None:
    """The lock is transient storage: it must end with the execution, not only with the transaction."""
    good = scene.waiting("ann", [STANDARD_CALL])
    bad = scene.waiting("ann", [call(to=PAYEE, value=2_000 * ETHER)], nth=1)
    best = scene.ready("ann", [STANDARD_CALL], nth=2)
    intruder = mocks.deploy(scene.chain, "Intruder")
    scene.chain.set_code(scene.address("bob"), DELEGATION + intruder)
    bob = scene.address("bob")
    plan(scene, bob, *(data_of("execute", operation) for operation in (bad, good, bad, best, good)))
    run(scene, bob)
    attempts = attempts_of(scene, bob)
    assert [ok for ok, _ in attempts] == [False, True, False, True, False]
    errors: list[VaultError] = [from_revert(answer) for ok, answer in attempts if not ok]
    assert [type(error).__name__ for error in errors] == [
        "CallFailed",
        "CallFailed",
        "OperationStatusUnexpected",
    ]
    assert scene.chain.balance(PAYEE) == 4 * ETHER


def test_views__asked_during_an_execution__show_the_operation_as_executed(
    scene: Scene, intruder: bytes
) -> None:
    """State first, calls after: nobody is told that an operation still waits whose calls are being made."""
    operation = scene.published("ann", [call(to=intruder, value=1)])
    scene.give(operation, "bob", "cat", "dan")
    plan(scene, intruder, data_of("lane", operation[1]))
    scene.pass_to_ready(operation)
    scene.must(scene.execute("bob", operation))
    ((succeeded, answer),) = attempts_of(scene, intruder)
    assert succeeded
    assert int.from_bytes(answer[64:], "big") == Status.EXECUTED
    assert scene.lane(operation[1] + 1)[1] == EMPTY_LANE
