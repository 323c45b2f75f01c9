"""What is shown and kept of a run: lines as it goes, tables at its end, tests/mutation/mutants.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.mutation.mutant import Mutant
from tests.mutation.record import Fate, Verdict

FILE: Final = Path(__file__).with_name("mutants.md")
ENOUGH: Final = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A run that is over."""

    fates: Mapping[Mutant, Fate]
    reviewed: Mapping[str, str]
    seed: int
    sources: str
    candidates: int

    def of(self, *verdicts: Verdict) -> list[Mutant]:
        found = [mutant for mutant, fate in self.fates.items() if fate.verdict in verdicts]
        return sorted(found, key=lambda m: (m.file, m.change.start, m.key))

    @property
    def counted(self) -> list[Mutant]:
        return self.of(Verdict.KILLED, Verdict.SURVIVED)

    @property
    def killed(self) -> list[Mutant]:
        return self.of(Verdict.KILLED)

    @property
    def survivors(self) -> list[Mutant]:
        return self.of(Verdict.SURVIVED)

    @property
    def unexplained(self) -> list[Mutant]:
        return [mutant for mutant in self.survivors if mutant.key not in self.reviewed]

    @property
    def misjudged(self) -> list[Mutant]:
        """Those that were reviewed as equivalent, and killed."""
        return [mutant for mutant in self.killed if mutant.key in self.reviewed]

    @property
    def share(self) -> float:
        return len(self.killed) / len(self.counted) if self.counted else 0.0

    def complaints(self, *, is_whole: bool) -> list[str]:
        """Return why this run is not good enough. A short run is too small for a share."""
        found = [f"survived, and nobody said why: {m.file}:{m.line} {m.key}" for m in self.unexplained]
        found += [f"listed as equivalent, and killed: {m.file}:{m.line} {m.key}" for m in self.misjudged]
        if is_whole and self.share < ENOUGH:
            found.append(f"{self.share:.1%} were killed, and {ENOUGH:.0%} should be")
        return found

    def facts(self) -> dict[str, Any]:
        """Return all of it as JSON has it."""
        return {
            "seed": self.seed,
            "sources": self.sources,
            "candidates": self.candidates,
            "counted": len(self.counted),
            "killed": len(self.killed),
            "survived": [
                {"mutant": m.key, "line": m.line, "why": self.reviewed.get(m.key, "")} for m in self.survivors
            ],
            "refused": len(self.of(Verdict.REFUSED)),
            "same": len(self.of(Verdict.SAME)),
        }

    def table(self, title: str, names: Mapping[Mutant, str]) -> str:
        """Return a table of what became of the mutants, by a name that each has."""
        drawn = Counter(names[mutant] for mutant in self.counted)
        killed = Counter(names[mutant] for mutant in self.killed)
        rows = [
            [name, str(drawn[name]), str(killed[name]), str(drawn[name] - killed[name])]
            for name in sorted(drawn)
        ]
        total = [len(self.counted), len(self.killed), len(self.survivors)]
        rows.append(["**all**", *(f"**{number}**" for number in total)])
        return table([title, "drawn", "killed", "survived"], rows)

    def matrix(self) -> str:
        """Return killed / drawn for each operator in each file."""
        operators = sorted({mutant.change.operator for mutant in self.counted})
        rows = []
        for file in sorted({mutant.file for mutant in self.counted}):
            row = [_short(file)]
            for operator in operators:
                drawn = [m for m in self.counted if m.file == file and m.change.operator == operator]
                killed = [m for m in drawn if self.fates[m].verdict is Verdict.KILLED]
                row.append(f"{len(killed)}/{len(drawn)}" if drawn else "")
            rows.append(row)
        return table(["killed/drawn", *operators], rows)

    def markdown(self) -> str:
        """Return the page."""
        by_file = {mutant: _short(mutant.file) for mutant in self.fates}
        by_operator = {mutant: mutant.change.operator for mutant in self.fates}
        parts = [
            "# Mutants",
            "Made by `scripts/mutate`; do not edit. What each operator does stands in `operators.py`.",
            self._summary(),
            "## By contract",
            self.table("file", by_file),
            "## By operator",
            self.table("operator", by_operator),
            "## Both",
            self.matrix(),
            "## Survivors",
            *([self._survivor(mutant) for mutant in self.survivors] or ["None."]),
        ]
        return "\n\n".join(parts) + "\n"

    def _summary(self) -> str:
        return (
            f"Of {self.candidates:,} mutants, {len(self.fates)} were drawn with seed {self.seed}, from sources "
            f"`{self.sources}`. {len(self.of(Verdict.REFUSED))} do not compile and {len(self.of(Verdict.SAME))} "
            f"compile to the original's code: they do not count. Of the {len(self.counted)} others "
            f"**{len(self.killed)} were killed: {self.share:.1%}**."
        )

    def _survivor(self, mutant: Mutant) -> str:
        why = self.reviewed.get(mutant.key, "**nobody said why**")
        return (
            f"`{_short(mutant.file)}`, {mutant.change.place}, {mutant.change.operator}: {why}\n\n"
            f"```diff\n-{mutant.before}\n+{mutant.after}\n```"
        )


def _short(file: str) -> str:
    return file.removeprefix("contracts/").removesuffix(".sol")


def table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a table of Markdown: names on the left, numbers on the right."""
    lines = [heading, ["---"] + ["---:"] * (len(heading) - 1), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
