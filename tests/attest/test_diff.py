"""`fourth-signer diff` on a chain: what it writes is published, approved and executed, and then the vault is as its
file says. More its order and its bytes need not prove.
"""

from __future__ import annotations

import json

import pytest

from tests.attest.conftest import Desk
from tests.attest.town import BRIDGE, EURO, PAYROLL, Plan, member
from tests.stage import DAY, Actor
from verifier.model.address import Address
from verifier.model.member import Role
from verifier.store.calls_file import read_calls

FARM = str(Address(bytes.fromhex("fa12" * 10)))
NEWCOMERS = {"zoe": 20, "yan": 21, "xia": 22, "ida new": 8, "cid new": 3}


def grown(plan: Plan) -> Plan:
    """Return a stricter vault with more people, another key, other roles and more listed."""
    members = plan["members"]
    for name, person, roles in (
        ("zoe", 20, ["approver", "security"]),
        ("yan", 21, ["approver"]),
        ("xia", 22, ["proposer"]),
    ):
        members.append(member(name, person, roles))
    by_name = {each["name"]: each for each in members}
    by_name["eve"]["roles"] = ["proposer", "approver"]
    by_name["ida"].update(member("ida new", 8, ["auditor"]))
    by_name["gus"]["place"] = {"latitude": 52.52, "longitude": 13.4}
    plan["supermajority"] = 6
    plan["tiers"]["high_value"].update(quorum=4, security=2, delay="72h")
    plan["tiers"]["custody"].update(quorum=5, security=2, delay="96h", grace="7d")
    for name in ("standard", "high_value", "custody"):
        days = ["mon", "tue", "wed", "thu", "fri"]
        plan["tiers"][name].update(grace="7d", window={"opens": "06:00", "closes": "20:00", "days": days})
    plan["assets"].append({**plan["assets"][1], "symbol": "EURC", "address": str(EURO)})
    plan["assets"][2].update(routine="1 EURC", high_value="2 EURC")
    plan["assets"][0]["high_value"] = "20 ETH"
    plan["counterparties"].append({"name": "The farm", "address": FARM, "uses": ["recipient", "spender"]})
    plan["rules"][1]["function"] = "claim(uint256)"
    plan["duties"] = [
        {"person": 31, "name": "Kim", "duties": ["signing_server"]},
        {"person": 32, "name": "Leo", "duties": ["key_material"]},
    ]
    plan["exclusions"].append({"duty": "key_material", "excludes": ["signing_server"]})
    plan["bypass"] = {"limit": 2, "review_within": "48h"}
    plan["strategies"][0].update(position=6_000, venues=["cme", "home"], guards=[])
    return plan


def shrunk(plan: Plan) -> Plan:
    """Return the other way: fewer people and less listed than today, and a weaker vault."""
    plan["members"] = [each for each in plan["members"] if each["name"] not in ("xia", "yan", "gus", "pat")]
    by_name = {each["name"]: each for each in plan["members"]}
    by_name["eve"]["roles"] = ["approver", "break_glass"]
    by_name["cid"].update(member("cid new", 3, ["approver", "security"]))
    plan["supermajority"] = 3
    plan["tiers"]["high_value"].update(quorum=2, security=1, delay="24h")
    plan["tiers"]["custody"].update(quorum=3, security=1, delay="24h", grace="72h")
    for name in ("standard", "high_value", "custody"):
        plan["tiers"][name].pop("window")
    plan["assets"] = plan["assets"][:1]
    plan["counterparties"] = [{"name": "Payroll", "address": str(PAYROLL), "uses": ["spender"]}]
    plan["rules"] = []
    plan["duties"] = []
    plan["exclusions"] = []
    plan["companions"] = {"duty_registry": False}
    plan["strategies"] = []
    del plan["bypass"]
    return plan


def test_diff__a_vault_grows_and_shrinks__clean_after_what_was_written(desk: Desk) -> None:
    for name, person in NEWCOMERS.items():
        desk.town.stage.add(Actor.new(name, Role.APPROVER, person=person))
    try:
        plan = grown(desk.town.another_plan())
        assert len(desk.rules(plan, is_now=False)) > 30
        ran = desk.diff(plan)
        assert (ran.code, ran.err) == (0, ""), ran
        assert desk.execute_all() == 7
        assert desk.rules(plan, is_now=False) == []
        assert desk.diff(plan).out.startswith("Nothing is to be done")

        # Then newcomers are seasoned, so that they may govern too.
        desk.town.chain.set_time(desk.town.chain.now() + 91 * DAY)
        plan = shrunk(plan)
        ran = desk.diff(plan)
        assert (ran.code, ran.err) == (0, ""), ran
        assert desk.execute_all() == 7
        ran = desk.attest(plan)
        assert ran.code == 0, ran.out
    finally:
        for name in NEWCOMERS:
            del desk.town.stage.actors[name]


def test_diff__same_vault__nothing_written_and_0(desk: Desk) -> None:
    ran = desk.diff(desk.town.plan)
    assert ran.code == 0
    assert ran.out.startswith("Nothing is to be done")
    assert list(desk.folder.iterdir()) == []


