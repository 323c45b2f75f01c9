"""Files of vaults for tests of the plan: the example with one thing changed, and what a plan has to say about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from verifier.assess.planning.judge import judge_plan
from verifier.model.address import Address
from verifier.model.plan import Plan
from verifier.model.vault_file import VaultFile
from verifier.sign.approval import ORDER
from verifier.sign.schnorr import PRIME, lift
from verifier.store.release import companion_addresses
from verifier.store.vault_file import parse_vault_file


def _unverifiable() -> str:
    """Return a point that the vault could not verify signatures of: its abscissa is not below the curve's order."""
    x = next(x for x in range(ORDER, PRIME) if lift(2, x) is not None)
    return f"02{x:064x}"


TEXT = (Path(__file__).parents[2] / "docs" / "examples" / "vault" / "vault.toml").read_text()
UNVERIFIABLE = _unverifiable()
VAULT = Address(b"\x7a" * 20)
CODE_BYTES = 30_006


def _like(digits: str) -> Address:
    """Return another address with the same ends."""
    return Address(bytes.fromhex(digits[:4] + 32 * "0" + digits[-4:]))


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


def many(table: str, count: int) -> str:
    """Return the example with so many tables more; `{i}` is the number of each, `{address}` an address of its own."""
    return TEXT + "\n".join(
        table.format(i=i, address=Address(bytes([9]) * 18 + i.to_bytes(2, "big")))
        for i in range(1, count + 1)
    )


MEMBER = """
[[members]]
name = "Member {i}"
person = {i}00
address = "{address}"
roles = ["{role}"]
employer = "acme"
utc_offset = "+00:00"
place = {{ latitude = 0, longitude = 0 }}
"""
PARTY = """
[[counterparties]]
name = "Party {i}"
address = "{address}"
uses = ["recipient"]
"""
HOLDER = """
[[members.holders]]
name = "Holder {i}"
person = {i}01
employer = "acme"
utc_offset = "+00:00"
place = {{ latitude = 0, longitude = 0 }}
"""
DUTY = """
[[duties]]
person = {i}00
name = "Duty {i}"
duties = ["signing_server"]
"""


def before_tiers(tables: str) -> str:
    """Return the example with tables behind those of its last member."""
    return TEXT.replace("# Each at least as strict", tables + "\n# Each at least as strict", 1)


def members(count: int, role: str = "auditor") -> str:
    table = MEMBER.replace("{role}", role)
    return many(table, count)


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
    "a member whose key everybody has": (
        changed(("0xB0Dca2f0C2751A05BB68757e406BAD8785A372d6", "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")),
        "key-known",
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


MORE_REFUSED: Mapping[str, tuple[str, str]] = {
    "64 founders and a group": (members(55), "seats-full"),
    "65 founders": (members(56), "seats-full"),
    "a thousand counterparties": (many(PARTY, 300), "founding-too-large"),
    "65 persons with duties": (many(DUTY, 63), "duties-full"),
    "more venues than there may be": (
        changed(('venues = ["cme", ', "venues = [" + "".join(f'"venue {i}", ' for i in range(64)))),
        "strategy-full",
    ),
    "a group of 21": (
        before_tiers("".join(HOLDER.format(i=i) for i in range(1, 19))),
        "group-holders",
    ),
    # The abscissa of a point between the order of the curve and its prime.
    "a key that cannot be verified": (
        changed(("020d744ba848cedd7007be8051f5658eace8cbb43ea32ad68b417b78fb7dc7ec74", UNVERIFIABLE)),
        "group-key",
    ),
    "too few approvers": (
        TEXT.replace("segregated = true", "").replace("quorum = 3", "quorum = 8"),
        "quorum-impossible",
    ),
    "one who could freeze it": (TEXT.replace('["approver", "security"]', '["auditor"]'), "floor-broken"),
}


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
    "a clock that its place has not": (changed(("longitude = 139.77", "longitude = 9.77")), "offset-unlike-place"),
    "a holder's clock that its place has not": (
        changed(('person = 23\nemployer = "delta"\nutc_offset = "-05:00"',
                 'person = 23\nemployer = "delta"\nutc_offset = "+05:00"')),
        "offset-unlike-place",
    ),
    "two of one name": (changed(('name = "Bob"', 'name = "ANN (at home)"')), "names-alike"),
    "a holder who sits elsewhere too": (changed(('name = "Hal"', 'name = "Bob"')), "names-alike"),
    "an employer written twice": (changed(("zeta = 6", "zeta = 6\nZ-eta = 7")), "employers-alike"),
    "duties of somebody else": (changed(("person = 31", "person = 8")), "duty-name"),
    "a counterparty without a key": (
        changed(("0x14C1FAF6dAA394E40320be58e7878a670dA9f763", str(Address(bytes(19) + b"\x09")))),
        "key-missing",
    ),
    "a rule that moves a token": (
        changed(('"depositFor(address,uint256)"', '"transfer(address,uint256)"')),
        "rule-of-token",
    ),
    "a rule whose arguments nobody knows": (
        changed(('function = "depositFor(address,uint256)"', 'selector = "0x2f4f21e2"\nwords = 2')),
        "rule-unread",
    ),
    "a counterparty made up to look like another": (
        changed(("0x14C1FAF6dAA394E40320be58e7878a670dA9f763", str(_like("2d56B523DD245D5302179f22df0057ffdb06231F")))),
        "addresses-alike",
    ),
    "two symbols that look like one": (changed(('symbol = "ETH"', 'symbol = "USD-C"'), ('"5 ETH"', '"5 USD-C"'),
                                               ('"100 ETH"', '"100 USD-C"')), "symbols-alike"),
    "two counterparties of one name": (changed(('name = "Payroll"', 'name = "THE BRIDGE"')), "counterparties-alike"),
    "a register that nobody asks": (changed(("duty_registry = true", "duty_registry = false")), "registry-unasked"),
}  # fmt: skip


MORE_WARNED: Mapping[str, tuple[str, str]] = {
    "nearly all seats taken": (members(40), "seats-few"),
    "one employer": (
        re.sub(r'employer = "\w+"', 'employer = "acme"', TEXT).replace(
            "segregated = true", "segregated = false"
        ),
        "employers-few",
    ),
    "one employer but for one": (
        re.sub(r'employer = "(?!beta)\w+"', 'employer = "acme"', TEXT)
        .replace("segregated = true", "")
        .replace("quorum = 2", "quorum = 3"),
        "employer-needed",
    ),
    "one part of the day": (
        re.sub(r'utc_offset = "[^"]+"', 'utc_offset = "+01:00"', TEXT).replace("segregated = true", ""),
        "offsets-near",
    ),
    "a theft by few": (changed(("supermajority = 4", "supermajority = 3")), "theft-by-quorum"),
    "break-glass for nothing": (re.sub(r'expedited = "\w+"\n', "", TEXT), "bypass-unused"),
}


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
    "a rule that looks at one account of two": (
        changed(('"depositFor(address,uint256)"', '"depositFor(address,uint256,address)"')),
        "rule-partly",
    ),
    "a strategy that lets nothing pass": (changed(("order = 250_000", "order = 0")), "strategy-closed"),
}
