"""An operation as every signer sees it: its calls and their bytes, what is wrong with it, and its other parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.css.query import NoMatches
from textual.events import Resize
from textual.widget import Widget
from textual.widgets import OptionList, Static, TabbedContent, TabPane, Tree

from verifier.desk.briefing import Briefing
from verifier.desk.review import Review
from verifier.model.finding import Severity
from verifier.pages.layout import MARKS, wrapped
from verifier.pages.queue import sentences_of
from verifier.pages.words import clock_of
from verifier.tui.byte_view import ByteView
from verifier.tui.call_nodes import Node, nodes_of
from verifier.tui.call_tree import CallTree
from verifier.tui.content import joined, plain
from verifier.tui.deeds import DeedList
from verifier.tui.operation_parts import TABS
from verifier.tui.place import Place
from verifier.tui.sheet import Fill, SheetPane
from verifier.tui.themes import SEVERITIES


def standing_of(briefing: Briefing, review: Review) -> Iterator[Content]:
    """Yield which operation it is, and how it stands, in one line."""
    state = review.lane.state
    clock = clock_of(state, review.status, briefing.reading.head.timestamp)
    kind = ""
    if state.seat_operation:
        kind = ", seat operation, objected" if state.objected else ", seat operation"
    count = review.quorum.count
    yield plain(f"Lane {review.lane.lane}.{state.sequence}  ", "bold")
    yield plain(review.status.name, "bold $primary")
    yield plain(f", {clock}; {state.tier.name}{kind}; {count.approvals}/{count.needed} approvals")


class Parts(TabbedContent):
    """Parts of which the one that was asked for last is in front.

    By itself, whatever takes the focus comes to the front, however late: two keys in a row would show the wrong part.
    """

    def on_tab_pane_focused(self, event: TabPane.Focused) -> None:
        event.prevent_default()
        event.stop()


class OperationView(Place):
    """What is shown of an operation, published or not."""

    HINTS = (
        ("[ and ]", "The part before, and the next one"),
        ("left, right", "Close and open a call; in the bytes, the byte before and after"),
        ("up, down", "The value before and after; in the bytes, the word"),
    )
    # Names and titles of its parts; the first one is the calls, the last one what can be done.
    TABS: tuple[tuple[str, str], ...] = TABS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="operation.leave", tooltip="Back to where you came from"),
        Binding(
            "left_square_bracket",
            "turn(-1)",
            "Tab before",
            show=False,
            key_display="[",
            id="operation.before",
        ),
        Binding(
            "right_square_bracket",
            "turn(1)",
            "Next tab",
            show=False,
            key_display="]",
            id="operation.next",
            tooltip="Show the next part",
        ),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._calls: tuple[Node, ...] = ()

    @property
    def shown(self) -> tuple[Briefing, Review] | None:
        """The operation, and what it was read with; None before anything was."""
        raise NotImplementedError

    def head(self, briefing: Briefing, review: Review) -> Sequence[Content]:
        """Return the line that says which operation it is, and how it stands."""
        raise NotImplementedError

    def fills(self, briefing: Briefing, review: Review) -> Mapping[str, Fill]:
        """Return what writes each part that is text."""
        raise NotImplementedError

    def body(self) -> Iterable[Widget]:
        yield Static(id="standing")
        yield VerticalScroll(Static(id="sentence"), id="sentence-box")
        with Parts(id="parts"):
            with TabPane(plain("Calls"), id="calls"), Horizontal(id="calls-box"):
                with Vertical(id="tree-box"):
                    yield CallTree(id="tree")
                    yield VerticalScroll(Static(id="detail"), id="detail-box", can_focus=False)
                    yield ByteView(id="bytes")
                yield SheetPane(id="beside-sheet")
            for name, title in self.TABS[1:-1]:
                with TabPane(plain(title), id=name):
                    yield SheetPane(id=f"{name}-sheet")
            with TabPane(plain("Do"), id="doing"):
                yield DeedList(id="actions")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(CallTree).focus()

    def show(self) -> None:
        if self.shown is None:
            self.query_one("#standing", Static).update(plain("Reading ...", "$muted"))
            return
        briefing, review = self.shown
        parts = list(self.head(briefing, review))
        worst = review.severity
        if worst is not None and worst >= Severity.WARNING:
            parts.append(plain(f"  {MARKS[worst]}", f"bold ${SEVERITIES[worst]}"))
        self.query_one("#standing", Static).update(joined(parts))
        self._wrap("sentence", sentences_of(review))
        nodes = nodes_of(review)
        if nodes != self._calls:
            self._calls = nodes
            self.query_one(CallTree).show(nodes)
        self._fill(briefing, review)
        self.query_one(DeedList).show(self.deeds, max(self.size.width - 4, 40))
        self.refresh_keys()

    def on_resize(self, event: Resize) -> None:
        super().on_resize(event)
        if self.is_ready:
            self.call_after_refresh(self.show)

    def action_leave(self) -> None:
        self.dismiss()

    def action_turn(self, by: int) -> None:
        names = [name for name, _ in self.TABS]
        self.show_part(names[(names.index(self.query_one(Parts).active) + by) % len(names)])

    def show_part(self, wanted: str) -> None:
        """Bring one of its parts to the front."""
        self.query_one(Parts).active = wanted
        self.call_after_refresh(self._focus_part)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.try_to(str(event.option_id))

    def on_tree_node_highlighted(self, event: Tree.NodeHighlighted[Node]) -> None:
        node = event.node.data
        if node is None:
            return
        self._wrap("detail", node.details)
        view = self.query_one(ByteView)
        if node.where is not None:
            view.show(node.data, node.where)
        else:
            outer = self._outer_of(node)
            view.show(outer.data if outer else b"", None)

    def on_byte_view_moved(self, event: ByteView.Moved) -> None:
        for node in self._calls:
            if found := node.at(event.view.shown, event.place):
                event.view.show(found.data, found.where)
                self.query_one(CallTree).choose(found.key)
                return

    def _outer_of(self, node: Node) -> Node | None:
        """Return the call that a fact without bytes, such as a target, belongs to."""
        for call in self._calls:
            for each in call.walk():
                if node in each.children:
                    return each
        return None

    def _focus_part(self) -> None:
        try:
            active = self.query_one(Parts).active
            if active == "calls":
                self.query_one(CallTree).focus()
            elif active == "doing":
                self.query_one("#actions", OptionList).focus()
            else:
                self.query_one(f"#{active}-sheet").focus()
        except NoMatches:  # pragma: no cover - the screen is being left
            return

    def _wrap(self, name: str, sentences: Sequence[str]) -> None:
        """Show sentences, the first one in bold; addresses stay whole."""
        width = max(self.query_one(f"#{name}-box").scrollable_content_region.width, 40)
        lines = [
            plain(line, "" if i else "bold")
            for i, said in enumerate(sentences)
            for line in wrapped(said, width)
        ]
        self.query_one(f"#{name}", Static).update(joined(lines, "\n"))

    def _fill(self, briefing: Briefing, review: Review) -> None:
        findings = [*review.findings, *briefing.findings]
        for name, fill in self.fills(briefing, review).items():
            self.query_one(f"#{name}-sheet", SheetPane).fill(fill)
        tabs = self.query_one(Parts)
        serious = sum(finding.severity >= Severity.WARNING for finding in findings)
        label = plain("Findings ") + plain(str(serious), "bold $danger" if serious else "$muted")
        tabs.get_tab("findings").label = label
