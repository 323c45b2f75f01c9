"""The plan of a vault: what is refused, what is warned of, and that each has a neighbour of which it says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.attacks.coalitions import SETUPS, rows
from tests.attacks.coalitions import verdict as counted
from verifier.assess.planning.coalitions import Setup, Verdict, verdict
from verifier.assess.planning.judge import judge_plan
from verifier.model.address import Address
from verifier.model.finding import Severity
from verifier.model.plan import Plan
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import Duration, Hours
from verifier.model.vault_file import VaultFile
from verifier.store.release import companion_addresses
from verifier.store.vault_file import parse_vault_file

TEXT = (Path(__file__).parents[2] / "docs" / "examples" / "vault" / "vault.toml").read_text()
VAULT = Address(b"\x7a" * 20)
CODE_BYTES = 30_006


def file_of(text: str) -> VaultFile:
    return parse_vault_file(text.encode(), "vault.toml")


def plan_of(text: str) -> Plan:
    return judge_plan(file_of(text), vault=VAULT, companions=companion_addresses(), code_bytes=CODE_BYTES)


def changed(*changes: tuple[str, str]) -> str:
    """Return the example with some things changed, each where it stands first."""
    text = TEXT
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def without(name: str) -> str:
    """Return the example without a member."""
    start = TEXT.index(f'[[members]]\nname = "{name}')
    return TEXT[:start] + TEXT[TEXT.index("\n[", start + 1) + 1 :]


def test_plan__of_the_example__refuses_nothing_and_warns_of_nothing() -> None:
    plan = plan_of(TEXT)
    assert [remark for remark in plan.remarks if remark.severity >= Severity.WARNING] == []
    assert [(power.tier, power.quorums) for power in plan.tiers] == [
        (Tier.ROUTINE, 21),
        (Tier.STANDARD, 18),
        (Tier.HIGH_VALUE, 13),
        (Tier.CUSTODY, 13),
    ]
    assert all(len(power.example) == power.terms.quorum for power in plan.tiers)
    assert (plan.coalitions.blocks, plan.coalitions.blocks_for_good, plan.coalitions.steals) == (1, 4, 5)


REFUSED: Mapping[str, tuple[str, str]] = {
    "guardian and approver": (changed(('["guardian"]', '["guardian", "approver"]')), "member-roles"),
    "security and no approver": (changed(('["guardian"]', '["auditor", "security"]')), "member-roles"),
    "an offset that nobody has": (changed(('"+12:00"', '"+14:15"')), "member-offset"),
    "a quorum of one": (changed(("quorum = 2", "quorum = 1")), "tier-terms"),
    "a segregated quorum of eight": (changed(("quorum = 3", "quorum = 8")), "tier-terms"),
    "a short delay": (changed(('delay = "1h"', 'delay = "599s"')), "tier-terms"),
    "a short delay of HIGH_VALUE": (changed(('delay = "24h"', 'delay = "23h"'), ('"48h"', '"23h"')), "tier-terms"),
    "a long delay": (changed(('delay = "72h"', 'delay = "61d"')), "tier-terms"),
    "more security than quorum": (changed(("security = 0", "security = 3")), "tier-terms"),
    "CUSTODY expedited": (changed(('delay = "72h"', 'delay = "72h"\nexpedited = "60h"')), "tier-terms"),
    "HIGH_VALUE expedited at once": (changed(('"2h"', '"59m"')), "tier-terms"),
    "expedited for longer": (changed(('expedited = "10m"', 'expedited = "2h"')), "tier-terms"),
    "a short grace": (changed(('grace = "72h"', 'grace = "23h"')), "tier-terms"),
    "a long grace": (changed(('grace = "72h"', 'grace = "31d"')), "tier-terms"),
    "a grace shorter than a weekend": (
        changed(("[tiers.custody]", '[tiers.custody]\nwindow = { days = ["mon"], opens = "01:00" }')),
        "tier-terms",
    ),
    "a window that never opens": (
        changed(("[tiers.custody]", '[tiers.custody]\nwindow = { opens = "08:00", closes = "08:00" }')),
        "tier-terms",
    ),
    "a quicker CUSTODY": (changed(('delay = "72h"', 'delay = "47h"')), "tier-less-strict"),
    "a CUSTODY that is not segregated": (
        TEXT[::-1].replace("segregated = true"[::-1], "segregated = false"[::-1], 1)[::-1],
        "tier-less-strict",
    ),
    "a wider window": (
        changed(("[tiers.high_value]", '[tiers.high_value]\nwindow = { opens = "00:15" }')),
        "tier-less-strict",
    ),
    "a supermajority below the quorum": (changed(("supermajority = 4", "supermajority = 2")), "supermajority"),
    "a supermajority above the approvers": (changed(("supermajority = 4", "supermajority = 7")), "supermajority"),
    "limits the wrong way round": (changed(('"5 ETH"', '"100 ETH"')), "asset-limits"),
    "37 decimals": (changed(("decimals = 18", "decimals = 37")), "asset-decimals"),
    "a member as counterparty": (
        changed(("0x14C1FAF6dAA394E40320be58e7878a670dA9f763", "0x08504A73fE049fea8dEDb3B1366584Ece1acB3E9")),
        "counterparty-member",
    ),
    "a member as asset": (
        changed(('"0x0b29154CE3276629418B71d7a07FA293467bd14e"', '"0x08504A73fE049fea8dEDb3B1366584Ece1acB3E9"')),
        "asset-member",
    ),
    "a companion as asset": (
        changed(('"0x0b29154CE3276629418B71d7a07FA293467bd14e"', f'"{companion_addresses().bypass_ledger}"')),
        "asset-governed",
    ),
    "a companion as member": (
        changed(("0x48A2311695EC60F249626081D634F116B27b0DE8", str(companion_addresses().checks))),
        "member-address",
    ),
    "the vault as counterparty": (
        changed(("0x14C1FAF6dAA394E40320be58e7878a670dA9f763", str(VAULT))),
        "counterparty-vault",
    ),
    "the vault as a rule's target": (
        changed(("0x86B33f0EFf92Be6cF9EA571C50C09bf7E290908c", str(VAULT))),
        "rule-vault",
    ),
    "a rule that measures nothing": (
        changed(('function = "depositFor(address,uint256)"', 'selector = "0x2f4f21e2"\nwords = 1')),
        "rule-measure",
    ),
    "a group that publishes": (
        changed(('threshold = 2\nroles = ["approver"]', 'threshold = 2\nroles = ["proposer"]')),
        "group-roles",
    ),
    "an approver with an excluded duty": (changed(("person = 31", "person = 1")), "duty-conflict"),
    "a holder with an excluded duty": (changed(("person = 31", "person = 22")), "duty-conflict"),
    "two duties that exclude each other": (
        changed(('duties = ["key_material"]', 'duties = ["trade_authorisation", "anomaly_rules"]')),
        "duty-conflict",
    ),
    "approval as a duty": (changed(('duties = ["key_material"]', 'duties = ["transaction_approval"]')), "duty-is-role"),
    "no review time": (changed(('review_within = "72h"', 'review_within = "0h"')), "bypass-review"),
    "no bypass": (changed(("limit = 3", "limit = 0")), "bypass-limit"),
    "a person as guard": (
        changed(("0x71a56b0227CC359aCb18AbC6F5AAF02F464e942e", str(Address(bytes(16) + b"\xff" * 4)))),
        "strategy-guard",
    ),
    "no proposers": (
        changed(('"proposer", "approver", "break', '"approver", "break'), ('["proposer"]', '["auditor"]')),
        "proposers-missing",
    ),
    "all in one place": (
        changed(('employer = "beta"', 'employer = "acme"'), ('employer = "gamma"', 'employer = "acme"'),
                ('employer = "delta"', 'employer = "acme"'), ('employer = "epsilon"', 'employer = "acme"')),
        "segregated-quorum-impossible",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_plan__with_one_thing_wrong__refuses_and_says_what(what: str) -> None:
    text, rule = REFUSED[what]
    plan = plan_of(text)
    assert rule in [remark.rule for remark in plan.refusals]
    assert all(remark.sentence.isascii() and remark.sentence.endswith(".") for remark in plan.remarks)


WARNED: Mapping[str, tuple[str, str]] = {
    "one who is needed": (
        changed(('"approver", "security"]', '"approver"]'), ('"approver", "security"]', '"approver"]'),
                ('"approver", "security"]', '"approver"]')),
        "quorum-lost-with-one",
    ),
    "all approvers needed": (changed(("supermajority = 4", "supermajority = 6")), "supermajority-without-headroom"),
    "one proposer": (changed(('"proposer", "approver", "break', '"approver", "break')), "proposers-few"),
    "no guardian": (without("Gus"), "guardian-missing"),
    "no auditor": (without("Amy"), "reviewers-missing"),
    "an auditor who approves": (changed(('["auditor"]', '["auditor", "approver"]')), "reviewers-missing"),
    "no break-glass": (TEXT.replace(', "break_glass"', ""), "break-glass-missing"),
    "one with break-glass": (changed((', "break_glass"', "")), "break-glass-alone"),
    "an employer that suffices": (changed(('employer = "beta"', 'employer = "acme"')), "employer-suffices"),
    "holders of one employer": (
        changed(('person = 21\nemployer = "beta"', 'person = 21\nemployer = "gamma"')),
        "group-not-segregated",
    ),
    "holders who sign alone": (changed(("threshold = 2", "threshold = 1")), "group-alone"),
    "holders who are all needed": (changed(("threshold = 2", "threshold = 3")), "group-without-headroom"),
    "a register that nobody asks": (changed(("duty_registry = true", "duty_registry = false")), "registry-unasked"),
}  # fmt: skip


@pytest.mark.parametrize("what", WARNED)
def test_plan__with_one_thing_that_is_weak__warns_of_it(what: str) -> None:
    text, rule = WARNED[what]
    assert rule in [r.rule for r in plan_of(text).remarks if r.severity is Severity.WARNING]


NOTED: Mapping[str, tuple[str, str]] = {
    "no native coin": (
        changed(('address = "native"', 'address = "0x86B33f0EFf92Be6cF9EA571C50C09bf7E290908c"')),
        "native-unlisted",
    ),
    "nobody who receives": (TEXT.replace('uses = ["recipient"]', 'uses = ["spender"]'), "recipients-none"),
    "a rule about a member": (
        changed(("0x86B33f0EFf92Be6cF9EA571C50C09bf7E290908c", "0x08504A73fE049fea8dEDb3B1366584Ece1acB3E9")),
        "rule-idle",
    ),
    "a grace of two days": (changed(('grace = "72h"', 'grace = "48h"')), "grace-short"),
    "one guardian": (TEXT, "guardian-alone"),
    "a strategy that lets nothing pass": (changed(("order = 250_000", "order = 0")), "strategy-closed"),
}


@pytest.mark.parametrize("what", NOTED)
def test_plan__with_one_thing_to_know__notes_it(what: str) -> None:
    text, rule = NOTED[what]
    assert rule in [r.rule for r in plan_of(text).remarks if r.severity is Severity.NOTICE]


def test_plan__of_the_example__notes_nothing_else() -> None:
    assert {remark.rule for remark in plan_of(TEXT).remarks} == {"group-later", "guardian-alone"}


def test_plan__of_everybody_in_one_part_of_the_day__says_who_shares_what() -> None:
    text = changed(
        ('"+09:00"', '"+01:30"'), ('"+05:30"', '"+02:00"'), ('"+12:00"', '"-01:00"'), ('"-10:00"', '"+00:30"')
    )
    (remark,) = [r for r in plan_of(text).refusals if r.subject == "HIGH_VALUE"]
    assert "Bob and Cat have 30 minutes between their offsets" in remark.sentence
    assert "Groups never count" in remark.sentence


def test_plan__of_a_vault_of_three__names_the_hostages() -> None:
    text = without("Fay")
    for name in ("Dan", "Eve"):
        start = text.index(f'[[members]]\nname = "{name}')
        text = text[:start] + text[text.index("\n[", start + 1) + 1 :]
    text = text.replace("supermajority = 4", "supermajority = 2").replace("quorum = 3", "quorum = 2")
    plan = plan_of(text)
    assert plan.refusals == ()
    assert "hostage" in [r.rule for r in plan.remarks]


CUSTODY = TierTerms(quorum=3, security_approvals=0, delay=Duration(259_200), grace_hours=Hours(72))
SAID = {
    Verdict.STEALS: "steals",
    Verdict.NOTHING: "nothing",
    Verdict.BLOCKS: "blocks, curable",
    Verdict.BLOCKS_FOR_GOOD: "blocks for good",
}


@pytest.mark.parametrize("name", SETUPS)
def test_coalitions__of_every_vault_in_the_specification__as_it_says(name: str) -> None:
    for setup_name, setup, coalition in rows():
        if setup_name == name:
            people = setup.people
            counts = (people.approvers, 0, 0, 0, people.proposers, people.guardians)
            taken = (coalition.approvers, 0, 0, 0, coalition.proposers, coalition.guardians)
            found = verdict(Setup(counts=counts, custody=CUSTODY, supermajority=setup.supermajority), taken)
            assert SAID[found] == counted(setup, coalition), str(coalition)


@given(
    approvers=st.integers(0, 5),
    security=st.integers(0, 5),
    proposers=st.integers(0, 2),
    guardians=st.integers(0, 2),
    supermajority=st.integers(3, 6),
    data=st.data(),
)
def test_coalitions__where_nobody_asks_for_the_security_team__it_counts_like_others(
    approvers: int, security: int, proposers: int, guardians: int, supermajority: int, data: st.DataObject
) -> None:
    taken = tuple(data.draw(st.integers(0, most)) for most in (approvers, security, proposers, guardians))
    apart = Setup(
        counts=(approvers, security, 0, 0, proposers, guardians), custody=CUSTODY, supermajority=supermajority
    )
    merged = Setup(
        counts=(approvers + security, 0, 0, 0, proposers, guardians),
        custody=CUSTODY,
        supermajority=supermajority,
    )
    assert verdict(apart, (taken[0], taken[1], 0, 0, taken[2], taken[3])) is verdict(
        merged, (taken[0] + taken[1], 0, 0, 0, taken[2], taken[3])
    )


def test_coalitions__where_the_security_team_is_needed__cannot_steal_without_it() -> None:
    custody = replace(CUSTODY, security_approvals=1)
    setup = Setup(counts=(5, 2, 0, 0, 1, 0), custody=custody, supermajority=3)
    assert verdict(setup, (4, 0, 0, 0, 1, 0)) is Verdict.BLOCKS_FOR_GOOD
    assert verdict(setup, (3, 1, 0, 0, 1, 0)) is Verdict.STEALS
