"""The operations that turn a vault into what its file says, each reviewed as its signers will see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from verifier.assess.changing.differences import differences_between
from verifier.assess.changing.names import Names
from verifier.assess.changing.order import NO_REGISTRATIONS, PlannedOperation, Transition, operations_between
from verifier.assess.changing.seats import Obstacle, Registration
from verifier.assess.changing.wanted import arrangement_of, labels_of, persons_of
from verifier.desk.aids import NO_AIDS, Aids
from verifier.desk.attesting import believed, read_whole
from verifier.desk.pinned import PinnedReader
from verifier.desk.proposing import Draft, draft_operation
from verifier.desk.signer import Signer
from verifier.desk.statements import Statement, state_no_past, state_past
from verifier.errors import ActionImpossible
from verifier.errors.exits import DANGER, OBSTRUCTED, WARNING
from verifier.model.address import Address
from verifier.model.difference import Difference
from verifier.model.finding import Severity
from verifier.model.life import OPEN
from verifier.model.member import Member, Role
from verifier.model.reading import VaultReading
from verifier.model.text import Shown, sanitise
from verifier.model.units import LANES_PER_SEAT, BlockNumber, LaneIndex
from verifier.model.vault_file import VaultFile
from verifier.ports import BlockSource, BookReader, ChainReader, Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One operation on the way."""

    operation: PlannedOperation
    # As it would be published by the first member who may; None where nobody may, with why.
    draft: Draft | None
    why: Shown
    # Of the signer's own seat; None where it has none to publish this from.
    lane: LaneIndex | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """From a vault to its file."""

    reading: VaultReading
    differences: tuple[Difference, ...]
    steps: tuple[Step, ...]
    obstacles: tuple[Obstacle, ...]
    # Whether the policy that was found is all there is.
    completeness: Statement

    @property
    def is_whole(self) -> bool:
        return self.completeness.severity < Severity.WARNING

    @property
    def code(self) -> int:
        """The exit code: that of what is left over, else that of logs that are not whole."""
        if self.obstacles:
            return OBSTRUCTED
        return {Severity.DANGER: DANGER, Severity.WARNING: WARNING}.get(self.completeness.severity, 0)


def plan_changes(
    reader: ChainReader,
    books: BookReader,
    source: BlockSource,
    clock: Clock,
    signer: Signer,
    *,
    file: VaultFile,
    registrations: Mapping[Address, Registration] = NO_REGISTRATIONS,
    reinstates: bool = False,
    since: BlockNumber | None = None,
    aids: Aids = NO_AIDS,
) -> Way:
    """Return what turns the vault into its file.

    :param registrations: what the holders of groups signed that are to come
    :param reinstates: whether members and strategies that are stopped, and in the file, are let go on
    :param since: the vault's first block, where somebody knows it
    :raises PinError: it is not of the release.
    :raises EvidenceError: it cannot be read, or endpoints contradict each other.
    """
    reading = reader.read_vault()
    wanted = arrangement_of(file, chain_id=reading.head.chain_id, companions=reading.companions)
    vault = read_whole(reader, books, source, reading, wanted, since=since)
    names = Names(companions=reading.companions, labels=labels_of(file), persons=persons_of(file))
    present = vault.present
    transition = _of_another_network(file, reading) or operations_between(
        present,
        wanted,
        vault=reading.vault,
        companions=reading.companions,
        registrations=registrations,
        reinstates=reinstates,
    )
    labels = {**labels_of(file), **{each: sanitise(label, most=60) for each, label in signer.labels.items()}}
    pinned = PinnedReader(reader, reading)
    lanes = _Lanes(reading)
    drafting = replace(signer, labels=labels)
    return Way(
        reading=reading,
        differences=tuple(believed(differences_between(present, wanted, names), vault)),
        steps=tuple(
            # What the vault would refuse today is not played today.
            _step(
                pinned,
                clock,
                drafting,
                lanes,
                operation,
                aids if operation.is_possible_now else replace(aids, simulator=None),
            )
            for operation in transition.operations
        ),
        obstacles=transition.obstacles,
        completeness=state_past(vault.past) if vault.past else state_no_past(vault.trouble),
    )


def _of_another_network(file: VaultFile, reading: VaultReading) -> Transition | None:
    """Return that nothing is to be changed on a chain that the file does not name: it asks for nothing there, and what
    it does not ask for would be taken away.
    """
    chain_id = reading.head.chain_id
    if file.network_of(chain_id) is not None:
        return None
    said = (
        f"The file names no network with the number {chain_id}, so it does not say how the vault is to be there; add "
        "it under [networks], with what is for it only."
    )
    return Transition(
        operations=(),
        obstacles=(Obstacle(rule="network", subject=Shown(f"chain {chain_id}"), sentence=Shown(said)),),
    )


class _Lanes:
    """The lanes of every seat. One is given twice only where a seat has no other: after its first operation ended."""

    def __init__(self, reading: VaultReading) -> None:
        self._reading = reading
        self._given: set[LaneIndex] = set()

    def take(self, member: Member) -> LaneIndex | None:
        """Return a free lane of a member's; None where all hold an operation already."""
        first = member.record.seat * LANES_PER_SEAT
        lanes = map(LaneIndex, range(first, first + LANES_PER_SEAT))
        free = [lane for lane in lanes if self._is_free(lane)]
        if not free:
            return None
        lane = next((lane for lane in free if lane not in self._given), free[0])
        self._given.add(lane)
        return lane

    def _is_free(self, index: LaneIndex) -> bool:
        lane = self._reading.lane(index)
        return lane is None or self._reading.status(lane) not in OPEN


def _step(
    reader: ChainReader,
    clock: Clock,
    signer: Signer,
    lanes: _Lanes,
    operation: PlannedOperation,
    aids: Aids,
) -> Step:
    own = signer.own_member(reader.read_vault())
    why = Shown("no member may publish it, or all their lanes hold operations")
    for member in _publishers(reader.read_vault(), operation, own):
        lane = lanes.take(member)
        if lane is None:
            continue
        seated = replace(signer, seat=member.record.seat, member=member.address)
        try:
            draft = draft_operation(reader, clock, seated, operation.calls, aids=aids, lane=lane)
        except ActionImpossible as exc:
            why = Shown(exc.sentence())
            continue
        return Step(
            operation=operation,
            draft=draft,
            why=Shown(""),
            lane=lane if own and member.address == own.address else None,
        )
    return Step(operation=operation, draft=None, why=why, lane=None)


def _publishers(reading: VaultReading, operation: PlannedOperation, own: Member | None) -> Iterator[Member]:
    """Yield who may publish it, the signer first. A seat operation may come from any approver but its subject."""
    roles = Role.PROPOSER | Role.APPROVER if operation.is_seat_operation else Role.PROPOSER
    subject = operation.changes[0].subject if operation.is_seat_operation else None
    fit = [
        member
        for _, member in sorted(reading.members.value.items())
        if member.record.is_active
        and not member.record.is_group
        and member.record.has_any(roles)
        and member.address != subject
    ]
    yield from sorted(fit, key=lambda member: own is None or member.address != own.address)
