"""The ceremony that this terminal brings about, whole: each holder, what changed meanwhile, and what can be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static

from verifier.desk.changes import changes_between
from verifier.pages.layout import wrapped
from verifier.tui.ceremony import CeremonyPanel, add_ceremony
from verifier.tui.content import joined, plain
from verifier.tui.deeds import Deed, DeedList, binding_of
from verifier.tui.place import Place
from verifier.tui.sheet import Sheet

if TYPE_CHECKING:
    from verifier.tui.convening import Convening

_TITLES = {
    "k": ("call-off", "Call off", "End the ceremony; nothing is signed"),
    "s": ("send", "Send", "Send what the group signed, with your own key"),
    "f": ("keep", "Keep", "Keep what the group signed as a file"),
    "d": ("drop", "Drop", "Forget what the group signed"),
}


class CeremonyScreen(Place):
    """One ceremony. Hidden, it goes on, and its line stays on every screen."""

    TERMS = ("ceremony", "group", "holder")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "hide", "Hide", id="ceremony.hide", tooltip="Back; the ceremony goes on"),
        *(
            binding_of(key, name, title, screen="ceremony", tooltip=said)
            for key, (name, title, said) in _TITLES.items()
        ),
    ]

    # The fault that stood here when it was drawn last.
    _read_fault = ""

    @property
    def convening(self) -> Convening | None:
        return self.known.convening

    def body(self) -> Iterable[Widget]:
        yield Static(id="standing")
        yield Static(id="remarks")
        yield CeremonyPanel(id="ceremony-sheet")
        yield DeedList(id="deeds")

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#deeds").focus()

    def on_screen_resume(self) -> None:
        super().on_screen_resume()
        self.call_after_refresh(self._leave_if_over)

    @property
    def deeds(self) -> Sequence[Deed]:
        convening = self.convening
        return () if convening is None else list(self._deeds(convening))

    def do(self, name: str) -> None:
        from verifier.tui import group_acting

        convening = self.convening
        if convening is not None:
            {
                "call-off": group_acting.ask_to_call_off,
                "send": group_acting.ask_to_send,
                "keep": group_acting.keep,
                "drop": group_acting.ask_to_drop,
            }[name](self.terminal, convening)

    def show(self) -> None:
        convening = self.convening
        if convening is None:
            return
        self.query_one("#standing", Static).update(joined(_standing(convening), "\n"))
        self._show_changes(convening)
        self.call_after_refresh(self._note_read, convening.fault)
        self.query_one(CeremonyPanel).fill(partial(_add, convening=convening))
        deeds = self.query_one(DeedList)
        deeds.display = self.source.may_act
        # What can be done stands first: Enter does it.
        deeds.show(
            sorted(self.deeds, key=lambda deed: not deed.is_possible),
            max(self.size.width - 4, 40),
            is_short=True,
        )
        self.refresh_keys()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.try_to(str(event.option_id))

    def action_hide(self) -> None:
        """Go back. What has failed, and stood here before the key was pressed, is not said any more."""
        from verifier.tui.group_acting import forget_ceremony

        convening = self.convening
        if convening is not None and convening.fault and convening.fault == self._read_fault:
            forget_ceremony(self.terminal)
        else:
            self.dismiss()

    def _note_read(self, fault: str) -> None:
        self._read_fault = fault

    def _leave_if_over(self) -> None:
        """Go back where the ceremony was dealt with from another place."""
        if self.convening is None and self.app.screen is self:
            self.dismiss()

    def _deeds(self, convening: Convening) -> Iterator[Deed]:
        word, source = convening.word, self.source.for_group
        unsigned = "" if word is not None else "Nothing is signed."
        vain = str(word.in_vain) if word is not None else ""
        why_no_key = "" if source is not None and source.send is not None else _NO_KEY
        whys = {
            "call-off": _why_not_off(convening),
            "send": unsigned or vain or why_no_key,
            # What was read may be otherwise again: whatever is signed can be kept.
            "keep": unsigned,
            "drop": unsigned,
        }
        for key, (name, title, said) in _TITLES.items():
            yield Deed(key=key, name=name, title=title, sentence=f"{said}.", why_not=whys[name])

    def _show_changes(self, convening: Convening) -> None:
        """Say what is not as it was when the holders were asked."""
        fresh, remarks = self.known.lanes.get(convening.lane), self.query_one("#remarks", Static)
        width = max(self.size.width - 4, 40)
        found = changes_between(convening.seen, fresh) if fresh is not None else ()
        lines = [plain("Since you asked for it, this has changed:", "bold $warning")] if found else []
        lines += [plain(f"  {line}") for said in found for line in wrapped(said, width - 2)]
        remarks.display = bool(lines)
        remarks.update(joined(lines, "\n"))


_NO_KEY = "No key was given here: keep it as a file, or open with --key."


def _why_not_off(convening: Convening) -> str:
    if not convening.is_running:
        return "It is over."
    if convening.ceremony is not None and convening.ceremony.is_done:
        return "It is signed already."
    return "It is being called off." if convening.is_called_off else ""


def _standing(convening: Convening) -> Iterator[Content]:
    """Yield what is asked, and how far it is."""
    what = convening.what
    if convening.fault:
        yield plain(f"{what}: FAILED", "bold $danger")
    elif convening.word is None:
        said = "on its way; esc hides it, and it goes on"
        if convening.ceremony is not None and convening.ceremony.is_done:
            said = "signed; reading the vault once more ..."
        elif convening.is_called_off:
            said = "being called off ..."
        yield plain(f"{what}: {said}", "bold")
    elif convening.word.in_vain:
        yield plain(f"{what}: SIGNED IN VAIN", "bold $warning")
    elif convening.is_called_off:
        said = "SIGNED ALL THE SAME, before it could be called off"
        yield plain(f"{what}: {said}; neither sent nor kept yet", "bold $warning")
    else:
        yield plain(f"{what}: SIGNED, and neither sent nor kept yet", "bold $success")


def _add(sheet: Sheet, *, convening: Convening) -> None:
    ceremony, word = convening.ceremony, convening.word
    if convening.fault:
        # Before the rows of twenty holders, which may leave no room for it.
        sheet.field("FAILED", convening.fault, column=10)
    if ceremony is None and not convening.fault:
        sheet.text("Reading the vault once more, before anybody is asked ...")
    if ceremony is not None:
        add_ceremony(sheet, ceremony=ceremony)
    if word is not None:
        sheet.space()
        seat = word.member.record.seat
        sheet.field("whose", f"{word.group.describe()}, seat {seat}; not yours", column=10)
        sheet.field("checked", "it is the group's signature by the vault's own rules", column=10)
        if word.in_vain:
            sheet.field("IN VAIN", word.in_vain, column=10)
