"""What follows for a signer from an operation: each rule, and the neighbour that it leaves alone."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.desk.fakes import (
    EPOCH,
    STRANGER_ADDRESS,
    TOKEN,
    VAULT,
    FakeClock,
    FakeReader,
    lane_of,
    member,
    operation,
    reading,
    signer,
    transfer,
    usual_members,
)
from verifier.desk.briefing import brief_lane
from verifier.model.address import Address
from verifier.model.asset import NATIVE, AssetTerms, Use
from verifier.model.evidence import Evidence, Fact
from verifier.model.finding import Severity
from verifier.model.member import Member, MemberStatus
from verifier.model.operation import Call
from verifier.model.reading import NO_POLICY, LaneReading, PolicyReading
from verifier.model.tier import Tier
from verifier.model.units import Units, Wei

KNOWN = {STRANGER_ADDRESS: "Payroll"}
LISTED = AssetTerms(routine_limit=Units(100), high_value_from=Units(1_000), decimals=6)


def found(
    *calls: Call,
    labels: Mapping[Address, str] = KNOWN,
    policy: PolicyReading = NO_POLICY,
    members: Mapping[int, Member] | None = None,
    lane: LaneReading | None = None,
) -> list[tuple[str, Severity]]:
    """Return rules and severities of what is found about an operation of these calls."""
    one = operation(*calls)
    reader = FakeReader(
        reading(lane or lane_of(one, 1, 2, 3), members=members), {one.lane: one}, policy=policy
    )
    (review,) = brief_lane(reader, FakeClock(), signer(labels=labels), 0).reviews
    return [(finding.rule, finding.severity) for finding in review.findings]


def policy(*, uses: Use | None = None, terms: AssetTerms | None = None) -> PolicyReading:
    return PolicyReading(
        assets={} if terms is None else {TOKEN: Fact(value=terms, evidence=Evidence.PROVEN)},
        counterparties={} if uses is None else {STRANGER_ADDRESS: Fact(value=uses, evidence=Evidence.PROVEN)},
    )


def call(data: str, *, target: Address = TOKEN, value: int = 0) -> Call:
    return Call(target=target, value=Wei(value), data=bytes.fromhex(data))


def test_findings__transfer_to_a_labelled_account__none() -> None:
    assert found(transfer()) == []


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
    assert found(call(approve + "00" * 32), labels={}) == []
    assert found(call(approve + "ff" * 32), labels={}) == [("counterparty-unknown", Severity.WARNING)]


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
