"""`fourth-signer review-check`: the gate of a pull request, on files alone; nobody is asked anything."""

from __future__ import annotations

import json
import tomllib
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from verifier.cli.answer import Answer
from verifier.cli.releasing import refusal_as_json
from verifier.deploy.gate.answers import AnswerUnfitError, parse_answer
from verifier.deploy.gate.codeowners import MOST_BYTES, CodeOwners, parse_codeowners
from verifier.deploy.gate.pull import (
    read_commits,
    read_files,
    read_pull,
    read_pushes,
    read_reviews,
    read_team,
)
from verifier.deploy.gate.review import GUARDED, Approved, Change, HouseRules, require_review
from verifier.errors import FourthSignerError, ReviewInputMalformed, ReviewRefused
from verifier.model.text import sanitise
from verifier.store.place import path_of

_MOST = 64 * 1024 * 1024
_Read = TypeVar("_Read")


def run_review_check(options: Namespace) -> Answer:
    """Do what the arguments say.

    :raises ReviewRefused: the change may not be merged.
    :raises ReviewInputMalformed: a file is not what it should be.
    """
    if not options.json:
        return Answer(text=_examined(options)[0])
    try:
        text, found = _examined(options)
    except FourthSignerError as error:
        return refusal_as_json(error, "approved")
    said = {
        "version": 1,
        "kind": "change",
        "approved": True,
        "said": text.splitlines(),
        "guarded": [] if found is None else [sanitise(path) for path in found.guarded_paths],
        "approvers": [] if found is None else [sanitise(login) for login in found.approvers],
    }
    return Answer(text=json.dumps(said, indent=2, ensure_ascii=True) + "\n")


def _examined(options: Namespace) -> tuple[str, Approved | None]:
    change = _change(options)
    owners = parse_codeowners(_bytes(path_of(options.codeowners), MOST_BYTES))
    rules = HouseRules(
        owners=owners,
        teams=_teams(options.team),
        guarded=tuple(options.guard or GUARDED),
        approvals=max(options.approvals, 1),
        logins=_logins(options.policy),
    )
    notices = _notices(owners, change)
    try:
        found = require_review(change, rules)
    except ReviewRefused:
        if options.policy is None or not (said := _bypassed(options, change)):
            raise
        return said + notices, None
    if not found.guarded_paths:
        return "Nothing that is guarded is touched.\n" + notices, found
    who = ", ".join(sanitise(login) for login in found.approvers)
    count = len(found.guarded_paths)
    return f"Approved by {who}, for {count} guarded file{'s' if count != 1 else ''}.\n" + notices, found


def _change(options: Namespace) -> Change:
    name = options.pull
    pull = _read([name], lambda pages: read_pull(pages[0]))
    return Change(
        pull=pull,
        reviews=_read(options.reviews, lambda pages: read_reviews(pages, pull)),
        commits=_read(options.commits, lambda pages: read_commits(pages, pull)),
        files=_read(options.files, lambda pages: read_files(pages, pull)),
        pushes=None if options.activity is None else _read(options.activity, read_pushes),
    )


def _notices(owners: CodeOwners, change: Change) -> str:
    said = ""
    if owners.unread:
        lines = ", ".join(map(str, owners.unread[:20]))
        said += f"note: GitHub passes over these lines of CODEOWNERS: {lines}\n"
    if change.pushes is None:
        said += "note: without --activity whoever pushed others' commits is not known\n"
    return said


def _read(names: Sequence[str], reader: Callable[[Sequence[Any]], _Read]) -> _Read:
    """Return what the pages of an answer say.

    :raises ReviewInputMalformed: it is not what GitHub says.
    """
    pages: list[Any] = []
    for name in names:
        try:
            pages.append(parse_answer(_bytes(path_of(name), _MOST)))
        except AnswerUnfitError as exc:
            raise ReviewInputMalformed(path=name, why=str(exc)) from exc
    try:
        return reader(pages)
    except AnswerUnfitError as exc:
        raise ReviewInputMalformed(path=names[-1], why=str(exc)) from exc


def _teams(given: Sequence[str]) -> dict[str, frozenset[int]]:
    files: dict[str, list[str]] = {}
    for each in given:
        team, equals, file = each.partition("=")
        if not equals or not team.startswith("@") or team.count("/") != 1 or not file:
            raise ReviewInputMalformed(path=each, why="a team should be given as @org/team=FILE")
        files.setdefault(team.lower(), []).append(file)
    return {team: _read(pages, read_team) for team, pages in files.items()}


def _logins(policy: str | None) -> Mapping[str, str]:
    """Return logins by address, of the people in a policy; its keys are nobody's business here."""
    if policy is None:
        return {}
    try:
        found = tomllib.loads(_bytes(path_of(policy), _MOST).decode("utf-8"))
        return {
            str(email).casefold(): str(person["github"]).lower()
            for person in found["people"].values()
            if "github" in person
            for email in person["emails"]
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        raise ReviewInputMalformed(path=policy, why="it is no release.toml") from exc


def _bypassed(options: Namespace, change: Change) -> str:
    """Return that this head was let past the gate, if the record says so; nothing where it does not.

    :raises GateError: the record is broken, or not the one that is pinned.
    """
    from verifier.cli.release_inputs import hash_of
    from verifier.cli.releasing import require_extra
    from verifier.deploy.gate.opening import read_bounded
    from verifier.deploy.gate.policy_file import parse_policy
    from verifier.deploy.gate.record import ReleaseRecord
    from verifier.deploy.gate.token import Purpose
    from verifier.store.watch_lock import origin_of_this_process

    require_extra()
    path = path_of(options.policy)
    found = parse_policy(read_bounded(path), options.policy)
    place = path.parent / found.record if options.record is None else path_of(options.record)
    if options.head is None or not place.exists():
        return ""
    pin = bytes.fromhex(hash_of(options.head, "head of the record"))
    state, _ = ReleaseRecord(place, origin_of_this_process(), pin=pin, must_pin=True).read()
    wanted = {
        "commit": change.pull.head,
        "repository": change.pull.repository,
        "pull": change.pull.number,
    }
    for each in state.bypasses:
        if each.purpose is Purpose.CHANGE_BYPASS and wanted.items() <= each.matter.items():
            return f"Not approved, and let past the gate by entry {each.number} of the record.\n"
    return ""


def _bytes(path: Path, most: int) -> bytes:
    """:raises ReviewInputMalformed: it cannot be read; what is too long is cut one byte behind what is allowed."""
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except (OSError, ValueError) as exc:
        why = getattr(exc, "strerror", None) or "its path is no path"
        raise ReviewInputMalformed(path=str(path), why=f"it cannot be read ({why})") from exc
