"""GitHub's answers, with every field that the gate reads in the shape that its API gives it, and those around them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from verifier.deploy.gate.codeowners import parse_codeowners
from verifier.deploy.gate.pull import (
    read_commits,
    read_files,
    read_pull,
    read_pushes,
    read_reviews,
    read_team,
)
from verifier.deploy.gate.review import Approved, Change, HouseRules, require_review

HEAD = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
BASE = "c3d0be41ecbe669545ee3e94d31ed9a4bc91ee3c"
REPOSITORY = "Example/Vaults"
API = "https://api.github.com"
OWNERS = "* @example/everyone\n/contracts/ @Example/Security\n/verifier/sign/ @example/security @example/everyone\n"
NUMBERS = {
    "dave": 1,
    "sara": 2,
    "sven": 3,
    "olga": 4,
    "eve": 5,
    "web-flow": 19864447,
    "dependabot[bot]": 49699333,
}
"""Dave writes, Sara and Sven are the security team, Olga is of the organisation, Eve is from outside."""


def user(login: str, number: int | None = None) -> dict[str, Any]:
    """Return a simple user, as GitHub's API tells of them everywhere."""
    return {
        "login": login,
        "id": NUMBERS[login.lower()] if number is None else number,
        "node_id": "MDQ6VXNlcjE=",
        "avatar_url": "https://avatars.githubusercontent.com/u/1?v=4",
        "gravatar_id": "",
        "url": f"{API}/users/{login}",
        "html_url": f"https://github.com/{login}",
        "type": "Bot" if login.endswith("[bot]") else "User",
        "user_view_type": "public",
        "site_admin": False,
    }


def review(login: str | None, state: str = "APPROVED", **changes: Any) -> dict[str, Any]:
    return {
        "id": 80,
        "node_id": "MDE3OlB1bGxSZXF1ZXN0UmV2aWV3ODA=",
        "user": None if login is None else user(login),
        "body": "",
        "state": state,
        "html_url": "https://github.com/Example/Vaults/pull/12#pullrequestreview-80",
        "pull_request_url": f"{API}/repos/{REPOSITORY}/pulls/12",
        "author_association": "MEMBER",
        "_links": {},
        "submitted_at": "2027-01-14T10:00:00Z",
        "commit_id": HEAD,
        **changes,
    }


def commit(
    sha: str = HEAD, author: str | None = "dave", committer: str | None = "dave", **changes: Any
) -> dict[str, Any]:
    message = changes.pop("message", "Change the vault")
    emails = {
        "author": f"{author}@example.org",
        "committer": f"{committer}@example.org",
        **changes.pop("emails", {}),
    }
    moment = "2027-01-14T09:00:00Z"
    return {
        "sha": sha,
        "node_id": "MDY6Q29tbWl0",
        "commit": {
            "author": {"name": "x", "email": emails["author"], "date": moment},
            "committer": {"name": "x", "email": emails["committer"], "date": moment},
            "message": message,
            "tree": {"sha": BASE, "url": "x"},
            "comment_count": 0,
            "verification": {"verified": False, "reason": "unsigned", "signature": None, "payload": None},
        },
        "url": f"{API}/repos/{REPOSITORY}/commits/{sha}",
        "author": None if author is None else user(author),
        "committer": None if committer is None else user(committer),
        "parents": [{"sha": BASE, "url": "x", "html_url": "x"}],
        **changes,
    }


def file(
    name: str = "contracts/Vault.sol", status: str = "modified", before: str | None = None
) -> dict[str, Any]:
    found = {
        "sha": "bbcd538c8e72b8c175046e27cc8f907076331401",
        "filename": name,
        "status": status,
        "additions": 1,
        "deletions": 1,
        "changes": 2,
        "contents_url": f"{API}/repos/{REPOSITORY}/contents/{name}?ref={HEAD}",
        "patch": "@@ -1 +1 @@",
    }
    return found if before is None else {**found, "previous_filename": before}


def push(actor: str | None = "dave", before: str = BASE, after: str = HEAD) -> dict[str, Any]:
    return {
        "id": 1296269,
        "node_id": "x",
        "before": before,
        "after": after,
        "ref": "refs/heads/change",
        "timestamp": "2027-01-14T09:00:00Z",
        "activity_type": "push",
        "actor": None if actor is None else user(actor),
    }


@dataclass
class Answers:
    """What is told of one pull request: Dave's change of a contract, which Sara approved."""

    reviews: list[dict[str, Any]] = field(default_factory=lambda: [review("sara")])
    commits: list[dict[str, Any]] = field(default_factory=lambda: [commit()])
    files: list[dict[str, Any]] = field(default_factory=lambda: [file()])
    team: list[dict[str, Any]] = field(default_factory=lambda: [user("sara"), user("sven")])
    pushes: list[dict[str, Any]] | None = field(default_factory=lambda: [push()])
    author: str = "dave"
    owners: str = OWNERS
    head: str = HEAD
    # What the pull request says of itself, where that is not what is told elsewhere.
    pull_says: dict[str, Any] = field(default_factory=dict)

    @property
    def pull(self) -> dict[str, Any]:
        return {
            "url": f"{API}/repos/{REPOSITORY}/pulls/12",
            "id": 1,
            "number": 12,
            "state": "open",
            "locked": False,
            "title": "Routine maintenance",
            "user": user(self.author),
            "body": None,
            "draft": False,
            "head": {
                "label": "x",
                "ref": "change",
                "sha": self.head,
                "user": user("dave"),
                "repo": {"full_name": REPOSITORY},
            },
            "base": {
                "label": "x",
                "ref": "main",
                "sha": BASE,
                "user": user("olga"),
                "repo": {"full_name": REPOSITORY},
            },
            "author_association": "MEMBER",
            "merged": False,
            "comments": 0,
            "review_comments": 0,
            "commits": len(self.commits),
            "additions": 1,
            "deletions": 1,
            "changed_files": len(self.files),
            **self.pull_says,
        }

    def change(self) -> Change:
        pull = read_pull(self.pull)
        return Change(
            pull=pull,
            reviews=read_reviews(pages(self.reviews), pull),
            commits=read_commits(pages(self.commits), pull),
            files=read_files(pages(self.files), pull),
            pushes=None if self.pushes is None else read_pushes(pages(self.pushes)),
        )

    def judge(self, **rules: Any) -> Approved:
        given: dict[str, Any] = {
            "owners": parse_codeowners(self.owners.encode()),
            "teams": {"@example/security": read_team(pages(self.team))},
            **rules,
        }
        return require_review(self.change(), HouseRules(**given))

    def write(self, folder: Path) -> list[str]:
        """Write every answer to a file, and return the arguments that name them."""
        words: list[str] = []
        (folder / "CODEOWNERS").write_text(self.owners)
        for name, content in (
            ("pull", self.pull),
            ("reviews", self.reviews),
            ("commits", self.commits),
            ("files", self.files),
            ("activity", self.pushes),
        ):
            if content is not None:
                (folder / f"{name}.json").write_text(json.dumps(content))
                words += [f"--{name}", f"{name}.json"]
        (folder / "team.json").write_text(json.dumps(self.team))
        return ["review-check", "--codeowners", "CODEOWNERS", "--team", "@Example/Security=team.json", *words]


def pages(rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Return a list in pages of 100, with an empty one behind a full one."""
    found = [list(rows[at : at + 100]) for at in range(0, len(rows), 100)] or [[]]
    return [*found, []] if len(found[-1]) in (30, 100) else found
