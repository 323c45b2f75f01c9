"""A transfer that hides behind a seat operation, which nobody could veto."""

from __future__ import annotations

import pytest

from tests.anvil import Anvil
from tests.contracts.scene import BOTH, HERE, Scene
from tests.stage import ETHER, Actor, Call, Operation, call, data_of
from tests.tokens import compiled
from verifier.errors.approvals import ApprovalUnseasoned
from verifier.errors.members import MemberIsSubject
from verifier.errors.operations import CallFailed, OperationNotObjectable, OperationNotVetoable
from verifier.model.life import Status
from verifier.model.member import Role
from verifier.model.tier import Tier

THIEF = bytes.fromhex("7f" * 20)
LOOT = 900 * ETHER


def seat_call(scene: Scene) -> Call:
    """Return the call of an honest seat operation."""
    return call(to=scene.vault, data=data_of("setRoles", scene.address("dan"), int(BOTH)))


def assert_ordinary(scene: Scene, operation: Operation) -> None:
    """Fail unless the operation is CUSTODY, cannot be objected to, and one veto ends it."""
    state = scene.lane(operation[1])[1]
    assert (state.tier, state.seat_operation) == (Tier.CUSTODY, False)
    refusal = OperationNotObjectable(id=scene.id_of(operation), state=state.pack())
    scene.refuses(refusal, lambda: scene.send("eve", "object", operation))
    scene.must(scene.send("eve", "veto", operation[1], scene.id_of(operation)))
    assert scene.status(operation) is Status.VETOED


@pytest.mark.parametrize("position", ["behind", "before", "twice"])
def test_propose__batch_with_a_seat_call__is_no_seat_operation(scene: Scene, position: str) -> None:
    theft = call(to=THIEF, value=LOOT)
    calls = {
        "behind": [seat_call(scene), theft],
        "before": [theft, seat_call(scene)],
        "twice": [seat_call(scene), seat_call(scene)],
    }[position]
    assert_ordinary(scene, scene.waiting("ann", calls))
    # The neighbour: the seat call alone cannot be vetoed.
    alone = scene.waiting("ann", [seat_call(scene)], "bob", "cat", "eve", nth=1)
    refusal = OperationNotVetoable(id=scene.id_of(alone), state=scene.lane(alone[1])[1].pack())
    scene.refuses(refusal, lambda: scene.send("eve", "veto", alone[1], scene.id_of(alone)))


def test_approve__batch_with_a_seat_call__wants_seasoned_members(scene: Scene) -> None:
    """Seat operations ask for no seasoning; a batch that contains one does."""
    fay = scene.newcomer("fay")
    batch = scene.published("ann", [seat_call(scene), call(to=THIEF, value=LOOT)])
    seasoned_at = scene.member("fay").seasoned_at
    signed = scene.sign_published("fay", batch)
    refusal = ApprovalUnseasoned(seat=scene.seat("fay"), seasoned_at=seasoned_at, now_=scene.next_time())
    scene.refuses(refusal, lambda: scene.approve(batch, [signed]))
    alone = scene.published("ann", [seat_call(scene)], nth=1)
    scene.give(alone, fay.name)


def test_execute__seat_call_that_carries_value__is_refused_and_moves_nothing(scene: Scene) -> None:
    target, _, data = seat_call(scene)
    operation = scene.ready("ann", [(target, LOOT, data)], "bob", "cat", "eve")
    before = scene.member("dan")
    scene.refuses(CallFailed(index=0, reason=b""), lambda: scene.execute("bob", operation))
    assert (scene.member("dan"), scene.chain.balance(scene.vault)) == (before, 1_000 * ETHER)


@pytest.mark.parametrize("size", [4, 35])
def test_propose__seat_call_without_a_whole_subject__is_no_seat_operation(scene: Scene, size: int) -> None:
    target, value, data = seat_call(scene)
    assert_ordinary(scene, scene.published("ann", [(target, value, data[:size])]))


