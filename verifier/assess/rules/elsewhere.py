"""Findings that are not about one operation's bytes or standing: about the reading, the signer's place, the ledger.

They are made where it is known what they rest on; here stands what they mean, for whoever looks one up.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from verifier.assess.case import Case
from verifier.assess.rules.rule import FindingRule, Remark
from verifier.model.finding import Severity


def _never(_: Case) -> Iterator[Remark]:
    yield from ()


def _rule(rule: str, severity: Severity, rests_on: str, meaning: str) -> FindingRule:
    return FindingRule(id=rule, severity=severity, rests_on=rests_on, meaning=meaning, judge=_never)


ELSEWHERE: Final[tuple[FindingRule, ...]] = (
    _rule(
        "operation-bytes-missing",
        Severity.DANGER,
        "the id in the lane, and every endpoint's logs",
        "The vault holds an operation of which no endpoint gives the bytes. Nobody can know what it does: veto it.",
    ),
    _rule(
        "endpoint-dissents",
        Severity.DANGER,
        "what endpoints answered about the same block",
        "Endpoints tell different things. One of them lies, or is on another chain. Sign nothing until you know which.",
    ),
    _rule(
        "endpoint-lies",
        Severity.WARNING,
        "an endpoint's answer, held against the block's header",
        "An endpoint gave a header that does not hash, or a proof that does not hold. What is shown is what others "
        "gave. Do not use it any more.",
    ),
    _rule(
        "operation-bytes-altered",
        Severity.WARNING,
        "the id in the lane, and an endpoint's logs",
        "An endpoint gave other bytes for an operation than those that hash to its id. What is shown are the right "
        "ones. Do not use it any more.",
    ),
    _rule(
        "event-dropped",
        Severity.NOTICE,
        "the id in the lane, and an endpoint's logs",
        "An endpoint has no event of an operation that storage proves. It keeps no logs of that block, or hides them.",
    ),
    _rule(
        "one-endpoint",
        Severity.WARNING,
        "the configuration",
        "Only one endpoint was asked, so all that is shown is its word. Configure others, run by somebody else.",
    ),
    _rule(
        "not-proven",
        Severity.NOTICE,
        "the endpoints' proofs",
        "What is shown is agreed on by endpoints, and no proof against the block's header backs it.",
    ),
    _rule(
        "endpoint-silent",
        Severity.NOTICE,
        "what endpoints answered",
        "An endpoint gave no usable answer. Check or replace it; fewer are left to disagree.",
    ),
    _rule(
        "block-old",
        Severity.WARNING,
        "the block's time, and this machine's clock",
        "The newest block is old, so more may have happened since. The endpoints are behind, or the clock is wrong.",
    ),
    _rule(
        "block-early",
        Severity.WARNING,
        "the block's time, and this machine's clock",
        "The newest block is ahead of the clock. Set the clock, or find out which endpoints make up blocks.",
    ),
    _rule(
        "vault-not-pinned",
        Severity.WARNING,
        "the configuration",
        "Any vault of this release has the same code. Compare the founding hash with whoever founded it, and pin it.",
    ),
    _rule(
        "own-seat-lost",
        Severity.WARNING,
        "the vault's members, and the configuration",
        "Somebody else, or nobody, sits in your seat. If you do not know why, ask the others over another channel.",
    ),
    _rule(
        "own-seat-suspended",
        Severity.WARNING,
        "the vault's members, and the configuration",
        "Your seat is suspended. What you sign does not count until you are reinstated.",
    ),
    _rule(
        "bypass-unreviewed",
        Severity.NOTICE,
        "the ledger of bypasses",
        "Break-glass was used, and no auditor has reviewed it. When that takes too long, it cannot be used again.",
    ),
    _rule(
        "memory-unusable",
        Severity.WARNING,
        "the file in which this client keeps what it saw",
        "The memory of past operations is damaged, or cannot be read or written. Until it is restored nobody is new "
        "here, and changed code is not noticed.",
    ),
    _rule(
        "from-bundle",
        Severity.WARNING,
        "the file that was given",
        "All of it is from a file, and not from a chain that answers now. Compare the hash of its block with another "
        "source; with --block what is proven counts as proven, and this is a notice.",
    ),
)
