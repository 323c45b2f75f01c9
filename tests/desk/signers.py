"""The small vault of `tests.desk.fakes` with members who have real keys, and a desk at which one of them signs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from eth_hash.auto import keccak
from eth_keys.datatypes import PrivateKey

from tests.desk.fakes import (
    NO_BYPASSES,
    FakeClock,
    FakeReader,
    group,
    head,
    lane_of,
    operation,
    reading,
    usual_members,
)
from tests.desk.test_aids import FakeSimulator
from tests.frost.group import Group
from verifier.desk.aids import Aids
from verifier.desk.briefing import Briefing, brief_lane
from verifier.desk.signer import Signer
from verifier.desk.signing import Brief
from verifier.model.address import Address
from verifier.model.lane import Lane
from verifier.model.life import Status
from verifier.model.member import Kind, Member, Role
from verifier.model.message import TypedMessage
from verifier.model.operation import Operation, Signature
from verifier.model.reading import BypassReading, Head, LaneReading, TransactionTerms
from verifier.model.simulation import Touched
from verifier.model.text import Shown
from verifier.model.tier import Tier
from verifier.model.units import MemberIndex, Wei
from verifier.ports import Memory

ONE: Final = operation()
CODE: Final = Touched(address=Address(b"\xcc" * 20), code_hash=b"\x01" * 32)


@cache
def key_of(seat: int) -> PrivateKey:
    return PrivateKey(keccak(b"seat %d" % seat))


def address_with_key(seat: int) -> Address:
    return Address(key_of(seat).public_key.to_canonical_address())


def signature_of(seat: int, digest: bytes) -> Signature:
    v, r, s = key_of(seat).sign_msg_hash(digest).vrs
    return Signature(r=r.to_bytes(32, "big"), s=s.to_bytes(32, "big"), v=v + 27)


def group_with_key(seat: int, name: str, *holders: int, roles: Role = Role.APPROVER) -> Member:
    """Return a member that is this group, by the key that it signs with."""
    key, plain = Group.new(name), group(seat, *(holders or (201, 202)), roles=roles)
    assert plain.group is not None
    return replace(
        plain,
        address=Address(key.account),
        record=replace(plain.record, kind=Kind(key.prefix)),
        group=replace(plain.group, x=key.x),
    )


def group_signature_of(name: str, digest: bytes) -> Signature:
    """Return what the holders of a group's key make of a digest, by FROST."""
    r, s, v = Group.new(name).sign(digest)
    return Signature(r=r, s=s, v=v[-1])


@dataclass(slots=True)
class SoftKey:
    """A holder of a key in plain sight, which notes what it signed."""

    seat: int
    signed: list[TypedMessage] = field(default_factory=list)
    # Whose key it uses in truth.
    lies_as: int | None = None

    @property
    def address(self) -> Address:
        return address_with_key(self.seat)

    def describe(self) -> Shown:
        return Shown(f"the key of seat {self.seat}")

    def sign(self, message: TypedMessage) -> Signature:
        self.signed.append(message)
        return signature_of(self.seat if self.lies_as is None else self.lies_as, message.digest)

    def sign_transaction(
        self, terms: TransactionTerms, *, to: Address | None, data: bytes, value: Wei
    ) -> bytes:
        raise NotImplementedError


def keyed_members(members: Mapping[int, Member] | None = None) -> dict[int, Member]:
    """Return members whose addresses are those of their keys."""
    sitting = usual_members() if members is None else members
    return {seat: replace(each, address=address_with_key(seat)) for seat, each in sitting.items()}


def signer_in(seat: int) -> Signer:
    return Signer(vault_name="treasury", seat=MemberIndex(seat), member=address_with_key(seat))


@dataclass(slots=True)
class Desk:
    """One lane, as it is read each time; a test changes it between two looks."""

    seat: int = 4
    subject: Operation = ONE
    lane: LaneReading = field(
        default_factory=lambda: lane_of(ONE, 1, status=Status.PROPOSED, tier=Tier.STANDARD)
    )
    members: dict[int, Member] = field(default_factory=keyed_members)
    block: Head = field(default_factory=head)
    touched: tuple[Touched, ...] = (CODE,)
    has_bytes: bool = True
    bypasses: BypassReading = NO_BYPASSES
    memory: Memory | None = None
    looks: int = 0

    def state(self, **changes: object) -> None:
        """Change the lane's state."""
        state: Lane = replace(self.lane.state, **changes)  # type: ignore[arg-type]
        self.lane = replace(self.lane, state=state)

    @property
    def brief(self) -> Brief:
        def look() -> Briefing:
            self.looks += 1
            found = {self.subject.lane: self.subject} if self.has_bytes else {}
            reader = FakeReader(
                reading(self.lane, members=self.members, block=self.block), found, bypasses=self.bypasses
            )
            aids = Aids(simulator=FakeSimulator(touched=self.touched), memory=self.memory)
            return brief_lane(reader, FakeClock(), signer_in(self.seat), self.subject.lane, aids=aids)

        return look
