"""A vault as its signer is shown it: read once at one block, then judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from verifier.desk.aids import NO_AIDS, Aids
from verifier.desk.bypasses import judge_bypasses
from verifier.desk.gathering import Gathered, gather, simulate
from verifier.desk.remembering import newly_executed, recall, remember
from verifier.desk.review import Review, make_review
from verifier.desk.signer import Signer, judge_signer
from verifier.desk.surroundings import surroundings_of
from verifier.errors import LaneEmpty, LaneUnknown
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.history import History
from verifier.model.life import Status
from verifier.model.reading import BypassReading, LaneReading, OperationReading, VaultReading
from verifier.model.text import Shown, show_duration
from verifier.model.units import LANES, LaneIndex, Timestamp
from verifier.ports import ChainReader, Clock

OLD_BLOCK: Final = 15 * 60
"""Seconds after which a newest block is too old to be the chain's newest."""
EARLY_BLOCK: Final = 2 * 60
"""Seconds by which clocks may differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Briefing:
    """What was asked for, and what it rests on."""

    reading: VaultReading
    signer: Signer
    # About the reading and the signer's own place; those of an operation are in its review.
    findings: tuple[Finding, ...]
    reviews: tuple[Review, ...]
    # The ledger of break-glass about this vault; None where it was not read.
    bypasses: BypassReading | None = None

    @property
    def completeness(self) -> Evidence:
        """Why it is believed that no open operation is missing."""
        return self.reading.lanes.evidence


def brief_queue(
    reader: ChainReader, clock: Clock, signer: Signer, *, aids: Aids = NO_AIDS, looks_closely: bool = False
) -> Briefing:
    """Return every operation that may still be executed, the most urgent first. Nothing is played for a queue, unless
    somebody wants to look closely.

    :param looks_closely: as at one lane: the co-signers' signatures too
    :raises EvidenceError: the vault cannot be read.
    :raises PinError: it is not the pinned vault.
    """
    reading = reader.read_vault()
    briefing = _brief(reader, clock, signer, aids, reading, reading.queue, closely=looks_closely)
    seen = briefing.reviews if looks_closely else map(_at_a_glance, briefing.reviews)
    reviews = sorted(seen, key=lambda review: (_ORDER[review.status], review.due))
    return replace(briefing, reviews=tuple(reviews))


def brief_lane(
    reader: ChainReader, clock: Clock, signer: Signer, index: int, *, aids: Aids = NO_AIDS
) -> Briefing:
    """Return the present or latest operation of one lane: played, and its co-signers' signatures looked at.

    :raises LaneUnknown: there is no such lane.
    :raises LaneEmpty: it never held an operation.
    :raises EvidenceError: the vault cannot be read.
    :raises PinError: it is not the pinned vault.
    """
    require_lane(index)
    reading = reader.read_vault()
    lane = reading.lane(LaneIndex(index))
    if lane is None:
        raise LaneEmpty(lane=index)
    return _brief(reader, clock, signer, aids, reading, [lane], closely=True)


def require_lane(index: int) -> None:
    """:raises LaneUnknown: there is no such lane."""
    if not 0 <= index < LANES:
        raise LaneUnknown(lane=index, lanes=LANES)


def judge_age(reading: VaultReading, now: Timestamp) -> Iterator[Finding]:
    """Yield what this machine's clock says about the block."""
    age = now - reading.head.timestamp
    if age > OLD_BLOCK:
        said = (
            f"The newest block is {show_duration(age)} old by this machine's clock: more may have happened since. The "
            "endpoints are behind, or the clock is wrong; `fourth-signer doctor` tells which."
        )
        rule = "block-old"
    elif age < -EARLY_BLOCK:
        said = (
            f"The newest block is {show_duration(-age)} ahead of this machine's clock; set the clock, or find out "
            "which endpoints make up blocks."
        )
        rule = "block-early"
    else:
        return
    yield Finding(rule=rule, severity=Severity.WARNING, sentence=Shown(said), evidence=reading.head.evidence)


_ORDER: Final = {
    status: 0 if status is Status.READY else 1 if status is Status.WAITING else 2 for status in Status
}


def _brief(
    reader: ChainReader,
    clock: Clock,
    signer: Signer,
    aids: Aids,
    reading: VaultReading,
    lanes: Sequence[LaneReading],
    *,
    closely: bool,
) -> Briefing:
    history, unusable = recall(aids.memory, reading)
    looked_at = {lane.lane for lane in lanes}
    ended = [lane for lane in newly_executed(aids.memory, history, reading) if lane.lane not in looked_at]
    gathered = gather(reader, reading, [*lanes, *ended], aids, closely=closely)
    reviews = [
        _review(reading, lane, found, gathered, history, signer, aids, plays=closely and i < len(lanes))
        for i, (lane, found) in enumerate(zip([*lanes, *ended], gathered.found, strict=True))
    ]
    shown = reviews[: len(lanes)]
    executed = [review for review in reviews if review.lane.state.status is Status.EXECUTED]
    findings = [
        *dict.fromkeys((*reading.findings, *gathered.policy.findings, *gathered.bypasses.findings)),
        *judge_age(reading, clock.now()),
        *judge_signer(signer, reading),
        *judge_bypasses(reading, gathered.bypasses),
        *dict.fromkeys((*unusable, *remember(aids.memory, reading, shown, executed))),
    ]
    return Briefing(
        reading=reading,
        signer=signer,
        findings=tuple(sorted(findings, key=lambda finding: -finding.severity)),
        reviews=tuple(shown),
        bypasses=gathered.bypasses,
    )


def _review(
    reading: VaultReading,
    lane: LaneReading,
    found: OperationReading,
    gathered: Gathered,
    history: History,
    signer: Signer,
    aids: Aids,
    *,
    plays: bool,
) -> Review:
    surroundings = surroundings_of(
        reading,
        lane,
        accounts=gathered.accounts,
        simulation=simulate(aids, reading, lane, found.operation) if plays else None,
        history=history,
        published=gathered.published.get(lane.operation_id),
        books=aids.books,
        descriptors=gathered.descriptors,
        precedents=gathered.precedents,
    )
    return make_review(reading, lane, found, gathered.policy, gathered.bypasses, signer, surroundings)


def _at_a_glance(review: Review) -> Review:
    """Return a review without the finding that some rules could not judge: in a queue nothing is played, and it says
    so once for all.
    """
    findings = tuple(finding for finding in review.findings if finding.rule != "not-judged")
    return replace(review, findings=findings)
