"""What happened, in words. Whatever is said about an operation, the chain says: nothing here knows the script."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from tests.story.chronicle import Entry, Refusal, Step, Suspension
from tests.story.whereabouts import say_list
from verifier.assess.quorum import asks_for_segregation
from verifier.assess.segregation import Shortfall, attributes_of, find_segregated
from verifier.decode.lexicon import show_amount
from verifier.desk.review import Review
from verifier.model.address import Address
from verifier.model.life import Status
from verifier.model.member import Member, Role
from verifier.model.reading import VaultReading
from verifier.model.text import Shown, sanitise, show_bytes, show_duration, show_moment
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import Duration, MemberIndex, Timestamp

_HOUR: Final = 3_600
_ID: Final = re.compile(r"\b(0x[0-9a-f]{8})[0-9a-f]{48}([0-9a-f]{8})\b")
_COUNTS: Final = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


@dataclass(frozen=True, slots=True, kw_only=True)
class Teller:
    """Says what happened, with the reader's own names for addresses."""

    labels: Mapping[Address, str]
    # Of the vault: its members and tiers.
    reading: VaultReading

    def name(self, address: Address) -> Shown:
        label = self.labels.get(address)
        return sanitise(label) if label else Shown(str(address))

    def say(self, entry: Entry) -> Shown:
        """Return what happened in one or two sentences."""
        match entry:
            case Step():
                return Shown(self._say_step(entry))
            case Refusal():
                tried = f"{self.name(entry.by)} {self._say_attempt(entry)}"
                return Shown(f"{tried}, and the vault refuses: {shorten(entry.error.sentence())}")
            case Suspension():
                who, member = self.name(entry.by), self.name(entry.member)
                until = f"unless members confirm it, that lapses on {show_moment(entry.lapses_at)}"
                return Shown(f"{who} suspends {member} at once; {until}.")
            case _:
                return Shown(f"{self.name(entry.by)} did something else.")

    def say_tier(self, tier: Tier) -> Shown:
        return Shown(f"{tier.name}: {say_terms(self.reading.tiers.value[tier])}")

    def seated(self, seats: Collection[MemberIndex]) -> list[Shown]:
        """Return the names of those who sit in some seats, by seat."""
        return [self.name(self.reading.members.value[seat].address) for seat in sorted(seats)]

    def find_apart(self, step: Step) -> tuple[MemberIndex, ...] | Shortfall:
        """Return a segregated quorum among those who had approved after a step, or why there is none."""
        members, terms = self.reading.members.value, self.reading.tiers.value[step.state.tier]
        return find_segregated(
            attributes_of({seat: members[seat].record for seat in sorted(step.state.approvals)}),
            quorum=terms.quorum,
            security=self.reading.roster.value.security,
            security_approvals=terms.security_approvals,
        )

    def _say_step(self, step: Step) -> str:
        who, state = self.name(step.by), step.state
        match step.event:
            case "Proposed":
                said = (
                    f"{who} publishes operation {shorten(show_bytes(step.operation_id))}. The vault takes it as "
                    f"{self.say_tier(state.tier)}."
                )
            case "Approved":
                said = ""
            case "Vetoed":
                said = f"{who} vetoes it{self._say_margin(step)}."
            case "Executed":
                said = f"{who} executes it."
            case event:
                said = f"{event}, by {who}."
        return " ".join(filter(None, [said, self._say_signers(step), self._say_clock(step)]))

    def name_attempt(self, refusal: Refusal) -> Shown:
        """Return in a word or two what was refused."""
        match refusal.function:
            case "approve":
                return Shown("own approval" if self._is_of_own(refusal) else "approval")
            case "execute":
                return Shown("execution")
            case function:
                return Shown(function)

    def _say_attempt(self, refusal: Refusal) -> str:
        match refusal.function:
            case "approve" if self._is_of_own(refusal):
                return "hands in an approval of their own"
            case "approve":
                return "hands in an approval"
            case "execute":
                return "tries to execute it"
            case function:
                return f"sends `{function}`"

    def _is_of_own(self, refusal: Refusal) -> bool:
        """Whether somebody handed in nothing but their own approval."""
        members = self.reading.members.value
        signers = {members[a.seat].address for a in refusal.approvals if a.seat in members}
        return signers == {refusal.by}

    def _say_margin(self, step: Step) -> str:
        """Return how close it was, where a clock ran."""
        if not step.state.grace_hours:
            return ""
        left = Duration(step.state.moment - step.moment)
        if left > 0:
            return f", {show_duration(left)} before it could have been executed"
        return f", {show_duration(Duration(-left))} after it could have been executed"

    def _say_signers(self, step: Step) -> str:
        if not step.signers:
            return ""
        names = say_list([self.name(signer) for signer in step.signers.values()])
        needed = self.reading.tiers.value[step.state.tier].quorum
        verb = "signs" if len(step.signers) == 1 else "sign"
        given = len(step.state.approvals)
        if not is_stalled(step, self.reading):
            return f"{names} {verb}: {given} of {needed} approvals."
        found = self.find_apart(step)
        why = f"no {count(needed)} of them apart" if isinstance(found, Shortfall) else "no quorum is named"
        return f"{names} {verb}: {count(given)} approvals, {why}. The vault records it, and no clock starts."

    def _say_clock(self, step: Step) -> str:
        if step.state.status is not Status.WAITING or step.event not in ("Proposed", "Approved"):
            return ""
        ready = step.state.moment
        delay = hours(Duration(ready - step.moment))
        said = f"The clock starts, and nothing can happen for {delay}, before {show_moment(ready)}."
        if not asks_for_segregation(step.state, self.reading.tiers.value):
            return f"That is a quorum. {said}"
        quorum = f"{say_list(self.seated(step.state.approvals))} are apart from each other: that is a quorum."
        dropped = f"What {say_list(self.seated(step.dropped))} signed is not in it." if step.dropped else ""
        return " ".join(filter(None, [quorum, dropped, said]))


