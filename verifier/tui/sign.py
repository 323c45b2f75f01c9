"""Signing: what is signed was read again just now, its hashes stand in groups, and danger is typed, never entered.

The key never comes here: whatever opens it is asked for outside of the screens, by whoever handed over `finish`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Button, Static

from verifier.desk.changes import changes_between
from verifier.desk.signing import Signing
from verifier.model.message import MessageKind
from verifier.model.text import Shown
from verifier.pages.layout import wrapped
from verifier.tui.answering import AnsweringPlace, answer_keys, hash_lines, whole_of
from verifier.tui.content import joined, plain
from verifier.tui.dangers import Dangers

_WHAT = {MessageKind.APPROVE: "Approve", MessageKind.EXPEDITE: "Consent to hurry"}


class SignScreen(AnsweringPlace):
    """One signature, before it is made."""

    TERMS = ("hashes", "approval", "finding", "pinned")
    BINDINGS: ClassVar[list[BindingType]] = answer_keys("sign", "Sign nothing")

    def __init__(self, lane: int, kind: MessageKind) -> None:
        super().__init__()
        self.lane: int = lane
        self.kind = kind
        self.signing: Signing | None = None

    def body(self) -> Iterable[Widget]:
        yield Static(id="standing")
        with VerticalScroll(id="signing"):
            yield Static(id="signed")
            yield Dangers(id="dangers")
            yield Static(id="typed")
        with Horizontal(id="answers"):
            yield Button(plain("No, sign nothing"), id="no")
            yield Button(plain("Sign"), id="yes", disabled=True)

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one("#no").focus()

    def is_before(self, moment: float) -> bool:
        """Whether nobody can have read it: while it is being read, nothing is asked that could be answered."""
        return self.signing is not None and super().is_before(moment)

    def show(self) -> None:
        signing = self.signing
        what = _WHAT[self.kind]
        if signing is None:
            self.query_one("#standing", Static).update(
                plain(f"{what}, lane {self.lane}: reading it once more ...", "$notice")
            )
            return
        said = f"{what}, lane {self.lane}.{signing.review.lane.state.sequence}"
        if self.source.for_group is not None:
            said += f": your own signature, seat {signing.member.record.seat}, and not the group's"
        self.query_one("#standing", Static).update(plain(said, "bold"))
        fresh = self.known.lanes.get(self.lane)
        if fresh is not None and not signing.changes and (found := changes_between(signing.briefing, fresh)):
            self.start_again(found)

    def start_again(self, changes: Sequence[str]) -> None:
        """Say what changed while this stood open: it is not signed from here any more."""
        if self.signing is not None:
            self.open(replace(self.signing, changes=tuple(map(Shown, changes))))

    def open(self, signing: Signing) -> None:
        """Show what would be signed."""
        self.signing = signing
        self.ask_anew()
        self.show()
        width = max(self.query_one("#signing").scrollable_content_region.width - 1, 40)
        if signing.changes:
            lines = [plain("Something changed since you read it, so nothing is signed now:", "bold $danger")]
            lines += [plain(f"  {line}") for said in signing.changes for line in wrapped(said, width - 2)]
            lines.append(plain("Go back: it was read anew. Read it, then sign."))
            self.query_one("#signed", Static).update(joined(lines, "\n"))
            self.query_one("#typed", Static).update(plain(""))
            self.query_one(Dangers).display = False
            self.weigh()
            self.query_one("#no").focus()
            return
        message = signing.message
        lines = [plain(line, "bold") for line in wrapped(signing.review.sentence, width)]
        lines.append(plain(""))
        lines += hash_lines(message)
        lines.append(plain("A device on which you sign has to show these, and no others.", "$muted"))
        self.query_one("#signed", Static).update(joined(lines, "\n"))
        self.query_one(Dangers).ask(signing.acknowledgements, width)
        self.query_one("#typed", Static).update(whole_of(message, width))
        self.weigh()
        self.query_one("#no").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        if event.button.id == "no":
            self.action_leave()
        elif self.signing is not None:
            self.terminal.finish(self, self.signing, self.query_one(Dangers).given)

    @property
    def is_answerable(self) -> bool:
        return self.signing is not None and not self.signing.changes
