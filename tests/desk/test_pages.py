"""The pages as text: whole addresses, no line too long, and nothing foreign but printable ASCII."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk.fakes import (
    DAY,
    NOW,
    STRANGER_ADDRESS,
    VAULT,
    FakeClock,
    FakeReader,
    head,
    lane_of,
    operation,
    reading,
    signer,
    transfer,
)
from verifier.cli.lane_page import lane_page
from verifier.cli.layout import Page, grouped, table_lines, wrapped
from verifier.cli.queue_page import queue_page
from verifier.cli.record import lane_record, queue_record
from verifier.cli.words import short_duration
from verifier.desk.briefing import Briefing, brief_lane, brief_queue
from verifier.model.evidence import Evidence
from verifier.model.life import Status
from verifier.model.operation import Call
from verifier.model.reading import VaultReading
from verifier.model.units import Wei

HOSTILE = "Pay\x1b[31mroll\u202e\u200b\x9b[/b] \n[red]"
ONE = operation()
MANY = operation(*[transfer(amount=i + 1) for i in range(5)], lane=1)
GROUPED = "0xbaD0 BAd0 bAD0 BAd0 BAd0 BAD0 BaD0 BaD0 Bad0 baD0"


def brief(read: VaultReading | None = None, *, label: str = "Payroll", seat: int | None = None) -> Briefing:
    waiting, proposed = lane_of(ONE, 1, 2, 3), lane_of(MANY, 1, status=Status.PROPOSED)
    reader = FakeReader(read or reading(waiting, proposed), {ONE.lane: ONE, MANY.lane: MANY})
    return brief_queue(reader, FakeClock(), signer(seat, labels={STRANGER_ADDRESS: label}))


def brief_one(
    *calls: Call, label: str = "Payroll", seat: int | None = None, status: Status = Status.WAITING
) -> Briefing:
    one = operation(*calls)
    reader = FakeReader(reading(lane_of(one, 1, 2, 3, status=status)), {one.lane: one})
    return brief_lane(reader, FakeClock(), signer(seat, labels={STRANGER_ADDRESS: label}), 0)


@pytest.mark.parametrize("width", [40, 80, 110])
def test_queue_page__any_width__no_prose_line_is_longer(width: int) -> None:
    lines = queue_page(brief(), width).splitlines()
    limit = max(width, 80)  # the table needs 80
    assert max(map(len, lines)) <= limit
    assert all(line == line.rstrip() for line in lines)


def test_queue_page__row__what_a_signer_looks_for() -> None:
    page = queue_page(brief(), 80)
    assert re.search(r"0  WAITING +CUSTODY +3/3 +ready in 1d 0h +none +proven", page)
    assert GROUPED + " (Payroll)" in page
    assert "Complete: proven." in page
    assert "... and 2 more" in page


def test_queue_page__nothing_open__says_so() -> None:
    assert "Nothing is waiting" in queue_page(brief(reading()), 80)


def test_queue_page__claimed__says_so_of_block_rows_and_completeness() -> None:
    read = reading(lane_of(ONE, 1), block=head(evidence=Evidence.CLAIMED), evidence=Evidence.CLAIMED)
    page = queue_page(brief(read), 80)
    assert "claimed by" in page
    assert "Complete: claimed, not proven." in page
    assert "proven" not in page.replace("not proven", "")


def test_lane_page__transfer__every_byte_and_every_argument() -> None:
    page = lane_page(brief_one(), 80)
    words = "".join(re.findall(r"^ +\d+  ([0-9a-f]+)$", page, re.MULTILINE))
    assert bytes.fromhex(words) == ONE.calls[0].data
    assert "transfer(address,uint256)" in page
    assert f"to         {GROUPED} (Payroll)" in page
    assert f"({ONE.calls[0].target})" not in page


def test_lane_page__seat_of_ones_own__veto_ready_to_be_sent_and_hashes_to_compare() -> None:
    briefing = brief_one(seat=4)
    page = lane_page(briefing, 80)
    (review,) = briefing.reviews
    assert f"\nveto 0x{review.actions[0].data.hex()}\n" in page
    digits = re.sub(r"\s", "", page[page.index("  digest ") :])
    assert digits.startswith("digest0x" + review.hashes.digest.hex())


@pytest.mark.parametrize("status", [Status.EXECUTED, Status.VETOED, Status.CANCELLED])
def test_lane_page__final__offers_nothing(status: Status) -> None:
    page = lane_page(brief_one(status=status, seat=4), 80)
    assert f"{status.name}, and that is final" in page
    assert "WHAT CAN BE DONE" not in page


@given(st.text(min_size=1, max_size=80))
def test_pages__any_label__nothing_but_printable_ascii_arrives(label: str) -> None:
    for text in (queue_page(brief(label=label), 80), lane_page(brief_one(label=label), 80)):
        assert re.fullmatch(r"[ -~\n]*", text)


def test_pages__hostile_label__shown_as_escapes() -> None:
    for text in (lane_page(brief_one(label=HOSTILE), 110), json.dumps(lane_record(brief_one(label=HOSTILE)))):
        assert "\x1b" not in text
        assert "u{1b}" in text
        assert "u{202e}" in text


def test_records__schema__as_documented() -> None:
    from verifier.cli import record

    documented = set(re.findall(r'"(\w+)"', record.__doc__ or ""))

    def keys(value: object) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {key for item in value.values() for key in keys(item)}
        if isinstance(value, list):
            return {key for item in value for key in keys(item)}
        return set()

    shown = keys(queue_record(brief())) | keys(lane_record(brief_one(transfer(VAULT))))
    assert shown <= documented
    assert documented - shown <= {"checks", "subject", "code", "parts", "title", "examination", "queue"} | {
        "proven", "agreed", "claimed", "info", "notice", "warning", "danger", "own", "standard", "none", "operation",
    }  # fmt: skip


def test_lane_record__amounts_and_bytes__text_that_loses_nothing() -> None:
    huge = Call(target=STRANGER_ADDRESS, value=Wei((1 << 256) - 1), data=b"")
    record = json.loads(json.dumps(lane_record(brief_one(huge, transfer()))))
    assert record["version"] == 1
    first, second = record["operation"]["calls"]
    assert int(first["value"]) == huge.value
    assert bytes.fromhex(second["data"][2:]) == transfer().data
    assert [argument["value"] for argument in second["arguments"]] == [str(STRANGER_ADDRESS), "40"]
    assert second["arguments"][0]["bytes"] == [4, 36]
    assert record["vault"]["address"] == str(VAULT)


def test_queue_record__order_and_times__as_on_the_page() -> None:
    record = queue_record(brief())
    assert [each["lane"] for each in record["operations"]] == [0, 1]
    assert record["operations"][0]["ready_at"] == NOW + DAY
    assert record["operations"][1]["ready_at"] is None
    assert record["complete"] == "proven"


@given(st.text(alphabet="ab 0x", max_size=200), st.integers(20, 60))
def test_wrapped__any_text__nothing_lost_and_nothing_too_long(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert max(map(len, lines)) <= width
    assert "".join(lines).replace(" ", "") == grouped(text).replace(" ", "").replace("\0", "")


def test_wrapped__address__stays_in_one_line() -> None:
    lines = wrapped(f"Sends all of it to {STRANGER_ADDRESS} now.", 60)
    assert GROUPED + " now." in lines


def test_grouped__longer_hex__left_as_it_is() -> None:
    assert grouped("0x" + "ab" * 32) == "0x" + "ab" * 32


def test_table_lines__numbers__to_the_right() -> None:
    assert table_lines([("lane", "x"), ("3", "a"), ("12", "bb")]) == ["lane  x ", "   3  a ", "  12  bb"]


def test_page__spaces__never_two_empty_lines() -> None:
    page = Page(40)
    page.space()
    page.text("a")
    page.space()
    page.space()
    page.text("b", hang="> ")
    assert str(page) == "a\n\n> b\n"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0s"), (59, "59s"), (60, "1m 0s"), (3_661, "1h 1m"), (172_799, "1d 23h"), (86_400, "1d 0h")],
)
def test_short_duration__length__two_largest_units(seconds: int, shown: str) -> None:
    assert short_duration(seconds) == shown
