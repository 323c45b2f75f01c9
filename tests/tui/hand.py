"""What the front door hands over where there is a key, as a stand-in that notes what it is asked to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.desk.fakes import signer
from tests.tui.scene import LABELS, Scene, make_scene
from verifier.desk.actions import Action
from verifier.desk.briefing import Briefing
from verifier.desk.signing import Signing, open_signing, require_acknowledged
from verifier.model.message import MessageKind
from verifier.model.text import Shown


@dataclass(slots=True)
class Hand:
    """What the front door hands over where there is a key: it notes what it is asked to do."""

    scene: Scene
    signed: list[tuple[Signing, list[str]]] = field(default_factory=list)
    sent: list[tuple[str, list[str]]] = field(default_factory=list)
    refuses: Exception | None = None

    def open(self, lane: int, kind: MessageKind, seen: Briefing) -> Signing:
        return open_signing(lambda: self.scene.source().brief_lane(lane), kind, seen=seen)

    def finish(self, signing: Signing, typed: Sequence[str]) -> Shown:
        if self.refuses is not None:
            raise self.refuses
        require_acknowledged(signing.acknowledgements, typed)
        self.signed.append((signing, list(typed)))
        return Shown("Signed: lane-1-1-seat-3.approval.")

    def send(self, seen: Briefing, action: Action, typed: Sequence[str]) -> Shown:  # noqa: ARG002
        self.sent.append((action.name, list(typed)))
        return Shown("Done in block 101.")

    @property
    def options(self) -> dict[str, Any]:
        return {"open_signing": self.open, "finish_signing": self.finish, "send": self.send}


def make_hand() -> Hand:
    """Return the place of seat 3, who has not approved the batch yet, with a key."""
    scene = make_scene()
    scene.signer = signer(3, labels=LABELS)
    return Hand(scene=scene)
