"""One operation, whole: what it does, its calls and their bytes, what is wrong with it, who approved, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.css.query import NoMatches
from textual.events import Key
from textual.widget import Widget
from textual.widgets import OptionList, Static, TabbedContent, TabPane, Tree
from textual.widgets.option_list import Option

from verifier.desk.actions import Action
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
from verifier.tui.operation_parts import KEYS, TABS, fills_of
from verifier.tui.place import Place
from verifier.tui.sheet import SheetPane
from verifier.tui.themes import SEVERITIES


class OperationScreen(Place):
    """The present or latest operation of a lane."""

    HINTS = (
        ("[ and ]", "The part before, and the next one"),
        ("left, right", "Close and open a call; in the bytes, the byte before and after"),
        ("up, down", "The value before and after; in the bytes, the word"),
    )
    TERMS = ("operation", "approval", "tier", "finding", "evidence", "simulation", "veto", "hashes")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Back", id="operation.leave", tooltip="Back to the queue"),
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
        *(
            Binding(key, f"do('{name}')", said, id=f"operation.{name}", tooltip=f"{said} this operation")
            for key, (name, said) in KEYS.items()
        ),
    ]

    def __init__(self, lane: int) -> None:
        super().__init__()
        self.lane: int = lane
        self._calls: tuple[Node, ...] = ()
        self._is_moving = False

    @property
    def briefing(self) -> Briefing | None:
        return self.known.lanes.get(self.lane)

    @property
    def review(self) -> Review | None:
        """The operation; from the queue's reading, until it was looked at closely."""
        if self.briefing is not None:
            return self.briefing.reviews[0]
        queue = self.known.queue
        reviews = queue.reviews if queue else ()
        return next((review for review in reviews if review.lane.lane == self.lane), None)

    @property
    def actions(self) -> dict[str, Action]:
        """Everything that is ever done about it, by what it is called here."""
        review = self.review
        every = (*review.actions, *review.impossible) if review else ()
        return {_plain_name(action.name): action for action in every}

    def body(self) -> Iterable[Widget]:
        yield Static(id="standing")
        yield VerticalScroll(Static(id="sentence"), id="sentence-box")
        with TabbedContent(id="parts"):
            with TabPane(plain("Calls"), id="calls"), Horizontal(id="calls-box"):
                with Vertical(id="tree-box"):
                    yield CallTree(id="tree")
                    yield VerticalScroll(Static(id="detail"), id="detail-box", can_focus=False)
                    yield ByteView(id="bytes")
                yield SheetPane(id="beside-sheet")
            for name, title in TABS[1:-1]:
                with TabPane(plain(title), id=name):
                    yield SheetPane(id=f"{name}-sheet")
            with TabPane(plain("Do"), id="doing"):
                yield OptionList(id="actions", markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(CallTree).focus()

    def show(self) -> None:
        review = self.review
        if review is None:
            self.query_one("#standing", Static).update(plain(f"Lane {self.lane}: reading ...", "$muted"))
            return
        latest = self.briefing or self.known.queue
        if latest is None:
            return
        self._show_head(latest, review)
        nodes = nodes_of(review)
        if nodes != self._calls:
            self._calls = nodes
            self.query_one(CallTree).show(nodes)
        self._fill(latest, review)
        self._show_actions()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "do":
            found = self.actions.get(str(parameters[0]))
            if not self.source.may_act or found is None:
                return False
            return True if found.is_possible else None
        return True

    def on_key(self, event: Key) -> None:
        """Say of a dim key why it does nothing."""
        if event.key in KEYS and self.source.may_act:
            self._say_why_not(KEYS[event.key][0])

    def action_leave(self) -> None:
        self.dismiss()

    def action_turn(self, by: int) -> None:
        tabs, names = self.query_one("#parts", TabbedContent), [name for name, _ in TABS]
        self.show_part(names[(names.index(tabs.active) + by) % len(names)])

    def show_part(self, wanted: str) -> None:
        """Bring one of its parts to the front."""
        self.query_one("#parts", TabbedContent).active = wanted
        # A tab whose part takes the focus late would come back to the front: the part that is wanted takes it last.
        self.call_after_refresh(self._focus_part, wanted)

    def action_do(self, name: str) -> None:
        action = self.actions.get(name)
        if action is not None and action.is_possible:
            self.terminal.act(self, action)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if self.source.may_act:
            self.try_to(str(event.option_id))

    def try_to(self, name: str) -> None:
        """Do something about it, or say why that cannot be done."""
        self.action_do(name)
        self._say_why_not(name)

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

    def _focus_part(self, active: str) -> None:
        try:
            if active == "calls":
                self.query_one(CallTree).focus()
            elif active == "doing":
                self.query_one("#actions", OptionList).focus()
            else:
                self.query_one(f"#{active}-sheet").focus()
        except NoMatches:  # pragma: no cover - the screen is being left
            return

    def _show_head(self, briefing: Briefing, review: Review) -> None:
        state = review.lane.state
        clock = clock_of(state, review.status, briefing.reading.head.timestamp)
        kind = ""
        if state.seat_operation:
            kind = ", seat operation, objected" if state.objected else ", seat operation"
        count = review.quorum.count
        parts = [
            plain(f"Lane {review.lane.lane}.{state.sequence}  ", "bold"),
            plain(review.status.name, "bold $primary"),
            plain(f", {clock}; {state.tier.name}{kind}; {count.approvals}/{count.needed} approvals  "),
        ]
        worst = review.severity
        if worst is not None and worst >= Severity.WARNING:
            parts.append(plain(f"{MARKS[worst]}", f"bold ${SEVERITIES[worst]}"))
        if self.briefing is None:
            parts.append(plain("  playing it ...", "$notice"))
        self.query_one("#standing", Static).update(joined(parts))
        self._wrap("sentence", sentences_of(review))

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
        for name, fill in fills_of(briefing, review).items():
            self.query_one(f"#{name}-sheet", SheetPane).fill(fill)
        tabs = self.query_one("#parts", TabbedContent)
        serious = sum(finding.severity >= Severity.WARNING for finding in findings)
        label = plain("Findings ") + plain(str(serious), "bold $danger" if serious else "$muted")
        tabs.get_tab("findings").label = label

    def _show_actions(self) -> None:
        rows = self.query_one("#actions", OptionList)
        chosen, width = rows.highlighted, max(self.size.width - 4, 40)
        options = []
        for key, (name, said) in KEYS.items():
            action = self.actions.get(name)
            if action is None:
                continue
            style = "bold" if action.is_possible else "$muted"
            lines = [plain(f"{key}  {said}", style)]
            told = (
                [action.sentence] if action.is_possible else [action.sentence, f"Not now: {action.why_not}"]
            )
            lines += [
                plain(f"   {line}", "" if action.is_possible else "$muted")
                for sentence in told
                for line in wrapped(sentence, width - 3)
            ]
            options.append(Option(joined(lines, "\n"), id=name))
        if [(o.id, o.prompt) for o in options] == [(o.id, o.prompt) for o in rows.options]:
            return
        rows.clear_options()
        rows.add_options(options)
        rows.highlighted = min(chosen or 0, len(options) - 1) if options else None

    def _say_why_not(self, name: str) -> None:
        action = self.actions.get(name)
        if action is not None and not action.is_possible:
            self.terminal.say(f"{name.capitalize()}: {action.why_not}", severity="warning")


def _plain_name(name: str) -> str:
    return {"vetoAsGroup": "veto", "withdrawAsGroup": "withdraw"}.get(name, name)
