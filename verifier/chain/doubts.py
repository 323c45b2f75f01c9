"""What went wrong while something was read, though it could be read: who lied, who differs, why nothing is proven."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from verifier.errors import EndpointError, EndpointRefused, HeaderUnproven, ProofInvalid
from verifier.model.evidence import Evidence
from verifier.model.finding import Finding, Severity
from verifier.model.reading import Head
from verifier.model.text import Foreign, Shown, sanitise

_MOST: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """What endpoints did beside the answer that was believed."""

    failures: tuple[EndpointError, ...] = ()
    # Names of endpoints that said other than those that were believed.
    dissenting: tuple[Foreign, ...] = ()

    def joined(self, other: Doubts) -> Doubts:
        return Doubts(failures=self.failures + other.failures, dissenting=self.dissenting + other.dissenting)


NO_DOUBTS: Final = Doubts()


def is_lie(failure: EndpointError) -> bool:
    """Whether an endpoint said what is not so; others of its failures may be accidents."""
    return isinstance(failure, HeaderUnproven | ProofInvalid)


def doubts_about_head(head: Head) -> Iterator[Finding]:
    """Yield what is to be known about a block and those who gave it."""
    if head.evidence is Evidence.CLAIMED:
        said = "Nothing here is more than the claim of one endpoint; configure several before you sign."
        yield _finding("one-endpoint", Severity.WARNING, said, head.evidence)
    if head.dissenting:
        said = (
            f"{_names(head.dissenting)} gave another block than the others; sign nothing until you know which is "
            "wrong, and take nothing for proven."
        )
        yield _finding("endpoint-dissents", Severity.DANGER, said, head.evidence)
    for name, failure in zip(head.silent, head.failures, strict=False):
        if name in head.lying:
            yield _lie(failure, head.evidence)
    silent = [name for name in head.silent if name not in head.lying]
    if silent:
        said = f"{_names(silent)} gave no usable answer; check or replace it."
        yield _finding("endpoint-silent", Severity.NOTICE, said, head.evidence)


def doubts_about(doubts: Doubts, head: Head, evidence: Evidence) -> Iterator[Finding]:
    """Yield what is to be known about words that were read.

    :param evidence: of the words
    """
    if evidence is Evidence.AGREED and not head.dissenting:
        refusals = [failure for failure in doubts.failures if isinstance(failure, EndpointRefused)]
        why = f" ({sanitise(refusals[0].endpoint)}: {sanitise(refusals[0].message)})" if refusals else ""
        said = f"No endpoint proves storage{why}, so it is only agreed; use one that answers eth_getProof."
        yield _finding("not-proven", Severity.NOTICE, said, evidence)
    if doubts.dissenting:
        said = (
            f"{_names(dict.fromkeys(doubts.dissenting))} said otherwise than the others, where nothing can be proven; "
            "sign nothing until you know which is wrong."
        )
        yield _finding("endpoint-dissents", Severity.DANGER, said, evidence)
    lies = {failure.sentence(): failure for failure in doubts.failures if is_lie(failure)}
    for sentence in list(lies)[:_MOST]:
        yield _lie(sentence, evidence)


def _lie(sentence: str, evidence: Evidence) -> Finding:
    said = f"{sentence} What is shown is what others gave."
    return _finding("endpoint-lies", Severity.WARNING, said, evidence)


def _names(names: Iterable[str]) -> str:
    return ", ".join(sanitise(name) for name in names)


def _finding(rule: str, severity: Severity, said: str, evidence: Evidence) -> Finding:
    return Finding(rule=rule, severity=severity, sentence=Shown(said), evidence=evidence)
