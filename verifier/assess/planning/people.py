"""The people of a plan, and whether they can bring a quorum together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from verifier.assess.segregation import Clash, are_segregated, clashes_among, find_segregated
from verifier.model.member import Attributes, Role
from verifier.model.text import Shown
from verifier.model.tier import TierTerms
from verifier.model.units import MemberIndex
from verifier.model.vault_file import PlannedMember, VaultFile
from verifier.model.word import SeatSet

Quorum = tuple[MemberIndex, ...]
"""Seats."""

_NOBODY: Final[SeatSet] = frozenset()


@dataclass(slots=True, kw_only=True)
class People:
    """Who sits where once the vault is founded and its groups have come: founders first, in the order of the file."""

    members: tuple[PlannedMember, ...]
    # Quorums that were found, by what was asked for: looked at before anything is searched.
    _known: dict[tuple[int, int, int], list[tuple[MemberIndex, Quorum]]] = field(default_factory=dict)

    # For what there is none.
    _without: set[tuple[tuple[int, int, int], SeatSet]] = field(default_factory=set)

    @classmethod
    def of(cls, file: VaultFile) -> People:
        return cls(members=(*file.founders, *file.groups))

    def having(self, role: Role) -> SeatSet:
        return frozenset(MemberIndex(i) for i, member in enumerate(self.members) if member.has(role))

    @property
    def groups(self) -> SeatSet:
        return frozenset(MemberIndex(i) for i, member in enumerate(self.members) if member.group is not None)

    def attributes(self, seats: Iterable[MemberIndex]) -> dict[MemberIndex, Attributes]:
        """Return the attributes of those that can be segregated: who are one person each."""
        return {seat: self.members[seat].attributes for seat in sorted(seats) if seat not in self.groups}

    def names(self, seats: Iterable[MemberIndex]) -> tuple[Shown, ...]:
        return tuple(self.members[seat].name for seat in sorted(seats))

    def clashes(self) -> tuple[Clash, ...]:
        """Return what approvers share, two by two."""
        return tuple(clashes_among(self.attributes(self.having(Role.APPROVER))))

    def find_quorum(self, terms: TierTerms, lost: SeatSet = _NOBODY) -> Quorum | None:
        """Return a quorum for an operation that a proposer outside of it publishes, or None where there is none.

        :param lost: who does not take part
        """
        key = (terms.quorum, terms.security_approvals, terms.segregated)
        known = self._known.setdefault(key, [])
        for publisher, quorum in known:
            if publisher not in lost and not lost & set(quorum):
                return quorum
        if (key, lost) in self._without or self._quorum_among(
            self.having(Role.APPROVER) - lost, terms
        ) is None:
            # Not even with whoever would publish it.
            self._without.add((key, lost))
            return None
        approvers = self.having(Role.APPROVER) - lost
        # Whoever does not approve is the best publisher: it costs no approval.
        for publisher in sorted(
            self.having(Role.PROPOSER) - lost, key=lambda seat: (seat in approvers, seat)
        ):
            found = self._quorum_among(approvers - {publisher}, terms)
            if found is not None:
                known.append((publisher, found))
                return found
            if publisher not in approvers:
                break
        self._without.add((key, lost))
        return None

    def quorums(self, terms: TierTerms) -> Iterator[Quorum]:
        """Yield every quorum of just the size that it takes."""
        approvers, proposers = self.having(Role.APPROVER), self.having(Role.PROPOSER)
        security = self.having(Role.SECURITY)
        candidates = sorted(approvers - self.groups if terms.segregated else approvers)
        attributes = self.attributes(candidates)
        for quorum in combinations(candidates, terms.quorum):
            chosen = set(quorum)
            if len(chosen & security) < terms.security_approvals or not proposers - chosen:
                continue
            if terms.segregated and not all(
                are_segregated(attributes[a], attributes[b]) for a, b in combinations(quorum, 2)
            ):
                continue
            yield quorum

    def _quorum_among(self, approvers: SeatSet, terms: TierTerms) -> Quorum | None:
        security = self.having(Role.SECURITY)
        if terms.segregated:
            found = find_segregated(
                self.attributes(approvers),
                quorum=terms.quorum,
                security=security,
                security_approvals=terms.security_approvals,
            )
            return found if isinstance(found, tuple) else None
        first = sorted(approvers & security)[: terms.security_approvals]
        rest = sorted(approvers - set(first))
        quorum = tuple(sorted([*first, *rest[: max(0, terms.quorum - len(first))]]))
        is_one = len(first) >= terms.security_approvals and len(quorum) >= terms.quorum
        return quorum if is_one else None
