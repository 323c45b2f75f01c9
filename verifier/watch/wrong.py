"""The words for what keeps a chain or a vault from being watched."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from verifier.errors import EvidenceError, FourthSignerError, PinError
from verifier.errors.endpoints import EndpointsDisagree, HeaderUnproven, ProofInvalid
from verifier.model.address import Address
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.text import Shown, show_bytes, show_duration
from verifier.model.units import BlockNumber, ChainId
from verifier.model.watching import BlockRef, Happening, Kind
from verifier.watch.troubles import Trouble

ENDPOINTS: Final = "endpoints"
DOUBTED: Final = "endpoints-doubted"
SILENT: Final = "endpoints-silent"
HEAD: Final = "head"
OLD_EVENTS: Final = "old-events"
READING: Final = "reading"
VAULT: Final = "vault"
_SHOWN: Final = 10
# Rules of findings by which an endpoint is known to lie: what two honest ones may differ in for a moment is another.
_LIES: Final = frozenset({"log-left-out", "log-made-up", "endpoint-lies"})
_DIFFERS: Final = frozenset({"endpoint-dissents"})
# So many blocks of a re-organisation are everyday life.
_USUAL_DEPTH: Final = 3


def unreadable(error: FourthSignerError) -> Trouble:
    """Return that a chain cannot be followed now."""
    is_dispute = isinstance(error, EndpointsDisagree | HeaderUnproven | ProofInvalid)
    said = f"The chain cannot be followed: {error.sentence()} Until then nothing new of its vaults is known here."
    return Trouble(
        kind=Kind.DISAGREEMENT if is_dispute else Kind.UNREADABLE,
        subject=ENDPOINTS,
        severity=Severity.DANGER if is_dispute else Severity.WARNING,
        sentence=Shown(said),
    )


def restless() -> Trouble:
    """Return that the chain changes whenever it is looked at."""
    said = (
        "The chain changes whenever it is looked at: its endpoints take turns with different branches, or it is being "
        "re-organised all the time. Until that ends nothing new of its vaults is known here."
    )
    return Trouble(kind=Kind.DISAGREEMENT, subject=ENDPOINTS, severity=Severity.DANGER, sentence=Shown(said))


def unfilled(error: FourthSignerError) -> Trouble:
    """Return that old events cannot be read now."""
    said = (
        f"The events from before the watching cannot be read: {error.sentence()} What is new is told all the same, "
        "without what only old events tell: duties, strategies, and what is in the policy."
    )
    return Trouble(kind=Kind.UNREADABLE, subject=OLD_EVENTS, severity=Severity.WARNING, sentence=Shown(said))


def beginningless(vault: Address) -> Trouble:
    """Return that nobody knows what a vault said before it was watched."""
    said = (
        "No endpoint knows since when this vault is there, so that its old events are not read: duties, strategies and "
        "what its policy lists from before the watching are unknown, and movements of its assets are not followed. "
        "Give the block under [since] in the watcher's configuration, or use an endpoint that keeps old states."
    )
    return Trouble(
        kind=Kind.UNREADABLE,
        subject=OLD_EVENTS,
        vault=vault,
        severity=Severity.WARNING,
        sentence=Shown(said),
        is_patient=False,
    )


def unwatched(error: EvidenceError | PinError, vault: Address) -> Trouble:
    """Return that a vault cannot be read, or is not what was pinned."""
    if isinstance(error, PinError):
        return Trouble(
            kind=Kind.VAULT_WRONG,
            subject=VAULT,
            vault=vault,
            severity=Severity.DANGER,
            sentence=Shown(error.sentence()),
            is_patient=False,
        )
    is_dispute = isinstance(error, EndpointsDisagree | ProofInvalid)
    return Trouble(
        kind=Kind.DISAGREEMENT if is_dispute else Kind.UNREADABLE,
        subject=READING,
        vault=vault,
        severity=Severity.DANGER if is_dispute else Severity.WARNING,
        sentence=Shown(f"This vault cannot be read: {error.sentence()}"),
    )


def outdated(vault: Address, read: BlockNumber, newest: BlockNumber) -> Trouble:
    """Return that a vault was read at a block that is older than the chain's, or of another branch."""
    said = (
        f"This vault is read at block {read}, and the chain is at block {newest} or on another branch: endpoints take "
        "turns with different states. Until they agree, what happens to it is not told."
    )
    return Trouble(
        kind=Kind.UNREADABLE,
        subject=READING,
        vault=vault,
        severity=Severity.WARNING,
        sentence=Shown(said),
    )


