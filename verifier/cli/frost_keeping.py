"""A holder's disk: the share in use and those that wait, sealed; the group's file; the names of all sessions.

What is in use changes in one order: the new share is stored, then the group's file, and then what is older goes. So
wherever a machine stops, one epoch can sign.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Final

from verifier.cli.frost_put_aside import destroy_aside, epochs_aside
from verifier.errors import GroupFileMalformed, HolderFileUnwritable, HolderFolderUnfit
from verifier.frost.charter import Charter, Index
from verifier.frost.pending import PendingShare
from verifier.frost.shares import GroupKey, Share
from verifier.holder.ports import Dice
from verifier.keys.share_recovery import back_up
from verifier.keys.share_sealing import Factors, open_pending, open_share, seal_pending, seal_share
from verifier.model.group_file import GroupFile
from verifier.model.text import sanitise
from verifier.store.group_file import (
    charter_of,
    key_of,
    read_group_file,
    replace_bytes,
    write_group_file,
)
from verifier.store.holder_folder import HolderFolder
from verifier.store.syncing import sync_folder

NEXT: Final = "next.toml"
"""The group's file as it is to be, while it is to change."""
_SESSION: Final = 32


def next_group(folder: HolderFolder) -> GroupFile | None:
    """Return the group as its holders agreed that it is to be; None where nothing is to change."""
    path = folder.path / NEXT
    return read_group_file(path) if path.exists() else None


def is_anything_sealed(folder: HolderFolder) -> bool:
    """Whether a share is there, in use or not yet, so that what opens it was chosen before."""
    is_waiting = any(folder.path.glob("share.pending-*.json"))
    return folder.share.exists() or is_waiting or bool(epochs_aside(folder.path))


def is_same_but_epoch(charter: Charter, group: GroupFile | None) -> bool:
    """Whether a charter is that of a group's file, whatever the epoch."""
    return group is not None and charter_of(replace(group, epoch=charter.epoch)) == charter


