"""Submitting what others signed: each file is judged as if an enemy wrote it, then one transaction takes them all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from verifier.assess.hurry import consents_needed
from verifier.assess.segregated_quorum import find_quorum, show_seats
from verifier.decode.operations import abi_of, abi_of_approval, encode_approve, encode_call
from verifier.desk.briefing import Briefing
from verifier.desk.hurrying import why_no_hurry
from verifier.desk.signing import ACTIONS
from verifier.errors import ApprovalFileRefused, InputError
from verifier.model.approval_file import ApprovalFile
from verifier.model.life import OPEN
from verifier.model.member import Member, Role
from verifier.model.message import MessageKind
from verifier.model.operation import NO_SIGNATURE, Approval, Operation
from verifier.model.text import Shown, show_duration
from verifier.model.units import MemberIndex
from verifier.sign.consent import require_signed
from verifier.sign.typed import approve_digest, expedite_digest, id_of

Refuse = Callable[[str], ApprovalFileRefused]


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFile:
    """A file, and what somebody calls it."""

    name: str
    file: ApprovalFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One transaction to the vault, without value, that takes several signatures there. Anybody may send it."""

    # `approve` or `expedite`.
    action: str
    data: bytes
    # What it will do, and what is still missing afterwards.
    sentences: tuple[Shown, ...]
    # Whose signatures it brings along.
    seats: tuple[MemberIndex, ...]


def make_submission(files: Sequence[NamedFile], briefing: Briefing) -> Submission:
    """Return the transaction that brings these signatures to the vault.

    :param briefing: of the lane that the files name, read now
    :raises ApprovalFileRefused: a file is not what it says, not for what is there, or not needed.
    """
    if not files:
        raise ValueError("no file was given")
    for each in files:
        require_fit(each, briefing)
    _require_one_kind(files)
    _require_once(files)
    if files[0].file.kind is MessageKind.EXPEDITE:
        return _expediting(files, briefing)
    return _approving(files, briefing)


def require_fit(named: NamedFile, briefing: Briefing) -> None:
    """Return if a file is a member's signature of exactly what stands in the lane, and would count.

    :raises ApprovalFileRefused: it is not; with one sentence why.
    """

    def refuse(why: str) -> ApprovalFileRefused:
        return ApprovalFileRefused(path=named.name, why=why)

    file, reading = named.file, briefing.reading
    (review,) = briefing.reviews
    lane, state = review.lane, review.lane.state
    if file.chain_id != reading.head.chain_id:
        raise refuse(f"it is for chain {file.chain_id}, and this is chain {reading.head.chain_id}")
    if file.vault != reading.vault:
        raise refuse(f"it is for the vault {file.vault}, and this is {reading.vault}")
    if file.lane != lane.lane:
        raise refuse(f"it is for lane {file.lane}, and this is lane {lane.lane}")
    if file.sequence != state.sequence or file.operation_id != lane.operation_id:
        raise refuse(
            f"it is for operation {file.sequence} of lane {file.lane} with the id 0x{file.operation_id.hex()}, and "
            f"number {state.sequence} stands there with the id 0x{lane.operation_id.hex()}"
        )
    if review.operation is None or id_of(review.operation) != lane.operation_id:
        raise refuse("nobody gives the bytes of that operation, so nobody can say what was signed")
    if review.status not in OPEN:
        raise refuse(f"the operation is {review.status.name}, and that is final")
    if file.approval.publication != state.publication:
        raise refuse(
            f"it was signed for the publication {file.approval.publication}, and the operation was published at "
            f"{state.publication}"
        )
    member = _signer(file, briefing, refuse)
    if file.kind is MessageKind.EXPEDITE:
        _require_consent(file, briefing, member, refuse)
    else:
        _require_counting(file, briefing, refuse)


