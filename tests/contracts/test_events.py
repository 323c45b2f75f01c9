"""What the vault says as it acts: the word of every event is the one that storage holds after it."""

from __future__ import annotations

from typing import Any

import pytest
from eth_abi.abi import decode
from eth_hash.auto import keccak

from tests.anvil import Anvil, Outcome
from tests.contracts.groups import addition, holder_words
from tests.contracts.hurry import consents_of, expedite, hurry_scene
from tests.contracts.scene import (
    BOTH,
    ETHER_TERMS,
    HERE,
    ROUTINE_CALL,
    STANDARD_CALL,
    Scene,
)
from tests.frost.group import Group
from tests.stage import (
    DAY,
    HOUR,
    NATIVE,
    STRANGER,
    USUAL_TIERS,
    Actor,
    abi,
    companion,
    type_text,
)
from tests.tokens import compiled
from verifier.model.member import Role
from verifier.model.rule import Rule

FAY = Actor.new("fay", Role.APPROVER)
Event = tuple[str, dict[str, Any]]
SEEN: set[str] = set()


def _events() -> dict[str, dict[str, Any]]:
    found = {}
    for entry in abi():
        if entry["type"] == "event":
            types = ",".join(type_text(part) for part in entry["inputs"])
            found["0x" + keccak(f"{entry['name']}({types})".encode("ascii")).hex()] = entry
    return found


def events_of(scene: Scene, outcome: Outcome) -> list[Event]:
    """Return the vault's own events of a transaction, in their order, with everything that they say."""
    scene.must(outcome)
    known = _events()
    events = []
    for log in outcome.receipt["logs"]:
        if log["address"] == "0x" + scene.vault.hex():
            entry = known[log["topics"][0]]
            indexed = [part for part in entry["inputs"] if part["indexed"]]
            others = [part for part in entry["inputs"] if not part["indexed"]]
            values = decode([type_text(part) for part in others], bytes.fromhex(log["data"][2:]))
            said = dict(zip((part["name"] for part in others), values, strict=True))
            for part, topic in zip(indexed, log["topics"][1:], strict=True):
                said[part["name"]] = decode([type_text(part)], bytes.fromhex(topic[2:]))[0]
            events.append((entry["name"], said))
            SEEN.add(entry["name"])
    return events


def text(account: bytes) -> str:
    return "0x" + account.hex()


def state(scene: Scene, lane: int = 0) -> int:
    return int(scene.read("lane", lane)[1])


def record(scene: Scene, account: bytes) -> Event:
    return (
        "MemberChanged",
        {"member": text(account), "record": scene.read("memberOf", account)[0]},
    )


def roster(scene: Scene) -> Event:
    return ("RosterChanged", {"roster": scene.read("roster")[0]})


# --------------------------------------------------------------------------------------------------- About operations


def test_propose__of_any_calls__says_the_whole_operation(scene: Scene) -> None:
    calls = [ROUTINE_CALL, (STRANGER, 3, b"some data")]
    operation = scene.operation("ann", calls, nth=3)
    events = events_of(scene, scene.propose("ann", operation))
    said = {
        "id": scene.id_of(operation),
        "state": state(scene, 3),
        "lane": 3,
        "approveBy": operation[3],
        "calls": tuple((text(target), value, data) for target, value, data in calls),
    }
    assert events == [("Proposed", said)]


def test_steps__of_an_operation__say_its_state(scene: Scene) -> None:
    operation = scene.published("ann", [STANDARD_CALL])
    about = {"id": scene.id_of(operation)}
    entries = [scene.sign(who, operation) for who in ("bob", "cat", "dan")]
    assert events_of(scene, scene.approve(operation, entries)) == [
        ("Approved", about | {"state": state(scene)})
    ]
    assert events_of(scene, scene.send("bob", "withdraw", operation)) == [
        ("Withdrawn", about | {"by": text(scene.address("bob")), "state": state(scene)})
    ]
    with scene.chain.isolate():
        assert events_of(scene, scene.send("eve", "veto", 0, about["id"])) == [
            ("Vetoed", about | {"by": text(scene.address("eve"))})
        ]
    assert events_of(scene, scene.send("ann", "cancel", 0, about["id"])) == [("Cancelled", about)]


def test_object__by_a_guardian__says_who_and_the_state(scene: Scene) -> None:
    operation = scene.seat_operation("ann", "removeMember", scene.address("amy"))
    events = events_of(scene, scene.send("gus", "object", operation))
    said = {
        "id": scene.id_of(operation),
        "by": text(scene.address("gus")),
        "state": state(scene),
    }
    assert events == [("Objected", said)]


def test_execute__of_calls_that_say_something__says_so_before_them(scene: Scene) -> None:
    token = compiled.deploy(scene.chain, "Token", 6)
    transfer = compiled.data_of("Token", "transfer", STRANGER, 0)
    removal = scene.to_itself("ann", "removeMember", scene.address("amy"))[0][0]
    operation = scene.ready("ann", [(token, 0, transfer), removal])
    outcome = scene.execute("eve", operation)
    assert events_of(scene, outcome) == [
        ("Executed", {"id": scene.id_of(operation), "by": text(scene.address("eve"))}),
        record(scene, scene.address("amy")),
        roster(scene),
    ]
    senders = [log["address"] for log in outcome.receipt["logs"]]
    assert senders == [text(scene.vault), text(token), text(scene.vault), text(scene.vault)]


