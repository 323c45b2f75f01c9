"""Who wrote what is deployed: the people behind every commit since the last release that touched it.

Which commits count: the deployed commit itself; and of all that it has and the last released commit (by two people,
not by a bypass) has not, those after which a deployed path, or the deployed file, is another than in one of their
parents. So a merge counts as written by whoever made it. Without an earlier release all of history counts, or what
came after the policy's `since`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from verifier.deploy.gate.commits import Commit, read_commit, signed_bytes
from verifier.deploy.gate.git import Git
from verifier.deploy.gate.policy import ReleasePolicy
from verifier.errors import ReleaseRefused
from verifier.model.text import sanitise

_MOST_COMMITS: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """The commits that count, and who wrote them."""

    # Up to which nothing counts any more; None where all of history does.
    since: str | None
    commits: tuple[str, ...]
    writers: frozenset[str]


def read_writing(
    git: Git, policy: ReleasePolicy, commit: str, file: str, *, last: str | None, must_know: bool = True
) -> Writing:
    """Return who wrote what is deployed.

    :param commit: full hash of the deployed commit
    :param file: the deployed file's path in the repository
    :param last: full hash of the last released commit; None where nothing was released
    :param must_know: whether a commit by somebody unknown is refused, or passed over
    :raises ReleaseRefused: nobody can tell who wrote some commit.
    :raises RepositoryUnreadable: git does not say what has to be known.
    """
    since = last or policy.since
    names = (
        git.ask("rev-list", commit, *([f"^{git.resolve(since)}"] if since else [])).decode("ascii").split()
    )
    if len(names) > _MOST_COMMITS:
        raise git.unreadable(f"more than {_MOST_COMMITS} commits count; give the policy a `since`")
    names = list(dict.fromkeys([commit, *names]))
    found = _commits(git, names)
    paths = tuple(dict.fromkeys((*policy.deployed, file)))
    touching = _touching(git, [one for one, _ in found], paths)
    counting = [(one, content) for one, content in found if one.name == commit or one.name in touching]
    writers: set[str] = set()
    for one, content in counting:
        writers |= _writers_of(one, content, policy, must_know=must_know)
    return Writing(since=since, commits=tuple(one.name for one, _ in counting), writers=frozenset(writers))


def known_writers(git: Git, policy: ReleasePolicy, commit: str) -> frozenset[str]:
    """Return whom the policy knows of those who wrote a commit, and what it has and the checkout's head has not.

    :raises RepositoryUnreadable: the commit is not here.
    """
    names = git.ask("rev-list", git.resolve(commit), "^HEAD").decode("ascii").split()
    if len(names) > _MOST_COMMITS:
        raise git.unreadable(f"more than {_MOST_COMMITS} commits are new in {commit}")
    writers: set[str] = set()
    for one, content in _commits(git, list(dict.fromkeys([commit, *names]))):
        writers |= _writers_of(one, content, policy, must_know=False)
    return frozenset(writers)


def _commits(git: Git, names: Sequence[str]) -> list[tuple[Commit, bytes]]:
    found: list[tuple[Commit, bytes]] = []
    for name, content in zip(names, git.objects(names), strict=True):
        if content is None:
            raise git.unreadable(f"commit {name} is missing")
        found.append((read_commit(name, content), content))
    return found


def _touching(git: Git, commits: Sequence[Commit], paths: Sequence[str]) -> set[str]:
    """Return the commits after which something at these paths differs from a parent."""
    names = list(dict.fromkeys(name for one in commits for name in (one.name, *one.parents)))
    asked = [f"{name}:{path}" for name in names for path in paths]
    answers = dict(zip(asked, git.hashes(asked), strict=True))
    state = {name: tuple(answers[f"{name}:{path}"] for path in paths) for name in names}
    nothing = (None,) * len(paths)
    return {
        one.name
        for one in commits
        if any(state[one.name] != before for before in ([state[each] for each in one.parents] or [nothing]))
    }


def _writers_of(commit: Commit, content: bytes, policy: ReleasePolicy, *, must_know: bool = True) -> set[str]:
    """Return everybody who could have had a hand in a commit.

    :param must_know: whether somebody whom the policy does not know is refused, or passed over
    :raises ReleaseRefused: one of them is nobody that the policy knows.
    """
    unknown = [f"written by <{sanitise(each, most=100)}>" for each in _unknown_authors(commit, policy)]
    unknown += [f"committed by <{sanitise(each, most=100)}>" for each in _unknown_committers(commit, policy)]
    if not commit.author_emails or not commit.committer_emails:
        unknown.append("written by nobody that it names")
    if unknown and must_know:
        why = f"commit {commit.name[:12]} is {unknown[0]}, who is nobody in the policy"
        raise ReleaseRefused(rule="writer-unknown", why=why)
    emails = (*commit.author_emails, *commit.committer_emails)
    found = [policy.person_of_email(each) for each in emails]
    found += [policy.person_of_fingerprint(each) for each in commit.signers]
    if policy.is_signed and must_know:
        found.append(_signer_of(commit, content, policy))
    return {person for person in found if person is not None}


def _unknown_authors(commit: Commit, policy: ReleasePolicy) -> list[str]:
    return [each for each in commit.author_emails if policy.person_of_email(each) is None]


def _unknown_committers(commit: Commit, policy: ReleasePolicy) -> list[str]:
    """Return committers who are nobody; a machine commits in an author's name."""
    return [
        each
        for each in commit.committer_emails
        if policy.person_of_email(each) is None and each.casefold() not in policy.machines
    ]


def _signer_of(commit: Commit, content: bytes, policy: ReleasePolicy) -> str:
    """:raises ReleaseRefused: no known key has signed it."""
    ssh = commit.ssh
    person = policy.person_of_fingerprint(ssh.fingerprint) if ssh is not None else None
    if ssh is None or person is None or not ssh.is_good_for(signed_bytes(content)):
        why = f"commit {commit.name[:12]} is not signed by an SSH key of the policy, which wants every one to be"
        raise ReleaseRefused(rule="commit-unsigned", why=why)
    return person
