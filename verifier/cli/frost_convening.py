"""`frost keygen`, `refresh`, `reshare`, `repair`, `sign`, `register`: what the coordinator of a group brings about."""

from __future__ import annotations

import functools
import os
import secrets
import time
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final

from verifier.cli.adapters import CLOCK
from verifier.cli.answer import Answer
from verifier.cli.asking import say
from verifier.cli.frost_keeping import NEXT, next_group
from verifier.cli.frost_setting_up import blind_at_start, folder_of, lock_folder, names_of, page_of
from verifier.courier.certificates import make_context
from verifier.courier.courier import LinesCourier, OpenLine
from verifier.courier.folder import ParcelFolder
from verifier.courier.https_client import HttpsLine, LineNews
from verifier.errors import CeremonyFailed, GroupFileMalformed, HolderFolderUnfit
from verifier.errors.text import Foreign
from verifier.frost.assembly import MOST_SKIPPED
from verifier.frost.charter import COORDINATOR, Index, Pen
from verifier.frost.dealing_messages import Call
from verifier.frost.repair_messages import RepairCall
from verifier.frost.shares import GroupKey
from verifier.holder.convening import Convener, Patience
from verifier.holder.ports import Arrival
from verifier.holder.progress import Progress, Say, Watch, nobody_watches
from verifier.model.group_file import BY_FILES, GroupFile, HolderEntry
from verifier.model.text import Shown, sanitise, show_bytes
from verifier.store.ceremony_records import CeremonyRecords
from verifier.store.group_file import charter_of, key_of, replace_bytes, write_group_file
from verifier.store.group_holders import read_card
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
"""They are told line by line, and Ctrl-C ends it."""


@contextmanager
def convene(
    options: Namespace, *, also: GroupFile | None = None, watching: Watching = AT_THE_TERMINAL
) -> Iterator[Convened]:
    """Open the lines to all holders of a folder's group.

    :param also: the group as it is to be, whose new holders are reached too
    :param watching: whoever waits for what comes of it
    :raises FourthSignerError: the folder or the group cannot be used.
    """
    blind_at_start()
    folder = folder_of(options.folder)
    group = folder.read_group()
    lock = lock_folder(folder)
    transport = folder.read_transport()
    if transport.point()[1:] != group.coordinator_key:
        raise HolderFolderUnfit(
            path=str(folder.path),
            why="its transport key is not that of the group's coordinator",
            advice="Use the coordinator's folder.",
        )
    holders = {holder.index: holder for holder in (*group.holders, *(also.holders if also else ()))}
    parcels = None
    if options.parcels:
        parcels = ParcelFolder(
            path_of(options.parcels), writes="to", reads="from", run=secrets.token_bytes(8)
        )
    courier = LinesCourier(_lines(folder, holders), parcels, arrival=_arrival)
    recorder = CeremonyRecords(folder.records, identity=Shown("the coordinator"), now=CLOCK.now)
    names = {**names_of(group), **(names_of(also) if also else {})}
    convener = Convener(
        pen=Pen(index=COORDINATOR, sign=transport.sign),
        courier=courier,
        progress=Progress(watching.say, recorder, names, CLOCK.now, watching.watch),
        dice=secrets.token_bytes,
        clock=time.monotonic,
        patience=Patience(person=options.patience, program=min(PROGRAM_SECONDS, options.patience)),
        is_called_off=watching.is_called_off,
    )
    try:
        convened = Convened(folder=folder, group=group, convener=convener)
        _send_certificate(convened)
        yield convened
    finally:
        courier.close()
        recorder.close()
        os.close(lock)


