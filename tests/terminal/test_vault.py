"""What is done about the vault as such, key by key on the real program: propose, suspend, review."""

from __future__ import annotations

from pathlib import Path

from eth_hash.auto import keccak

from tests.cli.conftest import PAYROLL, THIEF
from tests.cli.council import PASSPHRASE, Council, carried, signed
from tests.stage import ETHER
from tests.terminal.conftest import open_terminal, wait_for_words
from tests.tui.tty import Tty
from verifier.model.life import Status
from verifier.model.member import MemberStatus


def fill_in(tty: Tty, text: str) -> None:
    """Paste text into the field that has the focus, as a person does with addresses, and go on from it."""
    tty.rest()
    tty.wait_for(text, since=tty.press(f"\x1b[200~{text}\x1b[201~"))
    tty.press("\r")


def say_yes(tty: Tty, question: str, since: int) -> int:
    """Answer a question with yes and the passphrase, and return the place after that."""
    wait_for_words(tty, question, since)
    tty.press("\x1b[C")
    tty.wait_for("Passphrase of the key file", since=tty.press("\r"))
    return tty.press(f"{PASSPHRASE}\r")


def test_proposer__puts_a_transfer_together__it_stands_in_the_vault(council: Council) -> None:
    ann = council["ann"]
    with open_terminal(ann, "open", "--key", str(ann.key)) as tty:
        tty.wait_for("Complete: proven.")
        tty.wait_for("A new operation: 0 calls", since=tty.press("p"))
        tty.wait_for("n  Transfer    Adds a transfer")
        tty.wait_for("Transfer a listed asset", since=tty.press("n"))
        tty.rest()
        tty.press("\t")
        fill_in(tty, str(PAYROLL))
        fill_in(tty, "0.25")
        tty.rest()
        tty.press("\t")
        tty.rest()
        tty.wait_for("1. Transfer 0.25 of ETH", since=tty.press("\r"))
        place = tty.press("v")
        tty.wait_for("NOT PUBLISHED", since=place)
        tty.wait_for("Sends 0.250000000000000000 ETH", since=place)
        done = say_yes(tty, "Publish it in lane 1?", tty.press("p"))
        wait_for_words(tty, "Done in block", done)
        wait_for_words(tty, "The vault shows it at block", done)
        tty.press("q")
        assert tty.end() == 0
    assert council.status(1) is Status.PROPOSED
    shown = council["eve"].call("show", "1")
    assert f"Sends 0.250000000000000000 ETH ({ETHER // 4})" in " ".join(shown.out.split())


def test_member__is_compromised__is_suspended_at_once(council: Council) -> None:
    eve = council["eve"]
    with open_terminal(eve, "open", "--key", str(eve.key)) as tty:
        tty.wait_for("Complete: proven.")
        done = say_yes(tty, "Are you compromised?", tty.press("!"))
        wait_for_words(tty, "The vault shows it at block", done)
        wait_for_words(tty, "I am compromised: You are suspended already.", tty.press("!"))
        tty.press("q")
        assert tty.end() == 0
    assert council.stage.member("eve").status is MemberStatus.SELF_SUSPENDED


def test_guardian__suspends_the_chosen_member__and_no_second_one(council: Council) -> None:
    gus = council["gus"]
    with open_terminal(gus, "open", "--key", str(gus.key)) as tty:
        tty.wait_for("Complete: proven.")
        tty.wait_for("SEGREGATED QUORUMS", since=tty.press("2"))
        tty.wait_for("SEAT 1", since=tty.press("\x1b[B"))
        done = say_yes(tty, "Suspend seat 1", tty.press("s"))
        wait_for_words(tty, "The vault shows it at block", done)
        tty.wait_for("SEAT 2", since=tty.press("\x1b[B"))
        wait_for_words(tty, "You hold the suspension of seat 1", tty.press("s"))
        tty.press("q")
        assert tty.end() == 0
    assert council.stage.member("bob").status is MemberStatus.SUSPENDED
    assert council.stage.member("cid").status is MemberStatus.ACTIVE


def test_auditor__reviews_a_use_of_break_glass__once_for_ever(council: Council, tmp_path: Path) -> None:
    ida = council["ida"]
    _hurry(council, tmp_path)
    report = tmp_path / "report.txt"
    report.write_bytes(b"It was a fire.")
    with open_terminal(ida, "open", "--key", str(ida.key)) as tty:
        tty.wait_for("Complete: proven.")
        tty.wait_for("USE 0 OF BREAK-GLASS", since=tty.press("4"))
        tty.wait_for("What you found", since=tty.press("b"))
        fill_in(tty, str(report))
        tty.rest()
        tty.press("\x1b[C")
        tty.rest()
        place = tty.press("\r")
        digits = keccak(b"It was a fire.").hex()
        wait_for_words(tty, " ".join(digits[i : i + 4] for i in range(0, 32, 4)), place)
        done = say_yes(tty, "was justified?", place)
        wait_for_words(tty, "Done in block", done)
        tty.press("q")
        assert tty.end() == 0
    again = ida.do("review", "0", "--findings", str(report), "--unjustified")
    assert again.code == 90
    assert "no bypass 0 that waits for a review" in again.sentence


def _hurry(council: Council, folder: Path) -> None:
    """Let three members hurry what moves much, in lane 1."""
    large, three = folder / "large.toml", ("bob", "cid", "dot")
    large.write_text(f'version = 1\n[[calls]]\ntarget = "{THIEF}"\nvalue = "{2 * ETHER}"\n')
    council["ann"].must("propose", str(large))
    council["eve"].must("submit", *signed(council, *three, lane=1))
    for who in three:
        council[who].must("expedite", "1")
    council["eve"].must("submit", *(str(carried(council, who, ending="consent")) for who in three))
    for who in three:
        for ending in ("approval", "consent"):
            carried(council, who, ending=ending).unlink()
