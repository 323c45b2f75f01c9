"""Invariant I-9: who keeps the events, and nothing else, has the storage.

This knows no rule of the vault but three: how long a seat rests and a guardian pauses, which terms of break-glass are
the usual ones, and that a quorum below HIGH_VALUE fills the buckets of what its calls move.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any, Final

from eth_abi.abi import decode, encode
from eth_hash.auto import keccak

from tests import stage
from tests.lifecycle.books import Bypass
from tests.lifecycle.slots import LEDGER, REGISTRY, VAULT, Words
from tests.lifecycle.state import LaneSlot, Seat, State
from tests.stage import RELEASE
from verifier.assess.policy import judge
from verifier.model.address import NOBODY, Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.bypass import BypassRecord, BypassTerms
from verifier.model.group import Group, unpack_holders
from verifier.model.lane import EMPTY_LANE, Lane
from verifier.model.life import Status
from verifier.model.limits import BYPASS_LIMIT, REVIEW_HOURS, SEAT_REST, SUSPENSION_PAUSE
from verifier.model.member import MemberRecord, MemberStatus, Suspension
from verifier.model.operation import Call, Operation
from verifier.model.roster import Roster
from verifier.model.rule import Rule
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import LaneIndex, OperationId, Person, Timestamp, Wei
from verifier.model.word import NO_SEATS
from verifier.sign.typed import id_of

Log = tuple[str, dict[str, Any]]
"""Whose event it is, by the names of `slots.py`, and the event as the node gives it."""


@cache
def _events(contract: str) -> dict[bytes, tuple[str, list[str], list[str]]]:
    """Return name, indexed types and the other types of each event of a contract, by its topic."""
    file = contract.removeprefix("other ")
    found = {}
    for entry in json.loads((RELEASE / f"{file}.abi.json").read_text("utf-8")):
        if entry["type"] == "event":
            types = [stage.type_text(part) for part in entry["inputs"]]
            flags = [part["indexed"] for part in entry["inputs"]]
            topic = keccak(f"{entry['name']}({','.join(types)})".encode("ascii"))
            indexed = [kind for kind, flag in zip(types, flags, strict=True) if flag]
            rest = [kind for kind, flag in zip(types, flags, strict=True) if not flag]
            found[topic] = (entry["name"], indexed, rest)
    return found


def read(contract: str, log: dict[str, Any]) -> tuple[str, list[Any]]:
    """Return an event's name and its arguments, the indexed ones first."""
    topics = [bytes.fromhex(topic[2:]) for topic in log["topics"]]
    name, indexed, rest = _events(contract)[topics[0]]
    values = [decode([kind], topic)[0] for kind, topic in zip(indexed, topics[1:], strict=True)]
    return name, values + list(decode(rest, bytes.fromhex(log["data"][2:])))


