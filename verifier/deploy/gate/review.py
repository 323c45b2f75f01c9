"""The second gate: a change to contracts or signing code has the security team's approval, and nobody's own.

Whoever opened the pull request, wrote, co-wrote or committed any of it, or pushed to it, took part. An approval counts
that is its giver's last word, is for the head, and comes from a member of a security team that CODEOWNERS names for the
path, who is a human, belongs to the organisation, and took no part. An approval by somebody who took part shuts the
gate until it is dismissed: it is an approval that the rules of the house forbid, and nobody should have to count
around it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from verifier.deploy.gate.codeowners import PLACES, CodeOwners
from verifier.deploy.gate.pull import Account, Pull, PullCommit, PullFile, PullReview, Push
from verifier.errors import ReviewRefused
from verifier.model.text import Foreign, sanitise

GUARDED: Final = (
    "contracts",
    "verifier/sign",
    "verifier/keys",
    "verifier/decode",
    "verifier/release",
    "verifier/frost",
    "verifier/deploy",
    *PLACES,
    ".github/workflows",
    ".ci",
    "pyproject.toml",
    "release.toml",
    "revocations.toml",
    "scripts",
)
"""Files and folders that are guarded where nobody says which."""

_NOREPLY: Final = re.compile(
    r"(?:([0-9]+)\+)?([A-Za-z0-9_-]+)(?:\[bot\])?@users\.noreply\.github\.com", re.IGNORECASE
)
_WORDS: Final = frozenset({"APPROVED", "CHANGES_REQUESTED", "DISMISSED"})
_INSIDERS: Final = frozenset({"OWNER", "MEMBER"})
_NO_COMMIT: Final = re.compile("0+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A pull request with all that is told of it."""

    pull: Pull
    reviews: Sequence[PullReview]
    commits: Sequence[PullCommit]
    files: Sequence[PullFile]
    # Who pushed to its branch; None where nobody asked, so that the commits alone tell who took part.
    pushes: Sequence[Push] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseRules:
    """Who has to approve what."""

    owners: CodeOwners
    # Members by the name of a security team, `@org/team` in small letters.
    teams: Mapping[str, frozenset[int]]
    guarded: Sequence[str] = GUARDED
    approvals: int = 1
    # Logins by address, for whom GitHub does not know by it; both in small letters.
    logins: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """The change may be merged."""

    # The guarded files that it changes, under all their names; none where it needs no approval.
    guarded_paths: tuple[Foreign, ...]
    # Logins of those whose approvals count.
    approvers: tuple[str, ...]


def require_review(change: Change, rules: HouseRules) -> Approved:
    """Return why a change may be merged.

    :raises ReviewRefused: it may not.
    """
    touched = tuple(path for path in _paths(change.files) if is_guarded(path, rules.guarded))
    if not touched:
        return Approved(guarded_paths=(), approvers=())
    teams = {path: _teams_of(path, rules) for path in touched}
    numbers, logins = _participants(change, rules.logins)
    last = _last_words(change.reviews)
    members = frozenset[int]().union(*rules.teams.values())
    for review in last:
        _require_no_objection(review, members)
        _require_no_own(review, change.pull.head, numbers, logins)
    approvals = [review for review in last if _counts(review, change.pull.head)]
    for path in touched:
        able = frozenset[int]().union(*(rules.teams[team] for team in teams[path]))
        count = sum(review.account is not None and review.account.number in able for review in approvals)
        if count < rules.approvals:
            why = (
                f"{sanitise(path)} has {count} of {rules.approvals} approvals by {', '.join(sorted(teams[path]))} for "
                f"the head, {change.pull.head[:12]}"
            )
            raise _no("not-approved", why)
    approvers = [
        each.account.login
        for each in approvals
        if each.account is not None and each.account.number in members
    ]
    return Approved(guarded_paths=touched, approvers=tuple(sorted(approvers)))


def is_guarded(path: str, guarded: Sequence[str]) -> bool:
    """Whether a path is one of these, or below one; capital letters make no other, since on some disks they do not."""
    small = path.casefold()
    return any(
        small == each or small.startswith(each + "/") for each in (name.casefold() for name in guarded)
    )


def _paths(files: Sequence[PullFile]) -> Iterator[str]:
    """Yield every name that a file had or has, each once."""
    yield from dict.fromkeys(name for each in files for name in (each.after, each.before) if name is not None)


def _teams_of(path: str, rules: HouseRules) -> frozenset[str]:
    """Return the security teams that own a path.

    :raises ReviewRefused: none does.
    """
    owners = rules.owners.owners_of(path)
    found = frozenset(owners) & rules.teams.keys()
    if not found:
        said = ", ".join(owners) or "nobody"
        why = f"{sanitise(path)} is guarded, and CODEOWNERS of the base gives it to {said}, not to a security team"
        raise _no("unowned", why)
    return found


