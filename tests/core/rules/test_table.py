"""The table of rules, and the list of findings that people look things up in."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.core.rules.cases import ALICE, call, case_of, findings, severities, transfer
from verifier.assess.rules.elsewhere import ELSEWHERE
from verifier.assess.rules.page import findings_page
from verifier.assess.rules.rule import Source
from verifier.assess.rules.table import MOST_REMARKS, RULES, judge_case
from verifier.model.asset import NATIVE
from verifier.model.effect import Authority, AuthorityKind, Move
from verifier.model.finding import Severity
from verifier.model.units import Amount

ROOT = Path(__file__).parents[3]
ALL = (*RULES, *ELSEWHERE)


def test_table__ids__each_once_and_fit_for_scripts() -> None:
    ids = Counter(rule.id for rule in ALL)
    assert [rule for rule, count in ids.items() if count > 1] == []
    assert [rule for rule in ids if not re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", rule)] == []


def test_table__every_rule__says_what_it_means_and_rests_on() -> None:
    for rule in ALL:
        assert rule.meaning.endswith("."), rule.id
        assert rule.rests_on, rule.id
        assert rule.labelled is None or rule.labelled < rule.severity, rule.id


def test_table__every_source__some_rule_needs_it() -> None:
    assert {source for rule in RULES for source in rule.needs} == set(Source)


def test_table__every_kind_of_authority__has_a_rule() -> None:
    ids = {rule.id for rule in RULES}
    for kind in AuthorityKind:
        case = case_of(transfer(), effects={0: [Authority(target=ALICE, kind=kind, account=ALICE)]})
        found = {finding.rule for finding in judge_case(case) if finding.rule.startswith("authority-")}
        assert len(found) == 1, kind
        assert found <= ids


def test_table__names_of_findings_in_the_source__all_in_the_list() -> None:
    """A finding that is made elsewhere is in the list as well, so that it can be looked up."""
    made = {
        name
        for path in (ROOT / "verifier").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in _names_in(node)
    }
    assert {"operation-bytes-missing", "block-old", "own-seat-lost", "bypass-unreviewed"} <= made
    assert made - {rule.id for rule in ALL} == set()


def _names_in(node: ast.AST) -> Iterator[str]:
    """Yield the names that a part of a program gives to findings, in the ways in which this one does it."""
    given: list[ast.expr] = []
    match node:
        case ast.Call(func=ast.Name(id="Finding" | "_finding"), args=args, keywords=keywords):
            given = [*args[:1], *(word.value for word in keywords if word.arg == "rule")]
        case ast.Assign(targets=[ast.Name(id="rule")], value=value):
            given = [value]
        case _:
            pass
    for expression in given:
        if isinstance(expression, ast.Constant) and isinstance(expression.value, str):
            yield expression.value


def test_list_of_findings__in_the_repository__in_step_with_the_table() -> None:
    # To write it anew, print `findings_page()` into it.
    assert (ROOT / "docs" / "findings.md").read_text("utf-8") == findings_page()


def test_judge__many_places_of_one_kind__the_first_ones_and_how_many_more() -> None:
    burnt = Move(token=NATIVE, sender=ALICE, recipient=NATIVE, amount=Amount(1))
    case = case_of(transfer(), effects={0: [burnt] * (MOST_REMARKS + 5)})
    found = findings(case, "recipient-burnt")
    assert len(found) == MOST_REMARKS + 1
    assert found[-1].sentence.startswith("5 more places")
    assert found[-1].severity is Severity.DANGER
    few = case_of(transfer(), effects={0: [burnt] * MOST_REMARKS})
    assert len(findings(few, "recipient-burnt")) == MOST_REMARKS


def test_judge__order__the_worst_first() -> None:
    case = case_of(call(ALICE, value=1), call(NATIVE, value=1))
    found = [finding.severity for finding in judge_case(case)]
    assert found == sorted(found, reverse=True)
    assert severities(case, "recipient-burnt") == [Severity.DANGER]
