"""A group's file: TOML that every holder has a copy of, read strictly and written in one way.

    mark = "fourth-signer group"
    version = 1
    name = "custody desk"
    group = "0x..."                       32 bytes, for ever
    epoch = 1
    threshold = 3
    key = ["0x02...", ...]                points of the key's polynomial; the first is the key. Before it is made: []

    [coordinator]
    transport_key = "0x..."               32 bytes
    certificate = "..."                   X.509, DER in base64

    [employers]
    acme = 1                              numbers as in the vault

    [[holders]]
    index = 1
    name = "Ann"
    person = 7
    employer = "acme"
    utc_offset = "+01:00"                 in standard time
    place = { latitude = 47.37, longitude = 8.54 }
    transport_key = "0x..."
    certificate = "..."
    address = "https://10.0.0.7:8443"     or "files"

Who has the same file has the same bytes, so holders compare its hash.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import tomli_w

from verifier.decode.content import UnfitError as UnfitContentError
from verifier.errors import FourthSignerError, GroupFileMalformed, HolderFileUnwritable
from verifier.frost.charter import Charter, Holder, Index, TransportKey
from verifier.frost.curve import Point
from verifier.frost.shares import GroupKey
from verifier.model.group_file import GroupFile, HolderEntry
from verifier.model.text import Shown
from verifier.store.books import read_bounded
from verifier.store.group_holders import holder_table, read_holder, text_of
from verifier.store.group_values import base64_in, bytes_in, plain_name_in, points_in
from verifier.store.syncing import sync_folder
from verifier.store.vault_file_members import read_employers
from verifier.store.vault_file_values import require_different, whole_in
from verifier.store.watch_table import Table, UnfitError

MARK: Final = "fourth-signer group"
VERSION: Final = 1
MOST_BYTES: Final = 256 * 1024


def read_group_file(path: Path) -> GroupFile:
    """Return what a file says about a group.

    :raises GroupFileMalformed: it cannot be read, is not TOML, or not what it should be.
    """
    try:
        content = read_bounded(path, MOST_BYTES)
    except UnfitContentError as exc:
        raise GroupFileMalformed(path=str(path), why=str(exc)) from exc
    return parse_group_file(content, str(path))


def parse_group_file(content: bytes, path: str) -> GroupFile:
    """Return what the bytes of such a file say.

    :param path: what errors call it
    :raises GroupFileMalformed: they are not TOML, or not what they should be.
    """
    try:
        group = _group(Table(tomllib.loads(content.decode("utf-8"), parse_float=Decimal), "the file"))
        # What no group may be, the charter and the key say.
        charter_of(group)
        if group.commitments:
            key_of(group)
    except UnfitError as exc:
        raise GroupFileMalformed(path=path, why=str(exc)) from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as exc:
        raise GroupFileMalformed(path=path, why="it is no TOML") from exc
    except FourthSignerError as exc:
        raise GroupFileMalformed(path=path, why=exc.sentence().rstrip(".")) from exc
    return group


def render_group_file(group: GroupFile) -> bytes:
    """Return the one way in which a group is written."""
    employers = {str(holder.employer): holder.attributes.employer for holder in group.holders}
    content: dict[str, Any] = {
        "mark": MARK,
        "version": VERSION,
        "name": str(group.name),
        "group": "0x" + group.group.hex(),
        "epoch": group.epoch,
        "threshold": group.threshold,
        "key": ["0x" + point.hex() for point in group.commitments],
        "coordinator": {
            "transport_key": "0x" + group.coordinator_key.hex(),
            "certificate": text_of(group.coordinator_certificate),
        },
        "employers": dict(sorted(employers.items())),
        "holders": [holder_table(holder) for holder in group.holders],
    }
    return tomli_w.dumps(content).encode("utf-8")


def write_group_file(path: Path, group: GroupFile) -> None:
    """Put a group's file in its place, all or nothing.

    :raises HolderFileUnwritable: the disk does not let us.
    """
    replace_bytes(path, render_group_file(group))


def replace_bytes(path: Path, content: bytes) -> None:
    """Put these bytes in the place of a file, all or nothing; only its owner may read it.

    :raises HolderFileUnwritable: the disk does not let us.
    """
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(path)
            sync_folder(path.parent)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except (OSError, ValueError) as exc:
        why = getattr(exc, "strerror", None) or "its path is no path"
        raise HolderFileUnwritable(path=str(path), why=why) from exc


def hash_of_group(group: GroupFile) -> bytes:
    """Return what holders compare: 32 bytes."""
    return hashlib.sha256(render_group_file(group)).digest()


def charter_of(group: GroupFile) -> Charter:
    """Return what the holders' programs know of the group.

    :raises CharterMalformed: no group may be so.
    """
    return Charter(
        group=group.group,
        epoch=group.epoch,
        threshold=group.threshold,
        coordinator=TransportKey(group.coordinator_key),
        holders=tuple(
            Holder(index=Index(holder.index), transport_key=TransportKey(holder.transport_key))
            for holder in group.holders
        ),
    )


def key_of(group: GroupFile) -> GroupKey | None:
    """Return the group's key; None before it was made.

    :raises CharterMalformed: it does not fit the group.
    :raises PointMalformed: it is none.
    """
    if not group.commitments:
        return None
    return GroupKey(charter=charter_of(group), commitments=tuple(Point(each) for each in group.commitments))


def require_separate(holders: Iterable[HolderEntry]) -> None:
    """:raises UnfitError: two holders are one person, or are known by one thing."""
    entries = list(holders)
    require_different("the index", (holder.index for holder in entries))
    require_different("person", (holder.person for holder in entries))
    require_different("the transport key", (holder.transport_key.hex() for holder in entries))
    require_different("the certificate", (hashlib.sha256(h.certificate).hexdigest() for h in entries))
    addresses = [holder.address for holder in entries if holder.address.startswith("https:")]
    require_different("the address", addresses)


def _group(top: Table) -> GroupFile:
    if top.take("mark") != MARK:
        raise UnfitError(f'it does not say mark = "{MARK}" of itself')
    if whole_in(top, "version", most=1 << 31) != VERSION:
        raise UnfitError(f"it has another version than {VERSION}, which this release reads")
    employers: Mapping[Shown, int] = read_employers(top)
    coordinator = top.table("coordinator")
    if coordinator is None:
        raise UnfitError("it has no [coordinator]")
    holders = tuple(read_holder(row, employers) for row in top.rows("holders"))
    require_separate(holders)
    group = GroupFile(
        name=plain_name_in(top),
        group=bytes_in(top, "group", 32),
        epoch=whole_in(top, "epoch", least=1, most=(1 << 32) - 1),
        threshold=whole_in(top, "threshold", least=1, most=255),
        coordinator_key=bytes_in(coordinator, "transport_key", 32),
        coordinator_certificate=base64_in(coordinator, "certificate"),
        holders=tuple(sorted(holders, key=lambda holder: holder.index)),
        commitments=points_in(top, "key"),
    )
    coordinator.end()
    top.end()
    return group
