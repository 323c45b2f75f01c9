"""A pull request as GitHub's API tells of it, from the unchanged JSON of its answers.

    pull      GET /repos/{owner}/{repo}/pulls/{number}
    reviews   GET /repos/{owner}/{repo}/pulls/{number}/reviews     pages of 100
    commits   GET /repos/{owner}/{repo}/pulls/{number}/commits     pages of 100; GitHub tells of 250 at most
    files     GET /repos/{owner}/{repo}/pulls/{number}/files       pages of 100; GitHub tells of 3,000 at most
    team      GET /orgs/{org}/teams/{slug}/members                 pages of 100
    activity  GET /repos/{owner}/{repo}/activity?ref=...           pages of 100, the newest first; who pushed what

A list is one file a page, in order: a page that is not full is the last one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from verifier.deploy.gate.answers import AnswerUnfitError, field_of, rows_of
from verifier.model.text import Foreign

PAGE: Final = 100
MOST_COMMITS: Final = 250
MOST_FILES: Final = 3_000
_SHA: Final = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LOGIN: Final = re.compile(r"[A-Za-z0-9_-]{1,60}(?:\[bot\])?")
_TRAILER: Final = re.compile(r"(?im)^[ \t]*co-(?:authored|developed)-by[ \t]*:[ \t]*(.*)$")
_ADDRESS: Final = re.compile(r"<([^<>\n]*)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody at GitHub. The number stays when the login changes."""

    number: int
    # In small letters.
    login: str
    # Neither a bot nor an organisation.
    is_human: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """The pull request itself."""

    repository: str
    number: int
    author: Account
    head: str
    base: str
    commits: int
    changed_files: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PullReview:
    """One review. GitHub turns its state into DISMISSED when somebody dismisses it."""

    number: int
    account: Account | None
    state: str
    commit: str | None
    # As GitHub writes moments, so that later ones sort later.
    at: str
    association: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PullCommit:
    """One commit, with the accounts that GitHub knows its addresses by."""

    commit: str
    author: Account | None
    committer: Account | None
    author_address: Foreign
    committer_address: Foreign
    # Addresses of its co-authors; a trailer without one stands here whole.
    coauthors: tuple[Foreign, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PullFile:
    """One file that changes; with its name before, where that is another one."""

    after: Foreign
    before: Foreign | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """Somebody moved a branch from one commit to another."""

    actor: Account | None
    before: str
    after: str


def read_pull(answer: Any) -> Pull:
    """:raises AnswerUnfitError: it is no pull request, as with the others below."""
    base = field_of(answer, "base", dict)
    head = field_of(answer, "head", dict)
    return Pull(
        repository=field_of(field_of(base, "repo", dict), "full_name", str).lower(),
        number=field_of(answer, "number", int),
        author=_account(field_of(answer, "user", dict)),
        head=_sha(field_of(head, "sha", str)),
        base=field_of(base, "ref", str),
        commits=field_of(answer, "commits", int),
        changed_files=field_of(answer, "changed_files", int),
    )


def read_reviews(pages: Sequence[Any], pull: Pull) -> tuple[PullReview, ...]:
    """Return the reviews of a pull request, the earliest first."""
    found: list[PullReview] = []
    for row in rows_of(pages, PAGE):
        address = field_of(row, "pull_request_url", str).lower()
        if not address.endswith(f"/repos/{pull.repository}/pulls/{pull.number}"):
            raise AnswerUnfitError("a review is of another pull request")
        state = field_of(row, "state", str).upper()
        if state == "PENDING":
            continue
        user, commit = row.get("user"), row.get("commit_id")
        found.append(
            PullReview(
                number=field_of(row, "id", int),
                account=None if user is None else _account(user),
                state=state,
                commit=None if commit is None else _sha(commit),
                at=field_of(row, "submitted_at", str),
                association=field_of(row, "author_association", str),
            )
        )
    return tuple(sorted(found, key=lambda each: (each.at, each.number)))


def read_commits(pages: Sequence[Any], pull: Pull) -> tuple[PullCommit, ...]:
    """Return the commits of a pull request; as many as it says, and up to its head."""
    if pull.commits > MOST_COMMITS:
        raise AnswerUnfitError(f"it has {pull.commits} commits, and GitHub tells of {MOST_COMMITS} at most")
    rows = rows_of(pages, PAGE)
    if len(rows) != pull.commits:
        raise AnswerUnfitError(f"the pull request has {pull.commits} commits, and {len(rows)} are here")
    found = tuple(_commit(row) for row in rows)
    if pull.head not in {each.commit for each in found}:
        raise AnswerUnfitError("the head of the pull request is not among the commits")
    return found


def _commit(row: dict[str, Any]) -> PullCommit:
    inner = field_of(row, "commit", dict)
    message = field_of(inner, "message", str)
    trailers = _TRAILER.findall(message)
    return PullCommit(
        commit=_sha(field_of(row, "sha", str)),
        author=_account(row["author"]) if row.get("author") else None,
        committer=_account(row["committer"]) if row.get("committer") else None,
        author_address=_address(inner, "author"),
        committer_address=_address(inner, "committer"),
        coauthors=tuple(
            address.strip() for trailer in trailers for address in _ADDRESS.findall(trailer) or [trailer]
        ),
    )


def _address(commit: dict[str, Any], who: str) -> str:
    person = commit.get(who)
    found = person.get("email") if isinstance(person, dict) else None
    return found if isinstance(found, str) else ""


def read_files(pages: Sequence[Any], pull: Pull) -> tuple[PullFile, ...]:
    """Return the files of a pull request; as many as it says."""
    if pull.changed_files > MOST_FILES:
        raise AnswerUnfitError(
            f"it changes {pull.changed_files} files, and GitHub tells of {MOST_FILES} at most"
        )
    rows = rows_of(pages, PAGE)
    if len(rows) != pull.changed_files:
        raise AnswerUnfitError(
            f"the pull request changes {pull.changed_files} files, and {len(rows)} are here"
        )
    found: list[PullFile] = []
    for row in rows:
        before = row.get("previous_filename")
        if before is not None and not isinstance(before, str):
            raise AnswerUnfitError("`previous_filename` of a file is no text")
        if field_of(row, "status", str) in ("renamed", "copied") and before is None:
            raise AnswerUnfitError("a file is renamed, and its name before is not told")
        found.append(PullFile(after=field_of(row, "filename", str), before=before))
    return tuple(found)


def read_team(pages: Sequence[Any]) -> frozenset[int]:
    """Return the numbers of a team's members."""
    return frozenset(_account(row).number for row in rows_of(pages, PAGE))


def read_pushes(pages: Sequence[Any]) -> tuple[Push, ...]:
    """Return who pushed what. Older pages may be missing; what they would tell is looked for by whoever needs it."""
    found: list[Push] = []
    for row in rows_of(pages, PAGE, is_whole=False):
        actor = row.get("actor")
        found.append(
            Push(
                actor=_account(actor) if actor else None,
                before=_sha(field_of(row, "before", str)),
                after=_sha(field_of(row, "after", str)),
            )
        )
    return tuple(found)


def _account(row: Any) -> Account:
    login, kind = field_of(row, "login", str), field_of(row, "type", str)
    if not _LOGIN.fullmatch(login):
        raise AnswerUnfitError("a login is none that GitHub gives")
    is_human = kind == "User" and not login.endswith("[bot]")
    return Account(number=field_of(row, "id", int), login=login.lower(), is_human=is_human)


def _sha(found: Any) -> str:
    if not isinstance(found, str) or not _SHA.fullmatch(found):
        raise AnswerUnfitError("the hash of a commit is none")
    return found
