"""The second gate: approved by the security team, and by nobody who took part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.gate.github import BASE, HEAD, NUMBERS, Answers, commit, file, pages, push, review, user
from verifier.deploy.gate.answers import AnswerUnfitError, parse_answer
from verifier.deploy.gate.pull import (
    read_commits,
    read_files,
    read_pull,
    read_pushes,
    read_reviews,
    read_team,
)
from verifier.deploy.gate.review import GUARDED, is_guarded
from verifier.errors import ReviewRefused

OLDER = "ab" * 20


@contextmanager
def refused(rule: str) -> Iterator[None]:
    with pytest.raises(ReviewRefused) as caught:
        yield
    assert caught.value.rule == rule, str(caught.value)
    assert str(caught.value).isprintable()


def at(minute: int) -> str:
    return f"2027-01-14T10:{minute:02}:00Z"


# ------------------------------------------------------------------------------------------------------------ Approvals


def test_review__approved_by_the_security_team__approved() -> None:
    found = Answers().judge()
    assert (found.guarded_paths, found.approvers) == (("contracts/Vault.sol",), ("sara",))


def test_review__nothing_guarded_is_touched__nobody_is_needed() -> None:
    found = Answers(files=[file("README.md"), file("docs/a.md", "renamed", "docs/b.md")], reviews=[]).judge()
    assert found.guarded_paths == ()


@pytest.mark.parametrize(
    "reviews",
    [
        [],
        [review("olga")],
        [review("sara", "COMMENTED")],
        [review("sara", "PENDING", submitted_at=None)],
        [review("sara", commit_id=OLDER)],
        [review("sara", commit_id=None)],
        [review("sara", "DISMISSED")],
        [review("sara", author_association="COLLABORATOR")],
        [review("sara", author_association="CONTRIBUTOR")],
        [review("sara", author_association="NONE")],
        [review(None)],
        [review("sara", user={**user("sara"), "type": "Bot"})],
        [review("sara", user={**user("sara"), "type": "Mannequin"})],
        # Somebody else who took the login after it was given up.
        [review("sara", user=user("sara", 77))],
    ],
)
def test_review__an_approval_that_does_not_count__refused(reviews: list[dict[str, Any]]) -> None:
    with refused("not-approved"):
        Answers(reviews=reviews).judge()


def test_review__a_bot_in_the_team__does_not_count() -> None:
    bot = {**user("dependabot[bot]")}
    with refused("not-approved"):
        Answers(reviews=[review("dependabot[bot]")], team=[bot]).judge()


def test_review__her_login_in_other_capitals_or_changed__the_same_person() -> None:
    assert Answers(reviews=[review("sara", user=user("SARA", NUMBERS["sara"]))]).judge().approvers == (
        "sara",
    )
    assert Answers(reviews=[review("sara", user=user("sarah", NUMBERS["sara"]))]).judge().approvers == (
        "sarah",
    )


@pytest.mark.parametrize(
    ("states", "rule"),
    [
        (["APPROVED", "CHANGES_REQUESTED"], "changes-requested"),
        (["APPROVED", "DISMISSED"], "not-approved"),
        (["CHANGES_REQUESTED", "DISMISSED"], "not-approved"),
        (["CHANGES_REQUESTED", "COMMENTED"], "changes-requested"),
        (["CHANGES_REQUESTED", "APPROVED"], None),
        (["DISMISSED", "APPROVED"], None),
        (["APPROVED", "COMMENTED"], None),
    ],
)
@pytest.mark.parametrize("is_reversed", [False, True])
def test_review__several_by_one_person__the_last_word_counts(
    states: list[str], rule: str | None, is_reversed: bool
) -> None:
    reviews = [review("sara", state, id=i, submitted_at=at(i)) for i, state in enumerate(states)]
    answers = Answers(reviews=reviews[::-1] if is_reversed else reviews)
    if rule is None:
        assert answers.judge().approvers == ("sara",)
        return
    with refused(rule):
        answers.judge()


def test_review__one_approves_and_another_of_the_team_wants_changes__refused() -> None:
    with refused("changes-requested"):
        Answers(reviews=[review("sara"), review("sven", "CHANGES_REQUESTED", id=81)]).judge()
    # Somebody from outside of the team holds nothing up.
    assert Answers(reviews=[review("sara"), review("eve", "CHANGES_REQUESTED", id=81)]).judge().approvers


def test_review__two_are_wanted__one_is_too_few() -> None:
    with refused("not-approved"):
        Answers().judge(approvals=2)
    found = Answers(reviews=[review("sara"), review("sven", id=81)]).judge(approvals=2)
    assert found.approvers == ("sara", "sven")
    with refused("not-approved"):
        Answers(reviews=[review("sara"), review("sara", id=81)]).judge(approvals=2)


def test_review__a_state_that_nobody_knows__refused() -> None:
    with refused("review-unknown"):
        Answers(reviews=[review("sara"), review("sven", "LGTM", id=81)]).judge()


# ------------------------------------------------------------------------------------------------------- Who took part


def test_review__approved_by_whoever_opened_it__refused() -> None:
    with refused("own-approval"):
        Answers(author="sara").judge()
    # Also beside another's approval: it has to be dismissed first.
    both = [review("sara"), review("sven", id=81)]
    with refused("own-approval"):
        Answers(author="sara", reviews=both).judge()
    dismissed = [review("sara", "DISMISSED"), review("sven", id=81)]
    assert Answers(author="sara", reviews=dismissed).judge().approvers == ("sven",)


@pytest.mark.parametrize(
    "one",
    [
        commit(author="sara"),
        commit(committer="sara"),
        commit(message="x\n\nCo-authored-by: Sara <2+sara@users.noreply.github.com>"),
        commit(message="x\n\nco-authored-by: S <sara@users.noreply.github.com>"),
        commit(message="x\r\n\r\nCo-authored-by: S <2+renamed@users.noreply.github.com>\r\n"),
        commit(author=None, emails={"author": "2+sara@users.noreply.github.com"}),
    ],
)
def test_review__approved_by_whoever_wrote_some_of_it__refused(one: dict[str, Any]) -> None:
    with refused("own-approval"):
        Answers(commits=[one]).judge()
    other = Answers(commits=[one], reviews=[review("sven")])
    assert other.judge().approvers == ("sven",)


def test_review__written_by_her_in_an_earlier_commit__refused() -> None:
    commits = [commit(OLDER, "sara"), commit()]
    with refused("own-approval"):
        Answers(commits=commits, pushes=[push(before=BASE, after=HEAD)]).judge()


def test_review__pushed_by_her__refused() -> None:
    with refused("own-approval"):
        Answers(pushes=[push("sara")]).judge()
    early = [push("dave", before=OLDER), push("sara", after=OLDER)]
    with refused("own-approval"):
        Answers(commits=[commit(OLDER), commit()], pushes=early).judge()


@pytest.mark.parametrize(
    "pushes",
    [
        [],
        [push(after=OLDER)],
        [push(before=OLDER)],
        [push(None)],
    ],
)
def test_review__who_pushed_is_not_known__refused(pushes: list[dict[str, Any]]) -> None:
    with refused("pusher-unknown"):
        Answers(commits=[commit(OLDER), commit()], pushes=pushes).judge()


def test_review__a_branch_that_was_made_and_forced__who_pushed_is_known() -> None:
    pushes = [push(before="cd" * 20), push("olga", before="0" * 40, after="cd" * 20)]
    assert Answers(pushes=pushes).judge().approvers == ("sara",)


@pytest.mark.parametrize(
    "one",
    [
        commit(author=None),
        commit(committer=None),
        commit(message="x\n\nCo-authored-by: Somebody <some@body.example>"),
        commit(message="x\n\nCo-authored-by: Sara"),
    ],
)
def test_review__somebody_wrote_it_whom_nobody_knows__refused(one: dict[str, Any]) -> None:
    with refused("writer-unknown"):
        Answers(commits=[one]).judge()


def test_review__a_co_author_whom_the_policy_knows__told_apart() -> None:
    one = commit(message="x\n\nCo-authored-by: O <Olga@Home.example>\nCo-authored-by: S <s@home.example>")
    logins = {"olga@home.example": "olga", "s@home.example": "sara"}
    with refused("own-approval"):
        Answers(commits=[one]).judge(logins=logins)
    assert Answers(commits=[one], reviews=[review("sven")]).judge(logins=logins).approvers == ("sven",)


def test_review__merged_in_the_browser__github_itself_is_nobody() -> None:
    assert Answers(commits=[commit(committer="web-flow")]).judge().approvers == ("sara",)


# --------------------------------------------------------------------------------------------------------------- Paths


@pytest.mark.parametrize(
    "one",
    [
        file("verifier/sign/approval.py"),
        file("verifier/keys/secret.py"),
        file(".github/workflows/review-gate.yml"),
        file(".github/CODEOWNERS"),
        file("CODEOWNERS"),
        file("docs/CODEOWNERS"),
        file("pyproject.toml"),
        file("scripts/python/dev.lock"),
        file("release.toml"),
        file("contracts"),
        file("Contracts/Vault.sol"),
        file("docs/Vault.sol", "renamed", "contracts/Vault.sol"),
        file("contracts/Vault.sol", "removed"),
        file("contracts/New.sol", "added"),
    ],
)
def test_review__one_guarded_path__nobodys_approval_is_not_enough(one: dict[str, Any]) -> None:
    owners = "* @example/security\n"
    with refused("not-approved"):
        Answers(files=[file("README.md"), one], reviews=[], owners=owners).judge()
    assert Answers(files=[file("README.md"), one], owners=owners).judge().approvers == ("sara",)


@pytest.mark.parametrize(
    "owners",
    [
        "",
        "* @example/everyone\n",
        "/contracts/ @example/security\n/contracts/\n",
        "/contracts/ @example/security\n*.sol @example/everyone\n",
        "/contracts/ @other/security\n",
        "/Contracts/ @example/security\n",
        "/contracts/ @sara\n",
        "/contracts/ @example/security" + " " * (3 << 20),
    ],
)
def test_review__codeowners_gives_a_guarded_path_to_others__refused(owners: str) -> None:
    with refused("unowned"):
        Answers(owners=owners).judge()


def test_review__renamed_out_of_what_is_owned__both_names_count() -> None:
    moved = file("verifier/sign/Vault.sol", "renamed", "contracts/Vault.sol")
    with refused("unowned"):
        Answers(files=[moved], owners="/verifier/ @example/security\n").judge()


def test_review__two_security_teams__each_for_its_own_paths() -> None:
    owners = "/contracts/ @example/security\n/verifier/ @example/crypto\n"
    teams = {"@example/security": read_team([[user("sara")]]), "@example/crypto": read_team([[user("sven")]])}
    answers = Answers(owners=owners, files=[file(), file("verifier/sign/a.py")])
    with refused("not-approved"):
        answers.judge(teams=teams)
    answers.reviews = [review("sara"), review("sven", id=81)]
    assert answers.judge(teams=teams).approvers == ("sara", "sven")


def test_guarded__other_paths_by_choice__those_alone() -> None:
    assert Answers(reviews=[]).judge(guarded=("src",)).guarded_paths == ()
    with refused("unowned"):
        Answers(files=[file("src/a.rs")], reviews=[]).judge(guarded=("src",))
    assert not is_guarded("contractsx/a", GUARDED)
    assert not is_guarded("x/contracts/a", GUARDED)


# ---------------------------------------------------------------------------------------------------------------- Whole


def unfit(act: Callable[[], object], why: str) -> None:
    with pytest.raises(AnswerUnfitError, match=why):
        act()


def test_read__fewer_than_the_pull_request_says__refused() -> None:
    unfit(lambda: Answers(pull_says={"commits": 2}).judge(), "has 2 commits, and 1 are here")
    unfit(lambda: Answers(pull_says={"changed_files": 2}).judge(), "changes 2 files, and 1 are here")
    unfit(
        lambda: Answers(files=[file(f"f{i}") for i in range(3)], pull_says={"changed_files": 2}).judge(),
        "and 3 are",
    )


def test_read__more_than_github_tells_of__refused() -> None:
    unfit(lambda: Answers(pull_says={"commits": 251}).judge(), "250 at most")
    unfit(lambda: Answers(pull_says={"changed_files": 3001}).judge(), "3000 at most")


def test_read__a_list_that_may_go_on__refused_until_its_end_is_there() -> None:
    pull = read_pull(Answers().pull)
    rows = [review("olga", id=i) for i in range(100)]
    unfit(lambda: read_reviews([rows], pull), "more may follow")
    unfit(lambda: read_reviews([rows[:30]], pull), "more may follow")
    unfit(lambda: read_reviews([rows[:50], rows[50:]], pull), "more may follow")
    unfit(lambda: read_reviews([], pull), "more may follow")
    unfit(lambda: read_reviews([rows[:10], rows], pull), "not as long")
    unfit(lambda: read_reviews([rows * 2], pull), "more than 100")
    assert len(read_reviews([rows, []], pull)) == 100
    assert len(read_reviews([rows[:30], []], pull)) == 30
    assert len(read_reviews([rows, rows[:7]], pull)) == 107


def test_read__another_pull_requests_answers__refused() -> None:
    other = review("sara", pull_request_url="https://api.github.com/repos/Example/Vaults/pulls/13")
    unfit(lambda: Answers(reviews=[other]).judge(), "another pull request")
    unfit(lambda: Answers(commits=[commit(OLDER)]).judge(), "head of the pull request")


def test_read__a_rename_without_its_name_before__refused() -> None:
    unfit(lambda: Answers(files=[file("docs/a.sol", "renamed")]).judge(), "name before")


def test_read__250_commits_over_three_pages__all_of_them() -> None:
    commits = [commit(f"{i:040x}") for i in range(249)]
    answers = Answers(commits=[*commits, commit()], pushes=None)
    assert answers.judge().approvers == ("sara",)


@pytest.mark.parametrize("content", [b"", b"{", b'{"a":1,"a":2}', b"\xff", b"[" * 100_000, b"NaN,"])
def test_parse__no_json__refused(content: bytes) -> None:
    unfit(lambda: parse_answer(content), "no JSON")


ANYTHING = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(ANYTHING, st.data())
def test_read__any_field_of_any_kind__an_answer_or_a_refusal(value: Any, data: st.DataObject) -> None:
    answers = Answers()
    rows = [answers.reviews, answers.commits, answers.files, answers.team, answers.pushes or []]
    where = data.draw(st.sampled_from([each for some in rows for each in some]))
    where[data.draw(st.sampled_from(sorted(where)))] = value
    try:
        answers.judge()
    except (AnswerUnfitError, ReviewRefused):
        return
    pull = answers.pull
    pull[data.draw(st.sampled_from(sorted(pull)))] = value
    try:
        found = read_pull(pull)
        read_commits(pages(answers.commits), found)
        read_files(pages(answers.files), found)
        read_pushes(pages(answers.pushes or []))
    except AnswerUnfitError:
        return
