"""Where a holder is reached: over HTTPS at its address, or through a folder of parcels."""

from __future__ import annotations

import secrets
import threading
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from verifier.courier.certificates import make_context
from verifier.courier.folder import ParcelFolder
from verifier.courier.https_server import HolderServer
from verifier.courier.parcel import MOST_ENVELOPES
from verifier.errors import HolderFileUnwritable, HolderFolderUnfit, HolderUnservable
from verifier.holder.post import HolderPost, Say
from verifier.model.group_file import BY_FILES, GroupFile, HolderEntry
from verifier.model.text import Shown, sanitise
from verifier.store.holder_folder import HolderFolder
from verifier.store.place import path_of

_LOOK_SECONDS: Final = 0.5


def require_way(options: Namespace, entry: HolderEntry) -> None:
    """Return if there is a way on which the holder can be reached. It is asked before anything opens its share.

    :raises HolderUnservable: it is reached by files, and nobody said where they are put.
    """
    if entry.address == BY_FILES and not options.parcels:
        raise HolderUnservable(
            address="the holder's address",
            why="it has no network, and its messages are carried as files; give --parcels FOLDER",
            advice="The coordinator gives the same one.",
        )


def serve_holder(
    options: Namespace,
    folder: HolderFolder,
    group: GroupFile,
    entry: HolderEntry,
    post: HolderPost,
    stopped: threading.Event,
    tell: Say,
) -> None:
    """Answer the coordinator until told to stop.

    :raises FourthSignerError: nobody can be answered there.
    """
    if entry.address != BY_FILES and not options.parcels:
        _serve_https(options, folder, group, entry, post, stopped, tell)
        return
    _serve_folder(path_of(options.parcels), entry, post, stopped, tell)


def _serve_https(
    options: Namespace,
    folder: HolderFolder,
    group: GroupFile,
    entry: HolderEntry,
    post: HolderPost,
    stopped: threading.Event,
    tell: Say,
) -> None:
    parts = urlsplit(f"https://{options.listen}" if options.listen else str(entry.address))
    host, port = parts.hostname or "", parts.port or 443
    try:
        context = make_context(
            folder.tls_key, folder.certificate, pinned=group.coordinator_certificate, is_server=True
        )
    except OSError as exc:
        why = "its TLS key or certificate cannot be used"
        raise HolderFolderUnfit(path=str(folder.path), why=why, advice="Make its card anew.") from exc

    def exchange(envelopes: Sequence[bytes], seen: int, patience: float) -> tuple[int, Sequence[bytes]]:
        box = post.exchange(envelopes, seen=seen, patience=patience)
        return box.total, box.envelopes

    server = HolderServer(
        host,
        port,
        context,
        pinned=group.coordinator_certificate,
        exchange=exchange,
        boot=secrets.token_bytes(8),
    )
    post.reached_at(Shown(f"https://{sanitise(host, most=200)}:{server.port}"))
    tell(f"Listening at https://{host}:{server.port}; Ctrl-C stops.")
    stopped.wait()
    server.close()


def _serve_folder(
    path: Path, entry: HolderEntry, post: HolderPost, stopped: threading.Event, tell: Say
) -> None:
    if not path.is_dir():
        raise HolderFolderUnfit(path=str(path), why="it is no folder", advice="Make it, or mount it.")
    parcels = ParcelFolder(path, writes="from", reads="to", run=secrets.token_bytes(8))
    seen, named, trouble = 0, sanitise(str(path), most=200), ""
    post.reached_at(Shown(f"parcels in {named}"))
    line = Shown(f"a parcel in {named}")
    tell(f"Looking for parcels in {named}; Ctrl-C stops.")
    while not stopped.wait(_LOOK_SECONDS):
        for index, found in parcels.read():
            if index != entry.index:
                continue
            if isinstance(found, str):
                post.refuse(sanitise(found), line)
                continue
            with suppress(HolderFileUnwritable):
                # The box has said it; the coordinator will come again.
                post.exchange(found, seen=seen, patience=0, line=line)
        box = post.exchange((), seen=seen, patience=0)
        try:
            for envelopes in _whole_parcels(box.envelopes):
                written = parcels.write(entry.index, envelopes)
                seen = max(seen, box.total - len(box.envelopes)) + len(envelopes)
                tell(f"Wrote {sanitise(written.name, most=80)}.")
            trouble = ""
        except HolderFileUnwritable as exc:
            # It may be carried about just now: what is left is written once it is back.
            if trouble != exc.why:
                tell(exc.sentence())
            trouble = exc.why


def _whole_parcels(envelopes: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Yield as many at a time as a parcel holds."""
    for at in range(0, len(envelopes), MOST_ENVELOPES):
        yield envelopes[at : at + MOST_ENVELOPES]
