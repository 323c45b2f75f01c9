"""Nothing that the vault can do or refuse is left untried by the tests of this folder. These tests run last."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contracts.scene import PROVOKED, SENT
from tests.stage import abi

VIEWS = ("view", "pure")
OF_APE = re.compile(r"^(import|from) ape\b", re.MULTILINE)


@pytest.fixture
def whole_run(request: pytest.FixtureRequest) -> None:
    """Skip unless every test of this folder was collected and none was left out."""
    options = request.config.option
    collected = {item.path for item in request.session.items}
    # What acts through Ape runs by itself, and is not counted.
    counted = {
        path for path in Path(__file__).parent.glob("test_*.py") if not OF_APE.search(path.read_text())
    }
    is_part = options.keyword or options.markexpr or any("::" in argument for argument in request.config.args)
    if is_part or not collected >= counted:
        pytest.skip("only a part of this folder runs, so something is bound to be missing")


def test_errors__of_the_abi__were_all_provoked_on_a_chain(whole_run: None) -> None:
    errors = {entry["name"] for entry in abi() if entry["type"] == "error"}
    assert errors - PROVOKED == set()


def test_functions__of_the_abi__were_all_sent_and_all_refused(whole_run: None) -> None:
    functions = {
        entry["name"]
        for entry in abi()
        if entry["type"] == "function" and entry["stateMutability"] not in VIEWS
    }
    untried = {(name, succeeded) for name in functions for succeeded in (True, False)} - SENT
    assert untried == set()
