"""What writes down one look: the journal as it changes, and what is to be said, each at its place in the chain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import Final

from verifier.assess.happenings.texts import GONE, address_in, member_in
from verifier.model.address import Address
from verifier.model.event import VaultEvent
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.member import Member
from verifier.model.text import Foreign, Shown, sanitise
from verifier.model.units import BlockNumber, ChainId, LaneIndex, MemberIndex, OperationId, Timestamp
from verifier.model.watching import Happening, Kind, WatchedFact


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in the chain something was seen, and how firmly."""

    block: BlockNumber
    block_hash: bytes
    at: Timestamp
    evidence: Evidence
    # Whether the time is the block's own, and not that of a later one.
    is_timed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """How loud it is."""

    severity: Severity
    # Whether a person has to be fetched.
    pages: bool = False


QUIET = Ring(severity=Severity.INFO)
NOTED = Ring(severity=Severity.NOTICE)
WARNED = Ring(severity=Severity.WARNING)
RUNG = Ring(severity=Severity.WARNING, pages=True)
ALARM = Ring(severity=Severity.DANGER, pages=True)


@dataclass(slots=True, kw_only=True)
class Pen:
    """The journal while a look is judged. What is put into it here was not there before."""

    chain_id: ChainId
    vault: Address
    # Subjects with their latest values and the numbers of these.
    latest: dict[str, tuple[str, int]]
    labels: Mapping[Address, Foreign]
    place: Place
    facts: list[WatchedFact] = field(default_factory=list)
    happenings: dict[str, Happening] = field(default_factory=dict)
    # The accounts of members, by subject: kept so that nobody reads all of them again and again.
    _members: dict[Address, Member] = field(default_factory=dict)

    def value(self, subject: str) -> str | None:
        """Return the latest value; None where there never was one."""
        found = self.latest.get(subject)
        return found[0] if found else None

    def put(self, subject: str, value: str) -> str | None:
        """Write down a value, and return which change it is; None where it is no news.

        Its number alone would not do: after a re-organisation another change may have the same number, and what was
        said of the one must not keep the other from being told.
        """
        former, nth = self.latest.get(subject, (GONE, 0))
        if former == value:
            return None
        self.latest[subject] = (value, nth + 1)
        if subject.startswith(MEMBER):
            self._members = {}
        self.facts.append(
            WatchedFact(
                chain_id=self.chain_id,
                vault=self.vault,
                subject=subject,
                value=value,
                block=self.place.block,
                block_hash=self.place.block_hash,
                nth=nth + 1,
            )
        )
        return f"{nth + 1}-{_digest(former, value)}"

    def below(self, prefix: str) -> Iterator[tuple[str, str]]:
        """Yield what follows the prefix in each subject that has it and is still there, with the value."""
        for subject, (value, _) in list(self.latest.items()):
            if subject.startswith(prefix) and value != GONE:
                yield subject.removeprefix(prefix), value

    def tell(
        self,
        kind: Kind,
        subject: str,
        said: str,
        ring: Ring,
        *,
        occasion: str = "",
        lines: tuple[Shown, ...] = (),
        findings: tuple[Finding, ...] = (),
        evidence: Evidence | None = None,
        lane: LaneIndex | None = None,
        operation_id: OperationId | None = None,
        ready_at: Timestamp | None = None,
    ) -> None:
        """Say what happened, at the present place. What was said already is not said again."""
        happening = Happening(
            chain_id=self.chain_id,
            vault=self.vault,
            kind=kind,
            subject=subject,
            occasion=occasion,
            severity=ring.severity,
            sentence=Shown(said),
            lines=lines,
            findings=findings,
            evidence=min(self.place.evidence, self.place.evidence if evidence is None else evidence),
            block=self.place.block,
            block_hash=self.place.block_hash,
            at=self.place.at,
            lane=lane,
            operation_id=operation_id,
            ready_at=ready_at,
            pages=ring.pages,
        )
        self.happenings.setdefault(happening.key, happening)

    def name(self, account: Address) -> Shown:
        """Return an address, whole, with what the reader calls it."""
        label = self.labels.get(account)
        return Shown(f"{account} ({sanitise(label, most=40)})" if label else f"{account}")

    def members(self) -> Mapping[Address, Member]:
        """Return everyone who ever had a seat, as far as the journal knows; those who left are removed ones."""
        if not self._members:
            for subject, (value, _) in self.latest.items():
                if subject.startswith(MEMBER):
                    address = address_of_subject(subject)
                    member = member_in(address, value) if address else None
                    if address and member:
                        self._members[address] = member
        return self._members

    def sitting(self, seat: MemberIndex) -> Member | None:
        """Return who sits in a seat."""
        return next(
            (m for m in self.members().values() if m.record.is_seated and m.record.seat == seat), None
        )

    def who(self, seat: MemberIndex) -> Shown:
        """Return who sits in a seat, in words."""
        member = self.sitting(seat)
        if member is None:
            return Shown(f"seat {seat}, which is empty")
        return Shown(f"{self.name(member.address)} in seat {seat}")


MEMBER: Final = "member/"


def _digest(former: str, value: str) -> str:
    return sha256(f"{former}\n{value}".encode()).hexdigest()[:12]


@lru_cache(maxsize=4_096)
def member_subject(address: Address) -> str:
    return f"{MEMBER}{address}"


def address_of_subject(subject: str) -> Address | None:
    """Return the account that a subject such as `member/0x...` names."""
    return address_in(subject.partition("/")[2])


def transactions_with(events: tuple[VaultEvent, ...], name: str) -> frozenset[bytes]:
    """Return the transactions in which the vault said this."""
    return frozenset(event.log.transaction for event in events if event.name == name)
