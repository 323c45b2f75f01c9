"""Acting on an operation by a transaction of one's own: what lets it go on is read as closely as for a signature.

act = open_act(brief, "veto", seen=what_is_on_the_screen)
... show act.action.sentence and act.changes, ask for act.acknowledgements, and whether to go on ...
recheck(act, brief, typed=[...])
... send act.action.data to act.vault from the account of act.sender ...
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from verifier.desk.actions import Action
from verifier.desk.briefing import Briefing
from verifier.desk.changes import changes_between
from verifier.desk.review import Review
from verifier.desk.signing import (
    Acknowledgement,
    Brief,
    acknowledgements_for,
    require_acknowledged,
    require_undisputed,
)
from verifier.errors import ActionImpossible, ReviewChanged
from verifier.model.address import Address
from verifier.model.member import Member
from verifier.model.text import Shown

GOING_ON: Final = frozenset({"approve", "execute"})
"""What lets an operation go on. What stops it is never held up, whatever else there is to be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What is about to be sent, and what has to be done before."""

    # As it was read when the act was opened.
    briefing: Briefing
    action: Action
    # None where any account will do, or the vault says which one.
    sender: Member | None
    # Of what lets it go on: one for each danger.
    acknowledgements: tuple[Acknowledgement, ...]
    # What is not as it was when it was read; then what lets it go on is read and opened again.
    changes: tuple[Shown, ...]

    @property
    def review(self) -> Review:
        (review,) = self.briefing.reviews
        return review

    @property
    def vault(self) -> Address:
        return self.briefing.reading.vault


def open_act(brief: Brief, name: str, *, seen: Briefing | None = None) -> Act:
    """Read a lane anew and return how this signer acts on its operation.

    :param name: of the action, as the contract names it
    :param seen: what the signer read before; None where this is the first time
    :raises ActionImpossible: it cannot be done now; with why.
    :raises EvidenceDisputed: endpoints contradict each other, and it would let the operation go on.
    :raises FourthSignerError: the lane cannot be read.
    """
    briefing = brief()
    (review,) = briefing.reviews
    action = _action_of(review, name)
    goes_on = name in GOING_ON
    if goes_on:
        require_undisputed(briefing)
    return Act(
        briefing=briefing,
        action=action,
        sender=briefing.signer.own_member(briefing.reading),
        acknowledgements=acknowledgements_for((*review.findings, *briefing.findings)) if goes_on else (),
        changes=() if seen is None else changes_between(seen, briefing),
    )


def recheck(act: Act, brief: Brief, *, typed: Collection[str]) -> None:
    """Return if the act may be sent: of what lets an operation go on, everything is read once more.

    :param typed: what the signer typed for the acknowledgements, or the rules' names
    :raises DangerUnread: a danger is not acknowledged.
    :raises ReviewChanged: something is not as it was when it was read.
    :raises FourthSignerError: as for `open_act`.
    """
    if act.action.name not in GOING_ON:
        return
    require_acknowledged(act.acknowledgements, typed)
    changes = act.changes
    if not changes:
        fresh = brief()
        require_undisputed(fresh)
        changes = changes_between(act.briefing, fresh)
    if changes:
        raise ReviewChanged(lane=act.review.lane.lane, changes=changes)


def _action_of(review: Review, name: str) -> Action:
    for action in review.actions:
        # What a group says has no data to be sent: its holders sign first.
        if action.name == name and action.data:
            return action
    impossible = {action.name: action.why_not for action in review.impossible}
    why = impossible.get(name, Shown("It takes signatures first, and is no transaction of one's own."))
    raise ActionImpossible(action=name, subject=f"lane {review.lane.lane}", why=why)
