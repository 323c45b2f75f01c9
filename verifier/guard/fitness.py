"""Whether a guard may act at a vault at all: its seat, its balance, a hold.

That it has stopped at a limit is no part of it: what it explained before goes on, or whoever floods a queue would save
what the guard saw first.
"""

from __future__ import annotations

import logging
from typing import Final

from verifier.desk.briefing import Briefing
from verifier.errors import FourthSignerError, GuardSeatUnfit
from verifier.guard.ailments import AGE, BALANCE, HELD, SEAT, Ailments
from verifier.guard.looking import require_fit
from verifier.guard.plan import Guarded, Means
from verifier.model.finding import Severity
from verifier.model.reading import VaultReading
from verifier.model.text import Shown
from verifier.model.units import Timestamp
from verifier.model.watching import Kind

_BALANCE_EVERY: Final = 300
_AGES: Final = frozenset({"block-old", "block-early"})
_LOG: Final = logging.getLogger("fourth_signer.guard")


class Fitness:
    """How fit the guard is at one vault. Whoever is to be told of that is told by the way."""

    def __init__(self, target: Guarded, means: Means, ailments: Ailments) -> None:
        self._target = target
        self._means = means
        self._ailments = ailments
        self._balance_at: Timestamp | None = None

    def why_idle(self, reading: VaultReading, now: Timestamp) -> Shown | None:
        """Return why nothing may be vetoed now; None where it may."""
        means, ailments = self._means, self._ailments
        why: Shown | None = None
        try:
            require_fit(reading, self._target, means.member)
            ailments.well(SEAT)
        except GuardSeatUnfit as error:
            why = Shown(error.sentence())
            ailments.ill(SEAT, now, why, kind=Kind.GUARD_UNFIT, severity=Severity.DANGER)
        held = means.hold.why()
        if held is None:
            ailments.well(HELD)
        else:
            said = Shown(
                f"The guard is on hold and vetoes nothing: {held} `fourth-signer guard resume` ends that."
            )
            ailments.ill(HELD, now, said, kind=Kind.GUARD_HELD, severity=Severity.WARNING)
            why = why or said
        self._look_at_balance(reading, now)
        return why

    def look_at_age(self, briefing: Briefing, now: Timestamp) -> None:
        """Have people told if the newest block is none by this machine's clock: a guard that is shown an old chain is
        blind.
        """
        for finding in briefing.findings:
            if finding.rule in _AGES:
                said = Shown(f"The guard may be blind: {finding.sentence}")
                self._ailments.ill(AGE, now, said, kind=Kind.BEHIND, severity=Severity.WARNING)
                return
        self._ailments.well(AGE)

    def _look_at_balance(self, reading: VaultReading, now: Timestamp) -> None:
        """Have people told if the guard's account cannot pay for many vetoes any more."""
        means = self._means
        if self._balance_at is not None and 0 <= now - self._balance_at < _BALANCE_EVERY:
            return
        try:
            account = self._target.reader.read_accounts(reading, [means.member]).get(means.member)
        except FourthSignerError as error:
            _LOG.warning("%s", error.sentence())
            return
        if account is None:
            return
        self._balance_at = now
        if account.balance >= means.terms.limits.balance:
            self._ailments.well(BALANCE)
            return
        said = Shown(
            f"The guard's account {means.member} has {account.balance} wei, and a veto costs gas; send it more, "
            f"{means.terms.limits.balance} wei at the least."
        )
        self._ailments.ill(BALANCE, now, said, kind=Kind.GUARD_UNFIT, severity=Severity.WARNING)
