"""`frost join` and `frost restore`: a holder's own process, and its share from a backup."""

from __future__ import annotations

import secrets
import signal
import sys
import threading
from argparse import Namespace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.cli.adapters import CLOCK
from verifier.cli.answer import Answer
from verifier.cli.asking import confirm, is_anybody_there, say
from verifier.cli.frost_consent import consent_seconds, seconds_awake_or_asleep
from verifier.cli.frost_deciding import VaultDecider
from verifier.cli.frost_factors import open_factors
from verifier.cli.frost_keeping import NEXT, FolderKeeper, is_anything_sealed
from verifier.cli.frost_person import PlainPerson
from verifier.cli.frost_rules import KeptRules
from verifier.cli.frost_serving import require_way, serve_holder
from verifier.cli.frost_setting_up import blind_at_start, folder_of, names_of, page_of
from verifier.cli.undumped import leave_no_dump
from verifier.errors import FourthSignerError, HolderFolderUnfit
from verifier.frost.charter import Index, Pen, TransportKey
from verifier.holder.diary import Diary
from verifier.holder.ports import Person
from verifier.holder.post import HolderPost, Say
from verifier.holder.service import HolderService
from verifier.keys.share_recovery import read_recipient, restore
from verifier.keys.share_sealing import Factors, prepare_factors, read_share_head, seal_share
from verifier.model.group_file import GroupFile, HolderEntry
from verifier.model.text import Shown, sanitise, show_bytes
from verifier.pages.group_changes import group_changes
from verifier.pages.layout import in_groups, width_of_terminal, wrapped
from verifier.store.ceremony_records import CeremonyRecords
from verifier.store.folder_lock import lock_folder
from verifier.store.group_file import (
    hash_of_group,
    key_of,
    read_group_file,
    replace_bytes,
    write_group_file,
)
from verifier.store.holder_folder import HolderFolder
from verifier.store.place import path_of

if TYPE_CHECKING:
    from verifier.cli.frost_sitting import Screens


def run_join(options: Namespace) -> Answer:
    """Be a holder until interrupted: with screens where a person sits at a terminal, else in lines.

    :raises FourthSignerError: the folder, the group, the share or the address cannot be used.
    """
    leave_no_dump()
    blind_at_start()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    said = "The holder has stopped: all its open sessions are over.\n"
    if options.plain or not (is_anybody_there() and sys.stdout.isatty()):
        hold(options, stopped, say)
        return Answer(text=said)
    from verifier.cli.frost_sitting import Screens

    screens = Screens(stopped)
    hold(options, stopped, screens.tell, screens=screens)
    return screens.leave(said)


def hold(options: Namespace, stopped: threading.Event, tell: Say, *, screens: Screens | None = None) -> None:
    """Be a holder until told to stop.

    :param tell: shows a line to whoever is in front of it
    :param screens: what they have in front of them, if not lines
    :raises FourthSignerError: the folder, the group, the share or the address cannot be used.
    """
    folder = folder_of(options.folder)
    lock = lock_folder(folder)
    try:
        for given in options.group or ():
            _take_over(options, folder, path_of(given))
        group = folder.read_group()
        entry = holder_of(folder, group)
        require_way(options, entry)
        is_new = not is_anything_sealed(folder)
        factors = open_factors(options, is_new=is_new, tell=tell, is_over=stopped.is_set)
        # Read once: what is put in the file's place while nobody sits here gets no backup.
        recovery = read_recipient(path_of(options.recovery)) if options.recovery else None
        keeper = FolderKeeper(
            folder, Index(entry.index), factors, dice=secrets.token_bytes, recovery=recovery
        )
        # Now, and not in the middle of a ceremony.
        prepare_factors(factors, holder=entry.index, dice=secrets.token_bytes)
        opened_by = factors.describe()
        banner = Shown(
            f"Holder {entry.index} ({entry.name}) of {group.name}; its share is opened by: {opened_by}."
        )
        tell(banner)
        warn = tell if screens is None else screens.warn
        if recovery is not None:
            for line in _said_of_recovery(folder, recovery):
                warn(line)
        following = keeper.following()
        if following is not None:
            warn(_to_be(following))
        person: Person | None = PlainPerson(banner) if is_anybody_there() else None
        log = tell
        if screens is not None:
            person, log = screens.person, screens.note
        post, kept_rules = _open_post(options, folder, keeper, entry, person, tell, warn, log)
        serve = partial(serve_holder, options, folder, keeper.group, entry, post, stopped, tell)
        if screens is None:
            serve()
        else:
            screens.sit(keeper.group, entry, factors, post, kept_rules, serve)
        post.close()
    finally:
        lock.release()


def _to_be(following: GroupFile) -> Shown:
    first, second = in_groups(hash_of_group(following))
    return Shown(
        f"There is a file here of the group as it is to be, {NEXT}, with the digits 0x {first} {second}: whenever the "
        "coordinator calls for it, this holder gives shares to the holders that it names, without asking. Delete it if "
        "that is not to happen any more, or if you never compared these digits with anybody."
    )


def _said_of_recovery(folder: HolderFolder, recovery: bytes) -> list[Shown]:
    """Return whose the backups are going to be: whoever can write the file of that key could make them their own."""
    said = [
        Shown(
            f"Who has the recovery key of {show_bytes(recovery)} can open the backups of new shares, without "
            "passphrase or token. Compare it with the one in your safe."
        )
    ]
    for path in sorted(folder.path.glob("share-epoch-*.backup")):
        try:
            before = read_share_head(path).recovery
        except FourthSignerError:
            continue  # Whoever wants it back is told what is wrong with it.
        if before is not None and before.recipient != recovery:
            name, key = sanitise(path.name, most=60), show_bytes(before.recipient)
            said.append(
                Shown(
                    f"ANOTHER RECOVERY KEY: {name} was made for {key}. Unless you changed it, stop this holder now."
                )
            )
    return said