class Replay:
    """A vault as its events tell it, and those of the companions that are about it."""

    def __init__(self, vault: Address, logs: Iterable[Log], time: Timestamp) -> None:
        self._state: Final = State(vault=vault)
        self._lane_of: Final[dict[bytes, LaneIndex]] = {}
        self._calls: Final[dict[bytes, tuple[Call, ...]]] = {}
        self._took_part: Final[dict[int, set[Person]]] = {}
        self.hear(logs, time)

    def words(self) -> Words:
        return self._state.words()

    def hear(self, logs: Iterable[Log], time: Timestamp) -> None:
        """Take in the events of a transaction in a block of this time."""
        for contract, log in logs:
            name, values = read(contract, log)
            if contract == VAULT:
                self._hear_vault(name, values, time)
            elif _address(values[0]) == self._state.vault:
                self._hear_companion(contract, name, values[1:])

    def _hear_vault(self, name: str, values: list[Any], time: Timestamp) -> None:
        match name, values:
            case "Founded", [configuration]:
                self._founded(configuration)
            case "Proposed", [operation_id, state, index, approve_by, calls]:
                self._lane_of[operation_id] = LaneIndex(index)
                self._calls[operation_id] = self._require_whole(
                    operation_id, index, Lane.unpack(state), approve_by, calls
                )
                self._fill(operation_id, Lane.unpack(state), time)
                self._lane(operation_id, state)
            case "Approved", [operation_id, state]:
                self._fill(operation_id, Lane.unpack(state), time)
                self._lane(operation_id, state)
            case "Expedited", [operation_id, state]:
                self._lane(operation_id, state)
            case "Withdrawn", [operation_id, by, state]:
                self._withdrawn(operation_id, _address(by), state)
            case "Objected", [operation_id, _, state]:
                self._lane(operation_id, state)
            case (("Vetoed" | "Cancelled" | "Executed"), [operation_id, *_]):
                self._end(operation_id, Status[name.upper()])
            case "MemberChanged", [member, record]:
                self._member(_address(member), MemberRecord.unpack(record), time)
            case "GroupSet", [group, x, holders]:
                self._group(_address(group), x, holders)
            case "Suspended", [member, guardian, lapses_at]:
                self._suspended(_address(member), Person(guardian), Timestamp(lapses_at))
            case "RosterChanged", [roster]:
                self._state.roster = Roster.unpack(roster)
            case "TiersSet", [tiers, _]:
                routine, standard, high, custody = (TierTerms.unpack(word) for word in tiers)
                self._state.tiers = (routine, standard, high, custody)
            case "AssetSet", [asset, terms]:
                self._state.assets[_address(asset)] = AssetTerms.unpack(terms)
            case "CounterpartySet", [account, uses]:
                self._state.counterparties[_address(account)] = Use(uses)
            case "RuleSet", [target, selector, rule]:
                self._state.rules[_address(target), selector] = Rule.unpack(rule)
            case "RegistrySet", [registry]:
                self._state.registry = _address(registry)
            case _:
                raise AssertionError(f"an event that nobody knows: {name}")

    def _hear_companion(self, contract: str, name: str, values: list[Any]) -> None:
        ledger = self._state.ledger
        match contract.removeprefix("other "), name, values:
            case _ if contract == LEDGER and name == "BypassRecorded":
                index, operation_id, record = values
                self._bypassed(index, OperationId(operation_id), BypassRecord.unpack(record))
            case _, "BypassParticipated", [index, person]:
                # They come before the record.
                self._took_part.setdefault(index, set()).add(Person(person))
            case _, "BypassReviewed", [index, record, findings, terms]:
                ledger.bypasses[index] = replace(
                    ledger.bypasses[index], record=BypassRecord.unpack(record), findings=findings
                )
                ledger.terms = terms
            case _, "BypassTermsSet", [terms]:
                ledger.terms = terms
            case kind, "DutiesChanged", [person, duties, _] if kind == REGISTRY:
                self._state.duties[contract].keep(Person(person), duties)
            case kind, "ConflictsChanged", [_, conflicts] if kind == REGISTRY:
                rows = {1 << i: conflicts >> 16 * i & 0xFFFF for i in range(16)}
                self._state.duties[contract].conflicts = rows
            case _:
                raise AssertionError(f"an event that nobody knows: {name}")

    def _bypassed(self, index: int, operation_id: OperationId, record: BypassRecord) -> None:
        ledger = self._state.ledger
        terms = BypassTerms.unpack(ledger.terms)
        if ledger.terms == 0:
            terms = BypassTerms(limit=BYPASS_LIMIT, review_hours=REVIEW_HOURS)
        assert index == terms.count, "a bypass is missing"
        ledger.bypasses[index] = Bypass(
            id=operation_id,
            record=record,
            findings=bytes(32),
            participants=frozenset(self._took_part.get(index, ())),
        )
        ledger.terms = replace(terms, count=index + 1).pack()

    def _founded(self, configuration: Any) -> None:
        (entry,) = (e for e in stage.abi() if e["type"] == "constructor")
        self._state.founding = keccak(encode([stage.type_text(p) for p in entry["inputs"]], [configuration]))

    def _lane(self, operation_id: bytes, word: int) -> None:
        state, index = Lane.unpack(word), self._lane_of[operation_id]
        self._state.lanes[index] = LaneSlot(id=OperationId(operation_id), state=state)
        withdrawn = self._state.withdrawn.get(index, NO_SEATS)
        # Who approved again has not withdrawn any more. Without the flag the word is of an earlier operation.
        if state.withdrawals and withdrawn & state.approvals:
            self._state.withdrawn[index] = withdrawn - state.approvals

    def _fill(self, operation_id: bytes, state: Lane, time: Timestamp) -> None:
        """A clock that starts adds what moves to the buckets, if the tier is below HIGH_VALUE."""
        slot = self._state.lane(self._lane_of[operation_id])
        was = slot.state if slot.id == operation_id else EMPTY_LANE
        is_started = state.status is Status.WAITING and (was.status, was.moment) != (
            Status.WAITING,
            state.moment,
        )
        if is_started and state.tier < Tier.HIGH_VALUE:
            judgement = judge(
                self._calls[operation_id],
                vault=self._state.vault,
                book=self._state.policy,
                known=self._state.records,
                now=time,
            )
            self._state.assets.update(judgement.spending)

    def _require_whole(
        self, operation_id: bytes, index: int, state: Lane, approve_by: int, calls: Any
    ) -> tuple[Call, ...]:
        """Whoever has the event has every byte of the operation."""
        operation = Operation(
            calls=tuple(Call(target=_address(to), value=Wei(value), data=data) for to, value, data in calls),
            lane=LaneIndex(index),
            sequence=state.sequence,
            approve_by=Timestamp(approve_by),
        )
        assert id_of(operation) == operation_id, "an event tells of another operation"
        return operation.calls

    def _end(self, operation_id: bytes, status: Status) -> None:
        index = self._lane_of[operation_id]
        slot = self._state.lane(index)
        assert slot.id == operation_id, "an event about an operation that is not in its lane"
        self._state.lanes[index] = replace(slot, state=replace(slot.state, status=status))

    def _withdrawn(self, operation_id: bytes, by: Address, word: int) -> None:
        index = self._lane_of[operation_id]
        withdrawn = self._state.withdrawn_in(index)
        self._lane(operation_id, word)
        self._state.withdrawn[index] = withdrawn | {self._state.record(by).seat}

    def _member(self, member: Address, record: MemberRecord, time: Timestamp) -> None:
        state, before = self._state, self._state.record(member)
        left = before.is_seated and (record.seat != before.seat or not record.is_seated)
        if left:
            state.seats[before.seat] = Seat(member=NOBODY, free_from=Timestamp(time + SEAT_REST))
            state.group_seats -= {before.seat}
        if record.is_seated:
            state.seats[record.seat] = replace(state.seat(record.seat), member=member)
            if record.is_group:
                state.group_seats |= {record.seat}
        state.records[member] = record
        for person in state.persons_of(member):
            state.persons[person] = NOBODY if record.status is MemberStatus.REMOVED else member
        suspension = state.suspensions.get(member)
        if suspension is not None:
            state.suspensions[member] = None
            state.held[suspension.guardian_person] = NOBODY
            paused = int.from_bytes(member, "big") if record.is_group else record.person
            state.pauses[suspension.guardian_person, paused] = Timestamp(time + SUSPENSION_PAUSE)

    def _group(self, group: Address, x: int, holders: list[int]) -> None:
        state, former = self._state, self._state.groups.get(group)
        for person in former.holders if former else ():
            state.persons[person] = NOBODY
        state.groups[group] = Group(x=x, holders=unpack_holders(holders))
        for person in state.groups[group].holders:
            state.persons[person] = group

    def _suspended(self, member: Address, guardian: Person, lapses_at: Timestamp) -> None:
        self._state.suspensions[member] = Suspension(guardian_person=guardian, lapses_at=lapses_at)
        self._state.held[guardian] = member


def _address(text: str) -> Address:
    return Address(bytes.fromhex(text[2:]))
