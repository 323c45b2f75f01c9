"""Who may decide: seats, roles, suspensions, and where members are. Below the table, the chosen one whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual.binding import BindingType
from textual.widget import Widget
from textual.widgets import DataTable, OptionList, Static

from verifier.assess.segregated_quorum import show_clash, show_seats
from verifier.desk.briefing import Briefing
from verifier.desk.group_words import roles_in_words
from verifier.desk.survey import possible_quorums
from verifier.errors import ValueUnfit
from verifier.model.member import Member, MemberStatus
from verifier.model.place import coordinates_of
from verifier.model.text import show_moment
from verifier.model.tier import Tier
from verifier.pages.words import named
from verifier.tui.content import cell, plain
from verifier.tui.deeds import Deed, DeedList, binding_of
from verifier.tui.place import Place
from verifier.tui.sheet import Sheet, SheetPane
from verifier.tui.table import Table, refill
from verifier.tui.vault_acting import act_on_member, member_action

if TYPE_CHECKING:
    from verifier.tui.source import ForGroup

_COLUMNS = ("seat", "status", "roles", "person", "employer", "UTC", "place", "address")
_DEEDS: Final = (
    ("s", "suspend", "Suspend", "Suspend the chosen member at once"),
    ("l", "lapse", "Lapse", "End a suspension that nobody confirmed in time"),
)
_LONGEST_NAME: Final = 12


class MembersScreen(Place):
    """Everyone who has a seat."""

    TERMS = ("member", "person", "roles", "segregated", "suspension", "seasoned", "group")
    BINDINGS: ClassVar[list[BindingType]] = [
        binding_of(key, name, title, screen="members", tooltip=said) for key, name, title, said in _DEEDS
    ]
    # The seat that is chosen in the table.
    _seat: int | None = None

    @property
    def chosen(self) -> Member | None:
        briefing = self.known.latest
        seats = briefing.reading.members.value.items() if briefing else ()
        return next((each for at, each in seats if at == self._seat), None)

    @property
    def _group(self) -> ForGroup | None:
        return self.source.for_group

    @property
    def deeds(self) -> Sequence[Deed]:
        member = self.chosen
        if member is None:
            return ()
        actions = [(key, title, member_action(self.terminal, name, member)) for key, name, title, _ in _DEEDS]
        return [
            Deed(key=key, name=action.name, title=title, sentence=action.sentence, why_not=action.why_not)
            for key, title, action in actions
            if action is not None
        ]

    def do(self, name: str) -> None:
        if self.chosen is not None:
            act_on_member(self.terminal, name, self.chosen)

    def body(self) -> Iterable[Widget]:
        yield Static(id="complete")
        yield Table(id="members", cursor_type="row", zebra_stripes=False)
        yield SheetPane(id="member-sheet")
        yield DeedList(id="deeds")

    def on_mount(self) -> None:
        super().on_mount()
        # At once, and not by a message: no frame may show a chosen row with the words of another one.
        self.watch(self.query_one("#members", Table), "cursor_coordinate", self._show_chosen, init=False)

    def show(self) -> None:
        briefing = self.known.latest
        if briefing is None:
            return
        reading = briefing.reading
        said = f"{len(reading.members.value)} members, {reading.members.evidence.name.lower()}. "
        said += (
            f"Active approvers: {len(reading.roster.value.approvers)}. Employer, offset and place are claims."
        )
        self.query_one("#complete", Static).update(plain(said))
        group = self._group
        rows = {
            str(seat): _row(briefing, member, group) for seat, member in sorted(reading.members.value.items())
        }
        refill(self.query_one("#members", DataTable), _COLUMNS, rows)
        self._show_chosen()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.try_to(str(event.option_id))

    def _show_chosen(self) -> None:
        briefing, table = self.known.latest, self.query_one("#members", DataTable)
        if briefing is None or not table.row_count:
            return
        seat = int(str(table.coordinate_to_cell_key(table.cursor_coordinate).row_key.value))
        self._seat = seat
        sheet, deeds = self.query_one("#member-sheet", SheetPane), self.query_one(DeedList)
        sheet.fill(partial(_add_member, briefing=briefing, seat=seat, group=self._group))
        deeds.display = self.source.may_act
        deeds.show(self.deeds, max(self.size.width - 4, 40), is_short=True)
        self.refresh_keys()
        self.paint_together(table, sheet, deeds)


def _row(briefing: Briefing, member: Member, group: ForGroup | None) -> list[object]:
    record = member.record
    attributes = record.attributes
    is_own = briefing.signer.seat == record.seat and briefing.signer.own_member(briefing.reading) == member
    said = _status(member)
    return [
        cell(f"{record.seat:>4}{'*' if is_own else ' '}", "bold" if is_own else ""),
        cell(said, "" if record.is_active else "bold reverse"),
        cell(roles_in_words(record.roles)),
        cell(_group_cell(member, group) if record.is_group else str(record.person)),
        cell(str(attributes.employer) if not record.is_group else "-"),
        cell(_offset(attributes.utc_offset) if not record.is_group else "-"),
        cell(_place(member)),
        cell(named(briefing, member.address)),
    ]


def _is_at_hand(member: Member, group: ForGroup | None) -> bool:
    """Whether a member is the group whose coordinator's folder is here: its address is the hash of its key."""
    return group is not None and member.record.is_group and member.address == group.group.address


