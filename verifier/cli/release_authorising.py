"""`fourth-signer release-authorise`: what would be authorised, the question, and the token."""

from __future__ import annotations

import hashlib
import os
import stat
from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.cli.adapters import CLOCK
from verifier.cli.answer import Answer
from verifier.cli.asking import confirm
from verifier.cli.keys import ask_with
from verifier.cli.release_inputs import content_of, findings_of, gate_of, hash_of, reason_of
from verifier.cli.releasing import change_of, network_name
from verifier.deploy.gate.checkout import path_of as path_in_checkout
from verifier.deploy.gate.checkout import read_file_of
from verifier.deploy.gate.history import read_writing
from verifier.deploy.gate.opening import ReleaseGate, read_bounded
from verifier.deploy.gate.policy_keys import material_of
from verifier.deploy.gate.release import network_of
from verifier.deploy.gate.revocations import parse_revocations
from verifier.deploy.gate.signing import Draft, draft_token, open_private_key, sign_token
from verifier.deploy.gate.token import Matter, Purpose
from verifier.errors import KeyFileUnusable, ReleaseRecordUnusable, ReleaseRefused
from verifier.model.text import Shown, sanitise, show_bytes, show_duration, show_moment
from verifier.model.units import ChainId, Duration
from verifier.store.new_file import write_new_file
from verifier.store.place import path_of

if TYPE_CHECKING:
    from verifier.deploy.gate.signing import PrivateKey

_HOUR = 3_600


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """What a token would be about, in lines for a person."""

    matter: Matter
    lines: tuple[Shown, ...]
    # Who may not authorise it.
    writers: frozenset[str] = frozenset()


def run_authorise(options: Namespace) -> Answer:
    """Write a token, after a person has said yes to what it says.

    :raises ReleaseRefused: it could never be used.
    :raises NotConfirmed: they did not say yes.
    """
    gate, purpose = gate_of(options, must_pin=options.seen is None), Purpose(options.purpose)
    subject = _subject(gate, purpose, options)
    seen = _seen(gate, options)
    private = _open_key(options)
    draft = draft_token(
        gate.policy,
        _kid_of(gate, private, options),
        purpose,
        subject.matter,
        seen=seen,
        now=CLOCK.now(),
        lifetime=Duration(options.hours * _HOUR),
        nonce=os.urandom(16),
    )
    if draft.person.person in subject.writers:
        why = f"{draft.person.person} wrote, merged or co-wrote some of it; two others have to authorise it"
        raise ReleaseRefused(rule="writer", why=why)
    confirm(Shown(f"a token for {purpose.value}"), _page(draft, subject), is_given=options.yes)
    token = sign_token(draft, gate.policy, private)
    path = path_of(options.output or f"{purpose.value}-{draft.key.kid}-{draft.nonce.hex()[:8]}.jwt")
    _write(path, token)
    return Answer(
        text=f"Wrote {sanitise(str(path))}: {draft.person.person}'s token for {purpose.value}, good once, until "
        f"{show_moment(draft.expires_at)}.\n"
    )


def _page(draft: Draft, subject: _Subject) -> list[str]:
    lifetime = draft.expires_at - draft.issued_at
    return [
        f"{draft.person.person} would authorise by key {draft.key.kid}:",
        f"  purpose   {draft.purpose.value}",
        *(f"  {line}" for line in subject.lines),
        f"  expires   {show_moment(draft.expires_at)}, in {show_duration(lifetime)}",
        f"  record    up to {show_bytes(draft.seen)}",
        f"  token     {draft.nonce.hex()}",
        "Whoever has the token can use it, once. Compare commit and hash with what you reviewed yourself.",
    ]


def _subject(gate: ReleaseGate, purpose: Purpose, options: Namespace) -> _Subject:
    match purpose:
        case Purpose.RELEASE | Purpose.BYPASS:
            return _deployment(gate, purpose, options)
        case Purpose.CHANGE_BYPASS:
            repository, pull = change_of(options)
            reason, _ = reason_of(options)
            matter = {"commit": options.commit, "repository": repository, "pull": pull, "reason": reason}
            lines = (
                Shown(f"change    pull request {pull} of {sanitise(repository)}"),
                Shown(f"head      {sanitise(options.commit)}"),
                Shown(f"reason    sha256 {sanitise(reason)}"),
            )
            return _Subject(matter=matter, lines=lines)
        case Purpose.REVIEW:
            return _verdict(options)
        case Purpose.POLICY:
            if options.adopt is None:
                raise ReleaseRefused(
                    rule="policy-missing", why="say which file would be in force with --adopt"
                )
            digest = hashlib.sha256(read_bounded(path_of(options.adopt))).hexdigest()
            said = (Shown(f"policy    {sanitise(options.adopt)}"), Shown(f"          sha256 {digest}"))
            return _Subject(matter={"policy": digest}, lines=said)


