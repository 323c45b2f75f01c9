"""The examination: what is well, what is not, and which exit code it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.desk.fakes import (
    NO_BYPASSES,
    NOW,
    TIERS,
    bypass,
    group,
    head,
    lane_of,
    ledger,
    member,
    operation,
    reading,
    signer,
    usual_members,
)
from verifier.desk.health import Check, Probed, examine_endpoints, examine_vault, worst_code
from verifier.errors import EndpointUnreachable, WrongChain
from verifier.model.bypass import Verdict
from verifier.model.evidence import Evidence
from verifier.model.finding import Severity
from verifier.model.health import EndpointHealth
from verifier.model.member import MemberStatus, Role
from verifier.model.reading import BypassReading, VaultReading
from verifier.model.units import BlockNumber, ChainId, Timestamp

CHAIN = ChainId(31_337)
WELL = EndpointHealth(
    name="one.example",
    chain_id=CHAIN,
    block=BlockNumber(100),
    block_hash=b"\x11" * 32,
    timestamp=NOW,
    proves=True,
    milliseconds=3,
)
DOWN = EndpointUnreachable(endpoint="two.example", why="there is no connection")


def endpoints(*probed: Probed, quorum: int = 1) -> list[Check]:
    names = {f"{i}.example": found for i, found in enumerate(probed)}
    return list(examine_endpoints(names, chain_id=CHAIN, quorum=quorum, now=NOW))


def vault(
    read: VaultReading,
    seat: int | None = None,
    *,
    now: int = NOW,
    bypasses: BypassReading = NO_BYPASSES,
) -> dict[str, Check]:
    checks = examine_vault(read, bypasses, signer(seat), Timestamp(now))
    return {check.subject: check for check in checks}


def worst(checks: Sequence[Check]) -> Severity:
    return max(check.severity for check in checks)


def test_examine_endpoints__two_that_agree__well() -> None:
    checks = endpoints(WELL, WELL, quorum=2)
    assert (worst(checks), worst_code(checks)) == (Severity.INFO, 0)


def test_examine_endpoints__one_alone__warned_that_all_is_claimed() -> None:
    checks = endpoints(WELL)
    assert worst_code(checks) == 10
    assert "claimed" in checks[1].sentence


def test_examine_endpoints__one_of_three_down__warned() -> None:
    checks = endpoints(WELL, DOWN, WELL, quorum=2)
    assert [check.severity for check in checks] == [
        Severity.INFO,
        Severity.WARNING,
        Severity.INFO,
        Severity.INFO,
        Severity.INFO,
    ]
    assert worst_code(checks) == 10


def test_examine_endpoints__too_many_down__code_of_the_first_that_is() -> None:
    checks = endpoints(WELL, DOWN, quorum=2)
    assert (worst(checks), worst_code(checks)) == (Severity.DANGER, 50)


def test_examine_endpoints__one_of_another_chain__fails_even_where_others_are_enough() -> None:
    other = WrongChain(endpoint="two.example", expected=CHAIN, actual=1)
    assert worst_code(endpoints(WELL, other, WELL, quorum=2)) == 60


@pytest.mark.parametrize(("behind", "expected"), [(5, Severity.INFO), (6, Severity.WARNING)])
def test_examine_endpoints__some_blocks_behind__warned_beyond_five(behind: int, expected: Severity) -> None:
    late = replace(WELL, block=BlockNumber(100 - behind))
    assert endpoints(WELL, late, quorum=2)[1].severity is expected


def test_examine_endpoints__no_proofs__noticed() -> None:
    checks = endpoints(WELL, replace(WELL, proves=False), quorum=2)
    assert (worst(checks), worst_code(checks)) == (Severity.NOTICE, 0)


def test_examine_endpoints__foreign_name__escaped() -> None:
    checks = endpoints(replace(WELL, name="\x1b[2Jx"))
    assert checks[0].subject == "\\u{1b}[2Jx"


def test_examine_vault__usual__well() -> None:
    checks = vault(reading(lane_of(operation())), 1)
    assert worst(list(checks.values())) is Severity.INFO
    assert "proven complete" in checks["queue"].sentence


def test_examine_vault__claimed__said_of_the_queue() -> None:
    read = reading(evidence=Evidence.CLAIMED, block=head(evidence=Evidence.CLAIMED))
    assert "only as one endpoint claims" in vault(read)["queue"].sentence


def test_examine_vault__one_approver_fewer__noticed_below_the_full_floor() -> None:
    members = {**usual_members(), 4: member(4, status=MemberStatus.SUSPENDED)}
    check = vault(reading(members=members))["members"]
    assert check.severity is Severity.NOTICE
    assert "suspended: seat 4" in check.sentence


def test_examine_vault__two_approvers_fewer__warned_below_the_bare_floor() -> None:
    members = {seat: each for seat, each in usual_members().items() if seat not in (1, 4)}
    assert vault(reading(members=members))["members"].severity is Severity.WARNING


def test_examine_vault__tiers_that_no_vault_can_have__fails() -> None:
    bad = (replace(TIERS[0], quorum=1), *TIERS[1:])
    check = vault(reading(tiers=bad))["storage"]
    assert (check.severity, check.code) == (Severity.DANGER, 70)


def test_examine_vault__own_seat_lost__warned() -> None:
    members = usual_members()
    del members[1]
    assert vault(reading(members=members), 1)["your seat"].severity is Severity.WARNING


def test_examine_vault__old_block__warned() -> None:
    assert vault(reading(), now=NOW + 3600)["clock"].severity is Severity.WARNING
    assert "clock" not in vault(reading())


def test_worst_code__nothing__well() -> None:
    assert worst_code([]) == 0


def test_examine_vault__group__with_how_many_hold_its_key() -> None:
    members = {**usual_members(), 4: group(4, 70, 71, 72)}
    check = vault(reading(members=members))["members"]
    assert "groups: seat 4 of 3 persons" in check.sentence
    assert "groups" not in vault(reading())["members"].sentence


def test_examine_vault__groups_that_cannot_publish__below_the_full_floor() -> None:
    roles = Role.APPROVER | Role.SECURITY
    groups = {seat: group(seat, seat + 70, seat + 80, roles=roles) for seat in (1, 2, 3, 4)}
    assert vault(reading(members={**usual_members(), **groups}))["members"].severity is Severity.NOTICE
    one_fewer = {**usual_members(), **{seat: groups[seat] for seat in (2, 3, 4)}}
    assert vault(reading(members=one_fewer))["members"].severity is Severity.INFO


def test_examine_vault__break_glass__how_often_and_what_waits() -> None:
    assert vault(reading())["break-glass"].sentence == "Never used."
    reviewed = ledger(bypass(verdict=Verdict.JUSTIFIED), first=1)
    check = vault(reading(), bypasses=reviewed)["break-glass"]
    assert (check.severity, check.sentence) == (
        Severity.INFO,
        "Used once, and nothing waits for a review.",
    )
    check = vault(reading(), bypasses=ledger(bypass()))["break-glass"]
    assert check.severity is Severity.NOTICE