def _signer(file: ApprovalFile, briefing: Briefing, refuse: Refuse) -> Member:
    """Return the member whose signature it is, by this client's own digest of the operation on the chain."""
    (review,) = briefing.reviews
    seat, reading = file.approval.seat, briefing.reading
    member = reading.members.value.get(seat)
    if member is None:
        raise refuse(f"nobody sits in seat {seat}")
    if member.address != file.member:
        raise refuse(f"it says that {file.member} sits in seat {seat}, and {member.address} does")
    lane = review.lane
    chain_id, vault, publication = reading.head.chain_id, reading.vault, lane.state.publication
    if file.kind is MessageKind.EXPEDITE:
        ready_at = lane.state.moment
        if file.ready_at != ready_at:
            raise refuse(
                "it consents to bringing another moment nearer than the one at which the operation is ready"
            )
        digest = expedite_digest(lane.operation_id, publication, ready_at, chain_id=chain_id, vault=vault)
    else:
        digest = approve_digest(lane.operation_id, publication, chain_id=chain_id, vault=vault)
    try:
        require_signed(file.approval, digest, member)
    except InputError as exc:
        raise refuse(exc.sentence()) from exc
    return member


def _require_counting(file: ApprovalFile, briefing: Briefing, refuse: Refuse) -> None:
    (review,) = briefing.reviews
    seat = file.approval.seat
    if seat in review.lane.state.approvals:
        # Not counted twice, and left out of the list.
        return
    for standing in (*review.quorum.given, *review.quorum.others):
        if standing.seat == seat and not standing.counts:
            raise refuse(f"the approval of seat {seat} would not count: {standing.why}")
    if not any(standing.seat == seat for standing in review.quorum.others):
        raise refuse(f"seat {seat} is no approver's")


def _require_consent(file: ApprovalFile, briefing: Briefing, member: Member, refuse: Refuse) -> None:
    (review,) = briefing.reviews
    if why := why_no_hurry(briefing.reading, review.lane, briefing.bypasses, member):
        raise refuse(f"the consent of seat {file.approval.seat} would not count: {why}")


def _require_one_kind(files: Sequence[NamedFile]) -> None:
    kinds = [each.file.kind for each in files]
    for each in files:
        if each.file.kind is not kinds[0]:
            why = f"it holds `{each.file.kind.value}`, and {files[0].name} holds `{kinds[0].value}`: submit them apart"
            raise ApprovalFileRefused(path=each.name, why=why)


def _require_once(files: Sequence[NamedFile]) -> None:
    """Refuse two files of one seat: the vault refuses such a list as a whole."""
    names: dict[MemberIndex, str] = {}
    for each in files:
        seat = each.file.approval.seat
        if seat in names:
            raise ApprovalFileRefused(
                path=each.name, why=f"{names[seat]} is of seat {seat}, too; give one of them"
            )
        names[seat] = each.name


def _approving(files: Sequence[NamedFile], briefing: Briefing) -> Submission:
    (review,) = briefing.reviews
    recorded = {each.file.approval.seat for each in files} & review.lane.state.approvals
    brought = {
        each.file.approval.seat: each.file.approval
        for each in files
        if each.file.approval.seat not in recorded
    }
    if not brought:
        raise ApprovalFileRefused(path=files[0].name, why="the approvals in these files are recorded already")
    named = _named_quorum(brought, briefing)
    publication = review.lane.state.publication
    # A list that names a segregated quorum holds nobody else; recorded approvals are in it by their heads alone.
    listed = {
        seat: brought.get(seat, Approval(seat=seat, publication=publication, signature=NO_SIGNATURE))
        for seat in named or brought
    }
    seats = tuple(sorted(brought.keys() & listed.keys()))
    said = [f"It records the approval{'s' if len(seats) > 1 else ''} of {show_seats(seats)}."]
    said.append(_say_quorum(seats, named, briefing))
    if recorded:
        said.append(f"Left out, since they are recorded already: {show_seats(sorted(recorded))}.")
    if left := sorted(brought.keys() - listed.keys()):
        said.append(f"Left out, since not all of them are apart: {show_seats(left)}.")
    return Submission(
        action=ACTIONS[MessageKind.APPROVE],
        data=encode_approve(_operation(briefing), [listed[seat] for seat in sorted(listed)]),
        sentences=tuple(map(Shown, said)),
        seats=seats,
    )


