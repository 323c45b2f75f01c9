"""Examining a signer's own set-up: what is well, what is not, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from verifier.assess.floors import heads_of, is_bare_floor, is_full_floor
from verifier.assess.terms import require_valid_tiers
from verifier.desk.briefing import EARLY_BLOCK, OLD_BLOCK, judge_age
from verifier.desk.bypasses import judge_bypasses
from verifier.desk.signer import Signer, judge_signer
from verifier.errors import EndpointError, FourthSignerError, VaultError, exit_code_of
from verifier.errors.exits import DANGER, WARNING
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.health import EndpointHealth
from verifier.model.member import Member
from verifier.model.reading import BypassReading, VaultReading
from verifier.model.text import Foreign, Shown, sanitise, show_duration, show_moment
from verifier.model.tier import Tier
from verifier.model.units import ChainId, MemberIndex, Timestamp

Probed = EndpointHealth | FourthSignerError

LATE_BLOCKS: Final = 5
"""An endpoint so many blocks behind the first one shows an old state."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One line of the examination."""

    # What was looked at.
    subject: Shown
    # INFO: it is well.
    severity: Severity
    sentence: Shown
    # The exit code of what is wrong; 0 where nothing is.
    code: int = 0


def check_error(subject: str, error: FourthSignerError, severity: Severity = Severity.DANGER) -> Check:
    """Return what went wrong as a line."""
    code = exit_code_of(error) if severity is Severity.DANGER else WARNING
    return Check(subject=sanitise(subject), severity=severity, sentence=Shown(error.sentence()), code=code)


def worst_code(checks: Sequence[Check]) -> int:
    """Return the exit code of the worst line; of several as bad, the first one's."""
    worst = max(checks, key=lambda check: check.severity, default=None)
    return worst.code if worst and worst.severity >= Severity.WARNING else 0


def examine_endpoints(
    probed: Mapping[str, Probed],
    *,
    chain_id: ChainId,
    quorum: int,
    now: Timestamp,
    shared: Iterable[Sequence[Foreign]] = (),
) -> Iterator[Check]:
    """Yield a line for each endpoint, and one about all of them.

    :param shared: those whose names lead to one address and port
    """
    usable = [
        found for found in probed.values() if isinstance(found, EndpointHealth) and found.chain_id == chain_id
    ]
    first = max((health.block for health in usable), default=0)
    may_fail = len(usable) >= quorum
    for name, found in probed.items():
        if isinstance(found, FourthSignerError):
            # One of several may be down; one of another chain spoils every reading.
            is_spare = may_fail and isinstance(found, EndpointError)
            yield check_error(name, found, Severity.WARNING if is_spare else Severity.DANGER)
        else:
            yield _examine_endpoint(found, behind=first - found.block, now=now)
    yield _examine_quorum(len(usable), len(probed), quorum)
    for names in shared:
        said = (
            f"{' and '.join(map(sanitise, names))} have one address and port, so they may be one source under two "
            "names, which proves nothing by agreeing with itself. Replace one by an endpoint of another operator."
        )
        yield Check(subject=Shown("endpoints"), severity=Severity.WARNING, sentence=Shown(said), code=WARNING)
    yield from _examine_clock(usable, now)


def examine_vault(
    reading: VaultReading, ledger: BypassReading, signer: Signer, now: Timestamp
) -> Iterator[Check]:
    """Yield lines about a vault that was read: pins, members, break-glass, queue."""
    yield _fine("code", "It is this release's")
    if signer.vault_name:
        yield _fine("founding", "The hash is the pinned one")
    # What one endpoint alone is worth has been said with the endpoints.
    findings = [finding for finding in reading.findings if finding.rule != "one-endpoint"]
    yield from _findings("evidence", findings)
    if reading.head.evidence is not Evidence.CLAIMED and not reading.head.dissenting:
        count = len(reading.head.agreeing)
        yield _fine("evidence", f"{count} endpoints agree on block {reading.head.number}")
    yield from _findings("clock", tuple(judge_age(reading, now)))
    yield from _examine_storage(reading)
    yield from _examine_members(reading)
    yield from _examine_bypasses(reading, ledger)
    yield from _findings("your seat", judge_signer(signer, reading))
    yield _examine_queue(reading)


def _examine_endpoint(health: EndpointHealth, *, behind: int, now: Timestamp) -> Check:
    age = now - health.timestamp
    said = f"Block {health.block}, {_show_age(age)}; answered in {health.milliseconds} ms"
    if behind > LATE_BLOCKS:
        said += f"; {behind} blocks behind the first endpoint. Wait until it has caught up, or replace it."
        return Check(
            subject=sanitise(health.name), severity=Severity.WARNING, sentence=Shown(said), code=WARNING
        )
    if not health.proves:
        said += (
            "; it proves no storage, so what it says is only agreed or claimed. Use one with eth_getProof."
        )
        return Check(subject=sanitise(health.name), severity=Severity.NOTICE, sentence=Shown(said))
    return _fine(health.name, f"{said}, proves storage")


