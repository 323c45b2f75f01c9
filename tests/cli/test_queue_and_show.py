"""`fourth-signer queue` and `show`: what a signer reads of a real vault on a real chain."""

from __future__ import annotations

import re
from typing import Any

from tests.cli.conftest import PAYROLL, THIEF, TOKEN, Scene
from tests.cli.liars import edits, giving, refusing, serve
from tests.cli.program import Home

GROUPED_THIEF = "0x" + " ".join(re.findall("....", str(THIEF)[2:]))


def flat(text: str) -> str:
    """Return text without its line breaks."""
    return " ".join(text.split())


def test_queue__two_endpoints_agree__proven_and_told_from_the_bytes(settled: Home, scene: Scene) -> None:
    ran = settled.run("queue")
    assert (ran.code, ran.err) == (0, "")
    assert re.search(
        r"^ +0  WAITING +HIGH_VALUE +3/3 +ready in \w+ \w+ +warn +proven$", ran.out, re.MULTILINE
    )
    assert re.search(r"^ +1  PROPOSED +CUSTODY +1/3 ", ran.out, re.MULTILINE)
    assert re.search(r"^ +32  PROPOSED +CUSTODY +0/3 ", ran.out, re.MULTILINE)
    assert "vetoed" not in ran.out.lower()
    text = flat(ran.out)
    assert f"Sends 40,000,000.000000 USDC (40000000000000) to {GROUPED_THIEF}." in text
    assert "(Payroll)" in text
    assert "Complete: proven." in text
    assert max(map(len, ran.out.splitlines())) <= 80


def test_queue__json__same_facts(settled: Home, scene: Scene) -> None:
    record = settled.call("queue", "--json").record
    assert (record["version"], record["kind"], record["complete"]) == (1, "queue", "proven")
    assert [each["lane"] for each in record["operations"]] == [0, 1, 32]
    theft = record["operations"][0]
    assert theft["id"] == "0x" + scene.stage.id_of(scene.theft).hex()
    assert theft["ready_at"] == scene.stage.lane(0)[1].moment
    assert theft["quorum"]["standing"] is True
    # What nobody looked at is said as well; by which rules, depends on what the door can ask for.
    rules = [finding["rule"] for finding in theft["findings"] if finding["rule"] != "not-judged"]
    assert rules == ["counterparty-unknown"]
    assert record["vault"]["founding"] == scene.founding
    assert record["block"]["evidence"] == "agreed"


def test_show__waiting_operation__whole(settled: Home, scene: Scene) -> None:
    ran = settled.run("show", "0")
    assert ran.code == 0
    text = flat(ran.out)
    words = "".join(re.findall(r"^ +\d+  ([0-9a-f]+)$", ran.out, re.MULTILINE))
    assert bytes.fromhex(words) == scene.theft[0][0][2]
    for shown in (
        "WAITING, ready in",
        "HIGH_VALUE",
        "A quorum: 3 that count (3 needed), 2 by the security team (1 needed).",
        "person 5, your seat",
        "never counts",
        "proven: by Merkle proofs against that block",
        "0x" + scene.stage.id_of(scene.theft).hex(),
    ):
        assert shown in text, shown


def test_show__data_of_the_veto__stops_it_when_sent(settled: Home, scene: Scene) -> None:
    found = re.search(r"^veto (0x[0-9a-f]+)$", settled.call("show", "0").out, re.MULTILINE)
    assert found is not None
    with scene.chain.isolate():
        stage = scene.stage
        assert stage.status(scene.theft).name == "WAITING"
        outcome = scene.chain.send(stage.address("eve"), stage.vault, bytes.fromhex(found[1][2:]))
        assert outcome.succeeded
        assert stage.status(scene.theft).name == "VETOED"


