"""CODEOWNERS as GitHub reads it: the last pattern that matches a path says who owns it, and may say that nobody does.

Patterns are those of .gitignore but for `!`, `[...]` and a leading `\\#`, which GitHub does not know. A line that it
does not understand is passed over by it, and here; it is told, since whoever wrote it meant something. A file of more
than 3 MB counts as none. Paths differ by capital letters, owners do not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MOST_BYTES: Final = 3 * 1024 * 1024
PLACES: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")
"""Where GitHub looks for the file; the first that is there counts."""
_MOST_PATTERN: Final = 1_000
_OWNER: Final = re.compile(
    r"@[A-Za-z0-9_-]+(?:/[A-Za-z0-9_.-]+)?|[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}"
)
_WORD: Final = re.compile(r"(?:\\.|[^\\\s])+")


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerRule:
    """One line: who owns what it matches. Nobody owns it where nobody is named."""

    line: int
    pattern: re.Pattern[str]
    # In small letters, `@login`, `@org/team` or an address.
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeOwners:
    """A whole file."""

    rules: tuple[OwnerRule, ...]
    # Numbers of lines that are passed over, since nobody knows what they mean.
    unread: tuple[int, ...] = ()

    def owners_of(self, path: str) -> tuple[str, ...]:
        """Return who owns a path; nobody where no line matches, or the last that does names nobody."""
        for rule in reversed(self.rules):
            if rule.pattern.fullmatch(path):
                return rule.owners
        return ()


def parse_codeowners(content: bytes) -> CodeOwners:
    """Return what a file says. Nothing in it makes this fail; a file that is too large says nothing."""
    if len(content) >= MOST_BYTES:
        return CodeOwners(rules=())
    rules: list[OwnerRule] = []
    unread: list[int] = []
    for number, line in enumerate(content.decode("utf-8", "replace").split("\n"), start=1):
        words = _words(line.removesuffix("\r"))
        if not words:
            continue
        pattern = pattern_of(words[0])
        if pattern is None or not all(_OWNER.fullmatch(owner) for owner in words[1:]):
            unread.append(number)
            continue
        owners = tuple(owner.lower() for owner in words[1:])
        rules.append(OwnerRule(line=number, pattern=pattern, owners=owners))
    return CodeOwners(rules=tuple(rules), unread=tuple(unread))


def _words(line: str) -> list[str]:
    """Return the pattern and the owners of a line, up to a comment; a space behind a backslash parts nothing."""
    words: list[str] = []
    for word in _WORD.findall(line):
        if word.startswith("#"):
            break
        words.append(word)
    return words


def pattern_of(written: str) -> re.Pattern[str] | None:
    """Return what a pattern matches, as a regular expression over whole paths; None where GitHub knows no such one."""
    if written.startswith(("!", "\\#")) or len(written) > _MOST_PATTERN:
        return None
    if "***" in written or any(each in written for each in "[]#"):
        return None
    parts = written.split("/")
    if written == "/" or "" in parts[1:-1]:
        return None
    if parts[0] == "":
        parts = parts[1:]
    elif len([part for part in parts if part]) == 1 and parts[0] != "**":
        # One name alone means it at any depth.
        parts = ["**", *parts]
    if parts[-1] == "":
        parts[-1] = "**"
    return re.compile(_expression(parts), re.DOTALL)


def _expression(parts: Sequence[str]) -> str:
    """Return a regular expression; each part but the first brings the slash before it along."""
    found = ""
    needs_slash = False
    last = len(parts) - 1
    for at, part in enumerate(parts):
        if part == "**":
            if at == last:
                found += ".+" if at == 0 else "/.*"
            elif at == 0:
                found += "(?:.+/)?"
            else:
                found += "(?:/.+)?"
                needs_slash = True
            continue
        found += "/" if needs_slash else ""
        # A lone star at the end means what stands in a folder, and not what is further below.
        found += "[^/]+" if part == "*" else _name(part) + ("(?:/.*)?" if at == last else "")
        needs_slash = True
    return found


def _name(part: str) -> str:
    found = ""
    is_escaped = False
    for character in part:
        if is_escaped:
            found += re.escape(character)
            is_escaped = False
        elif character == "\\":
            is_escaped = True
        elif character == "*":
            found += "" if found.endswith("[^/]*") else "[^/]*"
        elif character == "?":
            found += "[^/]"
        else:
            found += re.escape(character)
    return found
