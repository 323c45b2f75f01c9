"""What is said while a ceremony is on its way: who has answered, who is awaited, who was left out and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from verifier.frost.charter import Index
from verifier.frost.envelope import Rejected, show_index
from verifier.frost.judge import Verdict
from verifier.frost.signing import Absence, Exclusion
from verifier.holder.ports import Recorder
from verifier.model.ceremony import Ceremony, begin_ceremony
from verifier.model.text import Shown, in_quotes, sanitise
from verifier.model.units import Timestamp

Say = Callable[[str], object]
"""Shows a line to the person who waits."""

Watch = Callable[[Ceremony], object]
"""Shows how a ceremony stands, each time that it stands otherwise."""


def nobody_watches(_: Ceremony) -> None:
    """Show it to nobody."""


@dataclass(slots=True)
class Progress:
    """Says each thing once, and writes it down."""

    say: Say
    recorder: Recorder
    # What people call the holders.
    names: Mapping[int, Shown]
    now: Callable[[], Timestamp]
    watch: Watch = nobody_watches
    # None before one has begun.
    ceremony: Ceremony | None = None
    _awaited: tuple[Index, ...] = ()
    _troubles: dict[Index, str] = field(default_factory=dict)
    _left_out: set[Index] = field(default_factory=set)

    def name(self, index: Index) -> Shown:
        """Return a holder as people know it: `holder 3 (Ann)`."""
        known = self.names.get(int(index))
        return Shown(f"{show_index(index)} ({known})") if known else show_index(index)

    def begin(self, what: Shown, session: bytes, *, needed: int | None = None) -> None:
        """Say what begins; while another one is on its way, as a part of that.

        :param needed: how many have to answer
        """
        self.recorder.note("begun", {"what": what, "session": "0x" + session.hex()})
        self.say(f"{what[0].upper()}{what[1:]} begins: session {session.hex()[:16]}.")
        self._awaited = ()
        whole = self.ceremony
        if whole is not None and not whole.is_over:
            self._stands(whole.begun_anew(what, needed))
            return
        since = self.now()
        self._stands(begin_ceremony(what, session=session, since=since, needed=needed, names=self.names))

    def sent(self, to: Sequence[Index], raw: bytes) -> None:
        self.recorder.note("sent", {"to": [int(one) for one in to], "raw": "0x" + raw.hex()})

    def came(self, sender: Index, raw: bytes, kind: Shown) -> None:
        self.recorder.note("received", {"from": int(sender), "raw": "0x" + raw.hex()})
        self._troubles.pop(sender, None)
        if self.ceremony is not None:
            self._stands(self.ceremony.answered(int(sender), kind))
        self.say(f"{_capital(self.name(sender))} answered: {kind}.")

    def refused(self, sender: Index, rejected: Rejected) -> None:
        """Say what is wrong with an envelope, and by whose connection it came."""
        body = {"from": int(sender), "sender": rejected.sender, "why": rejected.sentence()}
        self.recorder.note("refused", body)
        if self.ceremony is not None:
            why = Shown(f"a message that came from it is refused: {rejected.fault}")
            self._stands(self.ceremony.refused(int(sender), why))
        self.say(f"{rejected.sentence()[:-1]}; it came from {self.name(sender)}.")

    def lied(self, verdict: Verdict) -> None:
        evidence = ["0x" + raw.hex() for raw in verdict.evidence]
        body = {"who": int(verdict.culprit), "crime": str(verdict.crime), "evidence": evidence}
        self.recorder.note("lied", body)
        if self.ceremony is not None:
            self._stands(self.ceremony.lied(int(verdict.culprit), Shown(verdict.crime.value)))
        self.say(f"{_capital(self.name(verdict.culprit))}: {verdict.sentence()}")

    def left_out(self, excluded: Mapping[Index, Exclusion]) -> None:
        for index, exclusion in excluded.items():
            if index not in self._left_out:
                self._left_out.add(index)
                self.recorder.note("excluded", {"who": int(index), "why": why_of(exclusion)})
                why = said_why(exclusion)
                self._leaves(index, exclusion, why)
                self.say(f"{_capital(self.name(index))} is left out: it {why}.")

    def trouble(self, sender: Index, why: str) -> None:
        said = sanitise(why)
        if self._troubles.get(sender) != said:
            self._troubles[sender] = said
            if self.ceremony is not None:
                self._stands(self.ceremony.unreachable(int(sender), said))
            self.say(f"{_capital(self.name(sender))} cannot be reached: {said}.")

    def waits(self, awaited: tuple[Index, ...]) -> None:
        if awaited and awaited != self._awaited:
            self.say(f"Awaited: {', '.join(self.name(one) for one in awaited)}.")
        self._awaited = awaited
        if self.ceremony is not None:
            self._stands(self.ceremony.awaiting([int(one) for one in awaited]))

    def ended(self, how: Shown) -> None:
        self.recorder.note("ended", {"how": how})
        if self.ceremony is not None:
            self._stands(self.ceremony.awaiting(()).over(how, is_done=True))
        self.say(f"{how[0].upper()}{how[1:]}.")

    def failed(self, why: Shown) -> None:
        """Write down that it did not come about; whoever waits is told by the error that says the same."""
        ceremony = self.ceremony
        # What is a part of it has failed with it, and that was said.
        if ceremony is not None and not ceremony.is_over:
            self.recorder.note("failed", {"why": why})
            self._stands(ceremony.over(why, is_done=False))

    def _leaves(self, index: Index, exclusion: Exclusion, why: Shown) -> None:
        if self.ceremony is None:
            return
        is_lie = exclusion.absence is Absence.LIED
        # What proves it was said already, and says more.
        crime = Shown(exclusion.verdict.crime.value) if exclusion.verdict else why
        leave = self.ceremony.lied if is_lie else self.ceremony.left_out
        self._stands(leave(int(index), crime if is_lie else why))

    def _stands(self, ceremony: Ceremony) -> None:
        if ceremony != self.ceremony:
            self.ceremony = ceremony
            self.watch(ceremony)


def why_of(exclusion: Exclusion) -> Shown:
    """Return why a holder is left out, as it is written down."""
    said = f"{exclusion.absence}"
    if exclusion.declined_because:
        said += f": {sanitise(exclusion.declined_because)}"
    return Shown(said)


def said_why(exclusion: Exclusion) -> Shown:
    """Return why a holder is left out, in words that follow its name.

    What it says itself stands in quotation marks: else it could go on as if somebody else had been left out, or lied.
    """
    if not exclusion.declined_because:
        return why_of(exclusion)
    return Shown(f"{exclusion.absence}: {in_quotes(sanitise(exclusion.declined_because))}")


def _capital(words: Shown) -> Shown:
    return Shown(words[:1].upper() + words[1:])
