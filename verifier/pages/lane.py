"""One operation, whole, as text."""

from __future__ import annotations

from verifier.assess.hurry import consents_needed
from verifier.assess.segregated_quorum import show_clash, show_seats
from verifier.assess.standing import Quorum, Standing
from verifier.desk.briefing import Briefing
from verifier.desk.review import Review
from verifier.model.evidence import Evidence
from verifier.model.life import OPEN, Status
from verifier.model.member import Member
from verifier.model.text import show_bytes, show_duration, show_moment
from verifier.model.tier import Tier
from verifier.model.units import hours
from verifier.pages.calls import add_calls
from verifier.pages.layout import Page, in_groups
from verifier.pages.queue import add_heading, missing_of
from verifier.pages.simulation import add_simulation
from verifier.pages.words import clock_of, endpoints_of, named

_MOST_DATA = 100
"""Bytes of a transaction that are still shown, in one line, to be copied."""


def lane_page(briefing: Briefing, width: int) -> str:
    """Return the operation of a lane: what it does, its calls, who approved, its clock, findings, evidence, actions."""
    (review,) = briefing.reviews
    page = Page(width)
    add_heading(page, briefing)
    page.space()
    add_summary(page, briefing, review)
    if findings := [*review.findings, *briefing.findings]:
        page.title("Findings")
        page.findings(findings, indent=2)
    if review.calls:
        page.title("Calls, from the bytes alone")
        add_calls(page, review)
    add_simulation(page, review.simulation, review.lexicon)
    add_levels(page, review)
    add_approvals(page, briefing, review)
    add_clock(page, briefing, review)
    add_evidence(page, briefing, review)
    add_actions(page, briefing, review)
    return str(page)


def add_summary(page: Page, briefing: Briefing, review: Review) -> None:
    """Add which operation it is, where it stands, and what it does."""
    state, now = review.lane.state, briefing.reading.head.timestamp
    page.text(f"Lane {review.lane.lane}, operation {state.sequence} of this lane")
    clock = clock_of(state, review.status, now)
    page.text(f"{review.status.name}, {clock}; {state.tier.name}{_kind(review)}")
    page.space()
    page.text(review.sentence, indent=2)
    page.space()
    page.field("id", show_bytes(review.lane.operation_id))
    page.field("published", f"{state.publication} (block {state.publication.block})")


def _kind(review: Review) -> str:
    if not review.lane.state.seat_operation:
        return ""
    return ", seat operation, objected" if review.lane.state.objected else ", seat operation"


def add_levels(page: Page, review: Review) -> None:
    """Add how much of each asset moved within the last day, which counts together with this operation."""
    if not review.levels:
        return
    page.title("Limits of a day")
    for level in review.levels:
        now, later, routine, high = (
            None if units is None else review.lexicon.amount(level.asset, level.terms.amount(units))
            for units in (level.now, level.later, level.terms.routine_limit, level.terms.high_value_from)
        )
        said = f"{now} counts of what moved before. "
        if later is not None:
            said += f"With this it would be {later}. "
        page.text(f"{said}ROUTINE up to {routine}, HIGH_VALUE from {high}.", indent=2)


def add_approvals(page: Page, briefing: Briefing, review: Review) -> None:
    """Add who approved, who of them counts, and who else could."""
    quorum, count = review.quorum, review.quorum.count
    page.title("Approvals")
    said = f"{count.approvals} that count ({count.needed} needed)"
    if count.security_needed:
        said += f", {count.security_approvals} by the security team ({count.security_needed} needed)"
    page.text(f"{'A quorum' if count.is_standing else 'No quorum'}: {said}. {missing_of(review)}", indent=2)
    _add_segregation(page, quorum)
    page.space()
    for standing in quorum.given:
        _add_standing(page, briefing, standing, "counts" if standing.counts else "void")
    publisher = f"seat {review.lane.proposer}"
    if review.proposer:
        publisher += f", {named(briefing, review.proposer.address)}"
    page.text(f"Published by {publisher}, who never counts.", indent=2)
    if quorum.others and review.status in OPEN:
        page.space()
        page.text("Other approvers:", indent=2)
        for standing in quorum.others:
            if standing.seat != review.lane.proposer:
                _add_standing(page, briefing, standing, "may" if standing.counts else "may not")


def _add_segregation(page: Page, quorum: Quorum) -> None:
    """Add whether members who are apart are among those who approved, and who shares what with whom."""
    segregation = quorum.segregation
    if segregation is None:
        return
    needed = f"{segregation.quorum} of them have to be apart: employers, time and place"
    if isinstance(segregation.recorded, tuple):
        page.text(f"{needed}. {show_seats(segregation.recorded).capitalize()} are.", indent=2)
        return
    largest = segregation.recorded.largest
    found = f"no more than {len(largest)} are" if largest else "nobody is"
    page.text(f"{needed}; of those who approved, {found}.", indent=2)
    for clash in segregation.clashes:
        page.text(show_clash(clash), indent=4)
    if isinstance(segregation.possible, tuple):
        seats = show_seats(segregation.possible)
        page.text(f"{seats.capitalize()} would be, of those who approved or may.", indent=2)


