"""addGroup: a key that no single person has takes a seat, with a proof of it and with the persons who hold it."""

from __future__ import annotations

from typing import Any, Final

import pytest
from eth_hash.auto import keccak

from tests.anvil import Outcome
from tests.contracts.groups import REGISTER_GROUP, addition, holder_words, registration, typed_digest
from tests.contracts.scene import PAYEE, QUORUM, Scene
from tests.contracts.schnorr import first_point
from tests.contracts.seated_groups import HOLDERS, OTHERS, OWLS, RAVENS, seat_group
from tests.frost.group import Group, Words
from tests.frost.reference import ORDER, PRIME, word
from tests.stage import DAY, STRANGER, Approval, as_words
from verifier.errors.members import (
    GroupKeyInvalid,
    MemberAddressInvalid,
    MemberRolesInvalid,
)
from verifier.errors.settings import CounterpartyInvalid
from verifier.model.life import Status
from verifier.model.member import Kind, MemberStatus, Role
from verifier.model.tier import Tier

SEASONING: Final = 90 * DAY
# One whose point has an even y, and one whose has an odd one.
EVEN: Final = next(group for i in range(9) if (group := Group.new(f"group {i}")).prefix == 2)
ODD: Final = next(group for i in range(9) if (group := Group.new(f"group {i}")).prefix == 3)


def text(account: bytes) -> str:
    return "0x" + account.hex()


def add(scene: Scene, group: Group = OWLS, **others: Any) -> Outcome:
    """Try to bring in a group, with some of the arguments not as they should be."""
    names = ("account", "x", "y", "roles", "holders", "proof")
    arguments = dict(zip(names, addition(scene, group, HOLDERS), strict=True)) | others
    return scene.change("addGroup", *arguments.values())


def proof_of(signature: Words) -> tuple[int, bytes, bytes]:
    entry: Approval = (0, 0, signature)
    return as_words(entry)


def bad_key(x: int, y: int, group: bytes = OWLS.account) -> GroupKeyInvalid:
    return GroupKeyInvalid(group=group, x=x, y=y)


# ------------------------------------------------------------------------------------------------- What it looks like


@pytest.mark.parametrize("group", [EVEN, ODD], ids=["even", "odd"])
@pytest.mark.parametrize("roles", [Role.APPROVER, Role.APPROVER | Role.SECURITY])
def test_add_group__with_a_proof__seats_it_unseasoned_without_person_or_attributes(
    scene: Scene, group: Group, roles: Role
) -> None:
    before = scene.roster()
    outcome = scene.must_change("addGroup", *addition(scene, group, HOLDERS, roles))
    record = scene.member(group.account)
    assert (record.seat, record.seated_in_block) == (7, outcome.block)
    assert record.kind is (Kind.FROST_EVEN if group is EVEN else Kind.FROST_ODD)
    assert (record.status, record.roles) == (MemberStatus.ACTIVE, roles)
    assert record.seasoned_at == scene.chain.now() + SEASONING
    assert (record.person, record.attributes.pack()) == (0, 0)
    after = scene.roster()
    assert after.approvers == before.approvers | {record.seat}
    assert after.security == before.security | ({record.seat} if roles & Role.SECURITY else set())
    assert (after.proposers, after.epoch) == (before.proposers, before.epoch + 1)
    assert scene.read("seat", 7) == (text(group.account),)


def test_add_group__with_holders__lets_all_of_them_sit_for_it(scene: Scene) -> None:
    seat = seat_group(scene)
    assert scene.read("personsIn", seat) == (HOLDERS,)
    for person in HOLDERS:
        assert scene.read("memberOfPerson", person) == (text(OWLS.account),)
    assert scene.read("memberOfPerson", 104) == (text(bytes(20)),)
    assert scene.read("personsIn", scene.seat("bob")) == ((scene.actors["bob"].person,),)


def test_add_group__as_an_operation__is_a_seat_operation_about_the_group(scene: Scene) -> None:
    operation = scene.to_itself("ann", "addGroup", *addition(scene, OWLS, HOLDERS))
    scene.must(scene.propose("ann", operation))
    lane = scene.lane(0)[1]
    assert (lane.tier, lane.seat_operation) == (Tier.CUSTODY, True)
    scene.give(operation, *QUORUM)
    scene.pass_to_ready(operation)
    assert scene.status(operation) is Status.READY
    scene.must(scene.execute("ann", operation))
    assert scene.member(OWLS.account).status is MemberStatus.ACTIVE


