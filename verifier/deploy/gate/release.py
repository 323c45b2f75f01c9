"""The gate: two people release, one bypasses, a third reviews. Whoever passes has an entry in the record behind them.

    gate = open_gate(policy_path, checkout, origin=...)
    release = require_release(gate, commit=..., file=..., content=..., network=..., chain_id=..., tokens=..., now=...)

What is checked is spent when `require_release` returns: a deployer that crashes on the next line needs new tokens.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from verifier.deploy.gate.checkout import path_of, read_file_of, require_checkout
from verifier.deploy.gate.git import Git
from verifier.deploy.gate.history import read_writing
from verifier.deploy.gate.policy import PolicyNetwork, ReleasePolicy
from verifier.deploy.gate.policy_file import parse_policy
from verifier.deploy.gate.record import PIN_VARIABLE, ReleaseRecord
from verifier.deploy.gate.replay import GateState, admitted
from verifier.deploy.gate.revocations import Revocations, parse_revocations
from verifier.deploy.gate.token import Authorisation, Purpose, verify_token
from verifier.errors import ReleasePolicyMalformed, ReleaseRefused
from verifier.model.text import Foreign, Shown, sanitise
from verifier.model.units import ChainId, Timestamp
from verifier.model.watching import AuditRecord

_MOST_POLICY: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseGate:
    """One policy, one checkout, one record."""

    policy: ReleasePolicy
    git: Git
    record: ReleaseRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What may be deployed now, and by whose word."""

    commit: str
    network: PolicyNetwork
    # Whoever authorised it; nobody where the network needs nobody.
    people: tuple[str, ...]
    # Its entry in the record; None where the network needs none, and where this was a trial.
    entry: AuditRecord | None


def open_gate(
    policy: Path, checkout: Path, *, origin: Shown, pin: bytes | None = None, must_pin: bool = True
) -> ReleaseGate:
    """Return the gate of a policy file.

    :param checkout: a folder of the repository
    :param origin: the machine and process that asks, for the record
    :param pin: the hash of an entry that the record has to hold; where it is left out, the one in the environment
    :param must_pin: whether the record is believed only with a pin; a gate that lets something through wants one
    :raises ReleasePolicyMalformed: the policy cannot be read.
    :raises RepositoryUnreadable: there is no repository, or not all of it.
    """
    content = read_bounded(policy)
    found = parse_policy(content, str(policy))
    return ReleaseGate(
        policy=found,
        git=Git(checkout),
        record=ReleaseRecord(
            policy.parent / Path(found.record),
            origin,
            pin=_pin_of_environment() if pin is None else pin,
            must_pin=must_pin,
        ),
    )


def _pin_of_environment() -> bytes | None:
    """:raises ReleaseRefused: what stands there is no hash."""
    written = os.environ.get(PIN_VARIABLE)
    if not written:
        return None
    found = re.fullmatch(r"(?:0x)?([0-9a-fA-F]{64})", written)
    if found is None:
        raise ReleaseRefused(
            rule="record-unpinned", why=f"what stands in {PIN_VARIABLE} is no hash of 32 bytes"
        )
    return bytes.fromhex(found[1])


def read_bounded(path: Path) -> bytes:
    """:raises ReleasePolicyMalformed: there is no such file, or a huge one."""
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_POLICY + 1)
    except (OSError, ValueError) as exc:
        why = getattr(exc, "strerror", None) or "its path is no path"
        raise ReleasePolicyMalformed(path=str(path), why=f"it cannot be read ({why})") from exc
    if len(content) > _MOST_POLICY:
        raise ReleasePolicyMalformed(path=str(path), why="it is too large to be one")
    return content


# ----------------------------------------------------------------------------------------------------------- Release


def require_release(
    gate: ReleaseGate,
    *,
    commit: str,
    file: Path,
    content: bytes,
    network: str,
    chain_id: ChainId,
    tokens: Sequence[Foreign],
    now: Timestamp,
    is_trial: bool = False,
) -> Release:
    """Return if two people released this file at this commit to this network; their tokens are spent then.

    A network that is not marked as production needs nobody; one that the policy does not know is refused.

    :param commit: any name of it; its full hash is what counts
    :param file: the deployed file, and `content` its bytes as they will be used
    :param chain_id: as the chain itself says, not as somebody typed it
    :param is_trial: spend and record nothing
    :raises ReleaseRefused: they did not.
    :raises GateError: the record or the repository does not let anybody know.
    """
    known = network_of(gate.policy, network, chain_id)
    name = gate.git.resolve(commit)
    if not known.is_production:
        return Release(commit=name, network=known, people=(), entry=None)
    thing = _Thing(gate, name, file, content, known)
    if is_trial:
        state, _ = gate.record.read()
        body = _release_body(thing, state, tokens, now)
        _, people = admitted(state, Purpose.RELEASE.value, body, at=now)
        return Release(commit=name, network=known, people=_names(people), entry=None)
    with gate.record.opened() as record:
        body = _release_body(thing, record.state, tokens, now)
        entry = record.append(Purpose.RELEASE.value, body, now=now)
    people = tuple(_signed(gate.policy, tokens))
    return Release(commit=name, network=known, people=_names(people), entry=entry)


