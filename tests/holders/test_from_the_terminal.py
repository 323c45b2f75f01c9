"""A group's word asked for in the terminal, as its coordinator does: real holders, a real vault, a screen to read."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest

from tests.anvil import Anvil, start_anvil
from tests.cli.council import Seat, seat_at_home
from tests.holders.company import Company, rules
from tests.holders.terminal import Terminal
from tests.holders.test_member import CAST, PAYROLL, RULES, data_in, pin
from tests.stage import DAY, ETHER, HOUR, NATIVE, STRANGER, USUAL_TIERS, Actor, Operation, Stage, call, found
from tests.tmux.screen import Screen, open_screen
from verifier.desk.group_request import address_of_group
from verifier.model.asset import AssetTerms
from verifier.model.life import Status
from verifier.model.member import Role
from verifier.model.units import Duration, Units
from verifier.store.approval_file import read_approval_file
from verifier.store.calls_file import read_calls
from verifier.store.folder_lock import lock_folder
from verifier.store.holder_folder import HolderFolder

_ASKING: Final = "version = 1\n"
_TIERS: Final = (
    USUAL_TIERS[0],
    # Two of whom one has break-glass leave two hours of two days.
    replace(USUAL_TIERS[1], quorum=2, expedited_delay=Duration(2 * HOUR)),
    replace(USUAL_TIERS[2], expedited_delay=Duration(2 * HOUR)),
    USUAL_TIERS[3],
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A vault with the group in a seat, and Bob, who has another seat and the coordinator's folder."""

    chain: Anvil
    stage: Stage
    company: Company
    bob: Seat

    @property
    def seat(self) -> int:
        """The group's."""
        point = self.company.group.point
        assert point is not None
        return self.stage.member(address_of_group(point)).seat

    def publish(self, value: int) -> Operation:
        payment = self.stage.operation("ann", [call(to=PAYROLL, value=value)])
        self.stage.must(self.stage.propose("ann", payment))
        return payment

    def open(self, screen: Screen, operation: Operation, *, key: str = "A Group: approve") -> None:
        """Open the operation in Bob's terminal, and wait until it was read whole, and a key is offered."""
        opened = ("--key", self.bob.key, "--passphrase-file", self.bob.passphrase)
        group = ("--group", self.company.desk)
        command: list[str | Path] = [
            sys.executable,
            "-m",
            "verifier",
            "open",
            str(operation[1]),
            *group,
            *opened,
        ]
        screen.start(command, self.bob.home.environment, folder=self.bob.home.path, columns=120, rows=40)
        screen.wait_until(lambda shown: key in shown and "esc Back" in shown and "playing it" not in shown)


