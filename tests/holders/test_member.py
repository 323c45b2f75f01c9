"""A group as a member of a real vault: it registers, it is added, its holders approve, and the vault takes it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pytest

from tests.anvil import Anvil, start_anvil
from tests.cli.program import Home
from tests.holders.company import Company, rules
from tests.holders.terminal import Terminal
from tests.stage import DAY, ETHER, HOUR, NATIVE, STRANGER, USUAL_TIERS, Actor, Stage, call, found
from verifier.decode.content import parse_json
from verifier.desk.group_request import address_of_group
from verifier.model.address import Address
from verifier.model.asset import AssetTerms
from verifier.model.life import Status
from verifier.model.member import MemberStatus, Role
from verifier.model.units import Duration, Units
from verifier.store.approval_file import read_approval_file
from verifier.store.calls_file import read_calls

PAYROLL: Final = Address(bytes.fromhex("beef" * 10))
THIEF: Final = Address(bytes.fromhex("bad0" * 10))
SECURITY: Final = Role.APPROVER | Role.SECURITY
CAST: Final = {
    "ann": Role.PROPOSER | Role.APPROVER,
    # Only to hurry, which nothing else asks for.
    "bob": Role.APPROVER | Role.BREAK_GLASS,
    "cid": SECURITY,
    "dot": SECURITY,
    "eve": Role.APPROVER,
}
RULES: Final = f"""\
version = 1
otherwise = "refuse"
stops = true
[approve]
tiers = ["routine", "standard"]
findings = "warning"
counterparties = ["{PAYROLL}"]
[approve.most]
native = "{ETHER}"
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seated:
    """A vault in which the company's group has a seat."""

    chain: Anvil
    stage: Stage
    company: Company
    registered: Path

    @property
    def group(self) -> Address:
        point = self.company.group.point
        assert point is not None
        return address_of_group(point)


def pin(home: Home, stage: Stage) -> None:
    url = stage.chain.url
    rpc = ("--rpc", url, "--rpc", url.replace("127.0.0.1", "localhost"))
    ran = home.call("init", str(Address(stage.vault)), *rpc, "--name", "treasury")
    assert ran.code == 0, ran


@contextmanager
def seating(made: Company, folder: Path) -> Iterator[Seated]:
    """Found the vault, and seat the group. At the end nobody has rules any more."""
    hurried = [replace(terms, expedited_delay=Duration(2 * HOUR)) for terms in USUAL_TIERS[1:3]]
    with start_anvil() as chain:
        chain.set_time(int(time.time()) - 30 * DAY)
        terms = AssetTerms(routine_limit=Units(10**6), high_value_from=Units(10**7), decimals=18)
        people = [Actor.new(name, roles, person=i + 1) for i, (name, roles) in enumerate(CAST.items())]
        stage = found(
            chain,
            people,
            value=100 * ETHER,
            assets=[(NATIVE, terms.pack())],
            counterparties=[(PAYROLL, 1)],
            tiers=(USUAL_TIERS[0], *hurried, USUAL_TIERS[3]),
        )
        for home in (made.home, *(chair.home for chair in made.chairs)):
            pin(home, stage)
        registered = folder / "add-group.toml"
        with made.present(more=["--agree-register"]):
            made.must("register", str(made.desk), "--output", str(registered))
        (added,) = read_calls(registered)
        addition = stage.operation("ann", [call(to=added.target, data=added.data)], nth=7)
        stage.must(stage.carry_out("ann", addition, ["bob", "cid", "dot"]))
        chain.set_time(int(time.time()) - 60)
        for chair in made.chairs:
            rules(chair, RULES)
        yield Seated(chain=chain, stage=stage, company=made, registered=registered)
        for chair in made.chairs:
            (chair.folder / "rules.toml").unlink()
        # The endpoints are gone with the chain: whoever sits down at the next one names its own.
        for home in (made.home, *(chair.home for chair in made.chairs)):
            home.config.unlink()


@pytest.fixture(scope="module")
def seated(lent: Company, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seated]:
    with seating(lent, tmp_path_factory.mktemp("registered")) as found:
        yield found


@pytest.fixture(autouse=True)
def _forget(seated: Seated) -> Iterator[None]:
    yield
    forget(seated)


def forget(seated: Seated) -> None:
    """What a test did to the chain is undone; a client that remembered would rightly tell of two histories."""
    for home in (seated.company.home, *(chair.home for chair in seated.company.chairs)):
        for path in home.path.rglob("*memory.sqlite3"):
            path.unlink()


def test_register__all_holders_agree__the_vault_takes_the_group_with_its_persons(seated: Seated) -> None:
    record = seated.stage.member(seated.group)
    assert record.status is MemberStatus.ACTIVE
    assert record.is_group
    assert record.roles == Role.APPROVER
    assert parse_json(seated.registered.read_bytes())


