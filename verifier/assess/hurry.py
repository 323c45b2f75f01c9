"""Break-glass: whether what is left of a delay may be shortened, and who has to consent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from verifier.assess.quorum import are_segregated_seats
from verifier.errors.approvals import ConsentsTooFew
from verifier.errors.operations import OperationNotExpeditable
from verifier.model.lane import Lane
from verifier.model.member import MemberRecord, Role
from verifier.model.roster import Roster
from verifier.model.tier import Tier, TierBook, TierTerms
from verifier.model.units import MemberIndex, OperationId, Timestamp
from verifier.model.word import bits_of


def require_expeditable(
    operation_id: OperationId, lane: Lane, *, tiers: TierBook, now: Timestamp
) -> Timestamp:
    """Return when an operation that is WAITING would be ready then.

    :raises OperationNotExpeditable: it is of CUSTODY, or ready sooner without.
    """
    ready_at = Timestamp(now + tiers[lane.tier].least_delay)
    if lane.tier >= Tier.CUSTODY or lane.moment <= ready_at:
        raise OperationNotExpeditable(id=operation_id, state=lane.pack(), ready_at=ready_at)
    return ready_at


def consents_needed(tier: Tier, *, roster: Roster, terms: TierTerms) -> int:
    """Return how many have to consent: the quorum once more, and from HIGH_VALUE on a supermajority."""
    return roster.supermajority if tier >= Tier.HIGH_VALUE else terms.quorum


def require_consents(
    operation_id: OperationId,
    lane: Lane,
    consenting: Sequence[MemberIndex],
    *,
    roster: Roster,
    tiers: TierBook,
    members: Mapping[MemberIndex, MemberRecord],
) -> None:
    """Return if those whose consents count are enough; each was checked by `require_countable` before.

    :param consenting: in the order of the list: where the tier is segregated, it begins with a segregated quorum
    :param members: who sits in these seats
    :raises ConsentsTooFew: too few, or nobody with BREAK_GLASS, too few of the security team, or no such beginning.
    """
    terms = tiers[lane.tier]
    needed = consents_needed(lane.tier, roster=roster, terms=terms)
    hurrying = frozenset(consenting)
    is_quorum = (
        any(members[seat].has_any(Role.BREAK_GLASS) for seat in consenting)
        and len(hurrying) >= needed
        and len(hurrying & roster.security) >= terms.security_approvals
        and (terms.segregated == 0 or are_segregated_seats(consenting[: terms.quorum], members))
    )
    if not is_quorum:
        raise ConsentsTooFew(id=operation_id, consents=bits_of(hurrying), needed=needed, terms=terms.pack())
