"""CODEOWNERS: GitHub's own examples, and what its page says does not work."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verifier.deploy.gate.codeowners import MOST_BYTES, parse_codeowners, pattern_of

# The example of GitHub's page "About code owners".
EXAMPLE = b"""\
# This is a comment.
# Each line is a file pattern followed by one or more owners.

*       @global-owner1 @global-owner2

*.js    @js-owner #This is an inline comment.

*.go docs@example.com

*.txt @octo-org/octocats

/build/logs/ @doctocat

docs/* docs@example.com

apps/ @octocat

/docs/ @doctocat

/scripts/ @doctocat @octocat

**/logs @octocat

/apps/ @octocat
/apps/github
"""


@pytest.mark.parametrize(
    ("path", "owners"),
    [
        ("anything", ("@global-owner1", "@global-owner2")),
        ("deep/in/it", ("@global-owner1", "@global-owner2")),
        ("a.js", ("@js-owner",)),
        ("src/lib/a.js", ("@js-owner",)),
        ("main.go", ("docs@example.com",)),
        ("notes.txt", ("@octo-org/octocats",)),
        ("build/logs/one/two.log", ("@octocat",)),
        ("x/build/logs/a", ("@octocat",)),
        ("src/docs/a.md", ("@global-owner1", "@global-owner2")),
        ("docs/getting-started.md", ("@doctocat",)),
        ("docs/build-app/troubleshooting.md", ("@doctocat",)),
        ("one/apps/two/a", ("@octocat",)),
        ("scripts/a/b", ("@doctocat", "@octocat")),
        ("deeply/nested/logs", ("@octocat",)),
        ("deeply/nested/logs/a", ("@octocat",)),
        ("apps/a", ("@octocat",)),
        ("apps/github", ()),
        ("apps/github/a", ()),
        ("apps/githubber", ("@octocat",)),
    ],
)
def test_owners__githubs_own_example__as_its_page_says(path: str, owners: tuple[str, ...]) -> None:
    found = parse_codeowners(EXAMPLE)
    assert found.owners_of(path) == owners
    assert found.unread == ()


@pytest.mark.parametrize(
    ("pattern", "fits", "fits_not"),
    [
        ("*", ["a", "a/b"], []),
        ("**", ["a", "a/b"], []),
        ("*.js", ["a.js", "b/a.js", "x.js/inside"], ["a.jsx", "js"]),
        ("/*.js", ["a.js"], ["b/a.js"]),
        ("foo", ["foo", "a/foo", "foo/b", "a/foo/b"], ["foob", "afoo"]),
        ("foo/", ["foo/b", "a/foo/b"], ["foo", "a/foo"]),
        ("/foo", ["foo", "foo/b"], ["a/foo"]),
        ("/foo/", ["foo/a", "foo/a/b"], ["foo", "a/foo/b"]),
        ("a/b", ["a/b", "a/b/c"], ["x/a/b", "a/bc"]),
        ("docs/*", ["docs/a"], ["docs/a/b", "x/docs/a"]),
        ("docs/*.md", ["docs/a.md"], ["docs/x/a.md"]),
        ("docs/**", ["docs/a", "docs/a/b"], ["docs", "x/docs/a"]),
        ("docs/**/*.md", ["docs/a.md", "docs/x/y/a.md"], ["docs/a.txt"]),
        ("**/logs", ["logs", "a/logs", "a/b/logs/c"], ["logsx"]),
        ("a/**/b", ["a/b", "a/x/b", "a/x/y/b/c"], ["ab", "a/xb"]),
        ("a?c", ["abc", "x/abc"], ["a/c", "ac"]),
        ("a\\ b", ["a b"], ["ab", "a\\ b"]),
        ("a\\*b", ["a*b"], ["axb"]),
        ("a.b", ["a.b"], ["axb"]),
        ("Foo", ["Foo"], ["foo"]),
        ("a+(b)", ["a+(b)"], ["aab"]),
        ("v1**2", ["v12", "v1x2"], ["v1/2"]),
    ],
)
def test_pattern__what_it_is_for__and_what_not(pattern: str, fits: list[str], fits_not: list[str]) -> None:
    found = pattern_of(pattern)
    assert found is not None
    assert [path for path in fits if not found.fullmatch(path)] == []
    assert [path for path in fits_not if found.fullmatch(path)] == []


@pytest.mark.parametrize(
    "line",
    [
        "!contracts/ @a",
        "[ab].sol @a",
        "\\#x @a",
        "a***b @a",
        "/ @a",
        "a//b @a",
        "x a",
        "x @a/b/c",
        "x @",
        "a#b @a",
    ],
)
def test_parse__a_line_that_github_does_not_understand__passed_over_and_told(line: str) -> None:
    found = parse_codeowners(f"* @all\n{line}\n".encode())
    assert found.unread == (2,)
    assert found.owners_of("contracts/Vault.sol") == ("@all",)


def test_owners__the_last_line_that_fits__wins_and_may_name_nobody() -> None:
    found = parse_codeowners(
        b"contracts/ @org/security\ncontracts/mocks/\n* @all\ncontracts/ @Org/Security\n"
    )
    assert found.owners_of("contracts/mocks/A.sol") == ("@org/security",)
    found = parse_codeowners(b"* @org/security\n/contracts/\n")
    assert found.owners_of("contracts/Vault.sol") == ()
    assert found.owners_of("README.md") == ("@org/security",)


def test_parse__windows_line_ends_and_tabs__the_same() -> None:
    assert parse_codeowners(b"*\t@a   @b\r\n").owners_of("x") == ("@a", "@b")


def test_parse__three_megabytes__says_nothing() -> None:
    line = b"* @org/security\n"
    content = line + b"#" * (MOST_BYTES - len(line) - 1)
    assert parse_codeowners(content).owners_of("x") == ("@org/security",)
    assert parse_codeowners(content + b"#").owners_of("x") == ()


@given(st.binary(max_size=300), st.text(max_size=60))
def test_parse__any_bytes_and_any_path__some_answer_and_no_exception(content: bytes, path: str) -> None:
    assert isinstance(parse_codeowners(content).owners_of(path), tuple)
