"""What a whole run of stories has seen: each step's successes, each refusal, and the rare turns in between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, fields
from typing import Any, Self

from tests.lifecycle.acts import Act
from tests.lifecycle.controls import turns_of_controls
from tests.lifecycle.reference import keeper_at
from tests.lifecycle.refusals import names_of
from tests.lifecycle.state import COMPANIONS
from tests.lifecycle.turns import turns_of
from tests.lifecycle.vocabulary import function_of, name_in
from verifier.model.address import Address
from verifier.model.operation import Call


@dataclass(slots=True)
class Tally:
    # By function; those that the vault calls on itself and at companions too.
    successes: Counter[str] = field(default_factory=Counter)
    # By error; the reason inside of a failed call is `CallFailed/Reason`.
    refusals: Counter[str] = field(default_factory=Counter)
    turns: Counter[str] = field(default_factory=Counter)
    # By vault.
    stories: Counter[str] = field(default_factory=Counter)
    # Transactions that were sent to the chain and to the model, and compared.
    steps: int = 0
    # Calls of `veto` that were tried, and had to succeed.
    trials: int = 0

    def count(self, act: Act, vault: Address) -> list[str]:
        """Count an act, and return the turns that it took."""
        self.steps += 1
        if act.refused is not None:
            self.refusals.update(names_of(act.refused))
            return []
        self.successes[act.function] += 1
        turns = turns_of(act) + turns_of_controls(act)
        self.turns.update(turns)
        if act.function == "execute" and act.operation is not None:
            called = (_called(call, vault) for call in act.operation.calls)
            self.successes.update(name for name in called if name is not None)
        return turns

    def add(self, other: Tally) -> None:
        """Count what another run has seen, too."""
        for mine, its in (
            (self.successes, other.successes),
            (self.refusals, other.refusals),
            (self.turns, other.turns),
            (self.stories, other.stories),
        ):
            mine.update(its)
        self.steps += other.steps
        self.trials += other.trials

    def to_json(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_json(cls, seen: dict[str, Any]) -> Self:
        counters = {name: Counter(each) for name, each in seen.items() if isinstance(each, dict)}
        return cls(**counters, steps=seen["steps"], trials=seen["trials"])

    def missing(
        self, successes: AbstractSet[str], refusals: AbstractSet[str], turns: AbstractSet[str]
    ) -> set[str]:
        """Return what never happened."""
        return {
            *(successes - self.successes.keys()),
            *(refusals - self.refusals.keys()),
            *(turns - self.turns.keys()),
        }

    def report(self) -> str:
        def line(name: str, counter: Counter[str]) -> str:
            return f"{name}: " + ", ".join(f"{key} {n}" for key, n in sorted(counter.items()))

        return "\n".join(
            [
                f"{self.stories.total()} stories, {self.steps} steps, {self.trials} vetoes tried and undone",
                line("stories", self.stories),
                line("succeeded", self.successes),
                line("refused", self.refusals),
                line("turns", self.turns),
            ]
        )


def _called(call: Call, vault: Address) -> str | None:
    """Return what a call of an operation did, by name: `function` of the vault, `companion.function` of another."""
    if call.target == vault:
        return function_of(call.data)
    keeper = "checks" if call.target == COMPANIONS.checks else keeper_at(call.target)
    name = name_in(keeper, call.data[:4]) if keeper else None
    return f"{keeper}.{name}" if name else None
