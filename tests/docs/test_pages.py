"""What the pages promise is there: every link, every test that they name, every command that they tell to type."""

from __future__ import annotations

import argparse
import re
import shlex
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import pytest

from tests.docs.pages import ROOT, anchors_of, commands_of, links_of, name_of, pages, suite_of, text_of
from verifier.cli.arguments import make_parser
from verifier.cli.examples import EXAMPLES
from verifier.errors import EXIT_CODES

PAGES: Final = pages()
DOCS: Final = ROOT / "docs"
PARSER: Final = make_parser()
# Numbers and names that stand for the reader's own.
_STANDING_FOR: Final = {"LANE": "12", "N": "4", "NUMBER": "3", "SEAT": "4"}
_NAMED_IN_GENERAL: Final = frozenset({"--help", "--version"})


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_link__of_every_page__leads_somewhere(page: Path) -> None:
    for link in links_of(page):
        if link.is_outside:
            continue
        assert link.path.is_relative_to(ROOT), link
        assert link.path.exists(), link
        if link.anchor and link.path.suffix == ".md":
            assert link.anchor in anchors_of(link.path), link


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_test__that_a_page_names__is_in_the_file_that_it_links(page: Path) -> None:
    for link in links_of(page):
        name = link.text.strip("`")
        if link.path.suffix == ".py" and name.startswith("test_") and not name.endswith(".py"):
            assert name in suite_of(link.path), link


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_command__that_a_page_tells_to_type__is_understood(
    page: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in commands_of(page):
        typed = [_STANDING_FOR.get(word, word) for word in command.words]
        if not typed or set(typed) & _NAMED_IN_GENERAL or _is_a_name_alone(typed):
            continue
        try:
            PARSER.parse_args(typed)
        except SystemExit:
            said = capsys.readouterr().err
            if command.is_whole or "required" not in said:
                pytest.fail(f"{name_of(page)}: fourth-signer {' '.join(typed)}: {said}")


def _is_a_name_alone(typed: Sequence[str]) -> bool:
    """Whether it only names a command, or an act of one, that is there."""
    known: argparse.ArgumentParser | None = PARSER
    for word in typed:
        known = _commands_of(known).get(word) if known else None
    return known is not None


@cache
def _commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def test_command__that_is_not_there__would_be_found(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        PARSER.parse_args(["vote", "12"])
    assert "vote" in capsys.readouterr().err
    assert not _is_a_name_alone(["vote"])


def _every_command(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    for command in _commands_of(parser).values():
        yield command
        yield from _every_command(command)


@pytest.mark.parametrize("command", _every_command(PARSER), ids=lambda command: command.prog)
def test_help__of_every_command__ends_in_an_example_that_is_understood(
    command: argparse.ArgumentParser, capsys: pytest.CaptureFixture[str]
) -> None:
    said = re.sub(r"\\\n +", "", f"{command.description}\n{command.epilog or ''}")
    # What stands far behind a line says what it is for.
    lines = [
        line.strip().partition("   ")[0] for line in said.splitlines() if line.startswith(f"  {command.prog}")
    ]
    assert lines, command.prog
    for line in lines:
        try:
            PARSER.parse_args(shlex.split(line, comments=True)[1:])
        except SystemExit:
            pytest.fail(f"{line}: {capsys.readouterr().err}")


def test_examples__below_the_helps__are_of_commands_that_are_there() -> None:
    programs = {command.prog.partition(" ")[2] for command in _every_command(PARSER)}
    assert set(EXAMPLES) <= programs


def test_commands__all_of_them__have_a_line() -> None:
    page = text_of(DOCS / "commands.md")
    assert [name for name in _commands_of(PARSER) if f"`fourth-signer {name}" not in page] == []


def test_index__of_the_handbook__has_every_page() -> None:
    linked = {link.path for link in links_of(DOCS / "README.md")}
    assert {page for page in DOCS.glob("*.md") if page.name != "README.md"} <= linked


def test_readme__of_the_project__leads_to_the_handbook() -> None:
    linked = {link.path for link in links_of(ROOT / "README.md")}
    wanted = {DOCS / "README.md", DOCS / "emergency.md", DOCS / "limits.md", DOCS / "threat-model.md"}
    assert wanted <= linked


def test_threat_model__of_the_attacks__leaves_none_out() -> None:
    linked = {link.path for link in links_of(DOCS / "threat-model.md")}
    attacks = {path.resolve() for path in (ROOT / "tests" / "attacks").glob("test_*.py")}
    assert attacks - linked == set()


def test_groups__of_the_attacks_that_work_without_a_defence__leaves_none_out() -> None:
    """Each beside the same attack as it is."""
    linked = {link.text.strip("`") for link in links_of(DOCS / "frost.md")}
    suites = sorted((ROOT / "tests" / "frost_core").glob("test_attacks*.py"))
    assert suites
    for suite in suites:
        names = [name.split("__") for name in suite_of(suite)]
        refused = {subject for subject, situation, _ in names if situation == "as_it_is"}
        works = {"__".join(name) for name in names if name[1] != "as_it_is"}
        assert {name.split("__")[0] for name in works} == refused, suite
        assert works - linked == set(), suite


def test_installing__of_the_dependencies__gives_a_reason_for_each() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    page = text_of(DOCS / "installing.md")
    for each in project["dependencies"]:
        name = re.split(r"[<>=\[]", each)[0]
        assert f"| `{name}` |" in page, each
    for extra in project["optional-dependencies"]:
        assert f"| `[{extra}]` |" in page, extra


def test_exit_code__of_every_error__has_a_row_of_its_name() -> None:
    codes = {error.__name__: code for error, code in EXIT_CODES.items()}
    named = re.findall(r"`(\w+)` \((\d+)\)", text_of(DOCS / "messages.md"))
    assert {(name, int(code)) for name, code in named} == set(codes.items())
