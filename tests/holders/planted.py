"""Faults that are put into holders on purpose, to see that killing them finds each: a test of the tests.

nonce     a nonce is kept after the answer that it was for, and answers again
session   a session's name is stored once the answer has left, and not before
share     the old share is destroyed before the new one is stored
waiting   the new share is confirmed before it is stored
in-place  a file is written where it is to be, and not beside it first
unsynced  the name of a file that was put in its place is not on the disk
parcel    a parcel that is carried is written where it is to be
kept      a group's word is written where it is to be
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from verifier.cli.frost_keeping import FolderKeeper
from verifier.courier.folder import ParcelFolder
from verifier.courier.parcel import pack_parcel
from verifier.frost import signer
from verifier.frost.envelope import Envelope
from verifier.frost.nonces import Nonces
from verifier.frost.scalar import SecretScalar
from verifier.frost.signer import Signer, SigningSession
from verifier.frost.turn import Turn
from verifier.holder.deciding import Deciding
from verifier.holder.ports import Decision, Question
from verifier.store import group_file, new_file


def plant(fault: str) -> None:
    """Put a fault into this process."""
    FAULTS[fault]()


def _keep_nonces() -> None:
    packaged = vars(signer)["_packaged"]
    kept: dict[bytes, Nonces | None] = {}

    def take(nonces: Nonces) -> tuple[SecretScalar, ...]:
        return tuple(SecretScalar(each.reveal()) for each in nonces._pairs[-1])

    def answer_anything(state: Signer, session: SigningSession, envelope: Envelope) -> Turn[Signer]:
        name = session.invitation.session
        kept.setdefault(name, session.nonces)
        found: Turn[Signer] = packaged(state, replace(session, package=None, nonces=kept[name]), envelope)
        return found

    _put(Nonces, "take", take)
    vars(signer)["_packaged"] = answer_anything


def _note_late() -> None:
    note, answer = FolderKeeper.note_session, Deciding._answer
    waiting: list[tuple[FolderKeeper, bytes]] = []

    def note_later(keeper: FolderKeeper, session: bytes) -> None:
        waiting.append((keeper, session))

    def answer_first(deciding: Deciding, question: Question, decision: Decision) -> object:
        said = answer(deciding, question, decision)
        while waiting:
            note(*waiting.pop(0))
        return said

    _put(FolderKeeper, "note_session", note_later)
    _put(Deciding, "_answer", answer_first)


def _destroy_first() -> None:
    keep = FolderKeeper.keep_pending

    def keep_late(keeper: FolderKeeper, pending: Any) -> None:
        keeper._folder.share.unlink(missing_ok=True)
        keep(keeper, pending)

    _put(FolderKeeper, "keep_pending", keep_late)


def _confirm_first() -> None:
    """Have what waits in memory only, as on a disk that is never told to write."""

    def keep_in_memory(keeper: FolderKeeper, pending: Any) -> None:
        keeper._pending[pending.key.charter.epoch] = pending

    _put(FolderKeeper, "keep_pending", keep_in_memory)


def _write_in_place() -> None:
    def open_there(*, dir: Path, prefix: str) -> tuple[int, str]:  # noqa: A002 - as tempfile calls it
        path = dir / prefix.strip(".")
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), str(path)

    vars(group_file)["tempfile"] = SimpleNamespace(mkstemp=open_there)


def _sync_no_names() -> None:
    vars(group_file)["sync_folder"] = lambda _: None


def _write_parcel_in_place() -> None:
    def write(parcels: Any, index: int, envelopes: Any) -> Path:
        parcels._count += 1
        path = Path(parcels._folder / f"{parcels._writes}-{index}-{parcels._run}-{parcels._count:04}.parcel")
        path.write_bytes(pack_parcel(envelopes))
        return path

    _put(ParcelFolder, "write", write)


def _keep_in_place() -> None:
    def write(path: Path, content: bytes) -> bool:
        with path.open("xb") as file:
            file.write(content)
        return True

    vars(new_file)["_appear"] = write


def _put(where: type, name: str, what: Callable[..., object]) -> None:
    setattr(where, name, what)


FAULTS: Final[Mapping[str, Callable[[], None]]] = {
    "nonce": _keep_nonces,
    "session": _note_late,
    "share": _destroy_first,
    "waiting": _confirm_first,
    "in-place": _write_in_place,
    "unsynced": _sync_no_names,
    "parcel": _write_parcel_in_place,
    "kept": _keep_in_place,
}
PART_OF: Final[Mapping[str, str]] = {
    "nonce": "moments",
    "session": "signing",
    "share": "refresh",
    "waiting": "refresh",
    "in-place": "reshape",
    "unsynced": "reshape",
    "parcel": "signing-carried",
    "kept": "sign",
}
"""In which part of the campaign it has to be found."""
AMONG: Final[Mapping[str, str]] = {"parcel": "parcel", "kept": "approval"}
"""Where a part has many steps: among which of them it is looked for."""
