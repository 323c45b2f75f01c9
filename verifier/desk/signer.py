"""From whose place a vault is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from verifier.model.address import Address
from verifier.model.finding import Finding, Severity
from verifier.model.member import Member, MemberStatus
from verifier.model.reading import VaultReading
from verifier.model.text import Foreign, Shown
from verifier.model.units import MemberIndex


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """What this signer brings along: the pin, names for things, and the seat."""

    # What the signer calls the vault; empty where it is not pinned, so that its founding is not checked.
    vault_name: str = ""
    # The signer's own seat, and who sat in it when it was pinned.
    seat: MemberIndex | None = None
    member: Address | None = None
    labels: Mapping[Address, Foreign] = field(default_factory=dict)
    # What the signer calls the native coin.
    coin: str = "ETH"

    def own_member(self, reading: VaultReading) -> Member | None:
        """Return the signer as a member of the vault; None where there is no seat, or another sits in it."""
        member = None if self.seat is None else reading.members.value.get(self.seat)
        return member if member and member.address == self.member else None


def judge_signer(signer: Signer, reading: VaultReading) -> tuple[Finding, ...]:
    """Return what is to be known about the signer's own place in the vault."""
    if not signer.vault_name:
        said = (
            "This vault is not pinned: its code is this release's, but any vault has that. Compare its founding hash "
            "with whoever founded it, then pin it with `fourth-signer init`."
        )
        return (_finding("vault-not-pinned", Severity.WARNING, said, reading),)
    if signer.seat is None:
        return ()
    member = signer.own_member(reading)
    if member is None:
        sitting = reading.members.value.get(signer.seat)
        who = f"{sitting.address} sits there" if sitting else "nobody sits there"
        said = (
            f"Seat {signer.seat} is not yours any more: {signer.member} is pinned, and {who}. If you do not know why, "
            "ask the other members over another channel at once."
        )
        return (_finding("own-seat-lost", Severity.WARNING, said, reading),)
    if not member.record.is_active:
        return (_finding("own-seat-suspended", Severity.WARNING, _say_suspended(member), reading),)
    return ()


def _say_suspended(member: Member) -> str:
    if member.record.status is MemberStatus.SUSPENDED:
        return "Your own seat is suspended by a guardian; until that is confirmed you can still veto."
    return "Your own seat is suspended; nothing that you sign counts until you are reinstated."


def _finding(rule: str, severity: Severity, said: str, reading: VaultReading) -> Finding:
    return Finding(rule=rule, severity=severity, sentence=Shown(said), evidence=reading.members.evidence)
