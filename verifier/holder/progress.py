"""What is said while a ceremony is on its way: who has answered, who is awaited, who was left out and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from verifier.frost.charter import Index
from verifier.frost.envelope import Rejected, show_index
from verifier.frost.judge import Verdict
from verifier.frost.signing import Exclusion
from verifier.holder.ports import Recorder
from verifier.model.text import Shown, sanitise

Say = Callable[[str], object]
"""Shows a line to the person who waits."""


@dataclass(slots=True)
class Progress:
    """Says each thing once, and writes it down."""

    say: Say
    recorder: Recorder
    # What people call the holders.
    names: Mapping[int, Shown]
    _awaited: tuple[Index, ...] = ()
    _troubles: dict[Index, str] = field(default_factory=dict)
    _left_out: set[Index] = field(default_factory=set)

    def name(self, index: Index) -> Shown:
        """Return a holder as people know it: `holder 3 (Ann)`."""
        known = self.names.get(int(index))
        return Shown(f"{show_index(index)} ({known})") if known else show_index(index)

    def begin(self, what: Shown, session: bytes) -> None:
        self.recorder.note("begun", {"what": what, "session": "0x" + session.hex()})
        self.say(f"{what[0].upper()}{what[1:]} begins: session {session.hex()[:16]}.")
        self._awaited = ()

    def sent(self, to: Sequence[Index], raw: bytes) -> None:
        self.recorder.note("sent", {"to": [int(one) for one in to], "raw": "0x" + raw.hex()})

    def came(self, sender: Index, raw: bytes, kind: Shown) -> None:
        self.recorder.note("received", {"from": int(sender), "raw": "0x" + raw.hex()})
        self._troubles.pop(sender, None)
        self.say(f"{_capital(self.name(sender))} answered: {kind}.")

    def refused(self, sender: Index, rejected: Rejected) -> None:
        """Say what is wrong with an envelope, and by whose connection it came."""
        body = {"from": int(sender), "sender": rejected.sender, "why": rejected.sentence()}
        self.recorder.note("refused", body)
        self.say(f"{rejected.sentence()[:-1]}; it came from {self.name(sender)}.")

    def lied(self, verdict: Verdict) -> None:
        evidence = ["0x" + raw.hex() for raw in verdict.evidence]
        body = {"who": int(verdict.culprit), "crime": str(verdict.crime), "evidence": evidence}
        self.recorder.note("lied", body)
        self.say(f"{_capital(self.name(verdict.culprit))}: {verdict.sentence()}")

    def left_out(self, excluded: Mapping[Index, Exclusion]) -> None:
        for index, exclusion in excluded.items():
            if index not in self._left_out:
                self._left_out.add(index)
                why = _why(exclusion)
                self.recorder.note("excluded", {"who": int(index), "why": why})
                self.say(f"{_capital(self.name(index))} is left out: it {why}.")

    def trouble(self, sender: Index, why: str) -> None:
        said = sanitise(why)
        if self._troubles.get(sender) != said:
            self._troubles[sender] = said
            self.say(f"{_capital(self.name(sender))} cannot be reached: {said}.")

    def waits(self, awaited: tuple[Index, ...]) -> None:
        if awaited and awaited != self._awaited:
            self.say(f"Awaited: {', '.join(self.name(one) for one in awaited)}.")
        self._awaited = awaited

    def ended(self, how: Shown) -> None:
        self.recorder.note("ended", {"how": how})
        self.say(f"{how[0].upper()}{how[1:]}.")


def _why(exclusion: Exclusion) -> Shown:
    said = f"{exclusion.absence}"
    if exclusion.declined_because:
        said += f": {sanitise(exclusion.declined_because)}"
    return Shown(said)


def _capital(words: Shown) -> Shown:
    return Shown(words[:1].upper() + words[1:])
