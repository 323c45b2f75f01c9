"""Whether a rule holds of an operation: yes, no, or not to be told. Only what is proven or agreed counts.

What is merely claimed makes a clause one that cannot be told, in an exception as well: then nobody vetoes, and somebody
is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final, assert_never

from verifier.desk.review import Review
from verifier.guard.amounts import is_hiding, is_opaque, judge_amount
from verifier.guard.sources import count_sources
from verifier.guard.unjudged import say_unjudged
from verifier.guard.verdict import Verdict, no, unsure, yes
from verifier.model.call import DecodedCall
from verifier.model.effect import Allowance, Move
from verifier.model.evidence import Evidence, Fact
from verifier.model.guarding import (
    OF_ENDPOINTS,
    AllOf,
    AmountClause,
    AnyOf,
    CallClause,
    Clause,
    CounterpartyClause,
    FindingClause,
    GuardRule,
    MissingClause,
    OpaqueClause,
    TierClause,
    TimeClause,
    VaultClause,
)
from verifier.model.reading import VaultReading
from verifier.model.text import Shown, sanitise, show_bytes, show_duration, show_moment
from verifier.model.units import ChainId, Timestamp

LEAST_DENYING: Final = 2
"""So many endpoints have to say that they have no bytes of an operation."""
_DAY: Final = 86_400
_FIRST_WEEKDAY: Final = 3  # 1970-01-01 was a Thursday: so many days after a Monday
_SHOWN: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One operation with all that a rule may ask about."""

    reading: VaultReading
    review: Review
    # The block in which it was published; None where that could not be had.
    published_at: Fact[Timestamp] | None
    # As many endpoints as have to agree are one source, so that what they agree on, and nothing proves, is its word.
    is_one_word: bool = False

    @property
    def chain_id(self) -> ChainId:
        return self.reading.head.chain_id


def is_about(rule: GuardRule, matter: Matter) -> bool:
    """Whether a rule is for this vault."""
    return rule.vaults is None or (matter.chain_id, matter.reading.vault) in rule.vaults


def judge_rule(rule: GuardRule, matter: Matter) -> Verdict:
    """Return whether a rule holds, with the facts that say so."""
    found = judge_clause(rule.clause, matter)
    if found.holds is False:
        return found
    for exception in rule.exceptions:
        excepted = judge_clause(exception, matter)
        if excepted.holds:
            return no(excepted.evidence, f"an exception holds: {excepted.words}")
        if excepted.holds is None and found.holds:
            found = unsure(f"{found.words}; whether an exception holds cannot be told: {excepted.words}")
    return found


def judge_clause(clause: Clause, matter: Matter) -> Verdict:
    """Return whether a clause holds; what rests on a claim alone cannot be told."""
    verdict = _judge(clause, matter)
    if verdict.holds is not None and verdict.evidence < Evidence.AGREED:
        return unsure(f"{verdict.words} (claimed only)")
    if verdict.holds is not None and verdict.evidence < Evidence.PROVEN and matter.is_one_word:
        return unsure(f"{verdict.words} (agreed by endpoints that have one address and port)")
    return verdict


def _judge(clause: Clause, matter: Matter) -> Verdict:
    match clause:
        case AllOf():
            return _all(judge_clause(each, matter) for each in clause.clauses)
        case AnyOf():
            return _any(judge_clause(each, matter) for each in clause.clauses)
        case FindingClause():
            return _finding(clause, matter.review)
        case TierClause():
            return _tier(clause, matter)
        case AmountClause():
            return judge_amount(clause, matter.review, matter.reading.lanes.evidence)
        case CounterpartyClause():
            return _counterparty(clause, matter)
        case CallClause():
            return _call(clause, matter)
        case TimeClause():
            return _time(clause, matter)
        case VaultClause():
            vault = matter.reading.vault
            return _some_call(
                matter, lambda call: call.call.target == vault, "a call goes to the vault itself"
            )
        case OpaqueClause():
            return _some_call(matter, is_opaque, "a call carries data that is not understood")
        case MissingClause():
            return _missing(clause, matter)
        case never:
            assert_never(never)


def _all(verdicts: Iterable[Verdict]) -> Verdict:
    found = list(verdicts)
    for verdict in found:
        if verdict.holds is False:
            return verdict
    unknown = [verdict for verdict in found if verdict.holds is None]
    if unknown:
        return unsure("; ".join(verdict.words for verdict in unknown))
    return yes(min(verdict.evidence for verdict in found), "; ".join(verdict.words for verdict in found))


def _any(verdicts: Iterable[Verdict]) -> Verdict:
    found = list(verdicts)
    for verdict in found:
        if verdict.holds:
            return verdict
    unknown = [verdict for verdict in found if verdict.holds is None]
    if unknown:
        return unsure("; ".join(verdict.words for verdict in unknown))
    return no(min(verdict.evidence for verdict in found), "; ".join(verdict.words for verdict in found))


def _finding(clause: FindingClause, review: Review) -> Verdict:
    fitting = [
        finding
        for finding in review.findings
        if finding.severity >= clause.least and (not clause.rules or finding.rule in clause.rules)
        if finding.rule not in OF_ENDPOINTS
    ]
    # The best founded first: one that is proven is enough.
    for finding in sorted(fitting, key=lambda each: (-each.evidence, -each.severity)):
        said = f"{finding.severity.name.lower()} {finding.rule}: {finding.sentence}"
        return Verdict(holds=True, evidence=finding.evidence, words=Shown(said))
    if review.operation is None:
        # What there is to be found in its bytes, nobody knows.
        return _unread()
    if why := say_unjudged(clause, review):
        return unsure(why)
    return no(Evidence.PROVEN, "there is no such finding")


