"""Past a gate, for good in the record; the review of that; and adopting another policy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from verifier.deploy.gate.history import known_writers, read_writing
from verifier.deploy.gate.opening import ReleaseGate, list_facts, require_ready
from verifier.deploy.gate.policy_file import parse_policy
from verifier.deploy.gate.release import Deployment, network_of
from verifier.deploy.gate.replay import admitted
from verifier.deploy.gate.token import Purpose
from verifier.model.text import Foreign
from verifier.model.units import ChainId, Timestamp
from verifier.model.watching import AuditRecord


def record_bypass(
    gate: ReleaseGate,
    *,
    commit: str,
    file: Path,
    content: bytes,
    network: str,
    chain_id: ChainId,
    token: Foreign,
    reason: str,
    now: Timestamp,
    words: Foreign | None = None,
) -> AuditRecord:
    """Let one person through where two should be, for good in the record. Commit, file and checkout are still checked.

    :param reason: SHA-256 of the reason, in hex; `words` is the reason itself, where it may be in the record
    :raises ReleaseRefused: not even that is allowed.
    """
    known = network_of(gate.policy, network, chain_id)
    thing = Deployment(gate, gate.git.resolve(commit), file, content, known)
    with gate.record.opened() as record:
        revocations = require_ready(gate, record.state, thing.commit, [token], now)
        body: dict[str, Any] = {**thing.matter(), "reason": reason, "tokens": [token], "writers": []}
        admitted(record.state, Purpose.BYPASS.value, body, at=now)
        path = thing.require_committed()
        last = record.state.last_released
        writing = read_writing(gate.git, gate.policy, thing.commit, path, last=last, must_know=False)
        body |= {"path": path, "writers": sorted(writing.writers), **list_facts(revocations)}
        return record.append(Purpose.BYPASS.value, body | _words(words), now=now)


def record_change_bypass(
    gate: ReleaseGate,
    *,
    commit: str,
    repository: str,
    pull: int,
    token: Foreign,
    reason: str,
    now: Timestamp,
    words: Foreign | None = None,
) -> AuditRecord:
    """Let a pull request's head through without the security team, for good in the record.

    :param commit: full hash of the head, which has to be fetched: whoever wrote it will not review this
    :raises ReleaseRefused: it is not allowed.
    :raises RepositoryUnreadable: the head is not in the repository.
    """
    body: dict[str, Any] = {"commit": commit, "repository": repository, "pull": pull, "reason": reason}
    writers = sorted(known_writers(gate.git, gate.policy, commit))
    return _record(gate, Purpose.CHANGE_BYPASS, body | {"writers": writers} | _words(words), [token], now)


def record_review(
    gate: ReleaseGate, *, bypass: str, is_justified: bool, findings: str, token: Foreign, now: Timestamp
) -> AuditRecord:
    """Note that somebody who took no part in a bypass has looked at it.

    :param bypass: hash of its entry, in hex; `findings` is SHA-256 of what they found
    :raises ReleaseRefused: they took part, or there is nothing to review.
    """
    body = {"bypass": bypass, "justified": is_justified, "findings": findings}
    return _record(gate, Purpose.REVIEW, body, [token], now)


def record_policy(
    gate: ReleaseGate, adopted: Foreign, *, tokens: Sequence[Foreign], now: Timestamp
) -> AuditRecord:
    """Put another policy in force, by two people of the one that is.

    :param gate: of the policy in force
    :raises ReleaseRefused: they did not both sign it.
    :raises ReleasePolicyMalformed: it is none.
    """
    parse_policy(adopted.encode("utf-8"), "that would be adopted")
    return _record(gate, Purpose.POLICY, {"policy": adopted}, tokens, now)


def _record(
    gate: ReleaseGate, purpose: Purpose, body: Mapping[str, Any], tokens: Sequence[str], now: Timestamp
) -> AuditRecord:
    with gate.record.opened() as record:
        require_ready(gate, record.state, gate.git.resolve("HEAD"), tokens, now)
        return record.append(purpose.value, {**body, "tokens": list(tokens)}, now=now)


def _words(words: str | None) -> dict[str, str]:
    return {} if words is None else {"words": words}
