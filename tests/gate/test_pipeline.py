"""The ready pipeline of the second gate: safe as it is written, and run as it runs, with a stand-in for GitHub."""

from __future__ import annotations

import http.server
import json
import os
import re
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.gate.github import HEAD, OWNERS, REPOSITORY, Answers, commit, review, user
from verifier.deploy.gate.codeowners import PLACES, parse_codeowners
from verifier.deploy.gate.review import GUARDED

ROOT = Path(__file__).parents[2]
WORKFLOWS = ROOT / ".github" / "workflows"
GATE = yaml.safe_load((WORKFLOWS / "review-gate.yml").read_text())
NOTICE = yaml.safe_load((WORKFLOWS / "review-submitted.yml").read_text())


def steps_of(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


# ---------------------------------------------------------------------------------------------------- As it is written


def test_workflow__what_it_takes__is_the_default_branch_by_a_pinned_action() -> None:
    used = [step for step in steps_of(GATE) if "uses" in step]
    assert all(re.fullmatch(r"actions/checkout@[0-9a-f]{40}", step["uses"]) for step in used)
    assert [step["with"] for step in used] == [
        {"ref": "${{ github.event.repository.default_branch }}", "persist-credentials": False}
    ]
    assert "pull_request.head" not in (WORKFLOWS / "review-gate.yml").read_text()


def test_workflow__what_it_may__is_to_read() -> None:
    assert GATE["permissions"] == {"contents": "read"}
    assert all("permissions" not in job for job in GATE["jobs"].values())
    assert all(job["environment"] == "review-gate" for job in GATE["jobs"].values())


def test_workflow__what_it_runs__has_nothing_of_the_pull_requests_in_its_words() -> None:
    for step in steps_of(GATE):
        assert "${{" not in step.get("run", "")
    said = json.dumps([step.get("env", {}) for step in steps_of(GATE)])
    assert set(re.findall(r"github\.event\.([a-z_.]+)", said)) == {
        "pull_request.number",
        "repository.default_branch",
    }


def test_workflow__its_events__are_those_that_run_as_the_base_has_it() -> None:
    assert GATE[True].keys() == {"pull_request_target", "workflow_run"}
    assert GATE[True]["workflow_run"]["workflows"] == [NOTICE["name"]]


def test_notice__which_a_pull_request_may_change__has_nothing_to_lose() -> None:
    assert NOTICE["permissions"] == {}
    assert [step for step in steps_of(NOTICE) if step != {"run": "true"}] == []


def test_codeowners__of_this_repository__gives_all_that_is_guarded_to_one_team() -> None:
    found = parse_codeowners((ROOT / ".github" / "CODEOWNERS").read_bytes())
    assert found.unread == ()
    for path in GUARDED:
        name = path if Path(path).suffix or path in PLACES else f"{path}/inside"
        assert found.owners_of(name) == ("@fourth-signer/security",), path


# ---------------------------------------------------------------------------------------------------------- As it runs


class Github:
    """What `gh api` would be told, and what it would answer."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        tools = folder / "bin"
        tools.mkdir()
        (tools / "gh").symlink_to(ROOT / "tests" / "gate" / "fake_gh.py")
        self.path = f"{tools}:{os.environ['PATH']}"

    def judge(self, answers: Answers, *words: str, **changes: Any) -> list[dict[str, str]]:
        """Run the pipeline's own script, and return the statuses that it gave."""
        base = f"repos/{REPOSITORY}"
        known: dict[str, Any] = {
            f"{base}/pulls/12": {**answers.pull, "base": {**answers.pull["base"], "ref": "main"}},
            f"{base}/pulls/12/reviews": answers.reviews,
            f"{base}/pulls/12/commits": answers.commits,
            f"{base}/pulls/12/files": answers.files,
            f"{base}/activity": answers.pushes,
            "orgs/example/teams/security/members": answers.team,
            f"{base}/contents/.github/CODEOWNERS@main": OWNERS,
            **changes,
        }
        known = {path: answer for path, answer in known.items() if answer is not None}
        (self.folder / "answers.json").write_text(json.dumps(known))
        told = self.folder / "told.jsonl"
        told.unlink(missing_ok=True)
        ended = subprocess.run(
            [ROOT / "scripts" / "review-gate", *words],
            env={
                "PATH": self.path,
                "FAKE_GH": str(self.folder),
                "GITHUB_REPOSITORY": REPOSITORY,
                "SECURITY_TEAM": "@example/security",
                "BASE": "main",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        return [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []


@pytest.fixture
def github(tmp_path: Path) -> Github:
    return Github(tmp_path)


def test_pipeline__approved__a_good_status_on_the_head(github: Github) -> None:
    (status,) = github.judge(Answers(), "12")
    assert status["path"] == f"repos/{REPOSITORY}/statuses/{HEAD}"
    assert (status["state"], status["context"]) == ("success", "review-gate")
    assert status["description"].startswith("Approved by sara")


def test_pipeline__not_approved__a_bad_one_with_the_reason(github: Github) -> None:
    (status,) = github.judge(Answers(reviews=[]), "12")
    assert status["state"] == "failure"
    assert "not-approved" in status["description"]
    assert len(status["description"]) < 140


@pytest.mark.parametrize(
    "path",
    [
        f"repos/{REPOSITORY}/pulls/12/reviews",
        f"repos/{REPOSITORY}/pulls/12/commits",
        f"repos/{REPOSITORY}/pulls/12/files",
        f"repos/{REPOSITORY}/activity",
        f"repos/{REPOSITORY}/contents/.github/CODEOWNERS@main",
        "orgs/example/teams/security/members",
    ],
)
def test_pipeline__github_does_not_answer__a_bad_status(github: Github, path: str) -> None:
    (status,) = github.judge(Answers(), "12", **{path: None})
    assert status["state"] == "failure"


def test_pipeline__lists_of_several_pages__all_of_them(github: Github) -> None:
    many = Answers(
        commits=[*(commit(f"{i:040x}") for i in range(120)), commit()],
        reviews=[*(review("olga", "COMMENTED", id=i) for i in range(100)), review("sara", id=200)],
        team=[*(user("olga", 1_000 + i) for i in range(100)), user("sara")],
    )
    (status,) = github.judge(many, "12")
    assert status["state"] == "success", status


def test_pipeline__for_another_branch__no_status_at_all(github: Github) -> None:
    answers = Answers()
    other = {**answers.pull, "base": {**answers.pull["base"], "ref": "side"}}
    assert github.judge(answers, "12", **{f"repos/{REPOSITORY}/pulls/12": other}) == []


def test_pipeline__without_a_number__every_open_one(github: Github) -> None:
    (status,) = github.judge(Answers(), **{f"repos/{REPOSITORY}/pulls": "12\n"})
    assert status["state"] == "success"


# ---------------------------------------------------------------------------------------------------------------- Token


class Api(http.server.BaseHTTPRequestHandler):
    """GitHub's two answers to an App, for whoever shows a token that its key signed."""

    public: Any = None

    def do_GET(self) -> None:
        self._answer({"id": 77} if self.path == f"/repos/{REPOSITORY}/installation" else None)

    def do_POST(self) -> None:
        self._answer({"token": "ghs_secret"} if self.path == "/app/installations/77/access_tokens" else None)

    def _answer(self, said: dict[str, Any] | None) -> None:
        token = (self.headers["Authorization"] or "").removeprefix("Bearer ")
        claims = jwt.decode(token, self.public, algorithms=["RS256"])
        is_good = claims["iss"] == "4711" and claims["exp"] - claims["iat"] <= 600 and said is not None
        self.send_response(200 if is_good else 404)
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def api() -> Iterator[tuple[str, rsa.RSAPrivateKey]]:
    key = rsa.generate_private_key(65537, 2048)
    handler = type("Handler", (Api,), {"public": key.public_key()})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", key
        server.shutdown()
        thread.join()


def test_token__of_the_apps_key__for_the_environment_and_masked(api: tuple[str, rsa.RSAPrivateKey]) -> None:
    address, key = api
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    ended = subprocess.run(
        [ROOT / "scripts" / "review-token"],
        env={
            "PATH": os.environ["PATH"],
            "APP_ID": "4711",
            "APP_KEY": pem,
            "GITHUB_API_URL": address,
            "GITHUB_REPOSITORY": REPOSITORY,
            "no_proxy": "127.0.0.1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "GH_TOKEN=ghs_secret\n"
    assert ended.stderr == "::add-mask::ghs_secret\n"
    assert "PRIVATE" not in ended.stderr + ended.stdout
