"""What the vault says about itself, without changing anything."""

from __future__ import annotations

import pytest
from eth_account.messages import encode_typed_data
from eth_hash.auto import keccak

from tests.anvil import CHAIN_ID
from tests.contracts.groups import addition, holder_words
from tests.contracts.scene import CAST, HERE, PAYEE, ROUTINE_CALL, STANDARD_CALL, Scene, usual_scene
from tests.frost.group import Group
from tests.stage import STRANGER, Operation, call
from verifier.model.lane import EMPTY_LANE
from verifier.model.life import Status
from verifier.model.member import STRANGER as NOBODY_KNOWN
from verifier.model.tier import Tier
from verifier.model.units import Timestamp

OPERATION_TYPES = {
    "Call": [
        {"name": "target", "type": "address"},
        {"name": "value", "type": "uint256"},
        {"name": "data", "type": "bytes"},
    ],
    "Operation": [
        {"name": "calls", "type": "Call[]"},
        {"name": "lane", "type": "uint16"},
        {"name": "sequence", "type": "uint32"},
        {"name": "approveBy", "type": "uint40"},
    ],
    "Approve": [
        {"name": "operation", "type": "Operation"},
        {"name": "publication", "type": "uint64"},
    ],
    "EIP712Domain": [
        {"name": "name", "type": "string"},
        {"name": "version", "type": "string"},
        {"name": "chainId", "type": "uint256"},
        {"name": "verifyingContract", "type": "address"},
    ],
}
OPERATIONS: list[Operation] = [
    ([], 0, 0, 0),
    ([ROUTINE_CALL], 0, 1, 1_700_000_000),
    ([ROUTINE_CALL, STANDARD_CALL, call(to=STRANGER, value=2**256 - 1, data=bytes(range(256)))], 511, 7, 1),
    ([call(to=PAYEE, data=b"\x01" * 31)] * 40, 65_535, 2**32 - 1, 2**40 - 1),
]


def digest_by_the_standard(scene: Scene, operation: Operation, publication: int) -> bytes:
    """Return the digest that a wallet would make, by eth-account's encoder."""
    calls, lane, sequence, approve_by = operation
    message = encode_typed_data(
        full_message={
            "types": OPERATION_TYPES,
            "primaryType": "Approve",
            "domain": {
                "name": "Fourth Signer",
                "version": "1",
                "chainId": CHAIN_ID,
                "verifyingContract": "0x" + scene.vault.hex(),
            },
            "message": {
                "operation": {
                    "calls": [{"target": "0x" + t.hex(), "value": v, "data": d} for t, v, d in calls],
                    "lane": lane,
                    "sequence": sequence,
                    "approveBy": approve_by,
                },
                "publication": publication,
            },
        }
    )
    return keccak(b"\x19" + message.version + message.header + message.body)


@pytest.mark.parametrize("operation", OPERATIONS, ids=["empty", "one call", "three calls", "largest numbers"])
@pytest.mark.parametrize("publication", [0, 1, 2**64 - 1])
def test_approval_digest__of_any_operation__is_the_one_that_a_wallet_makes(
    scene: Scene, operation: Operation, publication: int
) -> None:
    (found,) = scene.read("approvalDigest", scene.id_of(operation), publication)
    assert found == digest_by_the_standard(scene, operation, publication)


def test_id_of__operations_that_differ_in_one_thing__differ(scene: Scene) -> None:
    calls, lane, sequence, approve_by = OPERATIONS[1]
    ((target, value, data),) = calls
    others: list[Operation] = [
        (calls, lane, sequence, approve_by),
        (calls, lane + 1, sequence, approve_by),
        (calls, lane, sequence + 1, approve_by),
        (calls, lane, sequence, approve_by + 1),
        ([(STRANGER, value, data)], lane, sequence, approve_by),
        ([(target, value + 1, data)], lane, sequence, approve_by),
        ([(target, value, b"\x00")], lane, sequence, approve_by),
        ([(target, value, b"\x00\x00")], lane, sequence, approve_by),
        ([*calls, *calls], lane, sequence, approve_by),
        ([], lane, sequence, approve_by),
    ]
    assert len({scene.id_of(operation) for operation in others}) == len(others)


def test_id_of__the_same_operation_in_another_vault__is_the_same_and_the_digest_is_not(scene: Scene) -> None:
    other = usual_scene(scene.chain)
    assert other.id_of(OPERATIONS[1]) == scene.id_of(OPERATIONS[1])
    mine, theirs = (s.read("approvalDigest", s.id_of(OPERATIONS[1]), 0) for s in (scene, other))
    assert mine != theirs


@pytest.mark.parametrize("index", [0, 511, 512, 2**256 - 1])
def test_lane__that_never_held_anything__is_empty(scene: Scene, index: int) -> None:
    assert scene.lane(index) == (bytes(32), EMPTY_LANE, Status.UNKNOWN)