def test_add_group__that_was_objected_to__needs_the_supermajority(scene: Scene) -> None:
    operation = scene.to_itself("ann", "addGroup", *addition(scene, OWLS, HOLDERS))
    scene.must(scene.propose("ann", operation))
    scene.give(operation, *QUORUM)
    scene.must(scene.send("gus", "object", operation))
    assert scene.status(operation) is Status.PROPOSED
    scene.give(operation, "eve")
    assert scene.status(operation) is Status.WAITING


# --------------------------------------------------------------------------------------------------- Not this key


def keys_that_are_none() -> dict[str, tuple[int, int]]:
    far, even_y = first_point(ORDER)
    return {
        "y one off": (OWLS.x, OWLS.y + 1),
        "x one off": (OWLS.x + 1, OWLS.y),
        "swapped": (OWLS.y, OWLS.x),
        "the other y": (OWLS.x, PRIME - OWLS.y),
        "another group's": (RAVENS.x, RAVENS.y),
        "zero": (0, 0),
        "y of zero": (OWLS.x, 0),
        "largest words": (2**256 - 1, 2**256 - 1),
        "y beyond the prime": (OWLS.x, PRIME),
        "x beyond the order": (far, even_y),
    }


@pytest.mark.parametrize("what", keys_that_are_none())
def test_add_group__with_what_is_not_its_key__is_refused(scene: Scene, what: str) -> None:
    x, y = keys_that_are_none()[what]
    scene.refuses(bad_key(x, y), lambda: add(scene, x=x, y=y))
    scene.must(add(scene))


def test_add_group__with_a_point_beyond_the_order_and_its_address__is_refused(scene: Scene) -> None:
    """Such a key is on the curve, and `ecrecover` would not take it. Nobody is known to have one."""
    x, y = first_point(ORDER)
    account = keccak(word(x) + word(y))[12:]
    scene.refuses(bad_key(x, y, account), lambda: add(scene, account=account, x=x, y=y))


@pytest.mark.parametrize(
    "account", [STRANGER, bytes(20), RAVENS.account], ids=["another", "none", "a group's"]
)
def test_add_group__under_another_address__is_refused(scene: Scene, account: bytes) -> None:
    holders = holder_words(HOLDERS)
    proof = proof_of(OWLS.sign(registration(scene.vault, account, 2, holders)))
    because = bad_key(OWLS.x, OWLS.y, account)
    scene.refuses(because, lambda: add(scene, account=account, proof=proof))


# ------------------------------------------------------------------------------------------------------ Not this proof


def proofs_of_something_else(scene: Scene) -> dict[str, Words]:
    vault, account, holders = scene.vault, OWLS.account, holder_words(HOLDERS)
    digest = registration(vault, account, 2, holders)
    r, z, v = OWLS.sign(digest)
    members = keccak(b"".join(word(each) for each in holders))
    about = [account, 2, members]
    types = ["address", "uint256", "bytes32"]
    secret_z = int.from_bytes(z, "big")
    return {
        "other roles": OWLS.sign(registration(vault, account, 6, holders)),
        "other holders": OWLS.sign(registration(vault, account, 2, holder_words(OTHERS))),
        "other group": OWLS.sign(registration(vault, RAVENS.account, 2, holders)),
        "other vault": OWLS.sign(registration(STRANGER, account, 2, holders)),
        "other chain": OWLS.sign(typed_digest(vault, REGISTER_GROUP, types, about, chain_id=1)),
        "other message": OWLS.sign(typed_digest(vault, b"Veto(bytes32 id)", ["bytes32"], [members])),
        "bare hash": OWLS.sign(members),
        "other signer": RAVENS.sign(digest),
        "nothing": (bytes(32), bytes(32), bytes(32)),
        "no z": (r, bytes(32), v),
        "no R": (bytes(32), z, v),
        "z of the order": (r, word(ORDER), v),
        "other z": (r, word((secret_z + 1) % ORDER), v),
        "negative z": (r, word(ORDER - secret_z), v),
        "other R": (word(int.from_bytes(r, "big") ^ 1), z, v),
        "R beyond the prime": (word(PRIME), z, v),
        "the other y of R": (r, z, word(int.from_bytes(v, "big") ^ 1)),
        "prefix 0": (r, z, word(0)),
        "prefix 4": (r, z, word(4)),
        "ECDSA's v": (r, z, word(27)),
        # By the key itself, as an account would sign it.
        "ECDSA": ecdsa(digest),
    }


