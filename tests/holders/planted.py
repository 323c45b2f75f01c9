"""Faults that are put into holders on purpose, to see that killing them finds each: a test of the tests.

nonce     a nonce is kept after the answer that it was for, and answers again
session   a session's name is stored once the answer has left, and not before
share     the old share is destroyed before the new one is stored
waiting   the new share is confirmed before it is stored
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from verifier.cli.frost_keeping import FolderKeeper
from verifier.frost import signer
from verifier.frost.envelope import Envelope
from verifier.frost.nonces import Nonces
from verifier.frost.scalar import SecretScalar
from verifier.frost.signer import Signer, SigningSession
from verifier.frost.turn import Turn
from verifier.holder.deciding import Deciding
from verifier.holder.ports import Decision, Question


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


def _put(where: type, name: str, what: Callable[..., object]) -> None:
    setattr(where, name, what)


FAULTS: Final[Mapping[str, Callable[[], None]]] = {
    "nonce": _keep_nonces,
    "session": _note_late,
    "share": _destroy_first,
    "waiting": _confirm_first,
}
PART_OF: Final[Mapping[str, str]] = {
    "nonce": "moments",
    "session": "signing",
    "share": "refresh",
    "waiting": "refresh",
}
"""In which part of the campaign it has to be found."""