def unjudged(error: Exception, vault: Address) -> Trouble:
    """Return that this program failed over a vault."""
    said = (
        f"This program failed while it judged this vault ({type(error).__name__}): what happens to it is not told. "
        "Look at it with `fourth-signer queue`, and report the fault."
    )
    return Trouble(
        kind=Kind.UNREADABLE,
        subject=READING,
        vault=vault,
        severity=Severity.DANGER,
        sentence=Shown(said),
        is_patient=False,
    )


def doubted(findings: Sequence[Finding]) -> tuple[Trouble, ...]:
    """Return what endpoints did amiss, though the chain could be followed: lies are told at once."""
    made = []
    lies = [finding for finding in findings if finding.rule in _LIES]
    apart = [finding for finding in findings if finding.rule in _DIFFERS]
    silent = [finding for finding in findings if finding.rule == "endpoint-silent"]
    for found, severity, is_patient in ((lies, Severity.DANGER, False), (apart, Severity.WARNING, True)):
        if found:
            made.append(
                Trouble(
                    kind=Kind.DISAGREEMENT,
                    subject=DOUBTED,
                    severity=severity,
                    sentence=found[0].sentence,
                    lines=tuple(finding.sentence for finding in found[1:_SHOWN]),
                    findings=tuple(found[:_SHOWN]),
                    evidence=found[0].evidence,
                    is_patient=is_patient,
                )
            )
    if silent:
        made.append(
            Trouble(
                kind=Kind.UNREADABLE,
                subject=SILENT,
                severity=Severity.NOTICE,
                sentence=silent[0].sentence,
                evidence=Evidence.CLAIMED,
            )
        )
    return tuple(made)


def behind(newest: BlockRef, seconds: int, *, is_early: bool) -> Trouble:
    """Return that the newest block is too old, or too new, by this machine's clock."""
    if is_early:
        said = (
            f"The newest block ({newest.number}) is {show_duration(seconds)} ahead of this machine's clock; set the "
            "clock, or find out which endpoints make up blocks."
        )
    else:
        said = (
            f"No block came for {show_duration(seconds)} (the newest is {newest.number}): the chain stands still, the "
            "endpoints are behind, or this machine's clock is wrong. What happens on the chain is not seen."
        )
    return Trouble(
        kind=Kind.BEHIND,
        subject=HEAD,
        severity=Severity.WARNING,
        sentence=Shown(said),
        evidence=Evidence.AGREED,
        is_patient=False,
    )


def reorganised(
    chain_id: ChainId,
    *,
    ancestor: BlockRef | None,
    lowest: BlockNumber,
    former: BlockNumber,
    newest: BlockRef,
    is_final: bool,
) -> Happening:
    """Return that the chain took blocks back.

    :param ancestor: the newest block of both branches; None where it is older than all that are kept
    :param lowest: the block below everything that was undone
    :param former: the newest block of the branch that is gone
    :param is_final: whether blocks were undone that counted as final
    """
    depth = former - lowest
    said = f"The chain took back {depth} {'block' if depth == 1 else 'blocks'} above block {lowest}"
    is_deep = is_final or ancestor is None
    if is_deep:
        said += (
            ", some of which counted as final. Everything is read again; trust nothing that was executed meanwhile, "
            "and find out from others what happened to this chain."
        )
    else:
        said += "; what they held was looked at again."
    severity = Severity.DANGER if is_deep else Severity.NOTICE if depth > _USUAL_DEPTH else Severity.INFO
    return Happening(
        chain_id=chain_id,
        vault=None,
        kind=Kind.REORGANISED,
        subject="chain",
        occasion=f"{lowest}-{newest.hash.hex()[:16]}",
        severity=severity,
        sentence=Shown(said),
        lines=(Shown(f"newest block now: {newest.number}, {show_bytes(newest.hash)}"),),
        evidence=Evidence.AGREED,
        # It stays said, whatever becomes of the blocks above.
        block=lowest,
        block_hash=ancestor.hash if ancestor else b"",
        at=newest.timestamp,
    )
