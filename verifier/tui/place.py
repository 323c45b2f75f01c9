"""What every screen of the terminal has: the bar, the keys, and a word for a terminal that is too small."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, cast

from textual.app import App, ComposeResult
from textual.events import Key, Resize
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from verifier.tui.bar import Bar
from verifier.tui.content import plain
from verifier.tui.keys_line import WIDE, KeysLine

if TYPE_CHECKING:
    from verifier.tui.app import Terminal
    from verifier.tui.deeds import Deed
    from verifier.tui.known import Known
    from verifier.tui.source import Source

NARROWEST: Final = 60
LOWEST: Final = 16


class Place(Screen[None]):
    """A screen that shows what is known, and shows it anew when more is."""

    # What the help begins with; words of `terms.toml`.
    TERMS: tuple[str, ...] = ()
    # Keys of its parts, and what they do.
    HINTS: tuple[tuple[str, str], ...] = ()
    # The lane whose operation it shows; None where it shows none.
    lane: int | None = None

    has_begun = False
    # Which deeds the keys at the bottom were drawn for, and which of them were possible.
    _drawn_for: tuple[object, ...] = ()

    @property
    def is_ready(self) -> bool:
        """Whether its widgets are there: not yet when it is opened, and not any more while it is left."""
        return self.has_begun and self.is_attached and bool(self.query(Bar))

    @property
    def terminal(self) -> Terminal:
        return cast("Terminal", self.app)

    @property
    def known(self) -> Known:
        return self.terminal.known

    @property
    def source(self) -> Source:
        return self.terminal.source

    def _post_register(self, app: App[object]) -> None:
        """Say that it is styled now, as it is opened: else Textual reads every style sheet twice to style it again."""
        super()._post_register(app)
        self._css_update_count = app._css_update_count  # noqa: SLF001 - Textual has no other word for it

    def compose(self) -> ComposeResult:
        yield self.make_bar()
        yield from self.body()
        yield KeysLine(show_command_palette=False)
        yield Static(id="small")

    def make_bar(self) -> Bar:
        """Return what stands at the top."""
        return Bar(id="bar")

    def body(self) -> Iterable[Widget]:
        """Yield what stands between the bar and the keys."""
        raise NotImplementedError

    def show(self) -> None:
        """Show what is known, without moving the reader."""
        raise NotImplementedError

    def read(self) -> None:
        """Ask for what only this screen shows."""

    @property
    def deeds(self) -> Sequence[Deed]:
        """What is ever done here, possible now or not."""
        return ()

    def refresh_keys(self) -> None:
        """Draw the keys anew where what can be done has changed: it takes longer than all else that a key causes."""
        offered = (self.source.may_act, *((deed.name, deed.is_possible) for deed in self.deeds))
        if offered != self._drawn_for:
            self._drawn_for = offered
            self.refresh_bindings()

    def paint_together(self, *widgets: Widget) -> None:
        """Have widgets painted in the very next frame, whatever that was meant for.

        By itself, each one says later that it is to be painted, and the next frame may show one of them without
        another: what is chosen, with what was said of something else.
        """
        self._dirty_widgets.update(widgets)
        self.check_idle()

    def do(self, name: str) -> None:
        """Do something of that, which is possible."""
        raise NotImplementedError

    def try_to(self, name: str) -> None:
        """Do something, or say why that cannot be done."""
        deed = self._deed(name)
        if deed is None or not self.source.may_act:
            return
        if deed.is_possible:
            self.do(name)
        else:
            self.terminal.say(f"{deed.title}: {deed.why_not}", severity="warning")

    def action_do(self, name: str) -> None:
        self.try_to(name)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "do":
            deed = self._deed(str(parameters[0]))
            if not self.source.may_act or deed is None:
                return False
            return True if deed.is_possible else None
        return True

    def on_key(self, event: Key) -> None:
        """Say of a dim key why it does nothing."""
        for deed in self.deeds if self.source.may_act else ():
            if event.key == deed.key and not deed.is_possible:
                self.try_to(deed.name)

    def _deed(self, name: str) -> Deed | None:
        return next((deed for deed in self.deeds if deed.name == name), None)

    def on_mount(self) -> None:
        self.has_begun = True
        self.refresh_bar()
        self.show()

    def on_screen_resume(self) -> None:
        self.terminal.say_held()
        if self.is_ready:
            self.refresh_bar()
            self.show()

    def refresh_bar(self) -> None:
        if self.is_ready:
            self.query_one(Bar).show(self.source, self.known)

    def on_resize(self, event: Resize) -> None:
        self.call_after_refresh(self.refresh_bar)
        width, height = event.size
        self.query_one(KeysLine).compact = width < WIDE
        is_small = width < NARROWEST or height < LOWEST
        self.set_class(is_small, "-small")
        if is_small:
            said = (
                f"This terminal has {width} columns and {height} rows; {NARROWEST} and {LOWEST} are needed. "
                "Make it larger: nothing is lost."
            )
            self.query_one("#small", Static).update(plain(said))