def _show_age(seconds: int) -> str:
    return (
        f"{show_duration(seconds)} old" if seconds >= 0 else f"{show_duration(-seconds)} ahead of this clock"
    )


def _examine_quorum(usable: int, count: int, quorum: int) -> Check:
    said = f"{usable} of {count} can be used, and {quorum} have to agree"
    if usable < quorum:
        return Check(
            subject=Shown("endpoints"),
            severity=Severity.DANGER,
            sentence=Shown(f"{said}: nothing can be believed. Add endpoints with `fourth-signer init`."),
            code=57,
        )
    if quorum == 1:
        said += (
            ": one endpoint alone is believed, so everything is only claimed. Add one of another operator with "
            "`fourth-signer init --rpc URL --quorum 2`."
        )
        return Check(
            subject=Shown("endpoints"), severity=Severity.WARNING, sentence=Shown(said), code=WARNING
        )
    return _fine("endpoints", said)


def _examine_clock(usable: Sequence[EndpointHealth], now: Timestamp) -> Iterator[Check]:
    if not usable:
        return
    ages = sorted(now - health.timestamp for health in usable)
    age = ages[len(ages) // 2]
    if -EARLY_BLOCK <= age <= OLD_BLOCK:
        yield _fine("clock", f"It is {show_moment(now)}, and the newest block is {_show_age(age)}")


def _examine_storage(reading: VaultReading) -> Iterator[Check]:
    try:
        require_valid_tiers(reading.tiers.value)
    except VaultError as error:
        yield check_error("storage", error)
        return
    said = f"It is {reading.tiers.evidence.name.lower()}, and what it says makes sense"
    yield _fine("storage", said)


def _examine_members(reading: VaultReading) -> Iterator[Check]:
    roster, custody = reading.roster.value, reading.tiers.value[Tier.CUSTODY]
    heads = heads_of(roster, reading.groups.value)
    members = reading.members.value
    suspended = [seat for seat, member in members.items() if not member.record.is_active]
    said = (
        f"{len(members)} in all, {heads.approvers} active approvers ({heads.security} of the security team)"
    )
    if reading.groups.value:
        groups = ", ".join(_show_group(members.get(seat), seat) for seat in sorted(reading.groups.value))
        said += f", groups: {groups}"
    if suspended:
        said += f", suspended: seat {', '.join(map(str, sorted(suspended)))}"
    if not is_bare_floor(heads, custody):
        said += (
            ". That is below the bare floor: nobody can publish a seat operation and still find its quorum. "
            "Reinstate a suspended member before one more is lost."
        )
        yield Check(subject=Shown("members"), severity=Severity.WARNING, sentence=Shown(said), code=WARNING)
    elif not is_full_floor(heads, custody):
        said += (
            ". Without one more of them the vault could not be governed; add an approver, or reinstate one."
        )
        yield Check(subject=Shown("members"), severity=Severity.NOTICE, sentence=Shown(said))
    else:
        yield _fine("members", f"{said}; any one of them can be lost")


def _examine_bypasses(reading: VaultReading, ledger: BypassReading) -> Iterator[Check]:
    if found := tuple(judge_bypasses(reading, ledger)):
        yield from _findings("break-glass", found)
        return
    count = ledger.terms.count
    often = "once" if count == 1 else f"{count} times"
    yield _fine("break-glass", f"Used {often}, and nothing waits for a review" if count else "Never used")


def _show_group(member: Member | None, seat: MemberIndex) -> str:
    holders = len(member.persons) if member else 0
    return f"seat {seat} of {holders} persons"


def _examine_queue(reading: VaultReading) -> Check:
    count = len(reading.queue)
    said = f"{count} open operation{'s' if count != 1 else ''}, {_COMPLETE[reading.lanes.evidence]}"
    return _fine("queue", said)


_COMPLETE: Final = {
    Evidence.PROVEN: "proven complete",
    Evidence.AGREED: "complete as the endpoints agree",
    Evidence.CLAIMED: "complete only as one endpoint claims",
}


def _findings(subject: str, findings: Sequence[Finding]) -> Iterator[Check]:
    codes = {Severity.WARNING: WARNING, Severity.DANGER: DANGER}
    for finding in findings:
        code = codes.get(finding.severity, 0)
        yield Check(subject=Shown(subject), severity=finding.severity, sentence=finding.sentence, code=code)


def _fine(subject: str, said: str) -> Check:
    return Check(subject=sanitise(subject), severity=Severity.INFO, sentence=Shown(f"{said}."))
