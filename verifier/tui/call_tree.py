"""The tree of calls. It keeps what the reader had opened, and where the reader stood, when it is filled anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import Tree
from textual.widgets.tree import TreeNode

from verifier.model.finding import Severity
from verifier.pages.layout import MARKS, grouped
from verifier.tui.call_nodes import Key, Node
from verifier.tui.content import cell
from verifier.tui.themes import SEVERITIES


class CallTree(Tree[Node]):
    """Calls, their values, and the calls inside of them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "open_node", "Open", show=False, id="calls.open", tooltip="Show what is inside"),
        Binding("left", "close_node", "Close", show=False, id="calls.close", tooltip="Hide what is inside"),
    ]

    def __init__(self, *, id: str) -> None:  # noqa: A002 - as Textual calls it
        super().__init__(cell("calls"), id=id)
        self.show_root = False
        self.guide_depth = 2
        self._shown: tuple[Node, ...] | None = None
        self._places: dict[Key, TreeNode[Node]] = {}

    def show(self, calls: Sequence[Node]) -> None:
        """Show these calls. The same ones again change nothing."""
        if self._shown == tuple(calls):
            return
        is_first, self._shown = self._shown is None, tuple(calls)
        opened = {key for key, node in self._places.items() if node.is_expanded}
        chosen = self.cursor_node.data.key if self.cursor_node and self.cursor_node.data else None
        at = self.scroll_offset
        self.clear()
        self._places = {}
        for call in calls:
            self._add(self.root, call, opened, is_first=is_first)
        self.root.expand()
        if is_first or chosen not in self._places:
            self.call_after_refresh(self.move_cursor_to_line, 0)
            return
        self.call_after_refresh(self._return_to, chosen, at.y)

    def choose(self, key: Key) -> None:
        """Move to a value, and open what is around it."""
        node = self._places.get(key)
        if node is None or node is self.cursor_node:
            return
        around = node.parent
        while around is not None:
            around.expand()
            around = around.parent
        self.call_after_refresh(self.move_cursor, node)

    def action_open_node(self) -> None:
        node = self.cursor_node
        if node is not None and node.allow_expand and node.is_collapsed:
            node.expand()
        elif node is not None and node.children:
            self.move_cursor(node.children[0])

    def action_close_node(self) -> None:
        node = self.cursor_node
        if node is not None and node.allow_expand and node.is_expanded:
            node.collapse()
        elif node is not None and node.parent is not None and not node.parent.is_root:
            self.move_cursor(node.parent)

    def _return_to(self, key: Key, row: int) -> None:
        self.move_cursor(self._places[key])
        self.scroll_to(y=row, animate=False)
        # It stands where it stood, but what it says may be new.
        self.post_message(self.NodeHighlighted(self._places[key]))

    def _add(self, parent: TreeNode[Node], node: Node, opened: set[Key], *, is_first: bool) -> None:
        is_call = node.key[0] == "call" and all(isinstance(part, int) for part in node.key[1:])
        is_open = node.key in opened or (is_first and is_call)
        label = self._label(node)
        if not node.children:
            self._places[node.key] = parent.add_leaf(label, node)
            return
        added = parent.add(label, node, expand=is_open)
        self._places[node.key] = added
        for child in node.children:
            self._add(added, child, opened, is_first=is_first)

    def _label(self, node: Node) -> Text:
        label = cell("")
        label.append_text(cell(f"{node.name}  ", "bold"))
        if node.severity >= Severity.WARNING:
            colour = self.app.theme_variables[SEVERITIES[node.severity]]
            label.append_text(cell(f"{MARKS[node.severity]}  ", f"bold {colour}"))
        if node.key[-1] == "target" or not node.children:
            label.append_text(cell(grouped(node.said).replace("\0", " ")))
        elif "argument" in node.key:
            label.append_text(cell(node.said))
        return label