def test_show__json__digest_and_data_are_the_vaults_own(settled: Home, scene: Scene) -> None:
    operation = settled.call("show", "1", "--json").record["operation"]
    stage = scene.stage
    digest = stage.read("approvalDigest", stage.id_of(scene.batch), stage.publication(scene.batch))[0]
    assert operation["hashes"]["digest"] == "0x" + digest.hex()
    assert [call["data"] for call in operation["calls"]] == [
        "0x" + data.hex() for _, _, data in scene.batch[0]
    ]
    approve = next(action for action in operation["actions"] if action["name"] == "approve")
    with scene.chain.isolate():
        before = len(stage.lane(1)[1].approvals)
        assert scene.chain.send(
            stage.address("eve"), stage.vault, bytes.fromhex(approve["data"][2:])
        ).succeeded
        assert len(stage.lane(1)[1].approvals) == before + 1


def test_show__seat_operation__objection_and_subject(settled: Home, scene: Scene) -> None:
    text = flat(settled.call("show", "32").out)
    assert "seat operation, objected" in text
    assert "A member objected" in text
    assert "it is about this member" in text
    assert "changes the vault itself" in text


def test_show__vetoed_operation__final_and_nothing_to_do(settled: Home, scene: Scene) -> None:
    ran = settled.call("show", "2")
    assert ran.code == 0
    assert "It is VETOED, and that is final." in ran.out
    assert "WHAT CAN BE DONE" not in ran.out


def test_show__no_such_lane__40_without_asking_anybody(home: Home) -> None:
    for ran in (home.run("show", "512"), home.call("show", "-1"), home.call("show", "9" * 40)):
        assert ran.code == 40
        assert "0 to 511" in ran.sentence


def test_show__lane_never_used__41(settled: Home) -> None:
    ran = settled.run("show", "7")
    assert ran.code == 41
    assert ran.sentence


def test_queue__one_endpoint_by_override__claimed_in_plain_sight(settled: Home, scene: Scene) -> None:
    text = flat(settled.call("queue", "--rpc", scene.url).out)
    assert "claim of one endpoint" in text
    assert "Complete: claimed, not proven." in text
    assert "Complete: proven" not in text


def test_queue__address_and_endpoint_without_configuration__claimed_and_not_pinned(
    home: Home, scene: Scene
) -> None:
    record = home.call("queue", "--vault", scene.vault, "--rpc", scene.url, "--json").record
    assert record["vault"]["name"] is None
    assert {finding["rule"] for finding in record["findings"]} == {"one-endpoint", "vault-not-pinned"}
    assert not home.config.exists()


def test_queue__endpoints_without_proofs__agreed(settled: Home, scene: Scene) -> None:
    with serve(edits(scene.url, refusing("eth_getProof"))) as one:
        two = one.replace("127.0.0.1", "localhost")
        record = settled.call("queue", "--rpc", one, "--rpc", two, "--json").record
    assert record["complete"] == "agreed"
    assert {each["evidence"] for each in record["operations"]} == {"agreed"}
    assert "not-proven" in {finding["rule"] for finding in record["findings"]}


def test_queue__events_and_transactions_withheld__danger_and_not_hidden(settled: Home, scene: Scene) -> None:
    def hide(request: dict[str, Any], response: dict[str, Any]) -> dict[str, Any]:
        response = giving("eth_getLogs", [])(request, response)
        if request["method"] == "eth_getBlockByNumber" and request["params"][1] is True:
            response = {**response, "result": {**response["result"], "transactions": []}}
        return response

    with serve(edits(scene.url, hide)) as url:
        ran = settled.call("queue", "--rpc", url)
        shown = settled.call("show", "0", "--rpc", url)
    assert ran.code == 0
    assert re.search(r"^ +0  WAITING .* DANGER ", ran.out, re.MULTILINE)
    assert "what it does is unknown" in flat(shown.out)
    assert re.search(r"^veto 0x", shown.out, re.MULTILINE)


def test_labels__known_here__shown_beside_the_address(settled: Home) -> None:
    calls = settled.call("show", "1", "--json").record["operation"]["calls"]
    assert [(call["target"], call["label"]) for call in calls] == [
        (str(PAYROLL), "Payroll"),
        (str(TOKEN), "USDC"),
        (str(THIEF), None),
    ]
