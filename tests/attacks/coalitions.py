"""Which coalitions can steal, which can block, and whether the others can cure it: worked out from counts alone.

`test_coalitions.py` plays the same rows on a chain, and holds this to what happens there. Everybody who is not of the
coalition is honest, watches, and acts in time; every approver is a proposer too, and asks for no security approvals.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """How many of each kind."""

    approvers: int
    # Who publish and do not approve.
    proposers: int = 0
    guardians: int = 0

    @property
    def stoppers(self) -> int:
        """How many of them may veto, or object to a seat operation that is not about themselves."""
        return self.approvers + self.guardians

    @property
    def signatures(self) -> int:
        """How many approvals they can bring together on an operation that one of them publishes."""
        return self.approvers if self.proposers else max(self.approvers - 1, 0)

    def without(self, others: People) -> People:
        return People(
            approvers=self.approvers - others.approvers,
            proposers=self.proposers - others.proposers,
            guardians=self.guardians - others.guardians,
        )

    def __str__(self) -> str:
        parts = [(self.approvers, "approver"), (self.guardians, "guardian"), (self.proposers, "proposer")]
        return " + ".join(f"{n} {name}{'s' if n > 1 else ''}" for n, name in parts if n)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A vault: its people, its CUSTODY quorum, and what an objected seat operation needs."""

    people: People
    quorum: int
    supermajority: int

    def needed(self, objectors: int) -> int:
        return self.supermajority if objectors else self.quorum


def can_steal(setup: Setup, coalition: People) -> bool:
    """Whether they can take everything, though all others veto, and object to whatever they can.

    They have to take the others' seats first, one by one, and whose seat it is cannot object. A seat that was taken
    gives them an approval more, so the first one decides; or the last one, where there is only one.
    """
    honest = setup.people.without(coalition)
    if not honest.stoppers:
        return coalition.signatures >= setup.quorum
    return coalition.signatures >= setup.needed(honest.stoppers - 1)


def can_block(coalition: People) -> bool:
    """Whether they can stop every transfer: a veto of one is enough."""
    return coalition.stoppers > 0


def can_be_cured(setup: Setup, coalition: People) -> bool:
    """Whether the others can take the coalition's seats, one by one, until nobody of it can stop anything."""
    if not can_block(coalition):
        return True
    honest = setup.people.without(coalition)
    signatures = min(people.signatures for people in left_by_guardians(setup, coalition, honest))
    if signatures < setup.needed(coalition.stoppers - 1):
        return False
    # A guardian is removed, and so is its power to suspend; an approver is replaced by somebody honest.
    one = People(approvers=0, guardians=1) if coalition.guardians else People(approvers=1)
    rest = coalition.without(one)
    others = replace(setup, people=setup.people.without(one)) if coalition.guardians else setup
    return can_be_cured(others, rest)


def left_by_guardians(setup: Setup, coalition: People, honest: People) -> Iterator[People]:
    """Who of the honest is left while a guardian of the coalition keeps one of them suspended, whom it likes.

    A suspension lapses, but the guardian has the next one ready, of another person, where there are three or more.
    """
    yield honest
    if coalition.guardians:
        if honest.approvers and is_above_floor(setup, People(approvers=1)):
            yield replace(honest, approvers=honest.approvers - 1)
        if honest.proposers and is_above_floor(setup, People(approvers=0, proposers=1)):
            yield replace(honest, proposers=honest.proposers - 1)


def is_above_floor(setup: Setup, suspended: People) -> bool:
    """Whether the bare floor lets a guardian suspend them."""
    return setup.people.without(suspended).signatures >= setup.quorum


def _setup(approvers: int, proposers: int, supermajority: int) -> Setup:
    people = People(approvers=approvers, proposers=proposers, guardians=1)
    return Setup(people=people, quorum=3, supermajority=supermajority)


# Each with a guardian; the CUSTODY quorum is 3.
SETUPS: Final = {
    "5 approvers, supermajority 3": _setup(5, 0, 3),
    "5 approvers, supermajority 4": _setup(5, 0, 4),
    "5 approvers + proposer, supermajority 3": _setup(5, 1, 3),
    "5 approvers + proposer, supermajority 4": _setup(5, 1, 4),
    "6 approvers + proposer, supermajority 4": _setup(6, 1, 4),
}
COALITIONS: Final = (
    People(approvers=1),
    People(approvers=0, guardians=1),
    People(approvers=1, guardians=1),
    People(approvers=2),
    People(approvers=2, guardians=1),
    People(approvers=3),
    People(approvers=3, guardians=1),
    People(approvers=4),
    People(approvers=4, guardians=1),
    People(approvers=5),
)
WITH_PROPOSER: Final = tuple(
    replace(coalition, proposers=1) for coalition in (People(approvers=0), *COALITIONS)
)


def rows() -> Iterator[tuple[str, Setup, People]]:
    """Every coalition of every vault that the table shows."""
    for name, setup in SETUPS.items():
        for coalition in COALITIONS + (WITH_PROPOSER if setup.people.proposers else ()):
            yield name, setup, coalition


def verdict(setup: Setup, coalition: People) -> str:
    if can_steal(setup, coalition):
        return "steals"
    if not can_block(coalition):
        return "nothing"
    return "blocks, curable" if can_be_cured(setup, coalition) else "blocks for good"


def table() -> str:
    """Return the table as Markdown: a row for each coalition, a column for each vault."""
    cells: dict[str, dict[str, str]] = {}
    for name, setup, coalition in rows():
        cells.setdefault(str(coalition), {})[name] = verdict(setup, coalition)
    lines = [["coalition", *SETUPS], ["---"] * (len(SETUPS) + 1)]
    lines += [[coalition, *(row.get(name, "") for name in SETUPS)] for coalition, row in cells.items()]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