def _named_quorum(brought: Collection[MemberIndex], briefing: Briefing) -> tuple[MemberIndex, ...]:
    """Return the segregated quorum that there would be; nothing where nobody asks for one, or there is none."""
    (review,) = briefing.reviews
    if review.quorum.segregation is None:
        return ()
    recorded = sorted(standing.seat for standing in review.quorum.given if standing.counts)
    found = find_quorum(briefing.reading, review.lane, [*sorted(brought), *recorded])
    if not isinstance(found, tuple) or not set(found) & set(brought):
        return ()
    return found


def _say_quorum(seats: Sequence[MemberIndex], named: tuple[MemberIndex, ...], briefing: Briefing) -> str:
    (review,) = briefing.reviews
    count, security = review.quorum.count, briefing.reading.roster.value.security
    delay = show_duration(briefing.reading.tiers.value[review.lane.state.tier].delay)
    if count.is_standing:
        return "It has its quorum without them."
    missing = max(count.needed - count.approvals - len(seats), 0)
    missing_security = max(count.security_needed - count.security_approvals - len(set(seats) & security), 0)
    if named:
        return (
            f"That names {show_seats(named)} as the quorum, and starts its clock: it is ready {delay} later."
        )
    if missing:
        return f"{_have(missing)} to approve it before its clock starts."
    if missing_security:
        return f"{_have(missing_security, ' of the security team')} to approve it before its clock starts."
    if review.quorum.segregation is not None:
        return "No quorum of those who approved is apart, so its clock does not start."
    return f"That is its quorum, and starts its clock: it is ready {delay} later."


def _have(count: int, whose: str = "") -> str:
    return f"{count} more{whose} {'has' if count == 1 else 'have'}"


def _expediting(files: Sequence[NamedFile], briefing: Briefing) -> Submission:
    (review,) = briefing.reviews
    reading, state = briefing.reading, review.lane.state
    terms, members = reading.tiers.value[state.tier], reading.members.value
    consents = {each.file.approval.seat: each.file.approval for each in files}
    first: tuple[MemberIndex, ...] = ()
    if terms.segregated:
        found = find_quorum(reading, review.lane, sorted(consents))
        if not isinstance(found, tuple):
            raise ApprovalFileRefused(path=files[0].name, why="no quorum of those who consent is apart")
        first = found
    order = [*first, *(seat for seat in sorted(consents) if seat not in first)]
    needed = consents_needed(state.tier, roster=reading.roster.value, terms=terms)
    if len(order) < needed:
        why = f"{needed} have to consent to hurry, and {len(order)} did; they go in one transaction"
        raise ApprovalFileRefused(path=files[0].name, why=why)
    if not any(members[seat].record.has_any(Role.BREAK_GLASS) for seat in order):
        raise ApprovalFileRefused(path=files[0].name, why="nobody who consents has BREAK_GLASS")
    listed = tuple(abi_of_approval(consents[seat]) for seat in order)
    left = show_duration(terms.least_delay)
    said = (
        f"It hurries the operation, with the consent of {show_seats(sorted(consents))}: ready {left} from now. It is "
        "recorded for ever, and an auditor has to review it."
    )
    return Submission(
        action=ACTIONS[MessageKind.EXPEDITE],
        data=encode_call("expedite", abi_of(_operation(briefing)), listed),
        sentences=(Shown(said),),
        seats=tuple(sorted(consents)),
    )


def _operation(briefing: Briefing) -> Operation:
    (review,) = briefing.reviews
    if review.operation is None:
        raise AssertionError("files for an operation whose bytes are not there were refused before")
    return review.operation
