"""What is drawn, in which order it is tried, and what is said of it."""

from __future__ import annotations

from pathlib import Path

from tests.mutation.draw import draw, sample
from tests.mutation.mutant import Change, Mutant, mutants_of
from tests.mutation.operators import changes_of
from tests.mutation.order import STORIES, Order
from tests.mutation.plan import Plan
from tests.mutation.record import Fate, Fitness, Record, Verdict
from tests.mutation.remembered import recall, remember
from tests.mutation.report import Report
from tests.mutation.reviewed import entry_for, reviewed
from tests.mutation.roots import Sources
from tests.mutation.syntax import Node

TESTS = "these tests"


def mutant(number: int, *, file: str = "contracts/A.sol", operator: str = "relation") -> Mutant:
    change = Change(operator=operator, start=number, end=number + 1, text="x", place="doSomething")
    return Mutant(file=file, change=change, line=1, before=f'it\'s "{number}"', after=f"x{number}", nth=0)


def fate(of: Mutant, verdict: Verdict, *, test: str = "", tests: str = TESTS) -> Fate:
    return Fate(key=of.key, file=of.file, place=of.change.place, verdict=verdict, tests=tests, test=test)


def many() -> list[Mutant]:
    return [
        mutant(i, file=file, operator=operator)
        for file in ("contracts/A.sol", "contracts/B.sol")
        for operator in ("relation", "logic", "return")
        for i in range(20)
    ]


def test_draw__from_a_seed__begins_with_every_operator_in_every_file() -> None:
    drawn = draw(many(), 1)
    assert len({(m.file, m.change.operator) for m in drawn[:6]}) == 6
    assert sorted(m.key for m in drawn) == sorted(m.key for m in many())
    assert draw(reversed(many()), 1) == drawn
    assert draw(many(), 2) != drawn


def test_sample__of_a_draw__is_taken_from_its_beginning() -> None:
    drawn = draw(many(), 1)
    assert set(sample(drawn, 5, 30, "sources")) == set(drawn[:30])
    assert sample(drawn, 5, 30, "sources") == sample(drawn, 5, 30, "sources")
    assert sample(drawn, 5, 30, "sources") != sample(drawn, 5, 30, "other sources")


def test_order__after_a_kill__begins_with_the_killer() -> None:
    order = Order(
        ["tests/a.py::test_a", "tests/b.py::test_b", "tests/c.py::test_something", f"{STORIES}::test"]
    )
    # A word of the function's name is in the test's.
    assert order.tests_for(mutant(1))[1:3] == ["tests/c.py::test_something", "tests/a.py::test_a"]
    order.learn_kill("tests/b.py::test_b", "contracts/A.sol", "doSomething")
    assert order.tests_for(mutant(1))[0] == "tests/b.py::test_b"
    order.learn_seconds("tests/b.py::test_b", 1_000)
    assert order.tests_for(mutant(1))[-1] == "tests/b.py::test_b"
    assert len(order.tests_for(mutant(1))) == 4
    assert order.stories == [f"{STORIES}::test"]


def test_order__that_recalls_an_earlier_run__begins_with_its_killers(tmp_path: Path) -> None:
    file = tmp_path / "killers.json"
    a, b, gas, d = (f"tests/{name}.py::test_{name}" for name in ("a", "b", "gas", "z"))
    fates = [fate(mutant(1), Verdict.KILLED, test=b), fate(mutant(2), Verdict.SURVIVED)]
    remember(fates, [gas], file)
    order = Order([a, b, gas, d])
    assert order.tests_for(mutant(3)) == [a, b, gas, d]
    recall(order, file)
    assert order.tests_for(mutant(3)) == [b, a, d, gas]


def test_fitness__of_a_test__is_kept_for_these_sources_and_tests(tmp_path: Path) -> None:
    fitness = Fitness("sources", "tests", tmp_path)
    fitness.learn("test_gas", "Vault 1", is_fit=False)
    fitness.learn("test_a", "Vault 1", is_fit=True)
    again = Fitness("sources", "tests", tmp_path)
    assert (again.of("test_gas", "Vault 1"), again.of("test_gas", "Checks 1")) == (False, None)
    assert again.of("test_a", "Vault 1")
    assert again.unfit() == {"test_gas"}
    assert Fitness("sources", "other tests", tmp_path).of("test_gas", "Vault 1") is None


def test_plan__of_some__goes_on_until_so_many_were_real(tmp_path: Path) -> None:
    drawn = [mutant(i) for i in range(9)]
    record = Record("sources", tmp_path)
    plan = Plan(drawn, 3, record, TESTS)
    first, second, third = (plan.next() for _ in range(3))
    assert plan.next() is None
    assert (first, second, third) == tuple(drawn[:3])
    plan.settle(drawn[0], fate(drawn[0], Verdict.REFUSED))
    assert plan.next() == drawn[3]
    plan.settle(drawn[1], fate(drawn[1], Verdict.KILLED))
    plan.settle(drawn[2], fate(drawn[2], Verdict.SURVIVED))
    assert plan.next() is None
    # Another run goes on where this one was stopped.
    again = Plan(drawn, 3, record, TESTS)
    assert again.next() == drawn[3]
    assert len(again.fates) == 3
    # What survived is tried again by other tests, and by a short run everything is.
    assert Plan(drawn, 3, record, "other tests").next() == drawn[2]
    assert Plan(drawn, 3, record, TESTS, is_fresh=True).next() == drawn[0]


def report(fates: dict[Mutant, Fate], known: dict[str, str]) -> Report:
    return Report(fates=fates, reviewed=known, seed=1, sources="abc", candidates=9)


def test_report__of_what_survived__complains_unless_somebody_said_why() -> None:
    killed = {mutant(i): fate(mutant(i), Verdict.KILLED, test="t") for i in range(19)}
    lives = mutant(99)
    fates = {**killed, lives: fate(lives, Verdict.SURVIVED)}
    assert report(killed, {}).complaints(is_whole=True) == []
    assert len(report(fates, {}).complaints(is_whole=True)) == 1
    assert report(fates, {lives.key: "no difference"}).complaints(is_whole=True) == []
    assert "no difference" in report(fates, {lives.key: "no difference"}).markdown()
    assert len(report(killed, {mutant(3).key: "no difference"}).complaints(is_whole=True)) == 1


def test_report__with_too_few_killed__complains_of_the_share() -> None:
    fates = {mutant(i): fate(mutant(i), Verdict.KILLED, test="t") for i in range(18)}
    fates |= {mutant(i): fate(mutant(i), Verdict.SURVIVED) for i in (98, 99)}
    known = {mutant(i).key: "no difference" for i in (98, 99)}
    assert len(report(fates, known).complaints(is_whole=True)) == 1
    assert report(fates, known).complaints(is_whole=False) == []


def test_entry__for_a_survivor__names_it(tmp_path: Path) -> None:
    file = tmp_path / "equivalent.toml"
    file.write_text(entry_for(mutant(1)) + 'why = """so\n  be it"""\n', "utf-8")
    assert reviewed(file) == {mutant(1).key: "so be it"}


def test_reviewed__every_entry__names_a_mutant_of_today(parsed: tuple[Sources, dict[str, Node]]) -> None:
    sources, trees = parsed
    keys = {m.key for f in trees for m in mutants_of(f, sources[f], changes_of(trees[f], sources[f]))}
    assert reviewed().keys() - keys == set()
