"""What a holder's rules leave to its person: what it is in plain words, what follows from yes, and what is to be typed.

The answer is for what was read. So the question is decided once more before it counts, and what changed meanwhile is
read anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from verifier.desk.briefing import Briefing
from verifier.desk.changes import changes_between
from verifier.desk.group_request import digest_of_request
from verifier.desk.group_words import roles_in_words
from verifier.desk.review import Review
from verifier.desk.signing import Acknowledgement, acknowledgements_for
from verifier.model.finding import Finding
from verifier.model.group_request import GroupRequest, Purpose
from verifier.model.member import Role
from verifier.model.message import TypedMessage
from verifier.model.text import Shown
from verifier.model.units import Timestamp
from verifier.sign.messages import approve_message, expedite_message, veto_message, withdraw_message


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question, with everything that it was decided to ask on."""

    # Such as `the group's approval of lane 3`.
    what: Shown
    # Why a person is asked.
    because: Shown
    # What it is, and what follows from yes: whole sentences.
    explained: tuple[Shown, ...] = ()
    # About the reading and, where there is one, the operation.
    findings: tuple[Finding, ...] = ()
    # Of whatever is about an operation: what would be signed, and the lane as it was read.
    request: GroupRequest | None = None
    briefing: Briefing | None = None
    # What is not as it was when the person read it first; then they read it again.
    changes: tuple[Shown, ...] = ()

    @property
    def review(self) -> Review | None:
        """The operation that it is about."""
        return self.briefing.reviews[0] if self.briefing else None

    @property
    def acknowledgements(self) -> tuple[Acknowledgement, ...]:
        """What has to be typed before the answer can be yes."""
        return acknowledgements_for(self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A question that waits for the person."""

    # Counts the questions since the holder was started.
    number: int
    # By this machine's clock.
    since: Timestamp
    asked: Asked


def compare(seen: Asked, fresh: Asked) -> tuple[Shown, ...]:
    """Return what is not as it was when somebody read it; nothing where their yes is for what is there now."""
    if seen.briefing is None or fresh.briefing is None:
        if (seen.what, seen.explained) != (fresh.what, fresh.explained):
            return (Shown("It says something else now: whom it is about, or what follows from yes."),)
        known = {(finding.rule, finding.severity) for finding in seen.findings}
        return tuple(
            finding.sentence for finding in fresh.findings if (finding.rule, finding.severity) not in known
        )
    return changes_between(seen.briefing, fresh.briefing)


def read_again(fresh: Asked, changes: tuple[Shown, ...]) -> Asked:
    """Return a question anew, with what changed since it was read."""
    return replace(fresh, changes=changes)


def message_of(asked: Asked) -> TypedMessage | None:
    """Return what is signed about an operation, as a device would show it; None where it is about something else."""
    request, review = asked.request, asked.review
    if request is None or review is None or request.operation is None or request.publication is None:
        return None
    operation, publication, operation_id = request.operation, request.publication, review.lane.operation_id
    chain_id, vault = request.chain_id, request.vault
    match request.purpose:
        case Purpose.APPROVE:
            message = approve_message(operation, publication, chain_id=chain_id, vault=vault)
        case Purpose.EXPEDITE if request.ready_at is not None:
            message = expedite_message(
                operation, publication, request.ready_at, chain_id=chain_id, vault=vault
            )
        case Purpose.VETO:
            message = veto_message(operation_id, chain_id=chain_id, vault=vault)
        case Purpose.WITHDRAW:
            message = withdraw_message(operation_id, publication, chain_id=chain_id, vault=vault)
        case _:
            return None
    # No message about an operation depends on the group's key.
    if message.digest != digest_of_request(request, b""):
        raise AssertionError("the digest on the screen is not that of the request")
    return message


def explain_operation(purpose: Purpose, lane: int, *, is_seat_operation: bool) -> tuple[Shown, ...]:
    """Return what a signature about an operation says, and what follows from it."""
    match purpose:
        case Purpose.APPROVE:
            said = (
                f"The group would approve the operation in lane {lane}.",
                "With enough other approvals it is executed after its delay.",
            )
        case Purpose.EXPEDITE:
            said = (
                f"The group would consent to hurry the operation in lane {lane}.",
                "With enough others it is executed sooner: there is less time to read and to stop it.",
            )
        case Purpose.VETO if is_seat_operation:
            said = (
                f"The group would object to the seat operation in lane {lane}.",
                "It then needs more approvals. That cannot be taken back.",
            )
        case Purpose.VETO:
            said = (
                f"The group would veto the operation in lane {lane}.",
                "It is never executed then. That cannot be taken back.",
            )
        case _:
            said = (
                f"The group would take back its approval of the operation in lane {lane}.",
                "If too few approvals are left, it waits for others. The group can never approve it again.",
            )
    return tuple(map(Shown, said))


def explain_seat(request: GroupRequest) -> tuple[Shown, ...]:
    """Return what the group's word about its own seat says, and what follows from it."""
    said: tuple[str, ...]
    if request.purpose is Purpose.REGISTER:
        persons = ", ".join(str(person) for person in request.persons or ())
        roles = roles_in_words(request.roles or Role(0))
        said = (
            f"The group would say that it is to be a member of the vault {request.vault}, as {roles}.",
            f"It would say too that its key is held by the persons {persons}.",
            "It becomes one only if members of the vault approve the operation that adds it.",
        )
    else:
        said = (
            f"The group would take itself out of the vault {request.vault}, at once.",
            "It approves nothing more there until a seat operation of the others reinstates it.",
        )
    return tuple(map(Shown, said))


def explain_repair(lost: Shown) -> tuple[Shown, ...]:
    """Return what making a lost share anew says, and what follows from it.

    :param lost: whose it is, such as `holder 2 (Bob)`
    """
    return (
        Shown(
            f"With your help and that of others, the share of {lost} would be made anew, and sent to {lost} alone."
        ),
        Shown(f"Whoever has the transport key of {lost} can then sign as one of the group."),
        Shown("A thief of that key asks for just this."),
        ASK_ELSEWHERE,
    )


def explain_unshown(named: Shown) -> tuple[Shown, ...]:
    """Return what new shares for who does not show the old ones say, and what follows from it.

    :param named: whose they are, such as `2 (Bob), 3 (Cid)`; as long as it may be, it hides nothing where it stands
    """
    return (
        Shown("All holders would get new shares of the same key, and not all of them have shown an old one."),
        Shown(
            "Whoever has the transport key of such a holder would get a share by this. It is as good as a repair."
        ),
        ASK_ELSEWHERE,
        Shown(f"These have not shown an old share: {named}."),
    )


ASK_ELSEWHERE = Shown("Ask that person over another channel whether the share is lost.")