def test_expedite__of_a_waiting_operation__says_its_state_and_the_ledger_says_its_record(
    anvil: Anvil,
) -> None:
    scene = hurry_scene(anvil)
    operation = scene.waiting("ann", [STANDARD_CALL])
    outcome = expedite(scene, operation, consents_of(scene, operation, "bob", "cat", "dan"))
    assert events_of(scene, outcome) == [("Expedited", {"id": scene.id_of(operation), "state": state(scene)})]
    # The record is there before the vault says a word.
    *before, last = [log["address"] for log in outcome.receipt["logs"]]
    assert (set(before), last) == ({text(companion("bypass_ledger"))}, text(scene.vault))


# ------------------------------------------------------------------------------------------------------ About members


def test_suspend__of_oneself__says_record_and_roster(scene: Scene) -> None:
    eve = scene.address("eve")
    assert events_of(scene, scene.send("eve", "suspend", eve)) == [record(scene, eve), roster(scene)]


def test_suspend_and_lapse__by_a_guardian__say_until_when(scene: Scene) -> None:
    dan = scene.address("dan")
    lapses_at = scene.next_time() + 14 * DAY + 72 * HOUR
    suspended = (
        "Suspended",
        {"member": text(dan), "guardianPerson": scene.member("gus").person, "lapsesAt": lapses_at},
    )
    events = events_of(scene, scene.send("gus", "suspend", dan))
    assert events == [record(scene, dan), suspended, roster(scene)]
    scene.chain.set_time(lapses_at)
    assert events_of(scene, scene.send(STRANGER, "lapse", dan)) == [record(scene, dan), roster(scene)]


@pytest.mark.parametrize(
    ("function", "who", "arguments"),
    [
        ("addMember", FAY.address, (FAY.person, 2, HERE.pack())),
        ("removeMember", "amy", ()),
        ("reinstateMember", "dan", ()),
        ("confirmSuspension", "dan", ()),
        ("setRoles", "eve", (int(BOTH),)),
        ("setRoles", "bob", (int(BOTH),)),
        ("setAttributes", "eve", (HERE.pack(),)),
    ],
)
def test_change__of_a_member__says_record_and_roster(
    scene: Scene, function: str, who: str | bytes, arguments: tuple[int, ...]
) -> None:
    scene.newcomer("fox", Role.APPROVER | Role.SECURITY)
    scene.must(scene.send("gus", "suspend", scene.address("dan")))
    account = scene.address(who)
    events = events_of(scene, scene.change(function, account, *arguments))
    assert events == [record(scene, account), roster(scene)]


def test_replace__of_a_member__says_both_records_and_the_roster(scene: Scene) -> None:
    eve = scene.address("eve")
    events = events_of(scene, scene.change("replaceMember", eve, FAY.address, FAY.person, HERE.pack()))
    assert events == [record(scene, eve), record(scene, FAY.address), roster(scene)]


def group_set(scene: Scene, group: Group, holders: list[int]) -> Event:
    return ("GroupSet", {"group": text(group.account), "x": group.x, "holders": tuple(holders)})


def test_change__of_a_group__says_its_key_and_holders_before_record_and_roster(scene: Scene) -> None:
    owls = Group.new("owls")
    events = events_of(scene, scene.change("addGroup", *addition(scene, owls, [4, 5])))
    ours = [record(scene, owls.account), roster(scene)]
    assert events == [group_set(scene, owls, holder_words([4, 5])), *ours]
    others = holder_words([5, 6])
    events = events_of(scene, scene.change("setHolders", owls.account, others))
    ours = [record(scene, owls.account), roster(scene)]
    assert events == [group_set(scene, owls, others), *ours]


# ----------------------------------------------------------------------------------------------------- About settings


def test_change__of_a_setting__says_it_and_the_roster(scene: Scene) -> None:
    words = tuple(terms.pack() for terms in USUAL_TIERS)
    tiers = events_of(scene, scene.set_tiers(supermajority=3))
    assert tiers == [("TiersSet", {"tiers": words, "supermajority": 3}), roster(scene)]
    asset = events_of(scene, scene.change("setAsset", NATIVE, ETHER_TERMS))
    assert asset == [("AssetSet", {"asset": text(NATIVE), "terms": ETHER_TERMS}), roster(scene)]
    party = events_of(scene, scene.change("setCounterparty", STRANGER, 3))
    assert party == [("CounterpartySet", {"account": text(STRANGER), "uses": 3}), roster(scene)]
    word = Rule().pack()
    rule = events_of(scene, scene.change("setRule", STRANGER, 9, word))
    assert rule == [("RuleSet", {"target": text(STRANGER), "selector": 9, "rule": word}), roster(scene)]
    registry = events_of(scene, scene.change("setRegistry", companion("duty_registry")))
    assert registry == [("RegistrySet", {"registry": text(companion("duty_registry"))}), roster(scene)]


def test_events__of_the_abi__are_all_looked_at_above(request: pytest.FixtureRequest) -> None:
    if any("::" in argument for argument in request.config.args) or request.config.option.keyword:
        pytest.skip("only a part of this file runs, so something is bound to be missing")
    # Founded is looked at where vaults are founded.
    assert {entry["name"] for entry in _events().values()} - SEEN == {"Founded"}
