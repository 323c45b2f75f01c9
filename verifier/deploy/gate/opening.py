"""A gate with its policy, its checkout and its record; and what has to hold before it looks at anything."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from verifier.deploy.gate.checkout import read_file_of
from verifier.deploy.gate.git import Git
from verifier.deploy.gate.policy import ReleasePolicy
from verifier.deploy.gate.policy_file import parse_policy
from verifier.deploy.gate.record import PIN_VARIABLE, ReleaseRecord
from verifier.deploy.gate.replay import GateState
from verifier.deploy.gate.revocations import Revocations, parse_revocations
from verifier.deploy.gate.token import Authorisation, verify_token
from verifier.errors import ReleasePolicyMalformed, ReleaseRefused
from verifier.model.text import Shown
from verifier.model.units import Timestamp

_MOST_POLICY: Final = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseGate:
    """One policy, one checkout, one record."""

    policy: ReleasePolicy
    git: Git
    record: ReleaseRecord


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


def list_facts(revocations: Revocations) -> dict[str, Any]:
    """Return what an entry keeps of the list that was used: nobody on it comes off it by being left out later."""
    return {"revocations_as_of": int(revocations.as_of), "revoked": revocations.names()}


def require_ready(
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
    for each in signed_by(policy, tokens):
        revocations.require_unrevoked(person=each.person, kid=each.kid, jti=each.jti)
    return revocations


def signed_by(policy: ReleasePolicy, tokens: Sequence[str]) -> list[Authorisation]:
    return [verify_token(token, policy) for token in tokens]