def test_lane__over_time__says_the_status_by_the_clock(scene: Scene) -> None:
    operation = scene.waiting("ann", [ROUTINE_CALL])
    operation_id, state, _ = scene.lane(0)
    for moment, status in (
        (state.moment - 1, Status.WAITING),
        (state.moment, Status.READY),
        (state.expires_at, Status.READY),
        (state.expires_at + 1, Status.EXPIRED),
    ):
        scene.chain.set_time(moment)
        # What is stored stays as it was.
        assert scene.lane(0) == (operation_id, state, status)
        assert state.status_at(Timestamp(scene.chain.now())) is status
    assert scene.status(operation) is Status.EXPIRED


@pytest.mark.parametrize("account", [STRANGER, bytes(20), PAYEE])
def test_member_of__a_stranger__is_nothing(scene: Scene, account: bytes) -> None:
    assert scene.member(account) == NOBODY_KNOWN


@pytest.mark.parametrize("index", [7, 63, 64, 255, 2**256 - 1])
def test_seat__where_nobody_sits__is_empty(scene: Scene, index: int) -> None:
    assert scene.read("seat", index) == ("0x" + bytes(20).hex(),)


def test_seats__from_0_to_63__are_all_the_members_there_are(scene: Scene) -> None:
    scene.newcomer("fay")
    scene.must_change("removeMember", scene.address("amy"))
    scene.must(scene.send("eve", "suspend", scene.address("eve")))
    seated = {bytes.fromhex(scene.read("seat", index)[0][2:]) for index in range(64)} - {bytes(20)}
    known = {actor.address for actor in scene.actors.values()}
    assert seated == {account for account in known if scene.member(account).is_seated}
    assert len(seated) == 7


# ------------------------------------------------------------------------------------------------------------- Persons


def persons_in(scene: Scene, seat: int) -> tuple[int, ...]:
    (persons,) = scene.read("personsIn", seat)
    return tuple(persons)


def acting_for(scene: Scene, person: int) -> bytes:
    return bytes.fromhex(scene.read("memberOfPerson", person)[0][2:])


def test_persons__of_members__lead_to_their_seats_and_back(scene: Scene) -> None:
    for seat, actor in enumerate(CAST):
        assert persons_in(scene, seat) == (actor.person,)
        assert acting_for(scene, actor.person) == actor.address
    # Whoever is suspended still has both.
    scene.must(scene.send("eve", "suspend", scene.address("eve")))
    assert persons_in(scene, 4) == (scene.member("eve").person,)
    assert acting_for(scene, scene.member("eve").person) == scene.address("eve")


@pytest.mark.parametrize("seat", [7, 63, 64, 255])
def test_persons_in__a_seat_where_nobody_sits__is_the_number_that_nobody_has(scene: Scene, seat: int) -> None:
    assert persons_in(scene, seat) == (0,)


@pytest.mark.parametrize("person", [0, 1, 2**32 - 1, 2**256 - 1])
def test_member_of_person__who_is_not_there__is_nobody(scene: Scene, person: int) -> None:
    assert acting_for(scene, person) == bytes(20)


def test_persons__of_whoever_left__are_free(scene: Scene) -> None:
    amy, eve = scene.member("amy").person, scene.member("eve").person
    scene.must_change("removeMember", scene.address("amy"))
    assert (acting_for(scene, amy), persons_in(scene, 6)) == (bytes(20), (0,))
    scene.must_change("replaceMember", scene.address("eve"), STRANGER, 9, HERE.pack())
    assert (acting_for(scene, eve), acting_for(scene, 9)) == (bytes(20), STRANGER)
    assert persons_in(scene, scene.member(STRANGER).seat) == (9,)


def test_persons__of_a_group__are_all_its_holders(scene: Scene) -> None:
    owls = Group.new("owls")
    holders = tuple(range(100, 120))
    scene.must_change("addGroup", *addition(scene, owls, holders))
    assert persons_in(scene, scene.member(owls.account).seat) == holders
    assert {acting_for(scene, person) for person in holders} == {owls.account}
    scene.must_change("setHolders", owls.account, holder_words(holders[1:]))
    assert acting_for(scene, holders[0]) == bytes(20)
    assert persons_in(scene, scene.member(owls.account).seat) == holders[1:]


# ----------------------------------------------------------------------------------------------------------------- Tier


def test_tier_of__calls__does_not_hang_on_lane_sequence_or_time(scene: Scene) -> None:
    for lane, sequence, approve_by in ((0, 0, 0), (511, 7, 1), (65_535, 2**32 - 1, 2**40 - 1)):
        found = scene.read("tierOf", ([STANDARD_CALL], lane, sequence, approve_by))
        assert found == (Tier.STANDARD,)
