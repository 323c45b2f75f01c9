"""What a guard tells people, as happenings: why it will veto, what became of it, and what it only rings about."""

from __future__ import annotations

from verifier.guard.intent import Intent, Stage
from verifier.guard.judging import Matter
from verifier.guard.verdict import Verdict
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.guarding import GuardRule, Order
from verifier.model.reading import LaneReading, VaultReading
from verifier.model.text import Shown, show_bytes, show_duration, show_moment
from verifier.model.watching import Happening, Kind


def say_will(matter: Matter, rule: GuardRule, verdict: Verdict, intent: Intent, order: Order) -> Happening:
    """Return the explanation that goes out before anything is sent."""
    act = "object to" if intent.is_objection else "veto"
    lane, reading, digest = matter.review.lane, matter.reading, matter.review.hashes.digest
    wait = (
        "It waits until one of the channels took this message, however long that takes."
        if order.is_strict
        else f"It waits until one of the channels took this message, but not longer than {show_moment(intent.until)}, "
        f"nor than {show_duration(order.margin)} before it is executable."
    )
    return _about(
        reading,
        lane,
        kind=Kind.GUARD_WILL,
        occasion=rule.name,
        severity=Severity.DANGER,
        sentence=f"The guard will {act} lane {lane.lane}, by the rule {rule.name}: {matter.review.sentence}",
        lines=(
            f"Rule {rule.name}: {verdict.words} ({verdict.evidence.name.lower()}).",
            f"Tier {lane.state.tier.name}, {matter.review.status.name}. Digest: {show_bytes(digest)}.",
            wait,
            "To keep it from that: `fourth-signer guard hold`. A veto is for good: what was right is proposed anew.",
        ),
        matter=matter,
        evidence=verdict.evidence,
        pages=True,
    )


def say_lapsed(matter: Matter, intent: Intent) -> Happening:
    """Return that what was announced is not done, since the rule does not hold any more."""
    lane = matter.review.lane
    act = "object to" if intent.is_objection else "veto"
    sent = "What was sent before may still arrive. " if intent.stage is Stage.SIGNED else ""
    return _about(
        matter.reading,
        lane,
        kind=Kind.GUARD_RANG,
        occasion=f"{intent.rule}/lapsed",
        severity=Severity.DANGER,
        sentence=f"The guard was to {act} lane {lane.lane}, and does not: the rule {intent.rule} does not hold now.",
        lines=(
            f"{sent}It is vetoed where the rule holds again.",
            f"Look at it, and veto it yourself if it is wrong: `fourth-signer veto {lane.lane}`.",
        ),
        matter=matter,
        evidence=matter.reading.lanes.evidence,
        pages=True,
    )


def say_would(matter: Matter, rule: GuardRule, verdict: Verdict, why_not: Shown) -> Happening:
    """Return that a rule holds, and that nothing is sent all the same.

    :param why_not: why nothing is
    """
    lane = matter.review.lane
    said = f"The rule {rule.name} holds of lane {lane.lane}, and nothing is vetoed: {why_not} {matter.review.sentence}"
    return _about(
        matter.reading,
        lane,
        kind=Kind.GUARD_RANG,
        occasion=f"{rule.name}/held",
        severity=Severity.DANGER,
        sentence=said,
        lines=(
            f"Rule {rule.name}: {verdict.words} ({verdict.evidence.name.lower()}).",
            f"Look at it, and veto it yourself if it is wrong: `fourth-signer veto {lane.lane}`.",
        ),
        matter=matter,
        evidence=verdict.evidence,
        pages=True,
    )


def say_dry(matter: Matter, rule: GuardRule, verdict: Verdict) -> Happening:
    """Return what would be vetoed if this were no dry run."""
    lane = matter.review.lane
    return _about(
        matter.reading,
        lane,
        kind=Kind.GUARD_WOULD,
        occasion=rule.name,
        severity=Severity.NOTICE,
        sentence=f"The guard would veto lane {lane.lane}, by the rule {rule.name}: {matter.review.sentence}",
        lines=(f"Rule {rule.name}: {verdict.words} ({verdict.evidence.name.lower()}). This is a dry run.",),
        matter=matter,
        evidence=verdict.evidence,
        pages=False,
    )


