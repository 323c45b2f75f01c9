"""`frost keygen`, `refresh`, `repair`: what the coordinator of a group brings about."""

from __future__ import annotations

import functools
import secrets
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Final

from verifier.cli.adapters import CLOCK
from verifier.cli.answer import Answer
from verifier.cli.asking import say
from verifier.cli.frost_desk import certificate_in, keep_key, next_epoch, note_call, with_key
from verifier.cli.frost_interrupting import Interruption
from verifier.cli.frost_setting_up import blind_at_start, folder_of, page_of
from verifier.courier.certificates import make_context
from verifier.courier.courier import LinesCourier, OpenLine
from verifier.courier.folder import ParcelFolder
from verifier.courier.https_client import HttpsLine, LineNews
from verifier.errors import CeremonyFailed, HolderFolderUnfit
from verifier.errors.text import Foreign
from verifier.frost.charter import COORDINATOR, Index, Pen
from verifier.frost.dealing_messages import Call
from verifier.frost.repair_messages import RepairCall
from verifier.frost.shares import GroupKey
from verifier.holder.convening import Convener, Patience
from verifier.holder.ports import Arrival
from verifier.holder.progress import Progress, Say, Watch, nobody_watches
from verifier.model.group_file import BY_FILES, GroupFile, HolderEntry
from verifier.model.text import Shown, show_bytes
from verifier.store.ceremony_records import CeremonyRecords
from verifier.store.folder_lock import lock_folder
from verifier.store.group_file import charter_of, key_of
from verifier.store.holder_folder import HolderFolder
from verifier.store.place import path_of

PROGRAM_SECONDS: Final = 10.0
"""That a holder's program has, where no person has to decide."""


@dataclass(slots=True)
class Convened:
    """A coordinator at work, with the group as it is."""

    folder: HolderFolder
    group: GroupFile
    convener: Convener


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """Whoever waits for a ceremony: what is said to them, what they see of it, and whether they want it no more."""

    say: Say
    watch: Watch = nobody_watches
    is_called_off: Callable[[], bool] = bool


AT_THE_TERMINAL: Final = Watching(say=say)
"""They are told line by line, and Ctrl-C calls it off."""
_INTERRUPTED: Final = 128
"""Exit codes: so much and the number of the signal."""


@contextmanager
def convene(
    options: Namespace, *, also: Sequence[HolderEntry] = (), watching: Watching = AT_THE_TERMINAL
) -> Iterator[Convened]:
    """Open the lines to all holders of a folder's group.

    :param also: who is reached beside the holders of the group, such as those who are to come
    :param watching: whoever waits for what comes of it
    :raises FourthSignerError: the folder or the group cannot be used.
    """
    blind_at_start()
    folder = folder_of(options.folder)
    interruption = Interruption()
    with ExitStack() as kept:
        kept.callback(lock_folder(folder).release)
        # Only now: whoever had the folder before may have left another one.
        group = folder.read_group()
        holders = {holder.index: holder for holder in (*group.holders, *also)}
        pen = _pen_of(folder, group)
        recorder = CeremonyRecords(folder.records, identity=Shown("the coordinator"), now=CLOCK.now)
        kept.callback(recorder.close)
        # Left after the lines are closed: the last words have to leave first, of a signature too.
        heeding = kept.enter_context(ExitStack())
        carried = frozenset(Index(one.index) for one in holders.values() if one.address == BY_FILES)
        courier = LinesCourier(_lines(folder, holders), _parcels(options), arrival=_arrival, carried=carried)
        kept.callback(courier.close)
        names = {holder.index: holder.name for holder in holders.values()}
        convener = Convener(
            pen=pen,
            courier=courier,
            progress=Progress(watching.say, recorder, names, CLOCK.now, watching.watch),
            dice=secrets.token_bytes,
            clock=time.monotonic,
            patience=Patience(
                person=options.patience, program=min(PROGRAM_SECONDS, options.patience), carried=carried
            ),
            is_called_off=lambda: interruption.has_come() or watching.is_called_off(),
            interruptible=lambda: interruption.calling_off(heeding),
        )
        convened = Convened(folder=folder, group=group, convener=convener)
        if recorder.was_cut:
            watching.say(recorder.was_cut)
        _send_certificate(convened)
        try:
            yield convened
        except CeremonyFailed as failed:
            if not interruption.has_come():
                raise
            watching.say(Shown(failed.sentence()))
            raise SystemExit(_INTERRUPTED + interruption.number) from failed


def _pen_of(folder: HolderFolder, group: GroupFile) -> Pen:
    """:raises HolderFolderUnfit: it is not the folder of the group's coordinator."""
    transport = folder.read_transport()
    if transport.point()[1:] != group.coordinator_key:
        raise HolderFolderUnfit(
            path=str(folder.path),
            why="its transport key is not that of the group's coordinator",
            advice="Use the coordinator's folder.",
        )
    return Pen(index=COORDINATOR, sign=transport.sign)


