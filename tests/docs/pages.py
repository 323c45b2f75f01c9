"""The pages that people read, taken apart: links, headings, commands."""

from __future__ import annotations

import ast
import re
import shlex
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
FOLDERS: Final = ("docs", ".github", "contracts")

_LINK: Final = re.compile(r"!?\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")
_FENCE: Final = re.compile(r"^ *```(?P<kind>\w*)\n(?P<body>.*?)^ *```$", re.DOTALL | re.MULTILINE)
_HEADING: Final = re.compile(r"^#+ (?P<text>.+)$", re.MULTILINE)
_CODE: Final = re.compile(r"`(?P<code>fourth-signer\s+[a-z][^`]*)`")


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Where a page sends its reader."""

    page: Path
    text: str
    target: str

    @property
    def is_outside(self) -> bool:
        return self.target.startswith(("https://", "http://", "mailto:"))

    @property
    def path(self) -> Path:
        name = self.target.partition("#")[0]
        return (self.page.parent / name).resolve() if name else self.page

    @property
    def anchor(self) -> str:
        return self.target.partition("#")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """The arguments of a command."""

    words: tuple[str, ...]
    # In a block to be copied, and not in a sentence, which may leave out what it is not about.
    is_whole: bool


def pages() -> list[Path]:
    """Return every page of ours."""
    found = [ROOT / "README.md"]
    for folder in FOLDERS:
        found += sorted((ROOT / folder).rglob("*.md"))
    return found


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def links_of(page: Path) -> list[Link]:
    """Return the links of a page, those in blocks of code left out."""
    text = _FENCE.sub("", text_of(page))
    return [Link(page=page, text=found["text"], target=found["target"]) for found in _LINK.finditer(text)]


@cache
def anchors_of(page: Path) -> frozenset[str]:
    """Return what a link may name behind `#`, as GitHub makes it of headings."""
    text = _FENCE.sub("", text_of(page))
    return frozenset(_anchor(found["text"]) for found in _HEADING.finditer(text))


@cache
def suite_of(path: Path) -> frozenset[str]:
    """Return the names of the tests of a file, those of its classes too."""
    tree = ast.parse(path.read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, kinds) and node.name.startswith("test_")
    )


def commands_of(page: Path) -> list[Typed]:
    """Return each `fourth-signer` that a page tells its reader to type, or names in a sentence."""
    text = text_of(page)
    lines: list[tuple[str, bool]] = []
    for block in _FENCE.finditer(text):
        if block["kind"] in ("sh", "bash"):
            lines += [(line, True) for line in block["body"].replace("\\\n", " ").splitlines()]
    lines += [(found["code"].replace("\n", " "), False) for found in _CODE.finditer(_FENCE.sub("", text))]
    parts = [
        (part, is_whole) for line, is_whole in lines for part in _parts(shlex.split(line, comments=True))
    ]
    return [
        Typed(words=tuple(part[1:]), is_whole=is_whole)
        for part, is_whole in parts
        if part[:1] == ["fourth-signer"]
    ]


def _parts(words: list[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    for word in words:
        if word in ("&&", "||", "|", ";"):
            parts.append([])
        else:
            parts[-1].append(word)
    return parts


def _anchor(heading: str) -> str:
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