def say_rang(matter: Matter, rule: GuardRule, verdict: Verdict) -> Happening:
    """Return that a rule holds which only rings, or that one cannot be told."""
    lane = matter.review.lane
    if verdict.holds:
        said, how = f"The rule {rule.name} holds of lane {lane.lane}", verdict.evidence.name.lower()
        if rule.is_veto:
            said += ", which is a seat operation, and the rule does not object to these"
    else:
        said, how = (
            f"Whether the rule {rule.name} holds of lane {lane.lane} cannot be told",
            "nothing is vetoed",
        )
    return _about(
        matter.reading,
        lane,
        kind=Kind.GUARD_RANG,
        occasion=rule.name if verdict.holds else f"{rule.name}/unsure",
        severity=Severity.WARNING,
        sentence=f"{said}: {matter.review.sentence}",
        lines=(f"Rule {rule.name}: {verdict.words} ({how}).",),
        matter=matter,
        evidence=verdict.evidence if verdict.holds else matter.reading.lanes.evidence,
        pages=bool(verdict.holds),
    )


def say_done(
    reading: VaultReading,
    lane: LaneReading,
    intent: Intent,
    *,
    name: bytes,
    block: int | None,
    takers: tuple[str, ...],
) -> Happening:
    """Return that an operation was stopped.

    :param name: hash of the guard's transaction
    :param block: that took it in; None where nobody says
    :param takers: the channels that had taken the explanation
    """
    act = "objected to" if intent.is_objection else "vetoed"
    where = "in a block that nobody names" if block is None else f"in block {block}"
    seen = f"the vault shows it at block {reading.head.number} ({reading.lanes.evidence.name.lower()})"
    told = (
        f"Told beforehand: {', '.join(takers)}."
        if takers
        else "No channel had taken the explanation by then."
    )
    return _about(
        reading,
        lane,
        kind=Kind.GUARD_VETOED,
        occasion=str(intent.tries),
        severity=Severity.WARNING,
        sentence=f"The guard {act} lane {intent.lane}, by the rule {intent.rule}.",
        lines=(
            f"Transaction {show_bytes(name)}, {where}; {seen}.",
            told,
        ),
        evidence=reading.lanes.evidence,
        pages=True,
    )


def say_failed(reading: VaultReading, lane: LaneReading, intent: Intent, why: Shown) -> Happening:
    """Return that a veto did not get there, and what to do."""
    return _about(
        reading,
        lane,
        kind=Kind.GUARD_FAILED,
        occasion=str(intent.tries),
        severity=Severity.DANGER,
        sentence=f"The guard could not veto lane {intent.lane} so far: {why}",
        lines=(
            "It tries again for as long as the rule holds and the operation is open.",
            f"Do not wait for it: `fourth-signer veto {intent.lane}`.",
        ),
        evidence=reading.lanes.evidence,
        pages=True,
    )


def say_needless(
    reading: VaultReading, lane: LaneReading | None, intent: Intent, ended: Shown, *, is_late: bool
) -> Happening:
    """Return that an operation ended otherwise.

    :param is_late: it was executed
    """
    said = f"Lane {intent.lane}, which the rule {intent.rule} was to stop, {ended}"
    return _about(
        reading,
        lane,
        intent=intent,
        kind=Kind.GUARD_NEEDLESS,
        severity=Severity.DANGER if is_late else Severity.NOTICE,
        sentence=f"{said}: the guard came too late."
        if is_late
        else f"{said}; the guard has nothing more to do.",
        lines=(),
        evidence=reading.lanes.evidence,
        pages=is_late,
    )


def say_undone(reading: VaultReading, lane: LaneReading, intent: Intent) -> Happening:
    """Return that a re-organisation took a veto back."""
    return _about(
        reading,
        lane,
        kind=Kind.GUARD_FAILED,
        occasion=f"undone/{reading.head.number}",
        severity=Severity.DANGER,
        sentence=f"The chain was re-organised, and lane {intent.lane} is open again after the guard's veto.",
        lines=("The same transaction is sent again.",),
        evidence=reading.lanes.evidence,
        pages=True,
    )


def _about(
    reading: VaultReading,
    lane: LaneReading | None,
    *,
    kind: Kind,
    severity: Severity,
    sentence: str,
    lines: tuple[str, ...],
    evidence: Evidence,
    pages: bool,
    occasion: str = "",
    matter: Matter | None = None,
    intent: Intent | None = None,
) -> Happening:
    """Return what is told of an operation: one episode for each."""
    operation_id = intent.operation_id if intent else lane.operation_id if lane else None
    return Happening(
        chain_id=reading.head.chain_id,
        vault=reading.vault,
        kind=kind,
        subject=f"operation/0x{(operation_id or b'').hex()}",
        occasion=occasion,
        severity=severity,
        sentence=Shown(sentence),
        lines=tuple(map(Shown, lines)),
        findings=matter.review.findings if matter else (),
        evidence=evidence,
        block=reading.head.number,
        block_hash=reading.head.hash,
        at=reading.head.timestamp,
        lane=intent.lane if intent else lane.lane if lane else None,
        operation_id=operation_id,
        ready_at=lane.state.ready_at if lane else None,
        pages=pages,
    )