def _group_cell(member: Member, group: ForGroup | None) -> str:
    """Return what a group is called where its key is at hand, cut, with its threshold; else only that it is one."""
    if group is None or not _is_at_hand(member, group):
        return "group"
    name = str(group.group.name)
    short = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 2]}.."
    return f"{short} {group.group.threshold}/{len(group.group.holders)}"


def _status(member: Member) -> str:
    return {
        MemberStatus.ACTIVE: "active",
        MemberStatus.RETURNED: "active, returned",
        MemberStatus.SUSPENDED: "SUSPENDED",
        MemberStatus.CONFIRMED: "SUSPENDED, confirmed",
        MemberStatus.SELF_SUSPENDED: "SUSPENDED, by itself",
    }.get(member.record.status, member.record.status.name)


def _offset(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def _place(member: Member) -> str:
    try:
        where = coordinates_of(member.record.attributes.place)
    except ValueUnfit:
        return "-"
    north, east = where.latitude, where.longitude
    return f"{abs(north):.1f}{'N' if north >= 0 else 'S'} {abs(east):.1f}{'E' if east >= 0 else 'W'}"


def _add_member(sheet: Sheet, *, briefing: Briefing, seat: int, group: ForGroup | None) -> None:
    reading = briefing.reading
    member = next((each for at, each in reading.members.value.items() if at == seat), None)
    if member is not None:
        record = member.record
        sheet.title(f"Seat {seat}")
        sheet.field("address", named(briefing, member.address), column=13)
        sheet.field("roles", roles_in_words(record.roles), column=13)
        if group is not None and _is_at_hand(member, group):
            _add_group(sheet, group)
        if member.group is not None:
            holders = ", ".join(str(person) for person in member.persons)
            sheet.field("holders", f"persons {holders} hold its key in parts", column=13)
        if record.seasoned_at > reading.head.timestamp:
            when = show_moment(record.seasoned_at)
            sheet.field("seasoned", f"{when}; until then it counts for nothing from HIGH_VALUE on", column=13)
        if member.suspension is not None:
            guardian, lapses = member.suspension.guardian_person, show_moment(member.suspension.lapses_at)
            sheet.field("suspended", f"by a guardian who is person {guardian}; lapses {lapses}", column=13)
    _add_quorums(sheet, briefing)


def _add_group(sheet: Sheet, group: ForGroup) -> None:
    """Write what a group's own file says of it: its key is the member's, the names are only the file's."""
    said = f"{group.group.describe()}, by the file in {group.folder}; its key is this member's"
    sheet.field("group", said, column=13)
    named = ", ".join(f"{index} {name}" for index, name in sorted(group.group.holders.items()))
    sheet.field("called", f"{named}; the file alone says so", column=13)


def _add_quorums(sheet: Sheet, briefing: Briefing) -> None:
    sheet.title("Segregated quorums")
    quorums = possible_quorums(briefing.reading)
    if not quorums:
        sheet.text("No tier asks its quorum to be apart.", indent=2)
    for tier, found in quorums.items():
        if isinstance(found, tuple):
            sheet.field(Tier(tier).name, f"possible, such as {show_seats(found)}", column=13)
            continue
        sheet.field(Tier(tier).name, f"IMPOSSIBLE: no more than {len(found.largest)} are apart", column=13)
        for clash in found.clashes:
            sheet.text(show_clash(clash), indent=15)
