"""Whether a holder of a share signs what its group is asked to: by its own reading of the vault, and by its own rules.

Nothing that the coordinator says is taken for true. What is asked is made anew from the chain, and has to be the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from zoneinfo import ZoneInfo

from verifier.desk.briefing import Briefing
from verifier.desk.group_request import digest_of_request
from verifier.desk.group_words import deed_of
from verifier.desk.signing import require_undisputed, require_undisputed_reading
from verifier.errors import FourthSignerError
from verifier.model.address import Address
from verifier.model.effect import Allowance, Move
from verifier.model.finding import Severity
from verifier.model.group_request import GroupRequest, Purpose
from verifier.model.holder_rules import HolderRules, Otherwise
from verifier.model.member import MemberRecord
from verifier.model.reading import VaultReading
from verifier.model.routes import Hours
from verifier.model.text import Shown
from verifier.model.units import Person, Timestamp

STOPS = frozenset({Purpose.VETO, Purpose.WITHDRAW, Purpose.SUSPEND_SELF})
"""These move nothing, and let nothing happen that did not before."""


class Answer(Enum):
    SIGN = "sign"
    ASK = "ask"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a holder's own reading and rules make of a request."""

    answer: Answer
    because: Shown


def find_difference(briefing: Briefing, request: GroupRequest, group: Address) -> Shown | None:
    """Return why what is asked about an operation is not what this holder reads on the chain; None where it is.

    :param group: the group's address, by the key that this holder knows
    """
    try:
        require_undisputed(briefing)
    except FourthSignerError as exc:
        return Shown(exc.sentence().rstrip("."))
    (review,) = briefing.reviews
    reading, state = briefing.reading, review.lane.state
    member = reading.member(group)
    if (reading.head.chain_id, reading.vault) != (request.chain_id, request.vault):
        return Shown("it is for another vault than this holder's configuration has")
    if member is None or not member.record.is_group or not _may_say(member.record, request.purpose):
        return Shown("the group is no active member of this vault")
    if review.operation is None:
        return Shown("nobody gives this holder the operation's bytes")
    if review.operation != request.operation or state.publication != request.publication:
        return Shown("the vault has another operation in this lane than the one that is asked about")
    if request.purpose is Purpose.EXPEDITE and state.moment != request.ready_at:
        return Shown("the operation is ready at another moment than the one that is asked about")
    return None


def _may_say(record: MemberRecord, purpose: Purpose) -> bool:
    """Whether a vault hears this of a group: one that a guardian suspended stops things until that is confirmed."""
    return record.may_stop if purpose in STOPS else record.is_active


def find_seat_difference(
    reading: VaultReading, request: GroupRequest, group: Address, holders: Sequence[Person]
) -> Shown | None:
    """Return why what is asked about the group's own seat is not what this holder reads on the chain; None where it is.

    :param holders: the persons of the group's file, in order
    """
    try:
        require_undisputed_reading(reading)
    except FourthSignerError as exc:
        return Shown(exc.sentence().rstrip("."))
    if (reading.head.chain_id, reading.vault) != (request.chain_id, request.vault):
        return Shown("it is for another vault than this holder's configuration has")
    member = reading.member(group)
    if request.purpose is Purpose.REGISTER:
        if request.persons != tuple(holders):
            return Shown("the persons that it names are not the holders of the group's file")
        if member is not None and member.record.is_seated:
            return Shown("the group is a member of this vault already")
        return None
    if member is None or not member.record.may_stop or member.record.seat != request.seat:
        return Shown("the seat that it names is not the group's")
    if reading.roster.value.epoch != request.roster_epoch:
        return Shown("the roster's epoch that it names is not the vault's")
    return None


