"""The canonical texts of facts, and back. A text that is none of ours reads as None: whoever has it looks anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from verifier.errors import AddressMalformed, NumberOutOfRange
from verifier.model.address import Address
from verifier.model.asset import AssetTerms
from verifier.model.bypass import BypassRecord
from verifier.model.group import Group
from verifier.model.lane import Lane
from verifier.model.member import Member, MemberRecord, Suspension
from verifier.model.reading import Bypass, LaneReading
from verifier.model.rule import Rule
from verifier.model.tier import TierTerms
from verifier.model.units import LaneIndex, OperationId, Person, Timestamp
from verifier.model.word import bits_of, seats_in

GONE: Final = ""
"""What was there and is no more."""

_NONE: Final = "-"


def lane_text(lane: LaneReading) -> str:
    """Return id, state and withdrawn seats."""
    return f"{lane.operation_id.hex()} {_packed(lane.state)} {bits_of(lane.withdrawn):x}"


def lane_in(index: LaneIndex, text: str | None) -> LaneReading | None:
    parts = _numbers(text, 3)
    if parts is None:
        return None
    operation_id, word, withdrawn = parts
    if operation_id >> 256:
        return None
    return LaneReading(
        lane=index,
        operation_id=OperationId(operation_id.to_bytes(32, "big")),
        state=Lane.unpack(word),
        withdrawn=seats_in(withdrawn),
    )


def member_text(member: Member) -> str:
    """Return the record, an unconfirmed suspension, and of a group its key and its holders."""
    suspension, group = member.suspension, member.group
    halted = f"{suspension.guardian_person:x}:{suspension.lapses_at:x}" if suspension else _NONE
    held = f"{group.x:x}:{','.join(f'{holder:x}' for holder in group.holders)}" if group else _NONE
    return f"{_packed(member.record)} {halted} {held}"


def member_in(address: Address, text: str | None) -> Member | None:
    record, halted, held = [*(text or "").split(" "), "", "", ""][:3]
    word = _number(record)
    if word is None:
        return None
    try:
        return Member(
            address=address,
            record=MemberRecord.unpack(word),
            suspension=_suspension_in(halted),
            group=_group_in(held),
        )
    except NumberOutOfRange:
        return None


def terms_text(terms: TierTerms) -> str:
    return _packed(terms)


def terms_in(text: str | None) -> TierTerms | None:
    word = _number(text)
    return None if word is None else TierTerms.unpack(word)


def asset_text(terms: AssetTerms | None) -> str:
    """Return the limits alone: the bucket goes up and down with every payment."""
    if terms is None:
        return GONE
    return f"{terms.routine_limit:x} {terms.high_value_from:x} {terms.decimals:x}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a text about an asset says, in the unit of its limits."""

    routine: int
    high: int
    decimals: int


def limits_in(text: str | None) -> Limits | None:
    parts = _numbers(text, 3)
    return Limits(routine=parts[0], high=parts[1], decimals=parts[2]) if parts else None


def rule_text(rule: Rule | None) -> str:
    return GONE if rule is None else _packed(rule)


def bypass_text(bypass: Bypass) -> str:
    return f"{bypass.operation_id.hex()} {_packed(bypass.record)} {bypass.findings.hex()}"


def bypass_in(text: str | None) -> Bypass | None:
    parts = _numbers(text, 3)
    if parts is None or parts[0] >> 256 or parts[2] >> 256:
        return None
    try:
        record = BypassRecord.unpack(parts[1])
    except NumberOutOfRange:
        return None
    return Bypass(
        operation_id=OperationId(parts[0].to_bytes(32, "big")),
        record=record,
        findings=parts[2].to_bytes(32, "big"),
    )


def number_in(text: str | None) -> int | None:
    """Return a number in hex."""
    return _number(text)


def counts_in(text: str | None, length: int) -> tuple[int, ...]:
    """Return so many counts in hex; zeros where there are none."""
    return tuple(_numbers(text, length) or (0,) * length)


def counts_text(counts: tuple[int, ...]) -> str:
    return " ".join(f"{count:x}" for count in counts)


def address_in(text: str) -> Address | None:
    try:
        return Address.parse(text)
    except AddressMalformed:
        return None


def _suspension_in(text: str) -> Suspension | None:
    person, _, lapses = text.partition(":")
    who, when = _number(person), _number(lapses)
    if who is None or when is None:
        return None
    return Suspension(guardian_person=Person(who), lapses_at=Timestamp(when))


def _group_in(text: str) -> Group | None:
    key, _, holders = text.partition(":")
    x, persons = _number(key), [_number(holder) for holder in holders.split(",")]
    known = tuple(Person(person) for person in persons if person is not None)
    return None if x is None else Group(x=x, holders=known)


def _packed(fact: Lane | MemberRecord | TierTerms | Rule | BypassRecord) -> str:
    """Return a word in hex; of what no vault holds, nothing that reads as one."""
    try:
        return f"{fact.pack():x}"
    except NumberOutOfRange:
        return "unfit"


def _numbers(text: str | None, count: int) -> list[int] | None:
    numbers = [_number(part) for part in (text or "").split(" ")]
    known = [number for number in numbers if number is not None]
    return known if len(known) == len(numbers) == count else None


def _number(text: str | None) -> int | None:
    if not text or len(text) > _MOST_DIGITS or not set(text) <= _DIGITS:
        return None
    return int(text, 16)


_DIGITS: Final = frozenset("0123456789abcdef")
_MOST_DIGITS: Final = 64
