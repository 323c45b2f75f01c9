"""Attesting a vault in which something waits, or somebody stands who should not."""

from __future__ import annotations

from typing import Any

from tests.attest.conftest import Desk
from tests.attest.saying import STRANGER, statements
from tests.attest.town import DEPLOYER, PAYROLL
from tests.contracts.hurry import consents_of, expedite


def test_attest__change_of_the_vault_on_its_way__said_and_10(desk: Desk) -> None:
    stage = desk.town.stage
    operation = stage.to_itself("pat", "setCounterparty", STRANGER, 1)
    desk.town.catch_up()
    operation = (*operation[:3], desk.town.chain.now() + 86_400)
    stage.must(stage.propose("pat", operation))
    payment = stage.operation("ann", [(PAYROLL, 1, b"")])
    stage.must(stage.propose("ann", payment))
    ran = desk.attest(None, "--json")
    assert ran.code == 10
    (pending,) = statements(ran.record, "pending-change")
    assert str(STRANGER) in pending["sentence"]
    (harmless,) = statements(ran.record, "pending")
    assert harmless["severity"] == "notice"


def test_attest__use_of_break_glass_without_a_review__said(desk: Desk) -> None:
    stage: Any = desk.town.stage
    desk.town.catch_up()
    payment = stage.operation("pat", [(PAYROLL, 1, b"")], approve_by=desk.town.chain.now() + 86_400)
    stage.must(stage.propose("pat", payment))
    stage.must(stage.approve(payment, [stage.sign_published(who, payment) for who in ("bob", "cid")]))
    stage.must(expedite(stage, payment, consents_of(stage, payment, "ann", "bob")))
    ran = desk.attest(None, "--json")
    (bypass,) = statements(ran.record, "bypass-unreviewed")
    assert "One use of break-glass" in bypass["sentence"]
    assert bypass["evidence"] == "proven"
    assert statements(ran.record, "pending")


def test_attest__deployer_who_has_a_place_in_the_vault__said(desk: Desk) -> None:
    desk.town.change("setCounterparty", DEPLOYER, 1)
    ran = desk.attest(None, "--json")
    assert [each["rule"] for each in ran.record["differences"]] == ["counterparty", "deployer"]
    (said,) = statements(ran.record, "deployer")
    assert said["severity"] == "warning"
