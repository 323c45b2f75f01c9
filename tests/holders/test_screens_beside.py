"""A holder's person asked at the screens about no operation: registration, suspension, shares for who shows none."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.program import Home
from tests.holders.company import Company, rules
from tests.holders.test_group_words import send
from tests.holders.test_member import CAST, RULES, Seated, _forget, data_in, pin, seated
from tests.holders.test_screens import screen, sit
from tests.stage import ETHER, USUAL_TIERS, Actor, found
from tests.tmux.screen import Screen
from verifier.model.address import Address
from verifier.model.member import MemberStatus
from verifier.store.calls_file import read_calls

__all__ = ["_forget", "screen", "seated"]


@pytest.fixture
def asking(seated: Seated) -> Iterator[Company]:
    """The group of the vault; its first holder asks for everything, and the second goes by its rules."""
    company = seated.company
    rules(company.chairs[0], "version = 1\n")
    kept = {home.config: home.config.read_bytes() for home in homes_of(company)}
    yield company
    company.end()
    for chair in company.chairs:
        rules(chair, RULES)
    for path, content in kept.items():
        path.write_bytes(content)


def homes_of(company: Company) -> list[Home]:
    return [company.home, *(chair.home for chair in company.chairs)]


def say_yes(screen: Screen, question: str, *words: str) -> None:
    """Read a question whole at the screens, and answer yes; No is where it begins."""
    screen.wait_for("1 QUESTION FOR YOU")
    screen.press("2", "Enter")
    shown = " ".join(screen.wait_for("Question 1:", "d Decline").split())
    for each in (question, *words):
        assert each in shown, shown
    screen.press("s")
    shown = " ".join(screen.wait_for("No, answer nothing").split())
    for each in (question, *words):
        assert each in shown, shown
    screen.press("Right", "Enter")
    screen.wait_for_notice("Answered yes: the holder's person said yes")


def test_register__asked_at_the_screens__says_the_roles_in_words_the_vault_and_the_persons(
    screen: Screen, seated: Seated, asking: Company, tmp_path: Path
) -> None:
    people = [Actor.new(name, roles, person=i + 1) for i, (name, roles) in enumerate(CAST.items())]
    with seated.chain.isolate():
        stage = found(seated.chain, people, value=ETHER, tiers=USUAL_TIERS)
        for home in homes_of(asking):
            home.config.unlink()
            pin(home, stage)
        for chair in asking.chairs:
            rules(chair, "version = 1\n")
        sit(screen, asking)
        asking.join(2, "--agree-register")
        path = tmp_path / "add.toml"
        signing = asking.convene("register", str(asking.desk), "--security", "--output", str(path))
        vault = Address(stage.vault)
        say_yes(
            screen,
            f"the group's registration as approver, security at vault {vault}",
            ", as approver, security. It would say too that",
            "its key is held by the persons 101, 102, 103.",
        )
        assert signing.wait() == 0, signing.text
        assert read_calls(path)[0].target == stage.vault


def test_suspend__asked_at_the_screens__says_at_once_and_until_when_and_the_vault_hears_it(
    screen: Screen, seated: Seated, asking: Company
) -> None:
    stage = seated.stage
    with seated.chain.isolate():
        sit(screen, asking)
        asking.join(2)
        saying = asking.home.start(
            "frost", "say", str(asking.desk), "suspend", "--data", stdout=subprocess.PIPE
        )
        say_yes(
            screen,
            f"the group's suspension of itself at vault {Address(stage.vault)}",
            "The group would take itself out of the vault",
            "until a seat operation of the others reinstates it.",
        )
        out, _ = saying.communicate(timeout=120)
        assert saying.returncode == 0
        stage.must(send(stage, bytes.fromhex(data_in(out.decode()))))
        assert stage.member(seated.group).status is MemberStatus.SELF_SUSPENDED


def test_reshare__to_who_shows_no_share__asked_at_the_screens_and_given_only_after_yes(
    screen: Screen, company: Company
) -> None:
    company.must("reshare", str(company.desk), "--threshold", "3")
    for chair in company.chairs:
        shutil.copy(company.desk / "next.toml", chair.folder / "next.toml")
        rules(chair, "version = 1\nrepairs = [2]\n")
    rules(company.chairs[0], "version = 1\n")
    sit(screen, company)
    company.join(2)
    company.join(3)
    dealing = company.convene("reshare", str(company.desk), "--dealer", "1", "--dealer", "3")
    say_yes(
        screen,
        "giving a new share to who does not show the old one: holder 2",
        "Whoever has the transport key of such a holder would get a share by this.",
        "Ask that person over another channel whether the share is lost.",
    )
    assert dealing.wait() == 0, dealing.text
    screen.wait_for("epoch 2")
    assert company.group.threshold == 3
