"""What the terminal does with a key: signing into a file, and sending a transaction. The screens step aside for it."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from verifier.chain.panel import Panel
from verifier.cli.keys import open_key
from verifier.cli.sending import Sending, send
from verifier.desk.acting import open_act, recheck
from verifier.desk.actions import Action
from verifier.desk.briefing import Briefing
from verifier.desk.outcomes import shows_act
from verifier.desk.signing import Signing, finish_signing, open_signing
from verifier.errors import ActionImpossible, ReviewChanged
from verifier.model.message import MessageKind
from verifier.model.text import Shown, sanitise
from verifier.ports import ChainReader, Memory
from verifier.store.approval_file import write_approval_file

_ENDINGS = {MessageKind.APPROVE: "approval", MessageKind.EXPEDITE: "consent"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """What one key can do. Every method reads the lane anew first."""

    options: Namespace
    # None where there is no network: then nothing can be sent.
    panel: Panel | None
    # Of the vault, which is looked at once more after something was sent; None where nothing is.
    reader: ChainReader | None
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

        def brief() -> Briefing:
            return self.brief_lane(lane.lane)

        act = open_act(brief, action.name, seen=seen)
        if act.review.lane.operation_id != lane.operation_id:
            raise ReviewChanged(lane=lane.lane, changes=act.changes)
        sender = act.sender
        sending = Sending(
            what=Shown(f"`{action.name}` of lane {lane.lane}"),
            sentences=(review.sentence, act.action.sentence),
            to=act.vault,
            data=act.action.data,
            sender=sender,
            coin=seen.signer.coin,
            shows=shows_act(action.name, act.review.lane, [sender.record.seat] if sender else []),
        )
        return send_confirmed(
            self.options,
            panel,
            sending,
            reader=self.reader,
            last_look=lambda: recheck(act, brief, typed=typed),
        )


def send_confirmed(
    options: Namespace,
    panel: Panel,
    sending: Sending,
    *,
    reader: ChainReader | None,
    last_look: Callable[[], None] = lambda: None,
) -> Shown:
    """Send what was confirmed on the screen, and say in one line what became of it.

    :raises FourthSignerError: it was not sent.
    """
    settled = Namespace(**{**vars(options), "data": False, "yes": True})
    answer = send(settled, panel, sending, reader=reader, last_look=last_look)
    return Shown(" ".join(answer.text.split()))
