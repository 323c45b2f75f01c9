"""What stands around the queue: the policy, the uses of break-glass, and what happened before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from verifier.assess.segregation import Shortfall, attributes_of, find_segregated
from verifier.decode.lexicon import Lexicon
from verifier.desk.aids import NO_AIDS, Aids
from verifier.desk.briefing import Briefing
from verifier.desk.gathering import in_turn
from verifier.desk.past_words import PastSentences
from verifier.desk.remembering import recall
from verifier.desk.review import addresses_in
from verifier.desk.signer import Signer
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding
from verifier.model.history import PastOperation
from verifier.model.life import FINAL, Status
from verifier.model.operation import Operation
from verifier.model.reading import BypassReading, LaneReading, PolicyReading, VaultReading
from verifier.model.text import Shown
from verifier.model.tier import Tier
from verifier.model.units import LaneIndex, MemberIndex, OperationId, Sequence, Timestamp
from verifier.ports import ChainReader

MOST_PAST: Final = 1_000
"""So many of the operations that were executed are shown; the newest are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An operation that is over."""

    operation_id: OperationId
    lane: LaneIndex
    sequence: Sequence
    status: Status
    # When this client saw that it was executed; None where it does not know.
    at: Timestamp | None
    # What it did; empty where its bytes were not kept here.
    sentence: Shown
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """A vault beside its queue, at one block."""

    reading: VaultReading
    # About the native coin, and about what the signer has a label for or an open operation names.
    policy: PolicyReading
    # None where nobody looked.
    bypasses: BypassReading | None
    # The newest first; what has no moment stands at the end.
    past: tuple[Past, ...]
    # Names and amounts, as this signer calls them.
    lexicon: Lexicon
    # For each tier that asks for segregation: one such quorum, or why there is none among its approvers.
    quorums: dict[Tier, tuple[MemberIndex, ...] | Shortfall]
    findings: tuple[Finding, ...]


def survey(
    reader: ChainReader,
    signer: Signer,
    *,
    aids: Aids = NO_AIDS,
    named: Iterable[Address] = (),
    sentences: PastSentences | None = None,
) -> Survey:
    """Return what stands around the queue.

    :param named: accounts that the policy is to be asked about, beside those that the signer has a label for
    :param sentences: what was told of the past before, by whoever asks again and again
    :raises EvidenceError: the vault cannot be read.
    :raises PinError: it is not the pinned vault.
    """
    reading = reader.read_vault()
    accounts = list(dict.fromkeys((*signer.labels, *named)))
    policy = reader.read_policy(reading, assets=[NATIVE, *accounts], accounts=accounts)
    history, unusable = recall(aids.memory, reading, latest=MOST_PAST)
    lexicon = Lexicon(
        vault=reading.vault,
        companions=reading.companions,
        assets=policy.assets,
        labels=signer.labels,
        coin=signer.coin,
        books=aids.books,
    )
    bypasses = reader.read_bypasses(reading)
    told = (sentences or PastSentences()).of((each.operation for each in history.executed), lexicon)
    return Survey(
        reading=reading,
        policy=policy,
        bypasses=bypasses,
        past=tuple(_past(reading, history.executed, told)),
        lexicon=lexicon,
        quorums=possible_quorums(reading),
        findings=tuple(dict.fromkeys((*policy.findings, *bypasses.findings, *unusable))),
    )


def named_in(briefing: Briefing) -> tuple[Address, ...]:
    """Return the accounts that the operations of a briefing name, those of each in turn."""
    named = in_turn([list(addresses_in(each.calls)) for each in briefing.reviews])
    return tuple(address for address in named if address not in (briefing.reading.vault, NOBODY))


def survey_of(briefing: Briefing) -> Survey:
    """Return what one briefing of a lane tells of it, where nobody else can be asked."""
    reading, (review,) = briefing.reading, briefing.reviews
    lexicon = review.lexicon
    return Survey(
        reading=reading,
        policy=PolicyReading(assets=lexicon.assets, counterparties={}),
        bypasses=briefing.bypasses,
        past=tuple(_past(reading, (), {})),
        lexicon=lexicon,
        quorums=possible_quorums(reading),
        findings=(),
    )


def possible_quorums(reading: VaultReading) -> dict[Tier, tuple[MemberIndex, ...] | Shortfall]:
    """Return for each tier that asks for segregation a quorum of today's approvers, or why there is none."""
    roster = reading.roster.value
    members = reading.members.value
    approvers = {
        seat: members[seat].record
        for seat in sorted(roster.approvers)
        if seat in members and members[seat].record.seasoned_at <= reading.head.timestamp
    }
    attributes = attributes_of(approvers)
    return {
        tier: find_segregated(
            attributes,
            quorum=terms.quorum,
            security=roster.security,
            security_approvals=terms.security_approvals,
        )
        for tier, terms in zip(Tier, reading.tiers.value, strict=True)
        if terms.segregated == 1
    }


def _past(
    reading: VaultReading, executed: tuple[PastOperation, ...], told: Mapping[Operation, Shown]
) -> Iterator[Past]:
    """Yield what was executed, as far as it is remembered, then what else the lanes still tell."""
    seen = set()
    for past in executed:
        seen.add(past.operation_id)
        operation = past.operation
        yield Past(
            operation_id=past.operation_id,
            lane=operation.lane,
            sequence=operation.sequence,
            status=Status.EXECUTED,
            at=past.executed_at,
            sentence=told[operation],
            evidence=past.evidence,
        )
    for lane in reading.lanes.value:
        if reading.status(lane) in FINAL and lane.operation_id not in seen:
            yield _ended(reading, lane)


def _ended(reading: VaultReading, lane: LaneReading) -> Past:
    status = reading.status(lane)
    return Past(
        operation_id=lane.operation_id,
        lane=lane.lane,
        sequence=lane.state.sequence,
        status=status,
        # Storage keeps no moment of an end, but what expired did so by its clock.
        at=lane.state.expires_at if status is Status.EXPIRED else None,
        sentence=Shown(""),
        evidence=reading.lanes.evidence,
    )
