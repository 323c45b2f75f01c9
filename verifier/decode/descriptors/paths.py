"""The paths by which a descriptor names values: `order.limits.min`, `#.calls.[].data`, `path.[-20:]`, `@.to`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from verifier.decode.content import UnfitError
from verifier.model.text import Foreign, sanitise

MOST_CHARACTERS: Final = 400
MOST_STEPS: Final = 32

_NAME: Final = re.compile(r"[A-Za-z0-9_$][A-Za-z0-9_$-]*")
_ELEMENT: Final = re.compile(r"\[(-?[0-9]{1,6})\]")
_SLICE: Final = re.compile(r"\[(?:(-?[0-9]{1,6})?:(-?[0-9]{1,6})?)?\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Elements of an array or bytes of a value, from `start` up to but without `stop`; negative: from the end."""

    start: int | None = None
    stop: int | None = None

    def __str__(self) -> str:
        if self.start is None and self.stop is None:
            return "[]"
        return f"[{'' if self.start is None else self.start}:{'' if self.stop is None else self.stop}]"


ALL: Final = Slice()
"""Every element."""

Step = str | int | Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Where a value is. Its root: `#` the data, `@` what stands around it, `$` the descriptor; empty where relative."""

    root: Foreign
    steps: tuple[Step, ...]

    @property
    def is_many(self) -> bool:
        """Whether it may lead to more than one value."""
        return any(isinstance(step, Slice) for step in self.steps)

    def __str__(self) -> str:
        return ".".join(([self.root] if self.root else []) + [show_step(step) for step in self.steps])


def show_step(step: Step) -> str:
    """Return a step as it is written."""
    return f"[{step}]" if isinstance(step, int) else str(step)


def parse_path(text: str) -> Path:
    """Return the path of a text. An element may be written `a.[0]` or `a[0]`, which mean the same.

    :raises UnfitError: it is no path.
    """
    if len(text) > MOST_CHARACTERS:
        raise UnfitError(f"a path has more than {MOST_CHARACTERS} characters")
    root, rest = ("", text) if text[:1] not in ("#", "@", "$") else (text[0], text[1:])
    if root and rest and not rest.startswith((".", "[")):
        # A name may begin with a dollar sign.
        root, rest = "", text
    # `a[0]` as `a.[0]`
    parts = re.sub(r"(?<=[^.])\[", ".[", rest.removeprefix(".") if root else rest).split(".")
    if rest in ("", ".") and root == "#":
        parts = []
    if len(parts) > MOST_STEPS:
        raise UnfitError(f"a path has more than {MOST_STEPS} steps")
    return Path(root=root, steps=tuple(_step(part, text) for part in parts))


def _step(part: str, text: str) -> Step:
    if _NAME.fullmatch(part):
        return part
    if found := _ELEMENT.fullmatch(part):
        return int(found[1])
    if found := _SLICE.fullmatch(part):
        start, stop = (int(bound) if bound else None for bound in found.groups())
        return Slice(start=start, stop=stop)
    raise UnfitError(f"`{sanitise(text, most=120)}` is no path")
