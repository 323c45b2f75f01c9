"""One operation, as a signer has to see it before deciding: everything follows from the bytes and from storage."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from verifier.assess.case import Case, CheckedApproval
from verifier.assess.gains import gains_of
from verifier.assess.movements import Level, levels_of
from verifier.assess.policy import Judgement, PolicyBook, judge
from verifier.assess.rules.table import judge_case
from verifier.assess.standing import Quorum, judge_quorum
from verifier.decode.calls import decode_operation
from verifier.decode.lexicon import Lexicon
from verifier.decode.sentence import say_operation
from verifier.desk.actions import Action, Situation, all_actions
from verifier.desk.signer import Signer
from verifier.desk.surroundings import NO_SURROUNDINGS, Surroundings
from verifier.model.address import NOBODY, Address
from verifier.model.call import Argument, DecodedCall
from verifier.model.description import Description, Refusal
from verifier.model.effect import Allowance, Authority, Creation, Delegation, Effect, Move
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.life import Status
from verifier.model.member import Member
from verifier.model.operation import Operation
from verifier.model.reading import (
    NO_POLICY,
    BypassReading,
    LaneReading,
    OperationReading,
    PolicyReading,
    VaultReading,
)
from verifier.model.simulation import Simulation
from verifier.model.text import Foreign, Shown
from verifier.model.units import Timestamp
from verifier.sign.typed import approve_digest, approve_hash, domain_separator


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningHashes:
    """What a device shows when an approval is signed."""

    domain: bytes
    struct: bytes
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One operation and all that is known about it."""

    lane: LaneReading
    # By the clock of the block.
    status: Status
    # None where its bytes were not found.
    operation: Operation | None
    calls: tuple[DecodedCall, ...]
    # What it does, in one sentence made from its bytes.
    sentence: Shown
    proposer: Member | None
    # The one member that a seat operation is about; the zero address in other operations.
    subject: Address
    quorum: Quorum
    # The buckets of the listed assets that it moves.
    levels: tuple[Level, ...]
    # The worst first.
    findings: tuple[Finding, ...]
    # Who receives an asset by it, or may spend one from then on; the vault itself left out.
    gainers: tuple[Address, ...]
    # What can be done about it now.
    actions: tuple[Action, ...]
    hashes: SigningHashes
    # Of the weakest fact that the sentence and the calls rest on.
    evidence: Evidence
    lexicon: Lexicon
    # How it would go, as one endpoint played it; None where nobody was asked.
    simulation: Simulation | None = None
    # The co-signers' signatures that were found and held against this client's digest; None where nobody looked.
    approvals: tuple[CheckedApproval, ...] | None = None
    # What descriptors say of its calls, in their order; None for a call that none is about.
    descriptions: tuple[Description | Refusal | None, ...] = ()
    # What cannot be done about it now; each says why.
    impossible: tuple[Action, ...] = ()
    # The vault's words about what it names.
    policy: PolicyReading = NO_POLICY
    # Where its bytes were not found: the endpoints that looked and have none.
    denying: tuple[Foreign, ...] = ()

    @property
    def severity(self) -> Severity | None:
        """The worst of the findings; None where there is none."""
        return max((finding.severity for finding in self.findings), default=None)

    @property
    def due(self) -> Timestamp:
        """When it is executable, while its clock runs; else the last moment to approve or to execute it."""
        return self.lane.state.moment if self.status is Status.WAITING else self.lane.state.expires_at


def addresses_in(outer: Sequence[DecodedCall]) -> Iterator[Address]:
    """Yield every address that the calls of an operation name, and the calls inside of them, each once.

    First where they go and whom their effects are about, then what else stands in their arguments: a long list of names
    there must not come before those that matter, since not all are looked at.
    """
    calls = [call for each in outer for _, call in each.walk()]
    found: dict[Address, None] = {}
    for call in calls:
        found[call.call.target] = None
        found.update(dict.fromkeys(_addresses_about(call.effects)))
    for call in calls:
        found.update(dict.fromkeys(_addresses_of(call.arguments)))
    yield from found


