"""What follows for a signer from an operation: each rule, and the neighbour that it leaves alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from tests.desk.fakes import (
    APART,
    COMPANIONS,
    EPOCH,
    NO_BYPASSES,
    NOW,
    STRANGER_ADDRESS,
    TIERS,
    TOKEN,
    VAULT,
    FakeClock,
    FakeReader,
    bypass,
    lane_of,
    ledger,
    member,
    members_apart,
    operation,
    reading,
    signer,
    transfer,
    usual_members,
)
from verifier.desk.briefing import brief_lane
from verifier.model.address import NOBODY, Address
from verifier.model.asset import NATIVE, AssetTerms, Use
from verifier.model.evidence import Evidence, Fact
from verifier.model.finding import Severity
from verifier.model.life import Status
from verifier.model.member import Member, MemberStatus
from verifier.model.operation import Call
from verifier.model.reading import NO_POLICY, BypassReading, LaneReading, PolicyReading
from verifier.model.rule import Measure, Rule
from verifier.model.tier import Tier, TierBook
from verifier.model.units import Units, Wei

DESK = Address(bytes.fromhex("de5c" * 10))
KNOWN = {STRANGER_ADDRESS: "Payroll"}
NOT_JUDGED = ("not-judged", Severity.NOTICE)
LISTED = AssetTerms(routine_limit=Units(100), high_value_from=Units(1_000), decimals=6)


def found(
    *calls: Call,
    labels: Mapping[Address, str] = KNOWN,
    policy: PolicyReading = NO_POLICY,
    members: Mapping[int, Member] | None = None,
    lane: LaneReading | None = None,
    tiers: TierBook = TIERS,
    registry: Address = NOBODY,
    bypasses: BypassReading = NO_BYPASSES,
) -> list[tuple[str, Severity]]:
    """Return rules and severities of what is found about an operation of these calls.

    Nobody reads accounts, plays operations or remembers anything here; that this is said has a test of its own.
    """
    one = operation(*calls)
    read = reading(lane or lane_of(one, 1, 2, 3), members=members, tiers=tiers, registry=registry)
    reader = FakeReader(read, {one.lane: one}, policy=policy, bypasses=bypasses)
    (review,) = brief_lane(reader, FakeClock(), signer(labels=labels), 0).reviews
    findings = [(finding.rule, finding.severity) for finding in review.findings]
    return [each for each in findings if each != NOT_JUDGED]


def policy(*, uses: Use | None = None, terms: AssetTerms | None = None) -> PolicyReading:
    return PolicyReading(
        assets={} if terms is None else {TOKEN: Fact(value=terms, evidence=Evidence.PROVEN)},
        counterparties={} if uses is None else {STRANGER_ADDRESS: Fact(value=uses, evidence=Evidence.PROVEN)},
    )


def call(data: str, *, target: Address = TOKEN, value: int = 0) -> Call:
    return Call(target=target, value=Wei(value), data=bytes.fromhex(data))


def test_findings__transfer_to_a_labelled_account__none() -> None:
    assert found(transfer()) == []


def test_findings__nobody_was_asked_beside_the_vault__said_and_no_all_clear() -> None:
    one = operation(transfer())
    reader = FakeReader(reading(lane_of(one, 1, 2, 3)), {one.lane: one})
    (review,) = brief_lane(reader, FakeClock(), signer(labels=KNOWN), 0).reviews
    said = " ".join(finding.sentence for finding in review.findings if finding.rule == "not-judged")
    assert "Nobody played the operation." in said
    assert "loss-contrary" in said
    assert str(TOKEN) in said
    assert "remembers no operation" in said
    assert "co-signers' signatures" in said


def test_findings__transfer_to_nobody_known__warned() -> None:
    assert found(transfer(), labels={}) == [("counterparty-unknown", Severity.WARNING)]


def test_findings__transfer_to_a_recipient_of_the_vault__none() -> None:
    assert found(transfer(), labels={}, policy=policy(uses=Use.RECIPIENT)) == []


def test_findings__transfer_to_a_mere_spender__warned() -> None:
    assert found(transfer(), labels={}, policy=policy(uses=Use.SPENDER)) == [
        ("counterparty-unknown", Severity.WARNING)
    ]


def test_findings__native_value_to_nobody_known__warned() -> None:
    sent = Call(target=STRANGER_ADDRESS, value=Wei(1), data=b"")
    assert found(sent, labels={}) == [("counterparty-unknown", Severity.WARNING)]
    assert found(sent) == []


def test_findings__allowance_of_nothing__no_counterparty() -> None:
    approve = "095ea7b3" + STRANGER_ADDRESS.hex().rjust(64, "0")
    assert found(call(approve + "00" * 32), labels={}, policy=policy(terms=LISTED)) == []
    # Where nothing tells that it is a token of coins, these bytes may give away number 0 of a collection.
    assert found(call(approve + "00" * 32), labels={}) == [
        ("counterparty-unknown", Severity.WARNING),
        ("function-ambiguous", Severity.NOTICE),
    ]
    assert found(call(approve + "ff" * 32), labels={}, policy=policy(terms=LISTED)) == [
        ("allowance-to-stranger", Severity.DANGER),
        ("allowance-unlimited", Severity.WARNING),
        ("counterparty-unknown", Severity.WARNING),
    ]


def test_findings__trailing_byte__notice() -> None:
    assert found(call(transfer().data.hex() + "00")) == [("encoding-trailing", Severity.NOTICE)]


def test_findings__dirty_address__danger_first() -> None:
    data = bytearray(transfer().data)
    data[4] = 1
    rules = found(call(data.hex()), labels={})
    assert rules[0] == ("encoding-dirty", Severity.DANGER)


@pytest.mark.parametrize("data", ["deadbeef", "deadbe", "a9059cbb"])
def test_findings__function_unknown_or_unreadable__warned(data: str) -> None:
    rules = [rule for rule, _ in found(call(data))]
    known = {"function-unknown", "encoding-truncated"}
    assert rules
    assert set(rules) <= known


def test_findings__call_of_the_vault_itself__warned() -> None:
    remove = "0b1ca49a" + "11".rjust(64, "0")
    assert ("changes-vault", Severity.WARNING) in found(call(remove, target=VAULT))
    assert ("changes-vault", Severity.WARNING) not in found(call(remove))


@pytest.mark.parametrize(
    ("target", "registry", "is_governed"),
    [
        (COMPANIONS.duty_registry, NOBODY, True),
        (COMPANIONS.strategy_limits, NOBODY, True),
        (COMPANIONS.bypass_ledger, NOBODY, True),
        (TOKEN, TOKEN, True),
        (COMPANIONS.checks, NOBODY, False),
        (TOKEN, NOBODY, False),
        (NOBODY, NOBODY, False),
    ],
)
def test_findings__call_of_what_the_vault_governs__warned(
    target: Address, registry: Address, is_governed: bool
) -> None:
    rules = [rule for rule, _ in found(call("deadbeef", target=target), registry=registry)]
    assert ("changes-governed" in rules) is is_governed


SUPPLY = bytes.fromhex("01020304")
RULE = Rule(measure=Measure(asset=TOKEN, amount_at=0, counterparty_at=1, words=2, uses=Use.SPENDER))


def supply(amount: int) -> Call:
    data = SUPPLY.hex() + f"{amount:064x}" + STRANGER_ADDRESS.hex().rjust(64, "0")
    return call(data, target=DESK)


def ruled(uses: Use | None = None) -> PolicyReading:
    proven = Fact(value=RULE, evidence=Evidence.PROVEN)
    return replace(policy(uses=uses, terms=LISTED), rules={(DESK, SUPPLY): proven})


def test_findings__counterparty_behind_a_rule__as_one_in_plain_sight() -> None:
    unknown = ("counterparty-unknown", Severity.WARNING)
    assert unknown in found(supply(1), labels={}, policy=ruled())
    assert unknown in found(supply(1), labels={}, policy=ruled(Use.RECIPIENT))
    assert unknown not in found(supply(1), labels={}, policy=ruled(Use.SPENDER))
    assert unknown not in found(supply(1), policy=ruled())
    assert unknown not in found(supply(0), labels={}, policy=ruled())
    assert unknown not in found(supply(1), labels={})


def test_findings__rule_that_measures_too_much__tier_risen() -> None:
    lane = lane_of(operation(supply(1)), 1, 2, 3, tier=Tier.STANDARD)
    risen = ("tier-risen", Severity.NOTICE)
    assert risen not in found(supply(999), lane=lane, policy=ruled(Use.SPENDER))
    assert risen in found(supply(1_000), lane=lane, policy=ruled(Use.SPENDER))


@pytest.mark.parametrize(("status", "has_risen"), [(Status.PROPOSED, True), (Status.WAITING, False)])
def test_findings__bucket_nearly_full__only_before_the_quorum(status: Status, has_risen: bool) -> None:
    full = replace(LISTED, level=Units(999), filled_at=NOW)
    lane = lane_of(operation(transfer()), 1, tier=Tier.STANDARD, status=status)
    rules = found(transfer(), lane=lane, policy=policy(uses=Use.RECIPIENT, terms=full))
    assert (("tier-risen", Severity.NOTICE) in rules) is has_risen


def test_findings__nobody_left_who_is_apart__noticed() -> None:
    lane = lane_of(operation(transfer()), 1, tier=Tier.HIGH_VALUE, status=Status.PROPOSED)
    impossible = ("segregation-impossible", Severity.NOTICE)
    assert impossible not in found(transfer(), lane=lane, tiers=APART, members=members_apart())
    # All in one place.
    assert impossible in found(transfer(), lane=lane, tiers=APART)
    assert impossible not in found(transfer(), lane=lane)


def test_findings__made_ready_sooner__warned_of_this_operation_only() -> None:
    lane = lane_of(operation(transfer()), 1, 2, 3)
    hurried = ("expedited", Severity.WARNING)
    assert hurried in found(transfer(), lane=lane, bypasses=ledger(bypass(lane.operation_id)))
    assert hurried not in found(transfer(), lane=lane, bypasses=ledger(bypass()))


def test_findings__objected__warned() -> None:
    lane = lane_of(operation(transfer()), 1, 2, 3, seat_operation=True, objected=True)
    assert ("objected", Severity.WARNING) in found(transfer(), lane=lane)


def test_findings__quorum_lost_since_it_was_counted__noticed() -> None:
    lane = lane_of(operation(transfer()), 1, 2, 3, epoch=EPOCH - 1)
    gone = {**usual_members(), 1: member(1, status=MemberStatus.SUSPENDED)}
    assert found(transfer(), lane=lane) == []
    assert found(transfer(), lane=lane, members=gone) == [("quorum-broken", Severity.NOTICE)]


def test_findings__publisher_suspended_since__noticed() -> None:
    lane = lane_of(operation(transfer()), 1, 2, 3, epoch=EPOCH - 1)
    gone = {**usual_members(), 0: member(0, status=MemberStatus.SUSPENDED)}
    assert found(transfer(), lane=lane, members=gone) == [("quorum-broken", Severity.NOTICE)]


def test_findings__policy_has_become_stricter__noticed() -> None:
    lane = lane_of(operation(transfer()), 1, 2, 3, tier=Tier.ROUTINE)
    strict = policy(
        uses=Use.RECIPIENT, terms=AssetTerms(routine_limit=Units(1), high_value_from=Units(2), decimals=6)
    )
    loose = policy(uses=Use.RECIPIENT, terms=LISTED)
    assert found(transfer(), lane=lane, policy=strict) == [("tier-risen", Severity.NOTICE)]
    assert found(transfer(), lane=lane, policy=loose) == []


def test_findings__native_coin_without_terms__nothing_assumed() -> None:
    assert NATIVE not in NO_POLICY.assets
    sent = Call(target=STRANGER_ADDRESS, value=Wei(10**18), data=b"")
    one = operation(sent)
    reader = FakeReader(reading(lane_of(one)), {one.lane: one})
    (review,) = brief_lane(reader, FakeClock(), signer(labels=KNOWN), 0).reviews
    assert review.sentence == f"Sends {10**18} wei to {STRANGER_ADDRESS} (Payroll)."