def _parcels(options: Namespace) -> ParcelFolder | None:
    if not options.parcels:
        return None
    return ParcelFolder(path_of(options.parcels), writes="to", reads="from", run=secrets.token_bytes(8))


def require_key(group: GroupFile) -> GroupKey:
    """:raises CeremonyFailed: the group has no key yet."""
    key = key_of(group)
    if key is None:
        raise CeremonyFailed(
            what="the ceremony", why="the group has no key yet: run `fourth-signer frost keygen` first"
        )
    return key


def run_keygen(options: Namespace) -> Answer:
    """Let the holders make the key.

    :raises CeremonyFailed: they did not; nothing has changed.
    """
    with convene(options) as convened:
        group = convened.group
        if group.commitments:
            why = "the group has a key already; `fourth-signer frost refresh` makes new shares of it"
            raise CeremonyFailed(what="the making of the key", why=why)
        epoch = next_epoch(convened.folder, 0, options.above)
        charter = charter_of(replace(group, epoch=epoch))
        call = Call(charter=charter, dealers=charter.indexes, old=None)
        made = _deal(convened, call, None, group, Shown("the making of the key"))
    return Answer(text=page_of(made))


def run_refresh(options: Namespace) -> Answer:
    """Give all holders new shares of the key.

    :raises CeremonyFailed: not all did it; the old shares stay in use.
    """
    with convene(options) as convened:
        made = redeal(convened, convened.group, None, Shown("the refresh"), above=options.above)
    return Answer(text=page_of(made))


def run_repair(options: Namespace) -> Answer:
    """Let others make a lost share anew.

    :raises CeremonyFailed: they did not.
    """
    with convene(options) as convened:
        key = require_key(convened.group)
        charter = key.charter
        others = [index for index in charter.indexes if index != options.holder]
        helpers = options.helper or others[: charter.threshold]
        if options.holder not in charter.indexes or len(set(helpers)) != charter.threshold:
            why = f"it takes a holder of the group, and {charter.threshold} others that help"
            raise CeremonyFailed(what="the repair", why=why)
        call = RepairCall(lost=Index(options.holder), helpers=tuple(map(Index, sorted(helpers))))
        try:
            convened.convener.repair(
                call, key, what=Shown(f"the repair of the share of holder {options.holder}")
            )
        except ValueError as exc:
            raise CeremonyFailed(what="the repair", why=str(exc)) from exc
    return Answer(text=f"Holder {options.holder} has its share again; nobody else's has changed.\n")


def redeal(
    convened: Convened,
    following: GroupFile,
    dealers: tuple[Index, ...] | None,
    what: Shown,
    *,
    above: int | None,
) -> GroupFile:
    """Let holders deal new shares of the key as it is."""
    key = require_key(convened.group)
    epoch = next_epoch(convened.folder, key.charter.epoch, above)
    charter = charter_of(replace(following, epoch=epoch))
    call = Call(charter=charter, dealers=dealers or key.charter.indexes, old=(key.charter, key.commitments))
    return _deal(convened, call, key, following, what)


def _deal(
    convened: Convened, call: Call, known: GroupKey | None, following: GroupFile, what: Shown
) -> GroupFile:
    folder = convened.folder
    note_call(folder, call.charter.epoch)

    def keep(key: GroupKey, certificate: bytes) -> None:
        keep_key(folder, key, certificate, before=convened.group, following=following)

    try:
        key = convened.convener.deal(call, known=known, what=what, keep=keep)
    except ValueError as exc:
        raise CeremonyFailed(what=what, why=str(exc)) from exc
    convened.convener.progress.ended(Shown(f"the key is {show_bytes(key.point)}"))
    return with_key(following, key)


def _send_certificate(convened: Convened) -> None:
    """Send the last certificate again: whoever missed it signs with nothing else."""
    certificate = certificate_in(convened.folder, convened.group.epoch)
    if certificate is not None and convened.group.commitments:
        to = [Index(holder.index) for holder in convened.group.holders]
        convened.convener.send_again(to, certificate)


def _arrival(sender: int, raw: bytes | None, trouble: Foreign) -> Arrival:
    return Arrival(sender=Index(sender), raw=raw, trouble=trouble)


def _lines(folder: HolderFolder, holders: dict[int, HolderEntry]) -> dict[int, OpenLine]:
    return {
        index: functools.partial(_open_line, folder, holder)
        for index, holder in holders.items()
        if holder.address != BY_FILES
    }


def _open_line(folder: HolderFolder, holder: HolderEntry, tell: Callable[[LineNews], object]) -> HttpsLine:
    try:
        context = make_context(folder.tls_key, folder.certificate, pinned=holder.certificate, is_server=False)
    except OSError as exc:
        why = f"its TLS key, or the certificate of holder {holder.index}, cannot be used"
        raise HolderFolderUnfit(path=str(folder.path), why=why, advice="Compare the group's file.") from exc
    return HttpsLine(str(holder.address), context, pinned=holder.certificate, tell=tell)