def make_review(
    reading: VaultReading,
    lane: LaneReading,
    found: OperationReading,
    policy: PolicyReading,
    bypasses: BypassReading,
    signer: Signer,
    surroundings: Surroundings = NO_SURROUNDINGS,
) -> Review:
    """Return what a signer has to see of a lane's operation."""
    operation = found.operation
    lexicon = Lexicon(
        vault=reading.vault,
        companions=reading.companions,
        assets=policy.assets,
        labels=signer.labels,
        coin=signer.coin,
        accounts=surroundings.accounts,
        books=surroundings.books,
        descriptors=surroundings.descriptors,
    )
    calls = decode_operation(operation, lexicon) if operation else ()
    judgement = judge_calls(reading, lane, operation, policy)
    subject = judgement.subject if judgement else NOBODY
    quorum = judge_quorum(reading, lane, operation, subject)
    case = Case(
        reading=reading,
        lane=lane,
        operation=operation,
        calls=calls,
        policy=policy,
        labels=signer.labels,
        judgement=judgement,
        quorum=quorum,
        bypasses=bypasses,
        accounts=surroundings.accounts,
        simulation=surroundings.simulation,
        history=surroundings.history,
        precedents=surroundings.precedents.of(surroundings.history.executed, lexicon),
        approvals=surroundings.approvals,
    )
    situation = Situation(
        reading=reading,
        lane=lane,
        operation=operation,
        subject=subject,
        quorum=quorum,
        me=signer.own_member(reading),
        bypasses=bypasses,
    )
    actions = all_actions(situation, signer)
    return Review(
        lane=lane,
        status=reading.status(lane),
        operation=operation,
        calls=calls,
        sentence=say_operation(calls, lexicon) if operation else _UNKNOWN,
        proposer=reading.members.value.get(lane.proposer),
        subject=subject,
        quorum=quorum,
        levels=_levels(reading, lane, operation, policy, judgement),
        findings=tuple(sorted((*found.findings, *judge_case(case)), key=lambda f: -f.severity)),
        gainers=tuple(dict.fromkeys(gain.account for gain in gains_of(case))),
        actions=tuple(action for action in actions if action.is_possible),
        impossible=tuple(action for action in actions if not action.is_possible),
        hashes=_hashes(reading, lane),
        evidence=min([found.evidence, *(call.evidence for call in calls)]),
        lexicon=lexicon,
        simulation=surroundings.simulation,
        approvals=surroundings.approvals,
        descriptions=_describe(calls, surroundings, lexicon),
        policy=policy,
        denying=found.denying,
    )


def _describe(
    calls: Sequence[DecodedCall], surroundings: Surroundings, lexicon: Lexicon
) -> tuple[Description | Refusal | None, ...]:
    book = surroundings.descriptors
    if book is None:
        return ()
    return tuple(
        book.describe(
            each.call.target,
            each.call.data,
            lexicon=lexicon,
            value=each.call.value,
            sender=each.caller,
        )
        for each in calls
    )


_UNKNOWN = Shown("Nobody gives the bytes of this operation, so what it does is unknown.")


def judge_calls(
    reading: VaultReading, lane: LaneReading, operation: Operation | None, policy: PolicyReading
) -> Judgement | None:
    """Return what today's policy makes of a lane's operation; None where its bytes were not found."""
    if operation is None:
        return None
    book = PolicyBook(
        companions=reading.companions,
        assets={asset: fact.value for asset, fact in policy.assets.items()},
        counterparties={account: fact.value for account, fact in policy.counterparties.items()},
        rules={function: fact.value for function, fact in policy.rules.items()},
        registry=reading.registry.value,
    )
    return judge(
        operation.calls,
        vault=reading.vault,
        book=book,
        known=frozenset(member.address for member in reading.members.value.values()),
        now=reading.head.timestamp,
        # Once its quorum was reached, what it moves is in the buckets.
        with_levels=_is_proposed(lane),
    )


def _levels(
    reading: VaultReading,
    lane: LaneReading,
    operation: Operation | None,
    policy: PolicyReading,
    judgement: Judgement | None,
) -> tuple[Level, ...]:
    if operation is None or judgement is None:
        return ()
    now = reading.head.timestamp
    return tuple(levels_of(operation, policy, judgement, now=now, is_proposed=_is_proposed(lane)))


def _is_proposed(lane: LaneReading) -> bool:
    return lane.state.status is Status.PROPOSED


def _hashes(reading: VaultReading, lane: LaneReading) -> SigningHashes:
    chain_id, vault = reading.head.chain_id, reading.vault
    publication = lane.state.publication
    return SigningHashes(
        domain=domain_separator(chain_id, vault),
        struct=approve_hash(lane.operation_id, publication),
        digest=approve_digest(lane.operation_id, publication, chain_id=chain_id, vault=vault),
    )


def _addresses_of(arguments: tuple[Argument, ...]) -> Iterator[Address]:
    for argument in arguments:
        if isinstance(argument.value, Address):
            yield argument.value
        yield from _addresses_of(argument.children)


def _addresses_about(effects: tuple[Effect, ...]) -> Iterator[Address]:
    for effect in effects:
        match effect:
            case Move():
                yield from (effect.token, effect.sender, effect.recipient)
            case Allowance():
                yield from (effect.token, effect.owner, effect.spender)
            case Authority():
                yield from (effect.target, *([effect.account] if effect.account else []))
            case Delegation():
                yield from (effect.account, effect.code)
            case Creation():
                yield from filter(None, (effect.factory, effect.account, effect.runs))
