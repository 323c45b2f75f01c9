"""From a file of calls to execution, by the command line and with real key files; and what stops on the way."""

from __future__ import annotations

import json
import socket
from argparse import Namespace
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import PAYROLL, THIEF
from tests.cli.council import PASSPHRASE, Council, carried, signed
from tests.cli.liars import serve, swallows
from tests.stage import ETHER
from verifier.cli.adapters import CLOCK, choose, open_aids, open_panel, open_reader
from verifier.desk.briefing import Briefing, brief_lane
from verifier.desk.signing import finish_signing, open_signing
from verifier.errors import ReviewChanged
from verifier.keys.keystore import Keystore
from verifier.keys.secret import Secret
from verifier.model.life import Status
from verifier.model.message import MessageKind

# ------------------------------------------------------------------------------------------------------- journeys


def test_journey__propose_sign_submit_wait_execute__pays(council: Council, payment: Path) -> None:
    before = council.chain.balance(PAYROLL)
    ran = council["ann"].must("propose", str(payment))
    assert "Sends 0.100000000000000000 ETH" in ran.out
    assert "operation 1 of lane 0, ROUTINE" in ran.out
    assert council.status(0) is Status.PROPOSED

    files = signed(council, "bob", "cid")
    assert council.lane(0)[1].approvals == frozenset()
    ran = council["eve"].must("submit", *files)
    assert "seats 1 and 2" in ran.out
    assert "starts its clock" in " ".join(ran.out.split())
    assert council.lane(0)[1].approvals == {1, 2}
    assert council.status(0) is Status.WAITING

    early = council["ann"].do("execute", "0")
    assert early.code == 90
    assert "It is not ready before" in early.sentence
    council.chain.set_time(council.lane(0)[1].moment)
    council["ann"].must("execute", "0")
    assert council.status(0) is Status.EXECUTED
    assert council.chain.balance(PAYROLL) == before + ETHER // 10


