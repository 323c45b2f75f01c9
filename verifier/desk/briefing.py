"""A vault as its signer is shown it: read once at one block, then judged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from verifier.assess.movements import moves_of
from verifier.decode.lexicon import Lexicon
from verifier.desk.bypasses import judge_bypasses
from verifier.desk.review import Review, addresses_in, make_review
from verifier.desk.signer import Signer, judge_signer
from verifier.errors import LaneEmpty, LaneUnknown
from verifier.model.asset import NATIVE
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.life import Status
from verifier.model.operation import Operation
from verifier.model.reading import LaneReading, PolicyReading, VaultReading
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

    @property
    def completeness(self) -> Evidence:
        """Why it is believed that no open operation is missing."""
        return self.reading.lanes.evidence


def brief_queue(reader: ChainReader, clock: Clock, signer: Signer) -> Briefing:
    """Return every operation that may still be executed, the most urgent first.

    :raises EvidenceError: the vault cannot be read.
    :raises PinError: it is not the pinned vault.
    """
    reading = reader.read_vault()
    briefing = _brief(reader, clock, signer, reading, reading.queue)
    reviews = sorted(briefing.reviews, key=lambda review: (_ORDER[review.status], review.due))
    return Briefing(reading=reading, signer=signer, findings=briefing.findings, reviews=tuple(reviews))


def brief_lane(reader: ChainReader, clock: Clock, signer: Signer, index: int) -> Briefing:
    """Return the present or latest operation of one lane.

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
    return _brief(reader, clock, signer, reading, [lane])


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
    reading: VaultReading,
    lanes: Sequence[LaneReading],
) -> Briefing:
    found = reader.find_operations(reading, lanes)
    policy = _read_policy(reader, reading, [each.operation for each in found if each.operation])
    bypasses = reader.read_bypasses(reading)
    findings = [
        *dict.fromkeys((*reading.findings, *policy.findings, *bypasses.findings)),
        *judge_age(reading, clock.now()),
        *judge_signer(signer, reading),
        *judge_bypasses(reading, bypasses),
    ]
    return Briefing(
        reading=reading,
        signer=signer,
        findings=tuple(sorted(findings, key=lambda finding: -finding.severity)),
        reviews=tuple(
            make_review(reading, lane, each, policy, bypasses, signer)
            for lane, each in zip(lanes, found, strict=True)
        ),
    )


def _read_policy(
    reader: ChainReader, reading: VaultReading, operations: Sequence[Operation]
) -> PolicyReading:
    """Return the vault's words about all that the operations name, and about what its rules say that they move."""
    plain = Lexicon(vault=reading.vault, companions=reading.companions)
    calls = [call for operation in operations for call in operation.calls]
    named = [address for operation in operations for address in addresses_in(operation, plain)]
    functions = [(call.target, call.data[:4]) for call in calls if len(call.data) >= 4]
    policy = reader.read_policy(reading, assets=[NATIVE, *named], accounts=named, functions=functions)
    moves = [move for call in calls for move in moves_of(call, policy)]
    assets, accounts = {move.asset for move in moves} - {NATIVE}, {move.account for move in moves}
    if assets <= set(named) and accounts <= set(named):
        return policy
    return policy.joined(reader.read_policy(reading, assets=sorted(assets), accounts=sorted(accounts)))
