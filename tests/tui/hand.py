"""What the front door hands over where there is a key, as a stand-in that notes what it is asked to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.desk.fakes import FakeClock, signer
from tests.tui.scene import LABELS, Scene, make_scene
from verifier.cli.vault_sending import hash_of_findings
from verifier.desk.actions import Action
from verifier.desk.briefing import Briefing
from verifier.desk.proposing import Draft, draft_operation
from verifier.desk.signing import Signing, open_signing, require_acknowledged
from verifier.model.address import Address
from verifier.model.message import MessageKind
from verifier.model.operation import Call
from verifier.model.reading import Bypass
from verifier.model.text import Shown
from verifier.model.written_call import WrittenCall
from verifier.store.calls_file import encode_written, read_written, write_calls
from verifier.tui.source import Drafting


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

    def suspend(self, address: Address, is_lapse: bool) -> Shown:
        return self._note("lapse" if is_lapse else "suspend", str(address))

    def review(self, number: int, seen: Bypass, findings: bytes, is_justified: bool) -> Shown:
        return self._note("review", str(number), str(seen.record.at), findings.hex(), str(is_justified))

    def draft(self, calls: Sequence[Call]) -> Draft:
        scene = self.scene
        return draft_operation(scene.reader, FakeClock(scene.now), scene.signer, calls, aids=scene.aids)

    def propose(self, draft: Draft, typed: Sequence[str]) -> Shown:
        return self._note("propose", draft.data.hex(), *typed)

    def _note(self, name: str, *asked: str) -> Shown:
        if self.refuses is not None:
            raise self.refuses
        self.sent.append((name, list(asked)))
        return Shown("Done in block 101.")

    @property
    def options(self) -> dict[str, Any]:
        return {
            "open_signing": self.open,
            "finish_signing": self.finish,
            "send": self.send,
            "suspend": self.suspend,
            "review": self.review,
            "hash_findings": hash_of_findings,
            "drafting": Drafting(
                read=lambda text: read_written(Path(text)),
                write=self.write,
                encode=encode_written,
                draft=self.draft,
                propose=self.propose,
            ),
        }

    @staticmethod
    def write(text: str, calls: Sequence[WrittenCall]) -> Shown:
        write_calls(Path(text), calls)
        return Shown(f"Written: {text}.")


def make_hand(seat: int = 3) -> Hand:
    """Return the place of a seat with a key: seat 3 has not approved the batch yet."""
    scene = make_scene()
    scene.signer = signer(seat, labels=LABELS)
    return Hand(scene=scene)
