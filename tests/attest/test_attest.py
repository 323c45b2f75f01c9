"""`fourth-signer attest` on a chain: a vault as its file says, and each thing that can differ, one at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from eth_abi.abi import encode
from eth_hash.auto import keccak

from tests.attest.conftest import Desk
from tests.attest.saying import STRANGER, statements, without
from tests.attest.town import BRIDGE, DEPLOYER, EURO, OTHER_TOKEN, PAYROLL, TOKEN, Plan, Town
from tests.cli.liars import Request, Response, edits, serve
from tests.stage import Actor, companion, configuration, creation_of, release
from verifier.chain import layout
from verifier.model.address import Address
from verifier.model.asset import AssetTerms
from verifier.model.member import Role
from verifier.model.rule import Rule
from verifier.model.tier import Tier, TierTerms
from verifier.model.units import Units
from verifier.store.release import companion_addresses
from verifier.store.vault_file import read_vault_file


def test_attest__vault_as_its_file_says__no_difference_and_all_of_it_proven(desk: Desk) -> None:
    ran = desk.attest(None, "--json")
    assert ran.code == 0, ran
    record = ran.record
    assert record["differences"] == []
    assert {each["severity"] for each in record["statements"]} <= {"info", "notice"}
    evidence = {each["rule"]: each["evidence"] for each in record["statements"]}
    proven = ("code", "companions", "founding", "members", "tiers", "books", "policy", "queue")
    assert {evidence[rule] for rule in proven} == {"proven"}
    # What only logs can tell is agreed on, and held against the vault's own count.
    assert evidence["complete"] == "agreed"
    (deployer,) = statements(record, "deployer")
    assert str(DEPLOYER) in deployer["sentence"]
    assert "holds nothing" in deployer["sentence"]


def test_attest__page__the_verdict_first_and_few_lines(desk: Desk) -> None:
    page = desk.attest().out
    assert page.startswith("As vault.toml says, and nothing beyond it.\n")
    assert max(map(len, page.splitlines())) <= 80
    plan = desk.town.another_plan()
    plan["supermajority"] = 4
    plan["tiers"]["custody"]["delay"] = "96h"
    page = desk.attest(plan).out
    assert page.startswith("NOT AS THE FILE SAYS: 2 differences from vault.toml.\n")
    assert page.index("DIFFERENCES") < page.index("\nWELL")


def test_attest__release_only__nothing_compared(desk: Desk) -> None:
    desk.town.catch_up()
    ran = desk.home.call("attest", desk.town.vault, "--release-only", *desk.town.rpc, "--json")
    assert ran.code == 0
    assert ran.record["file"] is None
    assert ran.record["differences"] == []


# ----------------------------------------------------------- one thing changed on the chain


def _limits(routine: int, high: int) -> int:
    return AssetTerms(
        routine_limit=Units(routine * 10**6), high_value_from=Units(high * 10**6), decimals=6
    ).pack()


def _tiers(town: Town) -> list[int]:
    return [town.chain.storage(town.stage.vault, layout.terms(tier)) for tier in Tier]


def _weaker(town: Town) -> None:
    words = _tiers(town)
    custody = TierTerms.unpack(words[3])
    assert custody.quorum == 3
    town.change("setTiers", [words[0] & ~(0xFFFFFFFF << 16) | 7_200 << 16, *words[1:]], 4)


def _approve(town: Town, token: Address, spender: Address) -> None:
    data = bytes.fromhex("095ea7b3") + encode(["address", "uint256"], [spender, 1])
    town.execute([(token, 0, data)])


ZOE = Actor.new("zoe", Role.APPROVER, person=20)
VENUE = b"other".ljust(32, b"\0")
BASIS = b"basis".ljust(32, b"\0")

CHANGES: dict[str, tuple[Callable[[Town], None], list[str]]] = {
    "a member more": (
        lambda town: town.change("addMember", ZOE.address, 20, 2, ZOE.attributes.pack()),
        ["member beyond"],
    ),
    "a member less": (
        lambda town: town.change("removeMember", town.stage.address("ida")),
        ["member lacking"],
    ),
    "another key": (
        lambda town: town.change(
            "replaceMember",
            town.stage.address("ida"),
            ZOE.address,
            8,
            town.stage.member("ida").attributes.pack(),
        ),
        ["member beyond", "member lacking"],
    ),
    "other roles": (
        lambda town: town.change("setRoles", town.stage.address("eve"), 3),
        ["member-roles other"],
    ),
    "another place": (
        lambda town: town.change("setAttributes", town.stage.address("eve"), ZOE.attributes.pack()),
        ["member-employer other", "member-offset other", "member-place other"],
    ),
    "a suspension": (
        lambda town: town.suspend("gus", "eve"),
        ["member-suspended other"],
    ),
    "other tiers": (_weaker, ["tier-delay other", "supermajority other"]),
    "no registry": (lambda town: town.change("setRegistry", bytes(20)), ["registry other"]),
    "an asset more": (
        lambda town: town.change("setAsset", OTHER_TOKEN, _limits(1, 2)),
        # It says that everybody has an allowance.
        ["asset beyond", "allowance beyond"],
    ),
    "an asset less": (lambda town: town.change("setAsset", TOKEN, 0), ["asset lacking"]),
    "other limits": (lambda town: town.change("setAsset", TOKEN, _limits(1, 2)), ["asset other"]),
    "a counterparty more": (
        lambda town: town.change("setCounterparty", STRANGER, 1),
        ["counterparty beyond"],
    ),
    "a counterparty less": (
        lambda town: town.change("setCounterparty", PAYROLL, 0),
        ["counterparty lacking"],
    ),
    "another use": (lambda town: town.change("setCounterparty", PAYROLL, 3), ["counterparty other"]),
    "a rule more": (
        lambda town: town.change("setRule", STRANGER, 0xDEADBEEF, Rule().pack()),
        ["rule beyond"],
    ),
    "a rule less": (
        lambda town: town.change("setRule", BRIDGE, int.from_bytes(bytes.fromhex("2f4f21e2"), "big"), 0),
        ["rule lacking"],
    ),
    "a duty more": (lambda town: town.change_at("duty_registry", "grant", 40, 2), ["duties beyond"]),
    "a duty less": (
        lambda town: town.change_at("duty_registry", "revoke", town.stage.vault, 31, 1),
        ["duties lacking"],
    ),
    "an exclusion less": (
        lambda town: town.change_at("duty_registry", "setConflicts", 8, 1),
        ["exclusion lacking"],
    ),
    "other break-glass": (
        lambda town: town.change_at("bypass_ledger", "setTerms", 9, 24),
        ["bypass-limit other", "bypass-review other"],
    ),
    "a strategy more": (
        lambda town: town.change_at("strategy_limits", "setTerms", b"x" * 32, (1, 1, 1)),
        ["strategy beyond"],
    ),
    "another limit of a strategy": (
        lambda town: town.change_at("strategy_limits", "setTerms", BASIS, (5_000, 251, 30)),
        ["strategy-limits other"],
    ),
    "another venue": (
        lambda town: town.change_at("strategy_limits", "setVenue", BASIS, VENUE, True),
        ["strategy-venue beyond"],
    ),
    "an allowance of an unlisted token": (
        lambda town: _approve(town, OTHER_TOKEN, STRANGER),
        ["allowance beyond"],
    ),
}


# Answers nothing at all, and logs nothing; and one that logs what a call of two words says as ApprovalForAll of the
# vault: topics of the event, the caller, and the first word, with the second as data.
SILENT = bytes.fromhex("5f5ff3")
COLLECTION = bytes.fromhex(
    "6024355f52600435337f" + keccak(b"ApprovalForAll(address,address,bool)").hex() + "60205fa35f5ff3"
)
PERMIT2 = Address(bytes.fromhex("000000000022D473030F116dDEE9F6B43aC78BA3"))


def _word(value: bytes | int) -> bytes:
    return value.to_bytes(32, "big") if isinstance(value, int) else value.rjust(32, b"\0")


def _calling(signature: bytes, *words: bytes | int) -> bytes:
    return keccak(signature)[:4] + b"".join(map(_word, words))


GRANTS = {
    "all of a collection": (EURO, SILENT, _calling(b"setApprovalForAll(address,bool)", STRANGER, 1)),
    "by a function that nobody knows": (EURO, COLLECTION, _calling(b"quietlyLet(address,bool)", STRANGER, 1)),
    "a token that answers nothing": (EURO, SILENT, _calling(b"approve(address,uint256)", STRANGER, 7)),
    "through a contract in between": (
        PERMIT2,
        SILENT,
        _calling(b"approve(address,address,uint160,uint48)", TOKEN, STRANGER, 7, 1 << 40),
    ),
}


@pytest.mark.parametrize("name", GRANTS)
def test_attest__somebody_let_move_what_no_token_tells_of__named(desk: Desk, name: str) -> None:
    target, code, data = GRANTS[name]
    desk.town.chain.set_code(target, code)
    desk.town.execute([(target, 0, data)])
    ran = desk.attest(None, "--json")
    (grant,) = [each for each in ran.record["statements"] if each["rule"] == "grant"]
    assert grant["severity"] == "warning"
    assert str(STRANGER) in grant["sentence"]
    assert ran.code == 10
    # Taken back, it is not said any more; but an approval of nothing may be one of the thing with the number 0.
    kept = 4 + (2 * 32 if target == PERMIT2 else 32)
    taken = data[:kept] + bytes(len(data) - kept)
    desk.town.execute([(target, 0, taken)])
    is_left = "grant" in [each["rule"] for each in desk.attest(None, "--json").record["statements"]]
    assert is_left is (name == "a token that answers nothing")


@pytest.mark.parametrize("name", CHANGES)
def test_attest__one_thing_changed_on_the_chain__exactly_that_line(desk: Desk, name: str) -> None:
    change, expected = CHANGES[name]
    desk.town.stage.add(ZOE)
    try:
        change(desk.town)
        ran = desk.attest(None, "--json")
    finally:
        del desk.town.stage.actors["zoe"]
    found = [f"{each['rule']} {each['side']}" for each in ran.record["differences"]]
    assert sorted(set(found)) == sorted(expected)
    assert ran.code == 18
    (complete,) = statements(ran.record, "complete")
    assert complete["severity"] == "info"


def test_attest__kinds_and_persons__named(desk: Desk) -> None:
    plan = desk.town.another_plan()
    plan["members"][4]["person"] = 77
    plan["networks"] = {"elsewhere": {"chain": 1, "production": True}}
    for each in (plan["assets"], plan["rules"]):
        for row in each:
            row.pop("networks", None)
    assert desk.rules(plan) == ["network other", "member-person other"]


# -------------------------------------------------------------------- another vault, or none


def test_attest__no_vault_there__61_and_other_code__62(desk: Desk) -> None:
    nobody, other = str(STRANGER), str(TOKEN)
    file = str(desk.home.path / "vault.toml")
    assert desk.attest().code == 0
    for address, code in ((nobody, 61), (other, 62)):
        ran = desk.home.call("attest", address, file, *desk.town.rpc)
        assert ran.code == code
        assert ran.sentence


def test_attest__companion_of_other_code__65(desk: Desk) -> None:
    desk.town.chain.set_code(companion("strategy_limits"), b"\x00")
    ran = desk.attest()
    assert ran.code == 65
    assert "strategy limits" in ran.sentence


def test_attest__clone_with_another_founding__differs_and_says_so(desk: Desk) -> None:
    """Its code is the release's, and its members are a thief's."""
    town = desk.town
    thieves = [Actor.new(f"thief {i}", Role.APPROVER | Role.PROPOSER, person=i + 1) for i in range(5)]
    tiers = [replace(TierTerms.unpack(word), security_approvals=0) for word in _tiers(town)]
    clone = town.chain.deploy(creation_of(configuration(thieves, tiers=tiers, supermajority=4)))
    file = desk.home.path / "vault.toml"
    assert desk.attest().code == 0
    ran = desk.home.call("attest", str(Address(clone)), str(file), *town.rpc, "--json")
    assert ran.code == 18
    sides = [each["side"] for each in ran.record["differences"] if each["rule"] == "member"]
    assert (sides.count("beyond"), sides.count("lacking")) == (5, 8)
    (founding,) = statements(ran.record, "founding")
    assert "otherwise than by this file" in founding["sentence"]


def test_attest__twin_founded_by_the_same_file_elsewhere__said(desk: Desk) -> None:
    """Everybody can found one: it has the same members, and the vault of the file is another."""
    town = desk.town
    assert desk.attest().code == 0
    file = read_vault_file(desk.home.path / "vault.toml")
    creation = bytes.fromhex(release()["creation_code"][2:])
    twin = Address(town.chain.deploy(creation + file.configuration(companion_addresses()).encode()))
    ran = desk.home.call("attest", str(twin), str(desk.home.path / "vault.toml"), *town.rpc, "--json")
    assert ran.code == 18
    (address,) = [each for each in ran.record["differences"] if each["rule"] == "address"]
    assert str(twin) in address["sentence"]
    assert town.vault in address["sentence"]


# ---------------------------------------------------------------------------------- liars


def forging(request: Request, response: Response) -> Response:
    if request["method"] != "eth_getProof":
        return response
    return {
        **response,
        "result": {**response["result"], "accountProof": response["result"]["accountProof"][:-1]},
    }


def test_attest__one_of_two_leaves_out_logs__settled_by_receipts_and_named(desk: Desk) -> None:
    desk.town.change("setCounterparty", STRANGER, 1)
    with serve(edits(desk.town.chain.url, without("CounterpartySet"))) as url:
        ran = desk.attest(None, "--json", rpc=("--rpc", url, "--rpc", desk.town.chain.url))
    assert [each["rule"] for each in ran.record["differences"]] == ["counterparty"]
    name = url.removeprefix("http://")
    assert any(name in each["sentence"] for each in statements(ran.record, "log-left-out"))


def test_attest__endpoint_forges_proofs__nothing_attested(desk: Desk) -> None:
    with serve(edits(desk.town.chain.url, forging)) as url:
        ran = desk.attest(None, rpc=("--rpc", url))
    assert ran.code == 56
    assert ran.sentence


def test_attest__pinned_with_another_founding__63(desk: Desk) -> None:
    desk.town.catch_up()
    ran = desk.home.call("init", desk.town.vault, *desk.town.rpc, "--name", "treasury")
    assert ran.code == 0
    text = desk.home.config.read_text()
    founding = f"0x{desk.town.chain.storage(desk.town.stage.vault, 2):064x}"
    assert founding in text
    desk.home.config.write_text(text.replace(founding, "0x" + "ab" * 32))
    assert desk.attest().code == 63


def test_attest__file_malformed__36_and_one_sentence(desk: Desk) -> None:
    plan: Plan = desk.town.another_plan()
    plan["members"][0]["roles"] = ["king"]
    ran = desk.attest(plan)
    assert ran.code == 36
    assert ran.sentence