def network_of(policy: ReleasePolicy, network: str, chain_id: ChainId) -> PolicyNetwork:
    """Return a network of the policy.

    :raises ReleaseRefused: it knows none of that name, or with that number.
    """
    known = policy.networks.get(network)
    if known is None:
        why = f"the policy knows no network {sanitise(network, most=60)}"
        raise ReleaseRefused(rule="network-unknown", why=why)
    if known.chain_id != chain_id:
        why = f"{known.network} is chain {known.chain_id} by the policy, and this is chain {chain_id}"
        raise ReleaseRefused(rule="network-other", why=why)
    return known


@dataclass(frozen=True, slots=True)
class _Thing:
    """What would be deployed, and where."""

    gate: ReleaseGate
    commit: str
    file: Path
    content: bytes
    network: PolicyNetwork

    def matter(self) -> dict[str, Any]:
        return {
            "commit": self.commit,
            "file": hashlib.sha256(self.content).hexdigest(),
            "network": self.network.network,
            "chain": int(self.network.chain_id),
        }

    def require_committed(self) -> str:
        """Return the file's path in the repository, if the checkout is the commit and the file is in it."""
        git = self.gate.git
        path = path_of(git, self.file)
        if read_file_of(git, self.commit, path) != self.content:
            why = f"{path} is another file in commit {self.commit[:12]} than the one that would be deployed"
            raise ReleaseRefused(rule="file-other", why=why)
        require_checkout(git, self.commit)
        return path


def _release_body(
    thing: _Thing, state: GateState, tokens: Sequence[str], now: Timestamp
) -> Mapping[str, Any]:
    gate = thing.gate
    revocations = _require_ready(gate, state, thing.commit, tokens, now)
    body = {**thing.matter(), "tokens": list(tokens), "writers": []}
    # What needs no look at the repository comes first, since its answer is the clearer one.
    admitted(state, Purpose.RELEASE.value, body, at=now)
    path = thing.require_committed()
    writing = read_writing(gate.git, gate.policy, thing.commit, path, last=state.last_released)
    return {
        **body,
        "path": path,
        "since": writing.since,
        "commits": len(writing.commits),
        "writers": sorted(writing.writers),
        **_list_facts(revocations),
    }


def _list_facts(revocations: Revocations) -> dict[str, Any]:
    """Return what an entry keeps of the list that was used: nobody on it comes off it by being left out later."""
    return {"revocations_as_of": int(revocations.as_of), "revoked": revocations.names()}


def _require_ready(
    gate: ReleaseGate,
    state: GateState,
    commit: str,
    tokens: Sequence[str],
    now: Timestamp,
) -> Revocations:
    """Return the list of revocations, if the policy is the adopted one and nobody who signed is on the list.

    :raises ReleaseRefused: it is not, or somebody is.
    """
    policy = gate.policy
    if state.policy is None or state.policy.as_written != policy.as_written:
        why = "release.toml is not the one that was adopted last; two people adopt another with `release-policy`"
        raise ReleaseRefused(rule="policy-other", why=why)
    if policy.head is not None and policy.head not in state.hashes:
        why = "the record does not hold the head that the policy pins: it was cut off, written anew, or is another one"
        raise ReleaseRefused(rule="record-other", why=why)
    try:
        content = read_file_of(gate.git, commit, policy.revocations)
    except ReleaseRefused as exc:
        why = f"commit {commit[:12]} has no list of revocations at {policy.revocations}"
        raise ReleaseRefused(rule="revocations-missing", why=why) from exc
    revocations = parse_revocations(content, policy.revocations)
    revocations.require_fresh(policy, last=state.revocations_as_of, now=now)
    revocations.require_known(policy)
    revocations = revocations.with_earlier(state.revoked)
    for each in _signed(policy, tokens):
        revocations.require_unrevoked(person=each.person, kid=each.kid, jti=each.jti)
    return revocations


def _signed(policy: ReleasePolicy, tokens: Sequence[str]) -> list[Authorisation]:
    return [verify_token(token, policy) for token in tokens]


def _names(people: Sequence[Authorisation]) -> tuple[str, ...]:
    return tuple(each.person for each in people)


# ----------------------------------------------------------------------------------------------- Bypass, review, policy


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
    thing = _Thing(gate, gate.git.resolve(commit), file, content, known)
    with gate.record.opened() as record:
        revocations = _require_ready(gate, record.state, thing.commit, [token], now)
        body: dict[str, Any] = {**thing.matter(), "reason": reason, "tokens": [token], "writers": []}
        admitted(record.state, Purpose.BYPASS.value, body, at=now)
        path = thing.require_committed()
        last = record.state.last_released
        writing = read_writing(gate.git, gate.policy, thing.commit, path, last=last, must_know=False)
        body |= {"path": path, "writers": sorted(writing.writers), **_list_facts(revocations)}
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

    :param commit: full hash of the head
    :raises ReleaseRefused: it is not allowed.
    """
    body: dict[str, Any] = {"commit": commit, "repository": repository, "pull": pull, "reason": reason}
    return _record(gate, Purpose.CHANGE_BYPASS, body | {"writers": []} | _words(words), [token], now)


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
        _require_ready(gate, record.state, gate.git.resolve("HEAD"), tokens, now)
        return record.append(purpose.value, {**body, "tokens": list(tokens)}, now=now)


def _words(words: str | None) -> dict[str, str]:
    return {} if words is None else {"words": words}
