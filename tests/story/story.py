"""The story, act by act: people act, then what happened is read from the chain and told."""

from __future__ import annotations

from typing import Final

from tests.story.acts import Ground, Troupe
from tests.story.cast import ATLAS, DANA, EVAN, EVERYONE, PAYROLL, Script, labels
from tests.story.chronicle import Refusal, Step
from tests.story.lettering import short_moment
from tests.story.near_miss import NearMiss
from tests.story.outlook import Outlook
from tests.story.page import Page
from tests.story.picture import draw_from
from tests.story.telling import count, role_of, say_clock, say_terms
from tests.story.whereabouts import say_apart, say_list, say_shared
from verifier.assess.segregation import Shortfall
from verifier.desk.briefing import Briefing
from verifier.desk.signer import Signer
from verifier.model.address import Address
from verifier.model.finding import Severity
from verifier.model.member import Member
from verifier.model.text import Shown, sanitise, show_bytes
from verifier.model.tier import Tier
from verifier.model.units import LaneIndex, MemberIndex, Timestamp

_STYLES: Final = {"Vetoed": "bold red", "Executed": "bold green"}
_WARNINGS: Final = {Severity.WARNING: "yellow", Severity.DANGER: "bold red"}
_DANA: Final = Address(DANA.address)


class Story:
    """What is told on a page. `Troupe` acts, `Outlook` looks, and nothing else is known of an operation here."""

    def __init__(self, ground: Ground, script: Script, page: Page) -> None:
        signer = Signer(
            vault_name="treasury",
            seat=MemberIndex(EVERYONE.index(DANA)),
            member=_DANA,
            labels=labels(ground.token),
        )
        self._ground = ground
        self._script = script
        self._page = page
        self._troupe = Troupe(ground, script)
        self._outlook = Outlook(ground, signer)
        # Of the operation that the fourth signer reads.
        self._lane: LaneIndex | None = None

    @property
    def lane_read(self) -> LaneIndex:
        """The lane of what the fourth signer reads, once that was told."""
        if self._lane is None:
            raise AssertionError("the story has not been told yet")
        return self._lane

    def tell(self) -> NearMiss:
        """Play all acts, and return what the picture is drawn from."""
        self._tell_ground()
        self._lane = lane = self._play_signing()
        briefing = self._play_reading(lane)
        self._play_veto(lane)
        self._play_honesty()
        return draw_from(
            self._outlook.entries,
            briefing.reviews[0],
            self._outlook.teller(briefing.reading),
            reader=_DANA,
            atlas=ATLAS,
            said=self._script.said,
            said_by=Address(EVAN.address),
        )

    def leave_a_riddle(self, now: Timestamp) -> LaneIndex:
        """Publish something that nobody tells about."""
        return self._troupe.leave_a_riddle(now)

    # ---------------------------------------------------------------------------------------------------- acts

    def _tell_ground(self) -> None:
        reading, page = self._outlook.read(), self._page
        teller = self._outlook.teller(reading)
        page.tell("chain", f"Anvil at {self._ground.chain.url}, chain {reading.head.chain_id}")
        page.tell("vault", f"{reading.vault}; its code and its founding are the pinned ones")
        page.tell("holds", self._holdings())
        page.gap()
        members = sorted(reading.members.value.items())
        page.table(
            ("seat", "who", "what they are", "employer", "where"),
            [(str(i), teller.name(m.address), role_of(m), *self._whereabouts(m)) for i, m in members],
        )
        page.gap()
        for tier in Tier:
            page.tell(tier.name, say_terms(reading.tiers.value[tier]))

    def _play_signing(self) -> LaneIndex:
        page = self._page
        page.section("The engineer publishes an operation, and signs it too")
        lane = self._troupe.publish_theft()
        self._tell_news()
        page.section("Three colleagues in one office are asked over chat to sign it, and do")
        self._troupe.sign_in_one_office(lane)
        self._tell_news()
        self._tell_segregation(lane)
        page.section("The engineer turns to colleagues in other places, and they sign, too")
        self._troupe.sign_elsewhere(lane)
        self._tell_news()
        self._tell_segregation(lane)
        return lane

    def _play_reading(self, lane: LaneIndex) -> Briefing:
        """Let the fourth signer read the operation."""
        self._page.section("The fourth signer reads it from the chain, in words made from its bytes")
        self._troupe.wait_for_the_reader()
        self._outlook.news()
        briefing = self._outlook.brief(lane)
        review = briefing.reviews[0]
        self._page.say(show_bytes(briefing.reviews[0].lane.operation_id), style="dim")
        self._page.beside(
            ("Heard over chat", f'"{self._script.said}"'), ("What the chain says", review.sentence)
        )
        self._tell_review(briefing)
        return briefing

    def _play_veto(self, lane: LaneIndex) -> None:
        self._page.section("One veto is enough")
        self._troupe.veto(lane)
        self._tell_news()
        self._troupe.try_again(lane)
        self._tell_news()
        self._page.tell("the vault", f"still holds {self._holdings()}")

    def _play_honesty(self) -> None:
        page = self._page
        page.section("An honest operation goes the same way")
        lane = self._troupe.publish_payment()
        self._tell_news()
        briefing = self._outlook.brief(lane)
        page.tell("it says", briefing.reviews[0].sentence, style="bold")
        self._troupe.sign_read(lane)
        self._tell_news()
        self._troupe.carry_out(lane)
        self._tell_news()
        teller = self._outlook.teller()
        received = self._outlook.amount(self._outlook.holding(PAYROLL))
        page.tell("the vault", f"holds {self._holdings()}")
        page.tell(teller.name(PAYROLL), f"has {received}")

    # --------------------------------------------------------------------------------------------------- lines

    def _tell_news(self) -> None:
        """Tell what happened since the last look."""
        teller = self._outlook.teller()
        for entry in self._outlook.news():
            style = "yellow" if isinstance(entry, Refusal) else ""
            if isinstance(entry, Step):
                style = _STYLES.get(entry.event, "")
            self._page.tell(short_moment(entry.moment), teller.say(entry), style=style)

    def _tell_segregation(self, lane: LaneIndex) -> None:
        """Tell, person by person, what those who signed share, or how far they are from each other."""
        review = self._outlook.brief(lane).reviews[0]
        segregation = review.quorum.segregation
        if segregation is None:
            return
        teller, page = self._outlook.teller(), self._page
        approved = sorted(review.lane.state.approvals)
        members = {seat: teller.reading.members.value[seat].record.attributes for seat in approved}
        names = dict(zip(approved, teller.seated(approved), strict=True))
        page.gap()
        if isinstance(segregation.recorded, Shortfall):
            page.say("Why there is no quorum, by what the vault itself says of its members:")
            for seat in approved:
                page.tell(names[seat], say_shared(seat, members, segregation.recorded.clashes, names, ATLAS))
            most = count(len(segregation.recorded.largest))
            needed = count(segregation.quorum)
            page.tell(
                "so",
                f"a quorum is {needed} who differ in employer, time and place; of those who signed, no more than "
                f"{most} can stand in one.",
            )
        else:
            page.say("Why this is a quorum, by what the vault itself says of its members:")
            quorum = {seat: members[seat] for seat in segregation.recorded}
            for seat, attributes in quorum.items():
                page.tell(names[seat], f"{ATLAS.employer(attributes.employer)}; {ATLAS.where(attributes)}")
            for pair, apart in say_apart(quorum, names):
                page.tell("apart", f"{pair}: {apart}")

    def _whereabouts(self, member: Member) -> tuple[Shown, Shown]:
        attributes = member.record.attributes
        return ATLAS.employer(attributes.employer), ATLAS.where(attributes)

    def _tell_review(self, briefing: Briefing) -> None:
        """Tell everything that the reader sees besides the sentence."""
        reading, review, page = briefing.reading, briefing.reviews[0], self._page
        for call in review.calls:
            page.tell("calls", f"{call.function or 'data'} of {review.lexicon.name(call.call.target)}")
        for address, known in self._outlook.strangers(briefing):
            page.tell("stranger", f"{address}: {known}")
        page.tell("out of", f"{self._holdings()} in the vault")
        page.tell("tier", self._outlook.teller(reading).say_tier(review.lane.state.tier))
        page.tell("signed", self._say_signatures(briefing))
        page.tell("clock", say_clock(review, reading.head.timestamp))
        faults = sum(len(call.faults) for call in review.calls)
        page.tell(
            "bytes", f"{faults or 'no'} fault{'' if faults == 1 else 's'}; they hash to the id in storage"
        )
        sources = say_list([sanitise(name) for name in reading.head.agreeing])
        block = f"block {reading.head.number}, which is hashed here; {sources} gives that block"
        page.tell("evidence", f"{review.evidence.name.lower()}: every word is proven against {block}")
        for finding in (*briefing.findings, *review.findings):
            style = _WARNINGS.get(finding.severity, "")
            page.tell(finding.severity.name.lower(), finding.sentence, style=style)

    def _say_signatures(self, briefing: Briefing) -> str:
        review, teller = briefing.reviews[0], self._outlook.teller(briefing.reading)
        approvers = {s.seat: s.member.address for s in review.quorum.given if s.member and s.has_approved}
        recovered = self._outlook.signers(review.lane.operation_id)
        good = [seat for seat, address in approvers.items() if recovered.get(seat) == address]
        names = say_list([teller.name(address) for address in approvers.values()])
        return f"by {names}; {count(len(good))} of {count(len(approvers))} signatures recover here, over these bytes"

    def _holdings(self) -> str:
        return self._outlook.amount(self._outlook.holding(self._ground.vault))
