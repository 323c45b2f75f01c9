"""Who can steal and who can block, played on a chain: the table of coalitions, both sides of each row."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.anvil import Anvil
from tests.attacks.coalitions import People, Setup, can_be_cured, can_block, can_steal, rows, table
from tests.attacks.siege import PAID, besieged
from tests.contracts.scene import PAYEE
from tests.stage import call
from verifier.model.life import Status

ROWS = {f"{name}: {people}": (setup, people) for name, setup, people in rows()}
HARMLESS = {name: row for name, row in ROWS.items() if not can_steal(*row)}


@pytest.mark.parametrize(("setup", "coalition"), ROWS.values(), ids=ROWS)
def test_steal__by_a_coalition_that_everybody_else_watches__as_the_table_says(
    anvil: Anvil, setup: Setup, coalition: People
) -> None:
    siege = besieged(anvil, setup, coalition)
    expected = can_steal(setup, coalition)
    assert siege.steals() is expected
    assert (anvil.balance(PAID) > 0) is expected


@pytest.mark.parametrize(("setup", "coalition"), HARMLESS.values(), ids=HARMLESS)
def test_block__by_a_coalition__is_cured_or_not_as_the_table_says(
    anvil: Anvil, setup: Setup, coalition: People
) -> None:
    siege = besieged(anvil, setup, coalition)
    publisher = (siege.honest.proposers + siege.honest.approvers)[0]
    payment = siege.scene.published(publisher, [call(to=PAYEE, value=1)])
    stoppers = siege.coalition.stoppers
    for who in stoppers[:1]:
        siege.scene.must(siege.scene.send(who, "veto", payment[1], siege.scene.id_of(payment)))
    assert (siege.scene.status(payment) is Status.VETOED) is can_block(coalition)
    assert siege.is_cured() is can_be_cured(setup, coalition)


def test_readme__its_table_of_coalitions__is_the_one_that_was_played() -> None:
    readme = Path(__file__).parents[2] / "contracts" / "README.md"
    assert table() in readme.read_text("utf-8"), f"put this into {readme.name}:\n{table()}"