def is_stalled(step: Step, reading: VaultReading) -> bool:
    """Whether enough have approved, and the clock waits for a quorum that is segregated."""
    tiers = reading.tiers.value
    return (
        step.state.status is Status.PROPOSED
        and asks_for_segregation(step.state, tiers)
        and len(step.state.approvals) >= tiers[step.state.tier].quorum
    )


def shorten(text: str) -> Shown:
    """Return a text with its 32-byte ids cut to their ends; the whole one is shown where it is read."""
    return Shown(_ID.sub(r"\1...\2", text))


def say_terms(terms: TierTerms) -> Shown:
    security = f", {count(terms.security_approvals)} of the security team" if terms.security_approvals else ""
    apart = " from members who are apart" if terms.segregated else ""
    return Shown(f"{count(terms.quorum)} approvals{apart}{security}, then {hours(terms.delay)}")


def count(number: int) -> Shown:
    """Return a small number as a word."""
    return Shown(_COUNTS[number] if 0 <= number < len(_COUNTS) else str(number))


def hours(duration: Duration) -> Shown:
    """Return a delay as people speak of it: 48 hours, not 2 days."""
    if duration % _HOUR == 0 and 1 < duration // _HOUR <= 96:
        return Shown(f"{duration // _HOUR} hours")
    return show_duration(duration)


def say_clock(review: Review, now: Timestamp) -> Shown:
    """Return where an operation is by the clock of a block."""
    moment = review.lane.state.moment
    when = f"executable from {show_moment(moment)}" if review.status is Status.WAITING else ""
    since = f"executable since {show_moment(moment)}" if review.status is Status.READY else ""
    left = f"{show_duration(Duration(moment - now))} from the block that is read here" if when else ""
    return Shown("; ".join(filter(None, [review.status.name, when or since, left])))


def role_of(member: Member) -> Shown:
    """Return what a member is, in a word or two."""
    roles = member.record.roles
    for role in (Role.GUARDIAN, Role.PROPOSER, Role.SECURITY):
        if roles & role:
            return Shown((role.name or "").lower())
    return Shown(", ".join((role.name or "").lower() for role in Role if roles & role))


def headline(review: Review) -> Shown:
    """Return what an operation is about, in a few words: an amount and its asset, where it moves one."""
    call = review.calls[0] if len(review.calls) == 1 else None
    amount = next((a.value for a in call.arguments if a.name == "amount"), None) if call else None
    terms = review.lexicon.assets.get(call.call.target) if call else None
    if call is None or terms is None or not isinstance(amount, int):
        return Shown("One operation")
    whole, _, rest = show_amount(amount, terms.value.decimals).partition(".")
    fraction = "." + rest.rstrip("0") if rest.strip("0") else ""
    label = review.lexicon.labels.get(call.call.target)
    return Shown(f"{whole}{fraction} {sanitise(label) if label else 'of a token'}")