def require_key(group: GroupFile) -> GroupKey:
    """:raises CeremonyFailed: the group has no key yet."""
    key = key_of(group)
    if key is None:
        raise CeremonyFailed(
            what="ceremony", why="the group has no key yet: run `fourth-signer frost keygen` first"
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
            raise CeremonyFailed(what="making of the key", why=why)
        epoch = _next_epoch(convened.folder, 0, options)
        charter = charter_of(replace(group, epoch=epoch))
        call = Call(charter=charter, dealers=charter.indexes, old=None)
        made = _deal(convened, call, None, group, Shown("the making of the key"))
    return Answer(text=page_of(made))


def run_refresh(options: Namespace) -> Answer:
    """Give all holders new shares of the key.

    :raises CeremonyFailed: not all did it; the old shares stay in use.
    """
    with convene(options) as convened:
        made = _redeal(convened, convened.group, None, Shown("the refresh"), options)
    return Answer(text=page_of(made))


def run_reshare(options: Namespace) -> Answer:
    """Write down how the group is to be, or let its holders make it so.

    :raises CeremonyFailed: not all did it; the old shares stay in use.
    """
    if options.card or options.without or options.threshold is not None:
        return _write_next(options)
    following = next_group(folder_of(options.folder))
    if following is None:
        why = "say first how the group is to be, with --card, --without or --threshold"
        raise CeremonyFailed(what="resharing", why=why)
    with convene(options, also=following) as convened:
        dealers = tuple(Index(each) for each in sorted(options.dealer)) if options.dealer else None
        made = _redeal(convened, following, dealers, Shown("the resharing"), options)
        (convened.folder.path / NEXT).unlink(missing_ok=True)
    return Answer(text=page_of(made))


def _write_next(options: Namespace) -> Answer:
    folder = folder_of(options.folder)
    group = folder.read_group()
    require_key(group)
    used = [holder.index for holder in group.holders]
    leaving = set(options.without)
    if not leaving <= set(used):
        raise GroupFileMalformed(path=NEXT, why="--without names a holder that the group does not have")
    first = max([*used, _highest_index(folder)]) + 1
    new = tuple(read_card(path_of(card), index=first + i) for i, card in enumerate(options.card))
    following = replace(
        group,
        epoch=group.epoch + 1,
        threshold=group.threshold if options.threshold is None else options.threshold,
        holders=tuple(holder for holder in group.holders if holder.index not in leaving) + new,
        commitments=(),
    )
    charter_of(following)
    write_group_file(folder.path / NEXT, following)
    path = sanitise(str(folder.path / NEXT), most=300)
    return Answer(
        text=page_of(following)
        + f"\nWrote {path}: hand it to every old and every new holder, and the present file to the new ones too; "
        "each takes it over with `fourth-signer frost join --group`. Then run `fourth-signer frost reshare` alone.\n"
    )


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
            raise CeremonyFailed(what="repair", why=why)
        call = RepairCall(lost=Index(options.holder), helpers=tuple(map(Index, sorted(helpers))))
        try:
            convened.convener.repair(
                call, key, what=Shown(f"the repair of the share of holder {options.holder}")
            )
        except ValueError as exc:
            raise CeremonyFailed(what="repair", why=str(exc)) from exc
    return Answer(text=f"Holder {options.holder} has its share again; nobody else's has changed.\n")


def _redeal(
    convened: Convened,
    following: GroupFile,
    dealers: tuple[Index, ...] | None,
    what: Shown,
    options: Namespace,
) -> GroupFile:
    """Let holders deal new shares of the key as it is."""
    key = require_key(convened.group)
    epoch = _next_epoch(convened.folder, key.charter.epoch, options)
    charter = charter_of(replace(following, epoch=epoch))
    call = Call(charter=charter, dealers=dealers or key.charter.indexes, old=(key.charter, key.commitments))
    return _deal(convened, call, key, following, what)


def _deal(
    convened: Convened, call: Call, known: GroupKey | None, following: GroupFile, what: Shown
) -> GroupFile:
    folder = convened.folder
    # Stored before anybody is called: no two dealings make shares of one epoch.
    replace_bytes(folder.path / "epoch", f"{call.charter.epoch}\n".encode("ascii"))

    def keep(key: GroupKey, certificate: bytes) -> None:
        # Before any holder has it, so that it can always be sent again.
        replace_bytes(folder.path / f"certificate-{key.charter.epoch}", certificate)
        replace_bytes(folder.path / "highest-index", f"{max(key.charter.indexes)}\n".encode("ascii"))
        write_group_file(folder.group, _with_key(following, key))

    try:
        key = convened.convener.deal(call, known=known, what=what, keep=keep)
    except ValueError as exc:
        raise CeremonyFailed(what=what, why=str(exc)) from exc
    convened.convener.progress.ended(Shown(f"the key is {show_bytes(key.point)}"))
    return _with_key(following, key)


def _with_key(group: GroupFile, key: GroupKey) -> GroupFile:
    return replace(group, epoch=key.charter.epoch, commitments=key.commitments)


def _send_certificate(convened: Convened) -> None:
    """Send the last certificate again: whoever missed it signs with nothing else."""
    path = convened.folder.path / f"certificate-{convened.group.epoch}"
    if path.exists() and convened.group.commitments:
        to = [Index(holder.index) for holder in convened.group.holders]
        convened.convener.send_again(to, path.read_bytes())


def _next_epoch(folder: HolderFolder, present: int, options: Namespace) -> int:
    """Return the epoch to call for: above all that were called for here, and above what holders say they have.

    :raises CeremonyFailed: it is so far away that no holder would answer.
    """
    above = getattr(options, "above", None) or 0
    if above >= present + MOST_SKIPPED:
        why = f"--above is {above}; no holder takes a call that skips more than {MOST_SKIPPED} epochs"
        raise CeremonyFailed(what="ceremony", why=why)
    return max(_number_in(folder, "epoch"), present, above) + 1


def _highest_index(folder: HolderFolder) -> int:
    return _number_in(folder, "highest-index")


def _number_in(folder: HolderFolder, name: str) -> int:
    path = folder.path / name
    text = path.read_text("ascii").strip() if path.exists() else "0"
    if not text.isdecimal():
        raise HolderFolderUnfit(path=str(path), why="it holds no number", advice="Look what happened to it.")
    return int(text)


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
