"""The gates as commands: what a person is shown, what a pipeline reads, and bad input in one sentence."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from tests.cli.program import COMMAND, PATIENCE, Home, Ran
from tests.gate.github import Answers, commit, push, review
from tests.gate.house import KEYS, TOP, build_house, policy_text
from verifier.deploy.gate.record import PIN_VARIABLE

PASSPHRASE = b"correct horse"


class Desk:
    """The project today, with a key file for each kid, and somebody who types."""

    def __init__(self, folder: Path) -> None:
        self.house = build_house(folder)
        self.home = Home(path=self.house.checkout)
        moment = datetime.fromtimestamp(int(time.time()), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.house.write("revocations.toml", f"version = 1\nas_of = {moment}\n")
        self.house.commit("Look them over")
        # The house lives in another time than the commands do.
        self.house.record.unlink()
        assert self.call("release-record", "start").code == 0
        self.house.pin = self.house.head()
        self.home = Home(path=self.house.checkout, variables={PIN_VARIABLE: self.house.pin})
        for kid, key in KEYS.items():
            encrypted = key.private_bytes(
                Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE)
            )
            self.write(f"{kid}.pem", encrypted)
        self.write("passphrase", PASSPHRASE + b"\n")

    def write(self, name: str, content: bytes, mode: int = 0o600) -> Path:
        place = self.house.folder / name
        place.write_bytes(content)
        place.chmod(mode)
        return place

    def call(self, *words: str) -> Ran:
        return self.home.call(*words)

    def authorise(self, kid: str, *more: str, output: str = "", yes: bool = True) -> Ran:
        words = ["release-authorise", "--key", f"../{kid}.pem", "--passphrase-file", "../passphrase"]
        words += ["--output", output or f"../{kid}.jwt", *(["--yes"] if yes else []), *more]
        return self.call(*words)

    def check(self, *kids: str, more: tuple[str, ...] = ("--network", "mainnet")) -> Ran:
        tokens = [word for kid in kids for word in ("--token", f"../{kid}.jwt")]
        return self.call("release-check", *tokens, *more)


@contextmanager
def terminal() -> Iterator[tuple[int, int]]:
    """Yield both ends of a terminal: ours, and theirs for a program."""
    ours, theirs = os.openpty()
    try:
        yield ours, theirs
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_release__two_people_from_their_key_files_to_the_record__told_at_each_step(desk: Desk) -> None:
    for kid in ("ann-1", "ben-1"):
        said = desk.authorise(kid, "--network", "mainnet")
        assert said.code == 0, said
        assert "good once, until" in said.out
    trial = desk.check("ann-1", "ben-1", more=("--network", "mainnet", "--dry-run"))
    assert "Nothing is spent" in trial.out
    done = desk.check("ann-1", "ben-1", more=("--network", "mainnet", "--json"))
    assert done.code == 0
    assert done.record["people"] == ["ann", "ben"]
    assert done.record["commit"] == desk.house.git("rev-parse", "HEAD")
    again = desk.check("ann-1", "ben-1")
    assert again.code == 119
    assert "(spent)" in again.sentence
    verified = desk.call("release-record", "verify", "--head", done.record["head"])
    assert verified.code == 0
    assert "2 entries" in verified.out
    shown = desk.call("release-record", "show", "--json").record
    assert [entry["kind"] for entry in shown["entries"]] == ["start", "release"]
    assert shown["last_released"] == done.record["commit"]
    assert "ann, ben" in desk.call("release-record", "show").out
    assert desk.call("release-record", "export", "../export.jsonl").code == 0
    assert desk.call("release-record", "export", "../export.jsonl").code == 122


def test_check__a_refusal_as_json__the_rule_and_the_same_exit_code(desk: Desk) -> None:
    desk.authorise("ann-1", "--network", "mainnet")
    said = desk.check("ann-1", more=("--network", "mainnet", "--json"))
    assert (said.code, said.record["released"], said.record["rule"]) == (119, False, "too-few")
    assert desk.check("ann-1").code == 119


def test_check__a_test_network__open_without_tokens(desk: Desk) -> None:
    said = desk.check(more=("--network", "sepolia"))
    assert said.code == 0
    assert "nobody has to release it" in said.out
    assert desk.check(more=("--network", "sepolia", "--chain", "1")).code == 119


def test_authorise__nobody_says_yes__nothing_is_written(desk: Desk) -> None:
    said = desk.authorise("ann-1", "--network", "mainnet", yes=False)
    assert said.code == 94
    assert not (desk.house.folder / "ann-1.jwt").exists()


@pytest.mark.parametrize(("typed", "code"), [("\n", 94), ("n\n", 94), ("y\n", 0)])
def test_authorise__at_a_terminal__shown_all_of_it_and_asked_with_no_as_the_answer(
    desk: Desk, typed: str, code: int
) -> None:
    words = ["release-authorise", "--key", "../ann-1.pem", "--passphrase-file", "../passphrase"]
    words += ["--output", "../ann-1.jwt", "--network", "mainnet", "--hours", "4"]
    with terminal() as (ours, theirs):
        os.write(ours, typed.encode())
        ended = subprocess.run(
            [*COMMAND, *words],
            check=False,
            env=desk.home.environment,
            cwd=desk.home.path,
            stdin=theirs,
            stderr=theirs,
            stdout=subprocess.PIPE,
            timeout=PATIENCE,
        )
        said = os.read(ours, 65_536).decode()
    assert ended.returncode == code, said
    assert (desk.house.folder / "ann-1.jwt").exists() == (code == 0)
    digest = hashlib.sha256(desk.house.file.read_bytes()).hexdigest()
    for shown in (
        desk.house.git("rev-parse", "HEAD"),
        digest,
        "mainnet, chain 1",
        "in 4 hours",
        "by dave",
        "revoked   nobody",
        "[y/N]",
    ):
        assert shown in said


def test_authorise__whoever_wrote_it__told_before_they_sign(desk: Desk) -> None:
    desk.house.change("ann")
    said = desk.authorise("ann-1", "--network", "mainnet")
    assert said.code == 119
    assert "(writer)" in said.sentence
    assert desk.authorise("ben-1", "--network", "mainnet").code == 0


def test_authorise__a_wrong_passphrase_or_key__one_sentence_and_no_secret(desk: Desk) -> None:
    desk.write("passphrase", b"wrong\n")
    said = desk.authorise("ann-1", "--network", "mainnet")
    assert said.code == 81
    assert "wrong" not in said.sentence.replace("wrong-", "")
    plain = KEYS["ann-1"].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    desk.write("ann-1.pem", plain)
    assert desk.authorise("ann-1", "--network", "mainnet").code == 80
    desk.write("ben-1.pem", (desk.house.folder / "ben-1.pem").read_bytes(), 0o644)
    assert "others can read it" in desk.authorise("ben-1", "--network", "mainnet").sentence


def test_bypass__from_the_reason_to_the_review__counted_until_then(desk: Desk) -> None:
    head = json.loads(desk.house.record.read_text())["hash"]
    adopted = policy_text(TOP + f'head = "{head}"\n')
    desk.write("new.toml", adopted.encode())
    for kid in ("ann-1", "ben-1"):
        said = desk.authorise(kid, "--purpose", "policy", "--adopt", "../new.toml")
        assert said.code == 0, said
    said = desk.call(
        "release-policy", "--adopt", "../new.toml", "--token", "../ann-1.jwt", "--token", "../ben-1.jwt"
    )
    assert said.code == 0, said
    assert desk.check("ann-1", "ben-1").code == 119
    desk.house.policy_path.write_text(adopted)
    desk.house.commit("Adopt it")
    desk.write("reason.txt", b"The bridge burns.\n")
    deed = ("--network", "mainnet", "--reason", "../reason.txt")
    said = desk.authorise("ann-1", "--purpose", "bypass", *deed, output="../bypass.jwt")
    assert said.code == 0, said
    said = desk.call("release-bypass", *deed, "--token", "../bypass.jwt")
    assert said.code == 0, said
    (bypass,) = desk.call("release-record", "show", "--json").record["bypasses"]
    assert bypass["hash"] in said.out
    assert "waits for a review" in desk.call("release-record", "verify").out
    verdict = ("--bypass", bypass["hash"], "--justified", "--findings", "../reason.txt")
    for kid, code in (("ann-2", 119), ("cleo-1", 0)):
        made = desk.authorise(kid, "--purpose", "review", *verdict)
        assert made.code == 0, made
        assert desk.call("release-review", *verdict, "--token", f"../{kid}.jwt").code == code
    assert "waits" not in desk.call("release-record", "verify").out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("release-check", "--network", "mainnet", "--policy", "nowhere.toml"), 124),
        (("release-check", "--network", "mainnet", "--file", "nowhere.toml"), 119),
        (("release-check", "--network", "mainnet", "--token", "nowhere.jwt"), 119),
        (("release-check", "--network", "mainnet", "--token", "vault.toml"), 119),
        (("release-check", "--network", "\x1b[31m"), 119),
        (("release-check",), 119),
        (("release-check", "--network", "mainnet", "--commit", "\x1b[31m"), 123),
        (("release-check", "--network", "mainnet", "--checkout", "/"), 123),
        (("release-check", "--network", "mainnet", "--policy", "vault.toml"), 124),
        (("release-record", "verify", "--head", "0x12"), 21),
        (("release-record", "verify", "--head", "ab" * 32), 119),
        (("release-record", "start"), 122),
        (("release-bypass", "--network", "mainnet", "--reason-hash", "x", "--token", "vault.toml"), 21),
    ],
)
def test_commands__bad_input__one_sentence_and_nothing_lost(
    desk: Desk, words: tuple[str, ...], code: int
) -> None:
    before = desk.house.record.read_bytes()
    said = desk.call(*words)
    assert said.code == code, said
    assert said.sentence
    assert desk.house.record.read_bytes() == before


# --------------------------------------------------------------------------------------------------------- Second gate


def judged(folder: Path, answers: Answers, *more: str) -> Ran:
    return Home(path=folder).call(*answers.write(folder), *more)


def test_review_check__approved__told_by_whom(tmp_path: Path) -> None:
    said = judged(tmp_path, Answers())
    assert (said.code, said.out) == (0, "Approved by sara, for 1 guarded file.\n")
    record = judged(tmp_path, Answers(), "--json").record
    assert (record["approved"], record["approvers"]) == (True, ["sara"])


def test_review_check__refused__the_rule_and_exit_code(tmp_path: Path) -> None:
    answers = Answers(reviews=[review("olga")])
    said = judged(tmp_path, answers)
    assert said.code == 120
    assert "(not-approved)" in said.sentence
    record = judged(tmp_path, answers, "--json").record
    assert (record["approved"], record["rule"]) == (False, "not-approved")


def test_review_check__without_the_activity__said(tmp_path: Path) -> None:
    assert "without --activity" in judged(tmp_path, Answers(pushes=None)).out


def test_review_check__lines_that_github_passes_over__said(tmp_path: Path) -> None:
    answers = Answers(owners="!x @a\n* @example/security\n")
    assert "passes over these lines of CODEOWNERS: 1" in judged(tmp_path, answers).out


@pytest.mark.parametrize(
    "name", ["pull.json", "reviews.json", "commits.json", "files.json", "team.json", "CODEOWNERS"]
)
@pytest.mark.parametrize("content", [None, "", "[]", '{"a": 1}', '[{"a": 1}]'])
def test_review_check__a_file_that_is_none_of_githubs__refused(
    tmp_path: Path, name: str, content: str | None
) -> None:
    words = Answers().write(tmp_path)
    (tmp_path / name).unlink()
    if content is not None:
        (tmp_path / name).write_text(content)
    said = Home(path=tmp_path).call(*words)
    assert said.code in (120, 125), said
    assert said.sentence


def test_review_check__past_the_gate_by_the_record__opens_for_this_head_alone(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    head = json.loads(desk.house.record.read_text())["hash"]
    adopted = policy_text(TOP + f'head = "{head}"\n')
    desk.write("new.toml", adopted.encode())
    for kid in ("ann-1", "ben-1"):
        desk.authorise(kid, "--purpose", "policy", "--adopt", "../new.toml")
    desk.call(
        "release-policy", "--adopt", "../new.toml", "--token", "../ann-1.jwt", "--token", "../ben-1.jwt"
    )
    desk.house.policy_path.write_text(adopted)
    desk.house.commit("Adopt it")
    desk.write("reason.txt", b"The bridge burns.\n")
    base = desk.house.git("rev-parse", "HEAD")
    head = desk.house.change()
    desk.house.git("checkout", "--quiet", base)
    story: dict[str, Any] = {
        "head": head,
        "reviews": [],
        "commits": [commit(head)],
        "pushes": [push(after=head)],
    }
    answers = Answers(**story)
    deed = ("--repository", "Example/Vaults", "--pull", "12", "--commit", head, "--reason", "../reason.txt")
    made = desk.authorise("ann-1", "--purpose", "change-bypass", *deed, output="../bypass.jwt")
    assert made.code == 0, made
    policy = ("--policy", "../checkout/release.toml", "--head", desk.house.pin)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert judged(elsewhere, answers, *policy).code == 120
    done = desk.call("release-bypass", *deed, "--token", "../bypass.jwt")
    assert done.code == 0, done
    said = judged(elsewhere, answers, *policy)
    assert said.code == 0
    assert "let past the gate by entry 3" in said.out
    assert judged(elsewhere, Answers(**story, pull_says={"number": 13}), *policy).code == 120
    # Without a head that somebody told, no record is looked at; nor is another one.
    assert judged(elsewhere, answers, *policy[:2]).code == 120
    assert judged(elsewhere, answers, *policy[:3], "ab" * 32).code == 119


def without_signatures(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command where nothing that verifies signatures is installed."""
    program = (
        "import sys; sys.modules.update(jwt=None, cryptography=None)\n"
        "from verifier.cli import main; sys.exit(main(sys.argv[1:]))\n"
    )
    home = Home(path=folder)
    return subprocess.run(
        [sys.executable, "-c", program, *words],
        check=False,
        env=home.environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )


def test_commands__without_the_extra__say_what_to_install(tmp_path: Path) -> None:
    ended = without_signatures(tmp_path, "release-check", "--network", "mainnet")
    assert ended.returncode == 119
    assert "fourth-signer[deploy]" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_review_check__without_the_extra__needs_none(tmp_path: Path) -> None:
    assert without_signatures(tmp_path, *Answers().write(tmp_path)).returncode == 0