def test_diff__one_setting_and_one_member__as_signers_will_see_them(desk: Desk) -> None:
    plan = desk.town.another_plan()
    plan["counterparties"] = plan["counterparties"][:1]
    plan["members"][4]["roles"] = ["approver", "security"]
    desk.town.catch_up()
    ran = desk.diff(plan, "--json")
    assert ran.code == 0
    first, second = ran.record["operations"]
    assert (first["seat_operation"], second["seat_operation"]) == (False, True)
    assert ran.record["complete"] is True
    (sentence,) = first["sentences"]
    assert str(BRIDGE) in sentence
    assert "Sets the roles" in second["sentences"][0]
    files = sorted(desk.folder.iterdir())
    assert [file.name for file in files] == ["01-settings.json", "02-set-roles.json"]
    # Just these bytes are in the files, and whoever proposes them sees the same.
    for record, file in zip(ran.record["operations"], files, strict=True):
        calls = read_calls(file)
        assert [("0x" + call.data.hex()) for call in calls] == [each["data"] for each in record["calls"]]
    home = desk.home
    assert home.call("init", desk.town.vault, *desk.town.rpc, "--seat", "0").code == 0
    drafted = home.call("propose", str(files[0]), "--dry-run")
    assert drafted.code == 0, drafted
    plain = " ".join(drafted.out.split())
    for finding in first["findings"]:
        assert finding["rule"]
    assert "CUSTODY" in plain
    again = desk.diff(plan)
    assert again.code == 75
    assert "nothing is written over" in again.sentence


def test_diff__pinned_seat__lanes_of_ones_own(desk: Desk) -> None:
    plan = desk.town.another_plan()
    plan["members"][4]["roles"] = ["approver", "security"]
    plan["counterparties"] = []
    desk.town.catch_up()
    assert desk.home.call("init", desk.town.vault, *desk.town.rpc, "--seat", "5").code == 0
    ran = desk.diff(plan, "--json")
    lanes = [each["lane"] for each in ran.record["operations"]]
    assert len(set(lanes)) == len(lanes)
    assert set(lanes) <= set(range(40, 48))
    page = desk.home.call("diff", str(desk.home.path / "wanted.toml"), desk.town.vault).out
    assert f"your lane {lanes[0]}" in page


def test_diff__all_lanes_of_all_publishers_taken__the_calls_all_the_same(desk: Desk) -> None:
    """Two may publish settings. One fills the lanes of its seat, the other is suspended: nobody can publish today."""
    stage = desk.town.stage
    for nth in range(8):
        stage.must(stage.propose("pat", stage.operation("pat", [(PAYROLL, 1, b"")], nth=nth)))
    plan = desk.town.another_plan()
    plan["counterparties"] = plan["counterparties"][:1]
    ran = desk.diff(plan, "--json")
    (operation,) = ran.record["operations"]
    assert operation["tier"] == "CUSTODY"
    desk.town.suspend("gus", "ann")
    (desk.folder / "01-settings.json").unlink()
    ran = desk.diff(plan, "--json", "--reinstate")
    settings = [each for each in ran.record["operations"] if not each["seat_operation"]]
    assert [each["tier"] for each in settings] == [None]
    assert len(settings[0]["calls"]) == 1
    page = desk.home.call("diff", str(desk.home.path / "wanted.toml"), desk.town.vault, *desk.town.rpc).out
    assert "Nobody can now" in page


def test_diff__suspended_member__left_alone_until_reinstated(desk: Desk) -> None:
    desk.town.suspend("gus", "eve")
    ran = desk.diff(desk.town.plan, "--json")
    assert ran.code == 19
    assert [each["rule"] for each in ran.record["obstacles"]] == ["member-suspended"]
    assert ran.record["operations"] == []
    desk.folder.rmdir()
    ran = desk.diff(desk.town.plan, "--reinstate")
    assert ran.code == 0
    desk.execute_all()
    assert desk.attest().code == 0


@pytest.mark.parametrize(
    ("name", "rule"), [("an address for another person", "member-person"), ("too few", "no-order")]
)
def test_diff__what_no_operation_brings_about__19_and_why(desk: Desk, name: str, rule: str) -> None:
    plan = desk.town.another_plan()
    if name == "too few":
        plan["tiers"]["custody"]["quorum"] = 5
        plan["supermajority"] = 5
    else:
        plan["members"][7]["person"] = 99
    ran = desk.diff(plan)
    assert ran.code == 19
    assert ran.out.startswith("NOT ALL OF IT CAN COME ABOUT")
    ran = desk.home.call(
        "diff", str(desk.home.path / "wanted.toml"), desk.town.vault, *desk.town.rpc, "--json"
    )
    assert rule in [each["rule"] for each in ran.record["obstacles"]]


def test_diff__chain_that_the_file_does_not_name__takes_nothing_away_there(desk: Desk) -> None:
    """Else what is listed on another chain only would be taken off the lists of this one."""
    plan = desk.town.another_plan()
    plan["networks"] = {"elsewhere": {"chain": 31_338, "production": False}}
    for each in (*plan["assets"], *plan["rules"]):
        each.pop("networks", None)
    plan["assets"][1]["networks"] = ["elsewhere"]
    plan["rules"][0]["networks"] = ["elsewhere"]
    ran = desk.diff(plan, "--json")
    assert ran.code == 19
    assert ran.record["operations"] == []
    assert [each["rule"] for each in ran.record["obstacles"]] == ["network"]
    assert not list(desk.folder.glob("*"))
    plan["networks"]["local"] = {"chain": 31_337, "production": False}
    assert desk.diff(plan, "--json").record["operations"] != []


def test_diff__folder_that_cannot_be__75(desk: Desk) -> None:
    plan = desk.town.another_plan()
    plan["counterparties"] = []
    desk.folder.write_text("a file stands where the folder should")
    ran = desk.diff(plan)
    assert ran.code == 75
    assert ran.sentence


def test_diff__files_of_calls__written_for_people_to_read(desk: Desk) -> None:
    plan = desk.town.another_plan()
    plan["counterparties"] = plan["counterparties"][:1]
    assert desk.diff(plan).code == 0
    (file,) = desk.folder.iterdir()
    (call,) = json.loads(file.read_text())["calls"]
    assert call["function"] == "setCounterparty(address,uint256)"
    assert call["arguments"] == [str(BRIDGE), "0"]