def ecdsa(digest: bytes) -> Words:
    v, r, s = OWLS.key.sign_msg_hash(digest).vrs
    return word(r), word(s), word(v + 27)


PROOFS: Final = (
    "other roles", "other holders", "other group", "other vault", "other chain", "other message", "bare hash",
    "other signer", "nothing", "no z", "no R", "z of the order", "other z", "negative z", "other R",
    "R beyond the prime", "the other y of R", "prefix 0", "prefix 4", "ECDSA's v", "ECDSA",
)  # fmt: skip


@pytest.mark.parametrize("what", PROOFS)
def test_add_group__with_a_proof_of_something_else__is_refused(scene: Scene, what: str) -> None:
    proofs = proofs_of_something_else(scene)
    assert set(proofs) == set(PROOFS)
    scene.refuses(bad_key(OWLS.x, OWLS.y), lambda: add(scene, proof=proof_of(proofs[what])))
    scene.must(add(scene))


def test_add_group__with_seat_and_publication_in_the_proof__passes_over_them(scene: Scene) -> None:
    """Nobody sits yet, and nothing was published: only v counts of the head."""
    head, r, z = addition(scene, OWLS, HOLDERS)[5]
    scene.must(add(scene, proof=(head | 63 << 8 | (2**64 - 1) << 16, r, z)))


# -------------------------------------------------------------------------------------------------------- Not as this


@pytest.mark.parametrize(
    "roles",
    [0, 1, 3, 4, 8, 10, 14, 16, 18, 32, 34, 63, 64, 66, 1 << 8 | 2, 2**255 + 2],
)
def test_add_group__as_anything_but_an_approver__is_refused(scene: Scene, roles: int) -> None:
    holders = holder_words(HOLDERS)
    proof = proof_of(OWLS.sign(registration(scene.vault, OWLS.account, roles, holders)))
    scene.refuses(MemberRolesInvalid(roles=roles), lambda: add(scene, roles=roles, proof=proof))
    scene.must(add(scene))


def test_add_group__twice__is_refused(scene: Scene) -> None:
    seat_group(scene)
    refusal = MemberAddressInvalid(member=OWLS.account)
    scene.refuses(refusal, lambda: scene.change("addGroup", *addition(scene, OWLS, OTHERS)))


def test_add_group__that_was_removed__is_refused_for_ever(scene: Scene) -> None:
    seat_group(scene)
    scene.must_change("removeMember", OWLS.account)
    scene.chain.set_time(scene.chain.now() + 1_000 * DAY)
    scene.refuses(MemberAddressInvalid(member=OWLS.account), lambda: add(scene))
    scene.must_change("addGroup", *addition(scene, RAVENS, HOLDERS))


def test_add_group__at_the_address_of_a_member__is_refused(scene: Scene) -> None:
    """An account whose key is somebody's already is no group's, even if they prove that they have it."""
    ann = scene.actors["ann"]
    group = Group(name="ann", key=ann.key)
    refusal = MemberAddressInvalid(member=ann.address)
    scene.refuses(refusal, lambda: add(scene, group))


def test_add_group__at_an_address_with_code__is_refused(scene: Scene) -> None:
    with scene.chain.isolate():
        scene.chain.set_code(OWLS.account, b"\0")
        scene.refuses(MemberAddressInvalid(member=OWLS.account), lambda: add(scene))
    scene.must(add(scene))


@pytest.mark.parametrize("uses", [1, 2, 3])
def test_add_group__at_the_address_of_a_counterparty__is_refused(scene: Scene, uses: int) -> None:
    scene.must_change("setCounterparty", OWLS.account, uses)
    scene.refuses(CounterpartyInvalid(account=OWLS.account, uses=uses), lambda: add(scene))
    scene.must_change("setCounterparty", OWLS.account, 0)
    scene.must(add(scene))
    refusal = CounterpartyInvalid(account=OWLS.account, uses=uses)
    scene.refuses(refusal, lambda: scene.change("setCounterparty", OWLS.account, uses))
    scene.must_change("setCounterparty", PAYEE, uses)