def _tier(clause: TierClause, matter: Matter) -> Verdict:
    tier = matter.review.lane.state.tier
    said = f"its tier is {tier.name}"
    holds = tier >= clause.least
    return Verdict(holds=holds, evidence=matter.reading.lanes.evidence, words=Shown(said))


def _counterparty(clause: CounterpartyClause, matter: Matter) -> Verdict:
    review, evidence = matter.review, matter.reading.lanes.evidence
    if review.operation is None:
        return _unread()
    where = f"{'is in' if clause.is_listed else 'is not in'} {clause.called}"
    fitting = [each for each in review.gainers if (each in clause.accounts) is clause.is_listed]
    has_opaque = any(is_opaque(call) for _, call in _calls(review))
    if clause.of_all:
        are_payments = all(_is_payment(call) for _, call in _calls(review))
        if are_payments and fitting and len(fitting) == len(review.gainers):
            return yes(evidence, f"it only pays, and everybody who gains by it {where}")
        return no(evidence, f"it does more than pay somebody who {where}")
    if fitting:
        name = review.lexicon.name
        more = f" and {len(fitting) - _SHOWN} more" if len(fitting) > _SHOWN else ""
        who = ", ".join(name(each) for each in fitting[:_SHOWN])
        return yes(evidence, f"{who}{more} gains by it and {where}")
    if has_opaque:
        return unsure(
            f"a call is not understood, so that nobody can tell whether somebody who {where} gains by it"
        )
    return no(evidence, f"nobody who {where} gains by it")


def _call(clause: CallClause, matter: Matter) -> Verdict:
    def fits(call: DecodedCall) -> bool:
        if clause.targets is not None and (call.call.target in clause.targets) is not clause.is_listed:
            return False
        return clause.selector is None or call.selector == clause.selector

    if not clause.of_all:
        return _some_call(matter, fits, f"there is {clause.called}")
    review, evidence = matter.review, matter.reading.lanes.evidence
    if review.operation is None:
        return _unread()
    calls = [call for _, call in _calls(review)]
    if all(fits(call) and not call.unopened for call in calls):
        return yes(evidence, f"there is nothing but {clause.called}")
    return no(evidence, f"there is more than {clause.called}")


def _some_call(matter: Matter, fits: Callable[[DecodedCall], bool], said: str) -> Verdict:
    if matter.review.operation is None:
        return _unread()
    evidence = matter.reading.lanes.evidence
    for path, call in _calls(matter.review):
        if fits(call):
            where = ".".join(str(step + 1) for step in path)
            name = matter.review.lexicon.name(call.call.target)
            return yes(evidence, f"{said} (call {where}, to {name})")
    if any(is_hiding(call) for _, call in _calls(matter.review)):
        return unsure(f"a call hides others, so that nobody can tell whether {said}")
    return no(evidence, f"it is not so that {said}")


def _calls(review: Review) -> Iterator[tuple[tuple[int, ...], DecodedCall]]:
    for i, outer in enumerate(review.calls):
        yield from outer.walk((i,))


def _is_payment(call: DecodedCall) -> bool:
    """Whether a call moves assets, or lets them be moved, and does nothing else that is known or not known."""
    if is_opaque(call) or not all(isinstance(effect, Move | Allowance) for effect in call.effects):
        return False
    return bool(call.effects or call.children)


def _time(clause: TimeClause, matter: Matter) -> Verdict:
    if matter.published_at is None:
        return unsure("when it was published is not known")
    moment = matter.published_at.value
    minute, weekday = moment % _DAY // 60, (moment // _DAY + _FIRST_WEEKDAY) % 7
    holds = clause.weekdays is None or weekday in clause.weekdays
    if clause.hours is not None:
        first, last = clause.hours
        within = first <= minute < last if first < last else minute >= first or minute < last
        holds = holds and within
    said = f"it was published at {show_moment(moment)}"
    return Verdict(holds=holds, evidence=matter.published_at.evidence, words=Shown(said))


def _missing(clause: MissingClause, matter: Matter) -> Verdict:
    review = matter.review
    if review.operation is not None:
        return no(matter.reading.lanes.evidence, "its bytes are there")
    if len(review.denying) < LEAST_DENYING:
        return unsure("its bytes are missing, and fewer than two endpoints say that they have none")
    if count_sources(review.denying, matter.reading.head.shared) < LEAST_DENYING:
        return unsure(
            "its bytes are missing, and those who say that they have none have one address and port"
        )
    if matter.published_at is None:
        return unsure("its bytes are missing, and when it was published is not known")
    age = matter.reading.head.timestamp - matter.published_at.value
    who = ", ".join(sanitise(each, most=60) for each in review.denying)
    said = (
        f"the bytes of {show_bytes(review.lane.operation_id)} are missing {show_duration(age)} after it was published, "
        f"by the word of {who}"
    )
    evidence = min(Evidence.AGREED, matter.published_at.evidence)
    return Verdict(holds=age >= clause.after, evidence=evidence, words=Shown(said))


def _unread() -> Verdict:
    return unsure("its bytes are missing")