def judge_seat_by_rules(
    request: GroupRequest, reading: VaultReading, rules: HolderRules, *, is_agreed: bool
) -> Judged:
    """Return what a holder's rules say of a request about the group's own seat that is what it is said to be.

    :param is_agreed: whether the person agreed to a registration beforehand
    """
    weak = next((one for one in reading.findings if one.severity >= Severity.WARNING), None)
    if weak is not None:
        # What was agreed to beforehand, or by rules, was not agreed to on the word of one endpoint.
        return _left_open(rules, Shown(weak.sentence.rstrip(".")))
    if rules.stops and request.purpose in STOPS:
        return Judged(answer=Answer.SIGN, because=Shown("the holder's rules allow whatever only stops"))
    judged = _left_open(
        rules, Shown(f"the group's {deed_of(request.purpose)} is never signed without asking")
    )
    if judged.answer is Answer.ASK and is_agreed and request.purpose is Purpose.REGISTER:
        return Judged(answer=Answer.SIGN, because=Shown("it was agreed to beforehand"))
    return judged


def find_forgery(request: GroupRequest, digest: bytes, point: bytes) -> Shown | None:
    """Return why a digest is not that of the whole request, as this holder makes it; None where it is."""
    if digest_of_request(request, point) != digest:
        return Shown("the digest that would be signed is not that of what is asked")
    return None


def judge_by_rules(request: GroupRequest, briefing: Briefing, rules: HolderRules, now: Timestamp) -> Judged:
    """Return what a holder's rules say of an operation that is what it is said to be."""
    if rules.stops and request.purpose in STOPS:
        return Judged(answer=Answer.SIGN, because=Shown("the holder's rules allow whatever only stops"))
    if request.purpose is not Purpose.APPROVE:
        return _left_open(
            rules, Shown(f"the group's {deed_of(request.purpose)} is never signed without asking")
        )
    for why in _reasons_to_ask(briefing, rules, now):
        return _left_open(rules, why)
    return Judged(answer=Answer.SIGN, because=Shown("the holder's rules allow it"))


def _left_open(rules: HolderRules, why: Shown) -> Judged:
    is_refused = rules.otherwise is Otherwise.REFUSE
    return Judged(answer=Answer.REFUSE if is_refused else Answer.ASK, because=why)


def _reasons_to_ask(briefing: Briefing, rules: HolderRules, now: Timestamp) -> Iterator[Shown]:
    """Yield why a person has to decide."""
    (review,) = briefing.reviews
    tier = review.lane.state.tier
    if tier not in rules.tiers:
        yield Shown(f"the holder's rules leave {tier.name} to a person")
    # What is wrong with the reading itself is as bad as what is wrong with the operation.
    worst = max((finding.severity for finding in (*review.findings, *briefing.findings)), default=None)
    if worst is not None and worst > min(rules.most_severe, Severity.WARNING):
        yield Shown(f"there is a finding of {worst.name.lower()}")
    if not _is_open(rules.hours, rules.weekdays, now):
        yield Shown("it is outside the hours of the holder's rules")
    moved: dict[Address, int] = {}
    for call in (inner for outer in review.calls for _, inner in outer.walk()):
        if not call.is_understood or call.unopened:
            yield Shown("not all that it does is understood")
        if not call.effects and not call.children:
            yield Shown("a call of it moves nothing that the holder's rules know")
        for effect in call.effects:
            if isinstance(effect, Allowance) and effect.amount == 0 and not effect.is_increase:
                continue
            if not isinstance(effect, Move) or effect.amount is None or effect.token_id is not None:
                yield Shown("it does more than to move amounts that are known")
                continue
            if rules.counterparties is not None and effect.recipient not in rules.counterparties:
                yield Shown(f"{effect.recipient} is no counterparty of the holder's rules")
            moved[effect.token] = moved.get(effect.token, 0) + int(effect.amount)
    for token, amount in moved.items():
        if amount > rules.most.get(token, 0):
            yield Shown(f"it moves more of {token} than the holder's rules allow")


def _is_open(hours: Hours | None, weekdays: int, now: Timestamp) -> bool:
    local = datetime.fromtimestamp(now, UTC).astimezone(ZoneInfo(hours.zone if hours else "UTC"))
    if not weekdays >> local.weekday() & 1:
        return False
    if hours is None or hours.first == hours.last:
        return True
    minute = local.hour * 60 + local.minute
    if hours.first <= hours.last:
        return hours.first <= minute < hours.last
    return minute >= hours.first or minute < hours.last