@pytest.fixture(scope="module")
def desk(lent: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    with start_anvil() as chain:
        chain.set_time(int(time.time()) - 30 * DAY)
        terms = AssetTerms(routine_limit=Units(10**6), high_value_from=Units(10**7), decimals=18)
        roles = {**CAST, "bob": Role.APPROVER | Role.BREAK_GLASS}
        people = [Actor.new(name, each, person=i + 1) for i, (name, each) in enumerate(roles.items())]
        stage = found(
            chain,
            people,
            value=100 * ETHER,
            assets=[(NATIVE, terms.pack())],
            counterparties=[(PAYROLL, 1)],
            tiers=_TIERS,
        )
        homes = [lent.home, *(chair.home for chair in lent.chairs)]
        for home in homes:
            home.config.unlink(missing_ok=True)
            pin(home, stage)
        with lent.present(more=["--agree-register"]):
            lent.must("register", str(lent.desk), "--output", str(folder / "add-group.toml"))
        (added,) = read_calls(folder / "add-group.toml")
        addition = stage.operation("ann", [call(to=added.target, data=added.data)], nth=7)
        stage.must(stage.carry_out("ann", addition, ["bob", "cid", "dot"]))
        chain.set_time(int(time.time()) - 60)
        bob = seat_at_home(folder / "bob", people[1], 1, stage)
        chain.set_balance(people[1].address, ETHER)
        for chair in lent.chairs:
            rules(chair, RULES)
        yield Desk(chain=chain, stage=stage, company=lent, bob=bob)
        for chair in lent.chairs:
            (chair.folder / "rules.toml").unlink()
        # The company is lent: whoever has it next pins another vault.
        for home in homes:
            home.config.unlink()


@pytest.fixture(autouse=True)
def _forget(desk: Desk) -> Iterator[None]:
    """What a test does to the chain is undone; a client that remembered would rightly tell of two histories."""
    with desk.chain.isolate():
        yield
    desk.company.end()
    for home in (desk.bob.home, desk.company.home, *(chair.home for chair in desk.company.chairs)):
        for path in home.path.rglob("*memory.sqlite3"):
            path.unlink()


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    with open_screen(tmp_path) as opened:
        yield opened


def answer_yes(screen: Screen, question: str) -> None:
    """Move from No to Yes, once the question stands there."""
    screen.wait_for(question)
    screen.press("Right", "Enter")


def test_approve__for_the_group_with_two_away__the_first_to_come_makes_it_whole_and_the_vault_counts_it(
    desk: Desk, screen: Screen
) -> None:
    payment = desk.publish(ETHER // 2)
    desk.company.join(1)
    desk.open(screen, payment)
    screen.press("A")
    shown = screen.wait_for("Ask the holders for the group's approval of lane 0?")
    for words in ('the group "owls" (2 of its 3', f"seat {desk.seat}. ", "your seat is 1."):
        assert words in shown, shown
    answer_yes(screen, "Ask the holders for")
    screen.wait_for("[x] 1 Ann", "[?] 2 Bob", "[?] 3 Cid", "cannot be reached: Connection refused")
    screen.press("2")
    screen.wait_for(
        "The group's approval of lane 0: 1 of 2 answered; 2 Bob cannot be reached", "Active approvers"
    )
    desk.company.join(2)
    screen.wait_for("The group's approval of lane 0: signed; send it or keep it (g)")
    screen.press("g")
    screen.wait_for("it is the group's signature by the vault's own rules")
    screen.press("s")
    answer_yes(screen, "Send the group's approval of lane 0?")
    screen.wait_for_notice("Done in block")
    approvals = desk.stage.lane(payment[1])[1].approvals
    assert approvals == {desk.seat}
    assert screen.leave() == 0


def test_expedite__the_groups_consent_beside_ones_own__kept_apart_and_submitted_together(
    desk: Desk, screen: Screen
) -> None:
    stage, company = desk.stage, desk.company
    payment = desk.publish(2 * ETHER)
    stage.must(stage.approve(payment, [stage.sign_published(who, payment) for who in ("cid", "dot")]))
    before = stage.lane(payment[1])[1].moment
    company.join(3)
    people = []
    for chair in company.chairs[:2]:
        rules(chair, _ASKING)
        asked = ("frost", "join", str(chair.folder), "--plain", *chair.opening)
        people.append(Terminal(company, chair.index, *asked, variables={}))
    try:
        for each in people:
            each.wait_for("Ctrl-C stops")
        desk.open(screen, payment)
        screen.press("E")
        answer_yes(screen, "Ask the holders for the group's consent to hurry lane 0?")
        # It goes by rules that never hurry.
        screen.wait_for("[-] 3 Cid", "left out: declined: \"the group's consent to hurry is never")
        for each in people:
            each.wait_for(r"Go on with the group's consent to hurry lane 0\? \[y/N\] ")
            each.type("y")
        screen.wait_for("SIGNED, and neither sent nor kept yet")
        screen.press("f")
        kept = f"lane-0-{payment[2]}-seat-{desk.seat}.consent"
        screen.wait_for_notice(f"Kept: {kept}")
    finally:
        for each in people:
            each.end()
        for chair in company.chairs[:2]:
            rules(chair, RULES)
    screen.press("e")
    answer_yes(screen, "Consent to hurry, lane 0.1: your own signature, seat 1, and not the group's")
    screen.wait_for_notice("Signed: lane-0-1-seat-1.consent")
    assert screen.leave() == 0
    files = [desk.bob.home.path / name for name in (kept, "lane-0-1-seat-1.consent")]
    assert [int(read_approval_file(path).approval.seat) for path in files] == [desk.seat, 1]
    desk.bob.must("submit", *map(str, files))
    assert stage.lane(payment[1])[1].moment < before
    for path in files:
        path.unlink()


def test_approve__beyond_the_holders_rules__says_in_one_sentence_who_declined_and_why(
    desk: Desk, screen: Screen
) -> None:
    payment = desk.publish(2 * ETHER)
    desk.company.join(1)
    desk.company.join(2)
    desk.open(screen, payment)
    screen.press("A")
    answer_yes(screen, "Ask the holders for the group's approval of lane 0?")
    shown = screen.wait_for("[-] 1 Ann", "[-] 2 Bob", "FAILED")
    assert 'declined: "it moves more of' in shown
    screen.wait_for_notice("The signing failed: 1 holder is left, and 2 have to sign (holder ")
    assert desk.stage.lane(payment[1])[1].approvals == frozenset()
    screen.press("Escape")
    screen.wait_for("A Group: approve")
    assert screen.leave() == 0


def test_ceremony__called_off_and_begun_anew_and_left_after_a_veto__ends_whole_each_time(
    desk: Desk, screen: Screen
) -> None:
    payment = desk.publish(ETHER // 2)
    desk.open(screen, payment)
    screen.press("A")
    answer_yes(screen, "Ask the holders for the group's approval of lane 0?")
    screen.wait_for("[?] 1 Ann", "0 of 2 answered")
    screen.press("k")
    answer_yes(screen, "Call off the group's approval of lane 0?")
    screen.wait_for("The group's approval of lane 0: FAILED")
    screen.press("Escape")
    screen.wait_for("A Group: approve")
    screen.press("A")
    answer_yes(screen, "Ask the holders for the group's approval of lane 0?")
    screen.wait_for("[?] 1 Ann", "on its way")
    desk.stage.must(desk.stage.send("cid", "veto", payment[1], desk.stage.id_of(payment)))
    screen.press("r")
    screen.wait_for("Since you asked for it, this has changed:", "It is VETOED, and was PROPOSED.")
    screen.press("q")
    answer_yes(screen, "Leave all the same?")
    assert screen.wait_for_end() == 0
    # Nobody has the folder any more, and its record says how both ended.
    lock_folder(HolderFolder(desk.company.desk)).release()
    records = (desk.company.desk / "records.jsonl").read_text().splitlines()
    kinds = [line for line in records if '"failed"' in line]
    assert len(kinds) >= 2
    assert all("it was called off here" in line for line in kinds[-2:])
    assert desk.stage.status(payment) is Status.VETOED


def test_stop__for_the_group__withdrawal_kept_for_anybody_to_send_and_veto_sent(
    desk: Desk, screen: Screen, tmp_path: Path
) -> None:
    stage, company = desk.stage, desk.company
    payment = desk.publish(ETHER // 2)
    for index in (1, 2):
        company.join(index)
    approval = tmp_path / "group.approval"
    company.must("sign", str(company.desk), str(payment[1]), "--output", str(approval))
    desk.bob.must("submit", str(approval))
    assert stage.lane(payment[1])[1].approvals == {desk.seat}

    desk.open(screen, payment, key="W Group: withdraw")
    screen.press("W")
    answer_yes(screen, "Ask the holders for the group's withdrawal of its approval of")
    screen.wait_for("The group's withdrawal of its approval of lane 0: SIGNED, and neither sent nor kept yet")
    screen.press("f")
    kept = f"lane-0-{payment[2]}-seat-{desk.seat}.withdraw"
    screen.wait_for_notice(f"Kept: {kept}, a transaction that anybody may send.")
    # Kept is not sent, and what is kept is whole.
    assert stage.lane(payment[1])[1].approvals == {desk.seat}
    path = desk.bob.home.path / kept
    data = bytes.fromhex(data_in(path.read_text()))
    path.unlink()
    stage.must(desk.chain.send(STRANGER, stage.vault, data))
    assert stage.lane(payment[1])[1].approvals == frozenset()

    screen.press("r")
    screen.wait_until(lambda shown: "V Group: veto" in shown and "playing it" not in shown)
    screen.press("V")
    answer_yes(screen, "Ask the holders for the group's veto of lane 0?")
    screen.wait_for("The group's veto of lane 0: SIGNED, and neither sent nor kept yet")
    screen.press("s")
    shown = screen.wait_for("Send the group's veto of lane 0?")
    assert f"seat {desk.seat}. It is not your own word: your seat is 1." in " ".join(
        shown.replace("│", " ").split()
    )
    assert stage.status(payment) is Status.PROPOSED
    answer_yes(screen, "Send the group's veto of lane 0?")
    screen.wait_for_notice("Done in block")
    assert stage.status(payment) is Status.VETOED
    assert screen.leave() == 0