def test_register__it_has_a_seat__refused_before_anybody_is_asked(seated: Seated, tmp_path: Path) -> None:
    ran = seated.company.call("register", str(seated.company.desk), "--output", str(tmp_path / "again"))
    assert ran.code == 90
    assert not (tmp_path / "again").exists()


def test_sign__within_the_holders_rules__the_vault_counts_the_group(seated: Seated, tmp_path: Path) -> None:
    stage, company = seated.stage, seated.company
    with seated.chain.isolate():
        payment = stage.operation("ann", [call(to=PAYROLL, value=ETHER // 2)])
        stage.must(stage.propose("ann", payment))
        path = tmp_path / "group.approval"
        lane = str(payment[1])
        with company.present():
            ran = company.must("sign", str(company.desk), lane, "--output", str(path))
            assert "answered: signature share" in ran.err
            company.running[1].wait_for("the holder's rules allow it")
        file = read_approval_file(path)
        assert file.member == seated.group
        submitted = company.home.call("submit", str(path), "--data")
        assert submitted.code == 0, submitted
        stage.must(seated.chain.send(STRANGER, stage.vault, bytes.fromhex(data_in(submitted.out))))
        _, state, status = stage.lane(payment[1])
        assert file.approval.seat in state.approvals
        assert status is Status.PROPOSED
        stage.must(stage.approve(payment, [stage.sign_published("bob", payment)]))
        assert stage.lane(payment[1])[2] is Status.WAITING


def test_sign__beyond_the_holders_rules__each_declines_with_its_reason(
    seated: Seated, tmp_path: Path
) -> None:
    stage, company = seated.stage, seated.company
    with seated.chain.isolate():
        theft = stage.operation("ann", [call(to=THIEF, value=ETHER // 2)])
        stage.must(stage.propose("ann", theft))
        path = tmp_path / "group.approval"
        with company.present():
            ran = company.call("sign", str(company.desk), str(theft[1]), "--output", str(path))
        assert ran.code == 12
        assert "is left out: it declined: " in ran.err
        assert "leave HIGH_VALUE to a person" in ran.err
        assert not path.exists()


@pytest.mark.parametrize(("act", "code"), [("sign", 96), ("register", 75)])
def test_sign__its_file_is_there_already__refused_before_anybody_is_asked(
    seated: Seated, tmp_path: Path, act: str, code: int
) -> None:
    """Nobody is there, so that it would fail otherwise where it asked."""
    stage, company, path = seated.stage, seated.company, tmp_path / "kept"
    path.write_text("of an earlier time")
    with seated.chain.isolate():
        payment = stage.operation("ann", [call(to=PAYROLL, value=ETHER // 2)])
        stage.must(stage.propose("ann", payment))
        lane = [str(payment[1])] if act == "sign" else []
        ran = company.call(act, str(company.desk), *lane, "--output", str(path), "--patience", "1")
    assert ran.code == code
    assert "there is a file already, and nothing is written over" in ran.sentence
    assert path.read_text() == "of an earlier time"


def test_sign__holder_sees_another_operation__it_declines(seated: Seated, tmp_path: Path) -> None:
    """The coordinator's own endpoints show a lane that the holders' vault does not have so."""
    stage, company = seated.stage, seated.company
    with seated.chain.isolate(), start_anvil() as elsewhere:
        state = seated.chain.rpc("anvil_dumpState")
        payment = stage.operation("ann", [call(to=PAYROLL, value=ETHER // 2)])
        stage.must(stage.propose("ann", payment))
        elsewhere.rpc("anvil_loadState", [state])
        for chair in company.chairs:
            text = chair.home.config.read_text()
            chair.home.config.write_text(text.replace(seated.chain.url, elsewhere.url))
        company.running.clear()
        try:
            with company.present():
                ran = company.call(
                    "sign", str(company.desk), str(payment[1]), "--output", str(tmp_path / "x")
                )
        finally:
            for chair in company.chairs:
                text = chair.home.config.read_text()
                chair.home.config.write_text(text.replace(elsewhere.url, seated.chain.url))
        assert ran.code == 12
        assert 'is left out: it declined: "Lane 0 holds no operation' in ran.err


def test_sign__left_to_a_person__the_whole_page_is_shown_and_the_answer_counts(
    seated: Seated, tmp_path: Path
) -> None:
    stage, company = seated.stage, seated.company
    chair = company.chairs[0]
    asking = ("frost", "join", str(chair.folder), "--plain", *chair.opening)
    rules(chair, "version = 1\n")
    with seated.chain.isolate():
        payment = stage.operation("ann", [call(to=PAYROLL, value=ETHER // 2)])
        stage.must(stage.propose("ann", payment))
        screen = Terminal(company, 1, *asking, variables={})
        company.join(2)
        try:
            for answer, code in (("n", 12), ("y", 0)):
                screen.wait_for("Ctrl-C stops" if answer == "n" else "said no")
                path = str(tmp_path / answer)
                signing = company.convene("sign", str(company.desk), str(payment[1]), "--output", path)
                screen.wait_for("ONE FACTOR ONLY: a passphrase")
                screen.wait_for("HASHES OF AN APPROVAL")
                screen.wait_for(r"Go on with the group's approval of lane 0\? \[y/N\] ")
                if answer == "n":
                    # So that too few are left, whoever answers first.
                    company.leave(2)
                screen.type(answer)
                if answer == "n":
                    signing.wait_for(
                        'Holder 1 (Ann) is left out: it declined: "the holder\'s person said no"'
                    )
                    signing.end()
                    company.join(2)
                else:
                    signing.wait_for("is signed, by holder 1 (Ann), holder 2 (Bob)")
                    assert signing.wait() == code, signing.text
        finally:
            screen.end()
            company.end()
            rules(chair, RULES)
        assert read_approval_file(tmp_path / "y").member == seated.group


def test_sign__vetoed_while_a_person_reads__their_yes_is_for_what_they_read(
    seated: Seated, tmp_path: Path
) -> None:
    stage, company = seated.stage, seated.company
    chair = company.chairs[0]
    rules(chair, "version = 1\n")
    with seated.chain.isolate():
        payment = stage.operation("ann", [call(to=PAYROLL, value=ETHER // 2)])
        stage.must(stage.propose("ann", payment))
        asking = ("frost", "join", str(chair.folder), "--plain", *chair.opening)
        screen = Terminal(company, 1, *asking, variables={})
        try:
            screen.wait_for("Ctrl-C stops")
            path = str(tmp_path / "none")
            signing = company.convene("sign", str(company.desk), str(payment[1]), "--output", path)
            screen.wait_for(r"Go on with the group's approval of lane 0\? \[y/N\] ")
            stage.must(stage.send("cid", "veto", payment[1], stage.id_of(payment)))
            screen.type("y")
            signing.wait_for('it declined: "it changed while it was read: It is VETOED, and was PROPOSED')
            signing.end()
        finally:
            screen.end()
            company.end()
            rules(chair, RULES)


def test_say__a_veto__the_vault_ends_the_operation(seated: Seated) -> None:
    stage, company = seated.stage, seated.company
    with seated.chain.isolate():
        theft = stage.operation("ann", [call(to=THIEF, value=ETHER // 2)])
        stage.must(stage.propose("ann", theft))
        with company.present():
            ran = company.must("say", str(company.desk), "veto", str(theft[1]), "--data")
        stage.must(seated.chain.send(STRANGER, stage.vault, bytes.fromhex(data_in(ran.out))))
        assert stage.status(theft) is Status.VETOED


def test_say__its_own_suspension__the_group_counts_no_more(seated: Seated) -> None:
    stage, company = seated.stage, seated.company
    with seated.chain.isolate():
        with company.present():
            ran = company.must("say", str(company.desk), "suspend", "--data")
        stage.must(seated.chain.send(STRANGER, stage.vault, bytes.fromhex(data_in(ran.out))))
        assert stage.member(seated.group).status is MemberStatus.SELF_SUSPENDED


def test_holders__the_vault_has_them_already__said(seated: Seated, tmp_path: Path) -> None:
    ran = seated.company.call("holders", str(seated.company.desk), "--output", str(tmp_path / "x"))
    assert ran.code == 90
    assert "has these holders already" in ran.err


def test_holders__after_a_change__the_vault_takes_the_new_persons(seated: Seated, tmp_path: Path) -> None:
    stage, company = seated.stage, seated.company
    path, file = tmp_path / "set-holders.toml", company.desk / "group.toml"
    before = file.read_bytes()
    file.write_bytes(before.replace(b"person = 103", b"person = 104"))
    try:
        company.must("holders", str(company.desk), "--output", str(path))
    finally:
        file.write_bytes(before)
    (change,) = read_calls(path)
    with seated.chain.isolate():
        asked = stage.operation("ann", [call(to=change.target, data=change.data)])
        assert stage.carry_out("ann", asked, ["bob", "cid", "dot"]).succeeded


def data_in(out: str) -> str:
    """Return the transaction's data from what `submit --data` prints."""
    return max((word.removeprefix("0x") for word in out.split() if word.startswith("0x")), key=len)
