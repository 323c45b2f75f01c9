"""A holder that lies, as a process of its own: `python -m tests.holders.saboteur MODE frost join ...`.

share     answers a package with a signature share that is wrong, and signs it
points    commits to what is no point
imitate   first says in holder 1's name what only holder 1 may say
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

from verifier.cli import frost_joining, main
from verifier.frost import curve
from verifier.frost.charter import Index, Pen
from verifier.frost.envelope import Place, seal
from verifier.frost.messages import Body, Kind
from verifier.frost.signing_messages import Commitment, SignatureShare
from verifier.holder.ports import Decision, Question
from verifier.holder.service import HolderService
from verifier.holder.step import Step

MODE = sys.argv[1] if len(sys.argv) > 1 else "share"


@dataclass(slots=True)
class Liar(HolderService):
    """Honest but for what its mode says."""

    def take(self, raw: bytes) -> Step:
        return self._lie(HolderService.take(self, raw))

    def answer(self, question: Question, decision: Decision) -> Step:
        return self._lie(HolderService.answer(self, question, decision))

    def _lie(self, step: Step) -> Step:
        return replace(step, sent=tuple(lie for raw in step.sent for lie in self._lies(raw)))

    def _lies(self, raw: bytes) -> list[bytes]:
        kind = Kind(raw[73])
        if MODE == "share" and kind is Kind.SIGNATURE_SHARE:
            return [self._again(raw, SignatureShare(z=bytes(31) + b"\7"))]
        if MODE == "points" and kind is Kind.COMMITMENT:
            return [self._again(raw, Commitment(hiding=b"\2" + bytes(32), binding=b"\5" * 33))]
        if MODE == "imitate" and kind is Kind.OFFER:
            return [raw[:72] + b"\1" + raw[73:], raw]
        return [raw]

    def _again(self, raw: bytes, body: Body) -> bytes:
        """Return the same envelope with another body, signed by this holder."""
        place = Place(
            group=raw[4:36],
            epoch=int.from_bytes(raw[36:40], "big"),
            session=raw[40:72],
            keys={},
            is_signed=curve.is_signed,
        )
        pen = Pen(index=Index(raw[72]), sign=self.pen.sign)
        return seal(pen, place, Kind(raw[73]), body, digest=raw[74:106], seen=raw[106:138])


if __name__ == "__main__":
    vars(frost_joining)["HolderService"] = Liar
    sys.exit(main(sys.argv[2:]))
