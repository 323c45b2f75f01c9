"""`fourth-signer verify`: an operation judged by exit code."""

from __future__ import annotations

from tests.cli.conftest import Scene
from tests.cli.program import Home


def test_verify__payment_to_a_stranger__warned_by_the_exit_code(settled: Home, scene: Scene) -> None:
    ran = settled.call("verify", "0")
    assert ran.code in (10, 11)
    shown = settled.call("verify", "0", "--json")
    assert shown.code == ran.code
    assert shown.record["severity"] == {10: "warning", 11: "danger"}[ran.code]
    assert shown.record["id"] == "0x" + scene.stage.id_of(scene.theft).hex()
    assert "counterparty-unknown" in {each["rule"] for each in shown.record["about_operation"]}
    assert f"The worst is {'DANGER' if ran.code == 11 else 'warn'}." in ran.out


def test_verify__nothing_above_a_notice__ends_well(settled: Home) -> None:
    """A seat operation that somebody objected to is a warning; the one that was vetoed can do nothing any more."""
    shown = settled.call("verify", "2", "--json")
    worst = shown.record["severity"]
    assert (shown.code == 0) is (worst in (None, "info", "notice"))


def test_verify__lane_that_is_none__refused(settled: Home) -> None:
    ran = settled.call("verify", "512")
    assert ran.code == 40
    assert ran.sentence.startswith("There is no lane 512")
