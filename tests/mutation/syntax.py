"""The compiler's syntax tree, as far as it is needed here: nodes with kind, place and parts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Node = dict[str, Any]
"""A node as the compiler writes it."""


def kind(node: Node) -> str:
    found: str = node["nodeType"]
    return found


def span(node: Node) -> tuple[int, int]:
    """Return where a node begins and ends, in bytes."""
    start, length, _ = (int(part) for part in node["src"].split(":"))
    return start, start + length


def parts(node: Node) -> Iterator[Node]:
    """Yield the nodes right under a node."""
    for value in node.values():
        for each in value if isinstance(value, list) else (value,):
            if isinstance(each, dict) and "nodeType" in each:
                yield each


def walk(node: Node, above: tuple[Node, ...] = ()) -> Iterator[tuple[Node, tuple[Node, ...]]]:
    """Yield every node with those above it, outermost first. A parent comes before its parts."""
    yield node, above
    for part in parts(node):
        yield from walk(part, (*above, node))


def type_of(expression: Node) -> str:
    """Return the type of an expression, as the compiler names it."""
    found: str = expression.get("typeDescriptions", {}).get("typeString") or ""
    return found
