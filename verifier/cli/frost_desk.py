"""A coordinator's disk: the highest epoch that it called for, the certificate of the one in use, and who has left.

epoch              decimal; stored before anybody is called, since no two dealings make shares of one epoch
certificate-N      what brings the shares of epoch N into use; stored before any holder has it
former-N.toml      the group before a resharing to epoch N: who left by it is in no other file
highest-index      the highest number that a holder ever had
group.toml         the group as it is; written last
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from verifier.decode.content import UnfitError
from verifier.errors import CeremonyFailed, HolderFolderUnfit
from verifier.frost.assembly import MOST_SKIPPED
from verifier.frost.envelope import MOST_ENVELOPE
from verifier.frost.shares import GroupKey
from verifier.model.group_file import GroupFile, HolderEntry
from verifier.store.books import read_bounded
from verifier.store.group_file import read_group_file, replace_bytes, write_group_file
from verifier.store.holder_folder import HolderFolder

_MOST_DIGITS: Final = 12
_LOOK: Final = "Look what happened to it."


def next_epoch(folder: HolderFolder, present: int, above: int | None) -> int:
    """Return the epoch to make shares of.

    :param above: one that holders have confirmed shares of, as somebody says; this folder may not know of it
    :raises CeremonyFailed: it is so far away that no holder would answer.
    """
    if above is not None and above >= present + MOST_SKIPPED:
        why = f"--above is {above}; no holder takes a call that skips more than {MOST_SKIPPED} epochs"
        raise CeremonyFailed(what="the ceremony", why=why)
    return max(_number_in(folder, "epoch"), present, above or 0) + 1


def note_call(folder: HolderFolder, epoch: int) -> None:
    """Store that shares of an epoch are called for.

    :raises HolderFileUnwritable: the disk does not let us; nobody may be called.
    """
    replace_bytes(folder.path / "epoch", f"{epoch}\n".encode("ascii"))


def keep_key(
    folder: HolderFolder, key: GroupKey, certificate: bytes, *, before: GroupFile, following: GroupFile
) -> None:
    """Store a key, and the certificate that brings its shares into use, before any holder has that.

    :param before: the group as it was; `following` is the group as it is to be
    :raises HolderFileUnwritable: the disk does not let us; nobody may be sent the certificate.
    """
    replace_bytes(folder.path / f"certificate-{key.charter.epoch}", certificate)
    replace_bytes(folder.path / "highest-index", f"{max(key.charter.indexes)}\n".encode("ascii"))
    if leavers_of(before, following):
        write_group_file(folder.path / f"former-{key.charter.epoch}.toml", before)
    write_group_file(folder.group, with_key(following, key))


def with_key(group: GroupFile, key: GroupKey) -> GroupFile:
    """Return a group with a key."""
    return replace(group, epoch=key.charter.epoch, commitments=key.commitments)


def certificate_in(folder: HolderFolder, epoch: int) -> bytes | None:
    """Return what brought the shares of an epoch into use; None where that is not kept.

    :raises HolderFolderUnfit: it cannot be read.
    """
    path = folder.path / f"certificate-{epoch}"
    return _read(path, MOST_ENVELOPE) if path.exists() else None


def leavers_of(before: GroupFile, following: GroupFile) -> list[HolderEntry]:
    """Return who is in the first group, and not in the second."""
    return [one for one in before.holders if following.holder(one.index) is None]


def all_leavers(folder: HolderFolder, group: GroupFile) -> list[tuple[HolderEntry, bytes]]:
    """Return who ever left, each with the certificate that tells its program to destroy its share.

    :raises GroupFileMalformed: a former group's file cannot be read.
    """
    found = []
    for path in sorted(folder.path.glob("former-*.toml")):
        number = path.stem.removeprefix("former-")
        # Of a later epoch it is where the machine stopped before the group's own file was there.
        if number.isascii() and number.isdecimal() and int(number) <= group.epoch:
            certificate = certificate_in(folder, int(number)) or b""
            found += [(one, certificate) for one in leavers_of(read_group_file(path), group)]
    return found


def highest_index(folder: HolderFolder) -> int:
    """Return the highest number that a holder ever had, as far as is known."""
    return _number_in(folder, "highest-index")


def _number_in(folder: HolderFolder, name: str) -> int:
    """:raises HolderFolderUnfit: a file that should hold an epoch or an index holds something else."""
    path = folder.path / name
    text = _read(path, _MOST_DIGITS).strip() if path.exists() else b"0"
    if not text.isdigit():
        raise HolderFolderUnfit(path=str(path), why="it holds no number", advice=_LOOK)
    return int(text)


def _read(path: Path, most: int) -> bytes:
    try:
        return read_bounded(path, most)
    except UnfitError as exc:
        raise HolderFolderUnfit(path=str(path), why=str(exc), advice=_LOOK) from exc
