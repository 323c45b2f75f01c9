"""What the terminal does with a key: signing into a file, and sending a transaction. The screens step aside for it."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from verifier.chain.panel import Panel
from verifier.cli.keys import open_key
from verifier.cli.sending import Sending, send
from verifier.desk.actions import Action
from verifier.desk.briefing import Briefing
from verifier.desk.changes import changes_between
from verifier.desk.signing import (
    Signing,
    acknowledgements_for,
    finish_signing,
    open_signing,
    require_acknowledged,
    require_undisputed,
)
from verifier.errors import ActionImpossible, ReviewChanged
from verifier.model.message import MessageKind
from verifier.model.text import Shown, sanitise
from verifier.ports import Memory
from verifier.store.approval_file import write_approval_file

_ENDINGS = {MessageKind.APPROVE: "approval", MessageKind.EXPEDITE: "consent"}
# What lets an operation go on is done only while all is as it was read.
_GOING_ON = frozenset({"execute"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """What one key can do. Every method reads the lane anew first."""

    options: Namespace
    # None where there is no network: then nothing can be sent.
    panel: Panel | None
    coin: str
    brief_lane: Callable[[int], Briefing]
    memory: Memory | None

    def open_signing(self, lane: int, kind: MessageKind, seen: Briefing) -> Signing:
        """Return what would be signed.

        :raises FourthSignerError: nothing would.
        """
        return open_signing(lambda: self.brief_lane(lane), kind, seen=seen)

    def finish_signing(self, signing: Signing, typed: Sequence[str]) -> Shown:
        """Sign into a file beside which none is replaced, and say where it is.

        :raises FourthSignerError: it was not signed.
        """
        lane, member = signing.review.lane, signing.member
        ending = _ENDINGS[signing.message.kind]
        path = Path(f"lane-{lane.lane}-{lane.state.sequence}-seat-{member.record.seat}.{ending}")
        holder = open_key(self.options, member.address)
        file = finish_signing(
            signing, lambda: self.brief_lane(lane.lane), holder, typed=typed, memory=self.memory
        )
        write_approval_file(path, file)
        name = sanitise(str(path), most=200)
        return Shown(f"Signed: {name}. Anybody may submit it: `fourth-signer submit {name}`.")

    def send(self, seen: Briefing, action: Action, typed: Sequence[str]) -> Shown:
        """Send a transaction, and say what became of it.

        :raises ReviewChanged: it is not as it was read.
        :raises FourthSignerError: it was not sent.
        """
        panel = self.panel
        if panel is None:
            raise ActionImpossible(action=action.name, subject="a bundle", why="There is no network.")
        (review,) = seen.reviews
        lane = review.lane

        def look() -> Action:
            fresh = self.brief_lane(lane.lane)
            (found,) = fresh.reviews
            if action.name in _GOING_ON:
                require_undisputed(fresh)
                if changes := changes_between(seen, fresh):
                    raise ReviewChanged(lane=lane.lane, changes=changes)
                require_acknowledged(acknowledgements_for((*found.findings, *fresh.findings)), typed)
            elif found.lane.operation_id != lane.operation_id:
                raise ReviewChanged(lane=lane.lane, changes=changes_between(seen, fresh))
            return _same(action, found.actions, lane.lane)

        present = look()
        sending = Sending(
            what=Shown(f"`{action.name}` of lane {lane.lane}"),
            sentences=(review.sentence, present.sentence),
            to=seen.reading.vault,
            data=present.data,
            sender=seen.signer.own_member(seen.reading),
            coin=self.coin,
        )
        # It was confirmed on the screen.
        options = Namespace(**{**vars(self.options), "data": False, "yes": True})
        answer = send(options, panel, sending, last_look=lambda: _ignore(look()))
        return Shown(" ".join(answer.text.split()))


def _same(action: Action, present: Sequence[Action], lane: int) -> Action:
    """Return the action as it is possible now.

    :raises ActionImpossible: it is not any more.
    """
    for each in present:
        if each.name == action.name and each.data:
            return each
    raise ActionImpossible(
        action=action.name, subject=f"lane {lane}", why="It was possible when it was read."
    )


def _ignore(_: Action) -> None: ...
