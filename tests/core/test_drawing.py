"""The life of an operation: one drawing in three places, and a table that agrees with it."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from tests.core.release import CONTRACTS, read_source
from verifier.model.life import DRAWING, FINAL, LIFE, OPEN, Status, Step, follow

# What the drawing calls the steps. Approving brings the quorum about.
STEPS = {step.value: step for step in Step} | {"quorum": Step.APPROVE}
Arrow = tuple[Status, Step, Status]


def drawn_lines() -> list[str]:
    return DRAWING.rstrip("\n").split("\n")


def state_spans(line: str) -> list[tuple[int, int, Status]]:
    return [(m.start(), m.end(), Status[m[0]]) for m in re.finditer(r"[A-Z]{2,}", line)]


def state_above(lines: list[str], row: int, column: int) -> Status:
    """Follow a branch upwards, along `|` and `\\` and behind what crosses it, to the state that it hangs from."""
    for line in reversed(lines[2:row]):
        is_slanting = line[column - 1 : column] == "\\" and line[column : column + 1] not in ("|", "^")
        column -= is_slanting
        assert column < len(line), f"the branch at row {row} hangs from nothing"
    return next(state for start, end, state in state_spans(lines[1]) if start <= column <= end + 1)


def straight_arrows(lines: list[str]) -> set[Arrow]:
    labels = [(m.start(), m.end(), m[0]) for m in re.finditer(r"[a-z]+", lines[0])]
    spans = state_spans(lines[1])
    arrows = set()
    for (_, left_end, left), (right_start, _, right) in pairwise(spans):
        label = next(text for start, end, text in labels if start > left_end - 6 and end < right_start + 6)
        labels = [entry for entry in labels if entry[2] != label or entry[0] > right_start]
        arrows.add((left, STEPS[label], right))
    return arrows


def branch_arrows(lines: list[str]) -> set[Arrow]:
    arrows = set()
    for row, line in enumerate(lines[2:], start=2):
        # Back to the state below whose `^` it begins.
        if found := re.search(r"'-- (\w+) -*'", line):
            back, start = found.start(), found.end() - 1
            arrows.add((state_above(lines, row, start), STEPS[found[1]], state_above(lines, row, back)))
        for found in re.finditer(r"`-+ (clock) \(\w+\) -> ([A-Z]+)\*", line):
            arrows.add((state_above(lines, row, found.start()), STEPS[found[1]], Status[found[2]]))
        if found := re.search(r"\\ (clock) \(\w+\)", line):
            end = re.search(r"`-> ([A-Z]+)\*", lines[row + 1])
            assert end
            arrows.add((state_above(lines, row, found.start()), STEPS[found[1]], Status[end[1]]))
        if found := re.search(r"`-+ (\w+), (\w+) [-+]*> ([A-Z]+)\* / ([A-Z]+)\*", line):
            ends = (Status[found[3]], Status[found[4]])
            columns = [found.start()] + [i for i, c in enumerate(line) if c == "+"]
            origins = {state_above(lines, row, column) for column in columns}
            for origin in origins:
                arrows |= {(origin, STEPS[found[i]], ends[i - 1]) for i in (1, 2)}
    return arrows


def drawn_arrows() -> set[Arrow]:
    lines = drawn_lines()
    return straight_arrows(lines) | branch_arrows(lines)


def test_drawing__interface__the_same_characters() -> None:
    commented = "".join(f"/// {line}".rstrip() + "\n" for line in drawn_lines())
    assert commented in read_source("interfaces/IVault.sol")


@pytest.mark.skipif(not (CONTRACTS / "README.md").exists(), reason="contracts/README.md is not written yet")
def test_drawing__specification__the_same_characters() -> None:
    assert f"```text\n{DRAWING}```" in read_source("README.md")


def test_drawing__arrows__what_it_shows() -> None:
    assert len(drawn_arrows()) == 4 + 1 + 2 + 6
    assert (Status.WAITING, Step.WITHDRAW, Status.PROPOSED) in drawn_arrows()
    assert (Status.READY, Step.CLOCK, Status.EXPIRED) in drawn_arrows()


@pytest.mark.parametrize("arrow", sorted(drawn_arrows(), key=str))
def test_table__every_arrow_of_the_drawing__is_allowed(arrow: Arrow) -> None:
    status, step, after = arrow
    assert after in follow(status, step)


def test_table__what_is_not_drawn__only_loops_and_lost_or_new_quorums() -> None:
    drawn = drawn_arrows()
    steps = {Step.APPROVE, Step.WITHDRAW, Step.OBJECT}
    for (status, step), afters in LIFE.items():
        for after in afters:
            # A loop, a quorum gained or lost, or, where approveBy is over, lost for good.
            is_quorum = (
                step in steps and status in OPEN and after in {status, Status.PROPOSED, Status.WAITING}
            )
            is_lost_late = step in {Step.WITHDRAW, Step.OBJECT} and after is Status.EXPIRED
            # It stays where it is, with less to wait for.
            is_hurry = (step, after) == (Step.EXPEDITE, status)
            # Approvals may come along with the publication, and time may pass all of READY at once.
            is_both = (status, step, after) in {
                (Status.UNKNOWN, Step.PROPOSE, Status.WAITING),
                (Status.WAITING, Step.CLOCK, Status.EXPIRED),
            }
            assert (status, step, after) in drawn or is_quorum or is_lost_late or is_both or is_hurry, (
                status,
                step,
                after,
            )


@pytest.mark.parametrize("status", FINAL)
@pytest.mark.parametrize("step", Step)
def test_follow__final_status__nothing(status: Status, step: Step) -> None:
    assert follow(status, step) == frozenset()


def test_follow__only_ready__executes() -> None:
    assert {status for status in Status if follow(status, Step.EXECUTE)} == {Status.READY}


def test_follow__only_waiting__is_hurried() -> None:
    assert {status for status in Status if follow(status, Step.EXPEDITE)} == {Status.WAITING}


def test_statuses__open_final_and_unknown__are_all() -> None:
    assert OPEN | FINAL | {Status.UNKNOWN} == set(Status)
    assert not OPEN & FINAL