def _last_words(reviews: Sequence[PullReview]) -> list[PullReview]:
    """Return the last review of each that says yes or no; comments take nothing back."""
    last: dict[int, PullReview] = {}
    for review in reviews:
        if review.state not in _WORDS | {"COMMENTED"}:
            raise _no("review-unknown", f"a review has the state {sanitise(review.state, most=40)}")
        if review.state in _WORDS and review.account is not None:
            last[review.account.number] = review
    return list(last.values())


def _counts(review: PullReview, head: str) -> bool:
    account = review.account
    return (
        review.state == "APPROVED"
        and review.commit == head
        and account is not None
        and account.is_human
        and review.association in _INSIDERS
    )


def _require_no_objection(review: PullReview, members: frozenset[int]) -> None:
    account = review.account
    if review.state == "CHANGES_REQUESTED" and account is not None and account.number in members:
        raise _no("changes-requested", f"{account.login} of the security team has asked for changes")


def _require_no_own(review: PullReview, head: str, numbers: frozenset[int], logins: frozenset[str]) -> None:
    account = review.account
    if review.state != "APPROVED" or review.commit != head or account is None:
        return
    if account.number in numbers or account.login in logins:
        why = (
            f"{account.login} approved it and took part in it: opened it, wrote or co-wrote some of it, or pushed to "
            "it; dismiss that approval, and let somebody else look"
        )
        raise _no("own-approval", why)


# ------------------------------------------------------------------------------------------------------ Who took part


def _participants(change: Change, known: Mapping[str, str]) -> tuple[frozenset[int], frozenset[str]]:
    """Return everybody who took part: by numbers, and by logins where only those are known.

    :raises ReviewRefused: somebody did of whom nobody knows who they are.
    """
    accounts = [change.pull.author]
    logins: set[str] = set()
    numbers: set[int] = set()
    seen = _seen(change.commits)
    for commit in change.commits:
        for account, address in (
            (commit.author, commit.author_address),
            (commit.committer, commit.committer_address),
            *((None, address) for address in commit.coauthors),
        ):
            if account is not None:
                accounts.append(account)
                continue
            number, login = _who_is(address, seen, known)
            if number is None and login is None:
                why = (
                    f"commit {commit.commit[:12]} is by <{sanitise(address, most=100)}>, and GitHub knows no account "
                    "by that address; whoever it is might have approved"
                )
                raise _no("writer-unknown", why)
            numbers.update([] if number is None else [number])
            logins.update([] if login is None else [login])
    accounts += _pushers(change)
    numbers |= {each.number for each in accounts}
    return frozenset(numbers), frozenset(logins | {each.login for each in accounts})


def _seen(commits: Sequence[PullCommit]) -> dict[str, Account]:
    """Return accounts by the addresses that GitHub itself put beside them."""
    found: dict[str, Account] = {}
    for commit in commits:
        for account, address in (
            (commit.author, commit.author_address),
            (commit.committer, commit.committer_address),
        ):
            if account is not None and address:
                found[address.casefold()] = account
    return found


def _who_is(
    address: str, seen: Mapping[str, Account], known: Mapping[str, str]
) -> tuple[int | None, str | None]:
    """Return whose address it is: their number, or their login, or neither."""
    small = address.casefold()
    if small in seen:
        return seen[small].number, seen[small].login
    if small in known:
        return None, known[small]
    if found := _NOREPLY.fullmatch(address):
        return int(found[1]) if found[1] else None, found[2].lower()
    return None, None


def _pushers(change: Change) -> list[Account]:
    """Return who pushed to the branch, if what is told of pushes leads from the head back to before the first commit.

    :raises ReviewRefused: it does not, or somebody pushed of whom nobody knows who they are.
    """
    if change.pushes is None:
        return []
    by_after = {push.after: push for push in change.pushes}
    own = {commit.commit for commit in change.commits}
    at, walked = change.pull.head, set[str]()
    while at in own and at not in walked:
        walked.add(at)
        if at not in by_after:
            why = f"nothing tells who pushed commit {at[:12]}; fetch more pages of the activity"
            raise _no("pusher-unknown", why)
        at = by_after[at].before
    found: list[Account] = []
    for push in change.pushes:
        if _NO_COMMIT.fullmatch(push.after):
            continue
        if push.actor is None:
            raise _no("pusher-unknown", f"nobody knows who pushed commit {push.after[:12]}")
        found.append(push.actor)
    return found


def _no(rule: str, why: str) -> ReviewRefused:
    return ReviewRefused(rule=rule, why=why)
