"""A group in a vault's file: it comes with its holders' signature; its holders are attested, and changed by diff."""

from __future__ import annotations

from tests.attest.conftest import Desk
from tests.attest.town import Plan
from tests.contracts.groups import addition, holder_words
from tests.frost.group import Group
from tests.stage import data_of
from verifier.model.address import Address
from verifier.model.written_call import WrittenCall
from verifier.store.calls_file import write_calls

OWLS = Group.new("owls")


def with_owls(plan: Plan, *persons: int) -> Plan:
    place = {"latitude": 52.52, "longitude": 13.4}
    holders = [
        {"name": f"holder {p}", "person": p, "employer": "firm-1", "utc_offset": "+01:00", "place": place}
        for p in persons
    ]
    member = {
        "name": "The owls",
        "kind": "frost",
        "point": "0x" + OWLS.compressed.hex(),
        "threshold": 2,
        "roles": ["approver"],
        "holders": holders,
    }
    return {**plan, "members": [*plan["members"], member]}


def test_diff__group_in_the_file__wants_its_holders_signature_and_19(desk: Desk) -> None:
    ran = desk.diff(with_owls(desk.town.another_plan(), 101, 102), "--json")
    assert ran.code == 19
    (obstacle,) = ran.record["obstacles"]
    assert (obstacle["rule"], obstacle["subject"]) == ("group-unsigned", str(Address(OWLS.account)))


def test_attest__group_with_its_holders__clean_and_others_found_and_changed_back(desk: Desk) -> None:
    town = desk.town
    plan = with_owls(town.another_plan(), 101, 102, 103)
    assert desk.rules(plan, is_now=False) == ["member lacking"]
    town.change("addGroup", *addition(town.stage, OWLS, (101, 102, 103)))
    assert desk.rules(plan, is_now=False) == []
    town.change("setHolders", OWLS.account, holder_words((101, 104)))
    assert desk.rules(plan, is_now=False) == ["member-holders other"]
    assert desk.diff(plan).code == 0
    assert desk.execute_all() == 1
    assert desk.attest(plan).code == 0


def test_diff__group_with_its_registration__brought_in_before_quorums_rise(desk: Desk) -> None:
    town = desk.town
    plan = with_owls(town.another_plan(), 101, 102)
    # One more than there are approvers today.
    plan["supermajority"] = 6
    path = desk.home.path / "owls.json"
    data = data_of("addGroup", *addition(town.stage, OWLS, (101, 102)))
    write_calls(path, [WrittenCall(goes_to=town.vault, data="0x" + data.hex())])
    assert desk.diff(plan, "--registration", str(path)).code == 0
    assert [file.name for file in sorted(desk.folder.iterdir())] == ["01-add-group.json", "02-settings.json"]
    assert desk.execute_all() == 2
    assert desk.attest(plan).code == 0


def test_diff__registration_of_other_holders__refused_with_98(desk: Desk) -> None:
    town = desk.town
    path = desk.home.path / "owls.json"
    data = data_of("addGroup", *addition(town.stage, OWLS, (101, 103)))
    write_calls(path, [WrittenCall(goes_to=town.vault, data="0x" + data.hex())])
    ran = desk.diff(with_owls(town.another_plan(), 101, 102), "--registration", str(path))
    assert ran.code == 98
    assert "other roles or holders" in ran.sentence
    payment = desk.home.path / "payment.json"
    write_calls(payment, [WrittenCall(goes_to=town.vault, wei="1")])
    ran = desk.diff(with_owls(town.another_plan(), 101, 102), "--registration", str(payment))
    assert ran.code == 98
    assert "no registration" in ran.sentence
