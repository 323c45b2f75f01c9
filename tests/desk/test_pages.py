"""The pages as text: whole addresses, no line too long, and nothing foreign but printable ASCII."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.desk.fakes import (
    APART,
    DAY,
    NOW,
    STRANGER_ADDRESS,
    TIERS,
    TOKEN,
    VAULT,
    FakeClock,
    FakeReader,
    group,
    head,
    lane_of,
    members_apart,
    operation,
    reading,
    signer,
    transfer,
)
from verifier.assess.case import CheckedApproval
from verifier.cli.record import call_record, lane_record, queue_record, verdict_record
from verifier.decode.calls import decode_call
from verifier.decode.lexicon import Lexicon
from verifier.decode.signatures import parse_interface
from verifier.desk.briefing import Briefing, brief_lane, brief_queue
from verifier.model.address import NOBODY, Address
from verifier.model.asset import AssetTerms, Use
from verifier.model.call import AbiValue
from verifier.model.description import DescribedField, Description, HiddenField, Refusal
from verifier.model.evidence import Evidence, Fact
from verifier.model.finding import Severity
from verifier.model.life import Status
from verifier.model.member import Member
from verifier.model.operation import Call
from verifier.model.reading import PolicyReading, VaultReading
from verifier.model.simulation import AllowanceChange, Delta, Outcome, Simulation, StorageChange, Touched
from verifier.model.text import Shown
from verifier.model.tier import Tier
from verifier.model.units import BlockNumber, Duration, MemberIndex, Timestamp, Units, Wei
from verifier.pages.lane import lane_page
from verifier.pages.layout import Page, grouped, table_lines, wrapped
from verifier.pages.queue import queue_page
from verifier.pages.verdict import verdict_page
from verifier.pages.words import short_duration

LISTED = PolicyReading(
    assets={
        TOKEN: Fact(
            value=AssetTerms(
                routine_limit=Units(1_000),
                high_value_from=Units(2_000),
                decimals=6,
                level=Units(500),
                filled_at=NOW,
            ),
            evidence=Evidence.PROVEN,
        )
    },
    counterparties={STRANGER_ADDRESS: Fact(value=Use.RECIPIENT, evidence=Evidence.PROVEN)},
)
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


def brief_apart(
    *approvals: int,
    members: Mapping[int, Member] | None = None,
    seat: int | None = None,
    tier: Tier = Tier.HIGH_VALUE,
    status: Status = Status.PROPOSED,
) -> Briefing:
    """Return an operation of a tier whose quorum has to be apart, moving a listed token."""
    lane = lane_of(ONE, *(approvals or (1, 3, 4)), status=status, tier=tier)
    read = reading(lane, members=members or members_apart(), tiers=APART)
    reader = FakeReader(read, {ONE.lane: ONE}, policy=LISTED)
    return brief_lane(reader, FakeClock(), signer(seat, labels={STRANGER_ADDRESS: "Payroll"}), 0)


def flat(page: str) -> str:
    return " ".join(page.split())


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


def test_lane_page__tier_that_wants_members_apart__who_shares_what_with_whom() -> None:
    page = flat(lane_page(brief_apart(1, 3, 4), 80))
    assert (
        "3 of them have to be apart: employers, time and place; of those who approved, no more than 2 are"
        in page
    )
    assert (
        "Seats 3 and 4 have the same employer (3); they are 0 minutes of time apart, and more than 180 are needed; "
        "they are 0.0 km apart, and 100 are needed." in page
    )
    assert "Seats 1, 3 and 2 would be, of those who approved or may." in page
    assert "Still missing: members who are apart from each other." in page


def test_lane_page__members_apart_and_not_named__somebody_has_to_name_them() -> None:
    page = flat(lane_page(brief_apart(1, 2, 3, 4), 80))
    assert "Seats 1, 2 and 3 are." in page
    assert "Still missing: somebody who names seats 1, 2 and 3" in page
    assert "No quorum: 4 that count" in page
    named = flat(lane_page(brief_apart(1, 2, 3, status=Status.WAITING), 80))
    assert "A quorum: 3 that count" in named
    assert "nobody joins a segregated quorum while it stands" in named


def test_lane_page__group__shown_with_its_holders_and_what_it_signs() -> None:
    members = {**members_apart(), 4: group(4, 70, 71, 72)}
    page = flat(lane_page(brief_apart(1, members=members, seat=4), 80))
    assert "a group: its key is held in parts by persons 70, 71, 72" in page
    assert "vetoAsGroup" in page
    assert "Each is a transaction" not in page
    record = lane_record(brief_apart(1, members=members, seat=4))
    actions = {action["name"]: action for action in record["operation"]["actions"]}
    assert set(actions) == {"vetoAsGroup", "approve"}
    assert actions["approve"]["digest"] == record["operation"]["hashes"]["digest"]
    assert actions["approve"]["data"] == "0x"


def test_record__what_cannot_be_done__named_with_why() -> None:
    record = lane_record(brief_one(seat=4))["operation"]
    possible = {action["name"] for action in record["actions"]}
    impossible = {action["name"]: action for action in record["impossible"]}
    assert possible | set(impossible) == {
        "veto", "object", "withdraw", "cancel", "approve", "expedite", "execute"
    }  # fmt: skip
    assert not possible & set(impossible)
    assert impossible["withdraw"]["why"] == "You have not approved it."
    assert set(impossible["withdraw"]) == {"name", "sentence", "why"}
    final = lane_record(brief_one(status=Status.VETOED, seat=4))["operation"]
    assert final["actions"] == []
    assert {action["why"] for action in final["impossible"]} == {"It is VETOED, and that is final."}


def test_lane_page__listed_asset__what_moved_within_a_day() -> None:
    page = flat(lane_page(brief_apart(1, tier=Tier.ROUTINE), 80))
    assert "LIMITS OF A DAY" in page
    assert "0.000500 of the token" in page
    # 40 more, since the recipient is allowed to receive it.
    assert "With this it would be 0.000540" in page
    waiting = flat(lane_page(brief_apart(1, 2, 3, tier=Tier.ROUTINE, status=Status.WAITING), 80))
    assert "With this" not in waiting


def test_lane_page__delay_that_can_be_shortened__said_by_how_many() -> None:
    hurried = replace(TIERS[Tier.STANDARD], expedited_delay=Duration(3_600))
    tiers = (TIERS[0], hurried, TIERS[2], TIERS[3])
    lane = lane_of(ONE, 1, 2, 3, tier=Tier.STANDARD)

    def page(read: VaultReading) -> str:
        briefing = brief_lane(FakeReader(read, {ONE.lane: ONE}), FakeClock(), signer(), 0)
        return flat(lane_page(briefing, 80))

    assert "could make it ready 1 hour from now, with 3 signed consents" in page(reading(lane, tiers=tiers))
    assert "break-glass" not in page(reading(lane))


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

    # Those of other commands are held to this by their own tests.
    own = re.sub(
        r"(?ms)^(attest|diff|release-|review-|Of the gates|DIFFERENCE).*?(?=^[A-Z]+ |\n\n)",
        "",
        record.__doc__ or "",
    )
    documented = set(re.findall(r'"(\w+)"', own))

    def keys(value: object) -> set[str]:
        if isinstance(value, dict):
            return set(value) | {key for item in value.values() for key in keys(item)}
        if isinstance(value, list):
            return {key for item in value for key in keys(item)}
        return set()

    shown = keys(queue_record(brief())) | keys(lane_record(brief_one(transfer(VAULT))))
    shown |= keys(lane_record(brief_apart()))
    shown |= keys(lane_record(with_asides(brief_one(transfer(VAULT), transfer(VAULT))))) | keys(
        verdict_record(brief_apart(), None)
    )
    for signature, values in CALLS_WITH_EFFECTS.items():
        call = decode_call(made_call(signature, values), Lexicon(vault=VAULT))
        assert any(each.effects for _, each in call.walk()), signature
        shown |= keys(call_record(call, Lexicon(vault=VAULT), call.sentence))
    assert shown <= documented
    assert documented - shown <= {"checks", "subject", "parts", "title", "examination", "queue"} | {
        "proven", "agreed", "claimed", "info", "notice", "warning", "danger", "own", "book", "descriptor", "standard",
        "recovered", "none", "operation", "move", "allowance", "authority", "delegation", "creation", "owner", "code",
        "dirty", "offset", "padding", "truncated", "endless", "trailing", "text", "verdict", "call", "done", "reverted",
        "unknown",
    }  # fmt: skip


SOMEBODY: Final = Address(b"\x77" * 20)
PLAYED: Final = Simulation(
    outcome=Outcome.DONE,
    why=Shown(""),
    endpoint="one",
    block=BlockNumber(100),
    at=Timestamp(1_800_000_000),
    method="eth_simulateV1",
    deltas=(
        Delta(token=SOMEBODY, account=VAULT, amount=-5, is_measured=True),
        Delta(token=NOBODY, account=SOMEBODY, amount=3, said=7),
    ),
    allowances=(AllowanceChange(token=SOMEBODY, owner=VAULT, spender=SOMEBODY, amount=None),),
    storage=(StorageChange(contract=SOMEBODY, slot=1, before=2, after=3),),
    touched=(Touched(address=SOMEBODY, code_hash=bytes(32), evidence=Evidence.PROVEN),),
)
DESCRIBED: Final = Description(
    intent=Shown("Send"),
    fields=(
        DescribedField(label=Shown("To"), value=Shown("x"), path=Shown("to"), where=None, group=Shown("")),
    ),
    hidden=(HiddenField(path=Shown("memo"), value=Shown("y"), why=Shown("it hides it"), where=None),),
    owner=Shown("Somebody"),
    source=Shown("a.json"),
    evidence=Evidence.CLAIMED,
)
SIGNED: Final = CheckedApproval(
    seat=MemberIndex(1), expected=SOMEBODY, actual=None, source=Shown("a file"), evidence=Evidence.PROVEN
)


def with_asides(briefing: Briefing, simulation: Simulation = PLAYED) -> Briefing:
    """Return the briefing of one operation with a simulation, a descriptor and a signature."""
    (review,) = briefing.reviews
    refused = Refusal(source=Shown("b.json"), why=Shown("its version is 9"))
    descriptions = (DESCRIBED, refused)[: len(review.calls)]
    changed = replace(review, simulation=simulation, descriptions=descriptions, approvals=(SIGNED,))
    return replace(briefing, reviews=(changed,))


def test_lane_page__simulation_and_descriptor__told_as_claims() -> None:
    page = flat(lane_page(with_asides(brief_one(transfer(VAULT), transfer(VAULT))), 80))
    assert "IF IT WERE EXECUTED (CLAIMED)" in page
    assert "one played it on block 100" in page
    assert "-5 base units" in page
    assert "by its balance, though events say 7" in page
    assert "In the words of the descriptor a.json, by Somebody (claimed): Send To: x" in page
    assert "not shown by it: memo: y (it hides it)" in page
    assert "This descriptor cannot be used: b.json: its version is 9." in page


def test_lane_page__operation_that_would_fail__says_so_and_why() -> None:
    failed = replace(PLAYED, outcome=Outcome.REVERTED, why=Shown("Too little balance."), deltas=None)
    assert "It FAILS: Too little balance." in flat(
        lane_page(with_asides(brief_one(transfer(VAULT)), failed), 80)
    )


def test_verdict_page__worst_finding__said_last() -> None:
    assert "The worst is warn." in flat(verdict_page(brief_apart(), Severity.WARNING, 80))
    assert "No rule found a warning or danger." in flat(verdict_page(brief_apart(), Severity.NOTICE, 80))


CALLS_WITH_EFFECTS: Final = {
    "transfer(address,uint256)": (SOMEBODY, 5),
    "approve(address,uint256)": (SOMEBODY, 5),
    "transferOwnership(address)": (SOMEBODY,),
    "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)": (
        SOMEBODY, 0, b"abcd", 1, 0, 0, 0, NOBODY, NOBODY, b"",
    ),
    "deployCreate2Clone(bytes32,address,bytes)": (bytes(32), SOMEBODY, b""),
}  # fmt: skip


def made_call(signature: str, values: tuple[AbiValue, ...]) -> Call:
    """Return a call of a contract, with a byte too many, which is a fault."""
    name, _, types = signature.partition("(")
    function = parse_interface(f"function {name}({types[:-1]})").functions[0]
    return Call(target=SOMEBODY, value=Wei(0), data=function.encode(*values) + b"\0")


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
