"""The gate: two people release, and whoever passes has an entry in the record behind them.

    gate = open_gate(policy_path, checkout, origin=...)
    release = require_release(gate, commit=..., file=..., content=..., network=..., chain_id=..., tokens=..., now=...)

What is checked is spent when `require_release` returns: a deployer that crashes on the next line needs new tokens.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verifier.deploy.gate.checkout import path_of, read_file_of, require_checkout
from verifier.deploy.gate.history import read_writing
from verifier.deploy.gate.opening import ReleaseGate, list_facts, require_ready, signed_by
from verifier.deploy.gate.policy import PolicyNetwork, ReleasePolicy
from verifier.deploy.gate.replay import GateState, admitted
from verifier.deploy.gate.token import Authorisation, Purpose
from verifier.errors import ReleaseRefused
from verifier.model.text import Foreign, sanitise
from verifier.model.units import ChainId, Timestamp
from verifier.model.watching import AuditRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What may be deployed now, and by whose word."""

    commit: str
    network: PolicyNetwork
    # Whoever authorised it; nobody where the network needs nobody.
    people: tuple[str, ...]
    # Its entry in the record; None where the network needs none, and where this was a trial.
    entry: AuditRecord | None


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
    thing = Deployment(gate, name, file, content, known)
    if is_trial:
        state, _ = gate.record.read()
        body = _release_body(thing, state, tokens, now)
        _, people = admitted(state, Purpose.RELEASE.value, body, at=now)
        return Release(commit=name, network=known, people=_names(people), entry=None)
    with gate.record.opened() as record:
        body = _release_body(thing, record.state, tokens, now)
        entry = record.append(Purpose.RELEASE.value, body, now=now)
    people = tuple(signed_by(gate.policy, tokens))
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
class Deployment:
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
    thing: Deployment, state: GateState, tokens: Sequence[str], now: Timestamp
) -> Mapping[str, Any]:
    gate = thing.gate
    revocations = require_ready(gate, state, thing.commit, tokens, now)
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
        **list_facts(revocations),
    }


def _names(people: Sequence[Authorisation]) -> tuple[str, ...]:
    return tuple(each.person for each in people)
