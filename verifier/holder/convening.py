"""Bringing holders together: whoever does so has no secret, and nobody has to trust it.

signing   a signature by as many as the threshold, whoever answers first; who lies or is late is left out
dealing   a new key, or new shares of the same: all members take part, or nothing changes
repair    a lost share, by as many helpers as the threshold

Whatever ends without what it was for is called off, whoever or whatever ends it: all who were asked are told, once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Protocol, TypeVar

from verifier.errors import CeremonyFailed, FourthSignerError
from verifier.frost import coordinator, relay, repair_relay
from verifier.frost.calling_off import Begun
from verifier.frost.charter import Index, Pen
from verifier.frost.dealing_messages import Call
from verifier.frost.envelope import show_kind
from verifier.frost.repair_messages import RepairCall
from verifier.frost.shares import GroupKey, trial_digest
from verifier.frost.signing import Exclusion, Signing
from verifier.frost.signing import Stage as SigningStage
from verifier.frost.turn import Turn
from verifier.holder.on_its_way import OnItsWay, Patience
from verifier.holder.ports import Courier, Dice
from verifier.holder.progress import Progress, said_why
from verifier.model.text import Shown, sanitise

__all__ = ["Convener", "Patience"]

TICK = 0.25
"""Seconds between looks at the clock while nothing comes."""


class _Ceremony(Protocol):
    @property
    def awaited(self) -> tuple[Index, ...]: ...


S = TypeVar("S", bound=_Ceremony)
T = TypeVar("T")


@dataclass(slots=True)
class Convener:
    """The coordinator of a group, with whatever carries its envelopes."""

    pen: Pen
    courier: Courier
    progress: Progress
    dice: Dice
    # Seconds that only grow.
    clock: Callable[[], float]
    patience: Patience
    # Whether whoever waits wants it no more; asked while nothing comes.
    is_called_off: Callable[[], bool] = bool
    # Entered while a ceremony is on its way: whoever interrupts it then calls it off.
    interruptible: Callable[[], AbstractContextManager[object]] = nullcontext

    # ------------------------------------------------------------------------------------------------ signing

    def sign(
        self,
        key: GroupKey,
        *,
        digest: bytes,
        request: bytes,
        what: Shown,
        without: Iterable[Exclusion] = (),
    ) -> Signing:
        """Return a signature with how it came about.

        :param what: such as `the approval of lane 3`
        :raises CeremonyFailed: too few holders sign.
        """
        session = self.dice(32)
        self.progress.begin(what, session, needed=key.charter.threshold)
        with self._failing() as on_its_way:
            return self._sign(on_its_way, key, digest, request, session, what, without)

    def _sign(
        self,
        on_its_way: OnItsWay,
        key: GroupKey,
        digest: bytes,
        request: bytes,
        session: bytes,
        what: Shown,
        without: Iterable[Exclusion],
    ) -> Signing:
        turn = coordinator.start_signing(
            key, self.pen, digest=digest, request=request, session=session, without=without
        )
        on_its_way.begun = Begun.of_attempt(turn.state) if turn.sent else None
        signing = self._pass_on(turn, None)
        since = self.clock()

        def receive(state: Signing, raw: bytes) -> Turn[Signing]:
            return on_its_way.went_on(state, coordinator.receive(state, raw))

        while signing.stage not in (SigningStage.SIGNED, SigningStage.FAILED):
            before = (signing.attempt, signing.stage, len(signing.commitments), len(signing.shares))
            signing = self._next(signing, receive)
            self.progress.left_out(signing.excluded)
            if before != (signing.attempt, signing.stage, len(signing.commitments), len(signing.shares)):
                since = self.clock()
            is_person = signing.stage is SigningStage.INVITING
            limit = self.patience.of(signing.awaited, is_person=is_person)
            if self.clock() - since > limit:
                missed = coordinator.miss(signing, signing.awaited)
                signing = self._pass_on(on_its_way.went_on(signing, missed), None)
                self.progress.left_out(signing.excluded)
                since = self.clock()
        if signing.signature is None:
            raise CeremonyFailed(what="the signing", why=self._why_too_few(signing))
        chosen = ", ".join(self.progress.name(one) for one in signing.chosen)
        self.progress.ended(Shown(f"{what} is signed, by {chosen}"))
        return signing

    def _why_too_few(self, signing: Signing) -> str:
        left = len(signing.key.charter.holders) - len(signing.excluded)
        named = "; ".join(
            f"{self.progress.name(index)} {said_why(one)}" for index, one in signing.excluded.items()
        )
        are = "holder is" if left == 1 else "holders are"
        return f"{left} {are} left, and {signing.key.charter.threshold} have to sign ({named})"

    # ------------------------------------------------------------------------------------------------ dealing

    def deal(
        self,
        call: Call,
        *,
        known: GroupKey | None,
        what: Shown,
        keep: Callable[[GroupKey, bytes], object],
    ) -> GroupKey:
        """Return the key whose shares all members have stored.

        :param known: the key as it is; None where a new one is made
        :param keep: stores the key, and the certificate that brings its shares into use, before anybody gets that
        :raises CeremonyFailed: a member lied, or did not answer. Nothing has changed then.
        """
        session = self.dice(32)
        self.progress.begin(what, session, needed=len({*call.dealers, *call.charter.indexes}))
        with self._failing() as on_its_way:
            return self._deal(on_its_way, call, session, known, what, keep)

    def _deal(
        self,
        on_its_way: OnItsWay,
        call: Call,
        session: bytes,
        known: GroupKey | None,
        what: Shown,
        keep: Callable[[GroupKey, bytes], object],
    ) -> GroupKey:
        turn = relay.start_dealing(call, self.pen, session=session, known=known)
        on_its_way.begun = Begun.of_ceremony(turn.state.assembly)
        state = self._pass_on(turn, None)
        over = (relay.Stage.TRIAL, relay.Stage.FAILED)
        state = self._run(state, relay.receive, lambda one: one.stage in over, what)
        if state.stage is relay.Stage.FAILED or state.key is None:
            raise CeremonyFailed(what=what, why=self._why_failed(state))
        trial = self.sign(
            state.key,
            digest=trial_digest(state.key),
            request=b"trial",
            what=Shown("the trial of the new shares"),
        )
        if trial.signature is None:
            raise AssertionError("a signing without a signature ended well")
        certified = relay.certify(state, trial.signature)
        # From here on it may be in use, whatever happens.
        on_its_way.done()
        (certificate,) = certified.sent
        keep(state.key, certificate.raw)
        self._pass_on(certified, None)
        self.progress.ended(Shown(f"{what} is done: epoch {state.key.charter.epoch} can sign"))
        return state.key

    # ------------------------------------------------------------------------------------------------- repair

    def repair(self, call: RepairCall, key: GroupKey, *, what: Shown) -> None:
        """Return once whoever lost its share has it again.

        :raises CeremonyFailed: a member lied, or did not answer.
        """
        session = self.dice(32)
        self.progress.begin(what, session, needed=len(call.helpers) + 1)
        with self._failing() as on_its_way:
            self._repair(on_its_way, call, key, session, what)

    def _repair(
        self, on_its_way: OnItsWay, call: RepairCall, key: GroupKey, session: bytes, what: Shown
    ) -> None:
        turn = repair_relay.start_repair(call, key, self.pen, session=session)
        on_its_way.begun = Begun.of_ceremony(turn.state.assembly)
        state = self._pass_on(turn, None)
        over = (repair_relay.Stage.DONE, repair_relay.Stage.FAILED)
        state = self._run(state, repair_relay.receive, lambda one: one.stage in over, what)
        if state.stage is repair_relay.Stage.FAILED:
            raise CeremonyFailed(what=what, why=self._why_failed(state))
        on_its_way.done()
        self.progress.ended(Shown(f"{what} is done"))

    # --------------------------------------------------------------------------------------------- in between

    @contextmanager
    def _failing(self) -> Iterator[OnItsWay]:
        """Say of what goes wrong that it failed, to those who were asked and wherever it stands."""
        on_its_way = OnItsWay(pen=self.pen, send=self.send_again)
        with self.interruptible():
            try:
                yield on_its_way
            except Exception as error:
                on_its_way.call_off()
                if isinstance(error, FourthSignerError):
                    self.progress.failed(Shown(error.sentence()))
                elif isinstance(error, ValueError):
                    self.progress.failed(sanitise(str(error)))
                raise

    def send_again(self, to: Iterable[Index], raw: bytes) -> None:
        """Send what somebody may have missed, such as a certificate."""
        to = tuple(to)
        self.progress.sent(to, raw)
        for index in to:
            self.courier.post(index, raw)

    def look_for_trouble(self, seconds: float) -> None:
        """Say who cannot be reached, as far as that shows within so many seconds."""
        until = self.clock() + seconds
        while (left := until - self.clock()) > 0:
            arrival = self.courier.collect(left)
            if arrival is not None and arrival.raw is None:
                self.progress.trouble(arrival.sender, arrival.trouble)

    def _run(
        self,
        state: S,
        receive: Callable[[S, bytes], Turn[S]],
        is_over: Callable[[S], bool],
        what: Shown,
    ) -> S:
        """Let all answer, until it is over or somebody is late."""
        since, awaited = self.clock(), state.awaited
        while not is_over(state):
            state = self._next(state, receive)
            if state.awaited != awaited:
                since, awaited = self.clock(), state.awaited
            if not is_over(state) and self.clock() - since > self.patience.person:
                late = ", ".join(self.progress.name(one) for one in state.awaited)
                raise CeremonyFailed(what=what, why=f"all have to answer, and {late} did not in time")
        return state

    def _next(self, state: S, receive: Callable[[S, bytes], Turn[S]]) -> S:
        """Take what comes next, if anything does.

        :raises CeremonyFailed: it was called off.
        """
        if self.is_called_off():
            raise CeremonyFailed(what="the ceremony", why="it was called off here, before it was done")
        self.progress.waits(state.awaited)
        arrival = self.courier.collect(TICK)
        if arrival is None:
            return state
        if arrival.raw is None:
            self.progress.trouble(arrival.sender, arrival.trouble)
            return state
        self.progress.came(arrival.sender, arrival.raw, show_kind(arrival.raw))
        return self._pass_on(receive(state, arrival.raw), arrival.sender)

    def _pass_on(self, turn: Turn[T], sender: Index | None) -> T:
        """Send what a step wants sent, and say what was wrong."""
        for rejected in turn.rejected:
            if sender is not None:
                self.progress.refused(sender, rejected)
        for verdict in turn.verdicts:
            self.progress.lied(verdict)
        for outgoing in turn.sent:
            self.progress.sent(outgoing.to, outgoing.raw)
            for index in outgoing.to:
                self.courier.post(index, outgoing.raw)
        return turn.state

    def _why_failed(self, state: relay.Relay | repair_relay.RepairRelay) -> str:
        if state.declined is not None:
            declined = {state.declined.index: state.declined}
            self.progress.left_out(declined)
            return f"{self.progress.name(state.declined.index)} {said_why(state.declined)}"
        verdict = state.verdict
        if verdict is None:
            return "members saw different messages, or made no key that a vault could take; their records tell who"
        return f"{self.progress.name(verdict.culprit)} {verdict.crime}"
