"""Proposing: the calls of an operation, from a file or one after another, before anybody is shown what they do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widget import Widget
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from verifier.desk.building import transfer_in
from verifier.desk.proposing import Draft
from verifier.model.address import Address
from verifier.model.asset import NATIVE
from verifier.model.limits import MAX_CALLS
from verifier.model.text import Shown, sanitise
from verifier.model.written_call import WrittenCall
from verifier.pages.layout import wrapped
from verifier.tui.content import joined, plain
from verifier.tui.deeds import Deed, DeedList, binding_of
from verifier.tui.draft import DraftScreen
from verifier.tui.place import Place
from verifier.tui.propose_forms import call_form, file_form, transfer_form

_DEEDS: Final = (
    ("n", "transfer", "Transfer", "Adds a transfer of a listed asset."),
    ("c", "call", "Call", "Adds a call: by its signature and arguments, or by its bytes."),
    ("e", "change", "Change", "Changes the chosen call."),
    ("x", "remove", "Remove", "Takes the chosen call out."),
    ("f", "file", "From file", "Adds the calls of a file."),
    ("w", "write", "Write", "Writes the calls to a file."),
    ("v", "view", "Review", "Shows it as everybody will see it, before it is published."),
)
_NO_CALLS: Final = "There are no calls yet."
_FULL: Final = f"An operation has at most {MAX_CALLS} calls."


class ProposeScreen(Place):
    """Calls that are being put together."""

    TERMS = ("operation", "tier", "limits", "counterparty")
    HINTS = (("enter", "Change the chosen call"),)
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "escape", "leave", "Back", id="propose.leave", tooltip="Back to the queue; the calls are kept"
        ),
        *(binding_of(key, name, title, screen="propose", tooltip=said) for key, name, title, said in _DEEDS),
    ]

    @property
    def calls(self) -> list[WrittenCall]:
        """What was put together so far. It is kept while one looks elsewhere."""
        return self.known.calls

    @property
    def decimals(self) -> dict[Address, int]:
        """Of the listed assets that are known here, the native coin first."""
        survey = self.known.survey
        assets = survey.policy.assets if survey else {}
        return {asset: fact.value.decimals for asset, fact in sorted(assets.items())}

    @property
    def deeds(self) -> Sequence[Deed]:
        whys = {
            **dict.fromkeys(("change", "remove", "write", "view"), "" if self.calls else _NO_CALLS),
            **dict.fromkeys(("transfer", "call", "file"), _FULL if len(self.calls) >= MAX_CALLS else ""),
        }
        if not whys["transfer"] and not self.decimals:
            whys["transfer"] = "Reading which assets are listed."
        return [
            Deed(key=key, name=name, title=title, sentence=said, why_not=whys[name])
            for key, name, title, said in _DEEDS
        ]

    def body(self) -> Iterable[Widget]:
        yield Static(id="standing")
        yield OptionList(id="calls-list", markup=False)
        yield DeedList(id="deeds")

    def on_mount(self) -> None:
        super().on_mount()
        self.terminal.ask_survey()
        self.query_one("#deeds" if not self.calls else "#calls-list").focus()

    def show(self) -> None:
        count = len(self.calls)
        said = (
            f"A new operation: {count} {'call' if count == 1 else 'calls'}, all or none. It is not published."
        )
        self.query_one("#standing", Static).update(plain(said, "bold"))
        rows, width = self.query_one("#calls-list", OptionList), max(self.size.width - 4, 40)
        chosen = rows.highlighted or 0
        rows.clear_options()
        rows.add_options([Option(self._row(i, call, width)) for i, call in enumerate(self.calls)])
        rows.highlighted = min(chosen, count - 1) if count else None
        self.query_one(DeedList).show(self.deeds, width, is_short=True)
        self.refresh_keys()

    def do(self, name: str) -> None:
        chosen = self.query_one("#calls-list", OptionList).highlighted or 0
        match name:
            case "transfer":
                self._ask_transfer(len(self.calls))
            case "call":
                self.app.push_screen(
                    call_form(self.source, self.labels), lambda made: self._put(len(self.calls), made)
                )
            case "change" if transfer_in(self.calls[chosen], self.decimals):
                self._ask_transfer(chosen)
            case "change":
                form = call_form(self.source, self.labels, self.calls[chosen])
                self.app.push_screen(form, lambda made: self._put(chosen, made))
            case "remove":
                del self.calls[chosen]
                self.show()
            case "view":
                self._review()
            case _:
                self._ask_file(is_written=name == "write")

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.try_to("change" if event.option_list.id == "calls-list" else str(event.option_id))

    def action_leave(self) -> None:
        self.dismiss()

    @property
    def labels(self) -> dict[Address, str]:
        briefing = self.known.latest
        return dict(briefing.signer.labels) if briefing else {}

    def _ask_transfer(self, at: int) -> None:
        names = {asset: self._asset(asset) for asset in self.decimals}
        former = transfer_in(self.calls[at], self.decimals) if at < len(self.calls) else None
        form = transfer_form(names, self.decimals, self.labels, former)
        self.app.push_screen(form, lambda made: self._put(at, made))

    def _put(self, at: int, call: WrittenCall | None) -> None:
        """Put a call in its place; at the end it is a new one."""
        if call is not None:
            self.calls[at : at + 1] = [call]
            self.show()
            rows = self.query_one("#calls-list", OptionList)
            rows.highlighted = at
            rows.focus()

    def _ask_file(self, *, is_written: bool) -> None:
        self.app.push_screen(file_form(is_written=is_written), self._write if is_written else self._read)

    def _write(self, path: str | None) -> None:
        drafting, calls = self.source.drafting, tuple(self.calls)
        if path is not None and drafting is not None:
            self.terminal.ask_for("calls", lambda: drafting.write(path, calls), self._say)

    def _read(self, path: str | None) -> None:
        drafting = self.source.drafting
        if path is not None and drafting is not None:
            self.terminal.ask_for("calls", lambda: drafting.read(path), self._add)

    def _say(self, said: object) -> None:
        self.terminal.say(str(said))

    def _add(self, found: object) -> None:
        if isinstance(found, tuple):
            self.calls.extend(found)
            if self.is_ready:
                self.show()

    def _review(self) -> None:
        drafting, calls = self.source.drafting, tuple(self.calls)
        if drafting is None:
            return
        self.query_one("#standing", Static).update(
            plain("Reading the vault, and playing it ...", "bold $notice")
        )
        self.terminal.ask_for("draft", lambda: drafting.draft(drafting.encode(calls)), self._open)

    def _open(self, draft: object) -> None:
        if isinstance(draft, Draft) and self.terminal.screen is self:
            self.show()
            self.terminal.push_screen(DraftScreen(draft))

    def _asset(self, asset: Address) -> Shown:
        survey = self.known.survey
        coin = survey.lexicon.coin if survey else ""
        if asset == NATIVE:
            return Shown(f"{sanitise(coin, most=20)}, the native coin")
        return survey.lexicon.name(asset) if survey else Shown(str(asset))

    def _row(self, i: int, call: WrittenCall, width: int) -> Content:
        """Return a call as it was written, in words where it is a transfer."""
        transfer, lead = transfer_in(call, self.decimals), f"{i + 1:>2}. "
        if transfer is not None:
            label = self.labels.get(Address.parse(transfer.to))
            to = f"{transfer.to} ({sanitise(label, most=60)})" if label else transfer.to
            said = [f"Transfer {transfer.amount} of {self._asset(transfer.asset)}", f"to {to}"]
        else:
            what = f"{call.prototype} {call.listed}" if call.prototype else call.data or "no data"
            said = [f"Call {call.goes_to}, with {call.wei or 0} wei", what]
        lines = [line for each in said for line in wrapped(sanitise(each, most=4_000), width - len(lead))]
        rows = [
            plain((lead if not n else " " * len(lead)) + line, "" if n else "bold")
            for n, line in enumerate(lines)
        ]
        return joined(rows, "\n")
