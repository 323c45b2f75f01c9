"""`fourth-signer release-...`: authorise, go through the gate, or past it, and review who did."""

from __future__ import annotations

import hashlib
import json
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from verifier.cli.adapters import CLOCK
from verifier.cli.answer import Answer
from verifier.errors import FourthSignerError, ReleaseRefused, exit_code_of
from verifier.model.text import sanitise, show_bytes, show_moment
from verifier.model.units import ChainId
from verifier.model.watching import AuditRecord
from verifier.store.place import path_of

if TYPE_CHECKING:
    from verifier.deploy.gate.opening import ReleaseGate
    from verifier.deploy.gate.release import Release


def run_releasing(options: Namespace) -> Answer:
    """Do what the arguments say.

    :raises GateError: it is refused, or cannot be told.
    :raises FourthSignerError: an input cannot be used.
    """
    require_extra()
    match options.command:
        case "release-authorise":
            from verifier.cli.release_authorising import run_authorise

            return run_authorise(options)
        case "release-record":
            from verifier.cli.release_record import run_record

            return run_record(options)
        case "release-check":
            return _check(options)
        case "release-bypass":
            return _bypass(options)
        case "release-review":
            return _review(options)
        case "release-policy":
            return _policy(options)
        case other:
            raise AssertionError(other)


def require_extra() -> None:
    """:raises ReleaseRefused: what verifies signatures is not installed."""
    try:
        import cryptography  # noqa: F401
        import jwt  # noqa: F401
    except ImportError as exc:
        why = "signatures cannot be verified here; install it with `pip install 'fourth-signer[deploy]'`"
        raise ReleaseRefused(rule="extra-missing", why=why) from exc


def _check(options: Namespace) -> Answer:
    if not options.json:
        return Answer(text=_said(_released(options)))
    try:
        found = _released(options)
    except FourthSignerError as error:
        return refusal_as_json(error, "released")
    return Answer(text=_as_json({"version": 1, "kind": "release", "released": True, **_facts(found)}))


def refusal_as_json(error: FourthSignerError, outcome: str) -> Answer:
    """Return an error as a machine reads it; the exit code is the same as without.

    :param outcome: what it is not: `released` or `approved`
    """
    rule = getattr(error, "rule", type(error).__name__)
    said = {"version": 1, "kind": "refusal", outcome: False, "rule": rule, "why": error.sentence()}
    return Answer(text=_as_json(said), code=exit_code_of(error))


def _released(options: Namespace) -> Release:
    from verifier.cli.release_inputs import content_of, gate_of, tokens_of
    from verifier.deploy.gate.release import require_release

    gate = gate_of(options)
    file = path_of(options.file)
    return require_release(
        gate,
        commit=options.commit,
        file=file,
        content=content_of(file, "The vault's file"),
        network=network_name(options),
        chain_id=chain_of(gate, options),
        tokens=tokens_of(options),
        now=CLOCK.now(),
        is_trial=options.dry_run,
    )


def network_name(options: Namespace) -> str:
    """:raises ReleaseRefused: none was given."""
    if not options.network:
        raise ReleaseRefused(rule="network-unknown", why="say which --network is meant")
    return str(options.network)


def chain_of(gate: ReleaseGate, options: Namespace) -> ChainId:
    """Return the number of the chain as the caller learned it, else as the policy has it."""
    if getattr(options, "chain", None) is not None:
        return ChainId(options.chain)
    known = gate.policy.networks.get(network_name(options))
    return ChainId(0) if known is None else known.chain_id


def _said(found: Release) -> str:
    where = f"{found.network.network} (chain {found.network.chain_id})"
    if not found.network.is_production:
        return f"{where} is not marked as production: nobody has to release it, and nothing is recorded.\n"
    who = " and ".join(sanitise(person) for person in found.people)
    if found.entry is None:
        return (
            f"{who} would release commit {found.commit} to {where}. Nothing is spent, nothing is recorded.\n"
        )
    return (
        f"Released by {who}: commit {found.commit} to {where}.\n{_entry_lines(found.entry)}"
        "Their tokens are spent, whether or not it is deployed now.\n"
    )


def _entry_lines(entry: AuditRecord) -> str:
    return f"entry  {entry.number}, {show_moment(entry.at)}\nhead   {show_bytes(entry.hash)}\n"


def _facts(found: Release) -> dict[str, Any]:
    entry = found.entry
    return {
        "commit": found.commit,
        "network": found.network.network,
        "chain": int(found.network.chain_id),
        "production": found.network.is_production,
        "people": [sanitise(person) for person in found.people],
        "entry": None if entry is None else entry.number,
        "head": None if entry is None else show_bytes(entry.hash),
    }


def _bypass(options: Namespace) -> Answer:
    from verifier.cli.release_inputs import content_of, gate_of, one_token_of, reason_of
    from verifier.deploy.gate.bypass import record_bypass, record_change_bypass

    gate, (reason, words), token = gate_of(options), reason_of(options), one_token_of(options)
    if options.pull is not None or options.repository is not None:
        repository, pull = change_of(options)
        entry = record_change_bypass(
            gate,
            commit=options.commit,
            repository=repository,
            pull=pull,
            token=token,
            reason=reason,
            words=words,
            now=CLOCK.now(),
        )
    else:
        file = path_of(options.file)
        entry = record_bypass(
            gate,
            commit=options.commit,
            file=file,
            content=content_of(file, "The vault's file"),
            network=network_name(options),
            chain_id=chain_of(gate, options),
            token=token,
            reason=reason,
            words=words,
            now=CLOCK.now(),
        )
    due = entry.at + gate.policy.bypass.review_within
    return Answer(
        text=f"Past the gate, for good in the record.\n{_entry_lines(entry)}"
        f"Somebody who took no part reviews it by {show_moment(due)}: `fourth-signer release-review --bypass "
        f"{show_bytes(entry.hash)} ...`\n"
    )


def change_of(options: Namespace) -> tuple[str, int]:
    """Return which pull request is meant.

    :raises ReleaseRefused: it is not said whole.
    """
    if options.pull is None or options.repository is None:
        raise ReleaseRefused(rule="change-unknown", why="a pull request is named by --repository and --pull")
    return options.repository.lower(), options.pull


def _review(options: Namespace) -> Answer:
    from verifier.cli.release_inputs import findings_of, gate_of, hash_of, one_token_of
    from verifier.deploy.gate.bypass import record_review

    entry = record_review(
        gate_of(options),
        bypass=hash_of(options.bypass, "hash of a bypass"),
        is_justified=options.justified,
        findings=findings_of(options),
        token=one_token_of(options),
        now=CLOCK.now(),
    )
    verdict = "justified" if options.justified else "not justified"
    return Answer(text=f"Reviewed by {entry.identity}, and found {verdict}.\n{_entry_lines(entry)}")


def _policy(options: Namespace) -> Answer:
    from verifier.cli.release_inputs import gate_of, tokens_of
    from verifier.deploy.gate.bypass import record_policy
    from verifier.deploy.gate.opening import read_bounded

    adopted = path_of(options.adopt)
    content = read_bounded(adopted)
    entry = record_policy(
        gate_of(options), content.decode("utf-8", "replace"), tokens=tokens_of(options), now=CLOCK.now()
    )
    digest = hashlib.sha256(content).hexdigest()
    return Answer(
        text=f"{sanitise(str(adopted))} is in force, by {entry.identity}.\nsha256 {digest}\n{_entry_lines(entry)}"
    )


def _as_json(said: dict[str, Any]) -> str:
    return json.dumps(said, indent=2, ensure_ascii=True) + "\n"
