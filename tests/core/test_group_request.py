"""What a group is asked: one way to write it, the digests of the vault's own messages, and what is not what it says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from tests.frost.group import Group
from verifier.decode.content import UnfitError
from verifier.desk.group_request import (
    address_of_group,
    digest_of_request,
    encode_request,
    parse_request,
)
from verifier.desk.group_signing import find_forgery
from verifier.model.address import Address
from verifier.model.group_request import GroupRequest, Purpose
from verifier.model.member import Role
from verifier.model.operation import Call, Operation, Publication
from verifier.model.units import ChainId, Epoch, LaneIndex, MemberIndex, Person, Sequence, Timestamp, Wei
from verifier.sign.typed import approve_digest, id_of

OWLS = Group.new("owls")
VAULT = Address(bytes.fromhex("ab" * 20))
OPERATION = Operation(
    calls=(
        Call(target=Address(bytes.fromhex("cd" * 20)), value=Wei(7), data=b""),
        Call(target=VAULT, value=Wei(0), data=bytes.fromhex("a9059cbb") + bytes(64)),
    ),
    lane=LaneIndex(3),
    sequence=Sequence(12),
    approve_by=Timestamp(1_800_000_000),
)
PUBLISHED = Publication.unpack(0x1234_5678_9ABC_DEF0)


def request(purpose: Purpose, **more: Any) -> GroupRequest:
    return GroupRequest(purpose=purpose, chain_id=ChainId(1), vault=VAULT, **more)


def about(purpose: Purpose, **more: Any) -> GroupRequest:
    return request(purpose, operation=OPERATION, publication=PUBLISHED, **more)


REQUESTS = [
    about(Purpose.APPROVE),
    about(Purpose.EXPEDITE, ready_at=Timestamp(1_700_000_000)),
    about(Purpose.VETO),
    about(Purpose.WITHDRAW),
    request(Purpose.SUSPEND_SELF, seat=MemberIndex(5), roster_epoch=Epoch(9)),
    request(Purpose.REGISTER, roles=Role.APPROVER, persons=(Person(3), Person(8))),
]


@pytest.mark.parametrize("one", REQUESTS, ids=lambda one: str(one.purpose))
def test_parse__what_was_written__the_same(one: GroupRequest) -> None:
    written = encode_request(one)
    assert parse_request(written) == one
    spaced = json.dumps(json.loads(written)).encode()
    with pytest.raises(UnfitError, match="one way"):
        parse_request(spaced)


def test_digest__of_each_purpose__another() -> None:
    assert len({digest_of_request(one, OWLS.compressed) for one in REQUESTS}) == len(REQUESTS)


def test_digest__of_an_approval__the_one_that_every_member_signs() -> None:
    expected = approve_digest(id_of(OPERATION), PUBLISHED, chain_id=ChainId(1), vault=VAULT)
    assert digest_of_request(REQUESTS[0], OWLS.compressed) == expected


def test_digest__of_a_registration__as_eth_abi_makes_it() -> None:
    domain = encode(
        ["bytes32", "bytes32", "bytes32", "uint256", "address"],
        [
            keccak(b"EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
            keccak(b"Fourth Signer"),
            keccak(b"1"),
            1,
            VAULT,
        ],
    )
    holders = keccak(encode(["uint256[3]"], [[3 | 8 << 32, 0, 0]]))
    kind = keccak(b"RegisterGroup(address group,uint256 roles,uint256[3] holders)")
    message = encode(["bytes32", "address", "uint256", "bytes32"], [kind, OWLS.account, 2, holders])
    expected = keccak(b"\x19\x01" + keccak(domain) + keccak(message))
    assert digest_of_request(REQUESTS[-1], OWLS.compressed) == expected
    assert address_of_group(OWLS.compressed) == OWLS.account


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"for": "Transfer"},
        {"chain": -1},
        {"chain": True},
        {"vault": "0x12"},
        {"publication": "0x" + "f" * 17},
        {"operation": {}},
        {"operation": {"calls": 7, "lane": 1, "sequence": 1, "approve_by": 1}},
        {"operation": {"calls": [["0x12", "0", "0x"]], "lane": 1, "sequence": 1, "approve_by": 1}},
        {"more": 1},
    ],
)
def test_parse__not_what_it_should_be__refused(change: dict[str, Any]) -> None:
    found = json.loads(encode_request(REQUESTS[0])) | change
    with pytest.raises(UnfitError):
        parse_request(json.dumps(found, sort_keys=True, separators=(",", ":")).encode())


@pytest.mark.parametrize("persons", [[], [3, 3], [8, 3], [0, 1], list(range(1, 22))])
def test_parse__persons_that_no_group_has__refused(persons: list[int]) -> None:
    found = json.loads(encode_request(REQUESTS[-1])) | {"persons": persons}
    with pytest.raises(UnfitError):
        parse_request(json.dumps(found, sort_keys=True, separators=(",", ":")).encode())


def test_find_forgery__digest_of_another_request__found() -> None:
    digest = digest_of_request(REQUESTS[0], OWLS.compressed)
    assert find_forgery(REQUESTS[0], digest, OWLS.compressed) is None
    for other in REQUESTS[1:]:
        assert find_forgery(other, digest, OWLS.compressed) is not None
    ravens = Group.new("ravens").compressed
    registered = digest_of_request(REQUESTS[-1], OWLS.compressed)
    assert find_forgery(REQUESTS[-1], registered, ravens) is not None
