"""The operations that lead from one arrangement of a vault to another, in an order in which each one is taken.

Settings stand together in one operation. What changes a seat is an operation of its own: then it is a seat operation,
which the member whom it is about cannot veto, and for which newcomers count.

The order is: settings first, as long as nobody's claims are renewed, since settings want a quorum that is seasoned, and
renewed claims season anew; where they ask for more members than there are, those who come before them; then who is
renewed; last, who loses something. An arrangement that holds at the end holds on the whole way so: everybody who is to
be there is there before the quorums rise. Who leaves goes after they fell, where nobody can be spared before: else
somebody who is on the way out would count while fewer suffice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from verifier.assess.changing.change import Change
from verifier.assess.changing.course import Course
from verifier.assess.changing.seats import Obstacle, Registration, SeatChanges, seats_between
from verifier.assess.changing.settings import settings_between, tiers_of
from verifier.errors.tree import VaultError
from verifier.model.address import Address
from verifier.model.arrangement import Arrangement
from verifier.model.companions import Companions
from verifier.model.limits import MAX_CALLS, MAX_DATA
from verifier.model.operation import Call
from verifier.model.text import Shown
from verifier.model.tier import Tier, TierTerms

NO_REGISTRATIONS: Final[Mapping[Address, Registration]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedOperation:
    """An operation to be proposed."""

    changes: tuple[Change, ...]
    calls: tuple[Call, ...]
    # How the vault is arranged once it was executed, after all that stand before it.
    after: Arrangement
    # Whether it would be taken today: otherwise only after others that stand before it.
    is_possible_now: bool
    # Whether it sets smaller quorums for a while only, until the last one sets those that are wanted.
    is_passing: bool = False

    @property
    def is_seat_operation(self) -> bool:
        """It is about one member, its subject, who can neither publish, approve nor stop it."""
        return len(self.changes) == 1 and self.changes[0].is_about_a_seat


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """The way from one arrangement to another."""

    operations: tuple[PlannedOperation, ...]
    # Empty where the operations bring about all that is wanted.
    obstacles: tuple[Obstacle, ...]


def operations_between(
    present: Arrangement,
    wanted: Arrangement,
    *,
    vault: Address,
    companions: Companions,
    registrations: Mapping[Address, Registration] = NO_REGISTRATIONS,
    reinstates: bool = False,
) -> Transition:
    """Return the operations that turn one arrangement into another, and what they cannot bring about.

    :param registrations: those of groups that are to come
    :param reinstates: whether members and strategies that are stopped, and wanted, are let go on
    """
    best: Transition | None = None
    ways: list[Arrangement | None] = [None, *relaxations(present, wanted)]
    for relaxed, lowers, splits in product(ways, (True, False), (False, True)):
        seats = seats_between(
            present,
            wanted,
            registrations=registrations,
            reinstates=reinstates,
            lowers=lowers,
            splits=splits,
        )
        settings = settings_between(present, wanted, resumes=reinstates)
        order = _Order(present, vault=vault, companions=companions)
        found = (
            order.find_relaxed(settings, seats, relaxed, wanted) if relaxed else order.find(settings, seats)
        )
        if best is None or len(found.obstacles) < len(best.obstacles):
            best = found
        if len(best.obstacles) == len(seats.obstacles):
            break
    if best is None:
        raise AssertionError
    return best


class _Order:
    """One attempt."""

    def __init__(self, present: Arrangement, *, vault: Address, companions: Companions) -> None:
        self._vault = vault
        self._companions = companions
        self._start = Course(present, vault=vault, companions=companions)
        self._course = self._start.copy()
        self._done: list[PlannedOperation] = []

    def find(self, settings: Sequence[Change], seats: SeatChanges) -> Transition:
        """Take what is possible, again and again, until nothing is left or nothing is possible."""
        stuck = self._take_all(settings, seats)
        return Transition(operations=tuple(self._done), obstacles=(*seats.obstacles, *self._obstacles(stuck)))

    def find_relaxed(
        self, settings: Sequence[Change], seats: SeatChanges, relaxed: Arrangement, wanted: Arrangement
    ) -> Transition:
        """The same, with smaller quorums until everybody has come and gone."""
        first, last = tiers_of(relaxed), tiers_of(wanted)
        if self._course.copy().refusal(first) is None:
            self._emit([first], is_passing=True)
        stuck = self._take_all([change for change in settings if change != last], seats)
        if self._course.copy().refusal(last) is None:
            self._emit([last])
        else:
            stuck.append(last)
        return Transition(operations=tuple(self._done), obstacles=(*seats.obstacles, *self._obstacles(stuck)))

    def _take_all(self, settings: Sequence[Change], seats: SeatChanges) -> list[Change]:
        """Take what is possible, and return what is not."""
        left = list(settings)
        groups = [list(seats.arrivals), list(seats.renewals), list(seats.departures)]
        if self._falls(settings):
            self._let_go(groups[-1])
        while left or any(groups):
            arrivals, *others = groups
            possible = self._possible(left)
            if left and len(possible) == len(left):
                self._batch(left)
                left = []
            elif not self._take_one([arrivals]):
                if possible:
                    self._batch(possible)
                    left = [change for change in left if change not in possible]
                elif not self._take_one(others):
                    break
        return [*left, *(change for group in groups for change in group)]

    def _falls(self, settings: Sequence[Change]) -> bool:
        """Whether fewer are to suffice for CUSTODY than now."""
        now, after = self._course.now, self._course.copy()
        for change in settings:
            after.refusal(change)
        fewer = after.now.tiers[Tier.CUSTODY].quorum < now.tiers[Tier.CUSTODY].quorum
        return fewer or after.now.supermajority < now.supermajority

    def _let_go(self, departures: list[Change]) -> None:
        """Take out whoever may leave already: who is on the way out should not count where fewer suffice."""
        for change in [each for each in departures if each.function == "removeMember"]:
            if self._course.copy().refusal(change) is None:
                departures.remove(change)
                self._emit([change])

    def _take_one(self, groups: Sequence[list[Change]]) -> bool:
        for group in groups:
            for change in group:
                if self._course.copy().refusal(change) is None:
                    group.remove(change)
                    self._emit([change])
                    return True
        return False

    def _possible(self, settings: Sequence[Change]) -> list[Change]:
        """Return those that are taken one after the other, in an order in which they are."""
        course, left, taken = self._course.copy(), list(settings), list[Change]()
        before = -1
        while before != len(taken):
            before = len(taken)
            for change in list(left):
                if course.refusal(change) is None:
                    left.remove(change)
                    taken.append(change)
        return taken

    def _batch(self, settings: Sequence[Change]) -> None:
        part: list[Change] = []
        size = 0
        for change in self._possible(settings):
            length = len(self._encode(change).data)
            if part and (len(part) == MAX_CALLS or size + length > MAX_DATA):
                self._emit(part)
                part, size = [], 0
            part.append(change)
            size += length
        if part:
            self._emit(part)

    def _emit(self, changes: Sequence[Change], *, is_passing: bool = False) -> None:
        today = self._start.copy()
        refused_today = [refused for change in changes if (refused := today.refusal(change))]
        for change in changes:
            refused = self._course.refusal(change)
            if refused is not None:
                raise refused
        self._done.append(
            PlannedOperation(
                changes=tuple(changes),
                calls=tuple(map(self._encode, changes)),
                after=self._course.now,
                is_possible_now=not refused_today,
                is_passing=is_passing,
            )
        )

    def _encode(self, change: Change) -> Call:
        return change.encode(vault=self._vault, companions=self._companions)

    def _obstacles(self, stuck: Sequence[Change]) -> Iterator[Obstacle]:
        for change in stuck:
            refused = self._course.copy().refusal(change)
            if refused is not None:
                yield _obstacle_of(change, refused)


def _obstacle_of(change: Change, refused: VaultError) -> Obstacle:
    subject = str(change.subject) if change.subject else change.function
    said = f"No order was found in which the vault takes `{change.function}`: {refused.sentence()}"
    return Obstacle(rule="no-order", subject=Shown(subject), sentence=Shown(said))


def relaxations(present: Arrangement, wanted: Arrangement) -> Iterator[Arrangement]:
    """Yield today's arrangement with less to ask for, the strictest first: where nothing else helps, members can come
    and go so, and whoever would misuse it has as little as possible to do it with.

    Quorums never go below what both ask for. `supermajority` may, where nobody could leave otherwise, down to the
    quorum of CUSTODY: then an objection changes nothing for that while.
    """

    def smaller(today: TierTerms, later: TierTerms) -> TierTerms:
        quorum = min(today.quorum, later.quorum)
        security = min(today.security_approvals, later.security_approvals, quorum)
        return replace(today, quorum=quorum, security_approvals=security)

    pairs = zip(present.tiers, wanted.tiers, strict=True)
    first, second, third, fourth = (smaller(today, later) for today, later in pairs)
    for tiers in dict.fromkeys((present.tiers, (first, second, third, fourth))):
        quorum = tiers[Tier.CUSTODY].quorum
        for most in range(max(min(present.supermajority, wanted.supermajority), quorum), quorum - 1, -1):
            if (tiers, most) != (present.tiers, present.supermajority):
                yield replace(present, tiers=tiers, supermajority=most)
