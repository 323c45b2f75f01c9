"""A request to a group as bytes, in one way to write it (canonical JSON), and the digest that its holders sign for it.

{"chain":1,"for":"Approve","operation":{...},"publication":"0x...","vault":"0x...","version":1}
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from eth_hash.auto import keccak

from verifier.decode.content import UnfitError, parse_json
from verifier.errors import InputError
from verifier.model.address import Address
from verifier.model.group import pack_holders
from verifier.model.group_request import ABOUT_OPERATION, GroupRequest, Purpose
from verifier.model.limits import MAX_HOLDERS
from verifier.model.member import Role
from verifier.model.operation import Call, Operation, Publication
from verifier.model.units import ChainId, Epoch, LaneIndex, MemberIndex, Person, Sequence, Timestamp, Wei
from verifier.sign.schnorr import lift
from verifier.sign.typed import (
    approve_hash,
    digest_of,
    expedite_hash,
    id_of,
    register_group_hash,
    suspend_self_hash,
    veto_hash,
    withdraw_hash,
)

VERSION: Final = 1
_MOST_CALLS: Final = 64


def address_of_group(point: bytes) -> Address:
    """Return the address that a group has as a member: the hash of its point, 33 bytes compressed.

    :raises UnfitError: it is no point.
    """
    lifted = lift(point[0], int.from_bytes(point[1:], "big")) if len(point) == 33 else None
    if lifted is None:
        raise UnfitError("the group's key is no point")
    x, y = lifted
    return Address(keccak(x.to_bytes(32, "big") + y.to_bytes(32, "big"))[12:])


def digest_of_request(request: GroupRequest, point: bytes) -> bytes:
    """Return the 32 bytes that the holders sign.

    :param point: the group's key, as the holder knows it
    """
    return digest_of(_struct(request, point), chain_id=request.chain_id, vault=request.vault)


def _struct(request: GroupRequest, point: bytes) -> bytes:
    if request.purpose is Purpose.SUSPEND_SELF:
        return suspend_self_hash(_there(request.seat), _there(request.roster_epoch))
    if request.purpose is Purpose.REGISTER:
        holders = pack_holders(_there(request.persons))
        return register_group_hash(address_of_group(point), int(_there(request.roles)), holders)
    operation_id, publication = id_of(_there(request.operation)), _there(request.publication)
    match request.purpose:
        case Purpose.APPROVE:
            return approve_hash(operation_id, publication)
        case Purpose.EXPEDITE:
            return expedite_hash(operation_id, publication, _there(request.ready_at))
        case Purpose.VETO:
            return veto_hash(operation_id)
        case Purpose.WITHDRAW:
            return withdraw_hash(operation_id, publication)


def encode_request(request: GroupRequest) -> bytes:
    """Return a request as it travels."""
    content: dict[str, Any] = {
        "version": VERSION,
        "for": request.purpose.value,
        "chain": int(request.chain_id),
        "vault": str(request.vault),
    }
    if request.purpose in ABOUT_OPERATION:
        content["operation"] = _written(_there(request.operation))
        content["publication"] = str(_there(request.publication))
    if request.purpose is Purpose.EXPEDITE:
        content["ready_at"] = int(_there(request.ready_at))
    if request.purpose is Purpose.SUSPEND_SELF:
        content |= {"seat": int(_there(request.seat)), "epoch": int(_there(request.roster_epoch))}
    if request.purpose is Purpose.REGISTER:
        content |= {"roles": int(_there(request.roles)), "persons": [*map(int, _there(request.persons))]}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def parse_request(written: bytes) -> GroupRequest:
    """Return what is asked.

    :raises UnfitError: it is none, of another version, or not in the one way to write it.
    """
    found = parse_json(written)
    if not isinstance(found, dict) or found.get("version") != VERSION:
        raise UnfitError("it is no request to a group, or of another version")
    try:
        request = _read(found)
    except (KeyError, TypeError, ValueError, OverflowError) as exc:
        raise UnfitError("a part of the request is missing, or is not what it should be") from exc
    except InputError as exc:
        raise UnfitError(exc.sentence().rstrip(".")) from exc
    if encode_request(request) != written:
        raise UnfitError("it is not written in the one way in which it may be")
    return request


def _read(found: Mapping[str, Any]) -> GroupRequest:
    purpose = Purpose(found["for"])
    is_operation = purpose in ABOUT_OPERATION
    persons = tuple(Person(int(each)) for each in found["persons"]) if purpose is Purpose.REGISTER else None
    if persons is not None and not (
        0 < len(persons) <= MAX_HOLDERS and list(persons) == sorted(set(persons))
    ):
        raise ValueError
    if persons is not None and not all(0 < person < 1 << 32 for person in persons):
        raise ValueError
    is_suspension = purpose is Purpose.SUSPEND_SELF
    return GroupRequest(
        purpose=purpose,
        chain_id=ChainId(_number(found["chain"], 64)),
        vault=Address.parse(found["vault"]),
        operation=_operation(found["operation"]) if is_operation else None,
        publication=Publication.unpack(int(found["publication"], 16)) if is_operation else None,
        ready_at=Timestamp(_number(found["ready_at"], 40)) if purpose is Purpose.EXPEDITE else None,
        seat=MemberIndex(_number(found["seat"], 6)) if is_suspension else None,
        roster_epoch=Epoch(_number(found["epoch"], 32)) if is_suspension else None,
        roles=Role(_number(found["roles"], 6)) if purpose is Purpose.REGISTER else None,
        persons=persons,
    )


def _written(operation: Operation) -> dict[str, Any]:
    return {
        "calls": [
            [str(call.target), str(int(call.value)), "0x" + call.data.hex()] for call in operation.calls
        ],
        "lane": int(operation.lane),
        "sequence": int(operation.sequence),
        "approve_by": int(operation.approve_by),
    }


def _operation(found: Mapping[str, Any]) -> Operation:
    if len(found["calls"]) > _MOST_CALLS:
        raise ValueError
    calls = tuple(
        Call(
            target=Address.parse(target),
            value=Wei(_number(int(value), 256)),
            data=bytes.fromhex(data.removeprefix("0x")),
        )
        for target, value, data in found["calls"]
    )
    return Operation(
        calls=calls,
        lane=LaneIndex(_number(found["lane"], 16)),
        sequence=Sequence(_number(found["sequence"], 32)),
        approve_by=Timestamp(_number(found["approve_by"], 40)),
    )


def _number(value: Any, bits: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << bits:
        raise ValueError
    return value


def _there(value: Any) -> Any:
    """Return what its purpose says is there."""
    if value is None:
        raise ValueError("a request lacks what its purpose needs")
    return value
