"""Five holders as processes of their own, two of whom lie: the others sign, and both are named."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from tests.anvil import start_anvil
from tests.holders.company import Company, Running
from tests.holders.test_member import CAST, pin
from tests.stage import DAY, Actor, call, found
from verifier.store.calls_file import read_calls


def start_liar(company: Company, mode: str, index: int) -> Running:
    """Start a holder that lies, in the place of the honest one."""
    chair = company.chairs[index - 1]
    config = ("--config", str(chair.home.config))
    arguments = ("frost", "join", str(chair.folder), *chair.opening, *config, "--agree-register")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.holders.saboteur", mode, *arguments],
        env=chair.home.environment,
        cwd=chair.home.path,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    running = Running(process)
    company.running[index] = running
    running.wait_for("Ctrl-C stops")
    return running


def test_sign__two_of_five_lie__the_others_sign_and_both_are_named(tmp_path: Path) -> None:
    company = Company.of(tmp_path, threshold=3, holders=5)
    with company.present():
        company.must("keygen", str(company.desk))
    with start_anvil() as chain:
        chain.set_time(int(time.time()) - 30 * DAY)
        people = [Actor.new(name, roles, person=i + 1) for i, (name, roles) in enumerate(CAST.items())]
        stage = found(chain, people)
        for home in (company.home, *(chair.home for chair in company.chairs)):
            pin(home, stage)
        chain.set_time(int(time.time()) - 60)
        path = tmp_path / "add.toml"
        try:
            # They come first, so that they are chosen; who is awaited in between is not there yet.
            start_liar(company, "share", 4)
            start_liar(company, "points", 5)
            signing = company.convene("register", str(company.desk), "--output", str(path))
            signing.wait_for("Holder 4 (Dot) answered: commitment.")
            signing.wait_for("Holder 5 (Eve) is left out")
            company.start(1, "--agree-register")
            company.start(2, "--agree-register")
            signing.wait_for("Holder 4 (Dot) is left out: it said what no correct holder says.")
            company.start(3, "--agree-register")
            assert signing.wait() == 0, signing.text
        finally:
            company.end()
        said = signing.text
        assert (
            "Holder 5 (Eve): Holder 5 signed what no correct program says; 1 signed message proves it."
            in said
        )
        assert (
            "Holder 4 (Dot): Holder 4 sent a signature share that is wrong; 3 signed messages prove it."
            in said
        )
        assert "is signed, by holder 1 (Ann), holder 2 (Bob), holder 3 (Cid)" in said
        audited = company.must("audit", str(company.desk / "records.jsonl")).out
        assert "the share of holder 4 is wrong" in audited
        assert "Both agree on everything." in audited
        (added,) = read_calls(path)
        addition = stage.operation("ann", [call(to=added.target, data=added.data)])
        assert stage.carry_out("ann", addition, ["bob", "cid", "dot"]).succeeded


def test_sign__one_speaks_in_anothers_name__refused_by_whose_line_it_came(company: Company) -> None:
    """Holder 2's line brings an offer that should be holder 1's. All offers are awaited, so this one is looked at."""
    company.join(1)
    company.join(3)
    start_liar(company, "imitate", 2)
    ran = company.must("refresh", str(company.desk))
    said = "A message of holder 1, or of somebody who says so, is refused: its signature is not its sender's"
    assert f"{said}; it came from holder 2 (Bob)." in ran.err
    assert company.group.epoch == 2
