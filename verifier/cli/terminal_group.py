"""What the terminal has a group say, whose coordinator's folder is here: what `frost sign`, `say` and `submit` do."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from verifier.chain.panel import Panel
from verifier.cli.frost_convening import Watching, convene, require_key
from verifier.cli.frost_saying import sending_of_stop
from verifier.cli.frost_setting_up import folder_of
from verifier.cli.frost_signing import sign_request
from verifier.cli.sending import Sending, send
from verifier.cli.submitting import sending_of_submission
from verifier.cli.terminal_acts import send_confirmed
from verifier.desk.briefing import Briefing
from verifier.desk.changes import changes_between
from verifier.desk.group_saying import (
    KINDS,
    GroupAtHand,
    GroupWord,
    approval_file_of,
    group_at_hand,
    request_of,
    title_of,
    why_not,
)
from verifier.desk.submitting import NamedFile, make_submission
from verifier.errors import (
    ApprovalFileUnwritable,
    CeremonyFailed,
    FourthSignerError,
    HolderFolderUnfit,
    ReviewChanged,
)
from verifier.holder.progress import Watch
from verifier.model.group_request import GroupRequest, Purpose
from verifier.model.text import Shown, sanitise
from verifier.ports import ChainReader
from verifier.store.approval_file import write_approval_file
from verifier.store.new_file import write_new_file
from verifier.tui.source import ForGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDesk:
    """The coordinator's place in the terminal. Every method reads the lane anew first."""

    options: Namespace
    group: GroupAtHand
    # Nobody else's: what is sent from here does not stand in the way of what is being read.
    panel: Panel
    reader: ChainReader
    brief_lane: Callable[[int], Briefing]

    def convene(
        self, purpose: Purpose, seen: Briefing, watch: Watch, is_called_off: Callable[[], bool]
    ) -> GroupWord:
        """Ask the holders for the group's word about what was read, and return it as they signed it.

        :raises ReviewChanged: the operation is not as it was read.
        :raises ActionImpossible: there is nothing to sign.
        :raises CeremonyFailed: too few holders sign, or it was called off.
        """
        (review,) = seen.reviews
        briefing = self.brief_lane(review.lane.lane)
        changes = changes_between(seen, briefing)
        (now,) = briefing.reviews
        # What stops an operation is held up by nothing but another operation.
        if changes and (purpose in KINDS or now.lane.operation_id != review.lane.operation_id):
            raise ReviewChanged(lane=review.lane.lane, changes=changes)
        request = request_of(briefing, purpose, self.group)
        watching = Watching(say=_to_nobody, watch=watch, is_called_off=is_called_off)
        with convene(_convening_options(self.options), watching=watching) as convened:
            key = require_key(convened.group)
            # Whoever asked was told this group's name, its holders, and how many of them sign.
            if group_at_hand(convened.group, key.point) != self.group:
                raise CeremonyFailed(
                    what="the ceremony",
                    why="the folder holds another group than at the start, or one that was changed since: "
                    "leave, and open it anew",
                )
            signature = sign_request(convened, key, request, title_of(purpose, now))
        return GroupWord(
            group=self.group,
            request=request,
            briefing=briefing,
            signature=signature,
            in_vain=self._why_in_vain(request, briefing),
        )

    def send(self, word: GroupWord) -> Shown:
        """Send what the group signed from the person's own account, and say what became of it.

        :raises ApprovalFileRefused: it would not count as the lane is now.
        :raises FourthSignerError: it was not sent.
        """
        briefing = self.brief_lane(word.review.lane.lane)
        if word.request.purpose in KINDS:
            named = NamedFile(name="the group's signature", file=approval_file_of(word))
            sending = sending_of_submission(make_submission([named], briefing), briefing)
        else:
            if why := _difference(word.request, briefing, self.group):
                raise ReviewChanged(lane=word.review.lane.lane, changes=(why,))
            sending = sending_of_stop(word)
        return send_confirmed(self.options, self.panel, sending, reader=self.reader)

    def keep(self, word: GroupWord) -> Shown:
        """Write what the group signed to a file beside which none is replaced, and say where it is.

        :raises ApprovalFileUnwritable: there is one already, or the disk does not let us.
        """
        path = Path(word.usual_name)
        name = sanitise(str(path), most=200)
        if word.request.purpose in KINDS:
            write_approval_file(path, approval_file_of(word))
            return Shown(f"Kept: {name}. Anybody may submit it: `fourth-signer submit {name}`.")
        _write(path, self._as_data(sending_of_stop(word)))
        return Shown(f"Kept: {name}, a transaction that anybody may send.")

    def _as_data(self, sending: Sending) -> bytes:
        options = Namespace(**{**vars(self.options), "data": True})
        return send(options, self.panel, sending).text.encode("ascii")

    def _why_in_vain(self, request: GroupRequest, before: Briefing) -> Shown:
        """Return why the vault would not take it any more; empty where it would, or nobody can say."""
        (review,) = before.reviews
        try:
            return _difference(request, self.brief_lane(review.lane.lane), self.group)
        except FourthSignerError:
            # It is signed all the same, and looked at again before it is sent.
            return Shown("")


def open_group(
    options: Namespace, *, panel: Panel, reader: ChainReader, brief_lane: Callable[[int], Briefing]
) -> ForGroup:
    """Return what the screens may ask about the group whose coordinator's folder the arguments name.

    :raises HolderFolderUnfit: the folder cannot be used, or is not the coordinator's.
    :raises CeremonyFailed: the group has no key yet.
    """
    folder = folder_of(options.group)
    file = folder.read_group()
    if folder.read_transport().point()[1:] != file.coordinator_key:
        raise HolderFolderUnfit(
            path=str(folder.path),
            why="its transport key is not that of the group's coordinator",
            advice="Give the coordinator's folder.",
        )
    group = group_at_hand(file, require_key(file).point)
    desk = GroupDesk(options=options, group=group, panel=panel, reader=reader, brief_lane=brief_lane)
    return ForGroup(
        group=group,
        folder=sanitise(options.group, most=80),
        convene=desk.convene,
        keep=desk.keep,
        send=desk.send if options.key is not None else None,
    )


def _difference(request: GroupRequest, fresh: Briefing, group: GroupAtHand) -> Shown:
    """Return why a request is not one that the lane as it is now would take; empty where it is."""
    (review,) = fresh.reviews
    if why := why_not(fresh, request.purpose, group):
        return why
    if request_of(fresh, request.purpose, group) != request:
        return Shown(f"Lane {review.lane.lane} is not as it was when the holders were asked.")
    return Shown("")


def _convening_options(options: Namespace) -> Namespace:
    return Namespace(folder=options.group, parcels=options.parcels, patience=options.patience)


def _to_nobody(_: str) -> None:
    """Say nothing in lines: the screens show the same."""


def _write(path: Path, content: bytes) -> None:
    try:
        write_new_file(path, content)
    except (OSError, ValueError) as exc:
        why = getattr(exc, "strerror", None) or "its path is no path"
        if isinstance(exc, FileExistsError):
            why = "there is a file already, and nothing is written over"
        raise ApprovalFileUnwritable(path=str(path), why=why) from exc
