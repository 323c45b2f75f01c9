"""Whole journeys as a person makes them: the program is started, keys are pressed, and the screen is read."""

from __future__ import annotations

import os
import threading

from tests.cli.conftest import PAYROLL, THIEF, transfer
from tests.cli.council import PASSPHRASE, Council, signed
from tests.cli.liars import Request, Response, edits, serve
from tests.keys.soft_token import PIN, SoftToken
from tests.stage import ETHER, call
from tests.tmux.conftest import ESCAPES, GONE, PENDING, Crowd, open_program, token_code
from tests.tmux.nodes import hanging_up, stopped
from tests.tmux.screen import Screen
from verifier.model.address import Address
from verifier.model.life import Status

READ = "Complete: proven."
APPROVAL = "lane-0-1-seat-4.approval"


def wait_for_whole(screen: Screen, *texts: str) -> str:
    """Return the screen of an operation once it has been read whole, and played."""
    return screen.wait_until(
        lambda shown: all(text in shown for text in ("esc Back", *texts)) and "playing it" not in shown
    )


def open_payment(screen: Screen) -> None:
    """Lead from the queue to its first operation."""
    screen.wait_for(READ, "Sends 0.100000000000000000 ETH (100000000000000000)")
    screen.press("Enter")
    wait_for_whole(screen, "1. no data")


def confirm(screen: Screen, question: str, *, nth: int = 1) -> None:
    """Move from No to Yes, and give the passphrase: for the nth time, since those before still stand above it."""
    screen.wait_for(question)
    screen.press("Right", "Enter")
    screen.wait_until(lambda shown: shown.count("Passphrase of the key file") == nth)
    screen.type(PASSPHRASE)


def test_payment__honest__is_approved_and_executed(screen: Screen, council: Council) -> None:
    eve = council["eve"]
    open_program(screen, eve, "open", "--key", str(eve.key))
    open_payment(screen)
    screen.press("a")
    shown = screen.wait_for("A device on which you sign")
    for word in ("domain", "message", "digest"):
        assert word in shown
    confirm(screen, "A device on which you sign")
    screen.wait_for(f"Signed: {APPROVAL}")
    files = [*signed(council, "bob"), str(eve.home.path / APPROVAL)]
    council["gus"].must("submit", *files)
    assert council.status(0) is Status.WAITING
    screen.press("r")
    screen.wait_for("WAITING", "2/2 approvals")
    council.chain.set_time(council.lane(0)[1].moment)
    screen.press("r")
    wait_for_whole(screen, "READY")
    before = council.chain.balance(PAYROLL)
    screen.press("x")
    confirm(screen, "Execute lane 0?", nth=2)
    screen.wait_for_notice("Done in block")
    screen.wait_for("EXECUTED, final")
    assert council.status(0) is Status.EXECUTED
    assert council.chain.balance(PAYROLL) == before + ETHER // 10
    assert screen.leave() == 0
    assert PASSPHRASE not in screen.read()


def test_near_miss__signed_by_enough__is_vetoed_by_the_one_who_reads(
    screen: Screen, council: Council
) -> None:
    stage, gus = council.stage, council["gus"]
    theft = stage.operation("ann", [call(to=THIEF, value=90 * ETHER)], nth=1)
    stage.must(stage.propose("ann", theft))
    stage.must(stage.approve(theft, [stage.sign_published(who, theft) for who in ("bob", "cid", "dot")]))
    assert council.status(1) is Status.WAITING
    open_program(screen, gus, "open", "1", "--key", str(gus.key), columns=80, rows=24)
    wait_for_whole(screen, "Lane 1.1", "Sends 90.000000000000000000 ETH", "WAITING")
    screen.press("v")
    # It begins on No: Enter alone stops nothing.
    screen.wait_for("Veto lane 1?")
    screen.press("Enter")
    screen.wait_until(lambda shown: "Veto lane 1?" not in shown)
    assert council.status(1) is Status.WAITING
    screen.press("v")
    confirm(screen, "Veto lane 1?")
    screen.wait_for_notice("Done in block")
    screen.wait_for("VETOED, final")
    assert council.status(1) is Status.VETOED
    assert council.chain.balance(THIEF) == 0
    # The honest one still waits.
    screen.press("Escape")
    screen.wait_for(READ, "PROPOSED", "0.100000000000000000")
    assert screen.leave() == 0


def test_operation__changed_between_opening_and_signing__says_what_and_signs_nothing(
    screen: Screen, council: Council
) -> None:
    eve = council["eve"]
    open_program(screen, eve, "open", "--key", str(eve.key))
    open_payment(screen)
    screen.press("a")
    screen.wait_for("A device on which you sign")
    council["gus"].must("veto", "0")
    screen.press("Right", "Enter")
    screen.wait_for("Something changed since you read it", "It is VETOED, and was PROPOSED.")
    assert "Passphrase" not in screen.read()
    assert APPROVAL not in eve.files
    screen.press("Escape")
    screen.wait_for("esc Back")
    assert screen.leave() == 0
    assert APPROVAL not in eve.files


