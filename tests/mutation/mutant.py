"""A mutant: the contracts with one small change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A piece of a file, from one byte up to another, and what stands there instead."""

    operator: str
    start: int
    end: int
    text: str
    place: str
    """The function, modifier or constant that it is in."""
    is_in_function: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change of one file. Its key stays the same wherever in the file the changed lines stand."""

    file: str
    change: Change
    line: int
    before: str
    """The lines that it changes, in one."""
    after: str
    """The same lines with the change."""
    nth: int
    """How many changes that look the same come before it in the file."""

    @property
    def key(self) -> str:
        change = self.change
        tail = f" | {self.nth + 1}" if self.nth else ""
        return f"{self.file} | {change.place} | {change.operator} | {self.before} | {self.after}{tail}"

    def applied_to(self, source: str) -> str:
        """Return the text of the file with the change."""
        text = source.encode("utf-8")
        change = self.change
        return (text[: change.start] + change.text.encode("utf-8") + text[change.end :]).decode("utf-8")


def mutants_of(file: str, source: str, changes: Iterable[Change]) -> Iterator[Mutant]:
    """Yield a mutant for each change, in the order of the file. Equal changes make one."""
    text = source.encode("utf-8")
    seen: Counter[tuple[str, ...]] = Counter()
    done: set[tuple[int, int, str]] = set()
    for change in sorted(changes, key=lambda c: (c.start, c.end, c.text)):
        what = (change.start, change.end, change.text)
        if what in done or text[change.start : change.end].decode("utf-8") == change.text:
            continue
        done.add(what)
        begin = text.rfind(b"\n", 0, change.start) + 1
        end = text.find(b"\n", change.end)
        before = _in_one(text[begin:end])
        after = _in_one(text[begin : change.start] + change.text.encode("utf-8") + text[change.end : end])
        looks = (change.place, change.operator, before, after)
        yield Mutant(
            file=file,
            change=change,
            line=text.count(b"\n", 0, change.start) + 1,
            before=before,
            after=after,
            nth=seen[looks],
        )
        seen[looks] += 1


def _in_one(text: bytes) -> str:
    return " ".join(text.decode("utf-8").split())