def test_execute__seat_call_with_a_subject_only__is_a_seat_operation_that_fails(scene: Scene) -> None:
    target, value, data = seat_call(scene)
    operation = scene.ready("ann", [(target, value, data[:36])], "bob", "cat", "eve")
    assert scene.lane(operation[1])[1].seat_operation
    scene.refuses(CallFailed(index=0, reason=b""), lambda: scene.execute("bob", operation))


def test_execute__seat_call_whose_subject_has_dirty_bits__never_executes(scene: Scene) -> None:
    """The subject is read without the 12 bytes before it: whoever objects must not take dan for another."""
    target, value, data = seat_call(scene)
    dirty = data[:4] + b"\x01" + data[5:]
    operation = scene.waiting("ann", [(target, value, dirty)], "bob", "cat", "eve")
    refusal = MemberIsSubject(member=scene.address("dan"))
    scene.refuses(refusal, lambda: scene.send("dan", "object", operation))
    scene.pass_to_ready(operation)
    scene.refuses(CallFailed(index=0, reason=b""), lambda: scene.execute("bob", operation))


@pytest.mark.parametrize("tail", [b"\xff", bytes(20_000)])
def test_execute__seat_call_with_bytes_behind_it__does_what_it_says(scene: Scene, tail: bytes) -> None:
    """Bytes that no function reads make no difference but in the id; the whole of them is in the event."""
    target, value, data = seat_call(scene)
    operation = scene.ready("ann", [(target, value, data + tail)], "bob", "cat", "eve")
    assert scene.lane(operation[1])[1].seat_operation
    scene.must(scene.execute("bob", operation))
    assert scene.member("dan").roles == BOTH


def test_propose__seat_functions_selector_at_another_target__is_no_seat_operation(
    anvil: Anvil, scene: Scene
) -> None:
    """A contract of the thief's with the same function: its single call may do anything."""
    answerer = compiled.deploy(anvil, "Answerer")
    assert_ordinary(scene, scene.waiting("ann", [call(to=answerer, data=seat_call(scene)[2])]))


@pytest.mark.parametrize(
    "function", ["setTiers", "setAsset", "setCounterparty", "execute", "propose", "founding", "receive"]
)
def test_propose__single_call_to_the_vault_that_is_about_no_seat__can_be_vetoed(
    scene: Scene, function: str
) -> None:
    data = {
        "setTiers": data_of("setTiers", [0, 0, 0, 0], 3),
        "setAsset": data_of("setAsset", THIEF, 0),
        "setCounterparty": data_of("setCounterparty", THIEF, 3),
        "execute": data_of("execute", ([call(to=THIEF, value=LOOT)], 0, 1, 0)),
        "propose": data_of("propose", ([call(to=THIEF, value=LOOT)], 0, 1, 0), []),
        "founding": data_of("founding") + bytes(64),
        "receive": b"",
    }[function]
    assert_ordinary(scene, scene.waiting("ann", [call(to=scene.vault, data=data)]))


def test_execute__every_seat_operation__moves_no_asset(scene: Scene) -> None:
    """What cannot be vetoed must not be able to pay anybody, not even by its failure."""
    dan, eve, here = scene.address("dan"), scene.address("eve"), HERE.pack()
    new = scene.add(Actor.new("dan's new key", Role.APPROVER))
    scene.must(scene.send("eve", "suspend", eve))
    acts: list[tuple[str, tuple[object, ...], str]] = [
        ("addMember", (THIEF, 9, int(Role.AUDITOR), here), "dan"),
        ("reinstateMember", (eve,), "dan"),
        ("setRoles", (dan, int(BOTH)), "eve"),
        ("setAttributes", (dan, here), "eve"),
        ("replaceMember", (dan, new.address, new.person, here), "eve"),
        ("removeMember", (eve,), new.name),
    ]
    before = scene.chain.balance(scene.vault)
    for nth, (function, arguments, third) in enumerate(acts):
        operation = scene.seat_operation("ann", function, *arguments, nth=nth)
        scene.give(operation, "bob", "cat", third)
        scene.pass_to_ready(operation)
        scene.must(scene.execute("ann", operation))
    assert scene.chain.balance(scene.vault) == before
    assert scene.chain.balance(THIEF) == scene.chain.balance(dan) == scene.chain.balance(new.address) == 0
