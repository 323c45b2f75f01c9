"""What keeps a guard from its work at a vault: endpoints, its seat, its balance, a hold. Told once, and taken back.

What may pass by itself is told after a while; that endpoints contradict each other, at once.
"""

from __future__ import annotations

from verifier.errors import (
    EndpointsDisagree,
    EvidenceDisputed,
    FourthSignerError,
    HeaderUnproven,
    PinError,
    ProofInvalid,
)
from verifier.guard.saying_of_itself import say_state
from verifier.guard.scribe import Scribe
from verifier.model.address import Address
from verifier.model.finding import Severity
from verifier.model.text import Shown, sanitise
from verifier.model.units import ChainId, Timestamp
from verifier.model.watching import Kind

READING = "reading"
SEAT = "seat"
BALANCE = "balance"
HELD = "held"
AGE = "age"


class Ailments:
    """How the guard itself is at one vault."""

    def __init__(self, scribe: Scribe, chain_id: ChainId, vault: Address, *, patience: int) -> None:
        self._scribe = scribe
        self._place = (chain_id, vault)
        self._patience = patience
        self._since: dict[str, Timestamp] = {}
        # Keys that were told, by what they are about; None before the store was asked.
        self._open: dict[str, str] | None = None

    def ill(
        self,
        name: str,
        now: Timestamp,
        said: Shown,
        *,
        kind: Kind,
        severity: Severity,
        is_patient: bool = False,
    ) -> None:
        """Note that something is not well. What is told stays told until it is well, or becomes graver."""
        since = self._since.setdefault(name, now)
        if is_patient and now - since < self._patience:
            return
        former = self._known().get(name, "")
        chain_id, vault = self._place
        occasion = f"{int(severity)}/{int(since)}"
        happening = say_state(chain_id, vault, kind, f"guard/{name}", occasion, now, said, severity)
        if former and (former == happening.key or _grave(former) >= severity):
            return
        self._scribe.put_ailment(name, happening, former, self._place)
        self._known()[name] = happening.key

    def well(self, name: str) -> None:
        """Note that something is well."""
        self._since.pop(name, None)
        former = self._known().pop(name, "")
        if former:
            self._scribe.put_ailment(name, None, former, self._place)

    def unreadable(self, error: FourthSignerError, now: Timestamp) -> None:
        """Note why the vault cannot be read, or must not be acted upon."""
        is_dispute = isinstance(error, EvidenceDisputed | HeaderUnproven | ProofInvalid)
        # Too few that say the same, since others do not answer at all, is no dispute yet.
        is_dispute = is_dispute or (isinstance(error, EndpointsDisagree) and error.__cause__ is None)
        kind = Kind.UNREADABLE
        if is_dispute:
            kind = Kind.DISAGREEMENT
        elif isinstance(error, PinError):
            kind = Kind.VAULT_WRONG
        is_patient = kind is Kind.UNREADABLE
        said = Shown(f"The guard does not act on this vault: {error.sentence()}")
        severity = Severity.WARNING if is_patient else Severity.DANGER
        self.ill(READING, now, said, kind=kind, severity=severity, is_patient=is_patient)

    def faulty(self, what: str, now: Timestamp) -> None:
        """Note that this program failed, perhaps over what an operation holds: then nothing is guarded."""
        said = Shown(
            f"The guard does not act on this vault: a fault of the program itself ({sanitise(what, most=60)}), of "
            "which its log tells more. Read its queue yourself."
        )
        self.ill(READING, now, said, kind=Kind.UNREADABLE, severity=Severity.DANGER)

    def _known(self) -> dict[str, str]:
        if self._open is None:
            self._open = self._scribe.ailments(*self._place)
        return self._open


def _grave(key: str) -> int:
    """Return how grave it was that was told: its key says so."""
    occasion = key.rpartition(":")[2]
    digit = occasion.partition("/")[0]
    return int(digit) if digit.isdecimal() else 0
