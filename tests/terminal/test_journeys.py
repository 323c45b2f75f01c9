"""Whole journeys, key by key, on the real program: read, sign, stop, and what happens when endpoints lie or go away."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler

from tests.cli.council import PASSPHRASE, Council
from tests.cli.liars import Request, Response, edits, serve
from tests.terminal.conftest import open_terminal
from verifier.model.life import Status


def test_signer__reads_signs_and_leaves__has_an_approval_that_the_vault_takes(council: Council) -> None:
    eve = council["eve"]
    with open_terminal(eve, "open", "--key", str(eve.key)) as tty:
        tty.wait_for("Complete: proven.")
        tty.wait_for("Sends 0.100000000000000000 ETH (100000000000000000)")
        tty.wait_for("1. no data", since=tty.press("\r"))
        tty.wait_for("executed", since=tty.press("]]]"))
        tty.wait_for("It succeeds")
        tty.wait_for("A device on which you sign", since=tty.press("a"))
        tty.press("\x1b[C")
        tty.wait_for("Passphrase of the key file", since=tty.press("\r"))
        place = tty.press("wrong horse\r")
        tty.wait_for("This is not the passphrase", since=place)
        assert not [name for name in eve.files if name.endswith(".approval")]
        tty.wait_for("Passphrase of the key file", since=tty.press("\r"))
        tty.wait_for("Signed: lane-0-1-seat-4.approval", since=tty.press(f"{PASSPHRASE}\r"))
        tty.press("q")
        assert tty.end() == 0
        assert "horse" not in tty.text()
    council["bob"].must("submit", str(eve.home.path / "lane-0-1-seat-4.approval"))
    assert 4 in council.lane(0)[1].approvals
    (eve.home.path / "lane-0-1-seat-4.approval").unlink()


def test_guardian__vetoes_while_another_one_reads__both_see_it(council: Council) -> None:
    eve, gus = council["eve"], council["gus"]
    with open_terminal(eve) as reader, open_terminal(gus, "open", "--key", str(gus.key)) as stopper:
        reader.wait_for("Complete: proven.")
        reader.wait_for("1. no data", since=reader.press("\r"))
        stopper.wait_for("Complete: proven.")
        stopper.wait_for("1. no data", since=stopper.press("\r"))
        stopper.wait_for("Veto lane 0?", since=stopper.press("v"))
        stopper.press("\x1b[C")
        stopper.wait_for("Passphrase of the key file", since=stopper.press("\r"))
        stopper.wait_for("Done in block", since=stopper.press(f"{PASSPHRASE}\r"))
        assert council.status(0) is Status.VETOED
        reader.wait_for("It is VETOED, and was PROPOSED.", since=reader.press("r"))
        for tty in (reader, stopper):
            tty.press("q")
            assert tty.end() == 0


def test_endpoint__starts_lying_half_way__is_named_and_what_is_shown_is_called_old(council: Council) -> None:
    lying = threading.Event()

    def lie(request: Request, response: Response) -> Response:
        if not lying.is_set() or request["method"] != "eth_getBlockByNumber":
            return response
        return {**response, "result": {**response["result"], "stateRoot": "0x" + "77" * 32}}

    eve = council["eve"]
    with serve(edits(council.chain.url, lie)) as url:
        rpc = ("--rpc", council.chain.url, "--rpc", url, "--quorum", "2")
        with open_terminal(eve, "open", *rpc) as tty:
            tty.wait_for("Complete: proven.")
            lying.set()
            place = tty.press("r")
            tty.wait_for("OLD: nothing newer", since=place)
            tty.wait_for(url.removeprefix("http://"), since=place)
            lying.clear()
            tty.wait_for("The vault is being read again.", since=tty.press("r"))
            tty.press("q")
            assert tty.end() == 0


def test_node__answers_nothing_for_a_while__keeps_no_key_waiting(council: Council) -> None:
    down, up = threading.Event(), threading.Event()
    eve = council["eve"]

    def stall(handler: BaseHTTPRequestHandler, asked: bytes) -> None:
        if down.is_set():
            up.wait()
        edits(council.chain.url, lambda _, response: response)(handler, asked)

    with serve(stall) as url:
        try:
            with open_terminal(eve, "open", "--rpc", url) as tty:
                tty.wait_for("claimed, not proven")
                down.set()
                tty.wait_for("for 3s ...", since=tty.press("r"))
                tty.wait_for("SEGREGATED QUORUMS", since=tty.press("2"))
                tty.wait_for("ENDPOINTS", since=tty.press("5"))
                tty.press("q")
                # It ends at once, though nobody has answered.
                assert tty.end() == 0
        finally:
            up.set()


def test_terminal__that_cannot_open_the_vault__leaves_with_one_sentence(council: Council) -> None:
    eve = council["eve"]
    with open_terminal(eve, "open", "--vault", "nobody") as tty:
        assert tty.end() == 43
        left = tty.text(tty.written.rindex(b"\x1b[?1049l"))
        assert left.strip().startswith("fourth-signer: No vault is pinned as `nobody`")
        assert len(left.strip().splitlines()) == 1


def test_bundle__opened_where_no_node_is__is_signed_into_a_file(council: Council) -> None:
    eve = council["eve"]
    block = council.chain.block()["hash"]
    eve.call("bundle", "0", "--output", "lane-0.bundle")
    with open_terminal(
        eve, "open", "--bundle", "lane-0.bundle", "--block", block, "--key", str(eve.key)
    ) as tty:
        tty.wait_for("Sends 0.100000000000000000 ETH")
        tty.wait_for("1. no data", since=tty.press("\r"))
        tty.wait_for("A device on which you sign", since=tty.press("a"))
        tty.press("\x1b[C")
        tty.wait_for("Passphrase of the key file", since=tty.press("\r"))
        tty.wait_for("Signed: lane-0-1-seat-4.approval", since=tty.press(f"{PASSPHRASE}\r"))
        tty.press("q")
        assert tty.end() == 0
    council["bob"].must("submit", str(eve.home.path / "lane-0-1-seat-4.approval"))
    for name in ("lane-0-1-seat-4.approval", "lane-0.bundle"):
        (eve.home.path / name).unlink()
