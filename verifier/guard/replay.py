"""What a guard would do: about the queue as it is, and about operations of the past, so that owners see false alarms
before they switch it on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from verifier.desk.gathering import gather_about
from verifier.desk.proposing import lane_after_publishing
from verifier.desk.remembering import recall
from verifier.desk.review import judge_calls, make_review
from verifier.desk.signer import Signer
from verifier.desk.surroundings import surroundings_of
from verifier.guard.judging import Matter, is_about, judge_rule
from verifier.guard.plan import Guarded
from verifier.model.evidence import Evidence, Fact
from verifier.model.guarding import GuardRule
from verifier.model.operation import Operation
from verifier.model.reading import OperationReading, VaultReading
from verifier.model.text import Shown
from verifier.model.units import Timestamp


class Deed(Enum):
    """What a guard does about an operation."""

    VETO = "would veto"
    OBJECT = "would object to"
    RING = "would ring about"
    LEAVE = "would leave"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a guard would do about one operation, and why."""

    matter: Matter
    deed: Deed
    # The rule that says so; None where none does.
    rule: Shown | None = None
    words: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """An operation that was published once, as the endpoints agree."""

    operation: Operation
    at: Timestamp


def foresee(matter: Matter, rules: Sequence[GuardRule]) -> Forecast:
    """Return what the rules make of an operation: a veto by the first that says so, else a ring, else nothing."""
    ring: Forecast | None = None
    for rule in rules:
        if not is_about(rule, matter):
            continue
        verdict = judge_rule(rule, matter)
        if verdict.holds is False:
            continue
        is_seat_operation = matter.review.lane.state.seat_operation
        if verdict.holds and rule.is_veto and (rule.objects or not is_seat_operation):
            deed = Deed.OBJECT if is_seat_operation else Deed.VETO
            return Forecast(matter=matter, deed=deed, rule=rule.name, words=verdict.words)
        doubt = "" if verdict.holds else "it cannot be told: "
        words = Shown(f"{doubt}{verdict.words}")
        ring = ring or Forecast(matter=matter, deed=Deed.RING, rule=rule.name, words=words)
    return ring or Forecast(matter=matter, deed=Deed.LEAVE, words=Shown("no rule holds"))


def past_matters(
    target: Guarded, reading: VaultReading, signer: Signer, published: Sequence[Published]
) -> tuple[Matter, ...]:
    """Return operations of the past as they would be judged today, right after they were published.

    What the vault's policy was then, nobody knows any more; nor is anything played.
    """
    aids = target.aids
    history, _ = recall(aids.memory, reading)
    assumed = [lane_after_publishing(each.operation, reading, None) for each in published]
    found = tuple(OperationReading(operation=each.operation, evidence=Evidence.AGREED) for each in published)
    gathered = gather_about(target.reader, reading, assumed, found, aids)
    matters = []
    for each, lane, one in zip(published, assumed, found, strict=True):
        judgement = judge_calls(reading, lane, each.operation, gathered.policy)
        standing = lane_after_publishing(each.operation, reading, judgement)
        surroundings = surroundings_of(
            reading,
            standing,
            accounts=gathered.accounts,
            simulation=None,
            history=history,
            published=None,
            books=aids.books,
            descriptors=gathered.descriptors,
            precedents=gathered.precedents,
        )
        review = make_review(reading, standing, one, gathered.policy, gathered.bypasses, signer, surroundings)
        moment = Fact(value=each.at, evidence=Evidence.AGREED)
        matters.append(Matter(reading=reading, review=review, published_at=moment))
    return tuple(matters)
