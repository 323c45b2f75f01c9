"""What a rule is: one thing that is looked for in every operation, and what finding it means."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum

from verifier.assess.case import Case, Site
from verifier.model.evidence import Evidence
from verifier.model.finding import ByteRange, Finding, Severity
from verifier.model.text import Shown


class Source(Enum):
    """What a rule looks at beside the bytes and the vault's own storage, and what may not be there."""

    CODE = "the code of an account"
    AGE = "since when an account has its code"
    TOKEN = "what a token says of supply and balance"  # noqa: S105 - a token of value
    SIMULATION = "the simulation"
    MEMORY = "this client's memory of the vault"
    APPROVALS = "the co-signers' signatures"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """That a rule found what it looks for."""

    # What is, and what to do.
    said: str
    # Of the fact that it rests on.
    evidence: Evidence
    # The call that it is about, and which bytes of its data.
    site: Site | None = None
    where: ByteRange | None = None
    # This signer's own label says who it is about, so that it counts less, where the rule knows that.
    is_labelled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRule:
    """One thing that is looked for in every operation."""

    # Stable, for scripts and for the list of findings.
    id: str
    severity: Severity
    # The bytes or the state that it rests on.
    rests_on: str
    # What it means, and what to do: for whoever looks it up.
    meaning: str
    judge: Callable[[Case], Iterator[Remark]]
    # Where the signer's own label names the account. Nothing else lowers a severity.
    labelled: Severity | None = None
    needs: frozenset[Source] = frozenset()

    def finding(self, remark: Remark) -> Finding:
        """Return what was found as a signer is shown it."""
        severity = self.severity
        if remark.is_labelled and self.labelled is not None:
            severity = self.labelled
        site = remark.site
        return Finding(
            rule=self.id,
            severity=severity,
            sentence=Shown(remark.said),
            evidence=remark.evidence,
            call=site.index if site else None,
            where=remark.where,
            path=site.path if site else (),
        )