def _deployment(gate: ReleaseGate, purpose: Purpose, options: Namespace) -> _Subject:
    known = gate.policy.networks.get(network_name(options))
    network = network_of(gate.policy, network_name(options), ChainId(0) if known is None else known.chain_id)
    commit = gate.git.resolve(options.commit)
    path = path_in_checkout(gate.git, path_of(options.file))
    digest = hashlib.sha256(read_file_of(gate.git, commit, path)).hexdigest()
    matter: dict[str, str | int] = {
        "commit": commit,
        "file": digest,
        "network": network.network,
        "chain": int(network.chain_id),
    }
    is_release = purpose is Purpose.RELEASE
    lines = [
        Shown(f"commit    {commit}"),
        Shown(f"file      {sanitise(path)}"),
        Shown(f"          sha256 {digest}"),
        Shown(f"network   {network.network}, chain {network.chain_id}"),
    ]
    if not is_release:
        matter["reason"], _ = reason_of(options)
        lines.append(Shown(f"reason    sha256 {sanitise(str(matter['reason']))}"))
    last = _last_released(gate)
    writing = read_writing(gate.git, gate.policy, commit, path, last=last, must_know=is_release)
    since = f"since {writing.since}" if writing.since else "in all of history"
    lines.append(Shown(f"written   by {', '.join(sorted(writing.writers))}"))
    lines.append(Shown(f"          {len(writing.commits)} commits count, {since}"))
    revoked = parse_revocations(
        read_file_of(gate.git, commit, gate.policy.revocations), gate.policy.revocations
    )
    lines.append(Shown(f"revoked   {sanitise(', '.join(revoked.names()) or 'nobody')}"))
    lines.append(Shown(f"          as of {show_moment(revoked.as_of)}"))
    writers = writing.writers if is_release else frozenset[str]()
    return _Subject(matter=matter, lines=tuple(lines), writers=writers)


def _verdict(options: Namespace) -> _Subject:
    if not (options.bypass and (options.justified or options.unjustified)):
        why = "a review wants --bypass, --findings, and --justified or --unjustified"
        raise ReleaseRefused(rule="findings-missing", why=why)
    bypass, findings = hash_of(options.bypass, "hash of a bypass"), findings_of(options)
    verdict = "justified" if options.justified else "not justified"
    lines = (
        Shown(f"bypass    {bypass}"),
        Shown(f"verdict   {verdict}"),
        Shown(f"findings  sha256 {findings}"),
    )
    return _Subject(
        matter={"bypass": bypass, "justified": options.justified, "findings": findings}, lines=lines
    )


def _last_released(gate: ReleaseGate) -> str | None:
    """Return up to where others have looked; without the record, all that the policy does not leave out counts."""
    try:
        state, _ = gate.record.read()
    except ReleaseRecordUnusable:
        return None
    return state.last_released


def _seen(gate: ReleaseGate, options: Namespace) -> bytes:
    if options.seen is not None:
        return bytes.fromhex(hash_of(options.seen, "head of the record"))
    state, _ = gate.record.read()
    return state.head


def _open_key(options: Namespace) -> PrivateKey:
    path = path_of(options.key)
    advice = "Make it readable by you alone: chmod 600."
    try:
        mode = path.stat().st_mode
    except OSError as exc:
        raise KeyFileUnusable(path=str(path), why=exc.strerror or "it is not there", advice=advice) from exc
    if not stat.S_ISREG(mode) or mode & 0o077:
        raise KeyFileUnusable(path=str(path), why="others can read it, or it is no file", advice=advice)
    content = content_of(path, "The key file", 65_536)
    with ask_with(options)(Shown(f"Passphrase of {sanitise(path.name)}")) as secret:
        return open_private_key(content, secret.reveal(), str(path))


def _kid_of(gate: ReleaseGate, private: PrivateKey, options: Namespace) -> str:
    if options.kid is not None:
        return str(options.kid)
    material = material_of(private.public_key())
    for person in gate.policy.people.values():
        for key in person.keys:
            if material_of(key.public) == material:
                return key.kid
    raise ReleaseRefused(rule="key-unknown", why="the policy does not have the key that is in the file")


def _write(path: Path, token: str) -> None:
    try:
        write_new_file(path, token.encode("ascii") + b"\n")
    except (OSError, ValueError) as exc:
        is_there = isinstance(exc, FileExistsError)
        why = (
            "there is a file already" if is_there else getattr(exc, "strerror", None) or "its path is no path"
        )
        raise ReleaseRefused(
            rule="file-unwritable", why=f"the token cannot be written to {path}: {why}"
        ) from exc