def _persons(member: Member) -> str:
    if member.group is None:
        return f"person {member.record.person}"
    return f"a group: its key is held in parts by persons {', '.join(map(str, member.persons))}"


def _add_standing(page: Page, briefing: Briefing, standing: Standing, mark: str) -> None:
    member = standing.member
    who = named(briefing, member.address) if member else "nobody sits here now"
    facts = [_persons(member)] if member else []
    if standing.is_security:
        facts.append("security team")
    if standing.seat == briefing.signer.seat:
        facts.append("your seat")
    if standing.why:
        facts.append(standing.why)
    lead = f"{mark:<8}seat {standing.seat:>2}  "
    page.text(who, indent=2, hang=lead)
    if facts:
        page.text(", ".join(facts), indent=2 + len(lead))


def add_clock(page: Page, briefing: Briefing, review: Review) -> None:
    """Add what the clock will do to it."""
    state, now = review.lane.state, briefing.reading.head.timestamp
    page.title("Clock")
    if state.status is Status.WAITING:
        page.field("ready", _moment(state.moment, now))
        page.field("expires", _moment(state.expires_at, now))
        _add_hurry(page, briefing, review)
    elif state.status is Status.PROPOSED:
        terms = briefing.reading.tiers.value[state.tier]
        page.field("approve by", _moment(state.moment, now))
        later = (
            f"{show_duration(terms.delay)} after its quorum, for {show_duration(hours(terms.grace_hours))}"
        )
        page.field("ready", later)
    else:
        page.text(f"It is {review.status.name}, and that is final.", indent=2)
    if state.tier in briefing.reading.roster.value.windows:
        page.text("It executes only in the window of its tier.", indent=2)
    page.field("block time", show_moment(now))


def _add_hurry(page: Page, briefing: Briefing, review: Review) -> None:
    """Add what break-glass could do to an operation that waits."""
    state, reading = review.lane.state, briefing.reading
    terms, now = reading.tiers.value[state.tier], reading.head.timestamp
    ready_at = now + terms.least_delay
    if review.status is not Status.WAITING or state.tier is Tier.CUSTODY or ready_at >= state.moment:
        return
    needed = consents_needed(state.tier, roster=reading.roster.value, terms=terms)
    said = (
        f"could make it ready {show_duration(terms.least_delay)} from now, with {needed} signed consents, one of them "
        "by a member with BREAK_GLASS; it would be recorded for ever"
    )
    page.field("break-glass", said)


def _moment(moment: int, now: int) -> str:
    if moment >= now:
        return f"{show_moment(moment)}, in {show_duration(moment - now)}"
    return f"{show_moment(moment)}, {show_duration(now - moment)} ago"


def add_evidence(page: Page, briefing: Briefing, review: Review) -> None:
    """Add why what is shown of it is believed."""
    reading = briefing.reading
    head = reading.head
    page.title("Evidence")
    page.field("block", show_bytes(head.hash))
    page.text(endpoints_of(head), indent=13)
    page.field("storage", f"{reading.lanes.evidence.name.lower()}: {_STORAGE[reading.lanes.evidence]}")
    if review.operation:
        page.field("bytes", f"{review.evidence.name.lower()}: they hash to the id that storage holds")
    page.field("names", "your own labels; nobody else's")


_STORAGE = {
    Evidence.PROVEN: "by Merkle proofs against that block",
    Evidence.AGREED: "the endpoints say the same of it",
    Evidence.CLAIMED: "nothing confirms the block that it rests on",
}


def add_actions(page: Page, briefing: Briefing, review: Review) -> None:
    """Add what can be done about it, and the data of each transaction that does it."""
    if review.status not in OPEN:
        return
    page.title("What can be done")
    if not review.actions:
        page.text("Your seat can do nothing about it now.", indent=2)
        return
    for action in review.actions:
        page.field(action.name, action.sentence)
        if action.digest:
            first, second = in_groups(action.digest)
            page.field("digest", f"0x {first}")
            page.line(f"{'':13}   {second}")
        if len(action.data) > _MOST_DATA:
            size, command = len(action.data), f"fourth-signer show {review.lane.lane} --json"
            page.text(f"({size} bytes of data: `{command}` has them)", indent=13)
    if any(action.data for action in review.actions):
        page.space()
        said = (
            "Each is a transaction from a member's own account to the vault, without value, with this data:"
        )
        page.text(said, indent=2)
    for action in review.actions:
        if 0 < len(action.data) <= _MOST_DATA:
            page.space()
            page.line(f"{action.name} {show_bytes(action.data)}")
    if briefing.signer.seat is None or any(action.name == "approve" for action in review.actions):
        add_hashes(page, review)


def add_hashes(page: Page, review: Review) -> None:
    """Add what a device shows on which an approval is signed."""
    page.title("Hashes of an approval")
    hashes = review.hashes
    for name, value in (("domain", hashes.domain), ("message", hashes.struct), ("digest", hashes.digest)):
        first, second = in_groups(value)
        page.field(name, f"0x {first}")
        page.line(f"{'':13}   {second}")
    page.text("A device on which you approve this has to show these, and no others.", indent=2)