class FolderKeeper:
    """The port Keeper over a holder's folder. Only one process may use a folder at a time."""

    def __init__(
        self,
        folder: HolderFolder,
        index: Index,
        factors: Factors,
        *,
        dice: Dice,
        recovery: bytes | None = None,
    ) -> None:
        """Open what is there.

        :param recovery: the public key, 32 bytes, for which a backup of each new share is written
        :raises FourthSignerError: a share cannot be opened, or does not fit the group.
        """
        self._folder, self._index, self._factors, self._dice = folder, index, factors, dice
        self._recovery = recovery
        self._group = folder.read_group()
        # As its person started it: what is put here later is none of theirs.
        self._following = next_group(folder)
        self._share = self._open_share()
        present = self._group.epoch if self._group.commitments else 0
        self._destroy_older(present)
        self._pending: dict[int, PendingShare] = {}
        for path in sorted(folder.path.glob("share.pending-*.json")):
            pending = open_pending(path, factors, present=0)
            self._require_mine(path, pending.key, pending.share)
            if pending.key.charter.epoch > present:
                self._pending[pending.key.charter.epoch] = pending
            else:
                self._forget_pending(pending.key.charter.epoch)
        self._aside = epochs_aside(folder.path)
        self._sessions_path = folder.path / "sessions"
        self._sessions = self._read_sessions()

    @property
    def group(self) -> GroupFile:
        return self._group

    def following(self) -> GroupFile | None:
        """Return the group as it is to be: by the file that was there at the start, if it still is as it was."""
        try:
            return self._following if next_group(self._folder) == self._following else None
        except GroupFileMalformed:
            return None

    def key(self) -> GroupKey | None:
        return key_of(self._group)

    def share(self) -> Share | None:
        return self._share

    def pending(self) -> Collection[PendingShare]:
        return tuple(self._pending.values())

    def sessions(self) -> frozenset[bytes]:
        return frozenset(self._sessions)

    def highest_epoch(self) -> int:
        present = self._group.epoch if self._group.commitments else 0
        # What was put aside was confirmed too: no other share of its epoch is.
        return max([present, *self._pending, *self._aside])

    def aside(self) -> frozenset[int]:
        return self._aside

    def note_session(self, session: bytes) -> None:
        if session in self._sessions:
            return
        try:
            handle = os.open(
                self._sessions_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600
            )
            try:
                before = os.fstat(handle).st_size
                if os.write(handle, session) != len(session):
                    # A disk that is full takes a part. What stands behind it would be read as other names.
                    os.ftruncate(handle, before)
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(handle)
                if not before:
                    sync_folder(self._folder.path)
            finally:
                os.close(handle)
        except OSError as exc:
            why = exc.strerror or "no reason given"
            raise HolderFileUnwritable(path=str(self._sessions_path), why=why) from exc
        self._sessions.add(session)

    def keep_pending(self, pending: PendingShare) -> None:
        epoch = pending.key.charter.epoch
        if self._following is not None and is_same_but_epoch(pending.key.charter, self._following):
            # First: whoever deletes the file from now on, the share finds who its holders are.
            write_group_file(self._pending_group(epoch), self._following)
        replace_bytes(
            self._pending_path(epoch), seal_pending(pending, self._index, self._factors, dice=self._dice)
        )
        self._pending[epoch] = pending

    def take_into_use(self, pending: PendingShare) -> None:
        charter = pending.key.charter
        group = self._group_with(pending.key)
        if pending.share is not None:
            self._store(pending.share)
        else:
            # First, as nobody is let in any more who is in no group's file.
            self._folder.share.unlink(missing_ok=True)
            self._share = None
        self._write_group(group)
        for epoch in [epoch for epoch in self._pending if epoch <= charter.epoch]:
            del self._pending[epoch]
            self._forget_pending(epoch)
        self._destroy_older(charter.epoch)

    def keep_repaired(self, share: Share) -> None:
        self._store(share)

    def _store(self, share: Share) -> None:
        if self._recovery is not None:
            # First: no share is in use that has no backup, wherever the machine stops.
            name = f"share-epoch-{share.key.charter.epoch}.backup"
            replace_bytes(self._folder.path / name, back_up(share, self._recovery, dice=self._dice))
        replace_bytes(self._folder.share, seal_share(share, self._factors, dice=self._dice))
        self._share = share

    def _destroy_older(self, epoch: int) -> None:
        """Destroy backups of lower epochs, what was put aside, and the file of a group that it is by now."""
        # As many old shares as the threshold still make the key: what is over is not kept.
        for path in self._folder.path.glob("share-epoch-*.backup"):
            number = path.stem.removeprefix("share-epoch-")
            if number.isascii() and number.isdecimal() and int(number) < epoch:
                path.unlink(missing_ok=True)
        for path in self._folder.path.glob("share.pending-*.toml"):
            # Without its share: the machine stopped between the two.
            number = path.stem.removeprefix("share.pending-")
            if number.isascii() and number.isdecimal() and int(number) <= epoch:
                path.unlink(missing_ok=True)
        destroy_aside(self._folder.path, epoch)
        self._aside = epochs_aside(self._folder.path)
        following = self.following() if self._group.commitments else None
        if following is not None and is_same_but_epoch(charter_of(self._group), following):
            (self._folder.path / NEXT).unlink(missing_ok=True)

    def _open_share(self) -> Share | None:
        if not self._folder.share.exists():
            return None
        present = self._group.epoch if self._group.commitments else 0
        share = open_share(self._folder.share, self._factors, present=present)
        self._require_mine(self._folder.share, share.key, share)
        if share.key != key_of(self._group):
            if share.key.charter.epoch <= present:
                raise HolderFolderUnfit(
                    path=str(self._folder.path),
                    why="its share is of another key than its group's file",
                    advice="Compare the group's file with the other holders'.",
                )
            # The machine stopped between the two.
            self._share = share
            self._write_group(self._group_with(share.key))
        return share

    def _require_mine(self, path: Path, key: GroupKey, share: Share | None) -> None:
        """Raise HolderFolderUnfit where a share is another group's, another holder's, or of another key of this group.

        One person may open the shares of several groups by the same things, so that a file that was copied here opens.
        """
        known = key_of(self._group)
        if key.charter.group != self._group.group:
            whose = "another group"
        elif share is not None and share.index != self._index:
            whose = f"holder {share.index}"
        elif known is not None and path == self._folder.share and key.point != known.point:
            whose = "another key of this group"
        else:
            return
        raise HolderFolderUnfit(
            path=str(self._folder.path),
            why=f"its {sanitise(path.name, most=60)} is of {whose}",
            advice="Move that file to where it belongs, and find out who put it here.",
        )

    def _group_with(self, key: GroupKey) -> GroupFile:
        """Return the group whose holders a key's charter names, with that key.

        :raises HolderFolderUnfit: no file here is of them. Nothing has changed.
        """
        epoch = key.charter.epoch
        kept = self._pending_group(epoch)
        waiting = read_group_file(kept) if kept.exists() else None
        for base in (self._following, self._group, waiting):
            if base is not None and is_same_but_epoch(key.charter, base):
                return replace(base, epoch=epoch, commitments=key.commitments)
        raise HolderFolderUnfit(
            path=str(self._folder.path),
            why=f"its share of epoch {epoch} is of other holders than any group's file in it",
            advice="Take over the file that the group was to have next, by `fourth-signer frost join --group`.",
        )

    def _write_group(self, group: GroupFile) -> None:
        write_group_file(self._folder.group, group)
        self._group = group

    def _read_sessions(self) -> set[bytes]:
        """:raises HolderFolderUnfit: they cannot be read; without them a session could be taken up again."""
        try:
            content = self._sessions_path.read_bytes()
            # What was cut off is the name of a session in which nothing left.
            whole = len(content) - len(content) % _SESSION
            if whole != len(content):
                os.truncate(self._sessions_path, whole)
        except FileNotFoundError:
            return set()
        except OSError as exc:
            raise HolderFolderUnfit(
                path=str(self._sessions_path),
                why=f"it cannot be read ({exc.strerror})",
                advice="It has the names of all sessions in which this holder answered: look what happened to it.",
            ) from exc
        return {content[at : at + _SESSION] for at in range(0, whole, _SESSION)}

    def _pending_path(self, epoch: int) -> Path:
        return self._folder.path / f"share.pending-{epoch}.json"

    def _pending_group(self, epoch: int) -> Path:
        """Where the file of the group that a share waits for is kept, where that is another one than now."""
        return self._pending_path(epoch).with_suffix(".toml")

    def _forget_pending(self, epoch: int) -> None:
        self._pending_path(epoch).unlink(missing_ok=True)
        self._pending_group(epoch).unlink(missing_ok=True)