def test_journey__signed_where_there_is_no_network__submitted_where_there_is(
    proposed: Council, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = tmp_path / "payment.bundle"
    ran = proposed["eve"].call("bundle", "0", "--output", str(bundle))
    assert ran.code == 0, ran
    block = json.loads(bundle.read_text().splitlines()[0])["block_hash"]

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a socket was opened")

    with monkeypatch.context() as offline:
        offline.setattr(socket.socket, "connect", refuse)
        proposed["bob"].must("sign", "--bundle", str(bundle), "--block", block)
    proposed["eve"].must("submit", str(carried(proposed, "bob")))
    assert proposed.lane(0)[1].approvals == {1}


def test_journey__approved_by_ones_own_transaction__recorded(proposed: Council) -> None:
    proposed["cid"].must("approve", "0")
    assert proposed.lane(0)[1].approvals == {2}


def test_journey__hurried__by_consents_of_their_own_and_reviewed(council: Council, tmp_path: Path) -> None:
    large = tmp_path / "large.toml"
    large.write_text(f'version = 1\n[[calls]]\ntarget = "{THIEF}"\nvalue = "{2 * ETHER}"\n')
    council["ann"].must("propose", str(large))
    three = ("bob", "cid", "dot")
    council["eve"].must("submit", *signed(council, *three))
    before = council.lane(0)[1].moment
    # An approval is no consent.
    approval = carried(council, "bob")
    assert council["eve"].do("submit", str(approval)).code == 97
    for who in three:
        council[who].must("expedite", "0")
    consents = [str(carried(council, who, ending="consent")) for who in three]
    assert council["eve"].do("submit", *consents[:2]).code == 97
    assert council["eve"].do("submit", str(approval), *consents[1:]).code == 97
    ran = council["eve"].must("submit", *consents)
    assert "It is recorded for ever" in " ".join(ran.out.split())
    assert council.lane(0)[1].moment < before

    report = tmp_path / "report.txt"
    report.write_text("The exchange was about to close.")
    verdict = ("review", "0", "--findings", str(report), "--justified")
    assert council["cid"].do(*verdict).code == 90
    council["ida"].must(*verdict)
    again = council["ida"].do(*verdict)
    assert again.code == 90


# ------------------------------------------------------------------------------------------------------- stopping


def test_veto__theft_that_was_proposed__stopped_for_good(council: Council, tmp_path: Path) -> None:
    theft = tmp_path / "theft.json"
    call = {"target": str(THIEF), "value": str(40 * ETHER), "data": "0x"}
    theft.write_text(json.dumps({"version": 1, "calls": [call]}))
    council["ann"].must("propose", str(theft))
    ran = council["eve"].must("veto", "0")
    assert "Stops it for good" in ran.out
    assert "The vault shows it at block" in " ".join(ran.out.split())
    assert council.status(0) is Status.VETOED
    again = council["eve"].do("veto", "0")
    assert again.code == 90
    assert "It is VETOED, and that is final" in again.sentence


def swallowing(council: Council) -> Callable[[BaseHTTPRequestHandler, bytes], None]:
    """Return an endpoint that passes no transaction on, and says of each that it was taken and done."""
    return swallows(council.chain.url, block=council.chain.block())


def test_veto__endpoint_that_swallows_it__done_through_the_others(proposed: Council) -> None:
    with serve(swallowing(proposed)) as liar:
        ran = proposed["eve"].must("veto", "0", "--rpc", liar, "--rpc", proposed.chain.url)
    # Two have to agree, and they say different things of the transaction; not so of the vault.
    assert "endpoints say different things. The vault shows it." in " ".join(ran.out.split())
    assert proposed.status(0) is Status.VETOED


def test_veto__only_endpoint_swallows_it_and_says_it_is_done__not_believed(proposed: Council) -> None:
    with serve(swallowing(proposed)) as liar:
        ran = proposed["eve"].do("veto", "0", "--rpc", liar, "--quorum", "1")
    assert ran.code == 99
    assert "take it as not done" in ran.sentence
    assert proposed.status(0) is Status.PROPOSED


def test_cancel_and_withdraw__by_whom_it_is__and_by_nobody_else(proposed: Council) -> None:
    proposed["eve"].must("submit", *signed(proposed, "bob"))
    assert proposed["cid"].do("withdraw", "0").code == 90
    proposed["bob"].must("withdraw", "0")
    assert proposed.lane(0)[1].approvals == frozenset()
    assert proposed["bob"].do("cancel", "0").code == 90
    proposed["ann"].must("cancel", "0")
    assert proposed.status(0) is Status.CANCELLED


def test_suspend__oneself_or_another__as_the_roles_allow(council: Council) -> None:
    assert "Only an active guardian" in council["eve"].do("suspend", "1").sentence
    council["gus"].must("suspend", "1")
    assert 1 not in council.stage.roster().approvers
    assert "You hold the suspension of seat 1" in council["gus"].do("suspend", "2").sentence
    assert "not before" in council["eve"].do("lapse", "1").sentence
    council["eve"].must("suspend", "self")
    assert 4 not in council.stage.roster().approvers


def test_object__seat_operation__and_no_veto(council: Council, tmp_path: Path) -> None:
    removal = tmp_path / "removal.toml"
    eve = council.stage.address("eve").hex()
    removal.write_text(
        f'version = 1\n[[calls]]\ntarget = "0x{council.stage.vault.hex()}"\n'
        f'function = "removeMember(address)"\narguments = ["0x{eve}"]\n'
    )
    # An approver may publish it, who proposes nothing else.
    council["bob"].must("propose", str(removal), "--i-read", "vault-member-removed")
    assert council["cid"].do("veto", "8").code == 90
    council["cid"].must("object", "8")
    assert council.lane(8)[1].objected


# ----------------------------------------------------------------------------------------------- nothing comes of it


def look(council: Council, who: str) -> Briefing:
    """Return what a member reads of the first lane now, with the real reader."""
    home = council[who].home
    options = Namespace(config=str(home.config), vault=None, rpc=None, quorum=None)
    choice = choose(options)
    panel = open_panel(choice)
    return brief_lane(
        open_reader(choice, panel), CLOCK, choice.signer, 0, aids=open_aids(options, choice, panel)
    )


def test_finish__operation_changed_between_opening_and_signing__starts_again(
    proposed: Council, payment: Path
) -> None:
    bob = proposed["bob"]
    key = Keystore(bob.key, lambda _: Secret(PASSPHRASE))
    signing = open_signing(lambda: look(proposed, "bob"), MessageKind.APPROVE)
    assert signing.changes == ()
    # The proposer takes it back, and puts another one into the same lane.
    proposed["ann"].must("cancel", "0")
    payment.write_text(payment.read_text().replace(str(ETHER // 10), str(ETHER // 5)))
    proposed["ann"].must("propose", str(payment), "--lane", "0")
    with pytest.raises(ReviewChanged, match="Another operation stands in the lane now"):
        finish_signing(signing, lambda: look(proposed, "bob"), key, typed=[])
    again = open_signing(lambda: look(proposed, "bob"), MessageKind.APPROVE, seen=signing.briefing)
    assert any("Another operation" in change for change in again.changes)
    # Read as it is now, it is signed as it is now.
    last = open_signing(lambda: look(proposed, "bob"), MessageKind.APPROVE, seen=again.briefing)
    file = finish_signing(last, lambda: look(proposed, "bob"), key, typed=[])
    assert file.operation_id == proposed.lane(0)[0]


def test_finish__co_signer_approved_meanwhile__said_first(proposed: Council) -> None:
    key = Keystore(proposed["bob"].key, lambda _: Secret(PASSPHRASE))
    signing = open_signing(lambda: look(proposed, "bob"), MessageKind.APPROVE)
    proposed["cid"].must("approve", "0")
    with pytest.raises(ReviewChanged, match="Seat 2 approved it"):
        finish_signing(signing, lambda: look(proposed, "bob"), key, typed=[])


def test_sign__wrong_passphrase__leaves_nothing(proposed: Council, tmp_path: Path) -> None:
    bob = proposed["bob"]
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong\n")
    wrong.chmod(0o600)
    before = bob.files
    ran = bob.call("sign", "0", "--key", str(bob.key), "--passphrase-file", str(wrong), "--yes")
    assert ran.code == 81
    assert "wrong\n" not in ran.err
    assert bob.files == before
    sent = bob.call("veto", "0", "--key", str(bob.key), "--passphrase-file", str(wrong), "--yes")
    assert sent.code == 81
    assert proposed.status(0) is Status.PROPOSED


def test_sign__key_of_another_member__leaves_nothing(proposed: Council) -> None:
    bob, cid = proposed["bob"], proposed["cid"]
    before = bob.files
    ran = bob.call("sign", "0", "--key", str(cid.key), "--passphrase-file", str(cid.passphrase), "--yes")
    assert ran.code == 82
    assert bob.files == before


def test_sign__file_of_that_name_there__kept_as_it_is(proposed: Council) -> None:
    bob = proposed["bob"]
    bob.must("sign", "0")
    path = carried(proposed, "bob")
    before = path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0
    ran = bob.do("sign", "0")
    assert ran.code == 96
    assert path.read_bytes() == before
    assert [name for name in bob.files if name.startswith(".lane")] == []


def test_sign__nobody_at_a_terminal_and_no_yes__not_signed(proposed: Council) -> None:
    bob = proposed["bob"]
    before = bob.files
    ran = bob.home.run("sign", "0", "--key", str(bob.key), "--passphrase-file", str(bob.passphrase))
    assert ran.code == 94
    assert "nobody is at a terminal" in ran.sentence
    assert bob.files == before


def test_sign__danger__refused_until_it_is_named(council: Council, tmp_path: Path) -> None:
    hidden = tmp_path / "hidden.toml"
    word = "00" * 11 + "01" + PAYROLL.hex()
    data = "0xa9059cbb" + word + f"{5:064x}"
    hidden.write_text(f'version = 1\n[[calls]]\ntarget = "{PAYROLL}"\ndata = "{data}"\n')
    refused = council["ann"].do("propose", str(hidden))
    assert refused.code == 93
    assert council.status(0) is Status.UNKNOWN
    named: list[str] = []
    while refused.code == 93:
        named += ["--i-read", refused.sentence.rsplit("--i-read ", 1)[1].rstrip(".")]
        refused = council["ann"].do("propose", str(hidden), *named)
    assert council.status(0) is Status.PROPOSED
    assert council["bob"].do("sign", "0").code == 93
    assert not list(council["bob"].home.path.glob("*.approval"))
    council["bob"].must("sign", "0", *named)


def test_act__with_data_alone__prints_what_to_send_and_sends_nothing(proposed: Council) -> None:
    ran = proposed["eve"].call("veto", "0", "--data")
    assert ran.code == 0
    data = ran.out.split("data 0x")[1].split()[0]
    assert proposed.status(0) is Status.PROPOSED
    proposed.stage.must(
        proposed.chain.send(proposed.stage.address("eve"), proposed.stage.vault, bytes.fromhex(data))
    )
    assert proposed.status(0) is Status.VETOED


def test_propose__dry_run__shows_what_everybody_will_see(council: Council, payment: Path) -> None:
    ran = council["ann"].call("propose", str(payment), "--dry-run")
    assert ran.code == 0
    assert "NOT YET PUBLISHED" in ran.out
    assert "CALLS, FROM THE BYTES ALONE" in ran.out
    assert council.status(0) is Status.UNKNOWN


def test_propose__by_one_who_may_not__impossible(council: Council, payment: Path) -> None:
    ran = council["bob"].do("propose", str(payment))
    assert ran.code == 90
    assert "you are no proposer" in ran.sentence


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("submit", "missing\x1b[31m"), 95),
        (("propose", "missing\x1b[31m"), 98),
        (("veto", "0"), 80),
        (("veto", "512"), 40),
        (("veto", "7"), 41),
        (("suspend", "63"), 45),
        (("suspend", "0x" + "11" * 20), 42),
        (("suspend", "nobody"), 20),
        (("review", "0", "--findings", "0x11", "--justified"), 21),
        (("review", "0", "--findings", "missing", "--unjustified"), 21),
        (("review", "0", "--findings", "0x" + "11" * 32, "--unjustified"), 90),
        (("sign",), 2),
        (("sign", "0", "--block", "0x" + "11" * 32), 2),
        (("sign", "--bundle", "x"), 2),
        (("sign", "--bundle", "x", "--block", "0x" + "11" * 32), 29),
    ],
)
def test_command__what_makes_no_sense_or_is_not_there__one_sentence(
    proposed: Council, arguments: tuple[str, ...], code: int
) -> None:
    ran = proposed["eve"].call(*arguments, "--key", "missing.json", "--yes")
    assert ran.code == code, ran
    assert ran.sentence
    assert proposed.status(0) is Status.PROPOSED