def holder_of(folder: HolderFolder, group: GroupFile) -> HolderEntry:
    """Return which holder a folder is of: today's, or one that is to come.

    :raises HolderFolderUnfit: of none.
    """
    mine = folder.read_transport().point()[1:]
    following = folder.path / NEXT
    for each in [group, *([read_group_file(following)] if following.exists() else [])]:
        for holder in each.holders:
            if holder.transport_key == mine:
                return holder
    raise HolderFolderUnfit(
        path=str(folder.path),
        why="its transport key is that of no holder of the group",
        advice="Give the group's coordinator the card that is in it.",
    )


def _take_over(options: Namespace, folder: HolderFolder, given: Path) -> None:
    """Put a group's file into the folder, once its digits were compared.

    :raises HolderFolderUnfit: it is another group's; or one to be, and none of the group as it is is there.
    """
    group = read_group_file(given)
    present = folder.read_group() if folder.group.exists() else None
    if group == present:
        return
    # Only a file that a group is to have next, which names no key, is of a later epoch than the first.
    if present is None and group.point is None and group.epoch > 1:
        raise HolderFolderUnfit(
            path=str(folder.path),
            why="the file that is given is of the group as it is to be, and that of the group as it is is not there",
            advice="Get both from the coordinator, and give both: --group group.toml --group next.toml.",
        )
    if present is not None and group.group != present.group:
        why = "it is of another group than the file that is given"
        raise HolderFolderUnfit(
            path=str(folder.path), why=why, advice="Use a folder of its own for each group."
        )
    said = [page_of(group)]
    if present is not None:
        me = folder.read_transport().point()[1:]
        said += ["", f"AGAINST THE GROUP AS IT IS, IN EPOCH {present.epoch}"]
        for each in group_changes(present, group, me=me):
            said += [f"  {line}" for line in wrapped(each, width_of_terminal() - 2)]
    confirm(Shown(f"the group {group.name}"), said, is_given=options.yes)
    write_group_file(folder.group if present is None else folder.path / NEXT, group)


def _open_post(
    options: Namespace,
    folder: HolderFolder,
    keeper: FolderKeeper,
    entry: HolderEntry,
    person: Person | None,
    tell: Say,
    warn: Say,
    log: Say,
) -> tuple[HolderPost, KeptRules]:
    """Return the holder's box, and the rules that it goes by.

    :param tell: is told what its person has to know
    :param warn: is told what they have to know before all else
    :param log: is told all that happens
    """
    transport = folder.read_transport()
    group = keeper.group
    recorder = CeremonyRecords(
        folder.records, identity=Shown(f"holder {entry.index} ({entry.name})"), now=CLOCK.now
    )
    if recorder.was_cut:
        warn(recorder.was_cut)
    rules = KeptRules(folder.rules, recorder, tell, before=recorder.latest("rules"))
    service = HolderService(
        group=group.group,
        coordinator=TransportKey(group.coordinator_key),
        pen=Pen(index=Index(entry.index), sign=transport.sign),
        keeper=keeper,
        dice=secrets.token_bytes,
        clock=seconds_awake_or_asleep,
        consent_seconds=consent_seconds(rules.at_start, group),
    )
    decider = VaultDecider(options=options, folder=folder, keeper=keeper, rules=rules)
    diary = Diary(service, names=lambda: names_of(keeper.group), now=CLOCK.now)
    return HolderPost(service, decider, recorder, log, diary, person), rules


def run_restore(options: Namespace) -> Answer:
    """Keep the share of a backup as `join` does.

    :raises FourthSignerError: it cannot be opened, or there is a share already.
    """
    leave_no_dump()
    folder = folder_of(options.folder)
    lock = lock_folder(folder)
    try:
        return _restored(options, folder)
    finally:
        lock.release()


def _restored(options: Namespace, folder: HolderFolder) -> Answer:
    group = folder.read_group()
    if folder.share.exists():
        why = "there is a share in it already, and nothing is written over"
        raise HolderFolderUnfit(path=str(folder.path), why=why, advice="Move it away first.")
    share = restore(path_of(options.backup), path_of(options.recovery_key), present=group.epoch)
    entry = holder_of(folder, group)
    if share.index != entry.index or share.key.charter.group != group.group:
        why = "the backup is that of another holder or group"
        raise HolderFolderUnfit(path=str(folder.path), why=why, advice="Choose the right backup.")
    if share.key != key_of(group):
        # Anybody can write a backup for a public key: what it says of the group is not believed.
        why = "the backup is of another key or epoch than its group's file"
        advice = (
            "Put the group's present file, compared with other holders', in the place of group.toml first."
        )
        raise HolderFolderUnfit(path=str(folder.path), why=why, advice=advice)
    factors: Factors = open_factors(options, is_new=True, tell=say)
    replace_bytes(folder.share, seal_share(share, factors, dice=secrets.token_bytes))
    sys.stderr.flush()
    text = f"The share of holder {share.index} in epoch {share.key.charter.epoch} is here again; "
    text += f"what opens it: {factors.describe()}.\n"
    if waiting := sorted(folder.path.glob("share.pending-*.json")):
        # Sealed before: a holder that cannot open them does not start.
        names = ", ".join(sanitise(path.name, most=60) for path in waiting)
        text += f"Beside it waits {names}, which opens by what opened the share before. Where that is lost, move it\n"
        text += "away; if it comes into use all the same, let the others repair your share.\n"
    return Answer(text=text)