def test_endpoint__starts_lying_half_way__is_named_and_nothing_is_signed_on_its_word(
    screen: Screen, council: Council
) -> None:
    lying = threading.Event()

    def lie(request: Request, response: Response) -> Response:
        if not lying.is_set() or request["method"] != "eth_getBlockByNumber":
            return response
        return {**response, "result": {**response["result"], "stateRoot": "0x" + "77" * 32}}

    eve = council["eve"]
    with serve(edits(council.chain.url, lie)) as url:
        rpc = ("--rpc", council.chain.url, "--rpc", url, "--quorum", "2")
        open_program(screen, eve, "open", *rpc, "--key", str(eve.key))
        open_payment(screen)
        lying.set()
        screen.press("r")
        screen.wait_for("OLD: nothing newer", url.removeprefix("http://"))
        screen.press("a")
        # It is read anew, and said a second time: over the operation, and not instead of it.
        shown = screen.wait_until(lambda shown: shown.count("otherwise") > 1)
        assert "A device on which you sign" not in shown
        assert "Passphrase" not in screen.read()
        assert APPROVAL not in eve.files
        lying.clear()
        screen.press("r")
        screen.wait_until(lambda shown: "OLD" not in shown)
        assert screen.leave() == 0


def test_token__whose_symbol_is_made_of_escapes__is_only_text_on_the_screen(
    screen: Screen, council: Council
) -> None:
    stage, eve = council.stage, council["eve"]
    token = Address(bytes.fromhex("e5c0" * 10))
    council.chain.set_code(token, token_code(ESCAPES))
    stage.must(
        stage.propose("ann", stage.operation("ann", [call(to=token, data=transfer(PAYROLL, 7))], nth=1))
    )
    open_program(screen, eve, "open", "1")
    title = screen.title()
    shown = screen.wait_for("Lane 1.1", "It would fail")
    # Its own words, as the reason why: told apart from ours, and nothing but text.
    assert r"\u{1b}]0;P" in shown
    for raw in ("\x07", "\u202e", "\u200b", "\x9b"):
        assert raw not in screen.read_coloured()
    # The title is what it was, and nothing is reversed but what the screens reverse themselves.
    assert screen.title() == title
    assert screen.leave() == 0


def test_passphrase__wrong__says_so_and_makes_no_file(screen: Screen, council: Council) -> None:
    eve = council["eve"]
    open_program(screen, eve, "open", "--key", str(eve.key))
    open_payment(screen)
    screen.press("a")
    screen.wait_for("A device on which you sign")
    screen.press("Right", "Enter")
    screen.wait_for("Passphrase of the key file")
    screen.type("wrong horse")
    shown = screen.wait_for("This is not the passphrase")
    assert "horse" not in shown
    assert APPROVAL not in eve.files
    screen.press("Enter")
    # The one before is still above it.
    screen.wait_until(lambda shown: shown.count("Passphrase of the key file") == 2)
    screen.type(PASSPHRASE)
    screen.wait_for(f"Signed: {APPROVAL}")
    assert APPROVAL in eve.files
    assert screen.leave() == 0
    assert "horse" not in screen.read()


def test_token__pulled_out_while_it_waits_for_its_pin__says_so_and_makes_no_file(
    screen: Screen, council: Council, token: SoftToken
) -> None:
    eve, uri = council["eve"], f"pkcs11:token=vault;object=alice?module-path={token.module}"
    open_program(screen, eve, "open", "--key", uri, SOFTHSM2_CONF=os.environ["SOFTHSM2_CONF"])
    open_payment(screen)
    screen.press("a")
    screen.wait_for("A device on which you sign")
    screen.press("Right", "Enter")
    screen.wait_for("PIN")
    token.remove()
    screen.type(PIN)
    screen.wait_for_notice("cannot be reached")
    assert APPROVAL not in eve.files
    # Everything else goes on.
    screen.press("Escape")
    screen.wait_for("esc Back")
    screen.press("2")
    screen.wait_for("SEGREGATED QUORUMS")
    assert screen.leave() == 0
    assert PIN not in screen.read()


def test_node__stands_still_and_hangs_up__keeps_no_key_waiting_and_is_read_again(
    screen: Screen, council: Council
) -> None:
    eve, down = council["eve"], threading.Event()
    with serve(hanging_up(council.chain.url, down)) as url:
        open_program(screen, eve, "open", "--rpc", url)
        screen.wait_for("claimed, not proven")
        with stopped(council.chain):
            screen.press("r")
            screen.wait_for("for 3s ...")
            screen.press("2")
            screen.wait_for("SEGREGATED QUORUMS")
            screen.press("5")
            screen.wait_for("ENDPOINTS")
            screen.press("1")
        screen.wait_until(lambda shown: "for " not in shown.splitlines()[0])
        down.set()
        screen.press("r")
        screen.wait_for("OLD: nothing newer")
        down.clear()
        screen.press("r")
        screen.wait_until(lambda shown: "OLD" not in shown)
        screen.wait_for("claimed, not proven", "Sends 0.100000000000000000 ETH")
        assert screen.leave() == 0


def test_crowd__of_pending_and_past_operations__is_read_and_gone_through(
    screen: Screen, crowd: Crowd
) -> None:
    open_program(screen, crowd, "open")
    screen.wait_for("claimed, not proven", "Sends 0.010000000000000000 ETH")
    screen.press("End")
    screen.wait_for(f"   {PENDING - 1}  PROPOSED")
    screen.press("Enter")
    wait_for_whole(screen, f"Lane {PENDING - 1}.1")
    # Not at once: an Escape with something right behind it is another key.
    screen.press("Escape")
    screen.wait_for("claimed, not proven")
    screen.press("4")
    screen.wait_for(f"{GONE} known to this client", f"0.001000000000000{GONE - 1:03} ETH")
    screen.press("End")
    screen.wait_for("0.001000000000000000 ETH")
    assert screen.leave() == 0
